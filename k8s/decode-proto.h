/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes objects in protobuf to the structs of core/model/things.h: the
 * other encoding of k8s/decode.h, with the same results.  Everything made here
 * lives in the arena.  Functions named *_sub are for struct proto_row.
 */
#ifndef KOPSCOPE_K8S_DECODE_PROTO_H
#define KOPSCOPE_K8S_DECODE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/model/things.h"
#include "k8s/decode.h"
#include "k8s/derive.h"

/* One object without its envelope, as in a list's items. */
bool decode_proto_element(struct arena *a, enum obs_kind kind, const char *p, size_t n,
	struct element *out, struct err *e);
/* As decode_watch(), of one frame. */
bool decode_proto_watch(struct arena *a, enum obs_kind kind, const char *p, size_t n,
	enum watch_type *type, struct element *out, int *code, struct err *e);

/* The name of an event's type, of n bytes, in either encoding.  False: it is none. */
bool watch_type_read(const char *name, size_t n, enum watch_type *out);

/* What a "k8s\0" envelope holds; borrowed.  False: there is none. */
bool proto_unwrap(const char *p, size_t n, const char **raw, size_t *raw_n);

/* ---- between decode-proto*.c ---- */

struct proto_meta {
	const char *name, *ns, *uid, *version;
	int64_t generation, created, deletion; /* generation 0: not there */
	int32_t grace_s;                       /* -1: not there */
	struct label *labels;
	size_t nlabels;
	const char *owner_kind, *owner_name;   /* of the controller */
	bool owned;
	const char *cni;                       /* the addon's annotation */
	struct addon_applied *addons;          /* annotations addons.k8s.io/... */
	size_t naddons;
	bool needs_update, mirror;             /* annotations that are there */
};
#define PROTO_META_INIT { .grace_s = -1 }
bool proto_meta_sub(struct arena *a, const char *p, size_t n, void *meta);

struct label_list {
	struct label *v;
	size_t n;
};
bool proto_label_sub(struct arena *a, const char *p, size_t n, void *label_list);

struct text_list {
	const char **v;
	size_t n;
};
bool proto_text_sub(struct arena *a, const char *p, size_t n, void *text_list);

/* A part of the message, for a second look. */
struct slice {
	const char *p; /* NULL: was not there */
	size_t n;
};
bool proto_slice_sub(struct arena *a, const char *p, size_t n, void *slice);
bool proto_seen_sub(struct arena *a, const char *p, size_t n, void *flag); /* bool: it is there */

/* An object of the usual form: metadata, spec, status.  False: it has no name, or is none. */
struct proto_parts {
	struct proto_meta meta;
	struct slice spec, status;
};
bool proto_parts_read(struct arena *a, const char *p, size_t n, struct proto_parts *out);

/* An entry of a map of quantities: its text when the key is that one, else NULL. */
const char *proto_quantity(struct arena *a, const char *p, size_t n, const char **key);
bool proto_amount_sub(struct arena *a, const char *p, size_t n, void *amount);

struct condition {
	const char *type, *status, *reason, *message;
	int64_t at;
};
bool proto_condition(struct arena *a, const char *p, size_t n, struct condition *out);

/* A LabelSelector's; the expressions as requirements. */
struct proto_selector {
	struct label_list labels;
	struct requirement *exprs;
	size_t nexprs;
};
bool proto_selector_sub(struct arena *a, const char *p, size_t n, void *selector);

struct term_list { /* requirements, of any selector */
	struct requirement *v;
	size_t n;
};
bool proto_requirement_sub(struct arena *a, const char *p, size_t n, void *term_list);

struct node_terms { /* of a NodeSelector */
	struct selector_term *v;
	size_t n;
};
bool proto_node_selector_sub(struct arena *a, const char *p, size_t n, void *node_terms);

bool proto_node(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_pod(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_deployment(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_daemonset(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_pdb(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_claim(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_volume(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_storage_class(struct arena *a, const char *p, size_t n, struct element *out);
bool proto_event(struct arena *a, const char *p, size_t n, struct element *out);

/* From a PodSpec; the pod's labels must be there, its flags are added to. */
bool proto_shape(struct arena *a, struct slice spec, struct pod_shape *out, struct pod *pod);

/* decode.c: the annotation's manifestHash, or the whole of it. */
const char *decode_addon_hash(struct arena *a, const char *annotation);
/* The annotation of a namespace as an addon; false when its key is no addon's. */
bool decode_addon(struct arena *a, const char *key, const char *annotation,
	struct addon_applied *out);

#endif
