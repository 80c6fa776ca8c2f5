/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other pods mean for where one may go: pod affinity, anti-affinity (its
 * own and that of pods that run) and topology spread.  As the scheduler's
 * InterPodAffinity and PodTopologySpread filters count, by domains: each set of
 * labels in the cluster is held against the terms once, the pods that match are
 * counted, then each node is judged by its labels.
 */
#ifndef KOPSCOPE_RULES_FIT_PEERS_H
#define KOPSCOPE_RULES_FIT_PEERS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"
#include "core/rules/fit/volumes.h"
#include "core/rules/reason.h"

/* What was counted for one pod; borrows the model and the pod. */
struct fit_peers {
	const struct pod *pod;
	struct domain_count *counts; /* of pods by list, term and domain; a hash */
	size_t ncounts, nslots;
	bool near_anywhere;      /* some pod matches all affinity terms */
	bool near_self;          /* the pod matches its own affinity terms: the first may start */
	bool spread_strays;      /* before 1.24: pods on nodes outside its selector count too */
	const char **kept_keys;  /* topology keys by which pods that run keep away from it */
	size_t nkept_keys;
	int64_t *spread_min;     /* least count over the domains, for each constraint */
	struct fit_volumes volumes;
	size_t looked;           /* at nodes, sets of labels and pods, while counting */
};
void fit_peers_init(struct fit_peers *p, const struct model *m, const struct pod *pod);
void fit_peers_release(struct fit_peers *p);

/* REASON_OTHER: nothing against the node.  *key: the topology key that decides. */
enum reason_kind fit_peers_judge(const struct fit_peers *p, const struct m_node *n,
	const char **key);
/* The pod has terms that could not be read, or that depend on labels of namespaces. */
bool fit_peers_blind(const struct pod_shape *s);

#endif
