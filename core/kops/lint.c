/* SPDX-License-Identifier: Apache-2.0 */
/* What a stored document's own text shows to be wrong. */
#include "core/kops/lint/parts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/schema.h"

struct lint_note *lint_add(struct lint_walk *w, enum lint_level level, size_t line,
	const char *fmt, ...)
{
	struct lint *l = w->out;
	va_list ap;

	l->v = xgrow(l->v, &l->cap, l->n, sizeof(*l->v));
	struct lint_note *note = &l->v[l->n++];
	*note = (struct lint_note){ .level = level, .line = line };
	va_start(ap, fmt);
	vsnprintf(note->text, sizeof(note->text), fmt, ap);
	va_end(ap);
	return note;
}

/* ---- types ---- */

static const char *lint_type_name(enum schema_type t)
{
	static const char *const names[] = {
		[TYPE_ANY] = "anything", [TYPE_STRING] = "a string",
		[TYPE_INT32] = "a whole number", [TYPE_INT64] = "a whole number",
		[TYPE_BOOL] = "true or false", [TYPE_INT_OR_STRING] = "a number or a percentage",
		[TYPE_STRINGS] = "a list", [TYPE_STRING_MAP] = "a mapping",
		[TYPE_MAP] = "a mapping", [TYPE_MAPS] = "a list",
	};

	return names[t];
}

static bool lint_type_ok(enum schema_type t, const struct yaml_node *n)
{
	enum scalar_type s = scalar_type(n);

	switch (t) {
	case TYPE_STRING:
		return s == SCALAR_STRING;
	case TYPE_INT32:
	case TYPE_INT64:
		return s == SCALAR_INT;
	case TYPE_BOOL:
		return s == SCALAR_BOOL;
	case TYPE_INT_OR_STRING:
		return s == SCALAR_INT || s == SCALAR_STRING;
	case TYPE_STRINGS:
	case TYPE_MAPS:
		return n->kind == YAML_SEQ;
	case TYPE_STRING_MAP:
	case TYPE_MAP:
		return n->kind == YAML_MAP;
	default:
		return true;
	}
}

static void lint_say_type(struct lint_walk *w, const char *path, enum schema_type t,
	const struct yaml_node *n)
{
	struct lint_note *note = lint_add(w, LINT_BROKEN, n->line,
		"kops cannot read this: %s must be %s, and this is %s", path, lint_type_name(t),
		n->kind == YAML_SEQ ? "a list" : n->kind == YAML_MAP ? "a mapping" :
		scalar_type_name(scalar_type(n)));

	if (n->kind != YAML_SCALAR) {
		return;
	}
	if (t == TYPE_STRING) {
		snprintf(note->hint, sizeof(note->hint), "write it in quotes: \"%.60s\"", n->text);
	} else if (scalar_type(n) == SCALAR_STRING && n->style != YAML_PLAIN) {
		snprintf(note->hint, sizeof(note->hint), "write it without quotes");
	}
}

static void lint_strings(struct lint_walk *w, const char *path, const struct yaml_node *n)
{
	for (size_t i = 0; i < n->count; i++) {
		const struct yaml_node *v = n->kind == YAML_SEQ ? n->items[i] : n->pairs[i].value;

		if (scalar_type(v) != SCALAR_NULL && scalar_type(v) != SCALAR_STRING) {
			char name[128];

			snprintf(name, sizeof(name), "%s %s", path,
				n->kind == YAML_SEQ ? "(an entry)" : n->pairs[i].key->text ?
				n->pairs[i].key->text : "?");
			lint_say_type(w, name, TYPE_STRING, v);
		}
	}
}

static void lint_map(struct lint_walk *w, enum schema_scope scope, const char *path,
	const struct yaml_node *map);

static void lint_value(struct lint_walk *w, const struct schema_key *k, const char *path,
	const struct yaml_node *n)
{
	int64_t v;

	if (scalar_type(n) == SCALAR_NULL) {
		return;
	}
	if (!lint_type_ok(k->type, n)) {
		lint_say_type(w, path, k->type, n);
		return;
	}
	if (k->type == TYPE_INT32 && yaml_int(n, &v) && (v < INT32_MIN || v > INT32_MAX)) {
		lint_add(w, LINT_BROKEN, n->line, "kops cannot read this: %s must fit into 32 "
			"bits, and %" PRId64 " does not", path, v);
	}
	if (k->type == TYPE_STRINGS || k->type == TYPE_STRING_MAP) {
		lint_strings(w, path, n);
	} else if (k->type == TYPE_MAP && k->in != SCOPE_NONE) {
		lint_map(w, k->in, path, n);
	} else if (k->type == TYPE_MAPS) {
		for (size_t i = 0; i < n->count; i++) {
			const struct yaml_node *item = n->items[i];

			if (item->kind == YAML_MAP && k->in != SCOPE_NONE) {
				lint_map(w, k->in, path, item);
			} else if (item->kind != YAML_MAP && scalar_type(item) != SCALAR_NULL) {
				lint_say_type(w, path, TYPE_MAP, item);
			}
		}
	}
}

/* ---- keys ---- */

/* A key where kops reads none of that name, though it reads one elsewhere. */
static const char *lint_misplaced(enum schema_scope scope, const char *key)
{
	static const struct {
		enum schema_scope scope;
		const char *key, *right;
	} keys[] = {
		{ SCOPE_CLUSTER, "maxPods", "spec.kubelet.maxPods" },
		{ SCOPE_GROUP, "maxPods", "spec.kubelet.maxPods" },
		{ SCOPE_GROUP, "masterKubelet", "the cluster's spec.masterKubelet" },
		{ SCOPE_GROUP, "networking", "the cluster's spec.networking" },
		{ SCOPE_CLUSTER, "amazonvpc", "spec.networking.amazonvpc" },
		{ SCOPE_NETWORKING, "env", "spec.networking.amazonvpc.env" },
		{ SCOPE_ROOT, "kubelet", "spec.kubelet" },
		{ SCOPE_ROOT, "networking", "spec.networking" },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (keys[i].scope == scope && str_eq(keys[i].key, key)) {
			return keys[i].right;
		}
	}
	return NULL;
}

