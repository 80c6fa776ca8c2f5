/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict for every node, and whether the scheduler's counts say the same. */
#include "core/rules/pending/parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

/* Best chances first. */
#define RANK_LAST 10
static int kind_rank(const struct verdict *v)
{
	static const uint8_t ranks[REASON__COUNT] = {
		[REASON_TOO_MANY_PODS] = 1, [REASON_INSUFFICIENT] = 2, [REASON_HOST_PORTS] = 3,
		[REASON_TOPOLOGY_SPREAD] = 4, [REASON_POD_ANTI_AFFINITY] = 5,
		[REASON_EXISTING_ANTI_AFFINITY] = 5, [REASON_POD_AFFINITY] = 5,
		[REASON_NOT_READY] = 6, [REASON_UNSCHEDULABLE] = 7, [REASON_TAINT] = 8,
		[REASON_VOLUME_NODE_AFFINITY] = 7, [REASON_VOLUME_ZONE] = 7,
		[REASON_VOLUME_BIND] = 7, [REASON_NODE_AFFINITY] = 9,
	};
	return v->fits ? 0 : ranks[v->kind] ? ranks[v->kind] : RANK_LAST;
}

static int verdict_cmp(const void *a, const void *b)
{
	const struct verdict *x = a, *y = b;
	int c = kind_rank(x) - kind_rank(y);
	if (!c) {
		const char *gx = x->node->node.group, *gy = y->node->node.group;
		c = strcmp(gx ? gx : "", gy ? gy : "");
	}
	return c ? c : strcmp(x->node->node.name, y->node->node.name);
}

static void tally_short(struct tally *t, const struct m_node *n, const struct fit *f)
{
	int64_t cpu = n->node.alloc_cpu_milli - n->cpu_milli;
	int64_t memory = n->node.alloc_memory - n->memory;
	t->most_cpu = cpu > t->most_cpu ? cpu : t->most_cpu;
	t->most_memory = memory > t->most_memory ? memory : t->most_memory;
	t->resource = !t->resource || str_eq(t->resource, f->resource) ? f->resource : "";
}

static void tally_add(struct tally *t, const struct m_node *n, const struct fit *f)
{
	t->nodes++;
	if (f->fits) {
		t->fits++;
	} else {
		t->by_kind[f->kind]++;
	}
	t->usable += f->fits || (f->kind != REASON_UNSCHEDULABLE && f->kind != REASON_TAINT &&
		f->kind != REASON_NODE_AFFINITY && f->away == REASON_OTHER);
	t->place = f->place ? f->place : t->place;
	t->partly |= f->partly;
	t->no_slot += f->no_slot;
	t->no_cpu += f->no_cpu;
	t->no_memory += f->no_memory;
	if (f->topology_key) {
		bool same = !t->topology_key || str_eq(t->topology_key, f->topology_key);
		t->topology_key = same ? f->topology_key : "";
	}
	if (f->kind == REASON_TOO_MANY_PODS) {
		int64_t max = n->node.alloc_pods;
		t->full_max = t->by_kind[f->kind] == 1 || t->full_max == max ? max : -1;
	} else if (f->kind == REASON_INSUFFICIENT) {
		tally_short(t, n, f);
	}
}

const struct reason *pending_beyond_us(const struct reasons *r, const struct tally *t)
{
	static const bool judged[REASON__COUNT] = {
		[REASON_TOO_MANY_PODS] = true, [REASON_INSUFFICIENT] = true, [REASON_TAINT] = true,
		[REASON_UNSCHEDULABLE] = true, [REASON_NODE_AFFINITY] = true,
		[REASON_PREFILTER_PLUGIN] = true, [REASON_NODE_NAME] = true,
		[REASON_HOST_PORTS] = true, [REASON_POD_AFFINITY] = true,
		[REASON_POD_ANTI_AFFINITY] = true, [REASON_EXISTING_ANTI_AFFINITY] = true,
		[REASON_POD_AFFINITY_OR_ANTI] = true, [REASON_TOPOLOGY_SPREAD] = true,
	};
	const bool volumes[REASON__COUNT] = {
		[REASON_VOLUME_NODE_AFFINITY] = true, [REASON_VOLUME_ZONE] = true,
		[REASON_UNBOUND_PVC] = true, [REASON_PVC_NOT_FOUND] = true,
		/* For want of a volume or of storage, too, and that is not seen here. */
		[REASON_VOLUME_BIND] = t && t->by_kind[REASON_VOLUME_BIND] > 0,
	};
	for (size_t i = 0; i < r->main.n; i++) {
		const struct reason *e = &r->main.v[i];
		bool kind = judged[e->kind] || (t && t->volumes && volumes[e->kind]);
		bool ours = kind && (e->kind != REASON_INSUFFICIENT ||
			str_eq(e->resource, "cpu") || str_eq(e->resource, "memory"));
		if (!ours && !str_empty(e->text)) {
			return e;
		}
	}
	return NULL;
}

