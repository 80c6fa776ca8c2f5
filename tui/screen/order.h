/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An order that is kept: things by names of 32 bits, always sorted, of which one is put in or
 * taken out at the cost of about log2(n) comparisons and of moving a few hundred bytes.
 *
 * The names lie in blocks of at most ORDER_BLOCK, so that it takes 4 to 8 bytes a thing while
 * it grows, and at most 16 after most were taken out.  What a thing is compared by must not change
 * while it is in: it is taken out before and put in after.
 */
#ifndef KOPSCOPE_TUI_ORDER_H
#define KOPSCOPE_TUI_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ORDER_BLOCK 256

struct order_block {
	uint32_t *v;
	uint32_t n; /* never 0 */
};

struct order {
	/* Total: 0 only where a and b are one; not asked for those. */
	int (*cmp)(const void *ctx, uint32_t a, uint32_t b);
	const void *ctx;
	struct order_block *blocks;
	size_t nblocks, cap;
	size_t n;
	uint64_t compared; /* since the beginning */
};
#define ORDER_INIT(how, of) { .cmp = (how), .ctx = (of) }

void order_clear(struct order *o); /* gives all memory back; it may be used again */

/* False: it was there. */
bool order_put(struct order *o, uint32_t thing);
/* Where it was; o->n from before when it was not there. */
size_t order_drop(struct order *o, uint32_t thing);
void order_drop_at(struct order *o, size_t i);

uint32_t order_at(const struct order *o, size_t i); /* i < o->n */
size_t order_index(struct order *o, uint32_t thing); /* o->n: it is not there */

size_t order_bytes(const struct order *o);

#endif
