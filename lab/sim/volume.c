/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Volumes: a claim that waits and whose StorageClass is there gets a volume in
 * the zone of the pod that wants it, or of the first worker.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

#define ZONE "topology.kubernetes.io/zone"
#define DEFAULT_CLASS "storageclass.kubernetes.io/is-default-class"

static const struct kobj *class_of(struct kube *k, const json_t *claim)
{
	const char *name = json_str(claim, "spec.storageClassName");
	if (name)
		return kube_find(k, KUBE_STORAGECLASSES, "", name);
	for (size_t i = 0; i < kube_count(k, KUBE_STORAGECLASSES); i++) {
		const struct kobj *o = kube_at(k, KUBE_STORAGECLASSES, i);
		if (str_eq(json_str(o->json, "metadata.annotations.[" DEFAULT_CLASS "]"), "true"))
			return o;
	}
	return NULL;
}

/* Of the first worker that takes pods. */
static const char *zone_for(struct kube *k)
{
	for (size_t i = 0; i < kube_count(k, KUBE_NODES); i++) {
		const struct kobj *o = kube_at(k, KUBE_NODES, i);
		bool control = json_object_get(json_path(o->json, "metadata.labels"),
			"node-role.kubernetes.io/control-plane") != NULL;
		if (!control && sim_condition_is(o->json, "Ready") &&
		    !json_is_true(json_path(o->json, "spec.unschedulable")))
			return json_str(o->json, "metadata.labels.[" ZONE "]");
	}
	return NULL;
}

static void claim_bind(struct world *w, struct kobj *o, const struct kobj *class)
{
	const char *zone = zone_for(w->kube);
	const char *size = json_str(o->json, "spec.resources.requests.storage");
	if (!zone)
		return;
	char *name = xasprintf("pvc-%s", o->uid);
	json_t *pv = json_pack("{s:{s:s}, s:{s:{s:s}, s:[s], s:s, s:s, s:{s:s, s:s, s:s, s:s},"
		"s:{s:{s:[{s:[{s:s, s:s, s:[s]}]}]}}}, s:{s:s}}", "metadata", "name", name, "spec",
		"capacity", "storage", size ? size : "1Gi", "accessModes", "ReadWriteOnce",
		"persistentVolumeReclaimPolicy", "Delete", "storageClassName", class->name,
		"claimRef", "kind", "PersistentVolumeClaim", "namespace", o->ns, "name", o->name,
		"uid", o->uid, "nodeAffinity", "required", "nodeSelectorTerms", "matchExpressions",
		"key", ZONE, "operator", "In", "values", zone, "status", "phase", "Bound");
	kube_create(w->kube, KUBE_PVS, pv);
	json_t *j = kube_edit(o);
	json_object_set_new(json_object_get(j, "spec"), "volumeName", json_string(name));
	json_object_set_new(j, "status", json_pack("{s:s}", "phase", "Bound"));
	kube_commit(w->kube, o, j);
	sim_event(w, o, "Normal", "ProvisioningSucceeded", "ebs.csi.aws.com",
		"Successfully provisioned volume %s", name);
	free(name);
}

void sim_volumes_run(struct world *w)
{
	for (size_t i = 0; i < kube_count(w->kube, KUBE_PVCS); i++) {
		struct kobj *o = kube_at(w->kube, KUBE_PVCS, i);
		const struct kobj *class = json_str(o->json, "spec.volumeName") ? NULL :
			class_of(w->kube, o->json);
		if (class)
			claim_bind(w, o, class);
	}
}
