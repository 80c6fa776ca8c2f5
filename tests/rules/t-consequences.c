/* SPDX-License-Identifier: Apache-2.0 */
/* What an edit of the limits would do, said before it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/rules/consequences.h"
#include "tests/rules/story.h"

static struct story s;
static struct findings found;

static int setup(void **state)
{
	story_begin(&s);
	return 0;
}

static int teardown(void **state)
{
	findings_release(&found);
	story_end(&s);
	return 0;
}

static struct limits_edit keep(void)
{
	return (struct limits_edit){ .max_pods = LIMITS_KEEP, .cp_max_pods = LIMITS_KEEP,
		.warm_prefix = LIMITS_KEEP, .warm_ip = LIMITS_KEEP, .minimum_ip = LIMITS_KEEP,
		.prefix = LIMITS_KEEP };
}

static int ask(const struct limits_edit *e)
{
	findings_release(&found);
	return consequences_of(s.m, e, &found);
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

static void expect(const char *part, enum finding_level level, const char *todo)
{
	const struct finding *f = find(part);
	if (!f) {
		for (size_t i = 0; i < found.n; i++) {
			print_message("  %d %s\n", (int)found.v[i].level, found.v[i].text);
		}
		fail_msg("no finding with: %s", part);
	}
	assert_int_equal(f->level, level);
	if (todo) {
		assert_non_null(f->todo);
		if (!strstr(f->todo, todo)) {
			fail_msg("todo is: %s", f->todo);
		}
	}
}

static void the_story(void **state)
{
	struct limits_edit e = keep();
	e.max_pods = 110;
	e.prefix = 1;
	e.warm_prefix = 1;
	assert_int_equal(ask(&e), 3);
	expect("all 3 nodes are replaced, control plane included (the CNI addon asks for it)",
		FINDING_WARN, NULL);
	expect("do not roll yet: i-2a and i-2c have no free slot for aws-node", FINDING_WARN,
		"scale nginx-deployment to 26, or add a node");
	expect("110 \u2264 242 addresses per t3.medium with prefixes", FINDING_OK, NULL);
	expect("ap-northeast-2a has 2,044 free /28 blocks, 7 needed", FINDING_OK, NULL);
	expect("max pods 17 \u2192 110 (cluster spec)", FINDING_INFO, NULL);
	assert_false(findings_refuse(&found));
}

static void max_pods_alone_leave_the_addon(void **state)
{
	struct limits_edit e = keep();
	e.max_pods = 12;
	e.cp_max_pods = 17;
	assert_int_equal(ask(&e), 3);
	expect("all 3 nodes are replaced, control plane included", FINDING_WARN, NULL);
	assert_null(find("addon"));
	assert_null(find("aws-node"));
	expect("nodes-2a: 17 pods run there, 12 will fit", FINDING_WARN, NULL);
}

static void one_group_is_one_group(void **state)
{
	struct limits_edit e = keep();
	e.group = "nodes-2c";
	e.max_pods = 10;
	assert_int_equal(ask(&e), 1);
	expect("1 node of nodes-2c is replaced", FINDING_WARN, NULL);
	assert_null(find("control plane"));
	e.group = "nodes-9";
	assert_int_equal(ask(&e), 0);
	expect("there is no group nodes-9", FINDING_REFUSE, NULL);
}

static void the_formula_written_down_still_rolls(void **state)
{
	struct limits_edit e = keep();
	e.max_pods = 17;
	assert_int_equal(ask(&e), 3);
	expect("max pods stay 17 (cluster spec)", FINDING_INFO, NULL);
}

static void nothing_is_nothing(void **state)
{
	struct limits_edit e = keep();
	assert_int_equal(ask(&e), 0);
	expect("nothing changes", FINDING_INFO, NULL);
	e.prefix = 0; /* kops' default */
	e.warm_prefix = 1;
	e.max_pods = LIMITS_UNSET;
	assert_int_equal(ask(&e), 0);
	expect("nothing changes", FINDING_INFO, NULL);
}

