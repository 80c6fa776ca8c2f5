/* SPDX-License-Identifier: Apache-2.0 */
/* Pods: of one node, of one owner, or all. */
#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"

enum {
	COL_NS,
	COL_NAME,
	COL_PHASE,
	COL_RESTARTS,
	COL_AGE,
	COL_NODE,
	COL_IP,
	COL_OWNER,
	COL__COUNT
};

static const struct column columns[COL__COUNT] = {
	[COL_NS] = { .id = "namespace", .title = "NAMESPACE", .width = 11, .help = "namespace" },
	[COL_NAME] = { .id = "name", .title = "POD", .width = 20, .grow = 3, .flags = COLUMN_MIDDLE,
		.help = "name" },
	[COL_PHASE] = { .id = "status", .title = "STATUS", .width = 17,
		.help = "phase, or what it waits for" },
	[COL_RESTARTS] = { .id = "restarts", .title = "RST", .width = 3, .flags = COLUMN_RIGHT,
		.help = "container restarts" },
	[COL_AGE] = { .id = "age", .title = "AGE", .width = 6, .flags = COLUMN_RIGHT,
		.help = "since it was created" },
	[COL_NODE] = { .id = "node", .title = "NODE", .width = 13, .grow = 1,
		.flags = COLUMN_MIDDLE, .help = "node it is bound to" },
	[COL_IP] = { .id = "ip", .title = "ADDRESS", .width = 15, .flags = COLUMN_WIDE,
		.help = "pod address" },
	[COL_OWNER] = { .id = "owner", .title = "OWNER", .width = 16, .grow = 1,
		.flags = COLUMN_WIDE | COLUMN_MIDDLE, .help = "controller" },
};

static const char *pods_status(const struct pod *p, enum style *style)
{
	*style = STYLE_NORMAL;
	if (p->deletion) {
		*style = STYLE_DIM;
		return "Terminating";
	}
	if (p->status_reason) {
		*style = STYLE_BAD;
		return p->status_reason;
	}
	if (p->waiting_reason) {
		*style = STYLE_WARN;
		return p->waiting_reason;
	}
	if (p->phase == POD_PENDING) {
		*style = STYLE_WARN;
	} else if (p->phase == POD_FAILED) {
		*style = STYLE_BAD;
	} else if (p->phase == POD_RUNNING && !(p->flags & POD_READY)) {
		*style = STYLE_WARN;
		return "Running, not ready";
	}
	return pod_phase_name(p->phase);
}

static bool pods_wanted(const struct view_ctx *c, const struct m_pod *p)
{
	if (!c->within || str_eq(c->within, p->pod.node)) {
		return true;
	}
	char owner[512];
	snprintf(owner, sizeof(owner), "%s/%s", p->pod.ns,
		p->pod.owner_name ? p->pod.owner_name : p->pod.name);
	return str_eq(owner, c->within);
}

static void pods_rows(const struct view_ctx *c, struct table *t)
{
	size_t n;
	const struct m_pod *const *v = model_pods(c->model, &n);
	if (c->within) {
		table_span(t, 0, STYLE_BOLD, "Pods of %s", c->within);
	}
	for (size_t i = 0; i < n; i++) {
		if (!pods_wanted(c, v[i])) {
			continue;
		}
		const struct pod *p = &v[i]->pod;
		char id[512];
		snprintf(id, sizeof(id), "%s/%s", p->ns, p->name);
		struct trow *r = table_row(t, id);
		enum style style;
		const char *status = pods_status(p, &style);
		table_text(t, r, COL_NS, STYLE_NORMAL, p->ns);
		table_text(t, r, COL_NAME, STYLE_NORMAL, p->name);
		table_text(t, r, COL_PHASE, style, status);
		table_value(r, COL_RESTARTS, CELL_NUMBER, STYLE_NORMAL, p->restarts, 0);
		table_value(r, COL_AGE, CELL_AGE, STYLE_NORMAL, clock_age(c->clock, p->created), 0);
		table_text(t, r, COL_NODE, STYLE_NORMAL, p->node);
		table_text(t, r, COL_IP, STYLE_NORMAL, p->ip);
		if (p->owner_name) {
			table_textf(t, r, COL_OWNER, STYLE_NORMAL, "%s/%s", p->owner_kind,
				p->owner_name);
		}
	}
}

static void pods_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	if (!row) {
		return;
	}
	size_t n;
	const struct m_pod *const *v = model_pods(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		const struct pod *p = &v[i]->pod;
		size_t ns = p->ns ? strlen(p->ns) : 0;
		if (!str_starts(row->id, p->ns) || row->id[ns] != '/' ||
			!str_eq(row->id + ns + 1, p->name)) {
			continue;
		}
		buf_addf(out, "%s  requests %lldm cpu, %lld MiB%s%s\n", row->id,
			(long long)p->shape->cpu_milli, (long long)(p->shape->memory >> 20),
			p->flags & POD_HOST_NETWORK ? "  host network" : "",
			p->flags & POD_MIRROR ? "  static pod" : "");
		if (p->sched_message) {
			/* What preemption could not do either says nothing new. */
			const char *end = strstr(p->sched_message, " preemption: ");
			size_t len =
				end ? (size_t)(end - p->sched_message) : strlen(p->sched_message);
			buf_addf(out, "%.*s\n", (int)len, p->sched_message);
		} else if (p->waiting_message) {
			buf_addf(out, "%s\n", p->waiting_message);
		}
		return;
	}
}

static const char *pods_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_KUBE);
	return trouble ? trouble : c->within ? "No pods here." : "The cluster has no pods yet.";
}

const struct view view_pods = {
	.id = VIEW_PODS, .name = "pods", .title = "Pods",
	.help = "Pods of a node or owner (Enter), or all (:pods)",
	.source = SRC_KUBE, .columns = columns, .ncolumns = COL__COUNT,
	.rows = pods_rows, .detail = pods_detail, .empty = pods_empty, .enter = VIEW_PODS,
};
