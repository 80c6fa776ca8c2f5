/* SPDX-License-Identifier: Apache-2.0 */
/* A request of the Kubernetes API is taken apart and given to its verb. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/digest.h"
#include "lab/fault.h"
#include "lab/kube/api.h"
#include "lab/kube/proto.h"
#include "lab/world.h"

struct verb_row {
	const char *method;
	const char *sub; /* NULL: the object itself; "*": any subresource that is plain */
	bool named;
	kube_verb *verb;
};
static const struct verb_row verbs[] = {
	{ "GET", NULL, true, kube_get },
	{ "GET", NULL, false, kube_list },
	{ "GET", "status", true, kube_get },
	{ "GET", "scale", true, kube_scale },
	{ "POST", NULL, false, kube_post },
	{ "POST", "eviction", true, kube_evict },
	{ "POST", "binding", true, kube_bind },
	{ "PUT", NULL, true, kube_put },
	{ "PUT", "status", true, kube_put },
	{ "PUT", "scale", true, kube_scale },
	{ "PATCH", NULL, true, kube_patch },
	{ "PATCH", "status", true, kube_patch },
	{ "PATCH", "scale", true, kube_scale },
	{ "DELETE", NULL, true, kube_delete },
	{ "DELETE", NULL, false, kube_delete_all },
};

/* "/api/v1/..." and "/apis/group/version/...": false for anything else. */
static bool path_group(const struct strlist *parts, const char **group, const char **version,
	size_t *rest)
{
	/* parts->v[0] is the empty text before the first slash */
	if (parts->n > 3 && strcmp(parts->v[1], "api") == 0) {
		*group = "";
		*version = parts->v[2];
		*rest = 3;
		return true;
	}
	if (parts->n > 4 && strcmp(parts->v[1], "apis") == 0) {
		*group = parts->v[2];
		*version = parts->v[3];
		*rest = 4;
		return true;
	}
	return false;
}

static bool call_parse(struct kube_call *c, const struct strlist *parts)
{
	const char *group, *version;
	size_t i;
	if (!path_group(parts, &group, &version, &i))
		return false;
	size_t left = parts->n - i;
	char **p = parts->v + i;
	bool scoped = left >= 3 && strcmp(p[0], "namespaces") == 0 &&
		strcmp(p[2], "status") != 0 && strcmp(p[2], "finalize") != 0;
	if (scoped) {
		c->ns = xstrdup(p[1]);
		p += 2;
		left -= 2;
	}
	if (left < 1 || left > 3)
		return false;
	c->res = kube_resource_find(group, version, p[0]);
	if (left > 1)
		c->name = xstrdup(p[1]);
	if (left > 2)
		c->sub = xstrdup(p[2]);
	return c->res && (!c->ns || c->res->namespaced) &&
		(!c->name || !c->res->namespaced || c->ns);
}

static bool look_parse(struct kube_call *c)
{
	const char *accept = lab_request_header(c->rq, "Accept");
	const char *include = lab_request_query(c->rq, "includeObject");
	c->look.include = str_eq(include, "Object") ? INCLUDE_OBJECT :
		str_eq(include, "None") ? INCLUDE_NONE : INCLUDE_METADATA;
	struct strlist kinds = { .v = NULL };
	strlist_split(&kinds, accept ? accept : "*/*", ',');
	bool proto = str_eq(c->rq->method, "GET") && kube_proto_writes(c->res->kind) &&
		!lab_fault_is_on(c->w->faults, FAULT_K8S_JSON);
	bool found = false;
	for (size_t i = 0; !found && i < kinds.n; i++) {
		const char *s = kinds.v[i];
		if (proto && str_icontains(s, PROTO_TYPE) && !str_icontains(s, "as=")) {
			c->look.form = FORM_PROTO;
			found = true;
			continue;
		}
		bool json = str_icontains(s, "application/json") || str_icontains(s, "*/*") ||
			str_icontains(s, "application/*");
		if (!json || (str_icontains(s, "as=") && !str_icontains(s, "meta.k8s.io")))
			continue;
		if (str_icontains(s, "as=Table"))
			c->look.form = FORM_TABLE;
		else if (str_icontains(s, "as=PartialObjectMetadata"))
			c->look.form = FORM_PARTIAL;
		found = true;
	}
	strlist_release(&kinds);
	return found;
}

static bool token_ok(const struct world *w, const struct lab_request *rq)
{
	const char *a = lab_request_header(rq, "Authorization");
	return a && strncmp(a, "Bearer ", 7) == 0 && strcmp(a + 7, w->kube_token) == 0;
}

static bool path_is_open(const char *path)
{
	static const char *const open[] = { "/version", "/healthz", "/livez", "/readyz" };
	for (size_t i = 0; i < sizeof(open) / sizeof(open[0]); i++) {
		if (strcmp(path, open[i]) == 0)
			return true;
	}
	return false;
}

static void call_run(struct kube_call *c)
{
	if (!look_parse(c)) {
		kube_status(c->rp, 406, "NotAcceptable", NULL, "only the following media types are "
			"accepted: application/json");
		return;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].method, c->rq->method) == 0 && str_eq(verbs[i].sub, c->sub) &&
		    verbs[i].named == (c->name != NULL)) {
			verbs[i].verb(c);
			return;
		}
	}
	kube_status(c->rp, 405, "MethodNotAllowed", NULL,
		"the server does not allow this method on the requested resource");
}

static void resources_handle(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	struct kube_call c = { .w = w, .k = w->kube, .rq = rq, .rp = rp };
	struct strlist parts = { .v = NULL };
	strlist_split(&parts, rq->path, '/');
	c.dry_run = str_eq(lab_request_query(rq, "dryRun"), "All");
	if (call_parse(&c, &parts))
		call_run(&c);
	else
		kube_status(rp, 404, "NotFound", NULL,
			"the server could not find the requested resource");
	strlist_release(&parts);
	free(c.ns);
	free(c.name);
	free(c.sub);
}

/* Each request has another one (apiserver's audit.k8s.io ID).  Chance stays as it was. */
static void audit_id_header(const struct world *w, struct lab_reply *rp)
{
	char *text = xasprintf("%llu %llu", (unsigned long long)w->options.seed,
		(unsigned long long)w->counts.requests[SIDE_KUBE]), h[65], id[40];
	digest_sha256_hex(text, strlen(text), h);
	snprintf(id, sizeof(id), "%.8s-%.4s-4%.3s-a%.3s-%.12s", h, h + 8, h + 12, h + 16, h + 20);
	lab_reply_header(rp, "Audit-Id", id);
	free(text);
}

void kube_handle(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	if (!lab_kube_up(w)) {
		/* No API server process, no answer: the connection ends. */
		rp->status = 0;
		return;
	}
	audit_id_header(w, rp);
	if (lab_fault_kube(w, rq, rp))
		return;
	if (!path_is_open(rq->path) && !token_ok(w, rq)) {
		kube_status(rp, 401, "Unauthorized", NULL, "Unauthorized");
		return;
	}
	if (kube_discovery(w, rq, rp) || kube_openapi(rq, rp) || kube_access(w, rq, rp))
		return;
	resources_handle(w, rq, rp);
}
