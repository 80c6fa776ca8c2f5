/* SPDX-License-Identifier: Apache-2.0 */
/* Label and field selectors. */
#include "lab/kube/select.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

enum op { OP_EQ, OP_NE, OP_IN, OP_NOT_IN, OP_EXISTS, OP_ABSENT, OP_GT, OP_LT };

struct term {
	char *key;
	enum op op;
	struct strlist values;
};
struct terms {
	struct term *v;
	size_t n, cap;
};
struct selection {
	struct terms labels, fields;
};

struct field_row {
	enum kube_kind kind;
	const char *name;
	const char *path; /* NULL: the same */
};
/* Kubernetes pkg/apis/core/v1/conversion.go and pkg/apis/events/v1/conversion.go. */
static const struct field_row fields[] = {
	{ KUBE_PODS, "spec.nodeName", NULL },
	{ KUBE_PODS, "spec.restartPolicy", NULL },
	{ KUBE_PODS, "spec.schedulerName", NULL },
	{ KUBE_PODS, "spec.serviceAccountName", NULL },
	{ KUBE_PODS, "spec.hostNetwork", NULL },
	{ KUBE_PODS, "status.phase", NULL },
	{ KUBE_PODS, "status.podIP", NULL },
	{ KUBE_PODS, "status.nominatedNodeName", NULL },
	{ KUBE_NODES, "spec.unschedulable", NULL },
	{ KUBE_NAMESPACES, "status.phase", NULL },
	{ KUBE_SECRETS, "type", NULL },
	{ KUBE_SERVICES, "spec.clusterIP", NULL },
	{ KUBE_SERVICES, "spec.type", NULL },
	{ KUBE_REPLICASETS, "status.replicas", NULL },
	{ KUBE_EVENTS, "involvedObject.kind", NULL },
	{ KUBE_EVENTS, "involvedObject.namespace", NULL },
	{ KUBE_EVENTS, "involvedObject.name", NULL },
	{ KUBE_EVENTS, "involvedObject.uid", NULL },
	{ KUBE_EVENTS, "involvedObject.apiVersion", NULL },
	{ KUBE_EVENTS, "involvedObject.resourceVersion", NULL },
	{ KUBE_EVENTS, "involvedObject.fieldPath", NULL },
	{ KUBE_EVENTS, "reason", NULL },
	{ KUBE_EVENTS, "reportingComponent", NULL },
	{ KUBE_EVENTS, "source", "source.component" },
	{ KUBE_EVENTS, "type", NULL },
};

static const char *skip_space(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static char *word_take(const char **s)
{
	const char *from = skip_space(*s), *p = from;
	while (*p && !strchr(",=!()<> \t", *p))
		p++;
	*s = skip_space(p);
	return xstrndup(from, (size_t)(p - from));
}

static bool values_take(const char **s, struct strlist *out)
{
	const char *p = skip_space(*s);
	if (*p != '(')
		return false;
	do {
		p++;
		strlist_take(out, word_take(&p));
	} while (*p == ',');
	if (*p != ')')
		return false;
	*s = skip_space(p + 1);
	return true;
}

static bool set_term(const char **s, struct term *t)
{
	char *w = word_take(s);
	bool in = strcmp(w, "in") == 0, notin = strcmp(w, "notin") == 0;
	free(w);
	t->op = in ? OP_IN : OP_NOT_IN;
	return (in || notin) && values_take(s, &t->values);
}

static bool term_take(const char **s, struct term *t)
{
	*s = skip_space(*s);
	bool absent = **s == '!' && (*s)[1] != '=';
	if (absent)
		(*s)++;
	t->key = word_take(s);
	t->op = absent ? OP_ABSENT : OP_EXISTS;
	if (!*t->key)
		return false;
	if (absent || !**s || **s == ',')
		return true;
	if (**s == '=') {
		*s += (*s)[1] == '=' ? 2 : 1;
		t->op = OP_EQ;
	} else if (**s == '!' && (*s)[1] == '=') {
		*s += 2;
		t->op = OP_NE;
	} else if (**s == '>' || **s == '<') {
		t->op = **s == '>' ? OP_GT : OP_LT;
		(*s)++;
	} else {
		return set_term(s, t);
	}
	strlist_take(&t->values, word_take(s));
	return true;
}

static bool terms_parse(struct terms *out, const char *text)
{
	const char *s = skip_space(text ? text : "");
	while (*s) {
		out->v = xgrow(out->v, &out->cap, out->n, sizeof(*out->v));
		out->v[out->n] = (struct term){ .key = NULL };
		if (!term_take(&s, &out->v[out->n++]))
			return false;
		if (*s == ',')
			s++;
		else if (*s)
			return false;
	}
	return true;
}

static void terms_release(struct terms *t)
{
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].key);
		strlist_release(&t->v[i].values);
	}
	free(t->v);
}

void selection_free(struct selection *s)
{
	if (!s)
		return;
	terms_release(&s->labels);
	terms_release(&s->fields);
	free(s);
}

