/* SPDX-License-Identifier: Apache-2.0 */
/* What a dialog shows of an edit: what was found, and who else wrote; as lines of a pager. */
#ifndef KOPSCOPE_TUI_DIALOG_CHANGE_LINES_H
#define KOPSCOPE_TUI_DIALOG_CHANGE_LINES_H

#include <stdbool.h>

#include "core/rules/consequences.h"
#include "tui/change.h"
#include "tui/screen/pager.h"

/* A line each with its mark, wrapped; what to do first below.  The same words are not said twice.
 */
/* "first: ..." in the user's language; owned by the caller. */
char *lines_todo(const char *todo, int indent);
void change_lines_said(struct pager *p, const struct findings *said, int width, bool ascii);
/* The warnings and refusals alone. */
void change_lines_warned(struct pager *p, const struct findings *said, int width, bool ascii);

/* The diff of what was not written beside the one of what is stored, wrapped so that nothing of
   either is lost; below each other where there is no room for two. */
void change_lines_conflict(struct pager *p, const char *ours, const char *theirs, int width);

#endif
