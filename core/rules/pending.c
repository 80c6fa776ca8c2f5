/* SPDX-License-Identifier: Apache-2.0 */
/* Which pods wait, in groups of one owner and one cause. */
#include "core/rules/pending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/pending-parts.h"

#define GRACE_MS 60000           /* a pod may take that to start */
#define REFUSED_MS (15 * 60000)  /* a refused pod with a controller is replaced: old news then */

#define JUDGED_PAIRS 60000       /* of group and node, so that a screen's frame is not late ... */
#define TERM_PAIRS 8             /* ... and so many more where other pods have to be counted */
#define PODS_A_PAIR 8            /* pods counted in the time of one such pair */

enum waiting { WAITS_NOT, WAITS_SCHEDULING, WAITS_BOUND, WAITS_REFUSED };

static enum waiting pod_waiting(const struct pod *p, const struct clock *clock)
{
	if (p->deletion) {
		return WAITS_NOT;
	}
	if (p->phase == POD_FAILED && pending_refused(p)) {
		bool alone = !p->owner_kind || str_eq(p->owner_kind, "Node");
		return alone || clock_age(clock, p->created) < REFUSED_MS ? WAITS_REFUSED :
			WAITS_NOT;
	}
	if (p->phase != POD_PENDING) {
		return WAITS_NOT;
	}
	if (str_empty(p->node)) {
		return WAITS_SCHEDULING;
	}
	int64_t since = p->scheduled_at ? p->scheduled_at : p->created;
	return pending_reason_stays(p->waiting_reason) || clock_age(clock, since) > GRACE_MS ?
		WAITS_BOUND : WAITS_NOT;
}

/* What makes two waiting pods one line.  Shapes and strings of the model are shared, so their
   addresses tell; pods of a DaemonSet differ in shape only by the node that each is for. */
static void pod_key(const struct pod *p, enum waiting w, char *out, size_t size)
{
	bool daemon = p->flags & POD_DAEMON;
	const void *cause = w == WAITS_BOUND ? (const void *)p->waiting_reason :
		w == WAITS_REFUSED ? (const void *)p->status_reason :
		daemon ? NULL : (const void *)p->shape;
	snprintf(out, size, "%d %p %p %p %p %p", (int)w, (const void *)p->ns,
		(const void *)p->owner_kind,
		p->owner_name ? (const void *)p->owner_name : (const void *)p->uid, cause,
		w == WAITS_SCHEDULING ? (const void *)p->sched_reason : NULL);
}

/* What judging the nodes for a group costs, in pairs. */
static size_t group_cost(const struct pending_group *g, size_t nodes, size_t pods,
	const struct fit_keepers *keepers)
{
	const struct pod_shape *s = g->sample->pod.shape;
	bool terms = s->nnear || s->napart || s->nspread;
	return nodes * (terms || keepers->n ? TERM_PAIRS : 1) + (terms ? pods / PODS_A_PAIR : 0);
}

static bool pod_older(const struct pod *a, const struct pod *b)
{
	return a->created != b->created ? a->created < b->created : strcmp(a->name, b->name) < 0;
}

/* The text as one line; NULL stays NULL. */
static char *one_line(const char *s)
{
	char *out = xstrdup(s);
	for (char *p = out; p && *p; p++) {
		if (*p == '\n' || *p == '\r' || *p == '\t') {
			*p = ' ';
		}
	}
	return out;
}

struct builder {
	struct pending_report *out;
	struct strmap *keys; /* to index + 1 in out->v */
	size_t cap;
};

