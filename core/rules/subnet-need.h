/* SPDX-License-Identifier: Apache-2.0 */
/* Which subnets must give how many /28 blocks when groups work with prefixes. */
#ifndef KOPSCOPE_RULES_SUBNET_NEED_H
#define KOPSCOPE_RULES_SUBNET_NEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"

struct subnet_need {
	const struct subnet *subnet;
	int64_t blocks;
};
struct subnet_needs {
	struct subnet_need *v;
	size_t n, cap;
	int64_t blocks; /* of all, also where the subnet is not known */
	size_t nodes;   /* replaced or new ones that need them */
};
/* per_node blocks for every instance of the group, where these are; for a group without
   instances spread over its subnets. */
void subnet_needs_add(struct subnet_needs *s, const struct model *m, const struct m_group *g,
	int32_t per_node);
/* Free /28 blocks of all these subnets; -1 when one is not known. */
int64_t subnet_needs_free(const struct subnet_needs *s);
void subnet_needs_release(struct subnet_needs *s);

/* The short word for it: zone, name or id. */
const char *subnet_word(const struct subnet *s);

#endif
