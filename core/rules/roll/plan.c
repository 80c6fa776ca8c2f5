/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll's plan: groups in kops' order, the instances to be replaced, and
 * which new instance stands in for which old one (facts: kops 5.2, 5.3, 5.4).
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/rules/roll/internal.h"

static const enum role roll_order[] = {
	ROLE_BASTION, ROLE_CONTROL_PLANE, ROLE_APISERVER, ROLE_NODE, ROLE_UNKNOWN,
};

bool roll_instance_alive(const struct m_instance *i)
{
	return str_eq(i->instance.state, "running") || str_eq(i->instance.state, "pending");
}

enum role roll_instance_role(const struct m_instance *i)
{
	if (i->group && i->group->has_spec && i->group->spec.role != ROLE_UNKNOWN)
		return i->group->spec.role;
	return i->node ? i->node->node.role : ROLE_UNKNOWN;
}

static const char *roll_instance_group(const struct m_instance *i)
{
	if (i->group && i->group->has_spec)
		return i->group->spec.name;
	return i->instance.group;
}

static bool roll_instance_warm(const struct m_instance *i)
{
	return str_starts(i->instance.lifecycle, "Warmed");
}

void roll_plan_groups(struct roll *r, const struct model *m)
{
	const struct m_group *const *v;
	size_t n, i, k;

	v = model_groups(m, &n);
	for (k = 0; k < sizeof(roll_order) / sizeof(roll_order[0]); k++) {
		for (i = 0; i < n; i++) {
			const struct group_spec *spec = &v[i]->spec;

			if (!v[i]->has_spec || spec->role != roll_order[k])
				continue;
			if (roll_group_chosen(&r->o, spec->name, spec->role))
				roll_group_add(r, spec->name, spec->role);
		}
	}
}

/* Why this instance is to be replaced by this roll; UPDATE_NONE: it is not. */
static enum update_why roll_item_why(const struct roll *r, const struct m_instance *i)
{
	enum update_why why;

	if (str_eq(i->instance.lifecycle, "Terminating") ||
		str_eq(i->instance.state, "shutting-down") ||
		str_eq(i->instance.state, "terminated"))
		return UPDATE_NONE;
	why = update_why_of(i);
	if ((why == UPDATE_NONE || why == UPDATE_UNKNOWN) && r->o.force)
		why = UPDATE_FORCED;
	return why;
}

static void roll_plan_one(struct roll *r, const struct m_instance *i, enum update_why why)
{
	const char *group = roll_instance_group(i);
	const struct m_group *mg = i->group;
	struct roll_item *it = roll_item_add(r, i->instance.id, group);

	it->pub.why = why;
	it->was_detached = i->instance.detached || why == UPDATE_DETACHED ||
		(mg && mg->has_spec && mg->spec.karpenter);
	it->warm = roll_instance_warm(i);
	if (mg && mg->has_asg)
		it->asg = xstrdup(mg->asg.name);
	else
		it->asg = xstrdup(i->instance.asg);
}

/* The node's name and size, where it joined by now. */
static void roll_item_look(struct roll_item *it, const struct model *m)
{
	const struct m_instance *i = model_instance(m, it->instance);

	if (!i || !i->node)
		return;
	if (!str_eq(it->node, i->node->node.name)) {
		xreplace(&it->node, i->node->node.name);
		it->pub.node = it->node;
	}
	if (it->pub.phase <= ROLL_DRAINED)
		it->pub.pods_before = (int32_t)i->node->node.alloc_pods;
}

void roll_plan_items(struct roll *r, const struct model *m)
{
	const struct m_instance *const *v;
	size_t n, i;

	r->late = r->unknown = 0;
	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		const char *name = roll_instance_group(v[i]);
		struct roll_group *g = name ? roll_group_find(r, name) : NULL;
		struct roll_item *it;
		enum update_why why;

		it = g ? roll_item_find(r, v[i]->instance.id) : NULL;
		if (it && it->pub.phase == ROLL_SKIPPED && !it->skip && g->turn != TURN_OVER &&
			roll_instance_alive(v[i]) && r->ending == ROLL_RUNNING)
			roll_set_phase(r, it, ROLL_WAITS); /* one answer had left it out */
		if (!g || it)
			continue;
		why = roll_item_why(r, v[i]);
		if (why == UPDATE_UNKNOWN)
			r->unknown++; /* never by guess */
		if (why == UPDATE_NONE || why == UPDATE_UNKNOWN)
			continue;
		if (!strmap_get(r->known, v[i]->instance.id))
			r->late += why != UPDATE_FORCED;
		else if (g->turn == TURN_OVER)
			r->late += 1;
		else
			roll_plan_one(r, v[i], why);
	}
	for (i = 0; i < r->nitems; i++)
		roll_item_look(r->items[i], m);
}

/* Waits for a replacement: its instance was detached or terminated by this roll. */
static bool roll_item_lacks(const struct roll_item *it)
{
	return it->lost_at != ROLL_NEVER && !it->replaced_by && !it->was_detached && !it->warm &&
		it->pub.phase < ROLL_DONE;
}

static struct roll_item *roll_item_lacking(struct roll *r, const char *group)
{
	struct roll_item *first = NULL;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];

		if (!roll_item_lacks(it) || !str_eq(it->group, group))
			continue;
		if (!first || it->lost_at < first->lost_at)
			first = it;
	}
	return first;
}

void roll_set_replacement(struct roll *r, struct roll_item *it, const char *id)
{
	if (it->replaced_by)
		strmap_remove(r->by_new, it->replaced_by);
	if (id)
		strmap_set(r->by_new, id, it);
	xreplace(&it->replaced_by, id);
	it->pub.replaced_by = it->replaced_by;
	it->cni_since = ROLL_NEVER;
}

