/* SPDX-License-Identifier: Apache-2.0 */
/* Deployments, DaemonSets, PodDisruptionBudgets and events. */
#include "core/base/json.h"
#include "core/base/strs.h"
#include "k8s/decode-parts.h"

void decode_deployment(struct arena *a, const void *jv, struct deployment *out)
{
	const json_t *j = jv;
	/* The server leaves counts of zero out of a status that it has written. */
	int32_t none = json_path(j, "status.observedGeneration") ? 0 : -1;

	*out = (struct deployment){
		.ns = json_str(j, "metadata.namespace"),
		.name = json_str(j, "metadata.name"),
		.uid = json_str(j, "metadata.uid"),
		.resource_version = json_str(j, "metadata.resourceVersion"),
		.replicas = decode_i32(j, "spec.replicas", 1),
		.ready = decode_i32(j, "status.readyReplicas", none),
		.updated = decode_i32(j, "status.updatedReplicas", none),
		.available = decode_i32(j, "status.availableReplicas", none),
		.unavailable = decode_i32(j, "status.unavailableReplicas", none),
		.existing = decode_i32(j, "status.replicas", none),
		.created = decode_stamp(j, "metadata.creationTimestamp"),
		.generation = json_int(j, "metadata.generation", -1),
		.observed_generation = json_int(j, "status.observedGeneration", -1),
	};
	out->selector = decode_labels(a, json_path(j, "spec.selector.matchLabels"),
		&out->nselector);
	const void *failure = decode_condition(j, "ReplicaFailure");
	if (decode_condition_state(failure) == TRI_YES) {
		out->failure = json_str(failure, "message");
		out->failing_since = decode_stamp(failure, "lastTransitionTime");
	}
}

/* The env of kube-system/aws-node's container, without what comes from references. */
static void daemonset_env(struct arena *a, const json_t *j, struct daemonset *out)
{
	size_t i, k;
	json_t *container, *var;

	json_array_foreach(json_path(j, "spec.template.spec.containers"), i, container) {
		if (!str_eq(json_str(container, "name"), "aws-node"))
			continue;
		const json_t *env = json_path(container, "env");
		out->env = arena_alloc(a, (json_array_size(env) + 1) * sizeof *out->env);
		json_array_foreach((json_t *)env, k, var) {
			const char *name = json_str(var, "name");
			const char *value = json_str(var, "value");
			if (!name || json_path(var, "valueFrom"))
				continue;
			out->env[out->nenv++] = (struct env_entry){
				.name = name, .value = value ? value : "",
			};
		}
		return;
	}
}

void decode_daemonset(struct arena *a, const void *jv, struct daemonset *out)
{
	const json_t *j = jv;
	const json_t *containers = json_path(j, "spec.template.spec.containers");
	int32_t none = json_path(j, "status.desiredNumberScheduled") ? 0 : -1;

	*out = (struct daemonset){
		.ns = json_str(j, "metadata.namespace"),
		.name = json_str(j, "metadata.name"),
		.resource_version = json_str(j, "metadata.resourceVersion"),
		.desired = decode_i32(j, "status.desiredNumberScheduled", -1),
		.current = decode_i32(j, "status.currentNumberScheduled", none),
		.ready = decode_i32(j, "status.numberReady", none),
		.updated = decode_i32(j, "status.updatedNumberScheduled", none),
		.available = decode_i32(j, "status.numberAvailable", none),
		.generation = json_int(j, "metadata.generation", -1),
		.observed_generation = json_int(j, "status.observedGeneration", -1),
		.image = json_str(json_array_get(containers, 0), "image"),
	};
	if (str_eq(out->ns, "kube-system") && str_eq(out->name, "aws-node"))
		daemonset_env(a, j, out);
}

void decode_pdb(struct arena *a, const void *jv, struct pdb *out)
{
	const json_t *j = jv;
	/* Until the controller has looked, zeros mean nothing. */
	bool seen = json_path(j, "status.observedGeneration") ||
		json_path(j, "status.expectedPods");
	int32_t none = seen ? 0 : -1;

	*out = (struct pdb){
		.ns = json_str(j, "metadata.namespace"),
		.name = json_str(j, "metadata.name"),
		.min_available = decode_int_or_text(a, j, "spec.minAvailable"),
		.max_unavailable = decode_int_or_text(a, j, "spec.maxUnavailable"),
		.disruptions_allowed = decode_i32(j, "status.disruptionsAllowed", none),
		.current_healthy = decode_i32(j, "status.currentHealthy", none),
		.desired_healthy = decode_i32(j, "status.desiredHealthy", none),
		.expected_pods = decode_i32(j, "status.expectedPods", none),
		.selector_complex =
			json_array_size(json_path(j, "spec.selector.matchExpressions")) > 0,
	};
	out->selector = decode_labels(a, json_path(j, "spec.selector.matchLabels"),
		&out->nselector);
}

static const char *first_str(const json_t *j, const char *a, const char *b)
{
	const char *v = json_str(j, a);

	return str_empty(v) ? json_str(j, b) : v;
}

/*
 * Either of the two shapes of the one store.  The time is the latest that any
 * writer of events sets: the scheduler leaves the core shape's stamps null.
 */
static int64_t event_time(const json_t *j)
{
	static const char *const paths[] = {
		"series.lastObservedTime", "lastTimestamp", "deprecatedLastTimestamp",
		"eventTime", "metadata.creationTimestamp",
	};
	int64_t at = 0;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		int64_t t = decode_stamp(j, paths[i]);
		if (t > at)
			at = t;
	}
	return at;
}

static int32_t event_count(const json_t *j)
{
	static const char *const paths[] = { "series.count", "count", "deprecatedCount" };

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		int32_t n = decode_i32(j, paths[i], 0);
		if (n > 0)
			return n;
	}
	return 1;
}

void decode_event(struct arena *a, const void *jv, struct event *out)
{
	const json_t *j = jv;
	const json_t *about = json_path(j, "involvedObject");

	if (!about)
		about = json_path(j, "regarding");
	*out = (struct event){
		.ns = json_str(about, "namespace"),
		.uid = json_str(j, "metadata.uid"),
		.kind = json_str(about, "kind"),
		.name = json_str(about, "name"),
		.type = json_str(j, "type"),
		.reason = json_str(j, "reason"),
		.message = first_str(j, "message", "note"),
		.source = first_str(j, "source.component", "reportingComponent"),
		.count = event_count(j),
		.at = event_time(j),
	};
	if (str_empty(out->source))
		out->source = first_str(j, "reportingController", "deprecatedSource.component");
}
