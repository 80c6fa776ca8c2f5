/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a kubeconfig, read and kept in order. */
#include "k8s/kubeconfig-file.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/trust.h"
#include "core/base/xalloc.h"

#define MAX_FILE ((size_t)8 * 1024 * 1024)

static char *path_dir(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return xstrdup(".");
	if (slash == path)
		return xstrdup("/");
	return xstrndup(path, (size_t)(slash - path));
}

bool cfg_set_add(struct cfg_set *s, const char *path, bool optional, struct err *e)
{
	struct buf text;
	struct err why = ERR_INIT;
	bool ok = false;

	buf_init(&text, MAX_FILE);
	if (!trust_file(path, &why)) {
		err_set(e, ERR_CONFIG, "kubeconfig: %s", why.text);
		err_hint(e, "%s", why.hint);
		goto out;
	}
	if (!file_read(path, &text, &why)) {
		if (why.kind == ERR_NOT_FOUND && optional) {
			ok = true;
			goto out;
		}
		err_set(e, ERR_CONFIG, "kubeconfig %s: %s", path, why.text);
		goto out;
	}
	struct yaml_doc *doc = yaml_parse(buf_str(&text), text.len, 0, &why);
	if (!doc) {
		err_set(e, ERR_CONFIG, "kubeconfig %s: %s", path, why.text);
		goto out;
	}
	enum yaml_kind kind = yaml_root(doc)->kind;
	if (kind != YAML_MAP && !yaml_is_null(yaml_root(doc))) {
		err_set(e, ERR_CONFIG, "kubeconfig %s: this is not a kubeconfig", path);
		yaml_free(doc);
		goto out;
	}
	s->v = xgrow(s->v, &s->cap, s->n, sizeof *s->v);
	s->v[s->n++] = (struct cfg_file){
		.path = xstrdup(path), .dir = path_dir(path), .doc = doc,
	};
	ok = true;
out:
	buf_release(&text);
	return ok;
}

bool cfg_set_add_list(struct cfg_set *s, const char *list, struct err *e)
{
	struct strlist items = { 0 };
	bool ok = true;

	strlist_split(&items, list, ':');
	for (size_t i = 0; ok && i < items.n; i++) {
		if (!str_empty(items.v[i]))
			ok = cfg_set_add(s, items.v[i], true, e);
	}
	strlist_release(&items);
	return ok;
}

void cfg_set_release(struct cfg_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].path);
		free(s->v[i].dir);
		yaml_free(s->v[i].doc);
	}
	free(s->v);
	*s = (struct cfg_set){ 0 };
}

const char *cfg_set_current(const struct cfg_set *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *name = yaml_text(yaml_root(s->v[i].doc), "current-context");
		if (!str_empty(name))
			return name;
	}
	return NULL;
}

static const struct yaml_node *list_find(const struct yaml_node *list, const char *name,
	size_t *hits)
{
	const struct yaml_node *found = NULL;

	*hits = 0;
	if (!list || list->kind != YAML_SEQ)
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *item = list->items[i];
		const struct yaml_node *key = yaml_get(item, "name");
		if (!key || !str_eq(key->text, name))
			continue;
		if (!found)
			found = item;
		++*hits;
	}
	return found;
}

const struct yaml_node *cfg_set_find(const struct cfg_set *s, const char *kind, const char *name,
	const struct cfg_file **from, struct err *e)
{
	for (size_t i = 0; i < s->n; i++) {
		size_t hits;
		const struct yaml_node *item =
			list_find(yaml_get(yaml_root(s->v[i].doc), kind), name, &hits);
		if (!item)
			continue;
		if (hits > 1) {
			err_set(e, ERR_CONFIG, "kubeconfig %s: %s has \"%s\" twice", s->v[i].path,
				kind, name);
			return NULL;
		}
		*from = &s->v[i];
		/* "clusters" holds items with a member "cluster". */
		char *member = xstrndup(kind, strlen(kind) - 1);
		const struct yaml_node *value = yaml_get(item, member);
		free(member);
		return value ? value : item;
	}
	return NULL;
}

void cfg_set_names(const struct cfg_set *s, const char *kind, struct strlist *out)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct yaml_node *list = yaml_get(yaml_root(s->v[i].doc), kind);
		for (size_t j = 0; list && list->kind == YAML_SEQ && j < list->count; j++) {
			const char *name = yaml_text(list->items[j], "name");
			if (!str_empty(name) && !strlist_has(out, name))
				strlist_add(out, name);
		}
	}
}

char *cfg_file_resolve(const struct cfg_file *f, const char *path)
{
	if (path[0] == '/')
		return xstrdup(path);
	return file_join(f->dir, path);
}
