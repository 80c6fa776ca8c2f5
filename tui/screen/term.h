/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal: the only place that knows curses.  Shows grids, reads keys,
 * puts the terminal back under all circumstances (also on death by signal and
 * on xalloc's).
 */
#ifndef KOPSCOPE_TUI_TERM_H
#define KOPSCOPE_TUI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "tui/screen/grid.h"
#include "tui/screen/style.h"

/* Fails with ERR_USAGE when there is no terminal or it is smaller than 60x15. */
bool term_open(struct err *e);
void term_close(void); /* fine when it is not open */
bool term_is_open(void);

void term_size(int *cols, int *rows); /* as the kernel says now */
void term_resize(void);               /* after SIGWINCH */
void term_show(const struct grid *g); /* sends what changed */
/* Into the clipboard of the terminal (OSC 52, through tmux too), where it allows that; nothing
   without one.  False: it is longer than terminals take, nothing was sent. */
bool term_copy(const char *text);
/* Another theme from the next term_show() on; also before term_open(). */
void term_theme(enum theme t);
void term_repaint(void);              /* the next term_show() sends everything */
/* Puts the screen aside (for a child or Ctrl-Z) and takes it back. */
void term_suspend(void);
void term_resume(void);

/* The next key waiting, KEY_NONE_ when there is none.  Never waits. */
uint32_t term_key(void);

/* Whether the mouse speaks to us and no longer selects text. */
void term_mouse(bool on);
struct mouse {
	int x, y;
	int wheel; /* -1 up, 1 down, 0: the left button was pressed */
};
/* What KEY_MOUSE_ stood for; false: nothing that is of use. */
bool term_mouse_event(struct mouse *out);

/* Whether the locale says UTF-8. */
bool term_utf8(void);

#endif
