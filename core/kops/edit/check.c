/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing a document before and after an edit. */
#include "core/kops/edit/check.h"

#include <string.h>

#include "core/base/strs.h"

static bool check_is_empty(const struct yaml_node *n)
{
	return !n || yaml_is_null(n) ||
		((n->kind == YAML_MAP || n->kind == YAML_SEQ) && !n->count);
}

static bool check_scalar(const struct yaml_node *a, const struct yaml_node *b)
{
	return a->style == b->style && a->text_len == b->text_len &&
		(!a->text_len || memcmp(a->text, b->text, a->text_len) == 0) &&
		str_eq(a->tag, b->tag);
}

/* Aliases are followed: what they name may be what was edited. */
static bool check_same(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->kind != b->kind || a->count != b->count || a->is_alias != b->is_alias) {
		return false;
	}
	if (a->kind == YAML_SCALAR) {
		return check_scalar(a, b);
	}
	for (size_t i = 0; i < a->count; i++) {
		bool same = a->kind == YAML_MAP ?
			check_same(a->pairs[i].key, b->pairs[i].key) &&
			check_same(a->pairs[i].value, b->pairs[i].value) :
			check_same(a->items[i], b->items[i]);

		if (!same) {
			return false;
		}
	}
	return true;
}

/* The next part, from *i on, that is not the one that may differ; NULL at the end. */
static const struct yaml_pair *check_next_pair(const struct yaml_node *map, const char *but,
	size_t *i)
{
	while (map && map->kind == YAML_MAP && *i < map->count) {
		const struct yaml_pair *p = &map->pairs[(*i)++];

		if (!str_eq(p->key->text, but)) {
			return p;
		}
	}
	return NULL;
}

static const struct yaml_node *check_next_item(const struct yaml_node *list, const char *but,
	size_t *i)
{
	while (list && list->kind == YAML_SEQ && *i < list->count) {
		const struct yaml_node *n = list->items[(*i)++];

		if (!str_eq(yaml_text(n, "name"), but)) {
			return n;
		}
	}
	return NULL;
}

static bool check_items(const struct yaml_node *a, const struct yaml_node *b, const char *but)
{
	size_t i = 0, k = 0;

	for (;;) {
		const struct yaml_node *x = check_next_item(a, but, &i);
		const struct yaml_node *y = check_next_item(b, but, &k);

		if (!x || !y) {
			return !x && !y;
		}
		if (!check_same(x, y)) {
			return false;
		}
	}
}

bool edit_same_but(const struct yaml_node *before, const struct yaml_node *after,
	const char *const *path, size_t npath, const char *item)
{
	size_t i = 0, k = 0;

	if (!npath) {
		return !item || check_items(before, after, item);
	}
	if ((!check_is_empty(before) && before->kind != YAML_MAP) ||
		(!check_is_empty(after) && after->kind != YAML_MAP)) {
		return false;
	}
	for (;;) {
		const struct yaml_pair *x = check_next_pair(before, path[0], &i);
		const struct yaml_pair *y = check_next_pair(after, path[0], &k);

		if (!x || !y) {
			if (x || y) {
				return false;
			}
			break;
		}
		if (!check_same(x->key, y->key) || !check_same(x->value, y->value)) {
			return false;
		}
	}
	return edit_same_but(yaml_get(before, path[0]), yaml_get(after, path[0]), path + 1,
		npath - 1, item);
}
