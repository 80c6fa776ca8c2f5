/* SPDX-License-Identifier: Apache-2.0 */
/* Draining one node as kubectl's library does: cordon, evict all at once, wait (facts 5.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/kops-roll.h"

enum { DRAIN_POLL_MS = 1000, EVICT_RETRY_MS = 5000 };

static void drain_step(struct kroll *l);

void kroll_pods_release(struct kroll *l)
{
	for (size_t i = 0; i < l->n_pods; i++) {
		free(l->pods[i].ns);
		free(l->pods[i].name);
		free(l->pods[i].uid);
	}
	free(l->pods);
	l->pods = NULL;
	l->n_pods = l->cap_pods = 0;
}

/* What goes and what stays, and the one WARNING line about both. */
static void drain_choose(struct kroll *l, const char *node)
{
	struct buf daemons = BUF_INIT, lonely = BUF_INIT;
	struct lab_pod p;
	size_t pos = 0;

	while (lab_pod_next(l->w, node, &pos, &p)) {
		if (p.mirror)
			continue;
		if (p.daemon && !p.finished) {
			buf_addf(&daemons, "%s%s/%s", daemons.len ? ", " : "", p.ns, p.name);
			continue;
		}
		if (!p.owner_kind)
			buf_addf(&lonely, "%s%s/%s", lonely.len ? ", " : "", p.ns, p.name);
		l->pods = xgrow(l->pods, &l->cap_pods, l->n_pods, sizeof(*l->pods));
		l->pods[l->n_pods++] = (struct kroll_pod){ .ns = xstrdup(p.ns),
			.name = xstrdup(p.name), .uid = xstrdup(p.uid) };
	}
	if (daemons.len || lonely.len)
		kops_err(l->r, "WARNING: %s%s%s%s%s", daemons.len ? "ignoring DaemonSet-managed Pods: " : "",
			buf_str(&daemons), daemons.len && lonely.len ? "; " : "",
			lonely.len ? "deleting Pods that declare no controller: " : "",
			buf_str(&lonely));
	buf_release(&daemons);
	buf_release(&lonely);
}

/* Balancers: with a single control-plane instance nothing is taken out of them (facts 5.4). */
static void drain_deregister(struct kroll *l)
{
	struct kops_group *g = kroll_group(l);
	int32_t minimum = 0;

	if (!str_eq(g->role, "control-plane") && !str_eq(g->role, "apiserver"))
		return;
	for (size_t i = 0; i < l->groups.n; i++) {
		if (str_eq(l->groups.v[i].role, "control-plane")
			|| str_eq(l->groups.v[i].role, "apiserver"))
			minimum += l->groups.v[i].min;
	}
	if (minimum <= 1)
		kops_log(l->r, 'I', "instancegroups.go:720", "skipping deregistration of instance \"%s\", "
			"as part of instancegroup with role \"ControlPlane\"", kroll_member(l)->instance);
}

void kroll_drain_start(struct kroll *l)
{
	const char *node = kroll_member(l)->node;

	kops_log(l->r, 'I', "instancegroups.go:453", "Draining the node: \"%s\".", node);
	lab_node_cordon(l->w, node, true);
	lab_node_label(l->w, node, "node.kubernetes.io/exclude-from-external-load-balancers", "");
	drain_deregister(l);
	kroll_pods_release(l);
	drain_choose(l, node);
	l->drain_deadline = l->drain_timeout ? world_now(l->w) + l->drain_timeout : INT64_MAX;
	drain_step(l);
}

/* Still there, as the same pod? */
static bool pod_remains(struct kroll *l, const struct kroll_pod *pod)
{
	struct lab_pod p;
	size_t pos = 0;

	while (lab_pod_next(l->w, kroll_member(l)->node, &pos, &p)) {
		if (str_eq(p.uid, pod->uid))
			return true;
	}
	return false;
}

static void pod_evict(struct kroll *l, struct kroll_pod *pod)
{
	kops_out(l->r, "evicting pod %s/%s", pod->ns, pod->name);
	switch (lab_pod_evict(l->w, pod->ns, pod->name)) {
	case LAB_EVICTED:
	case LAB_EVICT_GONE:
		pod->evicted = true;
		break;
	case LAB_EVICT_BLOCKED:
		kops_err(l->r, "error when evicting pods/\"%s\" -n \"%s\" (will retry after 5s): Cannot evict "
			"pod as it would violate the pod's disruption budget.", pod->name, pod->ns);
		pod->retry_at = world_now(l->w) + EVICT_RETRY_MS;
		break;
	case LAB_EVICT_FAILED:
		/* no API just now: the next poll tries again */
		pod->retry_at = world_now(l->w) + EVICT_RETRY_MS;
		break;
	}
}

static void drain_after(struct kroll *l)
{
	char text[32];

	kroll_pods_release(l);
	if (!l->post_drain) {
		kroll_drained(l);
		return;
	}
	kops_duration(text, sizeof(text), l->post_drain);
	kops_log(l->r, 'I', "instancegroups.go:742", "Waiting for %s for pods to stabilize after "
		"draining.", text);
	kroll_wait(l, l->post_drain, kroll_drained);
}

static void drain_timed_out(struct kroll *l, const struct kroll_pod *pod)
{
	char text[32], *why;

	kops_duration(text, sizeof(text), l->drain_timeout);
	why = pod->evicted
		? xasprintf("error when waiting for pod \"%s\" in namespace \"%s\" to terminate: context "
			"deadline exceeded", pod->name, pod->ns)
		: xasprintf("error when evicting pods/\"%s\" -n \"%s\": global timeout reached: %s",
			pod->name, pod->ns, text);
	kroll_pods_release(l);
	if (l->fail_on_drain) {
		kroll_group_failed(l, false, "failed to drain node \"%s\": error draining node: %s",
			kroll_member(l)->node, why);
	} else {
		kops_log(l->r, 'I', "instancegroups.go:480", "Ignoring error draining node \"%s\": error "
			"draining node: %s", kroll_member(l)->node, why);
		kroll_drained(l);
	}
	free(why);
}

/* Once a second: evict what is due, and see whether the last one has gone. */
static void drain_step(struct kroll *l)
{
	int64_t now = world_now(l->w);
	size_t left = 0;
	const struct kroll_pod *slow = NULL;

	for (size_t i = 0; i < l->n_pods; i++) {
		struct kroll_pod *pod = &l->pods[i];

		if (!pod->evicted && now >= pod->retry_at)
			pod_evict(l, pod);
		if (!pod->evicted || pod_remains(l, pod)) {
			left++;
			slow = slow && !slow->evicted ? slow : pod;
		}
	}
	if (!left)
		drain_after(l);
	else if (now >= l->drain_deadline)
		drain_timed_out(l, slow);
	else
		kroll_wait(l, DRAIN_POLL_MS, drain_step);
}
