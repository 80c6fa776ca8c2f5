/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects of the lab's cluster, their versions, and the history that
 * watches are served from.
 *
 * A "void *json" here is a JSON tree (json_t of core/base/json.h, which no
 * header but that one may name).  The tree of an object is never changed in
 * place: kube_edit() gives a copy to change, kube_commit() puts it in.  The
 * history keeps the old trees, so a watch can say what an object was before.
 */
#ifndef KOPSCOPE_LAB_KUBE_STORE_H
#define KOPSCOPE_LAB_KUBE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/kube/resource.h"

struct kube;
struct world;

/* An object's protobuf message, shared with the answers that are being sent. */
struct kube_wire {
	unsigned refs;
	size_t n;
	char p[];
};
struct kube_wire *kube_wire_ref(struct kube_wire *x);
void kube_wire_unref(struct kube_wire *x); /* NULL is fine */

struct kobj {
	const struct kube_resource *res;
	char *ns, *name, *uid; /* ns "": cluster-scoped */
	uint64_t rv;           /* of the last change */
	uint64_t seq;          /* order of creation */
	void *json;            /* immutable */
	struct kube_wire *wire;/* of json, once somebody asked: kube_wire(); else NULL */
};

enum kube_event_type { KUBE_ADDED, KUBE_MODIFIED, KUBE_DELETED };

struct kube_event {
	uint64_t rv;
	enum kube_event_type type;
	const struct kube_resource *res;
	char *ns, *name;
	void *now;    /* of a deletion: the last state, with the deletion's resourceVersion */
	void *before; /* NULL when added */
};

struct kube *kube_new(struct world *w);
void kube_free(struct kube *k);
struct world *kube_world(const struct kube *k);

uint64_t kube_rv(const struct kube *k);
/* The oldest version a watch can start from: behind it there is no history left. */
uint64_t kube_oldest(const struct kube *k);

struct kobj *kube_find(struct kube *k, enum kube_kind kind, const char *ns, const char *name);
size_t kube_count(const struct kube *k, enum kube_kind kind);
struct kobj *kube_at(const struct kube *k, enum kube_kind kind, size_t i); /* by ns, name */
/* The index of the first object at or behind ns/name. */
size_t kube_lower(const struct kube *k, enum kube_kind kind, const char *ns, const char *name);

/*
 * Takes json (a reference).  Fills in uid, creationTimestamp, resourceVersion
 * and generation.  NULL when the name is taken: json is released all the same.
 */
struct kobj *kube_create(struct kube *k, enum kube_kind kind, void *json);
/* Of a kind that lab/kube/proto.h writes; borrowed. */
struct kube_wire *kube_wire(struct kobj *o);
/* A deep copy to change; yours until kube_commit() takes it or json_decref(). */
void *kube_edit(const struct kobj *o);
/* Takes json.  Nothing happens when nothing changed; false then. */
bool kube_commit(struct kube *k, struct kobj *o, void *json);
/* At once, without grace; o is gone. */
void kube_remove(struct kube *k, struct kobj *o);

/* Everybody who must know of every change, in order; called after it. */
void kube_listen(struct kube *k, void (*cb)(void *ctx, const struct kube_event *e), void *ctx);
/* The first kept event behind rv (index), for kube_event_at(); kube_events_end() is the end. */
size_t kube_events_after(const struct kube *k, uint64_t rv);
size_t kube_events_end(const struct kube *k);
const struct kube_event *kube_event_at(const struct kube *k, size_t i);

/* Now, as metadata stamps are written ("2026-11-22T13:04:17Z"). */
void kube_stamp(const struct world *w, char out[40]);

#endif
