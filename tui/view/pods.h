/* SPDX-License-Identifier: Apache-2.0 */
/* Pods: what the view knows of one of them; of tui/view/pods.c and pods-list.c alone. */
#ifndef KOPSCOPE_TUI_VIEW_PODS_H
#define KOPSCOPE_TUI_VIEW_PODS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/model/model.h"
#include "tui/view.h"

/*
 * What was asked of a shared string a moment ago holds for it again: names of namespaces, nodes
 * and owners have one address each, so most pods cost one comparison of their own name.  Good
 * for one text, and until the model changes.
 */
struct pods_memo {
	const char *text;
	bool has;
};
#define PODS_MEMOS 256

extern const struct row_maker pods_maker;

/* Which pods are shown: of a node, of "namespace/owner", of that those which wait. */
struct pods_within {
	const char *text; /* borrowed; NULL: all */
	size_t n;         /* of it, without what stands behind the owner */
	bool waiting;
};
struct pods_within pods_within(const char *within);
bool pods_wanted(const struct pods_within *w, const struct m_pod *p, const struct clock *clock);
/* Numbers and ages are looked for in their columns only (restarts:3).  memos: PODS_MEMOS. */
bool pods_has(const struct m_pod *p, struct pods_memo *memos, const char *text);
/* By that column; 0: equal in it. */
int pods_cmp(size_t col, const struct m_pod *a, const struct m_pod *b);
/* Its text changes with time alone. */
bool pods_ages(long col);

#endif
