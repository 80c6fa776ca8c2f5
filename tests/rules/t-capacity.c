/* SPDX-License-Identifier: Apache-2.0 */
/* How full nodes are, and which instances kops would replace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/rules/capacity.h"
#include "core/rules/needs-update.h"
#include "tests/rules/story.h"

static struct story s;

static int setup(void **state)
{
	story_begin(&s);
	return 0;
}

static int teardown(void **state)
{
	story_end(&s);
	return 0;
}

static struct node_capacity capacity(const char *node)
{
	struct node_capacity c;
	capacity_of_node(s.m, model_node(s.m, node), true, &c);
	return c;
}

static struct instance instance_2a(void)
{
	return model_instance(s.m, "i-2a")->instance;
}

static void story_nodes_are_counted(void **state)
{
	struct node_capacity c = capacity("i-2a");
	assert_int_equal(c.pods_used, 17);
	assert_int_equal(c.pods_max, 17);
	assert_int_equal(c.ips_used, 15);
	assert_int_equal(c.ips_max, 15);
	assert_true(c.full);
	assert_false(c.prefix_mode);
	assert_int_equal(c.with_prefix, 110);
	assert_string_equal(c.state, "full");
	assert_string_equal(c.arithmetic, "17 pods = 3 ENIs x (6-1) + 2, secondary IPs");
	c = capacity("i-cp");
	assert_int_equal(c.pods_used, 11);
	assert_int_equal(c.ips_used, 2);
	assert_false(c.full);
	assert_string_equal(c.state, "taint");
}

static void states_have_an_order(void **state)
{
	struct node n = model_node(s.m, "i-2a")->node;
	struct instance i = instance_2a();
	i.template_version = 0;
	story_apply(&s, OBS_INSTANCE, &i);
	assert_string_equal(capacity("i-2a").state, "full");
	n.alloc_pods = 20;
	story_apply(&s, OBS_NODE, &n);
	assert_string_equal(capacity("i-2a").state, "needs roll");
	n.unschedulable = true;
	story_apply(&s, OBS_NODE, &n);
	assert_string_equal(capacity("i-2a").state, "cordoned");
	n.ready = TRI_NO;
	story_apply(&s, OBS_NODE, &n);
	assert_string_equal(capacity("i-2a").state, "NotReady");
}

static void prefixes_are_observed(void **state)
{
	struct instance i = instance_2a();
	struct node n = model_node(s.m, "i-2a")->node;
	i.prefixes = 2;
	n.alloc_pods = 110;
	story_apply(&s, OBS_INSTANCE, &i);
	story_apply(&s, OBS_NODE, &n);
	struct node_capacity c = capacity("i-2a");
	assert_true(c.prefix_mode);
	assert_int_equal(c.ips_max, 240);
	assert_string_equal(c.state, "ok");
	assert_string_equal(c.arithmetic,
		"110 pods set; 3 ENIs x (6-1) x 16 + 2 = 242, prefixes");
	/* More pods than addresses: the danger of a limit without prefixes. */
	i.prefixes = 0;
	story_apply(&s, OBS_INSTANCE, &i);
	assert_string_equal(capacity("i-2a").arithmetic,
		"110 pods set, addresses for 17 only: 3 ENIs x (6-1) + 2, secondary IPs");
	/* Instance not seen: the DaemonSet tells. */
	struct env_entry env = { .name = "ENABLE_PREFIX_DELEGATION", .value = "true" };
	struct daemonset ds = { .ns = "kube-system", .name = "aws-node", .env = &env, .nenv = 1 };
	story_apply(&s, OBS_DAEMONSET, &ds);
	i.prefixes = -1;
	story_apply(&s, OBS_INSTANCE, &i);
	assert_true(capacity("i-2a").prefix_mode);
}

static void unknown_is_not_zero(void **state)
{
	struct node n = { .name = "odd", .type = "x9.unheard", .ready = TRI_YES,
		.capacity_pods = -1, .alloc_pods = -1 };
	story_apply(&s, OBS_NODE, &n);
	struct node_capacity c = capacity("odd");
	assert_int_equal(c.pods_max, -1);
	assert_int_equal(c.ips_max, -1);
	assert_int_equal(c.with_prefix, -1);
	assert_null(c.limits);
	assert_false(c.full);
	assert_string_equal(c.arithmetic, "");
	struct instance_type t = { .name = "x9.unheard", .max_enis = 4, .ips_per_eni = 15,
		.vcpus = 64, .nitro = true };
	story_apply(&s, OBS_TYPE, &t);
	c = capacity("odd");
	assert_int_equal(c.ips_max, 56);
	assert_int_equal(c.with_prefix, 250);
}

static void the_sentence_says_what_matters(void **state)
{
	char text[160], tiny[12];
	capacity_sentence(s.m, text, sizeof text);
	assert_string_equal(text, "2 of 3 nodes are full and 10 pods wait");
	struct node n = model_node(s.m, "i-2c")->node;
	n.ready = TRI_NO;
	n.alloc_pods = 20;
	story_apply(&s, OBS_NODE, &n);
	capacity_sentence(s.m, text, sizeof text);
	assert_string_equal(text,
		"1 of 3 nodes is full, 1 of 3 nodes is not ready and 10 pods wait");
	capacity_sentence(s.m, tiny, sizeof tiny);
	assert_string_equal(tiny, "1 of 3 node");
	model_open_cluster(s.m, STORY_CLUSTER);
	capacity_sentence(s.m, text, sizeof text);
	assert_string_equal(text, "");
}

static enum update_why why(const struct instance *i)
{
	story_apply(&s, OBS_INSTANCE, i);
	return update_why_of(model_instance(s.m, i->id));
}

