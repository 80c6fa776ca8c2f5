/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every write made, one line each: $XDG_STATE_HOME/kopscope/journal.jsonl
 * {"at","who","cluster","action","target","before","after","result"}.
 */
#ifndef KOPSCOPE_RUN_JOURNAL_H
#define KOPSCOPE_RUN_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct journal_entry {
	const char *cluster, *action, *target, *before, *after; /* NULL: left out */
	const struct err *result; /* NULL: done */
};
bool journal_write(int64_t wall_ms, const struct journal_entry *j, struct err *e);

#endif
