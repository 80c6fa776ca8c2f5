/* SPDX-License-Identifier: Apache-2.0 */
/* Elements and watch events: parsing, and the parts all kinds share. */
#include "k8s/decode.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "k8s/decode-parts.h"
#include "k8s/decode-proto.h"
#include "k8s/derive.h"
#include "k8s/status.h"

/* A fresh arena for every element would cost more than the element. */
#define ARENA_KEEP ((size_t)256 * 1024)

#define ADDON_PREFIX "addons.k8s.io/"
#define CNI_ANNOTATION "addons.k8s.io/networking.amazon-vpc-routed-eni"

struct decoder {
	struct arena *arena;
	json_t *root;
};

struct decoder *decoder_new(void)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	d->arena = arena_new();
	return d;
}

void decoder_free(struct decoder *d)
{
	if (!d)
		return;
	json_decref(d->root);
	arena_free(d->arena);
	free(d);
}

size_t decoder_bytes(const struct decoder *d)
{
	return arena_bytes(d->arena);
}

/* Lets go of what the last element left. */
static void decoder_reset(struct decoder *d)
{
	json_decref(d->root);
	d->root = NULL;
	if (arena_bytes(d->arena) > ARENA_KEEP) {
		arena_free(d->arena);
		d->arena = arena_new();
	}
}

static json_t *decoder_parse(struct decoder *d, const char *text, size_t len, struct err *e)
{
	d->root = json_parse(text, len, e);
	return d->root;
}

/* In protobuf that byte would begin a group, which Kubernetes has none of. */
static bool is_json(const char *text, size_t len)
{
	return len > 0 && text[0] == '{';
}

/* The annotation is JSON in a string; an unreadable one counts as itself. */
const char *decode_addon_hash(struct arena *a, const char *annotation)
{
	const char *hash = NULL;

	if (!annotation)
		return NULL;
	json_t *inner = json_loads(annotation, 0, NULL);
	if (inner)
		hash = json_str(inner, "manifestHash");
	hash = arena_strdup(a, hash ? hash : annotation);
	json_decref(inner);
	return hash;
}

bool decode_addon(struct arena *a, const char *key, const char *annotation,
	struct addon_applied *out)
{
	if (!str_starts(key, ADDON_PREFIX))
		return false;
	json_t *j = annotation ? json_loads(annotation, 0, NULL) : NULL;
	const char *id = json_str(j, "id"), *version = json_str(j, "version");
	const char *hash = json_str(j, "manifestHash");

	*out = (struct addon_applied){ .name = arena_strdup(a, key + strlen(ADDON_PREFIX)) };
	out->id = id ? arena_strdup(a, id) : NULL;
	out->version = version ? arena_strdup(a, version) : NULL;
	out->hash = hash ? arena_strdup(a, hash) : NULL;
	json_decref(j);
	return true;
}

static void decode_addons(struct arena *a, const json_t *annotations, struct element *out)
{
	size_t most = json_object_size(annotations), n = 0;
	const char *key;
	json_t *value;

	out->u.ns.addons = most ? arena_alloc(a, most * sizeof *out->u.ns.addons) : NULL;
	json_object_foreach((json_t *)(uintptr_t)annotations, key, value)
		n += decode_addon(a, key, json_string_value(value), &out->u.ns.addons[n]);
	out->u.ns.naddons = n;
}

static bool element_fill(struct decoder *d, enum obs_kind kind, const json_t *j,
	struct element *out, struct err *e)
{
	*out = (struct element){ .kind = kind };
	out->resource_version = json_str(j, "metadata.resourceVersion");
	if (!json_str(j, "metadata.name"))
		return err_set(e, ERR_PARSE, "an element without a name");
	switch (kind) {
	case OBS_NODE:
		decode_node(d->arena, j, &out->u.node);
		return true;
	case OBS_POD:
		decode_pod(d->arena, j, &out->u.pod.pod, &out->u.pod.shape,
			&out->u.pod.trouble);
		out->u.pod.pod.shape = &out->u.pod.shape;
		return true;
	case OBS_DEPLOYMENT:
		decode_deployment(d->arena, j, &out->u.deployment);
		return true;
	case OBS_DAEMONSET:
		decode_daemonset(d->arena, j, &out->u.daemonset);
		return true;
	case OBS_PDB:
		decode_pdb(d->arena, j, &out->u.pdb);
		return true;
	case OBS_EVENT:
		decode_event(d->arena, j, &out->u.event);
		return true;
	case OBS_CLAIM:
		decode_claim(d->arena, j, &out->u.claim);
		return true;
	case OBS_VOLUME:
		decode_volume(d->arena, j, &out->u.volume);
		return true;
	case OBS_STORAGE_CLASS:
		decode_storage_class(d->arena, j, &out->u.storage_class);
		return true;
	case OBS_SERVER:
		out->u.ns.name = json_str(j, "metadata.name");
		out->u.ns.cni_addon_hash = decode_addon_hash(d->arena,
			json_str(j, "metadata.annotations.[" CNI_ANNOTATION "]"));
		decode_addons(d->arena, json_path(j, "metadata.annotations"), out);
		return true;
	default:
		return err_set(e, ERR_PARSE, "no decoder for this kind");
	}
}

bool decode_element(struct decoder *d, enum obs_kind kind, const char *text, size_t len,
	struct element *out, struct err *e)
{
	decoder_reset(d);
	if (!is_json(text, len))
		return decode_proto_element(d->arena, kind, text, len, out, e);
	json_t *j = decoder_parse(d, text, len, e);
	return j && element_fill(d, kind, j, out, e);
}

