/* SPDX-License-Identifier: Apache-2.0 */
/* Why pods wait: the rarer causes, each with its sentence and with what helps. */
#include "tests/rules/pending.h"

#define TAINTED "0/3 nodes are available: 1 node(s) had untolerated taint(s), "

static void set_node(const char *name, const char *zone, enum tri ready)
{
	struct node n = model_node(s.m, name)->node;
	struct label labels[] = { { HOSTNAME, name }, { ZONE, zone } };
	n.labels = labels;
	n.nlabels = zone ? 2 : 1;
	n.zone = zone;
	n.capacity_pods = n.alloc_pods = 110;
	n.ready = ready;
	story_apply(&s, OBS_NODE, &n);
}

static int setup(void **state)
{
	story_begin(&s);
	set_node("i-cp", A, TRI_YES);
	set_node("i-2a", A, TRI_YES);
	set_node("i-2c", C, TRI_YES);
	return 0;
}

/* A pod of Deployment api, or alone when it is no Deployment's. */
static void put(const char *name, const char *node, bool alone, const struct pod_shape *shape,
	struct pod_trouble trouble, enum pod_phase phase)
{
	struct label l = { "app", name };
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, name, node);
	p.ns = "default";
	p.owner_kind = alone ? NULL : "Deployment";
	p.owner_name = alone ? NULL : "api";
	p.shape = shape;
	p.trouble = &trouble;
	p.labels = &l;
	p.nlabels = 1;
	p.phase = (uint16_t)phase;
	story_apply(&s, OBS_POD, &p);
}

static void waits(const char *name, bool alone, const struct pod_shape *shape, const char *message)
{
	struct pod_trouble w = { .sched_reason = "Unschedulable", .sched_message = message };
	put(name, NULL, alone, shape, w, POD_PENDING);
}

static void deployment(int32_t replicas, int32_t ready)
{
	struct deployment d = { .ns = "default", .name = "api", .replicas = replicas,
		.ready = ready };
	story_apply(&s, OBS_DEPLOYMENT, &d);
}

/* ---- before any node is looked at ---- */

static void the_scheduler_itself(void **state)
{
	struct pod_trouble failed = { .sched_reason = "SchedulerError",
		.sched_message = "binding rejected: timed out" };
	struct pod_trouble nominated = { .sched_reason = "Unschedulable", .nominated = "i-2a",
		.sched_message = TAINTED "2 Insufficient cpu." };
	put("broken", NULL, true, NULL, failed, POD_PENDING);
	expect("broken", "the scheduler failed: binding rejected: timed out", REASON_OTHER, NULL);
	put("vip", NULL, true, NULL, nominated, POD_PENDING);
	expect("vip", "a place is being freed for it on i-2a", REASON_NOMINATED, NULL);
	waits("alone", true, NULL, "no nodes available to schedule pods");
	expect("alone", "the cluster has no node", REASON_NO_NODES, NULL);
	waits("late", true, NULL, "running PreBind plugin \"VolumeBinding\": binding volumes: "
		"timed out waiting for the condition");
	expect("late", "its volume was not made in time", REASON_VOLUME_BIND_TIMEOUT, NULL);
}

static void a_scheduler_of_its_own(void **state)
{
	struct pod_shape shape = { .scheduler_name = "volcano" };
	struct pod_trouble none = { .sched_reason = NULL };
	const struct advice *a;
	deployment(1, 0);
	put("api-1", NULL, false, &shape, none, POD_PENDING);
	a = advice_of(group_of("api"), "give api to the default scheduler");
	assert_int_equal(a->action, ADVICE_PATCH);
	assert_non_null(strstr(a->body, "{\"schedulerName\":\"default-scheduler\"}"));
}

