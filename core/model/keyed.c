/* SPDX-License-Identifier: Apache-2.0 */
/* Records by key and in order. */
#include "core/model/keyed.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"

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

static size_t index_slot(const struct index *x, const char *k1, const char *k2)
{
	size_t at = key_hash(k1, k2) & (x->nslots - 1);
	for (; x->slots[at]; at = (at + 1) & (x->nslots - 1)) {
		const void *rec = slab_at(x->slab, x->slots[at]);
		if (!strcmp(rec_key(rec, x->key1), k1) && !strcmp(rec_key(rec, x->key2), k2)) {
			break;
		}
	}
	return at;
}

void *index_find(const struct index *x, const char *k1, const char *k2)
{
	if (!x->count || !k1) {
		return NULL;
	}
	return slab_at(x->slab, x->slots[index_slot(x, k1, k2 ? k2 : "")]);
}

static void index_grow(struct index *x)
{
	struct index old = *x;
	x->nslots = old.nslots ? old.nslots * 2 : 16;
	x->slots = xcalloc(x->nslots, sizeof *x->slots);
	for (size_t i = 0; i < old.nslots; i++) {
		if (!old.slots[i]) {
			continue;
		}
		size_t at = rec_hash(x, slab_at(x->slab, old.slots[i])) & (x->nslots - 1);
		while (x->slots[at]) {
			at = (at + 1) & (x->nslots - 1);
		}
		x->slots[at] = old.slots[i];
	}
	free(old.slots);
}

void index_put(struct index *x, void *rec)
{
	if ((x->count + 1) * 4 > x->nslots * 3) {
		index_grow(x);
	}
	size_t at = index_slot(x, rec_key(rec, x->key1), rec_key(rec, x->key2));
	x->count += !x->slots[at];
	x->slots[at] = slab_ref(rec);
}

void index_remove(struct index *x, const void *rec)
{
	if (!x->count) {
		return;
	}
	size_t mask = x->nslots - 1;
	size_t hole = index_slot(x, rec_key(rec, x->key1), rec_key(rec, x->key2));
	if (x->slots[hole] != slab_ref(rec)) {
		return;
	}
	for (size_t at = (hole + 1) & mask; x->slots[at]; at = (at + 1) & mask) {
		size_t home = rec_hash(x, slab_at(x->slab, x->slots[at])) & mask;
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			x->slots[hole] = x->slots[at];
			hole = at;
		}
	}
	x->slots[hole] = 0;
	x->count--;
}

void index_release(struct index *x)
{
	free(x->slots);
	x->slots = NULL;
	x->nslots = x->count = 0;
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

void *const *keyed_all(struct keyed *t, size_t *n)
{
	if (t->nlive != t->n) {
		size_t to = 0;
		for (size_t i = 0; i < t->n; i++) {
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
	return t->cap * sizeof *t->v + t->index.nslots * sizeof *t->index.slots;
}
