/* SPDX-License-Identifier: Apache-2.0 */
/* Allocation that ends the program instead of failing. */
#include "core/base/xalloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*xalloc_hook)(void);

void xalloc_on_death(void (*hook)(void))
{
	xalloc_hook = hook;
}

void xalloc_run_hook(void)
{
	void (*hook)(void) = xalloc_hook;

	/* Cleared first: a hook that dies itself must not come back here. */
	xalloc_hook = NULL;
	if (hook)
		hook();
}

void xalloc_die(const char *why)
{
	static const char before[] = "kopscope: ";

	xalloc_run_hook();
	/* stdio may allocate. */
	if (write(STDERR_FILENO, before, sizeof(before) - 1) < 0 ||
		write(STDERR_FILENO, why, strlen(why)) < 0 || write(STDERR_FILENO, "\n", 1) < 0)
		abort();
	exit(70);
}

static _Noreturn void xalloc_none(void)
{
	xalloc_die("out of memory");
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		xalloc_none();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		xalloc_none();
	return p;
}

void *xrealloc(void *p, size_t size)
{
	void *q = realloc(p, size ? size : 1);

	if (!q)
		xalloc_none();
	return q;
}

void *xaligned(size_t align, size_t size)
{
	void *p = aligned_alloc(align, size);

	if (!p)
		xalloc_none();
	return p;
}

char *xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *xstrdup(const char *s)
{
	return s ? xstrndup(s, strlen(s)) : NULL;
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		xalloc_none();
	return s;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

void *xgrow(void *p, size_t *cap, size_t used, size_t size)
{
	size_t want;

	if (used < *cap)
		return p;
	want = *cap ? *cap * 2 : 8;
	if (want <= used || want > SIZE_MAX / size)
		xalloc_none();
	p = xrealloc(p, want * size);
	*cap = want;
	return p;
}

void xreplace(char **p, const char *s)
{
	/* Copied before the free: s may lie inside *p. */
	char *copy = xstrdup(s);

	free(*p);
	*p = copy;
}
