/* SPDX-License-Identifier: Apache-2.0 */
/* A view's rows without a screen: an aligned table, or JSON. */
#ifndef KOPSCOPE_TUI_PRINT_H
#define KOPSCOPE_TUI_PRINT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "tui/table.h"
#include "tui/view.h"

void print_table(const struct table *t, bool wide, bool headers, struct buf *out);

/*
 * {"view":NAME,"cluster":NAME|null,"sources":{...},"items":[...]}: one object a row, keyed by
 * column ids; numbers are numbers, unknown is null, meters and ratios are {"used","max"}.  Pending
 * groups carry their verdicts and advices as well.
 */
void print_json(const struct view *v, const struct view_ctx *c, const struct table *t,
	struct buf *out);

/* Only the rows: an array of objects, and a newline. */
void print_rows_json(const struct table *t, struct buf *out);

#endif
