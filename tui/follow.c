/* SPDX-License-Identifier: Apache-2.0 */
/* Following a run without a screen. */
#include "tui/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/io/loop.h"
#include "tui/options.h"

#define FOLLOW_MS 100       /* between two looks for new events */
#define FOLLOW_LIVES_MS 2000 /* between two looks whether the worker lives, when nothing comes */
#define FOLLOW_LINE_MAX (1u << 20)

struct follow {
	const char *id;
	char *path;
	bool json, died, left, gone;
	off_t at;          /* how far the events were read */
	struct buf line;   /* an event that is not written to its end yet */
	struct follow_words words;
	struct run_view view; /* when nothing comes: does it live? */
	bool has_view;
	struct loop *loop;
	int64_t quiet_since;
};

int follow_exit(enum run_status s)
{
	switch (s) {
	case RUN_SUCCEEDED:
		return EXIT_OK;
	case RUN_GUARD:
		return EXIT_GUARD;
	case RUN_USER_STOPPED:
		return EXIT_USER;
	default:
		return EXIT_FAILED;
	}
}

/* ---- one event as a line for people ------------------------------------------------ */

static void follow_say_node(struct follow_words *f, const json_t *j, struct buf *out)
{
	const char *node = json_str(j, "instance"), *group = json_str(j, "group");
	const char *phase = json_str(j, "phase"), *by = json_str(j, "replacedBy");
	const char *waits = json_str(j, "waitsFor");
	int64_t total = json_int(j, "podsTotal", 0), left = json_int(j, "podsLeft", 0);
	int64_t took = json_int(j, "took", -1);
	buf_addf(out, "%s (%s) %s", node ? node : "?", group ? group : "?", phase ? phase : "?");
	if (str_eq(phase, "draining") && total > 0) {
		buf_addf(out, " %" PRId64 "/%" PRId64, total - left, total);
	}
	if (by) {
		buf_addf(out, ", replaced by %s", by);
	}
	if (str_eq(phase, "done") && took >= 0) {
		char text[32];
		stamp_duration(text, sizeof(text), took);
		buf_addf(out, " in %s", text);
	}
	if (json_int(j, "podsAfter", -1) >= 0) {
		buf_addf(out, ", %" PRId64 " -> %" PRId64 " pods", json_int(j, "podsBefore", -1),
			json_int(j, "podsAfter", -1));
	}
	snprintf(f->waits, sizeof(f->waits), "%s", waits ? waits : "");
	if (!str_empty(waits)) {
		buf_addf(out, "; waits for %s", waits);
	}
}

static void follow_say_progress(struct follow_words *f, const json_t *j, struct buf *out)
{
	struct buf text = BUF_INIT;
	int64_t eta = json_int(j, "eta", -1);
	buf_addf(&text, "%" PRId64 " of %" PRId64 " %s", json_int(j, "done", 0),
		json_int(j, "total", 0), f->made ? "nodes ready" : "replaced");
	/* Every few seconds the same: only a change is worth a line. */
	if (!str_eq(f->progress, buf_str(&text))) {
		snprintf(f->progress, sizeof(f->progress), "%s", buf_str(&text));
		buf_adds(out, buf_str(&text));
		if (eta > 0) {
			char left[32];
			stamp_duration(left, sizeof(left), eta);
			buf_addf(out, ", about %s left", left);
		}
	}
	buf_release(&text);
}

static void follow_say_message(struct follow_words *f, const json_t *j, struct buf *out)
{
	const char *text = json_str(j, "text");
	/* The roll's own "waits for" says again what its node just said. */
	if (text && !(f->waits[0] && str_ends(text, f->waits))) {
		buf_adds(out, text);
	}
}

static void follow_say_state(struct follow_words *f, const json_t *j, struct buf *out)
{
	buf_addf(out, "the roll is %s", json_str(j, "state") ? json_str(j, "state") : "?");
}

static void follow_say_tasks(struct follow_words *f, const json_t *j, struct buf *out)
{
	buf_addf(out, "%" PRId64 " of %" PRId64 " tasks", json_int(j, "done", 0),
		json_int(j, "total", 0));
	f->made = true;
}

static void follow_say_start(struct follow_words *f, const json_t *j, struct buf *out)
{
	buf_addf(out, "run %s: a worker is at it", f->id);
}

static void follow_say_end(struct follow_words *f, const json_t *j, struct buf *out)
{
	const char *text = json_str(j, "text");
	buf_addf(out, "run %s %s%s%s", f->id, json_str(j, "status"), str_empty(text) ? "" : ": ",
		text ? text : "");
	f->ended = true;
}

static const struct {
	const char *event;
	void (*say)(struct follow_words *f, const json_t *j, struct buf *out);
} follow_events[] = {
	{ "end", follow_say_end },
	{ "message", follow_say_message },
	{ "node", follow_say_node },
	{ "progress", follow_say_progress },
	{ "start", follow_say_start },
	{ "state", follow_say_state },
	{ "tasks", follow_say_tasks },
};

