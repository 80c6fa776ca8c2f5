/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would help, the cheapest first: slots that are there, limits that are
 * written but not rolled, higher limits, one more node, fewer replicas.
 */
#include "core/rules/limits/view.h"
#include "core/rules/pending/parts.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/cni.h"
#include "core/rules/needs-update.h"
#include "core/rules/subnet-need.h"
#include "core/rules/words.h"


struct advice *pending_advice_add(struct pending_group *g, enum advice_action action)
{
	g->advices = xrealloc(g->advices, (g->nadvices + 1) * sizeof *g->advices);
	struct advice *a = &g->advices[g->nadvices++];
	*a = (struct advice){ .action = action, .max_pods = -1, .replicas = -1 };
	return a;
}

int64_t pending_room_on(const struct pod_shape *s, const struct node *n, int64_t pods, int64_t cpu,
	int64_t memory)
{
	int64_t room = n->alloc_pods - pods;
	if (s->cpu_milli > 0 && n->alloc_cpu_milli >= 0) {
		int64_t by = (n->alloc_cpu_milli - cpu) / s->cpu_milli;
		room = by < room ? by : room;
	}
	if (s->memory > 0 && n->alloc_memory >= 0) {
		int64_t by = (n->alloc_memory - memory) / s->memory;
		room = by < room ? by : room;
	}
	return room > 0 ? room : 0;
}

/* ---- slots that are there ---- */

/* Whether the node would take the pod if it were not cordoned, cordon's own taint gone too. */
static bool fits_uncordoned(const struct pod_shape *s, const struct m_node *n)
{
	struct m_node open = *n;
	struct taint *left = xcalloc(n->node.ntaints + 1, sizeof *left);
	open.node.taints = left;
	open.node.ntaints = 0;
	open.node.unschedulable = false;
	for (size_t i = 0; i < n->node.ntaints; i++) {
		if (!str_eq(n->node.taints[i].key, "node.kubernetes.io/unschedulable")) {
			left[open.node.ntaints++] = n->node.taints[i];
		}
	}
	struct fit f;
	fit_judge(s, &open, NULL, &f);
	free(left);
	return f.fits;
}

static void advise_uncordon(const struct model *m, struct pending_group *g)
{
	const struct pod_shape *s = g->sample->pod.shape;
	size_t n, nodes = 0;
	int64_t room = 0;
	struct words names = { .n = 0 };
	const struct m_node *const *all = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (all[i]->node.unschedulable && all[i]->node.ready == TRI_YES &&
		    all[i]->node.alloc_pods >= 0 && fits_uncordoned(s, all[i])) {
			room += pending_room_on(s, &all[i]->node, all[i]->npods, all[i]->cpu_milli,
				all[i]->memory);
			words_add(&names, all[i]->node.name);
			nodes++;
		}
	}
	if (nodes) {
		struct buf list = BUF_INIT;
		words_join(&names, 2, &list);
		struct advice *a = pending_advice_add(g, ADVICE_UNCORDON);
		a->text = xasprintf("uncordon %s", buf_str(&list));
		a->effect = xasprintf("room for %" PRId64 " more", room);
		a->detail = xstrdup("somebody cordoned it: ask why first");
		for (size_t i = 0; i < names.n; i++) {
			strlist_add(&a->nodes, names.v[i]);
		}
		buf_release(&list);
	}
	words_release(&names);
}

/* ---- the groups of full nodes ---- */

/* What higher limits would do for the groups that have full nodes. */
struct limits_plan {
	struct words groups;
	int64_t max_pods;   /* the smallest figure of all of them */
	int64_t room;
	bool template_new;  /* their launch templates tell that an update ran already */
};

static bool group_has_full(const struct pending_group *g, const struct m_group *group)
{
	for (size_t i = 0; i < g->nverdicts; i++) {
		if (g->verdicts[i].kind == REASON_TOO_MANY_PODS && !g->verdicts[i].fits &&
		    g->verdicts[i].node->group == group) {
			return true;
		}
	}
	return false;
}

/* Advised max pods with prefixes on the weakest type; -1: none, or not known. */
static int64_t group_with_prefix(const struct group_spec *s)
{
	size_t n = s->ntypes ? s->ntypes : 1;
	int64_t least = -1;
	for (size_t i = 0; i < n; i++) {
		const struct eni_limits *l = eni_lookup(s->ntypes ? s->types[i] : s->machine_type);
		struct eni_result r;
		if (!l || !l->prefixes) {
			return -1;
		}
		eni_compute(l, &(struct eni_mode){ .prefix = true }, &r);
		least = least < 0 || r.recommended < least ? r.recommended : least;
	}
	return least;
}

