/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the stand-in renders from the specs of a real cluster, against what kops
 * 1.36.2 made of the same specs (the shared folder's store-before and -after).
 */
#include "lab/store.h"

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

#define CLUSTER "mate-technology.app"
static const char *const groups[] = { "control-plane-ap-northeast-2a", "nodes-ap-northeast-2a",
	"nodes-ap-northeast-2c" };
static const char *const stores[] = { "store-before", "store-after" };

/* The file's text; NULL: not here. */
static char *real_file(const char *store, const char *name)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char *root = shared ? xstrdup(shared) : file_join(srcdir ? srcdir : ".", "../shared");
	char *path = xasprintf("%s/data/kops-runs/%s/" CLUSTER "/%s", root, store, name);
	struct buf b = BUF_INIT;
	bool ok = file_read(path, &b, NULL);

	free(path);
	free(root);
	if (!ok) {
		buf_release(&b);
		return NULL;
	}
	return buf_detach(&b);
}

static bool real_specs(const char *store, struct store_specs *s)
{
	char *text = real_file(store, "config");

	memset(s, 0, sizeof(*s));
	if (!text)
		return false;
	s->name = xstrdup(CLUSTER);
	s->cluster = tree_of(text);
	free(text);
	for (size_t i = 0; i < 3; i++) {
		char *name = xasprintf("instancegroup/%s", groups[i]);

		text = real_file(store, name);
		assert_non_null(text);
		s->groups = xgrow(s->groups, &s->cap, s->n, sizeof(*s->groups));
		s->groups[s->n++] = tree_of(text);
		free(text);
		free(name);
	}
	return true;
}

static const struct store_vars vars = { .cluster = CLUSTER, .base = "s3://pkos-state/" CLUSTER,
	.version = "1.34.2", .region = "ap-northeast-2", .type = "t3.medium" };

static char *written(const struct tree *t)
{
	struct buf b = BUF_INIT;

	assert_non_null(t);
	tree_write(t, &b);
	return buf_detach(&b);
}

static void same_part(const struct tree *ours, const struct tree *theirs, const char *path)
{
	char *a = written(tree_at(ours, path)), *b = written(tree_at(theirs, path));

	assert_string_equal(a, b);
	free(a);
	free(b);
}

static void t_completed_spec(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct store_specs s;
		struct tree *t;
		char *ours, *theirs;

		if (!real_specs(stores[i], &s)) {
			print_message("no recorded stores here\n");
			skip();
			return;
		}
		t = store_completed(&s, &vars);
		ours = written(t);
		theirs = real_file(stores[i], "cluster-completed.spec");
		assert_string_equal(ours, theirs);
		free(ours);
		free(theirs);
		tree_free(t);
		store_specs_release(&s);
	}
}

static void nodeup_matches(const char *store, const struct store_specs *s, size_t group)
{
	static const char *const parts[] = { "KubeletConfig", "KubeProxy", "Networking",
		"containerdConfig", "DefaultMachineType", "KubernetesVersion", "usesNoneDNS" };
	struct store_vars v = vars;
	struct tree *completed = store_completed(s, &vars), *ours, *theirs;
	char *name = xasprintf("igconfig/%s/%s/nodeupconfig.yaml",
		store_group_role(s->groups[group]), groups[group]);
	char *text = real_file(store, name);

	assert_non_null(text);
	v.group = groups[group];
	ours = store_nodeup(completed, s->groups[group], &v);
	theirs = tree_of(text);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		same_part(ours, theirs, parts[i]);
	if (group == 0) {
		same_part(ours, theirs, "APIServerConfig.KubeAPIServer");
		same_part(ours, theirs, "ControlPlaneConfig");
		same_part(ours, theirs, "etcdManifests");
	}
	tree_free(ours);
	tree_free(theirs);
	tree_free(completed);
	free(text);
	free(name);
}

static void t_nodeup(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct store_specs s;

		if (!real_specs(stores[i], &s)) {
			skip();
			return;
		}
		for (size_t g = 0; g < 3; g++)
			nodeup_matches(stores[i], &s, g);
		store_specs_release(&s);
	}
}

/* The environment of container aws-node in a manifest of several documents. */
static char *aws_node_env(const char *text)
{
	const char *at = strstr(text, "kind: DaemonSet");
	const struct tree *list;
	struct tree *t;
	char *out = NULL;

	assert_non_null(at);
	while (at > text && strncmp(at, "apiVersion:", 11))
		at--;
	t = tree_of(at);
	list = tree_at(t, "spec.template.spec.containers");
	for (size_t i = 0; list && i < list->n; i++) {
		if (str_eq(tree_text(list->items[i], "name"), "aws-node"))
			out = written(tree_at(list->items[i], "env"));
	}
	tree_free(t);
	return out;
}

static void t_cni_env(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct store_specs s;
		struct tree *completed;
		char *ours, *theirs, *a, *b;

		if (!real_specs(stores[i], &s)) {
			skip();
			return;
		}
		completed = store_completed(&s, &vars);
		ours = store_cni_manifest(completed, &vars);
		theirs = real_file(stores[i],
			"addons/networking.amazon-vpc-routed-eni/k8s-1.16.yaml");
		a = aws_node_env(ours);
		b = aws_node_env(theirs);
		assert_string_equal(a, b);
		free(a);
		free(b);
		free(ours);
		free(theirs);
		tree_free(completed);
		store_specs_release(&s);
	}
}

