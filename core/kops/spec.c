/* SPDX-License-Identifier: Apache-2.0 */
/* Reading stored Cluster and InstanceGroup documents as kops reads them. */
#include "core/kops/spec.h"

#include <stdio.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/yaml.h"
#include "core/kops/document.h"
#include "core/kops/lint.h"
#include "core/kops/spec-read.h"

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
			err_set(&r->err, ERR_PARSE,
				"line %zu: %s must hold entries with name and value", item->line,
				path);
			continue;
		}
		struct env_entry *env = &out->env[out->nenv++];
		snprintf(name, sizeof(name), "%s name", path);
		env->name = spec_string(r, yaml_get(item, "name"), name);
		snprintf(name, sizeof(name), "%s value", path);
		const struct yaml_node *value = yaml_get(item, "value");
		env->value = spec_string(r, value, name);
		env->unreadable = !env->value && scalar_type(value) != SCALAR_NULL;
		if (env->unreadable && value->text) {
			env->value = arena_strdup(r->a, value->text);
		}
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
			if (r->doc.alpha == 3 ? str_ieq(key, known[k]) : str_eq(key, known[k])) {
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
	const struct yaml_node *pods = yaml_at(root, document_path(&r->doc, PLACE_NON_MASQUERADE));
	out->ipv6 = pods && pods->kind == YAML_SCALAR && strchr(pods->text, ':');
	out->ipv6_line = out->ipv6 ? pods->line : 0;
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
		return err_set(&r->err, ERR_PARSE, "line %zu: %s is expected here",
			yaml_get(r->doc.root, "kind")->line,
			want == DOCUMENT_CLUSTER ? "a Cluster" : "an InstanceGroup");
	}
	if (!*name) {
		err_set(&r->err, ERR_PARSE, "metadata.name is missing");
	}
	return true;
}

/* What kops could not read, among the fields that nobody here asks for. */
static void spec_check_types(struct spec_reader *r)
{
	struct lint lint = { .n = 0 };

	lint_document(&r->doc, &lint);
	for (size_t i = 0; i < lint.n && !err_is_set(&r->err); i++) {
		if (lint.v[i].level == LINT_BROKEN) {
			err_set(&r->err, ERR_PARSE, "line %zu: %s", lint.v[i].line, lint.v[i].text);
			err_hint(&r->err, "%s", lint.v[i].hint);
		}
	}
	lint_release(&lint);
}

/* Ends a reading: the problem for the model, the error for the caller. */
static bool spec_close(struct spec_reader *r, const char **problem, struct err *e)
{
	if (!err_is_set(&r->err)) {
		spec_check_types(r);
	}
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
