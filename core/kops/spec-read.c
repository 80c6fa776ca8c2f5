/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of a stored document, typed as kops types them. */
#include "core/kops/spec-read.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"

struct yaml_node *spec_list(struct spec_reader *r, struct yaml_node *at, const char *path)
{
	struct yaml_node *n = yaml_at(at, path);

	if (!n || scalar_type(n) == SCALAR_NULL) {
		return NULL;
	}
	if (n->kind != YAML_SEQ) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must be a list", n->line, path);
		return NULL;
	}
	return n;
}

const char *spec_string(struct spec_reader *r, const struct yaml_node *n, const char *name)
{
	enum scalar_type t = scalar_type(n);

	if (t == SCALAR_NULL) {
		return NULL;
	}
	if (t == SCALAR_STRING) {
		return arena_strndup(r->a, n->text, n->text_len);
	}
	if (err_is_set(&r->err)) {
		return NULL;
	}
	err_set(&r->err, ERR_PARSE, "line %zu: %s must be a string, and this is %s", n->line, name,
		scalar_type_name(t));
	if (n->kind == YAML_SCALAR) {
		err_hint(&r->err, "Write it in quotes: \"%.60s\"", n->text);
	}
	return NULL;
}

const char *spec_str(struct spec_reader *r, struct yaml_node *at, const char *path)
{
	return spec_string(r, yaml_at(at, path), path);
}

int64_t spec_int32(struct spec_reader *r, struct yaml_node *at, const char *path,
	int64_t otherwise, size_t *line)
{
	struct yaml_node *n = yaml_at(at, path);
	int64_t v = 0;

	if (scalar_type(n) == SCALAR_NULL) {
		return otherwise;
	}
	if (line) {
		*line = n->line;
	}
	if (scalar_type(n) != SCALAR_INT || !yaml_int(n, &v)) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must be a whole number, and this is %s",
			n->line, path, scalar_type_name(scalar_type(n)));
		return otherwise;
	}
	if (v < INT32_MIN || v > INT32_MAX) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must fit into 32 bits", n->line, path);
		return otherwise;
	}
	return v;
}

static struct int_or_percent spec_int_or_percent(struct spec_reader *r, struct yaml_node *at,
	const char *path)
{
	struct int_or_percent out = { .value = -1 };
	struct yaml_node *n = yaml_at(at, path);
	char digits[16];
	int64_t v;

	if (scalar_type(n) == SCALAR_NULL) {
		return out;
	}
	if (scalar_type(n) == SCALAR_INT && yaml_int(n, &v) && v >= 0 && v <= INT32_MAX) {
		out.value = (int32_t)v;
		return out;
	}
	if (n->kind == YAML_SCALAR && n->text_len && n->text_len < sizeof(digits)) {
		snprintf(digits, sizeof(digits), "%s", n->text);
		out.percent = digits[n->text_len - 1] == '%';
		if (out.percent) {
			digits[n->text_len - 1] = '\0';
		}
		if (out.percent && str_to_i64(digits, 0, INT32_MAX, &v)) {
			out.value = (int32_t)v;
			return out;
		}
	}
	err_set(&r->err, ERR_PARSE, "line %zu: %s must be a number or a percentage like \"25%%\"",
		n->line, path);
	return (struct int_or_percent){ .value = -1 };
}

static enum tri spec_tri(struct spec_reader *r, struct yaml_node *at, const char *path)
{
	struct yaml_node *n = yaml_at(at, path);
	bool b = false;

	if (scalar_type(n) == SCALAR_NULL) {
		return TRI_UNKNOWN;
	}
	if (scalar_type(n) != SCALAR_BOOL || !yaml_bool(n, &b)) {
		err_set(&r->err, ERR_PARSE, "line %zu: %s must be true or false", n->line, path);
		return TRI_UNKNOWN;
	}
	return b ? TRI_YES : TRI_NO;
}

struct rolling_settings spec_rolling(struct spec_reader *r, struct yaml_node *root)
{
	return (struct rolling_settings){
		.max_surge = spec_int_or_percent(r, root, "spec.rollingUpdate.maxSurge"),
		.max_unavailable = spec_int_or_percent(r, root,
			"spec.rollingUpdate.maxUnavailable"),
		.drain_and_terminate = spec_tri(r, root, "spec.rollingUpdate.drainAndTerminate"),
	};
}

const char **spec_strings(struct spec_reader *r, struct yaml_node *at, const char *path,
	size_t *n)
{
	struct yaml_node *list = spec_list(r, at, path);

	*n = 0;
	if (!list || !list->count) {
		return NULL;
	}
	const char **out = arena_alloc(r->a, list->count * sizeof(*out));
	for (size_t i = 0; i < list->count; i++) {
		const char *s = spec_string(r, list->items[i], path);

		if (s) {
			out[(*n)++] = s;
		}
	}
	return out;
}

int64_t spec_max_pods(struct spec_reader *r, struct yaml_node *root, const char *kubelet,
	size_t *line)
{
	char path[64];

	snprintf(path, sizeof(path), "%s.maxPods", kubelet);
	return spec_int32(r, root, path, -1, line);
}
