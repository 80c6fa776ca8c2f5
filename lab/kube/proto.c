/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of protobuf by the tables of kube-proto-fields.h. */
#include "lab/kube/proto.h"

#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/proto-fields.h"

#define DEPTH_MAX 32

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

/* google.protobuf's seconds and nanoseconds; 0 is no time. */
static json_t *time_of(struct cursor c)
{
	struct value v;
	int64_t seconds = 0, nanos = 0;
	char text[40];
	while (value_next(&c, &v)) {
		if (v.number == 1)
			seconds = (int64_t)v.n;
		else if (v.number == 2)
			nanos = (int64_t)v.n;
	}
	if (seconds == 0 && nanos == 0)
		return NULL;
	stamp_format(text, seconds * 1000 + nanos / 1000000, nanos != 0);
	return json_string(text);
}

static json_t *raw_json(struct cursor c)
{
	struct value v;
	json_t *j = NULL;
	while (value_next(&c, &v)) {
		if (v.number == 1 && v.wire == 2 && !j)
			j = json_parse(
				(const char *)v.body.p, (size_t)(v.body.end - v.body.p), NULL);
	}
	return j;
}

static json_t *message_read(struct cursor *c, enum proto_message m, int depth);

/* A field's value; NULL where it says nothing. */
static json_t *field_read(const struct proto_field *f, struct value *v, int depth)
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
	case TIME:
		return time_of(v->body);
	case RAW_JSON:
		return raw_json(v->body);
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

static void field_put(json_t *object, const struct proto_field *f, struct value *v, int depth)
{
	if (f->shape == TEXT_MAP || f->shape == QUANTITY_MAP) {
		map_put(member(object, f->name, json_object), &v->body, f->shape == QUANTITY_MAP);
		return;
	}
	if (f->shape == INLINE) {
		json_t *inner = message_read(&v->body, f->message, depth + 1);
		json_object_update(object, inner);
		json_decref(inner);
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

static bool shape_is_number(enum proto_shape s)
{
	return s == NUMBER || s == POINTER || s == FLAG;
}

static json_t *message_read(struct cursor *c, enum proto_message m, int depth)
{
	struct value v;
	size_t n;
	const struct proto_field *f = kube_proto_fields(m, &n);
	json_t *object = json_object();
	while (depth < DEPTH_MAX && value_next(c, &v)) {
		for (size_t i = 0; i < n; i++) {
			unsigned wire = shape_is_number(f[i].shape) ? 0 : 2;
			if (f[i].number == v.number && v.wire == wire)
				field_put(object, &f[i], &v, depth);
		}
	}
	return object;
}

static json_t *object_read(struct cursor *raw, const json_t *kind, const json_t *version)
{
	const struct proto_kind *k = kube_proto_kind(json_string_value(kind));
	if (!k)
		return NULL;
	json_t *j = message_read(raw, k->message, 0);
	json_object_set(j, "kind", (json_t *)(uintptr_t)kind);
	json_object_set(j, "apiVersion", (json_t *)(uintptr_t)version);
	return j;
}

void *kube_proto_read(const void *p, size_t n, struct err *e)
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
