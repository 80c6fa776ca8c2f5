/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kops-channels: every minute it looks whether the addons in the state store are
 * those that were applied, applies them when not (of the CNI's it really does), marks
 * the nodes for replacement that the addon asks for, and writes down on the
 * namespace what it did (facts: kops 3).
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "core/base/yaml.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

#define CNI_ADDON "networking.amazon-vpc-routed-eni"
#define APPLIED "addons.k8s.io/"
#define NEEDS_UPDATE "kops.k8s.io/needs-update"

struct addon {
	char *name, *id, *manifest, *hash, *rolls;
};

static struct lab_object *store_get(struct world *w, const char *path)
{
	struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);
	char *key = xasprintf("%s/addons/%s", w->cluster, path);
	struct lab_object *o = b ? lab_object_get(b, key) : NULL;
	free(key);
	return o;
}

/* Takes what the list says of one addon. */
static bool addon_read(const struct yaml_node *x, struct addon *a)
{
	*a = (struct addon){ .name = xstrdup(yaml_text(x, "name")),
		.id = xstrdup(yaml_text(x, "id")), .manifest = xstrdup(yaml_text(x, "manifest")),
		.hash = xstrdup(yaml_text(x, "manifestHash")),
		.rolls = xstrdup(yaml_text(x, "needsRollingUpdate")) };
	return a->name && a->manifest && a->hash;
}

static void addon_release(struct addon *a)
{
	free(a->name);
	free(a->id);
	free(a->manifest);
	free(a->hash);
	free(a->rolls);
}

static const struct yaml_node *container_named(const struct yaml_node *root, const char *name)
{
	const struct yaml_node *l = yaml_at(root, "spec.template.spec.containers");
	for (size_t i = 0; l && l->kind == YAML_SEQ && i < l->count; i++) {
		if (str_eq(yaml_text(l->items[i], "name"), name))
			return l->items[i];
	}
	return NULL;
}

static json_t *env_json(const struct yaml_node *container)
{
	json_t *out = json_array();
	const struct yaml_node *env = yaml_get(container, "env");
	for (size_t i = 0; env && env->kind == YAML_SEQ && i < env->count; i++) {
		const char *name = yaml_text(env->items[i], "name");
		const char *value = yaml_text(env->items[i], "value");
		const char *field = yaml_text(env->items[i], "valueFrom.fieldRef.fieldPath");
		if (name && field)
			json_array_append_new(out, json_pack("{s:s, s:{s:{s:s, s:s}}}", "name",
			name,
				"valueFrom", "fieldRef", "apiVersion", "v1", "fieldPath", field));
		else if (name)
			json_array_append_new(out, json_pack("{s:s, s:s}", "name", name, "value",
				value ? value : ""));
	}
	return out;
}

/* The env of aws-node in the manifest; NULL: there is none. */
static json_t *manifest_env(const struct lab_object *o)
{
	json_t *env = NULL;
	for (size_t n = 0; !env && n < 100; n++) {
		struct yaml_doc *d = yaml_parse(o->data, o->len, n, NULL);
		if (!d)
			return NULL;
		const struct yaml_node *root = yaml_root(d);
		const struct yaml_node *c = str_eq(yaml_text(root, "kind"), "DaemonSet") &&
			str_eq(yaml_text(root, "metadata.name"), "aws-node") ?
			container_named(root, "aws-node") : NULL;
		if (c)
			env = env_json(c);
		yaml_free(d);
	}
	return env;
}

static bool env_has(const json_t *env, const char *name)
{
	size_t i;
	json_t *v;
	json_array_foreach(env, i, v) {
		if (str_eq(json_str(v, "name"), name))
			return true;
	}
	return false;
}

/* As an apply does it: what somebody else added stays, what the last manifest had goes. */
static void env_apply(struct sim *s, json_t *container, json_t *env)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_object_get(container, "env"), i, v) {
		const char *name = json_str(v, "name");
		if (!env_has(env, name) && !strlist_has(&s->cni_names, name))
			json_array_append(env, v);
	}
	strlist_release(&s->cni_names);
	s->cni_names = (struct strlist){ .v = NULL };
	json_array_foreach(env, i, v)
		strlist_add(&s->cni_names, json_str(v, "name"));
	json_object_set(container, "env", env);
}

