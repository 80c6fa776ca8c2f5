/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope plan: what a rolling update would do; and the plan for kopscope roll. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "tui/command/roll-args.h"
#include "tui/options.h"
#include "tui/plan.h"
#include "tui/screen/print.h"
#include "tui/screen/table.h"
#include "tui/session-confine.h"

#define SETTLE_MS 15000 /* real */

/* ---- making it -------------------------------------------------------------------------- */

static bool plan_settled(void *ctx)
{
	return session_settled(ctx);
}

bool plan_settle(struct session *s, struct err *e)
{
	session_start(s);
	loop_run_until(s->loop, plan_settled, s, (int64_t)(SETTLE_MS * s->clock.scale));
	if (model_opened(s->model)) {
		return true;
	}
	const struct source_status *st = model_source(s->model, SRC_STORE);
	if (err_is_set(&st->why)) {
		err_copy(e, &st->why);
	} else {
		err_set(e, ERR_USAGE, "which cluster?");
		err_hint(e, "--name CLUSTER; kopscope get clusters lists them");
	}
	return false;
}

static int64_t plan_eta(const struct plan *p)
{
	size_t done, total;
	int64_t eta;
	if (!p->roll) {
		return -1;
	}
	roll_progress(p->roll, clock_mono(&p->session->clock), &done, &total, &eta);
	return eta;
}

/* By the cloud alone: which instances are old is all that is known. */
static bool plan_cloud_only(struct plan *p, struct err *e)
{
	size_t n;
	const struct m_group *const *v = model_groups(p->session->model, &n);
	if (model_source(p->session->model, SRC_AWS)->state != SOURCE_LIVE) {
		return err_set(e, ERR_REFUSED, "the instances are not known: AWS has not answered");
	}
	for (size_t i = 0; i < n; i++) {
		struct group_update u;
		update_of_group(p->session->model, v[i], &u);
		p->nodes += (size_t)(p->options->force ? u.need + u.ready : u.need);
	}
	findings_add(&p->findings, FINDING_WARN, NULL, "By the cloud alone: no node is drained, "
		"nothing is validated, and marks on nodes are not seen");
	return true;
}

bool plan_make(struct plan *p, struct session *s, struct roll_options *o, enum run_engine engine,
	struct err *e)
{
	*p = (struct plan){ .session = s, .options = o, .engine = engine };
	if (!plan_settle(s, e)) {
		return false;
	}
	if (o->cloud_only && engine == RUN_KOPS) {
		return plan_cloud_only(p, e);
	}
	o->node_guess_ms = run_node_history(model_opened(s->model), s->clock.scale);
	p->roll = roll_new(s->model, o, e);
	if (!p->roll) {
		return false;
	}
	roll_nodes(p->roll, &p->nodes);
	p->addon = roll_addon_pending(s->model);
	roll_preflight(s->model, o, &p->findings);
	if (p->nodes) {
		roll_preflight_credentials(s->model, clock_wall(&s->clock),
			(int64_t)((double)plan_eta(p) / s->clock.scale), &p->findings);
	}
	p->refused = findings_refuse(&p->findings);
	return true;
}

void plan_release(struct plan *p)
{
	roll_free(p->roll);
	findings_release(&p->findings);
}

/* ---- for people --------------------------------------------------------------------------- */

enum { COL_NAME, COL_STATUS, COL_NEED, COL_READY, COL_MIN, COL_TARGET, COL_MAX, COL_NODES,
	COL__COUNT };

/* The table that kops prints. */
static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "NAME", .help = "instance group" },
	[COL_STATUS] = { .id = "status", .title = "STATUS", .help = "NeedsUpdate or Ready" },
	[COL_NEED] = { .id = "need_update", .title = "NEEDUPDATE", .flags = COLUMN_RIGHT,
		.help = "instances to be replaced" },
	[COL_READY] = { .id = "ready", .title = "READY", .flags = COLUMN_RIGHT,
		.help = "instances that are as wanted" },
	[COL_MIN] = { .id = "min", .title = "MIN", .flags = COLUMN_RIGHT, .help = "least" },
	[COL_TARGET] = { .id = "target", .title = "TARGET", .flags = COLUMN_RIGHT,
		.help = "wanted now" },
	[COL_MAX] = { .id = "max", .title = "MAX", .flags = COLUMN_RIGHT, .help = "most" },
	[COL_NODES] = { .id = "nodes", .title = "NODES", .flags = COLUMN_RIGHT,
		.help = "that joined" },
};

static void plan_groups(const struct plan *p, struct table *t)
{
	size_t n;
	const struct m_group *const *v = model_groups(p->session->model, &n);
	for (size_t i = 0; i < n; i++) {
		struct group_update u;
		if (!v[i]->has_spec) {
			continue;
		}
		update_of_group(p->session->model, v[i], &u);
		int32_t need = p->options->force ? u.need + u.ready : u.need;
		struct trow *r = table_row(t, v[i]->spec.name);
		table_text(t, r, COL_NAME, STYLE_NORMAL, v[i]->spec.name);
		table_text(t, r, COL_STATUS, STYLE_NORMAL,
			u.unknown ? "?" : need ? "NeedsUpdate" : "Ready");
		table_value(r, COL_NEED, CELL_NUMBER, STYLE_NORMAL, need, 0);
		table_value(r, COL_READY, CELL_NUMBER, STYLE_NORMAL, u.need + u.ready - need, 0);
		table_value(r, COL_MIN, CELL_NUMBER, STYLE_NORMAL, v[i]->spec.min_size, 0);
		table_value(r, COL_TARGET, CELL_NUMBER, STYLE_NORMAL,
			v[i]->has_asg ? v[i]->asg.desired : -1, 0);
		table_value(r, COL_MAX, CELL_NUMBER, STYLE_NORMAL, v[i]->spec.max_size, 0);
		table_value(r, COL_NODES, CELL_NUMBER, STYLE_NORMAL, (int64_t)v[i]->nnodes, 0);
	}
}

