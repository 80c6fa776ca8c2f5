/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop.
 *
 * Watches that are removed while callbacks run are only marked, and freed at
 * the end of the turn, so that walking the lists stays safe.  Timers live in a
 * heap; one that is removed is taken out at once.
 */
#include "core/io/loop.h"

#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"
#include "core/io/loop-curl.h"
#include "core/io/loop-hold.h"
#include "core/io/loop-signal.h"
#include "core/io/trace.h"

struct loop_fd {
	struct loop *loop;
	int fd, events;
	void (*cb)(void *ctx, int events);
	void *ctx;
	bool dead;
};

struct loop_timer {
	struct loop *loop;
	int64_t due;
	uint64_t seq; /* of two due at once, the older fires first */
	size_t at;    /* in the heap */
	void (*cb)(void *ctx);
	void *ctx;
};

struct loop_hook {
	struct loop *loop;
	struct loop_hook *next;
	void (*cb)(void *ctx);
	void *ctx;
};

struct loop {
	const struct clock *clock;
	CURLM *multi;
	struct loop_fd **fds;
	size_t nfds, fds_cap;
	bool fds_dead; /* some are */
	struct curl_waitfd *wait;
	size_t wait_cap;
	struct loop_timer **timers;
	size_t ntimers, timers_cap;
	uint64_t timer_seq;
	struct loop_signals *signals;
	struct loop_hook *before, *at_free;
	bool in_turn, stopped;
	bool urgent; /* loop_urgent() */
	int held;    /* loop_transfers_hold() */
	uint64_t turns;
	struct hold hold;
	int stop_value;
	void (*old_sigpipe)(int);
};

static int loop_count; /* of the process: libcurl is set up for the first */

struct loop *loop_new(const struct clock *clock)
{
	struct loop *l = xcalloc(1, sizeof(*l));

	/*
	 * A request that libcurl makes without the header, the method or the authority
	 * it found no memory for is worse than none.
	 */
	if (loop_count++ == 0 && curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, free, xrealloc,
			xstrdup, xcalloc))
		xalloc_die("libcurl does not start: out of memory");
	l->clock = clock;
	l->multi = curl_multi_init();
	if (!l->multi)
		xalloc_die("out of memory");
	/* A peer that closes early is an error of write(), not the end of the program. */
	l->old_sigpipe = signal(SIGPIPE, SIG_IGN);
	if (l->old_sigpipe != SIG_DFL)
		signal(SIGPIPE, l->old_sigpipe);
	l->signals = loop_signals_new(l);
	/* Without that, looking up a name would hold up everything. */
	if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_ASYNCHDNS))
		trace_say(TRACE_LOOP, "this libcurl blocks while it resolves names");
	return l;
}

static void loop_hooks_free(struct loop_hook **list)
{
	while (*list) {
		struct loop_hook *h = *list;

		*list = h->next;
		free(h);
	}
}

void loop_free(struct loop *l)
{
	size_t i;

	if (!l)
		return;
	if (l->in_turn)
		BUG("loop_free() from inside a callback");
	while (l->at_free) {
		struct loop_hook *h = l->at_free;

		l->at_free = h->next;
		h->cb(h->ctx);
		free(h);
	}
	hold_tell(&l->hold);
	loop_hooks_free(&l->before);
	loop_signals_free(l->signals);
	for (i = 0; i < l->nfds; i++)
		free(l->fds[i]);
	for (i = 0; i < l->ntimers; i++)
		free(l->timers[i]);
	free(l->fds);
	free(l->timers);
	free(l->wait);
	curl_multi_cleanup(l->multi);
	if (l->old_sigpipe == SIG_DFL)
		signal(SIGPIPE, SIG_DFL);
	free(l);
	if (--loop_count == 0)
		curl_global_cleanup();
}

const struct clock *loop_clock(const struct loop *l)
{
	return l->clock;
}

CURLM *loop_multi(struct loop *l)
{
	return l->multi;
}

uint64_t loop_turns(const struct loop *l)
{
	return l->turns;
}

void loop_transfers_hold(struct loop *l, bool on)
{
	l->held += on ? 1 : -1;
}

/* File descriptors. */

struct loop_fd *loop_fd_add(struct loop *l, int fd, int events,
	void (*cb)(void *ctx, int events), void *ctx)
{
	struct loop_fd *f = xcalloc(1, sizeof(*f));

	*f = (struct loop_fd){ .loop = l, .fd = fd, .events = events, .cb = cb, .ctx = ctx };
	l->fds = xgrow(l->fds, &l->fds_cap, l->nfds, sizeof(struct loop_fd *));
	l->fds[l->nfds++] = f;
	return f;
}

void loop_fd_set(struct loop_fd *f, int events)
{
	f->events = events;
}

