/* SPDX-License-Identifier: Apache-2.0 */
/* Records by key and in order. */
#include "core/model/keyed.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"
#include "core/base/hot.h"

struct rec_head { /* lies before every record */
	uint32_t at;
	uint16_t seen, eighths; /* eighths: of its size, this head's with it */
};

static struct rec_head *rec_head(const void *rec)
{
	return (struct rec_head *)(uintptr_t)rec - 1;
}

static const char *rec_key(const void *rec, size_t offset)
{
	const char *s = NULL;
	if (offset != TABLE_NO_KEY) {
		memcpy(&s, (const char *)rec + offset, sizeof s);
	}
	return s ? s : "";
}

static uint64_t key_hash(const char *k1, const char *k2)
{
	uint64_t h = 0xcbf29ce484222325u;
	for (const char *s = k1; *s; s++) {
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	}
	h = (h ^ 0xff) * 0x100000001b3u;
	for (const char *s = k2; *s; s++) {
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	}
	return h ^ (h >> 29);
}

static uint64_t rec_hash(const struct index *x, const void *rec)
{
	return key_hash(rec_key(rec, x->key1), rec_key(rec, x->key2));
}

/*
 * Behind its slots a table has a byte for each: 0 of an empty one, else some of the hash.  Whoever
 * looks for a key that is not there reads these alone; to touch each record on the way would cost
 * a miss of the cache for each, which no small cluster feels and each pod of a large one pays.
 */
#define SLOT_SIZE (sizeof(uint32_t) + 1)
/* Moved or removed, in the old slots alone: what was put behind it is still found. */
#define TAG_LEFT 1
/* Old slots that one call moves: a table of 200,000 would else be moved at once, and felt. */
#define SLOTS_A_MOVE 32

static unsigned char *slot_tags(uint32_t *slots, size_t nslots)
{
	return (unsigned char *)(slots + nslots);
}

static unsigned char hash_tag(uint64_t hash)
{
	unsigned char t = (unsigned char)(hash >> 56);
	return t > TAG_LEFT ? t : (unsigned char)(t + TAG_LEFT + 1);
}

static size_t index_slot(const struct index *x, uint32_t *slots, size_t nslots, uint64_t hash,
	const char *k1, const char *k2)
{
	const unsigned char *tags = slot_tags(slots, nslots), tag = hash_tag(hash);
	size_t at = hash & (nslots - 1);
	for (; tags[at]; at = (at + 1) & (nslots - 1)) {
		if (tags[at] != tag) {
			continue;
		}
		const void *rec = slab_at(x->slab, slots[at]);
		if (!strcmp(rec_key(rec, x->key1), k1) && !strcmp(rec_key(rec, x->key2), k2)) {
			break;
		}
	}
	return at;
}

/* Where it is; of the new slots when it is nowhere. */
static uint32_t *index_place(const struct index *x, uint64_t hash, const char *k1, const char *k2)
{
	uint32_t *at = &x->slots[index_slot(x, x->slots, x->nslots, hash, k1, k2)];
	if (!*at && x->old) {
		uint32_t *was = &x->old[index_slot(x, x->old, x->nold, hash, k1, k2)];
		at = *was ? was : at;
	}
	return at;
}

static uint32_t *index_place_of(const struct index *x, uint64_t hash, const void *rec)
{
	return index_place(x, hash, rec_key(rec, x->key1), rec_key(rec, x->key2));
}

static bool index_is_old(const struct index *x, const uint32_t *at)
{
	return x->old && at >= x->old && at < x->old + x->nold;
}

void *index_find(const struct index *x, const char *k1, const char *k2)
{
	if (!x->count || !k1) {
		return NULL;
	}
	k2 = k2 ? k2 : "";
	return slab_at(x->slab, *index_place(x, key_hash(k1, k2), k1, k2));
}

static void index_move_slot(struct index *x, size_t from)
{
	uint64_t hash = rec_hash(x, slab_at(x->slab, x->old[from]));
	unsigned char *tags = slot_tags(x->slots, x->nslots);
	size_t at = hash & (x->nslots - 1);
	while (tags[at]) {
		at = (at + 1) & (x->nslots - 1);
	}
	x->slots[at] = x->old[from];
	tags[at] = hash_tag(hash);
	slot_tags(x->old, x->nold)[from] = TAG_LEFT;
}

/* The next few.  Their records lie anywhere: all are called for before the first is waited for. */
static void index_move(struct index *x)
{
	size_t from[SLOTS_A_MOVE], n = 0;
	const unsigned char *tags = slot_tags(x->old, x->nold);
	for (int i = 0; i < SLOTS_A_MOVE && x->moved < x->nold; i++, x->moved++) {
		if (tags[x->moved] > TAG_LEFT) {
			from[n++] = x->moved;
			__builtin_prefetch(slab_at(x->slab, x->old[x->moved]));
		}
	}
	for (size_t i = 0; i < n; i++) {
		const void *rec = slab_at(x->slab, x->old[from[i]]);
		__builtin_prefetch(rec_key(rec, x->key1));
		__builtin_prefetch(rec_key(rec, x->key2));
	}
	for (size_t i = 0; i < n; i++) {
		index_move_slot(x, from[i]);
	}
	if (x->moved == x->nold) {
		free(x->old);
		x->old = NULL;
		x->nold = x->moved = 0;
	}
}