static void out_of_reach_is_refused(void **state)
{
	struct limits_edit e = keep();
	e.max_pods = 110;
	e.cp_max_pods = 17;
	ask(&e);
	assert_true(findings_refuse(&found));
	expect("110 pods is more than a t3.medium of nodes-2a has addresses for: 17 with "
		"secondary IPs", FINDING_REFUSE, "turn prefix delegation on, or set at most 17");

	struct group_spec g = story_group("nodes-2a", ROLE_NODE);
	static const char *xen[] = { "t2.medium" };
	g.types = xen;
	g.machine_type = "t2.medium";
	story_apply(&s, OBS_GROUP, &g);
	e.prefix = 1;
	ask(&e);
	expect("t2.medium of nodes-2a has addresses for: 17", FINDING_REFUSE, "takes no prefixes");
}

static void below_the_own_pods_is_refused(void **state)
{
	struct limits_edit e = keep();
	e.cp_max_pods = 10;
	assert_int_equal(ask(&e), 1);
	expect("10 is below the 11 pods that i-cp of control-plane-2a needs", FINDING_REFUSE,
		"set at least 13");
	e.cp_max_pods = 12;
	ask(&e);
	assert_false(findings_refuse(&found));
	expect("12 is hardly more than the 11 pods", FINDING_WARN, "13");
	e = keep();
	e.group = "nodes-2a";
	e.max_pods = 1;
	ask(&e);
	expect("1 is below the 2 pods that i-2a", FINDING_REFUSE, NULL);
}

static void numbers_have_limits(void **state)
{
	struct limits_edit e = keep();
	e.max_pods = INT64_C(99999999999);
	ask(&e);
	expect("99999999999 is more than kops can read", FINDING_REFUSE, NULL);
	e.max_pods = 0;
	ask(&e);
	expect("0 is no limit", FINDING_REFUSE, "remove the setting");
	e.max_pods = -7;
	ask(&e);
	expect("-7 is no count", FINDING_REFUSE, NULL);
	e.max_pods = 200;
	e.prefix = 1;
	ask(&e);
	expect("200 is above 110, the most that is advised for a t3.medium", FINDING_WARN, NULL);
	assert_false(findings_refuse(&found));
}

static void prefix_off_under_high_limits_is_refused(void **state)
{
	struct cluster_spec c = story_cluster();
	struct env_entry env = { .name = "ENABLE_PREFIX_DELEGATION", .value = "true" };
	c.max_pods = 110;
	c.env = &env;
	c.nenv = 1;
	story_apply(&s, OBS_CLUSTER, &c);
	struct limits_edit e = keep();
	e.prefix = LIMITS_UNSET;
	assert_int_equal(ask(&e), 3);
	expect("110 pods is more than", FINDING_REFUSE, NULL);
	e.max_pods = LIMITS_UNSET;
	ask(&e);
	assert_false(findings_refuse(&found));
}

static void cni_settings_are_judged(void **state)
{
	struct limits_edit e = keep();
	e.prefix = 1;
	ask(&e);
	expect("prefixes alone make no room", FINDING_INFO, "set max pods too");
	e.warm_prefix = 0;
	ask(&e);
	expect("no warm prefixes", FINDING_WARN, NULL);
	e.minimum_ip = 20;
	ask(&e);
	expect("nodes get no address beyond 32", FINDING_WARN, NULL);
	e = keep();
	e.warm_ip = 5;
	ask(&e);
	expect("warm IPs without minimum IPs", FINDING_WARN, NULL);
	e = keep();
	e.warm_prefix = 3;
	ask(&e);
	expect("warm prefixes are ignored: prefix delegation is off", FINDING_INFO, NULL);
	struct daemonset old = { .ns = "kube-system", .name = "aws-node",
		.image = "example.com/amazon-k8s-cni:v1.7.5" };
	story_apply(&s, OBS_DAEMONSET, &old);
	e.prefix = 1;
	ask(&e);
	expect("prefixes need CNI 1.9 or newer, this is 1.7", FINDING_REFUSE, NULL);
	struct cluster_spec c = story_cluster();
	c.networking = "cilium";
	story_apply(&s, OBS_CLUSTER, &c);
	ask(&e);
	expect("this cluster's network is cilium", FINDING_REFUSE, NULL);
}

static void a_minimum_below_the_pods_is_refused(void **state)
{
	struct limits_edit e = keep();
	e.max_pods = 110;
	e.prefix = 1;
	e.minimum_ip = 20;
	ask(&e);
	expect("get no address beyond 32, and pods above hang", FINDING_REFUSE,
		"set warm IPs as well");
	e.warm_ip = 2;
	ask(&e);
	assert_false(findings_refuse(&found));
}

