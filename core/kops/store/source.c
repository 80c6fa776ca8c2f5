/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state store as a source of observations.
 *
 * A round lists the store's folders and makes a task of each; a task reads the
 * folder's config, kops-version.txt and instance groups, and reports them all
 * at once when the last has come.  Reads wait in one queue and at most
 * SOURCE_PARALLEL are out.  What fails for the moment (network, throttling) is
 * left out of the report, and the sync it belongs to is not ended, so that
 * nothing is taken for gone that could only not be read.
 */
#include "core/kops/store/source.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/trace.h"
#include "core/kops/store/source-inner.h"

#define SOURCE_NORMAL_MS 30000
#define SOURCE_FAST_MS 5000
/* A store of thousands of clusters is not asked all the time: rests are this much longer
   than a round took. */
#define SOURCE_REST_FACTOR 4

static void source_on_timer(void *ctx);
static void store_source_refresh(struct source *base);

static int64_t source_wall(const struct store_source *s)
{
	return clock_wall(loop_clock(s->loop));
}

void store_source_trouble(struct store_source *s, const struct err *e)
{
	trace_say(TRACE_KOPS, "store: %s", e->text);
	err_copy(&s->trouble, e);
}

/* ---- reporting ---- */

void store_source_sync(struct store_source *s, enum obs_verb verb)
{
	const struct observation o = { .kind = OBS_CLUSTER, .verb = verb };

	sink_observe(&s->sink, &o);
}

static void source_arm(struct store_source *s, int64_t ms)
{
	if (s->timer) {
		loop_timer_remove(s->timer);
		s->timer = NULL;
	}
	if (s->started && s->pace != PACE_IDLE) {
		s->timer = loop_timer_add(s->loop, ms, source_on_timer, s);
	}
}

static int64_t source_rest(const struct store_source *s)
{
	int64_t pace = s->pace == PACE_FAST ? SOURCE_FAST_MS : SOURCE_NORMAL_MS;
	int64_t took = (clock_mono(loop_clock(s->loop)) - s->began) * SOURCE_REST_FACTOR;

	return took > pace ? took : pace;
}

static void source_end(struct store_source *s)
{
	char detail[96];

	s->running = false;
	if (err_is_set(&s->trouble)) {
		sink_source_failed(&s->sink, SRC_STORE, source_wall(s), &s->trouble);
	} else {
		store_source_sync(s, OBS_SYNC_END);
		snprintf(detail, sizeof(detail), "%zu cluster%s, %zu group%s", s->nclusters,
			s->nclusters == 1 ? "" : "s", s->ngroups, s->ngroups == 1 ? "" : "s");
		sink_source_live(&s->sink, SRC_STORE, source_wall(s), detail);
	}
	source_arm(s, source_rest(s));
	if (s->again) {
		s->again = false;
		store_source_refresh(&s->base);
	}
}

/* ---- rounds ---- */

void store_source_settle(struct store_source *s)
{
	if (s->dead) {
		if (!s->out) {
			strmap_free(s->tags);
			store_kept_free(s->kept);
			free(s->open);
			free(s);
		}
		return;
	}
	if (s->running && !s->tasks && !s->queue && !s->out) {
		source_end(s);
	}
}

static void source_begin(struct store_source *s)
{
	s->round++;
	s->running = true;
	s->tasks = 0;
	s->nclusters = 0;
	s->ngroups = 0;
	s->began = clock_mono(loop_clock(s->loop));
	err_clear(&s->trouble);
	sink_source_asked(&s->sink, SRC_STORE, source_wall(s), "reading");
	store_read_add(s, NULL, READ_CONFIG, xstrdup(""), false);
	store_source_pump(s);
}

static void source_on_timer(void *ctx)
{
	struct store_source *s = ctx;

	s->timer = NULL;
	source_begin(s);
}

static void source_cancel(struct store_source *s)
{
	while (s->queue) {
		struct store_read *r = s->queue;

		s->queue = r->next;
		store_read_drop(r);
	}
	s->queue_end = NULL;
	store_source_compare_stop(s);
	s->running = false;
	s->again = false;
	if (s->timer) {
		loop_timer_remove(s->timer);
		s->timer = NULL;
	}
}

static void store_source_start(struct source *base)
{
	struct store_source *s = (struct store_source *)base;

	if (!s->started) {
		s->started = true;
		source_begin(s);
	}
}

static void store_source_refresh(struct source *base)
{
	struct store_source *s = (struct store_source *)base;

	if (s->running) {
		s->again = true; /* what is being read may be older than the wish */
		return;
	}
	if (s->timer) {
		loop_timer_remove(s->timer);
		s->timer = NULL;
	}
	source_begin(s);
}

static void store_source_pace(struct source *base, enum pace pace)
{
	struct store_source *s = (struct store_source *)base;

	if (s->pace == pace) {
		return;
	}
	s->pace = pace;
	if (!s->running) {
		source_arm(s, source_rest(s));
	}
}

static void store_source_stop(struct source *base)
{
	struct store_source *s = (struct store_source *)base;

	s->started = false;
	source_cancel(s);
}

static void store_source_free(struct source *base)
{
	struct store_source *s = (struct store_source *)base;

	source_cancel(s);
	s->dead = true;
	store_source_settle(s);
}

static const struct source_ops store_source_ops = {
	.start = store_source_start,
	.refresh = store_source_refresh,
	.pace = store_source_pace,
	.stop = store_source_stop,
	.free = store_source_free,
};

struct source *store_source_new(struct loop *l, struct store *store, const struct sink *sink)
{
	struct store_source *s = xcalloc(1, sizeof(*s));

	s->base.ops = &store_source_ops;
	s->base.id = SRC_STORE;
	s->loop = l;
	s->store = store;
	s->sink = *sink;
	s->pace = PACE_NORMAL;
	s->tags = strmap_new(free);
	s->kept = store_kept_new();
	return &s->base;
}

bool store_source_look_into(struct source *base, const char *cluster)
{
	struct store_source *s = (struct store_source *)base;
	bool other = !str_eq(s->open, cluster);

	if (other) {
		xreplace(&s->open, cluster);
		s->told = false;
	}
	return other;
}

const char *store_source_tag(const struct source *base, const char *path)
{
	const struct store_source *s = (const struct store_source *)base;
	const char *tag = strmap_get(s->tags, path);

	return tag ? tag : "";
}
