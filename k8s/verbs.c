/* SPDX-License-Identifier: Apache-2.0 */
/* The cluster's verbs: cordon, taint, label, annotate, evict. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/decode-parts.h"
#include "k8s/impl.h"
#include "k8s/verb.h"

#define JSON_PATCH "application/json-patch+json"
#define TAINT_TRIES 5

struct verb *verb_new(struct kube *k, void (*done)(void *ctx, const struct err *e),
	void *ctx, const char *ns, const char *name)
{
	struct verb *v = xcalloc(1, sizeof *v);

	v->k = k8s_of(k);
	v->done = done;
	v->ctx = ctx;
	v->ns = xstrdup(ns);
	v->name = xstrdup(name);
	return v;
}

void verb_finish(struct verb *v, const struct err *e)
{
	void (*done)(void *ctx, const struct err *e) = v->done;
	void *ctx = v->ctx;

	free(v->ns);
	free(v->name);
	free(v->uid);
	free(v->what);
	free(v->key);
	free(v->value);
	free(v->effect);
	free(v->path);
	free(v->body);
	free(v);
	if (done)
		done(ctx, e);
}

void verb_send(struct verb *v, const char *method, const char *path, const char *type,
	const char *body, void (*on_done)(void *ctx, const struct kube_answer *a,
	const struct err *e))
{
	kube_client_start(v->k->client, &(struct kube_request){
		.method = method, .path = path, .content_type = body ? type : NULL, .body = body,
		.what = v->what, .timeout_ms = VERB_TIMEOUT_MS, .on_done = on_done, .ctx = v,
	});
}

void verb_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	verb_finish(ctx, e);
}

void verb_patch(struct verb *v, char *path, const char *type, char *body,
	void (*on_done)(void *ctx, const struct kube_answer *a, const struct err *e))
{
	char *full = xasprintf("%s%s", path, VERB_MANAGER);

	verb_send(v, "PATCH", full, type, body, on_done);
	free(full);
	free(path);
	free(body);
}

/* A webhook that cannot be asked without consequences makes the server refuse the question. */
static bool is_about_dry_run(const struct kube_answer *a, const struct err *e)
{
	return a->status.code == 400 && str_icontains(e->text, "dry run");
}

static void verb_tried(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;
	char *path = v->path, *body = v->body;

	if (e && !is_about_dry_run(a, e)) {
		verb_finish(v, e);
		return;
	}
	v->path = v->body = NULL;
	verb_patch(v, path, v->type, body, verb_done);
}

void verb_patch_tried(struct verb *v, char *path, const char *type, char *body)
{
	char *full = xasprintf("%s%s&dryRun=All", path, VERB_MANAGER);

	v->path = path;
	v->type = type;
	v->body = body;
	verb_send(v, "PATCH", full, type, body, verb_tried);
	free(full);
}

/* ---- nodes ---- */

static void verb_cordon(struct kube *k, const char *node, bool on,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, NULL, node);

	v->what = xasprintf("%s %s", on ? "cordon" : "uncordon", node);
	verb_patch_tried(v, k8s_path("/api/v1/nodes", node, NULL), VERB_MERGE,
		xasprintf("{\"spec\":{\"unschedulable\":%s}}", on ? "true" : "null"));
}

/* "labels" or "annotations" of a node. */
static void metadata_set(struct verb *v, const char *part, const char *key, const char *value)
{
	struct buf body = BUF_INIT;

	buf_addf(&body, "{\"metadata\":{\"%s\":{", part);
	json_quote(&body, key);
	buf_addc(&body, ':');
	if (value)
		json_quote(&body, value);
	else
		buf_adds(&body, "null");
	buf_adds(&body, "}}}");
	verb_patch_tried(v, k8s_path("/api/v1/nodes", v->name, NULL), VERB_MERGE,
		buf_detach(&body));
}

static void verb_label(struct kube *k, const char *node, const char *key, const char *value,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, NULL, node);

	v->what = xasprintf("label %s", node);
	metadata_set(v, "labels", key, value);
}

static void verb_annotate(struct kube *k, const char *node, const char *key, const char *value,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, NULL, node);

	v->what = xasprintf("annotate %s", node);
	metadata_set(v, "annotations", key, value);
}

