/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lab's world: one AWS account in one region with an S3 state store, Auto
 * Scaling groups, launch templates and instances, and one Kubernetes cluster
 * that runs on them.  Single-threaded; everything that takes time is a timer.
 *
 * Time: virtual ms since the world began ("vms"), running speed times as fast
 * as real time.  All durations here are virtual.  Stamps in objects are real
 * wall time (ms since 1970 UTC), so that every tool agrees about them.
 *
 * Chance: everything random comes from world_random(), so that a seed gives
 * the same names, ids, addresses and placements again.
 *
 * Ownership: the world owns all it shows; pointers stay valid until the thing
 * is removed.  Strings are owned by their struct: replace with xreplace().
 * After changing a thing's fields by hand nothing else needs to be called
 * unless the function list below has a verb for it: then use the verb.
 */
#ifndef KOPSCOPE_LAB_WORLD_H
#define KOPSCOPE_LAB_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/strmap.h"
#include "lab/counts.h"
#include "lab/scale.h"

struct world;
struct kube; /* the cluster's Kubernetes side: lab/kube/store.h */
struct sim;  /* what moves it: lab/sim.h */
struct lab_faults;
struct lab_role_session;
struct lab_judge;
struct lab_chaos;

/* ---- the world, time and chance ---- */

struct world_options {
	const struct clock *clock; /* real time (scale 1), or a fake one in tests; borrowed */
	double speed;              /* 1 .. 1000 */
	uint64_t seed;
	int64_t older_ms;          /* lab's time by which the beginning lies further back */
	const char *scenario;      /* "story" */
	struct lab_scale scale;    /* of scenario "scale" */
};

struct world *world_new(const struct world_options *o); /* begun and settled: nodes Ready */
void world_free(struct world *w);

int64_t world_now(const struct world *w);  /* vms; stands still inside a callback */
int64_t world_wall(const struct world *w); /* real ms since 1970 */

struct world_timer;
/* Fires once after vms.  Timers due at the same moment fire in the order they were set. */
struct world_timer *world_timer_add(struct world *w, int64_t vms, void (*cb)(void *ctx),
	void *ctx);
/* Before it fired only. */
void world_timer_cancel(struct world *w, struct world_timer *t);
/* Fires what is due; real ms until the next (0: now, -1: none). */
int64_t world_run(struct world *w);
/* For tests with a world of its own clock: goes on by vms without waiting. */
void world_skip(struct world *w, int64_t vms);

uint64_t world_random(struct world *w);
uint64_t world_random_below(struct world *w, uint64_t n);
/* n characters of [0-9a-f], or of Kubernetes' own alphabet for generated names. */
void world_hex(struct world *w, char *out, size_t n);    /* writes n + 1 bytes */
void world_suffix(struct world *w, char *out, size_t n); /* writes n + 1 bytes */
void world_uuid(struct world *w, char out[37]);
char *world_id(struct world *w, const char *prefix); /* "i-" -> "i-0123456789abcdef0", owned */

/* ---- names and places ---- */

struct lab_eni;
struct lab_subnet {
	char *id;    /* "subnet-..." */
	char *name;  /* kops' name: "ap-northeast-2a" */
	char *zone;
	char *cidr;
	uint32_t base; /* host order */
	int bits;
	unsigned char *used; /* one byte per address */
	struct lab_eni **others; /* interfaces of what is no instance */
	size_t n_others;
};
struct lab_subnet *lab_subnet_find(struct world *w, const char *id_or_zone);
/* Addresses in host order; 0: none left.  The five reserved ones are never given. */
uint32_t lab_subnet_take(struct world *w, struct lab_subnet *s);
uint32_t lab_subnet_take_prefix(struct world *w, struct lab_subnet *s); /* an aligned free /28 */
void lab_subnet_give_back(struct lab_subnet *s, uint32_t address, uint32_t n);
uint32_t lab_subnet_available(const struct lab_subnet *s); /* AvailableIpAddressCount */
char *lab_ip_text(uint32_t address); /* "172.30.0.5", owned by the caller */

/* ---- S3 ---- */

struct lab_object {
	char *key;
	char *data; /* NUL behind len bytes */
	size_t len;
	char etag[33]; /* md5 hex, without the quotes */
	int64_t mtime; /* wall ms */
};
struct lab_bucket {
	char *name, *region;
	struct lab_object **objects; /* sorted by key, bytewise */
	size_t n, cap;
};

struct lab_bucket *lab_bucket_find(struct world *w, const char *name); /* NULL: none */
struct lab_bucket *lab_bucket_add(struct world *w, const char *name);
struct lab_object *lab_object_get(const struct lab_bucket *b, const char *key);
/* The index of the first key >= key: for listing with a prefix or start-after. */
size_t lab_object_lower(const struct lab_bucket *b, const char *key);
/* Creates or replaces; returns it. */
struct lab_object *lab_object_put(struct world *w, struct lab_bucket *b, const char *key,
	const void *p, size_t n);
