/* SPDX-License-Identifier: Apache-2.0 */
/* Counted, shared storage: an open-addressing table of immutable blobs. */
#include "core/model/pool.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"
#include "core/base/hot.h"

struct blob {
	uint32_t hash, refs, size, layout;
	/* size bytes follow, aligned to 8 because this header is 16 */
};

struct pool {
	struct blob **slots; /* a power of two of them, NULL where free */
	size_t nslots, count, bytes;
};

static void *blob_data(const struct blob *b)
{
	return (void *)(uintptr_t)(b + 1);
}

static struct blob *blob_of(const void *data)
{
	return (struct blob *)(uintptr_t)data - 1;
}

static uint32_t pool_hash(uint32_t layout, const void *data, size_t n)
{
	const unsigned char *s = data;
	uint64_t h = 0x9e3779b97f4a7c15u ^ ((uint64_t)n << 8) ^ layout;
	for (; n >= 8; n -= 8, s += 8) {
		uint64_t w;
		memcpy(&w, s, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	uint64_t tail = 0;
	memcpy(&tail, s, n);
	h = (h ^ tail) * 0xc4ceb9fe1a85ec53u;
	h ^= h >> 29;
	h *= 0xff51afd7ed558ccdu;
	return (uint32_t)(h >> 32);
}

struct pool *pool_new(void)
{
	struct pool *p = xcalloc(1, sizeof *p);
	p->nslots = 1024;
	p->slots = xcalloc(p->nslots, sizeof *p->slots);
	return p;
}

void pool_free(struct pool *p)
{
	if (!p) {
		return;
	}
	for (size_t i = 0; i < p->nslots; i++) {
		free(p->slots[i]);
	}
	free(p->slots);
	free(p);
}

static void pool_resize(struct pool *p, size_t nslots)
{
	struct blob **old = p->slots;
	size_t nold = p->nslots;
	p->slots = xcalloc(nslots, sizeof *p->slots);
	p->nslots = nslots;
	for (size_t i = 0; i < nold; i++) {
		if (!old[i]) {
			continue;
		}
		size_t at = old[i]->hash & (nslots - 1);
		while (p->slots[at]) {
			at = (at + 1) & (nslots - 1);
		}
		p->slots[at] = old[i];
	}
	free(old);
}

/* The slot that holds these bytes, or the free one where they would go. */
static size_t pool_find(const struct pool *p, uint32_t layout, uint32_t hash, const void *data,
	size_t n)
{
	size_t at = hash & (p->nslots - 1);
	for (; p->slots[at]; at = (at + 1) & (p->nslots - 1)) {
		const struct blob *b = p->slots[at];
		if (b->hash == hash && b->size == n && b->layout == layout &&
		    !memcmp(blob_data(b), data, n)) {
			break;
		}
	}
	return at;
}

/* One more reference to these bytes; *fresh tells that they were not there before. */
static void *pool_add(struct pool *p, uint32_t layout, const void *data, size_t n, bool *fresh)
{
	uint32_t hash = pool_hash(layout, data, n);
	size_t at = pool_find(p, layout, hash, data, n);
	struct blob *b = p->slots[at];
	*fresh = !b;
	if (b) {
		b->refs++;
		return blob_data(b);
	}
	b = xmalloc(sizeof *b + n);
	*b = (struct blob){ .hash = hash, .refs = 1, .size = (uint32_t)n, .layout = layout };
	memcpy(blob_data(b), data, n);
	p->slots[at] = b;
	p->count++;
	p->bytes += sizeof *b + n;
	if (p->count * 10 > p->nslots * 7) {
		pool_resize(p, p->nslots * 2);
	}
	return blob_data(b);
}

/* Frees the slot and moves later entries of the same run back, so that no marks are needed. */
static void pool_remove(struct pool *p, struct blob *b)
{
	size_t mask = p->nslots - 1;
	size_t hole = b->hash & mask;
	while (p->slots[hole] != b) {
		hole = (hole + 1) & mask;
	}
	for (size_t at = (hole + 1) & mask; p->slots[at]; at = (at + 1) & mask) {
		size_t home = p->slots[at]->hash & mask;
		if (((at - home) & mask) >= ((at - hole) & mask)) {
			p->slots[hole] = p->slots[at];
			hole = at;
		}
	}
	p->slots[hole] = NULL;
	p->count--;
	p->bytes -= sizeof *b + b->size;
	free(b);
	if (p->nslots > 1024 && p->count * 8 < p->nslots) {
		pool_resize(p, p->nslots / 2);
	}
}

const char *pool_str(struct pool *p, const char *s)
{
	bool fresh;
	return s ? pool_add(p, LAYOUT_BYTES, s, strlen(s) + 1, &fresh) : NULL;
}

static void pool_drop(struct pool *p, const void *data)
{
	if (!data) {
		return;
	}
	struct blob *b = blob_of(data);
	if (!b->refs) {
		BUG("pool: reference dropped twice");
	}
	b->refs--;
	if (b->refs) {
		return;
	}
	size_t size = layout_get(b->layout)->size;
	for (size_t at = 0; b->layout != LAYOUT_BYTES && at < b->size; at += size) {
		pool_disown(p, b->layout, (const char *)data + at);
	}
	pool_remove(p, b);
}

void pool_drop_str(struct pool *p, const char *s)
{
	pool_drop(p, s);
}

static void *pool_array(struct pool *p, enum layout_id elem, const void *v, size_t n)
{
	if (!v || !n) {
		return NULL;
	}
	const struct layout *l = layout_get(elem);
	_Alignas(8) char small[1024];
	size_t bytes = n * l->size;
	char *tmp = bytes <= sizeof small ? small : xmalloc(bytes);
	memcpy(tmp, v, bytes);
	for (size_t i = 0; i < n; i++) {
		pool_own(p, elem, tmp + i * l->size);
	}
	bool fresh;
	void *got = pool_add(p, elem, tmp, bytes, &fresh);
	for (size_t i = 0; !fresh && i < n; i++) {
		pool_disown(p, elem, tmp + i * l->size);
	}
	if (tmp != small) {
		free(tmp);
	}
	return got;
}

void pool_own(struct pool *p, enum layout_id id, void *obj)
{
	const struct layout *l = layout_get(id);
	layout_tidy(id, obj);
	for (size_t i = 0; i < l->nfields; i++) {
		const struct field *f = &l->fields[i];
		const void *old;
		size_t n = 1;
		memcpy(&old, (char *)obj + f->offset, sizeof old);
		uint32_t n32;
		if (f->type == FIELD_ARRAY) {
			memcpy(&n, (char *)obj + f->count_offset, sizeof n);
		} else if (f->type == FIELD_ARRAY32) {
			memcpy(&n32, (char *)obj + f->count_offset, sizeof n32);
			n = n32;
		}
		const void *now = f->type == FIELD_STR ? pool_str(p, old) :
			pool_array(p, f->elem, old, n);
		memcpy((char *)obj + f->offset, &now, sizeof now);
		if (!now && f->type != FIELD_STR && f->type != FIELD_ONE) {
			n = 0;
			memcpy((char *)obj + f->count_offset, &n,
				f->type == FIELD_ARRAY ? sizeof n : sizeof n32);
		}
	}
}

void pool_disown(struct pool *p, enum layout_id id, const void *obj)
{
	const struct layout *l = layout_get(id);
	for (size_t i = 0; i < l->nfields; i++) {
		const void *held;
		memcpy(&held, (const char *)obj + l->fields[i].offset, sizeof held);
		pool_drop(p, held);
	}
}

size_t pool_bytes(const struct pool *p)
{
	return sizeof *p + p->nslots * sizeof *p->slots + p->bytes;
}

size_t pool_count(const struct pool *p)
{
	return p->count;
}
