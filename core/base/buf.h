/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing byte buffer with a cap.
 *
 * Invariants: data is never NULL after the first append and always has a NUL
 * behind len bytes (buf_str() gives "" before that).  An append that would go
 * over max changes nothing, marks the buffer failed, and returns false; so
 * does every append after it.  A series of appends may therefore be checked
 * once, at its end.  Memory comes from xalloc.
 */
#ifndef KOPSCOPE_BASE_BUF_H
#define KOPSCOPE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t len, cap;
	size_t max; /* bytes; 0 means 64 MiB */
	bool failed;
	bool secret; /* wiped before its memory is given back, also where it grows and is cleared */
};

#define BUF_INIT { .data = NULL }

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b); /* contents; may be used again */
void buf_clear(struct buf *b);   /* empty, keeps the memory and the cap, clears failed */
char *buf_detach(struct buf *b); /* you own the string; never NULL; b is empty */
const char *buf_str(const struct buf *b);

bool buf_add(struct buf *b, const void *p, size_t n);
bool buf_addc(struct buf *b, char c);
bool buf_adds(struct buf *b, const char *s);
bool buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool buf_vaddf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_drop_front(struct buf *b, size_t n); /* n is capped at len */

#endif