bool lab_object_delete(struct world *w, struct lab_bucket *b, const char *key);
/* Called after every put and delete (object NULL: deleted).  Any number of hooks. */
void world_on_object(struct world *w,
	void (*cb)(void *ctx, struct lab_bucket *b, const char *key), void *ctx);

/* ---- launch templates ---- */

struct lab_template_version {
	int64_t number;    /* 1, 2, ... */
	int64_t created;   /* wall ms */
	char *instance_type, *image_id;
	char *user_data;   /* base64 as EC2 gives it; may be "" */
	int32_t max_pods;  /* what nodeup will set; -1: the ENI formula, at most 110 */
	char *description; /* NULL: none */
};
struct lab_template {
	char *id;   /* "lt-..." */
	char *name; /* as kops: the group's ASG name */
	int64_t created;
	int64_t default_version;
	struct lab_template_version **versions; /* in order; never removed */
	size_t n, cap;
	struct strmap *tags; /* char * values */
};

struct lab_template *lab_template_find(struct world *w, const char *id_or_name);
struct lab_template *lab_template_add(struct world *w, const char *name);
/* A new version with these contents (copied); not yet the default. */
struct lab_template_version *lab_template_add_version(struct world *w, struct lab_template *t,
	const struct lab_template_version *contents);
/* "3", "$Latest", "$Default"; NULL: $Default.  NULL when there is no such version. */
struct lab_template_version *lab_template_version(const struct lab_template *t,
	const char *version);

/* ---- Auto Scaling groups ---- */

struct lab_asg {
	char *name;   /* "nodes-ap-northeast-2a.mate-technology.app" */
	char *arn;
	char *group;  /* kops instance group */
	char *role;   /* "control-plane", "node" */
	int32_t min, max, desired;
	int32_t warm;           /* so many stopped instances in its warm pool; 0: it has none */
	struct lab_template *template;
	char *template_version; /* "$Latest" */
	struct lab_subnet **subnets;
	size_t n_subnets;
	struct strmap *tags; /* char * values; what an instance inherits */
	int64_t created;
	int64_t keeps_at;    /* vms of the next look; internal */
};

struct lab_asg *lab_asg_find(struct world *w, const char *name);
struct lab_asg *lab_asg_of_group(struct world *w, const char *group);
/* Refuses (false) below min or above max.  The group grows or shrinks by itself. */
bool lab_asg_set_desired(struct world *w, struct lab_asg *g, int32_t desired);
/* Changes any of them (-1: leave); desired is moved into the new bounds. */
void lab_asg_set_bounds(struct world *w, struct lab_asg *g, int32_t min, int32_t max);

/* ---- instances ---- */

enum lab_instance_state {
	LAB_PENDING, LAB_RUNNING, LAB_SHUTTING_DOWN, LAB_TERMINATED,
	LAB_STOPPED /* of a warm pool */, LAB_INSTANCE_STATE__COUNT
};
/* "pending", ...; EC2's codes are 0, 16, 32, 48. */
const char *lab_instance_state_name(enum lab_instance_state s);

struct lab_eni {
	char *id;               /* "eni-..." */
	uint32_t primary;       /* its own address, host order */
	uint32_t *ips;          /* secondary addresses */
	size_t n_ips;
	uint32_t *prefixes;     /* first addresses of the /28s */
	size_t n_prefixes;
};

struct lab_instance {
	char *id;
	char *type, *image_id;
	enum lab_instance_state state;
	int64_t launched; /* wall ms */
	struct lab_subnet *subnet;
	char *private_ip, *private_dns;
	struct lab_template *template;
	int64_t template_version;
	struct lab_asg *asg;  /* NULL: detached (or never in one) */
	char *group, *role;   /* of the ASG that launched it */
	const char *lifecycle;/* in its ASG: "Pending", "InService", "Terminating",
	                         "Warmed:Stopped"; NULL: none */
	bool healthy;
	struct strmap *tags;  /* char * values */
	struct lab_eni **enis;
	size_t n_enis;
	int32_t max_pods;     /* what its kubelet was told */
	bool registered;      /* its node has been created (node name = id) */
	int64_t gone_at;      /* vms when a terminated one is forgotten; internal */
};

struct lab_instance *lab_instance_find(struct world *w, const char *id);
/* Counts as the group's; used by the group's own keeping of its size as well. */
struct lab_instance *lab_instance_launch(struct world *w, struct lab_asg *g);
/* One more for its warm pool: made, and stopped. */
struct lab_instance *lab_instance_launch_warm(struct world *w, struct lab_asg *g);
/* running -> shutting-down (~20 s) -> terminated; its node goes, its group replaces it. */
void lab_instance_terminate(struct world *w, struct lab_instance *i);
/* Out of its group, which launches a replacement unless decrement. */
void lab_asg_detach(struct world *w, struct lab_asg *g, struct lab_instance *i, bool decrement);
/* Instances of a group (g) or all (NULL), oldest first.  Walk with *pos from 0; NULL at the end. */
struct lab_instance *lab_instance_next(struct world *w, const struct lab_asg *g, size_t *pos);