/* The n characters behind the first mark, from one text into the other. */
static void copy_value(char *into, const char *from, const char *mark, size_t n)
{
	char *a = strstr(into, mark);
	const char *b = strstr(from, mark);

	if (a && b)
		memcpy(a + strlen(mark), b + strlen(mark), n);
}

/*
 * The text of a dry run: our diff of the two recorded stores must be found in
 * the dry run that kops printed between them, line for line.
 */
static void t_dry_run_text(void **state)
{
	static const char *const files[] = { "cluster-completed.spec",
		"igconfig/node/nodes-ap-northeast-2a/nodeupconfig.yaml",
		"igconfig/node/nodes-ap-northeast-2c/nodeupconfig.yaml",
		"addons/networking.amazon-vpc-routed-eni/k8s-1.16.yaml",
		"addons/bootstrap-channel.yaml" };
	char *report = real_file("store-after", "../../story/update-dryrun.stdout");

	(void)state;
	if (!report) {
		skip();
		return;
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *old = real_file("store-before", files[i]);
		char *new = real_file("store-after", files[i]);
		struct strlist lines = { 0 };
		struct buf want = BUF_INIT;

		/* store-before is of an earlier creation, which also made keys of its own */
		copy_value(old, new, "  creationTimestamp: \"", 20);
		copy_value(old, new, "  kubernetes-ca: \"", 28);
		kops_diff(old, new, &lines);
		assert_true(lines.n > 4);
		for (size_t k = 0; k < lines.n; k++)
			buf_addf(&want, "  \t%-20s\t%s\n", "", lines.v[k]);
		if (!strstr(report, buf_str(&want)))
			fail_msg("not in the recorded dry run:\n%s", buf_str(&want));
		buf_release(&want);
		strlist_release(&lines);
		free(old);
		free(new);
	}
	free(report);
}

/* cluster < masterKubelet < group, on kops' own merge of the three. */
static void t_precedence(void **state)
{
	static const struct {
		const char *cluster, *master, *group;
		int64_t worker, control_plane; /* -1: unset */
	} cases[] = {
		{ NULL, NULL, NULL, -1, -1 },
		{ "110", NULL, NULL, 110, 110 },
		{ "110", "20", NULL, 110, 20 },
		{ NULL, "20", NULL, -1, 20 },
		{ "110", "20", "50", 50, 50 },
		{ "110", NULL, "0", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct store_specs s = { .name = (char *)CLUSTER };

		s.cluster = tree_of("kind: Cluster\nmetadata: {name: " CLUSTER "}\n"
			"spec: {networking: {amazonvpc: {}}}\n");
		if (cases[i].cluster)
			tree_set_text(s.cluster, "spec.kubelet.maxPods", cases[i].cluster, false);
		if (cases[i].master)
			tree_set_text(s.cluster, "spec.masterKubelet.maxPods", cases[i].master,
				false);
		for (int cp = 0; cp < 2; cp++) {
			struct tree *g = tree_of(cp ? "metadata: {name: cp}\nspec: {role: Master}\n"
						    : "metadata: {name: n}\nspec: {role: Node}\n");
			struct tree *completed = store_completed(&s, &vars), *n;
			int64_t v = -1;

			if (cases[i].group)
				tree_set_text(g, "spec.kubelet.maxPods", cases[i].group, false);
			n = store_nodeup(completed, g, &vars);
			tree_int(n, "KubeletConfig.maxPods", &v);
			assert_int_equal(v, cp ? cases[i].control_plane : cases[i].worker);
			tree_free(n);
			tree_free(completed);
			tree_free(g);
		}
		tree_free(s.cluster);
	}
}

static void t_env_rules(void **state)
{
	struct tree *completed = tree_of("spec:\n  networking:\n    amazonvpc:\n      env:\n"
		"      - {name: WARM_PREFIX_TARGET, value: '1'}\n"
		"      - {name: WARM_PREFIX_TARGET, value: '3'}\n"
		"      - {name: ENABLE_IPv6, value: 'true'}\n"
		"      - {name: AAA, value: x}\n");
	char *manifest = store_cni_manifest(completed, &vars), *env = aws_node_env(manifest);

	(void)state;
	/* the last of two wins, forced ones are forced, and all is sorted */
	assert_non_null(strstr(env, "- name: WARM_PREFIX_TARGET\n  value: \"3\"\n"));
	assert_null(strstr(env, "- name: WARM_PREFIX_TARGET\n  value: \"1\"\n"));
	assert_non_null(strstr(env, "- name: ENABLE_IPv6\n  value: \"false\"\n"));
	assert_true(str_starts(env, "- name: AAA\n  value: x\n- name: ADDITIONAL_ENI_TAGS\n"));
	free(env);
	free(manifest);
	tree_free(completed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_completed_spec),
		cmocka_unit_test(t_nodeup),
		cmocka_unit_test(t_cni_env),
		cmocka_unit_test(t_dry_run_text),
		cmocka_unit_test(t_precedence),
		cmocka_unit_test(t_env_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
