/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one key can do where no room is missing: a label, a taint, a part of a
 * Deployment's template, a pod, the CNI's settings, a node in another zone.
 */
#include "core/rules/pending/cure.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/model/uid.h"
#include "core/rules/words.h"

#define MIB (INT64_C(1024) * 1024)
#define TEMPLATE "{\"spec\":{\"template\":{\"spec\":%s}}}"

const struct deployment *cure_deployment(const struct model *m,
	const struct pending_group *g)
{
	return str_eq(g->owner_kind, "Deployment") ? model_deployment(m, g->ns, g->owner_name) :
		NULL;
}

bool cure_node_takes_pods(const struct m_node *n)
{
	return n->node.role != ROLE_CONTROL_PLANE && n->node.ready == TRI_YES &&
		!n->node.unschedulable;
}

int64_t cure_node_room(const struct m_node *n, const struct pod_shape *s)
{
	return pending_room_on(s, &n->node, n->npods, n->cpu_milli, n->memory);
}

struct advice *cure_patch(struct pending_group *g, char *part, char *text)
{
	struct advice *a = pending_advice_add(g, ADVICE_PATCH);
	a->ns = xstrdup(g->ns);
	a->name = xstrdup(g->owner_name);
	a->body = xasprintf(TEMPLATE, part);
	a->text = text;
	a->detail = xstrdup("its pods are replaced, as its own rollout settings say");
	a->command = xasprintf("kubectl -n %s patch deployment %s --type merge -p '%s'", g->ns,
		g->owner_name, a->body);
	free(part);
	return a;
}

/* ---- what the template asks for ---- */

static void cure_loosen(const struct model *m, struct pending_group *g, const struct tally *t)
{
	if (!cure_deployment(m, g)) {
		return;
	}
	if (g->main_kind == REASON_POD_AFFINITY) {
		cure_patch(g, xstrdup("{\"affinity\":{\"podAffinity\":null}}"),
			xasprintf("let %s run away from those pods: drop its pod affinity",
				g->owner_name));
	} else if (g->main_kind == REASON_TOPOLOGY_SPREAD && !g->nadvices) {
		cure_patch(g, xstrdup("{\"topologySpreadConstraints\":null}"),
			xasprintf("let %s be uneven: drop its spread constraints", g->owner_name));
	}
}

static void cure_scheduler(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const char *who = g->sample->pod.shape->scheduler_name;
	if (!str_empty(who) && !str_eq(who, "default-scheduler") && cure_deployment(m, g)) {
		cure_patch(g, xstrdup("{\"schedulerName\":\"default-scheduler\"}"),
			xasprintf("give %s to the default scheduler", g->owner_name));
	}
}

static void cure_gate(const struct model *m, struct pending_group *g, const struct tally *t)
{
	static const char gates[] = "\"schedulingGates\":null";
	struct advice *a;
	char *text = xasprintf("lift the scheduling gates of %s", g->owner_name);
	if (cure_deployment(m, g)) {
		a = cure_patch(g, xasprintf("{%s}", gates), text);
	} else if (g->npods == 1) {
		const struct pod *p = &g->sample->pod;
		a = pending_advice_add(g, ADVICE_PATCH);
		a->what = "pods";
		a->ns = xstrdup(p->ns);
		a->name = xstrdup(p->name);
		a->body = xasprintf("{\"spec\":{%s}}", gates);
		a->text = text;
		a->command = xasprintf("kubectl -n %s patch pod %s --type merge -p '%s'", p->ns,
			p->name, a->body);
	} else {
		free(text);
		return;
	}
	xreplace(&a->detail, "who set the gate had a reason: ask first");
}

/* ---- smaller requests ---- */

/* How many pods that ask for so much fit into what the nodes have left of it. */
static int64_t request_fits(const struct pending_group *g, bool cpu, int64_t ask)
{
	int64_t sum = 0;
	for (size_t i = 0; i < g->nverdicts; i++) {
		const struct m_node *n = g->verdicts[i].node;
		int64_t left = cpu ? n->node.alloc_cpu_milli - n->cpu_milli :
			n->node.alloc_memory - n->memory;
		int64_t slots = n->node.alloc_pods - n->npods;
		if (g->verdicts[i].kind == REASON_INSUFFICIENT && left >= ask && slots > 0) {
			sum += left / ask < slots ? left / ask : slots;
		}
	}
	return sum;
}

static void cure_request(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const struct pod_shape *s = g->sample->pod.shape;
	bool cpu = t && str_eq(t->resource, "cpu"), memory = t && str_eq(t->resource, "memory");
	if ((!cpu && !memory) || !cure_deployment(m, g)) {
		return;
	}
	/* In steps that people write. */
	int64_t step = cpu ? 50 : 64 * MIB;
	int64_t low = 0, high = (cpu ? s->cpu_milli : s->memory) / step;
	while (low < high) {
		int64_t mid = (low + high + 1) / 2;
		if (request_fits(g, cpu, mid * step) >= (int64_t)g->npods) {
			low = mid;
		} else {
			high = mid - 1;
		}
	}
	if (low == 0) {
		return;
	}
	struct advice *a = pending_advice_add(g, ADVICE_REQUEST);
	a->ns = xstrdup(g->ns);
	a->name = xstrdup(g->owner_name);
	a->key = xstrdup(t->resource);
	a->value = cpu ? xasprintf("%" PRId64 "m", low * step) :
		xasprintf("%" PRId64 "Mi", low * step / MIB);
	a->text = xasprintf("let %s ask for %s %s", g->owner_name, a->value, a->key);
	a->effect = xstrdup("all fit");
	a->detail = xstrdup("if it can do with that: its pods are replaced");
	a->command = xasprintf("kubectl -n %s set resources deployment %s --requests=%s=%s", g->ns,
		g->owner_name, a->key, a->value);
}

