/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kops create cluster: writes config and instancegroup/ of a new cluster into
 * the state store, or prints them (--dry-run -o yaml); what it makes of the flags
 * is what kops 1.36 makes of them on AWS (its own create_cluster tests).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/stamp.h"
#include "core/base/xalloc.h"
#include "core/rules/eni.h"
#include "lab/digest.h"
#include "lab/kops.h"

#define FLAG(text) { .name = text, .has_value = true }

const struct kops_flag kops_create_flags[] = {
	{ .name = "yes", .letter = 'y' }, { .name = "dry-run" },
	{ .name = "output", .letter = 'o', .has_value = true },
	FLAG("admin-access"), FLAG("api-loadbalancer-type"), FLAG("api-public-name"),
	FLAG("authorization"), { .name = "bastion" }, FLAG("channel"), FLAG("cloud"),
	FLAG("cloud-labels"),
	{ .name = "control-plane-count", .has_value = true, .alias = "master-count" },
	{ .name = "control-plane-size", .has_value = true, .alias = "master-size" },
	{ .name = "control-plane-volume-size", .has_value = true, .alias = "master-volume-size" },
	{ .name = "control-plane-zones", .has_value = true, .alias = "master-zones" },
	FLAG("dns"), FLAG("dns-zone"), FLAG("etcd-clusters"), FLAG("image"),
	FLAG("kubernetes-version"), FLAG("network-cidr"), FLAG("networking"), FLAG("node-count"),
	FLAG("node-size"), FLAG("node-volume-size"), FLAG("out"), FLAG("ssh-access"),
	FLAG("ssh-public-key"), FLAG("target"), FLAG("topology"), FLAG("zones"),
	{ .name = "set", .has_value = true, .alias = "override" }, FLAG("unset"),
	{ .name = NULL },
};

struct create {
	struct kops_run *r;
	struct world *w;
	const char *name, *dns;
	struct strlist zones, cp_zones;
	int64_t cp_count, node_count;
	uint32_t base;
	int bits;
	struct tree *cluster;
	struct tree **groups;
	size_t n, cap;
	struct err *e;
};

static const char *flag_or(const struct create *c, const char *flag, const char *otherwise)
{
	const char *v = kops_flag(c->r, flag);

	return v ? v : otherwise;
}

static void flag_list(const struct create *c, const char *flag, struct strlist *out)
{
	struct strlist given = { 0 };

	kops_flag_all(c->r, flag, &given);
	for (size_t i = 0; i < given.n; i++)
		strlist_split(out, given.v[i], ',');
	strlist_release(&given);
}

static void set_number(struct tree *t, const char *path, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	tree_set_text(t, path, text, false);
}

/* ---- the flags ---------------------------------------------------------------- */

static bool read_number(struct create *c, const char *flag, int64_t otherwise, int64_t *out)
{
	const char *v = kops_flag(c->r, flag);

	*out = otherwise;
	return !v || str_to_i64(v, 0, INT32_MAX, out)
		|| err_set(c->e, ERR_USAGE, "invalid argument \"%s\" for \"--%s\" flag: "
			"strconv.ParseInt: parsing \"%s\": invalid syntax", v, flag, v);
}

static bool read_cidr(struct create *c)
{
	const char *text = flag_or(c, "network-cidr", "172.20.0.0/16");
	unsigned a, b, d, e, bits;

	if (sscanf(text, "%u.%u.%u.%u/%u", &a, &b, &d, &e, &bits) != 5 || a > 255 || b > 255
		|| d > 255 || e > 255 || bits < 8 || bits > 28)
		return err_set(c->e, ERR_USAGE, "invalid CIDR address: %s", text);
	c->base = a << 24 | b << 16 | d << 8 | e;
	c->bits = (int)bits;
	return true;
}

