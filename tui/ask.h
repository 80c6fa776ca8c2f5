/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the user on the terminal itself, for commands without a screen. */
#ifndef KOPSCOPE_TUI_ASK_H
#define KOPSCOPE_TUI_ASK_H

#include "core/io/asker.h"
#include "core/io/loop.h"

/*
 * Asks on /dev/tty, without echo, and reads one line while the loop goes on; where
 * there is no terminal the answer is NULL at once.
 */
struct ask_tty {
	struct asker asker; /* first */
	struct loop *loop;
	struct loop_fd *fd;
	int tty;            /* -1: not asking */
	char line[64];
	unsigned int len;
	void (*done)(void *ctx, const char *answer);
	void *ctx;
};
void ask_tty_init(struct ask_tty *a, struct loop *l);
void ask_tty_release(struct ask_tty *a); /* the terminal echoes again */

#endif
