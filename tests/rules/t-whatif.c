/* SPDX-License-Identifier: Apache-2.0 */
/* What would be if: the story's cures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/rules/whatif.h"
#include "tests/rules/story.h"

/* ---- the story ---- */

static struct story s;
static struct whatif_result r;

static int setup(void **state)
{
	story_begin(&s);
	return 0;
}

static int teardown(void **state)
{
	whatif_release(&r);
	story_end(&s);
	return 0;
}

static void ask(const struct whatif *w)
{
	whatif_release(&r);
	whatif_compute(s.m, w, &r);
}

static const struct whatif_subnet *subnet_of(const char *id)
{
	for (size_t i = 0; i < r.nsubnets; i++) {
		if (!strcmp(r.subnets[i].subnet->id, id)) {
			return &r.subnets[i];
		}
	}
	fail_msg("no subnet %s", id);
	return NULL;
}

static void as_it_is(void **state)
{
	ask(&(struct whatif)WHATIF_AS_IS);
	assert_int_equal(r.slots, 34);
	assert_int_equal(r.used, 34);
	assert_int_equal(r.want, 10);
	assert_int_equal(r.fit, 0);
	assert_int_equal(r.left, 10);
	assert_int_equal(r.replaced, 0);
	assert_false(r.env_change);
	assert_int_equal(subnet_of("subnet-a")->blocks, 0);
	assert_int_equal(subnet_of("subnet-c")->held_ips, 18);
	assert_int_equal(subnet_of("subnet-c")->ips, 18);
}

static void prefixes_and_max_pods(void **state)
{
	struct whatif w = WHATIF_AS_IS;
	w.max_pods = 110;
	ask(&w); /* the kubelet would take them, the interfaces have no addresses */
	assert_int_equal(r.slots, 34);
	assert_int_equal(r.left, 10);
	assert_int_equal(r.replaced, 2);
	w.prefix = TRI_YES;
	ask(&w);
	assert_int_equal(r.slots, 220);
	assert_int_equal(r.fit, 10);
	assert_int_equal(r.left, 0);
	assert_true(r.env_change);
	assert_int_equal(r.replaced, 3);
	/* 27 pods on the first worker: 2 blocks and a spare one; the control plane: 2. */
	assert_int_equal(subnet_of("subnet-a")->blocks, 5);
	assert_int_equal(subnet_of("subnet-c")->blocks, 2);
	assert_int_equal(subnet_of("subnet-a")->enough, TRI_YES);
	struct subnet poor = { .id = "subnet-a", .free_ips = 32700, .free_blocks = 4 };
	story_apply(&s, OBS_SUBNET, &poor);
	ask(&w);
	assert_int_equal(subnet_of("subnet-a")->enough, TRI_NO);
	poor.free_blocks = -1;
	story_apply(&s, OBS_SUBNET, &poor);
	ask(&w);
	assert_int_equal(subnet_of("subnet-a")->enough, TRI_UNKNOWN);
}

static void nodes_come_and_go(void **state)
{
	struct whatif w = WHATIF_AS_IS;
	w.group = "nodes-2a";
	w.nodes = 2;
	ask(&w);
	assert_int_equal(r.added, 1);
	assert_int_equal(r.nodes, 4);
	assert_int_equal(r.slots, 51);
	assert_int_equal(r.used, 36);
	assert_int_equal(r.fit, 10);
	w.nodes = 0;
	ask(&w);
	assert_int_equal(r.removed, 1);
	assert_int_equal(r.want, 25); /* ten, and the fifteen that lose their node */
	assert_int_equal(r.left, 25);
}

static void replicas_go_up_and_down(void **state)
{
	struct whatif w = WHATIF_AS_IS;
	w.ns = "default";
	w.deployment = "nginx-deployment";
	w.replicas = 60;
	ask(&w);
	assert_int_equal(r.want, 30);
	w.replicas = 35;
	ask(&w);
	assert_int_equal(r.want, 5);
	w.replicas = 20;
	ask(&w);
	assert_int_equal(r.want, 0);
	assert_int_equal(r.used, 24); /* ten replicas fewer run */
	w.replicas = 110;
	w.prefix = TRI_YES;
	w.max_pods = 110;
	ask(&w);
	assert_int_equal(r.want, 80);
	assert_int_equal(r.left, 0);
}

static void wishes_that_are_not_weighed_are_told(void **state)
{
	struct requirement all = { .key = "app", .op = "Exists" };
	struct pod_term t = { .reqs = &all, .nreqs = 1, .topology_key = "x" };
	struct pod_shape shape = { .apart = &t, .napart = 1, .pod_anti_affinity = true };
	char uid[128];
	ask(&(struct whatif)WHATIF_AS_IS);
	assert_false(r.bound_only);
	struct pod p = story_pod(uid, sizeof uid, "apart", NULL);
	p.shape = &shape;
	story_apply(&s, OBS_POD, &p);
	ask(&(struct whatif)WHATIF_AS_IS);
	assert_true(r.bound_only);
	assert_int_equal(r.want, 11);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(as_it_is), T(prefixes_and_max_pods), T(nodes_come_and_go),
		T(replicas_go_up_and_down), T(wishes_that_are_not_weighed_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
