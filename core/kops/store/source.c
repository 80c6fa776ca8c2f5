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
#include <string.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/trace.h"
#include "core/kops/store/cluster.h"
#include "core/kops/store/kept.h"

#define SOURCE_PARALLEL 8
#define SOURCE_NORMAL_MS 30000
#define SOURCE_FAST_MS 5000
/* A store of thousands of clusters is not asked all the time: rests are this much longer
   than a round took. */
#define SOURCE_REST_FACTOR 4
#define GROUPS_A_TURN 16 /* are compared with what was applied: YAML is slow */

enum read_kind {
	READ_CONFIG, READ_VERSION, READ_COMPLETED, READ_GROUP, READ_NODEUP, READ_NODEUP_OLD,
	/* lists */
	READ_GROUPS, READ_TIMES, READ_NODEUP_TIME, READ_NODEUPS
};

struct store_task { /* one folder of the store */
	struct store_cluster *cluster;
	size_t waiting; /* reads not yet back */
	bool listed;    /* its files are asked for when the list of its folder has come */
	bool recorded;  /* its groups' records were asked for */
};

struct store_read {
	struct store_source *src;
	struct store_task *task; /* NULL: the list of folders */
	struct store_read *next;
	enum read_kind kind;
	unsigned round; /* answers to an older round are not looked at */
	size_t group;   /* READ_NODEUP*: which of the cluster's */
	int64_t at;     /* READ_GROUP: when it was written */
	char *path;
};

struct store_source {
	struct source base;
	struct loop *loop;
	struct store *store;
	struct sink sink;
	struct loop_timer *timer;
	struct strmap *tags; /* path -> etag */
	struct store_kept *kept;
	bool told;           /* the open cluster was reported with its records before */
	char *open;          /* the cluster whose groups' records are read as well; NULL */
	struct store_read *queue, *queue_end;
	size_t out;     /* reads started and not yet answered, of any round */
	size_t tasks;   /* of this round, not yet reported */
	size_t nclusters, ngroups;
	unsigned round;
	enum pace pace;
	bool started, running, again, dead;
	struct loop_timer *compare;  /* goes on with comparing this task's groups */
	struct store_task *compared;
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

static struct store_read *source_queue(struct store_source *s, struct store_task *t,
	enum read_kind kind, char *path, bool first)
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
	return r;
}

static void source_read_free(struct store_read *r)
{
	free(r->path);
	free(r);
}