/* The best PENDING_VERDICTS of all: sorting thousands for each group would take too long. */
static void verdicts_keep(struct pending_group *g, const struct verdict *all, size_t n)
{
	size_t kept = 0, most = n < PENDING_VERDICTS ? n : PENDING_VERDICTS;
	g->verdicts = xcalloc(most ? most : 1, sizeof *g->verdicts);
	for (int rank = 0; kept < most && rank <= RANK_LAST; rank++) {
		for (size_t i = 0; kept < most && i < n; i++) {
			if (kind_rank(&all[i]) == rank) {
				g->verdicts[kept++] = all[i];
			}
		}
	}
	g->nverdicts = kept;
	qsort(g->verdicts, kept, sizeof *g->verdicts, verdict_cmp);
}

/* As the scheduler judges, but for a node away from the volume: there room would not help. */
static void judge(const struct pod_shape *shape, const struct m_node *n,
	const struct fit_peers *peers, struct fit *f)
{
	fit_judge(shape, n, peers, f);
	bool room = f->kind == REASON_TOO_MANY_PODS || f->kind == REASON_INSUFFICIENT;
	f->kind = room && f->away != REASON_OTHER ? f->away : f->kind;
}

void pending_judge(const struct model *m, struct pending_group *g, const struct reasons *r,
	struct tally *t)
{
	struct fit_peers peers;
	fit_peers_init(&peers, m, &g->sample->pod);
	const struct pod_shape *shape = g->sample->pod.shape;
	size_t n;
	const struct m_node *const *nodes = model_nodes(m, &n);
	struct verdict *all = xcalloc(n ? n : 1, sizeof *all);
	*t = (struct tally){ .looked = peers.looked + n, .volumes = !peers.volumes.blind,
		.held = peers.volumes.by != NULL };
	for (size_t i = 0; i < n; i++) {
		struct fit f;
		judge(shape, nodes[i], &peers, &f);
		tally_add(t, nodes[i], &f);
		all[i] = (struct verdict){ .node = nodes[i], .kind = f.kind, .fits = f.fits };
	}
	g->nodes_judged = n;
	const struct reason *beyond = pending_beyond_us(r, t);
	verdicts_keep(g, all, n);
	free(all);
	for (size_t i = 0; i < g->nverdicts; i++) {
		struct fit f;
		judge(shape, g->verdicts[i].node, &peers, &f);
		g->verdicts[i].text = f.fits && t->held && peers.volumes.by ?
			xasprintf("only its volume claim %s is in the way",
				peers.volumes.by->name) :
			f.fits && beyond ? xasprintf("scheduler: %s", beyond->text) :
			fit_text(shape, g->verdicts[i].node, &f);
	}
	fit_peers_release(&peers);
}

static size_t message_count(const struct reasons *r, enum reason_kind kind)
{
	size_t sum = 0;
	for (size_t i = 0; i < r->main.n; i++) {
		if (r->main.v[i].kind == kind && r->main.v[i].count > 0) {
			sum += (size_t)r->main.v[i].count;
		}
	}
	return sum;
}

/*
 * Only what both sides count alike is compared: a message may leave out nodes
 * that a PreFilter plugin excluded, and count a node for two resources.
 */
bool pending_disagrees(const struct pending_group *g, const struct reasons *r,
	const struct tally *t)
{
	if (!g->message || r->main.total < 0 || r->main.v[0].count < 0 || pending_beyond_us(r, t) ||
	    t->partly || t->held) {
		return false;
	}
	/* A node that is away has a taint for that, which may not have come yet. */
	size_t away = t->by_kind[REASON_NOT_READY];
	size_t taints = message_count(r, REASON_TAINT);
	return (size_t)r->main.total != t->nodes || t->fits > 0 ||
		message_count(r, REASON_TOO_MANY_PODS) != t->no_slot ||
		message_count(r, REASON_INSUFFICIENT) != t->no_cpu + t->no_memory ||
		message_count(r, REASON_UNSCHEDULABLE) != t->by_kind[REASON_UNSCHEDULABLE] ||
		message_count(r, REASON_HOST_PORTS) != t->by_kind[REASON_HOST_PORTS] ||
		message_count(r, REASON_TOPOLOGY_SPREAD) != t->by_kind[REASON_TOPOLOGY_SPREAD] ||
		taints < t->by_kind[REASON_TAINT] || taints > t->by_kind[REASON_TAINT] + away;
}
