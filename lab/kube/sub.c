/* SPDX-License-Identifier: Apache-2.0 */
/* Subresources with a kind of their own: scale, eviction, binding. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/kube/api.h"
#include "lab/kube/patch.h"
#include "lab/world.h"

static json_t *scale_of(const struct kobj *o)
{
	struct buf sel = BUF_INIT;
	const char *key;
	json_t *v;
	json_object_foreach(json_path(o->json, "spec.selector.matchLabels"), key, v)
		buf_addf(&sel, "%s%s=%s", sel.len ? "," : "", key, json_string_value(v));
	json_t *meta = json_object(), *old = json_object_get(o->json, "metadata");
	static const char *const kept[] = { "name", "namespace", "uid", "resourceVersion",
		"creationTimestamp" };
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		json_object_set(meta, kept[i], json_object_get(old, kept[i]));
	json_t *j = json_pack("{s:s, s:s, s:o, s:{s:I}, s:{s:I, s:s}}", "kind", "Scale",
		"apiVersion", "autoscaling/v1", "metadata", meta, "spec", "replicas",
		(json_int_t)json_int(o->json, "spec.replicas", 1), "status", "replicas",
		(json_int_t)json_int(o->json, "status.replicas", 0), "selector", buf_str(&sel));
	buf_release(&sel);
	return j;
}

/* The Scale as the request wants it; NULL: answered. */
static json_t *scale_wanted(struct kube_call *c, const struct kobj *o)
{
	struct err e = ERR_INIT;
	json_t *body = kube_body(c), *now = scale_of(o), *want;
	const char *type = lab_request_header(c->rq, "Content-Type");
	if (!body) {
		json_decref(now);
		return NULL;
	}
	if (strcmp(c->rq->method, "PUT") == 0)
		want = json_incref(body);
	else if (str_starts(type, "application/json-patch+json"))
		want = patch_json(now, body, &e);
	else
		want = patch_merge(now, body);
	if (!want)
		kube_status(c->rp, 422, "Invalid", NULL, "%s", e.text);
	json_decref(now);
	json_decref(body);
	return want;
}

void kube_scale(struct kube_call *c)
{
	struct kobj *o = kube_find(c->k, c->res->id, c->ns, c->name);
	if (!o || !c->res->scale) {
		kube_not_found(c);
		return;
	}
	if (strcmp(c->rq->method, "GET") == 0) {
		kube_reply_json(c->rp, 200, scale_of(o));
		return;
	}
	json_t *want = scale_wanted(c, o);
	if (!want)
		return;
	const char *rv = json_str(want, "metadata.resourceVersion");
	int64_t replicas = json_int(want, "spec.replicas", 0);
	if (!str_empty(rv) && !str_eq(rv, json_str(o->json, "metadata.resourceVersion"))) {
		kube_conflict(c);
	} else if (replicas < 0) {
		kube_status(c->rp, 422, "Invalid", NULL, "Scale.autoscaling \"%s\" is invalid: "
			"spec.replicas: Invalid value: %lld: must be greater than or equal to 0",
			c->name,
			(long long)replicas);
	} else {
		if (!c->dry_run) {
			json_t *j = kube_edit(o);
			json_object_set_new(json_object_get(j, "spec"), "replicas",
				json_integer(replicas));
			kube_commit(c->k, o, j);
		}
		json_t *s = scale_of(o);
		json_object_set_new(json_object_get(s, "spec"), "replicas", json_integer(replicas));
		kube_reply_json(c->rp, 200, s);
	}
	json_decref(want);
}

const struct kobj *kube_budget_blocks(struct kube *k, const struct kobj *pod, size_t *count)
{
	const struct kobj *blocks = NULL;
	const json_t *labels = json_path(pod->json, "metadata.labels");
	*count = 0;
	for (size_t i = kube_lower(k, KUBE_PDBS, pod->ns, "");; i++) {
		const struct kobj *b = kube_at(k, KUBE_PDBS, i);
		if (!b || strcmp(b->ns, pod->ns) != 0)
			return blocks;
		if (!select_labels(json_path(b->json, "spec.selector"), labels))
			continue;
		(*count)++;
		if (json_int(b->json, "status.disruptionsAllowed", 0) <= 0)
			blocks = b;
	}
}

