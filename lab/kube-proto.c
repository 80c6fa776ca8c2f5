/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of protobuf by a table of fields. */
#include "lab/kube-proto.h"

#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define DEPTH_MAX 32

enum message {
	M_NONE, M_META, M_PLAIN, M_CONFIG, M_DEPLOYMENT, M_DEPLOYMENT_SPEC, M_STRATEGY, M_ROLLING,
	M_SELECTOR, M_REQUIREMENT, M_TEMPLATE, M_POD, M_POD_SPEC, M_CONTAINER, M_PORT, M_ENV,
	M_RESOURCES, M_TOLERATION, M_BUDGET, M_BUDGET_SPEC, M_DAEMONSET, M_DAEMONSET_SPEC,
	M_EVICTION, M_DELETE_OPTIONS, M_PRECONDITIONS
};
enum shape { TEXT, NUMBER, POINTER /* a number whose 0 counts */, FLAG, MESSAGE, TEXT_MAP,
	QUANTITY_MAP, INT_OR_TEXT };

struct field {
	enum message in;
	unsigned number;
	const char *name;
	enum shape shape;
	bool list;
	enum message message;
};
static const struct field fields[] = {
	{ M_META, 1, "name", TEXT },
	{ M_META, 2, "generateName", TEXT },
	{ M_META, 3, "namespace", TEXT },
	{ M_META, 6, "resourceVersion", TEXT },
	{ M_META, 11, "labels", TEXT_MAP },
	{ M_META, 12, "annotations", TEXT_MAP },
	{ M_PLAIN, 1, "metadata", MESSAGE, false, M_META },
	{ M_CONFIG, 1, "metadata", MESSAGE, false, M_META },
	{ M_CONFIG, 2, "data", TEXT_MAP },
	{ M_DEPLOYMENT, 1, "metadata", MESSAGE, false, M_META },
	{ M_DEPLOYMENT, 2, "spec", MESSAGE, false, M_DEPLOYMENT_SPEC },
	{ M_DEPLOYMENT_SPEC, 1, "replicas", POINTER },
	{ M_DEPLOYMENT_SPEC, 2, "selector", MESSAGE, false, M_SELECTOR },
	{ M_DEPLOYMENT_SPEC, 3, "template", MESSAGE, false, M_TEMPLATE },
	{ M_DEPLOYMENT_SPEC, 4, "strategy", MESSAGE, false, M_STRATEGY },
	{ M_DEPLOYMENT_SPEC, 5, "minReadySeconds", NUMBER },
	{ M_DEPLOYMENT_SPEC, 6, "revisionHistoryLimit", POINTER },
	{ M_DEPLOYMENT_SPEC, 7, "paused", FLAG },
	{ M_DEPLOYMENT_SPEC, 9, "progressDeadlineSeconds", POINTER },
	{ M_DAEMONSET, 1, "metadata", MESSAGE, false, M_META },
	{ M_DAEMONSET, 2, "spec", MESSAGE, false, M_DAEMONSET_SPEC },
	{ M_DAEMONSET_SPEC, 1, "selector", MESSAGE, false, M_SELECTOR },
	{ M_DAEMONSET_SPEC, 2, "template", MESSAGE, false, M_TEMPLATE },
	{ M_DAEMONSET_SPEC, 3, "updateStrategy", MESSAGE, false, M_STRATEGY },
	{ M_STRATEGY, 1, "type", TEXT },
	{ M_STRATEGY, 2, "rollingUpdate", MESSAGE, false, M_ROLLING },
	{ M_ROLLING, 1, "maxUnavailable", INT_OR_TEXT },
	{ M_ROLLING, 2, "maxSurge", INT_OR_TEXT },
	{ M_SELECTOR, 1, "matchLabels", TEXT_MAP },
	{ M_SELECTOR, 2, "matchExpressions", MESSAGE, true, M_REQUIREMENT },
	{ M_REQUIREMENT, 1, "key", TEXT },
	{ M_REQUIREMENT, 2, "operator", TEXT },
	{ M_REQUIREMENT, 3, "values", TEXT, true },
	{ M_TEMPLATE, 1, "metadata", MESSAGE, false, M_META },
	{ M_TEMPLATE, 2, "spec", MESSAGE, false, M_POD_SPEC },
	{ M_POD, 1, "metadata", MESSAGE, false, M_META },
	{ M_POD, 2, "spec", MESSAGE, false, M_POD_SPEC },
	{ M_POD_SPEC, 2, "containers", MESSAGE, true, M_CONTAINER },
	{ M_POD_SPEC, 3, "restartPolicy", TEXT },
	{ M_POD_SPEC, 4, "terminationGracePeriodSeconds", POINTER },
	{ M_POD_SPEC, 6, "dnsPolicy", TEXT },
	{ M_POD_SPEC, 7, "nodeSelector", TEXT_MAP },
	{ M_POD_SPEC, 8, "serviceAccountName", TEXT },
	{ M_POD_SPEC, 10, "nodeName", TEXT },
	{ M_POD_SPEC, 11, "hostNetwork", FLAG },
	{ M_POD_SPEC, 19, "schedulerName", TEXT },
	{ M_POD_SPEC, 22, "tolerations", MESSAGE, true, M_TOLERATION },
	{ M_POD_SPEC, 24, "priorityClassName", TEXT },
	{ M_CONTAINER, 1, "name", TEXT },
	{ M_CONTAINER, 2, "image", TEXT },
	{ M_CONTAINER, 3, "command", TEXT, true },
	{ M_CONTAINER, 4, "args", TEXT, true },
	{ M_CONTAINER, 6, "ports", MESSAGE, true, M_PORT },
	{ M_CONTAINER, 7, "env", MESSAGE, true, M_ENV },
	{ M_CONTAINER, 8, "resources", MESSAGE, false, M_RESOURCES },
	{ M_CONTAINER, 14, "imagePullPolicy", TEXT },
	{ M_PORT, 1, "name", TEXT },
	{ M_PORT, 2, "hostPort", NUMBER },
	{ M_PORT, 3, "containerPort", NUMBER },
	{ M_PORT, 4, "protocol", TEXT },
	{ M_ENV, 1, "name", TEXT },
	{ M_ENV, 2, "value", TEXT },
	{ M_RESOURCES, 1, "limits", QUANTITY_MAP },
	{ M_RESOURCES, 2, "requests", QUANTITY_MAP },
	{ M_TOLERATION, 1, "key", TEXT },
	{ M_TOLERATION, 2, "operator", TEXT },
	{ M_TOLERATION, 3, "value", TEXT },
	{ M_TOLERATION, 4, "effect", TEXT },
	{ M_TOLERATION, 5, "tolerationSeconds", POINTER },
	{ M_BUDGET, 1, "metadata", MESSAGE, false, M_META },
	{ M_BUDGET, 2, "spec", MESSAGE, false, M_BUDGET_SPEC },
	{ M_BUDGET_SPEC, 1, "minAvailable", INT_OR_TEXT },
	{ M_BUDGET_SPEC, 2, "selector", MESSAGE, false, M_SELECTOR },
	{ M_BUDGET_SPEC, 3, "maxUnavailable", INT_OR_TEXT },
	{ M_EVICTION, 1, "metadata", MESSAGE, false, M_META },
	{ M_EVICTION, 2, "deleteOptions", MESSAGE, false, M_DELETE_OPTIONS },
	{ M_DELETE_OPTIONS, 1, "gracePeriodSeconds", POINTER },
	{ M_DELETE_OPTIONS, 2, "preconditions", MESSAGE, false, M_PRECONDITIONS },
	{ M_DELETE_OPTIONS, 4, "propagationPolicy", TEXT },
	{ M_DELETE_OPTIONS, 5, "dryRun", TEXT, true },
	{ M_PRECONDITIONS, 1, "uid", TEXT },
	{ M_PRECONDITIONS, 2, "resourceVersion", TEXT },
};