static void loop_fds_reap(struct loop *l)
{
	size_t i, n = 0;

	if (!l->fds_dead)
		return;
	for (i = 0; i < l->nfds; i++) {
		if (l->fds[i]->dead)
			free(l->fds[i]);
		else
			l->fds[n++] = l->fds[i];
	}
	l->nfds = n;
	l->fds_dead = false;
}

void loop_fd_remove(struct loop_fd *f)
{
	if (!f)
		return;
	f->dead = true;
	f->loop->fds_dead = true;
	if (!f->loop->in_turn)
		loop_fds_reap(f->loop);
}

/* Timers: a binary heap by (due, seq). */

static bool loop_timer_before(const struct loop_timer *a, const struct loop_timer *b)
{
	return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void loop_timer_place(struct loop *l, size_t at, struct loop_timer *t)
{
	l->timers[at] = t;
	t->at = at;
}

static void loop_timer_up(struct loop *l, struct loop_timer *t)
{
	size_t at = t->at;

	while (at > 0 && loop_timer_before(t, l->timers[(at - 1) / 2])) {
		loop_timer_place(l, at, l->timers[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	loop_timer_place(l, at, t);
}

static void loop_timer_down(struct loop *l, struct loop_timer *t)
{
	size_t at = t->at;

	for (;;) {
		size_t child = at * 2 + 1;

		if (child >= l->ntimers)
			break;
		if (child + 1 < l->ntimers &&
				loop_timer_before(l->timers[child + 1], l->timers[child]))
			child++;
		if (!loop_timer_before(l->timers[child], t))
			break;
		loop_timer_place(l, at, l->timers[child]);
		at = child;
	}
	loop_timer_place(l, at, t);
}

struct loop_timer *loop_timer_add(struct loop *l, int64_t ms, void (*cb)(void *ctx), void *ctx)
{
	struct loop_timer *t = xcalloc(1, sizeof(*t));
	int64_t now = clock_mono(l->clock);

	if (ms < 0)
		ms = 0;
	if (ms > INT64_MAX - now)
		ms = INT64_MAX - now;
	*t = (struct loop_timer){
		.loop = l, .due = now + ms, .seq = l->timer_seq++, .cb = cb, .ctx = ctx,
	};
	l->timers = xgrow(l->timers, &l->timers_cap, l->ntimers, sizeof(struct loop_timer *));
	t->at = l->ntimers++;
	loop_timer_up(l, t);
	return t;
}

static void loop_timer_take(struct loop_timer *t)
{
	struct loop *l = t->loop;
	struct loop_timer *last = l->timers[--l->ntimers];

	if (last == t)
		return;
	loop_timer_place(l, t->at, last);
	loop_timer_up(l, last);
	loop_timer_down(l, last);
}

void loop_timer_remove(struct loop_timer *t)
{
	if (!t)
		return;
	loop_timer_take(t);
	free(t);
}

static void loop_timers_fire(struct loop *l)
{
	int64_t now = clock_mono(l->clock);
	/* Timers that these callbacks add wait for the next turn. */
	uint64_t end = l->timer_seq;

	while (l->ntimers && l->timers[0]->due <= now && l->timers[0]->seq < end) {
		struct loop_timer *t = l->timers[0];
		void (*cb)(void *ctx) = t->cb;
		void *ctx = t->ctx;

		loop_timer_take(t);
		MUST(!l->ntimers || l->timers[0] != t);
		free(t);
		cb(ctx);
	}
}

/* Signals and hooks. */

struct loop_signal *loop_signal_add(struct loop *l, int signum, void (*cb)(void *ctx, int signum),
	void *ctx)
{
	return loop_signals_add(l->signals, signum, cb, ctx);
}

static struct loop_hook *loop_hook_add(struct loop *l, struct loop_hook **list,
	void (*cb)(void *ctx), void *ctx)
{
	struct loop_hook *h = xcalloc(1, sizeof(*h));

	*h = (struct loop_hook){ .loop = l, .next = *list, .cb = cb, .ctx = ctx };
	*list = h;
	return h;
}

void loop_before_wait(struct loop *l, void (*cb)(void *ctx), void *ctx)
{
	struct loop_hook **end = &l->before;

	while (*end)
		end = &(*end)->next;
	loop_hook_add(l, end, cb, ctx);
}

struct loop_hook *loop_at_free(struct loop *l, void (*cb)(void *ctx), void *ctx)
{
	return loop_hook_add(l, &l->at_free, cb, ctx);
}

void loop_at_free_remove(struct loop_hook *h)
{
	struct loop_hook **p = &h->loop->at_free;

	while (*p && *p != h)
		p = &(*p)->next;
	if (!*p)
		return;
	*p = h->next;
	free(h);
}

/* Turning. */

static int loop_wait_ms(const struct loop *l, int max_ms)
{
	double ms;

	if (!l->ntimers)
		return max_ms;
	ms = (double)(l->timers[0]->due - clock_mono(l->clock));
	if (ms <= 0)
		return 0;
	/* Rounded up: a turn that comes early would only come again. */
	ms = ms / l->clock->scale + 0.999;
	return ms < max_ms ? (int)ms : max_ms;
}

/* Returns how many of wait are used; the fds are in the order of l->fds. */
static unsigned loop_wait_fill(struct loop *l)
{
	size_t i;

	for (i = 0; i < l->nfds; i++) {
		int ev = l->fds[i]->events;

		l->wait = xgrow(l->wait, &l->wait_cap, i, sizeof(*l->wait));
		l->wait[i] = (struct curl_waitfd){
			/* Not watched at all for now: else a hang-up would spin the loop. */
			.fd = ev ? l->fds[i]->fd : CURL_SOCKET_BAD,
			.events = (short)((ev & LOOP_READ ? CURL_WAIT_POLLIN : 0) |
				(ev & LOOP_WRITE ? CURL_WAIT_POLLOUT : 0)),
		};
	}
	return (unsigned)l->nfds;
}

static void loop_fds_fire(struct loop *l, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		struct loop_fd *f = l->fds[i];
		int got = l->wait[i].revents, events;

		if (!got || f->dead)
			continue;
		events = (got & CURL_WAIT_POLLOUT ? LOOP_WRITE : 0) |
			(got & (CURL_WAIT_POLLIN | CURL_WAIT_POLLPRI) ? LOOP_READ : 0);
		/* An error or a hang-up may come as what was not asked for. */
		events = events & f->events ? events & f->events : f->events;
		if (events)
			f->cb(f->ctx, events);
	}
}

static void loop_transfers_fire(struct loop *l)
{
	int running, left;
	CURLMsg *m;

	curl_multi_perform(l->multi, &running);
	hold_part(&l->hold, HOLD_NETWORK);
	for (m = curl_multi_info_read(l->multi, &left); m;
			m = curl_multi_info_read(l->multi, &left)) {
		struct loop_transfer *t = NULL;
		CURLcode code = m->data.result;
		CURL *easy = m->easy_handle;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
		curl_multi_remove_handle(l->multi, easy);
		t->done(t->ctx, code);
	}
}

static void loop_hooks_run(struct loop *l)
{
	struct loop_hook *h;

	l->urgent = false;
	for (h = l->before; h; h = h->next)
		h->cb(h->ctx);
}

void loop_urgent(struct loop *l)
{
	l->urgent = true;
}

void loop_turn(struct loop *l, int max_ms)
{
	unsigned n;
	int wait;

	if (l->in_turn)
		BUG("the loop is run from inside a callback");
	l->in_turn = true;
	l->turns++;
	loop_hooks_run(l);
	loop_fds_reap(l);
	hold_part(&l->hold, HOLD_BEFORE);
	hold_end(&l->hold);
	wait = l->stopped ? 0 : loop_wait_ms(l, max_ms);
	n = loop_wait_fill(l);
	curl_multi_poll(l->multi, l->wait, n, wait, NULL);
	hold_begin(&l->hold);
	loop_fds_fire(l, n);
	loop_signals_fire(l->signals);
	hold_part(&l->hold, HOLD_FD);
	if (l->urgent)
		loop_hooks_run(l);
	hold_part(&l->hold, HOLD_URGENT);
	if (!l->held)
		loop_transfers_fire(l);
	hold_part(&l->hold, HOLD_DONE);
	loop_timers_fire(l);
	hold_part(&l->hold, HOLD_TIMER);
	l->in_turn = false;
	loop_fds_reap(l);
}

int loop_run(struct loop *l)
{
	l->stopped = false;
	while (!l->stopped)
		loop_turn(l, INT_MAX);
	return l->stop_value;
}

void loop_stop(struct loop *l, int value)
{
	l->stopped = true;
	l->stop_value = value;
}

struct loop_limit {
	struct loop_timer *timer;
	bool over;
};

static void loop_limit_reached(void *ctx)
{
	struct loop_limit *limit = ctx;

	limit->over = true;
	limit->timer = NULL;
}

bool loop_run_until(struct loop *l, bool (*done)(void *ctx), void *ctx, int64_t timeout_ms)
{
	struct loop_limit limit = { .over = false };
	bool is_done = done(ctx);

	l->stopped = false;
	if (timeout_ms >= 0)
		limit.timer = loop_timer_add(l, timeout_ms, loop_limit_reached, &limit);
	while (!is_done && !limit.over && !l->stopped) {
		loop_turn(l, INT_MAX);
		is_done = done(ctx);
	}
	loop_timer_remove(limit.timer);
	return is_done;
}
