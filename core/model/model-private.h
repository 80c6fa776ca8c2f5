/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of the model, for its own files only.
 *
 * Pods are chained to their nodes at once, as they come.  A node that pods
 * name but that was not seen yet is a ghost: it carries chain and counts and
 * becomes the node when that arrives.  What joins groups, instances and nodes
 * is few and is joined afresh when somebody looks after a change.
 */
#ifndef KOPSCOPE_MODEL_PRIVATE_H
#define KOPSCOPE_MODEL_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/model/pool.h"
#include "core/model/keyed.h"
#include "core/model/peers.h"
#include "core/model/slab.h"

struct model {
	const struct clock *clock;
	struct pool *pool;
	char *opened;
	struct source_status sources[SRC__COUNT];
	uint64_t generation[OBS__COUNT];
	uint64_t generation_all;
	struct keyed kinds[OBS__COUNT]; /* OBS_GROUP: the specs of all clusters */
	struct keyed groups;            /* struct m_group of the open cluster */
	struct keyed ghosts;            /* struct m_node */
	struct slab slab, pod_slab;     /* of all records; of pods */
	struct index pod_names;
	size_t unbound_pods;
	const struct pod_watch *pod_watch;
	struct peers peers;
	struct m_pod **waiting;         /* phase Pending or Failed */
	size_t nwaiting, waiting_cap;
	struct identity identity;
	struct kube_server server;
	bool has_identity, has_server;
	bool unjoined;                  /* model_join() is due */
	const struct m_cluster **cluster_list;
	const struct m_group **group_list;
	size_t nclusters, ngroups;
};

void model_changed(struct model *m, enum obs_kind kind);

/* model-pods.c */
void model_apply_pod(struct model *m, enum obs_verb verb, const struct pod *p);
void model_forget_pods(struct model *m);
void model_sweep_pods(struct model *m); /* those that the sync did not see */
/* The record for a node that has just arrived, with the pods that waited for it; and back. */
struct m_node *model_adopt_node(struct model *m, const char *name);
void model_release_node(struct model *m, struct m_node *n);

/* model-join.c */
void model_join(struct model *m);
void model_forget_joined(struct model *m);

#endif
