/* SPDX-License-Identifier: Apache-2.0 */
/* One cluster's files as they come out of a state store. */
#include "core/kops/store/cluster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/spec.h"

const struct store_entry *store_entry_find(const struct store_entry *v, size_t n,
	const char *name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].name, name)) {
			return &v[i];
		}
	}
	return NULL;
}

bool store_err_lasts(const struct err *e)
{
	return e->kind == ERR_NOT_FOUND || e->kind == ERR_DENIED || e->kind == ERR_PARSE ||
		e->kind == ERR_IO;
}

struct store_cluster *store_cluster_new(const char *name, size_t len)
{
	struct store_cluster *c = xcalloc(1, sizeof(*c));

	c->name = xstrndup(name, len);
	c->arena = arena_new();
	return c;
}

void store_cluster_free(struct store_cluster *c)
{
	yaml_free(c->completed_doc);
	arena_free(c->arena);
	free(c->groups);
	free(c->files);
	free(c->name);
	free(c);
}

void store_cluster_missed(struct store_cluster *c, const struct err *e)
{
	if (e && e->kind != ERR_NOT_FOUND && !c->missed) {
		c->missed = arena_strdup(c->arena, e->text);
	}
}

/* The file is there, and kops could not read it either. */
static void store_cluster_unreadable(struct store_cluster *c, const char *dir, const char *file,
	const char *problem)
{
	struct err e = ERR_INIT;

	if (problem) {
		err_set(&e, ERR_PARSE, "%s/%s%s: %s", c->name, dir, file, problem);
		store_cluster_missed(c, &e);
	}
}

void store_cluster_take_config(struct store_cluster *c, const char *text, size_t len,
	const struct err *e)
{
	const char *version = c->spec.kops_version; /* may have come first */

	if (e && e->kind == ERR_NOT_FOUND) {
		return;
	}
	c->present = true;
	store_cluster_missed(c, e);
	if (e) {
		c->spec = (struct cluster_spec){ .max_pods = -1, .cp_max_pods = -1 };
		c->spec.rolling.max_surge.value = -1;
		c->spec.rolling.max_unavailable.value = -1;
		c->spec.problem = arena_strdup(c->arena, e->text);
	} else {
		spec_read_cluster(text, len, c->arena, &c->spec, NULL);
		c->config.text = arena_strndup(c->arena, text, len);
		c->config.len = len;
	}
	c->spec.kops_version = version;
	if (c->spec.name && !str_eq(c->spec.name, c->name) && !c->spec.problem) {
		char why[512];

		/* kops refuses a cluster whose name is not its path (facts: kops part 1.4) */
		snprintf(why, sizeof(why), "metadata.name is %.200s, but it is stored as %.200s",
			c->spec.name, c->name);
		c->spec.problem = arena_strdup(c->arena, why);
	}
	store_cluster_unreadable(c, "", "config", c->spec.problem);
	c->spec.name = c->name;
}

void store_cluster_take_version(struct store_cluster *c, const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && n < 64 && (unsigned char)text[n] > ' ') {
		n++;
	}
	c->spec.kops_version = n ? arena_strndup(c->arena, text, n) : NULL;
}

void store_cluster_take_group(struct store_cluster *c, const char *file, const char *text,
	size_t len, int64_t at, const struct err *e)
{
	if (e && e->kind == ERR_NOT_FOUND) {
		return; /* deleted since the list was made */
	}
	c->files = xgrow(c->files, &c->files_cap, c->ngroups, sizeof(*c->files));
	c->files[c->ngroups] = (struct store_cluster_group){ .spec.at = at };
	if (!e && c->open) {
		c->files[c->ngroups].spec.text = arena_strndup(c->arena, text, len);
		c->files[c->ngroups].spec.len = len;
	}
	c->groups = xgrow(c->groups, &c->cap, c->ngroups, sizeof(*c->groups));
	struct group_spec *g = &c->groups[c->ngroups++];
	if (e) {
		*g = (struct group_spec){ .max_pods = -1, .min_size = -1, .max_size = -1 };
		g->rolling.max_surge.value = -1;
		g->rolling.max_unavailable.value = -1;
		g->cluster = c->name;
		g->problem = arena_strdup(c->arena, e->text);
	} else {
		spec_read_group(text, len, c->name, c->arena, g, NULL);
	}
	if (!g->name) {
		g->name = arena_strdup(c->arena, file);
	}
	store_cluster_missed(c, e);
	store_cluster_unreadable(c, "instancegroup/", file, g->problem);
}

/* ---- what was applied ---- */

void store_cluster_take_completed(struct store_cluster *c, const char *text, size_t len,
	const struct err *e)
{
	store_cluster_missed(c, e);
	c->completed_missing = e && e->kind == ERR_NOT_FOUND;
	if (!e) {
		c->completed.text = arena_strndup(c->arena, text, len);
		c->completed.len = len;
	}
}

void store_cluster_take_nodeup(struct store_cluster *c, size_t group, const char *text, size_t len,
	const struct err *e)
{
	struct store_cluster_group *g = &c->files[group];

	store_cluster_missed(c, e);
	g->missing = e && e->kind == ERR_NOT_FOUND;
	if (!e) {
		g->nodeup.text = arena_strndup(c->arena, text, len);
		g->nodeup.len = len;
	}
}