/* Room on the nodes of a group if each could hold max pods. */
static int64_t group_room(const struct model *m, const struct m_group *group, int64_t max,
	const struct pod_shape *s)
{
	size_t n;
	int64_t room = 0;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i]->group == group) {
			struct node as = nodes[i]->node;
			as.alloc_pods = max;
			room += pending_room_on(s, &as, nodes[i]->npods, nodes[i]->cpu_milli,
				nodes[i]->memory);
		}
	}
	return room;
}

static bool group_on_new_template(const struct model *m, const struct m_group *group)
{
	struct group_update u;
	update_of_group(m, group, &u);
	return u.need > 0;
}

static void plans_make(const struct model *m, const struct cluster_spec *c,
	const struct pending_group *g, struct limits_plan *roll, struct limits_plan *edit)
{
	const struct pod_shape *s = g->sample->pod.shape;
	size_t n;
	const struct m_group *const *groups = model_groups(m, &n);
	*roll = *edit = (struct limits_plan){ .max_pods = -1 };
	for (size_t i = 0; i < n; i++) {
		if (!groups[i]->has_spec || !group_has_full(g, groups[i])) {
			continue;
		}
		struct maxpods now;
		maxpods_for_group(c, &groups[i]->spec, &now);
		int64_t prefix = group_with_prefix(&groups[i]->spec);
		int64_t written = now.value > 0 ? group_room(m, groups[i], now.value, s) : 0;
		if (written > 0) {
			words_add(&roll->groups, groups[i]->spec.name);
			roll->room += written;
			roll->template_new |= group_on_new_template(m, groups[i]);
		} else if (prefix > now.value && str_eq(c->networking, "amazonvpc")) {
			words_add(&edit->groups, groups[i]->spec.name);
			edit->max_pods = edit->max_pods < 0 || prefix < edit->max_pods ? prefix :
				edit->max_pods;
		}
	}
	for (size_t i = 0; i < edit->groups.n; i++) {
		edit->room += group_room(m, model_group(m, edit->groups.v[i]), edit->max_pods, s);
	}
}

static void advise_roll(struct pending_group *g, const struct limits_plan *p)
{
	if (!p->room) {
		return;
	}
	struct buf list = BUF_INIT;
	words_join(&p->groups, 3, &list);
	struct advice *a = pending_advice_add(g, p->template_new ? ADVICE_ROLL : ADVICE_UPDATE);
	a->text = p->template_new ?
		xasprintf("roll %s: its spec already allows more", buf_str(&list)) :
		xasprintf("update the cluster, then roll %s: its spec already allows more",
			buf_str(&list));
	a->effect = xasprintf("room for %" PRId64 " more", p->room);
	a->group = p->groups.n == 1 ? xstrdup(p->groups.v[0]) : NULL;
	buf_release(&list);
}

static char *edit_detail(const struct model *m, const struct limits_plan *p, bool all_nodes,
	int32_t warm)
{
	struct subnet_needs needs = { .n = 0 };
	size_t all;
	model_nodes(m, &all);
	for (size_t i = 0; i < p->groups.n; i++) {
		subnet_needs_add(&needs, m, model_group(m, p->groups.v[i]),
			eni_blocks_needed(p->max_pods, 2, warm));
	}
	size_t nodes = all_nodes ? all : needs.nodes;
	size_t minutes = (nodes * NODE_ROLL_S + 59) / 60;
	char need[WORDS_COUNT_SIZE], have[WORDS_COUNT_SIZE];
	int64_t spare = subnet_needs_free(&needs);
	words_count(need, needs.blocks);
	words_count(have, spare);
	char *text = spare >= 0 ?
		xasprintf("replaces %zu node%s, about %zu min; needs %s free /28 blocks, %s are "
			"free", nodes, nodes == 1 ? "" : "s", minutes, need, have) :
		xasprintf("replaces %zu node%s, about %zu min; needs %s free /28 blocks", nodes,
			nodes == 1 ? "" : "s", minutes, need);
	subnet_needs_release(&needs);
	return text;
}

