/* SPDX-License-Identifier: Apache-2.0 */
/* Status objects and the other ways a request of the Kubernetes API is answered. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/kube/proto.h"

static void set_text(json_t *j, const char *key, const char *value)
{
	if (!str_empty(value))
		json_object_set_new(j, key, json_string(value));
}

void *kube_status_json(int code, const char *reason, const struct kube_details *d,
	const char *message)
{
	json_t *j = json_pack("{s:s, s:s, s:{}, s:s, s:s}", "kind", "Status", "apiVersion", "v1",
		"metadata", "status", code < 300 ? "Success" : "Failure", "message", message);
	set_text(j, "reason", reason);
	if (d) {
		json_t *x = json_object();
		set_text(x, "name", d->name);
		set_text(x, "group", d->group);
		set_text(x, "kind", d->kind);
		set_text(x, "uid", d->uid);
		if (d->cause)
			json_object_set_new(x, "causes", json_pack("[{s:s, s:s}]", "reason",
			d->cause,
				"message", d->cause_message ? d->cause_message : ""));
		if (d->retry_seconds)
			json_object_set_new(x, "retryAfterSeconds", json_integer(d->retry_seconds));
		json_object_set_new(j, "details", x);
	}
	json_object_set_new(j, "code", json_integer(code));
	return j;
}

void kube_reply_json(struct lab_reply *rp, int status, void *json)
{
	rp->status = status;
	lab_reply_header(rp, "Content-Type", "application/json");
	lab_reply_header(rp, "Cache-Control", "no-cache, private");
	json_write(&rp->body, json, false);
	buf_addc(&rp->body, '\n');
	json_decref(json);
}

void kube_status(struct lab_reply *rp, int code, const char *reason,
	const struct kube_details *d, const char *fmt, ...)
{
	char text[16];
	va_list ap;
	va_start(ap, fmt);
	char *message = xvasprintf(fmt, ap);
	va_end(ap);
	if (d && d->retry_seconds) {
		snprintf(text, sizeof(text), "%d", d->retry_seconds);
		lab_reply_header(rp, "Retry-After", text);
	}
	kube_reply_json(rp, code, kube_status_json(code, reason, d, message));
	free(message);
}

static void full_name(const struct kube_resource *r, char out[128])
{
	snprintf(out, 128, "%s%s%s", r->plural, r->group[0] ? "." : "", r->group);
}

void kube_not_found(struct kube_call *c)
{
	char what[128];
	full_name(c->res, what);
	kube_status(c->rp, 404, "NotFound", &(struct kube_details){ .group = c->res->group,
		.kind = c->res->plural, .name = c->name }, "%s \"%s\" not found", what, c->name);
}

void kube_conflict(struct kube_call *c)
{
	char what[128];
	full_name(c->res, what);
	kube_status(c->rp, 409, "Conflict", &(struct kube_details){ .group = c->res->group,
		.kind = c->res->plural, .name = c->name }, "Operation cannot be fulfilled on %s "
		"\"%s\": "
		"the object has been modified; please apply your changes to the latest version and "
		"try again", what, c->name);
}

void kube_reply_object(struct kube_call *c, int status, void *json)
{
	kube_reply_json(c->rp, status, kube_look_object(c->w, c->res, c->look, json));
}

void *kube_body(struct kube_call *c)
{
	struct err e = ERR_INIT;
	const struct buf *b = &c->rq->body;
	const char *type = lab_request_header(c->rq, "Content-Type");
	bool proto = str_starts(type, "application/vnd.kubernetes.protobuf");
	json_t *j = proto ? kube_proto_read(buf_str(b), b->len, &e)
		: json_parse(buf_str(b), b->len, &e);
	if (j && (json_is_object(j) || json_is_array(j)))
		return j;
	json_decref(j);
	kube_status(c->rp, 400, "BadRequest", NULL, "the body of the request cannot be read: %s",
		e.text);
	return NULL;
}

void *kube_partial(const void *json)
{
	json_t *meta = json_object_get(json, "metadata");
	return json_pack("{s:s, s:s, s:O}", "kind", "PartialObjectMetadata", "apiVersion",
		"meta.k8s.io/v1", "metadata", meta);
}

void *kube_look_object(struct world *w, const struct kube_resource *r, struct kube_look look,
	const void *json)
{
	if (look.form == FORM_PARTIAL)
		return kube_partial(json);
	if (look.form == FORM_FULL || look.form == FORM_PROTO)
		return json_incref((json_t *)(uintptr_t)json);
	json_t *table = kube_table_new(r, true);
	kube_table_add(w, table, r, look.include, json);
	return table;
}
