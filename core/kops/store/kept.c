/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a store that were read before. */
#include "core/kops/store/kept.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define KEPT_MAX ((size_t)4 << 20)

struct kept_file {
	size_t len, etag_len; /* etag_len: with its end */
	char bytes[];         /* etag, text */
};

struct store_kept {
	struct strmap *files;
	size_t bytes; /* added since all was forgotten */
};

struct store_kept *store_kept_new(void)
{
	struct store_kept *k = xcalloc(1, sizeof(*k));

	k->files = strmap_new(free);
	return k;
}

void store_kept_free(struct store_kept *k)
{
	if (k) {
		strmap_free(k->files);
		free(k);
	}
}

void store_kept_put(struct store_kept *k, const char *path, const char *text, size_t len,
	const char *etag)
{
	if (str_empty(etag) || len > KEPT_MAX / 2) {
		strmap_remove(k->files, path);
		return;
	}
	size_t etag_len = strlen(etag) + 1;
	if (k->bytes + len > KEPT_MAX) {
		strmap_clear(k->files);
		k->bytes = 0;
	}
	struct kept_file *f = xmalloc(sizeof(*f) + etag_len + len + 1);

	*f = (struct kept_file){ .len = len, .etag_len = etag_len };
	memcpy(f->bytes, etag, etag_len);
	memcpy(f->bytes + etag_len, text, len);
	f->bytes[etag_len + len] = '\0';
	k->bytes += len;
	strmap_set(k->files, path, f);
}

bool store_kept_has(const struct store_kept *k, const char *path)
{
	return strmap_get(k->files, path) != NULL;
}

const char *store_kept_get(const struct store_kept *k, const char *path, const char *etag,
	size_t *len)
{
	const struct kept_file *f = strmap_get(k->files, path);

	if (!f || !str_eq(f->bytes, etag)) {
		return NULL;
	}
	*len = f->len;
	return f->bytes + f->etag_len;
}
