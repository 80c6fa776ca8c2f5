/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What holds for every frame of every view at every size: the header, the tabs and the key bar
 * stand where they always stand, columns begin under their headings, nothing is torn or raw, one
 * row is in hand and the cursor is where the user types.
 */
#ifndef KOPSCOPE_TESTS_TUI_LINT_H
#define KOPSCOPE_TESTS_TUI_LINT_H

#include <stdbool.h>

#include "tests/tui/fixture.h"

/* From this size on the whole frame has its place; below it only that nothing breaks is asked. */
#define LINT_COLS 80
#define LINT_ROWS 24

/* False where the frame is not as it should be; what, and the frame, go to stderr. */
bool lint_frame(struct fixture *f, const char *where);
/* Only what a terminal must never be sent, and half characters. */
bool lint_cells(const struct grid *g, const char *where);
/* How many cells of columns were looked at so far: a test shall not pass by seeing nothing. */
unsigned long lint_seen(void);

#endif