void roll_match_new(struct roll *r)
{
	const struct m_instance *const *v;
	size_t n, i;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];
		const struct m_instance *by;

		if (!it->replaced_by || it->pub.phase >= ROLL_DONE)
			continue;
		by = model_instance(r->m, it->replaced_by);
		if (!by || !roll_instance_alive(by)) {
			/* Died young: another one will come, and has its own time to. */
			roll_set_replacement(r, it, NULL);
			it->joined = false;
			it->lost_at = r->now;
		}
	}
	v = model_instances(r->m, &n);
	for (i = 0; i < n; i++) {
		const char *id = v[i]->instance.id;
		struct roll_item *it;

		if (!roll_instance_alive(v[i]) || roll_instance_warm(v[i]) ||
			strmap_get(r->known, id) || strmap_get(r->by_new, id))
			continue;
		it = roll_item_lacking(r, roll_instance_group(v[i]));
		if (it)
			roll_set_replacement(r, it, id);
	}
}

/* A node that nobody knows the instance of: AWS is asked at once, not at its next turn. */
void roll_look_for_new(struct roll *r)
{
	const struct m_node *const *v;
	struct roll_item *waits = NULL;
	size_t n, i;

	for (i = 0; i < r->nitems && !waits; i++)
		waits = roll_item_lacks(r->items[i]) ? r->items[i] : NULL;
	if (!waits)
		return;
	v = model_nodes(r->m, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->instance || !v[i]->node.instance_id || roll_item_find(r,
			v[i]->node.instance_id) || strmap_get(r->known, v[i]->node.instance_id))
			continue;
		if (roll_since(r, r->looked_at) >= ROLL_LOOK_AWS_MS) {
			r->looked_at = r->now;
			roll_want_look(r, waits);
		} else {
			roll_wake(r, r->looked_at + ROLL_LOOK_AWS_MS);
		}
		return;
	}
}

/* ---- surge and concurrency (facts: kops 5.4, step 5) ---- */

static int32_t roll_percent(struct int_or_percent v, int32_t all, bool up)
{
	int64_t product = (int64_t)v.value * all;

	if (!v.percent)
		return v.value;
	if (up)
		return (int32_t)((product + 99) / 100);
	return product / 100 < 1 ? 1 : (int32_t)(product / 100);
}

/* The option, else the group's setting, else the cluster's; -1: nobody said. */
static int32_t roll_setting(int32_t option, struct int_or_percent group,
	struct int_or_percent cluster, int32_t all, bool up)
{
	if (option >= 0)
		return option;
	if (group.value >= 0)
		return roll_percent(group, all, up);
	if (cluster.value >= 0)
		return roll_percent(cluster, all, up);
	return -1;
}

/* How many instances the group has, and how many of them were neither planned nor new. */
static int32_t roll_group_count(const struct roll *r, const char *name, int32_t *current)
{
	const struct m_instance *const *v;
	int32_t all = 0;
	size_t n, i;

	*current = 0;
	v = model_instances(r->m, &n);
	for (i = 0; i < n; i++) {
		const struct roll_item *it;

		if (!str_eq(roll_instance_group(v[i]), name) || !roll_instance_alive(v[i]))
			continue;
		all++;
		it = roll_item_find(r, v[i]->instance.id);
		*current += (!it || it->pub.phase >= ROLL_DONE) && !v[i]->instance.detached &&
			!roll_instance_warm(v[i]);
	}
	return all;
}

static int32_t roll_group_todo(const struct roll *r, const char *name)
{
	int32_t n = 0;
	size_t i;

	for (i = 0; i < r->nitems; i++)
		n += str_eq(r->items[i]->group, name) && r->items[i]->pub.phase < ROLL_DONE;
	return n;
}

void roll_group_decide(struct roll *r, struct roll_group *g)
{
	static const struct rolling_settings unset = {
		.max_surge = { .value = -1 }, .max_unavailable = { .value = -1 },
	};
	const struct m_cluster *mc = model_cluster(r->m, r->cluster);
	const struct m_group *mg = model_group(r->m, g->name);
	const struct rolling_settings *cs = mc ? &mc->spec.rolling : &unset;
	const struct rolling_settings *gs = mg && mg->has_spec ? &mg->spec.rolling : &unset;
	int32_t current, all = roll_group_count(r, g->name, &current);
	int32_t todo = roll_group_todo(r, g->name);
	int32_t surge = roll_setting(r->o.max_surge, gs->max_surge, cs->max_surge, all, true);
	int32_t away = roll_setting(r->o.max_unavailable, gs->max_unavailable,
		cs->max_unavailable, all, false);
	bool karpenter = mg && mg->has_spec && mg->spec.karpenter;
	enum tri drain = gs->drain_and_terminate != TRI_UNKNOWN ? gs->drain_and_terminate
								: cs->drain_and_terminate;

	if (surge < 0)
		surge = karpenter ? 0 : 1;
	if (away < 0)
		away = surge == 0 ? 1 : 0;
	if (surge > todo)
		surge = todo;
	if (g->role == ROLE_CONTROL_PLANE || g->role == ROLE_BASTION) {
		surge = 0;
		away = 1; /* one by one, whatever the settings say: etcd's quorum */
	}
	g->surge = surge;
	g->away = away;
	g->concurrency = surge + away > 0 ? surge + away : 1;
	g->alone = current == 0;
	g->no_drain = drain == TRI_NO;
}
