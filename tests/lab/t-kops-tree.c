/* SPDX-License-Identifier: Apache-2.0 */
/* The stand-in's YAML: what kops wrote comes out byte for byte; changes and diffs. */
#include "lab/kops/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kops.h"
#include "lab/store.h"

static char *written(const struct tree *t)
{
	struct buf b = BUF_INIT;

	tree_write(t, &b);
	return buf_detach(&b);
}

static void rewrites_to(const char *in, const char *want)
{
	struct tree *t = tree_of(in);
	char *got = written(t);

	assert_string_equal(got, want);
	free(got);
	tree_free(t);
}

static void t_writes_as_kops(void **state)
{
	(void)state;
	/* sorted, sequences not indented, comments gone, the last of two keys */
	rewrites_to("b: 1 # one\na:\n    - x\n    - y: 2\n      k: [p, q]\nb: 2\n",
		"a:\n- x\n- k:\n  - p\n  - q\n  \"y\": 2\nb: 2\n");
	rewrites_to("a: {}\nb: []\nc: ~\nd:\n", "a: {}\nb: []\nc: null\nd: null\n");
	/* strings that would read as something else keep quotes, numbers become decimal */
	rewrites_to("a: 'true'\nb: \"110\"\nc: 0x6e\nd: ''\ne: 1.34.2\nf: '2026-11-22T13:04:17Z'\n",
		"a: \"true\"\nb: \"110\"\nc: 110\nd: \"\"\ne: 1.34.2\nf: "
		"\"2026-11-22T13:04:17Z\"\n");
	rewrites_to("a: '::/0'\nb: '-addr=:1'\nc: '{\"k\":1}'\nd: 'it''s: so'\ne: "
		"\"two\\nlines\"\n",
		"a: ::/0\nb: -addr=:1\nc: '{\"k\":1}'\nd: 'it''s: so'\ne: |-\n  two\n  lines\n");
}

static void t_changes(void **state)
{
	struct tree *t = tree_of("spec:\n  kubelet:\n    anonymousAuth: false\n"), *copy;
	int64_t n;
	char *text;

	(void)state;
	assert_false(tree_int(t, "spec.kubelet.maxPods", &n));
	tree_set_text(t, "spec.kubelet.maxPods", "110", false);
	assert_true(tree_int(t, "spec.kubelet.maxPods", &n));
	assert_int_equal(n, 110);
	tree_set_text(t, "metadata.labels.[kops.k8s.io/cluster]", "a.b", true);
	assert_string_equal(tree_text(t, "metadata.labels.[kops.k8s.io/cluster]"), "a.b");
	copy = tree_copy(t);
	tree_set(t, "spec.kubelet", NULL);
	assert_null(tree_at(t, "spec.kubelet"));
	tree_merge(t, copy);
	text = written(t);
	assert_string_equal(text, "metadata:\n  labels:\n    kops.k8s.io/cluster: a.b\nspec:\n"
		"  kubelet:\n    anonymousAuth: false\n    maxPods: 110\n");
	free(text);
	tree_free(copy);
	tree_free(t);
}

static void t_json(void **state)
{
	struct tree *t = tree_of("b: [1, 'x', true]\na: {c: ~, d: \"1\"}\n");
	struct buf b = BUF_INIT;

	(void)state;
	tree_write_json(t, &b);
	assert_string_equal(buf_str(&b), "{\"a\":{\"c\":null,\"d\":\"1\"},\"b\":[1,\"x\",true]}");
	buf_release(&b);
	tree_free(t);
}

static void diff_is(const char *old, const char *new, const char *want)
{
	struct strlist lines = { 0 };
	struct buf b = BUF_INIT;

	kops_diff(old, new, &lines);
	for (size_t i = 0; i < lines.n; i++)
		buf_addf(&b, "%s\n", lines.v[i]);
	assert_string_equal(buf_str(&b), want);
	buf_release(&b);
	strlist_release(&lines);
}

