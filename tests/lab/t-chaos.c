/* SPDX-License-Identifier: Apache-2.0 */
/* Chaos and its judge on a clock that stands still: the schedule, and what the judge must see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/chaos.h"
#include "lab/fault.h"
#include "lab/judge.h"
#include "lab/kube/store.h"
#include "lab/request.h"
#include "lab/world.h"

#define HOUR 3600000

struct fixture {
	struct clock clock;
	struct clock_fake fake;
	struct world *w;
	struct lab_request rq; /* one of kopscope's */
};

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	f->fake = (struct clock_fake){ .mono = 5, .wall = 1795000000000 };
	clock_fake(&f->clock, &f->fake);
	f->w = world_new(&(struct world_options){ .clock = &f->clock, .speed = 10, .seed = 1,
		.scenario = "story" });
	f->w->judge = judge_new(f->w);
	lab_request_init(&f->rq, "PUT", "/x");
	lab_pairs_add(&f->rq.headers, "User-Agent", "kopscope/1");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	lab_request_release(&f->rq);
	chaos_free(f->w->chaos);
	judge_free(f->w->judge);
	f->w->judge = NULL;
	world_free(f->w);
	free(f);
	return 0;
}

/* How many violations there are; the last one has the words (NULL: not looked at). */
static size_t violations(struct fixture *f, const char *words)
{
	json_t *j = judge_json(f->w->judge), *v = json_object_get(j, "violations");
	size_t n = json_array_size(v);
	if (words && (!n || !strstr(json_string_value(json_array_get(v, n - 1)), words)))
		fail_msg("\"%s\" is not in: %s", words,
			n ? json_string_value(json_array_get(v, n - 1)) : "nothing");
	json_decref(j);
	return n;
}

static char *chaos_runs(uint64_t seed, int64_t hours)
{
	void *state;
	setup(&state);
	struct fixture *f = state;
	struct err e = ERR_INIT;
	f->w->chaos = chaos_new(f->w, &(struct chaos_options){ .seed = seed, .hours = hours });
	bool faults = false;
	for (int64_t i = 0; i < hours * 60 + 20; i++) {
		world_skip(f->w, HOUR / 60);
		for (int k = 0; k < LAB_FAULT__COUNT; k++)
			faults |= lab_fault_is_on(f->w->faults, (enum lab_fault)k);
	}
	json_t *j = chaos_json(f->w->chaos);
	assert_true(faults);
	assert_true(json_bool(j, "over", false));
	assert_int_equal(json_array_size(json_object_get(j, "on")), 0);
	for (int k = 0; k < LAB_FAULT__COUNT; k++)
		assert_false(lab_fault_is_on(f->w->faults, (enum lab_fault)k));
	assert_int_equal(kube_count(f->w->kube, KUBE_PDBS), 0);
	assert_int_equal(violations(f, NULL), 0); /* nobody was there */
	struct buf out = BUF_INIT;
	json_write(&out, j, false);
	json_decref(j);
	err_clear(&e);
	teardown(&state);
	return buf_detach(&out);
}

static void schedule_follows_from_seed(void **state)
{
	char *a = chaos_runs(7, 3), *b = chaos_runs(7, 3), *c = chaos_runs(8, 3);
	assert_string_equal(a, b);
	assert_string_not_equal(a, c);
	free(a);
	free(b);
	free(c);
}

static void every_kind_is_thrown(void **state)
{
	struct err e = ERR_INIT;
	char *a = chaos_runs(1, 60);
	json_t *j = json_parse(a, strlen(a), &e);
	assert_true(json_int(j, "thrown", 0) > 300);
	/* A death of the only control plane is never chosen; workers' are. */
	assert_true(json_object_size(json_object_get(j, "kinds")) >= 21);
	json_decref(j);
	free(a);
}

#define KEY "mate-technology.app/instancegroup/nodes-ap-northeast-2a"

static void put(struct fixture *f, const char *match, const char *text)
{
	struct lab_bucket *b = lab_bucket_find(f->w, f->w->state_bucket);
	if (match)
		lab_pairs_add(&f->rq.headers, "If-Match", match);
	judge_begin(f->w->judge, &f->rq);
	lab_object_put(f->w, b, KEY, text, strlen(text));
	judge_end(f->w->judge);
	lab_pairs_release(&f->rq.headers);
	lab_pairs_add(&f->rq.headers, "User-Agent", "kopscope/1");
}

