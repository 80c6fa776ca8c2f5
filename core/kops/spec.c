/* SPDX-License-Identifier: Apache-2.0 */
/* Reading stored Cluster and InstanceGroup documents as kops reads them. */
#include "core/kops/spec.h"

#include <stdio.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/yaml.h"
#include "core/kops/document.h"

/*
 * The first field that kops could not read ends the whole document for kops, so
 * the reader keeps the first error and goes on to fill what it can.
 */
struct spec_reader {
	struct arena *a;
	struct document doc;
	struct err err;
};

/* A list at the path; NULL when unset; an error when it is something else. */
static struct yaml_node *spec_list(struct spec_reader *r, struct yaml_node *at, const char *path)
{
	struct yaml_node *n = yaml_at(at, path);

	if (!n || scalar_type(n) == SCALAR_NULL) {
		return NULL;
	}
	if (n->kind != YAML_SEQ) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must be a list", n->line, path);
		return NULL;
	}
	return n;
}

/* The string itself; NULL when unset; an error when it is a number, a boolean, ... */
static const char *spec_string(struct spec_reader *r, const struct yaml_node *n, const char *name)
{
	enum scalar_type t = scalar_type(n);

	if (t == SCALAR_NULL) {
		return NULL;
	}
	if (t == SCALAR_STRING) {
		return arena_strndup(r->a, n->text, n->text_len);
	}
	if (err_is_set(&r->err)) {
		return NULL;
	}
	err_set(&r->err, ERR_PARSE, "line %zu: %s must be a string, and this is %s", n->line, name,
		scalar_type_name(t));
	if (n->kind == YAML_SCALAR) {
		err_hint(&r->err, "Write it in quotes: \"%.60s\"", n->text);
	}
	return NULL;
}

static const char *spec_str(struct spec_reader *r, struct yaml_node *at, const char *path)
{
	return spec_string(r, yaml_at(at, path), path);
}

/* An int32 as kops' structs have them; otherwise when unset. */
static int64_t spec_int32(struct spec_reader *r, struct yaml_node *at, const char *path,
	int64_t otherwise, size_t *line)
{
	struct yaml_node *n = yaml_at(at, path);
	int64_t v = 0;

	if (scalar_type(n) == SCALAR_NULL) {
		return otherwise;
	}
	if (line) {
		*line = n->line;
	}
	if (scalar_type(n) != SCALAR_INT || !yaml_int(n, &v)) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must be a whole number, and this is %s",
			n->line, path, scalar_type_name(scalar_type(n)));
		return otherwise;
	}
	if (v < INT32_MIN || v > INT32_MAX) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must fit into 32 bits", n->line, path);
		return otherwise;
	}
	return v;
}

static struct int_or_percent spec_int_or_percent(struct spec_reader *r, struct yaml_node *at,
	const char *path)
{
	struct int_or_percent out = { .value = -1 };
	struct yaml_node *n = yaml_at(at, path);
	char digits[16];
	int64_t v;

	if (scalar_type(n) == SCALAR_NULL) {
		return out;
	}
	if (scalar_type(n) == SCALAR_INT && yaml_int(n, &v) && v >= 0 && v <= INT32_MAX) {
		out.value = (int32_t)v;
		return out;
	}
	if (n->kind == YAML_SCALAR && n->text_len && n->text_len < sizeof(digits)) {
		snprintf(digits, sizeof(digits), "%s", n->text);
		out.percent = digits[n->text_len - 1] == '%';
		if (out.percent) {
			digits[n->text_len - 1] = '\0';
		}
		if (out.percent && str_to_i64(digits, 0, INT32_MAX, &v)) {
			out.value = (int32_t)v;
			return out;
		}
	}
	err_set(&r->err, ERR_PARSE, "line %zu: %s must be a number or a percentage like \"25%%\"",
		n->line, path);
	return (struct int_or_percent){ .value = -1 };
}

static enum tri spec_tri(struct spec_reader *r, struct yaml_node *at, const char *path)
{
	struct yaml_node *n = yaml_at(at, path);
	bool b = false;

	if (scalar_type(n) == SCALAR_NULL) {
		return TRI_UNKNOWN;
	}
	if (scalar_type(n) != SCALAR_BOOL || !yaml_bool(n, &b)) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must be true or false", n->line, path);
		return TRI_UNKNOWN;
	}
	return b ? TRI_YES : TRI_NO;
}

static struct rolling_settings spec_rolling(struct spec_reader *r, struct yaml_node *root)
{
	return (struct rolling_settings){
		.max_surge = spec_int_or_percent(r, root, "spec.rollingUpdate.maxSurge"),
		.max_unavailable = spec_int_or_percent(r, root, "spec.rollingUpdate.maxUnavailable"),
		.drain_and_terminate = spec_tri(r, root, "spec.rollingUpdate.drainAndTerminate"),
	};
}

