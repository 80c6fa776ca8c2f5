/* SPDX-License-Identifier: Apache-2.0 */
/* Deployments, DaemonSets, PodDisruptionBudgets and events in protobuf. */
#include <stdio.h>

#include "core/base/strs.h"
#include "k8s/decode-proto.h"
#include "k8s/proto.h"

/* ---- Deployments ---- */

static const struct proto_row deployment_spec_rows[] = {
	{ 1, PROTO_I32, offsetof(struct deployment, replicas), NULL },
};
static const struct proto_row deployment_selector_rows[] = {
	{ 2, PROTO_SUB, 0, proto_selector_sub },
};
static const struct proto_row deployment_status_rows[] = {
	{ 1, PROTO_I64, offsetof(struct deployment, observed_generation), NULL },
	{ 2, PROTO_I32, offsetof(struct deployment, existing), NULL },
	{ 3, PROTO_I32, offsetof(struct deployment, updated), NULL },
	{ 4, PROTO_I32, offsetof(struct deployment, available), NULL },
	{ 5, PROTO_I32, offsetof(struct deployment, unavailable), NULL },
	{ 7, PROTO_I32, offsetof(struct deployment, ready), NULL },
};

static bool failure_sub(struct arena *a, const char *p, size_t n, void *deployment)
{
	static const struct proto_row rows[] = {
		{ 1, PROTO_TEXT, offsetof(struct condition, type), NULL },
		{ 2, PROTO_TEXT, offsetof(struct condition, status), NULL },
		{ 5, PROTO_TEXT_ALL, offsetof(struct condition, message), NULL },
		{ 7, PROTO_TIME, offsetof(struct condition, at), NULL },
	};
	struct condition c = { .type = NULL };

	if (!PROTO_READ(a, p, n, rows, &c))
		return false;
	if (str_eq(c.type, "ReplicaFailure") && derive_state(c.status) == TRI_YES) {
		struct deployment *d = deployment;
		d->failure = c.message;
		d->failing_since = c.at;
	}
	return true;
}

static const struct proto_row deployment_failure_rows[] = { { 6, PROTO_SUB, 0, failure_sub } };

bool proto_deployment(struct arena *a, const char *p, size_t n, struct element *out)
{
	struct deployment *o = &out->u.deployment;
	struct proto_selector selector = { .nexprs = 0 };
	struct proto_parts in;

	*o = (struct deployment){ .replicas = 1 };
	if (!proto_parts_read(a, p, n, &in) ||
	    !PROTO_READ(a, in.spec.p, in.spec.n, deployment_spec_rows, o) ||
	    !PROTO_READ(a, in.spec.p, in.spec.n, deployment_selector_rows, &selector) ||
	    !PROTO_READ(a, in.status.p, in.status.n, deployment_status_rows, o) ||
	    !PROTO_READ(a, in.status.p, in.status.n, deployment_failure_rows, o))
		return false;
	o->ns = in.meta.ns;
	o->name = in.meta.name;
	o->uid = in.meta.uid;
	out->resource_version = o->resource_version = in.meta.version;
	o->created = in.meta.created;
	o->generation = in.meta.generation ? in.meta.generation : -1;
	o->selector = selector.labels.v;
	o->nselector = selector.labels.n;
	if (o->observed_generation)
		return true;
	/* A status that nobody has written: its zeros count nothing. */
	int32_t *const counts[] = { &o->updated, &o->available, &o->unavailable, &o->ready,
		&o->existing };
	o->observed_generation = -1;
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		if (*counts[i] == 0)
			*counts[i] = -1;
	}
	return true;
}

/* ---- DaemonSets ---- */

struct container {
	const char *name, *image;
	struct env_entry *env;
	size_t nenv;
};

struct env_in {
	const char *name, *value;
	bool from;
};
static const struct proto_row env_rows[] = {
	{ 1, PROTO_TEXT_ALL, offsetof(struct env_in, name), NULL },
	{ 2, PROTO_TEXT_ALL, offsetof(struct env_in, value), NULL },
	{ 3, PROTO_SUB, offsetof(struct env_in, from), proto_seen_sub },
};

