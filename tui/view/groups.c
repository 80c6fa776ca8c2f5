/* SPDX-License-Identifier: Apache-2.0 */
/* Groups: the instance groups of the open cluster, their sizes and limits. */
#include "tui/view.h"

#include <stdio.h>

#include "core/base/strs.h"
#include "core/rules/cni.h"
#include "core/rules/needs-update.h"
#include "core/rules/unapplied.h"

enum { COL_NAME, COL_ROLE, COL_TYPE, COL_SIZE, COL_READY, COL_MAXPODS, COL_FROM, COL_STATE, COL_ASG,
	COL_UNAPPLIED, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "GROUP", .width = 16, .grow = 3,
		.flags = COLUMN_MIDDLE, .help = "instance group" },
	[COL_ROLE] = { .id = "role", .title = "ROLE", .width = 13, .help = "role in the cluster" },
	[COL_TYPE] = { .id = "type", .title = "TYPE", .width = 10, .flags = COLUMN_SPARE,
		.help = "machine type" },
	[COL_SIZE] = { .id = "size", .title = "SIZE", .width = 7,
		.help = "desired, and least-most allowed" },
	[COL_READY] = { .id = "ready", .kind = CELL_RATIO, .title = "READY", .width = 5,
		.flags = COLUMN_RIGHT,
		.help = "nodes Ready of instances" },
	[COL_MAXPODS] = { .id = "max_pods", .kind = CELL_NUMBER, .title = "PODS", .width = 4,
		.flags = COLUMN_RIGHT,
		.help = "max pods that a new node of the group gets" },
	[COL_FROM] = { .id = "max_pods_from", .title = "FROM", .width = 12,
		.flags = COLUMN_SPARE, .help = "where that number comes from" },
	[COL_STATE] = { .id = "state", .title = "STATE", .width = 10, .grow = 1,
		.flags = COLUMN_WORD,
		.help = "edited: not applied yet; else what a rolling update would do" },
	[COL_ASG] = { .id = "asg", .title = "AUTO SCALING GROUP", .width = 24, .grow = 1,
		.flags = COLUMN_WIDE | COLUMN_MIDDLE, .help = "its Auto Scaling group" },
	[COL_UNAPPLIED] = { .id = "unapplied", .title = "NOT APPLIED", .width = 11,
		.flags = COLUMN_DATA, .help = "what is written in its spec and not applied yet" },
};

static void groups_state(const struct view_ctx *c, const struct m_group *g, bool edited,
	struct table *t, struct trow *r)
{
	struct group_update u;
	if (!g->has_spec) {
		table_text(t, r, COL_STATE, STYLE_WARN, "not in store");
		return;
	}
	if (g->spec.problem) {
		table_text(t, r, COL_STATE, STYLE_BAD, "unreadable");
		return;
	}
	if (!g->has_asg) {
		enum source_state aws = model_source(c->model, SRC_AWS)->state;
		bool live = aws == SOURCE_LIVE;
		table_text(t, r, COL_STATE, live || edited ? STYLE_WARN : STYLE_DIM,
			live ? "not created" : edited ? "edited" :
			aws == SOURCE_ASKED ? "asked" : "unavailable");
		return;
	}
	update_of_group(c->model, g, &u);
	if (edited) {
		table_textf(t, r, COL_STATE, STYLE_WARN, u.need > 0 ? "edited, %d to roll"
			: "edited", u.need);
		table_brief(t, r, COL_STATE, "edited");
	} else if (u.need > 0) {
		table_textf(t, r, COL_STATE, STYLE_WARN, "%d to roll", u.need);
	} else if (u.unknown) {
		table_text(t, r, COL_STATE, STYLE_DIM, "unknown");
	} else {
		table_text(t, r, COL_STATE, STYLE_OK, "current");
	}
}