static const struct {
	const char *kind;
	enum message message;
} kinds[] = {
	{ "ConfigMap", M_CONFIG },
	{ "DaemonSet", M_DAEMONSET },
	{ "DeleteOptions", M_DELETE_OPTIONS },
	{ "Deployment", M_DEPLOYMENT },
	{ "Eviction", M_EVICTION },
	{ "Namespace", M_PLAIN },
	{ "Pod", M_POD },
	{ "PodDisruptionBudget", M_BUDGET },
	{ "ServiceAccount", M_PLAIN },
};

/* Bytes left to read; bad once they made no sense. */
struct cursor {
	const unsigned char *p, *end;
	bool bad;
};

static uint64_t varint(struct cursor *c)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 64; shift += 7) {
		if (c->p == c->end)
			break;
		unsigned char b = *c->p++;
		v |= (uint64_t)(b & 127) << shift;
		if (!(b & 128))
			return v;
	}
	c->bad = true;
	return 0;
}

struct value {
	unsigned number, wire;
	uint64_t n;         /* wire 0 */
	struct cursor body; /* wire 2 */
};

static bool value_next(struct cursor *c, struct value *v)
{
	if (c->bad || c->p == c->end)
		return false;
	uint64_t key = varint(c);
	size_t size = 0;
	*v = (struct value){ .number = (unsigned)(key >> 3), .wire = (unsigned)(key & 7) };
	if (v->wire == 0)
		v->n = varint(c);
	else if (v->wire == 1 || v->wire == 5)
		size = v->wire == 1 ? 8 : 4;
	else if (v->wire == 2)
		size = (size_t)varint(c);
	else
		c->bad = true;
	if (c->bad || size > (size_t)(c->end - c->p)) {
		c->bad = true;
		return false;
	}
	v->body = (struct cursor){ c->p, c->p + size, false };
	c->p += size;
	return true;
}

static json_t *text_of(const struct cursor *c)
{
	return json_stringn((const char *)c->p, (size_t)(c->end - c->p));
}

