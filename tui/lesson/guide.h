/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guide: the lesson in hand in a few lines above the key bar, and what its
 * steps ask of the lab ($KOPSCOPE_LAB).  There is none outside of a lab, and then
 * it costs nothing.
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
/* Rows that it takes of the screen now: 0 to GUIDE_ROWS. */
#define GUIDE_ROWS 4
int guide_rows(const struct app *a);
/* Into the rows from y on, which are blank. */
void guide_draw(const struct app *a, struct grid *g, int y);

/* One line each, for kopscope lab --list. */
void lessons_help(struct buf *out);

#endif