static void source_task_free(struct store_task *t)
{
	store_cluster_free(t->cluster);
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

static void source_sync(struct store_source *s, enum obs_verb verb)
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
		source_sync(s, OBS_SYNC_END);
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

/*
 * Where one list tells of all records, they are read last, and the first time only when
 * the groups are on the screen already.  False: there is nothing (more) to ask.
 */
static bool source_ask_records(struct store_source *s, struct store_task *t)
{
	const struct store_cluster *c = t->cluster;

	if (!c->open || !c->present || t->recorded || !s->store->ops->list_below) {
		return false;
	}
	t->recorded = true;
	if (!s->told) {
		store_cluster_compare(t->cluster, SIZE_MAX); /* no record is there yet */
		store_cluster_report(t->cluster, &s->sink);
	}
	source_queue(s, t, READ_NODEUPS, file_join(c->name, "igconfig/"), true);
	return true;
}

static void source_on_compare(void *ctx);

/* All of a task is read: its report comes when it is compared. */
static void source_finish(struct store_source *s, struct store_task *t)
{
	if (!store_cluster_compare(t->cluster, GROUPS_A_TURN)) {
		s->compared = t;
		s->compare = loop_timer_add(s->loop, 0, source_on_compare, s);
		return;
	}
	s->told = s->told || t->recorded;
	if (store_cluster_report(t->cluster, &s->sink)) {
		s->nclusters++;
		s->ngroups += t->cluster->ngroups;
	}
	source_task_free(t);
	s->tasks--;
}

static void source_on_compare(void *ctx)
{
	struct store_source *s = ctx;

	s->compare = NULL;
	source_finish(s, s->compared);
	source_settle(s);
}

static void source_compare_stop(struct store_source *s)
{
	if (!s->compare) {
		return;
	}
	loop_timer_remove(s->compare);
	s->compare = NULL;
	source_task_free(s->compared);
}

/* One answer less to wait for. */
static void source_answered(struct store_read *r)
{
	struct store_source *s = r->src;
	struct store_task *t = r->task;

	if (t && --t->waiting == 0 && !source_ask_records(s, t)) {
		source_finish(s, t);
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

/* What kops recorded of the group that was just read: its text, and when that was written. */
static void source_ask_record(struct store_read *r, size_t group, bool old)
{
	struct store_cluster *c = r->task->cluster;
	char *dir = store_cluster_nodeup_path(c, group, old);

	if (!dir) {
		return;
	}
	c->files[group].asked = true;
	source_queue(r->src, r->task, old ? READ_NODEUP_OLD : READ_NODEUP,
		xasprintf("%snodeupconfig.yaml", dir), true)->group = group;
	source_queue(r->src, r->task, READ_NODEUP_TIME, dir, true)->group = group;
}

static void source_take_group(struct store_read *r, const char *text, size_t len,
	const struct err *e)
{
	struct store_cluster *c = r->task->cluster;
	size_t n = c->ngroups;

	store_cluster_take_group(c, strrchr(r->path, '/') + 1, text, len, r->at, e);
	if (c->open && c->ngroups > n && !c->groups[n].problem &&
	    !r->src->store->ops->list_below) {
		source_ask_record(r, n, false);
	}
}

/* True when it was a record, which only tells drift: nothing else is lost without it. */
static bool source_take_record(struct store_read *r, const char *text, size_t len,
	const struct err *e)
{
	struct store_cluster *c = r->task->cluster;

	if (r->kind == READ_COMPLETED) {
		store_cluster_take_completed(c, text, len, e);
	} else if (r->kind == READ_NODEUP || r->kind == READ_NODEUP_OLD) {
		store_cluster_take_nodeup(c, r->group, text, len, e);
		if (r->kind == READ_NODEUP && c->files[r->group].missing) {
			source_ask_record(r, r->group, true);
		}
	} else {
		return false;
	}
	return true;
}

static void source_take(struct store_read *r, const char *text, size_t len, const struct err *e)
{
	struct store_source *s = r->src;
	struct store_cluster *c = r->task->cluster;

	if (source_take_record(r, text, len, e)) {
		return;
	}
	if (e && !store_err_lasts(e)) {
		source_trouble(s, e);
		c->groups_lost = c->groups_lost || r->kind == READ_GROUP;
		c->lost = c->lost || r->kind != READ_GROUP;
	} else if (r->kind == READ_CONFIG) {
		store_cluster_take_config(c, text, len, e);
	} else if (r->kind == READ_VERSION) {
		store_cluster_missed(c, e);
		store_cluster_take_version(c, text, e ? 0 : len);
	} else if (r->kind == READ_GROUP) {
		source_take_group(r, text, len, e);
	}
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
	store_kept_put(s->kept, r->path, e ? "" : text, e ? 0 : len, e ? NULL : etag);
	source_take(r, text, len, e);
	source_answered(r);
}

/* Reads a file, unless a list has just shown that it is as it was; takes path. */
static void source_read(struct store_source *s, struct store_task *t, enum read_kind kind,
	char *path, const struct store_entry *listed, size_t group)
{
	size_t len;
	const char *text = listed ? store_kept_get(s->kept, path, listed->etag, &len) : NULL;
	struct store_read same = { .src = s, .task = t, .kind = kind, .path = path,
		.group = group, .at = listed ? listed->modified : 0 };

	if (text) {
		source_take(&same, text, len, NULL);
		free(path);
		return;
	}
	struct store_read *r = source_queue(s, t, kind, path, kind >= READ_GROUP || t->listed);

	r->group = group;
	r->at = same.at;
}

static void source_on_groups(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct store_read *r = ctx;

	if (source_stale(r)) {
		return;
	}
	if (e) {
		r->task->cluster->groups_lost = true;
		source_trouble(r->src, e);
	}
	for (size_t i = n; !e && i > 0; i--) {
		const char *name = v[i - 1].name;

		if (*name && !str_ends(name, "/")) {
			source_read(r->src, r->task, READ_GROUP, file_join(r->path, name),
				&v[i - 1], 0);
		}
	}
	source_answered(r);
}

static void source_read_cluster(struct store_source *s, struct store_task *t,
	const struct store_entry *v, size_t n)
{
	static const struct {
		enum read_kind kind;
		const char *name;
	} files[] = {
		{ READ_CONFIG, "config" }, { READ_VERSION, "kops-version.txt" },
		{ READ_COMPLETED, "cluster-completed.spec" },
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		source_read(s, t, files[i].kind, file_join(t->cluster->name, files[i].name),
			store_entry_find(v, n, files[i].name), 0);
	}
}

/* Of each group its record, where the list of igconfig/ shows one. */
static void source_take_nodeups(struct store_read *r, const struct store_entry *v, size_t n,
	const struct err *e)
{
	struct store_cluster *c = r->task->cluster;
	size_t base = strlen(r->path);
	struct err none = ERR_INIT;

	err_set(&none, ERR_NOT_FOUND, "no record");
	for (size_t i = 0; !e && i < c->ngroups; i++) {
		const struct store_entry *x = NULL;
		char *path = NULL;

		for (int old = 0; !x && old < 2 && !c->groups[i].problem; old++) {
			char *dir = store_cluster_nodeup_path(c, i, old);

			free(path);
			path = dir ? file_join(dir, "nodeupconfig.yaml") : NULL;
			free(dir);
			x = path ? store_entry_find(v, n, path + base) : NULL;
			c->files[i].asked = c->files[i].asked || path;
		}
		if (x) {
			c->files[i].nodeup.at = x->modified;
			source_read(r->src, r->task, READ_NODEUP, path, x, i);
			continue;
		}
		if (c->files[i].asked) {
			store_cluster_take_nodeup(c, i, NULL, 0, &none);
		}
		free(path);
	}
}

static void source_on_times(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct store_read *r = ctx;

	if (source_stale(r)) {
		return;
	}
	store_cluster_missed(r->task->cluster, e);
	if (r->kind == READ_NODEUPS) {
		source_take_nodeups(r, v, n, e);
	} else if (r->kind == READ_TIMES) {
		store_cluster_take_times(r->task->cluster, v, e ? 0 : n);
		if (r->task->listed) {
			source_read_cluster(r->src, r->task, v, e ? 0 : n);
		}
	} else {
		store_cluster_take_nodeup_time(r->task->cluster, r->group, v, e ? 0 : n);
	}
	source_answered(r);
}

static void source_add_task(struct store_source *s, const char *folder)
{
	struct store_task *t = xcalloc(1, sizeof(*t));

	t->cluster = store_cluster_new(folder, strlen(folder) - 1);
	const char *name = t->cluster->name;
	s->tasks++;
	char *config = file_join(name, "config");

	t->cluster->open = str_eq(name, s->open);
	t->listed = store_kept_has(s->kept, config);
	free(config);
	if (!t->listed) { /* at once, beside the list */
		source_read_cluster(s, t, NULL, 0);
	}
	source_queue(s, t, READ_TIMES, xasprintf("%s/", name), false);
	source_queue(s, t, READ_GROUPS, file_join(name, "instancegroup/"), false);
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
		source_sync(r->src, OBS_SYNC_BEGIN);
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
		} else if (r->kind == READ_NODEUPS) {
			s->store->ops->list_below(s->store, r->path, source_on_times, r);
		} else if (r->kind >= READ_GROUPS) {
			s->store->ops->list(s->store, r->path,
				r->kind == READ_GROUPS ? source_on_groups : source_on_times, r);
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
	source_compare_stop(s);
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
