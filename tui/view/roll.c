/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roll: the newest run of the open cluster, one line per node with its phase; or,
 * when none was started, what a rolling update would replace and why.
 */
#include "tui/view.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/needs-update.h"
#include "core/rules/roll/watch.h"

enum { COL_NODE, COL_GROUP, COL_PODS, COL_PHASE, COL_TIME, COL_WAITS, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NODE] = { .id = "instance", .title = "INSTANCE", .width = 13, .grow = 2,
		.flags = COLUMN_MIDDLE, .help = "to be replaced, and by which" },
	[COL_GROUP] = { .id = "group", .title = "GROUP", .width = 14, .grow = 1,
		.flags = COLUMN_MIDDLE, .help = "instance group" },
	[COL_PODS] = { .id = "max_pods", .title = "MAX PODS", .width = 8,
		.help = "of the old node and of the new one" },
	[COL_PHASE] = { .id = "phase", .title = "PHASE", .width = 14, .flags = COLUMN_WORD,
		.help = "where it is" },
	[COL_TIME] = { .id = "time", .kind = CELL_AGE, .title = "TIME", .width = 6,
		.flags = COLUMN_RIGHT,
		.help = "in this phase, or in all" },
	[COL_WAITS] = { .id = "waits_for", .title = "WAITS FOR", .width = 10, .flags = COLUMN_DATA,
		.help = "the reason for a wait, on the screen a line below" },
};

static enum style roll_style(enum roll_phase p)
{
	switch (p) {
	case ROLL_DONE:
		return STYLE_OK;
	case ROLL_FAILED:
		return STYLE_BAD;
	case ROLL_WAITS:
	case ROLL_SKIPPED:
		return STYLE_DIM;
	default:
		return STYLE_ACCENT;
	}
}

static void roll_node_row(const struct view_ctx *c, const struct run_node *n, struct table *t)
{
	struct trow *r = table_row(t, n->instance);
	struct buf a = BUF_INIT, b = BUF_INIT;
	text_cut_middle(&a, n->instance, 13, c->ascii);
	if (n->replaced_by) {
		text_cut_middle(&b, n->replaced_by, 13, c->ascii);
		const char *arrow = c->ascii ? "->" : "\xe2\x86\x92";
		table_textf(t, r, COL_NODE, STYLE_NORMAL, "%s %s %s", buf_str(&a), arrow,
			buf_str(&b));
		/* Cut in its middle it would be neither the old one nor the new one. */
		char *brief = xasprintf("%s %s", arrow, buf_str(&b));
		table_brief(t, r, COL_NODE, brief);
		free(brief);
	} else {
		table_text(t, r, COL_NODE, STYLE_NORMAL, n->instance);
	}
	buf_release(&a);
	buf_release(&b);
	view_group_cell(c, t, r, COL_GROUP, STYLE_NORMAL, n->group);
	if (n->pods_before >= 0 && n->pods_after >= 0) {
		table_textf(t, r, COL_PODS, STYLE_NORMAL, "%d %s %d", n->pods_before,
			c->ascii ? "->" : "\xe2\x86\x92", n->pods_after);
	} else if (n->pods_before >= 0) {
		table_textf(t, r, COL_PODS, STYLE_DIM, "%d", n->pods_before);
	}
	if (n->phase == ROLL_DRAINING && n->pods_total > 0) {
		table_textf(t, r, COL_PHASE, STYLE_ACCENT, "draining %d/%d",
			n->pods_total - n->pods_left, n->pods_total);
	} else {
		table_text(t, r, COL_PHASE, roll_style(n->phase), roll_phase_name(n->phase));
	}
	if (n->phase == ROLL_DONE && n->took_ms >= 0) {
		table_value(r, COL_TIME, CELL_AGE, STYLE_NORMAL, n->took_ms, 1);
	} else if (n->phase != ROLL_WAITS && n->since > 0) {
		table_value(r, COL_TIME, CELL_AGE, STYLE_NORMAL, clock_age(c->clock, n->since), 1);
	}
	table_text(t, r, COL_WAITS, STYLE_NORMAL, str_empty(n->waits_for) ? "" : n->waits_for);
	if (!str_empty(n->waits_for)) {
		char *text = xasprintf("waits for %s", n->waits_for);
		view_span_wrapped(c, t, 3, STYLE_WARN, text);
		free(text);
	}
}

static bool roll_alive(const struct run_view *v)
{
	return v->status == RUN_ALIVE || v->status == RUN_STARTING;
}

