/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which columns each view shows, as chosen with :columns and kept in the state folder:
 * columns/VIEW holds one line, the names of the columns that are shown, or * for all.  Where there
 * is no such file, config.yaml's "columns" holds.
 */
#ifndef KOPSCOPE_TUI_COLUMNS_H
#define KOPSCOPE_TUI_COLUMNS_H

#include <stdint.h>

#include "tui/view.h"

struct app;

/* Takes what was kept before.  A file that cannot be read or is damaged changes nothing: the Log
   says so. */
void columns_load(struct app *a);
/* Shows the view without the columns of these bits and keeps that.  What cannot be kept holds as
   long as this screen: the message line says so, the Log says why. */
void columns_choose(struct app *a, enum view_id view, uint64_t hidden);
/* As config.yaml has it, kept by having nothing. */
void columns_reset(struct app *a, enum view_id view);

#endif
