/* SPDX-License-Identifier: Apache-2.0 */
/* One look at one spec; shared by the parts of core/rules/spec/check.h. */
#ifndef KOPSCOPE_RULES_SPEC_CHECK_PARTS_H
#define KOPSCOPE_RULES_SPEC_CHECK_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/rules/cni.h"
#include "core/rules/spec/check.h"

struct spec_look {
	const struct cluster_spec *before, *c; /* c: as it will be */
	const char *const *keys;
	size_t nkeys;
	struct cni_settings cni;
	struct findings *out;
};

bool look_touched(const struct spec_look *l, const char *key);
/* REFUSE when the edit touched one of the keys, which end with a NULL; WARN otherwise. */
enum finding_level look_level(const struct spec_look *l, const char *const *keys);
/* The entry that counts; NULL when there is none. */
const struct env_entry *look_env(const struct cluster_spec *c, const char *name);
bool look_env_is(const struct cluster_spec *c, const char *name, const char *value);
void look_say(const struct spec_look *l, enum finding_level level, size_t line, const char *todo,
	const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* The parts. */
void look_env_entries(const struct spec_look *l); /* spec-env.c: each entry by itself */
void look_env_together(const struct spec_look *l); /* spec-env-together.c */

#endif
