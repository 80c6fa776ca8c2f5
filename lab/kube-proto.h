/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bodies in Kubernetes' protobuf form (k8s\0, then runtime.Unknown), which
 * kubectl sends where it creates something from its own options.  Only
 * reading, and only the kinds and fields in the table of kube-proto.c, whose
 * numbers are those of k8s.io/api's generated.proto files.
 */
#ifndef KOPSCOPE_LAB_KUBE_PROTO_H
#define KOPSCOPE_LAB_KUBE_PROTO_H

#include <stddef.h>

#include "core/base/err.h"

/* The object as a JSON tree (see lab/kube-store.h), with kind and apiVersion; NULL: ERR_PARSE. */
void *proto_read(const void *p, size_t n, struct err *e);

#endif
