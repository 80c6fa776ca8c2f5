/* SPDX-License-Identifier: Apache-2.0 */
/* A view's rows without a screen. */
#include "tui/screen/print.h"

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

bool print_format_by_name(const char *name, enum print_format *out, struct err *e)
{
	static const char *const names[] = { [PRINT_TABLE] = "table", [PRINT_WIDE] = "wide",
		[PRINT_JSON] = "json", [PRINT_YAML] = "yaml", [PRINT_CSV] = "csv" };
	*out = PRINT_TABLE;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!name || str_eq(name, names[i])) {
			*out = (enum print_format)i;
			return true;
		}
	}
	return err_set(e, ERR_USAGE,
		"there is no output format %s: table, wide, json, yaml or csv", name);
}

int *print_widths(struct table *t, bool wide, bool headers)
{
	int *widths = xcalloc(t->ncolumns, sizeof(*widths));
	struct buf b = BUF_INIT;
	for (size_t c = 0; c < t->ncolumns; c++) {
		bool out_of_sight = !wide && (t->columns[c].flags & (COLUMN_WIDE | COLUMN_DATA));
		widths[c] = out_of_sight ? -1 : headers ? text_width(t->columns[c].title) : 0;
	}
	for (size_t i = 0; i < t->n; i++) {
		const struct trow *r = table_kind(t, i) == ROW_ITEM ? table_peek(t, i) : NULL;
		for (size_t c = 0; r && c < t->ncolumns; c++) {
			if (widths[c] >= 0) {
				tcell_text(&r->cells[c], &b);
				int w = text_width(buf_str(&b));
				widths[c] = w > widths[c] ? w : widths[c];
			}
		}
	}
	buf_release(&b);
	return widths;
}

static size_t print_last(const struct table *t, const int *widths)
{
	size_t last = 0;
	for (size_t c = 0; c < t->ncolumns; c++) {
		last = widths[c] < 0 ? last : c;
	}
	return last;
}

void print_titles(const struct table *t, const int *widths, struct buf *out)
{
	size_t last = print_last(t, widths);
	for (size_t c = 0; c < t->ncolumns; c++) {
		if (widths[c] >= 0) {
			print_pad(out, t->columns[c].title, widths[c],
				t->columns[c].flags & COLUMN_RIGHT, c == last);
		}
	}
}

void print_row(const struct table *t, const struct trow *r, const int *widths, struct buf *out)
{
	size_t last = print_last(t, widths);
	struct buf b = BUF_INIT;
	if (r->kind == ROW_SPAN) {
		for (int k = 0; k < r->indent; k++) {
			buf_addc(out, ' ');
		}
		print_pad(out, r->span, 0, false, true);
		return;
	}
	for (size_t c = 0; c < t->ncolumns; c++) {
		if (widths[c] >= 0) {
			tcell_text(&r->cells[c], &b);
			print_pad(out, buf_str(&b), widths[c], t->columns[c].flags & COLUMN_RIGHT,
				c == last);
		}
	}
	buf_release(&b);
}

void print_table(struct table *t, bool wide, bool headers, struct buf *out)
{
	int *widths = print_widths(t, wide, headers);
	if (headers) {
		print_titles(t, widths, out);
	}
	for (size_t i = 0; i < t->n; i++) {
		print_row(t, table_peek(t, i), widths, out);
	}
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

void print_rows_json(struct table *t, struct buf *out)
{
	json_auto_t *all = json_array();
	for (size_t i = 0; i < t->n; i++) {
		if (table_kind(t, i) == ROW_ITEM) {
			json_array_append_new(all, print_item(t, table_peek(t, i)));
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

static json_t *print_view_item(const struct view *v, const struct view_ctx *c,
	const struct table *t, const struct trow *r, size_t group)
{
	json_t *item = print_item(t, r);
	if (v->id == VIEW_PENDING && c->pending && group < c->pending->n) {
		print_pending(item, &c->pending->v[group]);
	}
	return item;
}

void print_item_json(const struct view *v, const struct view_ctx *c, const struct table *t,
	const struct trow *r, size_t group, struct buf *out)
{
	json_auto_t *item = print_view_item(v, c, t, r, group);
	json_write(out, item, false);
}

void print_json(const struct view *v, const struct view_ctx *c, struct table *t,
	struct buf *out)
{
	json_t *items = json_array();
	size_t group = 0;
	for (size_t i = 0; i < t->n; i++) {
		const struct trow *r = table_peek(t, i);
		if (r->kind != ROW_ITEM) {
			continue;
		}
		json_array_append_new(items, print_view_item(v, c, t, r, group++));
	}
	json_auto_t *all = json_pack("{s:s,s:o,s:o,s:o}", "view", v->name, "cluster",
		print_string(model_opened(c->model)), "sources", print_sources(c), "items", items);
	json_write(out, all, false);
	buf_addc(out, '\n');
}
