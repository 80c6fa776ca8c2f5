/* SPDX-License-Identifier: Apache-2.0 */
/* POST, PUT and PATCH of objects: checks, defaults, conflicts, dry runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/kube/patch.h"
#include "lab/kube/quota.h"
#include "lab/world.h"

static bool body_fits(struct kube_call *c, const json_t *j)
{
	char api[64];
	kube_resource_api_version(c->res, api);
	const char *kind = json_str(j, "kind"), *version = json_str(j, "apiVersion");
	if (kind && (!str_eq(kind, c->res->kind) || (version && !str_eq(version, api)))) {
		kube_status(c->rp, 400, "BadRequest", NULL, "%s in version \"%s\" cannot be "
			"handled as "
			"a %s", kind, version ? version : "", c->res->kind);
		return false;
	}
	return true;
}

/* metadata with a namespace and a name; false: answered. */
static bool name_fill(struct kube_call *c, json_t *j)
{
	json_t *meta = json_object_get(j, "metadata");
	char suffix[6];
	if (!json_is_object(meta)) {
		meta = json_object();
		json_object_set_new(j, "metadata", meta);
	}
	if (!json_str(meta, "name") && json_str(meta, "generateName")) {
		world_suffix(c->w, suffix, 5);
		char *name = xasprintf("%s%s", json_str(meta, "generateName"), suffix);
		json_object_set_new(meta, "name", json_string(name));
		free(name);
	}
	if (str_empty(json_str(meta, "name"))) {
		kube_status(c->rp, 422, "Invalid", NULL, "%s \"\" is invalid: metadata.name: "
			"Required "
			"value: name or generateName is required", c->res->kind);
		return false;
	}
	if (!c->res->namespaced)
		return true;
	const char *ns = json_str(meta, "namespace");
	if (ns && strcmp(ns, c->ns) != 0) {
		kube_status(c->rp, 400, "BadRequest", NULL, "the namespace of the provided "
			"object does "
			"not match the namespace sent on the request");
		return false;
	}
	json_object_set_new(meta, "namespace", json_string(c->ns));
	if (kube_find(c->k, KUBE_NAMESPACES, "", c->ns))
		return true;
	kube_status(c->rp, 404, "NotFound", &(struct kube_details){ .kind = "namespaces",
		.name = c->ns }, "namespaces \"%s\" not found", c->ns);
	return false;
}

static bool workload_fits(struct kube_call *c, const json_t *j)
{
	const json_t *template = json_path(j, "spec.template");
	bool workload = c->res->id == KUBE_DEPLOYMENTS || c->res->id == KUBE_REPLICASETS ||
		c->res->id == KUBE_DAEMONSETS;
	const json_t *containers = workload ? json_path(template, "spec.containers") :
		json_path(j, "spec.containers");
	if ((workload || c->res->id == KUBE_PODS) && json_array_size(containers) == 0) {
		kube_status(c->rp, 422, "Invalid", NULL, "%s.%s \"%s\" is invalid: "
			"spec.%scontainers: Required value", c->res->kind, c->res->group,
			json_str(j, "metadata.name"), workload ? "template.spec." : "");
		return false;
	}
	if (!workload || select_labels(json_path(j, "spec.selector"),
			 json_path(template, "metadata.labels")))
		return true;
	kube_status(c->rp, 422, "Invalid", NULL, "%s.%s \"%s\" is invalid: "
		"spec.template.metadata.labels: Invalid value: `selector` does not match template "
		"`labels`", c->res->kind, c->res->group, json_str(j, "metadata.name"));
	return false;
}

static void post_exists(struct kube_call *c, const char *name)
{
	kube_status(c->rp, 409, "AlreadyExists", &(struct kube_details){ .group = c->res->group,
		.kind = c->res->plural, .name = name }, "%s%s%s \"%s\" already exists",
		c->res->plural,
		c->res->group[0] ? "." : "", c->res->group, name);
}

static bool quota_allows(struct kube_call *c, const json_t *j, const char *name)
{
	char *why = c->res->id == KUBE_PODS ? quota_refuses(c->k, c->ns, j) : NULL;
	if (!why)
		return true;
	kube_status(c->rp, 403, "Forbidden", &(struct kube_details){ .kind = c->res->plural,
		.name = name }, "pods \"%s\" is forbidden: %s", name, why);
	free(why);
	return false;
}

static void post_dry(struct kube_call *c, json_t *j)
{
	char text[64];
	json_t *meta = json_object_get(j, "metadata");
	kube_resource_api_version(c->res, text);
	json_object_set_new(j, "apiVersion", json_string(text));
	json_object_set_new(j, "kind", json_string(c->res->kind));
	world_uuid(c->w, text);
	json_object_set_new(meta, "uid", json_string(text));
	kube_stamp(c->w, text);
	json_object_set_new(meta, "creationTimestamp", json_string(text));
	kube_reply_object(c, 201, j);
	json_decref(j);
}

