/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is: everything observed, merged.  One model holds all clusters of the
 * state store by their specs, and, of the one cluster that is open, its
 * groups, instances, nodes and pods.
 *
 * The only way in is model_apply().  The only way out is to look: every
 * pointer returned is borrowed and valid until the next model_apply().  Indexes
 * (pods by node, group by name, counts) are kept up to date as observations
 * come; nothing here judges, core/rules does.
 */
#ifndef KOPSCOPE_MODEL_MODEL_H
#define KOPSCOPE_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/model/things.h"

/* Where facts come from; each has its own freshness. */
enum source_id { SRC_STORE, SRC_AWS, SRC_KUBE, SRC__COUNT };
const char *source_name(enum source_id s); /* "store", "aws", "k8s" */

enum source_state {
	SOURCE_OFF,    /* not configured; why says what is missing */
	SOURCE_ASKED,  /* first answer still out */
	SOURCE_LIVE,
	SOURCE_FAILED, /* last data stays, with its age */
};

struct source_status {
	enum source_state state;
	int64_t asked, arrived, failed; /* wall ms of the last of each; 0 never */
	struct err why;                 /* when FAILED or OFF */
	char detail[96];                /* "watching", "12 calls/min", "syncing 4,000 pods" */
};

enum obs_kind {
	OBS_SOURCE,   /* u.source */
	OBS_CLUSTER, OBS_GROUP, /* the state store */
	OBS_IDENTITY, OBS_ASG, OBS_INSTANCE, OBS_TYPE, OBS_SUBNET, OBS_BALANCER, OBS_RECORD,
	OBS_SERVER, OBS_NODE, OBS_POD, OBS_DEPLOYMENT, OBS_DAEMONSET, OBS_PDB, OBS_EVENT,
	OBS_CLAIM, OBS_VOLUME, OBS_STORAGE_CLASS,
	OBS__COUNT
};

enum obs_verb {
	OBS_SEEN,       /* it is so */
	OBS_GONE,       /* it is no more: only the identifying fields are set */
	OBS_SYNC_BEGIN, /* a full list of this kind follows ... */
	OBS_SYNC_END,   /* ... and what was not SEEN since is gone */
};

struct obs_source {
	enum source_id id;
	struct source_status status;
};

/* Identity of things: cluster: name; group: cluster+name; asg, subnet, type, balancer: name or
   id; instance: id; record: name+type; node: name; pod: uid; deployment, daemonset, pdb,
   claim: ns+name; volume, storage class: name; event: uid. */
struct observation {
	enum obs_kind kind;
	enum obs_verb verb;
	const char *scope; /* OBS_GROUP syncs: the cluster; else NULL */
	union {
		const struct obs_source *source;
		const struct cluster_spec *cluster;
		const struct group_spec *group;
		const struct identity *identity;
		const struct asg *asg;
		const struct instance *instance;
		const struct instance_type *type;
		const struct subnet *subnet;
		const struct balancer *balancer;
		const struct dns_record *record;
		const struct kube_server *server;
		const struct node *node;
		const struct pod *pod;
		const struct deployment *deployment;
		const struct daemonset *daemonset;
		const struct pdb *pdb;
		const struct event *event;
		const struct claim *claim;
		const struct volume *volume;
		const struct storage_class *storage_class;
	} u;
};

/* ---- what the model keeps ---- */

struct m_cluster {
	struct cluster_spec spec;
	size_t ngroups; /* specs seen; of all clusters */
	int32_t min_nodes, max_nodes; /* sums over its groups */
};

struct m_group { /* of the open cluster */
	struct group_spec spec;
	bool has_spec;
	struct asg asg;
	bool has_asg;
	size_t ninstances, nnodes, nready;
};

struct m_pod;

struct m_node {
	struct node node;
	const struct m_instance *instance; /* NULL: AWS not seen or gone */
	const struct m_group *group;       /* NULL: unknown */
	struct m_pod *pods;                /* first of those bound here, m_pod.next_on_node */
	/* Bound and not finished (phase neither Succeeded nor Failed): */
	int32_t npods, nhost_network, ndaemon, nmirror, nterminating;
	int64_t cpu_milli, memory;         /* requested */
};

struct m_instance {
	struct instance instance;
	const struct m_node *node; /* NULL: not joined (or the API is away) */
	const struct m_group *group;
};

struct m_peers;

struct m_pod {
	struct pod pod;
	struct m_node *bound;       /* NULL: unbound or node unknown */
	struct m_pod *next_on_node; /* chain of m_node.pods */
	struct m_peers *peers;      /* NULL: on no node, or finished */
	struct m_pod *next_peer;
	/* Of the model's own use: the one before in that chain, as a slab's ref; and the
	   place among those that wait, 1 for the first, 0: none. */
	uint32_t prev_peer, waits_at;
};

/*
 * Pods on nodes and not finished that selectors of other pods cannot tell apart:
 * one namespace, one set of labels.  A pod that keeps others away (required
 * anti-affinity) has peers of its own shape only.
 */
