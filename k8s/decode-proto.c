/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf: envelopes, watch frames, and the parts that all kinds share. */
#include "k8s/decode-proto.h"

#include <string.h>

#include "core/base/strs.h"
#include "k8s/proto.h"
#include "k8s/quantity.h"
#include "k8s/status.h"

#define MAGIC "k8s"
#define MAGIC_SIZE 4 /* with its NUL */

#define NEEDS_UPDATE "kops.k8s.io/needs-update"
#define MIRROR "kubernetes.io/config.mirror"
#define CNI_ANNOTATION "addons.k8s.io/networking.amazon-vpc-routed-eni"

/* ---- lists, maps, slices ---- */

bool proto_slice_sub(struct arena *a, const char *p, size_t n, void *slice)
{
	/* An empty message is there, too. */
	*(struct slice *)slice = (struct slice){ p ? p : "", n };
	return true;
}

bool proto_seen_sub(struct arena *a, const char *p, size_t n, void *flag)
{
	*(bool *)flag = true;
	return true;
}

static const struct proto_row entry_rows[] = {
	{ 1, PROTO_SUB, 0, proto_slice_sub },
	{ 2, PROTO_SUB, sizeof(struct slice), proto_slice_sub },
};

/* Key and value of a map's entry. */
static bool entry_read(struct arena *a, const char *p, size_t n, struct slice kv[2])
{
	for (size_t i = 0; i < 2; i++)
		kv[i] = (struct slice){ "", 0 };
	return PROTO_READ(a, p, n, entry_rows, kv);
}

static bool slice_is(struct slice s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

bool proto_label_sub(struct arena *a, const char *p, size_t n, void *label_list)
{
	struct label_list *l = label_list;
	struct slice kv[2];

	if (!entry_read(a, p, n, kv))
		return false;
	l->v = proto_grow(a, l->v, l->n, sizeof *l->v);
	l->v[l->n++] = (struct label){
		.key = arena_strndup(a, kv[0].p, kv[0].n),
		.value = arena_strndup(a, kv[1].p, kv[1].n),
	};
	return true;
}

bool proto_text_sub(struct arena *a, const char *p, size_t n, void *text_list)
{
	struct text_list *l = text_list;

	l->v = proto_grow(a, l->v, l->n, sizeof *l->v);
	l->v[l->n++] = arena_strndup(a, p, n);
	return true;
}

static const struct proto_row quantity_rows[] = {
	{ 1, PROTO_SUB, 0, proto_slice_sub },
};

const char *proto_quantity(struct arena *a, const char *p, size_t n, const char **key)
{
	static const char *const kept[] = { "cpu", "memory", "pods" };
	struct slice kv[2], text = { NULL, 0 };

	if (!entry_read(a, p, n, kv) || !PROTO_READ(a, kv[1].p, kv[1].n, quantity_rows, &text))
		return NULL;
	for (size_t i = 0; text.p && i < sizeof kept / sizeof kept[0]; i++) {
		if (slice_is(kv[0], kept[i])) {
			*key = kept[i];
			return arena_strndup(a, text.p, text.n);
		}
	}
	return NULL;
}

bool proto_amount_sub(struct arena *a, const char *p, size_t n, void *amount)
{
	struct amount *v = amount;
	const char *key, *text = proto_quantity(a, p, n, &key);

	if (text && str_eq(key, "cpu"))
		quantity_milli(text, &v->cpu);
	else if (text && str_eq(key, "memory"))
		quantity_value(text, &v->memory);
	return true;
}

/* ---- metadata ---- */

static bool annotation_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct proto_meta *m = out;
	struct slice kv[2];

	if (!entry_read(a, p, n, kv))
		return false;
	if (slice_is(kv[0], NEEDS_UPDATE))
		m->needs_update = true;
	else if (slice_is(kv[0], MIRROR))
		m->mirror = true;
	else if (slice_is(kv[0], CNI_ANNOTATION))
		m->cni = arena_strndup(a, kv[1].p, kv[1].n);
	if (kv[0].n > 14 && !memcmp(kv[0].p, "addons.k8s.io/", 14)) {
		m->addons = proto_grow(a, m->addons, m->naddons, sizeof *m->addons);
		m->naddons += decode_addon(a, arena_strndup(a, kv[0].p, kv[0].n),
			arena_strndup(a, kv[1].p, kv[1].n), &m->addons[m->naddons]);
	}
	return true;
}

