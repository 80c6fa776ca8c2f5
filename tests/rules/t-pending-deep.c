/* SPDX-License-Identifier: Apache-2.0 */
/* Why pods wait: volumes, quotas, an absent scheduler; and how little is looked at to tell. */
#include "tests/rules/pending.h"

static void set_node(const char *name, const char *zone, int64_t pods)
{
	struct node n = model_node(s.m, name)->node;
	struct label labels[] = { { HOSTNAME, name }, { ZONE, zone } };
	n.labels = labels;
	n.nlabels = 2;
	n.capacity_pods = n.alloc_pods = pods;
	story_apply(&s, OBS_NODE, &n);
}

static int setup(void **state)
{
	story_begin(&s);
	set_node("i-cp", A, 110);
	set_node("i-2a", A, 110);
	set_node("i-2c", C, 110);
	return 0;
}

/* ---- volumes ---- */

static void listed(enum obs_kind kind)
{
	struct observation o = { .kind = kind, .verb = OBS_SYNC_END };
	struct observation begin = { .kind = kind, .verb = OBS_SYNC_BEGIN };
	model_apply(s.m, &begin);
	model_apply(s.m, &o);
}

static void set_claim(const char *volume, const char *class)
{
	struct claim c = { .ns = "default", .name = "data", .volume = volume,
		.storage_class = class, .phase = volume ? "Bound" : "Pending" };
	story_apply(&s, OBS_CLAIM, &c);
}

static void set_volume(const char *zone, bool by_label)
{
	const char *values[] = { zone };
	struct requirement in = { .key = by_label ? ZONE : "topology.ebs.csi.aws.com/zone",
		.op = "In", .values = values, .nvalues = 1 };
	struct requirement same = { .key = ZONE, .op = "In", .values = values, .nvalues = 1 };
	struct selector_term term = { .reqs = &same, .nreqs = 1 };
	struct volume v = { .name = "pv", .affinity = by_label ? NULL : &term,
		.naffinity = !by_label, .zones = by_label ? &in : NULL, .nzones = by_label };
	story_apply(&s, OBS_VOLUME, &v);
}

static const char *const one_claim[] = { "data" };
static const struct pod_shape with_claim = { .claims = (const char **)(uintptr_t)one_claim,
	.nclaims = 1 };

static void volumes_tie_to_a_zone(void **state)
{
	set_claim("pv", NULL);
	waiter("db", &with_claim, "");
	assert_string_equal(group_of("db")->verdicts[0].text,
		"nothing seen against it (not all was judged)");
	set_volume(C, false);
	assert_true(group_of("db")->verdicts[0].fits);
	assert_string_equal(group_of("db")->verdicts[0].text, "nothing speaks against it");
	assert_string_equal(group_of("db")->verdicts[0].node->node.name, "i-2c");
	/* Room elsewhere does not help, nor does it count. */
	set_node("i-2c", C, 17);
	expect_why("db", "its volume (claim data) is in " C ": the only node it may use is full (17 of "
		"17)", REASON_TOO_MANY_PODS);
	set_node("i-2a", A, 17);
	expect_why("db", "its volume (claim data) is in " C ": the only node it may use is full (17 of "
		"17)", REASON_TOO_MANY_PODS);
	const struct pending_group *g = group_of("db");
	assert_string_equal(g->verdicts[0].text, "17/17 pods");
	for (size_t i = 1; i < g->nverdicts; i++) {
		assert_int_not_equal(g->verdicts[i].kind, REASON_TOO_MANY_PODS);
	}
	set_volume("ap-northeast-2b", false);
	expect_why("db", "its volume (claim data) is in ap-northeast-2b: no node it may use is "
		"there", REASON_VOLUME_NODE_AFFINITY);
	set_volume("ap-northeast-2b", true);
	expect_why("db", "its volume (claim data) is in ap-northeast-2b: no node it may use is "
		"there", REASON_VOLUME_NODE_AFFINITY);
	/* The scheduler's own words, counted alike: nothing differs. */
	set_node("i-2a", A, 110);
	waiter("db", &with_claim, "0/3 nodes are available: 1 node(s) had untolerated taint(s), "
		"1 node(s) had no available volume zone, 1 Too many pods.");
	assert_false(group_of("db")->disagrees);
}

