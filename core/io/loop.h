/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one event loop.  It waits in curl_multi_poll() for everything at once:
 * transfers (core/io/http.h), file descriptors, signals, children and timers.
 * One thread; callbacks run one after another and must return within 20 ms,
 * never block and never run the loop themselves.
 *
 * Removing any watch from inside any callback is safe.  Handles are owned by
 * the loop; after *_remove() or a one-shot timer that fired they are gone.
 */
#ifndef KOPSCOPE_IO_LOOP_H
#define KOPSCOPE_IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/err.h"

struct loop;
struct loop_fd;
struct loop_timer;
struct loop_signal;
struct loop_hook;

/*
 * Borrows clock, which may be the fake one.  While a loop lives, SIGPIPE is
 * ignored, unless somebody handles it.
 */
struct loop *loop_new(const struct clock *clock);
/* After http_free().  NULL is fine. */
void loop_free(struct loop *l);
const struct clock *loop_clock(const struct loop *l);

enum loop_events { LOOP_READ = 1 << 0, LOOP_WRITE = 1 << 1 };

struct loop_fd *loop_fd_add(struct loop *l, int fd, int events,
	void (*cb)(void *ctx, int events), void *ctx);
void loop_fd_set(struct loop_fd *f, int events);
void loop_fd_remove(struct loop_fd *f); /* does not close fd */

/* Fires once, in ms of the injected clock (0: next turn). */
struct loop_timer *loop_timer_add(struct loop *l, int64_t ms, void (*cb)(void *ctx), void *ctx);
/* Before it fired only; inside its own callback the timer is already gone. */
void loop_timer_remove(struct loop_timer *t);

/*
 * Delivered as an event, never in a signal handler.  Restored on remove and
 * free.  Several may watch one signal, on one loop of the process.
 */
struct loop_signal *loop_signal_add(struct loop *l, int signum, void (*cb)(void *ctx, int signum),
	void *ctx);
void loop_signal_remove(struct loop_signal *s);

/*
 * Called by loop_free(), for what lives on the loop but belongs to nobody else
 * (children).  Newest first; gone once called.
 */
struct loop_hook *loop_at_free(struct loop *l, void (*cb)(void *ctx), void *ctx);
void loop_at_free_remove(struct loop_hook *h);

/* Runs before every wait: the place to paint, once for all that happened. */
void loop_before_wait(struct loop *l, void (*cb)(void *ctx), void *ctx);
/* From a handler of a descriptor: those run at once, before what came over the network is read. */
void loop_urgent(struct loop *l);

/* Until loop_stop().  Returns the value given to it. */
int loop_run(struct loop *l);
void loop_stop(struct loop *l, int value);
/*
 * Until done(ctx) is true, loop_stop() or timeout_ms (of the injected clock;
 * -1: none).  True when done.  For one-shot commands and tests.
 */
bool loop_run_until(struct loop *l, bool (*done)(void *ctx), void *ctx, int64_t timeout_ms);
/* One turn: waits at most max_ms real milliseconds. */
void loop_turn(struct loop *l, int max_ms);

#endif