static void gates_of_a_deployment(void **state)
{
	struct pod_trouble w = { .sched_reason = "SchedulingGated" };
	const struct pending_group *g;
	/* Two pods of something that cannot be patched: only words help. */
	for (int i = 0; i < 2; i++) {
		char uid[128];
		struct pod p = story_pod(uid, sizeof uid, i ? "job-1" : "job-0", NULL);
		p.owner_kind = "Job";
		p.owner_name = "job";
		p.trouble = &w;
		story_apply(&s, OBS_POD, &p);
	}
	g = group_of("job");
	assert_int_equal(g->main_kind, REASON_GATED);
	assert_int_equal(g->nadvices, 1);
	assert_int_equal(g->advices[0].action, ADVICE_NONE);
	assert_non_null(strstr(g->advices[0].text, "who set the gate lifts it: kubectl -n "));
	deployment(1, 0);
	put("api-1", NULL, false, NULL, w, POD_PENDING);
	g = group_of("api");
	assert_int_equal(advice_of(g, "lift the scheduling gates of api")->action, ADVICE_PATCH);
	assert_string_equal(g->advices[0].detail, "who set the gate had a reason: ask first");
}

/* ---- nodes ---- */

static void nodes_that_are_not_ready(void **state)
{
	set_node("i-2a", A, TRI_NO);
	set_node("i-2c", C, TRI_NO);
	waits("any", true, NULL, TAINTED "2 node(s) were not ready.");
	expect("any", "every node it may use is not ready", REASON_NOT_READY, NULL);
}

static void what_pods_want_may_be_loosened(void **state)
{
	const char *app = "cache";
	struct requirement req = { .key = "app", .op = "In", .values = &app, .nvalues = 1 };
	struct pod_term term = { .reqs = &req, .nreqs = 1, .topology_key = HOSTNAME,
		.max_skew = 1 };
	struct pod_shape near = { .near = &term, .nnear = 1, .pod_affinity = true };
	const struct advice *a;
	deployment(1, 0);
	waits("api-1", false, &near, TAINTED "2 node(s) didn't match pod affinity rules.");
	a = advice_of(group_of("api"),
		"let api run away from those pods: drop its pod affinity");
	assert_non_null(strstr(a->body, "{\"affinity\":{\"podAffinity\":null}}"));
	assert_non_null(strstr(a->command, "kubectl -n default patch deployment api"));
}

/* A label that a node lacks: it is no domain, for whoever wants to be near or even. */
static void nodes_without_the_key(void **state)
{
	const char *app = "cache";
	struct requirement req = { .key = "app", .op = "In", .values = &app, .nvalues = 1 };
	struct pod_term near = { .reqs = &req, .nreqs = 1, .topology_key = "rack" };
	struct pod_term even = { .reqs = &req, .nreqs = 1, .topology_key = "rack", .max_skew = 1 };
	struct pod_shape both[] = { { .near = &near, .nnear = 1, .pod_affinity = true },
		{ .spread = &even, .nspread = 1, .topology_spread = true } };
	static const enum reason_kind kinds[] = { REASON_POD_AFFINITY, REASON_TOPOLOGY_SPREAD };
	for (int i = 0; i < 2; i++) {
		waits("odd", true, &both[i], "x");
		const struct pending_group *g = group_of("odd");
		for (size_t k = 0; k < g->nverdicts; k++) {
			assert_false(g->verdicts[k].fits);
		}
		assert_int_equal(g->verdicts[0].kind, kinds[i]);
	}
}

