/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Draining: every pod that must go is asked to by eviction, a PDB's no is
 * asked again every 5 s, and the node is drained when none is left (facts:
 * kops 5.4, "Drain").
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/model/uid.h"
#include "core/rules/fit.h"
#include "core/rules/roll/internal.h"

void roll_evicts_clear(struct roll_item *it)
{
	size_t i;

	for (i = 0; i < it->nevicts; i++) {
		free(it->evicts[i].ns);
		free(it->evicts[i].pod);
		free(it->evicts[i].uid);
	}
	it->nevicts = 0;
	it->listed = false;
}

static bool roll_pod_stays(const struct pod *p)
{
	return (p->flags & (POD_DAEMON | POD_MIRROR)) || p->phase == POD_SUCCEEDED ||
		p->phase == POD_FAILED;
}

/*
 * What tolerates the cordon comes back to this node as soon as it was evicted: only what stood here
 * when the drain began is waited for, as kubectl's drain does it.
 */
static bool roll_pod_came_back(const struct roll_item *it, const struct pod *p)
{
	static const struct taint cordon = { .key = "node.kubernetes.io/unschedulable",
		.effect = "NoSchedule" };
	char text[UID_TEXT_SIZE];
	const char *uid = uid_text(p->uid, text);
	size_t i;

	for (i = 0; i < it->nevicts; i++) {
		if (str_eq(it->evicts[i].uid, uid))
			return false;
	}
	return it->listed && shape_tolerates(p->shape, &cordon);
}

static struct roll_evict *roll_evict_of(struct roll_item *it, const struct pod *p)
{
	char text[UID_TEXT_SIZE];
	const char *uid = uid_text(p->uid, text);
	struct roll_evict *ev;
	size_t i;

	for (i = 0; i < it->nevicts; i++) {
		if (str_eq(it->evicts[i].uid, uid))
			return &it->evicts[i];
	}
	it->evicts = xgrow(it->evicts, &it->cap_evicts, it->nevicts, sizeof(*it->evicts));
	ev = &it->evicts[it->nevicts++];
	*ev = (struct roll_evict){
		.ns = xstrdup(p->ns), .pod = xstrdup(p->name), .uid = xstrdup(uid),
		.retry_at = ROLL_NEVER,
	};
	return ev;
}

bool roll_selects(const struct pdb *b, const struct pod *p)
{
	size_t i, k;

	if (!str_eq(b->ns, p->ns) || b->selector_complex || !b->nselector)
		return false;
	for (i = 0; i < b->nselector; i++) {
		for (k = 0; k < p->nlabels; k++) {
			if (str_eq(p->labels[k].key, b->selector[i].key))
				break;
		}
		if (k == p->nlabels || !str_eq(p->labels[k].value, b->selector[i].value))
			return false;
	}
	return true;
}

/* "default/db-0: PDB db allows 0 disruptions (1 of 1 needed)". */
static void roll_block_words(const struct roll *r, struct roll_item *it,
	const struct roll_evict *ev)
{
	const struct m_pod *p = model_pod(r->m, ev->ns, ev->pod);
	const struct pdb *const *v;
	size_t n, i;

	v = model_pdbs(r->m, &n);
	for (i = 0; p && ev->blocked && i < n; i++) {
		if (!roll_selects(v[i], &p->pod))
			continue;
		roll_wait_words(it, "%s/%s: PDB %s allows %d disruptions (%d of %d needed)", ev->ns,
			ev->pod, v[i]->name, v[i]->disruptions_allowed, v[i]->desired_healthy,
			v[i]->expected_pods);
		return;
	}
	roll_wait_words(it, "%s/%s: %s", ev->ns, ev->pod, ev->why);
}

static void roll_drain_words(const struct roll *r, struct roll_item *it)
{
	const struct roll_evict *any = NULL;
	size_t i;

	it->pub.waits_for[0] = '\0';
	for (i = 0; i < it->nevicts; i++) {
		const struct roll_evict *ev = &it->evicts[i];

		if (!ev->seen)
			continue;
		if (ev->why[0]) {
			roll_block_words(r, it, ev);
			return;
		}
		any = ev;
	}
	if (any)
		roll_wait_words(it, "%s/%s%s to end", any->ns, any->pod,
			it->pub.pods_left > 1 ? " and others" : "");
}

bool roll_drain(struct roll *r, struct roll_item *it)
{
	const struct m_node *node = it->node ? model_node(r->m, it->node) : NULL;
	const struct m_pod *p;
	int32_t left = 0;
	size_t i;

	for (i = 0; i < it->nevicts; i++)
		it->evicts[i].seen = false;
	for (p = node ? node->pods : NULL; p; p = p->next_on_node) {
		struct roll_evict *ev;

		if (roll_pod_stays(&p->pod) || roll_pod_came_back(it, &p->pod))
			continue;
		left++;
		ev = roll_evict_of(it, &p->pod);
		ev->seen = true;
		if (p->pod.deletion)
			ev->why[0] = '\0';
		else
			roll_want_evict(r, it, ev);
	}
	it->listed = true;
	it->pub.pods_left = left;
	if (left > it->pub.pods_total)
		it->pub.pods_total = left;
	roll_drain_words(r, it);
	return left == 0;
}
