/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of a group's spec is not applied: what the store's own record tells
 * (core/kops/drift.h), and the size and zones, which stand in its Auto Scaling
 * group alone (facts: kops part 4; an update that changes only a size writes
 * nothing into the store).
 */
#ifndef KOPSCOPE_RULES_UNAPPLIED_H
#define KOPSCOPE_RULES_UNAPPLIED_H

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/model/model.h"

struct unapplied_group {
	enum tri found;       /* TRI_UNKNOWN: neither source tells anything */
	struct strlist lines; /* "maxSize 3 (applied 1)" */
	const char *note;     /* what cannot be told; of the model or static; NULL */
};

/* out is initialised by this; to be released. */
void unapplied_of_group(const struct model *m, const struct m_group *g,
	struct unapplied_group *out);
void unapplied_group_release(struct unapplied_group *u);

/* How many groups of the open cluster have something that is not applied. */
size_t unapplied_groups(const struct model *m);

/* "a; b; c" of the lines. */
void unapplied_join(const char *const *lines, size_t n, struct buf *out);

#endif
