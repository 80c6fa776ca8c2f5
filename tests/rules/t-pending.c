/* SPDX-License-Identifier: Apache-2.0 */
/* Why pods wait: groups, sentences, verdicts, advice. */
#include "tests/rules/pending.h"

static int setup(void **state)
{
	story_begin(&s);
	return 0;
}

static void set_node(const char *name, bool unschedulable, enum tri ready, int64_t pods)
{
	struct node n = model_node(s.m, name)->node;
	n.unschedulable = unschedulable;
	n.ready = ready;
	n.alloc_pods = pods;
	story_apply(&s, OBS_NODE, &n);
}

static void the_story(void **state)
{
	compute();
	assert_int_equal(report.n, 1);
	assert_int_equal(report.npods, 10);
	assert_int_equal(report.oldest, STORY_NOW - 77000);
	const struct pending_group *g = &report.v[0];
	assert_string_equal(g->why, "every node it may use is full (17 of 17)");
	assert_int_equal(g->main_kind, REASON_TOO_MANY_PODS);
	assert_string_equal(g->owner_kind, "Deployment");
	assert_int_equal(g->npods, 10);
	assert_false(g->disagrees);
	assert_false(g->after_scheduling);
	assert_string_equal(g->message, STORY_MESSAGE);
	assert_int_equal(g->nverdicts, 3);
	assert_string_equal(g->verdicts[0].node->node.name, "i-2a");
	assert_string_equal(g->verdicts[0].text, "17/17 pods");
	assert_string_equal(g->verdicts[1].text, "17/17 pods");
	assert_string_equal(g->verdicts[2].text, "taint node-role.kubernetes.io/control-plane");
}

static void the_story_has_three_cures(void **state)
{
	const struct pending_group *g = group_of("nginx-deployment");
	assert_int_equal(g->nadvices, 3);
	const struct advice *a = g->advices;
	assert_int_equal(a[0].action, ADVICE_EDIT_LIMITS);
	assert_string_equal(a[0].text,
		"prefix delegation + maxPods 110 on nodes-2a and nodes-2c");
	assert_string_equal(a[0].effect, "room for 186 more");
	assert_string_equal(a[0].detail, "replaces 3 nodes, about 4 min; needs 14 free /28 blocks, "
		"4,060 are free");
	assert_int_equal(a[0].max_pods, 110);
	assert_true(a[0].prefix);
	assert_null(a[0].group);
	assert_int_equal(a[1].action, ADVICE_SCALE_GROUP);
	assert_string_equal(a[1].text, "one more node in nodes-2a (1 of max 1: raise max first)");
	assert_string_equal(a[1].effect, "room for 15 more");
	assert_string_equal(a[1].group, "nodes-2a");
	assert_int_equal(a[1].replicas, 2);
	assert_int_equal(a[2].action, ADVICE_SCALE_DEPLOYMENT);
	assert_string_equal(a[2].text, "scale nginx-deployment to 30");
	assert_string_equal(a[2].effect, "all fit");
	assert_int_equal(a[2].replicas, 30);
}

static void a_group_below_its_max_is_first(void **state)
{
	struct asg a = model_group(s.m, "nodes-2c")->asg;
	a.max = 3;
	story_apply(&s, OBS_ASG, &a);
	const struct pending_group *g = group_of("nginx-deployment");
	assert_string_equal(g->advices[1].text, "one more node in nodes-2c");
}

static void a_written_limit_wants_a_roll(void **state)
{
	struct cluster_spec c = story_cluster();
	c.max_pods = 110;
	story_apply(&s, OBS_CLUSTER, &c);
	const struct pending_group *g = group_of("nginx-deployment");
	assert_int_equal(g->advices[0].action, ADVICE_UPDATE);
	assert_string_equal(g->advices[0].effect, "room for 186 more");
	struct asg a = model_group(s.m, "nodes-2c")->asg;
	a.template_version = 2;
	story_apply(&s, OBS_ASG, &a);
	g = group_of("nginx-deployment");
	assert_int_equal(g->advices[0].action, ADVICE_ROLL);
	assert_int_not_equal(g->advices[1].action, ADVICE_EDIT_LIMITS);
}

static void stale_words_disagree(void **state)
{
	set_node("i-2a", false, TRI_YES, 20);
	const struct pending_group *g = group_of("nginx-deployment");
	assert_true(g->disagrees);
	assert_string_equal(g->why,
		"1 node could take it now: the scheduler should look again soon");
	assert_true(g->verdicts[0].fits);
	assert_string_equal(g->verdicts[0].text, "nothing speaks against it");
}