void kube_post(struct kube_call *c)
{
	json_t *j = kube_body(c);
	if (!j)
		return;
	if (!body_fits(c, j) || !name_fill(c, j) || !workload_fits(c, j)) {
		json_decref(j);
		return;
	}
	static const char *const server_owned[] = { "uid", "resourceVersion", "creationTimestamp",
		"deletionTimestamp", "managedFields", "selfLink" };
	json_t *meta = json_object_get(j, "metadata");
	for (size_t i = 0; i < sizeof(server_owned) / sizeof(server_owned[0]); i++)
		json_object_del(meta, server_owned[i]);
	if (c->res->status && c->res->id != KUBE_NODES)
		json_object_del(j, "status");
	const char *name = json_str(meta, "name");
	if (kube_find(c->k, c->res->id, c->ns, name)) {
		post_exists(c, name);
		json_decref(j);
		return;
	}
	if (!quota_allows(c, j, name)) {
		json_decref(j);
		return;
	}
	kube_default(c->w, c->res, j);
	if (c->dry_run) {
		post_dry(c, j);
		return;
	}
	const struct kobj *o = kube_create(c->k, c->res->id, j);
	if (o)
		kube_reply_object(c, 201, o->json);
	else
		kube_status(c->rp, 500, "InternalError", NULL, "the object could not be stored");
}

/* What a client may not change, and what the path does not speak about, stays as it was. */
static void keep_owned(const struct kube_call *c, const json_t *old, json_t *new)
{
	static const char *const owned[] = { "name", "namespace", "uid", "creationTimestamp",
		"deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName" };
	json_t *meta = json_object_get(new, "metadata");
	const json_t *old_meta = json_object_get(old, "metadata");
	for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++) {
		json_t *v = json_object_get(old_meta, owned[i]);
		if (v)
			json_object_set(meta, owned[i], v);
		else
			json_object_del(meta, owned[i]);
	}
	json_object_del(meta, "managedFields");
	json_object_set(new, "kind", json_object_get(old, "kind"));
	json_object_set(new, "apiVersion", json_object_get(old, "apiVersion"));
	if (str_eq(c->sub, "status") && json_object_get(old, "spec"))
		json_object_set(new, "spec", json_object_get(old, "spec"));
	else if (!c->sub && c->res->status && json_object_get(old, "status"))
		json_object_set(new, "status", json_object_get(old, "status"));
}

/* Takes new.  Answers. */
static void object_replace(struct kube_call *c, struct kobj *o, json_t *new)
{
	if (!json_is_object(json_object_get(new, "metadata")))
		json_object_set_new(new, "metadata", json_object());
	const char *rv = json_str(new, "metadata.resourceVersion");
	if (!str_empty(rv) && !str_eq(rv, json_str(o->json, "metadata.resourceVersion"))) {
		kube_conflict(c);
		json_decref(new);
		return;
	}
	keep_owned(c, o->json, new);
	kube_default(c->w, c->res, new);
	if (c->dry_run) {
		kube_reply_object(c, 200, new);
		json_decref(new);
		return;
	}
	kube_commit(c->k, o, new);
	kube_reply_object(c, 200, o->json);
}

void kube_put(struct kube_call *c)
{
	struct kobj *o = kube_find(c->k, c->res->id, c->ns, c->name);
	json_t *j = kube_body(c);
	if (!j)
		return;
	if (!o) {
		kube_not_found(c);
	} else if (!body_fits(c, j)) {
		/* answered */
	} else if (!str_eq(json_str(j, "metadata.name"), c->name)) {
		kube_status(c->rp, 400, "BadRequest", NULL, "the name of the object (%s) does "
			"not match "
			"the name on the URL (%s)", json_str(j, "metadata.name"), c->name);
	} else {
		object_replace(c, o, json_incref(j));
	}
	json_decref(j);
}

static json_t *patch_apply(struct kube_call *c, const json_t *target, const json_t *patch)
{
	struct err e = ERR_INIT;
	const char *type = lab_request_header(c->rq, "Content-Type");
	size_t n = type ? strcspn(type, ";") : 0;
	if (n == strlen("application/json-patch+json") && str_starts(type, "application/json-p")) {
		json_t *out = patch_json(target, patch, &e);
		if (!out)
			kube_status(c->rp, 422, "Invalid", NULL, "%s", e.text);
		return out;
	}
	if (str_starts(type, "application/merge-patch+json"))
		return patch_merge(target, patch);
	if (str_starts(type, "application/strategic-merge-patch+json") ||
	    str_starts(type, "application/apply-patch+yaml"))
		return patch_strategic(target, patch);
	kube_status(c->rp, 415, "UnsupportedMediaType", NULL, "the body of the request was in an "
		"unknown format - accepted media types include: application/json-patch+json, "
		"application/merge-patch+json, application/apply-patch+yaml, "
		"application/strategic-merge-patch+json");
	return NULL;
}

void kube_patch(struct kube_call *c)
{
	struct kobj *o = kube_find(c->k, c->res->id, c->ns, c->name);
	const char *type = lab_request_header(c->rq, "Content-Type");
	if (!o && str_starts(type, "application/apply-patch+yaml")) {
		kube_post(c); /* server-side apply creates what is not there */
		return;
	}
	if (!o) {
		kube_not_found(c);
		return;
	}
	json_t *patch = kube_body(c);
	if (!patch)
		return;
	json_t *new = patch_apply(c, o->json, patch);
	json_decref(patch);
	if (new && !json_is_object(new)) {
		kube_status(c->rp, 400, "BadRequest", NULL, "the patch leaves no object");
		json_decref(new);
	} else if (new) {
		object_replace(c, o, new);
	}
}
