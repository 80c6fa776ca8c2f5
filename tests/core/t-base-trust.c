/* SPDX-License-Identifier: Apache-2.0 */
/* Whom files belong to: what ssh would not believe either. */
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
#include "core/base/trust.h"
#include "core/base/xalloc.h"

static char root[] = "/tmp/kopscope-trust-XXXXXX";

static char *make(const char *name, mode_t mode)
{
	char *path = file_join(root, name);
	struct err e = ERR_INIT;
	assert_true(file_write(path, "x: 1\n", 5, 0600, &e));
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static char *make_folder(const char *name, mode_t mode)
{
	char *path = file_join(root, name);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static bool reads(const char *path, struct err *e)
{
	struct buf b = BUF_INIT;
	*e = (struct err)ERR_INIT;
	bool ok = trust_read(path, &b, e);
	assert_true(!ok || strcmp(buf_str(&b), "x: 1\n") == 0);
	buf_release(&b);
	return ok;
}

static void test_read(void **state)
{
	static const struct {
		mode_t mode;
		bool ok;
	} cases[] = { { 0600, true }, { 0644, true }, { 0664, false }, { 0666, false },
		{ 0602, false } };
	struct err e;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *path = make("file", cases[i].mode);
		assert_int_equal(reads(path, &e), cases[i].ok);
		assert_true(cases[i].ok || strstr(e.hint, "chmod go-w"));
		free(path);
	}
	char *path = make("file", 0600), *gone = file_join(root, "gone");
	assert_false(reads(gone, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	if (geteuid() == 0) {
		assert_int_equal(chown(path, 12345, 12345), 0);
		assert_false(reads(path, &e));
		assert_non_null(strstr(e.text, "uid 12345"));
	}
	free(path);
	free(gone);
}

static void test_shared_file(void **state)
{
	struct err e = ERR_INIT;
	char *path = make("kubeconfig", 0664);
	assert_true(trust_file(path, &e));
	assert_true(trust_readable_by_others(path));
	chmod(path, 0666);
	assert_false(trust_file(path, &e));
	assert_non_null(strstr(e.hint, "chmod o-w"));
	chmod(path, 0600);
	assert_false(trust_readable_by_others(path));
	free(path);
	path = file_join(root, "gone");
	err_clear(&e);
	assert_true(trust_file(path, &e));
	assert_false(trust_readable_by_others(path));
	free(path);
}

static void test_folder(void **state)
{
	struct err e = ERR_INIT;
	struct stat st;
	char *ours = make_folder("ours", 0755), *open_ = make_folder("open", 0777);
	char *link = file_join(root, "link"), *file = make("a-file", 0600);
	char *gone = file_join(root, "gone");
	assert_true(trust_folder(ours, &e));
	assert_int_equal(stat(ours, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700); /* put right */
	assert_true(trust_folder(gone, &e));
	assert_false(trust_folder(open_, &e));
	assert_non_null(strstr(e.text, "others can write"));
	assert_int_equal(symlink(ours, link), 0);
	err_clear(&e);
	assert_false(trust_folder(link, &e));
	assert_non_null(strstr(e.text, "symbolic link"));
	err_clear(&e);
	assert_false(trust_folder(file, &e));
	if (geteuid() == 0) {
		assert_int_equal(chown(ours, 12345, 12345), 0);
		err_clear(&e);
		assert_false(trust_folder(ours, &e));
		assert_non_null(strstr(e.text, "another user"));
	}
	free(ours);
	free(open_);
	free(link);
	free(file);
	free(gone);
}

static void test_program(void **state)
{
	char *safe = make_folder("bin", 0755), *risky = make_folder("shared", 0777);
	char *a = file_join(safe, "kops"), *b = file_join(risky, "kops");
	struct err e = ERR_INIT;
	assert_true(file_write(a, "#!/bin/sh\n", 10, 0755, &e));
	assert_true(file_write(b, "#!/bin/sh\n", 10, 0755, &e));
	assert_null(trust_program(a));
	assert_null(trust_program("/bin/sh"));
	assert_non_null(strstr(trust_program(b), "folder"));
	chmod(risky, 01777);
	assert_null(trust_program(b)); /* as /tmp: nobody replaces another's file there */
	chmod(a, 0777);
	assert_non_null(strstr(trust_program(a), "write it"));
	assert_non_null(strstr(trust_program("bin/kops"), "relative"));
	free(safe);
	free(risky);
	free(a);
	free(b);
}

static int begin(void **state)
{
	return mkdtemp(root) ? 0 : 1;
}

static int end(void **state)
{
	static const char *const names[] = {"bin/kops", "shared/kops", "bin", "shared", "ours",
		"open", "link", "a-file", "file", "kubeconfig"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = file_join(root, names[i]);
		remove(path);
		free(path);
	}
	return rmdir(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read), cmocka_unit_test(test_shared_file),
		cmocka_unit_test(test_folder), cmocka_unit_test(test_program),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
