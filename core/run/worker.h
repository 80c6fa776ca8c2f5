/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker of a run: wired by tui/main.c with the same sources as the
 * screen.  Takes the Lease kube-system/kopscope-<cluster>, carries the roll
 * machine's actions out, writes events, listens on the control socket.
 */
#ifndef KOPSCOPE_RUN_WORKER_H
#define KOPSCOPE_RUN_WORKER_H

#include "core/base/err.h"
#include "core/io/loop.h"
#include "core/model/source.h"
#include "core/run/run.h"

struct worker_world {
	struct loop *loop;
	struct model *model;   /* fed by the caller's sources */
	struct cloud *cloud;   /* NULL for an update */
	struct kube *kube;     /* NULL when there is no cluster to talk to */
	struct source *sources[SRC__COUNT]; /* to set the pace; NULL where absent */
};
struct worker;
/* done(ctx, status) when the run ended; the loop's owner stops then. */
struct worker *worker_new(const char *id, const struct worker_world *w,
	void (*done)(void *ctx, enum run_status s), void *ctx, struct err *e);
/* After every batch of observations. */
void worker_changed(struct worker *w);
void worker_free(struct worker *w);

#endif
