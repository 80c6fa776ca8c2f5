/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following a run without a screen: its events as lines, until it ends.  Only
 * the run's folder is read, so leaving (Ctrl-C, a lost terminal) stops nothing.
 */
#ifndef KOPSCOPE_TUI_FOLLOW_H
#define KOPSCOPE_TUI_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/run/run.h"

/* Lines for people, or (json) the events as they are kept, one object a line, on stdout.
   Returns the exit code: EXIT_OK, EXIT_FAILED, EXIT_GUARD, EXIT_USER, EXIT_LEFT. */
int follow_run(const char *id, bool json, struct err *e);

/* The exit code of a run that ended so. */
int follow_exit(enum run_status s);

/* Events as lines for people: what was said before, so that it is not said again. */
struct follow_words {
	const char *id;    /* of the run */
	char progress[96]; /* what was said last */
	char waits[200];   /* of the last node told */
	bool made;         /* kops' tasks came first: nodes are made, not replaced */
	bool ended;
};
/* One line of events.jsonl; adds nothing where nothing is worth a line.  False: no event. */
bool follow_words_line(struct follow_words *f, const char *line, size_t n, struct buf *out);

#endif