struct m_peers {
	const char *ns;
	const struct label *labels;
	size_t nlabels;
	const struct pod_shape *keeps; /* of those that keep others away; else NULL */
	struct m_pod *first;           /* then next_peer */
	size_t npods;
	size_t at;                     /* of the model's own use */
};

struct model;
struct model *model_new(const struct clock *clock); /* borrows clock */
void model_free(struct model *m);

void model_apply(struct model *m, const struct observation *o);

/* Forgets everything about the open cluster and opens another (NULL: none). */
void model_open_cluster(struct model *m, const char *name);
const char *model_opened(const struct model *m); /* NULL: none */

/* Grows with every change of that kind; equal values mean nothing changed. */
uint64_t model_generation(const struct model *m, enum obs_kind kind);
uint64_t model_generation_all(const struct model *m);
/* Grows when a record of any kind goes: with equal values, pointers got before still hold. */
uint64_t model_removals(const struct model *m);

const struct source_status *model_source(const struct model *m, enum source_id id);
const struct identity *model_identity(const struct model *m);  /* NULL: unknown */
const struct kube_server *model_server(const struct model *m); /* NULL: unknown */

/* Arrays of pointers; order is by name for clusters and groups, otherwise that of first sight. */
const struct m_cluster *const *model_clusters(const struct model *m, size_t *n);
const struct m_group *const *model_groups(const struct model *m, size_t *n);
const struct m_instance *const *model_instances(const struct model *m, size_t *n);
const struct m_node *const *model_nodes(const struct model *m, size_t *n);
const struct m_pod *const *model_pods(const struct model *m, size_t *n);
/* Pods in phase Pending or Failed, in no order; kept, not searched. */
const struct m_pod *const *model_waiting_pods(const struct model *m, size_t *n);
/* All peers that keep others away (keeps true) or all that do not, in no order. */
const struct m_peers *const *model_peers(const struct model *m, bool keeps, size_t *n);
/* Pods in phase Pending that are on no node; counted, not searched. */
size_t model_unbound_pods(const struct model *m);
const struct deployment *const *model_deployments(const struct model *m, size_t *n);
const struct daemonset *const *model_daemonsets(const struct model *m, size_t *n);
const struct pdb *const *model_pdbs(const struct model *m, size_t *n);
const struct subnet *const *model_subnets(const struct model *m, size_t *n);
const struct balancer *const *model_balancers(const struct model *m, size_t *n);
const struct dns_record *const *model_records(const struct model *m, size_t *n);
const struct event *const *model_events(const struct model *m, size_t *n);

const struct m_cluster *model_cluster(const struct model *m, const char *name);
const struct m_group *model_group(const struct model *m, const char *name);
const struct m_instance *model_instance(const struct model *m, const char *id);
const struct m_node *model_node(const struct model *m, const char *name);
const struct m_pod *model_pod(const struct model *m, const char *ns, const char *name);
const struct deployment *model_deployment(const struct model *m, const char *ns, const char *name);
const struct daemonset *model_daemonset(const struct model *m, const char *ns, const char *name);
/* All of the kind came at least once, so that what is not there does not exist. */
bool model_listed(const struct model *m, enum obs_kind kind);
/* Known only where a waiting pod has claims: the source asks then. */
const struct claim *model_claim(const struct model *m, const char *ns, const char *name);
const struct volume *model_volume(const struct model *m, const char *name);
const struct storage_class *model_storage_class(const struct model *m, const char *name);
const struct subnet *model_subnet(const struct model *m, const char *id);
/* What the API said of a type; NULL: not asked yet (core/rules/eni.h has the table). */
const struct instance_type *model_type(const struct model *m, const char *name);

/* ---- for an order of the pods that is kept (tui/view/pods-list.h) ---- */

/* Hears of each pod: leave() before it changes or goes, with what it was until now; enter() when
   it has come or is as it will be.  They look at the model, and do not change it. */
struct pod_watch {
	void (*leave)(void *ctx, const struct m_pod *p);
	void (*enter)(void *ctx, const struct m_pod *p);
	void (*clear)(void *ctx); /* all go at once, without leave() */
	void *ctx;
};
/* One at a time, borrowed; NULL: none. */
void model_watch_pods(struct model *m, const struct pod_watch *w);

/* A pod's name in 32 bits, while it is there. */
uint32_t model_pod_ref(const struct m_pod *p);
const struct m_pod *model_pod_of(const struct model *m, uint32_t ref);
/* To compare: of two pods the one that was seen first has the smaller one.  Right after
   model_pods() it is the index there. */
uint32_t model_pod_place(const struct m_pod *p);

/* Goes through all pods, over as many turns of the loop as it takes; starts as { 0 }. */
struct pod_walk {
	size_t at;
	uint64_t removed, packed; /* of the model's own use, as what follows */
	size_t holes;
};
/* The next one; NULL: that was the last.  Pods may come and go meanwhile: of those that stay
   none is left out, though one may come twice. */
const struct m_pod *model_walk_pods(const struct model *m, struct pod_walk *w);

/* Bytes held, for bench and the tests that watch growth. */
size_t model_bytes(const struct model *m);

#endif
