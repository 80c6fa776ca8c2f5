/* SPDX-License-Identifier: Apache-2.0 */
/* Silence, sleep and set clocks. */
#include "k8s/heartbeat.h"

#include <inttypes.h>
#include <stdlib.h>

#include "core/base/xalloc.h"
#include "core/io/trace.h"

#define TICK_MS 4000
#define ANSWER_MS 6000 /* after 20 s of silence and a tick: 30 s in all */
#define JUMP_MS 5000

struct heartbeat {
	struct kube_client *client;
	struct heartbeat_spec spec;
	struct loop_timer *timer;
	struct kube_call *probe;
	int64_t silence_ms; /* until the question */
	int64_t answered;   /* mono ms of the last good answer */
	int64_t asked_for;  /* mono ms of what was heard last, when the question was put */
	int64_t mono, wall; /* at the last tick */
};

static const struct clock *heartbeat_clock(const struct heartbeat *h)
{
	return loop_clock(kube_client_loop(h->client));
}

/* Real ms between two readings of the mono clock. */
static int64_t real_ms(const struct heartbeat *h, int64_t mono)
{
	return (int64_t)((double)mono / heartbeat_clock(h)->scale);
}

static void heartbeat_lost(struct heartbeat *h, const struct err *why)
{
	if (h->probe)
		kube_call_cancel(h->probe);
	h->probe = NULL;
	kube_client_reconnect(h->client);
	h->spec.lost(h->spec.ctx, why);
}

/* Any answer is one: a server that says no is there. */
static void probe_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	struct heartbeat *h = ctx;
	struct err why = ERR_INIT;

	h->probe = NULL;
	if (!e || (e->kind != ERR_TIMEOUT && e->kind != ERR_NETWORK)) {
		h->answered = clock_mono(heartbeat_clock(h));
		if (h->spec.answered)
			h->spec.answered(h->spec.ctx);
		return;
	}
	int64_t silent = clock_mono(heartbeat_clock(h)) - h->asked_for;
	err_set(&why, e->kind, "the API server has not answered for %" PRId64 " s",
		real_ms(h, silent) / 1000);
	err_hint(&why, "tries go on by themselves; what is shown is from before");
	heartbeat_lost(h, &why);
}

static bool heartbeat_jumped(struct heartbeat *h)
{
	const struct clock *clock = heartbeat_clock(h);
	int64_t mono = clock_mono(clock), wall = clock_wall(clock);
	int64_t apart = (wall - h->wall) - real_ms(h, mono - h->mono);

	h->mono = mono;
	h->wall = wall;
	if (apart > -JUMP_MS && apart < JUMP_MS)
		return false;
	trace_say(TRACE_K8S, "clocks are %" PRId64 " ms apart", apart);
	return true;
}

static void heartbeat_tick(void *ctx)
{
	struct heartbeat *h = ctx;
	const struct clock *clock = heartbeat_clock(h);

	h->timer = loop_timer_add(kube_client_loop(h->client), (int64_t)(TICK_MS * clock->scale),
		heartbeat_tick, h);
	if (heartbeat_jumped(h)) {
		heartbeat_lost(h, NULL);
		return;
	}
	int64_t heard = h->spec.heard(h->spec.ctx);
	if (!heard || h->probe)
		return;
	if (h->answered > heard)
		heard = h->answered;
	if (real_ms(h, h->mono - heard) < h->silence_ms)
		return;
	h->asked_for = heard;
	h->probe = kube_client_start(h->client, &(struct kube_request){
		.method = "GET", .path = "/version", .what = "ask whether it is there",
		.timeout_ms = -1, .idle_timeout_ms = ANSWER_MS, .no_retry = true,
		.on_done = probe_done, .ctx = h,
	});
}

struct heartbeat *heartbeat_new(struct kube_client *c, const struct heartbeat_spec *spec)
{
	struct heartbeat *h = xcalloc(1, sizeof *h);

	h->client = c;
	h->spec = *spec;
	h->mono = clock_mono(heartbeat_clock(h));
	h->wall = clock_wall(heartbeat_clock(h));
	heartbeat_pace(h, PACE_NORMAL);
	h->timer = loop_timer_add(kube_client_loop(c),
		(int64_t)(TICK_MS * heartbeat_clock(h)->scale), heartbeat_tick, h);
	return h;
}

void heartbeat_free(struct heartbeat *h)
{
	if (!h)
		return;
	if (h->probe)
		kube_call_cancel(h->probe);
	loop_timer_remove(h->timer);
	free(h);
}

void heartbeat_pace(struct heartbeat *h, enum pace pace)
{
	h->silence_ms = pace == PACE_FAST ? 10000 : pace == PACE_NORMAL ? 20000 : 75000;
}
