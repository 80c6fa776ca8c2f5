/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other pods mean for where one may go: pod affinity, anti-affinity (its
 * own and that of pods that run) and topology spread.  As the scheduler's
 * InterPodAffinity and PodTopologySpread filters count, by domains: all nodes
 * are looked at once, then each node is judged by its labels.
 */
#ifndef KOPSCOPE_RULES_FIT_PEERS_H
#define KOPSCOPE_RULES_FIT_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"
#include "core/rules/reason.h"

/* The pods of a model that keep others away: found once for many groups. */
struct fit_keepers {
	const struct m_pod **v;
	size_t n, cap;
};
void fit_keepers_find(const struct model *m, struct fit_keepers *out);
void fit_keepers_release(struct fit_keepers *k);

/* What was counted for one pod; borrows the model and the pod. */
struct fit_peers {
	const struct pod *pod;
	struct strmap *counts;   /* of pods by list, term and domain */
	bool near_anywhere;      /* some pod matches all affinity terms */
	bool near_self;          /* the pod matches its own affinity terms: the first may start */
	const char **kept_keys;  /* topology keys by which pods that run keep away from it */
	size_t nkept_keys;
	int64_t *spread_min;     /* least count over the domains, for each constraint */
};
void fit_peers_init(struct fit_peers *p, const struct model *m, const struct pod *pod,
	const struct fit_keepers *k);
void fit_peers_release(struct fit_peers *p);

/* REASON_OTHER: nothing against the node.  *key: the topology key that decides. */
enum reason_kind fit_peers_judge(const struct fit_peers *p, const struct m_node *n,
	const char **key);
/* The pod has terms that could not be read, or that depend on labels of namespaces. */
bool fit_peers_blind(const struct pod_shape *s);

#endif
