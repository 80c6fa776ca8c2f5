/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gate: stands in front of a cluster, a cloud or a store and lets only
 * those writes through that may be made.  A session hands out nothing else,
 * so neither a dialog nor a command nor a run's worker can go around it.
 *
 * What is refused ends as every call does: later, once, with an error.
 */
#ifndef KOPSCOPE_RUN_GATE_H
#define KOPSCOPE_RUN_GATE_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/io/loop.h"
#include "core/model/source.h"
#include "core/run/policy.h"

/* What a write is done to, for its instance group. */
enum gate_thing { GATE_NONE, GATE_NODE, GATE_POD, GATE_INSTANCE, GATE_ASG };

struct gate_keeper {
	/* False with ERR_REFUSED.  cluster NULL: the one that is open.  group: "" none, NULL not
	   known. */
	bool (*may)(void *ctx, const char *cluster, const char *group, enum policy_action a,
		struct err *e);
	/* The group of a thing (ns NULL but for a pod); "" none; NULL: not known.  Borrowed. */
	const char *(*group_of)(void *ctx, enum gate_thing t, const char *ns, const char *name);
	void *ctx;
};

/* The keeper is copied.  under stays the caller's, and must live longer; NULL: NULL. */
struct kube *gate_kube_new(struct loop *l, struct kube *under, const struct gate_keeper *k);
void gate_kube_free(struct kube *k); /* NULL is fine */
struct cloud *gate_cloud_new(struct loop *l, struct cloud *under, const struct gate_keeper *k);
void gate_cloud_free(struct cloud *c);
/* Owns under, which its free() frees. */
struct store *gate_store_new(struct loop *l, struct store *under, const struct gate_keeper *k);

#endif