static bool read_zones(struct create *c)
{
	flag_list(c, "zones", &c->zones);
	flag_list(c, "control-plane-zones", &c->cp_zones);
	if (!c->zones.n)
		return err_set(c->e, ERR_USAGE, "must specify at least one zone for the cluster "
			"(use --zones)");
	for (size_t i = 0; i < c->zones.n; i++) {
		const char *z = c->zones.v[i];
		size_t n = strlen(c->w->region);

		if (!str_starts(z, c->w->region) || strlen(z) != n + 1 || !strchr("abcd", z[n]))
			return err_set(c->e, ERR_USAGE, "error verifying zone: zone \"%s\" is not "
				"known (the lab has %sa to d)", z, c->w->region);
	}
	strlist_sort(&c->zones);
	if (!c->cp_zones.n)
		strlist_add(&c->cp_zones, c->zones.v[0]);
	for (int64_t i = (int64_t)c->cp_zones.n; !kops_flag(c->r, "control-plane-zones")
		&& i < c->cp_count && i < (int64_t)c->zones.n; i++)
		strlist_add(&c->cp_zones, c->zones.v[i]);
	return true;
}

static bool read_types(struct create *c)
{
	static const char *const flags[] = { "control-plane-size", "node-size" };

	for (size_t i = 0; i < 2; i++) {
		const char *t = flag_or(c, flags[i], "t3.medium");

		if (!eni_lookup(t))
			return err_set(c->e, ERR_USAGE, "spec.machineType: Invalid value: \"%s\": "
				"machine type \"%s\" is invalid in region %s", t, t, c->w->region);
	}
	return true;
}

static bool read_words(struct create *c)
{
	const char *networking = flag_or(c, "networking", "cilium");

	if (!str_eq(flag_or(c, "cloud", "aws"), "aws"))
		return err_set(c->e, ERR_USAGE, "the lab has an AWS only (--cloud=aws)");
	if (!str_eq(networking, "amazonvpc"))
		return err_set(c->e, ERR_USAGE, "the lab's cloud runs amazonvpc only "
			"(--networking=amazonvpc), not %s", networking);
	c->dns = flag_or(c, "dns", kops_flag(c->r, "dns-zone") ? "public" : "none");
	if (str_eq(c->dns, "none") || str_eq(c->dns, "public") || str_eq(c->dns, "private"))
		return true;
	return err_set(c->e, ERR_USAGE, "unknown DNSType: \"%s\"", c->dns);
}

static bool create_read(struct create *c)
{
	return read_words(c) && read_number(c, "control-plane-count", 0, &c->cp_count)
		&& (c->cp_count % 2 || !c->cp_count || err_set(c->e, ERR_USAGE,
			"--control-plane-count must be an odd number"))
		&& read_cidr(c) && read_zones(c) && read_types(c)
		&& read_number(c, "node-count", (int64_t)c->zones.n, &c->node_count);
}

/* ---- the objects ---------------------------------------------------------------- */

static struct tree *list_of(const char *const *v, size_t n)
{
	struct tree *t = tree_of("[]");

	for (size_t i = 0; i < n; i++)
		tree_add(t, tree_scalar(v[i], true));
	return t;
}

static const char cluster_text[] =
	"apiVersion: kops.k8s.io/v1alpha2\n"
	"kind: Cluster\n"
	"metadata: {}\n"
	"spec:\n"
	"  authorization: {rbac: {}}\n"
	"  channel: stable\n"
	"  cloudProvider: aws\n"
	"  iam: {allowContainerRegistry: true, legacy: false}\n"
	"  kubelet: {anonymousAuth: false}\n"
	"  kubernetesApiAccess: [0.0.0.0/0, '::/0']\n"
	"  networking: {amazonvpc: {}}\n"
	"  nonMasqueradeCIDR: 100.64.0.0/10\n"
	"  sshAccess: [0.0.0.0/0, '::/0']\n";

