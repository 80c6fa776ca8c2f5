/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Node objects: what a kubelet registers, its static pods, and what becomes of
 * a node whose instance is gone (cloud controller, then the pod collector).
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "core/rules/eni.h"
#include "lab/fault.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

#define NOT_READY "node.kubernetes.io/not-ready"
#define OLD_KUBELET "v1.29.15" /* of FAULT_KUBELET_OLD: five minor versions behind */
#define CONTROL_PLANE "node-role.kubernetes.io/control-plane"

struct static_row {
	const char *name, *image, *app, *cpu, *priority;
	bool control_only;
};
static const struct static_row statics[] = {
	{ "etcd-manager-events", "registry.k8s.io/etcd-manager/etcd-manager-slim:v3.0.20250917",
		"etcd-manager-events", "100m", "system-cluster-critical", true },
	{ "etcd-manager-main", "registry.k8s.io/etcd-manager/etcd-manager-slim:v3.0.20250917",
		"etcd-manager-main", "200m", "system-cluster-critical", true },
	{ "kube-apiserver", "registry.k8s.io/kube-apiserver:v1.34.2", "kube-apiserver", "150m",
		"system-cluster-critical", true },
	{ "kube-controller-manager", "registry.k8s.io/kube-controller-manager:v1.34.2",
		"kube-controller-manager", "100m", "system-cluster-critical", true },
	{ "kube-proxy", "registry.k8s.io/kube-proxy:v1.34.2", "kube-proxy", "100m",
		"system-node-critical", false },
	{ "kube-scheduler", "registry.k8s.io/kube-scheduler:v1.34.2", "kube-scheduler", "100m",
		"system-cluster-critical", true },
};

static int32_t kubelet_max_pods(const struct lab_instance *i)
{
	char number[24];
	struct eni_result r = { .kops = 110 };
	snprintf(number, sizeof(number), "%lld", (long long)i->template_version);
	const struct lab_template_version *v = lab_template_version(i->template, number);
	if (v && v->max_pods > 0)
		return v->max_pods;
	if (v && v->max_pods == 0)
		return 110; /* kops leaves an explicit 0 out: the kubelet's own default */
	const struct eni_limits *l = eni_lookup(i->type);
	if (l)
		eni_compute(l, &(struct eni_mode){ .prefix = false }, &r);
	return r.kops;
}

static json_t *node_labels(const struct world *w, const struct lab_instance *i, bool control)
{
	json_t *l = json_object();
	const char *const pairs[][2] = {
		{ "beta.kubernetes.io/arch", "amd64" },
		{ "beta.kubernetes.io/instance-type", i->type },
		{ "beta.kubernetes.io/os", "linux" },
		{ "failure-domain.beta.kubernetes.io/region", w->region },
		{ "failure-domain.beta.kubernetes.io/zone", i->subnet->zone },
		{ "kops.k8s.io/instancegroup", i->group },
		{ "kubernetes.io/arch", "amd64" },
		{ "kubernetes.io/hostname", i->id },
		{ "kubernetes.io/os", "linux" },
		{ control ? CONTROL_PLANE : "node-role.kubernetes.io/node", "" },
		{ "node.kubernetes.io/instance-type", i->type },
		{ "topology.kubernetes.io/region", w->region },
		{ "topology.kubernetes.io/zone", i->subnet->zone },
	};
	for (size_t k = 0; k < sizeof(pairs) / sizeof(pairs[0]); k++)
		json_object_set_new(l, pairs[k][0], json_string(pairs[k][1]));
	if (control) {
		json_object_set_new(l, "kops.k8s.io/kops-controller-pki", json_string(""));
		json_object_set_new(l, "node.kubernetes.io/exclude-from-external-load-balancers",
			json_string(""));
	}
	return l;
}

