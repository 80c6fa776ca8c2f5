/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from strings to pointers, insertion order kept.  Keys are copied. */
#ifndef KOPSCOPE_BASE_STRMAP_H
#define KOPSCOPE_BASE_STRMAP_H

#include <stdbool.h>
#include <stddef.h>

struct strmap;
struct strmap *strmap_new(void (*free_value)(void *)); /* NULL: values are borrowed */
void strmap_free(struct strmap *m);
void *strmap_get(const struct strmap *m, const char *key); /* NULL when absent */
void strmap_set(struct strmap *m, const char *key, void *value); /* frees the old value */
bool strmap_remove(struct strmap *m, const char *key);     /* frees the value; false: absent */
size_t strmap_count(const struct strmap *m);
void strmap_clear(struct strmap *m);
/*
 * Walk: *pos starts at 0; false at the end.  Removing the entry just returned
 * is allowed, adding is not.
 */
bool strmap_next(const struct strmap *m, size_t *pos, const char **key, void **value);

#endif
