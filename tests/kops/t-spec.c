/* SPDX-License-Identifier: Apache-2.0 */
/* Reading stored specs: the story's store, kops' own test specs, and what kops cannot read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/kops/document.h"
#include "core/kops/spec.h"
#include "tests/kops/case.h"

#define CLUSTER "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n  name: a.b\nspec:\n"
#define ENV "  networking:\n    amazonvpc:\n      env:\n"
#define GROUP "apiVersion: kops.k8s.io/v1alpha2\nkind: InstanceGroup\nmetadata:\n  name: g\nspec:\n"

static bool read_cluster(struct arena *a, const char *text, struct cluster_spec *c, struct err *e)
{
	return spec_read_cluster(text, strlen(text), a, c, e);
}

static bool read_group(struct arena *a, const char *text, struct group_spec *g, struct err *e)
{
	return spec_read_group(text, strlen(text), "a.b", a, g, e);
}

static void test_story_store(void **state)
{
	char *dir = case_shared("kops-runs/store-after/mate-technology.app");
	struct arena *a = arena_new();
	struct buf text = BUF_INIT;
	struct cluster_spec c;
	struct group_spec g;
	struct err e = ERR_INIT;

	if (!dir) {
		arena_free(a);
		skip();
	}
	assert_true(case_read(dir, "config", &text));
	assert_true(spec_read_cluster(buf_str(&text), text.len, a, &c, &e));
	assert_string_equal(c.name, "mate-technology.app");
	assert_string_equal(c.kubernetes_version, "1.34.2");
	assert_string_equal(c.region, "ap-northeast-2");
	assert_string_equal(c.cloud, "aws");
	assert_string_equal(c.networking, "amazonvpc");
	assert_string_equal(c.network_cidr, "172.30.0.0/16");
	assert_string_equal(c.config_base, "s3://pkos-state/mate-technology.app");
	assert_string_equal(c.channel, "stable");
	assert_string_equal(c.dns_type, "None");
	assert_string_equal(c.api_lb_class, "Network");
	assert_int_equal(c.max_pods, 110);
	assert_int_equal(c.max_pods_line, 41);
	assert_int_equal(c.cp_max_pods, -1);
	assert_int_equal(c.nenv, 2);
	assert_string_equal(c.env[0].name, "ENABLE_PREFIX_DELEGATION");
	assert_string_equal(c.env[0].value, "true");
	assert_int_equal(c.env[0].line, 50);
	assert_string_equal(c.env[1].value, "1");
	assert_int_equal(c.nsubnets, 2);
	assert_string_equal(c.subnets[1].cidr, "172.30.128.0/17");
	assert_null(c.subnets[1].id);
	assert_int_equal(c.rolling.max_surge.value, -1);
	assert_true(c.created == stamp_parse("2026-11-22T13:44:38Z"));
	assert_null(c.problem);
	buf_clear(&text);
	assert_true(case_read(dir, "instancegroup/nodes-ap-northeast-2c", &text));
	assert_true(spec_read_group(buf_str(&text), text.len, c.name, a, &g, &e));
	assert_string_equal(g.cluster, "mate-technology.app");
	assert_string_equal(g.name, "nodes-ap-northeast-2c");
	assert_int_equal(g.role, ROLE_NODE);
	assert_string_equal(g.machine_type, "t3.medium");
	assert_int_equal(g.ntypes, 1);
	assert_int_equal(g.min_size, 1);
	assert_int_equal(g.nsubnets, 1);
	assert_int_equal(g.nnode_labels, 1);
	assert_string_equal(g.node_labels[0].key, "kops.k8s.io/instancegroup");
	buf_release(&text);
	arena_free(a);
	free(dir);
}

/* Every document of kops' own tests can be read, as kops can. */
static void test_specs_of_kops(void **state)
{
	char *dir = case_shared("kops-specs");
	struct strlist files = { .n = 0 };
	size_t clusters = 0, groups = 0;

	if (!dir) {
		skip();
	}
	case_list(dir, &files);
	for (size_t i = 0; i < files.n; i++) {
		struct arena *a = arena_new();
		struct buf text = BUF_INIT;

		assert_true(case_read_file(files.v[i], &text));
		for (const char *p = buf_str(&text); p && str_ends(files.v[i], ".yaml");) {
			const char *end = strstr(p, "\n---\n");
			size_t n = end ? (size_t)(end + 1 - p) : strlen(p);
			struct document d;
			struct err e = ERR_INIT;
			struct cluster_spec c;
			struct group_spec g;
			bool ok = document_parse(&d, p, n, &e);

			if (ok && d.kind == DOCUMENT_CLUSTER) {
				ok = spec_read_cluster(p, n, a, &c, &e);
				clusters++;
				assert_true(!ok || (c.name && c.networking));
				assert_true(!ok || c.kubernetes_version);
				/* no subnet, no region */
				assert_true(!ok || (c.region ? 1 : 0) == (c.nsubnets ? 1 : 0));
			} else if (ok) {
				ok = spec_read_group(p, n, "x", a, &g, &e);
				groups++;
				assert_true(!ok || (g.name && g.role != ROLE_UNKNOWN &&
					(g.ntypes || g.karpenter)));
			} else {
				ok = true; /* additional objects, secrets */
			}
			if (!ok) {
				fail_msg("%s: %s", files.v[i], e.text);
			}
			document_release(&d);
			p = end ? end + 5 : NULL;
		}
		buf_release(&text);
		arena_free(a);
	}
	assert_true(clusters > 50 && groups > 100);
	strlist_release(&files);
	free(dir);
}

