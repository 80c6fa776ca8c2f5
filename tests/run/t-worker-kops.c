/* SPDX-License-Identifier: Apache-2.0 */
/* The worker with kops as its engine: a script prints what kops would, and ends as it would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/io/loop.h"
#include "core/run/run-folder.h"
#include "core/run/run.h"
#include "core/run/worker.h"
#include "tests/roll/world.h"
#include "tests/run/bench.h"
#include "tests/run/folder.h"

static void kops_script(const char *body, int code)
{
	struct buf text = BUF_INIT;
	char *dir = file_state_dir(), *path = file_join(dir, "kops-script");

	buf_addf(&text, "#!/bin/sh\necho \"$*\"\n%sexit %d\n", body, code);
	assert_true(file_mkdirs(dir, NULL));
	assert_true(file_write(path, buf_str(&text), text.len, 0700, NULL));
	assert_int_equal(setenv("KOPSCOPE_KOPS", path, 1), 0);
	buf_release(&text);
	free(path);
	free(dir);
}

/* The script runs in real time. */
static void bench_run_really(struct bench *b)
{
	int i;

	/* Timers of the world's clock end a turn at once: the script needs real time. */
	for (i = 0; i < 10000 && !b->done; i++) {
		usleep(1000);
		world_live(&b->w);
		worker_changed(b->worker);
		loop_turn(b->loop, 10);
	}
	assert_true(b->done);
}

/* The script has written the file. */
static void bench_run_until(struct bench *b, const char *path)
{
	for (int i = 0; i < 10000 && access(path, F_OK) != 0; i++) {
		usleep(1000);
		worker_changed(b->worker);
		loop_turn(b->loop, 10);
	}
	assert_int_equal(access(path, F_OK), 0);
}

static void kops_line(struct buf *out, const char *fmt, const char *a, const char *b)
{
	buf_adds(out, "echo 'I1122 13:46:22.277765   13890 instancegroups.go:530] ");
	buf_addf(out, fmt, a, b);
	buf_adds(out, "' >&2\n");
}

static void kops_rolls(void **state)
{
	struct bench *b = bench_of(RUN_ROLL, RUN_KOPS);
	const char *id = b->w.inst[0].id, *node = b->w.inst[0].node;
	struct buf s = BUF_INIT;
	struct run_view v;
	size_t i;
	bool seen = false;

	(void)state;
	kops_line(&s, "Validating the cluster.", "", "");
	kops_line(&s, "Cluster validated.", "", "");
	kops_line(&s, "Draining the node: \"%s\".", node, "");
	kops_line(&s, "Waiting for 5s for pods to stabilize after draining.", "", "");
	kops_line(&s, "Stopping instance \"%s\", node \"%s\", in group \"cp\" (this may take "
		"a while).", id, node);
	kops_line(&s, "waiting for 15s after terminating instance", "", "");
	kops_line(&s, "Validating the cluster.", "", "");
	kops_line(&s, "Cluster validated.", "", "");
	kops_script(buf_str(&s), 0);
	bench_worker(b);
	bench_run_really(b);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	v = view_of(b);
	assert_int_equal(v.nnodes, 3); /* all that need it were planned */
	assert_int_equal(v.done, 1);   /* one was told of */
	for (i = 0; i < v.nnodes; i++) {
		if (!str_eq(v.nodes[i].instance, id))
			continue;
		seen = true;
		assert_int_equal(v.nodes[i].phase, ROLL_DONE);
	}
	assert_true(seen);
	run_view_release(&v);
	assert_string_equal(b->holder, "");
	buf_release(&s);
	bench_free(b);
}

/* "Completed" is printed after failures too: only the exit code counts. */
static void kops_fails(void **state)
{
	struct bench *b = bench_of(RUN_ROLL, RUN_KOPS);
	struct run_view v;

	(void)state;
	kops_script("echo 'E1122 13:14:49.312493   32456 rollingupdate.go:219] failed to roll "
		"InstanceGroup \"nodes\": failed to drain node \"n\"' >&2\n"
		"echo 'I1122 13:14:49.312513   32456 rollingupdate.go:236] Completed rolling "
		"update for cluster \"small.example\" instance groups [nodes]' >&2\n", 1);
	bench_worker(b);
	bench_run_really(b);
	assert_int_equal(b->status, RUN_FAILED);
	v = view_of(b);
	assert_non_null(strstr(v.message, "kops ended with 1"));
	assert_non_null(strstr(v.message, "failed to drain node"));
	run_view_release(&v);
	bench_free(b);
}

static void kops_updates(void **state)
{
	struct bench *b = bench_of(RUN_UPDATE, RUN_KOPS);
	struct buf log = BUF_INIT;
	struct run_view v;
	char *path = run_path(b->id, "kops.log");

	(void)state;
	kops_script("echo 'I1122 13:46:22.277765   13890 executor.go:113] Tasks: 0 done / 93 "
		"total; 43 can run' >&2\necho 'I1122 13:46:22.277765   13890 executor.go:113] "
		"Tasks: 93 done / 93 total; 0 can run' >&2\n", 0);
	bench_worker(b);
	bench_run_really(b);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	v = view_of(b);
	assert_int_equal(v.tasks_done, 93);
	assert_int_equal(v.tasks_total, 93);
	assert_non_null(strstr(v.message, "instances need a roll"));
	run_view_release(&v);
	assert_true(file_read(path, &log, NULL));
	assert_non_null(strstr(buf_str(&log), "update cluster small.example --state file:///store"));
	buf_release(&log);
	free(path);
	bench_free(b);
}