/* Strings of a list, all of them; *n is their number. */
static const char **spec_strings(struct spec_reader *r, struct yaml_node *at, const char *path,
	size_t *n)
{
	struct yaml_node *list = spec_list(r, at, path);

	*n = 0;
	if (!list || !list->count) {
		return NULL;
	}
	const char **out = arena_alloc(r->a, list->count * sizeof(*out));
	for (size_t i = 0; i < list->count; i++) {
		const char *s = spec_string(r, list->items[i], path);

		if (s) {
			out[(*n)++] = s;
		}
	}
	return out;
}

static int64_t spec_max_pods(struct spec_reader *r, struct yaml_node *root, const char *kubelet,
	size_t *line)
{
	char path[64];

	snprintf(path, sizeof(path), "%s.maxPods", kubelet);
	return spec_int32(r, root, path, -1, line);
}

static void spec_env(struct spec_reader *r, struct cluster_spec *out)
{
	char path[64];

	snprintf(path, sizeof(path), "%s.env", document_path(&r->doc, PLACE_CNI));
	struct yaml_node *list = spec_list(r, r->doc.root, path);
	if (!list || !list->count) {
		return;
	}
	out->env = arena_alloc(r->a, list->count * sizeof(*out->env));
	for (size_t i = 0; i < list->count; i++) {
		struct yaml_node *item = list->items[i];
		char name[96];

		if (item->kind != YAML_MAP) {
			err_set(&r->err, ERR_PARSE, "line %zu: %s must hold entries with name and value",
				item->line, path);
			continue;
		}
		struct env_entry *env = &out->env[out->nenv++];
		snprintf(name, sizeof(name), "%s name", path);
		env->name = spec_string(r, yaml_get(item, "name"), name);
		snprintf(name, sizeof(name), "%s value", path);
		env->value = spec_string(r, yaml_get(item, "value"), name);
		env->name = env->name ? env->name : "";
		env->value = env->value ? env->value : "";
		env->line = item->line;
	}
}

static void spec_subnets(struct spec_reader *r, struct cluster_spec *out)
{
	struct yaml_node *list = spec_list(r, r->doc.root, document_path(&r->doc, PLACE_SUBNETS));

	if (!list || !list->count) {
		return;
	}
	out->subnets = arena_alloc(r->a, list->count * sizeof(*out->subnets));
	for (size_t i = 0; i < list->count; i++) {
		struct yaml_node *item = list->items[i];
		struct cluster_subnet *s = &out->subnets[out->nsubnets++];

		s->name = spec_str(r, item, "name");
		s->zone = spec_str(r, item, "zone");
		s->cidr = spec_str(r, item, "cidr");
		s->type = spec_str(r, item, "type");
		s->id = spec_str(r, item, "id");
		if (out->region) {
			continue;
		}
		/* as kops: an AWS zone's name without its letter; other clouds name the region */
		const char *region = spec_str(r, item, "region");
		if (region) {
			out->region = region;
		} else if (!str_empty(s->zone)) {
			out->region = arena_strndup(r->a, s->zone, strlen(s->zone) - 1);
		}
	}
}

/* Which network: the key below spec.networking, in v1alpha2's spelling. */
static const char *spec_networking(struct spec_reader *r)
{
	static const char *const known[] = {
		"amazonvpc", "calico", "canal", "cilium", "classic", "cni", "external", "flannel",
		"gce", "gcp", "kindnet", "kopeio", "kubenet", "kuberouter", "lyftvpc", "romana",
		"weave",
	};
	struct yaml_node *n = yaml_at(r->doc.root, "spec.networking");

	if (!n || n->kind != YAML_MAP) {
		return NULL;
	}
	for (size_t i = 0; i < n->count; i++) {
		for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++) {
			const char *key = n->pairs[i].key->text;
			bool same = r->doc.alpha == 3 ? str_ieq(key, known[k]) : str_eq(key, known[k]);

			if (same) {
				return known[k];
			}
		}
	}
	return NULL;
}

static const char *spec_cloud(struct spec_reader *r)
{
	struct yaml_node *n = yaml_at(r->doc.root, "spec.cloudProvider");

	if (r->doc.alpha == 3 && n && n->kind == YAML_MAP) {
		const char *key = n->count ? n->pairs[0].key->text : NULL;

		return key ? arena_strdup(r->a, key) : NULL;
	}
	return spec_string(r, n, "spec.cloudProvider");
}

