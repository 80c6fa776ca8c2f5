/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker against the miniature world: a whole roll, the lease, words, a
 * restart.  With kops as its engine: tests/run/t-worker-kops.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/io/loop.h"
#include "core/model/source.h"
#include "core/run/run-folder.h"
#include "core/run/run.h"
#include "core/run/worker.h"
#include "tests/roll/world.h"
#include "tests/run/bench.h"
#include "tests/run/folder.h"

/* ---- the tests ---- */

static void whole_roll(void **state)
{
	struct bench *b = bench_new();
	struct buf journal = BUF_INIT;
	struct run_view v;
	char *dir, *path;
	size_t i;

	(void)state;
	bench_worker(b);
	bench_run(b, 30);
	assert_string_not_equal(b->holder, "");
	bench_run(b, 3600);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	assert_int_equal(b->w.terminated, 3);
	assert_int_equal(world_old(&b->w), 0);
	assert_int_equal(world_left_marks(&b->w), 0);
	assert_string_equal(b->holder, ""); /* given back */
	assert_true(b->puts > 5);           /* renewed */
	v = view_of(b);
	assert_int_equal(v.status, RUN_SUCCEEDED);
	assert_string_equal(v.message, "3 of 3 instances were replaced.");
	assert_int_equal(v.nnodes, 3);
	assert_int_equal(v.done, 3);
	for (i = 0; i < v.nnodes; i++) {
		assert_int_equal(v.nodes[i].phase, ROLL_DONE);
		assert_non_null(v.nodes[i].replaced_by);
		assert_true(v.nodes[i].took_ms > 0);
	}
	run_view_release(&v);
	dir = file_state_dir();
	path = file_join(dir, "journal.jsonl");
	assert_true(file_read(path, &journal, NULL));
	assert_non_null(strstr(buf_str(&journal),
		"\"action\":\"terminate\",\"target\":\"instance i-"));
	assert_non_null(strstr(buf_str(&journal),
		"\"action\":\"evict\",\"target\":\"pod default/web"));
	buf_release(&journal);
	free(path);
	free(dir);
	bench_free(b);
}

static void somebody_else_rolls(void **state)
{
	struct bench *b = bench_new();
	struct run_view v;

	(void)state;
	snprintf(b->holder, sizeof(b->holder), "anna@bastion run 4");
	b->version = 3;
	b->renewed = b->w.now.wall;
	bench_worker(b);
	bench_run(b, 30);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_FAILED);
	assert_int_equal(b->w.terminated, 0);
	assert_int_equal(world_left_marks(&b->w), 0);
	assert_string_equal(b->holder, "anna@bastion run 4");
	v = view_of(b);
	assert_non_null(strstr(v.message, "anna@bastion run 4 is at work on small.example"));
	run_view_release(&v);
	bench_free(b);
}

/* Whoever may not have the lease, or never gets it, does nothing. */
static void no_lease_no_roll(void **state)
{
	static const struct {
		int fails;
		enum err_kind kind;
		enum run_status status;
	} rows[] = {
		{ 1, ERR_DENIED, RUN_FAILED },
		{ 1000, ERR_SERVER, RUN_FAILED },
		{ 5, ERR_SERVER, RUN_SUCCEEDED },
		{ 1, ERR_CONFLICT, RUN_SUCCEEDED }, /* looked at again */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_new();
		struct run_view v;

		b->lease_fails = rows[i].fails;
		b->lease_kind = rows[i].kind;
		bench_worker(b);
		bench_run(b, 7200);
		assert_true(b->done);
		assert_int_equal(b->status, rows[i].status);
		v = view_of(b);
		if (rows[i].status == RUN_FAILED) {
			assert_int_equal(b->w.terminated, 0);
			assert_int_equal(world_left_marks(&b->w), 0);
			assert_non_null(strstr(v.message, "Nothing was done: the lease "
				"kube-system/kopscope-small.example"));
			assert_non_null(strstr(v.message, "the API server says no"));
		}
		run_view_release(&v);
		bench_free(b);
	}
}

