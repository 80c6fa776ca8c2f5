/* SPDX-License-Identifier: Apache-2.0 */
/* Pods: of one node, of one owner, or all. */
#include "tui/view.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

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
	[COL_NS] = { .id = "namespace", .title = "NAMESPACE", .width = 11, .flags = COLUMN_MIDDLE,
		.help = "namespace" },
	[COL_NAME] = { .id = "name", .title = "POD", .width = 28, .grow = 3, .flags = COLUMN_MIDDLE,
		.help = "name" },
	[COL_PHASE] = { .id = "status", .title = "STATUS", .width = 17,
		.flags = COLUMN_WORD, .help = "phase, or what it waits for" },
	[COL_RESTARTS] = { .id = "restarts", .kind = CELL_NUMBER, .title = "RST", .width = 3,
		.flags = COLUMN_RIGHT,
		.help = "container restarts" },
	[COL_AGE] = { .id = "age", .kind = CELL_AGE, .title = "AGE", .width = 6,
		.flags = COLUMN_RIGHT,
		.help = "since it was created" },
	[COL_NODE] = { .id = "node", .title = "NODE", .width = 13, .grow = 1,
		.flags = COLUMN_MIDDLE | COLUMN_SPARE, .help = "node it is bound to" },
	[COL_IP] = { .id = "ip", .title = "ADDRESS", .width = 15, .flags = COLUMN_WIDE,
		.help = "pod address" },
	[COL_OWNER] = { .id = "owner", .title = "OWNER", .width = 16, .grow = 1,
		.flags = COLUMN_WIDE | COLUMN_MIDDLE, .help = "controller" },
};

static const char not_ready[] = "Running, not ready";

static const char *pods_status(const struct pod *p, enum style *style)
{
	*style = STYLE_NORMAL;
	if (p->deletion) {
		*style = STYLE_DIM;
		return "Terminating";
	}
	if (p->trouble->status_reason) {
		*style = STYLE_BAD;
		return p->trouble->status_reason;
	}
	if (p->trouble->waiting_reason) {
		*style = STYLE_WARN;
		return p->trouble->waiting_reason;
	}
	if (p->phase == POD_PENDING) {
		*style = STYLE_WARN;
	} else if (p->phase == POD_FAILED) {
		*style = STYLE_BAD;
	} else if (p->phase == POD_RUNNING && !(p->flags & POD_READY)) {
		*style = STYLE_WARN;
		return not_ready;
	}
	return pod_phase_name(p->phase);
}

/* Which pods are shown: of a node, of "namespace/owner", of that those which wait. */
struct pods_within {
	const char *text; /* NULL: all */
	size_t n;         /* of it, without what stands behind the owner */
	bool waiting;
};

static struct pods_within pods_within(const struct view_ctx *c)
{
	bool waiting = c->within && str_ends(c->within, WITHIN_WAITING);
	size_t n = c->within ? strlen(c->within) : 0;
	n -= waiting ? strlen(WITHIN_WAITING) : 0;
	return (struct pods_within){ c->within, n, waiting };
}

static bool pods_wanted(const struct view_ctx *c, const struct pods_within *w,
	const struct m_pod *p)
{
	if (!w->text || str_eq(w->text, p->pod.node)) {
		return true;
	}
	const char *owner = p->pod.owner_name ? p->pod.owner_name : p->pod.name;
	size_t ns = strlen(p->pod.ns), n = strlen(owner);
	return w->n == ns + 1 + n && strncmp(w->text, p->pod.ns, ns) == 0 && w->text[ns] == '/' &&
		strncmp(w->text + ns + 1, owner, n) == 0 &&
		(!w->waiting || pending_waits(&p->pod, c->clock));
}

static void pods_fill(const struct view_ctx *c, const void *thing, int which, struct table *t,
	struct trow *r)
{
	const struct pod *p = &((const struct m_pod *)thing)->pod;
	char id[512];
	enum style style;
	const char *status = pods_status(p, &style);
	snprintf(id, sizeof(id), "%s/%s", p->ns, p->name);
	r->id = arena_strdup(t->arena, id);
	r->labels = p->labels;
	r->nlabels = p->nlabels;
	table_text(t, r, COL_NS, STYLE_NORMAL, p->ns);
	table_text(t, r, COL_NAME, STYLE_NORMAL, p->name);
	table_text(t, r, COL_PHASE, style, status);
	if (str_eq(status, not_ready)) {
		table_brief(t, r, COL_PHASE, "not ready");
	}
	table_value(r, COL_RESTARTS, CELL_NUMBER, STYLE_NORMAL, p->restarts, 0);
	table_value(r, COL_AGE, CELL_AGE, STYLE_NORMAL, clock_age(c->clock, p->created), 0);
	table_text(t, r, COL_NODE, STYLE_NORMAL, p->node);
	table_text(t, r, COL_IP, STYLE_NORMAL, p->ip);
	if (p->owner_name) {
		table_textf(t, r, COL_OWNER, STYLE_NORMAL, "%s/%s", p->owner_kind, p->owner_name);
	}
}

