/* SPDX-License-Identifier: Apache-2.0 */
/* What several parts of the simulation need: events, conditions, pods of owners, quantities. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/xalloc.h"
#include "lab/digest.h"
#include "lab/kube/api.h"
#include "lab/kube/select.h"
#include "lab/sim/parts.h"

void sim_event(struct world *w, const struct kobj *o, const char *type, const char *reason,
	const char *component, const char *fmt, ...)
{
	char stamp[40], micro[40], suffix[17], api[64];
	va_list ap;
	va_start(ap, fmt);
	char *message = xvasprintf(fmt, ap);
	va_end(ap);
	/* Grows, so that an object's events are listed in order. */
	snprintf(suffix, sizeof(suffix), "%016llx",
		(unsigned long long)world_wall(w) * 1000000u + kube_rv(w->kube) % 1000000u);
	kube_stamp(w, stamp);
	stamp_format(micro, world_wall(w), true);
	kube_resource_api_version(o->res, api);
	bool scheduler = strcmp(component, "default-scheduler") == 0;
	json_t *j = json_pack("{s:{s:o, s:s}, s:{s:s, s:s, s:s, s:s, s:s}, s:s, s:s, s:s, s:s, "
		"s:s}",
		"metadata", "name", json_sprintf("%s.%s", o->name, suffix), "namespace",
		o->ns[0] ? o->ns : "default", "involvedObject", "kind", o->res->kind,
		"apiVersion", api,
		"name", o->name, "uid", o->uid, "resourceVersion",
		json_str(o->json, "metadata.resourceVersion"), "reason", reason, "message", message,
		"type", type, "reportingComponent", component, "reportingInstance", component);
	if (o->ns[0])
		json_object_set_new(json_object_get(j, "involvedObject"), "namespace",
			json_string(o->ns));
	if (scheduler) {
		/* The scheduler writes the new form: no count, no first and last. */
		json_object_set_new(j, "eventTime", json_string(micro));
		json_object_set_new(j, "firstTimestamp", json_null());
		json_object_set_new(j, "lastTimestamp", json_null());
		json_object_set_new(j, "source", json_object());
		json_object_set_new(j, "action", json_string("Scheduling"));
	} else {
		json_object_set_new(j, "eventTime", json_null());
		json_object_set_new(j, "firstTimestamp", json_string(stamp));
		json_object_set_new(j, "lastTimestamp", json_string(stamp));
		json_object_set_new(j, "count", json_integer(1));
		json_object_set_new(j, "source", json_pack("{s:s}", "component", component));
	}
	free(message);
	kube_create(w->kube, KUBE_EVENTS, j);
}

static json_t *condition_find(const json_t *conditions, const char *type)
{
	size_t i;
	json_t *c;
	json_array_foreach(conditions, i, c) {
		if (str_eq(json_str(c, "type"), type))
			return c;
	}
	return NULL;
}

void sim_condition(struct world *w, void *json, const char *type, bool status, const char *reason,
	const char *message)
{
	char stamp[40];
	json_t *s = json_object_get(json, "status");
	json_t *list = json_object_get(s, "conditions");
	const char *text = status ? "True" : "False";
	if (!list) {
		list = json_array();
		json_object_set_new(s, "conditions", list);
	}
	json_t *c = condition_find(list, type);
	if (!c) {
		c = json_pack("{s:s}", "type", type);
		json_array_append_new(list, c);
	}
	if (!str_eq(json_str(c, "status"), text)) {
		kube_stamp(w, stamp);
		json_object_set_new(c, "status", json_string(text));
		json_object_set_new(c, "lastTransitionTime", json_string(stamp));
	}
	json_object_del(c, "reason");
	json_object_del(c, "message");
	if (reason)
		json_object_set_new(c, "reason", json_string(reason));
	if (message)
		json_object_set_new(c, "message", json_string(message));
}

bool sim_condition_is(const void *json, const char *type)
{
	return str_eq(json_str(condition_find(json_path(json, "status.conditions"), type),
		"status"),
		"True");
}

static const json_t *controller_of(const json_t *json)
{
	size_t i;
	json_t *x;
	json_array_foreach(json_path(json, "metadata.ownerReferences"), i, x) {
		if (json_is_true(json_object_get(x, "controller")))
			return x;
	}
	return NULL;
}

const char *sim_owner(const void *json)
{
	return json_str(controller_of(json), "uid");
}

const char *sim_owner_kind(const void *json)
{
	return json_str(controller_of(json), "kind");
}

void sim_template_hash(const void *template, char out[11])
{
	static const char alphabet[] = "bcdfghjklmnpqrstvwxz2456789";
	struct buf b = BUF_INIT;
	uint8_t d[DIGEST_SHA256];
	json_write(&b, template, true);
	digest_sha256(buf_str(&b), b.len, d);
	for (size_t i = 0; i < 10; i++)
		out[i] = alphabet[d[i] % (sizeof(alphabet) - 1)];
	out[10] = '\0';
	buf_release(&b);
}

