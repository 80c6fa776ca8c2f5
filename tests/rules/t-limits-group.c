/* SPDX-License-Identifier: Apache-2.0 */
/* What an edit of a group's sizes, subnets and kind comes to, and the addresses that it needs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/rules/consequences.h"
#include "core/rules/subnet-need.h"
#include "tests/rules/story.h"

static struct story s;
static struct findings found;
static struct group_spec after;

static int setup(void **state)
{
	static struct cluster_subnet subnets[] = { { .name = "a" }, { .name = "b" } };
	struct cluster_spec c = story_cluster();
	story_begin(&s);
	c.subnets = subnets;
	c.nsubnets = 2;
	story_apply(&s, OBS_CLUSTER, &c);
	after = story_group("nodes-2a", ROLE_NODE);
	return 0;
}

static int teardown(void **state)
{
	findings_release(&found);
	story_end(&s);
	return 0;
}

static void ask(void)
{
	struct limits_edit e = { .group = "nodes-2a", .max_pods = LIMITS_KEEP,
		.cp_max_pods = LIMITS_KEEP, .warm_prefix = LIMITS_KEEP, .warm_ip = LIMITS_KEEP,
		.minimum_ip = LIMITS_KEEP, .prefix = LIMITS_KEEP, .after = &after };
	findings_release(&found);
	consequences_of(s.m, &e, &found);
}

static const struct finding *find(const char *part)
{
	for (size_t i = 0; i < found.n; i++) {
		if (strstr(found.v[i].text, part)) {
			return &found.v[i];
		}
	}
	return NULL;
}

static void expect(const char *part, enum finding_level level)
{
	const struct finding *f = find(part);
	if (!f) {
		for (size_t i = 0; i < found.n; i++) {
			print_message("  %d %s\n", (int)found.v[i].level, found.v[i].text);
		}
		fail_msg("no finding with: %s", part);
		return;
	}
	assert_int_equal(f->level, level);
}

static void set_asg(int desired)
{
	struct asg a = model_group(s.m, "nodes-2a")->asg;
	a.desired = desired;
	story_apply(&s, OBS_ASG, &a);
}

static void sizes(void **state)
{
	ask();
	assert_null(find("nodes-2a grows"));
	assert_null(find("nodes-2a keeps"));
	after.max_size = 5;
	ask();
	expect("nodes-2a keeps its 1 node, now between 1 and 5", FINDING_OK);
	after.min_size = 3;
	ask();
	expect("nodes-2a grows from 1 to 3 nodes as soon as the update is applied", FINDING_INFO);
	set_asg(4);
	after.min_size = 1;
	after.max_size = 2;
	ask();
	expect("nodes-2a shrinks from 4 to 2 nodes", FINDING_WARN);
	after.max_size = 4;
	ask();
	expect("nodes-2a keeps its 4 nodes, now between 1 and 4", FINDING_OK);
	after.karpenter = true;
	ask();
	expect("nodes-2a: Karpenter keeps between 1 and 4 nodes", FINDING_INFO);
}

static void a_group_not_seen_in_aws(void **state)
{
	struct group_spec g = story_group("ghosts", ROLE_NODE);
	struct limits_edit e = { .group = "ghosts", .max_pods = LIMITS_KEEP,
		.cp_max_pods = LIMITS_KEEP, .warm_prefix = LIMITS_KEEP, .warm_ip = LIMITS_KEEP,
		.minimum_ip = LIMITS_KEEP, .prefix = LIMITS_KEEP, .after = &after };
	story_apply(&s, OBS_GROUP, &g);
	after = g;
	after.max_size = 7;
	consequences_of(s.m, &e, &found);
	expect("ghosts: between 1 and 7 nodes; how many there are now is not known", FINDING_INFO);
}

static void subnets_by_name(void **state)
{
	static const char *before[] = { "a", "b" };
	static const char *one[] = { "b" };
	static const char *wrong[] = { "b", "z" };
	struct group_spec g = story_group("nodes-2a", ROLE_NODE);
	g.subnets = before;
	g.nsubnets = 2;
	story_apply(&s, OBS_GROUP, &g);
	after = g;
	ask();
	assert_null(find("subnet"));
	after.subnets = one;
	after.nsubnets = 1;
	ask();
	expect("nodes-2a leaves subnet a: AWS moves its nodes from there", FINDING_INFO);
	assert_false(findings_refuse(&found));
	after.subnets = wrong;
	after.nsubnets = 2;
	ask();
	expect("the cluster has no subnet z: it has a, b", FINDING_REFUSE);
}

static void who_replaces_the_nodes(void **state)
{
	after.max_pods = 12;
	after.karpenter = true;
	after.warm_pool = true;
	ask();
	expect("nodes-2a: its warm pool's instances are replaced as well", FINDING_INFO);
	expect("nodes-2a: Karpenter replaces the nodes by itself", FINDING_INFO);
}

/* A group whose instances AWS has not told: its nodes are spread over its subnets. */
static void blocks_without_instances(void **state)
{
	struct subnet_needs needs = { .n = 0 };
	const char *ids[] = { "subnet-a", "subnet-c" };
	struct asg a = model_group(s.m, "nodes-2a")->asg;
	struct instance i = model_instance(s.m, "i-2a")->instance;
	struct subnet blind = { .id = "subnet-c", .name = "c", .free_ips = 5, .free_blocks = -1 };
	a.subnet_ids = ids;
	a.nsubnet_ids = 2;
	story_apply(&s, OBS_ASG, &a);
	subnet_needs_add(&needs, s.m, model_group(s.m, "nodes-2a"), 7);
	assert_int_equal(needs.n, 1);
	assert_int_equal(needs.blocks, 7);
	assert_int_equal(subnet_needs_free(&needs), 2044);
	/* twice in the same subnet: one need of it */
	subnet_needs_add(&needs, s.m, model_group(s.m, "nodes-2a"), 7);
	assert_int_equal(needs.n, 1);
	assert_int_equal(needs.v[0].blocks, 14);
	subnet_needs_release(&needs);
	i.state = "terminated";
	story_apply(&s, OBS_INSTANCE, &i);
	needs = (struct subnet_needs){ .n = 0 };
	subnet_needs_add(&needs, s.m, model_group(s.m, "nodes-2a"), 7);
	assert_int_equal(needs.n, 2);
	assert_int_equal(needs.nodes, 1);
	assert_int_equal(needs.blocks, 7);
	assert_int_equal(subnet_needs_free(&needs), 2044 + 2016);
	story_apply(&s, OBS_SUBNET, &blind);
	subnet_needs_release(&needs);
	needs = (struct subnet_needs){ .n = 0 };
	subnet_needs_add(&needs, s.m, model_group(s.m, "nodes-2a"), 7);
	assert_int_equal(subnet_needs_free(&needs), -1);
	assert_string_equal(subnet_word(needs.v[1].subnet), "c");
	subnet_needs_release(&needs);
	needs = (struct subnet_needs){ .n = 0 };
	assert_int_equal(subnet_needs_free(&needs), -1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(sizes), T(a_group_not_seen_in_aws), T(subnets_by_name),
		T(who_replaces_the_nodes), T(blocks_without_instances),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