static void test_group_defaults(void **state)
{
	static const struct {
		const char *role;
		enum role want;
		int32_t size;
	} rows[] = {
		{ "Master", ROLE_CONTROL_PLANE, 1 }, { "ControlPlane", ROLE_CONTROL_PLANE, 1 },
		{ "Bastion", ROLE_BASTION, 1 }, { "Node", ROLE_NODE, 2 },
		{ "APIServer", ROLE_APISERVER, 2 }, { "node", ROLE_UNKNOWN, 2 },
	};
	struct arena *a = arena_new();
	struct group_spec g;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char text[256];

		snprintf(text, sizeof(text), GROUP "  role: %s\n", rows[i].role);
		assert_true(read_group(a, text, &g, NULL));
		assert_int_equal(g.role, rows[i].want);
		assert_int_equal(g.min_size, rows[i].size);
		assert_int_equal(g.max_size, rows[i].size);
		assert_int_equal(g.max_pods, -1);
		assert_int_equal(g.ntypes, 0);
	}
	arena_free(a);
}

static void test_group_all(void **state)
{
	struct arena *a = arena_new();
	struct group_spec g;

	assert_true(read_group(a, GROUP
		"  role: Node\n  machineType: m5.large,m5.xlarge\n  minSize: 0\n  maxSize: 0x10\n"
		"  kubelet:\n    maxPods: 0x6e\n"
		"  mixedInstancesPolicy:\n    instances: [m5.large, t3.large]\n"
		"  taints: ['a/b=c:NoSchedule', d:NoExecute]\n"
		"  warmPool: {maxSize: 2}\n"
		"  rollingUpdate: {maxSurge: '25%', maxUnavailable: 1, drainAndTerminate: false}\n",
		&g, NULL));
	assert_string_equal(g.machine_type, "m5.large");
	assert_int_equal(g.ntypes, 2);
	assert_string_equal(g.types[1], "t3.large");
	assert_int_equal(g.min_size, 0);
	assert_int_equal(g.max_size, 16);
	assert_int_equal(g.max_pods, 110);
	assert_int_equal(g.max_pods_line, 11);
	assert_int_equal(g.ntaints, 2);
	assert_string_equal(g.taints[0].key, "a/b");
	assert_string_equal(g.taints[0].value, "c");
	assert_string_equal(g.taints[0].effect, "NoSchedule");
	assert_string_equal(g.taints[1].key, "d");
	assert_string_equal(g.taints[1].effect, "NoExecute");
	assert_true(g.warm_pool);
	assert_int_equal(g.rolling.max_surge.value, 25);
	assert_true(g.rolling.max_surge.percent);
	assert_int_equal(g.rolling.max_unavailable.value, 1);
	assert_int_equal(g.rolling.drain_and_terminate, TRI_NO);
	assert_true(read_group(a, GROUP "  manager: Karpenter\n  machineType: a,b,c\n", &g, NULL));
	assert_true(g.karpenter);
	assert_int_equal(g.ntypes, 3);
	assert_true(read_group(a, GROUP "  machineType: a,b,c\n  warmPool: {maxSize: 0}\n", &g,
		NULL));
	assert_int_equal(g.ntypes, 1);
	assert_false(g.warm_pool);
	arena_free(a);
}

