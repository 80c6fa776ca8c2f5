/* SPDX-License-Identifier: Apache-2.0 */
/* One instance out, as kubectl's drain and kops do it: cordon, evict, wait, stop (facts 5.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/kops/roll.h"

enum { DRAIN_POLL_MS = 1000, EVICT_RETRY_MS = 5000 };

static void drain_step(struct kroll_drain *d);
static void drain_stop(struct kroll_drain *d);

struct kroll_drain *kroll_drain_new(struct kroll *l, size_t member)
{
	struct kroll_drain *d = xcalloc(1, sizeof(*d));

	d->l = l;
	d->member = member;
	return d;
}

void kroll_drain_free(struct kroll_drain *d)
{
	if (d->timer)
		world_timer_cancel(d->l->w, d->timer);
	for (size_t i = 0; i < d->n_pods; i++) {
		free(d->pods[i].ns);
		free(d->pods[i].name);
		free(d->pods[i].uid);
	}
	free(d->pods);
	free(d->error);
	free(d);
}

static void drain_fired(void *ctx)
{
	struct kroll_drain *d = ctx;

	d->timer = NULL;
	d->after(d);
}

static void drain_wait(struct kroll_drain *d, int64_t ms, void (*next)(struct kroll_drain *d))
{
	d->after = next;
	d->timer = world_timer_add(d->l->w, ms, drain_fired, d);
}

static struct kops_member *drain_member(struct kroll_drain *d)
{
	return &kroll_group(d->l)->members[d->member];
}

/* What goes and what stays, and the one WARNING line about both. */
static void drain_choose(struct kroll_drain *d, const char *node)
{
	struct buf daemons = BUF_INIT, lonely = BUF_INIT;
	struct lab_pod p;
	size_t pos = 0;

	while (lab_pod_next(d->l->w, node, &pos, &p)) {
		if (p.mirror)
			continue;
		if (p.daemon && !p.finished) {
			buf_addf(&daemons, "%s%s/%s", daemons.len ? ", " : "", p.ns, p.name);
			continue;
		}
		if (!p.owner_kind)
			buf_addf(&lonely, "%s%s/%s", lonely.len ? ", " : "", p.ns, p.name);
		d->pods = xgrow(d->pods, &d->cap_pods, d->n_pods, sizeof(*d->pods));
		d->pods[d->n_pods++] = (struct kroll_pod){ .ns = xstrdup(p.ns),
			.name = xstrdup(p.name), .uid = xstrdup(p.uid) };
	}
	if (daemons.len || lonely.len)
		kops_err(d->l->r, "WARNING: %s%s%s%s%s", daemons.len ? "ignoring DaemonSet-managed "
			"Pods: " : "",
			buf_str(&daemons), daemons.len && lonely.len ? "; " : "",
			lonely.len ? "deleting Pods that declare no controller: " : "",
			buf_str(&lonely));
	buf_release(&daemons);
	buf_release(&lonely);
}

/* Balancers: with a single control-plane instance nothing is taken out of them (facts 5.4). */
static void drain_deregister(struct kroll_drain *d)
{
	const struct kops_groups *groups = &d->l->groups;
	const char *role = kroll_group(d->l)->role;
	int32_t minimum = 0;

	if (!str_eq(role, "control-plane") && !str_eq(role, "apiserver"))
		return;
	for (size_t i = 0; i < groups->n; i++) {
		if (str_eq(groups->v[i].role, "control-plane")
			|| str_eq(groups->v[i].role, "apiserver"))
			minimum += groups->v[i].min;
	}
	if (minimum <= 1)
		kops_log(d->l->r, 'I', "instancegroups.go:720",
			"skipping deregistration of instance "
			"\"%s\", as part of instancegroup with role \"ControlPlane\"",
			drain_member(d)->instance);
}

void kroll_drain_start(struct kroll_drain *d)
{
	struct kroll *l = d->l;
	const char *node = drain_member(d)->node;

	if (l->cloudonly) {
		kops_log(l->r, 'W', "instancegroups.go:470",
			"Not draining cluster nodes as 'cloudonly' flag is set.");
		drain_stop(d);
		return;
	}
	if (!node) {
		kops_log(l->r, 'W', "instancegroups.go:445", "Skipping drain of instance \"%s\", "
			"because it is not registered in kubernetes", drain_member(d)->instance);
		drain_stop(d);
		return;
	}
	kops_log(l->r, 'I', "instancegroups.go:453", "Draining the node: \"%s\".", node);
	lab_node_cordon(l->w, node, true);
	lab_node_label(l->w, node, "node.kubernetes.io/exclude-from-external-load-balancers", "");
	drain_deregister(d);
	drain_choose(d, node);
	d->deadline = l->drain_timeout ? world_now(l->w) + l->drain_timeout : INT64_MAX;
	drain_step(d);
}

