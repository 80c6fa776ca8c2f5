/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guide: the lesson in hand, beside the view or in a few lines above the key
 * bar, and what its steps ask of the lab ($KOPSCOPE_LAB).  There is none outside
 * of a lab, and then it costs nothing.
 */
#ifndef KOPSCOPE_TUI_GUIDE_H
#define KOPSCOPE_TUI_GUIDE_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "tui/app.h"

struct guide;

/* Begins the lesson; NULL: the one that $KOPSCOPE_LESSON names, if any.  Says why it does not. */
void guide_begin(struct app *a, const char *name);
void guide_end(struct app *a); /* no lesson any more; fine when there is none */

/* Looks whether the step is done or its advice is not followed; the rows must have been made. */
void guide_look(struct app *a);
/*
 * What it takes of the screen now: columns at the right where that has enough of them, else rows;
 * one of the two is 0.
 */
#define GUIDE_ROWS 4
#define GUIDE_COLS 46 /* at most */
int guide_rows(const struct app *a);
int guide_cols(const struct app *a);
/* Into the rows from y on or the columns from x on, which are blank. */
void guide_draw(const struct app *a, struct grid *g, int y);
void guide_draw_beside(const struct app *a, struct grid *g, int x);

/* One line each, for kopscope lab --list. */
void lessons_help(struct buf *out);

#endif
