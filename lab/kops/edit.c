/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kops edit cluster|ig --set PATH=VALUE --unset PATH.  Paths use the internal
 * names (spec.controlPlaneKubelet, spec.networking.amazonVPC); lists are added to,
 * never replaced (facts: kops 1.4).  The object is written again as kops writes
 * one: sorted, without comments, without what its types do not know.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/xalloc.h"
#include "core/base/yaml.h"
#include "lab/kops.h"

static const struct {
	const char *internal, *stored;
} renames[] = {
	{ "spec.controlPlaneKubelet", "spec.masterKubelet" },
	{ "spec.networking.amazonVPC.image", "spec.networking.amazonvpc.imageName" },
	{ "spec.networking.amazonVPC.initImage", "spec.networking.amazonvpc.initImageName" },
	{ "spec.networking.amazonVPC", "spec.networking.amazonvpc" },
	{ "spec.networking.subnets", "spec.subnets" },
	{ "spec.networking.networkCIDR", "spec.networkCIDR" },
	{ "spec.networking.topology", "spec.topology" },
};

/* Names that only the stored form has are none of the internal form's. */
static bool stored_only(const char *path)
{
	return str_starts(path, "spec.masterKubelet")
		|| str_starts(path, "spec.networking.amazonvpc");
}

/* Owned; NULL: not a field. */
static char *path_stored(const char *path)
{
	if (!str_starts(path, "spec.") || stored_only(path))
		return NULL;
	for (size_t i = 0; i < sizeof(renames) / sizeof(*renames); i++) {
		size_t n = strlen(renames[i].internal);

		if (str_starts(path, renames[i].internal) && (!path[n] || path[n] == '.'))
			return xasprintf("%s%s", renames[i].stored, path + n);
	}
	return xstrdup(path);
}

static struct tree *value_tree(const char *path, const char *value)
{
	struct yaml_node n = { .kind = YAML_SCALAR, .style = YAML_PLAIN, .text = value,
		.text_len = strlen(value) };
	int64_t i;
	bool b;

	/* versions are words, even where they look like numbers */
	if (str_ends(path, "ersion") || !(yaml_int(&n, &i) || yaml_bool(&n, &b)))
		return tree_scalar(value, true);
	return tree_scalar(value, false);
}

static bool add_env(struct tree *t, const char *path, const char *value, struct err *e)
{
	struct strlist items = { 0 };
	bool ok = true;

	strlist_split(&items, value, ',');
	for (size_t i = 0; ok && i < items.n; i++) {
		const char *eq = strchr(items.v[i], '=');
		struct tree *list = tree_at(t, path), *item;
		char *name;

		if (!eq) {
			ok = err_set(e, ERR_USAGE, "error setting field \"%s\": cannot parse "
				"\"%s\" as NAME=VALUE", path, items.v[i]);
			break;
		}
		if (!list || list->kind != TREE_SEQ) {
			list = tree_of("[]");
			tree_set(t, path, list);
		}
		item = tree_of("{}");
		name = xstrndup(items.v[i], (size_t)(eq - items.v[i]));
		tree_set_text(item, "name", name, true);
		tree_set_text(item, "value", eq + 1, true);
		tree_add(list, item);
		free(name);
	}
	strlist_release(&items);
	return ok;
}

bool kops_set_field(struct tree *t, const char *assignment, struct err *e)
{
	const char *eq = strchr(assignment, '=');
	size_t skip = str_starts(assignment, "cluster.") ? strlen("cluster.") : 0;
	char *internal = eq ? xstrndup(assignment + skip, (size_t)(eq - assignment) - skip) : NULL;
	char *path = internal ? path_stored(internal) : NULL;
	struct tree *old = path ? tree_at(t, path) : NULL;
	bool ok;

	if (!eq) {
		ok = err_set(e, ERR_USAGE, "unhandled field: \"%s\": --set takes PATH=VALUE",
			assignment);
	} else if (!path) {
		ok = err_set(e, ERR_USAGE, "field %s not found", internal);
	} else if (str_ends(path, ".env")) {
		ok = add_env(t, path, eq + 1, e);
	} else if (old && old->kind == TREE_SEQ) {
		struct strlist items = { 0 };

		strlist_split(&items, eq + 1, ',');
		for (size_t i = 0; i < items.n; i++)
			tree_add(old, tree_scalar(items.v[i], true));
		strlist_release(&items);
		ok = true;
	} else if (old && old->kind == TREE_MAP) {
		ok = err_set(e, ERR_USAGE, "error setting field \"%s\": it is an object", internal);
	} else {
		tree_set(t, path, value_tree(path, eq + 1));
		store_schema_filter(t);
		ok = tree_at(t, path) != NULL
			|| err_set(e, ERR_USAGE, "field %s not found", internal);
	}
	free(path);
	free(internal);
	return ok;
}