/* ---- the Kubernetes side, for the kops stand-in (it never sees JSON of the API) ---- */

/* False while no API server answers: then every function below refuses or finds nothing. */
bool lab_kube_up(const struct world *w);

struct lab_node {
	const char *name;      /* = instance id; all strings borrowed until the next change */
	const char *instance;
	const char *group;     /* label kops.k8s.io/instancegroup */
	bool control_plane, ready, unschedulable, needs_update /* annotation */;
	int32_t max_pods;      /* allocatable */
	const char *internal_ip;
};
struct lab_pod {
	const char *ns, *name, *uid, *node, *phase, *priority_class, *owner_kind; /* NULL: none */
	bool mirror, daemon, ready, deleting, finished;
	const char *not_ready; /* names of not ready containers, comma-separated; NULL: none */
	char k8s_app[64];      /* label k8s-app; "" */
};
/* Walks with *pos from 0, by name; false at the end. */
bool lab_node_next(struct world *w, size_t *pos, struct lab_node *out);
bool lab_node_get(struct world *w, const char *name, struct lab_node *out);
/* node NULL: all pods of the cluster. */
bool lab_pod_next(struct world *w, const char *node, size_t *pos, struct lab_pod *out);

bool lab_node_cordon(struct world *w, const char *name, bool unschedulable);
/* A taint by key (effect NULL: remove it), a label or an annotation (value NULL: remove it). */
bool lab_node_taint(struct world *w, const char *name, const char *key, const char *effect);
bool lab_node_label(struct world *w, const char *name, const char *key, const char *value);
bool lab_node_annotate(struct world *w, const char *name, const char *key, const char *value);

enum lab_evict { LAB_EVICTED, LAB_EVICT_GONE, LAB_EVICT_BLOCKED /* a PDB: try later */,
	LAB_EVICT_FAILED };
enum lab_evict lab_pod_evict(struct world *w, const char *ns, const char *name);

/*
 * kops-channels looks every 60 s at CLUSTER/addons/bootstrap-channel.yaml and,
 * where manifestHash of networking.amazon-vpc-routed-eni is new, applies
 * addons/<manifest>: of the document kind DaemonSet, name aws-node, the env of
 * container aws-node.  All three are read as YAML; put them with
 * lab_object_put() and it happens by itself.
 */

/* ---- the world itself ---- */

struct world {
	struct world_options options;
	char *region;        /* "ap-northeast-2" */
	char *account;       /* "123456789012" */
	char *cluster;       /* "mate-technology.app" */
	char *state_bucket;  /* "pkos-state" */
	char *kube_version;  /* "v1.34.2" */
	char *vpc_id, *vpc_cidr, *image_id;
	char *access_key, *secret_key; /* the lab's credentials, from the seed */
	char *kube_token;
	char *kube_server;   /* "https://127.0.0.1:P"; NULL until there is a server */
	char *kube_ca_pem;   /* likewise */
	char *api_name;      /* how the API's load balancer is called */
	char *zone_name;     /* the hosted zone that Route 53 has */
	char *record_ip;     /* what kops put into DNS for the control plane; NULL: dns None */
	const char *api_record; /* what DNS says of api.CLUSTER; NULL: nothing (dns: None) */

	struct lab_bucket **buckets;     size_t n_buckets, cap_buckets;
	struct lab_subnet **subnets;     size_t n_subnets, cap_subnets;
	struct lab_template **templates; size_t n_templates, cap_templates;
	struct lab_asg **asgs;           size_t n_asgs, cap_asgs;
	struct lab_instance **instances; size_t n_instances, cap_instances; /* by launch */

	struct kube *kube;
	struct sim *sim;
	struct world_clock *time; /* timers; lab/clock.c */
	struct world_hooks *hooks;
	struct lab_faults *faults; /* lab/fault.h */
	struct lab_judge *judge;   /* lab/judge.h; NULL unless chaos reigns */
	struct lab_chaos *chaos;   /* lab/chaos.h; likewise, and freed before the world */
	struct lab_role_session **role_sessions; /* lab/aws/sts.c */
	size_t n_role_sessions, cap_role_sessions;
	uint64_t random[4];
	struct lab_counts counts;
	bool still;          /* nothing boots, ends or is scheduled: lab/scale.h */
	int64_t past_ms;     /* while the world is being made, stamps lie so far back */
};

/*
 * Written by the kops side (lab/kops/), called by world_new() once the ASGs
 * and their templates (version 1, max_pods -1, user_data "") are there and
 * before the first node boots: puts config, instancegroup/..., addons/... and
 * the rest of CLUSTER/ into the state bucket, and may set user_data of the
 * templates' first versions.
 */
void kops_seed(struct world *w);

/*
 * The kops stand-in as the user calls it: the `kops` on the lab's PATH is this
 * program under that name, and main() hands over at once.  Talks to
 * $KOPSCOPE_LAB (POST /lab/kops) and copies what streams back.
 */
int kops_main(int argc, char **argv);

#endif
