/* SPDX-License-Identifier: Apache-2.0 */
/* Why pods wait: other pods, addresses, and what helps where no room is missing. */
#include "tests/rules/pending.h"

/* The story's nodes with room for 110, in two zones. */
static void set_node(const char *name, const char *zone, bool cordoned)
{
	struct node n = model_node(s.m, name)->node;
	struct label labels[] = { { HOSTNAME, name }, { ZONE, zone } };
	n.labels = labels;
	n.nlabels = 2;
	n.capacity_pods = n.alloc_pods = 110;
	n.unschedulable = cordoned;
	story_apply(&s, OBS_NODE, &n);
}

static int setup(void **state)
{
	story_begin(&s);
	set_node("i-cp", "ap-northeast-2a", false);
	set_node("i-2a", "ap-northeast-2a", false);
	set_node("i-2c", "ap-northeast-2c", false);
	return 0;
}

struct term {
	const char *value;
	struct requirement req;
	struct pod_term term;
};
static struct pod_term *term_of(struct term *t, const char *app, const char *key)
{
	t->value = app;
	t->req = (struct requirement){ .key = "app", .op = "In", .values = &t->value,
		.nvalues = 1 };
	t->term = (struct pod_term){ .reqs = &t->req, .nreqs = 1, .topology_key = key,
		.max_skew = 1 };
	return &t->term;
}

static void pods_keep_apart(void **state)
{
	struct term t;
	struct pod_shape apart = { .apart = term_of(&t, "db", HOSTNAME), .napart = 1,
		.pod_anti_affinity = true };
	labelled("db-0", "i-2a", "db", &apart, NULL);
	labelled("db-1", "i-2c", "db", &apart, NULL);
	labelled("db-2", NULL, "db", &apart, "0/3 nodes are available: 1 node(s) had untolerated "
		"taint(s), 2 node(s) didn't match pod anti-affinity rules.");
	expect("db-2", "pods that it keeps away from run in every node it may use",
		REASON_POD_ANTI_AFFINITY, "no more replicas of db-2 than nodes, or one more node");
	const struct pending_group *g = group_of("db-2");
	assert_false(g->disagrees);
	assert_string_equal(g->verdicts[0].text, "pods it keeps away from run in its node");
	labelled("plain", NULL, "db", &(struct pod_shape){ .cpu_milli = 1 }, NULL);
	const struct pending_group *k = group_of("plain");
	assert_int_equal(k->verdicts[0].kind, REASON_EXISTING_ANTI_AFFINITY);
	assert_int_equal(k->verdicts[1].kind, REASON_EXISTING_ANTI_AFFINITY);
	labelled("other", NULL, "web", &(struct pod_shape){ .cpu_milli = 1 }, NULL);
	assert_true(group_of("other")->verdicts[0].fits);
}

static void pods_stay_near(void **state)
{
	struct term t, own;
	struct pod_shape near = { .near = term_of(&t, "cache", ZONE), .nnear = 1,
		.pod_affinity = true };
	labelled("front", NULL, "front", &near, "0/3 nodes are available: 1 node(s) had "
		"untolerated taint(s), 2 node(s) didn't match pod affinity rules.");
	expect("front", "the pods that it wants near run in no zone it may use",
		REASON_POD_AFFINITY,
		"start the pods that front wants near, or loosen its affinity");
	labelled("cache", "i-2c", "cache", NULL, NULL);
	const struct pending_group *g = group_of("front");
	assert_true(g->verdicts[0].fits);
	assert_string_equal(g->verdicts[0].node->node.name, "i-2c");
	assert_int_equal(g->verdicts[1].kind, REASON_POD_AFFINITY);
	/* The first of a set that wants to be near itself may go anywhere. */
	struct pod_shape self = { .near = term_of(&own, "ring", ZONE), .nnear = 1,
		.pod_affinity = true };
	labelled("ring-0", NULL, "ring", &self, "x");
	assert_true(group_of("ring-0")->verdicts[0].fits);
	labelled("ring-1", "i-2a", "ring", &self, NULL);
	g = group_of("ring-0");
	assert_string_equal(g->verdicts[0].node->node.name, "i-2a");
	assert_false(g->verdicts[1].fits);
}

