/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pods by namespace and labels (struct m_peers), so that a selector is held
 * against each set of labels once and not against every pod.  Of the model alone.
 *
 * Strings, labels and shapes come from the model's pool: equal ones have equal
 * addresses.  They are borrowed from the pods, so a pod leaves before what it
 * points to is dropped.
 */
#ifndef KOPSCOPE_MODEL_PEERS_H
#define KOPSCOPE_MODEL_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"
#include "core/model/slab.h"

struct peers {
	const struct slab *slab; /* of the pods */
	struct m_peers **slots; /* by their three addresses */
	size_t nslots, used;    /* used: with those that are no more */
	struct m_peers **v[2];  /* [1]: that keep others away */
	size_t n[2], cap[2];
};
void peers_release(struct peers *x); /* forgets all pods without touching them */

/* Nothing when it is on no node, finished, or there already. */
void peers_join(struct peers *x, struct m_pod *p);
void peers_leave(struct peers *x, struct m_pod *p); /* nothing when it is not there */
/* Whether p, as it is now, would have the same peers if it became this. */
bool peers_same(const struct m_pod *p, const struct pod *becomes);
size_t peers_bytes(const struct peers *x);

#endif
