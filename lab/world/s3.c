/* SPDX-License-Identifier: Apache-2.0 */
/* Buckets and their objects, sorted by key; hooks that hear of every change. */
#include "lab/world.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/digest.h"
#include "lab/world/parts.h"

struct hook {
	void (*cb)(void *ctx, struct lab_bucket *b, const char *key);
	void *ctx;
};
struct world_hooks {
	struct hook *v;
	size_t n, cap;
};

struct lab_bucket *lab_bucket_find(struct world *w, const char *name)
{
	for (size_t i = 0; i < w->n_buckets; i++) {
		if (strcmp(w->buckets[i]->name, name) == 0)
			return w->buckets[i];
	}
	return NULL;
}

struct lab_bucket *lab_bucket_add(struct world *w, const char *name)
{
	struct lab_bucket *b = lab_bucket_find(w, name);
	if (b)
		return b;
	b = xcalloc(1, sizeof(*b));
	b->name = xstrdup(name);
	b->region = xstrdup(w->region);
	w->buckets = xgrow(w->buckets, &w->cap_buckets, w->n_buckets, sizeof(struct lab_bucket *));
	w->buckets[w->n_buckets++] = b;
	return b;
}

size_t lab_object_lower(const struct lab_bucket *b, const char *key)
{
	size_t lo = 0, hi = b->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (strcmp(b->objects[mid]->key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct lab_object *lab_object_get(const struct lab_bucket *b, const char *key)
{
	size_t i = lab_object_lower(b, key);
	return i < b->n && strcmp(b->objects[i]->key, key) == 0 ? b->objects[i] : NULL;
}

static void hooks_run(struct world *w, struct lab_bucket *b, const char *key)
{
	for (size_t i = 0; w->hooks && i < w->hooks->n; i++)
		w->hooks->v[i].cb(w->hooks->v[i].ctx, b, key);
}

struct lab_object *lab_object_put(struct world *w, struct lab_bucket *b, const char *key,
	const void *p, size_t n)
{
	struct lab_object *o = lab_object_get(b, key);
	if (!o) {
		size_t at = lab_object_lower(b, key);
		o = xcalloc(1, sizeof(*o));
		o->key = xstrdup(key);
		b->objects = xgrow(b->objects, &b->cap, b->n, sizeof(struct lab_object *));
		memmove(b->objects + at + 1, b->objects + at,
			(b->n - at) * sizeof(struct lab_object *));
		b->objects[at] = o;
		b->n++;
	}
	char *copy = xmalloc(n + 1);
	if (n > 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	free(o->data);
	o->data = copy;
	o->len = n;
	o->mtime = world_wall(w);
	digest_md5_hex(copy, n, o->etag);
	hooks_run(w, b, o->key);
	return o;
}

static void object_free(struct lab_object *o)
{
	free(o->key);
	free(o->data);
	free(o);
}

bool lab_object_delete(struct world *w, struct lab_bucket *b, const char *key)
{
	size_t at = lab_object_lower(b, key);
	if (at == b->n || strcmp(b->objects[at]->key, key) != 0)
		return false;
	struct lab_object *o = b->objects[at];
	b->n--;
	memmove(b->objects + at, b->objects + at + 1, (b->n - at) * sizeof(struct lab_object *));
	hooks_run(w, b, o->key);
	object_free(o);
	return true;
}

void world_on_object(struct world *w,
	void (*cb)(void *ctx, struct lab_bucket *b, const char *key), void *ctx)
{
	if (!w->hooks)
		w->hooks = xcalloc(1, sizeof(*w->hooks));
	w->hooks->v = xgrow(w->hooks->v, &w->hooks->cap, w->hooks->n, sizeof(struct hook));
	w->hooks->v[w->hooks->n++] = (struct hook){ cb, ctx };
}

void world_s3_release(struct world *w)
{
	for (size_t i = 0; i < w->n_buckets; i++) {
		struct lab_bucket *b = w->buckets[i];
		for (size_t k = 0; k < b->n; k++)
			object_free(b->objects[k]);
		free(b->objects);
		free(b->name);
		free(b->region);
		free(b);
	}
	free(w->buckets);
	if (w->hooks)
		free(w->hooks->v);
	free(w->hooks);
}
