/* SPDX-License-Identifier: Apache-2.0 */
/* The cures of waiting pods among themselves: core/rules/pending/cure*.c only. */
#ifndef KOPSCOPE_RULES_PENDING_CURE_H
#define KOPSCOPE_RULES_PENDING_CURE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/rules/pending/parts.h"

/* The Deployment that the pods are of; NULL: another controller's, or not seen. */
const struct deployment *cure_deployment(const struct model *m, const struct pending_group *g);
bool cure_node_takes_pods(const struct m_node *n); /* a worker that is ready and not cordoned */
int64_t cure_node_room(const struct m_node *n, const struct pod_shape *s);
/* A merge patch of the spec of the Deployment's pods; takes part and text. */
struct advice *cure_patch(struct pending_group *g, char *part, char *text);

/* By cause; each adds what it knows, or nothing.  t NULL: nodes were not judged. */
void cure_selector(const struct model *m, struct pending_group *g, const struct tally *t);
void cure_taint(const struct model *m, struct pending_group *g, const struct tally *t);
void cure_claim_missing(const struct model *m, struct pending_group *g, const struct tally *t);
void cure_claim_unbound(const struct model *m, struct pending_group *g, const struct tally *t);
void cure_zone(const struct model *m, struct pending_group *g, const struct tally *t);

#endif