/* ---- back, away, fewer ---- */

static void cure_undo(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const struct deployment *d = cure_deployment(m, g);
	if (!d || d->ready <= 0) {
		return;
	}
	struct advice *a = pending_advice_add(g, ADVICE_UNDO);
	a->ns = xstrdup(g->ns);
	a->name = xstrdup(g->owner_name);
	a->text = xasprintf("roll %s back to the template before", g->owner_name);
	a->effect = xasprintf("%d of its pods run so", (int)d->ready);
	a->command = xasprintf("kubectl -n %s rollout undo deployment %s", g->ns, g->owner_name);
}

static void cure_delete(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const struct pod *p = &g->sample->pod;
	if (p->phase != POD_FAILED || (p->flags & POD_MIRROR) || g->npods != 1) {
		return;
	}
	struct advice *a = pending_advice_add(g, ADVICE_DELETE);
	a->ns = xstrdup(p->ns);
	a->name = xstrdup(p->name);
	char uid[UID_TEXT_SIZE];
	a->value = xstrdup(uid_text(p->uid, uid));
	a->text = xasprintf("delete %s", p->name);
	a->detail = xstrdup("nothing starts it again where it is");
	a->command = xasprintf("kubectl -n %s delete pod %s", p->ns, p->name);
}

/* All that the owner has waiting, whatever for. */
static int32_t owner_waits(const struct model *m, const struct pending_group *g)
{
	size_t n;
	int32_t sum = 0;
	const struct m_pod *const *pods = model_waiting_pods(m, &n);
	const struct pod *like = &g->sample->pod;
	for (size_t i = 0; i < n; i++) {
		const struct pod *p = &pods[i]->pod;
		bool same = p->ns == like->ns && p->owner_name == like->owner_name &&
			p->owner_kind == like->owner_kind;
		bool stuck = str_empty(p->node) ||
			     p->trouble->waiting_reason == like->trouble->waiting_reason;
		sum += same && stuck && p->phase == POD_PENDING && !p->deletion;
	}
	return sum;
}

void pending_advise_fewer(const struct model *m, struct pending_group *g, bool to_none)
{
	const struct deployment *d = cure_deployment(m, g);
	int32_t waits = d ? owner_waits(m, g) : 0;
	if (!d || d->replicas <= 0 || waits <= 0 || d->replicas < waits ||
	    (d->replicas == waits && !to_none)) {
		return;
	}
	struct advice *a = pending_advice_add(g, ADVICE_SCALE_DEPLOYMENT);
	a->ns = xstrdup(g->ns);
	a->name = xstrdup(g->owner_name);
	a->replicas = d->replicas - waits;
	a->text = xasprintf("scale %s to %d", g->owner_name, (int)a->replicas);
	a->effect = xstrdup(a->replicas ? g->after_scheduling ? "all run" : "all fit" :
		"nothing waits until it can run");
}

/* ---- the CNI ---- */

static void cure_prefixes(const struct model *m, struct pending_group *g, const struct tally *t)
{
	const struct m_node *n = g->sample->bound;
	const struct m_instance *i = n ? n->instance : NULL;
	const struct subnet *s = i && i->instance.subnet_id ?
		model_subnet(m, i->instance.subnet_id) : NULL;
	if (!model_daemonset(m, "kube-system", "aws-node") || !s || s->free_ips <= 0) {
		return;
	}
	char have[WORDS_COUNT_SIZE];
	struct advice *a = pending_advice_add(g, ADVICE_CNI_ENV);
	a->key = xstrdup("ENABLE_PREFIX_DELEGATION");
	a->value = xstrdup("false");
	a->text = xstrdup("turn prefix delegation off in aws-node");
	a->effect = xasprintf("single addresses: %s are free", words_count(have, s->free_ips));
	a->detail = xstrdup("fewer pods get one on each node; kops' next update writes over it: "
		"turn it off in the spec, too");
	a->command = xasprintf("kubectl -n kube-system set env daemonset aws-node %s=%s", a->key,
		a->value);
}

/* ---- by cause ---- */

static void (*const cures[REASON__COUNT])(const struct model *m, struct pending_group *g,
	const struct tally *t) = {
	[REASON_NODE_AFFINITY] = cure_selector, [REASON_PREFILTER_PLUGIN] = cure_selector,
	[REASON_TAINT] = cure_taint, [REASON_INSUFFICIENT] = cure_request,
	[REASON_POD_AFFINITY] = cure_loosen, [REASON_TOPOLOGY_SPREAD] = cure_loosen,
	[REASON_GATED] = cure_gate, [REASON_NOT_LOOKED_AT] = cure_scheduler,
	[REASON_UNBOUND_PVC] = cure_claim_unbound, [REASON_PVC_NOT_FOUND] = cure_claim_missing,
	[REASON_VOLUME_BIND_TIMEOUT] = cure_claim_unbound,
	[REASON_VOLUME_NODE_AFFINITY] = cure_zone,
	[REASON_VOLUME_ZONE] = cure_zone, [REASON_IMAGE] = cure_undo, [REASON_CONFIG] = cure_undo,
	[REASON_CRASH] = cure_undo, [REASON_KUBELET_OUT_OF_RESOURCE] = cure_delete,
	[REASON_KUBELET_REFUSED] = cure_delete, [REASON_SUBNET_FRAGMENTED] = cure_prefixes,
};

void pending_cure(const struct model *m, struct pending_group *g, const struct tally *t)
{
	if (cures[g->main_kind]) {
		cures[g->main_kind](m, g, t);
	}
	if (g->after_scheduling && g->sample->pod.phase == POD_PENDING) {
		pending_advise_fewer(m, g, true);
	}
}
