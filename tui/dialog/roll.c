/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan of a rolling update: which instances and why, in which order, and
 * what would get in its way; then, with the cluster's name typed, the run.
 */
#include <stdlib.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/roll.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/dialog/change-lines.h"
#include "tui/launch.h"
#include "tui/lease.h"
#include "tui/lesson/language.h"
#include "tui/lesson/phrase.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

struct dialog_roll {
	struct dialog d;
	struct app *app;
	struct pager lines;
	size_t nodes;
	bool refused;
	struct roll_options o; /* what the run is started with */
	struct lease_look *look;
	char *holder, *held;   /* of a stale lease: who, and since when; NULL: there is none */
	bool take_over;
	struct loop_timer *rest; /* until the plan is made anew */
	int64_t cost;            /* ms that it took last */
	char typed[256];
};

static void roll_free_dialog(struct dialog *d)
{
	struct dialog_roll *r = (struct dialog_roll *)d;
	lease_look_forget(r->look);
	if (r->rest) {
		loop_timer_remove(r->rest);
	}
	free(r->holder);
	free(r->held);
	pager_release(&r->lines);
	free(r);
}

static void roll_show_findings(struct dialog_roll *r, const struct findings *f)
{
	static const enum style styles[] = {
		[FINDING_OK] = STYLE_OK, [FINDING_INFO] = STYLE_NORMAL, [FINDING_WARN] = STYLE_WARN,
		[FINDING_REFUSE] = STYLE_BAD,
	};
	static const char *const marks[] = {
		[FINDING_OK] = "ok",
		[FINDING_INFO] = "-",
		[FINDING_WARN] = "!",
		[FINDING_REFUSE] = "!!",
	};
	if (f->n == 0) {
		return;
	}
	pager_add(&r->lines, STYLE_BOLD, "%s", tr("Before it starts"));
	for (size_t i = 0; i < f->n; i++) {
		int width = app_cols(r->app) - 2;
		char *said = tr_phrase(f->v[i].text);
		char *text = xasprintf("  %-2s %s", marks[f->v[i].level], said);
		pager_add_wrapped(&r->lines, styles[f->v[i].level], width, 5, text);
		free(text);
		free(said);
		if (f->v[i].todo) {
			text = lines_todo(f->v[i].todo, 5);
			pager_add_wrapped(&r->lines, STYLE_NORMAL, width, 12, text);
			free(text);
		}
	}
}

static void roll_show_lease(struct dialog_roll *r)
{
	if (r->held) {
		char *who = xasprintf(tr("The lease of the cluster is held by %s."), r->held);
		char *line = xasprintf("! %s %s", who, r->take_over ? tr("It will be taken over.")
			: tr("If that worker is dead, C-t agrees to take it over."));
		free(who);
		pager_add_wrapped(&r->lines, STYLE_WARN, app_cols(r->app) - 2, 2, line);
		free(line);
	}
}

/* The table that kops prints. */
static void roll_show_table(struct dialog_roll *r, struct app *a)
{
	size_t n;
	const struct m_group *const *v = model_groups(a->session->model, &n);
	pager_add(&r->lines, STYLE_NORMAL, "%s", "");
	pager_add(&r->lines, STYLE_DIM, "%-20s %-11s %10s %5s %4s %6s %4s %5s", "NAME", "STATUS",
		"NEEDUPDATE", "READY", "MIN", "TARGET", "MAX", "NODES");
	for (size_t i = 0; i < n; i++) {
		struct group_update u;
		if (!v[i]->has_spec) {
			continue;
		}
		update_of_group(a->session->model, v[i], &u);
		int32_t need = r->o.force ? u.need + u.ready : u.need;
		char *brief = view_group_brief(&a->ctx, v[i]->spec.name);
		pager_add(&r->lines, STYLE_NORMAL, "%-20s %-11s %10d %5d %4d %6d %4d %5zu", brief,
			u.unknown ? "?" : need ? "NeedsUpdate" : "Ready", need,
			u.need + u.ready - need, v[i]->spec.min_size,
			v[i]->has_asg ? v[i]->asg.desired : 0, v[i]->spec.max_size, v[i]->nnodes);
		free(brief);
	}
}

