/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a stored spec in place: only the bytes that must change do.
 * Comments, key order, quoting, indentation, line ends and everything unknown
 * stay as they are (DESIGN, Editing).
 *
 * A setting is named by its key, the same for both versions of kops' API; which
 * there are, and where each belongs, says the table behind edit_setting_at().
 * Keys that end in a dot take a name behind it: "env.WARM_IP_TARGET",
 * "nodeLabels.example.com/team".  Values are text: "110", "25%", "true"; a list's
 * are joined by commas ("a,b"): what is listed stays or comes, all else goes,
 * what stays keeps its place.
 */
#ifndef KOPSCOPE_KOPS_EDIT_H
#define KOPSCOPE_KOPS_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* ---- which settings there are ---- */

enum edit_in { EDIT_IN_CLUSTER = 1 << 0, EDIT_IN_GROUP = 1 << 1 };

enum edit_form {
	EDIT_INT,   /* a whole number */
	EDIT_TEXT,
	EDIT_BOOL,  /* true or false */
	EDIT_COUNT, /* a whole number or a percentage */
	EDIT_LIST,  /* texts, joined by commas */
	EDIT_ENTRY, /* the value of a named entry of a list (env) */
};

/* What a changed value comes to once `kops update cluster --yes` has run. */
enum edit_effect {
	EDIT_NODES, /* a new launch template: the nodes that it reaches are replaced by a roll */
	EDIT_ALL_NODES, /* every node of the cluster is replaced by a roll */
	EDIT_SIZE,      /* the Auto Scaling group alone: at once, no node is replaced */
	EDIT_ROLLS,     /* how later rolls go */
	EDIT_ADDON,     /* an addon comes or goes; no node is replaced */
};

struct edit_setting {
	const char *key;
	int in; /* enum edit_in */
	enum edit_form form;
	enum edit_effect effect;
	const char *help; /* a few words */
};

/* The table, alphabetical by key; NULL behind its end. */
const struct edit_setting *edit_setting_at(size_t i);
/* The row of a key, named entries included; NULL when there is none. */
const struct edit_setting *edit_setting_find(const char *key);

/* ---- editing ---- */

struct edit_op {
	const char *key;
	const char *value; /* NULL: remove */
};

/*
 * Applies the ops in order and appends the new document to out.  False: out is
 * untouched, e names the line, why, and what would be right (ERR_REFUSED), or
 * says why the text cannot be edited at all (ERR_PARSE).  The result is read
 * back before it is given out: the edited values are there and nothing else
 * changed its meaning.
 *
 * This is the text alone.  What the values mean together (min above max, an
 * addon without the one that it needs) is said by tui/spec-edit.h.
 */
bool edit_apply(const char *text, size_t len, const struct edit_op *ops, size_t nops,
	struct buf *out, struct err *e);

/* ---- looking ---- */

/*
 * Calls on() for every setting that the document has, in the table's order, and
 * in the document's own within one row: key as edit_apply() takes it, value
 * as it is written (a list joined by commas), line of the value.  Strings are
 * borrowed for the call.  False when the text is no kops document.
 */
bool edit_each(const char *text, size_t len,
	void (*on)(void *ctx, const struct edit_setting *s, const char *key, const char *value,
		size_t line),
	void *ctx);

/* The value of one setting, appended to value (or NULL); false when it is not set.  line: or NULL.
 */
bool edit_value(const char *text, size_t len, const char *key, struct buf *value, size_t *line);

/* ---- showing ---- */

/* A unified diff with 3 lines of context, without file headers; empty when equal. */
void edit_diff(const char *before, size_t nbefore, const char *after, size_t nafter,
	struct buf *out);

/* The line of before that a line of after came from, or that it stands behind. */
size_t edit_diff_line(const char *before, size_t nbefore, const char *after, size_t nafter,
	size_t line);

#endif
