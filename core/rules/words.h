/* SPDX-License-Identifier: Apache-2.0 */
/* Small pieces of sentences that several rules need. */
#ifndef KOPSCOPE_RULES_WORDS_H
#define KOPSCOPE_RULES_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

#define WORDS_COUNT_SIZE 32

/* "4,060".  Returns out, for use as an argument. */
const char *words_count(char out[WORDS_COUNT_SIZE], int64_t v);

/* A list of borrowed names, for "a and b", "a, b and 3 more". */
struct words {
	const char **v;
	size_t n, cap;
	size_t unnamed; /* that are meant as well but not worth a name */
};
void words_add(struct words *w, const char *s); /* one that is there already is not added */
void words_join(const struct words *w, size_t most, struct buf *out);
void words_release(struct words *w);

#endif