static const char *spec_lb_class(struct spec_reader *r)
{
	struct yaml_node *lb = yaml_at(r->doc.root, "spec.api.loadBalancer");

	if (!lb || lb->kind != YAML_MAP) {
		return NULL;
	}
	const char *class = spec_str(r, r->doc.root, "spec.api.loadBalancer.class");
	return class ? class : "Classic"; /* what kops takes an unset class for */
}

static void spec_fill_cluster(struct spec_reader *r, struct cluster_spec *out)
{
	struct yaml_node *root = r->doc.root;
	const char *created = spec_str(r, root, "metadata.creationTimestamp");

	out->created = created ? stamp_parse(created) : 0;
	out->kubernetes_version = spec_str(r, root, "spec.kubernetesVersion");
	if (out->kubernetes_version && out->kubernetes_version[0] == 'v') {
		out->kubernetes_version++;
	}
	out->cloud = spec_cloud(r);
	out->networking = spec_networking(r);
	out->network_cidr = spec_str(r, root, document_path(&r->doc, PLACE_NETWORK_CIDR));
	out->config_base = spec_str(r, root, document_path(&r->doc, PLACE_CONFIG_BASE));
	out->channel = spec_str(r, root, "spec.channel");
	out->dns_type = spec_str(r, root, document_path(&r->doc, PLACE_DNS_TYPE));
	out->api_lb_class = spec_lb_class(r);
	out->cni_image = spec_str(r, root, document_path(&r->doc, PLACE_CNI_IMAGE));
	out->max_pods = spec_max_pods(r, root, document_path(&r->doc, PLACE_KUBELET),
		&out->max_pods_line);
	out->cp_max_pods = spec_max_pods(r, root, document_path(&r->doc, PLACE_CP_KUBELET),
		&out->cp_max_pods_line);
	spec_env(r, out);
	spec_subnets(r, out);
	out->rolling = spec_rolling(r, root);
}

/* "key=value:Effect" or "key:Effect". */
static void spec_taints(struct spec_reader *r, struct group_spec *out)
{
	size_t n;
	const char **texts = spec_strings(r, r->doc.root, "spec.taints", &n);

	if (!n) {
		return;
	}
	out->taints = arena_alloc(r->a, n * sizeof(*out->taints));
	for (size_t i = 0; i < n; i++) {
		struct taint *t = &out->taints[out->ntaints++];
		const char *colon = strrchr(texts[i], ':');
		size_t len = colon ? (size_t)(colon - texts[i]) : strlen(texts[i]);
		const char *eq = memchr(texts[i], '=', len);

		t->effect = colon ? colon + 1 : "";
		t->key = arena_strndup(r->a, texts[i], eq ? (size_t)(eq - texts[i]) : len);
		t->value = eq ? arena_strndup(r->a, eq + 1, len - (size_t)(eq + 1 - texts[i])) : "";
	}
}

static void spec_node_labels(struct spec_reader *r, struct group_spec *out)
{
	struct yaml_node *map = yaml_at(r->doc.root, "spec.nodeLabels");

	if (!map || map->kind != YAML_MAP || !map->count) {
		return;
	}
	out->node_labels = arena_alloc(r->a, map->count * sizeof(*out->node_labels));
	for (size_t i = 0; i < map->count; i++) {
		struct label *l = &out->node_labels[out->nnode_labels++];
		const char *key = map->pairs[i].key->text;

		l->key = arena_strdup(r->a, key ? key : "");
		l->value = spec_string(r, map->pairs[i].value, "the value of a node label");
		l->value = l->value ? l->value : "";
	}
}

/*
 * A comma list in machineType is Karpenter's; an Auto Scaling group runs the
 * first of it.  mixedInstancesPolicy names what else may run.
 */
static void spec_types(struct spec_reader *r, struct group_spec *out)
{
	const char *text = spec_str(r, r->doc.root, "spec.machineType");
	struct strlist list = { .n = 0 };
	size_t nmixed;
	const char **mixed = spec_strings(r, r->doc.root, "spec.mixedInstancesPolicy.instances",
		&nmixed);

	strlist_split(&list, text ? text : "", ',');
	if (list.n && *list.v[0]) {
		out->machine_type = arena_strdup(r->a, list.v[0]);
	}
	if (nmixed) {
		out->types = mixed;
		out->ntypes = nmixed;
	} else if (out->machine_type) {
		out->types = arena_alloc(r->a, list.n * sizeof(*out->types));
		for (size_t i = 0; i < (out->karpenter ? list.n : 1); i++) {
			out->types[out->ntypes++] = arena_strdup(r->a, list.v[i]);
		}
	}
	if (!out->machine_type && out->ntypes) {
		out->machine_type = out->types[0];
	}
	strlist_release(&list);
}

