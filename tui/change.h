/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One edit of one stored spec: fetch, change in place, show, write under the
 * version that was shown, read back and compare.  The dialog and the story's
 * player use the same one.
 *
 * States: FETCHING -> READY -> WRITING -> DONE, any of them -> FAILED.  The old text is kept in the
 * state folder before a write (undo/CLUSTER/...).
 */
#ifndef KOPSCOPE_TUI_CHANGE_H
#define KOPSCOPE_TUI_CHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/kops/edit.h"
#include "core/rules/consequences.h"
#include "tui/session.h"
#include "tui/spec-limits.h"

enum change_state { CHANGE_FETCHING, CHANGE_READY, CHANGE_WRITING, CHANGE_DONE, CHANGE_FAILED };

struct change;

/* moved(ctx) after every change of state, never from inside change_start() or change_commit(). */
struct change *change_start(struct session *s, const struct limits_edit *edit,
	void (*moved)(void *ctx), void *ctx);
/* The same of any settings, and of the text that was there before the last edit (tui/kept.h).
   group NULL: the cluster's own spec.  The strings are copied. */
struct change *change_start_ops(struct session *s, const char *cluster, const char *group,
	const struct edit_op *ops, size_t nops, void (*moved)(void *ctx), void *ctx);
struct change *change_start_undo(struct session *s, const char *cluster, const char *group,
	void (*moved)(void *ctx), void *ctx);
void change_commit(struct change *c); /* READY only */
void change_free(struct change *c);   /* also while it is under way */

enum change_state change_get_state(const struct change *c);
const struct err *change_error(const struct change *c); /* FAILED */
const char *change_diff(const struct change *c); /* READY and later; "" when nothing changes */
/* After a conflict: what the other writer changed; "" otherwise. */
const char *change_their_diff(const struct change *c);
/* What the text by itself proves (tui/spec-edit.h); READY and later. */
const struct findings *change_findings(const struct change *c);
/* The text as it was read; READY and later. */
const char *change_before(const struct change *c, size_t *len);
/* What the edit means to the rules (consequences_of()); READY and later.  Borrows from the change.
 */
bool change_limits(const struct change *c, struct spec_limits *l);
const char *change_path(const struct change *c);

#endif
