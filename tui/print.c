/* SPDX-License-Identifier: Apache-2.0 */
/* A view's rows without a screen. */
#include "tui/print.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

static void print_pad(struct buf *out, const char *s, int width, bool right, bool last)
{
	int pad = width - text_width(s);
	struct buf clean = BUF_INIT;
	text_sanitise(&clean, s, false);
	for (int i = 0; right && i < pad; i++) {
		buf_addc(out, ' ');
	}
	buf_adds(out, buf_str(&clean));
	for (int i = 0; !right && !last && i < pad; i++) {
		buf_addc(out, ' ');
	}
	buf_adds(out, last ? "\n" : "   ");
	buf_release(&clean);
}

void print_table(const struct table *t, bool wide, bool headers, struct buf *out)
{
	int *widths = xcalloc(t->ncolumns, sizeof(*widths));
	struct buf b = BUF_INIT;
	size_t last = 0;
	for (size_t c = 0; c < t->ncolumns; c++) {
		if (!wide && (t->columns[c].flags & (COLUMN_WIDE | COLUMN_DATA))) {
			widths[c] = -1;
			continue;
		}
		last = c;
		widths[c] = headers ? text_width(t->columns[c].title) : 0;
		for (size_t i = 0; i < t->n; i++) {
			if (t->rows[i].kind == ROW_ITEM) {
				tcell_text(&t->rows[i].cells[c], &b);
				int w = text_width(buf_str(&b));
				widths[c] = w > widths[c] ? w : widths[c];
			}
		}
	}
	for (size_t c = 0; headers && c < t->ncolumns; c++) {
		if (widths[c] >= 0) {
			print_pad(out, t->columns[c].title, widths[c],
				t->columns[c].flags & COLUMN_RIGHT, c == last);
		}
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct trow *r = &t->rows[i];
		if (r->kind == ROW_SPAN) {
			for (int k = 0; k < r->indent; k++) {
				buf_addc(out, ' ');
			}
			print_pad(out, r->span, 0, false, true);
			continue;
		}
		for (size_t c = 0; c < t->ncolumns; c++) {
			if (widths[c] >= 0) {
				tcell_text(&r->cells[c], &b);
				print_pad(out, buf_str(&b), widths[c],
					t->columns[c].flags & COLUMN_RIGHT, c == last);
			}
		}
	}
	buf_release(&b);
	free(widths);
}

static json_t *print_number(int64_t v)
{
	return v < 0 ? json_null() : json_integer(v);
}

static json_t *print_string(const char *s)
{
	return s ? json_string(s) : json_null();
}

static json_t *print_cell(const struct tcell *c)
{
	switch (c->kind) {
	case CELL_TEXT:
		return print_string(c->text);
	case CELL_NUMBER:
		return print_number(c->value);
	case CELL_AGE:
		return c->value < 0 ? json_null() : json_integer(c->value / 1000);
	case CELL_METER:
	case CELL_RATIO:
		break;
	}
	return json_pack("{s:o,s:o}", "used", print_number(c->value), "max", print_number(c->max));
}

static json_t *print_item(const struct table *t, const struct trow *r)
{
	json_t *item = json_object();
	for (size_t col = 0; col < t->ncolumns; col++) {
		json_object_set_new(item, t->columns[col].id, print_cell(&r->cells[col]));
	}
	return item;
}

void print_rows_json(const struct table *t, struct buf *out)
{
	json_auto_t *all = json_array();
	for (size_t i = 0; i < t->n; i++) {
		if (t->rows[i].kind == ROW_ITEM) {
			json_array_append_new(all, print_item(t, &t->rows[i]));
		}
	}
	json_write(out, all, false);
	buf_addc(out, '\n');
}

/* What a pending group knows beyond its row. */
static void print_pending(json_t *item, const struct pending_group *g)
{
	json_t *verdicts = json_array(), *advices = json_array();
	for (size_t i = 0; i < g->nverdicts; i++) {
		const struct verdict *v = &g->verdicts[i];
		json_array_append_new(verdicts,
			json_pack("{s:o,s:o,s:b,s:s,s:o}", "node", print_string(v->node->node.name),
				"group", print_string(v->node->node.group), "fits", v->fits, "kind",
				v->fits ? "none" : reason_kind_name(v->kind), "text",
				print_string(v->text)));
	}
	for (size_t i = 0; i < g->nadvices; i++) {
		const struct advice *a = &g->advices[i];
		json_array_append_new(advices,
			json_pack("{s:o,s:o,s:o,s:o,s:o}", "text", print_string(a->text), "effect",
				print_string(a->effect), "detail", print_string(a->detail),
				"max_pods", print_number(a->max_pods), "replicas",
				print_number(a->replicas)));
	}
	json_object_set_new(item, "kind", print_string(reason_kind_name(g->main_kind)));
	json_object_set_new(item, "message", print_string(g->message));
	json_object_set_new(item, "after_scheduling", json_boolean(g->after_scheduling));
	json_object_set_new(item, "verdicts", verdicts);
	json_object_set_new(item, "advices", advices);
}

static json_t *print_sources(const struct view_ctx *c)
{
	static const char *const states[] = { "off", "asked", "live", "failed" };
	json_t *j = json_object();
	for (int i = 0; i < SRC__COUNT; i++) {
		const struct source_status *s = model_source(c->model, (enum source_id)i);
		json_object_set_new(j, source_name((enum source_id)i),
			json_pack("{s:s,s:o}", "state", states[s->state], "why",
				err_is_set(&s->why) ? json_string(s->why.text) : json_null()));
	}
	return j;
}

void print_json(const struct view *v, const struct view_ctx *c, const struct table *t,
	struct buf *out)
{
	json_t *items = json_array();
	size_t group = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct trow *r = &t->rows[i];
		if (r->kind != ROW_ITEM) {
			continue;
		}
		json_t *item = print_item(t, r);
		if (v->id == VIEW_PENDING && c->pending && group < c->pending->n) {
			print_pending(item, &c->pending->v[group]);
		}
		group++;
		json_array_append_new(items, item);
	}
	json_auto_t *all = json_pack("{s:s,s:o,s:o,s:o}", "view", v->name, "cluster",
		print_string(model_opened(c->model)), "sources", print_sources(c), "items", items);
	json_write(out, all, false);
	buf_addc(out, '\n');
}
