/* SPDX-License-Identifier: Apache-2.0 */
/* Two trees compared by what they mean: a spec, and kops' record of what it applied. */
#include "core/kops/drift.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/xalloc.h"
#include "core/base/yaml.h"

#define LINES_MAX 64
/* From an update's first look at the specs until it writes its records. */
#define UPDATE_MS 30000
/* A spec has some hundred values. */
#define STEPS_MAX 5000

/* Below spec, what kops fills in where the user said nothing.  "*" takes dots too. */
static const char *const filled[] = {
	"api*",
	"authentication*",
	"authorization*",
	"awsLoadBalancerController.*",
	"certManager.*",
	"channel",
	"cloudConfig*",
	"cloudControllerManager*",
	"cloudProvider*",
	"clusterAutoscaler.*",
	"clusterDNSDomain",
	"configBase",
	"configStore",
	"containerRuntime",
	"containerd*",
	"dnsZone",
	"docker*",
	"etcdClusters.*.backups*",
	"etcdClusters.*.cpuRequest",
	"etcdClusters.*.image",
	"etcdClusters.*.manager*",
	"etcdClusters.*.memoryRequest",
	"etcdClusters.*.provider",
	"etcdClusters.*.version",
	"externalDns*",
	"iam*",
	"karpenter.*",
	"keyStore",
	"kubeAPIServer*",
	"kubeControllerManager*",
	"kubeDNS*",
	"kubeProxy*",
	"kubeScheduler*",
	"kubernetesVersion",
	"masterInternalName",
	"masterKubelet",
	"masterPublicName",
	"metricsServer.*",
	"networkCIDR",
	"networkID",
	"networking.c*",
	"nodeProblemDetector.*",
	"nodeTerminationHandler*",
	"nonMasqueradeCIDR",
	"podCIDR",
	"secretStore",
	"serviceAccountIssuerDiscovery*",
	"serviceClusterIPRange",
	"snapshotController.*",
	"subnets.*.cidr",
	"subnets.*.id",
	"subnets.*.ipv6CIDR",
	"topology*",
	"updatePolicy",
};

/* The same of kubelet and masterKubelet, all releases together.  maxPods is not among them. */
static const char *const filled_kubelet[] = {
	"allowPrivileged", "anonymousAuth", "authenticationTokenWebhook", "authorizationMode",
	"babysitDaemons", "cgroupDriver", "cgroupRoot", "clientCaFile", "cloudProvider",
	"clusterDNS", "clusterDomain", "configureCbr0", "enableDebuggingHandlers", "evictionHard",
	"featureGates*", "hairpinMode", "hostnameOverride", "imageGCHighThresholdPercent",
	"imageGCLowThresholdPercent",
	"kubeconfigPath", "kubeletCgroups", "logLevel", "networkPluginMTU", "networkPluginName",
	"nonMasqueradeCIDR", "podInfraContainerImage", "podManifestPath", "protectKernelDefaults",
	"reconcileCIDR", "registerSchedulable", "requireKubeconfig", "runtimeCgroups",
	"shutdownGracePeriod", "shutdownGracePeriodCriticalPods", "systemCgroups",
	"volumePluginDirectory",
};

/* On where nothing is said; every other "enabled" is off then. */
static const char *const on_by_default[] = {
	"nodeTerminationHandler.enabled", "cloudConfig.awsEBSCSIDriver.enabled",
};

struct comparison {
	struct drift *out;
	const struct yaml_node *spec;    /* of the record: for what is inherited there */
	bool record_newer;               /* so much that an update saw the spec as it is: what is
	                                    missing there kops dropped, what is more it added */
	size_t *steps;
	bool (*fills)(const struct comparison *c, const char *path, const struct yaml_node *n);
};

static bool path_in(const char *path, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_glob(v[i], path)) {
			return true;
		}
	}
	return false;
}
#define PATH_IN(path, table) path_in(path, table, sizeof(table) / sizeof((table)[0]))

/* ---- values ---- */

static bool node_is_none(const struct yaml_node *n)
{
	return !n || n->kind == YAML_NULL_NODE || yaml_is_null(n);
}

static bool node_is_empty(const struct yaml_node *n)
{
	return !n || node_is_none(n) ||
	       ((n->kind == YAML_MAP || n->kind == YAML_SEQ) && n->count == 0);
}

