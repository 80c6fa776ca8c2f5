/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals as events of the loop.  For core/io/loop.c alone.
 *
 * Handlers with a pipe rather than signalfd: a handler is undone by exec, a
 * blocked signal would be inherited by every editor and shell that is started.
 */
#ifndef KOPSCOPE_IO_LOOP_SIGNAL_H
#define KOPSCOPE_IO_LOOP_SIGNAL_H

#include "core/io/loop.h"

struct loop_signals;
struct loop_signals *loop_signals_new(struct loop *l);
void loop_signals_free(struct loop_signals *s);
struct loop_signal *loop_signals_add(struct loop_signals *s, int signum,
	void (*cb)(void *ctx, int signum), void *ctx);
/* Calls the watchers of what has arrived. */
void loop_signals_fire(struct loop_signals *s);

#endif