static void test_alpha3(void **state)
{
	struct arena *a = arena_new();
	struct cluster_spec c;

	assert_true(read_cluster(a, "apiVersion: kops.k8s.io/v1alpha3\nkind: Cluster\n"
		"metadata: {name: x.y}\nspec:\n  cloudProvider:\n    aws: {}\n"
		"  configStore: {base: s3://b/x.y}\n  controlPlaneKubelet: {maxPods: 7}\n"
		"  kubernetesVersion: v1.35.0\n"
		"  networking:\n    networkCIDR: 10.0.0.0/8\n    amazonVPC: {image: i}\n"
		"    subnets: [{name: s, zone: eu-west-1b}]\n    topology: {dns: Private}\n", &c,
		NULL));
	assert_string_equal(c.cloud, "aws");
	assert_string_equal(c.networking, "amazonvpc");
	assert_string_equal(c.cni_image, "i");
	assert_string_equal(c.region, "eu-west-1");
	assert_string_equal(c.dns_type, "Private");
	assert_string_equal(c.config_base, "s3://b/x.y");
	assert_string_equal(c.kubernetes_version, "1.35.0");
	assert_int_equal(c.cp_max_pods, 7);
	arena_free(a);
}

static void test_first_document_and_duplicates(void **state)
{
	struct arena *a = arena_new();
	struct cluster_spec c;

	assert_true(read_cluster(a, "apiVersion: kops/v1alpha2\nkind: Cluster\n"
		"metadata: {name: x.y}\nspec:\n  kubelet:\n    maxPods: 10\n    maxPods: 20\n"
		"    MaxPods: 30\n---\n\tbroken\n", &c, NULL));
	assert_int_equal(c.max_pods, 20);
	assert_int_equal(c.max_pods_line, 7);
	arena_free(a);
}

static void test_problems(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ CLUSTER ENV "      - name: A\n        value: true\n", "line 10:" },
		{ CLUSTER ENV "      - name: A\n        value: 1\n", "a string" },
		{ CLUSTER "  networking:\n    amazonvpc:\n      env: {A: b}\n", "line 8:" },
		{ CLUSTER "  kubelet:\n    maxPods: \"110\"\n", "line 7:" },
		{ CLUSTER "  kubelet:\n    maxPods: 1.5\n", "whole number" },
		{ CLUSTER "  kubelet:\n    maxPods: 99999999999\n", "32 bits" },
		{ CLUSTER "  masterKubelet:\n    maxPods: []\n", "line 7:" },
		{ CLUSTER "  kubernetesVersion: 1.34\n", "kubernetesVersion must be a string" },
		{ CLUSTER "  kubelet: [\n", "line" },
		{ GROUP "  role: Node\n", "a Cluster is expected" },
		{ "kind: Cluster\n", "apiVersion" },
		{ "apiVersion: v1\nkind: Cluster\n", "line 1:" },
		{ CLUSTER "  rollingUpdate:\n    maxSurge: some\n", "line 7:" },
		{ CLUSTER "  rollingUpdate:\n    maxUnavailable: \"-5%\"\n", "a percentage" },
		{ CLUSTER "  rollingUpdate:\n    drainAndTerminate: perhaps\n", "true or false" },
		{ CLUSTER "  rollingUpdate:\n    drainAndTerminate: [true]\n", "line 7:" },
		{ "", "empty" },
		{ "- a\n", "mapping" },
	};
	struct arena *a = arena_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cluster_spec c;
		struct err e = ERR_INIT;

		assert_false(read_cluster(a, rows[i].text, &c, &e));
		assert_int_equal(e.kind, ERR_PARSE);
		assert_non_null(c.problem);
		assert_string_equal(c.problem, e.text);
		if (!strstr(e.text, rows[i].words)) {
			fail_msg("\"%s\" is not in: %s", rows[i].words, e.text);
		}
	}
	arena_free(a);
}

static void test_name_survives_a_problem(void **state)
{
	struct arena *a = arena_new();
	struct cluster_spec c;

	assert_false(read_cluster(a, CLUSTER "  kubelet:\n    maxPods: many\n  channel: x\n", &c,
		NULL));
	assert_string_equal(c.name, "a.b");
	assert_string_equal(c.channel, "x");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_story_store),
		cmocka_unit_test(test_specs_of_kops),
		cmocka_unit_test(test_group_defaults),
		cmocka_unit_test(test_group_all),
		cmocka_unit_test(test_alpha3),
		cmocka_unit_test(test_first_document_and_duplicates),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_name_survives_a_problem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
