/* SPDX-License-Identifier: Apache-2.0 */
/* A view's content as rows. */
#include "tui/screen/table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/model/things.h"
#include "tui/screen/table-things.h"

void table_init(struct table *t, const struct column *columns, size_t ncolumns)
{
	*t = (struct table){ .columns = columns, .ncolumns = ncolumns, .arena = arena_new() };
}

void table_release(struct table *t)
{
	free(t->rows);
	free(t->things);
	arena_free(t->arena);
	arena_free(t->scratch_arena);
	*t = (struct table){ .rows = NULL };
}

static struct trow *table_add(struct table *t)
{
	t->rows = xgrow(t->rows, &t->cap, t->n, sizeof(*t->rows));
	struct trow *r = &t->rows[t->n++];
	*r = (struct trow){ .kind = ROW_ITEM };
	return r;
}

struct trow *table_row(struct table *t, const char *id)
{
	struct trow *r = table_add(t);
	r->id = arena_strdup(t->arena, id);
	r->cells = arena_alloc(t->arena, t->ncolumns * sizeof(*r->cells));
	return r;
}

struct trow *table_span(struct table *t, int indent, enum style style, const char *fmt, ...)
{
	struct trow *r = table_add(t);
	va_list ap;
	va_start(ap, fmt);
	char *s = xvasprintf(fmt, ap);
	va_end(ap);
	r->kind = ROW_SPAN;
	r->style = style;
	r->indent = indent;
	r->span = arena_strdup(t->arena, s);
	free(s);
	return r;
}

bool table_skips(const struct table *t, size_t col)
{
	return t->only > 0 && t->only != col + 1;
}

void table_text(struct table *t, struct trow *r, size_t col, enum style style, const char *text)
{
	if (table_skips(t, col)) {
		return;
	}
	r->cells[col] = (struct tcell){ .kind = CELL_TEXT, .style = style,
		.text = text ? arena_strdup(t->arena, text) : NULL };
}

void table_textf(struct table *t, struct trow *r, size_t col, enum style style, const char *fmt,
	...)
{
	va_list ap;
	if (table_skips(t, col)) {
		return;
	}
	va_start(ap, fmt);
	char *s = xvasprintf(fmt, ap);
	va_end(ap);
	table_text(t, r, col, style, s);
	free(s);
}

void table_brief(struct table *t, struct trow *r, size_t col, const char *brief)
{
	r->cells[col].brief = brief ? arena_strdup(t->arena, brief) : NULL;
}

void table_value(struct trow *r, size_t col, enum cell_kind kind, enum style style, int64_t value,
	int64_t max)
{
	r->cells[col] = (struct tcell){ .kind = kind, .style = style, .value = value, .max = max };
}

static void tcell_number(struct buf *out, int64_t v)
{
	if (v < 0) {
		buf_addc(out, '-');
	} else {
		buf_addf(out, "%" PRId64, v);
	}
}

void tcell_text(const struct tcell *c, struct buf *out)
{
	char age[32];
	buf_clear(out);
	switch (c->kind) {
	case CELL_TEXT:
		buf_adds(out, c->text ? c->text : "-");
		break;
	case CELL_NUMBER:
		tcell_number(out, c->value);
		break;
	case CELL_METER:
	case CELL_RATIO:
		tcell_number(out, c->value);
		if (c->value >= 0 || c->max >= 0) {
			buf_addc(out, '/');
			tcell_number(out, c->max);
		}
		break;
	case CELL_AGE:
		(c->max ? stamp_duration : stamp_age)(age, sizeof(age), c->value);
		buf_adds(out, c->value < 0 ? "-" : age);
		break;
	}
}

int tcell_cmp(const struct tcell *a, const struct tcell *b)
{
	if (a->kind == CELL_TEXT || b->kind == CELL_TEXT) {
		return a->text == b->text ? 0 : str_natcmp(a->text, b->text);
	}
	return a->value < b->value ? -1 : a->value > b->value;
}

static bool trow_has(const struct table *t, const struct trow *r, const char *text, long only)
{
	struct buf b = BUF_INIT;
	bool hit = false;
	for (size_t i = 0; i < t->ncolumns && !hit; i++) {
		if (only < 0 || (size_t)only == i) {
			tcell_text(&r->cells[i], &b);
			hit = str_icontains(buf_str(&b), text);
		}
	}
	buf_release(&b);
	if (!hit && only < 0) {
		hit = str_icontains(r->id, text) || str_icontains(r->filter_extra, text);
	}
	return hit;
}

static const char *trow_label(const struct trow *r, const char *key, size_t len)
{
	for (size_t i = 0; i < r->nlabels; i++) {
		if (strncmp(r->labels[i].key, key, len) == 0 && !r->labels[i].key[len]) {
			return r->labels[i].value ? r->labels[i].value : "";
		}
	}
	return NULL;
}

