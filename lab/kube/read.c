/* SPDX-License-Identifier: Apache-2.0 */
/* GET of one object and of a list, page by page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/kube/proto.h"
#include "lab/world.h"

#define PIECE ((size_t)64 << 10) /* bytes of a list made at once */

void kube_get(struct kube_call *c)
{
	const struct kobj *o = kube_find(c->k, c->res->id, c->ns, c->name);
	if (o && c->look.form == FORM_PROTO) {
		lab_reply_header(c->rp, "Content-Type", PROTO_TYPE);
		kube_proto_write(&c->rp->body, o->json);
	} else if (o)
		kube_reply_object(c, 200, o->json);
	else
		kube_not_found(c);
}

/* Where the next page begins: {"rv": 1, "ns": "a", "name": "b"}, as base64. */
struct page {
	uint64_t rv;
	char *ns, *name;
	int64_t limit, taken;
	bool more;
};

static bool page_load(struct page *p, const char *token)
{
	struct buf b = BUF_INIT;
	bool ok = base64_decode(&b, token, strlen(token));
	json_t *j = ok ? json_parse(buf_str(&b), b.len, NULL) : NULL;
	p->rv = (uint64_t)json_int(j, "rv", 0);
	p->ns = xstrdup(json_str(j, "ns"));
	p->name = xstrdup(json_str(j, "name"));
	json_decref(j);
	buf_release(&b);
	return p->ns && p->name;
}

static char *page_token(uint64_t rv, const struct kobj *next)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	json_t *j = json_pack("{s:I, s:s, s:s}", "rv", (json_int_t)rv, "ns", next->ns, "name",
		next->name);
	json_write(&text, j, false);
	base64_encode(&out, buf_str(&text), text.len);
	json_decref(j);
	buf_release(&text);
	return buf_detach(&out);
}

/* The page's objects as they are now, however long it takes to send them. */
struct listing {
	struct world *w;
	const struct kube_resource *res;
	struct kube_look look;
	void **objects;           /* JSON trees, each with a reference */
	struct kube_wire **wires; /* in protobuf: theirs; else NULL */
	size_t n, cap, cap_wires, sent;
	bool begun;
	json_t *meta;
};

static void listing_free(void *ctx)
{
	struct listing *l = ctx;
	for (size_t i = 0; i < l->n; i++) {
		json_decref(l->objects[i]);
		if (l->wires)
			kube_wire_unref(l->wires[i]);
	}
	json_decref(l->meta);
	free(l->objects);
	free(l->wires);
	free(l);
}

static void listing_add(struct listing *l, struct kobj *o)
{
	l->objects = xgrow(l->objects, &l->cap, l->n, sizeof(*l->objects));
	l->objects[l->n] = json_incref(o->json);
	if (l->look.form == FORM_PROTO) {
		l->wires = xgrow(l->wires, &l->cap_wires, l->n, sizeof(struct kube_wire *));
		l->wires[l->n] = kube_wire_ref(kube_wire(o));
	}
	l->n++;
}

/* Takes the page's objects; returns the first one behind it. */
static const struct kobj *listing_fill(struct listing *l, struct kube_call *c, struct page *p,
	const struct selection *sel)
{
	size_t i = kube_lower(c->k, c->res->id, p->ns ? p->ns : c->ns ? c->ns : "",
		p->name ? p->name : "");
	for (;; i++) {
		struct kobj *o = kube_at(c->k, c->res->id, i);
		if (!o || (c->ns && strcmp(o->ns, c->ns) != 0))
			return NULL;
		if (!selection_matches(sel, o->json))
			continue;
		if (p->limit > 0 && p->taken == p->limit)
			return o;
		listing_add(l, o);
		p->taken++;
	}
}

static json_t *list_meta(const struct page *p, const struct kobj *next)
{
	char rv[24];
	snprintf(rv, sizeof(rv), "%llu", (unsigned long long)p->rv);
	json_t *meta = json_pack("{s:s}", "resourceVersion", rv);
	if (next) {
		char *token = page_token(p->rv, next);
		json_object_set_new(meta, "continue", json_string(token));
		free(token);
	}
	return meta;
}

/* ---- in protobuf ---- */