static void updates_follow_kops(void **state)
{
	struct instance i = instance_2a(), was = i;
	struct node n = model_node(s.m, "i-2a")->node;
	assert_int_equal(why(&i), UPDATE_NONE);
	i.template_version = 2;
	assert_int_equal(why(&i), UPDATE_TEMPLATE);
	i.template_version = -1;
	assert_int_equal(why(&i), UPDATE_UNKNOWN);
	i = was;
	i.template_id = "lt-2";
	assert_int_equal(why(&i), UPDATE_TEMPLATE);
	i = was;
	i.detached = true;
	i.asg = NULL;
	assert_int_equal(why(&i), UPDATE_DETACHED);
	i.lifecycle = "Terminating";
	assert_int_equal(why(&i), UPDATE_NONE);
	i = was;
	n.needs_update = true;
	story_apply(&s, OBS_NODE, &n);
	assert_int_equal(why(&i), UPDATE_ANNOTATION);
	i.template_version = 2;
	assert_int_equal(why(&i), UPDATE_TEMPLATE);
}

static void karpenter_has_no_template(void **state)
{
	struct group_spec g = story_group("nodes-2a", ROLE_NODE);
	g.karpenter = true;
	story_apply(&s, OBS_GROUP, &g);
	struct instance i = instance_2a();
	i.template_version = 9;
	assert_int_equal(why(&i), UPDATE_NONE);
}

static void groups_are_summed(void **state)
{
	struct group_update u;
	struct instance i = instance_2a();
	update_of_group(s.m, model_group(s.m, "nodes-2a"), &u);
	assert_int_equal(u.need, 0);
	assert_int_equal(u.ready, 1);
	assert_false(u.unknown);
	i.id = "i-new";
	i.template_version = 7;
	story_apply(&s, OBS_INSTANCE, &i);
	i.id = "i-odd";
	i.template_version = -1;
	story_apply(&s, OBS_INSTANCE, &i);
	i.id = "i-dead";
	i.state = "terminated";
	story_apply(&s, OBS_INSTANCE, &i);
	update_of_group(s.m, model_group(s.m, "nodes-2a"), &u);
	assert_int_equal(u.need, 1);
	assert_int_equal(u.ready, 1);
	assert_true(u.unknown);
}

static void nodes_alone_tell_the_annotation(void **state)
{
	struct group_update u;
	struct node n = { .name = "i-lone", .group = "nodes-2a", .needs_update = true,
		.instance_id = "i-lone" };
	story_apply(&s, OBS_NODE, &n);
	update_of_group(s.m, model_group(s.m, "nodes-2a"), &u);
	assert_int_equal(u.need, 1);
}

static void three_limits_stand_side_by_side(void **state)
{
	struct node_capacity c = capacity("i-2a");
	assert_int_equal(c.source, MAXPODS_FORMULA);
	assert_int_equal(c.spec_max, 17);
	assert_int_equal(c.subnet_ips, 32700);
	assert_int_equal(c.subnet_blocks, 2044);
	assert_false(c.older);
	struct cluster_spec spec = story_cluster();
	spec.max_pods = 110; /* written, not rolled: the node is of an older spec */
	story_apply(&s, OBS_CLUSTER, &spec);
	c = capacity("i-2a");
	assert_int_equal(c.source, MAXPODS_UNKNOWN);
	assert_int_equal(c.spec_max, 110);
	struct instance i = instance_2a();
	i.subnet_id = NULL;
	story_apply(&s, OBS_INSTANCE, &i);
	c = capacity("i-2a");
	assert_int_equal(c.subnet_ips, -1);
	assert_int_equal(c.subnet_blocks, -1);
}

static void nodes_older_than_the_cni_are_marked(void **state)
{
	struct env_entry env[] = { { .name = "ENABLE_PREFIX_DELEGATION", .value = "true" } };
	struct daemonset d = { .ns = "kube-system", .name = "aws-node", .env = env, .nenv = 1 };
	story_apply(&s, OBS_DAEMONSET, &d);
	assert_true(capacity("i-2a").older);
	struct instance i = instance_2a();
	i.prefixes = 2;
	story_apply(&s, OBS_INSTANCE, &i);
	assert_false(capacity("i-2a").older);
	i.ips = 0;
	i.prefixes = 0; /* holds nothing yet: it will do as it is told */
	story_apply(&s, OBS_INSTANCE, &i);
	assert_false(capacity("i-2a").older);
	struct node n = model_node(s.m, "i-2a")->node;
	n.needs_update = true;
	story_apply(&s, OBS_NODE, &n);
	assert_true(capacity("i-2a").older);
}

static void types_are_spelled_out(void **state)
{
	char how[256];
	struct eni_mode mode = { .prefix = false };
	capacity_of_type("t3.medium", eni_lookup("t3.medium"), &mode, true, how, sizeof how);
	assert_string_equal(how, "t3.medium: 3 ENIs x (6-1) + 2 = 17; with prefixes 242, advised 110; "
		"custom networking would take 5");
	mode.custom_network = true;
	capacity_of_type("t2.medium", eni_lookup("t2.medium"), &mode, true, how, sizeof how);
	assert_string_equal(how, "t2.medium: 2 of 3 ENIs x (6-1) + 2 = 12; custom networking took 5");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(story_nodes_are_counted), T(states_have_an_order), T(prefixes_are_observed),
		T(unknown_is_not_zero), T(the_sentence_says_what_matters),
		T(updates_follow_kops), T(karpenter_has_no_template), T(groups_are_summed),
		T(nodes_alone_tell_the_annotation), T(three_limits_stand_side_by_side),
		T(nodes_older_than_the_cni_are_marked), T(types_are_spelled_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