static void spread_is_counted(void **state)
{
	struct term t;
	struct pod_shape even = { .spread = term_of(&t, "web", ZONE), .nspread = 1,
		.topology_spread = true };
	labelled("web-0", "i-2a", "web", &even, NULL);
	labelled("web-1", NULL, "web", &even, "x");
	const struct pending_group *g = group_of("web-1");
	assert_true(g->verdicts[0].fits);
	assert_string_equal(g->verdicts[0].node->node.name, "i-2c");
	assert_string_equal(g->verdicts[1].text, "one more would be too uneven over zone");
	set_node("i-2c", "ap-northeast-2c", true); /* still a domain: the trap */
	labelled("web-1", NULL, "web", &even, "0/3 nodes are available: 1 node(s) didn't match pod "
		"topology spread constraints, 1 node(s) had untolerated taint(s), 1 node(s) were "
		"unschedulable.");
	expect("web-1", "one more would be too uneven over zones: the ones that may take it have "
		"no room", REASON_TOPOLOGY_SPREAD, "uncordon i-2c");
	t.term.max_skew = 2;
	labelled("web-1", NULL, "web", &even, "x");
	assert_true(group_of("web-1")->verdicts[0].fits);
	t.term.min_domains = 3; /* fewer domains than that: the least counts as none */
	t.term.max_skew = 1;
	labelled("web-2", "i-2c", "web", &even, NULL);
	labelled("web-1", NULL, "web", &even, "x");
	assert_false(group_of("web-1")->verdicts[0].fits);
}

static void terms_that_cannot_be_read_are_quoted(void **state)
{
	struct term t;
	struct pod_shape apart = { .apart = term_of(&t, "db", HOSTNAME), .napart = 1,
		.pod_anti_affinity = true };
	t.term.flags = TERM_COMPLEX;
	labelled("odd", NULL, "db", &apart, "0/3 nodes are available: 1 node(s) had untolerated "
		"taint(s), 2 node(s) didn't match pod anti-affinity rules.");
	expect("odd", "1 node with a taint it does not tolerate, 2 with pods it keeps away from",
		REASON_POD_ANTI_AFFINITY, NULL);
}

static void a_scheduler_that_is_away_is_told(void **state)
{
	char uid[128];
	labelled("fresh", NULL, "x", NULL, NULL);
	expect("fresh", "the scheduler has not looked at it for 77s", REASON_NOT_LOOKED_AT, NULL);
	struct pod p = story_pod(uid, sizeof uid, "kube-scheduler-i-cp", "i-cp");
	story_apply(&s, OBS_POD, &p);
	expect("fresh", "kube-scheduler does not run: nobody has looked at it for 77s",
		REASON_NOT_LOOKED_AT,
		"see the kube-scheduler pods: kubectl -n kube-system get pods");
	p.flags = POD_READY;
	story_apply(&s, OBS_POD, &p);
	expect("fresh", "the scheduler has not looked at it for 77s", REASON_NOT_LOOKED_AT, NULL);
}

/* ---- addresses ---- */

static void creating(const char *name)
{
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, name, "i-2a");
	p.ns = "default";
	p.phase = POD_PENDING;
	p.created = STORY_NOW - 130000;
	struct pod_trouble w = { .waiting_reason = "ContainerCreating",
		.scheduled_at = p.created };
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
}

static void no_ip_event(const char *name)
{
	struct event e = { .uid = "e1", .ns = "default", .name = name,
		.reason = "FailedCreatePodSandBox", .message = "Failed to create pod sandbox: "
		"plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to assign "
		"an IP address to container" };
	story_apply(&s, OBS_EVENT, &e);
}

static void cni(struct env_entry *env, size_t n)
{
	struct daemonset d = { .ns = "kube-system", .name = "aws-node", .desired = 3, .ready = 3,
		.env = env, .nenv = n };
	story_apply(&s, OBS_DAEMONSET, &d);
}

static void attached(int32_t enis, int32_t ips, int32_t prefixes)
{
	struct instance i = model_instance(s.m, "i-2a")->instance;
	i.enis = enis;
	i.ips = ips;
	i.prefixes = prefixes;
	story_apply(&s, OBS_INSTANCE, &i);
}

static void subnet(int64_t ips, int64_t blocks)
{
	struct subnet n = { .id = "subnet-a", .name = "a", .zone = "ap-northeast-2a",
		.free_ips = ips, .free_blocks = blocks };
	story_apply(&s, OBS_SUBNET, &n);
}

static struct env_entry prefix_env[] = { { .name = "ENABLE_PREFIX_DELEGATION", .value = "true" },
	{ .name = "WARM_PREFIX_TARGET", .value = "1" } };

static void subnets_without_room(void **state)
{
	cni(prefix_env, 2);
	attached(1, 0, 1);
	subnet(0, 0);
	creating("late");
	expect("late", "subnet a has no address left", REASON_SUBNET_EXHAUSTED,
		"give the group a subnet with room, then roll it");
	subnet(900, 0);
	expect("late", "subnet a has 900 free addresses but no whole /28 among them",
		REASON_SUBNET_FRAGMENTED,
		"reserve a range for prefixes in a, or use a new subnet");
	subnet(900, -1); /* not known is not none */
	expect("late", "starting on i-2a for 2m10s (ContainerCreating)", REASON_STARTING, NULL);
}

static void old_nodes_hold_single_addresses(void **state)
{
	cni(prefix_env, 2);
	creating("late");
	expect("late", "prefix delegation is on, but i-2a still holds single addresses: 15 for 16 "
		"pods", REASON_CNI_NO_IP, "replace i-2a: a new node starts with prefixes");
}

