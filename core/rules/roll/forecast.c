/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll played forward: where do the pods of each drained node go?  Nodes
 * are kept as free slots, CPU and memory; a pod takes the first that its
 * selector, tolerations and requests allow.  Affinity between pods, spread and
 * volumes are not judged, so "fits" is a hope and "fits nowhere" is certain.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/cni.h"
#include "core/rules/fit.h"
#include "core/rules/roll/internal.h"

#define FORECAST_STEPS 200   /* of a very large roll: the first ones tell */
#define FORECAST_WORK 4000000 /* pods against nodes */

struct cast_node {
	const struct m_node *like; /* labels and taints */
	int64_t slots, cpu, memory; /* free */
	bool fresh;                /* a new one: not cordoned, without kops' taint */
	bool gone;
};
struct cast {
	const struct model *m;
	struct cast_node *v;
	size_t n, cap, start;      /* start: where the last pod found its place */
	const struct m_pod **lost; /* found no place so far */
	size_t nlost, cap_lost, work;
	struct findings *out;
};

static int64_t cast_max_pods(const struct cast *c, const struct m_node *n)
{
	const struct m_cluster *mc = model_cluster(c->m, model_opened(c->m));
	struct maxpods max = { .value = -1 };

	if (mc && n->group && n->group->has_spec)
		maxpods_for_group(&mc->spec, &n->group->spec, &max);
	return max.value > 0 ? max.value : n->node.alloc_pods;
}

static struct cast_node *cast_add(struct cast *c, const struct m_node *like)
{
	c->v = xgrow(c->v, &c->cap, c->n, sizeof(*c->v));
	c->v[c->n] = (struct cast_node){ .like = like };
	return &c->v[c->n++];
}

static void cast_present(struct cast *c)
{
	const struct m_node *const *v;
	size_t n, i;

	v = model_nodes(c->m, &n);
	for (i = 0; i < n; i++) {
		struct cast_node *k = cast_add(c, v[i]);

		k->slots = v[i]->node.alloc_pods - v[i]->npods;
		k->cpu = v[i]->node.alloc_cpu_milli - v[i]->cpu_milli;
		k->memory = v[i]->node.alloc_memory - v[i]->memory;
		k->gone = v[i]->node.unschedulable || v[i]->node.ready != TRI_YES;
	}
}

/* One like the old one, with its DaemonSets; of the size that the specs give. */
static void cast_replacement(struct cast *c, const struct m_node *old)
{
	struct cast_node *k = cast_add(c, old);

	k->fresh = true;
	k->slots = cast_max_pods(c, old) - old->ndaemon - old->nmirror;
	k->cpu = old->node.alloc_cpu_milli;
	k->memory = old->node.alloc_memory;
}

static bool cast_tolerates(const struct pod_shape *s, const struct cast_node *k)
{
	size_t i;

	for (i = 0; i < k->like->node.ntaints; i++) {
		const struct taint *t = &k->like->node.taints[i];

		if (str_eq(t->effect, "PreferNoSchedule") ||
			(k->fresh && str_starts(t->key, "node.kubernetes.io/")))
			continue;
		if (!shape_tolerates(s, t))
			return false;
	}
	return true;
}

static bool cast_fits(const struct m_pod *p, const struct cast_node *k)
{
	const struct pod_shape *s = p->pod.shape;

	return !k->gone && k->slots > 0 && s->cpu_milli <= k->cpu && s->memory <= k->memory &&
		cast_tolerates(s, k) && shape_selects(s, k->like);
}

static bool cast_place(struct cast *c, const struct m_pod *p)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		struct cast_node *k = &c->v[(c->start + i) % c->n];

		c->work++;
		if (!cast_fits(p, k))
			continue;
		k->slots--;
		k->cpu -= p->pod.shape->cpu_milli;
		k->memory -= p->pod.shape->memory;
		c->start = (c->start + i) % c->n;
		return true;
	}
	return false;
}

