/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects in Kubernetes' protobuf form (k8s\0, then runtime.Unknown; apimachinery's
 * runtime/serializer/protobuf): kubectl sends some so, and clients that ask for
 * application/vnd.kubernetes.protobuf get them so.  Only the kinds and fields in the tables of
 * lab/kube/proto-fields.h.  "void *json": a JSON tree, as in lab/kube/store.h.
 */
#ifndef KOPSCOPE_LAB_KUBE_PROTO_H
#define KOPSCOPE_LAB_KUBE_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

#define PROTO_TYPE "application/vnd.kubernetes.protobuf"

/* The object as a JSON tree, with kind and apiVersion; NULL: ERR_PARSE. */
void *kube_proto_read(const void *p, size_t n, struct err *e);

/* Whether objects of this kind can be written. */
bool kube_proto_writes(const char *kind);
/* The message of an object of such a kind, without its envelope: an item of a list. */
void kube_proto_write_message(struct buf *out, const char *kind, const void *json);
/* The object with its envelope.  false: not of a kind that can be written. */
bool kube_proto_write(struct buf *out, const void *json);
/* A watch's frame: 4 bytes of length, then the event. */
bool kube_proto_write_event(struct buf *out, const char *type, const void *json);
/*
 * What stands before a list's items, which are size bytes altogether, each with its head
 * (kube_proto_item_head()).  kind, api_version: of one item.
 */
void kube_proto_list_head(struct buf *out, const char *kind, const char *api_version,
	const void *list_meta, uint64_t size);
/* What stands before an item of size bytes. */
void kube_proto_item_head(struct buf *out, size_t size);
/* Members of json that the tables do not know, "spec.x" a line each: for tests. */
void kube_proto_unknown(struct buf *out, const char *kind, const void *json);

#endif
