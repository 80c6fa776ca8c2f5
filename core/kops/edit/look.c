/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at a document's settings, by the keys that the editor takes. */
#include "core/kops/edit.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/kops/edit/rules.h"

struct look {
	void (*on)(void *ctx, const struct edit_setting *s, const char *key, const char *value,
		size_t line);
	void *ctx;
};

/* Of a parent that stands twice the last counts. */
static const struct yaml_node *look_at(const struct yaml_node *n, const char *const *path,
	size_t npath)
{
	for (size_t i = 0; n && i < npath; i++) {
		n = n->kind == YAML_MAP ? yaml_get(n, path[i]) : NULL;
	}
	return n;
}

static void look_scalar(const struct look *l, const struct edit_setting *s, const char *key,
	const struct yaml_node *n)
{
	if (n && n->kind == YAML_SCALAR && !yaml_is_null(n)) {
		l->on(l->ctx, s, key, n->text, n->line);
	}
}

static void look_list(const struct look *l, const struct edit_setting *s,
	const struct yaml_node *n)
{
	struct buf text = BUF_INIT;

	if (!n || n->kind != YAML_SEQ || !n->count) {
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		buf_addf(&text, "%s%s", i ? "," : "", n->items[i]->text ? n->items[i]->text : "");
	}
	l->on(l->ctx, s, s->key, buf_str(&text), n->line);
	buf_release(&text);
}

/* The entries of a map of labels, or of a list of names and values; the last of a name counts. */
static void look_named(const struct look *l, const struct edit_setting *s,
	const struct yaml_node *n)
{
	bool list = s->form == EDIT_ENTRY;

	if (!n || n->kind != (list ? YAML_SEQ : YAML_MAP)) {
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		const char *name = list ? yaml_text(n->items[i], "name") : n->pairs[i].key->text;
		const struct yaml_node *value = list ? yaml_get(n->items[i], "value") :
			n->pairs[i].value;
		bool again = false;
		char key[512];

		for (size_t k = i + 1; name && k < n->count; k++) {
			again |= str_eq(name, list ? yaml_text(n->items[k], "name") :
				n->pairs[k].key->text);
		}
		if (name && !again) {
			snprintf(key, sizeof(key), "%s%s", s->key, name);
			look_scalar(l, s, key, value);
		}
	}
}

bool edit_each(const char *text, size_t len,
	void (*on)(void *ctx, const struct edit_setting *s, const char *key, const char *value,
		size_t line),
	void *ctx)
{
	struct document d;
	const struct look l = { on, ctx };
	bool ok = document_parse(&d, text, len, NULL);
	int in = d.kind == DOCUMENT_CLUSTER ? EDIT_IN_CLUSTER : EDIT_IN_GROUP;

	for (size_t i = 0; ok && edit_setting_at(i); i++) {
		const struct edit_setting *s = edit_setting_at(i);
		const char *path[EDIT_MAX_PATH];
		size_t n = edit_row_path(edit_row_find(s->key, NULL), d.alpha, path);
		const struct yaml_node *at = s->in & in ? look_at(d.root, path, n) : NULL;

		if (str_ends(s->key, ".")) {
			look_named(&l, s, at);
		} else if (s->form == EDIT_LIST) {
			look_list(&l, s, at);
		} else {
			look_scalar(&l, s, s->key, at);
		}
	}
	document_release(&d);
	return ok;
}

struct wanted {
	const char *key;
	struct buf *value;
	size_t *line;
	bool found;
};

static void wanted_on(void *ctx, const struct edit_setting *s, const char *key, const char *value,
	size_t line)
{
	struct wanted *w = ctx;

	if (!str_eq(key, w->key)) {
		return;
	}
	w->found = true;
	if (w->value) {
		buf_adds(w->value, value);
	}
	if (w->line) {
		*w->line = line;
	}
}

bool edit_value(const char *text, size_t len, const char *key, struct buf *value, size_t *line)
{
	struct wanted w = { .key = key, .value = value, .line = line };

	return edit_each(text, len, wanted_on, &w) && w.found;
}
