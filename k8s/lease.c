/* SPDX-License-Identifier: Apache-2.0 */
/* Leases (coordination.k8s.io/v1): read, created or replaced under a version, deleted. */
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/decode-parts.h"
#include "k8s/impl.h"

#define LEASES "/apis/coordination.k8s.io/v1/namespaces"
#define MANAGER "?fieldManager=kopscope"
#define LEASE_TIMEOUT_MS 15000

struct lease_call {
	void (*got)(void *ctx, const struct kube_lease *l, const struct err *e);
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
	char *ns, *name;
	bool replaces;
};

static struct lease_call *lease_call_new(const char *ns, const char *name, void *ctx)
{
	struct lease_call *c = xcalloc(1, sizeof *c);

	c->ns = xstrdup(ns);
	c->name = xstrdup(name);
	c->ctx = ctx;
	return c;
}

static void lease_call_free(struct lease_call *c)
{
	free(c->ns);
	free(c->name);
	free(c);
}

static void lease_send(struct kube *k, struct lease_call *c, const char *method, char *path,
	const char *body, const char *verb,
	void (*on_done)(void *ctx, const struct kube_answer *a, const struct err *e))
{
	char *what = xasprintf("%s Lease %s/%s", verb, c->ns, c->name);

	kube_client_start(k8s_of(k)->client, &(struct kube_request){
		.method = method, .path = path, .body = body,
		.content_type = body ? "application/json" : NULL, .what = what,
		.timeout_ms = LEASE_TIMEOUT_MS, .on_done = on_done, .ctx = c,
	});
	free(what);
	free(path);
}

static void lease_got(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct lease_call *c = ctx;
	struct err why = ERR_INIT;
	json_t *j = e ? NULL : json_parse(a->body, a->len, &why);

	if (!j) {
		err_wrap(&why, "read Lease %s/%s", c->ns, c->name);
		c->got(c->ctx, NULL, e ? e : &why);
	} else {
		const char *holder = json_str(j, "spec.holderIdentity");
		struct kube_lease l = {
			.ns = c->ns, .name = c->name, .holder = holder ? holder : "",
			.duration_s = decode_i32(j, "spec.leaseDurationSeconds", -1),
			.acquired = decode_stamp(j, "spec.acquireTime"),
			.renewed = decode_stamp(j, "spec.renewTime"),
			.resource_version = json_str(j, "metadata.resourceVersion"),
		};
		c->got(c->ctx, &l, NULL);
	}
	json_decref(j);
	lease_call_free(c);
}

void k8s_lease_get(struct kube *k, const char *ns, const char *name,
	void (*done)(void *ctx, const struct kube_lease *l, const struct err *e), void *ctx)
{
	struct lease_call *c = lease_call_new(ns, name, ctx);

	c->got = done;
	lease_send(k, c, "GET", k8s_path(LEASES, ns, "leases", name, NULL), NULL, "read",
		lease_got);
}

static void lease_put(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct lease_call *c = ctx;
	struct err why = ERR_INIT;

	/* Replacing what somebody has just deleted: they were faster. */
	if (e && e->kind == ERR_NOT_FOUND && c->replaces)
		err_set(&why, ERR_CONFLICT, "%s", e->text);
	if (c->done)
		c->done(c->ctx, err_is_set(&why) ? &why : e);
	lease_call_free(c);
}

static void stamp_add(struct buf *b, const char *name, int64_t at)
{
	char text[40];

	if (!at)
		return;
	stamp_format(text, at, true);
	buf_addf(b, ",\"%s\":\"%s\"", name, text);
}

static char *lease_body(const struct kube_lease *l, bool replaces)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\","
		"\"metadata\":{\"name\":");
	json_quote(&b, l->name);
	buf_adds(&b, ",\"namespace\":");
	json_quote(&b, l->ns);
	if (replaces) {
		buf_adds(&b, ",\"resourceVersion\":");
		json_quote(&b, l->resource_version);
	}
	buf_adds(&b, "},\"spec\":{\"holderIdentity\":");
	json_quote(&b, l->holder ? l->holder : "");
	buf_addf(&b, ",\"leaseDurationSeconds\":%d", (int)l->duration_s);
	stamp_add(&b, "acquireTime", l->acquired);
	stamp_add(&b, "renewTime", l->renewed);
	buf_adds(&b, "}}");
	return buf_detach(&b);
}

void k8s_lease_put(struct kube *k, const struct kube_lease *l,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct lease_call *c = lease_call_new(l->ns, l->name, ctx);
	char *path = k8s_path(LEASES, l->ns, "leases",
		str_empty(l->resource_version) ? NULL : l->name, NULL);

	c->done = done;
	c->replaces = !str_empty(l->resource_version);
	char *body = lease_body(l, c->replaces);
	char *full = xasprintf("%s%s", path, MANAGER);
	free(path);
	lease_send(k, c, c->replaces ? "PUT" : "POST", full, body, "write", lease_put);
	free(body);
}

static void lease_deleted(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct lease_call *c = ctx;

	if (c->done)
		c->done(c->ctx, e && e->kind == ERR_NOT_FOUND ? NULL : e);
	lease_call_free(c);
}

void k8s_lease_delete(struct kube *k, const char *ns, const char *name,
	const char *resource_version, void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct lease_call *c = lease_call_new(ns, name, ctx);
	struct buf body = BUF_INIT;

	c->done = done;
	buf_adds(&body, "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\"");
	if (!str_empty(resource_version)) {
		buf_adds(&body, ",\"preconditions\":{\"resourceVersion\":");
		json_quote(&body, resource_version);
		buf_addc(&body, '}');
	}
	buf_addc(&body, '}');
	lease_send(k, c, "DELETE", k8s_path(LEASES, ns, "leases", name, NULL), buf_str(&body),
		"delete", lease_deleted);
	buf_release(&body);
}
