/* SPDX-License-Identifier: Apache-2.0 */
/* What a group's other settings come to: nodes that come or go, subnets, who makes its nodes. */
#include "core/rules/limits/view.h"

#include "core/base/buf.h"
#include "core/base/strs.h"

/* The Auto Scaling group moves to its new bounds as soon as kops has set them (facts: kops 4). */
static void check_sizes(struct limits_view *v, const struct m_group *g,
	const struct group_spec *after)
{
	int now = g->asg.desired;

	if (after->min_size == g->spec.min_size && after->max_size == g->spec.max_size) {
		return;
	}
	if (after->karpenter) {
		limits_say(v, FINDING_INFO, NULL, "%s: Karpenter keeps between %d and %d nodes",
			g->spec.name, (int)after->min_size, (int)after->max_size);
	} else if (!g->has_asg) {
		limits_say(v, FINDING_INFO, NULL, "%s: between %d and %d nodes; how many there are "
			"now is not known", g->spec.name, (int)after->min_size,
			(int)after->max_size);
	} else if (after->min_size > now) {
		limits_say(v, FINDING_INFO, NULL,
			"%s grows from %d to %d nodes as soon as the update "
			"is applied",
			g->spec.name, now, (int)after->min_size);
	} else if (after->max_size < now) {
		limits_say(v, FINDING_WARN, "drain nodes first, or scale down by hand",
			"%s shrinks from %d to %d nodes as soon as the update is applied, and AWS "
			"drains "
			"none of them",
			g->spec.name, now, (int)after->max_size);
	} else {
		limits_say(v, FINDING_OK, NULL, "%s keeps its %d node%s, now between %d and %d",
			g->spec.name, now, now == 1 ? "" : "s", (int)after->min_size,
			(int)after->max_size);
	}
}

static bool group_in(const struct group_spec *g, const char *subnet)
{
	for (size_t i = 0; i < g->nsubnets; i++) {
		if (str_eq(g->subnets[i], subnet)) {
			return true;
		}
	}
	return false;
}

static void check_subnet_names(struct limits_view *v, const struct m_group *g,
	const struct group_spec *after)
{
	const struct cluster_spec *c = v->before;

	for (size_t i = 0; i < after->nsubnets; i++) {
		struct buf known = BUF_INIT;
		bool found = false;

		for (size_t k = 0; k < c->nsubnets; k++) {
			found |= str_eq(c->subnets[k].name, after->subnets[i]);
			buf_addf(&known, "%s%s", k ? ", " : "",
				c->subnets[k].name ? c->subnets[k].name : "?");
		}
		if (!found) {
			limits_say(v, FINDING_REFUSE, NULL,
				"the cluster has no subnet %s: it has %s", after->subnets[i],
				known.len ? buf_str(&known) : "none");
		}
		buf_release(&known);
	}
	for (size_t i = 0; i < g->spec.nsubnets; i++) {
		if (after->nsubnets && !group_in(after, g->spec.subnets[i])) {
			limits_say(v, FINDING_INFO, NULL,
				"%s leaves subnet %s: AWS moves its nodes "
				"from there as it balances the zones",
				g->spec.name, g->spec.subnets[i]);
		}
	}
}

void limits_check_group(struct limits_view *v)
{
	const struct group_spec *after = v->edit->after;
	const struct m_group *g = after ? model_group(v->m, v->edit->group) : NULL;

	if (!g || !g->has_spec) {
		return;
	}
	check_sizes(v, g, after);
	check_subnet_names(v, g, after);
	if (after->karpenter && limits_group_replaced(v, g)) {
		limits_say(v, FINDING_INFO, NULL, "%s: Karpenter replaces the nodes by itself",
			g->spec.name);
	}
	if (after->warm_pool && limits_group_replaced(v, g)) {
		limits_say(v, FINDING_INFO, NULL,
			"%s: its warm pool's instances are replaced as well", g->spec.name);
	}
}
