/* SPDX-License-Identifier: Apache-2.0 */
/* The state store as `kops create cluster` and a first `update --yes` left it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/bug.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/digest.h"
#include "lab/store.h"
#include "lab/world.h"

static const char config_text[] =
	"apiVersion: kops.k8s.io/v1alpha2\n"
	"kind: Cluster\n"
	"metadata:\n"
	"  name: @CLUSTER@\n"
	"spec:\n"
	"  api: {loadBalancer: {class: Network, type: Public}}\n"
	"  authorization: {rbac: {}}\n"
	"  channel: stable\n"
	"  cloudProvider: aws\n"
	"  configBase: @BASE@\n"
	"  iam: {allowContainerRegistry: true, legacy: false}\n"
	"  kubelet: {anonymousAuth: false}\n"
	"  kubernetesApiAccess: [0.0.0.0/0, '::/0']\n"
	"  kubernetesVersion: @VERSION@\n"
	"  networking: {amazonvpc: {}}\n"
	"  nonMasqueradeCIDR: 100.64.0.0/10\n"
	"  sshAccess: [0.0.0.0/0, '::/0']\n"
	"  topology: {dns: {type: None}}\n";

static const char group_text[] =
	"apiVersion: kops.k8s.io/v1alpha2\n"
	"kind: InstanceGroup\n"
	"metadata:\n"
	"  name: @GROUP@\n"
	"spec:\n"
	"  machineType: @TYPE@\n"
	"  nodeLabels: {kops.k8s.io/instancegroup: @GROUP@}\n"
	"  rootVolumeSize: 40\n";

static void seed_put(struct world *w, const char *path, const void *p, size_t n)
{
	char *key = xasprintf("%s/%s", w->cluster, path);

	lab_object_put(w, lab_bucket_find(w, w->state_bucket), key, p, n);
	free(key);
}

static void seed_put_tree(struct world *w, const char *path, struct tree *t)
{
	struct buf out = BUF_INIT;

	tree_write(t, &out);
	seed_put(w, path, buf_str(&out), out.len);
	buf_release(&out);
	tree_free(t);
}

static void set_created(struct world *w, struct tree *t)
{
	char at[40];

	stamp_format(at, world_wall(w), false);
	tree_set_text(t, "metadata.creationTimestamp", at, true);
}

static void set_number(struct tree *t, const char *path, int32_t v)
{
	char *text = xasprintf("%d", (int)v);

	tree_set_text(t, path, text, false);
	free(text);
}

/* One etcd cluster with a member in every control-plane group. */
static struct tree *etcd_cluster(struct world *w, const char *name, const char *cpu)
{
	struct tree *t = tree_of("manager: {backupRetentionDays: 90}\nmemoryRequest: 100Mi\n");
	struct tree *members = tree_of("[]");
	char letter[2] = "a";

	tree_set_text(t, "name", name, true);
	tree_set_text(t, "cpuRequest", cpu, true);
	for (size_t i = 0; i < w->n_asgs; i++) {
		struct tree *m;

		if (!str_eq(w->asgs[i]->role, "control-plane"))
			continue;
		m = tree_of("encryptedVolume: true\n");
		tree_set_text(m, "instanceGroup", w->asgs[i]->group, true);
		tree_set_text(m, "name", letter, true);
		tree_add(members, m);
		letter[0]++;
	}
	tree_set(t, "etcdMembers", members);
	return t;
}

static void seed_config(struct world *w, const struct store_vars *v)
{
	struct tree *t = store_fill_tree(config_text, v);
	struct tree *subnets = tree_of("[]"), *etcd = tree_of("[]");

	set_created(w, t);
	for (size_t i = 0; i < w->n_subnets; i++) {
		struct tree *s = tree_of("type: Public\n");

		tree_set_text(s, "cidr", w->subnets[i]->cidr, true);
		tree_set_text(s, "name", w->subnets[i]->name, true);
		tree_set_text(s, "zone", w->subnets[i]->zone, true);
		tree_add(subnets, s);
	}
	tree_add(etcd, etcd_cluster(w, "main", "200m"));
	tree_add(etcd, etcd_cluster(w, "events", "100m"));
	tree_set(t, "spec.subnets", subnets);
	tree_set(t, "spec.etcdClusters", etcd);
	tree_set_text(t, "spec.networkCIDR", w->vpc_cidr, true);
	seed_put_tree(w, "config", t);
}

static void seed_group(struct world *w, const struct lab_asg *g, const struct store_vars *v)
{
	struct store_vars mine = *v;
	struct lab_template_version *tv = lab_template_version(g->template, "$Latest");
	struct tree *t, *subnets = tree_of("[]");
	char *path = xasprintf("instancegroup/%s", g->group);

	mine.group = g->group;
	mine.type = tv && tv->instance_type ? tv->instance_type : "t3.medium";
	t = store_fill_tree(group_text, &mine);
	set_created(w, t);
	tree_set_text(t, "spec.image", w->image_id, true);
	tree_set_text(t, "spec.role", str_eq(g->role, "control-plane") ? "Master" : "Node", true);
	set_number(t, "spec.minSize", g->min);
	set_number(t, "spec.maxSize", g->max);
	for (size_t i = 0; i < g->n_subnets; i++)
		tree_add(subnets, tree_scalar(g->subnets[i]->name, true));
	tree_set(t, "spec.subnets", subnets);
	seed_put_tree(w, path, t);
	free(path);
}

