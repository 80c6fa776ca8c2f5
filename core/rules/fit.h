/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a node could take a pod, as far as the model shows it: cordon,
 * taints, node selector and affinity, host ports, requests, pod slots.  In the
 * scheduler's order of filters, so that the first "no" is the one it reports.
 * Affinity between pods, topology spread and volumes are not judged.
 */
#ifndef KOPSCOPE_RULES_FIT_H
#define KOPSCOPE_RULES_FIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"
#include "core/rules/reason.h"

struct fit {
	bool fits;
	enum reason_kind kind;
	const char *resource; /* REASON_INSUFFICIENT: "cpu" or "memory" */
	const struct taint *taint;
	int32_t port;
};
void fit_judge(const struct pod_shape *pod, const struct m_node *n, struct fit *out);
/* "17/17 pods", "taint dedicated=gpu", ...; owned by the caller. */
char *fit_text(const struct pod_shape *pod, const struct m_node *n, const struct fit *f);
/* The pod asks for things that are not judged. */
bool fit_partly_judged(const struct pod_shape *pod);

bool toleration_matches(const struct toleration *t, const struct taint *taint);
bool shape_tolerates(const struct pod_shape *pod, const struct taint *taint);
/* Node selector and required node affinity. */
bool shape_selects(const struct pod_shape *pod, const struct m_node *n);

#endif
