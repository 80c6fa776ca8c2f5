/* SPDX-License-Identifier: Apache-2.0 */
/* What a person is told, whoever's words are in it: one line that no terminal obeys. */
#ifndef KOPSCOPE_TESTS_FUZZ_HARMLESS_H
#define KOPSCOPE_TESTS_FUZZ_HARMLESS_H

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/text.h"

/* Aborts when the text holds control, format or bidi characters, or bytes that are not UTF-8. */
static inline void harmless_text(const char *text)
{
	size_t n = text ? strlen(text) : 0;
	while (n) {
		uint32_t cp;
		size_t taken = text_decode(text, n, &cp);
		if (text_cp_width(cp) < 0 || (cp == 0xfffd && taken == 1)) {
			abort();
		}
		text += taken;
		n -= taken;
	}
}

static inline void harmless_err(const struct err *e)
{
	if (err_is_set(e) && !e->text[0]) {
		abort();
	}
	harmless_text(e->text);
	harmless_text(e->hint);
}

/* The parts of an input with a line "%%" between them, one after another. */
static inline void harmless_each(const char *text, size_t len,
	void (*on)(const char *text, size_t len))
{
	const char *end = text + len, *cut;
	do {
		cut = len ? memmem(text, (size_t)(end - text), "\n%%\n", 4) : NULL;
		on(text, (size_t)((cut ? cut + 1 : end) - text));
		text = cut ? cut + 4 : end;
	} while (cut);
}

#endif
