/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is made of each answer of the store: entries and texts go to their task's cluster, which is
 * reported when its last read is back and its groups are compared with what was applied.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/store/source-inner.h"

#define GROUPS_A_TURN 16 /* are compared with what was applied: YAML is slow */

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
	store_read_add(s, t, READ_NODEUPS, file_join(c->name, "igconfig/"), true);
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
	store_task_free(t);
	s->tasks--;
}

static void source_on_compare(void *ctx)
{
	struct store_source *s = ctx;

	s->compare = NULL;
	source_finish(s, s->compared);
	store_source_settle(s);
}

void store_source_compare_stop(struct store_source *s)
{
	if (!s->compare) {
		return;
	}
	loop_timer_remove(s->compare);
	s->compare = NULL;
	store_task_free(s->compared);
}

/* One answer less to wait for. */
static void source_answered(struct store_read *r)
{
	struct store_source *s = r->src;
	struct store_task *t = r->task;

	if (t && --t->waiting == 0 && !source_ask_records(s, t)) {
		source_finish(s, t);
	}
	store_read_free(r);
	store_source_pump(s);
	store_source_settle(s);
}

/* True when the answer belongs to a round that is no more; r is gone then. */
static bool source_stale(struct store_read *r)
{
	struct store_source *s = r->src;

	s->out--;
	if (!s->dead && r->round == s->round && s->running) {
		return false;
	}
	store_read_drop(r);
	store_source_settle(s);
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
	store_read_add(r->src, r->task, old ? READ_NODEUP_OLD : READ_NODEUP,
		xasprintf("%snodeupconfig.yaml", dir), true)->group = group;
	store_read_add(r->src, r->task, READ_NODEUP_TIME, dir, true)->group = group;
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
		store_source_trouble(s, e);
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

void store_read_on_text(void *ctx, const char *text, size_t len, const char *etag,
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
	struct store_read *r = store_read_add(s, t, kind, path, kind >= READ_GROUP || t->listed);

	r->group = group;
	r->at = same.at;
}

void store_read_on_groups(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct store_read *r = ctx;

	if (source_stale(r)) {
		return;
	}
	if (e) {
		r->task->cluster->groups_lost = true;
		store_source_trouble(r->src, e);
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

void store_read_on_times(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
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
	store_read_add(s, t, READ_TIMES, xasprintf("%s/", name), false);
	store_read_add(s, t, READ_GROUPS, file_join(name, "instancegroup/"), false);
}

void store_read_on_folders(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct store_read *r = ctx;

	if (source_stale(r)) {
		return;
	}
	if (e) {
		store_source_trouble(r->src, e);
	} else {
		store_source_sync(r->src, OBS_SYNC_BEGIN);
	}
	for (size_t i = 0; !e && i < n; i++) {
		if (str_ends(v[i].name, "/") && v[i].name[0] != '.' && strlen(v[i].name) > 1) {
			source_add_task(r->src, v[i].name);
		}
	}
	source_answered(r);
}
