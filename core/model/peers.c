/* SPDX-License-Identifier: Apache-2.0 */
/* Pods by namespace and labels. */
#include "core/model/peers.h"

#include <stdint.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define SLOTS_MIN 64

static struct m_peers none; /* in the place of one that was removed */

static const struct pod_shape *pod_keeps(const struct pod *p)
{
	return p->shape->napart ? p->shape : NULL;
}

static bool pod_counts(const struct pod *p)
{
	return !str_empty(p->node) && p->phase != POD_SUCCEEDED && p->phase != POD_FAILED;
}

static size_t slot_first(const struct peers *x, const struct m_peers *q)
{
	uint64_t h = (uintptr_t)q->ns * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ (uintptr_t)q->labels ^ h >> 29) * UINT64_C(0xbf58476d1ce4e5b9);
	h = (h ^ (uintptr_t)q->keeps ^ h >> 32) * UINT64_C(0x94d049bb133111eb);
	return (size_t)(h >> 20) & (x->nslots - 1);
}

static bool same_peers(const struct m_peers *a, const struct m_peers *b)
{
	return a->ns == b->ns && a->labels == b->labels && a->keeps == b->keeps;
}

/* Where it is, or the slot where it may be put. */
static struct m_peers **slot_find(struct peers *x, const struct m_peers *key)
{
	struct m_peers **open = NULL;
	for (size_t i = slot_first(x, key);; i = (i + 1) & (x->nslots - 1)) {
		if (!x->slots[i]) {
			return open ? open : &x->slots[i];
		}
		if (x->slots[i] == &none) {
			open = open ? open : &x->slots[i];
		} else if (same_peers(x->slots[i], key)) {
			return &x->slots[i];
		}
	}
}

static void slots_grow(struct peers *x)
{
	struct m_peers **old = x->slots;
	size_t n = x->nslots, live = x->n[0] + x->n[1];
	if (n && x->used * 4 < n * 3) {
		return;
	}
	x->nslots = SLOTS_MIN;
	while (x->nslots < live * 2 + 2) {
		x->nslots *= 2;
	}
	x->slots = xcalloc(x->nslots, sizeof(struct m_peers *));
	x->used = live;
	for (size_t i = 0; i < n; i++) {
		if (old[i] && old[i] != &none) {
			*slot_find(x, old[i]) = old[i];
		}
	}
	free(old);
}

static struct m_peers *peers_of(struct peers *x, const struct pod *p)
{
	struct m_peers key = { .ns = p->ns, .labels = p->labels, .nlabels = p->nlabels,
		.keeps = pod_keeps(p) };
	slots_grow(x);
	struct m_peers **slot = slot_find(x, &key);
	if (*slot && *slot != &none) {
		return *slot;
	}
	x->used += !*slot;
	bool k = key.keeps != NULL;
	key.at = x->n[k];
	*slot = xcalloc(1, sizeof key);
	**slot = key;
	x->v[k] = xgrow(x->v[k], &x->cap[k], x->n[k], sizeof(struct m_peers *));
	x->v[k][x->n[k]++] = *slot;
	return *slot;
}

void peers_join(struct peers *x, struct m_pod *p)
{
	if (p->peers || !pod_counts(&p->pod)) {
		return;
	}
	struct m_peers *q = peers_of(x, &p->pod);
	p->peers = q;
	p->prev_peer = 0;
	p->next_peer = q->first;
	if (q->first) {
		q->first->prev_peer = slab_ref(p);
	}
	q->first = p;
	q->npods++;
}

static void peers_drop(struct peers *x, struct m_peers *q)
{
	bool k = q->keeps != NULL;
	struct m_peers *last = x->v[k][--x->n[k]];
	x->v[k][q->at] = last;
	last->at = q->at;
	*slot_find(x, q) = &none;
	free(q);
}

void peers_leave(struct peers *x, struct m_pod *p)
{
	struct m_peers *q = p->peers;
	if (!q) {
		return;
	}
	struct m_pod *prev = slab_at(x->slab, p->prev_peer);
	*(prev ? &prev->next_peer : &q->first) = p->next_peer;
	if (p->next_peer) {
		p->next_peer->prev_peer = p->prev_peer;
	}
	p->peers = NULL;
	p->next_peer = NULL;
	p->prev_peer = 0;
	if (!--q->npods) {
		peers_drop(x, q);
	}
}

bool peers_same(const struct m_pod *p, const struct pod *becomes)
{
	const struct pod *now = &p->pod;
	return pod_counts(now) == pod_counts(becomes) && now->ns == becomes->ns &&
		now->labels == becomes->labels && pod_keeps(now) == pod_keeps(becomes);
}

void peers_release(struct peers *x)
{
	for (int k = 0; k < 2; k++) {
		for (size_t i = 0; i < x->n[k]; i++) {
			free(x->v[k][i]);
		}
		free(x->v[k]);
	}
	free(x->slots);
	*x = (struct peers){ .slab = x->slab };
}

size_t peers_bytes(const struct peers *x)
{
	return x->nslots * sizeof(struct m_peers *) +
		(x->cap[0] + x->cap[1]) * sizeof(struct m_peers *) +
		(x->n[0] + x->n[1]) * sizeof(struct m_peers);
}
