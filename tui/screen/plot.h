/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small curve on the screen: y over x, in braille dots (two by four in a
 * cell), or in ASCII with one point a cell.
 */
#ifndef KOPSCOPE_TUI_PLOT_H
#define KOPSCOPE_TUI_PLOT_H

#include <stddef.h>
#include <stdint.h>

#include "tui/screen/grid.h"

struct plot {
	const int32_t *v; /* v[x], for x from 0 to n - 1 */
	size_t n;
	int32_t top;      /* of the y axis; at least 1 */
	int32_t now;      /* an x to mark on the axis; -1: none */
	const char *x_title, *y_title;
};
/* In cols times rows cells at x, y: a row for the y title, one for the axis, one for its numbers.
   Draws nothing where there is less than 16 by 6. */
void plot_draw(const struct plot *p, struct grid *g, int x, int y, int cols, int rows);

#endif
