/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arenas: many small allocations, one release.  Interning: one copy of each
 * string, so that equal strings have equal addresses.
 */
#ifndef KOPSCOPE_BASE_ARENA_H
#define KOPSCOPE_BASE_ARENA_H

#include <stddef.h>

struct arena;
struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is fine */
void arena_clear(struct arena *a); /* as new, but one piece of memory stays for what comes */
void arena_wipe(struct arena *a); /* overwrites all that was allocated; before arena_free() */
void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned for anything */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
size_t arena_bytes(const struct arena *a); /* reserved from the system */

struct intern;
struct intern *intern_new(void);
void intern_free(struct intern *in);
/* The one copy of s, valid as long as in.  NULL gives NULL. */
const char *intern_str(struct intern *in, const char *s);
const char *intern_strn(struct intern *in, const char *s, size_t n);
size_t intern_count(const struct intern *in);

#endif
