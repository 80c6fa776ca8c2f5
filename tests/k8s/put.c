/* SPDX-License-Identifier: Apache-2.0 */
/* Kubernetes objects in protobuf, written by a test. */
#include "tests/k8s/put.h"

#include <string.h>

static void put_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_addc(b, (char)(v | 0x80));
	buf_addc(b, (char)v);
}

void put_number(struct buf *b, unsigned field, uint64_t v)
{
	put_varint(b, field << 3);
	put_varint(b, v);
}

void put_bytes(struct buf *b, unsigned field, const void *p, size_t n)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, n);
	buf_add(b, p, n);
}

void put_text(struct buf *b, unsigned field, const char *s)
{
	put_bytes(b, field, s, strlen(s));
}

void put_sub(struct buf *b, unsigned field, struct buf *sub)
{
	put_bytes(b, field, buf_str(sub), sub->len);
	buf_clear(sub);
}

void put_pair(struct buf *b, unsigned field, const char *key, const char *value)
{
	static struct buf pair;

	put_text(&pair, 1, key);
	put_text(&pair, 2, value);
	put_sub(b, field, &pair);
}

void put_time(struct buf *b, unsigned field)
{
	static struct buf time;

	put_number(&time, 1, 1795000000);
	put_sub(b, field, &time);
}

void put_condition(struct buf *b, unsigned field, const char *type, bool is,
	const char *reason, const char *message)
{
	static struct buf c;

	put_text(&c, 1, type);
	put_text(&c, 2, is ? "True" : "False");
	put_time(&c, 4);
	put_text(&c, 5, reason);
	put_text(&c, 6, message);
	put_sub(b, field, &c);
}
