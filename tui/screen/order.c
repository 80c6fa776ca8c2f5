/* SPDX-License-Identifier: Apache-2.0 */
/* An order that is kept. */
#include "tui/screen/order.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

/* A place: before the thing at of that block, or behind its last one. */
struct order_place {
	size_t block, at;
};

static int order_cmp(struct order *o, uint32_t a, uint32_t b)
{
	if (a == b) {
		return 0;
	}
	o->compared++;
	return o->cmp(o->ctx, a, b);
}

/* Where it is, or belongs. */
static struct order_place order_find(struct order *o, uint32_t thing, bool *found)
{
	struct order_place p = { 0, 0 };
	*found = false;
	if (o->nblocks == 0) {
		return p;
	}
	/* Often it belongs to the end, as things come in the order in which they are kept. */
	struct order_block *b = &o->blocks[o->nblocks - 1];
	int c = order_cmp(o, thing, b->v[b->n - 1]);
	if (c >= 0) {
		*found = c == 0;
		return (struct order_place){ o->nblocks - 1, b->n - (c == 0) };
	}
	/* The last block whose first thing is not behind it. */
	size_t low = 0, high = o->nblocks;
	while (low + 1 < high) {
		size_t mid = (low + high) / 2;
		if (order_cmp(o, thing, o->blocks[mid].v[0]) >= 0) {
			low = mid;
		} else {
			high = mid;
		}
	}
	b = &o->blocks[p.block = low];
	low = 0;
	high = b->n;
	while (low < high && !*found) {
		size_t mid = (low + high) / 2;
		c = order_cmp(o, thing, b->v[mid]);
		*found = c == 0;
		if (c > 0) {
			low = mid + 1;
		} else {
			high = mid;
		}
	}
	p.at = high;
	return p;
}

/* An empty block there. */
static struct order_block *order_add_block(struct order *o, size_t at)
{
	o->blocks = xgrow(o->blocks, &o->cap, o->nblocks, sizeof(*o->blocks));
	struct order_block *b = &o->blocks[at];
	memmove(b + 1, b, (o->nblocks++ - at) * sizeof(*b));
	*b = (struct order_block){ .v = xcalloc(ORDER_BLOCK, sizeof(*b->v)) };
	return b;
}

static void order_remove_block(struct order *o, size_t at)
{
	struct order_block *b = &o->blocks[at];
	free(b->v);
	memmove(b, b + 1, (--o->nblocks - at) * sizeof(*b));
}

/* Makes room in a full block: by half, but what is put behind all others begins a new one. */
static struct order_place order_split(struct order *o, struct order_place p)
{
	size_t keep = p.at == ORDER_BLOCK && p.block == o->nblocks - 1 ? ORDER_BLOCK
									: ORDER_BLOCK / 2;
	struct order_block *next = order_add_block(o, p.block + 1), *b = next - 1;
	next->n = (uint32_t)(ORDER_BLOCK - keep);
	memcpy(next->v, b->v + keep, next->n * sizeof(*b->v));
	b->n = (uint32_t)keep;
	return p.at < keep ? p : (struct order_place){ p.block + 1, p.at - keep };
}

bool order_put(struct order *o, uint32_t thing)
{
	bool found;
	struct order_place p = order_find(o, thing, &found);
	if (found) {
		return false;
	}
	if (o->nblocks == 0) {
		order_add_block(o, 0);
	} else if (o->blocks[p.block].n == ORDER_BLOCK) {
		p = order_split(o, p);
	}
	struct order_block *b = &o->blocks[p.block];
	memmove(b->v + p.at + 1, b->v + p.at, (b->n++ - p.at) * sizeof(*b->v));
	b->v[p.at] = thing;
	o->n++;
	return true;
}

static void order_take(struct order *o, struct order_place p)
{
	struct order_block *b = &o->blocks[p.block], *next = b + 1;
	memmove(b->v + p.at, b->v + p.at + 1, (--b->n - p.at) * sizeof(*b->v));
	o->n--;
	if (b->n == 0) {
		order_remove_block(o, p.block);
	} else if (p.block + 1 < o->nblocks && b->n + next->n <= ORDER_BLOCK / 2) {
		memcpy(b->v + b->n, next->v, next->n * sizeof(*b->v));
		b->n += next->n;
		order_remove_block(o, p.block + 1);
	}
}

static size_t order_before(const struct order *o, struct order_place p)
{
	size_t n = p.at;
	for (size_t i = 0; i < p.block; i++) {
		n += o->blocks[i].n;
	}
	return n;
}

static struct order_place order_place_of(const struct order *o, size_t i)
{
	struct order_place p = { 0, i };
	while (p.at >= o->blocks[p.block].n) {
		p.at -= o->blocks[p.block++].n;
	}
	return p;
}

size_t order_index(struct order *o, uint32_t thing)
{
	bool found;
	struct order_place p = order_find(o, thing, &found);
	return found ? order_before(o, p) : o->n;
}

size_t order_drop(struct order *o, uint32_t thing)
{
	bool found;
	struct order_place p = order_find(o, thing, &found);
	size_t i = found ? order_before(o, p) : o->n;
	if (found) {
		order_take(o, p);
	}
	return i;
}

void order_drop_at(struct order *o, size_t i)
{
	order_take(o, order_place_of(o, i));
}

uint32_t order_at(const struct order *o, size_t i)
{
	struct order_place p = order_place_of(o, i);
	return o->blocks[p.block].v[p.at];
}

void order_clear(struct order *o)
{
	for (size_t i = 0; i < o->nblocks; i++) {
		free(o->blocks[i].v);
	}
	free(o->blocks);
	o->blocks = NULL;
	o->nblocks = o->cap = o->n = 0;
}

size_t order_bytes(const struct order *o)
{
	return o->nblocks * ORDER_BLOCK * sizeof(uint32_t) + o->cap * sizeof(*o->blocks);
}
