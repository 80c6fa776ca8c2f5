/* SPDX-License-Identifier: Apache-2.0 */
/* aws-node's variables by keys: in the spec, for the moment, restart, and who may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/xalloc.h"
#include "tests/tui/fixture.h"

#define VIEW ": c n i Enter Down Down Down"
#define NAME WORLD_CLUSTER

static void shows(struct fixture *f, const char *text, bool want)
{
	if (fixture_shows(f, text) != want) {
		char *all = fixture_text(f);
		print_error("%s\n", all);
		free(all);
		fail_msg("\"%s\" %s", text, want ? "is missing" : "is there");
	}
}

/* How many lines of the journal hold both. */
static int journal_count(const struct fixture *f, const char *a, const char *b)
{
	char *path = xasprintf("%s/kopscope/journal.jsonl", f->state_home);
	FILE *in = fopen(path, "r");
	char line[4096];
	int n = 0;
	while (in && fgets(line, sizeof(line), in)) {
		n += strstr(line, a) && strstr(line, b);
	}
	if (in) {
		fclose(in);
	}
	free(path);
	return n;
}

static void test_live(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, VIEW " t Enter");
	shows(&f, "nothing is changed yet", true);
	fixture_keys(&f, "Backspace 3 Enter Enter");
	shows(&f, "kops will overwrite this at the next update", true);
	shows(&f, "type " NAME " to write", true);
	assert_null(f.env_set);
	assert_int_equal(journal_count(&f, "", ""), 0);
	fixture_type(&f, NAME);
	fixture_keys(&f, "Enter");
	assert_string_equal(f.env_set, "WARM_PREFIX_TARGET=3");
	assert_int_equal(journal_count(&f, "set-env", "asked"), 1);
	fixture_settle(&f);
	assert_null(f.app.dialog);
	assert_int_equal(journal_count(&f, "set-env", "done"), 1);
	assert_int_equal(journal_count(&f, "\"after\":\"WARM_PREFIX_TARGET=3\"",
		"\"before\":\"WARM_PREFIX_TARGET=1\""), 2);
	shows(&f, "kops will overwrite it at the", true);
	shows(&f, "differs", true);
	shows(&f, "1/3", true);
	/* and back again */
	fixture_keys(&f, "t Backspace 1 Enter");
	fixture_type(&f, NAME);
	fixture_keys(&f, "Enter settle");
	assert_string_equal(f.env_set, "WARM_PREFIX_TARGET=1");
	shows(&f, "differs", false);
	assert_null(f.puts_path);
	fixture_release(&f);
}

static void test_live_unset(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, VIEW " t C-u Enter");
	fixture_type(&f, NAME);
	fixture_keys(&f, "Enter settle");
	assert_string_equal(f.env_set, "WARM_PREFIX_TARGET=-");
	shows(&f, "live is unset, kops makes it \"1\"", true);
	fixture_release(&f);
}

static void test_spec(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	fixture_keys(&f, VIEW " Down e 5 x Enter");
	shows(&f, "WARM_IP_TARGET must be a number", true);
	shows(&f, "refused", true);
	fixture_keys(&f, "Backspace Enter settle");
	shows(&f, "+      - name: WARM_IP_TARGET", true);
	fixture_type(&f, NAME);
	fixture_keys(&f, "Enter settle settle");
	assert_non_null(strstr(f.spec, "- name: WARM_IP_TARGET\n        value: \"5\"\n"));
	shows(&f, "u shows and applies the update", true);
	assert_int_equal(journal_count(&f, "\"action\":\"edit\"", "done"), 1);
	assert_null(f.env_set);
	fixture_release(&f);
}

/* :env NAME=VALUE, for one that has no row yet too. */
static void test_typed(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	fixture_keys(&f, ": c n i Enter e");
	assert_null(f.app.dialog); /* the image's row */
	fixture_keys(&f, ":");
	fixture_type(&f, "env NEW_THING=a b");
	fixture_keys(&f, "Enter");
	shows(&f, "NEW_THING", true);
	shows(&f, "[a b     ]", true);
	fixture_keys(&f, "Esc :");
	fixture_type(&f, "env ENABLE_IPv6=true");
	fixture_keys(&f, "Enter");
	shows(&f, "ENABLE_IPv6 has no effect: kops overwrites it", true);
	fixture_release(&f);
}

static void test_model_leads_on(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	fixture_keys(&f, "2 n m Enter");
	shows(&f, "no target is changed yet", true);
	fixture_keys(&f, "Down Right Right Down PgUp Up Up Up Space Right t");
	shows(&f, "TEMPORARY", true);
	shows(&f, "[true    ]", true);
	shows(&f, "[2       ]", true);
	shows(&f, "[10      ]", true);
	fixture_keys(&f, "Enter");
	fixture_type(&f, NAME);
	fixture_keys(&f, "Enter settle");
	assert_string_equal(f.env_set,
		"ENABLE_PREFIX_DELEGATION=true WARM_IP_TARGET=2 MINIMUM_IP_TARGET=10");
	fixture_release(&f);
}

static void test_restart(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "2 n r Enter");
	assert_null(f.env_set);
	fixture_type(&f, NAME);
	fixture_keys(&f, "Enter settle");
	assert_string_equal(f.env_set, "restart kube-system/aws-node");
	assert_int_equal(journal_count(&f, "restart", "done"), 1);
	fixture_release(&f);
}

static void test_readonly(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_READONLY, 80, 24, false);
	fixture_keys(&f, VIEW " t");
	assert_null(f.app.dialog);
	fixture_keys(&f, "m Right");
	shows(&f, "e spec", false);
	fixture_keys(&f, "t");
	shows(&f, "read-only", true);
	fixture_keys(&f, "Enter");
	shows(&f, "Addresses against pods", true);
	fixture_release(&f);
}

static enum tri nothing_allowed(struct kube *k, enum kube_verb_id verb, const char **why)
{
	*why = "RBAC: patch daemonsets is denied";
	return TRI_NO;
}

static void test_denied(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	struct kube_ops ops = *f.kube.ops;
	ops.allowed = nothing_allowed;
	f.kube.ops = &ops;
	fixture_keys(&f, VIEW);
	shows(&f, "t live", false);
	shows(&f, "e edit", true); /* the spec is another matter */
	fixture_keys(&f, "t");
	shows(&f, "RBAC: patch daemonsets is denied", true);
	assert_null(f.app.dialog);
	fixture_keys(&f, "m Right t");
	shows(&f, "RBAC: patch daemonsets is denied", true);
	fixture_keys(&f, "Esc r");
	assert_null(f.app.dialog);
	assert_null(f.env_set);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_live), cmocka_unit_test(test_live_unset),
		cmocka_unit_test(test_spec), cmocka_unit_test(test_typed),
		cmocka_unit_test(test_model_leads_on), cmocka_unit_test(test_restart),
		cmocka_unit_test(test_readonly), cmocka_unit_test(test_denied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
