/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a node could take a pod, as far as the model shows it: cordon,
 * taints, node selector and affinity, host ports, requests, pod slots, other
 * pods.  In the scheduler's order of filters, so that the first "no" is the one
 * it reports.  Volumes and resources but cpu and memory are not judged.
 */
#ifndef KOPSCOPE_RULES_FIT_H
#define KOPSCOPE_RULES_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"
#include "core/rules/reason.h"

struct fit_peers;

struct fit {
	bool fits;
	/* The scheduler tells all that a node lacks at once; kind is the first of these. */
	bool no_slot, no_cpu, no_memory;
	enum reason_kind kind;
	const char *resource; /* REASON_INSUFFICIENT: "cpu" or "memory" */
	const struct taint *taint;
	int32_t port;
	const char *topology_key; /* of what other pods mean; else NULL */
};
/* peers NULL: without regard to other pods' affinity and spread. */
void fit_judge(const struct pod_shape *pod, const struct m_node *n, const struct fit_peers *peers,
	struct fit *out);
/* "17/17 pods", "taint dedicated=gpu", ...; owned by the caller. */
char *fit_text(const struct pod_shape *pod, const struct m_node *n, const struct fit *f);
/* The pod asks for things that are not judged. */
bool fit_partly_judged(const struct pod_shape *pod);

bool toleration_matches(const struct toleration *t, const struct taint *taint);
bool shape_tolerates(const struct pod_shape *pod, const struct taint *taint);
/* Node selector and required node affinity. */
bool shape_selects(const struct pod_shape *pod, const struct m_node *n);

#endif
