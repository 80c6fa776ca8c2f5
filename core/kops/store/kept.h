/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a store that were read before, by path and etag, so that what a list
 * shows unchanged is not read again.  Holds 4 MiB at most; then it forgets all.
 * Private to the store source.
 */
#ifndef KOPSCOPE_KOPS_STORE_KEPT_H
#define KOPSCOPE_KOPS_STORE_KEPT_H

#include <stdbool.h>
#include <stddef.h>

struct store_kept;
struct store_kept *store_kept_new(void);
void store_kept_free(struct store_kept *k);

/* Copies text; etag NULL or "": there is no telling, and it is forgotten. */
void store_kept_put(struct store_kept *k, const char *path, const char *text, size_t len,
	const char *etag);
bool store_kept_has(const struct store_kept *k, const char *path);
/* What it holds of path under that very etag, valid until the next put; NULL: nothing. */
const char *store_kept_get(const struct store_kept *k, const char *path, const char *etag,
	size_t *len);

#endif
