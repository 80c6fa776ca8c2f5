/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648, section 4).  Decoding skips white space. */
#ifndef KOPSCOPE_BASE_BASE64_H
#define KOPSCOPE_BASE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

void base64_encode(struct buf *out, const void *p, size_t n);
bool base64_decode(struct buf *out, const char *s, size_t n); /* false: not base64 */

#endif
