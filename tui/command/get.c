/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kopscope get VIEW and kopscope snapshot VIEW: connect, wait for the first answer of every source
 * (or its failure), print one answer (get --watch: and what changes after it), end.  What is
 * unavailable says so.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "tui/command/one-shot.h"
#include "tui/options.h"
#include "tui/screen/print.h"
#include "tui/screen/screen.h"
#include "tui/screen/term.h"
#include "tui/view.h"

/* By its name, or the only one that begins so: "node", "deploy". */
static const struct view *get_view_named(const char *name)
{
	const struct view *found = view_by_name(name);
	int hits = 0;
	for (int i = 0; !found && i < VIEW__COUNT; i++) {
		hits += str_starts(view_get((enum view_id)i)->name, name);
	}
	for (int i = 0; !found && hits == 1 && i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		found = str_starts(v->name, name) ? v : NULL;
	}
	return found;
}

static const struct view *get_view(const struct options *o, struct err *e)
{
	const struct view *v = o->nargs > 1 ? get_view_named(o->args[1]) : NULL;
	if (!v) {
		if (o->nargs > 1) {
			err_set(e, ERR_USAGE, "there is no view %s", o->args[1]);
		} else {
			err_set(e, ERR_USAGE, "which view?");
		}
		struct buf names = BUF_INIT;
		for (int i = 0; i < VIEW__COUNT; i++) {
			buf_addf(&names, "%s%s", i ? " " : "", view_get((enum view_id)i)->name);
		}
		err_hint(e, "%s", buf_str(&names));
		buf_release(&names);
	}
	return v;
}

#define GET_PIECE ((size_t)64 << 10)

/* Written piece by piece: a table of 150,000 pods has 20 MB of text. */
static void get_print_table(struct table *t, bool wide, bool headers, struct buf *out)
{
	int *widths = print_widths(t, wide, headers);
	if (headers) {
		print_titles(t, widths, out);
	}
	for (size_t i = 0; i < t->n; i++) {
		print_row(t, table_peek(t, i), widths, out);
		if (out->len >= GET_PIECE) {
			fputs(buf_str(out), stdout);
			buf_clear(out);
		}
	}
	free(widths);
}

static void get_print(const struct view *v, const struct view_ctx *c, struct table *t,
	enum print_format f, bool headers, struct buf *out)
{
	struct buf json = BUF_INIT;
	switch (f) {
	case PRINT_TABLE:
	case PRINT_WIDE:
		get_print_table(t, f == PRINT_WIDE, headers, out);
		break;
	case PRINT_CSV:
		print_csv(t, headers, out);
		break;
	case PRINT_JSON:
		print_json(v, c, t, out);
		break;
	case PRINT_YAML:
		print_json(v, c, t, &json);
		print_yaml(buf_str(&json), json.len, out);
		break;
	}
	buf_release(&json);
}

int cmd_get(const struct options *o, struct err *e)
{
	const struct view *v = get_view(o, e);
	if (!v) {
		return EXIT_USAGE;
	}
	enum print_format f;
	if (!print_format_by_name(o->output, &f, e) || !session_check(&o->session, e)) {
		return EXIT_USAGE;
	}
	struct one_shot one;
	one_shot_begin(&one, o, v);
	int rc = one_shot_complain(&one, v, e);
	if (o->watch && !err_is_set(e)) {
		rc = get_watch(&one, v, f, !o->no_headers);
		one_shot_end(&one);
		return rc;
	}
	struct table t;
	struct buf out = BUF_INIT;
	bool always = f == PRINT_JSON || f == PRINT_YAML || f == PRINT_CSV;
	view_table(v, &one.ctx, NULL, &t);
	if (always || (t.n > 0 && !err_is_set(e))) {
		get_print(v, &one.ctx, &t, f, !o->no_headers, &out);
	} else if (!t.n && !err_is_set(e) &&
		!(v->source < SRC__COUNT && view_source_trouble(&one.ctx, v->source))) {
		fprintf(stderr, "%s\n", v->empty(&one.ctx));
	}
	fputs(buf_str(&out), stdout);
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
	struct err wrong = ERR_INIT;
	bool fine = session_check(&o->session, &wrong);
	if (!v || !snapshot_size(o->size, &cols, &rows, e)) {
		return EXIT_USAGE;
	}
	/* As the screen: it would not come up. */
	if (!fine && o->session.kubeconfig) {
		err_copy(e, &wrong);
		return EXIT_USAGE;
	}
	struct one_shot one;
	one_shot_begin(&one, o, v);
	bool ascii = o->ascii || !term_utf8();
	one.ctx.ascii = ascii;
	one.ctx.cols = cols;
	struct table t;
	struct grid g;
	struct buf out = BUF_INIT;
	view_table(v, &one.ctx, NULL, &t);
	size_t first = 0;
	while (first < t.n && table_kind(&t, first) != ROW_ITEM) {
		first++;
	}
	grid_init(&g, cols, rows, ascii);
	struct screen s = { .view = v, .ctx = &one.ctx, .table = &t, .selected = first,
		.readonly = o->session.readonly };
	screen_draw(&g, &s);
	grid_text(&g, &out);
	fputs(buf_str(&out), stdout);
	int rc = EXIT_USAGE;
	if (fine) {
		rc = one_shot_complain(&one, v, e);
	} else {
		err_copy(e, &wrong);
	}
	buf_release(&out);
	grid_release(&g);
	table_release(&t);
	one_shot_end(&one);
	return rc;
}