static bool scalar_same(const char *path, const struct yaml_node *a, const struct yaml_node *b)
{
	int64_t x, y;
	bool p, q;
	if (a->kind != YAML_SCALAR || b->kind != YAML_SCALAR) {
		return false;
	}
	if (str_eq(path, "kubernetesVersion")) {
		return str_eq(a->text + (a->text[0] == 'v'), b->text + (b->text[0] == 'v'));
	}
	return str_eq(a->text, b->text) || (yaml_int(a, &x) && yaml_int(b, &y) && x == y) ||
		(yaml_bool(a, &p) && yaml_bool(b, &q) && p == q);
}

static void node_words(const struct yaml_node *n, struct buf *out)
{
	if (node_is_none(n)) {
		buf_adds(out, "none");
	} else if (n->kind == YAML_SCALAR) {
		buf_addf(out, "%.*s%s", n->text_len > 60 ? 57 : (int)n->text_len, n->text,
			n->text_len > 60 ? "..." : "");
	} else {
		bool one = n->count == 1;
		buf_addf(out, "%zu %s", n->count, n->kind == YAML_SEQ ? one ? "entry" : "entries"
			: one ? "setting" : "settings");
	}
}

static void drift_line(struct drift *d, const char *path, const struct yaml_node *want,
	const struct yaml_node *have)
{
	struct buf line = BUF_INIT;
	d->found = TRI_YES;
	if (d->lines.n >= LINES_MAX) {
		return;
	}
	buf_addf(&line, "%s ", path);
	if (node_is_none(want)) {
		buf_adds(&line, "removed");
	} else {
		node_words(want, &line);
	}
	buf_adds(&line, " (applied ");
	node_words(have, &line);
	buf_adds(&line, ")");
	for (size_t i = 0; i < line.len; i++) {
		/* Of a text of several lines: one line is what the list promises. */
		line.data[i] = (unsigned char)line.data[i] < ' ' ? ' ' : line.data[i];
	}
	strlist_take(&d->lines, buf_detach(&line));
}

/* ---- trees ---- */

static void compare(const struct comparison *c, const char *path, const struct yaml_node *want,
	const struct yaml_node *have);

static char *path_below(const char *path, const char *key)
{
	return path[0] ? xasprintf("%s.%s", path, key) : xstrdup(key);
}

static void compare_maps(const struct comparison *c, const char *path,
	const struct yaml_node *want, const struct yaml_node *have)
{
	for (size_t i = 0; i < want->count && *c->steps <= STEPS_MAX; i++) {
		const char *key = want->pairs[i].key->text;
		if (key && yaml_get(want, key) == want->pairs[i].value) {
			char *below = path_below(path, key);
			compare(c, below, want->pairs[i].value, yaml_get(have, key));
			free(below);
		}
	}
	for (size_t i = 0; have && have->kind == YAML_MAP && i < have->count; i++) {
		const char *key = have->pairs[i].key->text;
		if (key && !yaml_get(want, key)) {
			char *below = path_below(path, key);
			compare(c, below, NULL, have->pairs[i].value);
			free(below);
		}
	}
}

/* The last of that name, as kops reads it. */
static const struct yaml_node *seq_named(const struct yaml_node *seq, const char *name)
{
	for (size_t i = seq && seq->kind == YAML_SEQ ? seq->count : 0; i-- > 0;) {
		if (str_eq(yaml_text(seq->items[i], "name"), name)) {
			return seq->items[i];
		}
	}
	return NULL;
}

/* "networking.amazonvpc.env" of NAME reads better as env.NAME. */
static char *path_of_item(const char *path, const char *name)
{
	return str_ends(path, "amazonvpc.env") ? xasprintf("env.%s", name) : path_below(path, name);
}

static void compare_item(const struct comparison *c, const char *path, const char *name,
	const struct yaml_node *want, const struct yaml_node *have)
{
	char *below = path_of_item(path, name);
	if (str_starts(below, "env.")) {
		compare(c, below, yaml_get(want, "value"), yaml_get(have, "value"));
	} else {
		compare(c, below, want, have);
	}
	free(below);
}