static bool env_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct container *c = out;
	struct env_in in = { .value = "" };

	if (!PROTO_READ(a, p, n, env_rows, &in))
		return false;
	if (!in.name || in.from)
		return true;
	c->env = proto_grow(a, c->env, c->nenv, sizeof *c->env);
	c->env[c->nenv++] = (struct env_entry){ .name = in.name, .value = in.value };
	return true;
}

static const struct proto_row container_rows[] = {
	{ 1, PROTO_TEXT, offsetof(struct container, name), NULL },
	{ 2, PROTO_TEXT, offsetof(struct container, image), NULL },
	{ 7, PROTO_SUB, 0, env_sub },
};

struct containers {
	bool any;
	struct container first, aws_node;
};

static bool container_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct containers *all = out;
	struct container c = { .name = NULL };

	if (!PROTO_READ(a, p, n, container_rows, &c))
		return false;
	if (!all->any)
		all->first = c;
	all->any = true;
	if (!all->aws_node.name && str_eq(c.name, "aws-node"))
		all->aws_node = c;
	return true;
}

static bool pod_spec_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 2, PROTO_SUB, 0, container_sub } };

	return PROTO_READ(a, p, n, rows, out);
}

static bool template_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 2, PROTO_SUB, 0, pod_spec_sub } };

	return PROTO_READ(a, p, n, rows, out);
}

static const struct proto_row daemonset_spec_rows[] = { { 2, PROTO_SUB, 0, template_sub } };
static const struct proto_row daemonset_status_rows[] = {
	{ 1, PROTO_I32, offsetof(struct daemonset, current), NULL },
	{ 3, PROTO_I32, offsetof(struct daemonset, desired), NULL },
	{ 4, PROTO_I32, offsetof(struct daemonset, ready), NULL },
	{ 5, PROTO_I64, offsetof(struct daemonset, observed_generation), NULL },
	{ 6, PROTO_I32, offsetof(struct daemonset, updated), NULL },
	{ 7, PROTO_I32, offsetof(struct daemonset, available), NULL },
};

bool proto_daemonset(struct arena *a, const char *p, size_t n, struct element *out)
{
	struct daemonset *o = &out->u.daemonset;
	struct containers all = { .any = false };
	struct proto_parts in;

	*o = (struct daemonset){
		.desired = -1, .current = -1, .ready = -1, .updated = -1, .available = -1,
	};
	if (!proto_parts_read(a, p, n, &in) ||
	    !PROTO_READ(a, in.spec.p, in.spec.n, daemonset_spec_rows, &all) ||
	    !PROTO_READ(a, in.status.p, in.status.n, daemonset_status_rows, o))
		return false;
	o->ns = in.meta.ns;
	o->name = in.meta.name;
	out->resource_version = o->resource_version = in.meta.version;
	o->generation = in.meta.generation ? in.meta.generation : -1;
	o->observed_generation = o->observed_generation ? o->observed_generation : -1;
	o->image = all.first.image;
	if (str_eq(o->ns, "kube-system") && str_eq(o->name, "aws-node")) {
		o->env = all.aws_node.env;
		o->nenv = all.aws_node.nenv;
	}
	return true;
}

/* ---- PodDisruptionBudgets ---- */

struct int_or_text {
	int64_t type; /* 0: the number */
	int32_t number;
	const char *text;
};
static const struct proto_row int_or_text_rows[] = {
	{ 1, PROTO_I64, offsetof(struct int_or_text, type), NULL },
	{ 2, PROTO_I32, offsetof(struct int_or_text, number), NULL },
	{ 3, PROTO_TEXT_ALL, offsetof(struct int_or_text, text), NULL },
};

static bool int_or_text_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct int_or_text v = { .text = "" };
	char text[16];

	if (!PROTO_READ(a, p, n, int_or_text_rows, &v))
		return false;
	if (v.type == 0)
		snprintf(text, sizeof text, "%d", (int)v.number);
	*(const char **)out = v.type == 0 ? arena_strdup(a, text) : v.text;
	return true;
}

static const struct proto_row pdb_spec_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct pdb, min_available), int_or_text_sub },
	{ 3, PROTO_SUB, offsetof(struct pdb, max_unavailable), int_or_text_sub },
};
static const struct proto_row pdb_selector_rows[] = { { 2, PROTO_SUB, 0, proto_selector_sub } };
static const struct proto_row pdb_status_rows[] = {
	{ 3, PROTO_I32, offsetof(struct pdb, disruptions_allowed), NULL },
	{ 4, PROTO_I32, offsetof(struct pdb, current_healthy), NULL },
	{ 5, PROTO_I32, offsetof(struct pdb, desired_healthy), NULL },
	{ 6, PROTO_I32, offsetof(struct pdb, expected_pods), NULL },
};

