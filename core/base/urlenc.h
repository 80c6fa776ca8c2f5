/* SPDX-License-Identifier: Apache-2.0 */
/* Percent encoding (RFC 3986): all but A-Z a-z 0-9 - _ . ~ becomes %XX. */
#ifndef KOPSCOPE_BASE_URLENC_H
#define KOPSCOPE_BASE_URLENC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

void url_encode(struct buf *out, const char *s, bool keep_slash);
void url_decode(struct buf *out, const char *s, size_t n, bool plus_is_space);

#endif
