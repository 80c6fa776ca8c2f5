/* SPDX-License-Identifier: Apache-2.0 */
/* Records out of large pieces. */
#include "core/model/slab.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"

/* Where the address sanitizer looks on, records that were given back must not be touched. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define HIDE(p, n) __asan_poison_memory_region(p, n)
#define SHOW(p, n) __asan_unpoison_memory_region(p, n)
#else
#define HIDE(p, n) ((void)0)
#define SHOW(p, n) ((void)0)
#endif

/* A piece lies at a multiple of its size, so that a record's address tells its piece. */
#define PIECE_BITS 20
#define PIECE ((size_t)1 << PIECE_BITS)
#define PIECES_MAX ((size_t)1 << (32 - PIECE_BITS + 3))
#define SPARE ((size_t)4) /* eighths that a record may be larger than what is asked */

struct piece {
	uint64_t number;
};

static struct piece *piece_of(const void *rec)
{
	return (struct piece *)((uintptr_t)rec & ~(uintptr_t)(PIECE - 1));
}

void slab_release(struct slab *s)
{
	for (size_t i = 0; i < s->npieces; i++) {
		SHOW(s->pieces[i], PIECE);
		free(s->pieces[i]);
	}
	free(s->pieces);
	*s = (struct slab){ .npieces = 0 };
}

static void piece_add(struct slab *s)
{
	if (s->npieces == PIECES_MAX) {
		BUG("slab: %zu pieces", s->npieces);
	}
	s->pieces = xgrow(s->pieces, &s->cap, s->npieces, sizeof *s->pieces);
	struct piece *p = xaligned(PIECE, PIECE);
	p->number = s->npieces;
	s->pieces[s->npieces++] = (char *)p;
	s->used = sizeof *p;
}

void *slab_take(struct slab *s, size_t *size)
{
	size_t eighths = (*size + 7) / 8;
	if (*size > SLAB_MAX) {
		BUG("slab: a record of %zu bytes", *size);
	}
	s->nlive++;
	for (size_t i = eighths; i <= eighths + SPARE && i <= SLAB_MAX / 8; i++) {
		void *rec = s->given[i];
		if (rec) {
			memcpy(&s->given[i], rec, sizeof(void *));
			*size = i * 8;
			SHOW(rec, *size);
			return memset(rec, 0, *size);
		}
	}
	*size = eighths * 8;
	if (!s->npieces || s->used + *size > PIECE) {
		piece_add(s);
	}
	char *rec = s->pieces[s->npieces - 1] + s->used;
	s->used += *size;
	s->bytes += *size;
	return memset(rec, 0, *size);
}

void slab_give(struct slab *s, void *rec, size_t size)
{
	if (!--s->nlive) {
		slab_release(s);
		return;
	}
	memcpy(rec, &s->given[size / 8], sizeof(void *));
	s->given[size / 8] = rec;
	HIDE((char *)rec + sizeof(void *), size - sizeof(void *));
}

uint32_t slab_ref(const void *rec)
{
	if (!rec) {
		return 0;
	}
	const struct piece *p = piece_of(rec);
	size_t at = (size_t)((const char *)rec - (const char *)p);
	return (uint32_t)(p->number << (PIECE_BITS - 3) | at / 8);
}

void *slab_at(const struct slab *s, uint32_t ref)
{
	size_t at = ((size_t)ref & (PIECE / 8 - 1)) * 8;
	return ref ? s->pieces[ref >> (PIECE_BITS - 3)] + at : NULL;
}
