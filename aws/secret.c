/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that must not outlive their use. */
#include "aws/secret.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

void secret_free(char **s)
{
	if (s && *s) {
		OPENSSL_cleanse(*s, strlen(*s));
		free(*s);
		*s = NULL;
	}
}

void secret_replace(char **s, const char *from)
{
	char *copy = xstrdup(from);
	secret_free(s);
	*s = copy;
}

void secret_release(struct buf *b)
{
	if (b->data) {
		OPENSSL_cleanse(b->data, b->cap);
	}
	buf_release(b);
}
