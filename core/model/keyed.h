/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of one kind: found by one or two strings, listed in the order of
 * first sight, swept after a full list.  Of the model alone.
 *
 * A record is what keyed_new_rec() gave, with a hidden header before it; keys
 * are const char * members at fixed offsets, that must not change while the
 * record is in the table.
 */
#ifndef KOPSCOPE_MODEL_KEYED_H
#define KOPSCOPE_MODEL_KEYED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/slab.h"

#define TABLE_NO_KEY SIZE_MAX

/* Records by their strings, without owning them. */
struct index {
	struct slab *slab; /* that all of them are from */
	uint32_t *slots;   /* refs, and behind them a byte for each */
	size_t nslots, count;
	uint32_t *old;     /* of a smaller table, until all of them are moved */
	size_t nold, moved;
	size_t key1, key2; /* offsets; TABLE_NO_KEY: no second */
};
void *index_find(const struct index *x, const char *k1, const char *k2);
void index_put(struct index *x, void *rec); /* takes the place of one with equal keys */
void index_remove(struct index *x, const void *rec); /* nothing when another has its place */
void index_release(struct index *x);
size_t index_bytes(const struct index *x); /* without the records */

struct keyed {
	struct index index;
	void **v;       /* with NULL for the removed, until the next keyed_all() */
	size_t n, cap, nlive;
	uint64_t removed; /* records taken out since the beginning */
	uint64_t packed;  /* how often the others were moved together since */
	uint32_t epoch; /* of the sync under way */
	bool syncing;
	bool listed; /* a full list has come */
};
void keyed_init(struct keyed *t, struct slab *slab, size_t key1, size_t key2); /* borrows slab */
void keyed_release(struct keyed *t); /* the records must be gone */
void *keyed_new_rec(struct slab *slab, size_t size); /* zeroed */
void keyed_free_rec(struct slab *slab, void *rec);
size_t keyed_rec_size(const void *rec); /* what was asked for, or a little more */

void *keyed_find(const struct keyed *t, const char *k1, const char *k2);
void keyed_add(struct keyed *t, void *rec);
void keyed_remove(struct keyed *t, void *rec);
void keyed_clear(struct keyed *t); /* forgets the records without touching them */
void keyed_seen(struct keyed *t, void *rec);
bool keyed_stale(const struct keyed *t, const void *rec); /* not seen since the sync began */
uint32_t keyed_place(const void *rec); /* grows in the order of first sight */
void *const *keyed_all(struct keyed *t, size_t *n);
size_t keyed_bytes(const struct keyed *t); /* without the records */

#endif