static void groups_row(const struct view_ctx *c, const struct m_cluster *cluster,
	const struct m_group *g, struct table *t)
{
	const char *name = g->spec.name ? g->spec.name : g->asg.group;
	struct trow *r = table_row(t, name);
	view_group_cell(c, t, r, COL_NAME, STYLE_NORMAL, name);
	table_text(t, r, COL_ROLE, STYLE_NORMAL, role_name(g->spec.role));
	table_text(t, r, COL_TYPE, STYLE_NORMAL, g->spec.machine_type);
	if (g->has_asg) {
		table_textf(t, r, COL_SIZE, STYLE_NORMAL, "%d %d-%d", g->asg.desired, g->asg.min,
			g->asg.max);
		table_value(r, COL_READY, CELL_RATIO,
			g->nready < g->ninstances ? STYLE_WARN : STYLE_NORMAL, (int64_t)g->nready,
			(int64_t)g->ninstances);
	} else {
		if (g->spec.problem) {
			table_text(t, r, COL_SIZE, STYLE_DIM, "?");
		} else {
			table_textf(t, r, COL_SIZE, STYLE_NORMAL, "? %d-%d", g->spec.min_size,
				g->spec.max_size);
		}
		table_text(t, r, COL_READY, STYLE_DIM, "?");
	}
	struct maxpods mp = { .value = -1, .source = MAXPODS_UNKNOWN };
	if (cluster && g->has_spec) {
		maxpods_for_group(&cluster->spec, &g->spec, &mp);
	}
	table_value(r, COL_MAXPODS, CELL_NUMBER, STYLE_NORMAL, mp.value, 0);
	table_text(t, r, COL_FROM, STYLE_DIM, maxpods_source_text(mp.source));
	table_text(t, r, COL_ASG, STYLE_NORMAL, g->has_asg ? g->asg.name : NULL);
	struct unapplied_group u;
	struct buf lines = BUF_INIT;
	unapplied_of_group(c->model, g, &u);
	unapplied_join((const char *const *)u.lines.v, u.lines.n, &lines);
	table_text(t, r, COL_UNAPPLIED, STYLE_NORMAL, lines.len ? buf_str(&lines) : NULL);
	groups_state(c, g, u.found == TRI_YES, t, r);
	buf_release(&lines);
	unapplied_group_release(&u);
}

static void groups_rows(const struct view_ctx *c, struct table *t)
{
	size_t n;
	const struct m_group *const *v = model_groups(c->model, &n);
	const char *open = model_opened(c->model);
	const struct m_cluster *cluster = open ? model_cluster(c->model, open) : NULL;
	for (size_t i = 0; i < n; i++) {
		groups_row(c, cluster, v[i], t);
	}
}

static void groups_unapplied(const struct view_ctx *c, const struct m_group *g,
	const struct m_cluster *cluster, struct buf *out)
{
	struct unapplied_group u;
	unapplied_of_group(c->model, g, &u);
	if (u.lines.n > 0) {
		buf_adds(out, "Not applied yet (u updates): ");
		unapplied_join((const char *const *)u.lines.v, u.lines.n, out);
		buf_adds(out, "\n");
	} else if (cluster->spec.unapplied.found == TRI_YES) {
		buf_adds(out, "Its own spec is applied; the cluster's is not (1 Clusters).\n");
	} else if (u.note) {
		buf_addf(out, "Its spec: %s.\n", u.note);
	}
	unapplied_group_release(&u);
}

static void groups_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	const struct m_group *g = row ? model_group(c->model, row->id) : NULL;
	const char *open = model_opened(c->model);
	const struct m_cluster *cluster = open ? model_cluster(c->model, open) : NULL;
	if (!g || !cluster) {
		return;
	}
	if (g->spec.problem) {
		buf_addf(out, "%s\n", g->spec.problem);
		return;
	}
	if (cluster->spec.problem) {
		buf_addf(out, "The cluster's spec: %s\n", cluster->spec.problem);
		return;
	}
	groups_unapplied(c, g, cluster, out);
	struct cni_settings cni;
	cni_from_spec(&cluster->spec, &cni);
	const struct eni_limits *l = g->spec.machine_type ? eni_lookup(g->spec.machine_type) : NULL;
	if (!l) {
		buf_addf(out, "%s: the type is not in the ENI table.\n",
			g->spec.machine_type ? g->spec.machine_type : "no machine type");
		return;
	}
	char plain[96], prefix[96];
	struct eni_mode off = { .prefix = false }, on = { .prefix = true };
	eni_explain(l, &off, c->ascii, plain, sizeof(plain));
	eni_explain(l, &on, c->ascii, prefix, sizeof(prefix));
	buf_addf(out, "%s with secondary IPs: %s\n", l->type, plain);
	if (l->prefixes) {
		struct eni_result res;
		eni_compute(l, &on, &res);
		buf_addf(out, "with prefixes (%s): %s, %d advised\n",
			cni.prefix ? "on" : "off now", prefix, res.recommended);
	} else {
		buf_addf(out, "%s takes no prefixes (%s)\n", l->type, l->hypervisor);
	}
	if (g->has_asg && g->asg.template_version >= 0) {
		buf_addf(out, "launch template version %lld is the newest\n",
			(long long)g->asg.template_version);
	}
}

static const char *groups_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_STORE);
	if (trouble) {
		return trouble;
	}
	return model_opened(c->model) ? "The cluster has no instance groups in the store."
				      : "No cluster is open: choose one in 1 Clusters.";
}

const struct view view_groups = {
	.id = VIEW_GROUPS, .name = "groups", .title = "Groups", .key = '2',
	.help = "Instance groups of the open cluster",
	.source = SRC_AWS, .columns = columns, .ncolumns = COL__COUNT,
	.rows = groups_rows, .detail = groups_detail, .empty = groups_empty, .enter = VIEW_NODES,
};