static void t_diff(void **state)
{
	(void)state;
	diff_is("1\n2\n3\n4\n5\n6\n7\n", "1\n2\n3\nX\n5\n6\n7\n", "...\n  2\n  3\n+ X\n- 4\n  5\n  "
		"6\n"
		"...\n");
	diff_is("a\nb\n", "a\nb\nc\n", "  a\n  b\n+ c\n  \n");
	diff_is("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "0\n1\n2\n3\n4\n5\n6\n7\n8\n",
		"+ 0\n  1\n  2\n...\n  7\n  8\n- 9\n  \n");
	diff_is("same\n", "same\n", "...\n");
}

static void t_schema(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "kind: Cluster\nspec: {kubelet: {maxPods: 110}}\n", true },
		{ "kind: Cluster\nspec: {kubelet: {maxPods: ~}}\n", true },
		{ "kind: Cluster\nspec: {kubelet: {maxPods: 0x6e}}\n", true },
		{ "kind: Cluster\nspec: {kubelet: {maxPods: '110'}}\n", false },
		{ "kind: Cluster\nspec: {kubelet: {maxPods: 1.5}}\n", false },
		{ "kind: Cluster\nspec: {masterKubelet: {maxPods: 99999999999}}\n", false },
		{ "kind: InstanceGroup\nspec: {kubelet: {maxPods: [1]}}\n", false },
		{ "kind: Cluster\nspec: {networking: {amazonvpc: {env: [{name: A, value: "
			"'true'}]}}}\n",
		  true },
		{ "kind: Cluster\nspec: {networking: {amazonvpc: {env: [{name: A, value: "
			"true}]}}}\n",
		  false },
		{ "kind: Cluster\nspec: {networking: {amazonvpc: {env: [{name: A, value: 1}]}}}\n",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct tree *t = tree_of(cases[i].text);

		assert_int_equal(store_schema_check(t, "config", NULL), cases[i].good);
		tree_free(t);
	}
}

static void t_unknown_fields_go(void **state)
{
	struct tree *t = tree_of("kind: Cluster\nspec:\n  kubelet: {MaxPods: 5, maxPods: 6}\n"
		"  networking: {amazonVPC: {}}\n  controlPlaneKubelet: {maxPods: 7}\n");
	char *text;

	(void)state;
	store_schema_filter(t);
	text = written(t);
	assert_string_equal(text, "kind: Cluster\nspec:\n  kubelet:\n    maxPods: 6\n"
		"  networking: {}\n");
	free(text);
	tree_free(t);
}

/* Files that a real kops 1.36.2 wrote, read and written again. */
static void t_real_files(void **state)
{
	static const char *const files[] = { "config", "cluster-completed.spec",
		"instancegroup/control-plane-ap-northeast-2a",
		"instancegroup/nodes-ap-northeast-2a",
		"igconfig/control-plane/control-plane-ap-northeast-2a/nodeupconfig.yaml",
		"igconfig/node/nodes-ap-northeast-2a/nodeupconfig.yaml",
		"addons/bootstrap-channel.yaml", "manifests/channels/kops-channels.yaml",
		"manifests/etcd/main-control-plane-ap-northeast-2a.yaml" };
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char *root = shared ? xstrdup(shared) : file_join(srcdir ? srcdir : ".", "../shared");

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *path = xasprintf("%s/data/kops-runs/store-after/mate-technology.app/%s", root,
			files[i]);
		struct buf b = BUF_INIT;

		if (!file_read(path, &b, NULL)) {
			print_message("not here: %s\n", files[i]);
			buf_release(&b);
			free(path);
			free(root);
			skip();
			return;
		}
		rewrites_to(buf_str(&b), buf_str(&b));
		buf_release(&b);
		free(path);
	}
	free(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_writes_as_kops),
		cmocka_unit_test(t_changes),
		cmocka_unit_test(t_json),
		cmocka_unit_test(t_diff),
		cmocka_unit_test(t_schema),
		cmocka_unit_test(t_unknown_fields_go),
		cmocka_unit_test(t_real_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
