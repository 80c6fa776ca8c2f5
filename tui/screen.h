/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame around every view, the same places for the same things: line 1 who
 * and how fresh, line 2 where, then the rows, up to three lines about the row in
 * hand, the message, and what you can do.  Pure: state in, grid out.
 */
#ifndef KOPSCOPE_TUI_SCREEN_H
#define KOPSCOPE_TUI_SCREEN_H

#include <stdbool.h>

#include "tui/grid.h"
#include "tui/style.h"
#include "tui/table.h"
#include "tui/view.h"

struct screen {
	const struct view *view;
	const struct view_ctx *ctx;
	const struct table *table; /* of the view, filtered */
	size_t selected;           /* index into the table's rows */
	size_t top;                /* first row shown */
	const char *filter;        /* NULL or "": none */
	const char *prompt;        /* being typed on the message line: "/ngi"; NULL */
	const char *message;       /* NULL or "": none */
	enum style message_style;
	const char *keybar; /* "?:help /:filter": key:word pairs, "_" for a blank in a word */
	bool readonly;
};

/* Rows that fit at that height; needed to scroll. */
int screen_body_rows(int grid_rows, int detail_lines);
/* Lines that the detail of the row in hand takes at that width (0 to 3). */
int screen_detail_lines(const struct screen *s, int cols);
void screen_draw(struct grid *g, const struct screen *s);
/* Only what surrounds the body, for a dialog to draw into. */
void screen_frame(struct grid *g, const struct screen *s);

/* The cell widths of the table's columns for so many cells; 0: column not shown. */
void screen_layout(const struct table *t, int cols, int *widths);

#endif
