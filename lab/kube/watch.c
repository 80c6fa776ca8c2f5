/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Watches: a stream of events from the store's history, then of what happens.
 *
 * A watcher lives in its kube's list until its stream goes or its time is up.
 * It sees objects, not events: what a selector lets in is ADDED, what leaves
 * it is DELETED, as the API server does it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/kube/proto.h"
#include "lab/world.h"

#define BOOKMARK_MS 60000 /* real */

struct watcher {
	struct kube *k;
	struct world *w;
	const struct kube_resource *res;
	char *ns; /* NULL: all */
	struct selection *sel;
	struct kube_look look;
	bool bookmarks, columns_sent;
	struct lab_stream *stream;
	struct world_timer *end, *bookmark;
	struct watcher *next, **self;
};

static struct watcher *watchers; /* of all worlds; there is one but in tests */

static void watcher_free(struct watcher *x)
{
	*x->self = x->next;
	if (x->next)
		x->next->self = x->self;
	world_timer_cancel(x->w, x->end);
	world_timer_cancel(x->w, x->bookmark);
	selection_free(x->sel);
	free(x->ns);
	free(x);
}

static void watcher_gone(void *ctx)
{
	watcher_free(ctx);
}

static void watcher_close(struct watcher *x)
{
	lab_stream_close(x->stream);
	watcher_free(x);
}

static int64_t real_ms(const struct world *w, int64_t ms)
{
	return (int64_t)((double)ms * w->options.speed);
}

/* Takes object.  False: the stream overflowed and the watcher is gone. */
static bool watcher_send(struct watcher *x, const char *type, json_t *object)
{
	struct buf b = BUF_INIT;
	if (x->look.form != FORM_PROTO) {
		buf_addf(&b, "{\"type\":\"%s\",\"object\":", type);
		json_write(&b, object, false);
		buf_adds(&b, "}\n");
	} else if (!kube_proto_write_event(&b, type, object)) {
		BUG("an event of a kind that is not written in protobuf");
	}
	json_decref(object);
	bool ok = lab_stream_write(x->stream, buf_str(&b), b.len);
	buf_release(&b);
	return ok;
}

static bool watcher_object(struct watcher *x, const char *type, const json_t *o)
{
	if (x->look.form != FORM_TABLE)
		return watcher_send(x, type, kube_look_object(x->w, x->res, x->look, o));
	json_t *table = kube_table_new(x->res, !x->columns_sent);
	x->columns_sent = true;
	kube_table_add(x->w, table, x->res, x->look.include, o);
	return watcher_send(x, type, table);
}

static bool watcher_wants(const struct watcher *x, const struct kube_event *e)
{
	return x->res == e->res && (!x->ns || strcmp(x->ns, e->ns) == 0);
}

static bool watcher_event(struct watcher *x, const struct kube_event *e)
{
	bool now = e->type != KUBE_DELETED && selection_matches(x->sel, e->now);
	bool before = e->before && selection_matches(x->sel, e->before);
	if (now)
		return watcher_object(x, before ? "MODIFIED" : "ADDED", e->now);
	if (!before)
		return true;
	if (e->type == KUBE_DELETED)
		return watcher_object(x, "DELETED", e->now);
	/* It left the selection: the last state that was in it, with the new version. */
	json_t *o = json_deep_copy(e->before);
	json_object_set(json_object_get(o, "metadata"), "resourceVersion",
		json_path(e->now, "metadata.resourceVersion"));
	bool ok = watcher_object(x, "DELETED", o);
	json_decref(o);
	return ok;
}

static void watch_on_event(void *ctx, const struct kube_event *e)
{
	struct watcher *next;
	for (struct watcher *x = watchers; x; x = next) {
		next = x->next;
		if (x->k == ctx && watcher_wants(x, e))
			watcher_event(x, e);
	}
}

void kube_watch_init(struct kube *k)
{
	kube_listen(k, watch_on_event, k);
}

void kube_watch_drop(struct kube *k)
{
	struct watcher *next;
	for (struct watcher *x = watchers; x; x = next) {
		next = x->next;
		if (x->k == k)
			watcher_close(x);
	}
}

