/* SPDX-License-Identifier: Apache-2.0 */
/* Verbs that help waiting pods: a patch, smaller requests, the template before. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/impl.h"
#include "k8s/quantity.h"
#include "k8s/verb.h"

#define REVISION "deployment.kubernetes.io/revision"
#define HASH "pod-template-hash"

static char *deployment_path(const char *ns, const char *name)
{
	return k8s_path("/apis/apps/v1/namespaces", ns, "deployments", name, NULL);
}

void verb_patch_object(struct kube *k, const char *what, const char *ns, const char *name,
	const char *body, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, name);

	v->what = xasprintf("change %s/%s", ns, name);
	verb_patch_tried(v, what ? k8s_path("/api/v1/namespaces", ns, what, name, NULL) :
		deployment_path(ns, name), VERB_MERGE, xstrdup(body));
}

void verb_create(struct kube *k, const char *ns, const char *body,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, NULL);
	char *path = ns ? k8s_path("/api/v1/namespaces", ns, "persistentvolumeclaims", NULL) :
		xstrdup("/apis/storage.k8s.io/v1/storageclasses");
	char *full = xasprintf("%s%s", path, VERB_MANAGER);

	v->what = xstrdup(ns ? "create a volume claim" : "create a StorageClass");
	verb_send(v, "POST", full, "application/json", body, verb_done);
	free(full);
	free(path);
}

/* ---- smaller requests: of the container that asks for most ---- */

static int64_t request_of(const json_t *container, const char *resource)
{
	int64_t n = 0;
	const json_t *v = json_object_get(json_path(container, "resources.requests"), resource);

	quantity_milli(json_string_value(v), &n);
	return n;
}

/* The patch that makes all containers together ask for no more than wanted; NULL: they do not. */
static char *request_patch(const json_t *deployment, const char *resource, const char *quantity)
{
	struct buf b = BUF_INIT;
	int64_t sum = 0, most = 0, wanted;
	const char *name = NULL;
	size_t i;
	json_t *c;

	if (!quantity_milli(quantity, &wanted))
		return NULL;
	json_array_foreach(json_path(deployment, "spec.template.spec.containers"), i, c) {
		int64_t n = request_of(c, resource);
		sum += n;
		if (n > most) {
			most = n;
			name = json_str(c, "name");
		}
	}
	int64_t next = most - (sum - wanted);
	if (!name || sum <= wanted || next <= 0)
		return NULL;
	buf_adds(&b, "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":");
	json_quote(&b, name);
	buf_adds(&b, ",\"resources\":{\"requests\":{");
	json_quote(&b, resource);
	buf_addc(&b, ':');
	if (sum == most)
		json_quote(&b, quantity);
	else if (next % 1000)
		buf_addf(&b, "\"%lldm\"", (long long)next);
	else
		buf_addf(&b, "\"%lld\"", (long long)(next / 1000));
	buf_adds(&b, "}}}]}}}}");
	return buf_detach(&b);
}

static void request_got(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;
	struct err why = ERR_INIT;

	if (e) {
		verb_finish(v, e);
		return;
	}
	json_t *j = json_parse(a->body, a->len, &why);
	char *body = j ? request_patch(j, v->key, v->value) : NULL;
	json_decref(j);
	if (!body) {
		err_set(&why, ERR_REFUSED, "%s: its requests of %s are not what they were",
			v->what, v->key);
		verb_finish(v, &why);
		return;
	}
	verb_patch_tried(v, deployment_path(v->ns, v->name), VERB_STRATEGIC, body);
}

void verb_lower_request(struct kube *k, const char *ns, const char *deployment,
	const char *resource, const char *quantity,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, deployment);
	char *path = deployment_path(ns, deployment);

	v->what = xasprintf("change the requests of %s/%s", ns, deployment);
	v->key = xstrdup(resource);
	v->value = xstrdup(quantity);
	verb_send(v, "GET", path, NULL, NULL, request_got);
	free(path);
}

/* ---- the template before: that of the ReplicaSet of the revision before ---- */

static int64_t revision_of(const json_t *j)
{
	int64_t n = 0;
	const char *s = json_str(j, "metadata.annotations.[" REVISION "]");

	return s && str_to_i64(s, 0, INT64_MAX, &n) ? n : 0;
}

static bool owned_by(const json_t *j, const char *uid)
{
	size_t i;
	json_t *o;

	json_array_foreach(json_path(j, "metadata.ownerReferences"), i, o) {
		if (str_eq(json_str(o, "uid"), uid))
			return true;
	}
	return false;
}

/* The newest but one of the Deployment's ReplicaSets; NULL: there is none. */
static const json_t *set_before(const json_t *list, const char *uid, int64_t now)
{
	const json_t *best = NULL;
	size_t i;
	json_t *rs;

	json_array_foreach(json_path(list, "items"), i, rs) {
		int64_t n = revision_of(rs);
		if (n > 0 && n < now && owned_by(rs, uid) && (!best || n > revision_of(best)))
			best = rs;
	}
	return best;
}

/* Holds only for the Deployment as it was read. */
static char *undo_patch(const json_t *rs, const char *version)
{
	json_t *template = json_deep_copy(json_path(rs, "spec.template"));
	json_t *labels = json_path(template, "metadata.labels");
	json_t *patch = json_pack("[{s:s, s:s, s:s}, {s:s, s:s, s:o}]", "op", "test", "path",
		"/metadata/resourceVersion", "value", version, "op", "replace", "path",
		"/spec/template", "value", template);
	struct buf b = BUF_INIT;

	if (labels)
		json_object_del(labels, HASH);
	json_write(&b, patch, false);
	json_decref(patch);
	return buf_detach(&b);
}

static void undo_listed(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;
	struct err why = ERR_INIT;
	int64_t now = 0;

	if (e) {
		verb_finish(v, e);
		return;
	}
	json_t *j = json_parse(a->body, a->len, &why);
	str_to_i64(v->value, 0, INT64_MAX, &now);
	const json_t *rs = set_before(j, v->uid, now);
	char *body = rs ? undo_patch(rs, v->key) : NULL;
	json_decref(j);
	if (!body) {
		err_set(&why, ERR_NOT_FOUND, "%s: there is no template before this one", v->what);
		verb_finish(v, &why);
		return;
	}
	verb_patch_tried(v, deployment_path(v->ns, v->name), VERB_JSON_PATCH, body);
}

/* key: the version that was read, value: the revision, uid: the Deployment's. */
static void undo_got(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct verb *v = ctx;
	struct err why = ERR_INIT;

	if (e) {
		verb_finish(v, e);
		return;
	}
	json_t *j = json_parse(a->body, a->len, &why);
	v->key = xstrdup(json_str(j, "metadata.resourceVersion"));
	v->uid = xstrdup(json_str(j, "metadata.uid"));
	v->value = xasprintf("%lld", (long long)revision_of(j));
	json_decref(j);
	if (!v->key || !v->uid) {
		err_set(&why, ERR_PARSE, "%s: a Deployment without a version", v->what);
		verb_finish(v, &why);
		return;
	}
	char *path = k8s_path("/apis/apps/v1/namespaces", v->ns, "replicasets", NULL);
	verb_send(v, "GET", path, NULL, NULL, undo_listed);
	free(path);
}

void verb_undo(struct kube *k, const char *ns, const char *deployment,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct verb *v = verb_new(k, done, ctx, ns, deployment);
	char *path = deployment_path(ns, deployment);

	v->what = xasprintf("roll %s/%s back", ns, deployment);
	verb_send(v, "GET", path, NULL, NULL, undo_got);
	free(path);
}
