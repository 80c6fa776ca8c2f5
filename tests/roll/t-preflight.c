/* SPDX-License-Identifier: Apache-2.0 */
/* What is said before a roll: each thing in its way, with what to do first; and validation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/rules/roll.h"
#include "tests/rules/story.h"

static struct story s;
static struct roll_options o;
static struct findings found;

static void source(enum source_id id, enum source_state state)
{
	struct obs_source one = { .id = id, .status = { .state = state } };
	story_apply(&s, OBS_SOURCE, &one);
}

static int setup(void **state)
{
	story_begin(&s);
	roll_options_default(&o);
	o.force = true;
	source(SRC_AWS, SOURCE_LIVE);
	source(SRC_KUBE, SOURCE_LIVE);
	source(SRC_STORE, SOURCE_LIVE);
	return 0;
}

static int teardown(void **state)
{
	findings_release(&found);
	story_end(&s);
	return 0;
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

static void look(void)
{
	findings_release(&found);
	roll_preflight(s.m, &o, &found);
}

static void expect(const char *part, enum finding_level level, const char *todo)
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
	if (todo && (!f->todo || !strstr(f->todo, todo))) {
		fail_msg("todo is: %s", f->todo ? f->todo : "none");
	}
}

/* The story's control plane runs what kops looks for. */
static void components_run(void)
{
	static const char *const names[] = { "kube-apiserver", "kube-controller-manager",
		"kube-scheduler" };
	for (int i = 0; i < 3; i++) {
		struct label l[] = { { "tier", "x" }, { "k8s-app", names[i] } };
		char uid[128];
		struct pod p = story_pod(uid, sizeof uid, names[i], "i-cp");
		p.labels = l;
		p.nlabels = 2;
		p.flags = POD_MIRROR | POD_READY;
		story_apply(&s, OBS_POD, &p);
	}
}

/* Who does not know the instances or the nodes says that, and nothing else. */
static void sources_that_do_not_answer(void **state)
{
	source(SRC_AWS, SOURCE_FAILED);
	source(SRC_KUBE, SOURCE_FAILED);
	look();
	assert_int_equal(found.n, 2);
	expect("AWS does not answer", FINDING_REFUSE, "credentials");
	expect("The API server does not answer", FINDING_REFUSE, "KUBECONFIG");
	source(SRC_AWS, SOURCE_LIVE);
	look();
	assert_int_equal(found.n, 1);
}

/* The story: two full workers and ten pods that wait for every slot. */
static void the_crowd(void **state)
{
	look();
	expect("2 nodes are full (i-2a, ...) and pods wait for every slot", FINDING_REFUSE,
		"scale default/nginx-deployment from 40 to 26, roll, then scale it up again");
	expect("10 pods wait for a place and will rush onto each new node", FINDING_WARN, NULL);
	assert_null(find("aws-node pod"));
}

static void the_cni_finds_no_slot(void **state)
{
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "aws-node-9", NULL);
	p.owner_kind = "DaemonSet";
	p.owner_name = "aws-node";
	p.flags = POD_DAEMON;
	story_apply(&s, OBS_POD, &p);
	look();
	expect("1 aws-node pod finds no slot on a full node", FINDING_REFUSE, "scale down");
	p = story_pod(uid, sizeof uid, "aws-node-8", NULL);
	p.owner_kind = "DaemonSet";
	p.owner_name = "aws-node";
	p.flags = POD_DAEMON;
	story_apply(&s, OBS_POD, &p);
	look();
	expect("2 aws-node pods find no slot", FINDING_REFUSE, NULL);
	expect("10 pods wait", FINDING_WARN, NULL); /* those of DaemonSets are not counted here */
}

static void pods_that_lose_something(void **state)
{
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "scratch", "i-2a");
	p.owner_kind = "Deployment";
	p.owner_name = "scratch";
	p.flags = POD_LOCAL_DATA;
	story_apply(&s, OBS_POD, &p);
	look();
	/* the two of CoreDNS in the story have no owner */
	expect("2 pods have no controller and will not come back", FINDING_WARN, "Deployment");
	expect("1 pod has emptyDir volumes", FINDING_INFO, NULL);
	o.role = ROLE_NODE;
	p = story_pod(uid, sizeof uid, "alone", "i-2c");
	p.flags = POD_LOCAL_DATA;
	story_apply(&s, OBS_POD, &p);
	look();
	expect("1 pod has no controller", FINDING_WARN, NULL);
	expect("2 pods have emptyDir volumes", FINDING_INFO, NULL);
}