/* All of "key=value,key,!key,key!=value", as kubectl's -l has them. */
static bool trow_has_labels(const struct trow *r, const char *text)
{
	for (const char *p = text; *p; p += *p == ',') {
		size_t n = strcspn(p, ","), not = *p == '!';
		const char *key = p + not;
		size_t len = strcspn(key, "=!,");
		const char *has = trow_label(r, key, len), *want = key + len;
		p += n;
		bool unequal = *want == '!';
		want += unequal;
		if (*want != '=') {
			if (len > 0 && (has != NULL) == (bool)not) {
				return false;
			}
			continue;
		}
		want += strspn(want, "=");
		bool same = has && strlen(has) == (size_t)(p - want) &&
			strncmp(has, want, (size_t)(p - want)) == 0;
		if (same == unequal) {
			return false;
		}
	}
	return true;
}

/* "pods:17" -> the column's index, *rest behind the colon; MATCH_ANY when no such column. */
static long row_match_column(const struct column *v, size_t n, const char *filter,
	const char **rest)
{
	const char *colon = strchr(filter, ':');
	for (size_t i = 0; colon && i < n; i++) {
		const char *id = v[i].id;
		if (strlen(id) == (size_t)(colon - filter) &&
			strncmp(id, filter, strlen(id)) == 0) {
			*rest = colon + 1;
			return (long)i;
		}
	}
	*rest = filter;
	return MATCH_ANY;
}

void row_match_read(struct row_match *m, const struct column *v, size_t n, const char *filter)
{
	filter = filter ? filter : "";
	m->inverse = filter[0] == '!';
	m->only = row_match_column(v, n, filter + m->inverse, &m->text);
	if (str_starts(m->text, "-l ") || str_eq(m->text, "-l")) {
		m->only = MATCH_LABELS;
		m->text += 2 + strspn(m->text + 2, " ");
	}
}

bool row_matches(const struct table *t, const struct trow *r, const struct row_match *m)
{
	bool has = m->only == MATCH_LABELS ? trow_has_labels(r, m->text)
					   : trow_has(t, r, m->text, m->only);
	return has != m->inverse;
}

/* Of a large table: no row is kept made. */
static void table_filter_things(struct table *t, const struct row_match *m)
{
	size_t kept = 0, n = t->n - t->lead;
	if (m->only == MATCH_ANY && t->maker->keep) {
		t->n = t->lead + t->maker->keep(t->ctx, t->things, n, m->text, m->inverse);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (row_matches(t, table_peek(t, t->lead + i), m)) {
			t->things[kept++] = t->things[i];
		}
	}
	t->n = t->lead + kept;
}

long table_column(const struct column *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].id, name) || str_ieq(v[i].title, name)) {
			return (long)i;
		}
	}
	return -1;
}

void table_filter(struct table *t, const char *filter)
{
	struct row_match m;
	if (str_empty(filter) || (t->maker && !t->things)) {
		return;
	}
	row_match_read(&m, t->columns, t->ncolumns, filter);
	size_t kept = 0;
	bool keep = true; /* spans before the first item stay */
	if (t->maker) {
		table_filter_things(t, &m);
		return;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (t->rows[i].kind == ROW_ITEM) {
			keep = row_matches(t, &t->rows[i], &m);
		}
		if (keep) {
			t->rows[kept++] = t->rows[i];
		}
	}
	t->n = kept;
}

struct sort_block { /* an item with the spans behind it */
	size_t first, n;
	const struct tcell *cell;
};

static int sort_block_cmp(const void *pa, const void *pb)
{
	const struct sort_block *a = pa, *b = pb;
	int c = tcell_cmp(a->cell, b->cell);
	if (c == 0) {
		c = a->first < b->first ? -1 : 1;
	}
	return c;
}

void table_sort(struct table *t, size_t col, bool descending)
{
	if (t->maker) {
		if (t->things) {
			table_sort_things(t, col, descending);
		}
		return;
	}
	size_t lead = 0;
	while (lead < t->n && t->rows[lead].kind == ROW_SPAN) {
		lead++;
	}
	struct sort_block *blocks = xcalloc(t->n + 1, sizeof(*blocks));
	size_t nblocks = 0;
	for (size_t i = lead; i < t->n; i++) {
		if (t->rows[i].kind == ROW_ITEM) {
			blocks[nblocks++] = (struct sort_block){ .first = i,
				.cell = &t->rows[i].cells[col] };
		}
		blocks[nblocks - 1].n++;
	}
	qsort(blocks, nblocks, sizeof(*blocks), sort_block_cmp);
	struct trow *rows = xcalloc(t->n + 1, sizeof(*rows));
	for (size_t i = 0; i < lead; i++) {
		rows[i] = t->rows[i];
	}
	size_t at = lead;
	for (size_t i = 0; i < nblocks; i++) {
		const struct sort_block *b = &blocks[descending ? nblocks - 1 - i : i];
		memcpy(rows + at, t->rows + b->first, b->n * sizeof(*rows));
		at += b->n;
	}
	free(t->rows);
	t->rows = rows;
	t->cap = t->n + 1;
	free(blocks);
}
