/* SPDX-License-Identifier: Apache-2.0 */
/* The miniature world with a worker in it: its verbs as the sources would carry them out. */
#include "tests/run/bench.h"

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

#include "core/base/strs.h"

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

static bool lease_fails(struct err *e)
{
	if (bench->lease_fails <= 0)
		return false;
	bench->lease_fails--;
	err_set(e, bench->lease_kind, "the API server says no");
	return true;
}

static void lease_get_now(void *p)
{
	struct lease_call *c = p;
	struct err e = ERR_INIT;
	char version[16];
	struct kube_lease l = { .ns = "kube-system", .name = "x", .holder = bench->holder,
		.duration_s = 120, .renewed = bench->renewed, .resource_version = version };

	snprintf(version, sizeof(version), "%d", bench->version);
	if (!lease_fails(&e) && !bench->holder[0])
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
	if (!lease_fails(&e) && strcmp(c->version, version))
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

void bench_worker(struct bench *b)
{
	struct worker_world ww = { .loop = b->loop, .model = b->w.m, .cloud = &b->cloud,
		.kube = &b->kube };
	struct err e = ERR_INIT;

	b->worker = worker_new(b->id, &ww, bench_done, b, &e);
	if (!b->worker)
		fail_msg("%s", e.text);
}

struct bench *bench_of(enum run_kind kind, enum run_engine engine)
{
	return bench_told(kind, engine, NULL);
}

struct bench *bench_told(enum run_kind kind, enum run_engine engine, const char *options)
{
	char cluster[] = "small.example", who[] = "ops", state[] = "file:///store";
	struct run_meta meta = { .cluster = cluster, .who = who, .state = state, .kind = kind,
		.engine = engine, .options = (char *)(uintptr_t)options };
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

struct bench *bench_new(void)
{
	return bench_of(RUN_ROLL, RUN_NATIVE);
}

void bench_free(struct bench *b)
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

void bench_run(struct bench *b, int seconds)
{
	int i;

	for (; seconds > 0 && !b->done; seconds--) {
		world_live(&b->w);
		worker_changed(b->worker);
		for (i = 0; i < 6; i++)
			loop_turn(b->loop, 0);
	}
}

struct run_view view_of(const struct bench *b)
{
	struct err e = ERR_INIT;
	struct run_view v;

	if (!run_view_read(b->id, &v, &e))
		fail_msg("%s", e.text);
	return v;
}

int bench_tell(struct bench *b, const char *word)
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
