/* SPDX-License-Identifier: Apache-2.0 */
/* The protobuf wire format. */
#include "k8s/proto.h"

#include <string.h>

#include "core/base/hot.h"

void proto_init(struct proto *r, const void *p, size_t n)
{
	*r = (struct proto){ .p = p, .end = p ? (const unsigned char *)p + n : NULL };
}

int proto_varint(const unsigned char *p, size_t n, uint64_t *out)
{
	uint64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		/* Ten bytes have 70 bits: of the last one a single bit counts. */
		if (i == 9 && p[i] > 1)
			return -1;
		v |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (!(p[i] & 0x80)) {
			*out = v;
			return (int)i + 1;
		}
	}
	return n >= 10 ? -1 : 0;
}

static bool proto_bad(struct proto *r)
{
	r->bad = true;
	r->p = r->end;
	return false;
}

static bool proto_number_long(struct proto *r, uint64_t *out)
{
	int used = proto_varint(r->p, (size_t)(r->end - r->p), out);

	if (used <= 0)
		return proto_bad(r);
	r->p += used;
	return true;
}

/* Nearly all numbers have one byte. */
static inline bool proto_number(struct proto *r, uint64_t *out)
{
	if (r->p == r->end || *r->p >= 0x80)
		return proto_number_long(r, out);
	*out = *r->p++;
	return true;
}

static bool proto_skip(struct proto *r, uint64_t n)
{
	if (n > (uint64_t)(r->end - r->p))
		return proto_bad(r);
	r->p += n;
	return true;
}

bool proto_next(struct proto *r, struct proto_field *f)
{
	uint64_t tag, n;

	if (r->p == r->end || !proto_number(r, &tag))
		return false;
	if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff)
		return proto_bad(r);
	f->number = (unsigned)(tag >> 3);
	f->wire = tag & 7;
	switch (f->wire) {
	case PROTO_VARINT:
		return proto_number(r, &f->value);
	case PROTO_FIXED64:
		return proto_skip(r, 8);
	case PROTO_FIXED32:
		return proto_skip(r, 4);
	case PROTO_BYTES:
		if (!proto_number(r, &n))
			return false;
		f->p = (const char *)r->p;
		f->n = (size_t)n;
		return proto_skip(r, n);
	default:
		/* Groups went out of use before Kubernetes was born. */
		return proto_bad(r);
	}
}

void *proto_grow(struct arena *a, void *v, size_t n, size_t size)
{
	size_t room = n < 4 ? 4 : n * 2;

	/* Full at 4, 8, 16, ... */
	if (n != 0 && (n < 4 || (n & (n - 1)) != 0))
		return v;
	void *bigger = arena_alloc(a, room * size);
	if (n)
		memcpy(bigger, v, n * size);
	return bigger;
}

struct stamp {
	int64_t seconds;
	int32_t nanos;
};
static const struct proto_row stamp_rows[] = {
	{ 1, PROTO_I64, offsetof(struct stamp, seconds), NULL },
	{ 2, PROTO_I32, offsetof(struct stamp, nanos), NULL },
};

/* The year 9999's end and 0001's begin: what JSON could not write is no time. */
#define STAMP_LAST INT64_C(253402300799)
#define STAMP_FIRST INT64_C(-62135596800)

static bool stamp_read(struct arena *a, const struct proto_field *f, bool micro, int64_t *out)
{
	struct stamp t = { 0, 0 };

	if (!PROTO_READ(a, f->p, f->n, stamp_rows, &t))
		return false;
	*out = 0;
	if (t.seconds > STAMP_LAST || t.seconds <= STAMP_FIRST)
		return true;
	*out = t.seconds * 1000;
	if (micro && t.nanos > 0 && t.nanos < 1000000000)
		*out += t.nanos / 1000000;
	return true;
}

static bool row_take(struct arena *a, const struct proto_row *row, const struct proto_field *f,
	void *out)
{
	char *at = (char *)out + row->at;
	bool bytes = row->type != PROTO_I32 && row->type != PROTO_I64 && row->type != PROTO_FLAG;

	if (f->wire != (bytes ? PROTO_BYTES : PROTO_VARINT))
		return false;
	/* Only numbers have one. */
	int64_t v = bytes ? 0 : (int64_t)f->value;
	switch (row->type) {
	case PROTO_TEXT:
	case PROTO_TEXT_ALL:
		*(const char **)(void *)at = f->n || row->type == PROTO_TEXT_ALL ?
			arena_strndup(a, f->p, f->n) : NULL;
		return true;
	case PROTO_I32:
		*(int32_t *)(void *)at = v > INT32_MAX ? INT32_MAX :
			v < INT32_MIN ? INT32_MIN : (int32_t)v;
		return true;
	case PROTO_I64:
		*(int64_t *)(void *)at = v;
		return true;
	case PROTO_FLAG:
		*(bool *)(void *)at = v != 0;
		return true;
	case PROTO_TIME:
	case PROTO_MICRO:
		return stamp_read(a, f, row->type == PROTO_MICRO, (int64_t *)(void *)at);
	case PROTO_SUB:
		return row->sub(a, f->p, f->n, at);
	}
	return false;
}

bool proto_read(struct arena *a, const char *p, size_t n, const struct proto_row *rows,
	size_t nrows, void *out)
{
	struct proto r;
	struct proto_field f;

	proto_init(&r, p, n);
	while (proto_next(&r, &f)) {
		for (size_t i = 0; i < nrows; i++) {
			if (rows[i].number == f.number && !row_take(a, &rows[i], &f, out))
				return false;
		}
	}
	return !r.bad;
}
