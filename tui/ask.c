/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the user on the terminal itself. */
#include "tui/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static void ask_echo(int tty, bool on)
{
	struct termios t;
	if (tcgetattr(tty, &t) == 0) {
		t.c_lflag = on ? t.c_lflag | ECHO : t.c_lflag & ~(tcflag_t)ECHO;
		tcsetattr(tty, TCSAFLUSH, &t);
	}
}

static void ask_end(struct ask_tty *a)
{
	if (a->tty < 0) {
		return;
	}
	loop_fd_remove(a->fd);
	ask_echo(a->tty, true);
	/* The user's own Enter was not echoed. */
	(void)!write(a->tty, "\n", 1);
	close(a->tty);
	a->fd = NULL;
	a->tty = -1;
}

static void ask_answer(struct ask_tty *a, bool given)
{
	char line[sizeof(a->line)];
	memcpy(line, a->line, sizeof(line));
	memset(a->line, 0, sizeof(a->line));
	ask_end(a);
	a->done(a->ctx, given ? line : NULL);
	memset(line, 0, sizeof(line));
}

static void ask_on_read(void *ctx, int events)
{
	struct ask_tty *a = ctx;
	char c;
	ssize_t n;
	while ((n = read(a->tty, &c, 1)) == 1) {
		if (c == '\n' || c == '\r') {
			a->line[a->len] = '\0';
			ask_answer(a, a->len > 0);
			return;
		}
		if (a->len + 1 < sizeof(a->line)) {
			a->line[a->len++] = c;
		}
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		ask_answer(a, false);
	}
}

static void ask_ask(struct asker *base, const char *question,
	void (*done)(void *ctx, const char *answer), void *ctx)
{
	struct ask_tty *a = (struct ask_tty *)base;
	a->done = done;
	a->ctx = ctx;
	a->len = 0;
	a->tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (a->tty < 0) {
		done(ctx, NULL);
		return;
	}
	ask_echo(a->tty, false);
	dprintf(a->tty, "%s: ", question);
	a->fd = loop_fd_add(a->loop, a->tty, LOOP_READ, ask_on_read, a);
}

static void ask_cancel(struct asker *base)
{
	ask_end((struct ask_tty *)base);
}

void ask_tty_init(struct ask_tty *a, struct loop *l)
{
	*a = (struct ask_tty){ .asker = { .ask = ask_ask, .cancel = ask_cancel }, .loop = l,
		.tty = -1 };
}

void ask_tty_release(struct ask_tty *a)
{
	ask_end(a);
}
