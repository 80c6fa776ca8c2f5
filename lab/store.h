/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kops makes of a cluster's spec: the files that `kops update cluster
 * --yes` writes into the state store and the user data of the launch
 * templates, rendered from config and instancegroup/ alone (facts: kops 1.1,
 * 2, 3, 4).  The texts are the lab's own; their structure, names and order
 * are kops 1.36's, as far as anybody reads them.
 */
#ifndef KOPSCOPE_LAB_STORE_H
#define KOPSCOPE_LAB_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "lab/kops/tree.h"
#include "lab/world.h"

#define KOPS_LAB_VERSION "1.36.2"

/* The two kinds of authoritative objects, as read from the store. */
struct store_specs {
	char *name;           /* of the cluster */
	struct tree *cluster; /* the whole object */
	struct tree **groups; /* whole objects, by name */
	size_t n, cap;
};

/*
 * Reads CLUSTER/config and CLUSTER/instancegroup/ as kops does: unknown fields
 * are dropped, wrong types are an error that names the file.
 */
bool store_load(struct world *w, const char *cluster, struct store_specs *out, struct err *e);
void store_specs_release(struct store_specs *s);
struct tree *store_group(const struct store_specs *s, const char *name); /* NULL: none */
const char *store_group_name(const struct tree *group);
/* "control-plane", "node", "apiserver" or "bastion"; NULL: no such role. */
const char *store_group_role(const struct tree *group);
/* "nodes.CLUSTER", "control-plane-x.masters.CLUSTER": owned by the caller. */
char *store_asg_name(const struct store_specs *s, const struct tree *group);
/* minSize and maxSize with kops' defaults. */
void store_group_size(const struct tree *group, int32_t *min, int32_t *max);
/* Drops what kops' types do not know. */
void store_schema_filter(struct tree *object);
/* What kops' decoder refuses: maxPods that is no int32, an env value that is no string. */
bool store_schema_check(const struct tree *object, const char *what, struct err *e);

struct store_file {
	char *path; /* below CLUSTER/ */
	char *task; /* "ManagedFile/cluster-completed.spec" */
	char *text;
};
struct store_group_plan {
	char *group, *asg;
	const char *role;
	char *user_data;   /* plain text */
	char *machine_type, *image;
	int32_t max_pods;  /* -1: the ENI formula */
	int32_t min, max;
};
struct store_plan {
	struct store_file *files;
	size_t n_files, cap_files;
	struct store_group_plan *groups;
	size_t n_groups, cap_groups;
};

bool store_render(struct world *w, const struct store_specs *s, struct store_plan *out,
	struct err *e);
void store_plan_release(struct store_plan *p);
/* Keys, secrets and etcd's first backup, as a first update leaves them. */
void store_seed_secrets(struct world *w);

/* ---- a cluster that is only in the store becomes one in the cloud: world-create.c ---- */

/* Names, network, DNS, keys; then each group; then, when its files are written, its workloads. */
void world_cluster_begin(struct world *w, const struct store_specs *s);
void world_group_begin(struct world *w, const struct store_group_plan *p,
	const struct tree *group);
void world_cluster_objects(struct world *w);

/* ---- the parts, for each other ---- */

struct store_vars {
	const char *cluster, *base /* s3://... */, *version /* 1.34.2 */, *group, *type, *region;
};
/* The template with @CLUSTER@, @BASE@, @VERSION@, @GROUP@, @TYPE@ and @REGION@ filled in. */
char *store_fill(const char *text, const struct store_vars *v);
struct tree *store_fill_tree(const char *text, const struct store_vars *v);
void store_plan_add(struct store_plan *p, char *path, char *task, char *text); /* all taken */

/* The fully populated cluster (cluster-completed.spec), without the schema's help. */
struct tree *store_completed(const struct store_specs *s, const struct store_vars *v);
/* igconfig/ROLE/GROUP/nodeupconfig.yaml. */
struct tree *store_nodeup(const struct tree *completed, const struct tree *group,
	const struct store_vars *v);
char *store_user_data(const struct tree *group, const struct store_vars *v,
	const char *nodeup_text);
/* addons/... with bootstrap-channel.yaml, manifests/... */
void store_addons(const struct tree *completed, const struct store_vars *v,
	struct store_plan *p);
void store_manifests(const struct store_specs *s, const struct store_vars *v,
	struct store_plan *p);
/* The manifest of networking.amazon-vpc-routed-eni. */
char *store_cni_manifest(const struct tree *completed, const struct store_vars *v);

#endif