/* A lease that is held is renewed: a server that is away for a while does not end the roll. */
static void renewals_may_fail(void **state)
{
	struct bench *b = bench_new();
	int puts;

	(void)state;
	bench_worker(b);
	bench_run(b, 60);
	assert_true(b->puts > 0);
	puts = b->puts;
	b->lease_fails = 3;
	b->lease_kind = ERR_NETWORK;
	bench_run(b, 7200);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	assert_int_equal(b->lease_fails, 0);
	assert_true(b->puts > puts);
	assert_string_equal(b->holder, "");
	bench_free(b);
}

/* What cannot be journalled is not done. */
static void no_journal_no_write(void **state)
{
	struct bench *b = bench_new();
	char *dir = file_state_dir(), *path = file_join(dir, "journal.jsonl");
	char *aside = file_join(dir, "journal.aside");
	struct run_view v;

	(void)state;
	rename(path, aside);
	assert_int_equal(mkdir(path, 0700), 0); /* in the way: nothing can be appended */
	bench_worker(b);
	bench_run(b, 60);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_FAILED);
	assert_int_equal(b->w.terminated, 0);
	assert_int_equal(world_left_marks(&b->w), 0);
	v = view_of(b);
	assert_non_null(strstr(v.message, "Stopped before a write: the journal cannot be kept"));
	run_view_release(&v);
	rmdir(path);
	rename(aside, path);
	free(aside);
	free(path);
	free(dir);
	bench_free(b);
}

/* The disk fills up in the middle of a roll: it waits, and goes on when there is room. */
static void full_disk_waits(void **state)
{
	struct bench *b = bench_new();
	char *dir = file_state_dir(), *path = file_join(dir, "journal.jsonl");
	char *aside = file_join(dir, "journal.aside");
	struct run_view v;
	int terminated, i;

	(void)state;
	bench_worker(b);
	for (i = 0; i < 600 && b->w.terminated < 1; i++)
		bench_run(b, 1);
	assert_int_equal(b->w.terminated, 1);
	terminated = b->w.terminated;
	assert_int_equal(rename(path, aside), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	bench_run(b, 1200);
	assert_false(b->done);
	assert_int_equal(b->w.terminated, terminated);
	v = view_of(b);
	assert_non_null(strstr(v.message, "Waits: the journal cannot be kept"));
	run_view_release(&v);
	rmdir(path);
	assert_int_equal(rename(aside, path), 0);
	bench_run(b, 3600);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	assert_int_equal(b->w.terminated, 3);
	assert_int_equal(b->w.terminated_twice, 0);
	assert_int_equal(world_left_marks(&b->w), 0);
	free(aside);
	free(path);
	free(dir);
	bench_free(b);
}

/* agreed: whom the user said may be put aside; NULL: nobody. */
static struct bench *bench_with_stale_lease(const char *agreed)
{
	char cluster[] = "small.example", who[] = "ops";
	char *name = agreed ? strdup(agreed) : NULL;
	struct run_meta meta = { .cluster = cluster, .who = who, .kind = RUN_ROLL,
		.take_over = name };
	struct bench *b = bench_new();

	free(b->id);
	b->id = NULL;
	assert_true(run_create(&meta, &b->id, NULL));
	free(name);
	snprintf(b->holder, sizeof(b->holder), "anna@bastion run 4");
	b->version = 3;
	b->renewed = b->w.now.wall - 200 * 1000;
	bench_worker(b);
	bench_run(b, 30);
	return b;
}

static void stale_lease_is_taken_when_confirmed(void **state)
{
	struct bench *b = bench_with_stale_lease("anna@bastion run 4");

	(void)state;
	assert_false(b->done);
	assert_non_null(strstr(b->holder, "ops@"));
	bench_run(b, 3600);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	bench_free(b);
}

/* Not asked, or another holder than the one that was shown: hands off. */
static void stale_lease_is_left_alone(void **state)
{
	static const char *const agreed[] = { NULL, "bert@bastion run 9" };
	struct run_view v;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct bench *b = bench_with_stale_lease(agreed[i]);

		assert_true(b->done);
		assert_int_equal(b->status, RUN_GUARD);
		assert_string_equal(b->holder, "anna@bastion run 4");
		assert_int_equal(b->w.terminated, 0);
		v = view_of(b);
		assert_non_null(strstr(v.message, "is held by anna@bastion run 4, since "));
		assert_non_null(strstr(v.message, "not heard of for "));
		assert_non_null(strstr(v.message, "--take-over"));
		run_view_release(&v);
		bench_free(b);
	}
}

