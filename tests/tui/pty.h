/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program on a pseudo-terminal, and the terminal itself (libvterm), for
 * tests that type keys and read the screen.
 *
 * Nothing here sleeps for a fixed time: every wait is for something to be seen, with a deadline so
 * generous that only a failure reaches it.  A wait that fails prints the screen.
 */
#ifndef KOPSCOPE_TESTS_TUI_PTY_H
#define KOPSCOPE_TESTS_TUI_PTY_H

#include <stdbool.h>
#include <stddef.h>

#define PTY_DEADLINE_MS 120000

struct pty;

/* argv[0] is the program's path; NULL-terminated.  Dies when the machine has no terminals.
   PTY_TERM and PTY_LC_ALL: what else than xterm-256color and C.UTF-8 the program is told. */
struct pty *pty_start(const char *const *argv, int cols, int rows);
/* Kills what still runs. */
void pty_free(struct pty *p);

void pty_send(struct pty *p, const char *bytes);
void pty_resize(struct pty *p, int cols, int rows);
void pty_signal(struct pty *p, int signum);

/* True as soon as the condition holds for the screen's text. */
bool pty_until(struct pty *p, const char *what, bool (*holds)(const char *screen, void *ctx),
	void *ctx);
bool pty_wait(struct pty *p, const char *text);             /* it appears */
bool pty_wait_count(struct pty *p, const char *text, int n); /* at least n times */
bool pty_wait_gone(struct pty *p, const char *text);

/* The first n bytes (or all that there are) are no longer in pty_output(). */
void pty_output_drop(struct pty *p, size_t n);
/*
 * What was typed and what was then seen, in order, for comparison: "i KEYS" and "m N TEXT" (N
 * times at least, 0: gone), a newline behind each; borrowed.
 * With PTY_LOG=FILE in the environment all of that and the output go to that file as they happen,
 * for screenshots/cast.py: a letter, the ms since the start, the bytes in hexadecimal.
 */
const char *pty_steps(const struct pty *p);

/* A terminal without a program, to show again what one wrote. */
struct pty *pty_replay(int cols, int rows);
void pty_feed(struct pty *p, const char *bytes, size_t n);

/* Exit status once it ended by itself; -1 when it did not, or died by a signal. */
int pty_end(struct pty *p);

/* The rows, blanks at their ends removed, a newline after each; owned by the caller. */
char *pty_text(struct pty *p);
/* Everything it ever wrote (at most the last MiB); borrowed, NUL-terminated. */
const char *pty_output(const struct pty *p);

#endif
