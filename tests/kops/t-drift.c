/* SPDX-License-Identifier: Apache-2.0 */
/* Drift: every kind of edit against kops' own record of what it applied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/xalloc.h"
#include "core/kops/drift.h"

/* A spec as a user writes it, and what kops made of it: shapes as in real stores. */
#define HEAD "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata:\n  name: x\nspec:\n"
static const char config[] = HEAD
	"  certManager:\n    enabled: true\n"
	"  cloudProvider: aws\n"
	"  kubelet:\n    anonymousAuth: false\n    maxPods: 17\n"
	"  kubernetesVersion: 1.34.2\n"
	"  masterKubelet:\n    maxPods: 30\n"
	"  networking:\n    amazonvpc:\n      env:\n"
	"      - name: WARM_PREFIX_TARGET\n        value: \"1\"\n"
	"  sshAccess:\n  - 0.0.0.0/0\n  - ::/0\n";
static const char completed[] = HEAD
	"  certManager:\n    enabled: true\n    managed: true\n"
	"  cloudProvider: aws\n"
	"  kubeDNS:\n    provider: CoreDNS\n"
	"  kubelet:\n    anonymousAuth: false\n    cgroupRoot: /\n    maxPods: 17\n"
	"  kubernetesVersion: 1.34.2\n"
	"  masterKubelet:\n    anonymousAuth: false\n    cgroupRoot: /\n    maxPods: 30\n"
	"  networking:\n    amazonvpc:\n      env:\n"
	"      - name: WARM_PREFIX_TARGET\n        value: \"1\"\n"
	"  nodeTerminationHandler:\n    enabled: true\n    version: v1.25.5\n"
	"  sshAccess:\n  - 0.0.0.0/0\n  - ::/0\n"
	"  sshKeyName: \"\"\n";

#define GROUP "apiVersion: kops.k8s.io/v1alpha2\nkind: InstanceGroup\nmetadata:\n  name: n\nspec:\n"
static const char group[] = GROUP
	"  kubelet:\n    maxPods: 40\n"
	"  machineType: t3.medium\n"
	"  nodeLabels:\n    kops.k8s.io/instancegroup: n\n    tier: blue\n"
	"  role: Node\n"
	"  taints:\n  - a=b:NoSchedule\n";
static const char nodeup[] =
	"DefaultMachineType: t3.medium\n"
	"KubeletConfig:\n  anonymousAuth: false\n  cgroupRoot: /\n  maxPods: 40\n"
	"  nodeLabels:\n    kops.k8s.io/instancegroup: n\n"
	"    node-role.kubernetes.io/node: \"\"\n    tier: blue\n"
	"  taints:\n  - a=b:NoSchedule\n";

/* text with the first old replaced; owned by the caller. */
static char *with(const char *text, const char *old, const char *new)
{
	const char *at = strstr(text, old);

	assert_non_null(at);
	return xasprintf("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static struct drift_file file(const char *text, int64_t at)
{
	return (struct drift_file){ .text = text, .len = text ? strlen(text) : 0, .at = at };
}

/* The lines joined by "; ", "" for none, "?" when it cannot be told. */
static char *words(struct drift *d)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < d->lines.n; i++) {
		buf_addf(&b, "%s%s", i ? "; " : "", d->lines.v[i]);
	}
	assert_int_equal(d->found == TRI_YES, d->lines.n > 0);
	if (d->found == TRI_UNKNOWN) {
		buf_adds(&b, "?");
	}
	drift_release(d);
	return buf_detach(&b);
}