static void proto_begin(const struct listing *l, struct buf *out)
{
	struct buf head = BUF_INIT;
	uint64_t size = 0;
	char api[64];
	for (size_t i = 0; i < l->n; i++) {
		buf_clear(&head);
		kube_proto_item_head(&head, l->wires[i]->n);
		size += head.len + l->wires[i]->n;
	}
	buf_release(&head);
	kube_resource_api_version(l->res, api);
	kube_proto_list_head(out, l->res->kind, api, l->meta, size);
}

static bool proto_more(void *ctx, struct buf *out)
{
	struct listing *l = ctx;
	if (!l->begun)
		proto_begin(l, out);
	l->begun = true;
	while (l->sent < l->n && out->len < PIECE) {
		kube_proto_item_head(out, l->wires[l->sent]->n);
		buf_add(out, l->wires[l->sent]->p, l->wires[l->sent]->n);
		l->sent++;
	}
	return l->sent < l->n;
}

/* ---- in JSON ---- */

static void json_begin(const struct listing *l, struct buf *out)
{
	bool partial = l->look.form == FORM_PARTIAL;
	char api[64];
	kube_resource_api_version(l->res, api);
	buf_addf(out, "{\"kind\":\"%s%s\",\"apiVersion\":\"%s\",\"metadata\":",
		partial ? "PartialObjectMetadata" : l->res->kind, "List",
		partial ? "meta.k8s.io/v1" : api);
	json_write(out, l->meta, false);
	buf_adds(out, ",\"items\":[");
}

static bool json_more(void *ctx, struct buf *out)
{
	struct listing *l = ctx;
	if (!l->begun)
		json_begin(l, out);
	l->begun = true;
	while (l->sent < l->n && out->len < PIECE) {
		json_t *x = kube_look_object(l->w, l->res, l->look, l->objects[l->sent]);
		if (l->sent > 0)
			buf_addc(out, ',');
		json_write(out, x, false);
		json_decref(x);
		l->sent++;
	}
	if (l->sent == l->n)
		buf_adds(out, "]}\n");
	return l->sent < l->n;
}

static void list_reply(struct kube_call *c, struct page *p, const struct selection *sel)
{
	bool proto = c->look.form == FORM_PROTO;
	struct listing *l = xcalloc(1, sizeof(*l));
	l->w = c->w;
	l->res = c->res;
	l->look = c->look;
	const struct kobj *next = listing_fill(l, c, p, sel);
	l->meta = list_meta(p, next);
	if (c->look.form == FORM_TABLE) {
		json_t *table = kube_table_new(c->res, true);
		for (size_t i = 0; i < l->n; i++)
			kube_table_add(c->w, table, c->res, c->look.include, l->objects[i]);
		json_object_set(table, "metadata", l->meta);
		kube_reply_json(c->rp, 200, table);
		listing_free(l);
		return;
	}
	lab_reply_header(c->rp, "Content-Type", proto ? PROTO_TYPE : "application/json");
	lab_reply_pull(c->rp, proto ? proto_more : json_more, listing_free, l);
}

void kube_list(struct kube_call *c)
{
	struct err e = ERR_INIT;
	const char *watch = lab_request_query(c->rq, "watch");
	if (str_eq(watch, "1") || str_eq(watch, "true")) {
		kube_watch(c);
		return;
	}
	struct selection *sel = selection_new(c->res, lab_request_query(c->rq, "labelSelector"),
		lab_request_query(c->rq, "fieldSelector"), &e);
	struct page p = { .rv = kube_rv(c->k) };
	const char *limit = lab_request_query(c->rq, "limit");
	const char *token = lab_request_query(c->rq, "continue");
	if (limit && !str_to_i64(limit, 0, INT32_MAX, &p.limit))
		err_set(&e, ERR_PARSE, "limit: not a number");
	if (!str_empty(token) && !page_load(&p, token))
		err_set(&e, ERR_PARSE, "continue key is not valid");
	if (err_is_set(&e)) {
		kube_status(c->rp, 400, "BadRequest", NULL, "%s", e.text);
	} else if (p.rv < kube_oldest(c->k)) {
		kube_status(c->rp, 410, "Expired", NULL, "The provided continue parameter is too "
			"old "
			"to display a consistent list result.");
	} else {
		list_reply(c, &p, sel);
	}
	free(p.ns);
	free(p.name);
	selection_free(sel);
}