/* A PDB is named only when it says no and one of its pods is in the way. */
static void budgets(void **state)
{
	struct label l = { "app", "db" };
	struct pdb b = { .ns = "default", .name = "db", .disruptions_allowed = 1,
		.desired_healthy = 1, .expected_pods = 1, .selector = &l, .nselector = 1 };
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, "db-0", "i-2a");
	p.ns = "default";
	p.labels = &l;
	p.nlabels = 1;
	story_apply(&s, OBS_PDB, &b);
	look();
	assert_null(find("PDB"));
	b.disruptions_allowed = 0;
	story_apply(&s, OBS_PDB, &b);
	look();
	assert_null(find("PDB"));
	story_apply(&s, OBS_POD, &p);
	look();
	expect("PDB default/db allows 0 disruptions (1 of 1 needed)", FINDING_WARN, "loosen");
}

static void a_quorum_in_danger(void **state)
{
	struct node n;
	story_machine(&s, "i-cp2", "control-plane-2b", ROLE_CONTROL_PLANE, "subnet-a");
	story_machine(&s, "i-cp3", "control-plane-2c", ROLE_CONTROL_PLANE, "subnet-c");
	look();
	assert_null(find("of the control plane are Ready"));
	n = model_node(s.m, "i-cp3")->node;
	n.ready = TRI_NO;
	story_apply(&s, OBS_NODE, &n);
	look();
	expect("2 of 3 of the control plane are Ready: replacing one more endangers etcd",
		FINDING_REFUSE, "bring it back");
	o.role = ROLE_NODE; /* the control plane is not touched */
	look();
	assert_null(find("of the control plane are Ready"));
}

static void a_critical_pod_without_a_place(void **state)
{
	char uid[128];
	struct pod_trouble w = { .sched_reason = "Unschedulable" };
	struct pod_shape shape = { .priority_class = "system-cluster-critical" };
	struct pod p = story_pod(uid, sizeof uid, "coredns-7", NULL);
	p.flags = POD_CRITICAL;
	p.trouble = &w;
	p.shape = &shape;
	components_run();
	story_apply(&s, OBS_POD, &p);
	look();
	expect("kube-system/coredns-7 is critical and fits on no node", FINDING_REFUSE,
		"make room");
	expect("system-cluster-critical pod \"coredns-7\" is pending", FINDING_WARN,
		"waits for this");
}

static void a_subnet_nearly_empty(void **state)
{
	struct subnet a = { .id = "subnet-a", .zone = "ap-northeast-2a", .free_ips = 15,
		.free_blocks = 0 };
	look();
	assert_null(find("free addresses"));
	story_apply(&s, OBS_SUBNET, &a);
	look();
	expect("Subnet subnet-a has 15 free addresses", FINDING_WARN, "add a subnet");
	a.name = "utility-2a";
	story_apply(&s, OBS_SUBNET, &a);
	look();
	expect("Subnet utility-2a has 15 free addresses", FINDING_WARN, NULL);
}

static void nothing_to_roll(void **state)
{
	o.force = false;
	look();
	expect("No instance needs an update", FINDING_INFO, "--force");
	assert_null(find("one control-plane node"));
}

static void credentials_that_end(void **state)
{
	struct identity id = { .account = "1", .arn = "a", .provider = "sso",
		.expires = STORY_NOW + 20 * 60000 };
	roll_preflight_credentials(s.m, STORY_NOW, 3600000, &found);
	assert_int_equal(found.n, 0); /* nobody is known */
	story_apply(&s, OBS_IDENTITY, &id);
	roll_preflight_credentials(s.m, STORY_NOW, 10 * 60000, &found);
	assert_int_equal(found.n, 0);
	roll_preflight_credentials(s.m, STORY_NOW, 30 * 60000, &found);
	expect("The AWS credentials (sso) expire in 20 min, the roll takes about 31 min",
		FINDING_WARN, "log in");
	findings_release(&found);
	roll_preflight_credentials(s.m, STORY_NOW, 60 * 60000, &found);
	expect("expire in 20 min", FINDING_REFUSE, "log in");
	findings_release(&found);
	id.renews = true;
	id.provider = NULL;
	story_apply(&s, OBS_IDENTITY, &id);
	roll_preflight_credentials(s.m, STORY_NOW, 60 * 60000, &found);
	expect("renewed by themselves (?)", FINDING_INFO, NULL);
}

/* ---- validation ---- */

static void validate(const char *group)
{
	findings_release(&found);
	bool healthy = roll_validate(s.m, group, &found);
	assert_int_equal(healthy, found.n == 0);
}

static void missing_components(void **state)
{
	validate(NULL);
	expect("control-plane node \"i-cp\" is missing kube-apiserver pod", FINDING_REFUSE, NULL);
	expect("is missing kube-scheduler pod", FINDING_REFUSE, NULL);
	components_run();
	validate(NULL);
	assert_int_equal(found.n, 0);
}

