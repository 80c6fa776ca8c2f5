/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Styles are roles; a theme says what a role looks like on a terminal.  Meaning
 * is never carried by colour alone: the text says it too.
 */
#ifndef KOPSCOPE_TUI_STYLE_H
#define KOPSCOPE_TUI_STYLE_H

#include <stdint.h>

enum style {
	STYLE_NORMAL, STYLE_DIM, STYLE_BOLD, STYLE_ACCENT, STYLE_OK, STYLE_WARN, STYLE_BAD,
	STYLE_KEY, STYLE_ADDED, STYLE_REMOVED, STYLE__COUNT
};
#define STYLE_SELECTED 0x80 /* may be joined to any role: the row in hand */
#define STYLE_STALE 0x40    /* may be joined: shown, but not fresh */

const char *style_name(enum style s);

enum theme { THEME_DARK, THEME_LIGHT, THEME_MONO, THEME__COUNT };
const char *style_theme_name(enum theme t);
/* The theme and how many colours the terminal has (below 8: none) decide what style_look() says. */
void style_use(enum theme t, int colours);
enum theme style_theme(void);

/* How a role looks: a colour of the terminal's (-1: its own) and attributes. */
enum look_attr { LOOK_BOLD = 1 << 0, LOOK_DIM = 1 << 1, LOOK_REVERSE = 1 << 2,
	LOOK_UNDERLINE = 1 << 3 };
struct look {
	int16_t colour;
	uint8_t attrs;
	uint8_t mono_attrs; /* without colours */
};
const struct look *style_look(enum style s);

#endif
