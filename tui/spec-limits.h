/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies between two texts of one spec, as the rules want to know it
 * (core/rules/consequences.h): for an edit, and for one that is taken back.
 */
#ifndef KOPSCOPE_TUI_SPEC_LIMITS_H
#define KOPSCOPE_TUI_SPEC_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/kops/edit.h"
#include "core/rules/consequences.h"

struct spec_limits {
	struct limits_edit edit; /* borrows from what is below */
	struct group_spec group;
	struct env_entry env[64];
	struct arena *arena;
	bool addons;             /* one is switched, so that its pods come or go */
};

/* group NULL: the texts are the cluster's.  False when kops cannot read one of them; to be released
   in either case. */
bool spec_limits_init(struct spec_limits *l, const char *group, const char *before, size_t nbefore,
	const char *after, size_t nafter);
void spec_limits_release(struct spec_limits *l);

#endif