/* Field number of a message as text; NULL: absent. */
static json_t *text_field(struct cursor c, unsigned number)
{
	struct value v;
	while (value_next(&c, &v)) {
		if (v.number == number && v.wire == 2)
			return text_of(&v.body);
	}
	return NULL;
}

static void map_put(json_t *map, const struct cursor *entry, bool quantity)
{
	struct cursor c = *entry;
	struct value v;
	json_t *key = NULL, *value = NULL;
	while (value_next(&c, &v)) {
		if (v.wire != 2)
			continue;
		json_t **to = v.number == 1 ? &key : &value;
		json_decref(*to);
		*to = v.number == 2 && quantity ? text_field(v.body, 1) : text_of(&v.body);
	}
	if (key)
		json_object_set_new(map, json_string_value(key), value ? value : json_string(""));
	else
		json_decref(value);
	json_decref(key);
}

static json_t *int_or_text(struct cursor c)
{
	struct value v;
	uint64_t kind = 0, n = 0;
	json_t *text = NULL;
	while (value_next(&c, &v)) {
		if (v.number == 1)
			kind = v.n;
		else if (v.number == 2)
			n = v.n;
		else if (v.number == 3 && !text)
			text = text_of(&v.body);
	}
	if (kind == 1)
		return text ? text : json_string("");
	json_decref(text);
	return json_integer((json_int_t)n);
}

static json_t *message_read(struct cursor *c, enum message m, int depth);

/* A field's value; NULL where it says nothing. */
static json_t *field_read(const struct field *f, struct value *v, int depth)
{
	bool empty = v->body.p == v->body.end;
	switch (f->shape) {
	case TEXT:
		return empty && !f->list ? NULL : text_of(&v->body);
	case NUMBER:
		return v->n ? json_integer((json_int_t)v->n) : NULL;
	case POINTER:
		return json_integer((json_int_t)v->n);
	case FLAG:
		return v->n ? json_true() : NULL;
	case MESSAGE:
		return message_read(&v->body, f->message, depth + 1);
	case INT_OR_TEXT:
		return int_or_text(v->body);
	default:
		return NULL;
	}
}

static json_t *member(json_t *object, const char *name, json_t *(*make)(void))
{
	json_t *v = json_object_get(object, name);
	if (!v) {
		v = make();
		json_object_set_new(object, name, v);
	}
	return v;
}

static void field_put(json_t *object, const struct field *f, struct value *v, int depth)
{
	if (f->shape == TEXT_MAP || f->shape == QUANTITY_MAP) {
		map_put(member(object, f->name, json_object), &v->body, f->shape == QUANTITY_MAP);
		return;
	}
	json_t *x = field_read(f, v, depth);
	if (!x)
		return;
	if (f->list)
		json_array_append_new(member(object, f->name, json_array), x);
	else
		json_object_set_new(object, f->name, x);
}

static json_t *message_read(struct cursor *c, enum message m, int depth)
{
	struct value v;
	json_t *object = json_object();
	while (depth < DEPTH_MAX && value_next(c, &v)) {
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
			bool wire_fits = v.wire == (fields[i].shape == NUMBER ||
				fields[i].shape == POINTER || fields[i].shape == FLAG ? 0u : 2u);
			if (fields[i].in == m && fields[i].number == v.number && wire_fits)
				field_put(object, &fields[i], &v, depth);
		}
	}
	return object;
}

static json_t *object_read(struct cursor *raw, const json_t *kind, const json_t *version)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!str_eq(kinds[i].kind, json_string_value(kind)))
			continue;
		json_t *j = message_read(raw, kinds[i].message, 0);
		json_object_set(j, "kind", (json_t *)(uintptr_t)kind);
		json_object_set(j, "apiVersion", (json_t *)(uintptr_t)version);
		return j;
	}
	return NULL;
}

void *proto_read(const void *p, size_t n, struct err *e)
{
	static const unsigned char magic[4] = { 'k', '8', 's', 0 };
	struct cursor c = { (const unsigned char *)p + 4, (const unsigned char *)p + n, false };
	struct cursor raw = { NULL, NULL, false };
	struct value v;
	json_t *kind = NULL, *version = NULL, *out = NULL;
	if (n < 4 || memcmp(p, magic, 4) != 0) {
		err_set(e, ERR_PARSE, "the body is not in Kubernetes' protobuf form");
		return NULL;
	}
	while (value_next(&c, &v)) {
		if (v.number == 1 && v.wire == 2 && !kind) {
			version = text_field(v.body, 1);
			kind = text_field(v.body, 2);
		} else if (v.number == 2 && v.wire == 2) {
			raw = v.body;
		}
	}
	if (kind && version && raw.p)
		out = object_read(&raw, kind, version);
	if (!out)
		err_set(e, ERR_PARSE, "the lab reads no %s in protobuf form; send it as JSON",
			kind ? json_string_value(kind) : "such object");
	json_decref(kind);
	json_decref(version);
	return out;
}
