/* SPDX-License-Identifier: Apache-2.0 */
/* The journal read back: pairs, answers that never came, lines that were cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal-read.h"
#include "core/run/journal.h"

static void test_parse(void **state)
{
	static const char text[] =
		"{\"at\":\"2026-01-01T00:00:00Z\",\"who\":\"a\",\"call\":\"1\",\"cluster\":\"c\","
		"\"action\":\"cordon\",\"target\":\"n1\",\"result\":\"asked\"}\n"
		"{\"at\":\"2026-01-01T00:00:01Z\",\"who\":\"a\",\"call\":\"2\",\"cluster\":\"d\","
		"\"action\":\"scale\",\"target\":\"x\",\"before\":\"1\",\"after\":\"2\",\"result\":"
		"\"asked\"}\n"
		"{\"at\":\"2026-01-01T00:00:02Z\",\"wh\n"
		"{\"at\":\"2026-01-01T00:00:03Z\",\"call\":\"2\",\"action\":\"scale\",\"result\":"
		"\"done\",\"request\":\"7b3-a\"}\n"
		"{\"at\":\"2026-01-02T00:00:00Z\",\"call\":\"9\",\"action\":\"evict\",\"cluster\":"
		"\"c\","
		"\"result\":\"a PDB says no\"}";
	struct journal_list l;
	journal_parse(&(struct journal_wish){ .since = 0 }, text, &l);
	assert_int_equal(l.n, 3);
	assert_int_equal(l.unreadable, 1);
	assert_string_equal(l.v[0].action, "cordon");
	assert_null(l.v[0].result); /* no answer */
	assert_string_equal(l.v[1].result, "done");
	assert_string_equal(l.v[1].request, "7b3-a");
	assert_null(l.v[0].request);
	assert_string_equal(l.v[1].after, "2");
	assert_string_equal(l.v[1].at, "2026-01-01T00:00:01Z");
	assert_string_equal(l.v[1].answered, "2026-01-01T00:00:03Z");
	assert_string_equal(l.v[2].result, "a PDB says no");
	journal_list_release(&l);
	journal_parse(&(struct journal_wish){ .cluster = "d*" }, text, &l);
	assert_int_equal(l.n, 1);
	journal_list_release(&l);
	journal_parse(
		&(struct journal_wish){.since = stamp_parse("2026-01-01T12:00:00Z")}, text, &l);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.v[0].action, "evict");
	journal_list_release(&l);
	journal_parse(&(struct journal_wish){ .since = 0 }, "", &l);
	assert_int_equal(l.n, 0);
	journal_list_release(&l);
}

/* What is written is read back; nothing is written where the folder is not ours alone. */
static void test_whole(void **state)
{
	char root[] = "/tmp/kopscope-journal-XXXXXX";
	assert_non_null(mkdtemp(root));
	setenv("XDG_STATE_HOME", root, 1);
	char *dir = file_state_dir(), *file = file_join(dir, "journal.jsonl");
	struct err e = ERR_INIT;
	struct journal_list l;
	struct journal_call call;
	struct stat st;
	const struct journal_entry j = { .cluster = "c", .action = "scale", .target = "ns/d",
		.before = "1", .after = "2" };
	assert_true(journal_read(&(struct journal_wish){ .since = 0 }, &l, &e));
	assert_int_equal(l.n, 0);
	mode_t was = umask(0);
	assert_true(journal_ask(1700000000000, &j, 1, &call, &e));
	umask(was);
	assert_true(journal_read(&(struct journal_wish){ .since = 0 }, &l, &e));
	assert_int_equal(l.n, 1);
	assert_null(l.v[0].result);
	journal_list_release(&l);
	assert_true(journal_answer(1700000001000, &call, &j, true, &e));
	assert_true(journal_read(&(struct journal_wish){ .since = 0 }, &l, &e));
	assert_int_equal(l.n, 1);
	assert_string_equal(l.v[0].result, "done");
	assert_string_equal(l.v[0].call, call.id);
	journal_list_release(&l);
	/* whatever the umask */
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(chmod(dir, 0777), 0);
	assert_false(journal_ask(1700000000000, &j, 1, &call, &e));
	assert_non_null(strstr(e.text, "others can write"));
	chmod(dir, 0700);
	unlink(file);
	rmdir(dir);
	rmdir(root);
	free(dir);
	free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
