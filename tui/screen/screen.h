/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frame around every view, the same places for the same things: line 1 who
 * and how fresh, line 2 where, then the rows, up to three lines about the row in
 * hand, the message, and what you can do.  Pure: state in, grid out.
 */
#ifndef KOPSCOPE_TUI_SCREEN_H
#define KOPSCOPE_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/strs.h"
#include "tui/screen/grid.h"
#include "tui/screen/style.h"
#include "tui/screen/table.h"
#include "tui/view.h"

/* How much of a view is shown: as it fits; its wide columns too, at the cost of bars and of
   columns that grow; short forms, no bars and no lines about the row in hand. */
enum screen_mode { SCREEN_NORMAL, SCREEN_WIDE, SCREEN_COMPACT, SCREEN__MODES };

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
	const char *progress;      /* rows are still being found or sorted; NULL or "": none */
	const char *hint;          /* behind the prompt: what Tab could make of it; NULL */
	/* "?:help /:filter | q:quit": key:word pairs, "_" for a blank in a word; those behind the
	   bar stand at the right end, and of those before it the last ones go first. */
	const char *keybar;
	enum screen_mode mode;
	uint64_t hidden;           /* bit per column that the user does not want */
	int sort;                  /* column by which the rows are sorted, + 1; 0: none */
	bool descending;
	const struct strlist *marks; /* ids of marked rows; NULL: none */
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
/* The same as this screen has them: its mode, the columns not wanted, the sorted one. */
void screen_columns(const struct screen *s, int cols, int *widths);

/* What stands at a place of the screen. */
enum screen_spot_kind { SPOT_NONE, SPOT_TAB, SPOT_TITLE, SPOT_ROW };
struct screen_spot {
	enum screen_spot_kind kind;
	size_t at; /* enum view_id, column, row of the table */
};
struct screen_spot screen_spot_at(const struct screen *s, int cols, int rows, int x, int y);

#endif
