/* SPDX-License-Identifier: Apache-2.0 */
/* The changeable YAML document. */
#include "lab/kops/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/base/yaml.h"

static struct tree *tree_new(enum tree_kind kind)
{
	struct tree *t = xcalloc(1, sizeof(*t));

	t->kind = kind;
	return t;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++)
		tree_free(t->items[i]);
	free(t->items);
	free(t->key);
	free(t->text);
	free(t);
}

struct tree *tree_scalar(const char *text, bool string)
{
	struct tree *t = tree_new(TREE_SCALAR);

	t->text = xstrdup(text);
	t->string = string;
	return t;
}

void tree_add(struct tree *seq, struct tree *value)
{
	if (seq->kind == TREE_NULL)
		seq->kind = TREE_SEQ;
	seq->items = xgrow(seq->items, &seq->cap, seq->n, sizeof(*seq->items));
	seq->items[seq->n++] = value;
}

static struct tree *map_find(const struct tree *map, const char *key, size_t len, size_t *at)
{
	if (!map || map->kind != TREE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++) {
		if (!strncmp(map->items[i]->key, key, len) && !map->items[i]->key[len]) {
			if (at)
				*at = i;
			return map->items[i];
		}
	}
	return NULL;
}

/* The last of several equal keys wins, as kops' reader has it. */
static void map_put(struct tree *map, const char *key, size_t len, struct tree *value)
{
	size_t at = 0;
	struct tree *old = map_find(map, key, len, &at);

	if (old) {
		tree_free(old);
		if (!value) {
			memmove(map->items + at, map->items + at + 1,
				(map->n - at - 1) * sizeof(*map->items));
			map->n--;
			return;
		}
		map->items[at] = value;
	} else if (value) {
		map->kind = TREE_MAP;
		map->items = xgrow(map->items, &map->cap, map->n, sizeof(*map->items));
		map->items[map->n++] = value;
	}
	if (value) {
		free(value->key);
		value->key = xstrndup(key, len);
	}
}

static struct tree *tree_from_yaml(const struct yaml_node *n)
{
	struct tree *t;

	if (!n || yaml_is_null(n) || n->kind == YAML_NULL_NODE)
		return tree_new(TREE_NULL);
	if (n->kind == YAML_SCALAR)
		return tree_scalar(n->text, n->style != YAML_PLAIN);
	t = tree_new(n->kind == YAML_SEQ ? TREE_SEQ : TREE_MAP);
	for (size_t i = 0; i < n->count; i++) {
		if (n->kind == YAML_SEQ)
			tree_add(t, tree_from_yaml(n->items[i]));
		else if (n->pairs[i].key->text)
			map_put(t, n->pairs[i].key->text, strlen(n->pairs[i].key->text),
				tree_from_yaml(n->pairs[i].value));
	}
	return t;
}

struct tree *tree_parse(const char *text, size_t len, struct err *e)
{
	struct yaml_doc *doc = yaml_parse(text, len, 0, e);
	struct tree *t;

	if (!doc)
		return NULL;
	t = tree_from_yaml(yaml_root(doc));
	yaml_free(doc);
	return t;
}

struct tree *tree_of(const char *text)
{
	struct err e = ERR_INIT;
	struct tree *t = tree_parse(text, strlen(text), &e);

	if (!t)
		BUG("the stand-in's own YAML: %s", e.text);
	return t;
}

struct tree *tree_copy(const struct tree *t)
{
	struct tree *c;

	if (!t)
		return NULL;
	c = tree_new(t->kind);
	c->text = xstrdup(t->text);
	c->string = t->string;
	for (size_t i = 0; i < t->n; i++) {
		struct tree *item = tree_copy(t->items[i]);

		item->key = xstrdup(t->items[i]->key);
		tree_add(c, item);
	}
	c->kind = t->kind;
	return c;
}

struct tree *tree_at(const struct tree *t, const char *path)
{
	const char *part;
	size_t len;

	while (t && str_path_part(&path, &part, &len))
		t = map_find(t, part, len, NULL);
	return (struct tree *)t;
}

const char *tree_text(const struct tree *t, const char *path)
{
	const struct tree *n = tree_at(t, path);

	return n && n->kind == TREE_SCALAR ? n->text : NULL;
}

