/* SPDX-License-Identifier: Apache-2.0 */
/* Pods: of one node, of one owner, or all. */
#include "tui/view/pods.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/view/pods-list.h"
#include "tui/lesson/language.h"

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

struct pods_within pods_within(const char *within)
{
	bool waiting = within && str_ends(within, WITHIN_WAITING);
	size_t n = within ? strlen(within) : 0;
	n -= waiting ? strlen(WITHIN_WAITING) : 0;
	return (struct pods_within){ within, n, waiting };
}

bool pods_wanted(const struct pods_within *w, const struct m_pod *p, const struct clock *clock)
{
	if (!w->text || str_eq(w->text, p->pod.node)) {
		return true;
	}
	const char *owner = p->pod.owner_name ? p->pod.owner_name : p->pod.name;
	size_t ns = strlen(p->pod.ns), n = strlen(owner);
	return w->n == ns + 1 + n && strncmp(w->text, p->pod.ns, ns) == 0 && w->text[ns] == '/' &&
		strncmp(w->text + ns + 1, owner, n) == 0 &&
		(!w->waiting || pending_waits(&p->pod, clock));
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

static bool pods_text_has(struct pods_memo *memos, const char *s, const char *text)
{
	struct pods_memo *m = &memos[((uintptr_t)s >> 4) % PODS_MEMOS];
	if (s && m->text != s) {
		*m = (struct pods_memo){ s, str_icontains(s, text) };
	}
	return s && m->has;
}

bool pods_has(const struct m_pod *m, struct pods_memo *memos, const char *text)
{
	const struct pod *p = &m->pod;
	enum style style;
	return str_icontains(p->name, text) || pods_text_has(memos, p->ns, text) ||
		pods_text_has(memos, p->node, text) || pods_text_has(memos, p->owner_name, text) ||
		pods_text_has(memos, pods_status(p, &style), text) || str_icontains(p->ip, text);
}

static size_t pods_keep(const struct view_ctx *c, struct row_thing *v, size_t n, const char *text,
	bool inverse)
{
	struct pods_memo memos[PODS_MEMOS] = { { .text = NULL } };
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (pods_has(v[i].thing, memos, text) != inverse) {
			v[kept++] = v[i];
		}
	}
	return kept;
}

/* Many have the same text, and then it is the same one. */
static int pods_text_cmp(const char *a, const char *b)
{
	return a == b ? 0 : str_natcmp(a, b);
}

/* As clock_age() has it: without a stamp before the youngest. */
static int pods_age_cmp(int64_t a, int64_t b)
{
	return a == b ? 0 : !a || (b && a > b) ? -1 : 1;
}

int pods_cmp(size_t col, const struct m_pod *ma, const struct m_pod *mb)
{
	const struct pod *a = &ma->pod, *b = &mb->pod;
	enum style style;
	int c = 0;
	switch (col) {
	case COL_NS:
		return pods_text_cmp(a->ns, b->ns);
	case COL_NAME:
		return pods_text_cmp(a->name, b->name);
	case COL_PHASE:
		return pods_text_cmp(pods_status(a, &style), pods_status(b, &style));
	case COL_RESTARTS:
		return a->restarts < b->restarts ? -1 : a->restarts > b->restarts;
	case COL_AGE:
		return pods_age_cmp(a->created, b->created);
	case COL_NODE:
		return pods_text_cmp(a->node, b->node);
	case COL_IP:
		return pods_text_cmp(a->ip, b->ip);
	case COL_OWNER:
		c = pods_text_cmp(a->owner_name ? a->owner_kind : NULL,
			b->owner_name ? b->owner_kind : NULL);
		return c ? c : pods_text_cmp(a->owner_name, b->owner_name);
	}
	return c;
}

bool pods_ages(long col)
{
	return col == COL_AGE;
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

static const void *pods_at(const struct view_ctx *c, size_t i)
{
	return pods_list_at(c->pods, i);
}

static size_t pods_index(const struct view_ctx *c, const void *thing)
{
	return pods_list_index(c->pods, thing);
}

const struct row_maker pods_maker = { .fill = pods_fill, .keep = pods_keep, .find = pods_find,
	.at = pods_at, .index = pods_index };

static void pods_rows(const struct view_ctx *c, struct table *t)
{
	const struct pods_within w = pods_within(c->within);
	if (w.text) {
		const char *head = w.waiting ? N_("Waiting pods of %.*s") : N_("Pods of %.*s");
		table_span(t, 0, STYLE_BOLD, c->cols > 0 ? tr(head) : head, (int)w.n, w.text);
	}
	size_t n = 0, kept = 0;
	const struct m_pod *const *v = c->pods ? NULL : model_pods(c->model, &n);
	struct row_thing *things = c->pods ? NULL : xcalloc(n + 1, sizeof(*things));
	for (size_t i = 0; things && i < n; i++) {
		if (pods_wanted(&w, v[i], c->clock)) {
			things[kept++] = (struct row_thing){ .thing = v[i] };
		}
	}
	if (w.text && (c->pods ? pods_list_none(c->pods) : kept == 0)) {
		table_span(t, 0, STYLE_DIM, "%s",
			w.waiting ? tr("None of them waits any more.") : tr("There are none."));
	}
	if (c->pods) {
		table_found(t, &pods_maker, c, pods_list_n(c->pods));
	} else {
		table_things(t, &pods_maker, c, things, kept);
	}
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
