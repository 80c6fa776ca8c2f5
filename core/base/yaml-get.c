/* SPDX-License-Identifier: Apache-2.0 */
/* Looking into a YAML tree, and what scalars mean. */
#include "core/base/yaml.h"

#include <string.h>

#include "core/base/strs.h"

#define YAML_CORE "tag:yaml.org,2002:"

static struct yaml_node *yaml_get_part(const struct yaml_node *map, const char *key, size_t len)
{
	size_t i;

	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (i = map->count; i-- > 0;) {
		const struct yaml_node *k = map->pairs[i].key;

		if (k->kind == YAML_SCALAR && k->text_len == len && !memcmp(k->text, key, len))
			return map->pairs[i].value;
	}
	return NULL;
}

struct yaml_node *yaml_get(const struct yaml_node *map, const char *key)
{
	return key ? yaml_get_part(map, key, strlen(key)) : NULL;
}

static struct yaml_node *yaml_step(const struct yaml_node *n, const char *part, size_t len)
{
	char digits[8];
	int64_t i;

	if (n->kind != YAML_SEQ)
		return yaml_get_part(n, part, len);
	if (len >= sizeof(digits))
		return NULL;
	memcpy(digits, part, len);
	digits[len] = '\0';
	if (!str_to_i64(digits, 0, 9999999, &i) || (size_t)i >= n->count)
		return NULL;
	return n->items[i];
}

struct yaml_node *yaml_at(const struct yaml_node *node, const char *path)
{
	const char *part;
	size_t len;

	while (node && str_path_part(&path, &part, &len))
		node = yaml_step(node, part, len);
	/* Belongs to the tree either way. */
	return (struct yaml_node *)node;
}

const char *yaml_text(const struct yaml_node *node, const char *path)
{
	const struct yaml_node *n = yaml_at(node, path);

	return n && n->kind == YAML_SCALAR && !yaml_is_null(n) ? n->text : NULL;
}

/* Read by its looks, or because its tag says so. */
static bool yaml_may_be(const struct yaml_node *n, const char *tag)
{
	if (!n || n->kind != YAML_SCALAR)
		return false;
	return n->tag ? !strcmp(n->tag, tag) : n->style == YAML_PLAIN;
}

static bool yaml_is_word(const struct yaml_node *n, const char *const *words)
{
	size_t i;

	for (i = 0; words[i]; i++) {
		if (strlen(words[i]) == n->text_len && !memcmp(n->text, words[i], n->text_len))
			return true;
	}
	return false;
}

bool yaml_is_null(const struct yaml_node *n)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL", NULL };

	if (n && n->kind == YAML_NULL_NODE)
		return true;
	return yaml_may_be(n, YAML_CORE "null") && yaml_is_word(n, words);
}

bool yaml_bool(const struct yaml_node *n, bool *out)
{
	static const char *const yes[] = {
		"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON", NULL
	};
	static const char *const no[] = {
		"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF", NULL
	};
	bool value;

	if (!yaml_may_be(n, YAML_CORE "bool"))
		return false;
	value = yaml_is_word(n, yes);
	if (!value && !yaml_is_word(n, no))
		return false;
	*out = value;
	return true;
}

/* The base that a number's first characters name; *s moves behind them. */
static int yaml_base(const char **s)
{
	const char *p = *s;

	if (p[0] != '0' || !p[1])
		return 10;
	*s += 2;
	switch (p[1]) {
	case 'x':
	case 'X':
		return 16;
	case 'o':
	case 'O':
		return 8;
	case 'b':
	case 'B':
		return 2;
	default:
		*s -= 1;
		return 8;
	}
}

bool yaml_int(const struct yaml_node *n, int64_t *out)
{
	char text[80];
	const char *s = text;
	uint64_t limit = INT64_MAX, v = 0;
	size_t i, len = 0;
	bool minus;
	int base;

	if (!yaml_may_be(n, YAML_CORE "int") || n->text_len >= sizeof(text) || !n->text_len)
		return false;
	/* A leading underscore makes it a string; later ones only part digits. */
	if (n->text[0] == '_')
		return false;
	for (i = 0; i < n->text_len; i++) {
		if (n->text[i] != '_')
			text[len++] = n->text[i];
	}
	text[len] = '\0';
	minus = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	if (minus)
		limit++;
	base = yaml_base(&s);
	if (!*s)
		return false;
	for (; *s; s++) {
		int d = str_hex_digit(*s);

		if (d < 0 || d >= base || v > (limit - (uint64_t)d) / (uint64_t)base)
			return false;
		v = v * (uint64_t)base + (uint64_t)d;
	}
	*out = minus ? (int64_t)(0 - v) : (int64_t)v;
	return true;
}
