/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a program, with its ends of the pipes.  For core/io/child.c alone. */
#ifndef KOPSCOPE_IO_CHILD_SPAWN_H
#define KOPSCOPE_IO_CHILD_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

#include "core/base/err.h"
#include "core/io/child.h"

/* Our ends, non-blocking and closed on exec; in is -1 without stdin_text, err with the terminal. */
struct child_pipes {
	pid_t pid;
	int in, out, err;
};

bool child_spawn(const struct child_spec *spec, struct child_pipes *out, struct err *e);

/* We are the foreground of our terminal again. */
void child_terminal_back(void);

#endif
