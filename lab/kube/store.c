/* SPDX-License-Identifier: Apache-2.0 */
/* Objects in sorted arrays, one per kind; a ring of past events. */
#include "lab/kube/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/proto.h"
#include "lab/world.h"

#define HISTORY_MAX 8192

struct listener {
	void (*cb)(void *ctx, const struct kube_event *e);
	void *ctx;
};
struct shelf {
	struct kobj **v;
	size_t n, cap;
};
struct kube {
	struct world *world;
	struct shelf shelves[KUBE_KIND__COUNT];
	uint64_t rv, seq;
	struct kube_event *ring; /* HISTORY_MAX slots, used as a ring by absolute index */
	size_t first, end;       /* absolute indexes */
	uint64_t oldest;
	struct listener *listeners;
	size_t n_listeners, cap_listeners;
};

void kube_stamp(const struct world *w, char out[40])
{
	stamp_format(out, world_wall(w), false);
}

struct kube *kube_new(struct world *w)
{
	struct kube *k = xcalloc(1, sizeof(*k));
	k->world = w;
	k->rv = 100;
	k->oldest = 100;
	k->ring = xcalloc(HISTORY_MAX, sizeof(*k->ring));
	return k;
}

static void event_release(struct kube_event *e)
{
	free(e->ns);
	free(e->name);
	json_decref(e->now);
	json_decref(e->before);
	*e = (struct kube_event){ .rv = 0 };
}

struct kube_wire *kube_wire_ref(struct kube_wire *x)
{
	x->refs++;
	return x;
}

void kube_wire_unref(struct kube_wire *x)
{
	if (x && --x->refs == 0)
		free(x);
}

struct kube_wire *kube_wire(struct kobj *o)
{
	if (!o->wire) {
		struct buf b = BUF_INIT;
		kube_proto_write_message(&b, o->res->kind, o->json);
		o->wire = xmalloc(sizeof(*o->wire) + b.len);
		o->wire->refs = 1;
		o->wire->n = b.len;
		memcpy(o->wire->p, buf_str(&b), b.len);
		buf_release(&b);
	}
	return o->wire;
}

static void kobj_free(struct kobj *o)
{
	kube_wire_unref(o->wire);
	json_decref(o->json);
	free(o->ns);
	free(o->name);
	free(o->uid);
	free(o);
}

void kube_free(struct kube *k)
{
	if (!k)
		return;
	for (int i = 0; i < KUBE_KIND__COUNT; i++) {
		for (size_t j = 0; j < k->shelves[i].n; j++)
			kobj_free(k->shelves[i].v[j]);
		free(k->shelves[i].v);
	}
	for (size_t i = k->first; i < k->end; i++)
		event_release(&k->ring[i % HISTORY_MAX]);
	free(k->ring);
	free(k->listeners);
	free(k);
}

struct world *kube_world(const struct kube *k)
{
	return k->world;
}

uint64_t kube_rv(const struct kube *k)
{
	return k->rv;
}

uint64_t kube_oldest(const struct kube *k)
{
	return k->oldest;
}

static int key_compare(const struct kobj *o, const char *ns, const char *name)
{
	int c = strcmp(o->ns, ns);
	return c ? c : strcmp(o->name, name);
}