/* Which run this is, how it stands and how long it took so far. */
static void roll_head(const struct view_ctx *c, const struct run_view *v, struct table *t)
{
	static const char *const titles[] = { [RUN_UPDATE] = "Update", [RUN_ROLL] = "Roll",
		[RUN_CREATE] = "Creation" };
	/* a cluster is made in two parts: kops' tasks, then the nodes come */
	bool update = v->meta.kind == RUN_UPDATE || (v->meta.kind == RUN_CREATE && !v->total);
	char since[32], left[32], at[40];
	int64_t end = v->ended ? v->ended : clock_wall(c->clock);
	stamp_duration(since, sizeof(since),
		(int64_t)((double)(end - v->meta.started) * c->clock->scale));
	stamp_format(at, v->meta.started, false);
	table_span(t, 0, STYLE_BOLD, "%s of %s by %s, started %.5s by %s",
		titles[v->meta.kind], v->meta.cluster,
		v->meta.engine == RUN_NATIVE ? "native" : "kops", at + 11,
		str_empty(v->meta.who) ? "?" : v->meta.who);
	struct buf how = BUF_INIT;
	if (update && v->tasks_total > 0) {
		buf_addf(&how, "%d of %d tasks   ", v->tasks_done, v->tasks_total);
	} else if (!update && v->total > 0) {
		buf_addf(&how, "%zu of %zu nodes   ", v->done, v->total);
	}
	buf_addf(&how, "%s%s, %s%s", run_status_name(v->status), v->paused ? " (paused)" : "",
		since, roll_alive(v) ? " gone" : "");
	if (roll_alive(v) && v->eta_ms >= 0) {
		stamp_duration(left, sizeof(left), v->eta_ms);
		buf_addf(&how, ", about %s left", left);
	}
	struct trow *r = table_span(t, 0, STYLE_NORMAL, "%s", buf_str(&how));
	buf_release(&how);
	r->meter = true;
	r->value = update ? v->tasks_done : (int64_t)v->done;
	r->max = update ? v->tasks_total : (int64_t)v->total;
	if (!str_empty(v->message)) {
		view_span_wrapped(c, t, 0,
			v->status == RUN_FAILED || v->status == RUN_GUARD || v->status == RUN_DIED
				? STYLE_BAD
				: STYLE_NORMAL,
			v->message);
	}
	table_span(t, 0, STYLE_DIM, "run %s", v->meta.id);
	table_span(t, 0, STYLE_NORMAL, "%s", "");
}

/* No run: what one would do. */
static void roll_plan_rows(const struct view_ctx *c, struct table *t)
{
	size_t n;
	const struct m_instance *const *v = model_instances(c->model, &n);
	for (size_t i = 0; i < n; i++) {
		enum update_why why = update_why_of(v[i]);
		if (why == UPDATE_NONE || why == UPDATE_UNKNOWN) {
			continue;
		}
		struct trow *r = table_row(t, v[i]->instance.id);
		table_text(t, r, COL_NODE, STYLE_NORMAL, v[i]->instance.id);
		view_group_cell(c, t, r, COL_GROUP, STYLE_NORMAL, v[i]->instance.group);
		if (v[i]->node && v[i]->node->node.alloc_pods >= 0) {
			table_textf(t, r, COL_PODS, STYLE_NORMAL, "%d",
				(int)v[i]->node->node.alloc_pods);
		}
		table_text(t, r, COL_PHASE, STYLE_WARN, update_why_text(why));
		table_text(t, r, COL_WAITS, STYLE_NORMAL, update_why_text(why));
	}
}

/* What would stop a native roll, as it looks now. */
static void roll_guard_line(const struct view_ctx *c, struct table *t)
{
	static const char *const marks[][2] = {
		[GUARD_UNKNOWN] = { "?", "?" },
		[GUARD_QUIET] = { "\xe2\x9c\x93", "ok" },
		[GUARD_SIGN] = { "!", "!" },
	};
	struct roll_guard guards[GUARD__COUNT];
	struct buf line = BUF_INIT;
	bool sign = false;
	roll_guards_look(c->model, c->clock, guards);
	buf_adds(&line, "Guards");
	for (int i = 0; i < GUARD__COUNT; i++) {
		buf_addf(&line, "  %s %s", guards[i].name, marks[guards[i].state][c->ascii]);
		sign = sign || guards[i].state == GUARD_SIGN;
	}
	table_span(t, 0, sign ? STYLE_WARN : STYLE_DIM, "%s", buf_str(&line));
	buf_release(&line);
	for (int i = 0; i < GUARD__COUNT; i++) {
		if (guards[i].state == GUARD_SIGN) {
			char *text = xasprintf("%s: %s", guards[i].name, guards[i].words);
			view_span_wrapped(c, t, 2, STYLE_WARN, text);
			free(text);
		}
	}
}