static void cordons_are_seen(void **state)
{
	set_node("i-2a", true, TRI_YES, 20);
	set_node("i-2c", true, TRI_YES, 17);
	const struct pending_group *g = group_of("nginx-deployment");
	assert_string_equal(g->why, "every node it may use is cordoned (2)");
	assert_int_equal(g->advices[0].action, ADVICE_UNCORDON);
	assert_string_equal(g->advices[0].text, "uncordon i-2a");
	assert_string_equal(g->advices[0].effect, "room for 3 more");
	set_node("i-2c", false, TRI_YES, 17);
	expect_why("nginx-deployment", "the only node it may use is full (17 of 17)",
		REASON_TOO_MANY_PODS);
	set_node("i-2a", false, TRI_NO, 20);
	expect_why("nginx-deployment", "of 2 nodes it may use: 1 full, 1 not ready",
		REASON_TOO_MANY_PODS);
}

static void different_limits_are_not_one_number(void **state)
{
	set_node("i-2c", false, TRI_YES, 16);
	expect_why("nginx-deployment", "every node it may use is full (2 nodes)",
		REASON_TOO_MANY_PODS);
}

static void requests_are_weighed(void **state)
{
	set_node("i-2a", false, TRI_YES, 110);
	set_node("i-2c", false, TRI_YES, 110);
	struct pod_shape big = { .cpu_milli = 1960 }, wide = { .memory = INT64_C(8) << 30 };
	waiter("big", &big, "0/3 nodes are available: 1 node(s) had untolerated taint(s), "
		"2 Insufficient cpu.");
	expect_why("big", "every node it may use is short of cpu (asks 1960m, at most 1950m free)",
		REASON_INSUFFICIENT);
	assert_false(group_of("big")->disagrees);
	waiter("wide", &wide, NULL);
	waiter("wide", &wide, "0/3 nodes are available: 1 node(s) had untolerated taint(s), "
		"2 Insufficient memory.");
	expect_why("wide", "every node it may use is short of memory (asks 8192Mi, at most "
		"3763Mi free)", REASON_INSUFFICIENT);
}

static void selectors_and_affinity_are_weighed(void **state)
{
	struct label want = { .key = "disk", .value = "ssd" };
	struct pod_shape picky = { .node_selector = &want, .nnode_selector = 1 };
	waiter("picky", &picky, "0/3 nodes are available: 3 node(s) didn't match Pod's node "
		"affinity/selector.");
	/* The control plane's taint is looked at first; its label would not do either. */
	expect_why("picky", "no node matches its node selector (disk=ssd)", REASON_NODE_AFFINITY);
	assert_string_equal(group_of("picky")->verdicts[2].text, "no label disk=ssd");

	const char *values[] = { "nodes-2c", "nodes-2d" };
	struct requirement r = { .key = "kops.k8s.io/instancegroup", .op = "In", .values = values,
		.nvalues = 2 };
	struct selector_term term = { .reqs = &r, .nreqs = 1 };
	struct pod_shape zonal = { .node_affinity = &term, .nnode_affinity = 1 };
	waiter("zonal", &zonal, "0/3 nodes are available: x");
	expect_why("zonal", "the only node it may use is full (17 of 17)", REASON_TOO_MANY_PODS);
	r.op = "NotIn";
	waiter("zonal", &zonal, "0/3 nodes are available: x");
	assert_string_equal(group_of("zonal")->verdicts[0].node->node.name, "i-2a");
	r.op = "DoesNotExist";
	r.nvalues = 0;
	waiter("zonal", &zonal, "0/3 nodes are available: x");
	assert_int_equal(group_of("zonal")->main_kind, REASON_NODE_AFFINITY);
}

static void tolerations_are_weighed(void **state)
{
	struct toleration t = { .key = "node-role.kubernetes.io/control-plane",
		.operator_ = "Exists", .effect = "NoSchedule" };
	struct pod_shape tolerant = { .tolerations = &t, .ntolerations = 1 };
	waiter("tolerant", &tolerant, "0/3 nodes are available: 3 Too many pods.");
	const struct pending_group *g = group_of("tolerant");
	assert_string_equal(g->verdicts[0].node->node.name, "i-cp");
	assert_true(g->verdicts[0].fits);
	assert_true(g->disagrees);
	t.effect = "NoExecute";
	waiter("tolerant", &tolerant, NULL);
	assert_false(group_of("tolerant")->verdicts[0].fits);
	t = (struct toleration){ .key = "node-role.kubernetes.io/control-plane", .value = "x" };
	waiter("tolerant", &tolerant, NULL);
	assert_false(group_of("tolerant")->verdicts[0].fits);
}