/* Which pods a term means: by operator and by namespace. */
static void terms_by_operator(void **state)
{
	static const struct {
		const char *op, *value;
		bool meant; /* the pod app=web on i-2a */
	} rows[] = {
		{ "In", "web", true }, { "In", "db", false }, { "NotIn", "web", false },
		{ "NotIn", "db", true }, { "Exists", NULL, true }, { "DoesNotExist", NULL, false },
		{ "Near", "web", false },
	};
	put("web", "i-2a", true, NULL, (struct pod_trouble){ .nominated = NULL }, POD_RUNNING);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *value = rows[i].value;
		const char *spaces[] = { "kube-system", "default" };
		struct requirement req = { .key = "app", .op = rows[i].op, .values = &value,
			.nvalues = value != NULL };
		struct pod_term t = { .reqs = &req, .nreqs = 1, .topology_key = HOSTNAME,
			.namespaces = spaces, .nnamespaces = 2 };
		struct pod_shape apart = { .apart = &t, .napart = 1, .pod_anti_affinity = true };
		/* On i-2a more pods than that one run: those without labels are meant by NotIn. */
		waits("x", true, &apart, "x");
		const struct pending_group *g = group_of("x");
		for (size_t k = 0; k < g->nverdicts; k++) {
			const char *node = g->verdicts[k].node->node.name;
			if (!strcmp(node, "i-2a") && strcmp(rows[i].op, "NotIn") != 0 &&
			    strcmp(rows[i].op, "DoesNotExist") != 0) {
				assert_int_equal(!g->verdicts[k].fits, rows[i].meant);
			}
		}
		spaces[1] = "elsewhere";
		req.op = "In";
		value = "web";
		req.nvalues = 1;
		waits("x", true, &apart, "x");
		g = group_of("x");
		for (size_t k = 0; k < g->nverdicts; k++) {
			if (!strcmp(g->verdicts[k].node->node.name, "i-2a")) {
				assert_true(g->verdicts[k].fits);
			}
		}
	}
}

/* Nodes by what their labels are worth, and in which words the others are told. */
static void required_labels(void **state)
{
	static const struct {
		const char *key, *op, *value;
		bool fits;        /* a node with cores=8 and no rack */
		const char *text; /* of the verdict when it does not */
	} rows[] = {
		{ "cores", "Gt", "4", true, NULL },
		{ "cores", "Gt", "8", false, "node affinity: cores Gt 8" },
		{ "cores", "Lt", "9", true, NULL },
		{ "cores", "Lt", "x", false, "node affinity: cores Lt x" },
		{ "cores", "Exists", NULL, true, NULL },
		{ "rack", "Exists", NULL, false, "node affinity: rack Exists " },
		{ "rack", "DoesNotExist", NULL, true, NULL },
		{ "rack", "Gt", "1", false, "node affinity: rack Gt 1" },
	};
	struct label cores = { "cores", "8" };
	struct node n = model_node(s.m, "i-2a")->node;
	n.labels = &cores;
	n.nlabels = 1;
	story_apply(&s, OBS_NODE, &n);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *value = rows[i].value;
		struct requirement req = { .key = rows[i].key, .op = rows[i].op,
			.values = &value, .nvalues = value != NULL };
		struct selector_term term = { .reqs = &req, .nreqs = 1 };
		struct pod_shape shape = { .node_affinity = &term, .nnode_affinity = 1 };
		waits("picky", true, &shape, "x");
		const struct pending_group *g = group_of("picky");
		for (size_t k = 0; k < g->nverdicts; k++) {
			if (strcmp(g->verdicts[k].node->node.name, "i-2a") != 0) {
				continue;
			}
			assert_int_equal(g->verdicts[k].fits, rows[i].fits);
			if (rows[i].text) {
				assert_string_equal(g->verdicts[k].text, rows[i].text);
			}
		}
	}
	struct label want = { "cores", "16" };
	struct pod_shape shape = { .node_selector = &want, .nnode_selector = 1 };
	waits("picky", true, &shape, "x");
	const struct pending_group *g = group_of("picky");
	bool told = false;
	for (size_t k = 0; k < g->nverdicts; k++) {
		told |= !strcmp(g->verdicts[k].text, "label cores is 8, not 16");
	}
	assert_true(told);
}

