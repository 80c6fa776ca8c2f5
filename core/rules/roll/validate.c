/* SPDX-License-Identifier: Apache-2.0 */
/* Is the cluster healthy, by the rules of kops validate (facts: kops 5.7)? */
#include <stdio.h>

#include "core/base/strs.h"
#include "core/rules/roll/internal.h"

/* What kops puts into DNS until a control plane has told its address. */
static const char *const roll_placeholders[] = { "203.0.113.123", "fd00:dead:add::" };

static const char *const roll_components[] = {
	"kube-apiserver", "kube-controller-manager", "kube-scheduler",
};

/* Failures of other node groups are somebody else's. */
static bool roll_group_counts(const struct m_group *g, const char *group)
{
	return !group || g->spec.role == ROLE_CONTROL_PLANE || str_eq(g->spec.name, group);
}

static bool roll_member(const struct m_instance *i, const struct m_group *g)
{
	return i->group == g && roll_instance_alive(i) && !str_eq(i->instance.lifecycle,
		"Terminating");
}

static void roll_validate_member(const struct m_instance *i, const struct m_group *g,
	struct findings *out)
{
	const struct node *n;

	if (!i->node) {
		if (!i->instance.detached)
			findings_add(out, FINDING_REFUSE, NULL,
				"machine \"%s\" has not yet joined cluster", i->instance.id);
		return;
	}
	n = &i->node->node;
	if (n->ready != TRI_YES || n->network_unavailable == TRI_YES)
		findings_add(out, FINDING_REFUSE, NULL, "node \"%s\" of role \"%s\" is not ready",
			n->name, role_name(g->spec.role));
}

static void roll_validate_group(const struct model *m, const struct m_group *g,
	struct findings *out)
{
	const struct m_instance *const *v;
	int32_t members = 0;
	size_t n, i;

	if (!g->has_asg) {
		if (!g->spec.karpenter)
			findings_add(out, FINDING_REFUSE, NULL,
				"InstanceGroup \"%s\" is missing from the cloud provider",
				g->spec.name);
		return;
	}
	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		if (!roll_member(v[i], g) || str_starts(v[i]->instance.lifecycle, "Warmed"))
			continue;
		members += !v[i]->instance.detached && v[i]->instance.asg;
		if (g->spec.role != ROLE_BASTION)
			roll_validate_member(v[i], g, out);
	}
	if (members < g->asg.desired)
		findings_add(out, FINDING_REFUSE, NULL,
			"InstanceGroup \"%s\" did not have enough nodes %d vs %d", g->spec.name,
			members, g->asg.desired);
}

/* ---- pods ---- */

static bool roll_is_component(const struct pod *p, const char *name)
{
	size_t i;

	for (i = 0; str_eq(p->ns, "kube-system") && i < p->nlabels; i++) {
		if (str_eq(p->labels[i].key, "k8s-app"))
			return str_eq(p->labels[i].value, name);
	}
	return false;
}

static void roll_validate_components(const struct m_node *n, struct findings *out)
{
	size_t i;

	if (n->node.role != ROLE_CONTROL_PLANE || n->node.ready != TRI_YES)
		return;
	for (i = 0; i < sizeof(roll_components) / sizeof(roll_components[0]); i++) {
		const struct m_pod *p = n->pods;

		while (p && !roll_is_component(&p->pod, roll_components[i]))
			p = p->next_on_node;
		if (!p)
			findings_add(out, FINDING_REFUSE, NULL,
				"control-plane node \"%s\" is missing %s pod", n->node.name,
				roll_components[i]);
	}
}

static void roll_validate_pod(const struct m_pod *mp, const char *group, struct findings *out)
{
	const struct pod *p = &mp->pod;
	const char *prio, *what = NULL;

	if (!(p->flags & POD_CRITICAL)) /* nearly all of a large cluster */
		return;
	prio = p->shape ? p->shape->priority_class : NULL;
	if (!str_eq(prio, "system-cluster-critical") && !str_eq(prio, "system-node-critical"))
		return;
	/* Node-critical pods count with the group of their node. */
	if (str_eq(prio, "system-node-critical") && mp->bound && mp->bound->group &&
		!roll_group_counts(mp->bound->group, group))
		return;
	if (p->phase == POD_SUCCEEDED)
		return;
	if (p->phase == POD_PENDING)
		what = "is pending";
	else if (p->phase == POD_UNKNOWN)
		what = "is unknown phase";
	else if (!(p->flags & POD_READY))
		what = "is not ready";
	if (what)
		findings_add(out, FINDING_REFUSE, NULL, "%s pod \"%s\" %s", prio, p->name, what);
}

static bool roll_is_placeholder(const char *address)
{
	size_t i;

	for (i = 0; i < sizeof(roll_placeholders) / sizeof(roll_placeholders[0]); i++) {
		if (str_eq(address, roll_placeholders[i]))
			return true;
	}
	return false;
}

static void roll_validate_dns(const struct model *m, struct findings *out)
{
	const struct dns_record *const *v;
	char name[300];
	size_t n, i;

	snprintf(name, sizeof(name), "api.%s", model_opened(m) ? model_opened(m) : "");
	v = model_records(m, &n);
	for (i = 0; i < n; i++) {
		if (str_starts(v[i]->name, name) && roll_is_placeholder(v[i]->value))
			findings_add(out, FINDING_REFUSE, NULL,
				"%s still points to kops' placeholder address", name);
	}
}

bool roll_validate(const struct model *m, const char *group, struct findings *out)
{
	const struct m_group *const *groups;
	const struct m_node *const *nodes;
	const struct m_pod *const *pods;
	size_t n, i, before = out->n;

	groups = model_groups(m, &n);
	for (i = 0; i < n; i++) {
		if (groups[i]->has_spec && roll_group_counts(groups[i], group))
			roll_validate_group(m, groups[i], out);
	}
	nodes = model_nodes(m, &n);
	for (i = 0; i < n; i++)
		roll_validate_components(nodes[i], out);
	pods = model_pods(m, &n);
	for (i = 0; i < n; i++)
		roll_validate_pod(pods[i], group, out);
	roll_validate_dns(m, out);
	return out->n == before;
}
