/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan of a rolling update: which instances and why, in which order, and
 * what would get in its way; then, with the cluster's name typed, the run.
 */
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/roll.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/keys.h"
#include "tui/launch.h"
#include "tui/pager.h"

struct dialog_roll {
	struct dialog d;
	struct app *app;
	struct pager lines;
	size_t nodes;
	bool refused;
	struct roll_options o; /* what the run is started with */
	char typed[256];
};

static void roll_free_dialog(struct dialog *d)
{
	pager_release(&((struct dialog_roll *)d)->lines);
	free(d);
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
	pager_add(&r->lines, STYLE_NORMAL, "%s", "");
	pager_add(&r->lines, STYLE_BOLD, "Before it starts");
	for (size_t i = 0; i < f->n; i++) {
		int width = r->app->grid.cols - 2;
		char *text = xasprintf("  %-2s %s", marks[f->v[i].level], f->v[i].text);
		pager_add_wrapped(&r->lines, styles[f->v[i].level], width, 5, text);
		free(text);
		if (f->v[i].todo) {
			text = xasprintf("     first: %s", f->v[i].todo);
			pager_add_wrapped(&r->lines, STYLE_NORMAL, width, 12, text);
			free(text);
		}
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
	const struct roll_node *const *v = roll_nodes(plan, &n);
	r->nodes = n;
	if (n == 0) {
		if (roll_addon_pending(m)) {
			pager_add_wrapped(&r->lines, STYLE_WARN, a->grid.cols - 2, 0,
				"Nothing to replace yet: the CNI settings of the spec have not "
				"reached the cluster.  Update first; about a minute later the "
				"addon marks the nodes.");
		} else {
			pager_add(&r->lines, STYLE_OK,
				"Nothing to replace: every instance is as its group wants it.");
		}
		roll_free(plan);
		return;
	}
	pager_add(&r->lines, STYLE_BOLD,
		"%zu instance%s to replace, in this order, by the %s engine", n, n == 1 ? "" : "s",
		a->engine == RUN_NATIVE ? "native" : "kops");
	if (r->o.canary) {
		pager_add(&r->lines, STYLE_ACCENT,
			"The first one is a canary: it pauses then, until resumed (native engine)");
	}
	for (size_t i = 0; i < n; i++) {
		char *brief = view_group_brief(&a->ctx, v[i]->group);
		pager_add(&r->lines, STYLE_NORMAL, "  %2zu  %-20s %-24s %s", i + 1, v[i]->instance,
			brief, update_why_text(v[i]->why));
		free(brief);
	}
	roll_preflight(m, &r->o, &f);
	size_t done, total;
	int64_t eta;
	roll_progress(plan, clock_mono(&a->session->clock), &done, &total, &eta);
	roll_preflight_credentials(m, clock_wall(&a->session->clock),
		(int64_t)((double)eta / a->session->clock.scale), &f);
	r->refused = findings_refuse(&f);
	roll_show_findings(r, &f);
	findings_release(&f);
	roll_free(plan);
}

static void roll_draw_dialog(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_roll *r = (struct dialog_roll *)d;
	bool ask = r->nodes > 0;
	pager_draw(&r->lines, g, y, rows - (ask ? 2 : 0));
	if (ask) {
		int x = 1 + grid_put(g, 1, y + rows - 1, g->cols - 2, STYLE_BOLD,
				    r->refused ? "Type the cluster's name to roll all the same: "
					       : "Type the cluster's name to roll: ");
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
	if (key == KEY_ENTER_ && r->nodes > 0) {
		struct err e = ERR_INIT;
		char *id = NULL;
		const char *open = model_opened(a->session->model);
		if (!str_eq(r->typed, open)) {
			app_say(a, STYLE_WARN, "type %s to roll, Esc to leave all as it is", open);
			return DIALOG_STAY;
		}
		struct launch l = { .kind = RUN_ROLL, .engine = a->engine, .roll = &r->o };
		if (!launch_run(a->session, &l, &id, &e)) {
			app_say_err(a, &e);
			return DIALOG_STAY;
		}
		free(a->run_id);
		a->run_id = id;
		app_read_run(a);
		app_show(a, VIEW_ROLL, NULL);
		return DIALOG_CLOSE;
	}
	if (key == ' ' || !pager_key(&r->lines, key, rows - 2)) {
		if (r->nodes > 0) {
			dialog_edit(r->typed, sizeof(r->typed), key);
		}
	}
	return DIALOG_STAY;
}

static void roll_changed(struct dialog *d, struct app *a)
{
	roll_show_plan((struct dialog_roll *)d, a);
}

static const char *roll_keys(struct dialog *d, struct app *a)
{
	return ((struct dialog_roll *)d)->nodes > 0
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
	return &r->d;
}
