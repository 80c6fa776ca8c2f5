/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts of specs that were edited, kept in the state folder so that undo can
 * put them back: undo/CLUSTER/STAMP-NAME is the text before an edit,
 * STAMP-NAME.after the one that it wrote, STAMP-NAME.undone the one before once it
 * was put back.  Nothing is ever deleted but what was never written.
 */
#ifndef KOPSCOPE_TUI_KEPT_H
#define KOPSCOPE_TUI_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

struct kept {
	char *file; /* NULL: none */
	struct buf before, after;
};
void kept_release(struct kept *k);

/* path: "CLUSTER/config", as in the store.  Names the file in out->file; the texts stay yours. */
bool kept_save(const char *cluster, const char *path, int64_t wall, const struct buf *before,
	const struct buf *after, struct kept *out, struct err *e);
/* The last edit of the path that present shows to have been written and not put back.
   ERR_NOT_FOUND: none; ERR_CONFLICT: somebody changed the spec after it. */
bool kept_last(const char *cluster, const char *path, const struct buf *present, struct kept *out,
	struct err *e);
/* It is put back: no longer the last. */
bool kept_undone(const struct kept *k, struct err *e);
/* It was never written. */
void kept_drop(const struct kept *k);

#endif