static void compare_named(const struct comparison *c, const char *path,
	const struct yaml_node *want, const struct yaml_node *have)
{
	for (size_t i = 0; want && i < want->count; i++) {
		const char *name = yaml_text(want->items[i], "name");
		if (name && seq_named(want, name) == want->items[i]) {
			compare_item(c, path, name, want->items[i], seq_named(have, name));
		}
	}
	for (size_t i = 0; have && i < have->count; i++) {
		const char *name = yaml_text(have->items[i], "name");
		if (name && !seq_named(want, name) && seq_named(have, name) == have->items[i]) {
			compare_item(c, path, name, NULL, have->items[i]);
		}
	}
}

static bool seq_is_named(const struct yaml_node *seq)
{
	return seq && seq->kind == YAML_SEQ && seq->count > 0 && yaml_text(seq->items[0], "name");
}

/* The same entries in the same order; maps may have more in the record. */
static bool seq_same(const struct comparison *c, const char *path, const struct yaml_node *want,
	const struct yaml_node *have)
{
	struct drift inner = { .found = TRI_NO };
	struct comparison deep = *c;
	bool same = have && have->kind == YAML_SEQ && want->count == have->count;
	deep.out = &inner;
	for (size_t i = 0; same && i < want->count; i++) {
		compare(&deep, path, want->items[i], have->items[i]);
		same = inner.found == TRI_NO;
	}
	drift_release(&inner);
	return same;
}

static void compare(const struct comparison *c, const char *path, const struct yaml_node *want,
	const struct yaml_node *have)
{
	if ((node_is_empty(want) && node_is_empty(have)) || ++*c->steps > STEPS_MAX) {
		return;
	}
	if (seq_is_named(want) || (node_is_empty(want) && seq_is_named(have))) {
		if (node_is_none(want) && (c->record_newer || c->fills(c, path, have))) {
			return;
		}
		compare_named(c, path, node_is_empty(want) ? NULL : want,
			node_is_empty(have) || have->kind != YAML_SEQ ? NULL : have);
		return;
	}
	if (node_is_none(want)) {
		if (have->kind == YAML_SCALAR && !have->text[0]) {
			return; /* sshKeyName: "" */
		}
		if (!c->record_newer && !c->fills(c, path, have)) {
			drift_line(c->out, path, NULL, have);
		}
		return;
	}
	if (want->kind == YAML_MAP && (node_is_none(have) || have->kind == YAML_MAP)) {
		compare_maps(c, path, want, node_is_none(have) ? NULL : have);
		return;
	}
	if (node_is_none(have) && c->record_newer) {
		return; /* kops read it and did not know it */
	}
	if (node_is_none(have) || (want->kind == YAML_SCALAR && !scalar_same(path, want, have)) ||
		(want->kind == YAML_SEQ && !seq_same(c, path, want, have))) {
		drift_line(c->out, path, want, have);
	}
}

/* ---- a cluster ---- */

static bool cluster_fills(const struct comparison *c, const char *path, const struct yaml_node *n)
{
	bool whole = n->kind == YAML_MAP && yaml_get(n, "enabled"), on;
	if (whole || str_ends(path, ".enabled")) {
		char *key = whole ? path_below(path, "enabled") : xstrdup(path);
		bool told = yaml_bool(whole ? yaml_get(n, "enabled") : n, &on);
		bool usual = told && on == PATH_IN(key, on_by_default);
		free(key);
		if (told) {
			return usual;
		}
	}
	if (str_starts(path, "kubelet.")) {
		return PATH_IN(path + strlen("kubelet."), filled_kubelet);
	}
	if (str_starts(path, "masterKubelet.")) {
		const char *key = path + strlen("masterKubelet.");
		char *worker = xasprintf("kubelet.%s", key);
		const struct yaml_node *same = yaml_at(c->spec, worker);
		free(worker);
		return PATH_IN(key, filled_kubelet) || (same && scalar_same(key, same, n));
	}
	return str_eq(path, "kubelet") || PATH_IN(path, filled);
}

/* A whole kubelet that is not in the spec: its settings one by one. */
static void cluster_kubelet(const struct comparison *c, const char *key,
	const struct yaml_node *spec)
{
	const struct yaml_node *have = yaml_get(c->spec, key);
	if (!node_is_none(yaml_get(spec, key)) || !have || have->kind != YAML_MAP) {
		return;
	}
	for (size_t i = 0; i < have->count; i++) {
		const char *name = have->pairs[i].key->text;
		char *path = path_below(key, name ? name : "");
		compare(c, path, NULL, have->pairs[i].value);
		free(path);
	}
}

