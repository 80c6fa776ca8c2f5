/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Kubernetes API over the store: between lab/kube/ only.  A call is one
 * request, taken apart; each verb answers it into call->rp.  "void *json": a
 * JSON tree, as in lab/kube/store.h.
 */
#ifndef KOPSCOPE_LAB_KUBE_API_H
#define KOPSCOPE_LAB_KUBE_API_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "lab/kube/select.h"
#include "lab/kube/store.h"
#include "lab/server.h"

/* as=Table, as=PartialObjectMetadata; FORM_PROTO: whole, in protobuf, of GETs only. */
enum kube_form { FORM_FULL, FORM_TABLE, FORM_PARTIAL, FORM_PROTO };
enum kube_include { INCLUDE_METADATA, INCLUDE_OBJECT, INCLUDE_NONE };

/* How somebody wants objects to look. */
struct kube_look {
	enum kube_form form;
	enum kube_include include;
};

struct kube_call {
	struct world *w;
	struct kube *k;
	const struct lab_request *rq;
	struct lab_reply *rp;
	const struct kube_resource *res;
	char *ns, *name, *sub; /* NULL: not in the path */
	struct kube_look look;
	bool dry_run;
};

/* ---- replies: kube-status.c ---- */

/* Empty strings and NULL are left out of details. */
struct kube_details {
	const char *group, *kind, *name, *uid;
	const char *cause, *cause_message; /* one cause */
	int retry_seconds;                 /* 0: none */
};
void kube_status(struct lab_reply *rp, int code, const char *reason,
	const struct kube_details *d, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void kube_not_found(struct kube_call *c);
void kube_conflict(struct kube_call *c);
/* The tree of a Status, for errors inside a watch. */
void *kube_status_json(int code, const char *reason, const struct kube_details *d,
	const char *message);
/* Any tree as the body, released. */
void kube_reply_json(struct lab_reply *rp, int status, void *json);
/* An object in the form the call wants; json is borrowed. */
void kube_reply_object(struct kube_call *c, int status, void *json);
/* The body as an object: NULL, with a 400 answered, when it is none.  Yours to json_decref(). */
void *kube_body(struct kube_call *c);

/* ---- verbs ---- */

typedef void kube_verb(struct kube_call *c);
kube_verb kube_get, kube_list, kube_watch;               /* kube-read.c, kube-watch.c */
kube_verb kube_post, kube_put, kube_patch;               /* kube-write.c */
kube_verb kube_delete, kube_delete_all;                  /* kube-delete.c */
kube_verb kube_scale, kube_evict, kube_bind;             /* kube-sub.c */
/* Paths outside of the resources: discovery, version, health, openapi.  False: none of those. */
bool kube_discovery(struct world *w, const struct lab_request *rq, struct lab_reply *rp);
bool kube_openapi(const struct lab_request *rq, struct lab_reply *rp);
bool kube_access(struct world *w, const struct lab_request *rq, struct lab_reply *rp);

/* ---- parts ---- */

/* Ends every watch: the API server went away. */
void kube_watch_drop(struct kube *k);
void kube_watch_init(struct kube *k);

/* One object, or (list) a list's items, in a look: a new tree. */
void *kube_look_object(struct world *w, const struct kube_resource *r, struct kube_look look,
	const void *json);
/* {"kind": "Table", columnDefinitions, rows: []}; columns only when wanted. */
void *kube_table_new(const struct kube_resource *r, bool columns);
void kube_table_add(struct world *w, void *table, const struct kube_resource *r,
	enum kube_include include, const void *json);
void *kube_partial(const void *json); /* PartialObjectMetadata */

/* What the API server fills in on creation, and on a change of a template. */
void kube_default(struct world *w, const struct kube_resource *r, void *json);

enum kube_propagation { PROPAGATE_BACKGROUND, PROPAGATE_FOREGROUND, PROPAGATE_ORPHAN };
/*
 * Deletes as the API does: a pod on a node is only marked, with its grace
 * (-1: its own), and its kubelet removes it; 0 is at once.  True: it is gone.
 */
bool kube_object_delete(struct kube *k, struct kobj *o, int64_t grace,
	enum kube_propagation propagation);

/*
 * A budget that forbids to evict this pod now, with words about it; NULL: none,
 * or (count) several match, which is an error of its own.
 */
const struct kobj *kube_budget_blocks(struct kube *k, const struct kobj *pod, size_t *count);
/* One disruption is used up. */
void kube_budget_use(struct kube *k, const struct kobj *pod);

#endif
