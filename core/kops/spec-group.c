/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a stored InstanceGroup. */
#include "core/kops/spec-read.h"

#include <string.h>

#include "core/base/strs.h"

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

static size_t spec_line(const struct yaml_node *root, const char *path)
{
	const struct yaml_node *n = yaml_at(root, path);

	return n ? n->line : 0;
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

	out->types_line = spec_line(r->doc.root,
		nmixed ? "spec.mixedInstancesPolicy.instances" : "spec.machineType");
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

void spec_fill_group(struct spec_reader *r, struct group_spec *out)
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
	out->image_line = spec_line(root, "spec.image");
	/* maxSize 0 switches a pool off that the cluster would give */
	out->warm_pool = pool && pool->kind == YAML_MAP &&
		spec_int32(r, root, "spec.warmPool.maxSize", -1, NULL) != 0;
	out->max_pods = spec_max_pods(r, root, "spec.kubelet", &out->max_pods_line);
	spec_taints(r, out);
	spec_node_labels(r, out);
	out->rolling = spec_rolling(r, root);
}
