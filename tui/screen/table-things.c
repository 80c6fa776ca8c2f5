/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Large tables: rows that are made when somebody looks at them.  Memory of rows that nobody saw
 * is asked for but never touched, so it costs nothing.
 */
#include "tui/screen/table-things.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

void table_found(struct table *t, const struct row_maker *m, const struct view_ctx *c, size_t n)
{
	struct trow *rows = xcalloc(t->n + n + 1, sizeof(*rows));
	if (t->n > 0) {
		memcpy(rows, t->rows, t->n * sizeof(*rows));
	}
	free(t->rows);
	t->rows = rows;
	t->lead = t->n;
	t->n += n;
	t->cap = t->n + 1;
	t->maker = m;
	t->ctx = c;
}

void table_things(struct table *t, const struct row_maker *m, const struct view_ctx *c,
	struct row_thing *things, size_t n)
{
	table_found(t, m, c, n);
	t->things = things;
}

static struct row_thing table_thing(const struct table *t, size_t i)
{
	return t->things ? t->things[i - t->lead]
			 : (struct row_thing){ t->maker->at(t->ctx, i - t->lead), 0 };
}

static void table_make(struct table *t, const struct row_thing *x, struct trow *r,
	struct arena *a)
{
	struct arena *own = t->arena;
	*r = (struct trow){ .kind = ROW_ITEM, .id = "" };
	r->cells = arena_alloc(a, t->ncolumns * sizeof(*r->cells));
	/* Whatever fills the row takes its texts from the table's arena. */
	t->arena = a;
	if (x->thing) {
		t->maker->fill(t->ctx, x->thing, x->which, t, r);
	}
	t->arena = own;
}

static bool table_is_made(const struct table *t, size_t i)
{
	return !t->maker || i < t->lead || t->rows[i].cells;
}

const struct trow *table_at(const struct table *t, size_t i)
{
	if (!table_is_made(t, i)) {
		/* To everybody who looks the table is the same before and after. */
		struct table *grows = (struct table *)(uintptr_t)t;
		const struct row_thing x = table_thing(t, i);
		table_make(grows, &x, &grows->rows[i], grows->arena);
	}
	return &t->rows[i];
}

const struct trow *table_peek(struct table *t, size_t i)
{
	if (table_is_made(t, i)) {
		return &t->rows[i];
	}
	const struct row_thing x = table_thing(t, i);
	return table_scratch(t, x.thing, x.which);
}

const struct trow *table_scratch(struct table *t, const void *thing, int which)
{
	const struct row_thing x = { thing, which };
	if (t->scratch_arena) {
		arena_clear(t->scratch_arena);
	} else {
		t->scratch_arena = arena_new();
	}
	table_make(t, &x, &t->scratch, t->scratch_arena);
	return &t->scratch;
}

enum row_kind table_kind(const struct table *t, size_t i)
{
	return t->maker && i >= t->lead ? ROW_ITEM : t->rows[i].kind;
}

size_t table_find(struct table *t, const char *id)
{
	const void *thing = t->maker ? t->maker->find(t->ctx, id) : NULL;
	if (t->maker && !t->things) {
		size_t i = thing ? t->maker->index(t->ctx, thing) + t->lead : t->n;
		return i < t->n ? i : t->n;
	}
	for (size_t i = 0; i < t->n; i++) {
		if (table_kind(t, i) != ROW_ITEM) {
			continue;
		}
		if (t->maker ? t->things[i - t->lead].thing == thing && thing
			     : str_eq(t->rows[i].id, id)) {
			return i;
		}
	}
	return t->n;
}

/* ---- sorting ---- */

struct thing_key {
	struct row_thing thing;
	size_t at;
	struct tcell cell;
};

static int thing_key_cmp(const void *pa, const void *pb)
{
	const struct thing_key *a = pa, *b = pb;
	int c = tcell_cmp(&a->cell, &b->cell);
	return c ? c : a->at < b->at ? -1 : 1;
}

void table_sort_things(struct table *t, size_t col, bool descending)
{
	size_t n = t->n - t->lead;
	struct thing_key *keys = xcalloc(n + 1, sizeof(*keys));
	struct intern *texts = intern_new(); /* equal ones are one, and quickly found equal */
	t->only = col + 1;
	for (size_t i = 0; i < n; i++) {
		const struct tcell *c = &table_peek(t, t->lead + i)->cells[col];
		keys[i] = (struct thing_key){ .thing = t->things[i], .at = i, .cell = *c };
		keys[i].cell.text = c->text ? intern_str(texts, c->text) : NULL;
	}
	t->only = 0;
	qsort(keys, n, sizeof(*keys), thing_key_cmp);
	for (size_t i = 0; i < n; i++) {
		t->things[i] = keys[descending ? n - 1 - i : i].thing;
	}
	intern_free(texts);
	free(keys);
}