static json_t *node_resources(const struct lab_instance *i, bool allocatable)
{
	const struct eni_limits *l = eni_lookup(i->type);
	int vcpus = l && l->vcpus > 0 ? l->vcpus : 2;
	/* 2 GiB per vCPU less what the kernel keeps; the kubelet reserves 70m and 100 MiB + ... */
	long long kib = (long long)vcpus * 1959852;
	json_t *j = json_pack("{s:s, s:s, s:s}", "ephemeral-storage",
		allocatable ? "119703055367" : "129886128Ki", "hugepages-1Gi", "0", "hugepages-2Mi",
		"0");
	json_object_set_new(j, "cpu", allocatable ? json_sprintf("%dm", vcpus * 1000 - 70) :
		json_sprintf("%d", vcpus));
	json_object_set_new(j, "memory", json_sprintf("%lldKi", allocatable ? kib - 249548 : kib));
	json_object_set_new(j, "pods", json_sprintf("%d", (int)i->max_pods));
	return j;
}

static json_t *node_info(struct world *w)
{
	char hex[33], system[37], boot[37];
	world_hex(w, hex, 32);
	world_uuid(w, system);
	world_uuid(w, boot);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "machineID", hex,
		"systemUUID", system, "bootID", boot, "kernelVersion", "6.8.0-1039-aws", "osImage",
		"Ubuntu 24.04.3 LTS", "containerRuntimeVersion", "containerd://2.1.4",
		"kubeletVersion", lab_fault_is_on(w->faults, FAULT_KUBELET_OLD) ? OLD_KUBELET :
			w->kube_version, "kubeProxyVersion", "", "operatingSystem",
		"linux",
		"architecture", "amd64");
}

static json_t *node_taints(bool control)
{
	json_t *l = json_array();
	if (control)
		json_array_append_new(l, json_pack("{s:s, s:s}", "effect", "NoSchedule", "key",
			CONTROL_PLANE));
	json_array_append_new(l, json_pack("{s:s, s:s}", "effect", "NoSchedule", "key", NOT_READY));
	return l;
}

static void node_conditions(struct world *w, json_t *node, bool ready)
{
	static const char *const pressures[][3] = {
		{ "MemoryPressure", "KubeletHasSufficientMemory",
			"kubelet has sufficient memory available" },
		{ "DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure" },
		{ "PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID "
		"available" },
	};
	char stamp[40];
	size_t i;
	json_t *c;
	for (size_t k = 0; k < 3; k++)
		sim_condition(w, node, pressures[k][0], false, pressures[k][1], pressures[k][2]);
	sim_condition(w, node, "Ready", ready, ready ? "KubeletReady" : "KubeletNotReady",
		ready ? "kubelet is posting ready status" :
		lab_fault_is_on(w->faults, FAULT_KUBELET_OLD) ? "failed to initialize CSINode: "
		"error updating CSINode annotation: timed out waiting for the condition; caused "
		"by: the server could not find the requested resource" :
		"container runtime network not ready: "
		"NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns "
		"error: "
		"cni plugin not initialized");
	kube_stamp(w, stamp);
	json_array_foreach(json_path(node, "status.conditions"), i, c)
		json_object_set_new(c, "lastHeartbeatTime", json_string(stamp));
}

/* Those that are missing: also what a kubelet does when somebody deleted a mirror pod. */
static void static_pods_start(struct world *w, const struct kobj *node, bool control)
{
	char hex[33];
	for (size_t k = 0; k < sizeof(statics) / sizeof(statics[0]); k++) {
		const struct static_row *r = &statics[k];
		if (r->control_only && !control)
			continue;
		char *name = xasprintf("%s-%s", r->name, node->name);
		bool there = kube_find(w->kube, KUBE_PODS, "kube-system", name);
		free(name);
		if (there)
			continue;
		world_hex(w, hex, 32);
		json_t *j = json_pack("{s:{s:o, s:s, s:{s:s}, s:{s:s, s:s, s:s}, "
			"s:[{s:s,s:s,s:s,s:s,s:b}]}}",
			"metadata", "name", json_sprintf("%s-%s", r->name, node->name), "namespace",
			"kube-system", "labels", "k8s-app", r->app, "annotations",
			"kubernetes.io/config.hash", hex, "kubernetes.io/config.mirror", hex,
			"kubernetes.io/config.source", "file", "ownerReferences", "apiVersion",
			"v1",
			"kind", "Node", "name", node->name, "uid", node->uid, "controller", 1);
		json_object_set_new(j, "spec", json_pack("{s:s, s:b, s:s, s:[{s:s}], s:[{s:s, s:s, "
			"s:{s:{s:s}}}]}", "nodeName", node->name, "hostNetwork", 1,
			"priorityClassName",
			r->priority, "tolerations", "operator", "Exists", "containers", "name",
			r->name,
			"image", r->image, "resources", "requests", "cpu", r->cpu));
		kube_default(w, kube_resource(KUBE_PODS), j);
		kube_create(w->kube, KUBE_PODS, j);
	}
}

