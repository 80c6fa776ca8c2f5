/* SPDX-License-Identifier: Apache-2.0 */
/* The worker against the miniature world: a whole roll, the lease, words, a restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
#include "tests/run/folder.h"

struct bench { /* the world, its verbs, the worker */
	struct world w;
	struct loop *loop;
	struct cloud cloud;
	struct kube kube;
	struct worker *worker;
	char *id;
	bool done;
	enum run_status status;
	char holder[128]; /* of the lease; empty: there is none */
	int64_t renewed;
	int version, puts;
};

static struct bench *bench; /* the verbs' contexts are the interfaces, which know no bench */

static void do_terminate(struct cloud *c, const char *id,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	world_ask(&bench->w, ROLL_TERMINATE, id, NULL, done, ctx);
}

static void do_detach(struct cloud *c, const char *id, const char *asg,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	assert_non_null(asg);
	world_ask(&bench->w, ROLL_DETACH, id, NULL, done, ctx);
}

static void do_deregister(struct cloud *c, const char *id, const char *asg,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	world_ask(&bench->w, ROLL_DEREGISTER, id, NULL, done, ctx);
}

static void do_cordon(struct kube *k, const char *node, bool on,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	world_ask(&bench->w, on ? ROLL_CORDON : ROLL_UNCORDON, node, NULL, done, ctx);
}

static void do_taint(struct kube *k, const char *node, const struct taint *taint, bool on,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	assert_string_equal(taint->key, "kops.k8s.io/scheduled-for-update");
	assert_string_equal(taint->effect, "PreferNoSchedule");
	world_ask(&bench->w, on ? ROLL_TAINT : ROLL_UNTAINT, node, NULL, done, ctx);
}

static void do_label(struct kube *k, const char *node, const char *key, const char *value,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	world_ask(&bench->w, value ? ROLL_EXCLUDE_LB : ROLL_INCLUDE_LB, node, NULL, done, ctx);
}

static void do_evict(struct kube *k, const char *ns, const char *pod, const char *uid,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	world_ask(&bench->w, ROLL_EVICT, "", uid, done, ctx);
}

/* The lease's server answers on the next turn. */
struct lease_call {
	void (*got)(void *ctx, const struct kube_lease *l, const struct err *e);
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
	char holder[128], version[16];
	int64_t renewed;
};

static void lease_get_now(void *p)
{
	struct lease_call *c = p;
	struct err e = ERR_INIT;
	char version[16];
	struct kube_lease l = { .ns = "kube-system", .name = "x", .holder = bench->holder,
		.duration_s = 120, .renewed = bench->renewed, .resource_version = version };

	snprintf(version, sizeof(version), "%d", bench->version);
	if (!bench->holder[0])
		err_set(&e, ERR_NOT_FOUND, "no such lease");
	c->got(c->ctx, e.kind ? NULL : &l, e.kind ? &e : NULL);
	free(c);
}

static void lease_put_now(void *p)
{
	struct lease_call *c = p;
	struct err e = ERR_INIT;
	char version[16];

	snprintf(version, sizeof(version), "%d", bench->holder[0] ? bench->version : 0);
	if (strcmp(c->version, version))
		err_set(&e, ERR_CONFLICT, "somebody was faster");
	if (!e.kind) {
		memcpy(bench->holder, c->holder, sizeof(c->holder));
		bench->renewed = c->renewed;
		bench->version++;
		bench->puts++;
	}
	c->done(c->ctx, e.kind ? &e : NULL);
	free(c);
}

static void lease_delete_now(void *p)
{
	struct lease_call *c = p;

	bench->holder[0] = '\0';
	c->done(c->ctx, NULL);
	free(c);
}

static void do_get_lease(struct kube *k, const char *ns, const char *name,
	void (*done)(void *ctx, const struct kube_lease *l, const struct err *e), void *ctx)
{
	struct lease_call *c = calloc(1, sizeof(*c));

	assert_string_equal(ns, "kube-system");
	assert_string_equal(name, "kopscope-small.example");
	c->got = done;
	c->ctx = ctx;
	loop_timer_add(bench->loop, 0, lease_get_now, c);
}

static void do_put_lease(struct kube *k, const struct kube_lease *l,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct lease_call *c = calloc(1, sizeof(*c));

	c->done = done;
	c->ctx = ctx;
	snprintf(c->holder, sizeof(c->holder), "%s", l->holder);
	snprintf(c->version, sizeof(c->version), "%s",
		str_empty(l->resource_version) ? "0" : l->resource_version);
	c->renewed = l->renewed;
	loop_timer_add(bench->loop, 0, lease_put_now, c);
}

static void do_delete_lease(struct kube *k, const char *ns, const char *name,
	const char *resource_version, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct lease_call *c = calloc(1, sizeof(*c));

	c->done = done;
	c->ctx = ctx;
	loop_timer_add(bench->loop, 0, lease_delete_now, c);
}

static const struct cloud_ops cloud_ops = {
	.terminate = do_terminate, .detach = do_detach, .deregister = do_deregister,
};
static const struct kube_ops kube_ops = {
	.cordon = do_cordon, .taint = do_taint, .label = do_label, .evict = do_evict,
	.get_lease = do_get_lease, .put_lease = do_put_lease, .delete_lease = do_delete_lease,
};

