/* SPDX-License-Identifier: Apache-2.0 */
/* A writer of protobuf by the tables of kube-proto-fields.h. */
#include "lab/kube/proto.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/proto-fields.h"

static const char magic[4] = { 'k', '8', 's', 0 };

/* jansson's macros for walking want what they do not change to be changeable. */
static json_t *walkable(const json_t *j)
{
	return (json_t *)(uintptr_t)j;
}

static size_t varint_bytes(char out[10], uint64_t v)
{
	size_t n = 0;
	do {
		out[n++] = (char)((v & 127) | (v > 127 ? 128 : 0));
		v >>= 7;
	} while (v);
	return n;
}

static void varint_put(struct buf *b, uint64_t v)
{
	char bytes[10];
	buf_add(b, bytes, varint_bytes(bytes, v));
}

static void number_put(struct buf *b, unsigned number, uint64_t v)
{
	varint_put(b, (uint64_t)number << 3);
	varint_put(b, v);
}

static void bytes_put(struct buf *b, unsigned number, const void *p, size_t n)
{
	varint_put(b, (uint64_t)number << 3 | 2);
	varint_put(b, n);
	buf_add(b, p, n);
}

static void text_put(struct buf *b, unsigned number, const char *s)
{
	if (s)
		bytes_put(b, number, s, strlen(s));
}

/*
 * A nested message is written in place: one byte is kept for its length, and more are made
 * room for once it is known.
 */
static size_t nested_begin(struct buf *b, unsigned number)
{
	varint_put(b, (uint64_t)number << 3 | 2);
	buf_addc(b, 0);
	return b->len;
}

static void nested_end(struct buf *b, size_t start)
{
	char bytes[10];
	size_t n = b->len - start, extra = varint_bytes(bytes, n) - 1;
	for (size_t i = 0; i < extra; i++)
		buf_addc(b, 0);
	if (b->failed)
		return;
	memmove(b->data + start + extra, b->data + start, n);
	memcpy(b->data + start - 1, bytes, extra + 1);
}

static void time_put(struct buf *b, unsigned number, const json_t *v)
{
	const char *s = json_string_value(v);
	int64_t ms = s ? stamp_parse(s) : 0;
	if (ms <= 0)
		return;
	size_t at = nested_begin(b, number);
	number_put(b, 1, (uint64_t)(ms / 1000));
	if (ms % 1000)
		number_put(b, 2, (uint64_t)(ms % 1000) * 1000000);
	nested_end(b, at);
}

static void map_put(struct buf *b, unsigned number, const json_t *map, bool quantity)
{
	const char *key;
	json_t *v;
	json_object_foreach(walkable(map), key, v) {
		size_t at = nested_begin(b, number);
		text_put(b, 1, key);
		if (quantity) {
			size_t inner = nested_begin(b, 2);
			text_put(b, 1, json_string_value(v));
			nested_end(b, inner);
		} else {
			text_put(b, 2, json_string_value(v));
		}
		nested_end(b, at);
	}
}

static void int_or_text_put(struct buf *b, unsigned number, const json_t *v)
{
	size_t at = nested_begin(b, number);
	number_put(b, 1, json_is_string(v));
	number_put(b, 2, (uint64_t)json_integer_value(v));
	text_put(b, 3, json_is_string(v) ? json_string_value(v) : "");
	nested_end(b, at);
}

static void raw_put(struct buf *b, unsigned number, const json_t *v)
{
	struct buf text = BUF_INIT;
	json_write(&text, v, false);
	size_t at = nested_begin(b, number);
	bytes_put(b, 1, buf_str(&text), text.len);
	nested_end(b, at);
	buf_release(&text);
}

static void message_put(struct buf *b, enum proto_message m, const json_t *object);

static void field_put(struct buf *b, const struct proto_field *f, const json_t *v)
{
	size_t at;
	switch (f->shape) {
	case TEXT:
		text_put(b, f->number, json_string_value(v));
		break;
	case NUMBER:
	case POINTER:
		number_put(b, f->number, (uint64_t)json_integer_value(v));
		break;
	case FLAG:
		number_put(b, f->number, json_is_true(v));
		break;
	case MESSAGE:
	case INLINE:
		at = nested_begin(b, f->number);
		message_put(b, f->message, v);
		nested_end(b, at);
		break;
	case TEXT_MAP:
	case QUANTITY_MAP:
		map_put(b, f->number, v, f->shape == QUANTITY_MAP);
		break;
	case INT_OR_TEXT:
		int_or_text_put(b, f->number, v);
		break;
	case TIME:
		time_put(b, f->number, v);
		break;
	case RAW_JSON:
		raw_put(b, f->number, v);
		break;
	}
}