static void daemonset_apply(struct world *w, json_t *env)
{
	struct kobj *ds = kube_find(w->kube, KUBE_DAEMONSETS, "kube-system", "aws-node");
	size_t i;
	json_t *c;
	if (!ds)
		return;
	json_t *j = kube_edit(ds);
	json_array_foreach(json_path(j, "spec.template.spec.containers"), i, c) {
		if (str_eq(json_str(c, "name"), "aws-node"))
			env_apply(w->sim, c, env);
	}
	kube_commit(w->kube, ds, j);
}

static void applied_write(struct world *w, const struct addon *a)
{
	struct buf b = BUF_INIT;
	json_t *j = json_pack("{s:s, s:s, s:s, s:i}", "id", a->id ? a->id : "", "channel",
		"s3://", "manifestHash", a->hash, "systemGeneration", 1);
	json_object_set_new(j, "channel", json_sprintf("s3://%s/%s/addons/bootstrap-channel.yaml",
		w->state_bucket, w->cluster));
	json_write(&b, j, false);
	json_decref(j);
	struct kobj *ns = kube_find(w->kube, KUBE_NAMESPACES, "", "kube-system");
	json_t *n = kube_edit(ns), *meta = json_object_get(n, "metadata");
	if (!json_object_get(meta, "annotations"))
		json_object_set_new(meta, "annotations", json_object());
	char *key = xasprintf(APPLIED "%s", a->name);
	json_object_set_new(json_object_get(meta, "annotations"), key, json_string(buf_str(&b)));
	free(key);
	kube_commit(w->kube, ns, n);
	buf_release(&b);
}

/* The hash that was applied last: owned by the caller; NULL: the addon is new. */
static char *applied_hash(struct world *w, const char *name)
{
	const struct kobj *ns = kube_find(w->kube, KUBE_NAMESPACES, "", "kube-system");
	char *path = xasprintf("metadata.annotations.[" APPLIED "%s]", name);
	const char *text = ns ? json_str(ns->json, path) : NULL;
	json_t *j = text ? json_parse(text, strlen(text), NULL) : NULL;
	char *hash = j ? xstrdup(json_str(j, "manifestHash")) : NULL;
	json_decref(j);
	free(path);
	return hash;
}

/* Only where a version was there before (facts: kops 3). */
static void nodes_mark(struct world *w, const char *rolls)
{
	bool all = str_eq(rolls, "all");
	for (size_t i = 0; i < kube_count(w->kube, KUBE_NODES); i++) {
		const struct kobj *n = kube_at(w->kube, KUBE_NODES, i);
		if (all || (str_eq(rolls, "control-plane") && json_path(n->json,
			"metadata.labels.[node-role.kubernetes.io/control-plane]")))
			lab_node_annotate(w, n->name, NEEDS_UPDATE, "");
	}
}

static void addon_apply(struct world *w, const struct addon *a, bool first)
{
	const struct lab_object *o = store_get(w, a->manifest);
	char *was = applied_hash(w, a->name);
	bool cni = str_eq(a->name, CNI_ADDON), changed = !str_eq(was, a->hash);
	json_t *env = o && cni && changed ? manifest_env(o) : NULL;
	if (o && changed && (!cni || env)) {
		if (cni)
			daemonset_apply(w, env);
		if (was && !first)
			nodes_mark(w, a->rolls);
		applied_write(w, a);
	}
	json_decref(env);
	free(was);
}

void sim_channels_apply(struct world *w, bool first)
{
	const struct lab_object *o = store_get(w, "bootstrap-channel.yaml");
	struct yaml_doc *d = o ? yaml_parse(o->data, o->len, 0, NULL) : NULL;
	const struct yaml_node *list = d ? yaml_at(yaml_root(d), "spec.addons") : NULL;
	for (size_t i = 0; list && list->kind == YAML_SEQ && i < list->count; i++) {
		struct addon a;
		if (addon_read(list->items[i], &a))
			addon_apply(w, &a, first);
		addon_release(&a);
	}
	yaml_free(d);
}

void sim_channels_run(struct world *w)
{
	sim_channels_apply(w, false);
}