static bool cast_moves(const struct pod *p)
{
	return !(p->flags & (POD_DAEMON | POD_MIRROR)) && p->phase != POD_SUCCEEDED &&
		p->phase != POD_FAILED && !p->deletion && p->owner_kind;
}

/* Those that found no place try again, now that another node is there. */
static void cast_retry(struct cast *c)
{
	size_t i, left = 0;

	for (i = 0; i < c->nlost; i++) {
		if (!cast_place(c, c->lost[i]))
			c->lost[left++] = c->lost[i];
	}
	c->nlost = left;
}

static void cast_drain(struct cast *c, const struct m_node *old)
{
	const struct m_pod *p;
	size_t i, before = c->nlost;

	for (i = 0; i < c->n; i++)
		c->v[i].gone = c->v[i].gone || (c->v[i].like == old && !c->v[i].fresh);
	for (p = old->pods; p; p = p->next_on_node) {
		if (!cast_moves(&p->pod) || cast_place(c, p))
			continue;
		c->lost = xgrow(c->lost, &c->cap_lost, c->nlost, sizeof(*c->lost));
		c->lost[c->nlost++] = p;
	}
	if (c->nlost > before)
		findings_add(c->out, FINDING_WARN,
			"scale something down, add a node, or raise maxSurge",
			"Draining %s: %zu of its pods fit nowhere until its replacement is Ready "
			"(%s/%s first)",
			old->node.name, c->nlost - before, c->lost[before]->pod.ns,
			c->lost[before]->pod.name);
}

/* A new node must hold its DaemonSets and one pod more. */
static void cast_slots(struct cast *c, const struct m_node *old)
{
	int64_t max = cast_max_pods(c, old);

	if (max > 0 && max <= old->ndaemon + old->nmirror)
		findings_add(c->out, FINDING_REFUSE, "raise maxPods of the group",
			"A new node of %s would hold %d pods, and %d of its own (aws-node, "
			"kube-proxy, ...) need a slot", old->node.group ? old->node.group : "?",
			(int)max, old->ndaemon + old->nmirror);
}

static void cast_group(struct cast *c, const struct roll *r, const struct roll_group_plan *g)
{
	const struct roll_node *const *v;
	int32_t surge = g->surge;
	size_t n, i, steps = 0;
	bool asked = false;

	v = roll_nodes(r, &n);
	for (i = 0; i < n && surge > 0; i++) {
		const struct m_node *old = v[i]->node ? model_node(c->m, v[i]->node) : NULL;

		if (!old || !str_eq(v[i]->group, g->name))
			continue;
		cast_replacement(c, old);
		surge--;
	}
	for (i = 0; i < n && steps < FORECAST_STEPS && c->work < FORECAST_WORK; i++) {
		const struct m_node *old = v[i]->node ? model_node(c->m, v[i]->node) : NULL;

		if (!old || !str_eq(v[i]->group, g->name))
			continue;
		if (!asked)
			cast_slots(c, old);
		asked = true;
		steps++;
		cast_drain(c, old);
		/* The last ones were detached: their replacements came before. */
		if ((int32_t)steps <= g->todo - g->surge)
			cast_replacement(c, old);
		cast_retry(c);
	}
}

void roll_forecast(const struct model *m, const struct roll_options *o, struct findings *out)
{
	struct cast c = { .m = m, .out = out };
	struct roll *r = roll_new(m, o, NULL);
	struct roll_group_plan g;
	size_t i;

	if (!r)
		return;
	cast_present(&c);
	for (i = 0; roll_group_planned(r, i, &g); i++) {
		if (g.todo && !g.disabled)
			cast_group(&c, r, &g);
	}
	if (c.nlost)
		findings_add(out, FINDING_REFUSE, "make room first: scale down or add a node",
			"%zu pod%s would stay Pending after the roll: %s/%s fits on no node, new "
			"or old", c.nlost, c.nlost == 1 ? "" : "s", c.lost[0]->pod.ns,
			c.lost[0]->pod.name);
	free(c.v);
	free(c.lost);
	roll_free(r);
}
