/* SPDX-License-Identifier: Apache-2.0 */
/* All that is known of one thing, in words. */
#ifndef KOPSCOPE_TUI_DESCRIBE_H
#define KOPSCOPE_TUI_DESCRIBE_H

#include <stdbool.h>

#include "tui/screen/pager.h"
#include "tui/view.h"

/* Whether rows of that view are clusters, groups, nodes, pods or Deployments. */
bool describe_can(enum view_id view);
/* The row of that view's table, then what its thing has beyond it; wrapped at width. */
void describe_row(const struct view_ctx *c, const struct view *v, const struct table *t,
	const struct trow *row, int width, struct pager *out);

#endif