static void claims_that_are_not_bound(void **state)
{
	waiter("db", &with_claim, "");
	listed(OBS_CLAIM);
	expect_why("db", "its volume claim data does not exist", REASON_PVC_NOT_FOUND);
	assert_string_equal(group_of("db")->verdicts[0].text,
		"only its volume claim data is in the way");
	struct claim c = { .ns = "default", .name = "data", .deletion = STORY_NOW };
	story_apply(&s, OBS_CLAIM, &c);
	expect_why("db", "its volume claim data is being deleted", REASON_PVC_NOT_FOUND);
	set_claim(NULL, NULL);
	expect_why("db", "its volume claim data is not bound, and names no storage class",
		REASON_UNBOUND_PVC);
	set_claim(NULL, "fast");
	assert_int_not_equal(group_of("db")->main_kind, REASON_UNBOUND_PVC); /* not known yet */
	listed(OBS_STORAGE_CLASS);
	expect_why("db", "its volume claim data is not bound: there is no storage class fast",
		REASON_UNBOUND_PVC);
	struct storage_class sc = { .name = "fast", .provisioner = "ebs.csi.aws.com" };
	story_apply(&s, OBS_STORAGE_CLASS, &sc);
	expect_why("db", "its volume claim data is not bound: storage class fast makes volumes at "
		"once, and ebs.csi.aws.com has made none yet", REASON_UNBOUND_PVC);
	sc.waits = true;
	story_apply(&s, OBS_STORAGE_CLASS, &sc);
	expect_why("db", "2 nodes could take it now: the scheduler should look again soon (claim data "
		"waits for that: WaitForFirstConsumer)", REASON_OTHER);
	/* Whether storage is left is for the scheduler to say. */
	waiter("db", &with_claim, "0/3 nodes are available: 1 node(s) had untolerated taint(s), "
		"2 node(s) did not have enough free storage.");
	expect_why("db", "1 node with a taint it does not tolerate, 2 without a volume for it",
		REASON_VOLUME_BIND);
	assert_false(group_of("db")->disagrees);
	waiter("db", &with_claim, "");
	const char *values[] = { "ap-northeast-2b" };
	struct requirement in = { .key = ZONE, .op = "In", .values = values, .nvalues = 1 };
	struct selector_term term = { .reqs = &in, .nreqs = 1 };
	sc.topologies = &term;
	sc.ntopologies = 1;
	story_apply(&s, OBS_STORAGE_CLASS, &sc);
	expect_why("db", "its volume claim data is not bound: storage class fast makes no volume where "
		"it may run", REASON_VOLUME_BIND);
	values[0] = A;
	story_apply(&s, OBS_STORAGE_CLASS, &sc);
	assert_int_equal(group_of("db")->verdicts[0].fits, true);
	assert_string_equal(group_of("db")->verdicts[0].node->node.name, "i-2a");
}

/* ---- pods that do not exist ---- */

static void refused(const char *name, int32_t replicas, int32_t existing, const char *failure)
{
	struct deployment d = { .ns = "default", .name = name, .replicas = replicas,
		.existing = existing, .updated = existing, .failure = failure,
		.failing_since = STORY_NOW - 5000 };
	story_apply(&s, OBS_DEPLOYMENT, &d);
}

