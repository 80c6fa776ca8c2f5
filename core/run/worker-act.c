/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying the roll machine's actions out by the sources' verbs, each with its journal line. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "core/run/worker-internal.h"

#define TAINT_KEY "kops.k8s.io/scheduled-for-update"
#define EXCLUDE_KEY "node.kubernetes.io/exclude-from-external-load-balancers"

/* One action under way.  Its answer may come after the worker: then owner is NULL. */
struct worker_act {
	struct worker_acts *owner;
	struct worker_act *next;
	uint64_t id;
	enum roll_action_kind kind;
	char *target;
	struct journal_call call;
};
struct worker_acts {
	struct worker *w;
	struct worker_act *first;
};

struct worker_acts *worker_acts_new(struct worker *w)
{
	struct worker_acts *a = xcalloc(1, sizeof(*a));

	a->w = w;
	return a;
}

void worker_acts_free(struct worker_acts *a)
{
	struct worker_act *t;

	if (!a)
		return;
	for (t = a->first; t; t = t->next)
		t->owner = NULL;
	free(a);
}

static void worker_act_free(struct worker_act *t)
{
	struct worker_act **p;

	for (p = t->owner ? &t->owner->first : NULL; p && *p; p = &(*p)->next) {
		if (*p == t) {
			*p = t->next;
			break;
		}
	}
	free(t->target);
	free(t);
}

typedef void (*worker_verb)(struct worker *w, const struct roll_action *a, struct worker_act *t);

static void worker_act_done(void *ctx, const struct err *e);

static const struct taint worker_taint = { .key = TAINT_KEY, .effect = "PreferNoSchedule" };

static void worker_do_taint(struct worker *w, const struct roll_action *a, struct worker_act *t)
{
	w->world.kube->ops->taint(w->world.kube, a->node, &worker_taint, true, worker_act_done, t);
}

static void worker_do_untaint(struct worker *w, const struct roll_action *a, struct worker_act *t)
{
	w->world.kube->ops->taint(w->world.kube, a->node, &worker_taint, false, worker_act_done, t);
}

static void worker_do_cordon(struct worker *w, const struct roll_action *a, struct worker_act *t)
{
	w->world.kube->ops->cordon(w->world.kube, a->node, true, worker_act_done, t);
}

static void worker_do_uncordon(struct worker *w, const struct roll_action *a,
	struct worker_act *t)
{
	w->world.kube->ops->cordon(w->world.kube, a->node, false, worker_act_done, t);
}

static void worker_do_exclude(struct worker *w, const struct roll_action *a,
	struct worker_act *t)
{
	w->world.kube->ops->label(w->world.kube, a->node, EXCLUDE_KEY, "", worker_act_done, t);
}

static void worker_do_include(struct worker *w, const struct roll_action *a,
	struct worker_act *t)
{
	w->world.kube->ops->label(w->world.kube, a->node, EXCLUDE_KEY, NULL, worker_act_done, t);
}

static void worker_do_deregister(struct worker *w, const struct roll_action *a,
	struct worker_act *t)
{
	w->world.cloud->ops->deregister(w->world.cloud, a->instance, a->asg, worker_act_done, t);
}

static void worker_do_detach(struct worker *w, const struct roll_action *a, struct worker_act *t)
{
	w->world.cloud->ops->detach(w->world.cloud, a->instance, a->asg, worker_act_done, t);
}

static void worker_do_evict(struct worker *w, const struct roll_action *a, struct worker_act *t)
{
	w->world.kube->ops->evict(w->world.kube, a->ns, a->pod, a->uid, worker_act_done, t);
}

static void worker_do_terminate(struct worker *w, const struct roll_action *a,
	struct worker_act *t)
{
	w->world.cloud->ops->terminate(w->world.cloud, a->instance, worker_act_done, t);
}

static void worker_look_again(struct worker *w)
{
	struct source *aws = w->world.sources[SRC_AWS];

	if (aws)
		aws->ops->refresh(aws);
}

static void worker_refreshed(void *ctx)
{
	worker_act_done(ctx, NULL);
}

static void worker_do_refresh(struct worker *w, const struct roll_action *a,
	struct worker_act *t)
{
	worker_look_again(w);
	loop_timer_add(w->world.loop, 0, worker_refreshed, t);
}

/* look: AWS shows the effect only when asked. */
static const struct {
	const char *word;
	worker_verb run;
	bool look;
} worker_verbs[ROLL_ACTION__COUNT] = {
	[ROLL_TAINT] = { "taint", worker_do_taint },
	[ROLL_UNTAINT] = { "untaint", worker_do_untaint },
	[ROLL_CORDON] = { "cordon", worker_do_cordon },
	[ROLL_UNCORDON] = { "uncordon", worker_do_uncordon },
	[ROLL_EXCLUDE_LB] = { "exclude-from-load-balancers", worker_do_exclude },
	[ROLL_INCLUDE_LB] = { "include-in-load-balancers", worker_do_include },
	[ROLL_DEREGISTER] = { "deregister", worker_do_deregister },
	[ROLL_DETACH] = { "detach", worker_do_detach, .look = true },
	[ROLL_EVICT] = { "evict", worker_do_evict },
	[ROLL_TERMINATE] = { "terminate", worker_do_terminate, .look = true },
	[ROLL_REFRESH] = { "refresh", worker_do_refresh },
};