static bool bookmark_send(struct watcher *x, bool initial_end)
{
	char rv[24], api[64];
	snprintf(rv, sizeof(rv), "%llu", (unsigned long long)kube_rv(x->k));
	kube_resource_api_version(x->res, api);
	json_t *o = json_pack("{s:s, s:s, s:{s:s, s:n}}", "kind", x->res->kind, "apiVersion", api,
		"metadata", "resourceVersion", rv, "creationTimestamp");
	if (initial_end)
		json_object_set_new(json_object_get(o, "metadata"), "annotations",
			json_pack("{s:s}", "k8s.io/initial-events-end", "true"));
	if (x->look.form == FORM_PARTIAL) {
		json_object_set_new(o, "kind", json_string("PartialObjectMetadata"));
		json_object_set_new(o, "apiVersion", json_string("meta.k8s.io/v1"));
	} else if (x->look.form == FORM_TABLE) {
		json_t *t = kube_table_new(x->res, false);
		json_object_set(t, "metadata", json_object_get(o, "metadata"));
		json_decref(o);
		o = t;
	}
	return watcher_send(x, "BOOKMARK", o);
}

static void watch_on_bookmark(void *ctx)
{
	struct watcher *x = ctx;
	x->bookmark = world_timer_add(x->w, real_ms(x->w, BOOKMARK_MS), watch_on_bookmark, x);
	bookmark_send(x, false);
}

static void watch_on_end(void *ctx)
{
	struct watcher *x = ctx;
	x->end = NULL;
	if (x->bookmarks && !bookmark_send(x, false))
		return;
	watcher_close(x);
}

static bool watch_send_all(struct watcher *x)
{
	for (size_t i = kube_lower(x->k, x->res->id, x->ns ? x->ns : "", "");; i++) {
		const struct kobj *o = kube_at(x->k, x->res->id, i);
		if (!o || (x->ns && strcmp(o->ns, x->ns) != 0))
			return true;
		if (selection_matches(x->sel, o->json) && !watcher_object(x, "ADDED", o->json))
			return false;
	}
}

static bool watch_send_since(struct watcher *x, uint64_t rv)
{
	for (size_t i = kube_events_after(x->k, rv); i < kube_events_end(x->k); i++) {
		const struct kube_event *e = kube_event_at(x->k, i);
		if (watcher_wants(x, e) && !watcher_event(x, e))
			return false;
	}
	return true;
}

static struct watcher *watcher_new(struct kube_call *c, struct selection *sel)
{
	struct watcher *x = xcalloc(1, sizeof(*x));
	const char *seconds = lab_request_query(c->rq, "timeoutSeconds");
	int64_t s;
	x->k = c->k;
	x->w = c->w;
	x->res = c->res;
	x->ns = xstrdup(c->ns);
	x->sel = sel;
	x->look = c->look;
	x->bookmarks = str_eq(lab_request_query(c->rq, "allowWatchBookmarks"), "true") ||
		str_eq(lab_request_query(c->rq, "allowWatchBookmarks"), "1");
	x->next = watchers;
	x->self = &watchers;
	if (x->next)
		x->next->self = &x->next;
	watchers = x;
	if (!seconds || !str_to_i64(seconds, 1, 86400, &s))
		s = 1800 + (int64_t)world_random_below(c->w, 1800);
	x->end = world_timer_add(c->w, real_ms(c->w, s * 1000), watch_on_end, x);
	if (x->bookmarks)
		x->bookmark = world_timer_add(c->w, real_ms(c->w, BOOKMARK_MS),
		watch_on_bookmark, x);
	lab_reply_header(c->rp, "Content-Type", c->look.form == FORM_PROTO ?
		PROTO_TYPE ";stream=watch" : "application/json");
	x->stream = lab_reply_stream(c->rp, watcher_gone, x);
	return x;
}

void kube_watch(struct kube_call *c)
{
	struct err e = ERR_INIT;
	int64_t rv = 0;
	const char *text = lab_request_query(c->rq, "resourceVersion");
	bool initial = str_eq(lab_request_query(c->rq, "sendInitialEvents"), "true");
	struct selection *sel = selection_new(c->res, lab_request_query(c->rq, "labelSelector"),
		lab_request_query(c->rq, "fieldSelector"), &e);
	if (sel && !str_empty(text) && !str_to_i64(text, 0, INT64_MAX, &rv))
		err_set(&e, ERR_PARSE, "resourceVersion: Invalid value: \"%s\"", text);
	if (err_is_set(&e)) {
		kube_status(c->rp, 400, "BadRequest", NULL, "%s", e.text);
		selection_free(sel);
		return;
	}
	struct watcher *x = watcher_new(c, sel);
	bool too_old = rv > 0 && ((uint64_t)rv < kube_oldest(c->k) || (uint64_t)rv > kube_rv(c->k));
	if (too_old && !initial) {
		watcher_send(x, "ERROR", kube_status_json(410, "Expired", NULL,
			"too old resource version"));
		watcher_close(x);
		return;
	}
	if (initial || rv == 0) {
		if (watch_send_all(x) && initial && x->bookmarks)
			bookmark_send(x, true);
	} else {
		watch_send_since(x, (uint64_t)rv);
	}
}
