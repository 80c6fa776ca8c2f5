/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope get VIEW and kopscope snapshot VIEW: connect, wait for the first answer of every source
 * (or its failure), print one answer, end.  What is unavailable says so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "tui/options.h"
#include "tui/print.h"
#include "tui/screen.h"
#include "tui/session.h"
#include "tui/term.h"
#include "tui/view.h"

/* Longer than a slow API's first answer, shorter than a person's patience. */
#define SETTLE_MS 20000

static bool get_settled(void *ctx)
{
	return session_settled(ctx);
}

struct one_shot {
	struct session session;
	struct pending_report pending;
	struct run_view run;
	bool has_run;
	struct view_ctx ctx;
};

static void one_shot_begin(struct one_shot *o, const struct options *opts)
{
	memset(o, 0, sizeof(*o));
	session_init(&o->session, &opts->session);
	session_start(&o->session);
	struct session *s = &o->session;
	int64_t wait = (int64_t)(SETTLE_MS * s->clock.scale);
	session_wait(s, get_settled, s, wait);
	pending_compute(s->model, &s->clock, &o->pending);
	const char *open = model_opened(s->model);
	char *id = open ? run_find_alive(open) : NULL;
	if (id) {
		o->has_run = run_view_read(id, &o->run, NULL);
		free(id);
	}
	o->ctx = (struct view_ctx){ .model = s->model, .clock = &s->clock, .pending = &o->pending,
		.run = o->has_run ? &o->run : NULL, .log = &s->log };
}

static void one_shot_end(struct one_shot *o)
{
	pending_release(&o->pending);
	if (o->has_run) {
		run_view_release(&o->run);
	}
	session_release(&o->session);
}

static const struct view *get_view(const struct options *o, struct err *e)
{
	const struct view *v = o->nargs > 1 ? view_by_name(o->args[1]) : NULL;
	if (!v) {
		if (o->nargs > 1) {
			err_set(e, ERR_USAGE, "there is no view %s", o->args[1]);
		} else {
			err_set(e, ERR_USAGE, "which view?");
		}
		err_hint(e, "clusters groups nodes pods pending deployments roll log");
	}
	return v;
}

/* The one sentence on stderr for each source that this view needed and did not get. */
static int get_complain(const struct one_shot *o, const struct view *v, struct err *e)
{
	const struct session *s = &o->session;
	if (!s->store && !s->k8s) {
		err_copy(e, &s->state_err);
		return EXIT_USAGE;
	}
	int rc = EXIT_OK;
	for (int i = 0; i < SRC__COUNT; i++) {
		const struct source_status *st = model_source(s->model, (enum source_id)i);
		if (st->state == SOURCE_ASKED && s->sources[i]) {
			fprintf(stderr, "kopscope: %s has not answered in time: what is printed is "
				"not all\n", source_name((enum source_id)i));
			rc = (enum source_id)i == v->source ? EXIT_FAILED : rc;
		}
		if (st->state == SOURCE_LIVE || !err_is_set(&st->why)) {
			continue;
		}
		fprintf(stderr, "kopscope: %s unavailable: %s\n", source_name((enum source_id)i),
			st->why.text);
		if (st->why.hint[0]) {
			fprintf(stderr, "  %s\n", st->why.hint);
		}
		if ((enum source_id)i == v->source && st->state == SOURCE_FAILED && !st->arrived) {
			rc = EXIT_FAILED;
		}
	}
	return rc;
}

int cmd_get(const struct options *o, struct err *e)
{
	const struct view *v = get_view(o, e);
	if (!v) {
		return EXIT_USAGE;
	}
	bool json = str_eq(o->output, "json"), wide = str_eq(o->output, "wide");
	if (o->output && !json && !wide && !str_eq(o->output, "table")) {
		err_set(e, ERR_USAGE, "there is no output format %s: table, wide or json",
			o->output);
		return EXIT_USAGE;
	}
	if (!session_check(&o->session, e)) {
		return EXIT_USAGE;
	}
	struct one_shot one;
	one_shot_begin(&one, o);
	struct table t;
	struct buf out = BUF_INIT;
	view_table(v, &one.ctx, NULL, &t);
	int rc = get_complain(&one, v, e);
	if (json) {
		print_json(v, &one.ctx, &t, &out);
	} else if (t.n > 0) {
		print_table(&t, wide, !o->no_headers, &out);
	} else if (!err_is_set(e) &&
		!(v->source < SRC__COUNT && view_source_trouble(&one.ctx, v->source))) {
		fprintf(stderr, "%s\n", v->empty(&one.ctx));
	}
	if (!err_is_set(e) || json) {
		fputs(buf_str(&out), stdout);
	}
	buf_release(&out);
	table_release(&t);
	one_shot_end(&one);
	return rc;
}

static bool snapshot_size(const char *size, int *cols, int *rows, struct err *e)
{
	*cols = 80;
	*rows = 24;
	char tail;
	if (size && (sscanf(size, "%dx%d%c", cols, rows, &tail) != 2 || *cols < 60 || *rows < 15 ||
			    *cols > 500 || *rows > 300)) {
		err_set(e, ERR_USAGE, "--size %s: COLSxROWS, from 60x15 to 500x300", size);
		return false;
	}
	return true;
}

int cmd_snapshot(const struct options *o, struct err *e)
{
	int cols, rows;
	const struct view *v = get_view(o, e);
	if (!v || !snapshot_size(o->size, &cols, &rows, e) || !session_check(&o->session, e)) {
		return EXIT_USAGE;
	}
	struct one_shot one;
	one_shot_begin(&one, o);
	bool ascii = o->ascii || !term_utf8();
	one.ctx.ascii = ascii;
	one.ctx.cols = cols;
	struct table t;
	struct grid g;
	struct buf out = BUF_INIT;
	view_table(v, &one.ctx, NULL, &t);
	size_t first = 0;
	while (first < t.n && t.rows[first].kind != ROW_ITEM) {
		first++;
	}
	grid_init(&g, cols, rows, ascii);
	struct screen s = { .view = v, .ctx = &one.ctx, .table = &t, .selected = first,
		.readonly = o->session.readonly };
	screen_draw(&g, &s);
	grid_text(&g, &out);
	fputs(buf_str(&out), stdout);
	int rc = get_complain(&one, v, e);
	buf_release(&out);
	grid_release(&g);
	table_release(&t);
	one_shot_end(&one);
	return rc;
}