static bool unset_field(struct tree *t, const char *internal, struct err *e)
{
	char *path = path_stored(internal);

	if (!path)
		return err_set(e, ERR_USAGE, "field %s not found", internal);
	tree_set(t, path, NULL);
	free(path);
	return true;
}

static char *spec_text(const struct tree *t)
{
	struct buf b = BUF_INIT;
	const struct tree *spec = tree_at(t, "spec");

	if (spec)
		tree_write(spec, &b);
	return buf_detach(&b);
}

/* generation counts the changes of the spec; kops never checks it. */
static void bump_generation(struct tree *t)
{
	int64_t n = 0;
	char text[24];

	tree_int(t, "metadata.generation", &n);
	snprintf(text, sizeof(text), "%lld", (long long)n + 1);
	tree_set_text(t, "metadata.generation", text, false);
}

static void write_object(struct world *w, const char *cluster, const char *path,
	const struct tree *t)
{
	char *key = xasprintf("%s/%s", cluster, path);
	struct buf b = BUF_INIT;

	tree_write(t, &b);
	lab_object_put(w, lab_bucket_find(w, w->state_bucket), key, buf_str(&b), b.len);
	buf_release(&b);
	free(key);
}

/* Applies all --unset, then all --set; true when the object is to be written. */
static bool edit_object(struct kops_run *r, struct tree *t, const char *what, struct err *e)
{
	struct strlist sets = { 0 }, unsets = { 0 };
	char *before = spec_text(t), *after;
	bool changed = false;

	kops_flag_all(r, "set", &sets);
	kops_flag_all(r, "unset", &unsets);
	if (!sets.n && !unsets.n)
		err_set(e, ERR_USAGE, "the lab's stand-in opens no editor: use --set and --unset");
	for (size_t i = 0; i < unsets.n && !err_is_set(e); i++)
		unset_field(t, unsets.v[i], e);
	for (size_t i = 0; i < sets.n && !err_is_set(e); i++)
		kops_set_field(t, sets.v[i], e);
	if (!err_is_set(e) && store_schema_check(t, what, e)) {
		after = spec_text(t);
		changed = !str_eq(before, after);
		free(after);
	}
	if (changed)
		bump_generation(t);
	free(before);
	strlist_release(&sets);
	strlist_release(&unsets);
	return changed;
}

static void edit_end(struct kops_run *r, bool changed, const struct err *e)
{
	if (err_is_set(e)) {
		kops_fail(r, "%s", e->text);
		return;
	}
	if (!changed)
		kops_err(r, "Edit cancelled: no changes made.");
	kops_exit(r, 0);
}

void kops_cmd_edit_cluster(struct kops_run *r)
{
	const char *cluster = kops_cluster_name(r, true);
	struct store_specs s = { .n = 0 };
	struct err e = ERR_INIT;
	bool changed = false;

	if (!cluster)
		return;
	if (store_load(kops_world(r), cluster, &s, &e)) {
		changed = edit_object(r, s.cluster, "config", &e);
		if (changed && !tree_at(s.cluster, "spec.networking.amazonvpc"))
			err_set(&e, ERR_REFUSED, "spec.networking: Required value: networking must "
				"be set");
		if (changed && !err_is_set(&e))
			write_object(kops_world(r), s.name, "config", s.cluster);
		store_specs_release(&s);
	}
	edit_end(r, changed, &e);
}

void kops_cmd_edit_group(struct kops_run *r)
{
	const char *cluster = kops_cluster_name(r, false);
	struct store_specs s = { .n = 0 };
	struct err e = ERR_INIT;
	bool changed = false;
	struct tree *g;

	if (!cluster)
		return;
	if (!kops_arg(r, 0)) {
		kops_fail(r, "must specify the name of instance group to edit");
		return;
	}
	if (store_load(kops_world(r), cluster, &s, &e)) {
		g = store_group(&s, kops_arg(r, 0));
		if (!g) {
			err_set(&e, ERR_NOT_FOUND, "InstanceGroup \"%s\" not found",
				kops_arg(r, 0));
		} else {
			changed = edit_object(r, g, kops_arg(r, 0), &e);
			tree_set_text(g, "metadata.labels.[kops.k8s.io/cluster]", s.name, true);
		}
		if (changed && !err_is_set(&e)) {
			char *path = xasprintf("instancegroup/%s", store_group_name(g));

			write_object(kops_world(r), s.name, path, g);
			free(path);
		}
		store_specs_release(&s);
	}
	edit_end(r, changed, &e);
}
