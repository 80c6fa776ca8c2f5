/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON as YAML.  A string stands plain only where no reader of YAML 1.1 or 1.2 could take it for
 * something else; every other one stands in double quotes with JSON's escapes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "tui/screen/print.h"

static bool yaml_plain(const char *s)
{
	static const char *const taken[] = { "y", "n", "yes", "no", "on", "off", "true", "false",
		"null" };
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char more[] = "0123456789_./-";
	if (s[0] == '\0' || !strchr(letters, s[0])) {
		return false;
	}
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
		if (str_ieq(s, taken[i])) {
			return false;
		}
	}
	for (; *s; s++) {
		if (!strchr(letters, *s) && !strchr(more, *s)) {
			return false;
		}
	}
	return true;
}

static void yaml_string(struct buf *out, const char *s)
{
	if (yaml_plain(s)) {
		buf_adds(out, s);
		return;
	}
	buf_addc(out, '"');
	for (size_t left = strlen(s), n; left > 0; s += n, left -= n) {
		uint32_t cp;
		n = text_decode(s, left, &cp);
		if (cp == '"' || cp == '\\') {
			buf_addf(out, "\\%c", (char)cp);
		} else if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029 ||
			cp == 0xfffe || cp == 0xffff || text_cp_width(cp) < 0) {
			/* YAML 1.1, 5.1: not printable, or a break; or a terminal would obey it */
			buf_addf(out, cp > 0xffff ? "\\U%08x" : "\\u%04x", (unsigned)cp);
		} else {
			buf_add(out, s, n);
		}
	}
	buf_addc(out, '"');
}

static void yaml_indent(struct buf *out, int depth)
{
	for (int i = 0; i < depth; i++) {
		buf_adds(out, "  ");
	}
}

static void yaml_value(struct buf *out, const json_t *j, int depth, bool in_list);

static void yaml_map(struct buf *out, const json_t *j, int depth, bool in_list)
{
	const char *key;
	json_t *value;
	bool first = true;
	json_object_foreach((json_t *)(uintptr_t)j, key, value) {
		if (!first || !in_list) {
			yaml_indent(out, depth);
		}
		first = false;
		yaml_string(out, key);
		buf_addc(out, ':');
		yaml_value(out, value, depth + 1, false);
	}
}

static void yaml_list(struct buf *out, const json_t *j, int depth)
{
	for (size_t i = 0; i < json_array_size(j); i++) {
		yaml_indent(out, depth);
		buf_addc(out, '-');
		yaml_value(out, json_array_get(j, i), depth + 1, true);
	}
}

/* Behind "key:" or "-": on the same line, or below. */
static void yaml_value(struct buf *out, const json_t *j, int depth, bool in_list)
{
	if (json_is_object(j) && json_object_size(j) > 0) {
		buf_addc(out, in_list ? ' ' : '\n');
		yaml_map(out, j, depth, in_list);
		return;
	}
	if (json_is_array(j) && json_array_size(j) > 0) {
		buf_addc(out, '\n');
		yaml_list(out, j, depth);
		return;
	}
	buf_addc(out, ' ');
	if (json_is_string(j)) {
		yaml_string(out, json_string_value(j));
	} else if (json_is_integer(j)) {
		buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	} else if (json_is_real(j)) {
		buf_addf(out, "%.6g", json_real_value(j));
	} else if (json_is_boolean(j)) {
		buf_adds(out, json_is_true(j) ? "true" : "false");
	} else {
		buf_adds(out, json_is_object(j) ? "{}" : json_is_array(j) ? "[]" : "null");
	}
	buf_addc(out, '\n');
}

void print_yaml(const char *json, size_t len, struct buf *out)
{
	json_auto_t *j = json_parse(json, len, NULL);
	if (json_is_object(j)) {
		yaml_map(out, j, 0, false);
	} else if (json_is_array(j)) {
		yaml_list(out, j, 0);
	}
}
