/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving up for good what this process will not need, so that a fault in it does little harm:
 * Landlock keeps it from changing files and from running programs, a system call filter from the
 * ways round that.  Children inherit it, so it is only for a process that starts none.
 *
 * Sources: landlock(7), seccomp(2); linux/landlock.h says what each version of it knows.
 */
#ifndef KOPSCOPE_BASE_CONFINE_H
#define KOPSCOPE_BASE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

enum confine_part {
	CONFINE_FILES = 1 << 0, /* Landlock */
	CONFINE_CALLS = 1 << 1, /* seccomp */
};

/* What this kernel has of it: enum confine_part.  Changes nothing. */
int confine_can(void);

/*
 * Confines this process, which must have one thread yet, until its end: it may write only below
 * the folders (n of them; one that is not there is left out) and to the terminal, and execute
 * nothing.  Reading and the network stay as they are.  What the kernel lacks is silently left out;
 * the result is what holds now (enum confine_part).
 */
int confine(const char *const *folders, size_t n);

/* Whether confine() took hold in this process: it can start no program. */
bool confine_is_on(void);

#endif
