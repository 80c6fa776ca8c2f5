/* SPDX-License-Identifier: Apache-2.0 */
/* JSON patch (RFC 6902) with JSON pointers (RFC 6901). */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/patch.h"

/* The next part of a pointer, with ~1 and ~0 undone; owned. */
static char *pointer_part(const char **p)
{
	struct buf b = BUF_INIT;
	const char *s = *p + 1;
	for (; *s && *s != '/'; s++) {
		if (*s == '~' && (s[1] == '0' || s[1] == '1')) {
			buf_addc(&b, s[1] == '1' ? '/' : '~');
			s++;
		} else {
			buf_addc(&b, *s);
		}
	}
	*p = s;
	return buf_detach(&b);
}

static json_t *step(const json_t *at, const char *part)
{
	int64_t i;
	if (json_is_object(at))
		return json_object_get(at, part);
	if (json_is_array(at) && str_to_i64(part, 0, INT32_MAX, &i))
		return json_array_get(at, (size_t)i);
	return NULL;
}

/* The parent of what the pointer names, and the last part (owned by the caller). */
static json_t *pointer_parent(json_t *root, const char *path, char **last)
{
	json_t *at = root;
	*last = NULL;
	while (*path == '/') {
		char *part = pointer_part(&path);
		if (!*path) {
			*last = part;
			return at;
		}
		at = step(at, part);
		free(part);
		if (!at)
			return NULL;
	}
	return NULL;
}

static json_t *pointer_get(json_t *root, const char *path)
{
	char *last;
	if (!*path)
		return root;
	json_t *parent = pointer_parent(root, path, &last);
	json_t *v = parent ? step(parent, last) : NULL;
	free(last);
	return v;
}

/* Takes value. */
static bool pointer_add(json_t *root, const char *path, json_t *value, bool replace)
{
	char *last;
	int64_t i;
	bool ok = false;
	json_t *parent = pointer_parent(root, path, &last);
	if (parent && replace && !step(parent, last)) {
		ok = false;
	} else if (json_is_object(parent)) {
		ok = json_object_set(parent, last, value) == 0;
	} else if (json_is_array(parent) && strcmp(last, "-") == 0) {
		ok = json_array_append(parent, value) == 0;
	} else if (json_is_array(parent) && str_to_i64(last, 0, INT32_MAX, &i)) {
		ok = (replace ? json_array_set(parent, (size_t)i, value) :
				json_array_insert(parent, (size_t)i, value)) == 0;
	}
	free(last);
	json_decref(value);
	return ok;
}

static bool pointer_remove(json_t *root, const char *path)
{
	char *last;
	int64_t i;
	bool ok = false;
	json_t *parent = pointer_parent(root, path, &last);
	if (json_is_object(parent))
		ok = json_object_del(parent, last) == 0;
	else if (json_is_array(parent) && str_to_i64(last, 0, INT32_MAX, &i))
		ok = json_array_remove(parent, (size_t)i) == 0;
	free(last);
	return ok;
}

static bool operation_apply(json_t *root, const json_t *x, struct err *e)
{
	const char *op = json_str(x, "op"), *path = json_str(x, "path");
	const char *from = json_str(x, "from");
	json_t *value = json_object_get(x, "value");
	bool ok = false;
	if (!op || !path)
		return err_set(e, ERR_PARSE, "an operation needs op and path");
	if (strcmp(op, "test") == 0) {
		json_t *is = pointer_get(root, path);
		if (is ? json_equal(is, value) : !value || json_is_null(value))
			return true;
		return err_set(e, ERR_CONFLICT, "the server rejected our request due to an error "
			"in "
			"our request: testing value %s failed", path);
	}
	if (strcmp(op, "remove") == 0) {
		ok = pointer_remove(root, path);
	} else if (value && (strcmp(op, "add") == 0 || strcmp(op, "replace") == 0)) {
		ok = pointer_add(root, path, json_deep_copy(value), op[0] == 'r');
	} else if (from && (strcmp(op, "copy") == 0 || strcmp(op, "move") == 0)) {
		json_t *v = json_deep_copy(pointer_get(root, from));
		ok = v && (op[0] == 'c' || pointer_remove(root, from)) &&
			pointer_add(root, path, v, false);
	}
	return ok || err_set(e, ERR_PARSE, "%s operation does not apply: %s", op, path);
}

void *patch_json(const void *target, const void *patch, struct err *e)
{
	json_t *out = json_deep_copy(target), *x;
	size_t i;
	if (!json_is_array((const json_t *)patch)) {
		err_set(e, ERR_PARSE, "a JSON patch is a list of operations");
		json_decref(out);
		return NULL;
	}
	json_array_foreach((const json_t *)patch, i, x) {
		if (!operation_apply(out, x, e)) {
			json_decref(out);
			return NULL;
		}
	}
	return out;
}
