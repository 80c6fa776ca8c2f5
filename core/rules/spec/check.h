/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one stored spec proves by itself to be unsafe or unwise, without a
 * cluster, a cloud or the other specs (facts: kops 0, 2, 3; vpc-cni 1.1 to 1.4).
 * Each finding names its line.
 *
 * What the edit did not touch is only warned of: it was so before.
 */
#ifndef KOPSCOPE_RULES_SPEC_CHECK_H
#define KOPSCOPE_RULES_SPEC_CHECK_H

#include <stddef.h>

#include "core/model/things.h"
#include "core/rules/consequences.h"

/* keys: the settings that the edit names ("maxPods", "env.WARM_IP_TARGET"); none: a look only.
   before: as it was, or NULL. */
void spec_check_cluster(const struct cluster_spec *before, const struct cluster_spec *after,
	const char *const *keys, size_t nkeys, struct findings *out);
void spec_check_group(const struct group_spec *after, const char *const *keys, size_t nkeys,
	struct findings *out);

/* What becomes of an env entry (its index) by this spec: "effective", "overridden by line 12",
   "forced by kops", "ignored: ..."; written to out. */
void spec_env_effect(const struct cluster_spec *c, size_t entry, char *out, size_t size);

#endif
