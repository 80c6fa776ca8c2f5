/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of pods and nodes, as pkg/printers/internalversion words them. */
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/kube/table.h"

static void *pod_ready(struct world *w, const void *j)
{
	size_t i, ready = 0;
	json_t *c;
	json_array_foreach(json_path(j, "status.containerStatuses"), i, c)
		ready += json_is_true(json_object_get(c, "ready"));
	return json_sprintf("%zu/%zu", ready, json_array_size(json_path(j, "spec.containers")));
}

static const char *container_reason(const json_t *j)
{
	size_t i;
	json_t *c;
	const char *reason = NULL;
	json_array_foreach(json_path(j, "status.containerStatuses"), i, c) {
		const char *waiting = json_str(c, "state.waiting.reason");
		const char *ended = json_str(c, "state.terminated.reason");
		reason = waiting ? waiting : ended ? ended : reason;
	}
	return reason;
}

static void *pod_status(struct world *w, const void *j)
{
	size_t i;
	json_t *c;
	const char *reason = json_str(j, "status.reason");
	if (!reason)
		reason = container_reason(j);
	json_array_foreach(json_path(j, "status.conditions"), i, c) {
		if (!reason && str_eq(json_str(c, "reason"), "SchedulingGated"))
			reason = "SchedulingGated";
	}
	if (!reason)
		reason = json_str(j, "status.phase");
	if (json_str(j, "metadata.deletionTimestamp"))
		reason = "Terminating";
	return json_string(reason ? reason : "Unknown");
}

static void *pod_restarts(struct world *w, const void *j)
{
	size_t i;
	json_t *c;
	json_int_t n = 0;
	json_array_foreach(json_path(j, "status.containerStatuses"), i, c)
		n += (json_int_t)json_int(c, "restartCount", 0);
	return json_sprintf("%lld", (long long)n);
}

static void *pod_ip(struct world *w, const void *j)
{
	return cell_text(json_str(j, "status.podIP"));
}

static void *pod_node(struct world *w, const void *j)
{
	return cell_text(json_str(j, "spec.nodeName"));
}

static void *pod_nominated(struct world *w, const void *j)
{
	return cell_text(json_str(j, "status.nominatedNodeName"));
}

static void *pod_gates(struct world *w, const void *j)
{
	return cell_text(NULL);
}

static const struct table_column pods[] = {
	{ "Name", NULL, false, cell_name },
	{ "Ready", NULL, false, pod_ready },
	{ "Status", NULL, false, pod_status },
	{ "Restarts", NULL, false, pod_restarts },
	{ "Age", NULL, false, cell_age },
	{ "IP", NULL, true, pod_ip },
	{ "Node", NULL, true, pod_node },
	{ "Nominated Node", NULL, true, pod_nominated },
	{ "Readiness Gates", NULL, true, pod_gates },
	{ NULL, NULL, false, NULL },
};

const struct table_column *table_columns_pods(void)
{
	return pods;
}

static void *node_status(struct world *w, const void *j)
{
	size_t i;
	json_t *c;
	const char *ready = "Unknown";
	json_array_foreach(json_path(j, "status.conditions"), i, c) {
		if (str_eq(json_str(c, "type"), "Ready"))
			ready = str_eq(json_str(c, "status"), "True") ? "Ready" : "NotReady";
	}
	return json_sprintf("%s%s", ready,
		json_is_true(json_path(j, "spec.unschedulable")) ? ",SchedulingDisabled" : "");
}

static void *node_roles(struct world *w, const void *j)
{
	static const char prefix[] = "node-role.kubernetes.io/";
	struct buf b = BUF_INIT;
	const char *key;
	json_t *v;
	json_object_foreach(json_path(j, "metadata.labels"), key, v) {
		if (str_starts(key, prefix))
			buf_addf(&b, "%s%s", b.len ? "," : "", key + sizeof(prefix) - 1);
	}
	json_t *out = cell_text(buf_str(&b));
	buf_release(&b);
	return out;
}

static const char *node_address(const json_t *j, const char *type)
{
	size_t i;
	json_t *a;
	json_array_foreach(json_path(j, "status.addresses"), i, a) {
		if (str_eq(json_str(a, "type"), type))
			return json_str(a, "address");
	}
	return NULL;
}

static void *node_internal(struct world *w, const void *j)
{
	return cell_text(node_address(j, "InternalIP"));
}

static void *node_external(struct world *w, const void *j)
{
	return cell_text(node_address(j, "ExternalIP"));
}

#define NODE_INFO(name, path) \
	static void *name(struct world *w, const void *j) \
	{ return cell_text(json_str(j, "status.nodeInfo." path)); }
NODE_INFO(node_version, "kubeletVersion")
NODE_INFO(node_os, "osImage")
NODE_INFO(node_kernel, "kernelVersion")
NODE_INFO(node_runtime, "containerRuntimeVersion")

static const struct table_column nodes[] = {
	{ "Name", NULL, false, cell_name },
	{ "Status", NULL, false, node_status },
	{ "Roles", NULL, false, node_roles },
	{ "Age", NULL, false, cell_age },
	{ "Version", NULL, false, node_version },
	{ "Internal-IP", NULL, true, node_internal },
	{ "External-IP", NULL, true, node_external },
	{ "OS-Image", NULL, true, node_os },
	{ "Kernel-Version", NULL, true, node_kernel },
	{ "Container-Runtime", NULL, true, node_runtime },
	{ NULL, NULL, false, NULL },
};

const struct table_column *table_columns_nodes(void)
{
	return nodes;
}
