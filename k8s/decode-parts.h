/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decoders share.  A jv is a parsed JSON value, borrowed (void, because
 * the library's types stay out of headers); NULL is fine everywhere and reads as
 * absent.  Arrays and texts made here live in the decoder's arena.
 */
#ifndef KOPSCOPE_K8S_DECODE_PARTS_H
#define KOPSCOPE_K8S_DECODE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/model/things.h"

void decode_node(struct arena *a, const void *jv, struct node *out);
void decode_pod(struct arena *a, const void *jv, struct pod *out, struct pod_shape *shape,
	struct pod_trouble *trouble);
void decode_deployment(struct arena *a, const void *jv, struct deployment *out);
void decode_daemonset(struct arena *a, const void *jv, struct daemonset *out);
void decode_pdb(struct arena *a, const void *jv, struct pdb *out);
void decode_event(struct arena *a, const void *jv, struct event *out);

void decode_claim(struct arena *a, const void *jv, struct claim *out);
void decode_volume(struct arena *a, const void *jv, struct volume *out);
void decode_storage_class(struct arena *a, const void *jv, struct storage_class *out);

int64_t decode_stamp(const void *jv, const char *path); /* 0: absent or unreadable */
int32_t decode_i32(const void *jv, const char *path, int32_t otherwise);
/* A number or a text that holds one: "25%", 1; NULL when absent. */
const char *decode_int_or_text(struct arena *a, const void *jv, const char *path);

/* An object of strings as labels. */
struct label *decode_labels(struct arena *a, const void *jv, size_t *n);
const char *decode_label(const struct label *v, size_t n, const char *key); /* NULL: absent */
/* key In (value), one more of *n in v, which has room; an absent value asks for nothing. */
void decode_require(struct arena *a, const char *key, const char *value, struct requirement *v,
	size_t *n);
/* An array's strings. */
const char **decode_texts(struct arena *a, const void *jv, size_t *n);
/* A NodeSelector's nodeSelectorTerms. */
struct selector_term *decode_node_terms(struct arena *a, const void *jv, size_t *n);
/* spec.taints and the like. */
struct taint *decode_taints(struct arena *a, const void *jv, size_t *n);
/* The member of status.conditions of that type; NULL when absent. */
const void *decode_condition(const void *jv, const char *type);
/* "True" is TRI_YES, absent TRI_UNKNOWN, all else TRI_NO. */
enum tri decode_condition_state(const void *condition);

#endif