bool follow_words_line(struct follow_words *f, const char *line, size_t n, struct buf *out)
{
	json_auto_t *j = json_parse(line, n, NULL);
	const char *event = json_str(j, "event");
	struct buf text = BUF_INIT;
	char at[40];
	/* A worker that took over begins anew: what ended before did not end. */
	f->ended = f->ended && !str_eq(event, "start");
	for (size_t i = 0; event && i < sizeof(follow_events) / sizeof(follow_events[0]); i++) {
		if (str_eq(follow_events[i].event, event)) {
			follow_events[i].say(f, j, &text);
		}
	}
	if (text.len) {
		stamp_format(at, json_int(j, "at", 0), false);
		buf_addf(out, "%.8s ", at + 11);
		/* Servers and kops had their say in it. */
		text_sanitise(out, buf_str(&text), false);
	}
	buf_release(&text);
	return event != NULL;
}

static void follow_line(struct follow *f, const char *line, size_t n)
{
	struct buf out = BUF_INIT;
	bool event = follow_words_line(&f->words, line, n, &out);
	if (f->json && event) {
		printf("%.*s\n", (int)n, line);
	} else if (out.len) {
		puts(buf_str(&out));
	}
	buf_release(&out);
}

/* What came since the last look; a line without its end waits for the rest. */
static bool follow_read(struct follow *f)
{
	char in[16384];
	bool any = false;
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	for (;;) {
		ssize_t n = pread(fd, in, sizeof(in), f->at);
		if (n <= 0) {
			break;
		}
		any = true;
		f->at += n;
		for (ssize_t i = 0; i < n; i++) {
			if (in[i] == '\n') {
				follow_line(f, buf_str(&f->line), f->line.len);
				buf_clear(&f->line);
			} else if (f->line.len < FOLLOW_LINE_MAX) {
				buf_addc(&f->line, in[i]);
			}
		}
	}
	close(fd);
	fflush(stdout);
	return any;
}

/* ---- the loop ------------------------------------------------------------------------ */

static void follow_look(void *ctx)
{
	struct follow *f = ctx;
	int64_t now = clock_mono(loop_clock(f->loop));
	if (follow_read(f)) {
		f->quiet_since = now;
	} else if (now - f->quiet_since > FOLLOW_LIVES_MS) {
		f->quiet_since = now;
		f->has_view = f->has_view ? run_view_update(&f->view, NULL)
			: run_view_read(f->id, &f->view, NULL);
		f->died = f->has_view && f->view.status == RUN_DIED;
		f->gone = f->at > 0 && access(f->path, F_OK) != 0 && errno == ENOENT;
	}
	if (f->words.ended || f->died || f->gone) {
		loop_stop(f->loop, 0);
		return;
	}
	loop_timer_add(f->loop, FOLLOW_MS, follow_look, f);
}

static void follow_signal(void *ctx, int signum)
{
	struct follow *f = ctx;
	(void)signum;
	f->left = true;
	loop_stop(f->loop, 0);
}

static int follow_end(struct follow *f, struct err *e)
{
	struct run_view v;
	if (f->left && !f->words.ended) {
		fprintf(stderr, "Left; the run goes on.  kopscope attach %s follows it again, "
			"kopscope attach %s --stop ends it.\n", f->id, f->id);
		return EXIT_LEFT;
	}
	if (f->gone && !f->words.ended) {
		err_set(e, ERR_NOT_FOUND, "the folder of run %s was deleted: what becomes of it is "
			"not written down any more", f->id);
		err_hint(e, "kopscope journal says what was done, kopscope roll what is left");
		return EXIT_FAILED;
	}
	if (f->died) {
		const char *said = strstr(f->view.message, "Its log ends: ");
		err_set(e, ERR_SERVER, "the worker of run %s died%s%s", f->id, said ? ": " : "",
			said ? said + strlen("Its log ends: ") : "");
		err_hint(e, "kopscope attach %s --resume goes on where it ended", f->id);
		return EXIT_FAILED;
	}
	if (!run_view_read(f->id, &v, e)) {
		return EXIT_FAILED;
	}
	int code = follow_exit(v.status);
	run_view_release(&v);
	return code;
}

int follow_run(const char *id, bool json, struct err *e)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct clock clock;
	struct follow f = { .id = id, .words.id = id, .json = json,
		.path = run_path(id, "events.jsonl") };
	struct loop_signal *watches[3];
	clock_system(&clock, 1);
	f.loop = loop_new(&clock);
	f.quiet_since = clock_mono(&clock);
	for (size_t i = 0; i < 3; i++) {
		watches[i] = loop_signal_add(f.loop, signals[i], follow_signal, &f);
	}
	loop_timer_add(f.loop, 0, follow_look, &f);
	loop_run(f.loop);
	for (size_t i = 0; i < 3; i++) {
		loop_signal_remove(watches[i]);
	}
	loop_free(f.loop);
	int code = follow_end(&f, e);
	buf_release(&f.line);
	if (f.has_view) {
		run_view_release(&f.view);
	}
	free(f.path);
	return code;
}
