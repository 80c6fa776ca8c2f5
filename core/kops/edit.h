/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a stored spec in place: only the bytes that must change do.
 * Comments, key order, quoting, indentation, line ends and everything unknown
 * stay as they are (DESIGN, Editing).
 *
 * Keys: "maxPods" (spec.kubelet.maxPods), "controlPlane.maxPods"
 * (spec.masterKubelet.maxPods, clusters only), "env.NAME" (an entry of
 * spec.networking.amazonvpc.env, clusters only).
 */
#ifndef KOPSCOPE_KOPS_EDIT_H
#define KOPSCOPE_KOPS_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"

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
 */
bool edit_apply(const char *text, size_t len, const struct edit_op *ops, size_t nops,
	struct buf *out, struct err *e);

/* A unified diff with 3 lines of context, without file headers; empty when equal. */
void edit_diff(const char *before, size_t nbefore, const char *after, size_t nafter,
	struct buf *out);

/* The line of before that a line of after came from, or that it stands behind. */
size_t edit_diff_line(const char *before, size_t nbefore, const char *after, size_t nafter,
	size_t line);

#endif
