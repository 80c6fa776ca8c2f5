/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story, played without a terminal: every step is done through the same
 * sources, verbs and runs as on the screen, and every line says what was
 * observed, not what was asked for.
 */
#ifndef KOPSCOPE_TUI_PLAY_H
#define KOPSCOPE_TUI_PLAY_H

#include "core/base/err.h"
#include "tui/options.h"

/* 0: the story came true; 1: it did not, and the last line says where. */
int play_story(const struct options *o, struct err *e);

#endif
