/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Selectors: as text in a query (labelSelector, fieldSelector) and as objects
 * in specs (matchLabels, matchExpressions, node affinity).  "void *json": a
 * JSON tree, as in lab/kube/store.h; NULL stands for an absent one.
 */
#ifndef KOPSCOPE_LAB_KUBE_SELECT_H
#define KOPSCOPE_LAB_KUBE_SELECT_H

#include <stdbool.h>

#include "core/base/err.h"
#include "lab/kube/resource.h"

struct selection;

/*
 * Either text may be NULL or empty.  NULL with ERR_PARSE for text that is no
 * selector, and for a field that the kind cannot be selected by.
 */
struct selection *selection_new(const struct kube_resource *r, const char *labels,
	const char *fields, struct err *e);
void selection_free(struct selection *s);
bool selection_matches(const struct selection *s, const void *json); /* NULL s: everything */

/* {"matchLabels", "matchExpressions"} on a map of labels; empty matches all, NULL none. */
bool select_labels(const void *selector, const void *labels);
/* Every key of want has the same value in labels; NULL want: true. */
bool select_subset(const void *want, const void *labels);
/* One term of a nodeSelector (matchExpressions, matchFields) on a node. */
bool select_node_term(const void *term, const void *node);

#endif
