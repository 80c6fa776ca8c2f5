/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What may be set, where it stands in a document, and which values are refused
 * (facts: kops parts 0, 2, 3; vpc-cni parts 1.1, 1.3).  Private to the editor.
 */
#ifndef KOPSCOPE_KOPS_EDIT_RULES_H
#define KOPSCOPE_KOPS_EDIT_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/kops/document.h"
#include "core/kops/edit.h"

#define EDIT_MAX_PATH 4

struct edit_target {
	const char *path[EDIT_MAX_PATH]; /* keys from the root, in this document's version */
	size_t npath;
	const char *item; /* the path leads to a list of names and values: this one; or NULL */
};

/* False with ERR_REFUSED or ERR_USAGE when the op is not for this document. */
bool edit_target(const struct document *d, const struct edit_op *op, struct edit_target *out,
	struct err *e);

/* What the key is called in the other version of kops' API, where that differs; or NULL. */
const char *edit_rival_key(int alpha, const char *key);

#endif
