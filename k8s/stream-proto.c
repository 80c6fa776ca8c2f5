/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cuts a protobuf body into elements as it arrives.
 *
 * A list is "k8s\0", then a runtime.Unknown whose field 2 is the list message,
 * whose field 1 is its metadata and whose fields 2 are the items.  A watch is a
 * row of frames, each behind its length in four bytes, high byte first.  States:
 * a head (of the envelope, of a member of the list, of a frame) is gathered byte
 * by byte; a part is then taken whole, from the piece at hand where it lies in
 * one.
 */
#include "k8s/stream.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/proto.h"
#include "core/base/hot.h"

enum { ST_BEGIN, ST_OUTER, ST_LIST, ST_PART };
enum { PART_SKIP, PART_META, PART_ELEMENT };

#define MAGIC_SIZE 4

struct list_meta {
	const char *version, *more;
};
static const struct proto_row meta_rows[] = {
	{ 2, PROTO_TEXT, offsetof(struct list_meta, version), NULL },
	{ 3, PROTO_TEXT, offsetof(struct list_meta, more), NULL },
};

static bool meta_take(struct stream *s, const char *p, size_t n, struct err *e)
{
	struct arena *a = arena_new();
	struct list_meta m = { NULL, NULL };
	bool ok = PROTO_READ(a, p, n, meta_rows, &m);

	xreplace(&s->resource_version, m.version);
	xreplace(&s->more, m.more);
	arena_free(a);
	return ok || stream_bad(s, e, "no list's metadata");
}

/* What follows a part, or an empty list. */
static void part_behind(struct stream *s)
{
	s->nhead = 0;
	if (s->mode == STREAM_WATCH)
		s->state = ST_BEGIN;
	else
		s->state = s->list_left > 0 ? ST_LIST : ST_OUTER;
}

static bool part_take(struct stream *s, const char *p, size_t n, struct err *e)
{
	int slot = s->slot;
	bool ok = true;

	if (slot == PART_META)
		ok = meta_take(s, p, n, e);
	if (slot == PART_ELEMENT) {
		s->elements++;
		ok = s->on_element(s->ctx, p, n, e);
	}
	buf_clear(&s->buf);
	part_behind(s);
	return ok;
}

static bool part_begin(struct stream *s, int slot, uint64_t n, struct err *e)
{
	if (slot != PART_SKIP && n > s->buf.max)
		return stream_bad(s, e, "one element is too large");
	s->state = ST_PART;
	s->slot = slot;
	s->left = n;
	return n > 0 || part_take(s, "", 0, e);
}

/* As much of the part as is here; how much that was. */
static bool part_feed(struct stream *s, const char *p, size_t n, size_t *used, struct err *e)
{
	bool whole = n >= s->left;

	*used = whole ? (size_t)s->left : n;
	s->left -= *used;
	if (s->slot == PART_SKIP) {
		if (whole)
			part_behind(s);
		return true;
	}
	if (whole && s->buf.len == 0)
		return part_take(s, p, *used, e);
	buf_add(&s->buf, p, *used);
	return !whole || part_take(s, buf_str(&s->buf), s->buf.len, e);
}

/* The field that head begins with; its payload's size.  0: more is needed; -1: it is none. */
static int head_read(const struct stream *s, unsigned *number, enum proto_wire *wire,
	uint64_t *size)
{
	uint64_t tag;
	int a = proto_varint(s->head, s->nhead, &tag), b = 0;

	if (a <= 0)
		return a;
	*number = (unsigned)(tag >> 3);
	*wire = tag & 7;
	*size = *wire == PROTO_FIXED64 ? 8 : *wire == PROTO_FIXED32 ? 4 : 0;
	if (*wire == PROTO_FIXED64 || *wire == PROTO_FIXED32)
		return a;
	if (*wire != PROTO_BYTES && *wire != PROTO_VARINT)
		return -1;
	b = proto_varint(s->head + a, s->nhead - (size_t)a, size);
	if (*wire == PROTO_VARINT)
		*size = 0;
	return b <= 0 ? b : a + b;
}

static bool head_outer(struct stream *s, struct err *e)
{
	unsigned number;
	enum proto_wire wire;
	uint64_t size;
	int used = head_read(s, &number, &wire, &size);

	if (used <= 0)
		return used == 0 || stream_bad(s, e, "no protobuf envelope");
	if (number != 2 || wire != PROTO_BYTES)
		return part_begin(s, PART_SKIP, size, e);
	s->items_seen = true;
	s->list_left = size;
	part_behind(s);
	return true;
}

static bool head_list(struct stream *s, struct err *e)
{
	unsigned number;
	enum proto_wire wire;
	uint64_t size;
	int used = head_read(s, &number, &wire, &size);

	if (used == 0 && s->nhead < s->list_left)
		return true;
	if (used <= 0 || size > s->list_left - (uint64_t)used)
		return stream_bad(s, e, "no protobuf list");
	s->list_left -= (uint64_t)used + size;
	int slot = wire != PROTO_BYTES || number > 2 ? PART_SKIP :
		number == 1 ? PART_META : PART_ELEMENT;
	return part_begin(s, slot, size, e);
}

static bool head_begin(struct stream *s, struct err *e)
{
	if (s->nhead < MAGIC_SIZE)
		return true;
	if (s->mode == STREAM_WATCH) {
		uint64_t n = (uint64_t)s->head[0] << 24 | (uint64_t)s->head[1] << 16 |
			(uint64_t)s->head[2] << 8 | s->head[3];
		return part_begin(s, PART_ELEMENT, n, e);
	}
	if (memcmp(s->head, "k8s", MAGIC_SIZE) != 0)
		return stream_bad(s, e, "no protobuf envelope");
	part_behind(s);
	return true;
}

static bool head_feed(struct stream *s, char c, struct err *e)
{
	if (s->nhead == sizeof s->head)
		return stream_bad(s, e, "a number without end");
	s->head[s->nhead++] = (unsigned char)c;
	switch (s->state) {
	case ST_BEGIN:
		return head_begin(s, e);
	case ST_OUTER:
		return head_outer(s, e);
	default:
		return head_list(s, e);
	}
}

bool stream_proto_feed(struct stream *s, const char *p, size_t n, struct err *e)
{
	while (n > 0) {
		size_t used = 1;
		bool ok = s->state == ST_PART ? part_feed(s, p, n, &used, e) :
			head_feed(s, *p, e);
		if (!ok)
			return false;
		p += used;
		n -= used;
	}
	return true;
}

bool stream_proto_end(const struct stream *s)
{
	return s->state == ST_OUTER && s->nhead == 0 && s->items_seen;
}