/* ---- the bench ---- */

static void bench_done(void *ctx, enum run_status s)
{
	struct bench *b = ctx;

	b->done = true;
	b->status = s;
}

static void bench_worker(struct bench *b)
{
	struct worker_world ww = { .loop = b->loop, .model = b->w.m, .cloud = &b->cloud,
		.kube = &b->kube };
	struct err e = ERR_INIT;

	b->worker = worker_new(b->id, &ww, bench_done, b, &e);
	if (!b->worker)
		fail_msg("%s", e.text);
}

static struct bench *bench_of(enum run_kind kind, enum run_engine engine)
{
	char cluster[] = "small.example", who[] = "ops", state[] = "file:///store";
	struct run_meta meta = { .cluster = cluster, .who = who, .state = state, .kind = kind,
		.engine = engine };
	struct bench *b = calloc(1, sizeof(*b));
	struct err e = ERR_INIT;
	int g;

	bench = b;
	world_init(&b->w, 17);
	world_group(&b->w, "cp", ROLE_CONTROL_PLANE, 1);
	g = world_group(&b->w, "nodes", ROLE_NODE, 2);
	world_app(&b->w, "web", 6, -1);
	world_settle(&b->w);
	world_outdate(&b->w, 0);
	world_outdate(&b->w, g);
	world_settle(&b->w);
	b->loop = loop_new(&b->w.clock);
	b->cloud.ops = &cloud_ops;
	b->kube.ops = &kube_ops;
	if (!run_create(&meta, &b->id, &e))
		fail_msg("%s", e.text);
	return b;
}

static struct bench *bench_new(void)
{
	return bench_of(RUN_ROLL, RUN_NATIVE);
}

static void bench_free(struct bench *b)
{
	assert_string_equal(b->w.violation, "");
	assert_int_equal(b->w.terminated_twice, 0);
	worker_free(b->worker);
	loop_free(b->loop);
	world_release(&b->w);
	free(b->id);
	free(b);
	bench = NULL;
}

static void bench_run(struct bench *b, int seconds)
{
	int i;

	for (; seconds > 0 && !b->done; seconds--) {
		world_live(&b->w);
		worker_changed(b->worker);
		for (i = 0; i < 6; i++)
			loop_turn(b->loop, 0);
	}
}

static struct run_view view_of(const struct bench *b)
{
	struct err e = ERR_INIT;
	struct run_view v;

	if (!run_view_read(b->id, &v, &e))
		fail_msg("%s", e.text);
	return v;
}

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

static void stale_lease_is_taken(void **state)
{
	struct bench *b = bench_new();

	(void)state;
	snprintf(b->holder, sizeof(b->holder), "anna@bastion run 4");
	b->version = 3;
	b->renewed = b->w.now.wall - 200 * 1000;
	bench_worker(b);
	bench_run(b, 30);
	assert_false(b->done);
	assert_non_null(strstr(b->holder, "ops@"));
	bench_run(b, 3600);
	assert_int_equal(b->status, RUN_SUCCEEDED);
	bench_free(b);
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

static int words_told(struct bench *b, const char *word)
{
	struct err e = ERR_INIT;
	pid_t child = fork();
	int status;

	if (!child)
		_exit(run_control(b->id, word, &e) ? 0 : (int)e.kind);
	while (waitpid(child, &status, WNOHANG) == 0)
		loop_turn(b->loop, 5);
	return WEXITSTATUS(status);
}

static void pause_and_stop(void **state)
{
	struct bench *b = bench_new();
	struct run_view v;
	int terminated;

	(void)state;
	bench_worker(b);
	bench_run(b, 120);
	assert_int_equal(words_told(b, "pause"), 0);
	bench_run(b, 600);
	assert_false(b->done);
	terminated = b->w.terminated;
	assert_true(terminated > 0 && terminated < 3);
	v = view_of(b);
	assert_int_equal(v.status, RUN_ALIVE);
	assert_true(v.paused);
	run_view_release(&v);
	assert_int_equal(words_told(b, "stop"), 0);
	bench_run(b, 60);
	assert_true(b->done);
	assert_int_equal(b->status, RUN_USER_STOPPED);
	assert_int_equal(b->w.terminated, terminated);
	assert_int_equal(world_left_marks(&b->w), 0);
	assert_string_equal(b->holder, "");
	assert_int_equal(words_told(b, "ping"), ERR_NOT_FOUND);
	bench_free(b);
}

/* ---- kops as the engine: a script that prints what kops would ---- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_roll),
		cmocka_unit_test(somebody_else_rolls),
		cmocka_unit_test(stale_lease_is_taken),
		cmocka_unit_test(dead_own_lease_is_taken),
		cmocka_unit_test(stolen_lease_stops),
		cmocka_unit_test(workers_die),
		cmocka_unit_test(pause_and_stop),
		cmocka_unit_test(kops_rolls),
		cmocka_unit_test(kops_fails),
		cmocka_unit_test(kops_updates),
		cmocka_unit_test(update_waits_for_its_addon),
	};

	return cmocka_run_group_tests(tests, folder_enter, folder_leave);
}
