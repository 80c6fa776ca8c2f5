/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which instances a rolling update would replace and why, by kops' own rules
 * (facts: kops part 5.2).
 */
#ifndef KOPSCOPE_RULES_NEEDS_UPDATE_H
#define KOPSCOPE_RULES_NEEDS_UPDATE_H

#include <stdbool.h>

#include "core/model/model.h"

enum update_why { UPDATE_NONE, UPDATE_TEMPLATE, UPDATE_ANNOTATION, UPDATE_DETACHED, UPDATE_FORCED,
	UPDATE_UNKNOWN /* a version is not known */, UPDATE__COUNT };
const char *update_why_text(enum update_why w); /* "old launch template", ... */
enum update_why update_why_of(const struct m_instance *i);

struct group_update {
	int32_t need, ready;      /* as kops' NEEDUPDATE and READY columns */
	bool unknown;             /* some instance could not be judged */
};
/* Some node bears the annotation that asks for a rolling update. */
bool update_any_mark(const struct model *m);
void update_of_group(const struct model *m, const struct m_group *g, struct group_update *out);

#endif