/* Nodes of the story: one a group; the control plane is slower. */
static void the_roll_is_reckoned(void **state)
{
	struct limits_edit e = keep();
	e.max_pods = 110;
	e.prefix = 1;
	ask(&e);
	expect("rolling 3 nodes takes about 4 min", FINDING_INFO, NULL);
	/* no surge: the pods of the node that goes first have nowhere to go */
	expect("while nodes-2a rolls, 15 pods of a node and 10 that wait already share 0 free "
		"slots on the other nodes", FINDING_WARN, "allow a surge");
	struct group_spec g = story_group("nodes-2a", ROLE_NODE);
	g.rolling.max_surge.value = 1;
	story_apply(&s, OBS_GROUP, &g);
	ask(&e);
	assert_null(find("while nodes-2a rolls"));
	e = keep();
	e.group = "nodes-2a";
	e.max_pods = 12;
	ask(&e);
	expect("rolling 1 node takes about 2 min", FINDING_INFO, NULL);
	expect("while nodes-2a rolls", FINDING_WARN, "add a node");
}

static void other_variables_replace_nodes_too(void **state)
{
	struct limits_edit e = keep();
	const struct env_entry env[] = { { .name = "AWS_VPC_ENI_MTU", .value = "1500" },
		{ .name = "NOT_THERE", .value = NULL } };
	e.env = &env[1];
	e.nenv = 1;
	assert_int_equal(ask(&e), 0);
	e.env = env;
	e.nenv = 2;
	assert_int_equal(ask(&e), 3);
	expect("all 3 nodes are replaced, control plane included", FINDING_WARN, NULL);
}

static void short_subnets_are_named(void **state)
{
	struct subnet a = { .id = "subnet-a", .zone = "2a", .free_ips = 900, .free_blocks = 6 };
	struct subnet c = { .id = "subnet-c", .zone = "2c", .free_ips = 40, .free_blocks = -1 };
	story_apply(&s, OBS_SUBNET, &a);
	story_apply(&s, OBS_SUBNET, &c);
	struct limits_edit e = keep();
	e.max_pods = 110;
	e.prefix = 1;
	ask(&e);
	expect("subnet 2a has 6 free /28 blocks, 7 are needed", FINDING_WARN, "another subnet");
	expect("subnet 2c has 40 free addresses, too few for 7 /28 blocks", FINDING_WARN, NULL);
	c.free_ips = 4000;
	story_apply(&s, OBS_SUBNET, &c);
	ask(&e);
	expect("how many there are is not known", FINDING_INFO, NULL);
}

static void without_room_there_is_no_accident(void **state)
{
	story_end(&s);
	story_begin(&s);
	struct node n = model_node(s.m, "i-2a")->node;
	n.alloc_pods = n.capacity_pods = 30;
	story_apply(&s, OBS_NODE, &n);
	struct limits_edit e = keep();
	e.prefix = 1;
	ask(&e);
	expect("do not roll yet: i-2c has no free slot for aws-node", FINDING_WARN,
		"scale nginx-deployment to 28");
	n = model_node(s.m, "i-2c")->node;
	n.alloc_pods = n.capacity_pods = 30;
	story_apply(&s, OBS_NODE, &n);
	ask(&e);
	assert_null(find("do not roll yet"));
}

static void a_spec_not_read_is_said(void **state)
{
	struct limits_edit e = keep();
	model_open_cluster(s.m, "elsewhere");
	assert_int_equal(ask(&e), 0);
	expect("the cluster's spec is not known", FINDING_REFUSE, NULL);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_story), T(max_pods_alone_leave_the_addon), T(one_group_is_one_group),
		T(the_formula_written_down_still_rolls), T(nothing_is_nothing),
		T(out_of_reach_is_refused), T(below_the_own_pods_is_refused),
		T(numbers_have_limits), T(prefix_off_under_high_limits_is_refused),
		T(cni_settings_are_judged),
		T(a_minimum_below_the_pods_is_refused), T(the_roll_is_reckoned),
		T(other_variables_replace_nodes_too), T(short_subnets_are_named),
		T(without_room_there_is_no_accident), T(a_spec_not_read_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