static void quotas_hold_pods_back(void **state)
{
	refused("api", 5, 2, "pods \"api-5754df87d8-lm8wf\" is forbidden: exceeded quota: "
		"compute-quota, requested: pods=1, used: pods=10, limited: pods=10");
	expect_why("api", "3 of 5 pods cannot be created: quota compute-quota in ns default: "
		"pods 10 of 10", REASON_QUOTA);
	const struct pending_group *g = group_of("api");
	assert_true(g->absent);
	assert_int_equal(g->npods, 3);
	assert_int_equal(report.npods, 13);
	assert_int_equal(g->oldest, STORY_NOW - 5000);
	assert_int_equal(g->nadvices, 2);
	assert_string_equal(g->advices[0].text,
		"raise pods to 13 in quota compute-quota of namespace default");
	assert_string_equal(g->advices[0].command, "kubectl -n default patch resourcequota "
		"compute-quota --type merge -p '{\"spec\":{\"hard\":{\"pods\":\"13\"}}}'");
	assert_int_equal(g->advices[1].action, ADVICE_SCALE_DEPLOYMENT);
	assert_int_equal(g->advices[1].replicas, 2);
	refused("api", 5, 2, "pods \"api-x\" is forbidden: exceeded quota: q, requested: "
		"limits.cpu=500m,requests.memory=1Gi, used: limits.cpu=1800m,requests.memory=9Gi, "
		"limited: limits.cpu=2,requests.memory=9Gi");
	expect_why("api", "3 of 5 pods cannot be created: quota q in ns default: limits.cpu "
		"1800m of 2 (each asks 500m), requests.memory 9Gi of 9Gi (each asks 1Gi)",
		REASON_QUOTA);
	assert_null(group_of("api")->advices[0].command);
	refused("api", 5, 2,
		"pods \"api-x\" is forbidden: failed quota: q: must specify limits.cpu");
	expect_why("api", "3 of 5 pods cannot be created: failed quota: q: must specify limits.cpu",
		REASON_QUOTA);
	refused("api", 5, 2, "pods \"api-x\" is forbidden: violates PodSecurity \"restricted\"");
	expect_why("api", "3 of 5 pods cannot be created: violates PodSecurity \"restricted\"",
		REASON_NOT_CREATED);
	/* Old pods still run while the new ones are refused; then all is well. */
	struct deployment d = { .ns = "default", .name = "api", .replicas = 5, .existing = 5,
		.updated = 1, .failure = "exceeded quota" };
	story_apply(&s, OBS_DEPLOYMENT, &d);
	assert_int_equal(group_of("api")->npods, 4);
	refused("api", 5, 5, "exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5");
	group_of("nginx-deployment");
	assert_int_equal(report.n, 1);
}

static void broken_words_of_a_quota(void **state)
{
	static const char *const words[] = { "exceeded quota: ", "exceeded quota: q, requested: ",
		"exceeded quota: q, requested: , used: , limited: ",
		"exceeded quota: q, requested: =, used: =, limited: =",
		"exceeded quota: q, requested: pods, used: pods=, limited: pods=,,",
		"exceeded quota: q, requested: pods=1, used: pods=9999999999999999, limited: x=1",
		"exceeded quota: q, requested: pods=1, used: pods=9999999999999999, limited: ,=",
		"" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		refused("api", 3, 1, words[i]);
		const struct pending_group *g = group_of("api");
		assert_non_null(g->why);
		assert_true(g->nadvices > 0);
	}
}

/* ---- nobody looks ---- */

static void set_lease(int64_t read_ago, int64_t renewed_ago)
{
	struct kube_server k = { .version = "v1.34.2", .scheduler_read = STORY_NOW - read_ago,
		.scheduler_renewed = renewed_ago ? STORY_NOW - renewed_ago : 0 };
	story_apply(&s, OBS_SERVER, &k);
}

static void a_scheduler_that_is_gone(void **state)
{
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "fresh", NULL);
	story_apply(&s, OBS_POD, &p);
	expect_why("fresh", "the scheduler has not looked at it for 77s", REASON_NOT_LOOKED_AT);
	set_lease(1000, 0);
	expect_why("fresh", "the scheduler has not looked at it for 77s", REASON_NOT_LOOKED_AT);
	set_lease(1000, 3000);
	expect_why("fresh", "kube-scheduler runs (it renews its lease), yet has not looked at it for "
		"77s", REASON_NOT_LOOKED_AT);
	set_lease(1000, 300000);
	expect_why("fresh", "kube-scheduler has not renewed its lease for 5m: nobody has looked at it "
		"for 77s", REASON_NOT_LOOKED_AT);
}

/* ---- how much is looked at ---- */

#define NODES 100
#define EACH 50 /* pods on each node, of as many Deployments */

static void crowd(const struct pod_shape *shape)
{
	char name[32], uid[128], app[32];
	struct label label = { .key = "app", .value = app };
	for (int i = 0; i < NODES; i++) {
		snprintf(name, sizeof name, "n%03d", i);
		struct label labels[] = { { HOSTNAME, name }, { ZONE, i % 2 ? A : C } };
		struct node n = { .name = name, .ready = TRI_YES, .alloc_pods = 110,
			.alloc_cpu_milli = 8000, .alloc_memory = INT64_C(1) << 33,
			.labels = labels, .nlabels = 2 };
		story_apply(&s, OBS_NODE, &n);
		for (int k = 0; k < EACH; k++) {
			char pod[32];
			snprintf(pod, sizeof pod, "p-%d-%d", i, k);
			snprintf(app, sizeof app, "app-%d", k);
			struct pod p = story_pod(uid, sizeof uid, pod, name);
			p.ns = "crowd";
			p.shape = shape;
			p.labels = &label;
			p.nlabels = 1;
			story_apply(&s, OBS_POD, &p);
		}
	}
}

