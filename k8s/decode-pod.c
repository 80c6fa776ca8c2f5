/* SPDX-License-Identifier: Apache-2.0 */
/* A Pod: what is shown of it, and what the scheduler looks at. */
#include "core/base/json.h"
#include "core/base/strs.h"
#include "k8s/decode-parts.h"
#include "k8s/derive.h"
#include "k8s/quantity.h"

/* ---- requests ---- */

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

static void pod_requests(struct arena *a, const json_t *spec, struct pod_shape *out)
{
	struct requests r = { .sum = { 0, 0 } };
	struct amount overhead = { 0, 0 };
	size_t i;
	json_t *c;

	json_array_foreach(json_path(spec, "containers"), i, c)
		requests_container(&r, container_amount(a, c));
	json_array_foreach(json_path(spec, "initContainers"), i, c)
		requests_init_container(&r, container_amount(a, c),
			str_eq(json_str(c, "restartPolicy"), "Always"));
	struct amount sum = requests_sum(&r);
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
	for (i = 0; i < size; i++) {
		t = json_array_get(list, i);
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

	for (i = 0; out->reqs && i < json_array_size(list); i++) {
		r = json_array_get(list, i);
		struct requirement *q = &out->reqs[out->nreqs++];
		*q = (struct requirement){
			.key = json_str(r, "key"), .op = json_str(r, "operator"),
			.is_field = is_field,
		};
		q->values = decode_texts(a, json_path(r, "values"), &q->nvalues);
	}
}

struct selector_term *decode_node_terms(struct arena *a, const void *terms, size_t *count)
{
	size_t size = json_array_size(terms), i;
	struct selector_term *v = size ? arena_alloc(a, size * sizeof *v) : NULL;
	json_t *t;

	*count = size;
	for (i = 0; i < size; i++) {
		t = json_array_get(terms, i);
		const json_t *labels = json_path(t, "matchExpressions");
		const json_t *fields = json_path(t, "matchFields");
		size_t n = json_array_size(labels) + json_array_size(fields);
		v[i] = (struct selector_term){ .reqs = n ?
			arena_alloc(a, n * sizeof *v[i].reqs) : NULL };
		term_add(a, labels, false, &v[i]);
		term_add(a, fields, true, &v[i]);
	}
	return v;
}

static size_t ports_read(const json_t *containers, struct host_port *out)
{
	size_t n = 0, i, k;
	json_t *c, *port;

	json_array_foreach((json_t *)containers, i, c) {
		json_array_foreach(json_path(c, "ports"), k, port) {
			int32_t v = decode_i32(port, "hostPort", 0);
			if (v <= 0)
				continue;
			if (out)
				out[n] = derive_host_port(v, json_str(port, "protocol"),
					json_str(port, "hostIP"));
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
	for (i = 0; i < size; i++) {
		v = json_array_get(volumes, i);
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

/* matchLabels are requirements with one value; matchLabelKeys take the pod's own. */
static void term_selector(struct arena *a, const json_t *term, const struct pod *pod,
	struct pod_term *out)
{
	const json_t *selector = json_path(term, "labelSelector");
	const json_t *exprs = json_path(selector, "matchExpressions");
	size_t nlabels, nkeys;
	const struct label *labels = decode_labels(a, json_path(selector, "matchLabels"), &nlabels);
	const char **keys = decode_texts(a, json_path(term, "matchLabelKeys"), &nkeys);
	size_t n = nlabels + json_array_size(exprs) + nkeys;

	out->flags |= selector ? 0 : TERM_NO_SELECTOR;
	out->reqs = n ? arena_alloc(a, n * sizeof *out->reqs) : NULL;
	for (size_t i = 0; out->reqs && i < nlabels + nkeys; i++) {
		const char *key = i < nlabels ? labels[i].key : keys[i - nlabels];
		decode_require(a, key, i < nlabels ? labels[i].value :
			decode_label(pod->labels, pod->nlabels, key), out->reqs, &out->nreqs);
	}
	struct selector_term more = { .reqs = out->reqs, .nreqs = out->nreqs };
	term_add(a, exprs, false, &more);
	out->nreqs = more.nreqs;
}

static void term_namespaces(struct arena *a, const json_t *term, struct pod_term *out)
{
	const json_t *selector = json_path(term, "namespaceSelector");

	out->namespaces = decode_texts(a, json_path(term, "namespaces"), &out->nnamespaces);
	if (selector)
		out->flags |= json_path(selector, "matchLabels") ||
			json_path(selector, "matchExpressions") ? TERM_COMPLEX :
			TERM_ALL_NAMESPACES;
}

static struct pod_term *pod_terms(struct arena *a, const json_t *list, bool spread,
	const struct pod *pod, size_t *n)
{
	size_t size = json_array_size(list), i;
	struct pod_term *v = size ? arena_alloc(a, size * sizeof *v) : NULL;
	json_t *t;

	*n = 0;
	for (i = 0; i < size; i++) {
		t = json_array_get(list, i);
		if (spread && str_eq(json_str(t, "whenUnsatisfiable"), "ScheduleAnyway"))
			continue;
		struct pod_term *out = &v[(*n)++];
		*out = (struct pod_term){ .topology_key = json_str(t, "topologyKey"),
			.max_skew = decode_i32(t, "maxSkew", 0),
			.min_domains = decode_i32(t, "minDomains", 0) };
		term_selector(a, t, pod, out);
		term_namespaces(a, t, out);
		if (str_eq(json_str(t, "nodeTaintsPolicy"), "Honor"))
			out->flags |= TERM_HONOR_TAINTS;
		if (str_eq(json_str(t, "nodeAffinityPolicy"), "Ignore"))
			out->flags |= TERM_ANY_NODE;
	}
	return v;
}

static void decode_shape(struct arena *a, const json_t *spec, struct pod_shape *out,
	struct pod *pod)
{
#define REQUIRED ".requiredDuringSchedulingIgnoredDuringExecution"
	const json_t *containers = json_path(spec, "containers");

	*out = (struct pod_shape){
		.pod_affinity = has_items(spec, "affinity.podAffinity" REQUIRED),
		.pod_anti_affinity = has_items(spec, "affinity.podAntiAffinity" REQUIRED),
		.priority_class = json_str(spec, "priorityClassName"),
		.scheduler_name = json_str(spec, "schedulerName"),
		.priority = decode_i32(spec, "priority", 0),
	};
	out->near = pod_terms(a, json_path(spec, "affinity.podAffinity" REQUIRED), false, pod,
		&out->nnear);
	out->apart = pod_terms(a, json_path(spec, "affinity.podAntiAffinity" REQUIRED), false, pod,
		&out->napart);
	out->spread = pod_terms(a, json_path(spec, "topologySpreadConstraints"), true, pod,
		&out->nspread);
	out->topology_spread = out->nspread > 0;
	shape_tolerations(a, spec, out);
	out->node_selector = decode_labels(a, json_path(spec, "nodeSelector"),
		&out->nnode_selector);
	out->node_affinity = decode_node_terms(a, json_path(spec, "affinity.nodeAffinity" REQUIRED
		".nodeSelectorTerms"), &out->nnode_affinity);
	out->nhost_ports = ports_read(containers, NULL);
	if (out->nhost_ports) {
		out->host_ports = arena_alloc(a, out->nhost_ports * sizeof *out->host_ports);
		ports_read(containers, out->host_ports);
	}
	shape_volumes(a, spec, out, pod);
	pod_requests(a, spec, out);
}

/* ---- what is shown ---- */

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
	derive_owner(a, json_str(owner, "kind"), json_str(owner, "name"), out);
}

/* The first container that waits for a reason of its own, else the first that waits. */
static void statuses_read(const json_t *list, struct pod_trouble *out)
{
	size_t i;
	json_t *c;

	json_array_foreach((json_t *)list, i, c) {
		const json_t *waiting = json_path(c, "state.waiting");
		derive_waiting(json_str(waiting, "reason"), json_str(waiting, "message"), out);
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

/* As kops counts: a pod whose container is not ready is not, whatever its condition says. */
static bool containers_ready(const json_t *list)
{
	size_t i;
	json_t *c;

	json_array_foreach((json_t *)list, i, c) {
		if (!json_bool(c, "ready", false))
			return false;
	}
	return true;
}

static void pod_conditions(const json_t *j, struct pod *out, struct pod_trouble *trouble)
{
	const void *scheduled = decode_condition(j, "PodScheduled");
	enum tri state = decode_condition_state(scheduled);

	if (decode_condition_state(decode_condition(j, "Ready")) == TRI_YES &&
	    containers_ready(json_path(j, "status.containerStatuses")))
		out->flags |= POD_READY;
	if (state == TRI_YES) {
		out->flags |= POD_SCHEDULED;
		if (out->phase == POD_PENDING)
			trouble->scheduled_at = decode_stamp(scheduled, "lastTransitionTime");
	} else if (state == TRI_NO) {
		trouble->sched_reason = json_str(scheduled, "reason");
		trouble->sched_message = json_str(scheduled, "message");
	}
	if (has_items(j, "spec.schedulingGates"))
		out->flags |= POD_GATED;
}

static void pod_flags(const json_t *j, const struct pod_shape *shape, struct pod *out)
{
	if (json_bool(j, "spec.hostNetwork", false))
		out->flags |= POD_HOST_NETWORK;
	if (json_path(j, "metadata.annotations.[kubernetes.io/config.mirror]"))
		out->flags |= POD_MIRROR;
	derive_pod_flags(shape, out);
}

static const char *some(const char *s)
{
	return str_empty(s) ? NULL : s;
}

void decode_pod(struct arena *a, const void *jv, struct pod *out, struct pod_shape *shape,
	struct pod_trouble *trouble)
{
	const json_t *j = jv;
	const json_t *status = json_path(j, "status");

	*out = (struct pod){
		.ns = json_str(j, "metadata.namespace"),
		.name = json_str(j, "metadata.name"),
		.uid = json_str(j, "metadata.uid"),
		.node = some(json_str(j, "spec.nodeName")),
		.phase = derive_phase(json_str(status, "phase")),
		.ip = some(json_str(status, "podIP")),
		.restarts = restarts_count(json_path(status, "containerStatuses")),
		.created = decode_stamp(j, "metadata.creationTimestamp"),
		.deletion = decode_stamp(j, "metadata.deletionTimestamp"),
		.grace_s = decode_i32(j, "spec.terminationGracePeriodSeconds", -1),
		.trouble = trouble,
	};
	*trouble = (struct pod_trouble){
		.nominated = some(json_str(status, "nominatedNodeName")),
		.status_reason = some(json_str(status, "reason")),
		.status_message = some(json_str(status, "message")),
	};
	out->grace_s = decode_i32(j, "metadata.deletionGracePeriodSeconds", out->grace_s);
	size_t nlabels;
	out->labels = decode_labels(a, json_path(j, "metadata.labels"), &nlabels);
	out->nlabels = (uint32_t)nlabels;
	decode_shape(a, json_path(j, "spec"), shape, out);
	pod_owner(a, j, out);
	pod_conditions(j, out, trouble);
	pod_flags(j, shape, out);
	statuses_read(json_path(status, "initContainerStatuses"), trouble);
	statuses_read(json_path(status, "containerStatuses"), trouble);
}