/* Still there, as the same pod? */
static bool pod_remains(struct kroll_drain *d, const struct kroll_pod *pod)
{
	struct lab_pod p;
	size_t pos = 0;

	while (lab_pod_next(d->l->w, drain_member(d)->node, &pos, &p)) {
		if (str_eq(p.uid, pod->uid))
			return true;
	}
	return false;
}

static void pod_evict(struct kroll_drain *d, struct kroll_pod *pod)
{
	struct kroll *l = d->l;

	kops_out(l->r, "evicting pod %s/%s", pod->ns, pod->name);
	switch (lab_pod_evict(l->w, pod->ns, pod->name)) {
	case LAB_EVICTED:
	case LAB_EVICT_GONE:
		pod->evicted = true;
		break;
	case LAB_EVICT_BLOCKED:
		kops_err(l->r, "error when evicting pods/\"%s\" -n \"%s\" (will retry after 5s): "
			"Cannot evict "
			"pod as it would violate the pod's disruption budget.", pod->name, pod->ns);
		pod->retry_at = world_now(l->w) + EVICT_RETRY_MS;
		break;
	case LAB_EVICT_FAILED:
		/* no API just now: tried again */
		pod->retry_at = world_now(l->w) + EVICT_RETRY_MS;
		break;
	}
}

static void drain_after(struct kroll_drain *d)
{
	struct kroll *l = d->l;
	char text[32];

	if (!l->post_drain) {
		drain_stop(d);
		return;
	}
	kops_duration(text, sizeof(text), l->post_drain);
	kops_log(l->r, 'I', "instancegroups.go:742", "Waiting for %s for pods to stabilize after "
		"draining.", text);
	drain_wait(d, l->post_drain, drain_stop);
}

static void drain_timed_out(struct kroll_drain *d, const struct kroll_pod *pod)
{
	struct kroll *l = d->l;
	char text[32], *why;

	kops_duration(text, sizeof(text), l->drain_timeout);
	why = pod->evicted
		? xasprintf("error when waiting for pod \"%s\" in namespace \"%s\" to terminate: "
			"context deadline exceeded", pod->name, pod->ns)
		: xasprintf("error when evicting pods/\"%s\" -n \"%s\": global timeout reached: %s",
			pod->name, pod->ns, text);
	if (l->fail_on_drain) {
		d->error = xasprintf("failed to drain node \"%s\": error draining node: %s",
			drain_member(d)->node, why);
		kroll_drain_done(d);
	} else {
		kops_log(l->r, 'I', "instancegroups.go:480", "Ignoring error draining node \"%s\": "
			"error draining node: %s", drain_member(d)->node, why);
		drain_stop(d);
	}
	free(why);
}

/* Once a second: evict what is due, and see whether the last one has gone. */
static void drain_step(struct kroll_drain *d)
{
	int64_t now = world_now(d->l->w);
	size_t left = 0;
	const struct kroll_pod *slow = NULL;

	for (size_t i = 0; i < d->n_pods; i++) {
		struct kroll_pod *pod = &d->pods[i];

		if (!pod->evicted && now >= pod->retry_at)
			pod_evict(d, pod);
		if (!pod->evicted || pod_remains(d, pod)) {
			left++;
			slow = slow && !slow->evicted ? slow : pod;
		}
	}
	if (!left)
		drain_after(d);
	else if (now >= d->deadline)
		drain_timed_out(d, slow);
	else
		drain_wait(d, DRAIN_POLL_MS, drain_step);
}

static void drain_stop(struct kroll_drain *d)
{
	struct kroll *l = d->l;
	const struct kops_member *m = drain_member(d);
	struct lab_instance *i = lab_instance_find(l->w, m->instance);
	char text[32];

	if (m->node)
		kops_log(l->r, 'I', "instancegroups.go:654", "Stopping instance \"%s\", node "
			"\"%s\", in group \"%s\" (this may take a while).", m->instance, m->node,
			kroll_group(l)->asg);
	else
		kops_log(l->r, 'I', "instancegroups.go:654", "Stopping instance \"%s\", in group "
			"\"%s\" (this may take a while).", m->instance, kroll_group(l)->asg);
	if (i && (i->state == LAB_PENDING || i->state == LAB_RUNNING))
		lab_instance_terminate(l->w, i);
	kops_duration(text, sizeof(text), kroll_interval(l));
	kops_log(l->r, 'I', "instancegroups.go:491", "waiting for %s after terminating instance",
		text);
	drain_wait(d, kroll_interval(l), kroll_drain_done);
}
