/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocation that does not fail: out of memory ends the program, after the
 * hook has put the terminal back.  Whatever comes from a network or a file is
 * size-capped where it enters (struct buf), so this end is never reached by
 * what somebody else sent.
 *
 * Everything returned is owned by the caller and released with free().
 */
#ifndef KOPSCOPE_BASE_XALLOC_H
#define KOPSCOPE_BASE_XALLOC_H

#include <stdarg.h>
#include <stddef.h>

void *xmalloc(size_t size) __attribute__((returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((returns_nonnull));
void *xrealloc(void *p, size_t size) __attribute__((returns_nonnull));
/* size: a multiple of align, a power of two */
void *xaligned(size_t align, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s); /* NULL gives NULL */
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *xvasprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/*
 * Room for one more element in an array of *cap elements of size bytes, of
 * which used are taken: returns the (perhaps moved) array and updates *cap.
 * Growth is by doubling.  p may be NULL with *cap 0.
 */
void *xgrow(void *p, size_t *cap, size_t used, size_t size);

/* free(*p) and *p = xstrdup(s): replaces an owned string.  s may be NULL. */
void xreplace(char **p, const char *s);

/* Called once before the program ends for want of memory.  NULL is fine. */
void xalloc_on_death(void (*hook)(void));
/* The same end for what else a program cannot go on without (a library's memory, a first
   descriptor): the hook, "kopscope: why" as one line on standard error, exit code 70. */
_Noreturn void xalloc_die(const char *why);
/* Calls that hook, at most once: for every other sudden end (BUG()). */
void xalloc_run_hook(void);

#endif
