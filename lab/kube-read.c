/* SPDX-License-Identifier: Apache-2.0 */
/* GET of one object and of a list, page by page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/base64.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube-api.h"
#include "lab/world.h"

void kube_get(struct kube_call *c)
{
	const struct kobj *o = kube_find(c->k, c->res->id, c->ns, c->name);
	if (o)
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

/* Appends the page's objects to the body or table; returns the first one behind it. */
static const struct kobj *page_fill(struct kube_call *c, struct page *p,
	const struct selection *sel, struct buf *items, json_t *table)
{
	size_t i = kube_lower(c->k, c->res->id, p->ns ? p->ns : c->ns ? c->ns : "",
		p->name ? p->name : "");
	for (;; i++) {
		const struct kobj *o = kube_at(c->k, c->res->id, i);
		if (!o || (c->ns && strcmp(o->ns, c->ns) != 0))
			return NULL;
		if (!selection_matches(sel, o->json))
			continue;
		if (p->limit > 0 && p->taken == p->limit)
			return o;
		if (table) {
			kube_table_add(c->w, table, c->res, c->look.include, o->json);
		} else {
			json_t *x = kube_look_object(c->w, c->res, c->look, o->json);
			if (p->taken > 0)
				buf_addc(items, ',');
			json_write(items, x, false);
			json_decref(x);
		}
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

static void list_reply(struct kube_call *c, struct page *p, const struct selection *sel)
{
	struct lab_reply *rp = c->rp;
	json_t *table = c->look.form == FORM_TABLE ? kube_table_new(c->res, true) : NULL;
	struct buf items = BUF_INIT;
	char api[64];
	items.max = rp->body.max;
	const struct kobj *next = page_fill(c, p, sel, &items, table);
	json_t *meta = list_meta(p, next);
	if (table) {
		json_object_set_new(table, "metadata", meta);
		kube_reply_json(rp, 200, table);
		return;
	}
	bool partial = c->look.form == FORM_PARTIAL;
	kube_resource_api_version(c->res, api);
	lab_reply_header(rp, "Content-Type", "application/json");
	buf_addf(&rp->body, "{\"kind\":\"%s%s\",\"apiVersion\":\"%s\",\"metadata\":",
		partial ? "PartialObjectMetadata" : c->res->kind, "List",
		partial ? "meta.k8s.io/v1" : api);
	json_write(&rp->body, meta, false);
	buf_adds(&rp->body, ",\"items\":[");
	buf_add(&rp->body, buf_str(&items), items.len);
	buf_adds(&rp->body, "]}\n");
	json_decref(meta);
	buf_release(&items);
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