static void a_group_without_machines(void **state)
{
	struct group_spec g = story_group("ghosts", ROLE_NODE);
	components_run();
	story_apply(&s, OBS_GROUP, &g);
	validate(NULL);
	assert_int_equal(found.n, 1);
	expect("InstanceGroup \"ghosts\" is missing from the cloud provider", FINDING_REFUSE, NULL);
	validate("nodes-2a"); /* another group's trouble */
	assert_int_equal(found.n, 0);
	g.karpenter = true; /* has none */
	story_apply(&s, OBS_GROUP, &g);
	validate(NULL);
	assert_int_equal(found.n, 0);
}

static void placeholder_addresses(void **state)
{
	struct dns_record r = { .name = "api." STORY_CLUSTER ".", .type = "A",
		.value = "10.1.2.3" };
	components_run();
	story_apply(&s, OBS_RECORD, &r);
	validate(NULL);
	assert_int_equal(found.n, 0);
	r.value = "203.0.113.123";
	story_apply(&s, OBS_RECORD, &r);
	validate(NULL);
	expect("api." STORY_CLUSTER " still points to kops' placeholder address", FINDING_REFUSE,
		NULL);
}

static void critical_pods(void **state)
{
	static const struct {
		const char *name, *priority, *node;
		enum pod_phase phase;
		unsigned flags;
		const char *told; /* NULL: all is well */
	} rows[] = {
		{ "a", "system-cluster-critical", "i-2a", POD_RUNNING, 0, "\"a\" is not ready" },
		{ "b", "system-cluster-critical", "i-2a", POD_RUNNING, POD_READY, NULL },
		{ "c", "system-cluster-critical", "i-2a", POD_UNKNOWN, 0, "\"c\" is unknown phase" },
		{ "d", "system-cluster-critical", NULL, POD_PENDING, 0, "\"d\" is pending" },
		{ "e", "system-cluster-critical", "i-2a", POD_SUCCEEDED, 0, NULL },
		{ "f", "important", "i-2a", POD_PENDING, 0, NULL },
		{ "g", "system-node-critical", "i-2c", POD_PENDING, 0, NULL }, /* another group's */
		{ "h", "system-node-critical", "i-2a", POD_PENDING, 0, "\"h\" is pending" },
	};
	components_run();
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char uid[128];
		struct pod_shape shape = { .priority_class = rows[i].priority };
		struct pod p = story_pod(uid, sizeof uid, rows[i].name, rows[i].node);
		struct observation gone = { .kind = OBS_POD, .verb = OBS_GONE, .u.pod = &p };
		p.phase = (uint16_t)rows[i].phase;
		p.flags = (uint16_t)(POD_CRITICAL | rows[i].flags);
		p.shape = &shape;
		story_apply(&s, OBS_POD, &p);
		validate("nodes-2a");
		if (rows[i].told) {
			expect(rows[i].told, FINDING_REFUSE, NULL);
		}
		assert_int_equal(found.n, rows[i].told != NULL);
		model_apply(s.m, &gone);
	}
}

/* Looked for where it is not: "nothing to do" would be no answer. */
static void another_region(void **state)
{
	const size_t n = 3;
	const char *const groups[] = { "nodes-2a", "nodes-2c", "control-plane-2a" };
	look();
	assert_null(find("none of the cluster's"));
	for (size_t i = 0; i < n; i++) {
		char name[96];
		snprintf(name, sizeof name, "%s." STORY_CLUSTER, groups[i]);
		struct asg a = { .name = name, .group = groups[i] };
		struct observation gone = { .kind = OBS_ASG, .verb = OBS_GONE, .u.asg = &a };
		model_apply(s.m, &gone);
		look();
		assert_int_equal(i == n - 1, find("none of the cluster's") != NULL);
	}
	expect("AWS has none of the cluster's 3 groups here", FINDING_REFUSE,
		"check the region and the account, or run the update first");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sources_that_do_not_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(the_crowd, setup, teardown),
		cmocka_unit_test_setup_teardown(the_cni_finds_no_slot, setup, teardown),
		cmocka_unit_test_setup_teardown(pods_that_lose_something, setup, teardown),
		cmocka_unit_test_setup_teardown(budgets, setup, teardown),
		cmocka_unit_test_setup_teardown(a_quorum_in_danger, setup, teardown),
		cmocka_unit_test_setup_teardown(a_critical_pod_without_a_place, setup, teardown),
		cmocka_unit_test_setup_teardown(a_subnet_nearly_empty, setup, teardown),
		cmocka_unit_test_setup_teardown(nothing_to_roll, setup, teardown),
		cmocka_unit_test_setup_teardown(credentials_that_end, setup, teardown),
		cmocka_unit_test_setup_teardown(missing_components, setup, teardown),
		cmocka_unit_test_setup_teardown(a_group_without_machines, setup, teardown),
		cmocka_unit_test_setup_teardown(placeholder_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(critical_pods, setup, teardown),
		cmocka_unit_test_setup_teardown(another_region, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
