/* SPDX-License-Identifier: Apache-2.0 */
/* The story's cluster in a state store that is an array: paths, texts and times. */
#ifndef KOPSCOPE_TESTS_TUI_BUCKET_H
#define KOPSCOPE_TESTS_TUI_BUCKET_H

#include <stddef.h>

#include "core/model/source.h"

/* Of a path like "mate-technology.app/addons/x"; NULL: there is no such file. */
const char *bucket_text(const char *path);
/* The entries directly below path; config_size: of the one that the fixture keeps itself. */
void bucket_list(const char *path, size_t config_size,
	void (*done)(void *ctx, const struct store_entry *v, size_t n, const struct err *e),
	void *ctx);

#endif