/*
 * What was asked of a shared string a moment ago holds for it again: names of namespaces, nodes
 * and owners have one address each, so most pods cost one comparison of their own name.
 */
struct pods_memo {
	const char *text;
	bool has;
};
#define MEMOS 256

static bool pods_text_has(struct pods_memo *memos, const char *s, const char *text)
{
	struct pods_memo *m = &memos[((uintptr_t)s >> 4) % MEMOS];
	if (s && m->text != s) {
		*m = (struct pods_memo){ s, str_icontains(s, text) };
	}
	return s && m->has;
}

static bool pods_has(const struct pod *p, struct pods_memo *memos, const char *text)
{
	enum style style;
	return str_icontains(p->name, text) || pods_text_has(memos, p->ns, text) ||
		pods_text_has(memos, p->node, text) || pods_text_has(memos, p->owner_name, text) ||
		pods_text_has(memos, pods_status(p, &style), text) || str_icontains(p->ip, text);
}

/* Numbers and ages are looked for in their columns only (restarts:3). */
static size_t pods_keep(const struct view_ctx *c, struct row_thing *v, size_t n, const char *text,
	bool inverse)
{
	struct pods_memo memos[MEMOS] = { { .text = NULL } };
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		const struct m_pod *p = v[i].thing;
		if (pods_has(&p->pod, memos, text) != inverse) {
			v[kept++] = v[i];
		}
	}
	return kept;
}

static const void *pods_find(const struct view_ctx *c, const char *id)
{
	const char *slash = strchr(id, '/');
	char ns[256];
	if (!slash || (size_t)(slash - id) >= sizeof(ns)) {
		return NULL;
	}
	memcpy(ns, id, (size_t)(slash - id));
	ns[slash - id] = '\0';
	return model_pod(c->model, ns, slash + 1);
}

static const struct row_maker pods_maker = { .fill = pods_fill, .keep = pods_keep,
	.find = pods_find };

static void pods_rows(const struct view_ctx *c, struct table *t)
{
	size_t n, kept = 0;
	const struct m_pod *const *v = model_pods(c->model, &n);
	struct row_thing *things = xcalloc(n + 1, sizeof(*things));
	const struct pods_within w = pods_within(c);
	if (w.text) {
		table_span(t, 0, STYLE_BOLD, w.waiting ? "Waiting pods of %.*s" : "Pods of %.*s",
			(int)w.n, w.text);
	}
	for (size_t i = 0; i < n; i++) {
		if (pods_wanted(c, &w, v[i])) {
			things[kept++] = (struct row_thing){ .thing = v[i] };
		}
	}
	if (w.text && kept == 0) {
		table_span(t, 0, STYLE_DIM, "%s",
			w.waiting ? "None of them waits any more." : "There are none.");
	}
	table_things(t, &pods_maker, c, things, kept);
}

static void pods_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	if (!row) {
		return;
	}
	const struct m_pod *m = pods_find(c, row->id);
	if (!m) {
		return;
	}
	const struct pod *p = &m->pod;
	buf_addf(out, "%s  requests %lldm cpu, %lld MiB%s%s\n", row->id,
		(long long)p->shape->cpu_milli, (long long)(p->shape->memory >> 20),
		p->flags & POD_HOST_NETWORK ? "  host network" : "",
		p->flags & POD_MIRROR ? "  static pod" : "");
	if (p->trouble->sched_message) {
		/* What preemption could not do either says nothing new. */
		const char *end = strstr(p->trouble->sched_message, " preemption: ");
		size_t len = end ? (size_t)(end - p->trouble->sched_message)
				 : strlen(p->trouble->sched_message);
		buf_addf(out, "%.*s\n", (int)len, p->trouble->sched_message);
	} else if (p->trouble->waiting_message) {
		buf_addf(out, "%s\n", p->trouble->waiting_message);
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
