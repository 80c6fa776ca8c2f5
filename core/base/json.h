/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jansson behind a few words.  This is the one header that shows json_t; no
 * other header may.  A json_t lives inside the function that parsed it.
 */
#ifndef KOPSCOPE_BASE_JSON_H
#define KOPSCOPE_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

/* Parsed text (new reference), or NULL with ERR_PARSE that names line and column. */
json_t *json_parse(const char *text, size_t len, struct err *e);

/*
 * By dotted path: json_path(j, "metadata.name").  A part in brackets is taken
 * whole, dots and all: "metadata.annotations.[kops.k8s.io/needs-update]".
 * In an array a part is an index: "items.0".  Borrowed; NULL when any step is
 * missing.
 */
json_t *json_path(const json_t *j, const char *path);
const char *json_str(const json_t *j, const char *path); /* NULL when no string there */
int64_t json_int(const json_t *j, const char *path, int64_t otherwise);
bool json_bool(const json_t *j, const char *path, bool otherwise);

/*
 * Compact text, keys in insertion order (sorted: by name).  What a terminal would obey (C1, marks
 * of direction) is escaped: the same to every reader, and it may be printed.
 */
void json_write(struct buf *out, const json_t *j, bool sorted);
/* s as a JSON string with its quotes. */
void json_quote(struct buf *out, const char *s);

/* json_auto_t x: released when the block ends (jansson defines the type). */

#endif
