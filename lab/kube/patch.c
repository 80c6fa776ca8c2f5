/* SPDX-License-Identifier: Apache-2.0 */
/* JSON merge patch and strategic merge patch. */
#include "lab/kube/patch.h"

#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"

struct merge_key {
	const char *field, *key;
};
/* From the patchMergeKey tags of k8s.io/api; lists not named here are replaced whole. */
static const struct merge_key merge_keys[] = {
	{ "addresses", "type" },
	{ "conditions", "type" },
	{ "containers", "name" },
	{ "env", "name" },
	{ "ephemeralContainers", "name" },
	{ "hostAliases", "ip" },
	{ "imagePullSecrets", "name" },
	{ "initContainers", "name" },
	{ "ownerReferences", "uid" },
	{ "podIPs", "ip" },
	{ "ports", "containerPort" },
	{ "resourceClaims", "name" },
	{ "secrets", "name" },
	{ "topologySpreadConstraints", "topologyKey" },
	{ "volumeDevices", "devicePath" },
	{ "volumeMounts", "mountPath" },
	{ "volumes", "name" },
};

static json_t *merge_value(const json_t *target, json_t *patch)
{
	const char *key;
	json_t *v;
	if (!json_is_object(patch))
		return json_deep_copy(patch);
	json_t *out = json_is_object(target) ? json_deep_copy(target) : json_object();
	json_object_foreach(patch, key, v) {
		if (json_is_null(v))
			json_object_del(out, key);
		else
			json_object_set_new(out, key, merge_value(json_object_get(out, key), v));
	}
	return out;
}

void *patch_merge(const void *target, const void *patch)
{
	return merge_value(target, (json_t *)(uintptr_t)patch);
}

static const char *merge_key(const char *field, const json_t *list)
{
	for (size_t i = 0; i < sizeof(merge_keys) / sizeof(merge_keys[0]); i++) {
		if (strcmp(merge_keys[i].field, field) != 0)
			continue;
		const json_t *first = json_array_get(list, 0);
		/* A Service's ports go by port, a container's by containerPort. */
		if (strcmp(field, "ports") == 0 && first &&
		    !json_object_get(first, "containerPort") && json_object_get(first, "port"))
			return "port";
		return merge_keys[i].key;
	}
	return NULL;
}

static size_t list_find(const json_t *list, const char *key, const json_t *item)
{
	size_t i;
	json_t *v;
	const json_t *want = json_object_get(item, key);
	json_array_foreach(list, i, v) {
		if (want && json_equal(json_object_get(v, key), want))
			return i;
	}
	return (size_t)-1;
}

static json_t *strategic_object(const json_t *target, const json_t *patch);

/* A clean copy of a patch's value where nothing is there to merge with. */
static json_t *strategic_fresh(const json_t *patch)
{
	return json_is_object(patch) ? strategic_object(NULL, patch) : json_deep_copy(patch);
}

static bool item_is_delete(const json_t *item)
{
	return str_eq(json_str(item, "[$patch]"), "delete");
}

static json_t *strategic_list(const json_t *target, const json_t *patch, const char *key)
{
	json_t *out = json_is_array(target) ? json_deep_copy(target) : json_array();
	size_t i;
	json_t *item;
	json_array_foreach(patch, i, item) {
		if (str_eq(json_str(item, "[$patch]"), "replace"))
			json_array_clear(out);
	}
	json_array_foreach(patch, i, item) {
		size_t at = list_find(out, key, item);
		if (item_is_delete(item)) {
			if (at != (size_t)-1)
				json_array_remove(out, at);
		} else if (json_object_get(item, "$patch") && json_object_size(item) == 1) {
			continue;
		} else if (at != (size_t)-1) {
			json_array_set_new(out, at, strategic_object(json_array_get(out, at),
				item));
		} else {
			json_array_append_new(out, strategic_fresh(item));
		}
	}
	return out;
}

static bool array_has(const json_t *list, const json_t *v)
{
	size_t i;
	json_t *x;
	json_array_foreach(list, i, x) {
		if (json_equal(x, v))
			return true;
	}
	return false;
}

static void primitives_delete(json_t *list, const json_t *gone)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		if (array_has(gone, json_array_get(list, i)))
			json_array_remove(list, i);
	}
}

/* First what the order names, in its order, then the rest. */
static json_t *list_ordered(json_t *list, const json_t *order, const char *field)
{
	const char *key = merge_key(field, list);
	json_t *out = json_array(), *want, *v;
	size_t i, k;
	json_array_foreach(order, i, want) {
		json_array_foreach(list, k, v) {
			bool same = json_is_object(want) ?
				key && json_equal(json_object_get(v, key), json_object_get(want,
				key)) :
				json_equal(v, want);
			if (same && !array_has(out, v))
				json_array_append(out, v);
		}
	}
	json_array_foreach(list, k, v) {
		if (!array_has(out, v))
			json_array_append(out, v);
	}
	return out;
}

static void retain_keys(json_t *out, const json_t *keep)
{
	const char *key;
	json_t *v;
	void *next;
	json_object_foreach_safe(out, next, key, v) {
		json_t *name = json_string(key);
		if (!array_has(keep, name))
			json_object_del(out, key);
		json_decref(name);
	}
}

/* The directives, applied after the plain fields. */
static void strategic_directives(json_t *out, const json_t *patch)
{
	static const char delete_list[] = "$deleteFromPrimitiveList/";
	static const char set_order[] = "$setElementOrder/";
	const char *key;
	json_t *v, *p = (json_t *)(uintptr_t)patch;
	json_object_foreach(p, key, v) {
		if (str_starts(key, delete_list)) {
			primitives_delete(json_object_get(out, key + sizeof(delete_list) - 1), v);
		} else if (str_starts(key, set_order)) {
			const char *field = key + sizeof(set_order) - 1;
			json_t *list = json_object_get(out, field);
			if (json_is_array(list))
				json_object_set_new(out, field, list_ordered(list, v, field));
		} else if (strcmp(key, "$retainKeys") == 0) {
			retain_keys(out, v);
		}
	}
}

static json_t *strategic_array_field(const json_t *old, const json_t *v, const char *field)
{
	const char *key = merge_key(field, json_array_size(v) ? v : old);
	if (key)
		return strategic_list(old, v, key);
	if (strcmp(field, "finalizers") != 0)
		return json_deep_copy(v);
	json_t *out = json_is_array(old) ? json_deep_copy(old) : json_array(), *x;
	size_t i;
	json_array_foreach(v, i, x) {
		if (!array_has(out, x))
			json_array_append(out, x);
	}
	return out;
}

static json_t *strategic_object(const json_t *target, const json_t *patch)
{
	const char *key, *directive = json_str(patch, "[$patch]");
	json_t *v, *p = (json_t *)(uintptr_t)patch;
	bool replace = str_eq(directive, "replace");
	json_t *out = json_is_object(target) && !replace ? json_deep_copy(target) : json_object();
	if (str_eq(directive, "delete")) {
		json_object_clear(out);
		return out;
	}
	json_object_foreach(p, key, v) {
		json_t *old = json_object_get(out, key);
		if (key[0] == '$')
			continue;
		if (json_is_null(v))
			json_object_del(out, key);
		else if (json_is_object(v))
			json_object_set_new(out, key, strategic_object(old, v));
		else if (json_is_array(v))
			json_object_set_new(out, key, strategic_array_field(old, v, key));
		else
			json_object_set_new(out, key, json_deep_copy(v));
	}
	strategic_directives(out, patch);
	return out;
}

void *patch_strategic(const void *target, const void *patch)
{
	return strategic_object(target, patch);
}
