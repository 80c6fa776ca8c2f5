/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of a manual page in mdoc(7).  Plain sentences go in, escaped and folded lines come out:
 * one sentence a line, none above 78 bytes, none that a formatter would take for a request.
 */
#ifndef KOPSCOPE_BASE_MDOC_H
#define KOPSCOPE_BASE_MDOC_H

#include "core/base/buf.h"

/* The first lines; section: "1"; the day is SOURCE_DATE_EPOCH's, else today's. */
void mdoc_head(struct buf *out, const char *name, const char *section, const char *about);
/* A section's title; in capitals. */
void mdoc_section(struct buf *out, const char *title);
/* Text, ending in a newline.  No macros in it. */
void mdoc_text(struct buf *out, const char *text);
/* One macro with the words of args as its text: mdoc_macro(out, "It", "Fl", "-state"). */
void mdoc_macro(struct buf *out, const char *macro, const char *inner, const char *args);
/* An item of a list for an option: "--output", "-o", "FORMAT"; short and value NULL: none. */
void mdoc_option(struct buf *out, const char *name, const char *brief, const char *value);

#endif
