/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is the scheduler there?  While a pod waits and no scheduler has said why, the
 * lease that kube-scheduler renews is read now and then; else never.
 */
#ifndef KOPSCOPE_K8S_SCHED_LEASE_H
#define KOPSCOPE_K8S_SCHED_LEASE_H

#include <stdint.h>

#include "core/model/model.h"
#include "core/model/things.h"
#include "k8s/client.h"

struct sched_lease;
/* read(ctx, at, renewed): wall ms; renewed 0: there is no such lease.  Borrows the client. */
struct sched_lease *sched_lease_new(struct kube_client *c, struct loop *loop,
	void (*read)(void *ctx, int64_t at, int64_t renewed), void *ctx);
void sched_lease_free(struct sched_lease *s); /* NULL is fine */
/* Every news of a pod goes through here; p NULL: a full list begins or ends. */
void sched_lease_pod(struct sched_lease *s, enum obs_verb verb, const struct pod *p);

#endif