void sim_node_register(struct world *w, struct lab_instance *i)
{
	bool control = strcmp(i->role, "control-plane") == 0;
	i->max_pods = kubelet_max_pods(i);
	json_t *j = json_pack("{s:{s:s, s:o, s:{s:s}}, s:{s:o, s:o}, s:{s:[{s:s, s:s}, {s:s, s:s}, "
		"{s:s, s:s}], s:o, s:o, s:o, s:{s:{s:i}}}}", "metadata", "name", i->id, "labels",
		node_labels(w, i, control), "annotations",
		"volumes.kubernetes.io/controller-managed-attach-detach", "true", "spec",
		"providerID",
		json_sprintf("aws:///%s/%s", i->subnet->zone, i->id), "taints",
		node_taints(control),
		"status", "addresses", "address", i->private_ip, "type", "InternalIP", "address",
		i->id,
		"type", "Hostname", "address", i->private_dns, "type", "InternalDNS", "allocatable",
		node_resources(i, true), "capacity", node_resources(i, false), "nodeInfo",
		node_info(w), "daemonEndpoints", "kubeletEndpoint", "Port", 10250);
	node_conditions(w, j, false);
	struct kobj *o = kube_create(w->kube, KUBE_NODES, j);
	if (!o)
		return;
	sim_event(w, o, "Normal", "RegisteredNode", "node-controller",
		"Node %s event: Registered Node %s in Controller", o->name, o->name);
	if (!w->still)
		static_pods_start(w, o, control);
	sim_kick(w, SIM_LEASES, 100);
}

void sim_node_ready(struct world *w, const char *name, bool ready)
{
	struct kobj *o = kube_find(w->kube, KUBE_NODES, "", name);
	if (!o)
		return;
	json_t *j = kube_edit(o);
	json_t *taints = json_path(j, "spec.taints");
	node_conditions(w, j, ready);
	for (size_t k = json_array_size(taints); ready && k-- > 0;) {
		if (str_eq(json_str(json_array_get(taints, k), "key"), NOT_READY))
			json_array_remove(taints, k);
	}
	if (taints && json_array_size(taints) == 0)
		json_object_del(json_object_get(j, "spec"), "taints");
	kube_commit(w->kube, o, j);
	sim_event(w, o, "Normal", ready ? "NodeReady" : "NodeNotReady", "kubelet",
		"Node %s status is now: %s", o->name, ready ? "NodeReady" : "NodeNotReady");
}

void sim_nodes_run(struct world *w)
{
	for (size_t k = kube_count(w->kube, KUBE_NODES); k-- > 0;) {
		struct kobj *o = kube_at(w->kube, KUBE_NODES, k);
		const struct lab_instance *i = lab_instance_find(w, o->name);
		if (i && (i->state == LAB_PENDING || i->state == LAB_RUNNING)) {
			static_pods_start(w, o, strcmp(i->role, "control-plane") == 0);
			continue;
		}
		sim_event(w, o, "Normal", "DeletingNode", "cloud-node-lifecycle-controller",
			"Deleting node %s because it does not exist in the cloud provider",
			o->name);
		kube_remove(w->kube, o);
	}
	for (size_t k = kube_count(w->kube, KUBE_PODS); k-- > 0;) {
		struct kobj *o = kube_at(w->kube, KUBE_PODS, k);
		const char *node = json_str(o->json, "spec.nodeName");
		if (node && !kube_find(w->kube, KUBE_NODES, "", node))
			kube_remove(w->kube, o);
	}
}
