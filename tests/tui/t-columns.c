/* SPDX-License-Identifier: Apache-2.0 */
/* :columns: what is chosen holds at the next start, whatever became of the file meanwhile. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "tests/tui/fixture.h"
#include "tui/columns.h"
#include "tui/settings.h"

static void say(struct fixture *f, const char *command)
{
	fixture_type(f, command);
	fixture_keys(f, "Enter");
}

/* As the next start does it, with what config.yaml hides. */
static uint64_t started_again(struct fixture *f, uint64_t usual)
{
	f->app.places[VIEW_NODES].hidden = usual;
	columns_load(&f->app);
	return f->app.places[VIEW_NODES].hidden;
}

static void columns_write(const struct fixture *f, const char *bytes, size_t n)
{
	char path[128];
	snprintf(path, sizeof(path), "%s/kopscope/columns/nodes", f->state_home);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(bytes, 1, n, out), n);
	assert_int_equal(fclose(out), 0);
}

static bool columns_mode(const struct fixture *f, mode_t *mode)
{
	char path[128];
	struct stat st;
	snprintf(path, sizeof(path), "%s/kopscope/columns/nodes", f->state_home);
	bool there = stat(path, &st) == 0;
	*mode = there ? st.st_mode & 0777 : 0;
	return there;
}

static void test_columns_kept(void **state)
{
	struct fixture f;
	struct config settings = { .path = NULL };
	mode_t mode;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	settings.hidden[VIEW_NODES] = 1u << 2; /* TYPE, by config.yaml */
	f.options.settings = &settings;
	f.app.places[VIEW_NODES].hidden = settings.hidden[VIEW_NODES];
	say(&f, ":columns pods,state");
	assert_shows(&f, "kept; :columns reset");
	assert_shows(&f, "NODE "); /* which row it is stays */
	assert_false(fixture_shows(&f, "GROUP"));
	assert_true(columns_mode(&f, &mode));
	assert_int_equal(mode, 0600);
	uint64_t chosen = f.app.places[VIEW_NODES].hidden;
	assert_int_equal(chosen & 0x7f, 0x7f & ~(1u | 1u << 3 | 1u << 6));
	assert_int_equal(started_again(&f, settings.hidden[VIEW_NODES]), chosen);
	say(&f, ":columns"); /* all, which config.yaml does not say */
	assert_shows(&f, "all columns: name,group,type");
	assert_int_equal(started_again(&f, settings.hidden[VIEW_NODES]), 0);
	say(&f, ":columns reset");
	assert_false(columns_mode(&f, &mode));
	assert_int_equal(f.app.places[VIEW_NODES].hidden, 1u << 2);
	assert_int_equal(started_again(&f, 1u << 4), 1u << 4); /* config.yaml was changed since */
	assert_false(fixture_shows(&f, "TYPE"));
	fixture_type(&f, ":columns res");
	fixture_keys(&f, "Tab");
	assert_shows(&f, ":columns reset");
	fixture_keys(&f, "C-u");
	fixture_type(&f, "columns name,sta");
	fixture_keys(&f, "Tab");
	assert_shows(&f, ":columns name,state");
	fixture_keys(&f, "Esc");
	f.options.settings = NULL;
	fixture_release(&f);
}

/* A damaged file, or another's, is as good as none, and the Log says which. */
static void test_columns_damaged(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *why;
	} rows[] = {
		{ "", 0, "not one line" }, { "\n", 1, "not one line" }, { "name", 4, "not one line" },
		{ "name\npods\n", 10, "not one line" }, { "na\0me\n", 6, "not one line" },
		{ "name,,pods\n", 11, "Nodes has no column" },
		{ "\033]0;x\007\n", 7, "Nodes has no column" },
		{ "name,shoesize\n", 14, "Nodes has no column shoesize" },
	};
	struct fixture f;
	char path[128], longest[5000];
	fixture_init(&f, FIXTURE_FULL, 120, 24, false);
	say(&f, ":columns pods");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		columns_write(&f, rows[i].bytes, rows[i].n);
		size_t before = f.session.log.n;
		assert_int_equal(started_again(&f, 4), 4);
		assert_int_equal(f.session.log.n, before + 1);
		assert_non_null(strstr(f.session.log.v[before].text, rows[i].why));
	}
	memset(longest, 'a', sizeof(longest));
	columns_write(&f, longest, sizeof(longest));
	assert_int_equal(started_again(&f, 4), 4);
	columns_write(&f, "name\n", 5);
	snprintf(path, sizeof(path), "%s/kopscope/columns/nodes", f.state_home);
	assert_int_equal(chmod(path, 0666), 0);
	assert_int_equal(started_again(&f, 4), 4);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(started_again(&f, 4) & 0xf, 0xe);
	fixture_keys(&f, "7 Home");
	assert_shows(&f, "the columns of Nodes are as usual: ");
	fixture_release(&f);
}

/* A disk that takes nothing: the choice holds as long as the screen, the Log says why, and what
   was kept before is whole. */
static void test_columns_full_disk(void **state)
{
	struct fixture f;
	struct rlimit none = { .rlim_cur = 0 }, before;
	char path[128];
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	say(&f, ":columns pods");
	uint64_t kept = f.app.places[VIEW_NODES].hidden;
	void (*was)(int) = signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	none.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	say(&f, ":columns state");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, was);
	assert_shows(&f, "7 Log says why it is not kept");
	assert_false(fixture_shows(&f, "PODS"));
	assert_shows(&f, "STATE");
	fixture_keys(&f, "7");
	assert_shows(&f, "the columns of Nodes are not kept: cannot write ");
	assert_int_equal(started_again(&f, 0), kept);
	snprintf(path, sizeof(path), "%s/kopscope/columns", f.state_home);
	DIR *d = opendir(path);
	assert_non_null(d);
	for (struct dirent *x = readdir(d); x; x = readdir(d)) {
		assert_true(x->d_name[0] == '.' || str_eq(x->d_name, "nodes"));
	}
	closedir(d);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_kept),
		cmocka_unit_test(test_columns_damaged),
		cmocka_unit_test(test_columns_full_disk),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
