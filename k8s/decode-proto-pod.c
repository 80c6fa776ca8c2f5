/* SPDX-License-Identifier: Apache-2.0 */
/* A Pod in protobuf: what is shown of it. */
#include "core/base/strs.h"
#include "k8s/decode-proto.h"
#include "k8s/proto.h"

static const struct proto_row status_rows[] = {
	{ 3, PROTO_TEXT, offsetof(struct pod_trouble, status_message), NULL },
	{ 4, PROTO_TEXT, offsetof(struct pod_trouble, status_reason), NULL },
	{ 11, PROTO_TEXT, offsetof(struct pod_trouble, nominated), NULL },
};

/* What takes a closer look, as lists of parts. */
struct status_in {
	const char *phase;
	struct condition ready, scheduled;
	struct pod_trouble *out;
	bool init; /* init containers' turn */
	bool unready; /* a container is not */
	int64_t restarts;
};

static bool condition_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct status_in *in = out;
	struct condition c;

	if (!proto_condition(a, p, n, &c))
		return false;
	if (str_eq(c.type, "Ready") && !in->ready.type)
		in->ready = c;
	else if (str_eq(c.type, "PodScheduled") && !in->scheduled.type)
		in->scheduled = c;
	return true;
}

struct waiting {
	const char *reason, *message;
};
static bool waiting_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = {
		{ 1, PROTO_TEXT, offsetof(struct waiting, reason), NULL },
		{ 2, PROTO_TEXT, offsetof(struct waiting, message), NULL },
	};

	return PROTO_READ(a, p, n, rows, out);
}

static bool state_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_SUB, 0, waiting_sub } };

	return PROTO_READ(a, p, n, rows, out);
}

struct container_status {
	struct waiting waiting;
	int32_t restarts;
	bool ready;
};
static const struct proto_row container_rows[] = {
	{ 2, PROTO_SUB, offsetof(struct container_status, waiting), state_sub },
	{ 4, PROTO_FLAG, offsetof(struct container_status, ready), NULL },
	{ 5, PROTO_I32, offsetof(struct container_status, restarts), NULL },
};

static bool container_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct status_in *in = out;
	struct container_status c = { .restarts = 0 };

	if (!PROTO_READ(a, p, n, container_rows, &c))
		return false;
	if (!in->init) {
		in->restarts += c.restarts;
		in->unready = in->unready || !c.ready;
	}
	derive_waiting(c.waiting.reason, c.waiting.message, in->out);
	return true;
}

static const struct proto_row ip_rows[] = { { 6, PROTO_TEXT, offsetof(struct pod, ip), NULL } };
static const struct proto_row parts_rows[] = {
	{ 1, PROTO_TEXT, offsetof(struct status_in, phase), NULL },
	{ 2, PROTO_SUB, 0, condition_sub },
};
static const struct proto_row init_rows[] = { { 10, PROTO_SUB, 0, container_sub } };
static const struct proto_row main_rows[] = { { 8, PROTO_SUB, 0, container_sub } };

/* Init containers come behind the others, but are heard first. */
static bool pod_status(
	struct arena *a, struct slice s, struct pod *out, struct pod_trouble *trouble)
{
	struct status_in in = { .out = trouble, .init = true };

	if (!PROTO_READ(a, s.p, s.n, status_rows, trouble) ||
	    !PROTO_READ(a, s.p, s.n, ip_rows, out) ||
	    !PROTO_READ(a, s.p, s.n, parts_rows, &in) || !PROTO_READ(a, s.p, s.n, init_rows, &in))
		return false;
	in.init = false;
	if (!PROTO_READ(a, s.p, s.n, main_rows, &in))
		return false;
	out->phase = derive_phase(in.phase);
	out->restarts = in.restarts > INT32_MAX ? INT32_MAX : (int32_t)in.restarts;
	if (derive_state(in.ready.status) == TRI_YES && !in.unready)
		out->flags |= POD_READY;
	enum tri scheduled = derive_state(in.scheduled.status);
	if (scheduled == TRI_YES) {
		out->flags |= POD_SCHEDULED;
		trouble->scheduled_at = out->phase == POD_PENDING ? in.scheduled.at : 0;
	} else if (scheduled == TRI_NO) {
		trouble->sched_reason = in.scheduled.reason;
		trouble->sched_message = in.scheduled.message;
	}
	return true;
}

bool proto_pod(struct arena *a, const char *p, size_t n, struct element *out)
{
	struct proto_parts in;
	struct pod *o = &out->u.pod.pod;

	*o = (struct pod){ .grace_s = -1 };
	o->shape = &out->u.pod.shape;
	out->u.pod.trouble = pod_no_trouble;
	o->trouble = &out->u.pod.trouble;
	if (!proto_parts_read(a, p, n, &in))
		return false;
	out->resource_version = in.meta.version;
	o->name = in.meta.name;
	o->ns = in.meta.ns;
	o->uid = in.meta.uid;
	o->created = in.meta.created;
	o->deletion = in.meta.deletion;
	o->labels = in.meta.labels;
	o->nlabels = (uint32_t)in.meta.nlabels;
	if (!proto_shape(a, in.spec, &out->u.pod.shape, o) ||
	    !pod_status(a, in.status, o, &out->u.pod.trouble))
		return false;
	if (in.meta.grace_s >= 0)
		o->grace_s = in.meta.grace_s;
	if (in.meta.owned)
		derive_owner(a, in.meta.owner_kind, in.meta.owner_name, o);
	if (in.meta.mirror)
		o->flags |= POD_MIRROR;
	derive_pod_flags(&out->u.pod.shape, o);
	return true;
}
