/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds. */
#include "lab/kube/resource.h"

#include <stdio.h>
#include <string.h>

static const struct kube_resource resources[KUBE_KIND__COUNT] = {
	[KUBE_NAMESPACES] = { .version = "v1", .plural = "namespaces", .singular = "namespace",
		.kind = "Namespace", .short_names = "ns", .status = true },
	[KUBE_NODES] = { .version = "v1", .plural = "nodes", .singular = "node", .kind = "Node",
		.short_names = "no", .status = true },
	[KUBE_PODS] = { .version = "v1", .plural = "pods", .singular = "pod", .kind = "Pod",
		.short_names = "po", .namespaced = true, .in_all = true, .status = true },
	[KUBE_SERVICES] = { .version = "v1", .plural = "services", .singular = "service",
		.kind = "Service", .short_names = "svc", .namespaced = true, .in_all = true,
		.status = true },
	[KUBE_ENDPOINTS] = { .version = "v1", .plural = "endpoints", .singular = "endpoints",
		.kind = "Endpoints", .short_names = "ep", .namespaced = true },
	[KUBE_CONFIGMAPS] = { .version = "v1", .plural = "configmaps", .singular = "configmap",
		.kind = "ConfigMap", .short_names = "cm", .namespaced = true },
	[KUBE_SECRETS] = { .version = "v1", .plural = "secrets", .singular = "secret",
		.kind = "Secret", .namespaced = true },
	[KUBE_SERVICEACCOUNTS] = { .version = "v1", .plural = "serviceaccounts",
		.singular = "serviceaccount", .kind = "ServiceAccount", .short_names = "sa",
		.namespaced = true },
	[KUBE_EVENTS] = { .version = "v1", .plural = "events", .singular = "event",
		.kind = "Event", .short_names = "ev", .namespaced = true },
	[KUBE_LIMITRANGES] = { .version = "v1", .plural = "limitranges", .singular = "limitrange",
		.kind = "LimitRange", .short_names = "limits", .namespaced = true },
	[KUBE_RESOURCEQUOTAS] = { .version = "v1", .plural = "resourcequotas",
		.singular = "resourcequota", .kind = "ResourceQuota", .short_names = "quota",
		.namespaced = true },
	[KUBE_PVCS] = { .version = "v1", .plural = "persistentvolumeclaims",
		.singular = "persistentvolumeclaim", .kind = "PersistentVolumeClaim",
		.short_names = "pvc", .namespaced = true, .status = true },
	[KUBE_DEPLOYMENTS] = { .group = "apps", .version = "v1", .plural = "deployments",
		.singular = "deployment", .kind = "Deployment", .short_names = "deploy",
		.namespaced = true, .in_all = true, .status = true, .scale = true,
		.generation = true },
	[KUBE_REPLICASETS] = { .group = "apps", .version = "v1", .plural = "replicasets",
		.singular = "replicaset", .kind = "ReplicaSet", .short_names = "rs",
		.namespaced = true, .in_all = true, .status = true, .scale = true,
		.generation = true },
	[KUBE_DAEMONSETS] = { .group = "apps", .version = "v1", .plural = "daemonsets",
		.singular = "daemonset", .kind = "DaemonSet", .short_names = "ds",
		.namespaced = true, .in_all = true, .status = true, .generation = true },
	[KUBE_STATEFULSETS] = { .group = "apps", .version = "v1", .plural = "statefulsets",
		.singular = "statefulset", .kind = "StatefulSet", .short_names = "sts",
		.namespaced = true, .in_all = true, .status = true, .scale = true,
		.generation = true },
	[KUBE_REVISIONS] = { .group = "apps", .version = "v1", .plural = "controllerrevisions",
		.singular = "controllerrevision", .kind = "ControllerRevision",
		.namespaced = true },
	[KUBE_PDBS] = { .group = "policy", .version = "v1", .plural = "poddisruptionbudgets",
		.singular = "poddisruptionbudget", .kind = "PodDisruptionBudget",
		.short_names = "pdb", .namespaced = true, .status = true, .generation = true },
	[KUBE_LEASES] = { .group = "coordination.k8s.io", .version = "v1", .plural = "leases",
		.singular = "lease", .kind = "Lease", .namespaced = true },
	[KUBE_PRIORITYCLASSES] = { .group = "scheduling.k8s.io", .version = "v1",
		.plural = "priorityclasses", .singular = "priorityclass", .kind = "PriorityClass",
		.short_names = "pc" },
	[KUBE_PVS] = { .version = "v1", .plural = "persistentvolumes",
		.singular = "persistentvolume", .kind = "PersistentVolume", .short_names = "pv",
		.status = true },
	[KUBE_STORAGECLASSES] = { .group = "storage.k8s.io", .version = "v1",
		.plural = "storageclasses", .singular = "storageclass", .kind = "StorageClass",
		.short_names = "sc" },
};

/* The rows above leave id and the core group's "" to be filled in here. */
static struct kube_resource filled[KUBE_KIND__COUNT];

const struct kube_resource *kube_resource(enum kube_kind id)
{
	if (!filled[id].plural) {
		filled[id] = resources[id];
		filled[id].id = id;
		if (!filled[id].group)
			filled[id].group = "";
	}
	return &filled[id];
}

const struct kube_resource *kube_resource_find(const char *group, const char *version,
	const char *plural)
{
	for (int i = 0; i < KUBE_KIND__COUNT; i++) {
		const struct kube_resource *r = kube_resource((enum kube_kind)i);
		if (strcmp(r->group, group) == 0 && strcmp(r->version, version) == 0 &&
		    strcmp(r->plural, plural) == 0)
			return r;
	}
	return NULL;
}

void kube_resource_api_version(const struct kube_resource *r, char out[64])
{
	snprintf(out, 64, "%s%s%s", r->group, r->group[0] ? "/" : "", r->version);
}