/* The update ends when the roll may begin: its addon has come and has marked the nodes. */
static void update_waits_for_its_addon(void **state)
{
	struct bench *b = bench_of(RUN_UPDATE, RUN_KOPS);
	struct run_view v;
	int i, k;

	(void)state;
	b->w.prefix = "false";
	b->w.dirty = true;
	world_show(&b->w);
	kops_script("", 0);
	bench_worker(b);
	for (i = 0; i < 10000 && b->w.now.mono < 1000000 + 60000; i++) {
		usleep(1000);
		world_live(&b->w);
		worker_changed(b->worker);
		loop_turn(b->loop, 10);
	}
	assert_false(b->done);
	b->w.prefix = "true";
	for (k = 0; k < W_INSTANCES; k++)
		b->w.inst[k].marked = b->w.inst[k].joined;
	b->w.dirty = true;
	bench_run_really(b);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	v = view_of(b);
	assert_non_null(strstr(v.message, "the CNI addon has come"));
	assert_non_null(strstr(v.message, "need a roll, which may start now"));
	run_view_release(&v);
	bench_free(b);
}

/* The same when it came before kops had ended, and marks the nodes a little later. */
static void update_whose_addon_was_faster(void **state)
{
	struct bench *b = bench_of(RUN_UPDATE, RUN_KOPS);
	char *dir = file_state_dir(), *go = file_join(dir, "go");
	struct buf script = BUF_INIT;
	struct run_view v;
	int i, k;

	(void)state;
	buf_addf(&script, "echo begun >'%s.begun'\nwhile [ ! -e '%s' ]; do sleep 0.05; done\n", go, go);
	b->w.prefix = "false";
	b->w.dirty = true;
	world_show(&b->w);
	kops_script(buf_str(&script), 0);
	bench_worker(b);
	buf_clear(&script);
	buf_addf(&script, "%s.begun", go);
	bench_run_until(b, buf_str(&script));
	b->w.prefix = "true";
	b->w.dirty = true;
	world_show(&b->w);
	assert_true(file_write(go, "", 0, 0600, NULL));
	for (i = 0; i < 10000 && !b->done && !b->w.inst[0].marked; i++) {
		usleep(1000);
		world_live(&b->w);
		worker_changed(b->worker);
		loop_turn(b->loop, 10);
		if (b->w.now.mono < 1000000 + 60000)
			continue;
		for (k = 0; k < W_INSTANCES; k++)
			b->w.inst[k].marked = b->w.inst[k].joined;
		b->w.dirty = true;
	}
	bench_run_really(b);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	v = view_of(b);
	assert_non_null(strstr(v.message, "the CNI addon has come"));
	run_view_release(&v);
	buf_release(&script);
	free(go);
	free(dir);
	bench_free(b);
}

/* Whatever kops does, it ends with the user's word; the journal and the run say who ended it. */
static void kops_is_stopped(void **state)
{
	static const struct {
		enum run_kind kind;
		const char *options, *journal, *said;
	} rows[] = {
		{ RUN_UPDATE, NULL, "\"action\":\"kops update\"", "kops was stopped by the user." },
		{ RUN_ROLL, NULL, "\"action\":\"kops rolling-update\"", "kops was stopped by the user." },
		{ RUN_CREATE, "{\"argv\":[\"--zones=a\"]}", "\"action\":\"kops create\"",
			"kops delete cluster small.example --yes removes it." },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *b = bench_told(rows[i].kind, RUN_KOPS, rows[i].options);
		char *dir = file_state_dir(), *begun = file_join(dir, "begun");
		char *journal = file_join(dir, "journal.jsonl");
		struct buf text = BUF_INIT, script = BUF_INIT;
		const char *last;
		struct run_view v;

		unlink(begun);
		buf_addf(&script, "echo >'%s'\nexec sleep 600\n", begun);
		kops_script(buf_str(&script), 0);
		bench_worker(b);
		bench_run_until(b, begun);
		assert_int_equal(bench_tell(b, "pause"), ERR_REFUSED);
		assert_false(b->done);
		assert_int_equal(bench_tell(b, "stop"), 0);
		bench_run_really(b);
		assert_int_equal(b->status, RUN_USER_STOPPED);
		v = view_of(b);
		assert_non_null(strstr(v.message, rows[i].said));
		run_view_release(&v);
		assert_true(file_read(journal, &text, NULL));
		text.data[--text.len] = '\0';
		last = strrchr(buf_str(&text), '\n');
		assert_non_null(strstr(last, rows[i].journal));
		assert_non_null(strstr(last, "stopped by the user"));
		buf_release(&text);
		buf_release(&script);
		free(journal);
		free(begun);
		free(dir);
		bench_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kops_rolls),
		cmocka_unit_test(kops_fails),
		cmocka_unit_test(kops_updates),
		cmocka_unit_test(update_waits_for_its_addon),
		cmocka_unit_test(update_whose_addon_was_faster),
		cmocka_unit_test(kops_is_stopped),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
