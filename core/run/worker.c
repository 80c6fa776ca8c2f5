/* SPDX-License-Identifier: Apache-2.0 */
/* The worker of a run: its life from waiting for the world to the end event. */
#include "core/run/worker.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/run-folder.h"
#include "core/run/worker-internal.h"

struct loop_timer *worker_timer(struct worker *w, int64_t real_ms, void (*cb)(void *ctx),
	void *ctx)
{
	double scale = loop_clock(w->world.loop)->scale;

	if (scale < 1)
		scale = 1;
	return loop_timer_add(w->world.loop, (int64_t)((double)real_ms * scale), cb, ctx);
}

static void worker_timer_drop(struct loop_timer **t)
{
	if (*t)
		loop_timer_remove(*t);
	*t = NULL;
}

/* ---- the end ---- */

static void worker_pace(struct worker *w, enum pace pace)
{
	size_t i;

	for (i = 0; i < SRC__COUNT; i++) {
		if (w->world.sources[i])
			w->world.sources[i]->ops->pace(w->world.sources[i], pace);
	}
}

/* The end is told when the lease is back, so that who waits for it can begin at once. */
static void worker_ended(struct worker *w)
{
	if (w->stage == WORKER_ENDED)
		return;
	worker_timer_drop(&w->until);
	w->stage = WORKER_ENDED;
	run_log_end(w->log, w->status, w->end_text);
	control_close(w->control);
	w->control = NULL;
	w->done(w->ctx, w->status); /* may free w */
}

void worker_end(struct worker *w, enum run_status s, const char *fmt, ...)
{
	va_list ap;

	if (w->stage >= WORKER_ENDS)
		return;
	w->stage = WORKER_ENDS;
	w->status = s;
	worker_timer_drop(&w->until);
	va_start(ap, fmt);
	w->end_text = xvasprintf(fmt, ap);
	va_end(ap);
	worker_pace(w, PACE_NORMAL);
	/* From a timer, so that whoever called us may still use w. */
	worker_turn_soon(w);
}

/* ---- the beginning ---- */

static bool worker_needs_world(const struct worker *w)
{
	return w->meta.kind == RUN_ROLL && !w->cloud_only;
}

/* A roll by the cloud alone is for clusters that do not answer. */
static bool worker_read_options(struct worker *w, struct err *e)
{
	const char *json = w->meta.options;
	struct roll_options o;

	if (w->meta.kind != RUN_ROLL || w->meta.engine != RUN_KOPS || !json)
		return true;
	roll_options_default(&o);
	if (!roll_options_load(&o, json, strlen(json), e))
		return false;
	w->cloud_only = o.cloud_only;
	roll_options_release(&o);
	return true;
}

/* The sources that the run stands on have answered; else the one that has not. */
static bool worker_world_live(const struct worker *w, enum source_id *missing)
{
	static const enum source_id needed[] = { SRC_STORE, SRC_AWS, SRC_KUBE };
	size_t i;

	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		*missing = needed[i];
		if (model_source(w->world.model, needed[i])->state != SOURCE_LIVE)
			return false;
	}
	return true;
}

static void worker_work(struct worker *w)
{
	struct err e = ERR_INIT;
	bool ok;

	w->stage = WORKER_WORKS;
	worker_pace(w, PACE_FAST);
	if (w->meta.kind == RUN_ROLL && w->meta.engine == RUN_NATIVE)
		ok = worker_roll_start(w, &e);
	else if (w->meta.kind == RUN_CREATE)
		ok = worker_create_start(w, &e);
	else
		ok = worker_kops_start(w, &e);
	if (!ok)
		worker_end(w, RUN_FAILED, "%s%s%s", e.text, e.hint[0] ? ": " : "", e.hint);
}

void worker_leased(struct worker *w)
{
	if (w->stage == WORKER_LEASES)
		worker_work(w);
}

static void worker_begin(struct worker *w)
{
	worker_timer_drop(&w->until);
	w->stage = WORKER_LEASES;
	/* An update may be what brings the cluster up: it needs no lease where there is none. */
	if (w->world.kube && (worker_needs_world(w) ||
		model_source(w->world.model, SRC_KUBE)->state == SOURCE_LIVE)) {
		w->lease = worker_lease_new(w);
		worker_lease_take(w->lease);
	} else {
		worker_work(w);
	}
}