static const struct edit {
	const char *old, *new, *says;
} cluster_edits[] = {
	{ "kind: Cluster", "kind: Cluster", "" },
	{ "kops.k8s.io/v1alpha2", "kops/v1alpha2", "" }, /* its old name */
	{ "kops.k8s.io/v1alpha2", "kops.k8s.io/v1alpha3", "?" },
	{ "maxPods: 17", "maxPods: 110", "kubelet.maxPods 110 (applied 17)" },
	{ "maxPods: 17", "maxPods: 0x11", "" },
	{ "    maxPods: 17\n", "", "kubelet.maxPods removed (applied 17)" },
	{ "    anonymousAuth: false\n", "", "" }, /* kops fills the same in */
	{ "maxPods: 30", "maxPods: 31", "masterKubelet.maxPods 31 (applied 30)" },
	{ "  masterKubelet:\n    maxPods: 30\n", "", "masterKubelet.maxPods removed (applied 30)" },
	{ "value: \"1\"", "value: \"2\"", "env.WARM_PREFIX_TARGET 2 (applied 1)" },
	{ "WARM_PREFIX_TARGET", "WARM_IP_TARGET",
		"env.WARM_IP_TARGET 1 (applied none); env.WARM_PREFIX_TARGET removed (applied 1)" },
	{ "amazonvpc:\n      env:\n      - name: WARM_PREFIX_TARGET\n        value: \"1\"\n",
		"amazonvpc: {}\n", "env.WARM_PREFIX_TARGET removed (applied 1)" },
	{ "enabled: true", "enabled: false", "certManager.enabled false (applied true)" },
	{ "  certManager:\n    enabled: true\n", "", "certManager removed (applied 2 settings)" },
	{ "  cloudProvider: aws\n", "  cloudProvider: aws\n  clusterAutoscaler:\n    enabled: true\n",
		"clusterAutoscaler.enabled true (applied none)" },
	{ "  cloudProvider: aws\n", "  cloudProvider: aws\n  nodeTerminationHandler:\n"
		"    enabled: false\n", "nodeTerminationHandler.enabled false (applied true)" },
	{ "certManager:\n    enabled: true", "certManager: {}", /* off by default */
		"certManager.enabled removed (applied true)" },
	{ "1.34.2", "1.35.0", "kubernetesVersion 1.35.0 (applied 1.34.2)" },
	{ "1.34.2", "v1.34.2", "" },
	{ "  - ::/0\n", "", "sshAccess 1 entry (applied 2 entries)" },
	{ "spec:", "nothing:", "?" },
};

static void test_cluster_edits(void **state)
{
	for (size_t i = 0; i < sizeof(cluster_edits) / sizeof(cluster_edits[0]); i++) {
		const struct edit *x = &cluster_edits[i];
		char *text = with(config, x->old, x->new);
		struct drift_file a = file(text, 0), b = file(completed, 0);
		struct drift d;

		drift_of_cluster(&a, &b, &d);
		char *said = words(&d);
		assert_string_equal(said, x->says);
		free(said);
		free(text);
	}
}

static const struct edit group_edits[] = {
	{ "role: Node", "role: Node", "" },
	{ "maxPods: 40", "maxPods: 50", "kubelet.maxPods 50 (applied 40)" },
	{ "  kubelet:\n    maxPods: 40\n", "", "kubelet.maxPods removed (applied 40)" },
	{ "t3.medium", "t3.large", "machineType t3.large (applied t3.medium)" },
	{ "t3.medium", "t3.medium,t3a.medium", "" },
	{ "tier: blue", "tier: green", "nodeLabels.tier green (applied blue)" },
	{ "    tier: blue\n", "", "nodeLabels.tier removed (applied blue)" },
	{ "  taints:\n  - a=b:NoSchedule\n", "", "taints removed (applied a=b:NoSchedule)" },
	{ "  - a=b:NoSchedule\n", "  - a=b:NoSchedule\n  - c=d:NoExecute\n",
		"taints c=d:NoExecute (applied none)" },
};

static void test_group_edits(void **state)
{
	for (size_t i = 0; i < sizeof(group_edits) / sizeof(group_edits[0]); i++) {
		const struct edit *x = &group_edits[i];
		char *text = with(group, x->old, x->new);
		struct drift_file a = file(text, 0), b = file(completed, 0), n = file(nodeup, 0);
		struct drift d;

		drift_of_group(&a, &b, &n, &d);
		char *said = words(&d);
		assert_string_equal(said, x->says);
		free(said);
		free(text);
	}
}

/* A group without a value of its own has the cluster's; that is no edit of the group. */
static void test_inherited(void **state)
{
	char *bare = with(group, "  kubelet:\n    maxPods: 40\n", "");
	char *node = with(nodeup, "maxPods: 40", "maxPods: 17");
	struct drift_file a = file(bare, 0), b = file(completed, 0), n = file(node, 0);
	struct drift d;

	drift_of_group(&a, &b, &n, &d);
	char *said = words(&d);
	assert_string_equal(said, "");
	free(said);
	free(node);
	free(bare);
}

/* What is on where nothing is said: taking "off" away is an edit, taking "on" away is none. */
static void test_default(void **state)
{
	char *off = with(completed, "nodeTerminationHandler:\n    enabled: true",
		"nodeTerminationHandler:\n    enabled: false");
	struct drift_file a = file(config, 0), b = file(off, 0);
	struct drift d;

	drift_of_cluster(&a, &b, &d);
	char *said = words(&d);
	assert_string_equal(said, "nodeTerminationHandler removed (applied 2 settings)");
	free(said);
	free(off);
}

/* What kops' reader does not know it drops: after an update that is no drift.  An edit made while
   the update ran is one. */