static const char *field_path(const struct kube_resource *r, const char *name)
{
	if (strcmp(name, "metadata.name") == 0)
		return name;
	if (strcmp(name, "metadata.namespace") == 0 && r->namespaced)
		return name;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (fields[i].kind == r->id && strcmp(fields[i].name, name) == 0)
			return fields[i].path ? fields[i].path : fields[i].name;
	}
	return NULL;
}

struct selection *selection_new(const struct kube_resource *r, const char *labels,
	const char *field_text, struct err *e)
{
	struct selection *s = xcalloc(1, sizeof(*s));
	bool ok = true;
	if (!terms_parse(&s->labels, labels)) {
		ok = err_set(e, ERR_PARSE, "unable to parse requirement: %s", labels);
	} else if (!terms_parse(&s->fields, field_text)) {
		ok = err_set(e, ERR_PARSE, "invalid selector: '%s'", field_text);
	}
	for (size_t i = 0; ok && i < s->fields.n; i++) {
		const char *path = field_path(r, s->fields.v[i].key);
		if (!path || s->fields.v[i].op > OP_NE)
			ok = err_set(e, ERR_PARSE, "field label not supported: %s",
				s->fields.v[i].key);
		else
			xreplace(&s->fields.v[i].key, path);
	}
	if (ok)
		return s;
	selection_free(s);
	return NULL;
}

static bool term_matches(const struct term *t, const char *value)
{
	int64_t a, b;
	switch (t->op) {
	case OP_EQ:
	case OP_IN:
		return value && strlist_has(&t->values, value);
	case OP_NE:
	case OP_NOT_IN:
		return !value || !strlist_has(&t->values, value);
	case OP_EXISTS:
		return value;
	case OP_ABSENT:
		return !value;
	default:
		if (!value || t->values.n != 1 || !str_to_i64(value, INT64_MIN, INT64_MAX, &a) ||
		    !str_to_i64(t->values.v[0], INT64_MIN, INT64_MAX, &b))
			return false;
		return t->op == OP_GT ? a > b : a < b;
	}
}

static const char *field_text(const json_t *j, const char *path)
{
	const json_t *v = json_path(j, path);
	if (json_is_boolean(v))
		return json_is_true(v) ? "true" : "false";
	if (json_is_string(v))
		return json_string_value(v);
	return str_eq(path, "spec.unschedulable") || str_eq(path, "spec.hostNetwork") ?
		"false" : "";
}

bool selection_matches(const struct selection *s, const void *json)
{
	if (!s)
		return true;
	const json_t *labels = json_path(json, "metadata.labels");
	for (size_t i = 0; i < s->labels.n; i++) {
		const char *v = json_string_value(json_object_get(labels, s->labels.v[i].key));
		if (!term_matches(&s->labels.v[i], v))
			return false;
	}
	for (size_t i = 0; i < s->fields.n; i++) {
		if (!term_matches(&s->fields.v[i], field_text(json, s->fields.v[i].key)))
			return false;
	}
	return true;
}

bool select_subset(const void *want, const void *labels)
{
	const char *key;
	json_t *value, *w = (json_t *)(uintptr_t)want;
	json_object_foreach(w, key, value) {
		if (!str_eq(json_string_value(value),
			    json_string_value(json_object_get(labels, key))))
			return false;
	}
	return true;
}

static bool expression_matches(const json_t *x, const char *value)
{
	static const struct { const char *name; enum op op; } names[] = {
		{ "In", OP_IN }, { "NotIn", OP_NOT_IN }, { "Exists", OP_EXISTS },
		{ "DoesNotExist", OP_ABSENT }, { "Gt", OP_GT }, { "Lt", OP_LT },
	};
	const char *name = json_str(x, "operator");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!str_eq(names[i].name, name))
			continue;
		struct term t = { .op = names[i].op };
		size_t k;
		json_t *v;
		json_array_foreach(json_object_get(x, "values"), k, v) {
			if (json_is_string(v))
				strlist_add(&t.values, json_string_value(v));
		}
		bool ok = term_matches(&t, value);
		strlist_release(&t.values);
		return ok;
	}
	return false;
}

static bool expressions_match(const json_t *list, const json_t *labels)
{
	size_t i;
	json_t *x;
	json_array_foreach(list, i, x) {
		const char *key = json_str(x, "key");
		if (!key || !expression_matches(x,
			    json_string_value(json_object_get(labels, key))))
			return false;
	}
	return true;
}

bool select_labels(const void *selector, const void *labels)
{
	return selector && select_subset(json_object_get(selector, "matchLabels"), labels) &&
		expressions_match(json_object_get(selector, "matchExpressions"), labels);
}

bool select_node_term(const void *term, const void *node)
{
	const json_t *x = json_object_get(term, "matchExpressions");
	const json_t *f = json_object_get(term, "matchFields");
	size_t i;
	json_t *v;
	if (json_array_size(x) == 0 && json_array_size(f) == 0)
		return false;
	json_array_foreach(f, i, v) {
		if (!str_eq(json_str(v, "key"), "metadata.name") ||
		    !expression_matches(v, json_str(node, "metadata.name")))
			return false;
	}
	return expressions_match(x, json_path(node, "metadata.labels"));
}