/* A pod that has ended holds its host port no longer. */
static void ports_of_finished_pods(void **state)
{
	struct host_port port = { .port = 9000 };
	struct pod_shape shape = { .host_ports = &port, .nhost_ports = 1 };
	struct pod_trouble none = { .nominated = NULL };
	put("old", "i-2a", true, &shape, none, POD_SUCCEEDED);
	put("new", "i-2c", true, &shape, none, POD_RUNNING);
	waits("next", true, &shape, TAINTED "2 node(s) didn't have free ports.");
	const struct pending_group *g = group_of("next");
	for (size_t k = 0; k < g->nverdicts; k++) {
		const char *node = g->verdicts[k].node->node.name;
		if (!strcmp(node, "i-2a")) {
			assert_true(g->verdicts[k].fits);
		} else if (!strcmp(node, "i-2c")) {
			assert_int_equal(g->verdicts[k].kind, REASON_HOST_PORTS);
		}
	}
}

/* ---- requests ---- */

static void memory_that_is_too_much(void **state)
{
	struct pod_shape shape = { .memory = INT64_C(64) << 30, .cpu_milli = 1 };
	const struct pending_group *g;
	deployment(2, 0);
	waits("api-1", false, &shape, TAINTED "2 Insufficient memory.");
	g = group_of("api");
	assert_non_null(strstr(g->why, "short of memory (asks 65536Mi, at most "));
	for (size_t i = 0; i < g->nadvices; i++) {
		if (g->advices[i].action == ADVICE_REQUEST) {
			size_t n = strlen(g->advices[i].value);
			assert_string_equal(g->advices[i].key, "memory");
			assert_string_equal(g->advices[i].value + n - 2, "Mi");
			return;
		}
	}
	fail_msg("no smaller request is advised");
}

/* ---- volumes ---- */

static void a_volume_in_a_zone_without_nodes(void **state)
{
	static const char *const claims[] = { "data" };
	static const struct pod_shape shape = { .claims = (const char **)(uintptr_t)claims,
		.nclaims = 1 };
	const char *b = "ap-northeast-2b";
	struct requirement in = { .key = ZONE, .op = "In", .values = &b, .nvalues = 1 };
	struct selector_term term = { .reqs = &in, .nreqs = 1 };
	struct volume v = { .name = "pv", .affinity = &term, .naffinity = 1 };
	struct claim c = { .ns = "default", .name = "data", .volume = "pv", .phase = "Bound" };
	struct group_spec g = story_group("nodes-2b", ROLE_NODE);
	struct asg asg = { .name = "nodes-2b." STORY_CLUSTER, .group = "nodes-2b", .min = 0,
		.desired = 0, .max = 2, .zones = &b, .nzones = 1 };
	const struct advice *a;
	story_apply(&s, OBS_VOLUME, &v);
	story_apply(&s, OBS_CLAIM, &c);
	story_apply(&s, OBS_GROUP, &g);
	story_apply(&s, OBS_ASG, &asg);
	waits("db", true, &shape, TAINTED "2 node(s) had volume node affinity conflict.");
	a = advice_of(group_of("db"), "one more node in nodes-2b");
	assert_int_equal(a->action, ADVICE_SCALE_GROUP);
	assert_string_equal(a->group, "nodes-2b");
	assert_int_equal(a->replicas, 1);
	assert_string_equal(a->effect, "zone ap-northeast-2b has none that takes pods");
	asg.max = 0;
	story_apply(&s, OBS_ASG, &asg);
	advice_of(group_of("db"), "one more node in nodes-2b (0 of max 0: raise max first)");
	/* There is a node now: one more of the same does not help by itself. */
	set_node("i-2c", b, TRI_YES);
	assert_true(group_of("db")->verdicts[0].fits);
}

