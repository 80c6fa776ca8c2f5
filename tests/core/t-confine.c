/* SPDX-License-Identifier: Apache-2.0 */
/* A confined process: what it can no longer do, and what it still can. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/confine.h"
#include "core/base/file.h"
#include "core/base/xalloc.h"

static char *work, *inside, *outside, *before;

static char *in(const char *folder, const char *name)
{
	return file_join(folder, name);
}

static int setup(void **state)
{
	char name[] = "/tmp/kopscope-confine.XXXXXX";
	work = xstrdup(mkdtemp(name));
	inside = in(work, "inside");
	outside = in(work, "outside");
	before = in(outside, "before");
	bool ok = file_mkdirs(inside, NULL) && file_mkdirs(outside, NULL) &&
		file_write(before, "was", 3, 0644, NULL);
	return ok ? 0 : -1;
}

static int teardown(void **state)
{
	static const char *const names[] = { "inside/new", "outside/before", "inside", "outside" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *path = in(work, names[i]);
		remove(path);
		free(path);
	}
	int rc = rmdir(work);
	free(work);
	free(inside);
	free(outside);
	free(before);
	return rc;
}

/* Runs try() in a child that has confined itself to the folder; its result, or -1. */
static int confined(int (*try)(void))
{
	pid_t pid = fork();
	int status;
	if (!pid) {
		const char *folders[] = { inside, "/nowhere/at/all" };
		int holds = confine(folders, 2);
		_exit(holds == confine_can() && confine_is_on() ? try() : 99);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool refused(long rc)
{
	return rc < 0 && (errno == EACCES || errno == EPERM || errno == EXDEV);
}

/* ---- files ---- */

static int try_files(void)
{
	char *made = in(outside, "made"), *new = in(inside, "new"), *moved = in(inside, "moved");
	char old[8] = "";
	int fd = open(before, O_RDONLY);
	int bad = !refused(open(made, O_WRONLY | O_CREAT, 0600)) * 1 +
		!refused(open(before, O_WRONLY)) * 2 + !refused(unlink(before)) * 4 +
		!refused(mkdir(made, 0700)) * 8 + !refused(rename(before, moved)) * 16 +
		!refused(symlink("/etc", made)) * 32;
	/* Reading is free, and so is the folder. */
	bad += (fd < 0 || read(fd, old, 3) != 3 || strcmp(old, "was") != 0) * 64;
	return bad ? bad : file_write(new, "now", 3, 0600, NULL) ? 0 : 128;
}

static void writes_below_its_folders_alone(void **state)
{
	if (!(confine_can() & CONFINE_FILES)) {
		skip();
	}
	assert_int_equal(confined(try_files), 0);
}

static int try_devices(void)
{
	int null = open("/dev/null", O_RDWR);
	return null >= 0 && write(null, "x", 1) == 1 ? 0 : 1;
}

static void writes_to_the_null_device(void **state)
{
	assert_int_equal(confined(try_devices), 0);
}

/* ---- programs ---- */

static int try_program(void)
{
	static char name[] = "true";
	char *const argv[] = { name, NULL };
	char *const env[] = { NULL };
	return refused(execve("/bin/true", argv, env)) ? 0 : 1;
}

static void runs_no_program(void **state)
{
	if (!confine_can()) {
		skip();
	}
	assert_int_equal(confined(try_program), 0);
}

/* A program that stands in no folder: Landlock has no say over it. */
static int try_memory_program(void)
{
	static char name[] = "x";
	char *const argv[] = { name, NULL };
	char *const env[] = { NULL };
	int fd = memfd_create("x", 0);
	return fd >= 0 && write(fd, "#!/bin/true\n", 12) == 12 &&
		refused(fexecve(fd, argv, env)) ? 0 : 1;
}

static int try_calls(void)
{
	char c = 'x';
	int bad = !refused(chmod(before, 0777)) * 1 + !refused(ioctl(0, TIOCSTI, &c)) * 2 +
		!refused(fchmodat(AT_FDCWD, before, 0777, 0)) * 8;
#ifndef __SANITIZE_ADDRESS__
	bad += !refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) * 4;
#endif
	return bad;
}

static int try_children(void)
{
	pid_t pid = fork();
	if (!pid) {
		_exit(try_program() + try_calls());
	}
	int status;
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}

static void makes_no_call_that_leads_out(void **state)
{
	if (!(confine_can() & CONFINE_CALLS)) {
		skip();
	}
	struct stat st;
	assert_int_equal(confined(try_memory_program), 0);
	assert_int_equal(confined(try_calls), 0);
	assert_int_equal(stat(before, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(confined(try_children), 0);
}

static void asking_changes_nothing(void **state)
{
	confine_can();
	assert_false(confine_is_on());
	assert_true(file_write(before, "was", 3, 0644, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_below_its_folders_alone),
		cmocka_unit_test(writes_to_the_null_device),
		cmocka_unit_test(runs_no_program),
		cmocka_unit_test(makes_no_call_that_leads_out),
		cmocka_unit_test(asking_changes_nothing),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