/* As many equal parts as the next power of two holds all zones. */
static void add_subnets(struct create *c)
{
	struct tree *list = tree_of("[]");
	int more = 0;

	while (((size_t)1 << more) < c->zones.n)
		more++;
	for (size_t i = 0; i < c->zones.n; i++) {
		uint32_t at = c->base + ((uint32_t)i << (32 - c->bits - more));
		char *ip = lab_ip_text(at), *cidr = xasprintf("%s/%d", ip, c->bits + more);
		struct tree *s = tree_of("type: Public\n");

		tree_set_text(s, "cidr", cidr, true);
		tree_set_text(s, "name", c->zones.v[i], true);
		tree_set_text(s, "zone", c->zones.v[i], true);
		tree_add(list, s);
		free(cidr);
		free(ip);
	}
	tree_set(c->cluster, "spec.subnets", list);
}

static void set_created(struct create *c, struct tree *t)
{
	char at[40];

	stamp_format(at, world_wall(c->w), false);
	tree_set_text(t, "metadata.creationTimestamp", at, true);
}

static struct tree *add_group(struct create *c, char *name, const char *role, const char *zone,
	int64_t size)
{
	bool control = str_eq(role, "Master");
	const char *volume = kops_flag(c->r,
		control ? "control-plane-volume-size" : "node-volume-size");
	struct tree *t = tree_of("apiVersion: kops.k8s.io/v1alpha2\nkind: InstanceGroup\n");

	set_created(c, t);
	tree_set_text(t, "metadata.labels.[kops.k8s.io/cluster]", c->name, true);
	tree_set_text(t, "metadata.name", name, true);
	tree_set_text(t, "spec.image", flag_or(c, "image", c->w->image_id), true);
	tree_set_text(t, "spec.machineType",
		flag_or(c, control ? "control-plane-size" : "node-size", "t3.medium"), true);
	set_number(t, "spec.maxSize", size);
	set_number(t, "spec.minSize", size);
	tree_set_text(t, "spec.nodeLabels.[kops.k8s.io/instancegroup]", name, true);
	tree_set_text(t, "spec.role", role, true);
	if (volume)
		tree_set_text(t, "spec.rootVolumeSize", volume, false);
	tree_set(t, "spec.subnets", list_of(&zone, 1));
	free(name);
	c->groups = xgrow(c->groups, &c->cap, c->n, sizeof(*c->groups));
	c->groups[c->n++] = t;
	return t;
}

static struct tree *etcd_cluster(const char *name, const char *cpu)
{
	struct tree *t = tree_of("manager: {backupRetentionDays: 90}\nmemoryRequest: 100Mi\n"
		"etcdMembers: []\n");

	tree_set_text(t, "name", name, true);
	tree_set_text(t, "cpuRequest", cpu, true);
	return t;
}

/* Several in one zone are numbered: control-plane-ZONE-2, and their etcd members etcd-2. */
static void add_control_plane(struct create *c)
{
	int64_t count = c->cp_count ? c->cp_count : (int64_t)c->cp_zones.n;
	bool numbered = count > (int64_t)c->cp_zones.n;
	struct tree *list = tree_of("[]");
	struct tree *etcd[] = { etcd_cluster("main", "200m"), etcd_cluster("events", "100m") };

	for (int64_t i = 0; i < count; i++) {
		const char *zone = c->cp_zones.v[(size_t)i % c->cp_zones.n];
		struct tree *g = add_group(c, numbered
			? xasprintf("control-plane-%s-%d", zone,
				(int)(i / (int64_t)c->cp_zones.n) + 1)
			: xasprintf("control-plane-%s", zone), "Master", zone, 1);
		char *member = numbered ? xasprintf("etcd-%d", (int)i + 1)
					: xstrdup(zone + strlen(zone) - 1);

		for (size_t k = 0; k < 2; k++) {
			struct tree *m = tree_of("encryptedVolume: true\n");

			tree_set_text(m, "instanceGroup", store_group_name(g), true);
			tree_set_text(m, "name", member, true);
			tree_add(tree_at(etcd[k], "etcdMembers"), m);
		}
		free(member);
	}
	tree_add(list, etcd[0]);
	tree_add(list, etcd[1]);
	tree_set(c->cluster, "spec.etcdClusters", list);
}

