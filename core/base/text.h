/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text for a terminal: widths, cutting, and making strangers' bytes harmless.
 * UTF-8 in, UTF-8 out; an invalid byte counts as one replacement character.
 */
#ifndef KOPSCOPE_BASE_TEXT_H
#define KOPSCOPE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

/* The next code point of s (n bytes left): bytes taken (>= 1), U+FFFD when invalid. */
size_t text_decode(const char *s, size_t n, uint32_t *cp);
size_t text_encode(uint32_t cp, char out[4]); /* bytes written */

/* Cells that a code point takes: 0 combining, 1, 2 wide; -1 control and other unprintable. */
int text_cp_width(uint32_t cp);
/* Cells of a whole string, control bytes counted as the one cell they are drawn as. */
int text_width(const char *s);

/*
 * Appends s with every control, bidi, format and invalid character made
 * visible as U+00B7 (or '?' when ascii), so that it cannot move the cursor,
 * change colours or reorder the line.  For an ascii terminal everything beyond
 * ASCII becomes a '?' as well, marks on a letter excepted, which go.  Variation
 * selectors and skin colours go on every terminal: no two agree on their cells.
 */
void text_sanitise(struct buf *out, const char *s, bool ascii);

/* At most cells wide: the middle is replaced by an ellipsis ("~" when ascii). */
void text_cut_middle(struct buf *out, const char *s, int cells, bool ascii);
/* At most cells wide: the end is replaced by an ellipsis. */
void text_cut_end(struct buf *out, const char *s, int cells, bool ascii);

#endif
