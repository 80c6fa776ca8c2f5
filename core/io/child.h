/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Child processes on the loop: no shell, stdin from /dev/null unless text is
 * given, output by lines.  A child gets its own process group, so that a cancel
 * reaches its children as well.
 *
 * With the terminal, stdin and stderr are ours and the group is the terminal's
 * foreground until the child ends (core/io/lender.h); its stdout is still read
 * here.  A child that stops itself (Ctrl-Z) is ended, for nobody could let it go on.
 */
#ifndef KOPSCOPE_IO_CHILD_H
#define KOPSCOPE_IO_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/err.h"
#include "core/io/loop.h"

struct child;

struct child_spec {
	const char *const *argv;     /* NULL-terminated; argv[0] looked up on PATH */
	/* "NAME=value" added to ours; "NAME" alone removes; NULL: none */
	const char *const *env_add;
	const char *cwd;             /* NULL: ours */
	const char *stdin_text;      /* NULL: /dev/null */
	bool terminal;               /* lend it ours; then no stdin_text, and no lines of stderr */
	/* A line without its newline; the last one may lack it in the output. Lines over
	   64 KiB come in pieces.  err: it came from stderr. */
	void (*on_line)(void *ctx, const char *line, size_t n, bool err);
	/* Raw bytes as they come, before lines; may be NULL. */
	void (*on_raw)(void *ctx, const char *p, size_t n, bool err);
	/* After both outputs are at their end: exit code, or -signal. Last callback. */
	void (*on_exit)(void *ctx, int code);
	void *ctx;
};

/* NULL with ERR_NOT_FOUND when there is no such program, ERR_IO otherwise. */
struct child *child_start(struct loop *l, const struct child_spec *spec, struct err *e);
pid_t child_pid(const struct child *c);
void child_kill(struct child *c, int signum); /* the process group */
/* No callback any more; SIGTERM, then SIGKILL after 2 s. */
void child_abandon(struct child *c);

/* Where name would be found on PATH; owned by the caller; NULL when nowhere. */
char *child_which(const char *name);

#endif