bool proto_pdb(struct arena *a, const char *p, size_t n, struct element *out)
{
	struct pdb *o = &out->u.pdb;
	struct proto_selector selector = { .nexprs = 0 };
	struct proto_parts in;

	*o = (struct pdb){
		.disruptions_allowed = -1, .current_healthy = -1, .desired_healthy = -1,
		.expected_pods = -1,
	};
	if (!proto_parts_read(a, p, n, &in) ||
	    !PROTO_READ(a, in.spec.p, in.spec.n, pdb_spec_rows, o) ||
	    !PROTO_READ(a, in.spec.p, in.spec.n, pdb_selector_rows, &selector) ||
	    !PROTO_READ(a, in.status.p, in.status.n, pdb_status_rows, o))
		return false;
	o->ns = in.meta.ns;
	o->name = in.meta.name;
	out->resource_version = in.meta.version;
	o->selector = selector.labels.v;
	o->nselector = selector.labels.n;
	o->selector_complex = selector.nexprs > 0;
	return true;
}

/* ---- events ---- */

struct event_in {
	struct proto_meta meta;
	struct event *out;
	int64_t last, micro, series_at;
	int32_t count, series_count;
	const char *component, *controller;
};

static bool about_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = {
		{ 1, PROTO_TEXT, offsetof(struct event, kind), NULL },
		{ 2, PROTO_TEXT, offsetof(struct event, ns), NULL },
		{ 3, PROTO_TEXT, offsetof(struct event, name), NULL },
	};

	return PROTO_READ(a, p, n, rows, ((struct event_in *)out)->out);
}

static bool source_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = { { 1, PROTO_TEXT, 0, NULL } };

	return PROTO_READ(a, p, n, rows, out);
}

static bool series_sub(struct arena *a, const char *p, size_t n, void *out)
{
	static const struct proto_row rows[] = {
		{ 1, PROTO_I32, offsetof(struct event_in, series_count), NULL },
		{ 2, PROTO_MICRO, offsetof(struct event_in, series_at), NULL },
	};

	return PROTO_READ(a, p, n, rows, out);
}

static const struct proto_row event_rows[] = {
	{ 1, PROTO_SUB, offsetof(struct event_in, meta), proto_meta_sub },
	{ 2, PROTO_SUB, 0, about_sub },
	{ 5, PROTO_SUB, offsetof(struct event_in, component), source_sub },
	{ 7, PROTO_TIME, offsetof(struct event_in, last), NULL },
	{ 8, PROTO_I32, offsetof(struct event_in, count), NULL },
	{ 10, PROTO_MICRO, offsetof(struct event_in, micro), NULL },
	{ 11, PROTO_SUB, 0, series_sub },
	{ 14, PROTO_TEXT, offsetof(struct event_in, controller), NULL },
};
static const struct proto_row event_text_rows[] = {
	{ 3, PROTO_TEXT, offsetof(struct event, reason), NULL },
	{ 4, PROTO_TEXT, offsetof(struct event, message), NULL },
	{ 9, PROTO_TEXT, offsetof(struct event, type), NULL },
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

bool proto_event(struct arena *a, const char *p, size_t n, struct element *out)
{
	struct event *o = &out->u.event;
	struct event_in in = { .meta = PROTO_META_INIT, .out = o };

	*o = (struct event){ .count = 1 };
	if (!PROTO_READ(a, p, n, event_rows, &in) || !PROTO_READ(a, p, n, event_text_rows, o) ||
	    !in.meta.name)
		return false;
	out->resource_version = in.meta.version;
	o->uid = in.meta.uid;
	/* In the core shape the controller is called reportingComponent. */
	o->source = in.component ? in.component : in.controller;
	if (in.series_count > 0)
		o->count = in.series_count;
	else if (in.count > 0)
		o->count = in.count;
	o->at = later(later(in.series_at, in.last), later(in.micro, in.meta.created));
	return true;
}