static void advise_edit(const struct model *m, const struct cluster_spec *c,
	struct pending_group *g, const struct limits_plan *p)
{
	if (p->room <= 0) {
		return;
	}
	struct cni_settings cni;
	struct buf list = BUF_INIT;
	cni_from_spec(c, &cni);
	words_join(&p->groups, 3, &list);
	struct advice *a = pending_advice_add(g, ADVICE_EDIT_LIMITS);
	a->text = xasprintf("%smaxPods %" PRId64 " on %s",
		cni.prefix ? "" : "prefix delegation + ", p->max_pods, buf_str(&list));
	a->effect = xasprintf("room for %" PRId64 " more", p->room);
	a->detail = edit_detail(m, p, !cni.prefix, cni.warm_prefix > 0 ? cni.warm_prefix : 1);
	a->max_pods = p->max_pods;
	a->prefix = !cni.prefix;
	buf_release(&list);
}

/* ---- one more node ---- */

/* What a fresh node of the group would hold, seen from one that is there. */
static int64_t fresh_room(const struct m_node *n, const struct pod_shape *s)
{
	int64_t pods = 0, cpu = 0, memory = 0;
	for (const struct m_pod *p = n->pods; p; p = p->next_on_node) {
		bool over = p->pod.phase == POD_SUCCEEDED || p->pod.phase == POD_FAILED;
		if (!over && (p->pod.flags & (POD_DAEMON | POD_MIRROR))) {
			pods++;
			cpu += p->pod.shape->cpu_milli;
			memory += p->pod.shape->memory;
		}
	}
	int64_t room = pending_room_on(s, &n->node, pods, cpu, memory);
	/* A host port, or keeping apart on each node, leaves place for one. */
	bool alone = s->nhost_ports > 0;
	for (size_t i = 0; i < s->napart; i++) {
		alone |= str_eq(s->apart[i].topology_key, "kubernetes.io/hostname");
	}
	return alone && room > 1 ? 1 : room;
}

struct grow {
	const struct m_group *group;
	int64_t room, size, max;
};

static void grow_consider(const struct m_node *n, const struct pod_shape *s, struct grow *best)
{
	const struct m_group *g = n->group;
	if (!g || g->spec.role == ROLE_CONTROL_PLANE || (g->has_spec && g->spec.karpenter)) {
		return;
	}
	struct grow one = { .group = g, .size = g->has_asg ? g->asg.desired : (int64_t)g->nnodes,
		.max = g->has_asg ? g->asg.max : g->spec.max_size };
	one.room = fresh_room(n, s);
	bool can = one.size < one.max;
	bool best_can = best->group && best->size < best->max;
	if (one.room > 0 && (!best->group || (can && !best_can) ||
	    (can == best_can && one.room > best->room))) {
		*best = one;
	}
}

static void advise_node(struct pending_group *g)
{
	struct grow best = { .group = NULL };
	for (size_t i = 0; i < g->nverdicts; i++) {
		const struct verdict *v = &g->verdicts[i];
		if (!v->fits && (v->kind == REASON_TOO_MANY_PODS ||
		    v->kind == REASON_INSUFFICIENT || v->kind == REASON_HOST_PORTS ||
		    v->kind == REASON_POD_ANTI_AFFINITY ||
		    v->kind == REASON_EXISTING_ANTI_AFFINITY)) {
			grow_consider(v->node, g->sample->pod.shape, &best);
		}
	}
	if (!best.group) {
		return;
	}
	const char *name = best.group->spec.name;
	struct advice *a = pending_advice_add(g, ADVICE_SCALE_GROUP);
	a->text = best.size < best.max ? xasprintf("one more node in %s", name) :
		xasprintf("one more node in %s (%" PRId64 " of max %" PRId64 ": raise max first)",
			name, best.size, best.max);
	a->effect = xasprintf("room for %" PRId64 " more", best.room);
	a->group = xstrdup(name);
	a->replicas = (int32_t)(best.size + 1);
}

/* ---- fewer replicas ---- */

/* Pods of a Deployment that run, by their labels: not all pods of the cluster are looked at. */
static int32_t running_of(const struct model *m, const char *ns, const char *name)
{
	int32_t running = 0;
	for (int keeps = 0; keeps < 2; keeps++) {
		size_t n;
		const struct m_peers *const *v = model_peers(m, keeps, &n);
		for (size_t i = 0; i < n; i++) {
			const struct m_pod *p = v[i]->ns == ns &&
				v[i]->first->pod.owner_name == name ? v[i]->first : NULL;
			for (; p; p = p->next_peer) {
				running += p->bound && p->pod.owner_name == name &&
					p->pod.phase == POD_RUNNING;
			}
		}
	}
	return running;
}