static void cordoned_pools_do_not_grow(void **state)
{
	cni(prefix_env, 2);
	attached(1, 0, 1);
	set_node("i-2a", "ap-northeast-2a", true);
	creating("late");
	no_ip_event("late");
	expect("late", "i-2a is cordoned, and the address pool of a cordoned node does not grow",
		REASON_CNI_NO_IP, "uncordon i-2a");
}

static void the_minimum_trap(void **state)
{
	struct env_entry env[] = { { .name = "MINIMUM_IP_TARGET", .value = "10" } };
	cni(env, 1);
	attached(3, 10, 0);
	struct event none = { .uid = "e0", .ns = "default", .name = "nobody" };
	story_apply(&s, OBS_EVENT, &none);
	/* One fewer than the ENIs could give, so that only the target binds. */
	struct observation gone = { .kind = OBS_POD, .verb = OBS_GONE };
	struct pod p = model_pod(s.m, "default", "nginx-deployment-84cd76b964-00000")->pod;
	gone.u.pod = &p;
	model_apply(s.m, &gone);
	creating("late");
	expect("late", "MINIMUM_IP_TARGET 10 without WARM_IP_TARGET: the pool of i-2a stops at 10 "
		"and 15 pods need an address", REASON_CNI_NO_IP,
		"set WARM_IP_TARGET too, or take MINIMUM_IP_TARGET away");
}

static void the_cause_of_no_address_may_be_unknown(void **state)
{
	cni(prefix_env, 2);
	attached(1, 0, 1);
	creating("late");
	no_ip_event("late");
	expect("late", "its node has no free IP address for it (failed to assign an IP address)",
		REASON_CNI_NO_IP, "look at aws-node's log on i-2a: kubectl -n kube-system logs -l "
		"k8s-app=aws-node");
}

static void what_helps_with_volumes_and_images(void **state)
{
	const char *claim = "data-db-0";
	struct pod_shape claims = { .claims = &claim, .nclaims = 1 };
	labelled("db", NULL, "db", &claims, "0/3 nodes are available: pod has unbound immediate "
		"PersistentVolumeClaims.");
	expect("db", "its volume claim data-db-0 is not bound yet", REASON_UNBOUND_PVC,
		"see the claim's events: kubectl -n default describe pvc data-db-0");
	labelled("far", NULL, "db", &claims, "0/3 nodes are available: 1 node(s) had untolerated "
		"taint(s), 2 node(s) had volume node affinity conflict.");
	expect("far", "1 node with a taint it does not tolerate, 2 away from its volume",
		REASON_VOLUME_NODE_AFFINITY, "a node with room in the zone of its volume");
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "img", "i-2a");
	p.phase = POD_PENDING;
	struct pod_trouble w = { .waiting_reason = "ErrImagePull", .scheduled_at = p.created };
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
	expect("img", "its image cannot be pulled (ErrImagePull)", REASON_IMAGE,
		"fix the image of img, or its imagePullSecrets");
}

static void taints_have_owners(void **state)
{
	struct taint t = { .key = "node.cloudprovider.kubernetes.io/uninitialized",
		.value = "true", .effect = "NoSchedule" };
	for (int i = 0; i < 2; i++) {
		struct node n = model_node(s.m, i ? "i-2a" : "i-2c")->node;
		n.taints = &t;
		n.ntaints = 1;
		story_apply(&s, OBS_NODE, &n);
	}
	labelled("any", NULL, "x", NULL, "0/3 nodes are available: 3 node(s) had untolerated "
		"taint(s).");
	expect("any", "every node has a taint that it does not tolerate", REASON_TAINT,
		"see the aws-cloud-controller-manager pods: they take this taint off");
	t.key = "dedicated";
	for (int i = 0; i < 2; i++) {
		struct node n = model_node(s.m, i ? "i-2a" : "i-2c")->node;
		n.taints = &t;
		story_apply(&s, OBS_NODE, &n);
	}
	const struct pending_group *g = group_of("any");
	assert_int_equal(g->nadvices, 2);
	assert_int_equal(g->advices[0].action, ADVICE_UNTAINT);
	assert_non_null(strstr(g->advices[0].text, "take the taint dedicated=true off i-2"));
	assert_string_equal(g->advices[1].text, "or let any tolerate the taint dedicated");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(pods_keep_apart), T(pods_stay_near), T(spread_is_counted),
		T(terms_that_cannot_be_read_are_quoted), T(a_scheduler_that_is_away_is_told),
		T(subnets_without_room), T(old_nodes_hold_single_addresses),
		T(cordoned_pools_do_not_grow), T(the_minimum_trap),
		T(the_cause_of_no_address_may_be_unknown), T(what_helps_with_volumes_and_images),
		T(taints_have_owners),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
