/* SPDX-License-Identifier: Apache-2.0 */
/* A Pod: what is shown of it, and what the scheduler looks at. */
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "k8s/decode-parts.h"
#include "k8s/quantity.h"

static const struct {
	const char *word;
	enum pod_phase phase;
} phases[] = {
	{ "Pending", POD_PENDING },
	{ "Running", POD_RUNNING },
	{ "Succeeded", POD_SUCCEEDED },
	{ "Failed", POD_FAILED },
};

static enum pod_phase pod_phase(const char *word)
{
	for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++) {
		if (str_eq(phases[i].word, word))
			return phases[i].phase;
	}
	return POD_UNKNOWN;
}

/* ---- requests ---- */

struct amount {
	int64_t cpu, memory;
};

static int64_t add_capped(int64_t a, int64_t b)
{
	int64_t sum;

	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

static struct amount amount_add(struct amount a, struct amount b)
{
	return (struct amount){ add_capped(a.cpu, b.cpu), add_capped(a.memory, b.memory) };
}

static struct amount amount_max(struct amount a, struct amount b)
{
	return (struct amount){
		a.cpu > b.cpu ? a.cpu : b.cpu, a.memory > b.memory ? a.memory : b.memory,
	};
}

/* requests is an object of quantities; a member that is not there leaves *v alone. */
static void amount_read(struct arena *a, const json_t *requests, struct amount *v)
{
	quantity_milli(decode_int_or_text(a, requests, "cpu"), &v->cpu);
	quantity_value(decode_int_or_text(a, requests, "memory"), &v->memory);
}

static struct amount container_amount(struct arena *a, const json_t *container)
{
	struct amount v = { 0, 0 };

	amount_read(a, json_path(container, "resources.requests"), &v);
	return v;
}

/*
 * As the scheduler counts (component-helpers resource.PodRequests): containers
 * run together, init containers one after another, but those that restart
 * always (sidecars) stay and are there during all later ones; pod-level
 * requests, where set, replace the sum; overhead comes on top.
 */
static void pod_requests(struct arena *a, const json_t *spec, struct pod_shape *out)
{
	struct amount sum = { 0, 0 }, sidecars = { 0, 0 }, peak = { 0, 0 }, overhead = { 0, 0 };
	size_t i;
	json_t *c;

	json_array_foreach(json_path(spec, "containers"), i, c)
		sum = amount_add(sum, container_amount(a, c));
	json_array_foreach(json_path(spec, "initContainers"), i, c) {
		struct amount need = container_amount(a, c);
		if (str_eq(json_str(c, "restartPolicy"), "Always")) {
			sum = amount_add(sum, need);
			sidecars = amount_add(sidecars, need);
			need = sidecars;
		} else {
			need = amount_add(need, sidecars);
		}
		peak = amount_max(peak, need);
	}
	sum = amount_max(sum, peak);
	amount_read(a, json_path(spec, "resources.requests"), &sum);
	amount_read(a, json_path(spec, "overhead"), &overhead);
	sum = amount_add(sum, overhead);
	out->cpu_milli = sum.cpu;
	out->memory = sum.memory;
}

/* ---- what the scheduler looks at besides ---- */

static void shape_tolerations(struct arena *a, const json_t *spec, struct pod_shape *out)
{
	const json_t *list = json_path(spec, "tolerations");
	size_t size = json_array_size(list), i;
	json_t *t;

	out->tolerations = size ? arena_alloc(a, size * sizeof *out->tolerations) : NULL;
	json_array_foreach((json_t *)list, i, t) {
		out->tolerations[out->ntolerations++] = (struct toleration){
			.key = json_str(t, "key"), .operator_ = json_str(t, "operator"),
			.value = json_str(t, "value"), .effect = json_str(t, "effect"),
		};
	}
}

static void term_add(struct arena *a, const json_t *list, bool is_field,
	struct selector_term *out)
{
	size_t i;
	json_t *r;

	json_array_foreach((json_t *)list, i, r) {
		struct requirement *q = &out->reqs[out->nreqs++];
		*q = (struct requirement){
			.key = json_str(r, "key"), .op = json_str(r, "operator"),
			.is_field = is_field,
		};
		q->values = decode_texts(a, json_path(r, "values"), &q->nvalues);
	}
}

static void shape_node_affinity(struct arena *a, const json_t *spec, struct pod_shape *out)
{
	const json_t *terms = json_path(spec, "affinity.nodeAffinity."
		"requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
	size_t size = json_array_size(terms), i;
	json_t *t;

	out->node_affinity = size ? arena_alloc(a, size * sizeof *out->node_affinity) : NULL;
	json_array_foreach((json_t *)terms, i, t) {
		const json_t *labels = json_path(t, "matchExpressions");
		const json_t *fields = json_path(t, "matchFields");
		size_t n = json_array_size(labels) + json_array_size(fields);
		struct selector_term *term = &out->node_affinity[out->nnode_affinity++];
		term->reqs = n ? arena_alloc(a, n * sizeof *term->reqs) : NULL;
		term_add(a, labels, false, term);
		term_add(a, fields, true, term);
	}
}

static size_t ports_read(const json_t *containers, int32_t *out)
{
	size_t n = 0, i, k;
	json_t *c, *port;

	json_array_foreach((json_t *)containers, i, c) {
		json_array_foreach(json_path(c, "ports"), k, port) {
			int32_t v = decode_i32(port, "hostPort", 0);
			if (v <= 0)
				continue;
			if (out)
				out[n] = v;
			n++;
		}
	}
	return n;
}

static void shape_volumes(struct arena *a, const json_t *spec, struct pod_shape *out,
	struct pod *pod)
{
	const json_t *volumes = json_path(spec, "volumes");
	size_t size = json_array_size(volumes), i;
	json_t *v;

	out->claims = size ? arena_alloc(a, size * sizeof *out->claims) : NULL;
	json_array_foreach((json_t *)volumes, i, v) {
		const char *claim = json_str(v, "persistentVolumeClaim.claimName");
		if (claim)
			out->claims[out->nclaims++] = claim;
		if (json_path(v, "emptyDir"))
			pod->flags |= POD_LOCAL_DATA;
	}
}

static bool has_items(const json_t *j, const char *path)
{
	return json_array_size(json_path(j, path)) > 0;
}

static void decode_shape(struct arena *a, const json_t *spec, struct pod_shape *out,
	struct pod *pod)
{
#define REQUIRED ".requiredDuringSchedulingIgnoredDuringExecution"
	const json_t *containers = json_path(spec, "containers");

	*out = (struct pod_shape){
		.pod_affinity = has_items(spec, "affinity.podAffinity" REQUIRED),
		.pod_anti_affinity = has_items(spec, "affinity.podAntiAffinity" REQUIRED),
		.topology_spread = has_items(spec, "topologySpreadConstraints"),
		.priority_class = json_str(spec, "priorityClassName"),
		.scheduler_name = json_str(spec, "schedulerName"),
		.priority = decode_i32(spec, "priority", 0),
	};
	shape_tolerations(a, spec, out);
	out->node_selector = decode_labels(a, json_path(spec, "nodeSelector"),
		&out->nnode_selector);
	shape_node_affinity(a, spec, out);
	out->nhost_ports = ports_read(containers, NULL);
	if (out->nhost_ports) {
		out->host_ports = arena_alloc(a, out->nhost_ports * sizeof *out->host_ports);
		ports_read(containers, out->host_ports);
	}
	shape_volumes(a, spec, out, pod);
	pod_requests(a, spec, out);
}

/* ---- what is shown ---- */

/*
 * The controller.  A ReplicaSet whose name is NAME-HASH, with HASH the pod's
 * pod-template-hash, was made by the Deployment NAME.
 */
static void pod_owner(struct arena *a, const json_t *j, struct pod *out)
{
	const json_t *owner = NULL;
	size_t i;
	json_t *ref;

	json_array_foreach(json_path(j, "metadata.ownerReferences"), i, ref) {
		if (json_bool(ref, "controller", false))
			owner = ref;
	}
	if (!owner)
		return;
	out->owner_kind = json_str(owner, "kind");
	out->owner_name = json_str(owner, "name");
	if (str_eq(out->owner_kind, "DaemonSet"))
		out->flags |= POD_DAEMON;
	const char *hash = decode_label(out->labels, out->nlabels, "pod-template-hash");
	if (!str_eq(out->owner_kind, "ReplicaSet") || str_empty(hash) || !out->owner_name)
		return;
	size_t n = strlen(out->owner_name), tail = strlen(hash) + 1;
	if (n > tail && str_ends(out->owner_name, hash) && out->owner_name[n - tail] == '-') {
		out->owner_kind = "Deployment";
		out->owner_name = arena_strndup(a, out->owner_name, n - tail);
	}
}

static bool is_usual_wait(const char *reason)
{
	return str_eq(reason, "PodInitializing") || str_eq(reason, "ContainerCreating");
}

/* The first container that waits for a reason of its own, else the first that waits. */
static void statuses_read(const json_t *list, struct pod *out)
{
	size_t i;
	json_t *c;

	json_array_foreach((json_t *)list, i, c) {
		const json_t *waiting = json_path(c, "state.waiting");
		const char *reason = json_str(waiting, "reason");
		if (!reason)
			continue;
		if (out->waiting_reason &&
		    (!is_usual_wait(out->waiting_reason) || is_usual_wait(reason)))
			continue;
		out->waiting_reason = reason;
		out->waiting_message = json_str(waiting, "message");
	}
}

static int32_t restarts_count(const json_t *list)
{
	int64_t n = 0;
	size_t i;
	json_t *c;

	json_array_foreach((json_t *)list, i, c)
		n += decode_i32(c, "restartCount", 0);
	return n > INT32_MAX ? INT32_MAX : (int32_t)n;
}

static void pod_conditions(const json_t *j, struct pod *out)
{
	const void *scheduled = decode_condition(j, "PodScheduled");
	enum tri state = decode_condition_state(scheduled);

	if (decode_condition_state(decode_condition(j, "Ready")) == TRI_YES)
		out->flags |= POD_READY;
	if (state == TRI_YES) {
		out->flags |= POD_SCHEDULED;
		out->scheduled_at = decode_stamp(scheduled, "lastTransitionTime");
	} else if (state == TRI_NO) {
		out->sched_reason = json_str(scheduled, "reason");
		out->sched_message = json_str(scheduled, "message");
	}
	if (has_items(j, "spec.schedulingGates") || str_eq(out->sched_reason, "SchedulingGated"))
		out->flags |= POD_GATED;
}

static void pod_flags(const json_t *j, const struct pod_shape *shape, struct pod *out)
{
	if (json_bool(j, "spec.hostNetwork", false))
		out->flags |= POD_HOST_NETWORK;
	if (json_path(j, "metadata.annotations.[kubernetes.io/config.mirror]"))
		out->flags |= POD_MIRROR;
	if (str_eq(shape->priority_class, "system-node-critical") ||
	    str_eq(shape->priority_class, "system-cluster-critical"))
		out->flags |= POD_CRITICAL;
}

static const char *some(const char *s)
{
	return str_empty(s) ? NULL : s;
}

void decode_pod(struct arena *a, const void *jv, struct pod *out, struct pod_shape *shape)
{
	const json_t *j = jv;
	const json_t *status = json_path(j, "status");

	*out = (struct pod){
		.ns = json_str(j, "metadata.namespace"),
		.name = json_str(j, "metadata.name"),
		.uid = json_str(j, "metadata.uid"),
		.node = some(json_str(j, "spec.nodeName")),
		.nominated = some(json_str(status, "nominatedNodeName")),
		.phase = pod_phase(json_str(status, "phase")),
		.status_reason = some(json_str(status, "reason")),
		.status_message = some(json_str(status, "message")),
		.ip = some(json_str(status, "podIP")),
		.restarts = restarts_count(json_path(status, "containerStatuses")),
		.created = decode_stamp(j, "metadata.creationTimestamp"),
		.started_at = decode_stamp(status, "startTime"),
		.deletion = decode_stamp(j, "metadata.deletionTimestamp"),
		.grace_s = decode_i32(j, "spec.terminationGracePeriodSeconds", -1),
	};
	out->grace_s = decode_i32(j, "metadata.deletionGracePeriodSeconds", out->grace_s);
	out->labels = decode_labels(a, json_path(j, "metadata.labels"), &out->nlabels);
	decode_shape(a, json_path(j, "spec"), shape, out);
	pod_owner(a, j, out);
	pod_conditions(j, out);
	pod_flags(j, shape, out);
	statuses_read(json_path(status, "initContainerStatuses"), out);
	statuses_read(json_path(status, "containerStatuses"), out);
}
