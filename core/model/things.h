/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The things kopscope knows, as plain structs.  A decoder fills one with
 * strings that it owns and hands it to model_apply() as an observation, borrowed
 * for the length of that call; the model keeps a copy whose strings and arrays are
 * shared (equal ones have equal addresses; pods' own names, uids and addresses apart).
 *
 * Unknown is never zero: sizes and counts that were not seen are -1, strings
 * NULL, stamps 0, tri-states TRI_UNKNOWN.  Field names are those of the
 * Kubernetes API, kops' v1alpha2 specs and the AWS APIs.
 */
#ifndef KOPSCOPE_MODEL_THINGS_H
#define KOPSCOPE_MODEL_THINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tri { TRI_UNKNOWN = 0, TRI_NO, TRI_YES };

struct label {
	const char *key, *value;
};

struct taint {
	const char *key, *value, *effect; /* NoSchedule, PreferNoSchedule, NoExecute */
};

struct toleration {
	const char *key;      /* NULL or "": any */
	const char *operator_; /* "Exists" or "Equal" (NULL: Equal) */
	const char *value, *effect; /* effect NULL or "": any */
};

/* One requirement of a selector: In, NotIn, Exists, DoesNotExist, Gt, Lt. */
struct requirement {
	const char *key, *op;
	const char **values;
	size_t nvalues;
	bool is_field; /* matchFields (metadata.name), not a label */
};

/* Requirements that must all hold; terms of a node affinity are alternatives. */
struct selector_term {
	struct requirement *reqs;
	size_t nreqs;
};

enum role { ROLE_UNKNOWN, ROLE_CONTROL_PLANE, ROLE_APISERVER, ROLE_NODE, ROLE_BASTION };
const char *role_name(enum role r); /* "control-plane", "apiserver", "node", "bastion", "?" */

/* ---- from the state store ---------------------------------------------- */

/* rollingUpdate settings; percent true: value is of the group's size. -1: unset. */
struct int_or_percent {
	int32_t value;
	bool percent;
};
struct rolling_settings {
	struct int_or_percent max_surge, max_unavailable;
	enum tri drain_and_terminate;
};

struct env_entry {
	const char *name, *value;
	size_t line; /* in the spec, 1-based */
	bool unreadable; /* kops cannot read it: no string; value is as it is written */
};
/* The entry of that name that counts: the last of several.  NULL: there is none. */
const struct env_entry *env_last(const struct env_entry *v, size_t n, const char *name);

/*
 * What is written in a spec and not applied (core/kops/drift.h), one line per setting:
 * "kubelet.maxPods 110 (applied 17)".  TRI_UNKNOWN: cannot be told, or was not looked at.
 */
struct unapplied {
	enum tri found;
	const char **lines;
	size_t nlines;
	const char *note; /* what cannot be told, and why; NULL */
};

struct cluster_subnet {
	const char *name, *zone, *cidr, *type, *id; /* id: of a shared subnet, else NULL */
};

struct cluster_spec {
	const char *name;
	const char *kubernetes_version; /* "1.34.2" */
	const char *region;             /* from the first subnet's zone */
	const char *cloud;              /* "aws", "gce", ... */
	const char *networking;         /* key below spec.networking: "amazonvpc", "cilium", ... */
	const char *network_cidr;
	const char *config_base;
	const char *channel;
	const char *dns_type;           /* "Public", "Private", "None" or NULL */
	const char *api_lb_class;       /* "Network", "Classic" or NULL: none */
	const char *cni_image;          /* spec.networking.amazonvpc.imageName */
	bool ipv6;                      /* the pods' network is: nonMasqueradeCIDR */
	size_t ipv6_line;
	int64_t max_pods;               /* spec.kubelet.maxPods; -1 unset */
	size_t max_pods_line;
	int64_t cp_max_pods;            /* spec.masterKubelet.maxPods; -1 unset */
	size_t cp_max_pods_line;
	struct env_entry *env;          /* spec.networking.amazonvpc.env, as written */
	size_t nenv;
	struct cluster_subnet *subnets;
	size_t nsubnets;
	struct rolling_settings rolling;
	const char *kops_version;       /* kops-version.txt; NULL: never updated */
	const char *problem;            /* why the spec cannot be read; all else may be unset */
	const char *missed; /* the first of its files, groups and records that could not; NULL */
	int64_t created;
	struct unapplied unapplied;
};

struct group_spec {
	const char *cluster, *name;
	enum role role;
	const char *machine_type; /* first of the list */
	size_t types_line, image_line; /* in the spec; 0: unset */
	const char **types;       /* every type the group may run (mixed instances); >= 1 */
	size_t ntypes;
	int32_t min_size, max_size; /* as kops defaults them when unset */
	const char **subnets;       /* names */
	size_t nsubnets;
	const char *image;
	bool karpenter;
	bool warm_pool;
	int64_t max_pods; /* spec.kubelet.maxPods; -1 unset */
	size_t max_pods_line;
	struct taint *taints;
	size_t ntaints;
	struct label *node_labels;
	size_t nnode_labels;
	struct rolling_settings rolling;
	const char *problem;
	struct unapplied unapplied; /* of the open cluster's groups only */
};

/* ---- from AWS ------------------------------------------------------------ */

struct identity {
	const char *account, *arn;
	const char *provider;   /* which credential provider won: "environment", ... */
	int64_t expires;        /* wall ms; 0: does not expire or unknown */
	bool renews;            /* without the user: by a role, a token file, a program */
};

/* An Auto Scaling group; belongs to the group whose tag kops.k8s.io/instancegroup names it. */
struct asg {
	const char *name, *group;
	int32_t min, desired, max;
	const char *template_id, *template_name;
	int64_t template_version; /* resolved; -1 unknown */
	const char **zones;
	size_t nzones;
	const char **subnet_ids;
	size_t nsubnet_ids;
	const char **target_groups; /* ARNs */
	size_t ntarget_groups;
	const char *trouble; /* why it launches nothing, as AWS says; NULL: nothing is known */
	bool mixed;
};

struct instance {
	const char *id, *group, *asg; /* asg NULL: detached */
	const char *type, *zone, *subnet_id, *private_ip;
	const char *public_ip; /* NULL: none, or not told */
	const char *state;     /* pending running shutting-down terminated stopping stopped */
	const char *lifecycle; /* of the ASG: InService, Pending, Terminating, Warmed:..., NULL */
	const char *template_id;
	int64_t template_version; /* it was launched with; -1 unknown */
	bool detached;            /* tag kops.k8s.io/detached-from-asg */
	int32_t enis, ips, prefixes; /* attached: interfaces, secondary IPv4, /28; -1 unknown */
	int64_t launched;
};

struct instance_type {
	const char *name;
	int32_t max_enis, ips_per_eni, vcpus;
	int64_t memory_mib;
	bool nitro; /* or bare metal: takes prefixes */
	bool compiled_in; /* from our table, not from the API */
};

struct subnet {
	const char *id, *name, *zone, *cidr;
	int64_t free_ips;    /* AvailableIpAddressCount; -1 unknown */
	int64_t free_blocks; /* wholly free aligned /28; -1 unknown */
};

struct balancer {
	const char *name, *dns, *scheme, *type;
};

struct dns_record {
	const char *name, *type, *value;
};

/* ---- from Kubernetes ------------------------------------------------------ */

struct node {
	const char *name, *uid, *resource_version;
	const char *instance_id; /* last part of spec.providerID */
	const char *group;       /* label kops.k8s.io/instancegroup */
	const char *type, *zone; /* well-known labels */
	const char *internal_ip;
	const char *kubelet_version;
	enum role role;
	bool unschedulable;
	bool needs_update;       /* annotation kops.k8s.io/needs-update, any value */
	enum tri ready, network_unavailable;
	const char *ready_reason;
	struct taint *taints;
	size_t ntaints;
	struct label *labels;
	size_t nlabels;
	int64_t capacity_pods, alloc_pods;
	int64_t alloc_cpu_milli, alloc_memory; /* memory in bytes */
	int64_t created, ready_since;
};
/* The label's value, "" where it has none; NULL: there is no such label. */
const char *node_label(const struct node *n, const char *key);
bool node_tainted(const struct node *n, const char *key);

enum pod_phase { POD_UNKNOWN, POD_PENDING, POD_RUNNING, POD_SUCCEEDED, POD_FAILED };
const char *pod_phase_name(enum pod_phase p);

enum pod_flags {
	POD_HOST_NETWORK = 1 << 0,
	POD_MIRROR = 1 << 1,     /* static pod of a kubelet */
	POD_DAEMON = 1 << 2,     /* of a DaemonSet */
	POD_READY = 1 << 3,      /* condition Ready is True, and so is every container */
	POD_SCHEDULED = 1 << 4,  /* condition PodScheduled is True */
	POD_CRITICAL = 1 << 5,   /* priority class system-*-critical */
	POD_LOCAL_DATA = 1 << 6, /* emptyDir volumes */
	POD_GATED = 1 << 7,      /* scheduling gates */
};

/*
 * A required term of a pod's affinity or anti-affinity, or a topology spread
 * constraint that forbids (DoNotSchedule): pods that the requirements select,
 * counted in each domain of topology_key.
 */
enum pod_term_flags {
	TERM_NO_SELECTOR = 1 << 0,    /* labelSelector left out: selects no pod */
	TERM_ALL_NAMESPACES = 1 << 1, /* an empty namespaceSelector */
	TERM_COMPLEX = 1 << 2,        /* a namespaceSelector that asks for labels: not judged */
	TERM_HONOR_TAINTS = 1 << 3,   /* spread: tainted nodes are no domains */
	TERM_ANY_NODE = 1 << 4,       /* spread: nodes outside the node selector are domains too */
};
struct pod_term {
	struct requirement *reqs; /* of the label selector, all must hold; none: every pod */
	size_t nreqs;
	const char **namespaces;  /* none: the pod's own */
	size_t nnamespaces;
	const char *topology_key;
	int32_t max_skew, min_domains; /* of a spread constraint; else 0 */
	int64_t flags;            /* enum pod_term_flags */
};

/* Two ports clash when number and protocol are equal and an address is NULL or both are equal. */
struct host_port {
	int64_t port;
	const char *protocol; /* NULL: TCP */
	const char *ip;       /* NULL: every address of the node */
};

/*
 * What the scheduler looks at, the same for all replicas: stored once in the
 * model.
 */
struct pod_shape {
	struct toleration *tolerations;
	size_t ntolerations;
	struct label *node_selector;
	size_t nnode_selector;
	struct selector_term *node_affinity; /* required terms, alternatives */
	size_t nnode_affinity;
	struct host_port *host_ports;
	size_t nhost_ports;
	const char **claims; /* PersistentVolumeClaim names */
	size_t nclaims;
	struct pod_term *near, *apart, *spread; /* pod affinity, anti-affinity, topology spread */
	size_t nnear, napart, nspread;
	/* It has some; with no terms above they could not be read and are not judged. */
	bool pod_affinity, pod_anti_affinity, topology_spread;
	int64_t cpu_milli, memory; /* requests, init containers counted as the scheduler does */
	const char *priority_class, *scheduler_name;
	int32_t priority;
};

/*
 * What keeps a pod from running, told by others.  Few have any, so it is apart, and those
 * that have none share pod_no_trouble's like.
 */
struct pod_trouble {
	const char *nominated;
	const char *sched_reason;      /* of PodScheduled when False: Unschedulable, ... */
	const char *sched_message;
	const char *waiting_reason, *waiting_message; /* first waiting container */
	const char *status_reason, *status_message;   /* OutOfpods, Evicted, ... */
	int64_t scheduled_at;          /* in phase Pending only */
};
extern const struct pod_trouble pod_no_trouble;

/* There may be 150,000 of them: every member counts. */
struct pod {
	const char *ns, *name;
	const char *uid;               /* in the model: packed, read it by uid_text() (uid.h) */
	const char *node;              /* spec.nodeName; NULL: not bound */
	const char *owner_kind, *owner_name; /* controller; a ReplicaSet of a Deployment is told
	                                  by pod-template-hash and given as the Deployment */
	const char *ip;
	const struct pod_trouble *trouble; /* as shape */
	const struct pod_shape *shape; /* borrowed in an observation; never NULL in the model */
	const struct label *labels;
	uint32_t nlabels;
	int32_t restarts, grace_s;
	uint16_t phase;                /* enum pod_phase */
	uint16_t flags;                /* enum pod_flags */
	int64_t created;
	int64_t deletion;              /* deletionTimestamp; 0: not terminating */
};

struct deployment {
	const char *ns, *name, *uid, *resource_version;
	int32_t replicas, ready, updated, available, unavailable; /* -1 unknown; replicas: spec */
	int32_t existing;       /* pods that are there, of all its ReplicaSets */
	const char *failure;    /* why pods cannot be created (condition ReplicaFailure); NULL */
	int64_t failing_since;
	int64_t created;
	int64_t generation, observed_generation;
	struct label *selector; /* matchLabels */
	size_t nselector;
};

struct daemonset {
	const char *ns, *name, *resource_version;
	int32_t desired, current, ready, updated, available;
	int64_t generation, observed_generation;
	struct env_entry *env; /* of kube-system/aws-node's container aws-node; else none */
	size_t nenv;
	const char *image;     /* of the first container */
};

/* A PersistentVolumeClaim. */
struct claim {
	const char *ns, *name;
	const char *phase;         /* Pending, Bound, Lost */
	const char *volume;        /* spec.volumeName; NULL: not bound */
	const char *storage_class; /* NULL: none */
	int64_t created, deletion;
};

/* A PersistentVolume. */
struct volume {
	const char *name, *phase, *storage_class;
	struct selector_term *affinity; /* nodes that reach it, alternatives; none: every node */
	size_t naffinity;
	struct requirement *zones;      /* of its zone and region labels; all must hold */
	size_t nzones;
};

struct storage_class {
	const char *name, *provisioner;
	bool waits;                       /* WaitForFirstConsumer */
	struct selector_term *topologies; /* where volumes may be, alternatives; none: anywhere */
	size_t ntopologies;
};

struct pdb {
	const char *ns, *name;
	const char *min_available, *max_unavailable; /* as written; NULL */
	int32_t disruptions_allowed, current_healthy, desired_healthy, expected_pods;
	struct label *selector;
	size_t nselector;
	bool selector_complex; /* matchExpressions: membership unknown */
};

struct event {
	const char *ns, *uid, *kind, *name; /* of the object that it is about */
	const char *type, *reason, *message, *source;
	int32_t count;
	int64_t at;
};

/* What kops-channels wrote down of an addon that it applied: annotation addons.k8s.io/NAME of
   kube-system. */
struct addon_applied {
	const char *name, *id, *version, *hash; /* as the annotation has them; NULL */
};

struct kube_server {
	const char *version;     /* "v1.34.2" */
	const char *url, *context;
	const char *cni_addon_hash; /* annotation addons.k8s.io/networking.amazon-vpc-routed-eni of
	                               kube-system: manifestHash */
	int64_t client_cert_expires;
	struct addon_applied *addons;
	size_t naddons;
	/* The lease kube-system/kube-scheduler, when it was read last; wall ms, 0: never read. */
	int64_t scheduler_read, scheduler_renewed; /* renewed 0: there is no such lease */
};

#endif
