/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every write, two lines each: $XDG_STATE_HOME/kopscope/journal.jsonl
 * {"at","who","run","call","cluster","action","target","before","after","request","result"};
 * request is the server's id of the request whose answer is written (core/io/request-id.h).
 * The first is on the disk before the write is asked for (result "asked"), the
 * second is its answer (result "done", or what went wrong) under the same call.
 * A call without an answer is one that a crash or a lost connection cut short.
 */
#ifndef KOPSCOPE_RUN_JOURNAL_H
#define KOPSCOPE_RUN_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct journal_entry {
	const char *cluster, *action, *target, *before, *after; /* NULL: left out */
	const char *run;          /* id of the run; NULL: none */
	const struct err *result; /* of the answer; NULL: done */
};
struct journal_call { /* names an asking line for its answer */
	char id[40];
};

/* n writes that are about to be made; calls[i] is v[i]'s.  False: nothing is on the disk, and
   nothing may be written to the world. */
bool journal_ask(int64_t wall_ms, const struct journal_entry *v, size_t n,
	struct journal_call *calls, struct err *e);
/* call NULL: it was never asked.  Synced to the disk unless many of them come at once. */
bool journal_answer(int64_t wall_ms, const struct journal_call *call,
	const struct journal_entry *j, bool sync, struct err *e);

/* What the run asked for and got no answer to, oldest first, in the journal's last 4 MiB. */
void journal_unanswered(const char *run,
	void (*each)(void *ctx, const struct journal_call *call, const char *action,
		const char *target), void *ctx);

#endif
