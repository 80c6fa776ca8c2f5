/* SPDX-License-Identifier: Apache-2.0 */
/* The part of the screen that shows a table; of tui/screen/screen.c. */
#ifndef KOPSCOPE_TUI_SCREEN_TABLE_H
#define KOPSCOPE_TUI_SCREEN_TABLE_H

#include "tui/screen/grid.h"
#include "tui/screen/screen.h"

/*
 * So many rows from s->top on, in rows + 1 lines of the grid: the titles stand
 * above the first item, and lines before it above the titles.
 */
void screen_rows(struct grid *g, const struct screen *s, int y, int rows);
/* What stands in that line of these rows, counted from y on. */
struct screen_spot screen_row_at(const struct screen *s, int cols, int rows, int x, int line);

#endif
