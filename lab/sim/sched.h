/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler's view of the nodes, its filters, and the words for what they
 * found (kube-scheduler 1.34; facts: vpc-cni 4.2 and 4.3).
 */
#ifndef KOPSCOPE_LAB_SIM_SCHED_H
#define KOPSCOPE_LAB_SIM_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "lab/kube/store.h"

struct sched_need { /* of a pod; cpu and memory in thousandths */
	int64_t pods, cpu, memory;
};
struct sched_node {
	const struct kobj *node;
	struct sched_need room, used, nominated; /* room: allocatable; nominated: for others */
	const struct kobj **pods;
	size_t n_pods, cap_pods;
	bool soft;       /* of the last filter: removing pods may help */
	char *reason;    /* of the last filter, one or more, ", " between; NULL: fits */
};
struct sched {
	struct sched_node *v; /* by name */
	size_t n;
	struct kube *kube;
	bool kept;     /* some pod keeps others away */
	char *refused; /* of the last filter: a whole refusal before any node; NULL: none */
};

void sched_load(struct sched *s, struct kube *k);
void sched_release(struct sched *s);
void sched_node_add(struct sched_node *n, const struct kobj *pod);
void sched_pod_need(const void *pod_json, struct sched_need *out);
int64_t sched_pod_priority(const void *pod_json);

/* Fills in reason and soft of every node; the number of nodes that fit. */
size_t sched_filter(struct sched *s, const struct kobj *pod);
/* sim-sched-peers.c: what is said of the pod's claims before any node is looked at, yours; NULL:
   nothing.  Then of one node: volumes, spread, affinity; false: nothing against it. */
char *sched_claims_refuse(struct kube *k, const struct kobj *pod);
bool sched_peers_refuse(const struct sched *s, const struct kobj *pod, struct sched_node *n,
	struct buf *why);

/* Would it fit on resources alone when this much were freed? */
bool sched_fits_without(const struct sched_node *n, const struct kobj *pod,
	const struct sched_need *freed);
/* "0/3 nodes are available: ..., preemption: ..." from the last filter. */
void sched_words(const struct sched *s, struct buf *out);

#endif