static void message_put(struct buf *b, enum proto_message m, const json_t *object)
{
	size_t n, k;
	const struct proto_field *f = kube_proto_fields(m, &n);
	for (size_t i = 0; i < n; i++) {
		const json_t *v = f[i].shape == INLINE ? object :
			json_object_get(object, f[i].name);
		json_t *x;
		if (!v || json_is_null(v))
			continue;
		if (!f[i].list) {
			field_put(b, &f[i], v);
			continue;
		}
		json_array_foreach(walkable(v), k, x)
			field_put(b, &f[i], x);
	}
}

bool kube_proto_writes(const char *kind)
{
	const struct proto_kind *k = kube_proto_kind(kind);
	return k && k->whole;
}

void kube_proto_write_message(struct buf *out, const char *kind, const void *json)
{
	const struct proto_kind *k = kube_proto_kind(kind);
	if (k)
		message_put(out, k->message, json);
}

/* runtime.Unknown up to its raw bytes. */
static void envelope_put(struct buf *out, const char *kind, const char *api_version)
{
	buf_add(out, magic, sizeof(magic));
	size_t at = nested_begin(out, 1);
	text_put(out, 1, api_version);
	text_put(out, 2, kind);
	nested_end(out, at);
}

bool kube_proto_write(struct buf *out, const void *json)
{
	const char *kind = json_str(json, "kind");
	if (!kube_proto_writes(kind))
		return false;
	envelope_put(out, kind, json_str(json, "apiVersion"));
	size_t at = nested_begin(out, 2);
	kube_proto_write_message(out, kind, json);
	nested_end(out, at);
	return true;
}

bool kube_proto_write_event(struct buf *out, const char *type, const void *json)
{
	struct buf event = BUF_INIT;
	text_put(&event, 1, type);
	size_t object = nested_begin(&event, 2), raw = nested_begin(&event, 1);
	bool ok = kube_proto_write(&event, json);
	nested_end(&event, raw);
	nested_end(&event, object);
	if (ok) {
		size_t n = event.len;
		const char head[4] = { (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };
		buf_add(out, head, sizeof(head));
		buf_add(out, event.data, n);
	}
	buf_release(&event);
	return ok;
}

void kube_proto_list_head(struct buf *out, const char *kind, const char *api_version,
	const void *list_meta, uint64_t size)
{
	struct buf meta = BUF_INIT;
	char *list = xasprintf("%sList", kind);
	text_put(&meta, 2, json_str(list_meta, "resourceVersion"));
	text_put(&meta, 3, json_str(list_meta, "continue"));
	envelope_put(out, list, api_version);
	free(list);
	char bytes[10];
	varint_put(out, 2 << 3 | 2);
	varint_put(out, 1 + varint_bytes(bytes, meta.len) + meta.len + size);
	bytes_put(out, 1, buf_str(&meta), meta.len);
	buf_release(&meta);
}

void kube_proto_item_head(struct buf *out, size_t size)
{
	varint_put(out, 2 << 3 | 2);
	varint_put(out, size);
}

/* ---- what the tables do not know ---- */

static void unknown_add(struct buf *out, enum proto_message m, const json_t *object,
	const char *path);

static const struct proto_field *field_find(enum proto_message m, const char *name)
{
	size_t n;
	const struct proto_field *f = kube_proto_fields(m, &n);
	for (size_t i = 0; i < n; i++) {
		const struct proto_field *inner =
			f[i].shape == INLINE ? field_find(f[i].message, name) : NULL;
		if (inner || strcmp(f[i].name, name) == 0)
			return inner ? inner : &f[i];
	}
	return NULL;
}

static void unknown_member(struct buf *out, enum proto_message m, const char *name,
	const json_t *v, const char *path)
{
	const struct proto_field *f = field_find(m, name);
	char *here = xasprintf("%s%s%s", path, *path ? "." : "", name);
	size_t k;
	json_t *x;
	if (!f) {
		buf_addf(out, "%s\n", here);
	} else if (f->shape == MESSAGE && f->list) {
		json_array_foreach(walkable(v), k, x)
			unknown_add(out, f->message, x, here);
	} else if (f->shape == MESSAGE) {
		unknown_add(out, f->message, v, here);
	}
	free(here);
}

static void unknown_add(struct buf *out, enum proto_message m, const json_t *object,
	const char *path)
{
	const char *name;
	json_t *v;
	json_object_foreach(walkable(object), name, v) {
		bool type = !*path && (str_eq(name, "kind") || str_eq(name, "apiVersion"));
		if (!type && !json_is_null(v))
			unknown_member(out, m, name, v, path);
	}
}

void kube_proto_unknown(struct buf *out, const char *kind, const void *json)
{
	const struct proto_kind *k = kube_proto_kind(kind);
	if (k)
		unknown_add(out, k->message, json, "");
}
