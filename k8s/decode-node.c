/* SPDX-License-Identifier: Apache-2.0 */
/* A Node, as far as kopscope shows it or reasons on it. */
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "k8s/decode-parts.h"
#include "k8s/quantity.h"

/* What kops and others write on nodes, in the order of precedence. */
static const struct {
	const char *key, *value; /* value NULL: any */
	enum role role;
} roles[] = {
	{ "node-role.kubernetes.io/control-plane", NULL, ROLE_CONTROL_PLANE },
	{ "node-role.kubernetes.io/master", NULL, ROLE_CONTROL_PLANE },
	{ "node-role.kubernetes.io/api-server", NULL, ROLE_APISERVER },
	{ "node-role.kubernetes.io/node", NULL, ROLE_NODE },
	{ "kubernetes.io/role", "master", ROLE_CONTROL_PLANE },
	{ "kubernetes.io/role", "node", ROLE_NODE },
};

static enum role node_role(const struct node *n)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
		const char *value = decode_label(n->labels, n->nlabels, roles[i].key);
		if (value && (!roles[i].value || str_eq(value, roles[i].value)))
			return roles[i].role;
	}
	return ROLE_UNKNOWN;
}

static const char *label_either(const struct node *n, const char *key, const char *old_key)
{
	const char *v = decode_label(n->labels, n->nlabels, key);

	return v ? v : decode_label(n->labels, n->nlabels, old_key);
}

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

/* The last part of "aws:///ap-northeast-2a/i-0123"; NULL when there is none. */
static const char *provider_tail(const char *id)
{
	const char *slash = id ? strrchr(id, '/') : NULL;

	if (!id || !*id)
		return NULL;
	return slash ? slash + 1 : id;
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
		.instance_id = provider_tail(json_str(j, "spec.providerID")),
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
	out->role = node_role(out);
	out->group = decode_label(out->labels, out->nlabels, "kops.k8s.io/instancegroup");
	out->type = label_either(out, "node.kubernetes.io/instance-type",
		"beta.kubernetes.io/instance-type");
	out->zone = label_either(out, "topology.kubernetes.io/zone",
		"failure-domain.beta.kubernetes.io/zone");
	if (out->ready == TRI_YES)
		out->ready_since = decode_stamp(ready, "lastTransitionTime");
	else
		out->ready_reason = json_str(ready, "reason");
}
