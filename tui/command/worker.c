/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope run-worker ID: the detached process behind a run, wired like the screen. */
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/run/worker.h"
#include "tui/options.h"
#include "tui/session-confine.h"
#include "tui/session.h"

/* How long the store may take to show the cluster, in real ms. */
#define STORE_MS 30000

struct worker_cmd {
	struct session session;
	struct worker *worker;
	const char *id;
	struct err err;
};

static void worker_cmd_done(void *ctx, enum run_status s)
{
	struct worker_cmd *w = ctx;
	loop_stop(w->session.loop, s == RUN_SUCCEEDED ? EXIT_OK : EXIT_FAILED);
}

static void worker_cmd_begin(struct worker_cmd *w)
{
	struct session *s = &w->session;
	struct worker_world world = { .loop = s->loop, .model = s->model, .cloud = s->cloud,
		.kube = s->kube };
	for (int i = 0; i < SRC__COUNT; i++) {
		world.sources[i] = s->sources[i];
	}
	w->worker = worker_new(w->id, &world, worker_cmd_done, w, &w->err);
	if (!w->worker) {
		loop_stop(s->loop, EXIT_FAILED);
	}
}

/* The cluster's sources exist once the store has shown the cluster; the worker waits for their
   answers itself. */
static void worker_cmd_changed(void *ctx)
{
	struct worker_cmd *w = ctx;
	if (w->worker) {
		worker_changed(w->worker);
	} else if (model_opened(w->session.model)) {
		session_pace(&w->session, PACE_FAST);
		worker_cmd_begin(w);
	}
}

/* The store does not answer or does not hold the cluster: the worker says so in its run. */
static void worker_cmd_late(void *ctx)
{
	struct worker_cmd *w = ctx;
	if (!w->worker) {
		worker_cmd_begin(w);
	}
}

int cmd_worker(const struct options *o, struct err *e)
{
	if (o->nargs != 2) {
		err_set(e, ERR_USAGE, "run-worker needs the id of a run");
		return EXIT_USAGE;
	}
	struct run_view v;
	if (!run_view_read(o->args[1], &v, e)) {
		return EXIT_FAILED;
	}
	struct worker_cmd w = { .id = o->args[1] };
	struct session_options opts = o->session;
	opts.cluster = v.meta.cluster;
	opts.state = v.meta.state;
	const char *context = getenv("KOPSCOPE_CONTEXT");
	if (!opts.context && !str_empty(context)) {
		opts.context = context;
	}
	session_init(&w.session, &opts);
	w.session.detached = true;
	w.session.changed = worker_cmd_changed;
	w.session.changed_ctx = &w;
	if (v.meta.kind == RUN_ROLL && v.meta.engine == RUN_NATIVE) {
		session_confine(&w.session, true);
	}
	session_start(&w.session);
	if (v.meta.kind == RUN_CREATE) {
		worker_cmd_begin(&w); /* the store cannot show it yet */
	}
	loop_timer_add(
		w.session.loop, (int64_t)(STORE_MS * w.session.clock.scale), worker_cmd_late, &w);
	int rc = loop_run(w.session.loop);
	if (w.worker) {
		worker_free(w.worker);
	}
	err_copy(e, &w.err);
	session_release(&w.session);
	run_view_release(&v);
	return rc;
}
