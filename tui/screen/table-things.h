/* SPDX-License-Identifier: Apache-2.0 */
/* The large table's part of table_sort(); of tui/screen/table.c alone. */
#ifndef KOPSCOPE_TUI_TABLE_THINGS_H
#define KOPSCOPE_TUI_TABLE_THINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/table.h"

/* Before any row was made.  Stable. */
void table_sort_things(struct table *t, size_t col, bool descending);

#endif