static void host_ports_are_weighed(void **state)
{
	struct host_port port = { .port = 80 };
	char uid[128];
	struct pod_shape shape = { .host_ports = &port, .nhost_ports = 1 };
	set_node("i-2a", false, TRI_YES, 20);
	set_node("i-2c", true, TRI_YES, 17);
	struct pod p = story_pod(uid, sizeof uid, "holder", "i-2a");
	p.shape = &shape;
	story_apply(&s, OBS_POD, &p);
	waiter("second", &shape, "0/3 nodes are available: 1 node(s) didn't have free ports for "
		"the requested pod ports, 1 node(s) had untolerated taint(s), 1 node(s) were "
		"unschedulable.");
	expect_why("second", "its host port is taken on every node it may use",
		REASON_HOST_PORTS);
	assert_string_equal(group_of("second")->verdicts[0].text, "host port 80 is taken");

	/* Another protocol does not clash; one address only with itself and with all. */
	struct host_port udp = { .port = 80, .protocol = "UDP" };
	struct host_port one = { .port = 80, .ip = "10.0.0.1" };
	struct host_port udp_one = { .port = 80, .protocol = "UDP", .ip = "10.0.0.1" };
	struct host_port udp_two = { .port = 80, .protocol = "UDP", .ip = "10.0.0.2" };
	shape.host_ports = &udp;
	waiter("udp", &shape, NULL);
	assert_true(group_of("udp")->verdicts[0].fits);
	shape.host_ports = &one;
	waiter("one", &shape, NULL);
	assert_string_equal(group_of("one")->verdicts[0].text,
		"host port 80 of 10.0.0.1 is taken");
	shape.host_ports = &udp_one;
	p = story_pod(uid, sizeof uid, "udp-holder", "i-2a");
	p.shape = &shape;
	story_apply(&s, OBS_POD, &p);
	waiter("same", &shape, NULL);
	assert_string_equal(group_of("same")->verdicts[0].text,
		"host port 80/UDP of 10.0.0.1 is taken");
	shape.host_ports = &udp_two;
	waiter("other", &shape, NULL);
	assert_true(group_of("other")->verdicts[0].fits);
}

static void what_we_do_not_judge_is_quoted(void **state)
{
	set_node("i-2a", false, TRI_YES, 110);
	struct pod_shape gpu = { .cpu_milli = 1 };
	waiter("gpu", &gpu, "0/3 nodes are available: 1 node(s) had untolerated taint(s), "
		"2 Insufficient nvidia.com/gpu.");
	const struct pending_group *g = group_of("gpu");
	assert_false(g->disagrees);
	assert_string_equal(g->why, "1 node with a taint it does not tolerate, 2 short of "
		"nvidia.com/gpu");
	assert_string_equal(g->verdicts[0].text, "scheduler: Insufficient nvidia.com/gpu");
}

static void pods_with_their_own_trouble(void **state)
{
	const char *claim = "data-db-0";
	struct pod_shape claims = { .claims = &claim, .nclaims = 1 };
	waiter("db", &claims, "0/3 nodes are available: pod has unbound immediate "
		"PersistentVolumeClaims.");
	expect_why("db", "its volume claim data-db-0 is not bound yet", REASON_UNBOUND_PVC);
	waiter("lost", &claims, "0/3 nodes are available: persistentvolumeclaim \"gone\" not "
		"found.");
	expect_why("lost", "its volume claim gone does not exist", REASON_PVC_NOT_FOUND);
	waiter("fresh", NULL, NULL);
	expect_why("fresh", "the scheduler has not looked at it for 77s", REASON_NOT_LOOKED_AT);
	struct pod_shape other = { .scheduler_name = "volcano" };
	waiter("batch", &other, NULL);
	expect_why("batch", "scheduler volcano has not looked at it for 77s",
		REASON_NOT_LOOKED_AT);
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "gated", NULL);
	p.flags = POD_GATED;
	struct pod_trouble w = { .sched_reason = "SchedulingGated" };
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
	expect_why("gated", "held back by its scheduling gates", REASON_GATED);
}

static void bound(const char *name, const char *reason, const char *message, int64_t age)
{
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, name, "i-2a");
	p.ns = "default";
	p.phase = POD_PENDING;
	p.created = STORY_NOW - age;
	struct pod_trouble w = { .waiting_reason = reason, .waiting_message = message,
		.scheduled_at = p.created };
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
}

static void starting_has_a_minute(void **state)
{
	bound("young", "ContainerCreating", NULL, 30000);
	compute();
	assert_int_equal(report.n, 1);
	bound("image", "ImagePullBackOff", "Back-off pulling image \"nginx:no\"", 5000);
	expect_why("image", "its image cannot be pulled (ImagePullBackOff): Back-off pulling "
		"image \"nginx:no\"", REASON_IMAGE);
	assert_true(group_of("image")->after_scheduling);
	assert_int_equal(group_of("image")->nverdicts, 0);
}

