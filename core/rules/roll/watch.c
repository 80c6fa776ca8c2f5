/* SPDX-License-Identifier: Apache-2.0 */
/* A roll seen from outside. */
#include "core/rules/roll/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/roll/internal.h"

#define WATCH_NO_IP_MS 30000

/* ---- phases ---- */

static int32_t watch_pods_left(const struct m_node *n)
{
	int32_t left = 0;
	const struct m_pod *p;

	for (p = n->pods; p; p = p->next_on_node)
		left += !(p->pod.flags & (POD_DAEMON | POD_MIRROR)) &&
			p->pod.phase != POD_SUCCEEDED && p->pod.phase != POD_FAILED;
	return left;
}

/* To be replaced: how far is that? */
static void watch_old(const struct m_instance *i, struct roll_seen *s)
{
	const struct node *n = i->node ? &i->node->node : NULL;

	s->phase = ROLL_WAITS;
	if (!n)
		return;
	if (n->unschedulable) {
		s->pods_left = watch_pods_left(i->node);
		s->phase = s->pods_left ? ROLL_DRAINING : ROLL_DRAINED;
	} else if (i->instance.detached) {
		s->phase = ROLL_DETACHED;
	} else if (node_tainted(n, ROLL_TAINT_KEY)) {
		s->phase = ROLL_TAINTED;
	}
}

/* Of the template that its group wants: has it come yet? */
static void watch_new(const struct m_instance *i, struct roll_seen *s)
{
	const struct node *n = i->node ? &i->node->node : NULL;

	s->phase = ROLL_DONE;
	if (roll_instance_role(i) == ROLE_BASTION)
		s->phase = str_eq(i->instance.state, "running") ? ROLL_DONE : ROLL_BOOTING;
	else if (!n)
		s->phase = ROLL_BOOTING;
	else if (n->ready != TRI_YES || n->network_unavailable == TRI_YES)
		s->phase = ROLL_JOINING;
	if (n && s->phase == ROLL_JOINING && n->ready_reason)
		snprintf(s->words, sizeof(s->words), "%s", n->ready_reason);
}

static void watch_instance(const struct m_instance *i, struct roll_seen *s)
{
	*s = (struct roll_seen){ .instance = i, .why = update_why_of(i) };
	if (str_eq(i->instance.state, "shutting-down") ||
		str_eq(i->instance.lifecycle, "Terminating"))
		s->phase = ROLL_TERMINATING;
	else if (s->why == UPDATE_NONE || s->why == UPDATE_UNKNOWN)
		watch_new(i, s);
	else
		watch_old(i, s);
}

static int watch_rank(const struct m_instance *i)
{
	static const enum role order[] = {
		ROLE_BASTION, ROLE_CONTROL_PLANE, ROLE_APISERVER, ROLE_NODE,
	};
	enum role role = roll_instance_role(i);
	int k;

	for (k = 0; k < 4 && order[k] != role; k++)
		;
	return k;
}

static int watch_cmp(const void *a, const void *b)
{
	const struct roll_seen *x = a, *y = b;
	int by = watch_rank(x->instance) - watch_rank(y->instance);
	const char *gx = x->instance->instance.group, *gy = y->instance->instance.group;

	if (!by)
		by = strcmp(gx ? gx : "", gy ? gy : "");
	return by ? by : strcmp(x->instance->instance.id, y->instance->instance.id);
}

void roll_watch_make(const struct model *m, struct roll_watch *out)
{
	const struct m_instance *const *v;
	size_t n, i;

	*out = (struct roll_watch){ .v = NULL };
	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		struct roll_seen s;

		if (str_eq(v[i]->instance.state, "terminated"))
			continue;
		watch_instance(v[i], &s);
		out->v = xgrow(out->v, &out->cap, out->n, sizeof(*out->v));
		out->v[out->n++] = s;
		out->done += s.phase == ROLL_DONE;
		/* kops' own taint, or its mark of detachment: nobody else makes those. */
		out->goes_on = out->goes_on || v[i]->instance.detached ||
			(v[i]->node && node_tainted(&v[i]->node->node, ROLL_TAINT_KEY));
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), watch_cmp);
}

void roll_watch_release(struct roll_watch *w)
{
	free(w->v);
	*w = (struct roll_watch){ .v = NULL };
}

/* ---- guards ---- */

static void guard_sign(struct roll_guard *g, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void guard_sign(struct roll_guard *g, const char *fmt, ...)
{
	va_list ap;

	if (g->state == GUARD_SIGN)
		return;
	g->state = GUARD_SIGN;
	va_start(ap, fmt);
	vsnprintf(g->words, sizeof(g->words), fmt, ap);
	va_end(ap);
	roll_text_fix(g->words);
}

static void guard_pod(const struct pod *p, const struct clock *clock,
	struct roll_guard out[GUARD__COUNT])
{
	bool cni = str_eq(p->owner_kind, "DaemonSet") && str_eq(p->owner_name, "aws-node");

	if (p->deletion)
		return;
	if (cni && p->phase == POD_PENDING && !p->node)
		guard_sign(&out[GUARD_CNI], "%s finds no slot%s%s", p->name,
			p->trouble->sched_message ? ": " : "",
			p->trouble->sched_message ? p->trouble->sched_message : "");
	if (str_eq(p->trouble->status_reason, "OutOfpods"))
		guard_sign(&out[GUARD_OUT_OF_PODS], "%s rejects %s/%s", p->node ? p->node : "?",
			p->ns, p->name);
	if (roll_lacks_ip(p) && clock_age(clock, p->trouble->scheduled_at) > WATCH_NO_IP_MS)
		guard_sign(&out[GUARD_NO_IP], "%s/%s on %s", p->ns, p->name, p->node);
}

static void guard_quorum(const struct model *m, struct roll_guard *g)
{
	const struct m_instance *const *v;
	size_t n, i, all = 0, away = 0;

	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		if (roll_instance_role(v[i]) != ROLE_CONTROL_PLANE || !roll_instance_alive(v[i]))
			continue;
		all++;
		away += !v[i]->node || v[i]->node->node.ready != TRI_YES;
	}
	if (all > 1 && away > 1)
		guard_sign(g, "%zu of %zu of the control plane are away", away, all);
}

void roll_guards_look(const struct model *m, const struct clock *clock,
	struct roll_guard out[GUARD__COUNT])
{
	static const char *const names[GUARD__COUNT] = {
		[GUARD_CNI] = "aws-node", [GUARD_OUT_OF_PODS] = "OutOfpods",
		[GUARD_QUORUM] = "quorum", [GUARD_NO_IP] = "no pod without IP",
	};
	bool kube = model_source(m, SRC_KUBE)->state == SOURCE_LIVE;
	bool aws = model_source(m, SRC_AWS)->state == SOURCE_LIVE;
	const struct m_pod *const *v;
	size_t n, i;

	for (i = 0; i < GUARD__COUNT; i++) {
		bool known = kube && (aws || i != GUARD_QUORUM);

		out[i] = (struct roll_guard){ .name = names[i],
			.state = known ? GUARD_QUIET : GUARD_UNKNOWN };
	}
	if (!kube)
		return;
	v = model_pods(m, &n);
	for (i = 0; i < n; i++)
		guard_pod(&v[i]->pod, clock, out);
	if (aws)
		guard_quorum(m, &out[GUARD_QUORUM]);
}