/* Which and why, and how many at a time. */
static void roll_show_order(struct dialog_roll *r, struct app *a, const struct roll *plan)
{
	struct roll_group_plan g;
	size_t n;
	const struct roll_node *const *v = roll_nodes(plan, &n);
	pager_add(&r->lines, STYLE_BOLD, "%s", tr("In this order"));
	for (size_t i = 0; i < n; i++) {
		char *brief = view_group_brief(&a->ctx, v[i]->group);
		pager_add(&r->lines, STYLE_NORMAL, "  %2zu  %-20s %-24s %s", i + 1, v[i]->instance,
			brief, update_why_text(v[i]->why));
		free(brief);
	}
	for (size_t i = 0; roll_group_planned(plan, i, &g); i++) {
		char *brief = view_group_brief(&a->ctx, g.name), *text = NULL;
		if (g.todo && g.disabled) {
			text = xasprintf(tr("%s: drainAndTerminate is false, so none is drained"),
				brief);
		} else if (g.todo && g.surge) {
			text = xasprintf(tr("%s: %d added first, %d missing at a time"), brief,
				g.surge, g.away);
		} else if (g.todo) {
			text = xasprintf(tr("%s: %d at a time, none added before"), brief, g.away);
		}
		if (text) {
			pager_add(&r->lines, g.disabled ? STYLE_WARN : STYLE_DIM, "  %s", text);
		}
		free(text);
		free(brief);
	}
}

static void roll_show_plan(struct dialog_roll *r, struct app *a)
{
	const struct model *m = a->session->model;
	struct err e = ERR_INIT;
	struct findings f = { .v = NULL };
	pager_release(&r->lines);
	r->nodes = 0;
	struct roll *plan = roll_new(m, &r->o, &e);
	if (!plan) {
		pager_add(&r->lines, STYLE_WARN, "%s", e.text);
		return;
	}
	size_t n;
	roll_nodes(plan, &n);
	r->nodes = n;
	if (n == 0) {
		if (roll_addon_pending(m)) {
			pager_add_wrapped(&r->lines, STYLE_WARN, app_cols(a) - 2, 0,
				tr("Nothing to replace yet: the CNI settings of the spec have not "
				"reached the cluster.  Update first; about a minute later the "
				"addon marks the nodes."));
		} else {
			pager_add(&r->lines, STYLE_OK, "%s",
				tr("Nothing to replace: every instance is as its group wants it."));
		}
		roll_free(plan);
		return;
	}
	char left[32];
	size_t done, total;
	int64_t eta;
	roll_progress(plan, clock_mono(&a->session->clock), &done, &total, &eta);
	stamp_duration(left, sizeof(left), eta);
	char *what = xasprintf(n == 1 ? tr("%zu instance to replace by the %s engine, about %s")
		: tr("%zu instances to replace by the %s engine, about %s"), n,
		a->engine == RUN_NATIVE ? "native" : "kops", left);
	pager_add(&r->lines, STYLE_BOLD, r->o.node_guess_ms ? tr("%s by earlier rolls") : "%s",
		what);
	free(what);
	if (r->o.canary) {
		pager_add(&r->lines, STYLE_ACCENT, "%s",
			tr("The first one is a canary: it pauses then, until resumed (native "
				"engine)"));
	}
	roll_show_lease(r);
	roll_preflight(m, &r->o, &f);
	roll_preflight_credentials(m, clock_wall(&a->session->clock),
		(int64_t)((double)eta / a->session->clock.scale), &f);
	r->refused = findings_refuse(&f);
	roll_show_findings(r, &f);
	findings_release(&f);
	roll_show_order(r, a, plan);
	roll_show_table(r, a);
	roll_free(plan);
}

static void roll_draw_dialog(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_roll *r = (struct dialog_roll *)d;
	bool ask = r->nodes > 0;
	pager_draw(&r->lines, g, y, rows - (ask ? 2 : 0));
	if (ask) {
		int x = 1 + grid_put(g, 1, y + rows - 1, g->cols - 2, STYLE_BOLD,
			r->refused ? tr("Type the cluster's name to roll all the same: ")
				   : tr("Type the cluster's name to roll: "));
		x += grid_put(g, x, y + rows - 1, g->cols - x - 1, STYLE_ACCENT, r->typed);
		g->cursor_x = x;
		g->cursor_y = y + rows - 1;
	}
}

