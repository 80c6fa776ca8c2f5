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
#include "core/kops/store-source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/trace.h"
#include "core/kops/spec.h"

#define SOURCE_PARALLEL 8
#define SOURCE_NORMAL_MS 30000
#define SOURCE_FAST_MS 5000
/* A store of thousands of clusters is not asked all the time: rests are this much longer
   than a round took. */
#define SOURCE_REST_FACTOR 4

enum read_kind { READ_CONFIG, READ_VERSION, READ_GROUPS, READ_GROUP };

struct store_task { /* one folder of the store */
	struct store_source *src;
	char *name;
	struct arena *arena;
	struct cluster_spec spec;
	struct group_spec *groups;
	size_t ngroups, cap;
	size_t waiting;   /* reads not yet back */
	bool is_cluster;  /* it has a config */
	bool lost;        /* something of the cluster itself could not be read this time */
	bool groups_lost; /* some group could not */
};

struct store_read {
	struct store_source *src;
	struct store_task *task; /* NULL: the list of folders */
	struct store_read *next;
	enum read_kind kind;
	unsigned round; /* answers to an older round are not looked at */
	char *path;
};

struct store_source {
	struct source base;
	struct loop *loop;
	struct store *store;
	struct sink sink;
	struct loop_timer *timer;
	struct strmap *tags; /* path -> etag */
	struct store_read *queue, *queue_end;
	size_t out;     /* reads started and not yet answered, of any round */
	size_t tasks;   /* of this round, not yet reported */
	size_t nclusters, ngroups;
	unsigned round;
	enum pace pace;
	bool started, running, again, dead;
	struct err trouble; /* first of this round */
	int64_t began;
};

static void source_on_timer(void *ctx);
static void store_source_refresh(struct source *base);
static void source_pump(struct store_source *s);
static void source_settle(struct store_source *s);

static int64_t source_wall(const struct store_source *s)
{
	return clock_wall(loop_clock(s->loop));
}

/* ---- the queue ---- */

static void source_queue(struct store_source *s, struct store_task *t, enum read_kind kind,
	char *path, bool first)
{
	struct store_read *r = xcalloc(1, sizeof(*r));

	r->src = s;
	r->task = t;
	r->kind = kind;
	r->round = s->round;
	r->path = path;
	if (first) {
		r->next = s->queue;
		s->queue = r;
		s->queue_end = s->queue_end ? s->queue_end : r;
	} else if (s->queue_end) {
		s->queue_end->next = r;
		s->queue_end = r;
	} else {
		s->queue = r;
		s->queue_end = r;
	}
	if (t) {
		t->waiting++;
	}
}

static void source_read_free(struct store_read *r)
{
	free(r->path);
	free(r);
}

static void source_task_free(struct store_task *t)
{
	arena_free(t->arena);
	free(t->groups);
	free(t->name);
	free(t);
}

static void source_read_drop(struct store_read *r)
{
	if (r->task && --r->task->waiting == 0) {
		source_task_free(r->task);
	}
	source_read_free(r);
}

static void source_trouble(struct store_source *s, const struct err *e)
{
	trace_say(TRACE_KOPS, "store: %s", e->text);
	err_copy(&s->trouble, e);
}

/* ---- reporting ---- */

static void source_observe(struct store_source *s, enum obs_kind kind, enum obs_verb verb,
	const char *scope, const void *what)
{
	struct observation o = { .kind = kind, .verb = verb, .scope = scope };

	if (kind == OBS_CLUSTER) {
		o.u.cluster = what;
	} else {
		o.u.group = what;
	}
	sink_observe(&s->sink, &o);
}

static void source_report(struct store_task *t)
{
	struct store_source *s = t->src;

	if (!t->is_cluster || t->lost) {
		return; /* what is known of it from before stays */
	}
	s->nclusters++;
	s->ngroups += t->ngroups;
	source_observe(s, OBS_CLUSTER, OBS_SEEN, NULL, &t->spec);
	source_observe(s, OBS_GROUP, OBS_SYNC_BEGIN, t->name, NULL);
	for (size_t i = 0; i < t->ngroups; i++) {
		source_observe(s, OBS_GROUP, OBS_SEEN, t->name, &t->groups[i]);
	}
	if (!t->groups_lost) {
		source_observe(s, OBS_GROUP, OBS_SYNC_END, t->name, NULL);
	}
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
		source_observe(s, OBS_CLUSTER, OBS_SYNC_END, NULL, NULL);
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

/* ---- what came back ---- */

static void source_take_config(struct store_task *t, const char *text, size_t len,
	const struct err *e)
{
	if (e && e->kind == ERR_NOT_FOUND) {
		return;
	}
	t->is_cluster = true;
	if (e) {
		t->spec = (struct cluster_spec){ .max_pods = -1, .cp_max_pods = -1 };
		t->spec.problem = arena_strdup(t->arena, e->text);
	} else {
		const char *version = t->spec.kops_version;

		spec_read_cluster(text, len, t->arena, &t->spec, NULL);
		t->spec.kops_version = version;
	}
	if (t->spec.name && !str_eq(t->spec.name, t->name) && !t->spec.problem) {
		char why[512];

		snprintf(why, sizeof(why), "metadata.name is %.200s, but it is stored as %.200s",
			t->spec.name, t->name);
		t->spec.problem = arena_strdup(t->arena, why);
	}
	t->spec.name = t->name;
}

static void source_take_version(struct store_task *t, const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && n < 64 && (unsigned char)text[n] > ' ') {
		n++;
	}
	t->spec.kops_version = n ? arena_strndup(t->arena, text, n) : NULL;
}

