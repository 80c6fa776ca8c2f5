/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the user one question in the middle of something: the code of a second
 * factor.  Stated here for whoever has to know, implemented by whoever has the
 * user: the screen by a dialog, a one-shot command on the terminal.
 */
#ifndef KOPSCOPE_IO_ASKER_H
#define KOPSCOPE_IO_ASKER_H

struct asker {
	/*
	 * One question at a time.  done: exactly once, perhaps at once; answer is
	 * borrowed and secret, NULL when the user declined or cannot be asked.
	 */
	void (*ask)(struct asker *a, const char *question,
		void (*done)(void *ctx, const char *answer), void *ctx);
	/* The question is no longer of interest; no done() any more. */
	void (*cancel)(struct asker *a);
};

#endif
