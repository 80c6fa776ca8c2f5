/* SPDX-License-Identifier: Apache-2.0 */
/* Counts and lists in sentences. */
#include "core/rules/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

const char *words_count(char out[WORDS_COUNT_SIZE], int64_t v)
{
	char digits[24];
	int n = snprintf(digits, sizeof digits, "%" PRIu64,
		v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v);
	char *to = out;
	if (v < 0) {
		*to++ = '-';
	}
	for (int i = 0; i < n; i++) {
		if (i && (n - i) % 3 == 0) {
			*to++ = ',';
		}
		*to++ = digits[i];
	}
	*to = '\0';
	return out;
}

void words_add(struct words *w, const char *s)
{
	for (size_t i = 0; i < w->n; i++) {
		if (str_eq(w->v[i], s)) {
			return;
		}
	}
	w->v = xgrow(w->v, &w->cap, w->n, sizeof *w->v);
	w->v[w->n++] = s;
}

void words_join(const struct words *w, size_t most, struct buf *out)
{
	size_t shown = w->n > most ? most : w->n;
	for (size_t i = 0; i < shown; i++) {
		bool last = i + 1 == w->n + w->unnamed;
		buf_addf(out, "%s%s", i == 0 ? "" : last ? " and " : ", ",
			w->v[i] ? w->v[i] : "?");
	}
	if (shown < w->n + w->unnamed) {
		buf_addf(out, " and %zu more", w->n - shown + w->unnamed);
	}
}

void words_release(struct words *w)
{
	free(w->v);
	*w = (struct words){ .v = NULL };
}