static bool add_labels(struct create *c)
{
	struct strlist l = { 0 };
	bool ok = true;

	flag_list(c, "cloud-labels", &l);
	for (size_t i = 0; ok && i < l.n; i++) {
		const char *eq = strchr(l.v[i], '=');
		char *key = eq ? xstrndup(l.v[i], (size_t)(eq - l.v[i])) : NULL;
		char *path = xasprintf("spec.cloudLabels.[%s]", key ? key : "");

		ok = key || err_set(c->e, ERR_USAGE, "error parsing global cloud labels: "
			"incorrect syntax for cloud-labels: \"%s\"", l.v[i]);
		if (ok)
			tree_set_text(c->cluster, path, eq + 1, true);
		free(path);
		free(key);
	}
	strlist_release(&l);
	return ok;
}

static bool create_make(struct create *c)
{
	static const char *const types[][2] = { { "none", "None" }, { "public", "Public" },
		{ "private", "Private" } };
	struct strlist sets = { 0 };
	char *base = xasprintf("s3://%s/%s", c->w->state_bucket, c->name);
	const char *version = flag_or(c, "kubernetes-version", c->w->kube_version);

	c->cluster = tree_of(cluster_text);
	set_created(c, c->cluster);
	tree_set_text(c->cluster, "metadata.name", c->name, true);
	tree_set_text(c->cluster, "spec.configBase", base, true);
	free(base);
	tree_set_text(c->cluster, "spec.kubernetesVersion", version + (*version == 'v'), true);
	tree_set_text(c->cluster, "spec.networkCIDR", flag_or(c, "network-cidr", "172.20.0.0/16"),
		true);
	for (size_t i = 0; i < 3; i++) {
		if (str_eq(types[i][0], c->dns))
			tree_set_text(c->cluster, "spec.topology.dns.type", types[i][1], true);
	}
	/* with names of its own the API needs no balancer */
	tree_set(c->cluster, "spec.api", tree_of(str_eq(c->dns, "none")
		? "loadBalancer: {class: Network, type: Public}\n" : "dns: {}\n"));
	if (kops_flag(c->r, "dns-zone"))
		tree_set_text(c->cluster, "spec.dnsZone", kops_flag(c->r, "dns-zone"), true);
	add_subnets(c);
	add_control_plane(c);
	for (size_t i = 0; i < c->zones.n; i++)
		add_group(c, xasprintf("nodes-%s", c->zones.v[i]), "Node", c->zones.v[i],
			c->node_count / (int64_t)c->zones.n
				+ ((int64_t)i < c->node_count % (int64_t)c->zones.n));
	kops_flag_all(c->r, "set", &sets);
	for (size_t i = 0; i < sets.n && !err_is_set(c->e); i++)
		kops_set_field(c->cluster, sets.v[i], c->e);
	strlist_release(&sets);
	return add_labels(c) && !err_is_set(c->e) && store_schema_check(c->cluster, "config", c->e);
}

/* ---- into the store --------------------------------------------------------------- */

static void put(struct create *c, const char *path, const void *p, size_t n)
{
	char *key = xasprintf("%s/%s", c->name, path);

	lab_object_put(c->w, lab_bucket_find(c->w, c->w->state_bucket), key, p, n);
	free(key);
}

static void put_tree(struct create *c, const char *path, const struct tree *t)
{
	struct buf b = BUF_INIT;

	tree_write(t, &b);
	put(c, path, buf_str(&b), b.len);
	buf_release(&b);
}

