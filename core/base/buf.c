/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a cap. */
#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"
#include "core/base/hot.h"

#define BUF_DEFAULT_MAX ((size_t)64 << 20)

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

static void buf_wipe(struct buf *b)
{
	if (b->secret && b->data)
		explicit_bzero(b->data, b->cap);
}

void buf_release(struct buf *b)
{
	buf_wipe(b);
	free(b->data);
	*b = (struct buf){ .max = b->max, .secret = b->secret };
}

void buf_clear(struct buf *b)
{
	buf_wipe(b);
	b->len = 0;
	b->failed = false;
	if (b->data)
		b->data[0] = '\0';
}

char *buf_detach(struct buf *b)
{
	char *s = b->data ? b->data : xstrdup("");

	*b = (struct buf){ .max = b->max, .secret = b->secret };
	return s;
}

const char *buf_str(const struct buf *b)
{
	return b->data ? b->data : "";
}

/* realloc() would leave a copy behind where it moves. */
static void buf_move(struct buf *b, size_t cap)
{
	char *to = xmalloc(cap);

	if (b->data)
		memcpy(to, b->data, b->len + 1);
	buf_wipe(b);
	free(b->data);
	b->data = to;
}

/* Room for n more bytes and the NUL. */
static bool buf_reserve(struct buf *b, size_t n)
{
	size_t max = b->max ? b->max : BUF_DEFAULT_MAX;
	size_t want, cap;

	if (b->failed)
		return false;
	if (b->len > max || n > max - b->len) {
		b->failed = true;
		return false;
	}
	want = b->len + n + 1;
	if (want <= b->cap)
		return true;
	cap = b->cap ? b->cap : 64;
	while (cap < want)
		cap *= 2;
	/* Not far over the cap: a large buffer is most often filled to it. */
	if (cap > max + 1)
		cap = max + 1;
	if (b->secret)
		buf_move(b, cap);
	else
		b->data = xrealloc(b->data, cap);
	b->cap = cap;
	return true;
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
	if (!buf_reserve(b, n))
		return false;
	if (n)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
	return true;
}

bool buf_addc(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, s ? strlen(s) : 0);
}

bool buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		BUG("bad format: %s", fmt);
	if (!buf_reserve(b, (size_t)n))
		return false;
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
	return true;
}

bool buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	bool ok;

	va_start(ap, fmt);
	ok = buf_vaddf(b, fmt, ap);
	va_end(ap);
	return ok;
}

void buf_drop_front(struct buf *b, size_t n)
{
	if (n > b->len)
		n = b->len;
	if (!n)
		return;
	b->len -= n;
	memmove(b->data, b->data + n, b->len + 1);
}
