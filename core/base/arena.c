/* SPDX-License-Identifier: Apache-2.0 */
/* Arenas and interned strings. */
#include "core/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/base/hot.h"

#define ARENA_FIRST 1024
#define ARENA_LARGEST ((size_t)64 << 10)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct arena_chunk *chunks; /* the first one is filled */
	size_t total;
};

struct arena *arena_new(void)
{
	struct arena *a = xcalloc(1, sizeof(*a));

	a->total = sizeof(*a);
	return a;
}

static void arena_chunks_free(struct arena *a, struct arena_chunk *c)
{
	struct arena_chunk *next;

	for (; c; c = next) {
		next = c->next;
		a->total -= sizeof(*c) + c->size;
		free(c);
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_chunks_free(a, a->chunks);
	free(a);
}

void arena_clear(struct arena *a)
{
	struct arena_chunk *c = a->chunks;

	if (!c)
		return;
	arena_chunks_free(a, c->next);
	c->next = NULL;
	memset(c->bytes, 0, c->used);
	c->used = 0;
}

void arena_wipe(struct arena *a)
{
	for (struct arena_chunk *c = a->chunks; c; c = c->next)
		explicit_bzero(c->bytes, c->used);
}

static struct arena_chunk *arena_chunk_add(struct arena *a, size_t size)
{
	struct arena_chunk *c = xcalloc(1, sizeof(*c) + size);

	c->size = size;
	a->total += sizeof(*c) + size;
	return c;
}

static void *arena_take(struct arena *a, size_t n, size_t align)
{
	struct arena_chunk *c = a->chunks;
	size_t size, at;

	if (c) {
		at = (c->used + align - 1) & ~(align - 1);
		if (at <= c->size && n <= c->size - at) {
			c->used = at + n;
			return c->bytes + at;
		}
	}
	size = c ? c->size * 2 : ARENA_FIRST;
	if (size > ARENA_LARGEST)
		size = ARENA_LARGEST;
	if (n > size / 4) {
		/* A chunk of its own, behind the one being filled. */
		struct arena_chunk *own = arena_chunk_add(a, n);

		own->used = n;
		if (c) {
			own->next = c->next;
			c->next = own;
		} else {
			a->chunks = own;
		}
		return own->bytes;
	}
	c = arena_chunk_add(a, size);
	c->next = a->chunks;
	a->chunks = c;
	c->used = n;
	return c->bytes;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return arena_take(a, n, alignof(max_align_t));
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = arena_take(a, len + 1, 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

size_t arena_bytes(const struct arena *a)
{
	return a ? a->total : 0;
}

/* Open addressing, size a power of two; the hashes spare most string compares. */
struct intern {
	struct arena *strings;
	const char **slots;
	uint32_t *hashes;
	size_t size, used;
};

struct intern *intern_new(void)
{
	struct intern *in = xcalloc(1, sizeof(*in));

	in->strings = arena_new();
	return in;
}

void intern_free(struct intern *in)
{
	if (!in)
		return;
	arena_free(in->strings);
	free(in->slots);
	free(in->hashes);
	free(in);
}

/* FNV-1a, seeded with an address so that nobody outside can choose collisions. */
static uint32_t intern_hash(const struct intern *in, const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325u ^ (uint64_t)(uintptr_t)in;
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3u;
	return (uint32_t)(h ^ (h >> 32));
}

static void intern_put(struct intern *in, const char *s, uint32_t hash)
{
	size_t at = hash & (in->size - 1);

	while (in->slots[at])
		at = (at + 1) & (in->size - 1);
	in->slots[at] = s;
	in->hashes[at] = hash;
}

static void intern_grow(struct intern *in)
{
	const char **slots = in->slots;
	uint32_t *hashes = in->hashes;
	size_t i, size = in->size;

	in->size = size ? size * 2 : 64;
	in->slots = xcalloc(in->size, sizeof(*in->slots));
	in->hashes = xcalloc(in->size, sizeof(*in->hashes));
	for (i = 0; i < size; i++) {
		if (slots[i])
			intern_put(in, slots[i], hashes[i]);
	}
	free(slots);
	free(hashes);
}

const char *intern_strn(struct intern *in, const char *s, size_t n)
{
	const char *copy;
	uint32_t hash;
	size_t at;

	if (!s)
		return NULL;
	n = strnlen(s, n);
	hash = intern_hash(in, s, n);
	if (in->used * 4 >= in->size * 3)
		intern_grow(in);
	for (at = hash & (in->size - 1); in->slots[at]; at = (at + 1) & (in->size - 1)) {
		if (in->hashes[at] == hash && !strncmp(in->slots[at], s, n) && !in->slots[at][n])
			return in->slots[at];
	}
	copy = arena_strndup(in->strings, s, n);
	in->slots[at] = copy;
	in->hashes[at] = hash;
	in->used++;
	return copy;
}

const char *intern_str(struct intern *in, const char *s)
{
	return s ? intern_strn(in, s, strlen(s)) : NULL;
}

size_t intern_count(const struct intern *in)
{
	return in->used;
}
