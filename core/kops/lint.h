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
	/* Settings (core/kops/edit.h) that it is about, with blanks between: an edit of one of them
	   does not go by what otherwise stays and is said.  NULL: none. */
	const char *keys;
};

struct lint {
	struct lint_note *v;
	size_t n, cap;
};

/* Whether an edit of the setting is what the note is about. */
bool lint_note_is_about(const struct lint_note *note, const char *key);

/* Adds what there is to say about a parsed document, in its order. */
void lint_document(const struct document *d, struct lint *out);
void lint_release(struct lint *l);

/* False with ERR_REFUSED when an edit may not go by one of the notes. */
bool lint_allows_edit(const struct lint *l, struct err *e);

/* How many documents the text holds; kops reads the first alone.  Empty ones at the end are not
   counted. */
size_t lint_count_documents(const char *text, size_t len);

#endif
