/* SPDX-License-Identifier: Apache-2.0 */
/* kops' rules for which instances are out of date. */
#include "core/rules/needs-update.h"

#include <stddef.h>

#include "core/base/strs.h"

const char *update_why_text(enum update_why w)
{
	static const char *const texts[] = {
		[UPDATE_NONE] = "up to date",
		[UPDATE_TEMPLATE] = "old launch template",
		[UPDATE_ANNOTATION] = "CNI addon changed",
		[UPDATE_DETACHED] = "detached by an earlier roll",
		[UPDATE_FORCED] = "forced",
		[UPDATE_UNKNOWN] = "not known",
	};
	return (size_t)w < UPDATE__COUNT ? texts[w] : "?";
}

/* Not counted by kops at all: on its way out, or gone. */
static bool instance_leaves(const struct instance *i)
{
	return str_eq(i->lifecycle, "Terminating") || str_eq(i->state, "shutting-down") ||
		str_eq(i->state, "terminated");
}

static enum update_why template_why(const struct m_instance *i)
{
	const struct m_group *g = i->group;
	if (g && g->has_spec && g->spec.karpenter) {
		return UPDATE_NONE; /* no launch template: only the annotation tells */
	}
	if (!g || !g->has_asg) {
		return UPDATE_UNKNOWN;
	}
	const struct instance *in = &i->instance;
	if (in->template_id && g->asg.template_id && !str_eq(in->template_id, g->asg.template_id)) {
		return UPDATE_TEMPLATE;
	}
	if (in->template_version < 0 || g->asg.template_version < 0) {
		return UPDATE_UNKNOWN;
	}
	return in->template_version == g->asg.template_version ? UPDATE_NONE : UPDATE_TEMPLATE;
}

enum update_why update_why_of(const struct m_instance *i)
{
	if (instance_leaves(&i->instance)) {
		return UPDATE_NONE;
	}
	if (i->instance.detached) {
		return UPDATE_DETACHED;
	}
	enum update_why why = template_why(i);
	if (why != UPDATE_TEMPLATE && i->node && i->node->node.needs_update) {
		return UPDATE_ANNOTATION;
	}
	return why;
}

static void group_count(struct group_update *out, enum update_why why)
{
	if (why == UPDATE_UNKNOWN) {
		out->unknown = true;
	} else if (why == UPDATE_NONE) {
		out->ready++;
	} else {
		out->need++;
	}
}

void update_of_group(const struct model *m, const struct m_group *g, struct group_update *out)
{
	*out = (struct group_update){ .unknown = false };
	size_t n;
	const struct m_instance *const *instances = model_instances(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (instances[i]->group == g && !instance_leaves(&instances[i]->instance)) {
			group_count(out, update_why_of(instances[i]));
		}
	}
	/* Nodes whose instance was not seen: only the annotation is known. */
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i]->group == g && !nodes[i]->instance) {
			group_count(out, nodes[i]->node.needs_update ? UPDATE_ANNOTATION :
				UPDATE_UNKNOWN);
		}
	}
}

bool update_any_mark(const struct model *m)
{
	size_t n;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		if (nodes[i]->node.needs_update) {
			return true;
		}
	}
	return false;
}
