/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope get --watch: the rows as they are, then each that appears, changes or goes, at most
 * once a second, until interrupted or nobody reads.  An age that moves on is no change.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/command/one-shot.h"

#define TICK_MS 1000
#define CHANGE_WIDTH 8 /* of "changed" and a blank more than columns have between them */

struct seen {
	uint64_t hash;
	unsigned turn; /* in which it was last there */
};

struct watch {
	struct one_shot *one;
	const struct view *view;
	enum print_format format;
	struct strmap *seen; /* struct seen by row id */
	unsigned turn;
	uint64_t generation;
	int *widths;
	enum source_state states[SRC__COUNT];
	struct buf out;
};

static uint64_t watch_hash(const struct table *t, const struct trow *r)
{
	uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */
	struct buf text = BUF_INIT;
	for (size_t c = 0; c < t->ncolumns; c++) {
		if (r->cells[c].kind == CELL_AGE) {
			continue;
		}
		tcell_text(&r->cells[c], &text);
		for (const char *p = buf_str(&text); ; p++) {
			h = (h ^ (unsigned char)*p) * 0x100000001b3u;
			if (!*p) {
				break;
			}
		}
	}
	buf_release(&text);
	return h;
}

/* One object a line, or one YAML document: {"change","view","cluster","id","item"}. */
static void watch_object(struct watch *w, const char *change, const char *id, const char *item)
{
	const char *cluster = model_opened(w->one->session.model);
	struct buf b = BUF_INIT;
	buf_addf(&b, "{\"change\":\"%s\",\"view\":\"%s\",\"cluster\":", change, w->view->name);
	if (cluster) {
		json_quote(&b, cluster);
	} else {
		buf_adds(&b, "null");
	}
	buf_adds(&b, ",\"id\":");
	json_quote(&b, id);
	buf_addf(&b, ",\"item\":%s}", item);
	if (w->format == PRINT_JSON) {
		buf_addf(&w->out, "%s\n", buf_str(&b));
	} else {
		buf_adds(&w->out, "---\n");
		print_yaml(buf_str(&b), b.len, &w->out);
	}
	buf_release(&b);
}

static void watch_row(struct watch *w, const char *change, struct table *t, const struct trow *r,
	size_t group)
{
	struct buf item = BUF_INIT;
	switch (w->format) {
	case PRINT_TABLE:
	case PRINT_WIDE:
		buf_addf(&w->out, "%-*s  ", CHANGE_WIDTH, change);
		print_row(t, r, w->widths, &w->out);
		break;
	case PRINT_CSV:
		print_csv_row(t, r, change, &w->out);
		break;
	case PRINT_JSON:
	case PRINT_YAML:
		print_item_json(w->view, &w->one->ctx, t, r, group, &item);
		watch_object(w, change, r->id, buf_str(&item));
		break;
	}
	buf_release(&item);
}

/* Of a row that went only its name is left: it stands in the first column. */
static void watch_gone(struct watch *w, const char *id)
{
	struct table t;
	if (w->format == PRINT_JSON || w->format == PRINT_YAML) {
		watch_object(w, "removed", id, "null");
		return;
	}
	table_init(&t, w->view->columns, w->view->ncolumns);
	struct trow *r = table_row(&t, id);
	table_text(&t, r, 0, STYLE_NORMAL, id);
	watch_row(w, "removed", &t, r, 0);
	table_release(&t);
}

static void watch_gone_all(struct watch *w)
{
	struct strlist gone = { .v = NULL };
	const char *id;
	void *value;
	for (size_t pos = 0; strmap_next(w->seen, &pos, &id, &value);) {
		if (((struct seen *)value)->turn != w->turn) {
			strlist_add(&gone, id);
		}
	}
	for (size_t i = 0; i < gone.n; i++) {
		watch_gone(w, gone.v[i]);
		strmap_remove(w->seen, gone.v[i]);
	}
	strlist_release(&gone);
}