/* By more than ms. */
static bool file_newer(const struct drift_file *a, const struct drift_file *b, int64_t ms)
{
	return a->at > 0 && b->at > 0 && a->at - b->at > ms;
}

/* "kops/v1alpha2" is the old name of "kops.k8s.io/v1alpha2". */
static bool same_form(const struct yaml_doc *a, const struct yaml_doc *b)
{
	const char *x = yaml_text(yaml_root(a), "apiVersion"), *y = yaml_text(yaml_root(b),
		"apiVersion");
	return x && y && strchr(x, '/') && strchr(y, '/') &&
		str_eq(strchr(x, '/'), strchr(y, '/'));
}

void drift_of_cluster(const struct drift_file *config, const struct drift_file *completed,
	struct drift *out)
{
	*out = (struct drift){ .found = TRI_UNKNOWN };
	struct yaml_doc *a = yaml_parse(config->text, config->len, 0, NULL);
	struct yaml_doc *b = completed->text ?
		yaml_parse(completed->text, completed->len, 0, NULL) : NULL;
	const struct yaml_node *spec = a ? yaml_get(yaml_root(a), "spec") : NULL;
	const struct yaml_node *record = b ? yaml_get(yaml_root(b), "spec") : NULL;
	if (!spec || !record) {
		out->note = !spec ? "its spec cannot be read"
				  : "cluster-completed.spec could not be read";
	} else if (!same_form(a, b)) {
		out->note = "cluster-completed.spec is written in another version of the API";
	} else {
		size_t steps = 0;
		struct comparison c = { .out = out, .spec = record, .fills = cluster_fills,
			.steps = &steps, .record_newer = file_newer(completed, config, UPDATE_MS) };
		out->found = TRI_NO;
		compare(&c, "", spec, record);
		cluster_kubelet(&c, "kubelet", spec);
		cluster_kubelet(&c, "masterKubelet", spec);
		if (out->found == TRI_NO && file_newer(config, completed, 0)) {
			out->note = "it was written after the last update; a setting taken away "
				"that kops sets by itself would not show";
		}
		if (steps > STEPS_MAX) {
			out->note = "the spec is too large to be compared";
			out->found = out->lines.n > 0 ? TRI_YES : TRI_UNKNOWN;
		}
	}
	yaml_free(a);
	yaml_free(b);
}

/* ---- a group ---- */

static const char *group_words(const char *role)
{
	return str_eq(role, "Master") || str_eq(role, "ControlPlane") ? "masterKubelet" : "kubelet";
}

/* What the cluster's kubelet gives is no drift of the group. */
static bool kubelet_fills(const struct comparison *c, const char *path, const struct yaml_node *n)
{
	const char *key = path + strlen("kubelet.");
	const struct yaml_node *same = yaml_get(c->spec, key);
	return !str_starts(path, "kubelet.") || PATH_IN(key, filled_kubelet) ||
		str_eq(key, "nodeLabels") || str_eq(key, "taints") ||
		(same && (same->kind != YAML_SCALAR || scalar_same(key, same, n)));
}

/* Labels that kops gives by itself. */
static bool label_fills(const struct comparison *c, const char *path, const struct yaml_node *n)
{
	static const char *const own[] = { "*kops.k8s.io/*", "*kubernetes.io/*",
		"*karpenter.sh/*", "*k8s.amazonaws.com/*" };
	return PATH_IN(path, own);
}

static void group_kubelet(const struct yaml_node *spec, const struct yaml_node *cluster,
	const struct yaml_node *node, bool newer, struct drift *out)
{
	static const struct yaml_node none = { .kind = YAML_MAP };
	const struct yaml_node *want = yaml_get(spec, "kubelet");
	size_t steps = 0;
	struct comparison c = { .out = out, .fills = kubelet_fills, .record_newer = newer,
		.steps = &steps,
		.spec = yaml_get(cluster, group_words(yaml_text(spec, "role"))) };
	if (!cluster) {
		return;
	}
	if (!c.spec) {
		c.spec = yaml_get(cluster, "kubelet");
	}
	compare(&c, "kubelet", node_is_none(want) ? &none : want, yaml_get(node, "KubeletConfig"));
}