static void lint_unknown(struct lint_walk *w, enum schema_scope scope,
	const struct yaml_node *key)
{
	const struct schema_key *meant = schema_meant(scope, w->doc->alpha, key->text);
	const char *right = lint_misplaced(scope, key->text);
	struct lint_note *note;

	if (meant) {
		note = lint_add(w, meant->flags & KEY_OURS ? LINT_DROPPED : LINT_WARN, key->line,
			"kops reads \"%s\" here and drops \"%.60s\"", meant->name, key->text);
		snprintf(note->hint, sizeof(note->hint), "rename it to %s, or remove it",
			meant->name);
	} else if (right) {
		note = lint_add(w, LINT_WARN, key->line, "kops drops \"%s\" here", key->text);
		snprintf(note->hint, sizeof(note->hint), "it belongs into %s", right);
	}
}

/* The same key further down, which is the one that counts. */
static void lint_twice(struct lint_walk *w, const struct yaml_node *map, size_t i)
{
	const struct yaml_node *key = map->pairs[i].key;

	for (size_t k = map->count - 1; k > i; k--) {
		if (str_eq(map->pairs[k].key->text, key->text)) {
			lint_add(w, LINT_WARN, key->line,
				"\"%.60s\" stands again in line %zu, and the last one counts",
				key->text, map->pairs[k].key->line);
			return;
		}
	}
}

static enum schema_scope lint_spec_scope(const struct lint_walk *w)
{
	return w->doc->kind == DOCUMENT_CLUSTER ? SCOPE_CLUSTER : SCOPE_GROUP;
}

static void lint_map(struct lint_walk *w, enum schema_scope scope, const char *path,
	const struct yaml_node *map)
{
	if (map->is_alias) {
		return; /* looked at where it stands */
	}
	for (size_t i = 0; i < map->count; i++) {
		const struct yaml_node *key = map->pairs[i].key;
		const struct yaml_node *value = map->pairs[i].value;
		char below[160];

		if (!key->text) {
			continue;
		}
		if (str_eq(key->text, "<<")) {
			lint_add(w, LINT_WARN, key->line, "keys come from elsewhere here (<<): "
				"kopscope does not look there");
			continue;
		}
		snprintf(below, sizeof(below), "%s%s%.60s", path, *path ? "." : "", key->text);
		lint_twice(w, map, i);
		if (scope == SCOPE_ROOT && str_eq(key->text, "spec")) {
			const struct schema_key spec = { SCOPE_ROOT, "spec", TYPE_MAP,
				lint_spec_scope(w), KEY_BOTH };

			lint_value(w, &spec, below, value);
			continue;
		}
		const struct schema_key *k = schema_find(scope, w->doc->alpha, key->text);
		if (k) {
			lint_value(w, k, below, value);
		} else {
			lint_unknown(w, scope, key);
		}
	}
}

/* Kubernetes knows no other name for the spec, and nothing else tells a wrong one. */
static void lint_spec_key(struct lint_walk *w)
{
	const struct yaml_node *root = w->doc->root;

	for (size_t i = 0; i < root->count; i++) {
		const struct yaml_node *key = root->pairs[i].key;

		if (!str_eq(key->text, "spec") && str_ieq(key->text, "spec")) {
			struct lint_note *note = lint_add(w, LINT_DROPPED, key->line,
				"kops reads \"spec\" here and drops \"%s\"", key->text);

			snprintf(note->hint, sizeof(note->hint),
				"rename it to spec, or remove it");
		}
	}
}

void lint_document(const struct document *d, struct lint *out)
{
	struct lint_walk w = { .doc = d, .out = out };

	lint_map(&w, SCOPE_ROOT, "", d->root);
	lint_spec_key(&w);
	lint_group(&w);
	lint_cluster(&w);
}

void lint_release(struct lint *l)
{
	free(l->v);
	*l = (struct lint){ .n = 0 };
}

bool lint_allows_edit(const struct lint *l, struct err *e)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct lint_note *note = &l->v[i];

		if (note->level == LINT_WARN) {
			continue;
		}
		err_set(e, ERR_REFUSED, "line %zu: %s", note->line, note->text);
		if (note->hint[0]) {
			err_hint(e, "%s", note->hint);
		}
		return false;
	}
	return true;
}

bool lint_note_is_about(const struct lint_note *note, const char *key)
{
	size_t n = strlen(key);

	for (const char *p = note->keys; p; p = strchr(p, ' ')) {
		p += *p == ' ';
		size_t word = strcspn(p, " ");
		if ((word == n && memcmp(p, key, n) == 0) ||
			(word && p[word - 1] == '.' && n > word && memcmp(p, key, word) == 0)) {
			return true;
		}
	}
	return false;
}

size_t lint_count_documents(const char *text, size_t len)
{
	size_t n = 0, last = 0;

	/* a document behind a broken one cannot be counted; 100 are as good as more */
	for (size_t i = 0; i < 100; i++) {
		struct yaml_doc *d = yaml_parse(text, len, i, NULL);

		if (!d) {
			break;
		}
		n++;
		if (yaml_root(d)->kind != YAML_NULL_NODE && !yaml_is_null(yaml_root(d))) {
			last = n;
		}
		yaml_free(d);
	}
	return last;
}
