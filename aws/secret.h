/* SPDX-License-Identifier: Apache-2.0 */
/* Strings that must not outlive their use: wiped when released, never traced. */
#ifndef KOPSCOPE_AWS_SECRET_H
#define KOPSCOPE_AWS_SECRET_H

#include "core/base/buf.h"

/* Wipes and frees an owned string, and sets it to NULL; both NULLs are fine. */
void secret_free(char **s);
/* The same, then *s = a copy of from (NULL gives NULL). */
void secret_replace(char **s, const char *from);
/* Wipes and releases a buffer. */
void secret_release(struct buf *b);

#endif
