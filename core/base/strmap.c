/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from strings to pointers that keeps insertion order. */
#include "core/base/strmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"

/*
 * Entries stand in insertion order in one array; a removed one leaves a hole
 * (key NULL) until the array is full.  The index is an open-addressed table of
 * positions in it.
 */
#define STRMAP_EMPTY (-1)
#define STRMAP_HOLE (-2)

struct strmap_entry {
	char *key;
	void *value;
	uint32_t hash;
};

struct strmap {
	void (*free_value)(void *);
	struct strmap_entry *entries;
	size_t used, cap; /* of entries, holes included */
	size_t count;     /* without holes */
	int32_t *index;
	size_t size; /* of index: 0 or a power of two, at least twice cap */
};

struct strmap *strmap_new(void (*free_value)(void *))
{
	struct strmap *m = xcalloc(1, sizeof(*m));

	m->free_value = free_value;
	return m;
}

void strmap_clear(struct strmap *m)
{
	size_t i;

	for (i = 0; i < m->used; i++) {
		if (!m->entries[i].key)
			continue;
		free(m->entries[i].key);
		if (m->free_value)
			m->free_value(m->entries[i].value);
	}
	free(m->entries);
	free(m->index);
	m->entries = NULL;
	m->index = NULL;
	m->used = m->cap = m->count = m->size = 0;
}

void strmap_free(struct strmap *m)
{
	if (!m)
		return;
	strmap_clear(m);
	free(m);
}

static uint32_t strmap_hash(const struct strmap *m, const char *s)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)(uintptr_t)m;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return (uint32_t)(h ^ (h >> 32));
}

/* The slot of the index that holds key, or size. */
static size_t strmap_slot(const struct strmap *m, const char *key, uint32_t hash)
{
	size_t at;

	if (!m->size)
		return m->size;
	for (at = hash & (m->size - 1); m->index[at] != STRMAP_EMPTY;
			at = (at + 1) & (m->size - 1)) {
		const struct strmap_entry *e;

		if (m->index[at] == STRMAP_HOLE)
			continue;
		e = &m->entries[m->index[at]];
		if (e->hash == hash && !strcmp(e->key, key))
			return at;
	}
	return m->size;
}

void *strmap_get(const struct strmap *m, const char *key)
{
	size_t at;

	if (!m || !key)
		return NULL;
	at = strmap_slot(m, key, strmap_hash(m, key));
	return at < m->size ? m->entries[m->index[at]].value : NULL;
}

static void strmap_index_put(struct strmap *m, size_t pos)
{
	size_t at = m->entries[pos].hash & (m->size - 1);

	while (m->index[at] >= 0)
		at = (at + 1) & (m->size - 1);
	m->index[at] = (int32_t)pos;
}

/* Closes the holes, makes room for one more and builds the index anew. */
static void strmap_rebuild(struct strmap *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->used; i++) {
		if (m->entries[i].key)
			m->entries[n++] = m->entries[i];
	}
	m->used = n;
	/* Grown only when closing the holes did not give much. */
	if (n * 4 >= m->cap * 3) {
		m->cap = m->cap ? m->cap * 2 : 8;
		if (m->cap > INT32_MAX / 2)
			BUG("strmap of %zu entries", n);
		m->entries = xrealloc(m->entries, m->cap * sizeof(*m->entries));
		m->size = m->cap * 2;
		m->index = xrealloc(m->index, m->size * sizeof(*m->index));
	}
	for (i = 0; i < m->size; i++)
		m->index[i] = STRMAP_EMPTY;
	for (i = 0; i < n; i++)
		strmap_index_put(m, i);
}

void strmap_set(struct strmap *m, const char *key, void *value)
{
	uint32_t hash = strmap_hash(m, key);
	size_t at = strmap_slot(m, key, hash);

	if (at < m->size) {
		struct strmap_entry *e = &m->entries[m->index[at]];
		void *old = e->value;

		e->value = value;
		if (m->free_value && old != value)
			m->free_value(old);
		return;
	}
	if (m->used == m->cap)
		strmap_rebuild(m);
	m->entries[m->used] = (struct strmap_entry){
		.key = xstrdup(key), .value = value, .hash = hash,
	};
	strmap_index_put(m, m->used);
	m->used++;
	m->count++;
}

bool strmap_remove(struct strmap *m, const char *key)
{
	struct strmap_entry *e;
	char *old_key;
	void *old;
	size_t at;

	if (!key)
		return false;
	at = strmap_slot(m, key, strmap_hash(m, key));
	if (at >= m->size)
		return false;
	e = &m->entries[m->index[at]];
	m->index[at] = STRMAP_HOLE;
	old_key = e->key;
	old = e->value;
	e->key = NULL;
	e->value = NULL;
	m->count--;
	/* Last: key may be the entry's own, and free_value may look at the map. */
	if (m->free_value)
		m->free_value(old);
	free(old_key);
	return true;
}

size_t strmap_count(const struct strmap *m)
{
	return m ? m->count : 0;
}

bool strmap_next(const struct strmap *m, size_t *pos, const char **key, void **value)
{
	while (m && *pos < m->used) {
		const struct strmap_entry *e = &m->entries[(*pos)++];

		if (!e->key)
			continue;
		if (key)
			*key = e->key;
		if (value)
			*value = e->value;
		return true;
	}
	return false;
}