size_t kube_lower(const struct kube *k, enum kube_kind kind, const char *ns, const char *name)
{
	const struct shelf *s = &k->shelves[kind];
	size_t lo = 0, hi = s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (key_compare(s->v[mid], ns, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct kobj *kube_find(struct kube *k, enum kube_kind kind, const char *ns, const char *name)
{
	const struct shelf *s = &k->shelves[kind];
	if (!ns)
		ns = "";
	size_t i = kube_lower(k, kind, ns, name);
	return i < s->n && key_compare(s->v[i], ns, name) == 0 ? s->v[i] : NULL;
}

size_t kube_count(const struct kube *k, enum kube_kind kind)
{
	return k->shelves[kind].n;
}

struct kobj *kube_at(const struct kube *k, enum kube_kind kind, size_t i)
{
	return i < k->shelves[kind].n ? k->shelves[kind].v[i] : NULL;
}

static void rv_put(struct kube *k, json_t *meta)
{
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)++k->rv);
	json_object_set_new(meta, "resourceVersion", json_string(text));
}

/* Takes now and before. */
static void event_add(struct kube *k, enum kube_event_type type, const struct kobj *o, json_t *now,
	json_t *before)
{
	if (k->end - k->first == HISTORY_MAX) {
		k->oldest = k->ring[k->first % HISTORY_MAX].rv;
		event_release(&k->ring[k->first % HISTORY_MAX]);
		k->first++;
	}
	size_t at = k->end++;
	k->ring[at % HISTORY_MAX] = (struct kube_event){ .rv = k->rv, .type = type, .res = o->res,
		.ns = xstrdup(o->ns), .name = xstrdup(o->name), .now = now, .before = before };
	/* A listener may cause further events: the slot stays valid, the ring is large. */
	for (size_t i = 0; i < k->n_listeners; i++)
		k->listeners[i].cb(k->listeners[i].ctx, &k->ring[at % HISTORY_MAX]);
}

static void created_fill(struct kube *k, const struct kube_resource *r, json_t *j, json_t *meta)
{
	char text[64];
	if (!json_object_get(meta, "uid")) {
		world_uuid(k->world, text);
		json_object_set_new(meta, "uid", json_string(text));
	}
	if (!json_object_get(meta, "creationTimestamp") ||
	    json_is_null(json_object_get(meta, "creationTimestamp"))) {
		kube_stamp(k->world, text);
		json_object_set_new(meta, "creationTimestamp", json_string(text));
	}
	if (r->generation)
		json_object_set_new(meta, "generation", json_integer(1));
	kube_resource_api_version(r, text);
	json_object_set_new(j, "apiVersion", json_string(text));
	json_object_set_new(j, "kind", json_string(r->kind));
	rv_put(k, meta);
}

/* As an API server writes an object: what it is stands first.  Takes json. */
static json_t *kind_first(json_t *json)
{
	json_t *out = json_pack("{s:O, s:O}", "kind", json_object_get(json, "kind"), "apiVersion",
		json_object_get(json, "apiVersion"));
	json_object_update(out, json);
	json_decref(json);
	return out;
}

struct kobj *kube_create(struct kube *k, enum kube_kind kind, void *json)
{
	const struct kube_resource *r = kube_resource(kind);
	struct shelf *s = &k->shelves[kind];
	json_t *meta = json_object_get(json, "metadata");
	const char *name = json_str(meta, "name");
	const char *ns = r->namespaced ? json_str(meta, "namespace") : "";
	if (!name || !ns || kube_find(k, kind, ns, name)) {
		json_decref(json);
		return NULL;
	}
	created_fill(k, r, json, meta);
	json = kind_first(json);
	struct kobj *o = xcalloc(1, sizeof(*o));
	*o = (struct kobj){ .res = r, .ns = xstrdup(ns), .name = xstrdup(name),
		.uid = xstrdup(json_str(meta, "uid")), .rv = k->rv, .seq = ++k->seq, .json = json };
	size_t at = kube_lower(k, kind, ns, name);
	s->v = xgrow(s->v, &s->cap, s->n, sizeof(struct kobj *));
	memmove(s->v + at + 1, s->v + at, (s->n - at) * sizeof(struct kobj *));
	s->v[at] = o;
	s->n++;
	event_add(k, KUBE_ADDED, o, json_incref(json), NULL);
	return o;
}

void *kube_edit(const struct kobj *o)
{
	return json_deep_copy(o->json);
}

bool kube_commit(struct kube *k, struct kobj *o, void *json)
{
	json_t *meta = json_object_get(json, "metadata"), *before = o->json;
	json_object_set(meta, "resourceVersion", json_path(before, "metadata.resourceVersion"));
	if (json_equal(json, before)) {
		json_decref(json);
		return false;
	}
	if (o->res->generation &&
	    !json_equal(json_object_get(json, "spec"), json_object_get(before, "spec")))
		json_object_set_new(meta, "generation",
			json_integer(json_int(before, "metadata.generation", 1) + 1));
	rv_put(k, meta);
	o->rv = k->rv;
	o->json = json;
	kube_wire_unref(o->wire);
	o->wire = NULL;
	event_add(k, KUBE_MODIFIED, o, json_incref(json), before);
	return true;
}

void kube_remove(struct kube *k, struct kobj *o)
{
	struct shelf *s = &k->shelves[o->res->id];
	size_t at = kube_lower(k, o->res->id, o->ns, o->name);
	s->n--;
	memmove(s->v + at, s->v + at + 1, (s->n - at) * sizeof(struct kobj *));
	json_t *last = json_deep_copy(o->json);
	rv_put(k, json_object_get(last, "metadata"));
	event_add(k, KUBE_DELETED, o, last, json_incref(o->json));
	kobj_free(o);
}

void kube_listen(struct kube *k, void (*cb)(void *ctx, const struct kube_event *e), void *ctx)
{
	k->listeners = xgrow(k->listeners, &k->cap_listeners, k->n_listeners,
		sizeof(*k->listeners));
	k->listeners[k->n_listeners++] = (struct listener){ cb, ctx };
}

size_t kube_events_after(const struct kube *k, uint64_t rv)
{
	size_t lo = k->first, hi = k->end;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (k->ring[mid % HISTORY_MAX].rv <= rv)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t kube_events_end(const struct kube *k)
{
	return k->end;
}

const struct kube_event *kube_event_at(const struct kube *k, size_t i)
{
	return &k->ring[i % HISTORY_MAX];
}
