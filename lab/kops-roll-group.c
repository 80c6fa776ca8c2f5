/* SPDX-License-Identifier: Apache-2.0 */
/* One group: taint, surge by detaching, then each instance after another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/xalloc.h"
#include "lab/kops-roll.h"

static void group_taint(struct kroll *l);
static void group_surge(struct kroll *l);
static void group_next_member(struct kroll *l);

/* What the specs say for the group, else for the cluster; -1: nothing. */
static int64_t rolling_setting(struct kroll *l, const char *name, size_t total, bool up)
{
	const struct tree *from[] = { kroll_group(l)->spec, l->groups.specs.cluster };
	char *path = xasprintf("spec.rollingUpdate.%s", name);
	int64_t n = -1;

	for (size_t i = 0; n < 0 && i < 2; i++) {
		const char *text = tree_text(from[i], path);
		char *end;
		double part;

		if (!text || tree_int(from[i], path, &n))
			continue;
		part = strtod(text, &end);
		if (*end == '%') {
			part = part * (double)total / 100;
			n = (int64_t)part + (up && part > (double)(int64_t)part);
		}
	}
	free(path);
	return n;
}

void kroll_group_start(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);

	free(l->order);
	l->order = xcalloc(g->n + 1, sizeof(*l->order));
	l->n_order = l->member = l->surged = 0;
	/* attached first, detached last */
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < g->n; i++) {
			if (g->members[i].needs_update && g->members[i].detached == (pass == 1))
				l->order[l->n_order++] = i;
		}
	}
	if (str_eq(g->role, "bastion"))
		group_taint(l);
	else
		kroll_validate(l, 1, "", group_taint);
}

static void group_taint(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);
	size_t n = 0;

	for (size_t i = 0; !l->cloudonly && i < l->n_order; i++) {
		struct lab_node node;

		if (g->members[l->order[i]].node
			&& lab_node_get(l->w, g->members[l->order[i]].node, &node)
			&& !node.unschedulable)
			n++;
	}
	if (n)
		kops_log(l->r, 'I', "instancegroups.go:364", "Tainting %zu %s in \"%s\" instancegroup.",
			n, n == 1 ? "node" : "nodes", g->name);
	for (size_t i = 0; n && i < l->n_order; i++) {
		if (g->members[l->order[i]].node)
			lab_node_taint(l->w, g->members[l->order[i]].node,
				"kops.k8s.io/scheduled-for-update", "PreferNoSchedule");
	}
	group_surge(l);
}

static void detach_member(struct kroll *l, struct kops_member *m)
{
	struct kops_group *g = kroll_group(l);
	struct lab_asg *asg = lab_asg_find(l->w, g->asg);
	struct lab_instance *i = lab_instance_find(l->w, m->instance);

	if (m->node)
		kops_log(l->r, 'I', "instancegroups.go:631",
			"Detaching instance \"%s\", node \"%s\", in group \"%s\".", m->instance, m->node,
			g->asg);
	else
		kops_log(l->r, 'I', "instancegroups.go:631",
			"Detaching instance \"%s\", in group \"%s\".", m->instance, g->asg);
	if (!asg || !i || i->asg != asg || !str_eq(i->lifecycle, "InService")) {
		kops_log(l->r, 'E', "instancegroups.go:190", "Failed to detach instance \"%s\": "
			"ValidationError: The instance is not in InService.", m->instance);
		return;
	}
	strmap_set(i->tags, "kops.k8s.io/detached-from-asg", xstrdup(g->asg));
	lab_asg_detach(l->w, asg, i, false);
	m->detached = true;
	l->surged++;
}

static void surge_validate(struct kroll *l)
{
	kroll_validate(l, l->validate_count, " after detaching instance", group_next_member);
}

/*
 * maxSurge is 1 on AWS unless said otherwise, and 0 for the control plane.
 * Instances that a failed run left detached count as surged already.
 */
static void group_surge(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);
	int64_t surge = rolling_setting(l, "maxSurge", g->n, true);
	size_t already = 0;
	char text[32];

	if (surge < 0)
		surge = 1;
	if (str_eq(g->role, "control-plane"))
		surge = 0;
	for (size_t i = 0; i < l->n_order; i++)
		already += g->members[l->order[i]].detached;
	for (size_t i = l->n_order; i-- > 0 && (int64_t)(l->surged + already) < surge;) {
		if (!g->members[l->order[i]].detached)
			detach_member(l, &g->members[l->order[i]]);
	}
	if (!l->surged) {
		group_next_member(l);
		return;
	}
	/* the detached go to the end, the rest keeps its order */
	l->n_order = 0;
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < g->n; i++) {
			if (g->members[i].needs_update && g->members[i].detached == (pass == 1))
				l->order[l->n_order++] = i;
		}
	}
	kops_duration(text, sizeof(text), kroll_interval(l));
	kops_log(l->r, 'I', "instancegroups.go:225", "waiting for %s after detaching instance", text);
	kroll_wait(l, kroll_interval(l), surge_validate);
}

/* drainAndTerminate: false taints and surges, and leaves the rest to people. */
static bool drain_disabled(struct kroll *l)
{
	const char *v = tree_text(kroll_group(l)->spec, "spec.rollingUpdate.drainAndTerminate");

	if (!v)
		v = tree_text(l->groups.specs.cluster, "spec.rollingUpdate.drainAndTerminate");
	return str_eq(v, "false");
}

static void group_next_member(struct kroll *l)
{
	if (!l->member && drain_disabled(l)) {
		kops_log(l->r, 'I', "instancegroups.go:240",
			"Rolling updates for InstanceGroup %s are disabled", kroll_group(l)->name);
		kroll_group_done(l);
		return;
	}
	if (l->member == l->n_order) {
		kroll_group_done(l);
		return;
	}
	if (l->cloudonly) {
		kops_log(l->r, 'W', "instancegroups.go:470",
			"Not draining cluster nodes as 'cloudonly' flag is set.");
		kroll_drained(l);
	} else if (!kroll_member(l)->node) {
		kops_log(l->r, 'W', "instancegroups.go:445", "Skipping drain of instance \"%s\", because "
			"it is not registered in kubernetes", kroll_member(l)->instance);
		kroll_drained(l);
	} else {
		kroll_drain_start(l);
	}
}

static void member_gone(struct kroll *l)
{
	l->member++;
	group_next_member(l);
}

static void terminate_validate(struct kroll *l)
{
	kroll_validate(l, l->validate_count, " after terminating instance", member_gone);
}

void kroll_drained(struct kroll *l)
{
	struct kops_member *m = kroll_member(l);
	struct lab_instance *i = lab_instance_find(l->w, m->instance);
	char text[32];

	if (m->node)
		kops_log(l->r, 'I', "instancegroups.go:654", "Stopping instance \"%s\", node \"%s\", in "
			"group \"%s\" (this may take a while).", m->instance, m->node,
			kroll_group(l)->asg);
	else
		kops_log(l->r, 'I', "instancegroups.go:654", "Stopping instance \"%s\", in group \"%s\" "
			"(this may take a while).", m->instance, kroll_group(l)->asg);
	if (i && (i->state == LAB_PENDING || i->state == LAB_RUNNING))
		lab_instance_terminate(l->w, i);
	kops_duration(text, sizeof(text), kroll_interval(l));
	kops_log(l->r, 'I', "instancegroups.go:491", "waiting for %s after terminating instance", text);
	kroll_wait(l, kroll_interval(l), terminate_validate);
}
