/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler: pods without a node, highest priority first, are bound where
 * they fit, make room by preemption where they may, or are told why not.
 */
#include "lab/sim/sched.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

#define COMPONENT "default-scheduler"

struct queue {
	struct kobj **v;
	size_t n, cap;
};

static int queue_compare(const void *a, const void *b)
{
	const struct kobj *x = *(struct kobj *const *)a, *y = *(struct kobj *const *)b;
	int64_t px = sched_pod_priority(x->json), py = sched_pod_priority(y->json);
	if (px != py)
		return px > py ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void queue_load(struct queue *q, struct world *w)
{
	for (size_t i = 0; i < kube_count(w->kube, KUBE_PODS); i++) {
		struct kobj *o = kube_at(w->kube, KUBE_PODS, i);
		if (json_str(o->json, "spec.nodeName") || !sim_pod_active(o) ||
		    json_array_size(json_path(o->json, "spec.schedulingGates")) > 0 ||
		    !str_eq(json_str(o->json, "spec.schedulerName"), COMPONENT))
			continue;
		q->v = xgrow(q->v, &q->cap, q->n, sizeof(struct kobj *));
		q->v[q->n++] = o;
	}
	if (q->n > 1)
		qsort(q->v, q->n, sizeof(struct kobj *), queue_compare);
}

static size_t siblings(const struct sched_node *n, const char *owner)
{
	size_t count = 0;
	for (size_t i = 0; owner && i < n->n_pods; i++)
		count += str_eq(sim_owner(n->pods[i]->json), owner);
	return count;
}

/* Spread an owner's pods, then the load, then by chance. */
static struct sched_node *node_choose(struct world *w, struct sched *s, const struct kobj *pod)
{
	struct sched_node *best = NULL;
	uint64_t best_score = 0;
	const char *owner = sim_owner(pod->json);
	const char *nominated = json_str(pod->json, "status.nominatedNodeName");
	for (size_t i = 0; i < s->n; i++) {
		struct sched_node *n = &s->v[i];
		if (n->reason)
			continue;
		if (str_eq(nominated, n->node->name))
			return n;
		uint64_t score = siblings(n, owner) << 40 | (uint64_t)n->used.pods << 16 |
			world_random_below(w, 1 << 16);
		if (!best || score < best_score) {
			best = n;
			best_score = score;
		}
	}
	return best;
}

static void pod_bind(struct world *w, struct kobj *o, struct sched_node *n)
{
	MUST(n);
	json_t *j = kube_edit(o);
	json_object_set_new(json_object_get(j, "spec"), "nodeName", json_string(n->node->name));
	sim_condition(w, j, "PodScheduled", true, NULL, NULL);
	sched_node_add(n, o);
	kube_commit(w->kube, o, j);
	sim_event(w, o, "Normal", "Scheduled", COMPONENT, "Successfully assigned %s/%s to %s",
		o->ns,
		o->name, n->node->name);
}

static bool terminating_on(const struct sched_node *n, int64_t priority)
{
	for (size_t i = 0; i < n->n_pods; i++) {
		if (json_str(n->pods[i]->json, "metadata.deletionTimestamp") &&
		    sched_pod_priority(n->pods[i]->json) < priority)
			return true;
	}
	return false;
}

static int victim_compare(const void *a, const void *b)
{
	/* The least important goes first, of equals the youngest. */
	return -queue_compare(a, b);
}

/* The fewest lower pods whose going makes room; the number, 0: it does not help. */
static size_t victims_find(const struct sched_node *n, const struct kobj *pod,
	struct kobj **victims)
{
	int64_t priority = sched_pod_priority(pod->json);
	size_t lower = 0, taken = 0;
	for (size_t i = 0; i < n->n_pods; i++) {
		if (sched_pod_priority(n->pods[i]->json) < priority)
			victims[lower++] = (struct kobj *)(uintptr_t)n->pods[i];
	}
	qsort(victims, lower, sizeof(struct kobj *), victim_compare);
	struct sched_need freed = { .pods = 0 }, need;
	while (taken < lower) {
		sched_pod_need(victims[taken++]->json, &need);
		freed = (struct sched_need){ freed.pods + need.pods, freed.cpu + need.cpu,
			freed.memory + need.memory };
		if (sched_fits_without(n, pod, &freed))
			return taken;
	}
	return 0;
}

static void victim_evict(struct world *w, struct kobj *v, const struct kobj *pod,
	const struct sched_node *n)
{
	json_t *j = kube_edit(v);
	sim_condition(w, j, "DisruptionTarget", true, "PreemptionByScheduler",
		"default-scheduler: preempting to accommodate a higher priority pod");
	kube_commit(w->kube, v, j);
	sim_event(w, v, "Normal", "Preempted", COMPONENT, "Preempted by pod %s on node %s",
		pod->uid,
		n->node->name);
	kube_object_delete(w->kube, v, -1, PROPAGATE_BACKGROUND);
}

/* True: somebody goes, or is going already, for this pod. */
static bool pod_preempt(struct world *w, struct sched *s, struct kobj *o)
{
	size_t best_n = 0;
	struct sched_node *best = NULL;
	int64_t priority = sched_pod_priority(o->json);
	const char *nominated = json_str(o->json, "status.nominatedNodeName");
	if (priority <= 0 || str_eq(json_str(o->json, "spec.preemptionPolicy"), "Never"))
		return false;
	for (size_t i = 0; i < s->n; i++) {
		struct sched_node *n = &s->v[i];
		if (str_eq(nominated, n->node->name) && terminating_on(n, priority))
			return true;
		if (!n->soft)
			continue;
		struct kobj **victims = xcalloc(n->n_pods + 1, sizeof(struct kobj *));
		size_t k = victims_find(n, o, victims);
		if (k > 0 && (!best || k < best_n)) {
			best = n;
			best_n = k;
		}
		free(victims);
	}
	if (!best)
		return false;
	struct kobj **victims = xcalloc(best->n_pods + 1, sizeof(struct kobj *));
	victims_find(best, o, victims);
	json_t *j = kube_edit(o);
	json_object_set_new(json_object_get(j, "status"), "nominatedNodeName",
		json_string(best->node->name));
	kube_commit(w->kube, o, j);
	best->nominated.pods++;
	for (size_t i = 0; i < best_n; i++)
		victim_evict(w, victims[i], o, best);
	free(victims);
	return true;
}

static const char *scheduled_message(const json_t *j)
{
	size_t i;
	json_t *c;
	json_array_foreach(json_path(j, "status.conditions"), i, c) {
		if (str_eq(json_str(c, "type"), "PodScheduled"))
			return json_str(c, "message");
	}
	return NULL;
}

static void pod_fail(struct world *w, struct kobj *o, const char *message)
{
	/* Said once, and again only when it changed. */
	if (str_eq(scheduled_message(o->json), message))
		return;
	json_t *j = kube_edit(o);
	sim_condition(w, j, "PodScheduled", false, "Unschedulable", message);
	kube_commit(w->kube, o, j);
	sim_event(w, o, "Warning", "FailedScheduling", COMPONENT, "%s", message);
}

static void pod_schedule(struct world *w, struct sched *s, struct kobj *o)
{
	if (sched_filter(s, o) > 0) {
		pod_bind(w, o, node_choose(w, s, o));
		return;
	}
	struct buf words = BUF_INIT;
	sched_words(s, &words);
	pod_preempt(w, s, o);
	pod_fail(w, o, buf_str(&words));
	buf_release(&words);
}

void sim_scheduler_run(struct world *w)
{
	struct queue q = { .v = NULL };
	struct sched s;
	char *failed_owner = NULL, *failed_words = NULL;
	queue_load(&q, w);
	if (q.n > 0)
		sched_load(&s, w->kube);
	for (size_t i = 0; i < q.n; i++) {
		/* What did not fit its sibling a moment ago does not fit this one. */
		const char *owner = sim_owner(q.v[i]->json);
		if (owner && str_eq(owner, failed_owner) && sched_pod_priority(q.v[i]->json) <= 0) {
			pod_fail(w, q.v[i], failed_words);
			continue;
		}
		pod_schedule(w, &s, q.v[i]);
		if (!json_str(q.v[i]->json, "spec.nodeName") && owner &&
		    !str_eq(sim_owner_kind(q.v[i]->json), "DaemonSet")) {
			xreplace(&failed_owner, owner);
			xreplace(&failed_words, scheduled_message(q.v[i]->json));
		}
	}
	if (q.n > 0)
		sched_release(&s);
	free(q.v);
	free(failed_owner);
	free(failed_words);
}