/* A run of ours whose worker was killed need not be waited for. */
static void dead_own_lease_is_taken(void **state)
{
	struct bench *b = bench_new();
	char host[65] = "?", cluster[] = "small.example";
	struct run_meta meta = { .cluster = cluster };
	pid_t child = fork();
	char *dead = NULL;
	int status;

	(void)state;
	if (!child)
		_exit(0);
	waitpid(child, &status, 0);
	assert_true(run_create(&meta, &dead, NULL));
	assert_true(run_pid_write(dead, (long)child, NULL));
	gethostname(host, sizeof(host) - 1);
	snprintf(b->holder, sizeof(b->holder), "ops@%s run %s", host, dead);
	b->version = 3;
	b->renewed = b->w.now.wall;
	bench_worker(b);
	bench_run(b, 30);
	assert_false(b->done);
	bench_run(b, 3600);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	free(dead);
	bench_free(b);
}

static void stolen_lease_stops(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	bench_worker(b);
	bench_run(b, 20);
	snprintf(b->holder, sizeof(b->holder), "anna@bastion run 4");
	b->version++;
	b->renewed = b->w.now.wall;
	bench_run(b, 60);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_GUARD);
	assert_string_equal(b->holder, "anna@bastion run 4");
	bench_free(b);
}

/* The worker is killed again and again; each time another goes on from the folder. */
static void workers_die(void **state)
{
	struct bench *b = bench_new();
	struct run_view v;
	int i;

	(void)state;
	bench_worker(b);
	for (i = 0; i < 500 && !b->done; i++) {
		bench_run(b, 11);
		if (b->done)
			break;
		worker_free(b->worker);
		bench_worker(b);
	}
	assert_int_equal(b->status, RUN_SUCCEEDED);
	assert_int_equal(b->w.terminated, 3);
	v = view_of(b);
	assert_int_equal(v.status, RUN_SUCCEEDED);
	run_view_release(&v);
	bench_free(b);
}

static void pause_and_stop(void **state)
{
	struct bench *b = bench_new();
	struct run_view v;
	int terminated;

	(void)state;
	bench_worker(b);
	bench_run(b, 120);
	assert_int_equal(bench_tell(b, "pause"), 0);
	bench_run(b, 600);
	assert_false(b->done);
	terminated = b->w.terminated;
	assert_true(terminated > 0 && terminated < 3);
	v = view_of(b);
	assert_int_equal(v.status, RUN_ALIVE);
	assert_true(v.paused);
	run_view_release(&v);
	assert_int_equal(bench_tell(b, "stop"), 0);
	bench_run(b, 60);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_USER_STOPPED);
	assert_int_equal(b->w.terminated, terminated);
	assert_int_equal(world_left_marks(&b->w), 0);
	assert_string_equal(b->holder, "");
	assert_int_equal(bench_tell(b, "ping"), ERR_NOT_FOUND);
	bench_free(b);
}

/* Before it has its lease a run can be stopped; pausing would mean nothing yet. */
static void stop_before_the_beginning(void **state)
{
	struct bench *b = bench_new();
	struct run_view v;

	(void)state;
	b->lease_fails = 1000;
	b->lease_kind = ERR_SERVER;
	bench_worker(b);
	bench_run(b, 3);
	assert_int_equal(bench_tell(b, "ping"), 0);
	assert_int_equal(bench_tell(b, "pause"), ERR_REFUSED);
	assert_int_equal(bench_tell(b, "stop"), 0);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_USER_STOPPED);
	assert_int_equal(b->w.terminated, 0);
	v = view_of(b);
	assert_string_equal(v.message, "Stopped by the user before anything was done.");
	run_view_release(&v);
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_roll),
		cmocka_unit_test(somebody_else_rolls),
		cmocka_unit_test(no_journal_no_write),
		cmocka_unit_test(no_lease_no_roll),
		cmocka_unit_test(renewals_may_fail),
		cmocka_unit_test(full_disk_waits),
		cmocka_unit_test(stale_lease_is_taken_when_confirmed),
		cmocka_unit_test(stale_lease_is_left_alone),
		cmocka_unit_test(dead_own_lease_is_taken),
		cmocka_unit_test(stolen_lease_stops),
		cmocka_unit_test(workers_die),
		cmocka_unit_test(pause_and_stop),
		cmocka_unit_test(stop_before_the_beginning),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
