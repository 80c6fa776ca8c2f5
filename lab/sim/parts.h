/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the simulation among themselves: lab/sim/ only.  "void
 * *json": a JSON tree, as in lab/kube/store.h.
 */
#ifndef KOPSCOPE_LAB_SIM_PARTS_H
#define KOPSCOPE_LAB_SIM_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "lab/kube/store.h"
#include "lab/sim.h"
#include "lab/world.h"

enum sim_part {
	SIM_ASG, SIM_NODES, SIM_DEPLOYMENTS, SIM_REPLICASETS, SIM_DAEMONSETS, SIM_SCHEDULER,
	SIM_BUDGETS, SIM_CHANNELS, SIM_LEASES, SIM_TIDY, SIM_VOLUMES,
	SIM__COUNT
};

struct sim {
	struct world *w;
	bool api_up;
	struct world_timer *timers[SIM__COUNT];
	int64_t due[SIM__COUNT];
	struct strmap *pods;     /* uid -> struct kpod: lab/sim/kubelet.c */
	struct strmap *machines; /* instance id -> struct machine: lab/sim/boot.c */
	struct strmap *pools;    /* instance id -> struct pool: lab/sim/ipamd.c */
	struct strlist cni_names;/* env names of aws-node that kops-channels applied last */
};

/* The part runs within ms, or sooner if it was to anyway.  While no API server is up the parts
   of the cluster wait. */
void sim_kick(struct world *w, enum sim_part part, int64_t ms);

void sim_asg_run(struct world *w);
void sim_nodes_run(struct world *w);
void sim_deployments_run(struct world *w);
void sim_replicasets_run(struct world *w);
void sim_daemonsets_run(struct world *w);
void sim_scheduler_run(struct world *w);
void sim_budgets_run(struct world *w);
void sim_channels_run(struct world *w);
void sim_leases_run(struct world *w);
void sim_tidy_run(struct world *w);
void sim_volumes_run(struct world *w);
/* The part's own hearing of changes, beside the kicks of sim.c. */
void sim_kubelet_on_event(struct world *w, const struct kube_event *e);

void sim_api_up(struct world *w, bool up);

/* ---- booting: sim-boot.c ---- */
void sim_machine_free(void *m);
/* The network of its node works now: aws-node is up. */
void sim_machine_network_ready(struct world *w, struct lab_instance *i);
bool sim_machine_alive(struct world *w, const char *instance); /* its kubelet runs */
void sim_node_register(struct world *w, struct lab_instance *i); /* sim-node.c */
void sim_node_ready(struct world *w, const char *name, bool ready);

/* ---- kubelets: sim-kubelet.c ---- */
void sim_kpod_free(void *p);

/* ---- ipamd: sim-ipamd.c ---- */
void sim_pool_free(void *p);
/* aws-node started on this instance with this pod's env. */
void sim_ipamd_start(struct world *w, struct lab_instance *i, const void *pod);
void sim_ipamd_stop(struct world *w, const char *instance);
void sim_ipamd_end(struct world *w, const char *instance); /* with the machine */
/* An address for a pod; 0: none, and why in words of the CNI plugin. */
uint32_t sim_ipamd_assign(struct world *w, const char *instance, const char *pod_uid,
	const char **why);
void sim_ipamd_release(struct world *w, const char *instance, const char *pod_uid);

/* ---- helpers: sim-util.c ---- */
/* An Event in the object's namespace (default for nodes); o may be a copy's source. */
void sim_event(struct world *w, const struct kobj *o, const char *type, const char *reason,
	const char *component, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* status.conditions of json: transition time only when the status changes. */
void sim_condition(struct world *w, void *json, const char *type, bool status, const char *reason,
	const char *message);
bool sim_condition_is(const void *json, const char *type); /* "True" */
/* The controller's uid among ownerReferences; NULL: none. */
const char *sim_owner(const void *json);
const char *sim_owner_kind(const void *json);
/* A pod from a template, owned by o: NULL when it could not be stored. */
struct kobj *sim_pod_create(struct world *w, const struct kobj *owner, const void *labels,
	const char *node);
/* 10 characters of Kubernetes' safe alphabet from the template's contents. */
void sim_template_hash(const void *template, char out[11]);
bool sim_pod_active(const struct kobj *pod);   /* neither finished nor being deleted */
bool sim_pod_finished(const struct kobj *pod);
/* "250m", "2", "64Mi", "1e3" as thousandths; 0 for nonsense. */
int64_t sim_quantity(const char *s);
/* "25%" of total (rounded up or down), or a plain number. */
int64_t sim_share(const void *json, int64_t total, bool up, int64_t otherwise);
bool sim_tolerates(const void *pod_spec, const void *taint);
bool sim_node_matches(const void *pod_spec, const void *node); /* selector and affinity */

/* ---- the story's manifests, shared with channels: sim-channels.c ---- */
void sim_channels_apply(struct world *w, bool first);

#endif
