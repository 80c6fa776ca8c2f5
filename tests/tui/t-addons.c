/* SPDX-License-Identifier: Apache-2.0 */
/* Switching addons, and looking at files of the store, with what must not happen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/xalloc.h"
#include "tests/tui/fixture.h"

#define ADDONS ": a d d o n s Enter settle "

static void begin(struct fixture *f, enum fixture_kind kind, const char *keys)
{
	fixture_init(f, kind, 120, 40, false);
	fixture_keys(f, keys);
}

static bool spec_has(const struct fixture *f, const char *text)
{
	return strstr(f->spec, text) != NULL;
}

/* What it needs comes with it, in one write; nothing before the name is typed. */
static void test_on_with_needs(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_EDITED, ADDONS "/ l o a d Enter Enter settle");
	assert_true(fixture_shows(&f, "certManager, which is off: it is switched on as well"));
	fixture_type(&f, "wrong");
	fixture_keys(&f, "Enter settle");
	assert_null(f.puts_path);
	fixture_keys(&f, "C-u");
	fixture_type(&f, WORLD_CLUSTER);
	fixture_keys(&f, "Enter settle");
	assert_string_equal(f.puts_path, WORLD_CLUSTER "/config");
	assert_true(spec_has(&f, "  awsLoadBalancerController:\n    enabled: true\n"));
	assert_true(spec_has(&f, "  certManager:\n    enabled: true\n"));
	assert_null(f.app.dialog);
	char *path = xasprintf("%s/kopscope/journal.jsonl", f.state_home);
	struct buf journal = BUF_INIT;
	assert_true(file_read(path, &journal, NULL));
	assert_non_null(strstr(buf_str(&journal), "certManager"));
	buf_release(&journal);
	free(path);
	fixture_release(&f);
}

/* What another addon needs stays. */
static void test_off_when_needed(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_EDITED, "1");
	char *spec = xasprintf("%s  certManager:\n    enabled: true\n"
		"  awsLoadBalancerController:\n    enabled: true\n", f.spec);
	free(f.spec);
	f.spec = spec;
	fixture_keys(&f, ADDONS "/ c e r t m Enter Enter settle");
	assert_true(fixture_shows(&f, "awsLoadBalancerController needs certManager: switch"));
	assert_null(f.app.dialog);
	fixture_release(&f);
}

static void test_default_off(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_EDITED, ADDONS "/ t e r m i n Enter Enter settle");
	fixture_type(&f, WORLD_CLUSTER);
	fixture_keys(&f, "Enter settle");
	assert_true(spec_has(&f, "  nodeTerminationHandler:\n    enabled: false\n"));
	fixture_release(&f);
}

static void test_always_there(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_EDITED, ADDONS "/ c o r e d n s Enter Enter");
	assert_true(fixture_shows(&f, "no switch of the spec"));
	assert_null(f.app.dialog);
	fixture_release(&f);
}

static void test_readonly(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_READONLY, ADDONS "/ l o a d Enter Enter settle");
	assert_true(fixture_shows(&f, "read-only"));
	assert_null(f.app.dialog);
	fixture_keys(&f, "Esc : s w i t c h");
	fixture_type(&f, " certManager");
	fixture_keys(&f, "Enter settle");
	assert_null(f.app.dialog);
	assert_null(f.puts_path);
	fixture_release(&f);
}

/* Esc leaves the question: no key was fetched, and none is shown later. */
static void test_secret_left(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_EDITED, "2 S settle End Up Up Enter settle");
	assert_true(fixture_shows(&f, "It has not been fetched"));
	assert_false(fixture_shows(&f, "privateMaterial"));
	fixture_keys(&f, "Enter settle Esc");
	assert_null(f.app.dialog);
	fixture_keys(&f, "Enter y settle");
	assert_true(fixture_shows(&f, "privateMaterial: ****"));
	assert_false(fixture_shows(&f, "Tk9CT0RZ"));
	fixture_keys(&f, "Esc 7");
	assert_true(fixture_shows(&f, "keyset.yaml read, shown masked"));
	fixture_release(&f);
}

/* Files that are closed before they came, and views that are left before their list came. */
static void test_left_early(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_EDITED, "2 S settle Down Enter Esc settle d Esc 1 S A 2");
	fixture_settle(&f);
	assert_null(f.app.dialog);
	fixture_release(&f);
	begin(&f, FIXTURE_EDITED, "2 S");
	fixture_release(&f);
	begin(&f, FIXTURE_EDITED, "2 A");
	fixture_release(&f);
}

static void test_search(void **state)
{
	struct fixture f;
	begin(&f, FIXTURE_EDITED, "2 S settle Down Enter settle / n o t h i n g - h e r e Enter");
	assert_true(fixture_shows(&f, "\"nothing-here\" is not in it"));
	fixture_keys(&f, "/ 7 7 a a Enter n N");
	assert_true(fixture_shows(&f, "77aa0e3c91b2"));
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_on_with_needs),
		cmocka_unit_test(test_off_when_needed),
		cmocka_unit_test(test_default_off),
		cmocka_unit_test(test_always_there),
		cmocka_unit_test(test_readonly),
		cmocka_unit_test(test_secret_left),
		cmocka_unit_test(test_left_early),
		cmocka_unit_test(test_search),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
