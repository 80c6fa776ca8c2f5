/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders, in a temporary folder. */
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

static char dir[] = "/tmp/kopscope-file-XXXXXX";

static char *in_dir(const char *name)
{
	return file_join(dir, name);
}

static void test_write_read(void **state)
{
	char *path = in_dir("a");
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	struct stat st;

	assert_true(file_write(path, "one\0two", 7, 0640, &e));
	assert_true(file_read(path, &b, &e));
	assert_int_equal(b.len, 7);
	assert_memory_equal(b.data, "one\0two", 7);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_true(file_write(path, "", 0, 0600, &e));
	buf_clear(&b);
	assert_true(file_read(path, &b, &e));
	assert_int_equal(b.len, 0);
	buf_release(&b);
	unlink(path);
	free(path);
}

static void test_write_through_link(void **state)
{
	char *file = in_dir("real"), *link = in_dir("link");
	struct buf b = BUF_INIT;
	struct stat st;

	assert_true(file_write(file, "1", 1, 0600, NULL));
	assert_int_equal(symlink("real", link), 0);
	assert_true(file_write(link, "2", 1, 0600, NULL));
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(file_read(file, &b, NULL));
	assert_string_equal(b.data, "2");
	buf_release(&b);
	unlink(link);
	unlink(file);
	free(file);
	free(link);
}

static void test_failures(void **state)
{
	char *path = in_dir("none/file");
	struct buf b = { .max = 3 };
	struct err e = ERR_INIT;

	assert_false(file_read(path, &b, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(e.text, path));
	err_clear(&e);
	assert_false(file_write(path, "x", 1, 0600, &e));
	assert_true(err_is_set(&e));
	err_clear(&e);
	assert_false(file_read(dir, &b, &e));
	assert_true(err_is_set(&e));
	err_clear(&e);
	free(path);
	path = in_dir("large");
	assert_true(file_write(path, "1234", 4, 0600, &e));
	assert_false(file_read(path, &b, &e));
	assert_int_equal(e.kind, ERR_PARSE);
	buf_release(&b);
	unlink(path);
	free(path);
}

static void test_append(void **state)
{
	char *path = in_dir("log");
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	assert_true(file_append_line(path, "one", 0600, false, &e));
	assert_true(file_append_line(path, "two", 0600, true, &e));
	assert_true(file_read(path, &b, &e));
	assert_string_equal(b.data, "one\ntwo\n");
	assert_false(file_append_line(dir, "x", 0600, false, &e));
	buf_release(&b);
	unlink(path);
	free(path);
}

static void test_mkdirs(void **state)
{
	char *a = in_dir("x"), *b = in_dir("x/y"), *c = in_dir("x/y/z/"), *f = in_dir("f"),
		*under = in_dir("f/g");
	struct err e = ERR_INIT;
	struct stat st;

	assert_true(file_mkdirs(c, &e));
	assert_true(file_mkdirs(c, &e));
	assert_int_equal(stat(b, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_true(file_write(f, "", 0, 0600, &e));
	assert_false(file_mkdirs(under, &e));
	assert_true(err_is_set(&e));
	unlink(f);
	rmdir(c);
	rmdir(b);
	rmdir(a);
	free(a);
	free(b);
	free(c);
	free(f);
	free(under);
}

static void expect(char *s, const char *expected)
{
	assert_string_equal(s, expected);
	free(s);
}

static void test_names(void **state)
{
	setenv("HOME", "/home/x", 1);
	unsetenv("XDG_STATE_HOME");
	setenv("XDG_CACHE_HOME", "/c/", 1);
	setenv("XDG_CONFIG_HOME", "relative", 1);
	expect(file_state_dir(), "/home/x/.local/state/kopscope");
	expect(file_cache_dir(), "/c/kopscope");
	expect(file_config_dir(), "/home/x/.config/kopscope");
	expect(file_expand_home("~"), "/home/x");
	expect(file_expand_home("~/.aws/config"), "/home/x/.aws/config");
	expect(file_expand_home("~other/x"), "~other/x");
	expect(file_expand_home("/a"), "/a");
	expect(file_join("/", "/a"), "/a");
	expect(file_join("a//", "b"), "a/b");
	expect(file_join("", "b"), "b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_read), cmocka_unit_test(test_write_through_link),
		cmocka_unit_test(test_failures), cmocka_unit_test(test_append),
		cmocka_unit_test(test_mkdirs), cmocka_unit_test(test_names),
	};
	int failed;

	if (!mkdtemp(dir))
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(dir);
	return failed;
}