struct owner {
	const char *kind, *name;
	bool controller;
};
static const struct proto_row owner_rows[] = {
	{ 1, PROTO_TEXT_ALL, offsetof(struct owner, kind), NULL },
	{ 3, PROTO_TEXT_ALL, offsetof(struct owner, name), NULL },
	{ 6, PROTO_FLAG, offsetof(struct owner, controller), NULL },
};

static bool owner_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct proto_meta *m = out;
	struct owner o = { .kind = NULL };

	if (!PROTO_READ(a, p, n, owner_rows, &o))
		return false;
	if (!o.controller)
		return true;
	m->owned = true;
	m->owner_kind = o.kind;
	m->owner_name = o.name;
	return true;
}

static const struct proto_row meta_rows[] = {
	{ 1, PROTO_TEXT, offsetof(struct proto_meta, name), NULL },
	{ 3, PROTO_TEXT, offsetof(struct proto_meta, ns), NULL },
	{ 5, PROTO_TEXT, offsetof(struct proto_meta, uid), NULL },
	{ 6, PROTO_TEXT, offsetof(struct proto_meta, version), NULL },
	{ 7, PROTO_I64, offsetof(struct proto_meta, generation), NULL },
	{ 8, PROTO_TIME, offsetof(struct proto_meta, created), NULL },
	{ 9, PROTO_TIME, offsetof(struct proto_meta, deletion), NULL },
	{ 10, PROTO_I32, offsetof(struct proto_meta, grace_s), NULL },
	{ 11, PROTO_SUB, offsetof(struct proto_meta, labels), proto_label_sub },
	{ 12, PROTO_SUB, 0, annotation_sub },
	{ 13, PROTO_SUB, 0, owner_sub },
};
_Static_assert(offsetof(struct proto_meta, nlabels) - offsetof(struct proto_meta, labels) ==
	offsetof(struct label_list, n), "labels and nlabels are a label_list");

bool proto_meta_sub(struct arena *a, const char *p, size_t n, void *meta)
{
	return PROTO_READ(a, p, n, meta_rows, meta);
}

/* ---- conditions and selectors ---- */

static const struct proto_row condition_rows[] = { /* a pod's and a node's have the same numbers */
	{ 1, PROTO_TEXT, offsetof(struct condition, type), NULL },
	{ 2, PROTO_TEXT_ALL, offsetof(struct condition, status), NULL },
	{ 4, PROTO_TIME, offsetof(struct condition, at), NULL },
	{ 5, PROTO_TEXT, offsetof(struct condition, reason), NULL },
	{ 6, PROTO_TEXT, offsetof(struct condition, message), NULL },
};

bool proto_condition(struct arena *a, const char *p, size_t n, struct condition *out)
{
	*out = (struct condition){ .type = NULL };
	return PROTO_READ(a, p, n, condition_rows, out);
}

static const struct proto_row requirement_rows[] = {
	{ 1, PROTO_TEXT_ALL, offsetof(struct requirement, key), NULL },
	{ 2, PROTO_TEXT_ALL, offsetof(struct requirement, op), NULL },
	{ 3, PROTO_SUB, offsetof(struct requirement, values), proto_text_sub },
};
_Static_assert(offsetof(struct requirement, nvalues) - offsetof(struct requirement, values) ==
	offsetof(struct text_list, n), "values and nvalues are a text_list");

bool proto_requirement_sub(struct arena *a, const char *p, size_t n, void *term_list)
{
	struct term_list *t = term_list;

	t->v = proto_grow(a, t->v, t->n, sizeof *t->v);
	return PROTO_READ(a, p, n, requirement_rows, &t->v[t->n++]);
}

static const struct proto_row selector_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct proto_selector, labels), proto_label_sub },
	{ 2, PROTO_SUB, offsetof(struct proto_selector, exprs), proto_requirement_sub },
};

bool proto_selector_sub(struct arena *a, const char *p, size_t n, void *selector)
{
	return PROTO_READ(a, p, n, selector_rows, selector);
}

/* ---- elements ---- */

static const struct proto_row parts_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct proto_parts, meta), proto_meta_sub },
	{ 2, PROTO_SUB, offsetof(struct proto_parts, spec), proto_slice_sub },
	{ 3, PROTO_SUB, offsetof(struct proto_parts, status), proto_slice_sub },
};

