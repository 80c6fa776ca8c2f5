/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leases: of every kubelet in kube-node-lease, and of the two leaders in
 * kube-system.  Renewed every 10 s of real time, since who reads them compares
 * with a real clock.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "lab/fault.h"
#include "lab/sim/parts.h"

#define RENEW_MS 10000 /* real */

static void lease_renew(struct world *w, const char *ns, const char *name, const char *holder)
{
	char micro[40];
	stamp_format(micro, world_wall(w), true);
	struct kobj *o = kube_find(w->kube, KUBE_LEASES, ns, name);
	json_t *j = o ? kube_edit(o) : json_pack("{s:{s:s, s:s}, s:{s:s, s:i}}", "metadata", "name",
		name, "namespace", ns, "spec", "acquireTime", micro, "leaseDurationSeconds", 40);
	json_t *spec = json_object_get(j, "spec");
	json_object_set_new(spec, "holderIdentity", json_string(holder));
	json_object_set_new(spec, "renewTime", json_string(micro));
	if (o)
		kube_commit(w->kube, o, j);
	else
		kube_create(w->kube, KUBE_LEASES, j);
}

void sim_leases_run(struct world *w)
{
	const char *leader = NULL;
	for (size_t i = 0; i < kube_count(w->kube, KUBE_NODES); i++) {
		const struct kobj *o = kube_at(w->kube, KUBE_NODES, i);
		if (!sim_machine_alive(w, o->name))
			continue;
		if (!lab_fault_is_on(w->faults, FAULT_LEASES_STOP))
			lease_renew(w, "kube-node-lease", o->name, o->name);
		if (json_path(o->json, "metadata.labels.[node-role.kubernetes.io/control-plane]"))
			leader = o->name;
	}
	if (leader) {
		lease_renew(w, "kube-system", "kube-controller-manager", leader);
		lease_renew(w, "kube-system", "kube-scheduler", leader);
	}
	for (size_t i = kube_count(w->kube, KUBE_LEASES); i-- > 0;) {
		struct kobj *o = kube_at(w->kube, KUBE_LEASES, i);
		if (strcmp(o->ns, "kube-node-lease") == 0 &&
		    !kube_find(w->kube, KUBE_NODES, "", o->name))
			kube_remove(w->kube, o);
	}
	sim_kick(w, SIM_LEASES, (int64_t)(RENEW_MS * w->options.speed));
}