static void index_grow(struct index *x)
{
	while (x->old) {
		index_move(x);
	}
	x->old = x->slots;
	x->nold = x->nslots;
	x->moved = 0;
	x->nslots = x->nold ? x->nold * 2 : 16;
	x->slots = xcalloc(x->nslots, SLOT_SIZE);
}

void index_put(struct index *x, void *rec)
{
	if ((x->count + 1) * 4 > x->nslots * 3) {
		index_grow(x);
	}
	if (x->old) {
		index_move(x);
	}
	uint64_t hash = rec_hash(x, rec);
	uint32_t *at = index_place_of(x, hash, rec);
	if (!*at) {
		x->count++;
		slot_tags(x->slots, x->nslots)[at - x->slots] = hash_tag(hash);
	}
	*at = slab_ref(rec);
}

static void index_close_hole(struct index *x, size_t hole)
{
	size_t mask = x->nslots - 1;
	unsigned char *tags = slot_tags(x->slots, x->nslots);
	for (size_t at = (hole + 1) & mask; tags[at]; at = (at + 1) & mask) {
		size_t home = rec_hash(x, slab_at(x->slab, x->slots[at])) & mask;
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			x->slots[hole] = x->slots[at];
			tags[hole] = tags[at];
			hole = at;
		}
	}
	x->slots[hole] = 0;
	tags[hole] = 0;
}

void index_remove(struct index *x, const void *rec)
{
	if (!x->count) {
		return;
	}
	uint32_t *at = index_place_of(x, rec_hash(x, rec), rec);
	if (*at != slab_ref(rec)) {
		return;
	}
	if (index_is_old(x, at)) {
		slot_tags(x->old, x->nold)[at - x->old] = TAG_LEFT;
	} else {
		index_close_hole(x, (size_t)(at - x->slots));
	}
	x->count--;
	if (x->old) {
		index_move(x);
	}
}

void index_release(struct index *x)
{
	free(x->slots);
	free(x->old);
	x->slots = x->old = NULL;
	x->nslots = x->count = x->nold = x->moved = 0;
}

size_t index_bytes(const struct index *x)
{
	return (x->nslots + x->nold) * SLOT_SIZE;
}

void keyed_init(struct keyed *t, struct slab *slab, size_t key1, size_t key2)
{
	*t = (struct keyed){ .index = { .slab = slab, .key1 = key1, .key2 = key2 } };
}

void keyed_release(struct keyed *t)
{
	if (t->nlive) {
		BUG("table released with %zu records", t->nlive);
	}
	index_release(&t->index);
	free(t->v);
	t->v = NULL;
	t->n = t->cap = 0;
}

void *keyed_new_rec(struct slab *slab, size_t size)
{
	size += sizeof(struct rec_head);
	struct rec_head *h = slab_take(slab, &size);
	h->eighths = (uint16_t)(size / 8);
	return h + 1;
}

void keyed_free_rec(struct slab *slab, void *rec)
{
	struct rec_head *h = rec_head(rec);
	slab_give(slab, h, (size_t)h->eighths * 8);
}

size_t keyed_rec_size(const void *rec)
{
	return (size_t)rec_head(rec)->eighths * 8 - sizeof(struct rec_head);
}

void *keyed_find(const struct keyed *t, const char *k1, const char *k2)
{
	return index_find(&t->index, k1, k2);
}

void keyed_add(struct keyed *t, void *rec)
{
	if (t->n == t->cap && t->nlive * 4 < t->n * 3) {
		size_t n;
		keyed_all(t, &n); /* holes enough: use them before growing */
	}
	t->v = xgrow(t->v, &t->cap, t->n, sizeof *t->v);
	rec_head(rec)->at = (uint32_t)t->n;
	rec_head(rec)->seen = (uint16_t)t->epoch;
	t->v[t->n++] = rec;
	t->nlive++;
	index_put(&t->index, rec);
}

void keyed_remove(struct keyed *t, void *rec)
{
	t->removed++;
	index_remove(&t->index, rec);
	t->v[rec_head(rec)->at] = NULL;
	t->nlive--;
}

void keyed_clear(struct keyed *t)
{
	t->removed++;
	index_release(&t->index);
	free(t->v);
	t->v = NULL;
	t->n = t->cap = t->nlive = 0;
}

void keyed_seen(struct keyed *t, void *rec)
{
	rec_head(rec)->seen = (uint16_t)t->epoch;
}

bool keyed_stale(const struct keyed *t, const void *rec)
{
	return rec_head(rec)->seen != (uint16_t)t->epoch;
}

uint32_t keyed_place(const void *rec)
{
	return rec_head(rec)->at;
}

void *const *keyed_all(struct keyed *t, size_t *n)
{
	if (t->nlive != t->n) {
		size_t to = 0;
		while (t->v[to]) {
			to++;
		}
		t->packed++;
		for (size_t i = to; i < t->n; i++) {
			if (t->v[i]) {
				rec_head(t->v[i])->at = (uint32_t)to;
				t->v[to++] = t->v[i];
			}
		}
		t->n = to;
	}
	*n = t->n;
	return t->v;
}

size_t keyed_bytes(const struct keyed *t)
{
	return t->cap * sizeof *t->v + index_bytes(&t->index);
}
