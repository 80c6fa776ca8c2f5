/* SPDX-License-Identifier: Apache-2.0 */
/* A Node in protobuf. */
#include "core/base/strs.h"
#include "k8s/decode-proto.h"
#include "k8s/proto.h"
#include "k8s/quantity.h"

struct node_in {
	struct proto_meta meta;
	struct node *out;
	struct condition ready;
	bool has_ready;
};

static const struct proto_row taint_rows[] = {
	{ 1, PROTO_TEXT_ALL, offsetof(struct taint, key), NULL },
	{ 2, PROTO_TEXT_ALL, offsetof(struct taint, value), NULL },
	{ 3, PROTO_TEXT_ALL, offsetof(struct taint, effect), NULL },
};

static bool taint_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct node *o = ((struct node_in *)out)->out;

	o->taints = proto_grow(a, o->taints, o->ntaints, sizeof *o->taints);
	struct taint *t = &o->taints[o->ntaints++];
	*t = (struct taint){ .value = "" };
	return PROTO_READ(a, p, n, taint_rows, t);
}

static bool provider_sub(struct arena *a, const char *p, size_t n, void *out)
{
	((struct node_in *)out)->out->instance_id = derive_instance(arena_strndup(a, p, n));
	return true;
}


static bool capacity_sub(struct arena *a, const char *p, size_t n, void *out)
{
	const char *key, *text = proto_quantity(a, p, n, &key);

	if (text && str_eq(key, "pods"))
		quantity_value(text, &((struct node_in *)out)->out->capacity_pods);
	return true;
}

static bool allocatable_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct node *o = ((struct node_in *)out)->out;
	const char *key, *text = proto_quantity(a, p, n, &key);

	if (text && str_eq(key, "pods"))
		quantity_value(text, &o->alloc_pods);
	else if (text && str_eq(key, "cpu"))
		quantity_milli(text, &o->alloc_cpu_milli);
	else if (text)
		quantity_value(text, &o->alloc_memory);
	return true;
}

static bool condition_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct node_in *in = out;
	struct condition c;

	if (!proto_condition(a, p, n, &c))
		return false;
	if (str_eq(c.type, "Ready") && !in->has_ready) {
		in->has_ready = true;
		in->ready = c;
	} else if (str_eq(c.type, "NetworkUnavailable") &&
		   in->out->network_unavailable == TRI_UNKNOWN) {
		in->out->network_unavailable = derive_state(c.status);
	}
	return true;
}

struct address {
	const char *type, *address;
};
static const struct proto_row address_rows[] = {
	{ 1, PROTO_TEXT, offsetof(struct address, type), NULL },
	{ 2, PROTO_TEXT_ALL, offsetof(struct address, address), NULL },
};

static bool address_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct node *o = ((struct node_in *)out)->out;
	struct address at = { NULL, NULL };

	if (!PROTO_READ(a, p, n, address_rows, &at))
		return false;
	if (!o->internal_ip && str_eq(at.type, "InternalIP"))
		o->internal_ip = at.address;
	return true;
}

static bool info_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 7, PROTO_TEXT_ALL, 0, NULL } };

	return PROTO_READ(a, p, n, rows, &((struct node_in *)out)->out->kubelet_version);
}

static bool spec_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = {
		{ 3, PROTO_SUB, 0, provider_sub },
		{ 5, PROTO_SUB, 0, taint_sub },
	};
	static const struct proto_row flags[] = {
		{ 4, PROTO_FLAG, offsetof(struct node, unschedulable), NULL },
	};
	struct node_in *in = out;

	return PROTO_READ(a, p, n, rows, in) && PROTO_READ(a, p, n, flags, in->out);
}

static bool status_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = {
		{ 1, PROTO_SUB, 0, capacity_sub },
		{ 2, PROTO_SUB, 0, allocatable_sub },
		{ 4, PROTO_SUB, 0, condition_sub },
		{ 5, PROTO_SUB, 0, address_sub },
		{ 7, PROTO_SUB, 0, info_sub },
	};

	return PROTO_READ(a, p, n, rows, out);
}

static const struct proto_row node_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct node_in, meta), proto_meta_sub },
	{ 2, PROTO_SUB, 0, spec_sub },
	{ 3, PROTO_SUB, 0, status_sub },
};

bool proto_node(struct arena *a, const char *p, size_t n, struct element *out)
{
	struct node *o = &out->u.node;
	struct node_in in = { .meta = PROTO_META_INIT, .out = o };

	*o = (struct node){
		.capacity_pods = -1, .alloc_pods = -1, .alloc_cpu_milli = -1, .alloc_memory = -1,
	};
	if (!PROTO_READ(a, p, n, node_rows, &in) || !in.meta.name)
		return false;
	out->resource_version = o->resource_version = in.meta.version;
	o->name = in.meta.name;
	o->uid = in.meta.uid;
	o->labels = in.meta.labels;
	o->nlabels = in.meta.nlabels;
	o->needs_update = in.meta.needs_update;
	o->created = in.meta.created;
	derive_node(o);
	o->ready = derive_state(in.ready.status);
	if (o->ready == TRI_YES)
		o->ready_since = in.ready.at;
	else
		o->ready_reason = in.ready.reason;
	return true;
}
