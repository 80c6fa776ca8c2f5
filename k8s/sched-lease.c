/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduler's lease, read while pods wait without a word. */
#include "k8s/sched-lease.h"

#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/loop.h"
#include "k8s/decode-parts.h"

#define LEASE "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler"
#define PATIENCE_MS 30000 /* a scheduler may take that to look at a pod; and between two reads */
#define UNSEEN_MAX 64     /* enough to know that there is one */

struct sched_lease {
	struct kube_client *client;
	struct loop *loop;
	void (*read)(void *ctx, int64_t at, int64_t renewed);
	void *ctx;
	struct strmap *unseen; /* uids of pods that no scheduler has spoken about */
	struct loop_timer *timer;
	struct kube_call *call;
};

static void on_timer(void *ctx);

static void timer_set(struct sched_lease *s)
{
	if (!s->timer && !s->call && strmap_count(s->unseen))
		s->timer = loop_timer_add(s->loop, PATIENCE_MS, on_timer, s);
}

static void on_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct sched_lease *s = ctx;
	int64_t now = clock_wall(loop_clock(s->loop));

	s->call = NULL;
	if (!e) {
		json_t *j = json_parse(a->body, a->len, NULL);
		s->read(s->ctx, now, decode_stamp(j, "spec.renewTime"));
		json_decref(j);
	} else if (e->kind == ERR_NOT_FOUND) {
		s->read(s->ctx, now, 0);
	}
	timer_set(s);
}

static void on_timer(void *ctx)
{
	struct sched_lease *s = ctx;

	s->timer = NULL;
	if (!strmap_count(s->unseen))
		return;
	s->call = kube_client_start(s->client, &(struct kube_request){
		.method = "GET", .path = LEASE, .what = "read the scheduler's lease",
		.timeout_ms = 10000, .on_done = on_done, .ctx = s,
	});
}

static bool is_unseen(const struct pod *p)
{
	const char *who = p->shape ? p->shape->scheduler_name : NULL;

	return p->phase == POD_PENDING && str_empty(p->node) && !p->trouble->sched_reason &&
		!p->deletion && !(p->flags & POD_GATED) &&
		(str_empty(who) || str_eq(who, "default-scheduler"));
}

void sched_lease_pod(struct sched_lease *s, enum obs_verb verb, const struct pod *p)
{
	if (!p) {
		if (verb == OBS_SYNC_BEGIN)
			strmap_clear(s->unseen);
		return;
	}
	if (!p->uid)
		return;
	if (verb != OBS_SEEN || !is_unseen(p))
		strmap_remove(s->unseen, p->uid);
	else if (strmap_count(s->unseen) < UNSEEN_MAX)
		strmap_set(s->unseen, p->uid, s);
	timer_set(s);
}

struct sched_lease *sched_lease_new(struct kube_client *c, struct loop *loop,
	void (*read)(void *ctx, int64_t at, int64_t renewed), void *ctx)
{
	struct sched_lease *s = xcalloc(1, sizeof *s);

	*s = (struct sched_lease){ .client = c, .loop = loop, .read = read, .ctx = ctx };
	s->unseen = strmap_new(NULL);
	return s;
}

void sched_lease_free(struct sched_lease *s)
{
	if (!s)
		return;
	if (s->call)
		kube_call_cancel(s->call);
	if (s->timer)
		loop_timer_remove(s->timer);
	strmap_free(s->unseen);
	free(s);
}
