/* SPDX-License-Identifier: Apache-2.0 */
/* /28 blocks by subnet. */
#include "core/rules/subnet-need.h"

#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

const char *subnet_word(const struct subnet *s)
{
	return s->zone ? s->zone : s->name ? s->name : s->id;
}

static void need_add(struct subnet_needs *s, const struct subnet *subnet, int64_t blocks)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].subnet == subnet) {
			s->v[i].blocks += blocks;
			return;
		}
	}
	s->v = xgrow(s->v, &s->cap, s->n, sizeof *s->v);
	s->v[s->n++] = (struct subnet_need){ .subnet = subnet, .blocks = blocks };
}

void subnet_needs_add(struct subnet_needs *s, const struct model *m, const struct m_group *g,
	int32_t per_node)
{
	size_t n, seen = 0;
	const struct m_instance *const *instances = model_instances(m, &n);
	for (size_t i = 0; i < n; i++) {
		const struct instance *in = &instances[i]->instance;
		if (instances[i]->group != g || str_eq(in->state, "terminated") ||
		    str_eq(in->state, "shutting-down")) {
			continue;
		}
		const struct subnet *subnet = model_subnet(m, in->subnet_id);
		if (subnet) {
			need_add(s, subnet, per_node);
		}
		seen++;
	}
	size_t nodes = seen ? seen : g->nnodes;
	s->nodes += nodes;
	s->blocks += (int64_t)nodes * per_node;
	for (size_t i = 0; !seen && g->has_asg && i < g->asg.nsubnet_ids; i++) {
		const struct subnet *subnet = model_subnet(m, g->asg.subnet_ids[i]);
		size_t share = (nodes + g->asg.nsubnet_ids - 1) / g->asg.nsubnet_ids;
		if (subnet && share) {
			need_add(s, subnet, (int64_t)share * per_node);
		}
	}
}

int64_t subnet_needs_free(const struct subnet_needs *s)
{
	int64_t sum = 0;
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].subnet->free_blocks < 0) {
			return -1;
		}
		sum += s->v[i].subnet->free_blocks;
	}
	return s->n ? sum : -1;
}

void subnet_needs_release(struct subnet_needs *s)
{
	free(s->v);
	*s = (struct subnet_needs){ .v = NULL };
}
