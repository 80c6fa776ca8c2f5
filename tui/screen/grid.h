/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A screen in memory: cells of text and style.  Views draw into it, only
 * tui/screen/term.c shows it.  Everything put is made harmless first (text_sanitise),
 * cut at the grid's edge and at max cells, and wide characters take two cells.
 */
#ifndef KOPSCOPE_TUI_GRID_H
#define KOPSCOPE_TUI_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "tui/screen/style.h"

struct cell {
	char text[15];  /* one character with its combining marks, UTF-8, NUL-terminated */
	uint8_t style;  /* enum style with STYLE_SELECTED, STYLE_STALE */
	uint8_t width;  /* 1 or 2; 0: right half of the wide one before */
};

struct grid {
	int cols, rows;
	bool ascii;
	struct cell *cells; /* rows * cols */
	int cursor_x, cursor_y; /* -1: hidden */
};

void grid_init(struct grid *g, int cols, int rows, bool ascii);
void grid_release(struct grid *g);
void grid_clear(struct grid *g);
const struct cell *grid_at(const struct grid *g, int x, int y);

/* Both return the cells used. */
int grid_put(struct grid *g, int x, int y, int max, int style, const char *text);
int grid_putf(struct grid *g, int x, int y, int max, int style, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* Right-aligned in [x, x+width). */
void grid_put_right(struct grid *g, int x, int y, int width, int style, const char *text);
/* Styles a stretch of a row without touching its text: joins flags to what is there. */
void grid_mark(struct grid *g, int x, int y, int width, int flags);
/*
 * Over as many lines of width cells as it needs, from x, y on, to before end; words are not
 * parted.  The line behind it, also where that is beyond end.
 */
int grid_wrap(struct grid *g, int x, int y, int width, int end, int style, const char *text);
void grid_rule(struct grid *g, int y, int style);
/* cols blank columns at the right of what was drawn; there are cells for them. */
void grid_widen(struct grid *g, int cols);
/* used of max as a bar, width cells; max <= 0: an empty bar. */
void grid_meter(struct grid *g, int x, int y, int width, int style, int64_t used, int64_t max);

/* The rows as text, blanks at the ends of lines removed, a newline after each. */
void grid_text(const struct grid *g, struct buf *out);
/* The style layer in the same shape: one letter a cell, '.' where normal. */
void grid_styles(const struct grid *g, struct buf *out);

#endif
