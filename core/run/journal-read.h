/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of writes, read back: each asking line with its answer. */
#ifndef KOPSCOPE_RUN_JOURNAL_READ_H
#define KOPSCOPE_RUN_JOURNAL_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"

struct journal_item {
	char *at, *who, *run, *call, *cluster, *action, *target, *before, *after, *request;
	char *result;     /* NULL: no answer came: a crash or a lost connection */
	char *answered;   /* when; NULL */
};
struct journal_list {
	struct journal_item *v;
	size_t n;
	size_t unreadable; /* lines that a full disk or somebody's editor cut */
};

struct journal_wish {
	int64_t since;       /* wall ms; 0: all */
	const char *cluster; /* a pattern; NULL: all */
};

/* Oldest first; of the last 64 MiB.  A journal that is not there is empty. */
bool journal_read(const struct journal_wish *w, struct journal_list *out, struct err *e);
/* The same of a text; for tests. */
void journal_parse(const struct journal_wish *w, const char *text, struct journal_list *out);
void journal_list_release(struct journal_list *l);

#endif