static void test_dropped(void **state)
{
	char *text = with(config, "  cloudProvider: aws\n", "  cloudProvider: aws\n  MaxPods: 9\n");
	struct drift_file a = file(text, 100000), older = file(completed, 110000),
			  newer = file(completed, 200000), none = { .text = NULL };
	struct drift d;

	drift_of_cluster(&a, &older, &d);
	assert_int_equal(d.found, TRI_YES);
	drift_release(&d);
	drift_of_cluster(&a, &newer, &d);
	assert_int_equal(d.found, TRI_NO);
	drift_release(&d);
	char *less = with(config, "    maxPods: 17\n", "");
	a = file(less, 100000);
	drift_of_cluster(&a, &older, &d);
	assert_int_equal(d.found, TRI_YES);
	drift_release(&d);
	drift_of_cluster(&a, &newer, &d);
	assert_int_equal(d.found, TRI_NO);
	drift_release(&d);
	drift_of_cluster(&a, &none, &d);
	assert_int_equal(d.found, TRI_UNKNOWN);
	assert_non_null(d.note);
	drift_release(&d);
	free(less);
	free(text);
}

/* What is in no record is said not to be known, not said to be applied. */
static void test_not_told(void **state)
{
	struct drift_file a = file(group, 3000), b = file(completed, 2000), n = file(nodeup, 1000);
	struct drift d;

	drift_of_group(&a, &b, &n, &d);
	assert_int_equal(d.found, TRI_NO);
	assert_non_null(d.note);
	a.at = 1500;
	drift_of_group(&a, &b, &n, &d);
	assert_null(d.note);
}

/* What nobody can look through in a moment is not looked through. */
static void test_large(void **state)
{
	struct buf text = BUF_INIT;

	buf_adds(&text, HEAD);
	for (int i = 0; i < 6000; i++) {
		buf_addf(&text, "  x%d: 1\n", i);
	}
	struct drift_file a = file(buf_str(&text), 0), b = file(completed, 0);
	struct drift d;
	drift_of_cluster(&a, &b, &d);
	assert_int_equal(d.found, TRI_YES);
	assert_non_null(d.note);
	assert_true(d.lines.n <= 64);
	drift_release(&d);
	buf_release(&text);
}

/* ---- a store that kops 1.36.2 itself wrote, before and after the story's edit ---- */

static struct buf real[2][8];
static const char *const real_files[] = { "config", "cluster-completed.spec",
	"instancegroup/control-plane-ap-northeast-2a",
	"igconfig/control-plane/control-plane-ap-northeast-2a/nodeupconfig.yaml",
	"instancegroup/nodes-ap-northeast-2a",
	"igconfig/node/nodes-ap-northeast-2a/nodeupconfig.yaml",
	"instancegroup/nodes-ap-northeast-2c",
	"igconfig/node/nodes-ap-northeast-2c/nodeupconfig.yaml" };

static bool real_read(void)
{
	static const char *const when[] = { "before", "after" };
	const char *shared = getenv("SHARED");

	for (size_t w = 0; w < 2; w++) {
		for (size_t i = 0; i < 8; i++) {
			char *path = xasprintf("%s/data/kops-runs/store-%s/mate-technology.app/%s",
				shared ? shared : "../shared", when[w], real_files[i]);
			bool ok = file_read(path, &real[w][i], NULL);

			free(path);
			if (!ok) {
				return false;
			}
		}
	}
	return true;
}

static struct drift_file real_file(size_t when, size_t which)
{
	return file(buf_str(&real[when][which]), 0);
}

static void test_real(void **state)
{
	if (!real_read()) {
		print_message("no real store: skipped\n");
		skip();
	}
	static const char *const says[2][2] = {
		{ "", "kubelet.maxPods removed (applied 110); env.ENABLE_PREFIX_DELEGATION removed "
			"(applied true); env.WARM_PREFIX_TARGET removed (applied 1)" },
		{ "kubelet.maxPods 110 (applied none); env.ENABLE_PREFIX_DELEGATION true "
			"(applied none); env.WARM_PREFIX_TARGET 1 (applied none)", "" },
	};
	for (size_t w = 0; w < 2; w++) {
		for (size_t r = 0; r < 2; r++) {
			struct drift_file a = real_file(w, 0), b = real_file(r, 1);
			struct drift d;

			drift_of_cluster(&a, &b, &d);
			char *said = words(&d);
			assert_string_equal(said, says[w][r]);
			free(said);
		}
		for (size_t g = 2; g < 8; g += 2) {
			struct drift_file a = real_file(w, g), b = real_file(w, 1),
					  n = real_file(w, g + 1);
			struct drift d;

			drift_of_group(&a, &b, &n, &d);
			char *said = words(&d);
			assert_string_equal(said, "");
			free(said);
		}
	}
	for (size_t w = 0; w < 2; w++) {
		for (size_t i = 0; i < 8; i++) {
			buf_release(&real[w][i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cluster_edits),
		cmocka_unit_test(test_group_edits),
		cmocka_unit_test(test_inherited),
		cmocka_unit_test(test_default),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_not_told),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_real),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
