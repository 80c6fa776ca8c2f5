/* SPDX-License-Identifier: Apache-2.0 */
/* Addons and their switches, what each file of a store is, and the walk through one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/io/loop.h"
#include "core/kops/addon.h"
#include "core/kops/edit.h"
#include "core/kops/store/file.h"
#include "core/kops/store/walk.h"
#include "core/kops/store/what.h"
#include "tests/kops/case.h"

static const char channel[] =
	"kind: Addons\nmetadata:\n  name: bootstrap\nspec:\n  addons:\n"
	"  - id: k8s-1.16\n    manifest: a/k8s-1.16.yaml\n    manifestHash: abc\n    name: a\n"
	"    needsRollingUpdate: all\n"
	"  - manifest: b/v1.yaml\n    manifestHash: def\n    name: b\n    version: 9.99.0\n"
	"  - manifest: nameless\n";

static void test_channel(void **state)
{
	struct addon_list l;
	struct err e = ERR_INIT;

	assert_true(addon_list_read(channel, strlen(channel), &l, &e));
	assert_int_equal(l.n, 2);
	assert_string_equal(addon_find(&l, "a")->rolls, "all");
	assert_string_equal(addon_find(&l, "a")->id, "k8s-1.16");
	assert_null(addon_find(&l, "b")->rolls);
	assert_null(addon_find(&l, "b")->id);
	assert_string_equal(addon_find(&l, "b")->version, "9.99.0");
	assert_null(addon_find(&l, "c"));
	addon_list_release(&l);
	assert_false(addon_list_read("kind: Addons\n", 13, &l, &e));
	assert_int_equal(e.kind, ERR_PARSE);
	addon_list_release(&l);
}

static size_t at(const char *field)
{
	size_t i = 0;

	while (!str_eq(addon_switch_at(i)->field, field)) {
		i++;
	}
	return i;
}

static void test_switches(void **state)
{
	static const char spec[] = "spec:\n  certManager:\n    enabled: true\n"
		"  metricsServer:\n    enabled: false\n  karpenter: {}\n";
	struct addon_switches s;

	addon_switches_read(spec, strlen(spec), &s);
	assert_true(s.readable);
	assert_true(addon_switch_is_on(&s, at("certManager")));
	assert_false(addon_switch_is_on(&s, at("metricsServer")));
	assert_false(addon_switch_is_on(&s, at("karpenter")));
	assert_true(addon_switch_is_on(&s, at("nodeTerminationHandler")));
	assert_string_equal(addon_switch_of("certmanager.io")->field, "certManager");
	assert_null(addon_switch_of("coredns.addons.k8s.io"));
	addon_switches_read("x: [", 4, &s);
	assert_false(s.readable);
}

/* Each switch can be written by the editor, and what it needs is a switch, too. */
static void test_switch_table(void **state)
{
	for (size_t i = 0; addon_switch_at(i); i++) {
		const struct addon_switch *w = addon_switch_at(i);
		char key[64];

		snprintf(key, sizeof(key), "addon.%s", w->field);
		assert_non_null(edit_setting_find(key));
		assert_ptr_equal(addon_switch_named(w->field), w);
		for (size_t k = 0; k < 3 && w->needs[k]; k++) {
			assert_non_null(addon_switch_named(w->needs[k]));
		}
	}
}

static void test_what(void **state)
{
	static const struct {
		const char *path, *begins;
		bool secret;
	} cases[] = {
		{ "config", "the cluster's spec", false },
		{ "instancegroup/nodes-a", "spec of an instance group", false },
		{ "igconfig/node/nodes-a/nodeupconfig.yaml", "what a new node", false },
		{ "addons/bootstrap-channel.yaml", "the list", false },
		{ "addons/x/k8s-1.yaml", "manifest of an addon", false },
		{ "pki/private/kubernetes-ca/keyset.yaml", "PRIVATE KEYS", true },
		{ "pki/ssh/public/admin/0123", "an SSH public key", false },
		{ "pki/something", "part of", true },
		{ "secrets/admin", "SECRET", true },
		{ "backups/etcd/main/control/etcd-cluster-spec", "orders", true },
		{ "left-here", "not known to kops", false },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(str_starts(store_what(cases[i].path)->what, cases[i].begins));
		assert_int_equal(store_what(cases[i].path)->secret, cases[i].secret);
		assert_true(strlen(store_what(cases[i].path)->brief) <= 32);
	}
}

