/* SPDX-License-Identifier: Apache-2.0 */
/* jansson behind a few words. */
#include "core/base/json.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

/* Nothing that jansson makes is ever NULL for want of memory, so nobody has to look. */
__attribute__((constructor)) static void json_use_xalloc(void)
{
	json_set_alloc_funcs(xmalloc, free);
}

json_t *json_parse(const char *text, size_t len, struct err *e)
{
	json_error_t at;
	char *near;
	/*
	 * NULs in strings are let through (readers see the text before them): one
	 * odd label must not make a whole list unreadable.
	 */
	json_t *j = json_loadb(text ? text : "", text ? len : 0, JSON_DECODE_ANY | JSON_ALLOW_NUL,
		&at);

	if (j)
		return j;
	/* What jansson quotes from the input may be a secret. */
	near = strstr(at.text, " near ");
	if (near)
		*near = '\0';
	err_set(e, ERR_PARSE, "not JSON, line %d column %d: %s", at.line, at.column, at.text);
	return NULL;
}

static json_t *json_step(const json_t *j, const char *part, size_t len)
{
	char digits[8];
	int64_t i;

	if (json_is_object(j))
		return json_object_getn(j, part, len);
	if (!json_is_array(j) || len >= sizeof(digits))
		return NULL;
	memcpy(digits, part, len);
	digits[len] = '\0';
	return str_to_i64(digits, 0, 9999999, &i) ? json_array_get(j, (size_t)i) : NULL;
}

json_t *json_path(const json_t *j, const char *path)
{
	const char *part;
	size_t len;

	while (j && str_path_part(&path, &part, &len))
		j = json_step(j, part, len);
	/* Borrowed either way; jansson takes no const. */
	return (json_t *)j;
}

const char *json_str(const json_t *j, const char *path)
{
	return json_string_value(json_path(j, path));
}

int64_t json_int(const json_t *j, const char *path, int64_t otherwise)
{
	const json_t *v = json_path(j, path);

	return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

bool json_bool(const json_t *j, const char *path, bool otherwise)
{
	const json_t *v = json_path(j, path);

	return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

/*
 * JSON lets C1 controls and the marks that turn the direction of text stand as they are; a terminal
 * obeys them.  Escaped they mean the same to every reader of JSON.
 */
static bool json_is_plain(uint32_t cp)
{
	return cp < 0x7f || text_cp_width(cp) >= 0;
}

static void json_escape(struct buf *out, uint32_t cp)
{
	if (cp > 0xffff)
		buf_addf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((cp - 0x10000) >> 10)),
			(unsigned)(0xdc00 + (cp & 0x3ff)));
	else
		buf_addf(out, "\\u%04x", (unsigned)cp);
}

/* jansson gives no part of a character. */
static int json_sink(const char *p, size_t n, void *ctx)
{
	struct buf *out = ctx;
	size_t from = 0, taken;

	for (size_t at = 0; at < n; at += taken) {
		uint32_t cp = (unsigned char)p[at];

		taken = cp < 0x80 ? 1 : text_decode(p + at, n - at, &cp);
		if (json_is_plain(cp))
			continue;
		buf_add(out, p + from, at - from);
		json_escape(out, cp);
		from = at + taken;
	}
	return buf_add(out, p + from, n - from) ? 0 : -1;
}

void json_write(struct buf *out, const json_t *j, bool sorted)
{
	size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;

	json_dump_callback(j, json_sink, out, flags | (sorted ? JSON_SORT_KEYS : 0));
}

static void json_quote_cp(struct buf *out, uint32_t cp)
{
	static const char letters[] = "btn?fr"; /* U+0008 to U+000D */
	char utf8[4];

	if (cp == '"' || cp == '\\')
		buf_addf(out, "\\%c", (int)cp);
	else if (cp >= 8 && cp <= 13 && cp != 11)
		buf_addf(out, "\\%c", letters[cp - 8]);
	else if (cp < 0x20 || !json_is_plain(cp))
		json_escape(out, cp);
	else
		buf_add(out, utf8, text_encode(cp, utf8));
}

void json_quote(struct buf *out, const char *s)
{
	size_t n = s ? strlen(s) : 0;

	buf_addc(out, '"');
	while (n) {
		uint32_t cp;
		size_t taken = text_decode(s, n, &cp);

		json_quote_cp(out, cp);
		s += taken;
		n -= taken;
	}
	buf_addc(out, '"');
}
