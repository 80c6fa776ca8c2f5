/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of the lab's Kubernetes API, one row each. */
#ifndef KOPSCOPE_LAB_KUBE_RESOURCE_H
#define KOPSCOPE_LAB_KUBE_RESOURCE_H

#include <stdbool.h>
#include <stddef.h>

enum kube_kind {
	KUBE_NAMESPACES, KUBE_NODES, KUBE_PODS, KUBE_SERVICES, KUBE_ENDPOINTS, KUBE_CONFIGMAPS,
	KUBE_SECRETS, KUBE_SERVICEACCOUNTS, KUBE_EVENTS, KUBE_LIMITRANGES, KUBE_RESOURCEQUOTAS,
	KUBE_PVCS, KUBE_DEPLOYMENTS, KUBE_REPLICASETS, KUBE_DAEMONSETS, KUBE_STATEFULSETS,
	KUBE_REVISIONS, KUBE_PDBS, KUBE_LEASES, KUBE_PRIORITYCLASSES, KUBE_PVS,
	KUBE_STORAGECLASSES, KUBE_KIND__COUNT
};

struct kube_resource {
	enum kube_kind id;
	const char *group; /* "" is the core group */
	const char *version;
	const char *plural, *singular, *kind;
	const char *short_names; /* comma-separated; NULL: none */
	bool namespaced, in_all; /* kubectl get all */
	bool status, scale;      /* subresources */
	bool generation;         /* metadata.generation counts changes of spec */
};

const struct kube_resource *kube_resource(enum kube_kind id);
const struct kube_resource *kube_resource_find(const char *group, const char *version,
	const char *plural);
/* "v1", "apps/v1"; out has room for 64. */
void kube_resource_api_version(const struct kube_resource *r, char out[64]);

#endif