static size_t looked(void)
{
	group_of("late");
	return report.looked;
}

static size_t refusing(enum reason_kind kind)
{
	const struct pending_group *g = group_of("late");
	size_t n = 0;
	for (size_t i = 0; i < g->nverdicts; i++) {
		n += !g->verdicts[i].fits && g->verdicts[i].kind == kind;
	}
	return n;
}

/*
 * Of 5,000 pods that run only those are looked at that a waiting pod's terms
 * select: each set of labels is held against a term once.
 */
static void few_pods_are_looked_at(void **state)
{
	const char *value[] = { "app-7" };
	struct requirement in = { .key = "app", .op = "In", .values = value, .nvalues = 1 };
	struct pod_term apart = { .reqs = &in, .nreqs = 1, .topology_key = HOSTNAME };
	struct pod_term spread = { .reqs = &in, .nreqs = 1, .topology_key = ZONE, .max_skew = 1 };
	struct pod_shape plain = { .cpu_milli = 1 };
	struct pod_shape shape = { .apart = &apart, .napart = 1, .pod_anti_affinity = true };
	size_t pods;
	crowd(&plain);
	model_pods(s.m, &pods);
	assert_true(pods > NODES * EACH);
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "late", NULL);
	p.ns = "crowd";
	struct pod_trouble w = { .sched_reason = "Unschedulable" };
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
	size_t nodes = NODES + 3, waiting = 11, groups = 2;
	assert_int_equal(looked(), waiting + groups * nodes);
	p.shape = &shape;
	story_apply(&s, OBS_POD, &p);
	size_t few = looked();
	/* Sets of labels: the crowd's and the story's; pods: those of app-7. */
	assert_true(few <= waiting + groups * nodes + EACH + 4 + NODES);
	assert_int_equal(refusing(REASON_POD_ANTI_AFFINITY), NODES);
	shape = (struct pod_shape){ .spread = &spread, .nspread = 1, .topology_spread = true };
	story_apply(&s, OBS_POD, &p);
	assert_true(looked() <= few + nodes);
	/* Pods that keep others away, too, are asked by their kind. */
	struct pod_shape keeper = { .apart = &apart, .napart = 1, .pod_anti_affinity = true };
	p.shape = &plain;
	story_apply(&s, OBS_POD, &p);
	crowd(&keeper);
	assert_true(looked() <= waiting + groups * (nodes + EACH) + 1);
	struct label mine = { .key = "app", .value = "app-7" };
	p.labels = &mine;
	p.nlabels = 1;
	story_apply(&s, OBS_POD, &p);
	assert_true(looked() <= waiting + groups * (nodes + EACH) + NODES * EACH);
	assert_int_equal(refusing(REASON_EXISTING_ANTI_AFFINITY), NODES);
}

/* However many groups wait, what is looked at has a bound. */
static void many_groups_are_bounded(void **state)
{
	struct pod_shape plain = { .cpu_milli = 1 };
	crowd(&plain);
	for (int i = 0; i < 2000; i++) {
		char name[32], uid[128];
		snprintf(name, sizeof name, "bare-%d", i);
		struct pod p = story_pod(uid, sizeof uid, name, NULL);
		struct pod_trouble w = { .sched_reason = "Unschedulable" };
		p.trouble = &w;
		p.shape = &plain;
		story_apply(&s, OBS_POD, &p);
	}
	waiter("late", NULL, "");
	assert_true(looked() < 2011 + 90000);
	assert_int_equal(report.n, 2002);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(volumes_tie_to_a_zone), T(claims_that_are_not_bound), T(quotas_hold_pods_back),
		T(broken_words_of_a_quota), T(a_scheduler_that_is_gone), T(few_pods_are_looked_at),
		T(many_groups_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