static void slow_starts_are_explained(void **state)
{
	bound("slow", "ContainerCreating", NULL, 130000);
	/* 16 pods with addresses on a node that has 15. */
	expect_why("slow", "its node has addresses for 15 pods only and 16 need one",
		REASON_CNI_NO_IP);
	struct instance i = model_instance(s.m, "i-2a")->instance;
	i.prefixes = 2;
	story_apply(&s, OBS_INSTANCE, &i);
	expect_why("slow", "starting on i-2a for 2m10s (ContainerCreating)", REASON_STARTING);
	struct event e = { .uid = "e1", .ns = "default", .name = "slow",
		.reason = "FailedCreatePodSandBox",
		.message = "Failed to create pod sandbox: plugin type=\"aws-cni\" failed (add): "
		"add cmd: failed to assign an IP address to container" };
	story_apply(&s, OBS_EVENT, &e);
	expect_why("slow", "its node has no free IP address for it (failed to assign an IP "
		"address)", REASON_CNI_NO_IP);
}

static void refused_pods_are_told(void **state)
{
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "late", "i-2a");
	p.phase = POD_FAILED;
	struct pod_trouble w = { .status_reason = "OutOfpods",
		.status_message = "Pod was rejected: Node didn't have enough resource: pods, "
			"requested: 1, used: 17, capacity: 17" };
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
	expect_why("late", "its node was full when it came (OutOfpods, 17 of 17)",
		REASON_KUBELET_OUT_OF_RESOURCE);
	p.owner_kind = "ReplicaSet"; /* replaced long since: nobody waits */
	p.owner_name = "late";
	p.created = STORY_NOW - 3600000;
	story_apply(&s, OBS_POD, &p);
	compute();
	assert_int_equal(report.n, 1);
}

static void daemons_share_a_line(void **state)
{
	for (int i = 0; i < 2; i++) {
		const char *node = i ? "i-2a" : "i-2c";
		char uid[128];
		struct toleration t = { .operator_ = "Exists" };
		struct requirement r = { .key = "metadata.name", .op = "In", .values = &node,
			.nvalues = 1, .is_field = true };
		struct selector_term term = { .reqs = &r, .nreqs = 1 };
		struct pod_shape shape = { .tolerations = &t, .ntolerations = 1,
			.node_affinity = &term, .nnode_affinity = 1 };
		struct pod p = story_pod(uid, sizeof uid, i ? "aws-node-x" : "aws-node-y", NULL);
		p.owner_kind = "DaemonSet";
		p.owner_name = "aws-node";
		p.flags = POD_DAEMON;
		p.shape = &shape;
		struct pod_trouble w = { .sched_reason = "Unschedulable",
			.sched_message = "0/3 nodes are available: 1 Too many pods, 2 node(s) didn't "
			"satisfy plugin(s) [NodeAffinity]." };
		p.trouble = &w;
		story_apply(&s, OBS_POD, &p);
	}
	const struct pending_group *g = group_of("aws-node");
	assert_int_equal(g->npods, 2);
	assert_string_equal(g->why, "the only node it may use is full (17 of 17)");
	assert_false(g->disagrees);
	assert_int_equal(g->nadvices, 1);
	assert_string_equal(g->advices[0].text, "scale nginx-deployment to 26");
	assert_string_equal(g->advices[0].effect, "frees a slot for aws-node");
}

static void most_pods_come_first(void **state)
{
	waiter("single", NULL, STORY_MESSAGE);
	compute();
	assert_int_equal(report.n, 2);
	assert_string_equal(report.v[0].owner_name, "nginx-deployment");
	assert_string_equal(report.v[1].owner_kind, "Pod");
	assert_int_equal(report.npods, 11);
}

static void without_nodes_the_words_count(void **state)
{
	model_open_cluster(s.m, STORY_CLUSTER);
	story_nginx(&s, 0, 3, NULL);
	expect_why("nginx-deployment", "1 node with a taint it does not tolerate, 2 full",
		REASON_TOO_MANY_PODS);
	model_open_cluster(s.m, STORY_CLUSTER);
	compute();
	assert_int_equal(report.n, 0);
	assert_int_equal(report.oldest, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_story), T(the_story_has_three_cures), T(a_group_below_its_max_is_first),
		T(a_written_limit_wants_a_roll), T(stale_words_disagree), T(cordons_are_seen),
		T(different_limits_are_not_one_number), T(requests_are_weighed),
		T(selectors_and_affinity_are_weighed), T(tolerations_are_weighed),
		T(host_ports_are_weighed), T(what_we_do_not_judge_is_quoted),
		T(pods_with_their_own_trouble), T(starting_has_a_minute),
		T(slow_starts_are_explained), T(refused_pods_are_told), T(daemons_share_a_line),
		T(most_pods_come_first), T(without_nodes_the_words_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
