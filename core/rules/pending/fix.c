/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would help where no room is missing: selectors, taints, other pods,
 * volumes, images.  Mostly words, since the cure is in somebody's manifest.
 */
#include "core/rules/pending/parts.h"

#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

/* Takes text and detail; NULL text: nothing. */
static struct advice *fix_add(struct pending_group *g, char *text, char *detail)
{
	if (!text) {
		free(detail);
		return NULL;
	}
	g->advices = xrealloc(g->advices, (g->nadvices + 1) * sizeof *g->advices);
	struct advice *a = &g->advices[g->nadvices++];
	*a = (struct advice){ .action = ADVICE_NONE, .max_pods = -1, .replicas = -1, .text = text,
		.detail = detail };
	return a;
}

static void fix_selector(struct pending_group *g)
{
	const struct pod_shape *s = g->sample->pod.shape;
	if (s->nnode_selector) {
		const struct label *l = &s->node_selector[0];
		fix_add(g, xasprintf("change the node selector of %s", g->owner_name),
			xasprintf("or give a group the node label %s=%s and roll it", l->key,
				l->value ? l->value : ""));
	} else {
		fix_add(g, xasprintf("change the node affinity of %s", g->owner_name),
			xstrdup("or give a group the labels that it asks for and roll it"));
	}
}

/* Taints that somebody puts on a node who also takes them off. */
static const struct {
	const char *key, *text;
} owned_taints[] = {
	{ "node.cloudprovider.kubernetes.io/uninitialized",
	  "see the aws-cloud-controller-manager pods: they take this taint off" },
	{ "node.kubernetes.io/not-ready",
	  "see why the node is not ready: its kubelet or aws-node" },
	{ "node.kubernetes.io/unreachable", "the node does not answer: see its instance" },
	{ "node.kubernetes.io/network-unavailable", "see aws-node on that node" },
	{ "node.kubernetes.io/disk-pressure", "the node's disk is full: free space or replace it" },
	{ "node.kubernetes.io/memory-pressure", "the node is out of memory: move pods away" },
	{ "node.kubernetes.io/pid-pressure", "the node is out of process ids: move pods away" },
	{ "ToBeDeletedByClusterAutoscaler", "the autoscaler removes that node: wait" },
	{ "node.kubernetes.io/unschedulable", "uncordon the node" },
};

static void fix_taint(struct pending_group *g)
{
	const struct pod_shape *s = g->sample->pod.shape;
	const struct taint *own = NULL;
	const struct node *where = NULL;
	for (size_t i = 0; i < g->nverdicts; i++) {
		const struct node *n = &g->verdicts[i].node->node;
		for (size_t k = 0; k < n->ntaints; k++) {
			const struct taint *t = &n->taints[k];
			if (str_eq(t->effect, "PreferNoSchedule") || shape_tolerates(s, t)) {
				continue;
			}
			for (size_t o = 0; o < sizeof owned_taints / sizeof *owned_taints; o++) {
				if (str_eq(owned_taints[o].key, t->key)) {
					fix_add(g, xstrdup(owned_taints[o].text), NULL);
					return;
				}
			}
			/* That of the control plane is there for a reason. */
			if (n->role != ROLE_CONTROL_PLANE && !own) {
				own = t;
				where = n;
			}
		}
	}
	if (own) {
		fix_add(g, g->nadvices ? xasprintf("or let %s tolerate the taint %s",
			g->owner_name, own->key) : xasprintf("take the taint %s off %s, or let %s "
			"tolerate it", own->key, where->name, g->owner_name), NULL);
	}
}

static void fix_peers(struct pending_group *g, const struct tally *t)
{
	const char *owner = g->owner_name;
	bool zone = t && str_ends(t->topology_key, "zone");
	const char *domain = zone ? "zone" : "node";
	switch (g->main_kind) {
	case REASON_TOPOLOGY_SPREAD:
		fix_add(g, xasprintf("make room in the %s that has fewest of %s", domain, owner),
			xstrdup("or raise maxSkew, or use whenUnsatisfiable: ScheduleAnyway"));
		break;
	case REASON_POD_AFFINITY:
		fix_add(g, xasprintf("start the pods that %s wants near, or loosen its affinity",
			owner), NULL);
		break;
	case REASON_EXISTING_ANTI_AFFINITY:
		fix_add(g, xasprintf("one more %s, or loosen the anti-affinity of the pods that "
			"run", domain), NULL);
		break;
	default:
		fix_add(g, xasprintf("no more replicas of %s than %ss, or one more %s", owner,
			domain, domain),
			xstrdup("or make its anti-affinity preferred, not required"));
		break;
	}
}

