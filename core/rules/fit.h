/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a node could take a pod, as far as the model shows it: cordon,
 * taints, node selector and affinity, host ports, requests, pod slots, volumes,
 * other pods.  In the scheduler's order of filters, so that the first "no" is the one
 * it reports.  Resources but cpu and memory are not judged.
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
	const struct host_port *port; /* REASON_HOST_PORTS: the pod's, that is taken */
	/* The pod's volumes are not reachable from there: what the scheduler says when nothing
	   before it is missing; REASON_OTHER: they are. */
	enum reason_kind away;
	const char *place;    /* where that volume is; borrowed */
	bool partly;          /* the pod asks for things that are not judged here */
	const char *topology_key; /* of what other pods mean; else NULL */
};
/* peers NULL: without regard to other pods' affinity and spread. */
void fit_judge(const struct pod_shape *pod, const struct m_node *n, const struct fit_peers *peers,
	struct fit *out);
/* "17/17 pods", "taint dedicated=gpu", ...; owned by the caller. */
char *fit_text(const struct pod_shape *pod, const struct m_node *n, const struct fit *f);
/* The pod asks for things that are not judged without struct fit_peers, or at all. */
bool fit_partly_judged(const struct pod_shape *pod);

bool toleration_matches(const struct toleration *t, const struct taint *taint);
bool shape_tolerates(const struct pod_shape *pod, const struct taint *taint);
/* Node selector and required node affinity. */
bool shape_selects(const struct pod_shape *pod, const struct m_node *n);
/* All of them; none holds nothing. */
bool term_holds(const struct selector_term *t, const struct node *n);

#endif