bool proto_parts_read(struct arena *a, const char *p, size_t n, struct proto_parts *out)
{
	*out = (struct proto_parts){ .meta = PROTO_META_INIT };
	return PROTO_READ(a, p, n, parts_rows, out) && out->meta.name;
}

static bool proto_namespace(struct arena *a, const char *p, size_t n, struct element *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, proto_meta_sub } };
	struct proto_meta m = PROTO_META_INIT;

	if (!PROTO_READ(a, p, n, rows, &m))
		return false;
	out->resource_version = m.version;
	out->u.ns.name = m.name;
	out->u.ns.cni_addon_hash = decode_addon_hash(a, m.cni);
	out->u.ns.addons = m.addons;
	out->u.ns.naddons = m.naddons;
	return true;
}

static const struct {
	bool (*read)(struct arena *a, const char *p, size_t n, struct element *out);
} kinds[OBS__COUNT] = {
	[OBS_NODE] = { proto_node },
	[OBS_POD] = { proto_pod },
	[OBS_DEPLOYMENT] = { proto_deployment },
	[OBS_DAEMONSET] = { proto_daemonset },
	[OBS_PDB] = { proto_pdb },
	[OBS_EVENT] = { proto_event },
	[OBS_CLAIM] = { proto_claim },
	[OBS_VOLUME] = { proto_volume },
	[OBS_STORAGE_CLASS] = { proto_storage_class },
	[OBS_SERVER] = { proto_namespace },
};

bool decode_proto_element(struct arena *a, enum obs_kind kind, const char *p, size_t n,
	struct element *out, struct err *e)
{
	*out = (struct element){ .kind = kind };
	if (!kinds[kind].read)
		return err_set(e, ERR_PARSE, "no decoder for this kind");
	if (!kinds[kind].read(a, p, n, out))
		return err_set(e, ERR_PARSE, "an element is no protobuf message of its kind");
	return true;
}

static const struct proto_row unknown_rows[] = { { 2, PROTO_SUB, 0, proto_slice_sub } };

bool proto_unwrap(const char *p, size_t n, const char **raw, size_t *raw_n)
{
	struct slice s = { "", 0 };

	if (n < MAGIC_SIZE || memcmp(p, MAGIC, MAGIC_SIZE) != 0 ||
	    !PROTO_READ(NULL, p + MAGIC_SIZE, n - MAGIC_SIZE, unknown_rows, &s))
		return false;
	*raw = s.p;
	*raw_n = s.n;
	return true;
}

/* ---- watch ---- */

struct frame {
	struct slice type, object;
};
static bool raw_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, proto_slice_sub } };

	return PROTO_READ(a, p, n, rows, out);
}
static const struct proto_row frame_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct frame, type), proto_slice_sub },
	{ 2, PROTO_SUB, offsetof(struct frame, object), raw_sub },
};

static bool bookmark_read(struct arena *a, const char *p, size_t n, struct element *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, proto_meta_sub } };
	struct proto_meta m = PROTO_META_INIT;

	if (!PROTO_READ(a, p, n, rows, &m))
		return false;
	out->resource_version = m.version;
	return true;
}

bool decode_proto_watch(struct arena *a, enum obs_kind kind, const char *p, size_t n,
	enum watch_type *type, struct element *out, int *code, struct err *e)
{
	struct frame f = { .type = { "", 0 } };
	const char *raw;
	size_t raw_n;

	if (!PROTO_READ(a, p, n, frame_rows, &f) || !f.object.p)
		return err_set(e, ERR_PARSE, "no watch event");
	if (!watch_type_read(f.type.p, f.type.n, type) ||
	    !proto_unwrap(f.object.p, f.object.n, &raw, &raw_n))
		return err_set(e, ERR_PARSE, "no watch event");
	*out = (struct element){ .kind = kind };
	if (*type == WATCH_BOOKMARK)
		return bookmark_read(a, raw, raw_n, out) ||
			err_set(e, ERR_PARSE, "no bookmark");
	if (*type == WATCH_ERROR) {
		struct kube_status st;
		kube_status_err(e, 500, f.object.p, f.object.n, "the server says", &st);
		*code = st.code;
		return true;
	}
	return decode_proto_element(a, kind, raw, raw_n, out, e);
}
