/* SPDX-License-Identifier: Apache-2.0 */
/* The index of records against a plain array, and that it grows a little at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/model/keyed.h"

#define NAMES 3000

struct thing {
	const char *name;
	char text[16];
};

static struct slab slab;
static uint32_t seed = 1;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static struct thing *thing_new(unsigned i)
{
	struct thing *t = keyed_new_rec(&slab, sizeof *t);
	snprintf(t->text, sizeof t->text, "name-%u", i);
	t->name = t->text;
	return t;
}

/* Each record that the index touches is asked of the slab. */
void *__real_slab_at(const struct slab *s, uint32_t ref);
void *__wrap_slab_at(const struct slab *s, uint32_t ref);
static size_t touched;

void *__wrap_slab_at(const struct slab *s, uint32_t ref)
{
	touched += ref != 0;
	return __real_slab_at(s, ref);
}

/*
 * A key that is not there, as each of a list's is at first, costs no record a look: in a large
 * table each look is a miss of the cache.
 */
static void test_touches_few(void **state)
{
	struct index x = { .slab = &slab, .key1 = offsetof(struct thing, name),
		.key2 = TABLE_NO_KEY };
	struct thing *first = thing_new(0);
	index_put(&x, first);
	for (unsigned i = 1; i < 49000; i++) { /* three quarters of 65,536: as full as it gets */
		index_put(&x, thing_new(i));
	}
	touched = 0;
	for (unsigned i = 0; i < 10000; i++) {
		char name[16];
		snprintf(name, sizeof name, "none-%u", i);
		assert_null(index_find(&x, name, NULL));
	}
	assert_true(touched < 1000);
	touched = 0;
	assert_ptr_equal(index_find(&x, "name-0", NULL), first);
	assert_true(touched >= 1 && touched <= 3);
	index_release(&x);
}

/* Puts and removes by chance, through several doublings; all is looked for again and again. */
static void test_against_array(void **state)
{
	struct index x = { .slab = &slab, .key1 = offsetof(struct thing, name),
		.key2 = TABLE_NO_KEY };
	struct thing *have[NAMES] = { NULL };
	size_t n = 0;
	for (int step = 0; step < 40000; step++) {
		/* More is added than removed, then the other way. */
		uint32_t i = dice(NAMES);
		bool put = dice(100) < (step % 20000 < 12000 ? 75u : 25u);
		if (put && !have[i]) {
			have[i] = thing_new(i);
			index_put(&x, have[i]);
			n++;
		} else if (!put && have[i]) {
			index_remove(&x, have[i]);
			keyed_free_rec(&slab, have[i]);
			have[i] = NULL;
			n--;
		}
		assert_int_equal(x.count, n);
		for (int k = 0; k < 4; k++) {
			char name[16];
			i = dice(NAMES);
			snprintf(name, sizeof name, "name-%u", i);
			assert_ptr_equal(index_find(&x, name, NULL), have[i]);
		}
	}
	for (uint32_t i = 0; i < NAMES; i++) {
		if (have[i]) {
			index_remove(&x, have[i]);
			keyed_free_rec(&slab, have[i]);
		}
	}
	assert_int_equal(x.count, 0);
	index_release(&x);
}

/* Of 200,000 records no single call moves more than a few. */
static void test_grows_slowly(void **state)
{
	struct index x = { .slab = &slab, .key1 = offsetof(struct thing, name),
		.key2 = TABLE_NO_KEY };
	size_t most = 0;
	for (unsigned i = 0; i < 200000; i++) {
		size_t moved = x.moved, nold = x.nold;
		index_put(&x, thing_new(i));
		if (x.old && nold == x.nold) {
			most = x.moved - moved > most ? x.moved - moved : most;
		} else if (nold) {
			/* The last of them; or the next doubling, which finds nothing to move. */
			assert_true(nold - moved <= 64);
		}
	}
	assert_true(most > 0 && most <= 64);
	assert_non_null(index_find(&x, "name-0", NULL));
	assert_non_null(index_find(&x, "name-199999", NULL));
	assert_null(index_find(&x, "name-200000", NULL));
	index_release(&x);
}

/* What has the same name takes its place, also where the old slots hold it. */
static void test_same_name(void **state)
{
	struct index x = { .slab = &slab, .key1 = offsetof(struct thing, name),
		.key2 = TABLE_NO_KEY };
	for (unsigned i = 0; i < 97; i++) { /* the doubling at 96 has just begun */
		index_put(&x, thing_new(i));
	}
	assert_non_null(x.old);
	for (unsigned i = 0; i < 97; i++) {
		struct thing *again = thing_new(i);
		index_put(&x, again);
		assert_ptr_equal(index_find(&x, again->name, NULL), again);
	}
	assert_int_equal(x.count, 97);
	index_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_array), cmocka_unit_test(test_grows_slowly),
		cmocka_unit_test(test_same_name), cmocka_unit_test(test_touches_few),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	slab_release(&slab);
	return failed;
}