static void fix_claim(struct pending_group *g)
{
	const struct pod_shape *s = g->sample->pod.shape;
	const char *claim = s->nclaims ? s->claims[0] : "NAME";
	switch (g->main_kind) {
	case REASON_PVC_NOT_FOUND:
		fix_add(g, xasprintf("create the volume claim in namespace %s, or fix its name "
			"in %s", g->ns, g->owner_name), NULL);
		break;
	case REASON_VOLUME_NODE_AFFINITY:
	case REASON_VOLUME_ZONE:
		if (g->nadvices) {
			break;
		}
		fix_add(g, xasprintf("a node with room in the zone of its volume"),
			xasprintf("an EBS volume never leaves its zone: kubectl -n %s get pvc %s",
				g->ns, claim));
		break;
	case REASON_MAX_VOLUME_COUNT:
		fix_add(g, xstrdup("one more node, or a type that takes more volumes"), NULL);
		break;
	default:
		fix_add(g, xasprintf("see the claim's events: kubectl -n %s describe pvc %s", g->ns,
			claim), xstrdup("mostly its StorageClass or the EBS CSI driver"));
		break;
	}
}

static void fix_not_looked_at(struct pending_group *g)
{
	const char *who = g->sample->pod.shape->scheduler_name;
	if (!str_empty(who) && !str_eq(who, "default-scheduler")) {
		fix_add(g, xasprintf("see whether a scheduler named %s runs", who),
			xasprintf("or take schedulerName out of %s", g->owner_name));
	} else {
		fix_add(g, xstrdup("see the kube-scheduler pods: kubectl -n kube-system get pods"),
			NULL);
	}
}

static void fix_refused(struct pending_group *g)
{
	const struct pod *p = &g->sample->pod;
	if (p->flags & POD_MIRROR) {
		fix_add(g, xasprintf("make room on %s, then restart its kubelet or replace the "
			"node", p->node ? p->node : "the node"),
			xstrdup("a static pod is tried again only when the kubelet starts"));
	} else {
		fix_add(g, xasprintf("delete it: kubectl -n %s delete pod %s", p->ns, p->name),
			xstrdup("nothing starts it again where it is"));
	}
}

static void fix_container(struct pending_group *g)
{
	const struct pod *p = &g->sample->pod;
	const char *owner = g->owner_name;
	if (g->main_kind == REASON_IMAGE) {
		fix_add(g, xasprintf("fix the image of %s, or its imagePullSecrets", owner), NULL);
	} else if (g->main_kind == REASON_CRASH) {
		fix_add(g, xasprintf("read why it fails: kubectl -n %s logs %s --all-containers",
			p->ns, p->name), NULL);
	} else {
		fix_add(g, xasprintf("create what is missing, or fix its name in %s", owner), NULL);
	}
}

static void fix_gate(struct pending_group *g)
{
	if (g->nadvices) {
		return;
	}
	fix_add(g, xasprintf("who set the gate lifts it: kubectl -n %s get pod %s -o yaml", g->ns,
		g->sample->pod.name), NULL);
}

static void fix_requests(struct pending_group *g)
{
	fix_add(g, xasprintf("lower the requests of %s, or give a group a larger type",
		g->owner_name), NULL);
}

static void (*const fixes[REASON__COUNT])(struct pending_group *g) = {
	[REASON_NODE_AFFINITY] = fix_selector, [REASON_PREFILTER_PLUGIN] = fix_selector,
	[REASON_TAINT] = fix_taint, [REASON_UNBOUND_PVC] = fix_claim,
	[REASON_PVC_NOT_FOUND] = fix_claim, [REASON_VOLUME_NODE_AFFINITY] = fix_claim,
	[REASON_VOLUME_ZONE] = fix_claim, [REASON_VOLUME_BIND] = fix_claim,
	[REASON_VOLUME_BIND_TIMEOUT] = fix_claim, [REASON_MAX_VOLUME_COUNT] = fix_claim,
	[REASON_INSUFFICIENT] = fix_requests, [REASON_GATED] = fix_gate,
	[REASON_NOT_LOOKED_AT] = fix_not_looked_at, [REASON_IMAGE] = fix_container,
	[REASON_CONFIG] = fix_container, [REASON_CRASH] = fix_container,
	[REASON_KUBELET_OUT_OF_RESOURCE] = fix_refused,
	[REASON_KUBELET_PREEMPTION_FAILED] = fix_refused, [REASON_KUBELET_REFUSED] = fix_refused,
};

void pending_fix(const struct model *m, struct pending_group *g, const struct tally *t)
{
	char *detail = NULL, *text;
	switch (g->main_kind) {
	case REASON_TOPOLOGY_SPREAD:
	case REASON_POD_AFFINITY:
	case REASON_POD_ANTI_AFFINITY:
	case REASON_EXISTING_ANTI_AFFINITY:
	case REASON_POD_AFFINITY_OR_ANTI:
		fix_peers(g, t);
		break;
	case REASON_CNI_NO_IP:
	case REASON_CNI_NOT_READY:
	case REASON_SUBNET_EXHAUSTED:
	case REASON_SUBNET_FRAGMENTED:
		text = pending_fix_no_ip(m, g, &detail);
		fix_add(g, text, detail);
		break;
	default:
		if (fixes[g->main_kind]) {
			fixes[g->main_kind](g);
		}
		break;
	}
}