/* A keyset as kops keeps one; the material only looks like it. */
static void seed_keyset(struct world *w, const char *name, const char *id)
{
	struct tree *t = tree_of("apiVersion: kops.k8s.io/v1alpha2\nkind: Keyset\n");
	struct tree *keys = tree_of("[]"), *key = tree_of("{}");
	char *path = xasprintf("pki/private/%s/keyset.yaml", name);
	char *fake = xasprintf("no key: this is the lab's store (%s)\n", name);
	struct buf b64 = BUF_INIT;

	base64_encode(&b64, fake, strlen(fake));
	tree_set_text(t, "metadata.name", name, true);
	set_created(w, t);
	tree_set_text(key, "id", id, true);
	tree_set_text(key, "privateMaterial", buf_str(&b64), true);
	tree_set_text(key, "publicMaterial", buf_str(&b64), true);
	tree_add(keys, key);
	tree_set(t, "spec.keys", keys);
	tree_set_text(t, "spec.primaryID", id, true);
	tree_set_text(t, "spec.type", "Keypair", true);
	seed_put_tree(w, path, t);
	buf_release(&b64);
	free(fake);
	free(path);
}

void store_seed_secrets(struct world *w)
{
	static const char *const secrets[] = { "admin", "kube", "kube-proxy", "kubelet",
		"system:controller_manager", "system:dns", "system:logging", "system:monitoring",
		"system:scheduler" };
	static const char *const keysets[] = { "apiserver-aggregator-ca", "etcd-clients-ca",
		"kubernetes-ca", "service-account" };
	static const char etcd[] = "{\"memberCount\": 1, \"etcdVersion\": \"3.6.12\"}\n";
	char *path;

	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		char hex[33], *data;

		world_hex(w, hex, 32);
		data = xasprintf("{\"Data\":\"%s\"}", hex);
		path = xasprintf("secrets/%s", secrets[i]);
		seed_put(w, path, data, strlen(data));
		free(path);
		free(data);
	}
	for (size_t i = 0; i < sizeof(keysets) / sizeof(*keysets); i++)
		seed_keyset(w, keysets[i], "7710981382233526110980375290");
	seed_put(w, "backups/etcd/main/control/etcd-cluster-spec", etcd, strlen(etcd));
	seed_put(w, "backups/etcd/events/control/etcd-cluster-spec", etcd, strlen(etcd));
}

static void seed_ssh(struct world *w)
{
	static const char ssh[] = "ssh-ed25519 bm8ga2V5OiB0aGUgbGFiJ3Mgc3RvcmU= lab\n";
	char print[33], *path;

	digest_md5_hex(ssh, strlen(ssh), print);
	path = xasprintf("pki/ssh/public/admin/%s", print);
	seed_put(w, path, ssh, strlen(ssh));
	free(path);
}

static void seed_apply(struct world *w, const struct store_plan *p)
{
	for (size_t i = 0; i < p->n_files; i++)
		seed_put(w, p->files[i].path, p->files[i].text, strlen(p->files[i].text));
	for (size_t i = 0; i < p->n_groups; i++) {
		struct lab_asg *g = lab_asg_of_group(w, p->groups[i].group);
		struct lab_template_version *tv = g ? lab_template_version(g->template, "$Latest")
						    : NULL;
		struct buf b64 = BUF_INIT;

		if (!tv)
			continue;
		base64_encode(&b64, p->groups[i].user_data, strlen(p->groups[i].user_data));
		xreplace(&tv->user_data, buf_str(&b64));
		buf_release(&b64);
	}
}

void kops_seed(struct world *w)
{
	char *base = xasprintf("s3://%s/%s", w->state_bucket, w->cluster);
	const char *version = w->kube_version[0] == 'v' ? w->kube_version + 1 : w->kube_version;
	struct store_vars v = { .cluster = w->cluster, .base = base, .version = version,
		.region = w->region };
	struct store_specs specs;
	struct store_plan plan;
	struct err e = ERR_INIT;

	if (!lab_bucket_find(w, w->state_bucket))
		lab_bucket_add(w, w->state_bucket);
	seed_config(w, &v);
	for (size_t i = 0; i < w->n_asgs; i++)
		seed_group(w, w->asgs[i], &v);
	seed_put(w, "clusteraddons/default", "", 0);
	store_seed_secrets(w);
	seed_ssh(w);
	free(base);
	if (!store_load(w, w->cluster, &specs, &e) || !store_render(w, &specs, &plan, &e))
		BUG("the lab's own specs: %s", e.text);
	seed_apply(w, &plan);
	store_plan_release(&plan);
	store_specs_release(&specs);
}