bool tree_int(const struct tree *t, const char *path, int64_t *out)
{
	const struct tree *n = tree_at(t, path);
	struct yaml_node scalar = { .kind = YAML_SCALAR, .style = YAML_PLAIN };

	if (!n || n->kind != TREE_SCALAR || n->string)
		return false;
	scalar.text = n->text;
	scalar.text_len = strlen(n->text);
	return yaml_int(&scalar, out);
}

void tree_set(struct tree *t, const char *path, struct tree *value)
{
	const char *part, *next;
	size_t len, next_len;

	if (!str_path_part(&path, &part, &len))
		BUG("tree_set() without a path");
	while (str_path_part(&path, &next, &next_len)) {
		struct tree *child = map_find(t, part, len, NULL);

		if (!child || (child->kind != TREE_MAP && child->kind != TREE_NULL)) {
			if (!value)
				return;
			child = tree_new(TREE_MAP);
			map_put(t, part, len, child);
		}
		t = child;
		part = next;
		len = next_len;
	}
	map_put(t, part, len, value);
}

void tree_set_text(struct tree *t, const char *path, const char *text, bool string)
{
	tree_set(t, path, tree_scalar(text, string));
}

void tree_merge(struct tree *into, const struct tree *from)
{
	if (!from)
		return;
	for (size_t i = 0; i < from->n; i++) {
		const struct tree *item = from->items[i];
		size_t len = strlen(item->key);
		struct tree *mine = map_find(into, item->key, len, NULL);

		if (mine && mine->kind == TREE_MAP && item->kind == TREE_MAP)
			tree_merge(mine, item);
		else
			map_put(into, item->key, len, tree_copy(item));
	}
}

void tree_prune(struct tree *t, const char *path)
{
	const struct tree *n = tree_at(t, path);

	if (n && n->n == 0 && (n->kind == TREE_MAP || n->kind == TREE_SEQ))
		tree_set(t, path, NULL);
}

/* ---- writing ---- */

static int tree_key_cmp(const void *a, const void *b)
{
	return strcmp((*(struct tree *const *)a)->key, (*(struct tree *const *)b)->key);
}

/* The items by key; the copy of the pointers is the caller's. */
static struct tree **map_sorted(const struct tree *map)
{
	struct tree **v = xcalloc(map->n ? map->n : 1, sizeof(*v));

	if (map->n) {
		memcpy(v, map->items, map->n * sizeof(*v));
		qsort(v, map->n, sizeof(*v), tree_key_cmp);
	}
	return v;
}

/* Would a plain scalar with this text be read as something other than a string? */
static bool reads_otherwise(const char *s)
{
	struct yaml_node n = { .kind = YAML_SCALAR, .style = YAML_PLAIN, .text = s,
		.text_len = strlen(s) };
	int64_t i;
	bool b;
	char *end;

	if (yaml_is_null(&n) || yaml_int(&n, &i) || yaml_bool(&n, &b))
		return true;
	if (!strcmp(s, "y") || !strcmp(s, "n") || !strcmp(s, "Y") || !strcmp(s, "N"))
		return true;
	strtod(s, &end);
	/* a time stamp is quoted as well */
	return !*end || (strlen(s) >= 10 && s[4] == '-' && s[7] == '-'
		&& strspn(s, "0123456789") == 4);
}

static bool needs_quotes(const char *s)
{
	size_t n = strlen(s);

	if (!n || strchr("-?:,[]{}#&*!|>'\"%@` ", s[0]) || s[n - 1] == ' ' || s[n - 1] == ':')
		return !((s[0] == '-' || s[0] == ':' || s[0] == '?') && n > 1 && s[1] != ' '
			&& s[n - 1] != ':' && s[n - 1] != ' ' && !strstr(s, ": "));
	return strstr(s, ": ") || strstr(s, " #");
}

static void write_block_text(const char *s, int indent, struct buf *out)
{
	size_t n = strlen(s);

	buf_adds(out, n && s[n - 1] == '\n' ? "|\n" : "|-\n");
	while (*s) {
		size_t len = strcspn(s, "\n");

		if (len)
			buf_addf(out, "%*s%.*s", indent, "", (int)len, s);
		buf_addc(out, '\n');
		s += len + (s[len] ? 1 : 0);
	}
}