static void worker_world_late(void *ctx)
{
	struct worker *w = ctx;
	enum source_id missing;
	const struct source_status *s;

	w->until = NULL;
	if (!worker_needs_world(w) || worker_world_live(w, &missing)) {
		worker_begin(w);
		return;
	}
	s = model_source(w->world.model, missing);
	worker_end(w, RUN_FAILED, "Nothing %swas done: %s does not answer%s%s",
		w->resumes ? "more " : "", source_name(missing), s->why.text[0] ? ": " : "",
		s->why.text);
}

static void worker_keep_lease(void *ctx)
{
	struct worker *w = ctx;

	w->until = NULL;
	worker_ended(w);
}

static void worker_let_go(struct worker *w)
{
	if (!w->lease) {
		worker_ended(w);
		return;
	}
	if (!w->until)
		w->until = worker_timer(w, WORKER_DROP_MS, worker_keep_lease, w);
	worker_lease_drop(w->lease, worker_ended);
}

static void worker_turn(void *ctx)
{
	struct worker *w = ctx;
	enum source_id missing;

	w->turn = NULL;
	switch (w->stage) {
	case WORKER_WAITS:
		if (worker_world_live(w, &missing))
			worker_begin(w);
		break;
	case WORKER_LEASES:
		break;
	case WORKER_WORKS:
		if (w->roll)
			worker_roll_turn(w);
		break;
	case WORKER_ENDS:
		worker_let_go(w);
		break;
	case WORKER_ENDED:
		break;
	}
}

void worker_turn_soon(struct worker *w)
{
	if (!w->turn && w->stage != WORKER_ENDED)
		w->turn = loop_timer_add(w->world.loop, 0, worker_turn, w);
}

void worker_changed(struct worker *w)
{
	if (w->stage == WORKER_WAITS || w->stage == WORKER_WORKS)
		worker_turn_soon(w);
}

static bool worker_word(void *ctx, const char *word)
{
	struct worker *w = ctx;

	if (w->stage < WORKER_WORKS && str_eq(word, "stop")) {
		worker_end(w, RUN_USER_STOPPED, "Stopped by the user before anything was done.");
		return true;
	}
	if (w->stage != WORKER_WORKS)
		return false;
	return w->roll ? worker_roll_word(w, word)
		: w->create ? worker_create_word(w, word) : worker_kops_word(w, word);
}

/* How long the world may take to show itself, in real ms. */
static int64_t worker_patience(const struct worker *w)
{
	if (!worker_needs_world(w))
		return w->world.kube ? WORKER_KUBE_MS : 0;
	return w->resumes ? WORKER_RESUME_MS : WORKER_WORLD_MS;
}

struct worker *worker_new(const char *id, const struct worker_world *world,
	void (*done)(void *ctx, enum run_status s), void *ctx, struct err *e)
{
	struct worker *w = xcalloc(1, sizeof(*w));

	w->id = xstrdup(id);
	w->world = *world;
	w->done = done;
	w->ctx = ctx;
	if (!run_meta_read(id, &w->meta, e) || !worker_read_options(w, e) ||
		!run_pid_write(id, (long)getpid(), e)) {
		worker_free(w);
		return NULL;
	}
	w->control = control_open(world->loop, id, worker_word, w, e);
	if (!w->control) {
		worker_free(w);
		return NULL;
	}
	w->log = run_log_new(id, loop_clock(world->loop));
	run_log_start(w->log);
	w->resumes = run_has_file(id, "state.json");
	w->until = worker_timer(w, worker_patience(w), worker_world_late, w);
	worker_turn_soon(w);
	return w;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	worker_timer_drop(&w->turn);
	worker_timer_drop(&w->until);
	worker_roll_free(w->roll);
	worker_kops_free(w->kops);
	worker_create_free(w->create);
	worker_lease_free(w->lease);
	control_close(w->control);
	run_log_free(w->log);
	run_meta_release(&w->meta);
	free(w->end_text);
	free(w->id);
	free(w);
}