/* A DaemonSet's pod has one node only: the most numerous Deployment there can make room. */
static void advise_daemon(const struct model *m, struct pending_group *g)
{
	const struct verdict *full = NULL;
	for (size_t i = 0; i < g->nverdicts && !full; i++) {
		full = g->verdicts[i].kind == REASON_TOO_MANY_PODS ? &g->verdicts[i] : NULL;
	}
	const char *ns = NULL, *name = NULL;
	int32_t most = 0;
	for (const struct m_pod *p = full ? full->node->pods : NULL; p; p = p->next_on_node) {
		int32_t here = 0;
		if (!str_eq(p->pod.owner_kind, "Deployment") || p->pod.owner_name == name) {
			continue;
		}
		for (const struct m_pod *q = p; q; q = q->next_on_node) {
			here += q->pod.owner_name == p->pod.owner_name && q->pod.ns == p->pod.ns;
		}
		if (here > most) {
			most = here;
			ns = p->pod.ns;
			name = p->pod.owner_name;
		}
	}
	const struct deployment *d = name ? model_deployment(m, ns, name) : NULL;
	int32_t running = d ? running_of(m, ns, name) : 0;
	/* Pods that wait would take the slot at once, so it counts from those that run. */
	if (running > (int32_t)g->npods) {
		struct advice *a = pending_advice_add(g, ADVICE_SCALE_DEPLOYMENT);
		a->replicas = running - 2 * (int32_t)g->npods;
		a->replicas = a->replicas > 0 ? a->replicas : 0;
		a->ns = xstrdup(ns);
		a->name = xstrdup(name);
		a->text = xasprintf("scale %s to %d", name, (int)a->replicas);
		a->effect = xasprintf("frees a slot for %s", g->owner_name);
	}
}

void pending_advise(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	enum reason_kind k = g->main_kind;
	if (t->by_kind[REASON_UNSCHEDULABLE] && !t->fits) {
		advise_uncordon(m, g);
	}
	bool other_node = str_eq(t->topology_key, "kubernetes.io/hostname") &&
		(k == REASON_POD_ANTI_AFFINITY || k == REASON_EXISTING_ANTI_AFFINITY);
	bool room = k == REASON_TOO_MANY_PODS || k == REASON_INSUFFICIENT ||
		k == REASON_HOST_PORTS || other_node;
	if (g->sample->pod.flags & POD_DAEMON) {
		advise_daemon(m, g);
		return;
	}
	if (!room) {
		pending_cure(m, g, t);
		pending_fix(m, g, t);
		return;
	}
	if (c && t->by_kind[REASON_TOO_MANY_PODS]) {
		struct limits_plan roll, edit;
		plans_make(m, &c->spec, g, &roll, &edit);
		advise_roll(g, &roll);
		advise_edit(m, &c->spec, g, &edit);
		words_release(&roll.groups);
		words_release(&edit.groups);
	}
	advise_node(g);
	if (k == REASON_INSUFFICIENT) {
		pending_cure(m, g, t);
	}
	pending_advise_fewer(m, g, k == REASON_INSUFFICIENT);
	if (other_node || (!g->nadvices && k == REASON_INSUFFICIENT)) {
		pending_fix(m, g, t);
	}
}

void pending_advise_bound(const struct model *m, struct pending_group *g)
{
	const struct m_node *n = g->sample->bound;
	if (g->main_kind == REASON_CNI_NO_IP && n && n->node.unschedulable) {
		struct advice *a = pending_advice_add(g, ADVICE_UNCORDON);
		a->text = xasprintf("uncordon %s", n->node.name);
		strlist_add(&a->nodes, n->node.name);
		a->detail = xstrdup("or move the pod: it starts on a node that is not cordoned");
	}
	struct node_capacity c = { .with_prefix = -1 };
	if (g->main_kind == REASON_CNI_NO_IP && n) {
		capacity_of_node(m, n, true, &c);
	}
	if (c.with_prefix > 0 && !c.prefix_mode && !c.older && c.ips_used > c.ips_max) {
		struct advice *a = pending_advice_add(g, ADVICE_EDIT_LIMITS);
		a->max_pods = c.pods_max < c.with_prefix ? c.pods_max : c.with_prefix;
		a->prefix = true;
		a->text = xasprintf("prefix delegation + maxPods %" PRId64, a->max_pods);
		a->effect = xstrdup("addresses for every pod that the kubelets take");
		a->detail = xstrdup("replaces every node; old ones get few prefixes, or none");
	}
	pending_cure(m, g, NULL);
	pending_fix(m, g, NULL);
}