static void write_scalar(const struct tree *t, int indent, struct buf *out)
{
	if (t->string && strchr(t->text, '\n')) {
		write_block_text(t->text, indent, out);
		return;
	}
	if (!t->string) {
		struct yaml_node n = { .kind = YAML_SCALAR, .style = YAML_PLAIN,
			.text = t->text, .text_len = strlen(t->text) };
		int64_t i;

		/* 0x6e was read as a number and is written as one */
		if (yaml_int(&n, &i))
			buf_addf(out, "%lld", (long long)i);
		else
			buf_adds(out, t->text);
	} else if (reads_otherwise(t->text)) {
		json_quote(out, t->text);
	} else if (needs_quotes(t->text)) {
		buf_addc(out, '\'');
		for (const char *p = t->text; *p; p++)
			buf_adds(out, (char[]){ *p, *p == '\'' ? '\'' : '\0', '\0' });
		buf_addc(out, '\'');
	} else {
		buf_adds(out, t->text);
	}
	buf_addc(out, '\n');
}

static void write_node(const struct tree *t, int indent, bool inline_first, struct buf *out);

/* What stands behind "key:": a scalar on the line, a collection below it. */
static void write_value(const struct tree *t, int indent, struct buf *out)
{
	if (t->kind == TREE_NULL) {
		buf_adds(out, " null\n");
	} else if (t->kind == TREE_SCALAR) {
		buf_addc(out, ' ');
		write_scalar(t, indent + 2, out);
	} else if (!t->n) {
		buf_adds(out, t->kind == TREE_MAP ? " {}\n" : " []\n");
	} else {
		buf_addc(out, '\n');
		write_node(t, t->kind == TREE_MAP ? indent + 2 : indent, false, out);
	}
}

static void write_map(const struct tree *t, int indent, bool inline_first, struct buf *out)
{
	struct tree **v = map_sorted(t);

	for (size_t i = 0; i < t->n; i++) {
		if (i || !inline_first)
			buf_addf(out, "%*s", indent, "");
		if (reads_otherwise(v[i]->key))
			json_quote(out, v[i]->key);
		else
			buf_adds(out, v[i]->key);
		buf_addc(out, ':');
		write_value(v[i], indent, out);
	}
	free(v);
}

/* inline_first: the first line goes behind a "- " that is already there. */
static void write_node(const struct tree *t, int indent, bool inline_first, struct buf *out)
{
	switch (t->kind) {
	case TREE_NULL:
		buf_adds(out, "null\n");
		break;
	case TREE_SCALAR:
		write_scalar(t, indent, out);
		break;
	case TREE_MAP:
		if (!t->n)
			buf_adds(out, "{}\n");
		else
			write_map(t, indent, inline_first, out);
		break;
	case TREE_SEQ:
		if (!t->n)
			buf_adds(out, "[]\n");
		for (size_t i = 0; i < t->n; i++) {
			if (i || !inline_first)
				buf_addf(out, "%*s", indent, "");
			buf_adds(out, "- ");
			write_node(t->items[i], indent + 2, true, out);
		}
		break;
	}
}

void tree_write(const struct tree *t, struct buf *out)
{
	write_node(t, 0, false, out);
}

static void write_json_scalar(const struct tree *t, struct buf *out)
{
	struct yaml_node n = { .kind = YAML_SCALAR, .style = YAML_PLAIN, .text = t->text,
		.text_len = strlen(t->text) };
	int64_t i;
	bool b;

	if (!t->string && yaml_int(&n, &i))
		buf_addf(out, "%lld", (long long)i);
	else if (!t->string && yaml_bool(&n, &b))
		buf_adds(out, b ? "true" : "false");
	else
		json_quote(out, t->text);
}

void tree_write_json(const struct tree *t, struct buf *out)
{
	bool map = t->kind == TREE_MAP;
	struct tree **v;

	if (t->kind == TREE_NULL) {
		buf_adds(out, "null");
		return;
	}
	if (t->kind == TREE_SCALAR) {
		write_json_scalar(t, out);
		return;
	}
	v = map ? map_sorted(t) : t->items;
	buf_addc(out, map ? '{' : '[');
	for (size_t i = 0; i < t->n; i++) {
		if (i)
			buf_addc(out, ',');
		if (map) {
			json_quote(out, v[i]->key);
			buf_addc(out, ':');
		}
		tree_write_json(v[i], out);
	}
	buf_addc(out, map ? '}' : ']');
	if (map)
		free(v);
}