/* ---- taint: read, then a patch that holds only for the version read ---- */

static void taint_read(struct verb *v);

static void taint_patched(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;

	bool raced = a->status.code == 409 || a->status.code == 422;

	/* A test that fails is 422. */
	if (e && raced && ++v->tries < TAINT_TRIES) {
		taint_read(v);
		return;
	}
	verb_finish(v, e);
}

static void taint_write(struct buf *b, const struct taint *t)
{
	buf_adds(b, "{\"key\":");
	json_quote(b, t->key);
	if (!str_empty(t->value)) {
		buf_adds(b, ",\"value\":");
		json_quote(b, t->value);
	}
	buf_adds(b, ",\"effect\":");
	json_quote(b, t->effect);
	buf_addc(b, '}');
}

/* A value of NULL in the wish matches any when removing. */
static bool taint_is_so(const struct verb *v, const struct taint *old, size_t n, size_t *at)
{
	for (*at = 0; *at < n; ++*at) {
		const struct taint *t = &old[*at];
		if (!str_eq(t->key, v->key) || !str_eq(t->effect, v->effect))
			continue;
		return v->on ? str_eq(t->value, v->value ? v->value : "") : false;
	}
	return !v->on;
}

static void taint_ops(const struct verb *v, const char *version, const struct taint *old, size_t n,
	size_t at, struct buf *b)
{
	const struct taint wish = { .key = v->key, .value = v->value, .effect = v->effect };

	buf_adds(b, "[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":");
	json_quote(b, version);
	buf_adds(b, "},");
	if (!v->on && n == 1) {
		buf_adds(b, "{\"op\":\"remove\",\"path\":\"/spec/taints\"}]");
	} else if (!v->on) {
		buf_addf(b, "{\"op\":\"remove\",\"path\":\"/spec/taints/%zu\"}]", at);
	} else if (n == 0) {
		buf_adds(b, "{\"op\":\"add\",\"path\":\"/spec/taints\",\"value\":[");
		taint_write(b, &wish);
		buf_adds(b, "]}]");
	} else {
		buf_addf(b, "{\"op\":\"%s\",\"path\":\"/spec/taints/", at < n ? "replace" : "add");
		if (at < n)
			buf_addf(b, "%zu\",\"value\":", at);
		else
			buf_adds(b, "-\",\"value\":");
		taint_write(b, &wish);
		buf_adds(b, "}]");
	}
}

static void taint_got(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;
	struct err why = ERR_INIT;

	if (e) {
		verb_finish(v, e);
		return;
	}
	json_t *j = json_parse(a->body, a->len, &why);
	const char *version = json_str(j, "metadata.resourceVersion");
	if (!version) {
		err_set(&why, ERR_PARSE, "a node without a version");
		err_wrap(&why, "%s", v->what);
		json_decref(j);
		verb_finish(v, &why);
		return;
	}
	struct arena *arena = arena_new();
	size_t n, at;
	struct taint *old = decode_taints(arena, json_path(j, "spec.taints"), &n);
	bool so = taint_is_so(v, old, n, &at);
	struct buf body = BUF_INIT;
	if (!so)
		taint_ops(v, version, old, n, at, &body);
	arena_free(arena);
	json_decref(j);
	if (so)
		verb_finish(v, NULL);
	else
		verb_patch(v, k8s_path("/api/v1/nodes", v->name, NULL), JSON_PATCH,
			buf_detach(&body), taint_patched);
}

static void taint_read(struct verb *v)
{
	char *path = k8s_path("/api/v1/nodes", v->name, NULL);

	verb_send(v, "GET", path, NULL, NULL, taint_got);
	free(path);
}

static void verb_taint(struct kube *k, const char *node, const struct taint *taint, bool on,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, NULL, node);

	v->what = xasprintf("%s %s", on ? "taint" : "untaint", node);
	v->key = xstrdup(taint->key);
	v->value = xstrdup(taint->value);
	v->effect = xstrdup(taint->effect);
	v->on = on;
	taint_read(v);
}

/* ---- eviction ---- */

