/* SPDX-License-Identifier: Apache-2.0 */
/* The Kubernetes side in plain words, for the kops stand-in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

static void node_fill(const struct kobj *o, struct lab_node *n)
{
	size_t i;
	json_t *a;
	int64_t pods = 0;
	const json_t *j = o->json;
	*n = (struct lab_node){ .name = o->name, .instance = o->name };
	n->group = json_str(j, "metadata.labels.[kops.k8s.io/instancegroup]");
	n->control_plane = json_path(j,
		"metadata.labels.[node-role.kubernetes.io/control-plane]") != NULL;
	n->ready = sim_condition_is(j, "Ready") && !sim_condition_is(j, "NetworkUnavailable");
	n->unschedulable = json_is_true(json_path(j, "spec.unschedulable"));
	n->needs_update = json_path(j, "metadata.annotations.[kops.k8s.io/needs-update]") != NULL;
	str_to_i64(json_str(j, "status.allocatable.pods"), 0, INT32_MAX, &pods);
	n->max_pods = (int32_t)pods;
	json_array_foreach(json_path(j, "status.addresses"), i, a) {
		if (str_eq(json_str(a, "type"), "InternalIP"))
			n->internal_ip = json_str(a, "address");
	}
}

bool lab_node_next(struct world *w, size_t *pos, struct lab_node *out)
{
	const struct kobj *o = lab_kube_up(w) ? kube_at(w->kube, KUBE_NODES, *pos) : NULL;
	if (!o)
		return false;
	(*pos)++;
	node_fill(o, out);
	return true;
}

static struct kobj *node_object(struct world *w, const char *name)
{
	return lab_kube_up(w) ? kube_find(w->kube, KUBE_NODES, "", name) : NULL;
}

bool lab_node_get(struct world *w, const char *name, struct lab_node *out)
{
	const struct kobj *o = node_object(w, name);
	if (o)
		node_fill(o, out);
	return o != NULL;
}

static void pod_fill(const struct kobj *o, struct lab_pod *p)
{
	size_t i;
	json_t *c;
	const json_t *j = o->json;
	*p = (struct lab_pod){ .ns = o->ns, .name = o->name, .uid = o->uid };
	p->node = json_str(j, "spec.nodeName");
	p->phase = json_str(j, "status.phase");
	p->priority_class = json_str(j, "spec.priorityClassName");
	p->owner_kind = sim_owner_kind(j);
	p->mirror = json_path(j, "metadata.annotations.[kubernetes.io/config.mirror]") != NULL;
	p->daemon = str_eq(p->owner_kind, "DaemonSet");
	p->ready = sim_condition_is(j, "Ready");
	p->deleting = json_str(j, "metadata.deletionTimestamp") != NULL;
	p->finished = sim_pod_finished(o);
	json_array_foreach(json_path(j, "status.containerStatuses"), i, c) {
		if (!json_is_true(json_object_get(c, "ready")) && !p->not_ready)
			p->not_ready = json_str(c, "name");
	}
	const char *app = json_str(j, "metadata.labels.k8s-app");
	snprintf(p->k8s_app, sizeof(p->k8s_app), "%s", app ? app : "");
}

bool lab_pod_next(struct world *w, const char *node, size_t *pos, struct lab_pod *out)
{
	const struct kobj *o;
	while (lab_kube_up(w) && (o = kube_at(w->kube, KUBE_PODS, *pos)) != NULL) {
		(*pos)++;
		if (node && !str_eq(json_str(o->json, "spec.nodeName"), node))
			continue;
		pod_fill(o, out);
		return true;
	}
	return false;
}

bool lab_node_cordon(struct world *w, const char *name, bool unschedulable)
{
	static const char key[] = "node.kubernetes.io/unschedulable";
	struct kobj *o = node_object(w, name);
	if (!o)
		return false;
	json_t *j = kube_edit(o), *spec = json_object_get(j, "spec");
	if (unschedulable)
		json_object_set_new(spec, "unschedulable", json_true());
	else
		json_object_del(spec, "unschedulable");
	kube_commit(w->kube, o, j);
	return lab_node_taint(w, name, key, unschedulable ? "NoSchedule" : NULL);
}

bool lab_node_taint(struct world *w, const char *name, const char *key, const char *effect)
{
	struct kobj *o = node_object(w, name);
	if (!o)
		return false;
	json_t *j = kube_edit(o), *spec = json_object_get(j, "spec");
	json_t *taints = json_object_get(spec, "taints");
	if (!taints) {
		taints = json_array();
		json_object_set_new(spec, "taints", taints);
	}
	for (size_t i = json_array_size(taints); i-- > 0;) {
		if (str_eq(json_str(json_array_get(taints, i), "key"), key))
			json_array_remove(taints, i);
	}
	if (effect)
		json_array_append_new(taints, json_pack("{s:s, s:s}", "key", key, "effect",
		effect));
	if (json_array_size(taints) == 0)
		json_object_del(spec, "taints");
	kube_commit(w->kube, o, j);
	return true;
}

static bool meta_put(struct world *w, const char *name, const char *map, const char *key,
	const char *value)
{
	struct kobj *o = node_object(w, name);
	if (!o)
		return false;
	json_t *j = kube_edit(o), *meta = json_object_get(j, "metadata");
	if (!json_object_get(meta, map))
		json_object_set_new(meta, map, json_object());
	if (value)
		json_object_set_new(json_object_get(meta, map), key, json_string(value));
	else
		json_object_del(json_object_get(meta, map), key);
	kube_commit(w->kube, o, j);
	return true;
}

bool lab_node_label(struct world *w, const char *name, const char *key, const char *value)
{
	return meta_put(w, name, "labels", key, value);
}

bool lab_node_annotate(struct world *w, const char *name, const char *key, const char *value)
{
	return meta_put(w, name, "annotations", key, value);
}

enum lab_evict lab_pod_evict(struct world *w, const char *ns, const char *name)
{
	size_t budgets = 0;
	if (!lab_kube_up(w))
		return LAB_EVICT_FAILED;
	struct kobj *o = kube_find(w->kube, KUBE_PODS, ns, name);
	if (!o)
		return LAB_EVICT_GONE;
	bool running = str_eq(json_str(o->json, "status.phase"), "Running") && sim_pod_active(o);
	const struct kobj *blocks = running ? kube_budget_blocks(w->kube, o, &budgets) : NULL;
	if (budgets > 1)
		return LAB_EVICT_FAILED;
	if (blocks)
		return LAB_EVICT_BLOCKED;
	if (budgets == 1)
		kube_budget_use(w->kube, o);
	kube_object_delete(w->kube, o, -1, PROPAGATE_BACKGROUND);
	return LAB_EVICTED;
}
