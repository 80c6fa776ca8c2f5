/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lease kube-system/kopscope-<cluster>: one run at a time.  Taken when
 * there is none, when it is ours from before a restart, or when its holder has
 * not renewed it for its whole duration and the user has said that this very
 * holder may be put aside (meta's take_over); renewed while we work; deleted at
 * the end.  A server that is away (its only control plane is being replaced) does
 * not take it from us; another holder's name in it does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/lease.h"
#include "core/run/worker-internal.h"

struct worker_lease {
	struct worker *w; /* NULL: the worker is gone, only an answer is awaited */
	char *name, *holder, *ours, *version;
	int64_t acquired;
	bool held, busy;
	int tries;
	struct loop_timer *timer;
	void (*dropped)(struct worker *w);
};

static void worker_lease_destroy(struct worker_lease *l)
{
	if (l->timer)
		loop_timer_remove(l->timer);
	free(l->name);
	free(l->holder);
	free(l->ours);
	free(l->version);
	free(l);
}

struct worker_lease *worker_lease_new(struct worker *w)
{
	struct worker_lease *l = xcalloc(1, sizeof(*l));

	l->w = w;
	l->name = run_lease_name(w->meta.cluster);
	l->holder = run_lease_holder(w->meta.who, w->id);
	l->ours = run_lease_holder(w->meta.who, NULL);
	return l;
}

void worker_lease_free(struct worker_lease *l)
{
	if (!l)
		return;
	l->w = NULL;
	if (l->timer)
		loop_timer_remove(l->timer);
	l->timer = NULL;
	if (!l->busy)
		worker_lease_destroy(l);
}

static void worker_lease_ask(void *ctx);

static void worker_lease_again(struct worker_lease *l, int64_t real_ms)
{
	if (!l->timer)
		l->timer = worker_timer(l->w, real_ms, worker_lease_ask, l);
}

/* The answer to a call: false when nobody waits for it any more. */
static bool worker_lease_back(struct worker_lease *l)
{
	l->busy = false;
	if (l->w)
		return true;
	worker_lease_destroy(l);
	return false;
}

static void worker_lease_failed(struct worker_lease *l, const struct err *e)
{
	struct worker *w = l->w;

	if (l->held) { /* the server may be away while its node is replaced */
		worker_lease_again(l, WORKER_RETRY_MS);
		return;
	}
	if (++l->tries < 10 && e->kind != ERR_DENIED) {
		worker_lease_again(l, WORKER_RETRY_MS);
		return;
	}
	worker_end(w, RUN_FAILED,
		"Nothing was done: the lease %s/%s, which keeps two from rolling at once, "
		"cannot be taken: %s", RUN_LEASE_NAMESPACE, l->name, e->text);
}

static void worker_lease_was_put(void *ctx, const struct err *e)
{
	struct worker_lease *l = ctx;
	bool first = !l->held;

	if (!worker_lease_back(l))
		return;
	if (l->w->stage >= WORKER_ENDS) {
		l->held = l->held || !e;
		worker_turn_soon(l->w);
		return;
	}
	if (e && e->kind == ERR_CONFLICT) { /* look who was faster */
		worker_lease_again(l, 0);
		return;
	}
	if (e) {
		worker_lease_failed(l, e);
		return;
	}
	l->held = true;
	worker_lease_again(l, WORKER_RENEW_MS);
	if (first)
		worker_leased(l->w);
}

static void worker_lease_put(struct worker_lease *l, const char *version)
{
	int64_t now = clock_wall(loop_clock(l->w->world.loop));
	struct kube_lease lease = {
		.ns = RUN_LEASE_NAMESPACE, .name = l->name, .holder = l->holder,
		.duration_s = RUN_LEASE_S, .renewed = now, .resource_version = version,
	};

	if (!l->held)
		l->acquired = now;
	lease.acquired = l->acquired;
	l->busy = true;
	l->w->world.kube->ops->put_lease(l->w->world.kube, &lease, worker_lease_was_put, l);
}

/* Somebody else's. */
static void worker_lease_refused(struct worker_lease *l, const struct kube_lease *seen,
	enum run_lease_state state)
{
	int64_t now = clock_wall(loop_clock(l->w->world.loop));
	struct buf left = { .max = 400 };
	char words[400];

	worker_roll_left(l->w, &left);
	run_lease_words(seen, now, words, sizeof(words));
	if (l->held)
		worker_end(l->w, RUN_GUARD, "Stopped: %s has taken the lease of %s meanwhile%s",
			seen->holder, l->w->meta.cluster, left.len ? buf_str(&left) : ".");
	else if (state == RUN_LEASE_STALE)
		worker_end(l->w, RUN_GUARD,
			"Nothing was done: the lease %s/%s is held by %s. If that worker is dead, "
			"--take-over takes it over.", RUN_LEASE_NAMESPACE, l->name, words);
	else
		worker_end(l->w, RUN_FAILED,
			"Nothing was done: %s is at work on %s (lease %s/%s). Wait for it, or "
			"look at its run.", seen->holder, l->w->meta.cluster,
			RUN_LEASE_NAMESPACE, l->name);
	buf_release(&left);
}

/* May the lease be written over as it was seen? */
static bool worker_lease_ours(struct worker_lease *l, const struct kube_lease *seen,
	enum run_lease_state state)
{
	if (state == RUN_LEASE_FREE || state == RUN_LEASE_DEAD ||
		str_eq(seen->holder, l->holder))
		return true;
	if (l->held || state != RUN_LEASE_STALE || !str_eq(seen->holder, l->w->meta.take_over))
		return false;
	run_log_message(l->w->log, "Takes the lease over from %s, as was confirmed.", seen->holder);
	return true;
}

static void worker_lease_seen(void *ctx, const struct kube_lease *seen, const struct err *e)
{
	struct worker_lease *l = ctx;
	enum run_lease_state state;

	if (!worker_lease_back(l))
		return;
	if (l->w->stage >= WORKER_ENDS) {
		worker_turn_soon(l->w);
		return;
	}
	if (e && e->kind == ERR_NOT_FOUND) {
		worker_lease_put(l, NULL);
	} else if (e) {
		worker_lease_failed(l, e);
	} else {
		state = run_lease_judge(seen, l->ours, clock_wall(loop_clock(l->w->world.loop)));
		if (!worker_lease_ours(l, seen, state)) {
			worker_lease_refused(l, seen, state);
			return;
		}
		xreplace(&l->version, seen->resource_version);
		worker_lease_put(l, l->version);
	}
}

static void worker_lease_ask(void *ctx)
{
	struct worker_lease *l = ctx;
	struct kube *k = l->w->world.kube;

	l->timer = NULL;
	if (l->busy || l->w->stage >= WORKER_ENDS)
		return;
	l->busy = true;
	k->ops->get_lease(k, RUN_LEASE_NAMESPACE, l->name, worker_lease_seen, l);
}

void worker_lease_take(struct worker_lease *l)
{
	worker_lease_ask(l);
}

/* ---- giving it back ---- */

static void worker_lease_deleted(void *ctx, const struct err *e)
{
	struct worker_lease *l = ctx;

	(void)e; /* it ends by itself when it grows stale */
	if (worker_lease_back(l))
		l->dropped(l->w);
}

static void worker_lease_last_seen(void *ctx, const struct kube_lease *seen, const struct err *e)
{
	struct worker_lease *l = ctx;
	struct kube *k;

	if (!worker_lease_back(l))
		return;
	if (e || !str_eq(seen->holder, l->holder)) {
		l->dropped(l->w);
		return;
	}
	k = l->w->world.kube;
	xreplace(&l->version, seen->resource_version);
	l->busy = true;
	k->ops->delete_lease(k, RUN_LEASE_NAMESPACE, l->name, l->version, worker_lease_deleted, l);
}

void worker_lease_drop(struct worker_lease *l, void (*done)(struct worker *w))
{
	struct kube *k = l->w->world.kube;

	if (l->busy)
		return; /* its answer brings us here again */
	if (!l->held) {
		done(l->w);
		return;
	}
	l->dropped = done;
	l->held = false;
	l->busy = true;
	k->ops->get_lease(k, RUN_LEASE_NAMESPACE, l->name, worker_lease_last_seen, l);
}