static void source_take_group(struct store_task *t, const char *path, const char *text, size_t len,
	const struct err *e)
{
	if (e && e->kind == ERR_NOT_FOUND) {
		return; /* deleted since the list was made */
	}
	t->groups = xgrow(t->groups, &t->cap, t->ngroups, sizeof(*t->groups));
	struct group_spec *g = &t->groups[t->ngroups++];
	if (e) {
		*g = (struct group_spec){ .max_pods = -1, .min_size = -1, .max_size = -1 };
		g->cluster = t->name;
		g->problem = arena_strdup(t->arena, e->text);
	} else {
		spec_read_group(text, len, t->name, t->arena, g, NULL);
	}
	if (!g->name) {
		g->name = arena_strdup(t->arena, strrchr(path, '/') + 1);
	}
}

static bool source_is_lasting(const struct err *e)
{
	return e->kind == ERR_NOT_FOUND || e->kind == ERR_DENIED || e->kind == ERR_PARSE ||
		e->kind == ERR_IO;
}

/* One answer less to wait for; the last one of a task reports it. */
static void source_answered(struct store_read *r)
{
	struct store_source *s = r->src;
	struct store_task *t = r->task;

	if (t && --t->waiting == 0) {
		source_report(t);
		source_task_free(t);
		s->tasks--;
	}
	source_read_free(r);
	source_pump(s);
	source_settle(s);
}

/* True when the answer belongs to a round that is no more; r is gone then. */
static bool source_stale(struct store_read *r)
{
	struct store_source *s = r->src;

	s->out--;
	if (!s->dead && r->round == s->round && s->running) {
		return false;
	}
	source_read_drop(r);
	source_settle(s);
	return true;
}

static void source_on_text(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct store_read *r = ctx;
	struct store_source *s = r->src;

	if (source_stale(r)) {
		return;
	}
	if (!e || e->kind == ERR_NOT_FOUND) {
		strmap_set(s->tags, r->path, xstrdup(e || !etag ? "" : etag));
	}
	if (e && !source_is_lasting(e)) {
		source_trouble(s, e);
		r->task->groups_lost = r->task->groups_lost || r->kind == READ_GROUP;
		r->task->lost = r->task->lost || r->kind != READ_GROUP;
	} else if (r->kind == READ_CONFIG) {
		source_take_config(r->task, text, len, e);
	} else if (r->kind == READ_VERSION && !e) {
		source_take_version(r->task, text, len);
	} else if (r->kind == READ_GROUP) {
		source_take_group(r->task, r->path, text, len, e);
	}
	source_answered(r);
}

static void source_on_groups(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct store_read *r = ctx;

	if (source_stale(r)) {
		return;
	}
	if (e) {
		r->task->groups_lost = true;
		source_trouble(r->src, e);
	}
	for (size_t i = n; !e && i > 0; i--) {
		const char *name = v[i - 1].name;

		if (*name && !str_ends(name, "/")) {
			source_queue(r->src, r->task, READ_GROUP, file_join(r->path, name), true);
		}
	}
	source_answered(r);
}

static void source_add_task(struct store_source *s, const char *folder)
{
	struct store_task *t = xcalloc(1, sizeof(*t));

	t->src = s;
	t->name = xstrndup(folder, strlen(folder) - 1);
	t->arena = arena_new();
	s->tasks++;
	source_queue(s, t, READ_CONFIG, file_join(t->name, "config"), false);
	source_queue(s, t, READ_VERSION, file_join(t->name, "kops-version.txt"), false);
	source_queue(s, t, READ_GROUPS, file_join(t->name, "instancegroup/"), false);
}

static void source_on_folders(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct store_read *r = ctx;

	if (source_stale(r)) {
		return;
	}
	if (e) {
		source_trouble(r->src, e);
	} else {
		source_observe(r->src, OBS_CLUSTER, OBS_SYNC_BEGIN, NULL, NULL);
	}
	for (size_t i = 0; !e && i < n; i++) {
		if (str_ends(v[i].name, "/") && v[i].name[0] != '.' && strlen(v[i].name) > 1) {
			source_add_task(r->src, v[i].name);
		}
	}
	source_answered(r);
}

/* ---- rounds ---- */

static void source_pump(struct store_source *s)
{
	while (s->queue && s->out < SOURCE_PARALLEL) {
		struct store_read *r = s->queue;

		s->queue = r->next;
		s->queue_end = s->queue ? s->queue_end : NULL;
		s->out++;
		if (!r->task) {
			s->store->ops->list(s->store, r->path, source_on_folders, r);
		} else if (r->kind == READ_GROUPS) {
			s->store->ops->list(s->store, r->path, source_on_groups, r);
		} else {
			s->store->ops->get(s->store, r->path, source_on_text, r);
		}
	}
}

/* After an answer: the round may be over, or the source may at last be freed. */
static void source_settle(struct store_source *s)
{
	if (s->dead) {
		if (!s->out) {
			strmap_free(s->tags);
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
	source_queue(s, NULL, READ_CONFIG, xstrdup(""), false);
	source_pump(s);
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
		source_read_drop(r);
	}
	s->queue_end = NULL;
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
	source_settle(s);
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
	return &s->base;
}

const char *store_source_tag(const struct source *base, const char *path)
{
	const struct store_source *s = (const struct store_source *)base;
	const char *tag = strmap_get(s->tags, path);

	return tag ? tag : "";
}