static void group_labels(const struct yaml_node *spec, const struct yaml_node *node, bool newer,
	struct drift *out)
{
	static const struct yaml_node none = { .kind = YAML_MAP };
	const struct yaml_node *want = yaml_get(spec, "nodeLabels");
	size_t steps = 0;
	struct comparison c = { .out = out, .fills = label_fills, .record_newer = newer,
		.steps = &steps };
	if (yaml_at(spec, "kubelet.nodeLabels")) {
		return; /* merged from two places: not compared */
	}
	compare(&c, "nodeLabels", node_is_none(want) ? &none : want,
		yaml_at(node, "KubeletConfig.nodeLabels"));
}

static bool seq_holds(const struct yaml_node *seq, const char *text)
{
	for (size_t i = 0; seq && seq->kind == YAML_SEQ && i < seq->count; i++) {
		if (str_eq(seq->items[i]->text, text)) {
			return true;
		}
	}
	return false;
}

static void group_taints(const struct yaml_node *spec, const struct yaml_node *node,
	struct drift *out)
{
	const struct yaml_node *want = yaml_get(spec, "taints");
	const struct yaml_node *have = yaml_at(node, "KubeletConfig.taints");
	const struct yaml_node *kubelet = yaml_at(spec, "kubelet.taints");
	for (size_t i = 0; want && want->kind == YAML_SEQ && i < want->count; i++) {
		if (want->items[i]->text && !seq_holds(have, want->items[i]->text)) {
			drift_line(out, "taints", want->items[i], NULL);
		}
	}
	for (size_t i = 0; have && have->kind == YAML_SEQ && i < have->count; i++) {
		const char *t = have->items[i]->text;
		if (t && !str_starts(t, "node-role.kubernetes.io/") &&
			!str_starts(t, "nvidia.com/gpu") && !seq_holds(want, t) &&
			!seq_holds(kubelet, t)) {
			drift_line(out, "taints", NULL, have->items[i]);
		}
	}
}

static void group_type(const struct yaml_node *spec, const struct yaml_node *node,
	struct drift *out)
{
	const struct yaml_node *want = yaml_get(spec, "machineType");
	const struct yaml_node *have = yaml_get(node, "DefaultMachineType");
	const char *w = want ? want->text : NULL, *h = have ? have->text : NULL;
	if (w && h && (strcspn(w, ",") != strlen(h) || strncmp(w, h, strlen(h)) != 0)) {
		drift_line(out, "machineType", want, have);
	}
}

void drift_of_group(const struct drift_file *group, const struct drift_file *completed,
	const struct drift_file *nodeup, struct drift *out)
{
	*out = (struct drift){ .found = TRI_UNKNOWN };
	struct yaml_doc *a = yaml_parse(group->text, group->len, 0, NULL);
	struct yaml_doc *own = completed->text && !completed->doc ?
		yaml_parse(completed->text, completed->len, 0, NULL) : NULL;
	const struct yaml_doc *b = completed->doc ? completed->doc : own;
	struct yaml_doc *n = nodeup->text ? yaml_parse(nodeup->text, nodeup->len, 0, NULL) : NULL;
	const struct yaml_node *spec = a ? yaml_get(yaml_root(a), "spec") : NULL;
	if (!spec) {
		out->note = "its spec cannot be read";
	} else if (!n) {
		out->note = nodeup->text ? "its nodeupconfig.yaml cannot be read"
					 : "its nodeupconfig.yaml was not read";
	} else {
		const struct yaml_node *node = yaml_root(n);
		bool newer = file_newer(nodeup, group, UPDATE_MS);
		out->found = TRI_NO;
		group_kubelet(spec, b ? yaml_get(yaml_root(b), "spec") : NULL, node, newer, out);
		group_labels(spec, node, newer, out);
		group_taints(spec, node, out);
		group_type(spec, node, out);
		if (file_newer(group, nodeup, 0) && file_newer(group, completed, 0)) {
			out->note = yaml_get(node, "DefaultMachineType")
				? "written after the last update that left a trace in the store: "
				  "of image, volumes and subnets it cannot be told"
				: "written after the last update that left a trace in the store: "
				  "of machine type, image, volumes and subnets it cannot be told";
		}
	}
	yaml_free(a);
	yaml_free(own);
	yaml_free(n);
}

void drift_release(struct drift *d)
{
	strlist_release(&d->lines);
	*d = (struct drift){ .found = TRI_UNKNOWN };
}