static void plan_text_nodes(const struct plan *p, struct buf *out)
{
	size_t n;
	const struct roll_node *const *v = roll_nodes(p->roll, &n);
	char eta[32];
	stamp_duration(eta, sizeof(eta), plan_eta(p));
	buf_addf(out, "%zu instance%s to replace by the %s engine, in this order, about %s%s:\n", n,
		n == 1 ? "" : "s", p->engine == RUN_NATIVE ? "native" : "kops", eta,
		p->options->node_guess_ms ? " by earlier rolls" : "");
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "  %2zu  %-20s  %-32s  %s\n", i + 1, v[i]->instance, v[i]->group,
			update_why_text(v[i]->why));
	}
	struct roll_group_plan g;
	for (size_t i = 0; roll_group_planned(p->roll, i, &g); i++) {
		if (g.todo == 0) {
			continue;
		}
		buf_addf(out, "  %s: ", g.name);
		if (g.disabled) {
			buf_adds(out, "drainAndTerminate is false, so none is drained\n");
		} else if (g.surge) {
			buf_addf(out, "%d added first, %d missing at a time\n", g.surge, g.away);
		} else {
			buf_addf(out, "%d at a time, none added before\n", g.away);
		}
	}
}

static void plan_text_findings(const struct plan *p, struct buf *out)
{
	static const char *const marks[] = {
		[FINDING_OK] = "ok", [FINDING_INFO] = "-", [FINDING_WARN] = "!",
		[FINDING_REFUSE] = "!!",
	};
	if (p->findings.n) {
		buf_adds(out, "\nBefore it starts\n");
	}
	for (size_t i = 0; i < p->findings.n; i++) {
		const struct finding *f = &p->findings.v[i];
		buf_addf(out, "  %-2s %s\n", marks[f->level], f->text);
		if (f->todo) {
			buf_addf(out, "     first: %s\n", f->todo);
		}
	}
}

void plan_text(const struct plan *p, struct buf *out)
{
	struct table t;
	table_init(&t, columns, COL__COUNT);
	plan_groups(p, &t);
	print_table(&t, true, true, out);
	table_release(&t);
	buf_addc(out, '\n');
	if (p->nodes == 0) {
		buf_adds(out, "No instance needs to be replaced.\n");
	} else if (!p->roll) {
		buf_addf(out, "%zu instance%s to replace by kops, by the cloud alone\n", p->nodes,
			p->nodes == 1 ? "" : "s");
	} else {
		plan_text_nodes(p, out);
	}
	plan_text_findings(p, out);
}

/* ---- for programs --------------------------------------------------------------------------- */

static json_t *plan_json_instances(const struct plan *p)
{
	size_t n = 0;
	const struct roll_node *const *v = p->roll ? roll_nodes(p->roll, &n) : NULL;
	json_t *all = json_array();
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(all,
			json_pack("{s:s,s:s?,s:s?,s:s,s:i}", "instance", v[i]->instance, "node",
				v[i]->node, "group", v[i]->group, "why",
				update_why_text(v[i]->why), "max_pods", v[i]->pods_before));
	}
	return all;
}

static json_t *plan_json_groups(const struct plan *p)
{
	struct roll_group_plan g;
	json_t *all = json_array();
	for (size_t i = 0; p->roll && roll_group_planned(p->roll, i, &g); i++) {
		json_array_append_new(all,
			json_pack("{s:s,s:s,s:i,s:i,s:i,s:b}", "name", g.name, "role",
				role_name(g.role), "to_replace", g.todo, "surge", g.surge,
				"unavailable", g.away, "disabled", g.disabled));
	}
	return all;
}

static json_t *plan_json_findings(const struct plan *p)
{
	static const char *const levels[] = {
		[FINDING_OK] = "ok", [FINDING_INFO] = "info", [FINDING_WARN] = "warning",
		[FINDING_REFUSE] = "refuse",
	};
	json_t *all = json_array();
	for (size_t i = 0; i < p->findings.n; i++) {
		const struct finding *f = &p->findings.v[i];
		json_array_append_new(all, json_pack("{s:s,s:s,s:s?}", "level", levels[f->level],
			"text", f->text, "first", f->todo));
	}
	return all;
}

void plan_json(const struct plan *p, struct buf *out)
{
	json_auto_t *j = json_pack("{s:s,s:s,s:s,s:I,s:b,s:b,s:o,s:o,s:o}", "event", "plan",
		"cluster", model_opened(p->session->model), "engine",
		p->engine == RUN_NATIVE ? "native" : "kops", "eta", (json_int_t)plan_eta(p),
		"refused", p->refused, "addon_pending", p->addon, "groups", plan_json_groups(p),
		"instances", plan_json_instances(p), "findings", plan_json_findings(p));
	json_write(out, j, false);
	buf_addc(out, '\n');
}

int cmd_plan(const struct options *o, struct err *e)
{
	struct roll_options ro;
	enum run_engine engine;
	struct session s;
	struct plan p;
	struct buf out = BUF_INIT;
	int rc = EXIT_FAILED;
	if (!roll_args_engine(o, &engine, e) || !roll_args_read(o, &ro, e)) {
		return EXIT_USAGE;
	}
	session_init(&s, &o->session);
	session_confine(&s, false);
	if (plan_make(&p, &s, &ro, engine, e)) {
		(str_eq(o->output, "json") ? plan_json : plan_text)(&p, &out);
		rc = p.refused ? EXIT_GUARD : EXIT_OK;
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	plan_release(&p);
	session_release(&s);
	roll_options_release(&ro);
	return rc;
}