static void watch_rows(struct watch *w, struct table *t, bool first)
{
	size_t group = 0;
	w->turn++;
	for (size_t i = 0; i < t->n; i++) {
		if (table_kind(t, i) != ROW_ITEM) {
			continue;
		}
		const struct trow *r = table_peek(t, i);
		struct seen *s = strmap_get(w->seen, r->id);
		uint64_t h = watch_hash(t, r);
		if (!s) {
			s = xcalloc(1, sizeof(*s));
			strmap_set(w->seen, r->id, s);
			watch_row(w, first ? "listed" : "added", t, r, group);
		} else if (s->hash != h) {
			watch_row(w, "changed", t, r, group);
		}
		s->hash = h;
		s->turn = w->turn;
		group++;
	}
	watch_gone_all(w);
}

/* A source that fails or comes back is told once. */
static void watch_sources(struct watch *w)
{
	for (int i = 0; i < SRC__COUNT; i++) {
		enum source_id id = (enum source_id)i;
		const struct source_status *st = model_source(w->one->session.model, id);
		if (st->state == w->states[i]) {
			continue;
		}
		if (st->state == SOURCE_FAILED) {
			fprintf(stderr, "kopscope: %s unavailable: %s\n", source_name(id),
				st->why.text);
		} else if (st->state == SOURCE_LIVE && w->states[i] == SOURCE_FAILED) {
			fprintf(stderr, "kopscope: %s is back\n", source_name(id));
		}
		/* asked: between the two */
		w->states[i] = st->state == SOURCE_ASKED ? w->states[i] : st->state;
	}
}

static void watch_flush(struct watch *w)
{
	fputs(buf_str(&w->out), stdout);
	buf_clear(&w->out);
	if (fflush(stdout) != 0) {
		loop_stop(w->one->session.loop, EXIT_FAILED);
	}
}

/* Nobody reads any more: a pipe's writer is told by POLLERR, even while it has nothing to say. */
static bool watch_is_alone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO };
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLERR | POLLHUP));
}

static void watch_tick(void *ctx)
{
	struct watch *w = ctx;
	struct session *s = &w->one->session;
	uint64_t now = model_generation_all(s->model);
	watch_sources(w);
	/* The views of files beside the model are looked at in any case. */
	if (now != w->generation || w->view->id == VIEW_ROLL || w->view->wants) {
		struct table t;
		w->generation = now;
		one_shot_again(w->one);
		view_table(w->view, &w->one->ctx, NULL, &t);
		watch_rows(w, &t, false);
		table_release(&t);
		watch_flush(w);
	}
	if (watch_is_alone()) {
		loop_stop(s->loop, EXIT_OK);
	}
	loop_timer_add(s->loop, (int64_t)(TICK_MS * s->clock.scale), watch_tick, w);
}

static void watch_signal(void *ctx, int signum)
{
	struct watch *w = ctx;
	loop_stop(w->one->session.loop, EXIT_OK);
}

int get_watch(struct one_shot *o, const struct view *v, enum print_format f, bool headers)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct session *s = &o->session;
	struct watch w = { .one = o, .view = v, .format = f, .seen = strmap_new(free),
		.out = BUF_INIT };
	struct table t;
	session_pace(s, PACE_NORMAL); /* one_shot_begin() meant to look once */
	view_table(v, &o->ctx, NULL, &t);
	w.generation = model_generation_all(s->model);
	w.widths = print_widths(&t, f == PRINT_WIDE, headers);
	if (headers && f == PRINT_CSV) {
		print_csv_head(&t, "change", &w.out);
	} else if (headers && (f == PRINT_TABLE || f == PRINT_WIDE)) {
		buf_addf(&w.out, "%-*s  ", CHANGE_WIDTH, "CHANGE");
		print_titles(&t, w.widths, &w.out);
	}
	for (int i = 0; i < SRC__COUNT; i++) {
		w.states[i] = model_source(s->model, (enum source_id)i)->state;
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		loop_signal_add(s->loop, signals[i], watch_signal, &w);
	}
	watch_rows(&w, &t, true);
	table_release(&t);
	watch_flush(&w);
	loop_timer_add(s->loop, (int64_t)(TICK_MS * s->clock.scale), watch_tick, &w);
	int rc = loop_run(s->loop);
	strmap_free(w.seen);
	free(w.widths);
	buf_release(&w.out);
	return rc;
}
