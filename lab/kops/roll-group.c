/* SPDX-License-Identifier: Apache-2.0 */
/* One group: taint, surge by detaching, then each instance after another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/xalloc.h"
#include "lab/kops/roll.h"

static void group_taint(struct kroll *l);
static void group_surge(struct kroll *l);
static void group_feed(struct kroll *l);

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

/* The members to replace: attached first, detached last. */
static void group_order(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);

	l->n_order = 0;
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < g->n; i++) {
			if (g->members[i].needs_update && g->members[i].detached == (pass == 1))
				l->order[l->n_order++] = i;
		}
	}
}

/* maxSurge is 1 on AWS unless said otherwise; never for the control plane (facts 5.4). */
static void group_settings(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);
	int64_t surge = rolling_setting(l, "maxSurge", g->n, true);
	int64_t unavailable = rolling_setting(l, "maxUnavailable", g->n, false);
	bool cp = str_eq(g->role, "control-plane");

	if (surge < 0)
		surge = 1;
	if (unavailable < 0)
		unavailable = surge ? 0 : 1;
	if ((size_t)surge > l->n_order)
		surge = (int64_t)l->n_order;
	l->concurrency = (size_t)(surge + unavailable);
	if (cp && surge)
		l->concurrency = unavailable ? (size_t)unavailable : 1;
	if (!l->concurrency)
		l->concurrency = 1;
	l->surge = cp || l->cloudonly ? 0 : (size_t)surge;
	l->none_ready = kops_group_needs_update(g) == g->n;
}

void kroll_group_start(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);

	free(l->order);
	l->order = xcalloc(g->n + 1, sizeof(*l->order));
	l->next = l->surged = l->skipped = 0;
	l->collecting = false;
	group_order(l);
	group_settings(l);
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
		kops_log(l->r, 'I', "instancegroups.go:364",
			"Tainting %zu %s in \"%s\" instancegroup.",
			n, n == 1 ? "node" : "nodes", g->name);
	for (size_t i = 0; n && i < l->n_order; i++) {
		if (g->members[l->order[i]].node)
			lab_node_taint(l->w, g->members[l->order[i]].node,
				"kops.k8s.io/scheduled-for-update", "PreferNoSchedule");
	}
	group_surge(l);
}

static bool detach_member(struct kroll *l, struct kops_member *m)
{
	struct kops_group *g = kroll_group(l);
	struct lab_asg *asg = lab_asg_find(l->w, g->asg);
	struct lab_instance *i = lab_instance_find(l->w, m->instance);

	if (m->node)
		kops_log(l->r, 'I', "instancegroups.go:631",
			"Detaching instance \"%s\", node \"%s\", in group \"%s\".", m->instance,
			m->node,
			g->asg);
	else
		kops_log(l->r, 'I', "instancegroups.go:631",
			"Detaching instance \"%s\", in group \"%s\".", m->instance, g->asg);
	if (!asg || !i || i->asg != asg || !str_eq(i->lifecycle, "InService")) {
		kops_log(l->r, 'E', "instancegroups.go:190", "Failed to detach instance \"%s\": "
			"ValidationError: The instance is not in InService.", m->instance);
		return false;
	}
	strmap_set(i->tags, "kops.k8s.io/detached-from-asg", xstrdup(g->asg));
	lab_asg_detach(l->w, asg, i, false);
	m->detached = true;
	return true;
}

static void surge_validated(struct kroll *l)
{
	l->none_ready = false;
	group_surge(l);
}

static void surge_validate(struct kroll *l)
{
	kroll_validate(l, l->validate_count, " after detaching instance", surge_validated);
}

/*
 * Detaches from the end of the list; what a failed run left detached there
 * counts.  With nothing up to date yet the first replacement must prove itself
 * before more are detached.
 */
static void group_surge(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);
	char text[32];

	while (l->surged < l->surge && l->surged + l->skipped < l->n_order) {
		struct kops_member *m =
			&g->members[l->order[l->n_order - 1 - l->surged - l->skipped]];

		if (m->detached) {
			l->surged++;
			continue;
		}
		if (!detach_member(l, m)) {
			l->skipped++;
			continue;
		}
		if (++l->surged < l->surge && !l->none_ready)
			continue;
		kops_duration(text, sizeof(text), kroll_interval(l));
		kops_log(l->r, 'I', "instancegroups.go:225", "waiting for %s after detaching "
			"instance",
			text);
		kroll_wait(l, kroll_interval(l), surge_validate);
		return;
	}
	group_order(l);
	group_feed(l);
}

/* drainAndTerminate: false taints and surges, and leaves the rest to people. */
static bool drain_disabled(struct kroll *l)
{
	const char *v = tree_text(kroll_group(l)->spec, "spec.rollingUpdate.drainAndTerminate");

	if (!v)
		v = tree_text(l->groups.specs.cluster, "spec.rollingUpdate.drainAndTerminate");
	return str_eq(v, "false");
}

void kroll_drains_release(struct kroll *l)
{
	for (size_t i = 0; i < l->n_drains; i++)
		kroll_drain_free(l->drains[i]);
	free(l->drains);
	l->drains = NULL;
	l->n_drains = l->cap_drains = 0;
}

/* Takes one that has finished out of the running: its error (owned) or NULL in *error. */
static bool drain_take(struct kroll *l, char **error)
{
	for (size_t i = 0; i < l->n_drains; i++) {
		struct kroll_drain *d = l->drains[i];

		if (!d->finished)
			continue;
		*error = d->error;
		d->error = NULL;
		kroll_drain_free(d);
		l->drains[i] = l->drains[--l->n_drains];
		return true;
	}
	return false;
}

/* One failed: the others still end what they began, then the group has failed. */
static void group_fail(struct kroll *l)
{
	char *error = l->failure;

	for (size_t i = 0; i < l->n_drains; i++) {
		if (!l->drains[i]->finished)
			return;
	}
	kroll_drains_release(l);
	l->failure = NULL;
	kroll_group_failed(l, false, "%s", error);
	free(error);
}

/* After a validation: those that finished meanwhile count as done with it. */
static void group_sweep(struct kroll *l)
{
	l->none_ready = false;
	while (!l->failure && drain_take(l, &l->failure))
		continue;
	if (l->failure)
		group_fail(l);
	else
		group_feed(l);
}

static void group_collect(struct kroll *l)
{
	if (!l->collecting || !drain_take(l, &l->failure))
		return;
	l->collecting = false;
	if (l->failure)
		group_fail(l);
	else
		kroll_validate(l, l->validate_count, " after terminating instance", group_sweep);
}

void kroll_drain_done(struct kroll_drain *d)
{
	d->finished = true;
	if (d->l->failure)
		group_fail(d->l);
	else
		group_collect(d->l);
}

/* Starts as many as may run at once; the first one alone while nothing is up to date. */
static void group_feed(struct kroll *l)
{
	if (!l->next && drain_disabled(l)) {
		kops_log(l->r, 'I', "instancegroups.go:240",
			"Rolling updates for InstanceGroup %s are disabled", kroll_group(l)->name);
		kroll_group_done(l);
		return;
	}
	while (l->next < l->n_order
		&& l->n_drains < (l->none_ready ? 1 : l->concurrency)) {
		struct kroll_drain *d = kroll_drain_new(l, l->order[l->next++]);

		l->drains = xgrow(l->drains, &l->cap_drains, l->n_drains, sizeof(*l->drains));
		l->drains[l->n_drains++] = d;
		kroll_drain_start(d);
	}
	if (!l->n_drains) {
		kroll_group_done(l);
		return;
	}
	l->collecting = true;
	group_collect(l); /* where one ended at once */
}
