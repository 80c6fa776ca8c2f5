/* SPDX-License-Identifier: Apache-2.0 */
/* What one key can do for waiting pods, and what it must not offer. */
#include "tests/rules/pending.h"

#define SELECTOR "2 node(s) didn't match Pod's node affinity/selector"
#define TAINT "2 node(s) had untolerated taint(s)"
#define CPU "2 Insufficient cpu"

/* The workers with room; one may be cordoned. */
static void set_node(const char *name, bool cordoned, const struct taint *taints, size_t n)
{
	struct node as = model_node(s.m, name)->node;
	as.capacity_pods = as.alloc_pods = 20;
	as.unschedulable = cordoned;
	as.taints = (struct taint *)(uintptr_t)taints;
	as.ntaints = n;
	story_apply(&s, OBS_NODE, &as);
}

static int setup(void **state)
{
	story_begin(&s);
	set_node("i-2a", false, NULL, 0);
	set_node("i-2c", false, NULL, 0);
	return 0;
}

/* n pods of Deployment api wait, and the Deployment wants so many replicas. */
static const struct pending_group *api_waits(const struct pod_shape *shape, int n, int32_t replicas,
	const char *reason)
{
	struct deployment d = { .ns = "default", .name = "api", .replicas = replicas };
	char message[160];
	story_apply(&s, OBS_DEPLOYMENT, &d);
	snprintf(message, sizeof message, "0/3 nodes are available: 1 node(s) had untolerated "
		"taint(s), %s.", reason);
	for (int i = 0; i < n; i++) {
		char name[32], uid[128];
		snprintf(name, sizeof name, "api-%d", i);
		struct pod p = story_pod(uid, sizeof uid, name, NULL);
		p.ns = "default";
		p.owner_kind = "Deployment";
		p.owner_name = "api";
		p.shape = shape;
		struct pod_trouble w = { .sched_reason = "Unschedulable",
			.sched_message = message };
		p.trouble = &w;
		story_apply(&s, OBS_POD, &p);
	}
	return group_of("api");
}

static const struct advice *cure_of(const struct pending_group *g, enum advice_action action)
{
	for (size_t i = 0; i < g->nadvices; i++) {
		if (g->advices[i].action == action) {
			return &g->advices[i];
		}
	}
	return NULL;
}

/* As many nodes as it takes, none that is cordoned, none of the control plane. */
static void labels_go_to_enough_nodes(void **state)
{
	struct label want = { "disk", "ssd" };
	struct pod_shape shape = { .node_selector = &want, .nnode_selector = 1 };
	const struct advice *a = cure_of(api_waits(&shape, 2, 2, SELECTOR), ADVICE_LABEL);
	assert_non_null(a);
	assert_string_equal(a->key, "disk");
	assert_string_equal(a->value, "ssd");
	assert_int_equal(a->nodes.n, 1);
	assert_string_equal(a->effect, "room for 3 more");
	a = cure_of(api_waits(&shape, 5, 5, SELECTOR), ADVICE_LABEL);
	assert_int_equal(a->nodes.n, 2);
	set_node("i-2a", true, NULL, 0);
	a = cure_of(api_waits(&shape, 5, 5, SELECTOR), ADVICE_LABEL);
	assert_int_equal(a->nodes.n, 1);
	assert_string_equal(a->nodes.v[0], "i-2c");
}

/* A label that tells a fact is not forged, nor are two set at once; the selector may go. */
static void facts_are_not_forged(void **state)
{
	struct label zone = { "topology.kubernetes.io/zone", "ap-northeast-2b" };
	struct pod_shape shape = { .node_selector = &zone, .nnode_selector = 1 };
	const struct pending_group *g = api_waits(&shape, 1, 1, SELECTOR);
	assert_null(cure_of(g, ADVICE_LABEL));
	const struct advice *a = cure_of(g, ADVICE_PATCH);
	assert_non_null(a);
	assert_string_equal(a->body,
		"{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":null}}}}");
	assert_string_equal(a->name, "api");
	struct label two[] = { { "disk", "ssd" }, { "net", "fast" } };
	shape = (struct pod_shape){ .node_selector = two, .nnode_selector = 2 };
	assert_null(cure_of(api_waits(&shape, 1, 1, SELECTOR), ADVICE_LABEL));
}

static void both_nodes_have(const struct taint *t, size_t n)
{
	set_node("i-2a", false, t, n);
	set_node("i-2c", false, t, n);
}

static void only_lone_taints_of_people_go(void **state)
{
	static const struct pod_shape shape = { .cpu_milli = 1 };
	static const struct taint kops = { "kops.k8s.io/scheduled-for-update", "", "NoSchedule" };
	static const struct taint two[] = { { "dedicated", "ci", "NoSchedule" },
		{ "gpu", "", "NoExecute" } };
	static const struct taint soft[] = { { "dedicated", "ci", "NoSchedule" },
		{ "slow", "", "PreferNoSchedule" } };
	both_nodes_have(&kops, 1);
	assert_null(cure_of(api_waits(&shape, 1, 1, TAINT), ADVICE_UNTAINT));
	both_nodes_have(two, 2);
	assert_null(cure_of(api_waits(&shape, 1, 1, TAINT), ADVICE_UNTAINT));
	both_nodes_have(soft, 2);
	const struct advice *a = cure_of(api_waits(&shape, 1, 1, TAINT), ADVICE_UNTAINT);
	assert_non_null(a);
	assert_string_equal(a->key, "dedicated");
	assert_string_equal(a->value, "ci");
	assert_string_equal(a->taint_effect, "NoSchedule");
	assert_int_equal(a->nodes.n, 1);
}

/* The largest request with which all of them fit, on the slots that are left. */
static void requests_shrink_until_all_fit(void **state)
{
	struct pod_shape shape = { .cpu_milli = 3000 };
	const struct advice *a = cure_of(api_waits(&shape, 2, 2, CPU), ADVICE_REQUEST);
	assert_non_null(a);
	assert_string_equal(a->key, "cpu");
	assert_string_equal(a->value, "1950m");
	assert_string_equal(cure_of(api_waits(&shape, 4, 4, CPU), ADVICE_REQUEST)->value,
		"950m");
	/* Three slots are free on each. */
	assert_null(cure_of(api_waits(&shape, 7, 7, CPU), ADVICE_REQUEST));
}

static void as_many_replicas_as_run(void **state)
{
	struct pod_shape shape = { .cpu_milli = 3000 };
	const struct advice *a = cure_of(api_waits(&shape, 3, 8, CPU), ADVICE_SCALE_DEPLOYMENT);
	assert_non_null(a);
	assert_int_equal(a->replicas, 5);
	assert_string_equal(a->name, "api");
	/* More wait than are wanted: an old template's. */
	assert_null(cure_of(api_waits(&shape, 3, 2, CPU), ADVICE_SCALE_DEPLOYMENT));
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(labels_go_to_enough_nodes), T(facts_are_not_forged),
		T(only_lone_taints_of_people_go), T(requests_shrink_until_all_fit),
		T(as_many_replicas_as_run),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