/* The lab runs where the user does: it can read the key itself. */
static bool put_key(struct create *c)
{
	const char *flag = kops_flag(c->r, "ssh-public-key");
	char *full = flag ? file_expand_home(flag) : NULL, print[33], *path;
	struct buf key;
	bool ok;

	if (!flag)
		return true;
	buf_init(&key, 65536);
	ok = file_read(full, &key, NULL) || err_set(c->e, ERR_NOT_FOUND,
		"error reading SSH key file \"%s\": open %s: no such file or directory", flag,
		full);
	if (ok) {
		digest_md5_hex(buf_str(&key), key.len, print);
		path = xasprintf("pki/ssh/public/admin/%s", print);
		put(c, path, buf_str(&key), key.len);
		free(path);
	}
	buf_release(&key);
	free(full);
	return ok;
}

static bool create_put(struct create *c)
{
	if (!put_key(c))
		return false;
	put_tree(c, "config", c->cluster);
	for (size_t i = 0; i < c->n; i++) {
		char *path = xasprintf("instancegroup/%s", store_group_name(c->groups[i]));

		put_tree(c, path, c->groups[i]);
		free(path);
	}
	put(c, "clusteraddons/default", "", 0);
	return true;
}

static void create_print(struct create *c)
{
	struct buf b = BUF_INIT;

	tree_write(c->cluster, &b);
	for (size_t i = 0; i < c->n; i++) {
		buf_adds(&b, "\n---\n\n");
		tree_write(c->groups[i], &b);
	}
	kops_out_raw(c->r, buf_str(&b));
	buf_release(&b);
}

static bool create_allowed(struct create *c)
{
	const char *output = kops_flag(c->r, "output");
	char *key = xasprintf("%s/config", c->name);
	struct lab_bucket *b = lab_bucket_find(c->w, c->w->state_bucket);
	bool there = b && lab_object_get(b, key);

	free(key);
	if (there)
		return err_set(c->e, ERR_CONFLICT, "cluster \"%s\" already exists; use 'kops "
			"update cluster' to apply changes", c->name);
	if (!b)
		return err_set(c->e, ERR_NOT_FOUND, "error reading cluster configuration: the "
			"specified bucket does not exist");
	if (kops_flag_on(c->r, "dry-run", false) && !str_eq(output, "yaml"))
		return err_set(c->e, ERR_USAGE, output ? "unsupported output type \"%s\""
			: "unable to execute --dry-run without setting --output", output);
	if (!str_eq(flag_or(c, "target", "direct"), "direct")
		&& !kops_flag_on(c->r, "dry-run", false))
		return err_set(c->e, ERR_USAGE, "the lab's stand-in writes no files of terraform: "
			"--target=direct, or --dry-run -o yaml");
	return true;
}

static void create_free(struct create *c)
{
	for (size_t i = 0; i < c->n; i++)
		tree_free(c->groups[i]);
	free(c->groups);
	tree_free(c->cluster);
	strlist_release(&c->zones);
	strlist_release(&c->cp_zones);
}

void kops_cmd_create(struct kops_run *r)
{
	struct err e = ERR_INIT;
	struct create c = { .r = r, .w = kops_world(r), .e = &e,
		.name = kops_flag(r, "name") ? kops_flag(r, "name") : kops_arg(r, 0) };
	bool dry = kops_flag_on(r, "dry-run", false), ok;
	char *name;

	if (!c.name)
		c.name = kops_cluster_name(r, true);
	if (!c.name)
		return;
	ok = (strchr(c.name, '.') || err_set(&e, ERR_USAGE, "objectMeta.name: Invalid value: "
			"\"%s\": Cluster Name must be a fully-qualified DNS name (e.g. "
			"--name=mycluster.myzone.com)", c.name))
		&& create_allowed(&c) && create_read(&c) && create_make(&c);
	if (ok && dry)
		create_print(&c);
	else if (ok)
		ok = create_put(&c);
	name = xstrdup(c.name);
	create_free(&c);
	if (!ok)
		kops_fail(r, "%s", e.text);
	else if (dry)
		kops_exit(r, 0);
	else
		kops_update_start(r, name, kops_flag_on(r, "yes", false), true);
	free(name);
}
