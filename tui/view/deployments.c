/* SPDX-License-Identifier: Apache-2.0 */
/* Deployments: wanted, running, waiting. */
#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"

enum { COL_NS, COL_NAME, COL_READY, COL_WAITING, COL_AGE, COL_STATE, COL_WHY, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NS] = {.id = "namespace", .title = "NAMESPACE", .width = 12, .flags = COLUMN_MIDDLE,
		.help = "namespace"},
	[COL_NAME] = {.id = "name",
		.title = "DEPLOYMENT",
		.width = 20,
		.grow = 2,
		.flags = COLUMN_MIDDLE,
		.help = "name"},
	[COL_READY] = {.id = "replicas", .kind = CELL_METER,
		.title = "REPLICAS",
		.width = 18,
		.help = "ready, of those wanted"},
	[COL_WAITING] = {.id = "pending", .kind = CELL_NUMBER,
		.title = "PENDING",
		.width = 7,
		.flags = COLUMN_RIGHT,
		.help = "pods of it that wait"},
	[COL_AGE] = {.id = "age", .kind = CELL_AGE,
		.title = "AGE",
		.width = 6,
		.flags = COLUMN_RIGHT | COLUMN_SPARE,
		.help = "since it was created"},
	[COL_STATE] = {.id = "state", .title = "STATE", .width = 10, .grow = 1,
		.flags = COLUMN_WORD, .help = "one word"},
	[COL_WHY] = {.id = "why", .title = "WHY", .width = 20, .grow = 1, .flags = COLUMN_WIDE,
		.help = "why its pods wait, as Pending says it"},
};

/* How many wait, and the first cause. */
static size_t deployments_waiting(const struct view_ctx *c, const struct deployment *d,
	const char **why)
{
	size_t n = 0;
	for (size_t i = 0; c->pending && i < c->pending->n; i++) {
		const struct pending_group *g = &c->pending->v[i];
		if (str_eq(g->owner_kind, "Deployment") && str_eq(g->ns, d->ns) &&
			str_eq(g->owner_name, d->name)) {
			*why = *why ? *why : g->why;
			n += g->npods;
		}
	}
	return n;
}

static void deployments_rows(const struct view_ctx *c, struct table *t)
{
	size_t n;
	const struct deployment *const *v = model_deployments(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		const struct deployment *d = v[i];
		char id[512];
		snprintf(id, sizeof(id), "%s/%s", d->ns, d->name);
		struct trow *r = table_row(t, id);
		r->labels = d->selector;
		r->nlabels = d->nselector;
		const char *why = NULL;
		size_t waiting = deployments_waiting(c, d, &why);
		bool all = d->ready >= d->replicas;
		table_text(t, r, COL_NS, STYLE_NORMAL, d->ns);
		table_text(t, r, COL_NAME, STYLE_NORMAL, d->name);
		table_value(r, COL_READY, CELL_METER, all ? STYLE_ACCENT : STYLE_WARN,
			d->ready < 0 ? 0 : d->ready, d->replicas);
		table_value(r, COL_WAITING, CELL_NUMBER, waiting ? STYLE_WARN : STYLE_DIM,
			(int64_t)waiting, 0);
		table_value(r, COL_AGE, CELL_AGE, STYLE_NORMAL, clock_age(c->clock, d->created), 0);
		table_text(t, r, COL_STATE, all ? STYLE_OK : STYLE_WARN,
			d->observed_generation < d->generation ? "not seen yet"
			: all ? "complete"
			: waiting ? "waits"
				  : "starting");
		table_text(t, r, COL_WHY, STYLE_DIM, why);
	}
}

static void deployments_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	for (size_t i = 0; row && c->pending && i < c->pending->n; i++) {
		const struct pending_group *g = &c->pending->v[i];
		char id[512];
		snprintf(id, sizeof(id), "%s/%s", g->ns, g->owner_name ? g->owner_name : "");
		if (str_eq(id, row->id)) {
			buf_addf(
				out, "%zu wait: %s.  4 shows what would help.\n", g->npods, g->why);
		}
	}
	if (row) {
		buf_adds(out, "s sets the number of replicas.\n");
	}
}

static const char *deployments_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_KUBE);
	return trouble ? trouble : "The cluster has no Deployments.";
}

const struct view view_deployments = {
	.id = VIEW_DEPLOYMENTS, .name = "deployments", .title = "Deployments", .key = '5',
	.help = "Deployments: replicas wanted, ready and waiting",
	.source = SRC_KUBE, .columns = columns, .ncolumns = COL__COUNT,
	.rows = deployments_rows, .detail = deployments_detail, .empty = deployments_empty,
	.enter = VIEW_PODS,
};