static const char *const type_names[] = {
	[WATCH_ADDED] = "ADDED",
	[WATCH_MODIFIED] = "MODIFIED",
	[WATCH_DELETED] = "DELETED",
	[WATCH_BOOKMARK] = "BOOKMARK",
	[WATCH_ERROR] = "ERROR",
};

bool watch_type_read(const char *name, size_t n, enum watch_type *out)
{
	for (size_t t = 0; t <= WATCH_ERROR; t++) {
		if (strlen(type_names[t]) == n && memcmp(type_names[t], name, n) == 0) {
			*out = (enum watch_type)t;
			return true;
		}
	}
	return false;
}

bool decode_watch(struct decoder *d, enum obs_kind kind, const char *text, size_t len,
	enum watch_type *type, struct element *out, int *code, struct err *e)
{
	decoder_reset(d);
	if (!is_json(text, len))
		return decode_proto_watch(d->arena, kind, text, len, type, out, code, e);
	json_t *j = decoder_parse(d, text, len, e);
	if (!j)
		return false;
	const char *name = json_str(j, "type");
	const json_t *object = json_path(j, "object");
	if (!name || !watch_type_read(name, strlen(name), type) || !object)
		return err_set(e, ERR_PARSE, "no watch event");
	if (*type == WATCH_BOOKMARK) {
		*out = (struct element){ .kind = kind };
		out->resource_version = json_str(object, "metadata.resourceVersion");
		return true;
	}
	if (*type == WATCH_ERROR) {
		struct buf b = BUF_INIT;
		struct kube_status st;
		json_write(&b, object, false);
		kube_status_err(e, 500, buf_str(&b), b.len, "the server says", &st);
		*code = st.code;
		buf_release(&b);
		return true;
	}
	return element_fill(d, kind, object, out, e);
}

void element_observation(const struct element *el, enum obs_verb verb, struct observation *out)
{
	*out = (struct observation){ .kind = el->kind, .verb = verb };
	switch (el->kind) {
	case OBS_NODE:
		out->u.node = &el->u.node;
		break;
	case OBS_POD:
		out->u.pod = &el->u.pod.pod;
		break;
	case OBS_DEPLOYMENT:
		out->u.deployment = &el->u.deployment;
		break;
	case OBS_DAEMONSET:
		out->u.daemonset = &el->u.daemonset;
		break;
	case OBS_PDB:
		out->u.pdb = &el->u.pdb;
		break;
	case OBS_EVENT:
		out->u.event = &el->u.event;
		break;
	case OBS_CLAIM:
		out->u.claim = &el->u.claim;
		break;
	case OBS_VOLUME:
		out->u.volume = &el->u.volume;
		break;
	case OBS_STORAGE_CLASS:
		out->u.storage_class = &el->u.storage_class;
		break;
	default:
		break;
	}
}

/* ---- shared parts ---- */

int64_t decode_stamp(const void *jv, const char *path)
{
	const char *s = json_str(jv, path);

	return s ? stamp_parse(s) : 0;
}

int32_t decode_i32(const void *jv, const char *path, int32_t otherwise)
{
	int64_t v = json_int(jv, path, otherwise);

	return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : (int32_t)v;
}

const char *decode_int_or_text(struct arena *a, const void *jv, const char *path)
{
	const json_t *j = json_path(jv, path);
	char text[32];

	if (json_is_string(j))
		return json_string_value(j);
	if (!json_is_integer(j))
		return NULL;
	snprintf(text, sizeof text, "%lld", (long long)json_integer_value(j));
	return arena_strdup(a, text);
}

struct label *decode_labels(struct arena *a, const void *jv, size_t *n)
{
	json_t *j = (json_t *)jv;
	size_t size = json_object_size(j);
	struct label *v = size ? arena_alloc(a, size * sizeof *v) : NULL;
	const char *key;
	json_t *value;

	*n = 0;
	if (!v)
		return NULL;
	json_object_foreach(j, key, value) {
		const char *text = json_string_value(value);
		v[(*n)++] = (struct label){ .key = key, .value = text ? text : "" };
	}
	return v;
}

const char *decode_label(const struct label *v, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].key, key))
			return v[i].value;
	}
	return NULL;
}

void decode_require(struct arena *a, const char *key, const char *value, struct requirement *v,
	size_t *n)
{
	if (!value)
		return;
	struct requirement *r = &v[(*n)++];
	*r = (struct requirement){ .key = key, .op = "In", .nvalues = 1 };
	r->values = arena_alloc(a, sizeof *r->values);
	r->values[0] = value;
}

const char **decode_texts(struct arena *a, const void *jv, size_t *n)
{
	size_t size = json_array_size(jv), i;
	const char **v = size ? arena_alloc(a, size * sizeof *v) : NULL;
	json_t *value;

	*n = 0;
	for (i = 0; i < size; i++) {
		value = json_array_get(jv, i);
		if (json_is_string(value))
			v[(*n)++] = json_string_value(value);
	}
	return v;
}

struct taint *decode_taints(struct arena *a, const void *jv, size_t *n)
{
	size_t size = json_array_size(jv), i;
	struct taint *v = size ? arena_alloc(a, size * sizeof *v) : NULL;
	json_t *t;

	*n = 0;
	for (i = 0; i < size; i++) {
		t = json_array_get(jv, i);
		const char *value = json_str(t, "value");
		v[(*n)++] = (struct taint){
			.key = json_str(t, "key"), .value = value ? value : "",
			.effect = json_str(t, "effect"),
		};
	}
	return v;
}

const void *decode_condition(const void *jv, const char *type)
{
	size_t i;
	json_t *c;

	json_array_foreach(json_path(jv, "status.conditions"), i, c) {
		if (str_eq(json_str(c, "type"), type))
			return c;
	}
	return NULL;
}

enum tri decode_condition_state(const void *condition)
{
	return derive_state(json_str(condition, "status"));
}
