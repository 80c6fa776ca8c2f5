/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kubernetes objects in protobuf, written by a test: each call adds one field.  Numbers of fields
 * are those of the generated.proto files.
 */
#ifndef KOPSCOPE_TESTS_K8S_PUT_H
#define KOPSCOPE_TESTS_K8S_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

void put_number(struct buf *b, unsigned field, uint64_t v);
void put_bytes(struct buf *b, unsigned field, const void *p, size_t n);
void put_text(struct buf *b, unsigned field, const char *s);
/* What is in sub, a message; sub is empty then. */
void put_sub(struct buf *b, unsigned field, struct buf *sub);
/* An entry of a map of strings. */
void put_pair(struct buf *b, unsigned field, const char *key, const char *value);
/* A Time, always the same. */
void put_time(struct buf *b, unsigned field);
/* Of a pod or a node. */
void put_condition(struct buf *b, unsigned field, const char *type, bool is, const char *reason,
	const char *message);

#endif
