/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protobuf wire format (protobuf.dev, "Encoding"), as much as reading a few
 * fields of Kubernetes objects needs: a message is read by a table of the
 * fields that are kept, and everything else is skipped unseen.  Field numbers
 * are those of the generated.proto files of k8s.io/api and k8s.io/apimachinery.
 */
#ifndef KOPSCOPE_K8S_PROTO_H
#define KOPSCOPE_K8S_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

/* A position in a message; bad: it is none. */
struct proto {
	const unsigned char *p, *end;
	bool bad;
};
enum proto_wire { PROTO_VARINT = 0, PROTO_FIXED64 = 1, PROTO_BYTES = 2, PROTO_FIXED32 = 5 };
struct proto_field {
	unsigned number;
	enum proto_wire wire;
	uint64_t value;  /* of VARINT */
	const char *p;   /* of BYTES; borrowed, no NUL behind it */
	size_t n;
};

void proto_init(struct proto *r, const void *p, size_t n);
/* False at the end, and (bad is set) where no field can be read. */
bool proto_next(struct proto *r, struct proto_field *f);
/*
 * A varint at the begin of p.  How many bytes it has; 0: more are needed;
 * -1: it is none.
 */
int proto_varint(const unsigned char *p, size_t n, uint64_t *out);

/* What a row writes to the struct member that lies at `at`. */
enum proto_type {
	PROTO_TEXT,     /* const char *, in the arena; "" is NULL, as JSON leaves it out */
	PROTO_TEXT_ALL, /* the same, but "" stays */
	PROTO_I32,      /* int32_t; what is too large is capped */
	PROTO_I64,      /* int64_t */
	PROTO_FLAG,     /* bool */
	PROTO_TIME,     /* int64_t ms; a Time: whole seconds, as JSON has it */
	PROTO_MICRO,    /* int64_t ms; a MicroTime */
	PROTO_SUB,      /* a message: sub is called with the address of the member */
};
struct proto_row {
	unsigned number;
	enum proto_type type;
	size_t at;
	bool (*sub)(struct arena *a, const char *p, size_t n, void *out);
};

/* Members that do not come stay as they are; the last of two wins.  False: no message. */
bool proto_read(struct arena *a, const char *p, size_t n, const struct proto_row *rows,
	size_t nrows, void *out);
#define PROTO_READ(a, p, n, rows, out) \
	proto_read(a, p, n, rows, sizeof(rows) / sizeof((rows)[0]), out)

/* Room for one more behind n elements of size; v NULL with n 0.  What is new is zeroed. */
void *proto_grow(struct arena *a, void *v, size_t n, size_t size);

#endif
