/* SPDX-License-Identifier: Apache-2.0 */
/* What an API server fills in by itself: the fields that clients rely on. */
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/kube/api.h"
#include "lab/world.h"

static void put_text(json_t *j, const char *key, const char *value)
{
	if (!json_object_get(j, key))
		json_object_set_new(j, key, json_string(value));
}

static void put_int(json_t *j, const char *key, json_int_t value)
{
	if (!json_object_get(j, key))
		json_object_set_new(j, key, json_integer(value));
}

static json_t *put_object(json_t *j, const char *key)
{
	json_t *v = json_object_get(j, key);
	if (json_is_object(v))
		return v;
	v = json_object();
	json_object_set_new(j, key, v);
	return v;
}

static void container_default(json_t *c)
{
	size_t i;
	json_t *p;
	const char *image = json_str(c, "image");
	const char *colon = image ? strrchr(image, ':') : NULL;
	bool latest = !colon || strchr(colon, '/') || strcmp(colon, ":latest") == 0;
	put_text(c, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
	put_object(c, "resources");
	put_text(c, "terminationMessagePath", "/dev/termination-log");
	put_text(c, "terminationMessagePolicy", "File");
	json_array_foreach(json_object_get(c, "ports"), i, p)
		put_text(p, "protocol", "TCP");
}

static void pod_spec_default(json_t *spec)
{
	size_t i;
	json_t *c;
	json_array_foreach(json_object_get(spec, "containers"), i, c)
		container_default(c);
	json_array_foreach(json_object_get(spec, "initContainers"), i, c)
		container_default(c);
	put_text(spec, "restartPolicy", "Always");
	put_int(spec, "terminationGracePeriodSeconds", 30);
	put_text(spec, "dnsPolicy", "ClusterFirst");
	put_object(spec, "securityContext");
	put_text(spec, "schedulerName", "default-scheduler");
}

static json_int_t priority_of(struct world *w, const char *class_name)
{
	const struct kobj *o = class_name ?
		kube_find(w->kube, KUBE_PRIORITYCLASSES, "", class_name) : NULL;
	return o ? (json_int_t)json_int(o->json, "value", 0) : 0;
}

static void tolerate_default(json_t *spec, const char *key)
{
	size_t i;
	json_t *t, *list = json_object_get(spec, "tolerations");
	if (!list) {
		list = json_array();
		json_object_set_new(spec, "tolerations", list);
	}
	json_array_foreach(list, i, t) {
		const char *k = json_str(t, "key"), *effect = json_str(t, "effect");
		if ((!k || strcmp(k, key) == 0) && (!effect || strcmp(effect, "NoExecute") == 0))
			return;
	}
	json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:i}", "key", key, "operator",
		"Exists", "effect", "NoExecute", "tolerationSeconds", 300));
}

static const char *qos_class(const json_t *spec)
{
	bool any = false, guaranteed = true;
	size_t i;
	json_t *c;
	json_array_foreach(json_object_get(spec, "containers"), i, c) {
		const json_t *req = json_path(c, "resources.requests");
		const json_t *lim = json_path(c, "resources.limits");
		any = any || json_object_size(req) || json_object_size(lim);
		guaranteed = guaranteed && json_object_size(lim) >= 2 &&
			(!json_object_size(req) || json_equal(req, lim));
	}
	return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

static void pod_default(struct world *w, json_t *pod)
{
	json_t *spec = put_object(pod, "spec");
	pod_spec_default(spec);
	put_int(spec, "priority", priority_of(w, json_str(spec, "priorityClassName")));
	put_text(spec, "preemptionPolicy", "PreemptLowerPriority");
	if (!json_object_get(spec, "enableServiceLinks"))
		json_object_set_new(spec, "enableServiceLinks", json_true());
	tolerate_default(spec, "node.kubernetes.io/not-ready");
	tolerate_default(spec, "node.kubernetes.io/unreachable");
	json_object_set_new(pod, "status", json_pack("{s:s, s:s}", "phase", "Pending", "qosClass",
		qos_class(spec)));
}

static void deployment_default(json_t *spec)
{
	put_int(spec, "progressDeadlineSeconds", 600);
	put_int(spec, "replicas", 1);
	put_int(spec, "revisionHistoryLimit", 10);
	json_t *s = put_object(spec, "strategy");
	put_text(s, "type", "RollingUpdate");
	if (str_eq(json_str(s, "type"), "RollingUpdate")) {
		json_t *r = put_object(s, "rollingUpdate");
		put_text(r, "maxSurge", "25%");
		put_text(r, "maxUnavailable", "25%");
	}
}

static void daemonset_default(json_t *spec)
{
	put_int(spec, "revisionHistoryLimit", 10);
	json_t *s = put_object(spec, "updateStrategy");
	put_text(s, "type", "RollingUpdate");
	if (str_eq(json_str(s, "type"), "RollingUpdate")) {
		json_t *r = put_object(s, "rollingUpdate");
		put_int(r, "maxSurge", 0);
		put_int(r, "maxUnavailable", 1);
	}
}

void kube_default(struct world *w, const struct kube_resource *r, void *json)
{
	json_t *spec = json_object_get(json, "spec");
	json_t *template = json_object_get(spec, "template");
	if (template) {
		json_t *meta = put_object(template, "metadata");
		if (!json_object_get(meta, "creationTimestamp"))
			json_object_set_new(meta, "creationTimestamp", json_null());
		pod_spec_default(put_object(template, "spec"));
	}
	switch (r->id) {
	case KUBE_PODS:
		/* Only on creation: a pod that is there has its status already. */
		if (!json_object_get(json, "status"))
			pod_default(w, json);
		break;
	case KUBE_DEPLOYMENTS:
		deployment_default(spec);
		put_object(json, "status");
		break;
	case KUBE_REPLICASETS:
		put_int(spec, "replicas", 1);
		put_object(json, "status");
		break;
	case KUBE_DAEMONSETS:
		daemonset_default(spec);
		put_object(json, "status");
		break;
	case KUBE_NAMESPACES:
		put_text(put_object(json, "status"), "phase", "Active");
		put_text(put_object(put_object(json, "metadata"), "labels"),
			"kubernetes.io/metadata.name", json_str(json, "metadata.name"));
		break;
	case KUBE_PVCS:
		put_text(put_object(json, "status"), "phase", "Pending");
		break;
	case KUBE_NODES:
	case KUBE_PDBS:
		put_object(json, "status");
		break;
	default:
		break;
	}
}
