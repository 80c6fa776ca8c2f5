/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of core/kops/lint.h. */
#ifndef KOPSCOPE_KOPS_LINT_PARTS_H
#define KOPSCOPE_KOPS_LINT_PARTS_H

#include <stddef.h>

#include "core/kops/lint.h"

/* One walk. */
struct lint_walk {
	const struct document *doc;
	struct lint *out;
};

/* The note, to hang a hint on; until the next one. */
struct lint_note *lint_add(struct lint_walk *w, enum lint_level level, size_t line,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Sizes, role, rollingUpdate, taints, labels, the warm pool. */
void lint_group(struct lint_walk *w);
/* Addons that need others. */
void lint_cluster(struct lint_walk *w);

#endif