void store_cluster_take_times(struct store_cluster *c, const struct store_entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].name, "config")) {
			c->config.at = v[i].modified;
		} else if (str_eq(v[i].name, "cluster-completed.spec")) {
			c->completed.at = v[i].modified;
		}
	}
}

void store_cluster_take_nodeup_time(struct store_cluster *c, size_t group,
	const struct store_entry *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].name, "nodeupconfig.yaml")) {
			c->files[group].nodeup.at = v[i].modified;
		}
	}
}

char *store_cluster_nodeup_path(const struct store_cluster *c, size_t group, bool old)
{
	const struct group_spec *g = &c->groups[group];
	bool control = g->role == ROLE_CONTROL_PLANE;

	if ((old && !control) || g->role == ROLE_UNKNOWN || strchr(g->name, '/')) {
		return NULL;
	}
	return xasprintf("%s/igconfig/%s/%s/", c->name,
		old ? "master" : role_name(g->role), g->name);
}

static const char **cluster_one_line(struct store_cluster *c, const char *text)
{
	const char **v = arena_alloc(c->arena, sizeof(*v));

	*v = text;
	return v;
}

static struct unapplied cluster_unapplied(struct store_cluster *c, const struct drift *d)
{
	struct unapplied u = { .found = d->found, .note = d->note, .nlines = d->lines.n };

	u.lines = u.nlines ? arena_alloc(c->arena, u.nlines * sizeof(*u.lines)) : NULL;
	for (size_t i = 0; i < u.nlines; i++) {
		u.lines[i] = arena_strdup(c->arena, d->lines.v[i]);
	}
	return u;
}

/* configBase may lead to another bucket (facts: kops part 1.1), where kopscope does not look. */
static bool cluster_is_whole(const struct store_cluster *c)
{
	char *end = xasprintf("/%s", c->name);
	bool whole = !c->spec.config_base || str_ends(c->spec.config_base, end);

	free(end);
	return whole;
}

/* True when it took some work. */
static bool cluster_compare_group(struct store_cluster *c, size_t i)
{
	const struct store_cluster_group *g = &c->files[i];
	struct unapplied *u = &c->groups[i].unapplied;
	struct drift d;

	if (!g->asked || !g->spec.text || c->groups[i].problem) {
		return false;
	}
	if (g->missing && c->completed.text) {
		*u = (struct unapplied){ .found = TRI_YES, .nlines = 1,
			.lines = cluster_one_line(c, "the whole group is new") };
		return false;
	}
	if (c->completed.text && !c->completed_doc) {
		c->completed_doc = yaml_parse(c->completed.text, c->completed.len, 0, NULL);
		c->completed.doc = c->completed_doc;
	}
	drift_of_group(&g->spec, &c->completed, &g->nodeup, &d);
	*u = cluster_unapplied(c, &d);
	drift_release(&d);
	return true;
}

/* True when its groups are to be compared, too. */
static bool cluster_compare_self(struct store_cluster *c)
{
	struct unapplied *u = &c->spec.unapplied;
	struct drift d;

	if (c->spec.problem || !c->config.text) {
		return false;
	}
	if (!cluster_is_whole(c)) {
		u->note = "its configBase is outside of this store: what is applied is not read";
		return false;
	}
	if (c->completed_missing) {
		*u = (struct unapplied){ .found = TRI_YES, .nlines = 1,
			.lines = cluster_one_line(c, "nothing is applied yet") };
		return false;
	}
	drift_of_cluster(&c->config, &c->completed, &d);
	*u = cluster_unapplied(c, &d);
	drift_release(&d);
	return c->open;
}

bool store_cluster_compare(struct store_cluster *c, size_t n)
{
	if (!c->present || c->lost || (!c->compared && !cluster_compare_self(c))) {
		return true;
	}
	for (; n && c->compared < c->ngroups; c->compared++) {
		n -= cluster_compare_group(c, c->compared);
	}
	if (c->compared < c->ngroups) {
		return false;
	}
	c->compared = 0;
	return true;
}

static void cluster_sync_groups(const struct store_cluster *c, const struct sink *sink,
	enum obs_verb verb, const struct group_spec *group)
{
	const struct observation o = {
		.kind = OBS_GROUP, .verb = verb, .scope = c->name, .u.group = group,
	};

	sink_observe(sink, &o);
}

bool store_cluster_report(struct store_cluster *c, const struct sink *sink)
{
	const struct observation o = {
		.kind = OBS_CLUSTER, .verb = OBS_SEEN, .u.cluster = &c->spec,
	};

	if (!c->present || c->lost) {
		return false; /* what is known of it from before stays */
	}
	c->spec.missed = c->missed;
	sink_observe(sink, &o);
	cluster_sync_groups(c, sink, OBS_SYNC_BEGIN, NULL);
	for (size_t i = 0; i < c->ngroups; i++) {
		cluster_sync_groups(c, sink, OBS_SEEN, &c->groups[i]);
	}
	if (!c->groups_lost) {
		cluster_sync_groups(c, sink, OBS_SYNC_END, NULL);
	}
	return true;
}