static void roll_seen_row(const struct view_ctx *c, const struct roll_seen *s, struct table *t)
{
	const struct instance *in = &s->instance->instance;
	struct trow *r = table_row(t, in->id);
	table_text(t, r, COL_NODE, STYLE_NORMAL, in->id);
	view_group_cell(c, t, r, COL_GROUP, STYLE_NORMAL, in->group);
	if (s->instance->node && s->instance->node->node.alloc_pods >= 0) {
		table_textf(t, r, COL_PODS, STYLE_NORMAL, "%d",
			(int)s->instance->node->node.alloc_pods);
	}
	if (s->phase == ROLL_DRAINING) {
		table_textf(t, r, COL_PHASE, STYLE_ACCENT, "draining, %d left", s->pods_left);
	} else {
		table_text(t, r, COL_PHASE, roll_style(s->phase),
			s->phase == ROLL_DONE ? "as wanted" : roll_phase_name(s->phase));
	}
	table_text(t, r, COL_WAITS, STYLE_NORMAL, s->words);
}

/* Somebody else rolls: the same picture, from what is observed. */
static void roll_seen_rows(const struct view_ctx *c, const struct roll_watch *w, struct table *t)
{
	table_span(t, 0, STYLE_BOLD, "Somebody rolls %s, by kops or another kopscope",
		model_opened(c->model));
	struct trow *r = table_span(t, 0, STYLE_NORMAL, "%zu of %zu instances as wanted", w->done,
		w->n);
	r->meter = true;
	r->value = (int64_t)w->done;
	r->max = (int64_t)w->n;
	table_span(t, 0, STYLE_NORMAL, "%s", "");
	for (size_t i = 0; i < w->n; i++) {
		roll_seen_row(c, &w->v[i], t);
	}
	table_span(t, 0, STYLE_NORMAL, "%s", "");
	roll_guard_line(c, t);
}

static void roll_rows(const struct view_ctx *c, struct table *t)
{
	struct roll_watch w;
	roll_watch_make(c->model, &w);
	bool foreign = w.goes_on && !(c->run && roll_alive(c->run));
	if (foreign) {
		roll_seen_rows(c, &w, t);
	}
	roll_watch_release(&w);
	if (foreign) {
		return;
	}
	if (!c->run) {
		roll_plan_rows(c, t);
		return;
	}
	roll_head(c, c->run, t);
	for (size_t i = 0; i < c->run->nnodes; i++) {
		roll_node_row(c, &c->run->nodes[i], t);
	}
	if (c->run->meta.kind == RUN_ROLL && roll_alive(c->run)) {
		table_span(t, 0, STYLE_NORMAL, "%s", "");
		roll_guard_line(c, t);
	}
	if (c->run->meta.kind == RUN_UPDATE && c->run->status == RUN_SUCCEEDED) {
		size_t before = t->n;
		roll_plan_rows(c, t);
		if (t->n == before) {
			table_span(t, 1, STYLE_DIM,
				"No instance needs to be replaced so far; the CNI addon "
				"may still mark the nodes (about a minute).");
		}
	}
}

static void roll_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	if (c->run && roll_alive(c->run)) {
		buf_adds(out, "The run goes on when you leave.  p pause  r resume  K skip this "
			      "node\nx stop and clean up  l what it said  o kops' own output\n");
	} else if (c->run && c->run->status == RUN_DIED && c->run->meta.kind == RUN_ROLL) {
		buf_adds(out, c->run->meta.engine == RUN_NATIVE
			? "r takes the run up where its worker died.  l what it said\n"
			: "R rolls what is left.  l what it said  o kops' own output\n");
	} else if (row) {
		buf_adds(out, "R shows the plan and rolls.");
		buf_adds(out, c->run ? "  l what the run said  o kops' own output\n" : "\n");
	}
}

static const char *roll_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_AWS);
	/* Which nodes wait for a roll is Kubernetes' to tell as well. */
	bool known = trouble || model_source(c->model, SRC_KUBE)->state != SOURCE_ASKED;
	trouble = known ? trouble : view_source_trouble(c, SRC_KUBE);
	return trouble ? trouble : "Nothing to roll: every instance is as its group wants it.";
}

const struct view view_roll = {
	.id = VIEW_ROLL, .name = "roll", .title = "Roll", .key = '6',
	.help = "Update and rolling update: plan and progress",
	.source = SRC_AWS, .columns = columns, .ncolumns = COL__COUNT,
	.rows = roll_rows, .detail = roll_detail, .empty = roll_empty, .enter = VIEW_ROLL,
};
