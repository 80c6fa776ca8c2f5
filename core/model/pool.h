/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared storage of the model: one copy of every string, array and pod shape,
 * counted, so that 500 replicas share what is the same in them and nothing
 * that has changed is kept.
 *
 * Everything stored is immutable, and content is compared through the shared
 * pointers inside it: after pool_own() two objects are equal exactly when
 * their bytes are.
 */
#ifndef KOPSCOPE_MODEL_POOL_H
#define KOPSCOPE_MODEL_POOL_H

#include <stddef.h>
#include <stdint.h>

/* What the bytes of an object or of an array's element mean. */
enum layout_id {
	LAYOUT_BYTES, /* no pointers inside */
	LAYOUT_STRING,
	LAYOUT_HOST_PORT,
	LAYOUT_LABEL,
	LAYOUT_TAINT,
	LAYOUT_TOLERATION,
	LAYOUT_REQUIREMENT,
	LAYOUT_TERM,
	LAYOUT_ENV,
	LAYOUT_CLUSTER_SUBNET,
	LAYOUT_POD_TERM,
	LAYOUT_SHAPE,
	LAYOUT_TROUBLE,
	/* things */
	LAYOUT_ADDON,
	LAYOUT_CLUSTER,
	LAYOUT_GROUP,
	LAYOUT_IDENTITY,
	LAYOUT_ASG,
	LAYOUT_INSTANCE,
	LAYOUT_TYPE,
	LAYOUT_SUBNET,
	LAYOUT_BALANCER,
	LAYOUT_RECORD,
	LAYOUT_SERVER,
	LAYOUT_NODE,
	LAYOUT_POD,
	LAYOUT_DEPLOYMENT,
	LAYOUT_DAEMONSET,
	LAYOUT_PDB,
	LAYOUT_EVENT,
	LAYOUT_CLAIM,
	LAYOUT_VOLUME,
	LAYOUT_STORAGE_CLASS,
	LAYOUT__COUNT
};

enum field_type {
	FIELD_STR,   /* const char * */
	FIELD_ARRAY, /* pointer to elements, and a size_t count */
	FIELD_ARRAY32, /* ... and a uint32_t count */
	FIELD_ONE,   /* pointer to one element */
};

struct field {
	uint16_t offset, count_offset;
	uint8_t type, elem; /* enum field_type, enum layout_id */
};

/* Bytes that belong to no member: the offset of the first, and that behind the last. */
struct gap {
	uint16_t from, to;
};

struct layout {
	size_t size;
	const struct field *fields;
	size_t nfields;
	const struct gap *gaps;
	size_t ngaps;
};
const struct layout *layout_get(enum layout_id id);

/* Zeroes the bytes between members, which hold anything, so that equal things have equal bytes. */
void layout_tidy(enum layout_id id, void *obj);

struct pool;
struct pool *pool_new(void);
void pool_free(struct pool *p); /* with all that is still in it */

const char *pool_str(struct pool *p, const char *s); /* NULL gives NULL */
void pool_drop_str(struct pool *p, const char *s);

/* Tidies obj and replaces every pointer in it by one into the pool, with a reference each ... */
void pool_own(struct pool *p, enum layout_id id, void *obj);
/* ... and gives these references back.  The pointers are not cleared. */
void pool_disown(struct pool *p, enum layout_id id, const void *obj);

size_t pool_bytes(const struct pool *p);
size_t pool_count(const struct pool *p); /* strings, arrays and shapes */

#endif
