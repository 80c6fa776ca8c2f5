/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lending the user's terminal to a child process that has to ask there.  Stated
 * here for whoever starts such a child (struct child_spec, terminal), implemented
 * by whoever has the terminal: the screen is put aside and painted anew after,
 * a one-shot command just waits.
 */
#ifndef KOPSCOPE_IO_LENDER_H
#define KOPSCOPE_IO_LENDER_H

#include <stdbool.h>

struct lender {
	/* There is a terminal on standard input, we stand in its foreground, and nobody has it. */
	bool (*can)(struct lender *l);
	/* Right before the child is started; only when can() says so.  to: who gets it. */
	void (*lend)(struct lender *l, const char *to);
	/* Once for each lend(), after the child's end or when it did not start. */
	void (*back)(struct lender *l);
};

#endif
