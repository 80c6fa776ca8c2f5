/* SPDX-License-Identifier: Apache-2.0 */
/* Running a stand-in for kops: arguments, lines, log, exit codes, cancelling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/loop.h"
#include "core/kops/command.h"
#include "tests/kops/case.h"

struct world {
	char dir[64];
	char *program, *log;
	struct clock clock;
	struct loop *loop;
	struct strlist out, err;
	int done, code;
	struct err why;
};

static int world_setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	snprintf(w->dir, sizeof(w->dir), "/tmp/t-command.XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	w->program = file_join(w->dir, "kops");
	w->log = file_join(w->dir, "log");
	clock_system(&w->clock, 1);
	w->loop = loop_new(&w->clock);
	unsetenv("KOPSCOPE_KOPS");
	*state = w;
	return 0;
}

static int world_teardown(void **state)
{
	struct world *w = *state;

	loop_free(w->loop);
	unlink(w->program);
	unlink(w->log);
	rmdir(w->dir);
	free(w->program);
	free(w->log);
	strlist_release(&w->out);
	strlist_release(&w->err);
	free(w);
	return 0;
}

static void world_script(struct world *w, const char *body)
{
	char *text = xasprintf("#!/bin/sh\n%s\n", body);

	assert_true(file_write(w->program, text, strlen(text), 0755, NULL));
	free(text);
}

static void on_line(void *ctx, const char *line, size_t n, bool err)
{
	struct world *w = ctx;

	strlist_take(err ? &w->err : &w->out, xstrndup(line, n));
}

static void on_done(void *ctx, int code, const struct err *e)
{
	struct world *w = ctx;

	w->done++;
	w->code = code;
	if (e) {
		w->why = *e;
	}
}

static bool is_done(void *ctx)
{
	return ((struct world *)ctx)->done > 0;
}

static struct kops_call world_call(struct world *w, enum kops_verb verb)
{
	return (struct kops_call){
		.verb = verb, .program = w->program, .state = "s3://b", .cluster = "a.b",
		.log_path = w->log, .on_line = on_line, .on_done = on_done, .ctx = w,
	};
}

static void test_runs(void **state)
{
	struct world *w = *state;
	const char *extra[] = { "--instance-group", "nodes a", NULL };
	struct kops_call call = world_call(w, KOPS_ROLL);
	struct buf log = BUF_INIT;
	struct err e = ERR_INIT;
	struct stat st;

	world_script(w, "for a; do echo \"$a\"; done; echo to-stderr >&2; printf last");
	call.extra = extra;
	assert_non_null(kops_start(w->loop, &call, &e));
	assert_true(loop_run_until(w->loop, is_done, w, 10000));
	assert_int_equal(w->code, 0);
	assert_int_equal(w->why.kind, ERR_NONE);
	static const char *const want[] = { "rolling-update", "cluster", "a.b", "--state", "s3://b",
		"--yes", "--instance-group", "nodes a", "last" };
	assert_int_equal(w->out.n, 9);
	for (size_t i = 0; i < 9; i++) {
		assert_string_equal(w->out.v[i], want[i]);
	}
	assert_int_equal(w->err.n, 1);
	assert_string_equal(w->err.v[0], "to-stderr");
	assert_true(file_read(w->log, &log, NULL));
	assert_non_null(strstr(buf_str(&log), "nodes a\n"));
	assert_non_null(strstr(buf_str(&log), "to-stderr\n"));
	assert_int_equal(stat(w->log, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_release(&log);
}

static void test_fails(void **state)
{
	struct world *w = *state;
	struct kops_call call = world_call(w, KOPS_UPDATE);

	world_script(w, "echo 'Completed rolling update'\n"
		"echo 'Error: no such bucket' >&2\nexit 1");
	assert_non_null(kops_start(w->loop, &call, NULL));
	assert_true(loop_run_until(w->loop, is_done, w, 10000));
	assert_int_equal(w->code, 1);
	assert_int_equal(w->why.kind, ERR_SERVER);
	assert_string_equal(w->why.text, "kops: no such bucket");
}

static void test_not_there(void **state)
{
	struct world *w = *state;
	struct kops_call call = world_call(w, KOPS_VERSION);
	struct err e = ERR_INIT;

	assert_null(kops_start(w->loop, &call, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(e.hint, "KOPSCOPE_KOPS"));
	/* a file that is no program */
	err_clear(&e);
	assert_true(file_write(w->program, "x", 1, 0644, NULL));
	assert_null(kops_start(w->loop, &call, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
}

static void test_found_by_environment(void **state)
{
	struct world *w = *state;
	struct kops_call call = world_call(w, KOPS_VERSION);

	world_script(w, "echo 1.36.2");
	setenv("KOPSCOPE_KOPS", w->program, 1);
	call.program = NULL;
	call.log_path = NULL;
	assert_non_null(kops_start(w->loop, &call, NULL));
	assert_true(loop_run_until(w->loop, is_done, w, 10000));
	assert_int_equal(w->out.n, 1);
	assert_string_equal(w->out.v[0], "1.36.2");
	unsetenv("KOPSCOPE_KOPS");
}

static void test_found_on_path(void **state)
{
	struct world *w = *state;
	struct kops_call call = world_call(w, KOPS_VERSION);
	char *old = xstrdup(getenv("PATH"));
	char *path = xasprintf("%s:%s", w->dir, old);

	world_script(w, "echo here");
	setenv("PATH", path, 1);
	call.program = NULL;
	call.log_path = NULL;
	assert_non_null(kops_start(w->loop, &call, NULL));
	assert_true(loop_run_until(w->loop, is_done, w, 10000));
	assert_string_equal(w->out.v[0], "here");
	setenv("PATH", old, 1);
	free(old);
	free(path);
}

static bool never(void *ctx)
{
	return false;
}

static void test_cancel(void **state)
{
	struct world *w = *state;
	struct kops_call call = world_call(w, KOPS_UPDATE);

	world_script(w, "exec sleep 60");
	struct kops_run *r = kops_start(w->loop, &call, NULL);
	assert_non_null(r);
	kops_cancel(r);
	loop_run_until(w->loop, never, NULL, 100);
	assert_int_equal(w->done, 0);
}

static void test_command_line(void **state)
{
	static const struct {
		enum kops_verb verb;
		const char *want;
	} rows[] = {
		{ KOPS_UPDATE_DRY, "kops update cluster a.b --state s3://b" },
		{ KOPS_UPDATE, "kops update cluster a.b --state s3://b --yes "
			"--create-kube-config=false" },
		{ KOPS_ROLL, "kops rolling-update cluster a.b --state s3://b --yes" },
		{ KOPS_VERSION, "kops version --short" },
		{ KOPS_EXPORT_KUBECONFIG, "kops export kubeconfig a.b --state s3://b" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world *w = *state;
		struct kops_call call = world_call(w, rows[i].verb);

		call.program = NULL;
		char *line = kops_command_line(&call);
		assert_string_equal(line, rows[i].want);
		free(line);
	}
	const char *extra[] = { "it's", "", NULL };
	const struct kops_call call = { .verb = KOPS_VERSION, .extra = extra };
	char *line = kops_command_line(&call);
	assert_string_equal(line, "kops version --short 'it'\\''s' ''");
	free(line);
}

int main(void)
{
#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_runs),
		WORLD_TEST(test_fails),
		WORLD_TEST(test_not_there),
		WORLD_TEST(test_found_by_environment),
		WORLD_TEST(test_found_on_path),
		WORLD_TEST(test_cancel),
		WORLD_TEST(test_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