static void builder_add(struct builder *b, const struct m_pod *p, enum waiting w)
{
	char key[160];
	pod_key(&p->pod, w, key, sizeof key);
	size_t at = (size_t)(uintptr_t)strmap_get(b->keys, key);
	if (!at) {
		b->out->v = xgrow(b->out->v, &b->cap, b->out->n, sizeof *b->out->v);
		at = ++b->out->n;
		strmap_set(b->keys, key, (void *)(uintptr_t)at);
		bool bare = !p->pod.owner_name;
		b->out->v[at - 1] = (struct pending_group){ .ns = p->pod.ns, .sample = p,
			.owner_kind = bare ? "Pod" : p->pod.owner_kind,
			.owner_name = bare ? p->pod.name : p->pod.owner_name,
			.oldest = p->pod.created, .after_scheduling = w != WAITS_SCHEDULING };
	}
	struct pending_group *g = &b->out->v[at - 1];
	g->npods++;
	if (pod_older(&p->pod, &g->sample->pod)) {
		g->sample = p;
		g->oldest = p->pod.created;
	}
	if (p->pod.created && (!b->out->oldest || p->pod.created < b->out->oldest)) {
		b->out->oldest = p->pod.created;
	}
	b->out->npods++;
}

static int group_cmp(const void *a, const void *b)
{
	const struct pending_group *x = a, *y = b;
	if (x->npods != y->npods) {
		return x->npods > y->npods ? -1 : 1;
	}
	if (x->oldest != y->oldest) {
		return x->oldest < y->oldest ? -1 : 1;
	}
	int c = strcmp(x->ns ? x->ns : "", y->ns ? y->ns : "");
	return c ? c : strcmp(x->owner_name, y->owner_name);
}

/* keepers NULL: nodes are not judged. */
static void group_fill(const struct model *m, const struct clock *clock, struct pending_group *g,
	const struct fit_keepers *keepers)
{
	bool judged = keepers && !g->after_scheduling;
	struct tally t;
	struct reasons r;
	g->message = one_line(g->after_scheduling ? NULL : g->sample->pod.sched_message);
	reasons_parse(g->message, &r);
	if (judged) {
		pending_judge(m, g, &r, keepers, &t);
		g->disagrees = pending_disagrees(g, &r, &t);
	}
	pending_explain(m, clock, g, &r, judged ? &t : NULL);
	if (judged) {
		pending_advise(m, g, &t);
	} else if (g->after_scheduling) {
		pending_advise_bound(m, g);
	}
	reasons_release(&r);
}

void pending_compute(const struct model *m, const struct clock *clock, struct pending_report *out)
{
	size_t n;
	const struct m_pod *const *pods = model_pods(m, &n);
	*out = (struct pending_report){ .v = NULL };
	struct builder b = { .out = out, .keys = strmap_new(NULL) };
	for (size_t i = 0; i < n; i++) {
		enum waiting w = pod_waiting(&pods[i]->pod, clock);
		if (w != WAITS_NOT) {
			builder_add(&b, pods[i], w);
		}
	}
	strmap_free(b.keys);
	if (out->n) {
		qsort(out->v, out->n, sizeof *out->v, group_cmp);
	}
	size_t nodes;
	struct fit_keepers keepers = { .n = 0 };
	model_nodes(m, &nodes);
	if (out->n) {
		fit_keepers_find(m, &keepers);
	}
	size_t spent = 0;
	for (size_t i = 0; i < out->n; i++) {
		spent += out->v[i].after_scheduling ? 0 :
			group_cost(&out->v[i], nodes, n, &keepers);
		bool judged = i == 0 || (i < PENDING_JUDGED && spent <= JUDGED_PAIRS);
		group_fill(m, clock, &out->v[i], judged ? &keepers : NULL);
	}
	fit_keepers_release(&keepers);
}

void pending_release(struct pending_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct pending_group *g = &r->v[i];
		for (size_t k = 0; k < g->nverdicts; k++) {
			free(g->verdicts[k].text);
		}
		for (size_t k = 0; k < g->nadvices; k++) {
			free(g->advices[k].text);
			free(g->advices[k].effect);
			free(g->advices[k].detail);
			free(g->advices[k].group);
		}
		free(g->verdicts);
		free(g->advices);
		free(g->why);
		free(g->message);
	}
	free(r->v);
	*r = (struct pending_report){ .v = NULL };
}