static void judge_sees_lost_updates(void **state)
{
	struct fixture *f = *state;
	struct lab_bucket *b = lab_bucket_find(f->w, f->w->state_bucket);
	struct lab_request get;
	put(f, NULL, "a");
	assert_int_equal(violations(f, "without a condition"), 1);
	put(f, "\"0123\"", "b");
	assert_int_equal(violations(f, "never read"), 2);
	/* Read first, then written: as it should be. */
	char *quoted = xasprintf("\"%s\"", lab_object_get(b, KEY)->etag);
	lab_request_init(&get, "GET", "/pkos-state/" KEY);
	lab_pairs_add(&get.headers, "User-Agent", "kopscope");
	judge_begin(f->w->judge, &get);
	judge_end(f->w->judge);
	lab_request_release(&get);
	put(f, quoted, "c");
	assert_int_equal(violations(f, NULL), 2);
	judge_expect(f->w->judge, KEY, "another: 1");
	put(f, quoted, "d");
	assert_int_equal(violations(f, "lost another operator's line"), 3);
	free(quoted);
	/* Somebody else's write is nobody's fault. */
	lab_object_put(f->w, b, KEY, "e", 1);
	assert_int_equal(violations(f, NULL), 3);
}

static void judge_sees_terminations(void **state)
{
	struct fixture *f = *state;
	struct lab_instance *i = f->w->instances[1];
	judge_terminate(f->w->judge, i); /* not within a request: the world's own */
	assert_int_equal(violations(f, NULL), 0);
	judge_begin(f->w->judge, &f->rq);
	judge_terminate(f->w->judge, i);
	assert_int_equal(violations(f, NULL), 0);
	judge_terminate(f->w->judge, i);
	assert_int_equal(violations(f, "terminated twice"), 1);
	judge_end(f->w->judge);
}

static void judge_sees_broken_groups(void **state)
{
	struct fixture *f = *state;
	struct lab_asg *g = lab_asg_of_group(f->w, "nodes-ap-northeast-2a");
	lab_asg_set_bounds(f->w, g, 3, 3);
	world_skip(f->w, 5 * 60000);
	const char *names[3];
	size_t n = 0, pos = 0;
	for (struct lab_instance *i = lab_instance_next(f->w, g, &pos); i && n < 3;
		i = lab_instance_next(f->w, g, &pos))
		names[n++] = i->id;
	assert_int_equal(n, 3);
	judge_begin(f->w->judge, &f->rq);
	assert_true(lab_node_cordon(f->w, names[0], true));
	assert_int_equal(violations(f, NULL), 0);
	assert_true(lab_node_cordon(f->w, names[1], true));
	assert_int_equal(violations(f, "the cordon of"), 1);
	/* When chaos has taken one the others are no fault. */
	judge_excuse(f->w->judge, g->group);
	assert_true(lab_node_cordon(f->w, names[2], true));
	assert_int_equal(violations(f, NULL), 1);
	judge_end(f->w->judge);
}

static void judge_sees_a_broken_majority(void **state)
{
	struct fixture *f = *state;
	struct lab_asg *g = lab_asg_of_group(f->w, "control-plane-ap-northeast-2a");
	struct lab_instance *v[3];
	size_t n = 0, pos = 0;
	lab_asg_set_bounds(f->w, g, 3, 3);
	world_skip(f->w, 5 * 60000);
	for (struct lab_instance *i = lab_instance_next(f->w, g, &pos); i && n < 3;
		i = lab_instance_next(f->w, g, &pos))
		v[n++] = i;
	assert_int_equal(n, 3);
	lab_instance_terminate(f->w, v[0]);
	judge_begin(f->w->judge, &f->rq);
	judge_terminate(f->w->judge, v[1]);
	judge_end(f->w->judge);
	json_t *j = judge_json(f->w->judge);
	char *all = json_dumps(json_object_get(j, "violations"), 0);
	assert_non_null(strstr(all, "leaves 1 of 3 of the control plane"));
	free(all);
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schedule_follows_from_seed),
		cmocka_unit_test(every_kind_is_thrown),
		cmocka_unit_test_setup_teardown(judge_sees_lost_updates, setup, teardown),
		cmocka_unit_test_setup_teardown(judge_sees_terminations, setup, teardown),
		cmocka_unit_test_setup_teardown(judge_sees_broken_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(judge_sees_a_broken_majority, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