static void evict_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;
	struct err why = ERR_INIT;

	/* Gone, or another pod of the same name: what was to go has gone. */
	if (e && (e->kind == ERR_NOT_FOUND ||
		  (e->kind == ERR_CONFLICT && a->status.code == 409 && v->uid))) {
		verb_finish(v, NULL);
		return;
	}
	if (e && a->status.code == 429 && a->status.disruption_budget) {
		err_set(&why, ERR_CONFLICT, "%s", e->text);
		verb_finish(v, &why);
		return;
	}
	/* Several budgets for one pod: no waiting helps. */
	if (e && a->status.code == 500 && strstr(e->text, "PodDisruptionBudget")) {
		err_set(&why, ERR_CONFLICT, "%s", e->text);
		err_hint(&why, "let one PodDisruptionBudget alone select this pod");
		verb_finish(v, &why);
		return;
	}
	verb_finish(v, e);
}

static void evict_send(struct verb *v)
{
	char *path = k8s_path("/api/v1/namespaces", v->ns, "pods", v->name, "eviction", NULL);
	char *full = xasprintf("%s%s", path, VERB_MANAGER);
	struct buf body = BUF_INIT;

	buf_adds(&body, "{\"apiVersion\":");
	json_quote(&body, v->k->eviction_version);
	buf_adds(&body, ",\"kind\":\"Eviction\",\"metadata\":{\"name\":");
	json_quote(&body, v->name);
	buf_adds(&body, ",\"namespace\":");
	json_quote(&body, v->ns);
	buf_addc(&body, '}');
	if (v->uid) {
		buf_adds(&body, ",\"deleteOptions\":{\"preconditions\":{\"uid\":");
		json_quote(&body, v->uid);
		buf_adds(&body, "}}");
	}
	buf_addc(&body, '}');
	kube_client_start(v->k->client, &(struct kube_request){
		.method = "POST", .path = full, .content_type = "application/json",
		.body = buf_str(&body), .what = v->what, .timeout_ms = VERB_TIMEOUT_MS,
		.no_retry = true, /* when to try again is the drain's decision */
		.on_done = evict_done, .ctx = v,
	});
	buf_release(&body);
	free(full);
	free(path);
}

/* The version that the server's own list of resources gives for pods/eviction. */
static const char *eviction_version(const json_t *j)
{
	size_t i;
	json_t *r;

	json_array_foreach(json_path(j, "resources"), i, r) {
		if (str_eq(json_str(r, "name"), "pods/eviction"))
			return str_eq(json_str(r, "version"), "v1beta1") ? "policy/v1beta1" :
				"policy/v1";
	}
	return "policy/v1";
}

static void evict_asked(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;

	if (e) {
		verb_finish(v, e);
		return;
	}
	json_t *j = json_parse(a->body, a->len, NULL);
	v->k->eviction_version = eviction_version(j);
	json_decref(j);
	evict_send(v);
}

static void verb_evict(struct kube *k, const char *ns, const char *pod, const char *uid,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, pod);

	v->what = xasprintf("evict %s/%s", ns, pod);
	v->uid = str_empty(uid) ? NULL : xstrdup(uid);
	if (v->k->eviction_version)
		evict_send(v);
	else
		verb_send(v, "GET", "/api/v1", NULL, NULL, evict_asked);
}

/* ---- the rest ---- */

static enum tri verb_allowed(struct kube *k, enum kube_verb_id verb, const char **why)
{
	const struct review *r = &k8s_of(k)->reviews[verb];

	if (why)
		*why = r->why[0] ? r->why : NULL;
	return r->allowed;
}

static void verb_watch_events(struct kube *k, const char *ns, const char *name)
{
	if (k8s_of(k)->source)
		k8s_source_events(k8s_of(k)->source, ns, name);
}

const struct kube_ops k8s_verbs = {
	.cordon = verb_cordon,
	.taint = verb_taint,
	.label = verb_label,
	.evict = verb_evict,
	.scale = verb_scale,
	.annotate = verb_annotate,
	.set_env = verb_set_env,
	.restart = verb_restart,
	.patch = verb_patch_object,
	.lower_request = verb_lower_request,
	.undo = verb_undo,
	.create = verb_create,
	.read = verb_read,
	.get_lease = k8s_lease_get,
	.put_lease = k8s_lease_put,
	.delete_lease = k8s_lease_delete,
	.allowed = verb_allowed,
	.watch_events = verb_watch_events,
};