/* The node's name in a required affinity: how the DaemonSet controller pins its pods. */
static void pod_pin(json_t *spec, const char *node)
{
	json_object_set_new(spec, "affinity", json_pack("{s:{s:{s:[{s:[{s:s, s:s, s:[s]}]}]}}}",
		"nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution",
		"nodeSelectorTerms",
		"matchFields", "key", "metadata.name", "operator", "In", "values", node));
	json_t *list = json_object_get(spec, "tolerations");
	if (!list) {
		list = json_array();
		json_object_set_new(spec, "tolerations", list);
	}
	static const char *const added[][2] = {
		{ "node.kubernetes.io/not-ready", "NoExecute" },
		{ "node.kubernetes.io/unreachable", "NoExecute" },
		{ "node.kubernetes.io/disk-pressure", "NoSchedule" },
		{ "node.kubernetes.io/memory-pressure", "NoSchedule" },
		{ "node.kubernetes.io/pid-pressure", "NoSchedule" },
		{ "node.kubernetes.io/unschedulable", "NoSchedule" },
		{ "node.kubernetes.io/network-unavailable", "NoSchedule" },
	};
	bool host = json_is_true(json_object_get(spec, "hostNetwork"));
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]) - !host; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "key", added[i][0],
			"operator", "Exists", "effect", added[i][1]));
}

struct kobj *sim_pod_create(struct world *w, const struct kobj *owner, const void *labels,
	const char *node)
{
	char suffix[6], api[64];
	json_t *template = json_deep_copy(json_path(owner->json, "spec.template"));
	json_t *meta = json_object_get(template, "metadata"), *spec = json_object_get(template,
		"spec");
	const char *key;
	json_t *v, *l = (json_t *)(uintptr_t)labels;
	world_suffix(w, suffix, 5);
	kube_resource_api_version(owner->res, api);
	json_object_del(meta, "creationTimestamp");
	json_object_set_new(meta, "generateName", json_sprintf("%s-", owner->name));
	json_object_set_new(meta, "name", json_sprintf("%s-%s", owner->name, suffix));
	json_object_set_new(meta, "namespace", json_string(owner->ns));
	if (!json_object_get(meta, "labels"))
		json_object_set_new(meta, "labels", json_object());
	json_object_foreach(l, key, v)
		json_object_set(json_object_get(meta, "labels"), key, v);
	json_object_set_new(meta, "ownerReferences", json_pack("[{s:s, s:s, s:s, s:s, s:b, s:b}]",
		"apiVersion", api, "kind", owner->res->kind, "name", owner->name, "uid", owner->uid,
		"controller", 1, "blockOwnerDeletion", 1));
	if (node)
		pod_pin(spec, node);
	json_t *pod = json_pack("{s:o, s:o}", "metadata", json_incref(meta), "spec",
		json_incref(spec));
	json_decref(template);
	kube_default(w, kube_resource(KUBE_PODS), pod);
	struct kobj *o = kube_create(w->kube, KUBE_PODS, pod);
	if (o)
		sim_event(w, owner, "Normal", "SuccessfulCreate",
			owner->res->id == KUBE_DAEMONSETS ? "daemonset-controller" :
			"replicaset-controller", "Created pod: %s", o->name);
	return o;
}

bool sim_pod_finished(const struct kobj *pod)
{
	const char *phase = json_str(pod->json, "status.phase");
	return str_eq(phase, "Succeeded") || str_eq(phase, "Failed");
}

bool sim_pod_active(const struct kobj *pod)
{
	return !sim_pod_finished(pod) && !json_str(pod->json, "metadata.deletionTimestamp");
}

int64_t sim_quantity(const char *s)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {
		{ "", 1 }, { "m", 1e-3 }, { "k", 1e3 }, { "M", 1e6 }, { "G", 1e9 }, { "T", 1e12 },
		{ "Ki", 1024.0 }, { "Mi", 1048576.0 }, { "Gi", 1073741824.0 },
		{ "Ti", 1099511627776.0 },
	};
	char *end;
	if (!s)
		return 0;
	double v = strtod(s, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(end, units[i].suffix) == 0)
			return (int64_t)(v * units[i].factor * 1000 + 0.5);
	}
	return 0;
}

int64_t sim_share(const void *json, int64_t total, bool up, int64_t otherwise)
{
	const json_t *v = json;
	if (json_is_integer(v))
		return (int64_t)json_integer_value(v);
	const char *s = json_string_value(v);
	size_t n = s ? strlen(s) : 0;
	if (n < 2 || s[n - 1] != '%')
		return otherwise;
	int64_t percent = strtol(s, NULL, 10);
	return (percent * total + (up ? 99 : 0)) / 100;
}

bool sim_tolerates(const void *pod_spec, const void *taint)
{
	size_t i;
	json_t *t;
	json_array_foreach(json_object_get(pod_spec, "tolerations"), i, t) {
		const char *key = json_str(t, "key"), *effect = json_str(t, "effect");
		const char *value = json_str(t, "value"), *op = json_str(t, "operator");
		if (!str_empty(effect) && !str_eq(effect, json_str(taint, "effect")))
			continue;
		if (str_empty(key) ? !str_eq(op, "Exists") : !str_eq(key, json_str(taint, "key")))
			continue;
		const char *is = json_str(taint, "value");
		if (str_eq(op, "Exists") || strcmp(value ? value : "", is ? is : "") == 0)
			return true;
	}
	return false;
}

bool sim_node_matches(const void *pod_spec, const void *node)
{
	size_t i;
	json_t *term;
	if (!select_subset(json_object_get(pod_spec, "nodeSelector"),
		    json_path(node, "metadata.labels")))
		return false;
	const json_t *required = json_path(pod_spec,
		"affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
	if (!required)
		return true;
	json_array_foreach(json_object_get(required, "nodeSelectorTerms"), i, term) {
		if (select_node_term(term, node))
			return true;
	}
	return false;
}