static enum role spec_role(struct spec_reader *r)
{
	/* Other spellings stay unknown, as they do to kops (facts: kops part 2). */
	static const struct {
		const char *name;
		enum role role;
	} roles[] = {
		{ "APIServer", ROLE_APISERVER },
		{ "Bastion", ROLE_BASTION },
		{ "ControlPlane", ROLE_CONTROL_PLANE },
		{ "Master", ROLE_CONTROL_PLANE },
		{ "Node", ROLE_NODE },
	};
	const char *name = spec_str(r, r->doc.root, "spec.role");

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (str_eq(name, roles[i].name)) {
			return roles[i].role;
		}
	}
	return ROLE_UNKNOWN;
}

static void spec_fill_group(struct spec_reader *r, struct group_spec *out)
{
	struct yaml_node *root = r->doc.root;
	struct yaml_node *pool = yaml_at(root, "spec.warmPool");

	out->role = spec_role(r);
	out->karpenter = str_eq(spec_str(r, root, "spec.manager"), "Karpenter");
	spec_types(r, out);
	int64_t size = out->role == ROLE_CONTROL_PLANE || out->role == ROLE_BASTION ? 1 : 2;
	out->min_size = (int32_t)spec_int32(r, root, "spec.minSize", size, NULL);
	out->max_size = (int32_t)spec_int32(r, root, "spec.maxSize", size, NULL);
	out->subnets = spec_strings(r, root, "spec.subnets", &out->nsubnets);
	out->image = spec_str(r, root, "spec.image");
	/* maxSize 0 switches a pool off that the cluster would give */
	out->warm_pool = pool && pool->kind == YAML_MAP &&
		spec_int32(r, root, "spec.warmPool.maxSize", -1, NULL) != 0;
	out->max_pods = spec_max_pods(r, root, "spec.kubelet", &out->max_pods_line);
	spec_taints(r, out);
	spec_node_labels(r, out);
	out->rolling = spec_rolling(r, root);
}

/* Parses and finds the name; true when the rest may be read. */
static bool spec_open(struct spec_reader *r, const char *text, size_t len,
	enum document_kind want, const char **name)
{
	bool ok = document_parse(&r->doc, text, len, &r->err);

	*name = NULL;
	if (r->doc.root && r->doc.root->kind == YAML_MAP) {
		*name = spec_str(r, r->doc.root, "metadata.name");
	}
	if (!ok) {
		return false;
	}
	if (r->doc.kind != want) {
		return err_set(&r->err, ERR_PARSE, "line %zu: this is not the kind that belongs here: %s",
			yaml_get(r->doc.root, "kind")->line,
			want == DOCUMENT_CLUSTER ? "a Cluster is expected" : "an InstanceGroup is expected");
	}
	if (!*name) {
		err_set(&r->err, ERR_PARSE, "metadata.name is missing");
	}
	return true;
}

/* Ends a reading: the problem for the model, the error for the caller. */
static bool spec_close(struct spec_reader *r, const char **problem, struct err *e)
{
	bool ok = !err_is_set(&r->err);

	if (!ok) {
		*problem = arena_strdup(r->a, r->err.text);
		err_copy(e, &r->err);
	}
	document_release(&r->doc);
	return ok;
}

bool spec_read_cluster(const char *text, size_t len, struct arena *a, struct cluster_spec *out,
	struct err *e)
{
	struct spec_reader r = { .a = a, .err = ERR_INIT };

	*out = (struct cluster_spec){ .max_pods = -1, .cp_max_pods = -1 };
	out->rolling.max_surge.value = -1;
	out->rolling.max_unavailable.value = -1;
	if (spec_open(&r, text, len, DOCUMENT_CLUSTER, &out->name)) {
		spec_fill_cluster(&r, out);
	}
	return spec_close(&r, &out->problem, e);
}

bool spec_read_group(const char *text, size_t len, const char *cluster, struct arena *a,
	struct group_spec *out, struct err *e)
{
	struct spec_reader r = { .a = a, .err = ERR_INIT };

	*out = (struct group_spec){ .max_pods = -1, .min_size = -1, .max_size = -1 };
	out->rolling.max_surge.value = -1;
	out->rolling.max_unavailable.value = -1;
	out->cluster = cluster ? arena_strdup(a, cluster) : NULL;
	if (spec_open(&r, text, len, DOCUMENT_GROUP, &out->name)) {
		spec_fill_group(&r, out);
	}
	return spec_close(&r, &out->problem, e);
}
