/* SPDX-License-Identifier: Apache-2.0 */
/* A Node, as far as kopscope shows it or reasons on it. */
#include "core/base/json.h"
#include "core/base/strs.h"
#include "k8s/decode-parts.h"
#include "k8s/derive.h"
#include "k8s/quantity.h"

static const char *node_ip(const json_t *j)
{
	size_t i;
	json_t *address;

	json_array_foreach(json_path(j, "status.addresses"), i, address) {
		if (str_eq(json_str(address, "type"), "InternalIP"))
			return json_str(address, "address");
	}
	return NULL;
}

/* Counts come as text or, from hand-made objects, as numbers. */
static int64_t resource(struct arena *a, const json_t *j, const char *path, bool milli)
{
	int64_t v = -1;
	const char *text = decode_int_or_text(a, j, path);

	if (milli)
		quantity_milli(text, &v);
	else
		quantity_value(text, &v);
	return v;
}

void decode_node(struct arena *a, const void *jv, struct node *out)
{
	const json_t *j = jv;
	const void *ready = decode_condition(j, "Ready");

	*out = (struct node){
		.name = json_str(j, "metadata.name"),
		.uid = json_str(j, "metadata.uid"),
		.resource_version = json_str(j, "metadata.resourceVersion"),
		.instance_id = derive_instance(json_str(j, "spec.providerID")),
		.internal_ip = node_ip(j),
		.kubelet_version = json_str(j, "status.nodeInfo.kubeletVersion"),
		.unschedulable = json_bool(j, "spec.unschedulable", false),
		.needs_update =
			json_path(j, "metadata.annotations.[kops.k8s.io/needs-update]") != NULL,
		.ready = decode_condition_state(ready),
		.network_unavailable =
			decode_condition_state(decode_condition(j, "NetworkUnavailable")),
		.capacity_pods = resource(a, j, "status.capacity.pods", false),
		.alloc_pods = resource(a, j, "status.allocatable.pods", false),
		.alloc_cpu_milli = resource(a, j, "status.allocatable.cpu", true),
		.alloc_memory = resource(a, j, "status.allocatable.memory", false),
		.created = decode_stamp(j, "metadata.creationTimestamp"),
	};
	out->labels = decode_labels(a, json_path(j, "metadata.labels"), &out->nlabels);
	out->taints = decode_taints(a, json_path(j, "spec.taints"), &out->ntaints);
	derive_node(out);
	if (out->ready == TRI_YES)
		out->ready_since = decode_stamp(ready, "lastTransitionTime");
	else
		out->ready_reason = json_str(ready, "reason");
}
