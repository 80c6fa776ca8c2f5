/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of any size out of large pieces: without malloc's header and rounding,
 * and each with a name of 32 bits (a ref) that takes half a pointer's room.  Of the
 * model alone.
 *
 * A given record's room is taken by the next one of its size or a little less; the
 * pieces go back when no record is left.
 */
#ifndef KOPSCOPE_MODEL_SLAB_H
#define KOPSCOPE_MODEL_SLAB_H

#include <stddef.h>
#include <stdint.h>

#define SLAB_MAX ((size_t)4096) /* bytes of a record, at most */

struct slab {
	char **pieces;
	size_t npieces, cap;
	size_t used;              /* of the last piece */
	void *given[SLAB_MAX / 8 + 1]; /* by eighths of their size, chained */
	size_t nlive, bytes;      /* bytes: of records that are, or were */
};
void slab_release(struct slab *s); /* with all records */

/* Zeroed and aligned to 8; *size is rounded up to what it really has. */
void *slab_take(struct slab *s, size_t *size);
void slab_give(struct slab *s, void *rec, size_t size); /* size as slab_take() told it */

uint32_t slab_ref(const void *rec); /* never 0 but for NULL */
void *slab_at(const struct slab *s, uint32_t ref);

#endif