/* Nothing of a key or token gets through, whatever form the file has. */
static void test_masked(void **state)
{
	static const char *const texts[] = {
		("apiVersion: kops.k8s.io/v1alpha2\nkind: Keyset\nspec:\n  keys:\n  - id: \"71\"\n"
		 "    privateMaterial: LS0tSECRET0=\n    publicMaterial: LS0tPUBLIC=\n  type: Keypair\n"),
		"{\"Data\":\"U0VDUkVUSECRET=\"}\n", "SECRET", "SECRET: SECRET",
		"-----BEGIN RSA PRIVATE KEY-----\nMIISECRET+/=\n-----END\n", "a: |\n  SECRET\n",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *masked = store_what_masked(texts[i]);

		assert_null(strstr(masked, "SECRET"));
		assert_non_null(strstr(masked, "****"));
		if (i == 0) {
			assert_non_null(strstr(masked, "privateMaterial: ****"));
			assert_non_null(strstr(masked, "PUBLIC"));
			assert_non_null(strstr(masked, "id: \"71\""));
		}
		free(masked);
	}
}

/* ---- the walk ---- */

struct walked {
	struct strlist names;
	bool done, more;
	struct err err;
};

static bool walked_done(void *ctx)
{
	return ((struct walked *)ctx)->done;
}

static void on_walked(void *ctx, const struct store_entry *v, size_t n, bool more,
	const struct err *e)
{
	struct walked *w = ctx;

	for (size_t i = 0; i < n; i++) {
		strlist_add(&w->names, v[i].name);
	}
	w->done = true;
	w->more = more;
	if (e) {
		err_copy(&w->err, e);
	}
}

static bool enter(void *ctx, const char *folder)
{
	return !str_eq(folder, "backups/");
}

static void put(const char *dir, const char *path)
{
	char *full = file_join(dir, path), *slash = strrchr(full, '/');

	*slash = '\0';
	assert_true(file_mkdirs(full, NULL));
	*slash = '/';
	assert_true(file_write(full, "x", 1, 0644, NULL));
	free(full);
}

static void remove_all(const char *dir)
{
	struct strlist v = { .n = 0 };

	case_list(dir, &v);
	for (size_t i = 0; i < v.n; i++) {
		if (unlink(v.v[i]) != 0) {
			remove_all(v.v[i]);
		}
	}
	strlist_release(&v);
	rmdir(dir);
}

static void test_walk(void **state)
{
	static const char *const want[] = { "addons/a/one.yaml", "addons/b.yaml", "backups/",
		"config", "pki/private/x/y/keyset.yaml" };
	char dir[] = "/tmp/t-addon.XXXXXX";
	struct clock clock;
	struct walked w = { .done = false }, never = { .done = false };

	assert_non_null(mkdtemp(dir));
	put(dir, "c/config");
	put(dir, "c/addons/b.yaml");
	put(dir, "c/addons/a/one.yaml");
	put(dir, "c/pki/private/x/y/keyset.yaml");
	put(dir, "c/backups/etcd/main/huge");
	put(dir, "other/config");
	clock_system(&clock, 1);
	struct loop *loop = loop_new(&clock);
	struct store *s = store_file_new(loop, dir, NULL);
	store_walk_start(s, "c/", enter, on_walked, &w);
	store_walk_cancel(store_walk_start(s, "c/", NULL, on_walked, &never));
	assert_true(loop_run_until(loop, walked_done, &w, 5000));
	assert_false(err_is_set(&w.err));
	assert_false(w.more);
	assert_int_equal(w.names.n, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(w.names.v[i], want[i]);
	}
	assert_false(never.done);
	s->ops->free(s);
	loop_free(loop);
	strlist_release(&w.names);
	remove_all(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_channel),
		cmocka_unit_test(test_switches),
		cmocka_unit_test(test_switch_table),
		cmocka_unit_test(test_what),
		cmocka_unit_test(test_masked),
		cmocka_unit_test(test_walk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