static enum dialog_result roll_key_dialog(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_roll *r = (struct dialog_roll *)d;
	if (key == KEY_ESC_) {
		return DIALOG_CLOSE;
	}
	a->message[0] = '\0';
	if (key == KEY_TAB_) {
		a->engine = a->engine == RUN_NATIVE ? RUN_KOPS : RUN_NATIVE;
		roll_show_plan(r, a);
		return DIALOG_STAY;
	}
	if (key == KEY_CTRL_('f')) {
		r->o.force = !r->o.force;
		roll_show_plan(r, a);
		return DIALOG_STAY;
	}
	if (key == KEY_CTRL_('o')) {
		r->o.canary = !r->o.canary;
		roll_show_plan(r, a);
		return DIALOG_STAY;
	}
	if (key == KEY_CTRL_('t') && r->held) {
		r->take_over = !r->take_over;
		roll_show_plan(r, a);
		return DIALOG_STAY;
	}
	if (key == KEY_ENTER_ && r->nodes > 0) {
		struct err e = ERR_INIT;
		char *id = NULL;
		const char *open = model_opened(a->session->model);
		if (!str_eq(r->typed, open)) {
			app_say(a, STYLE_WARN, tr("type %s to roll, Esc to leave all as it is"),
				open);
			return DIALOG_STAY;
		}
		if (r->holder && !r->take_over) {
			app_say(a, STYLE_WARN, tr("C-t first: %s holds the lease of the cluster"),
				r->holder);
			return DIALOG_STAY;
		}
		struct launch l = { .kind = RUN_ROLL, .engine = a->engine, .roll = &r->o,
			.take_over = r->take_over ? r->holder : NULL };
		if (!launch_run(a->session, &l, &id, &e)) {
			app_say_err(a, &e);
			return DIALOG_STAY;
		}
		app_run_began(a, id);
		return DIALOG_CLOSE;
	}
	if (key == ' ' || !pager_key(&r->lines, key, rows - 2)) {
		if (r->nodes > 0) {
			dialog_edit(r->typed, sizeof(r->typed), key);
		}
	}
	return DIALOG_STAY;
}

/* The forecast of thousands of nodes takes a while: it may not take all of the time. */
#define ROLL_REST 20

static void roll_again(void *ctx)
{
	struct dialog_roll *r = ctx;
	const struct clock *c = &r->app->session->clock;
	int64_t began = clock_mono(c);
	r->rest = NULL;
	roll_show_plan(r, r->app);
	r->app->dirty = true;
	r->cost = clock_mono(c) - began;
}

static void roll_changed(struct dialog *d, struct app *a)
{
	struct dialog_roll *r = (struct dialog_roll *)d;
	if (!r->rest) {
		r->rest = loop_timer_add(a->session->loop, r->cost * ROLL_REST, roll_again, r);
	}
}

static void roll_lease_seen(void *ctx, const struct lease_seen *l)
{
	struct dialog_roll *r = ctx;
	r->look = NULL;
	if (l && l->state == RUN_LEASE_STALE) {
		r->holder = xstrdup(l->holder);
		r->held = xstrdup(l->words);
		roll_show_plan(r, r->app);
		r->app->dirty = true;
	}
}

static const char *roll_keys(struct dialog *d, struct app *a)
{
	struct dialog_roll *r = (struct dialog_roll *)d;
	if (r->held && r->nodes > 0) {
		return "Enter:roll C-t:take_over_lease Tab:engine C-o:one_then_pause Esc:leave";
	}
	return r->nodes > 0
		? "Enter:roll Tab:engine C-o:one_then_pause C-f:force PgDn:scroll Esc:leave"
		: "C-f:force Esc:close";
}

static const struct dialog_ops roll_ops = {
	.title = "Rolling update", .keys = roll_keys,
	.draw = roll_draw_dialog, .key = roll_key_dialog, .changed = roll_changed,
	.free = roll_free_dialog,
};

struct dialog *dialog_roll_new(struct app *a)
{
	struct dialog_roll *r = xcalloc(1, sizeof(*r));
	r->d.ops = &roll_ops;
	r->app = a;
	roll_options_default(&r->o);
	r->o.node_guess_ms = run_node_history(model_opened(a->session->model),
		a->session->clock.scale);
	roll_show_plan(r, a);
	r->look = lease_look_start(a->session, roll_lease_seen, r);
	return &r->d;
}