static struct journal_entry worker_act_entry(const struct worker *w, const struct worker_act *t)
{
	return (struct journal_entry){ .cluster = w->meta.cluster, .run = w->id,
		.action = worker_verbs[t->kind].word, .target = t->target };
}

static void worker_act_journal(struct worker *w, const struct worker_act *t, const struct err *e)
{
	struct journal_entry j = worker_act_entry(w, t);
	struct err bad = ERR_INIT;

	if (t->kind == ROLL_REFRESH)
		return;
	j.result = e;
	/* Evictions come by the hundred and are read off the pods again. */
	if (!journal_answer(clock_wall(loop_clock(w->world.loop)), &t->call, &j,
		t->kind != ROLL_EVICT, &bad))
		fprintf(stderr, "journal: %s\n", bad.text);
}

static void worker_act_done(void *ctx, const struct err *e)
{
	struct worker_act *t = ctx;
	struct worker *w = t->owner ? t->owner->w : NULL;

	if (w) {
		worker_act_journal(w, t, e);
		if (!e && worker_verbs[t->kind].look)
			worker_look_again(w);
		worker_roll_answer(w, t->id, t->kind, e);
	}
	worker_act_free(t);
}

static char *worker_act_target(const struct roll_action *a)
{
	if (a->kind == ROLL_EVICT)
		return xasprintf("pod %s/%s on %s", a->ns, a->pod, a->node ? a->node : a->instance);
	if (a->kind == ROLL_TERMINATE || a->kind == ROLL_DETACH || a->kind == ROLL_DEREGISTER)
		return xasprintf("instance %s%s%s", a->instance, a->node ? " node " : "",
			a->node ? a->node : "");
	return xasprintf("node %s", a->node ? a->node : a->instance);
}

static struct worker_act *worker_act_new(struct worker_acts *a, const struct roll_action *act)
{
	struct worker_act *t = xcalloc(1, sizeof(*t));

	t->owner = a;
	t->next = a->first;
	a->first = t;
	t->id = act->id;
	t->kind = act->kind;
	t->target = worker_act_target(act);
	return t;
}

/* The writes among them are on the disk before the first is made. */
static bool worker_acts_ask(struct worker *w, struct worker_act **v, size_t n, struct err *e)
{
	struct journal_entry *entries = xcalloc(n + 1, sizeof(*entries));
	struct journal_call *calls = xcalloc(n + 1, sizeof(*calls));
	size_t i, k = 0;
	bool ok;

	for (i = 0; i < n; i++) {
		if (v[i]->kind != ROLL_REFRESH)
			entries[k++] = worker_act_entry(w, v[i]);
	}
	ok = journal_ask(clock_wall(loop_clock(w->world.loop)), entries, k, calls, e);
	for (i = 0, k = 0; ok && i < n; i++) {
		if (v[i]->kind != ROLL_REFRESH)
			v[i]->call = calls[k++];
	}
	free(entries);
	free(calls);
	return ok;
}

bool worker_acts_do(struct worker_acts *a, const struct roll_action *acts, size_t n,
	struct err *e)
{
	struct worker_act **v = xcalloc(n + 1, sizeof(struct worker_act *));
	bool ok;
	size_t i;

	for (i = 0; i < n; i++)
		v[i] = worker_act_new(a, &acts[i]);
	ok = worker_acts_ask(a->w, v, n, e);
	for (i = 0; i < n; i++) {
		if (ok)
			worker_verbs[acts[i].kind].run(a->w, &acts[i], v[i]);
		else
			worker_act_free(v[i]);
	}
	free(v);
	return ok;
}

/* ---- what a worker before us left open ---- */

struct worker_open {
	struct worker *w;
	struct buf words;
	size_t n;
};

static void worker_open_one(void *ctx, const struct journal_call *call, const char *action,
	const char *target)
{
	struct worker_open *o = ctx;
	struct err none = ERR_INIT;
	struct journal_entry j = { .cluster = o->w->meta.cluster, .run = o->w->id,
		.action = action, .target = target, .result = &none };

	if (o->n++ < 3)
		buf_addf(&o->words, "%s%s %s", o->n > 1 ? ", " : "", action ? action : "?",
			target ? target : "?");
	err_set(&none, ERR_CANCELLED, "no answer: the worker ended before it came");
	journal_answer(clock_wall(loop_clock(o->w->world.loop)), call, &j, false, NULL);
}

void worker_acts_left_open(struct worker *w)
{
	struct worker_open o = { .w = w };

	journal_unanswered(w->id, worker_open_one, &o);
	if (o.n > 3)
		buf_addf(&o.words, " and %zu more", o.n - 3);
	if (o.n)
		run_log_message(w->log, "It had asked for %s and got no answer: whether that was "
			"done is read from the cluster.", buf_str(&o.words));
	buf_release(&o.words);
}