void kube_budget_use(struct kube *k, const struct kobj *pod)
{
	const json_t *labels = json_path(pod->json, "metadata.labels");
	for (size_t i = kube_lower(k, KUBE_PDBS, pod->ns, "");; i++) {
		struct kobj *b = kube_at(k, KUBE_PDBS, i);
		if (!b || strcmp(b->ns, pod->ns) != 0)
			return;
		if (!select_labels(json_path(b->json, "spec.selector"), labels))
			continue;
		json_t *j = kube_edit(b), *s = json_object_get(j, "status");
		json_object_set_new(s, "disruptionsAllowed",
			json_integer(json_int(s, "disruptionsAllowed", 1) - 1));
		kube_commit(k, b, j);
	}
}

static bool pod_counts(const struct kobj *pod)
{
	const char *phase = json_str(pod->json, "status.phase");
	return !str_eq(phase, "Pending") && !str_eq(phase, "Succeeded") &&
		!str_eq(phase, "Failed") && !json_path(pod->json, "metadata.deletionTimestamp");
}

static void evict_blocked(struct kube_call *c, const struct kobj *b)
{
	char message[256];
	snprintf(message, sizeof(message), "The disruption budget %s needs %lld healthy pods and "
		"has "
		"%lld currently", b->name, (long long)json_int(b->json, "status.desiredHealthy", 0),
		(long long)json_int(b->json, "status.currentHealthy", 0));
	kube_status(c->rp, 429, "TooManyRequests", &(struct kube_details){
		.cause = "DisruptionBudget", .cause_message = message },
		"Cannot evict pod as it would violate the pod's disruption budget.");
}

void kube_evict(struct kube_call *c)
{
	size_t budgets;
	struct kobj *o = c->res->id == KUBE_PODS ?
		kube_find(c->k, KUBE_PODS, c->ns, c->name) : NULL;
	json_t *body = kube_body(c);
	if (!body)
		return;
	const char *uid = json_str(body, "deleteOptions.preconditions.uid");
	const struct kobj *b = o ? kube_budget_blocks(c->k, o, &budgets) : NULL;
	if (json_array_size(json_path(body, "deleteOptions.dryRun")) > 0)
		c->dry_run = true;
	if (!o) {
		kube_not_found(c);
	} else if (uid && !str_eq(uid, o->uid)) {
		kube_conflict(c);
	} else if (pod_counts(o) && budgets > 1) {
		kube_status(c->rp, 500, "InternalError", NULL, "This pod has more than one "
			"PodDisruptionBudget, which the eviction subresource does not support.");
	} else if (pod_counts(o) && b) {
		evict_blocked(c, b);
	} else {
		if (!c->dry_run) {
			if (pod_counts(o) && budgets == 1)
				kube_budget_use(c->k, o);
			kube_object_delete(c->k, o,
				json_int(body, "deleteOptions.gracePeriodSeconds", -1),
				PROPAGATE_BACKGROUND);
		}
		kube_reply_json(c->rp, 201, kube_status_json(201, NULL, NULL, ""));
	}
	json_decref(body);
}

void kube_bind(struct kube_call *c)
{
	struct kobj *o = c->res->id == KUBE_PODS ?
		kube_find(c->k, KUBE_PODS, c->ns, c->name) : NULL;
	json_t *body = kube_body(c);
	if (!body)
		return;
	const char *node = json_str(body, "target.name");
	if (!o) {
		kube_not_found(c);
	} else if (!node || json_str(o->json, "spec.nodeName")) {
		kube_status(c->rp, 409, "Conflict", NULL, "Operation cannot be fulfilled on "
			"pods/binding \"%s\": pod %s is already assigned to a node", c->name,
			c->name);
	} else {
		json_t *j = kube_edit(o);
		json_object_set_new(json_object_get(j, "spec"), "nodeName", json_string(node));
		kube_commit(c->k, o, j);
		kube_reply_json(c->rp, 201, kube_status_json(201, NULL, NULL, ""));
	}
	json_decref(body);
}
