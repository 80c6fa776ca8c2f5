/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The screen without a terminal, for scripts: reads lines from standard input.
 *
 *   view NAME             shows a view
 *   until SECONDS TEXT    goes on until the frame holds TEXT; "seen" or "not seen"
 *   gone SECONDS TEXT     ... until it does not
 *   row SECONDS WORDS     "until" one line has these words, in this order
 *   must                  from here on the first thing that is not seen ends it all
 *   fault NAME[:ARG]      switches the lab's other faults off and this one on; "none"
 *   wait SECONDS          goes on
 *   frame                 prints the frame
 *   stale                 "stale N" of rows drawn as old
 *   type TEXT             presses the keys of TEXT
 *   echo TEXT             says it: all before is done
 *   key C                 presses a key, named as in the help: a, C-f, enter, esc
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/io/trace.h"
#include "tui/app.h"
#include "tui/screen/keys.h"
#include "tui/screen/style.h"

struct watch {
	struct session session;
	struct app app;
	const char *text;
	bool want, row, must, over;
};

static bool has_row(const char *frame, const char *text)
{
	struct strlist lines = { .v = NULL }, words = { .v = NULL };
	bool has = false;
	strlist_split(&lines, frame, '\n');
	strlist_split(&words, text, ' ');
	for (size_t i = 0; i < lines.n && !has; i++) {
		const char *at = lines.v[i];
		for (size_t k = 0; k < words.n && at; k++) {
			at = strstr(at, words.v[k]);
			at = at ? at + strlen(words.v[k]) : NULL;
		}
		has = at != NULL;
	}
	strlist_release(&lines);
	strlist_release(&words);
	return has;
}

static bool frame_holds(struct watch *w, const char *text)
{
	struct buf b = BUF_INIT;
	app_frame(&w->app);
	grid_text(&w->app.grid, &b);
	bool has = w->row ? has_row(buf_str(&b), text) : strstr(buf_str(&b), text) != NULL;
	buf_release(&b);
	return has;
}

static bool watch_seen(void *ctx)
{
	struct watch *w = ctx;
	return frame_holds(w, w->text) == w->want;
}

static void watch_changed(void *ctx)
{
	app_changed(&((struct watch *)ctx)->app);
}

/* So that ages are looked at again although nothing happens. */
static void watch_tick(void *ctx)
{
	struct watch *w = ctx;
	loop_timer_add(w->session.loop, (int64_t)(100 * w->session.clock.scale), watch_tick, w);
}

static void print_frame(struct watch *w)
{
	struct buf b = BUF_INIT;
	app_frame(&w->app);
	grid_text(&w->app.grid, &b);
	fputs(buf_str(&b), stdout);
	buf_release(&b);
}

static void print_stale(struct watch *w)
{
	int n = 0;
	app_frame(&w->app);
	for (int y = 0; y < w->app.grid.rows; y++) {
		n += (grid_at(&w->app.grid, 2, y)->style & STYLE_STALE) != 0;
	}
	printf("stale %d\n", n);
}

static void watch_until(struct watch *w, const char *arg, bool want)
{
	char *text;
	double seconds = strtod(arg, &text);
	w->text = *text ? text + 1 : text;
	w->want = want;
	bool ok = loop_run_until(w->session.loop, watch_seen, w,
		(int64_t)(seconds * 1000 * w->session.clock.scale));
	printf("%s: %s\n", want ? ok ? "seen" : "not seen" : ok ? "gone" : "still there", w->text);
	if (!ok) {
		print_frame(w);
		w->over = w->must;
	}
}

/* ---- the lab's faults ---- */

struct posted {
	bool done;
	int status;
};

static void posted_on_done(void *ctx, const struct http_answer *a, const struct err *e)
{
	struct posted *p = ctx;
	p->done = true;
	p->status = e ? 0 : a->status;
}

static bool posted_is_done(void *ctx)
{
	return ((struct posted *)ctx)->done;
}

static void watch_fault(struct watch *w, const char *name)
{
	struct buf url = BUF_INIT;
	struct posted p = { .done = false };
	const char *lab = getenv("KOPSCOPE_LAB");
	buf_addf(&url, "%s/_lab/fault?off=all", lab ? lab : "");
	if (!str_eq(name, "none")) {
		buf_adds(&url, "&on=");
		url_encode(&url, name, false);
	}
	http_start(w->session.http, &(struct http_call){ .method = "POST", .url = buf_str(&url),
		.timeout_ms = 5000, .on_done = posted_on_done, .ctx = &p });
	loop_run_until(w->session.loop, posted_is_done, &p, -1);
	printf("fault %s: %d\n", name, p.status);
	buf_release(&url);
}

static bool never(void *ctx)
{
	return false;
}

static void watch_key(struct watch *w, const char *name)
{
	app_key(&w->app, key_from_name(name));
}

static void watch_do(struct watch *w, char *line)
{
	char *arg = line + strcspn(line, " ");
	if (*arg) {
		*arg++ = '\0';
	}
	const struct view *v = str_eq(line, "view") ? view_by_name(arg) : NULL;
	if (v) {
		app_show(&w->app, v->id, NULL);
	} else if (str_eq(line, "until")) {
		watch_until(w, arg, true);
	} else if (str_eq(line, "row")) {
		w->row = true;
		watch_until(w, arg, true);
		w->row = false;
	} else if (str_eq(line, "must")) {
		w->must = true;
	} else if (str_eq(line, "gone")) {
		watch_until(w, arg, false);
	} else if (str_eq(line, "frame")) {
		print_frame(w);
	} else if (str_eq(line, "stale")) {
		print_stale(w);
	} else if (str_eq(line, "fault")) {
		watch_fault(w, arg);
	} else if (str_eq(line, "wait")) {
		loop_run_until(w->session.loop, never, NULL,
			(int64_t)(strtod(arg, NULL) * 1000 * w->session.clock.scale));
	} else if (str_eq(line, "type")) {
		for (const char *p = arg; *p; p++) {
			app_key(&w->app, (uint32_t)(unsigned char)*p);
		}
	} else if (str_eq(line, "echo")) {
		printf("%s\n", arg);
	} else if (str_eq(line, "key")) {
		watch_key(w, arg);
	} else {
		printf("? %s\n", line);
	}
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct options o;
	const struct command *cmd;
	struct err e = ERR_INIT;
	struct watch w = { .text = "" };
	char line[1024];
	trace_open_from_env();
	if (!options_parse(argc, argv, &o, &cmd, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	if (cmd && str_eq(cmd->name, "run-worker")) {
		return cmd->run(&o, &e); /* of a run that was started by keys here */
	}
	session_init(&w.session, &o.session);
	app_init(&w.app, &w.session, &o, 240, 30, true);
	w.session.changed = watch_changed;
	w.session.changed_ctx = &w;
	session_start(&w.session);
	watch_tick(&w);
	while (!w.over && fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		watch_do(&w, line);
	}
	w.session.changed = NULL;
	app_release(&w.app);
	session_release(&w.session);
	trace_close();
	return 0;
}
