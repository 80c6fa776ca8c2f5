/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which pods the Pods view shows, and in which order; kept while the view is shown.
 *
 * All pods, as the model has them, cost nothing.  For a filter, an order by a column, the pods of
 * an owner, names of 32 bits are kept sorted (tui/screen/order.h): a pod that changes is taken
 * out and judged and put in again, alone.  What needs a look at every pod is done in slices, by
 * pods_list_step(); until that is over the list holds those that were found so far.  A longer
 * filter goes through the rows of the shorter one only, a shorter one keeps them, the other
 * direction is read from the other end.  The pods of a node are taken from the node.
 */
#ifndef KOPSCOPE_TUI_VIEW_PODS_LIST_H
#define KOPSCOPE_TUI_VIEW_PODS_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/model/model.h"

struct pods_list;
/* Borrows both.  One at a time for a model. */
struct pods_list *pods_list_new(struct model *m, const struct clock *clock);
void pods_list_free(struct pods_list *l); /* NULL is fine */

/*
 * From now on these: of the node or owner (struct view_ctx, .within; NULL: of all), that match
 * the filter of table_filter() (NULL or "": all), by a column and then as they were first seen
 * (-1: only so), or in the reverse of that.  The same as before costs nothing.
 */
void pods_list_want(struct pods_list *l, const char *within, const char *filter, int col,
	bool descending);

/*
 * Works at what is still to be done until it has looked about so often at a pod: judged it,
 * compared it with another.  True: nothing is left to be done.
 */
bool pods_list_step(struct pods_list *l, size_t looks);

size_t pods_list_n(const struct pods_list *l);
/* There is none, and it is not for the filter. */
bool pods_list_none(const struct pods_list *l);
const struct m_pod *pods_list_at(const struct pods_list *l, size_t i); /* NULL: no such row */
size_t pods_list_index(struct pods_list *l, const void *pod); /* pods_list_n(): not in it */

/* Grows whenever a row may have another place than before. */
uint64_t pods_list_changes(const struct pods_list *l);
/* What is being done, as "sorting 4096 of 150000"; false: nothing that is worth a word. */
bool pods_list_progress(const struct pods_list *l, char *out, size_t size);

/* Since the beginning; for tests and bench. */
uint64_t pods_list_looks(const struct pods_list *l);
size_t pods_list_bytes(const struct pods_list *l);

#endif