static void volumes_that_cannot_be_attached(void **state)
{
	struct pod_trouble w = { .waiting_reason = "ContainerCreating",
		.scheduled_at = STORY_NOW - 130000 };
	static const struct {
		const char *reason, *message, *why;
		enum reason_kind kind;
	} rows[] = {
		{ "FailedAttachVolume", "Multi-Attach error for volume \"pv\"",
			"a volume cannot be attached: Multi-Attach error for volume \"pv\"",
			REASON_VOLUME_BIND },
		{ "FailedMount", "MountVolume.SetUp failed",
			"a volume cannot be attached: MountVolume.SetUp failed", REASON_VOLUME_BIND },
	};
	put("slow", "i-2a", true, NULL, w, POD_PENDING);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct instance in = model_instance(s.m, "i-2a")->instance;
		struct event e = { .uid = "e1", .ns = "default", .name = "slow",
			.reason = rows[i].reason, .message = rows[i].message };
		in.prefixes = 4;
		story_apply(&s, OBS_INSTANCE, &in);
		story_apply(&s, OBS_EVENT, &e);
		expect("slow", rows[i].why, rows[i].kind, NULL);
	}
}

/* ---- on a node ---- */

static void kubelets_that_refuse(void **state)
{
	static const struct {
		const char *reason, *message, *why;
		enum reason_kind kind;
	} rows[] = {
		{ "UnexpectedAdmissionError", "Allocate failed due to no devices",
			"the kubelet of i-2a refused it (UnexpectedAdmissionError)",
			REASON_KUBELET_OUT_OF_RESOURCE },
		{ "OutOfmemory", "x", "the kubelet of i-2a refused it (OutOfmemory)",
			REASON_KUBELET_OUT_OF_RESOURCE },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pod_trouble w = { .status_reason = rows[i].reason,
			.status_message = rows[i].message };
		put("no", "i-2a", true, NULL, w, POD_FAILED);
		expect("no", rows[i].why, rows[i].kind,
			"delete it: kubectl -n default delete pod no");
	}
	char uid[128];
	struct pod_trouble w = { .status_reason = "OutOfpods", .status_message = "x" };
	struct pod p = story_pod(uid, sizeof uid, "kube-proxy-i-2a", "i-2a");
	p.phase = POD_FAILED;
	p.flags = POD_MIRROR;
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
	advice_of(group_of("kube-proxy-i-2a"),
		"make room on i-2a, then restart its kubelet or replace the node");
}

static void containers_that_do_not_start(void **state)
{
	struct pod_trouble crash = { .waiting_reason = "CrashLoopBackOff",
		.scheduled_at = STORY_NOW - 5000 };
	struct pod_trouble config = { .waiting_reason = "CreateContainerConfigError",
		.scheduled_at = STORY_NOW - 5000 };
	const struct advice *a;
	put("crash", "i-2a", true, NULL, crash, POD_PENDING);
	expect("crash", "an init container keeps failing (CrashLoopBackOff)", REASON_CRASH,
		"read why it fails: kubectl -n default logs crash --all-containers");
	put("lacks", "i-2a", true, NULL, config, POD_PENDING);
	expect("lacks", "a ConfigMap, Secret or key that it needs is missing "
		"(CreateContainerConfigError)", REASON_CONFIG,
		"create what is missing, or fix its name in lacks");
	/* What ran before still runs: back to it. */
	deployment(3, 2);
	put("api-1", "i-2a", false, NULL, config, POD_PENDING);
	a = advice_of(group_of("api"), "roll api back to the template before");
	assert_int_equal(a->action, ADVICE_UNDO);
	assert_string_equal(a->effect, "2 of its pods run so");
	assert_string_equal(a->command, "kubectl -n default rollout undo deployment api");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_scheduler_itself), T(a_scheduler_of_its_own), T(gates_of_a_deployment),
		T(nodes_that_are_not_ready), T(what_pods_want_may_be_loosened),
		T(nodes_without_the_key), T(terms_by_operator), T(required_labels),
		T(ports_of_finished_pods), T(memory_that_is_too_much),
		T(a_volume_in_a_zone_without_nodes), T(volumes_that_cannot_be_attached),
		T(kubelets_that_refuse), T(containers_that_do_not_start),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
