/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a stored document's own text shows to be wrong, before any value is
 * weighed: what kops could not read, keys that it would drop without a word,
 * keys that stand twice (facts: kops 0.1, 1.4, 2).
 */
#ifndef KOPSCOPE_KOPS_LINT_H
#define KOPSCOPE_KOPS_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/kops/document.h"

enum lint_level {
	LINT_WARN,   /* stays as it is, and is said */
	LINT_DROPPED,/* kops drops it, and it is near what kopscope edits: no edit goes by it */
	LINT_BROKEN, /* kops could not read the document */
};

struct lint_note {
	enum lint_level level;
	size_t line;
	char text[256]; /* one line, without the line's number */
	char hint[128]; /* what would be right; "" */
};

struct lint {
	struct lint_note *v;
	size_t n, cap;
};

/* Adds what there is to say about a parsed document, in its order. */
void lint_document(const struct document *d, struct lint *out);
void lint_release(struct lint *l);

/* False with ERR_REFUSED when an edit may not go by one of the notes. */
bool lint_allows_edit(const struct lint *l, struct err *e);

/* How many documents the text holds; kops reads the first alone.  Empty ones at the end are not
   counted. */
size_t lint_count_documents(const char *text, size_t len);

#endif
