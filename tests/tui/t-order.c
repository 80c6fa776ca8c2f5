/* SPDX-License-Identifier: Apache-2.0 */
/* An order that is kept is the sorted array, whatever was put in and taken out, for few comparisons
   and little room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/screen/order.h"

#define THINGS 20000

static uint32_t keys[THINGS]; /* many are equal */

static int key_cmp(const void *ctx, uint32_t a, uint32_t b)
{
	const uint32_t *v = ctx;
	return v[a] != v[b] ? (v[a] < v[b] ? -1 : 1) : a < b ? -1 : a > b;
}

static int key_qsort(const void *a, const void *b)
{
	return key_cmp(keys, *(const uint32_t *)a, *(const uint32_t *)b);
}

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

static unsigned log2_of(size_t n)
{
	unsigned bits = 0;
	while (n >> bits) {
		bits++;
	}
	return bits;
}

/* The same as all that are in, sorted at once. */
static void assert_sorted(struct order *o, const bool *in)
{
	static uint32_t v[THINGS];
	size_t n = 0;
	for (uint32_t i = 0; i < THINGS; i++) {
		if (in[i]) {
			v[n++] = i;
		}
	}
	qsort(v, n, sizeof(*v), key_qsort);
	assert_int_equal(o->n, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(order_at(o, i), v[i]);
	}
	for (uint32_t i = 0; i < THINGS; i += 97) {
		size_t at = order_index(o, i);
		assert_true(in[i] ? at < n && v[at] == i : at == n);
	}
}

static void test_random(void **state)
{
	static bool in[THINGS];
	struct order o = ORDER_INIT(key_cmp, keys);
	/* Grows to half of all, stays, shrinks to a few; each with both kinds of change. */
	static const uint32_t put[] = { 90, 50, 8 };
	for (uint32_t i = 0; i < THINGS; i++) {
		keys[i] = any(500);
	}
	for (size_t phase = 0; phase < 3; phase++) {
		for (int step = 0; step < 60000; step++) {
			uint32_t i = any(THINGS);
			size_t n = o.n;
			uint64_t before = o.compared;
			if (any(100) < put[phase]) {
				assert_int_equal(order_put(&o, i), !in[i]);
				in[i] = true;
			} else {
				size_t at = order_index(&o, i);
				assert_int_equal(order_drop(&o, i), at);
				assert_int_equal(at < n, in[i]);
				in[i] = false;
				before += (o.compared - before) / 2; /* it was asked for twice */
			}
			assert_true(o.compared - before <= log2_of(n) + 3);
		}
		assert_sorted(&o, in);
		assert_true(order_bytes(&o) <= (phase < 2 ? 10 : 18) * o.n + 4096);
	}
	while (o.n > 0) {
		order_drop_at(&o, any((uint32_t)o.n));
	}
	assert_int_equal(o.nblocks, 0);
	order_clear(&o);
}

/* What comes in its order costs one comparison and 4 bytes each; backwards it is no worse than
   twice the room. */
static void test_in_order(void **state)
{
	struct order o = ORDER_INIT(key_cmp, keys);
	for (uint32_t i = 0; i < THINGS; i++) {
		keys[i] = i;
	}
	for (uint32_t i = 0; i < THINGS; i++) {
		assert_true(order_put(&o, i));
	}
	assert_int_equal(o.compared, THINGS - 1);
	assert_true(order_bytes(&o) <= 9 * THINGS / 2 + 4096);
	order_clear(&o);
	for (uint32_t i = THINGS; i-- > 0;) {
		assert_true(order_put(&o, i));
		assert_false(order_put(&o, i));
	}
	assert_true(order_bytes(&o) <= 10 * THINGS);
	assert_int_equal(order_at(&o, 7), 7);
	order_clear(&o);
	assert_int_equal(order_index(&o, 3), 0);
	assert_int_equal(order_bytes(&o), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
