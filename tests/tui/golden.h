/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text compared with a file of the tree; UPDATE_SCREENS=1 in the environment
 * writes the file instead.  What differs is printed line by line.
 */
#ifndef KOPSCOPE_TESTS_TUI_GOLDEN_H
#define KOPSCOPE_TESTS_TUI_GOLDEN_H

#include <stdbool.h>

/* name: below tests/tui/screens/.  True when equal (or written). */
bool golden_check(const char *name, const char *text);

#endif
