/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the authoritative objects, and the questions asked of them. */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/store.h"

static struct tree *object_parse(const struct lab_object *o, struct err *e)
{
	struct tree *t = tree_parse(o->data, o->len, e);

	if (!t) {
		err_wrap(e, "error parsing %s", o->key);
		return NULL;
	}
	if (!store_schema_check(t, o->key, e)) {
		tree_free(t);
		return NULL;
	}
	store_schema_filter(t);
	return t;
}

static int group_cmp(const void *a, const void *b)
{
	return strcmp(store_group_name(*(struct tree *const *)a),
		store_group_name(*(struct tree *const *)b));
}

static bool load_groups(struct lab_bucket *b, struct store_specs *s, struct err *e)
{
	char *prefix = xasprintf("%s/instancegroup/", s->name);
	bool ok = true;

	for (size_t i = lab_object_lower(b, prefix); ok && i < b->n; i++) {
		const char *key = b->objects[i]->key;
		struct tree *t;

		if (!str_starts(key, prefix))
			break;
		if (!key[strlen(prefix)] || strchr(key + strlen(prefix), '/'))
			continue;
		t = object_parse(b->objects[i], e);
		ok = t != NULL;
		if (ok) {
			s->groups = xgrow(s->groups, &s->cap, s->n, sizeof(*s->groups));
			s->groups[s->n++] = t;
		}
	}
	free(prefix);
	if (ok && s->n)
		qsort(s->groups, s->n, sizeof(*s->groups), group_cmp);
	return ok;
}

bool store_load(struct world *w, const char *cluster, struct store_specs *out, struct err *e)
{
	struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);
	char *key = xasprintf("%s/config", cluster);
	struct lab_object *o = b ? lab_object_get(b, key) : NULL;
	bool ok = false;

	memset(out, 0, sizeof(*out));
	free(key);
	if (!o)
		return err_set(e, ERR_NOT_FOUND, "cluster not found \"%s\"", cluster);
	out->name = xstrdup(cluster);
	out->cluster = object_parse(o, e);
	if (out->cluster && !str_eq(tree_text(out->cluster, "metadata.name"), cluster))
		err_set(e, ERR_PARSE, "name of cluster does not match: \"%s\"", cluster);
	else if (out->cluster)
		ok = load_groups(b, out, e);
	if (!ok)
		store_specs_release(out);
	return ok;
}

void store_specs_release(struct store_specs *s)
{
	for (size_t i = 0; i < s->n; i++)
		tree_free(s->groups[i]);
	free(s->groups);
	tree_free(s->cluster);
	free(s->name);
	memset(s, 0, sizeof(*s));
}

const char *store_group_name(const struct tree *group)
{
	const char *name = tree_text(group, "metadata.name");

	return name ? name : "";
}

struct tree *store_group(const struct store_specs *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(store_group_name(s->groups[i]), name))
			return s->groups[i];
	}
	return NULL;
}

const char *store_group_role(const struct tree *group)
{
	static const struct {
		const char *spec, *role;
	} roles[] = {
		{ "Master", "control-plane" }, { "ControlPlane", "control-plane" },
		{ "Node", "node" }, { "APIServer", "apiserver" }, { "Bastion", "bastion" },
	};
	const char *role = tree_text(group, "spec.role");

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
		if (str_eq(roles[i].spec, role))
			return roles[i].role;
	}
	return NULL;
}

char *store_asg_name(const struct store_specs *s, const struct tree *group)
{
	const char *role = store_group_role(group);
	const char *between = str_eq(role, "control-plane") ? ".masters"
		: str_eq(role, "apiserver") ? ".apiservers" : "";

	return xasprintf("%s%s.%s", store_group_name(group), between, s->name);
}

void store_group_size(const struct tree *group, int32_t *min, int32_t *max)
{
	int32_t otherwise = str_eq(store_group_role(group), "node") ? 2 : 1;
	int64_t v;

	*min = tree_int(group, "spec.minSize", &v) ? (int32_t)v : otherwise;
	*max = tree_int(group, "spec.maxSize", &v) ? (int32_t)v : otherwise;
}
