/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kops update cluster: the dry run's report, what matters on top, then for real
 * as a run.  Nothing is applied before Enter.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"
#include "core/kops/output.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/lesson/phrase.h"
#include "tui/screen/keys.h"
#include "tui/launch.h"
#include "tui/lease.h"
#include "tui/screen/pager.h"
#include "tui/update-words.h"

struct dialog_update {
	struct dialog d;
	struct app *app;
	struct kops_run *run, *version_run; /* NULL: ended */
	struct update_report report;
	struct pager lines, raw;
	char *command;
	char version[64];
	struct loop_timer *tick; /* while kops works: how long it says nothing */
	struct lease_look *look;
	char *holder, *held;     /* of a stale lease: who, and since when; NULL: there is none */
	bool take_over;
	bool finished, failed, show_raw;
};

#define UPDATE_MOST_MS (10 * 60 * 1000) /* real; kops tries again for about as long itself */

static void update_free(struct dialog *d)
{
	struct dialog_update *u = (struct dialog_update *)d;
	if (u->run) {
		kops_cancel(u->run);
	}
	if (u->version_run) {
		kops_cancel(u->version_run);
	}
	if (u->tick) {
		loop_timer_remove(u->tick);
	}
	lease_look_forget(u->look);
	free(u->holder);
	free(u->held);
	update_report_release(&u->report);
	pager_release(&u->lines);
	pager_release(&u->raw);
	free(u->command);
	free(u);
}

static void update_show_field(struct dialog_update *u, const struct update_field *f)
{
	if (f->old_value || f->new_value) {
		pager_add(&u->lines, STYLE_NORMAL, "      %s: %s -> %s", f->name,
			f->old_value ? f->old_value : "", f->new_value ? f->new_value : "");
		return;
	}
	for (size_t i = 0; i < f->nlines; i++) {
		const struct update_line *l = &f->lines[i];
		if (l->sign == '+' || l->sign == '-') {
			pager_add(&u->lines, l->sign == '+' ? STYLE_ADDED : STYLE_REMOVED,
				"      %c %s", l->sign, l->text);
		}
	}
}

/* Another kops than the one that updated the cluster last, and who else may be at work. */
static void update_show_warnings(struct dialog_update *u)
{
	const struct model *m = u->app->session->model;
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	int width = app_cols(u->app) - 2;
	char words[256];
	update_version_words(u->version, c ? c->spec.kops_version : NULL, words, sizeof(words));
	if (words[0]) {
		char *line = xasprintf("! %s", words);
		pager_add_wrapped(&u->lines, STYLE_WARN, width, 2, line);
		free(line);
	}
	if (u->held) {
		char *who = xasprintf(tr("The lease of the cluster is held by %s."), u->held);
		char *line = xasprintf("! %s %s", who, u->take_over ? tr("It will be taken over.")
			: tr("If that worker is dead, t agrees to take it over."));
		free(who);
		pager_add_wrapped(&u->lines, STYLE_WARN, width, 2, line);
		free(line);
	}
}

static void update_show_report(struct dialog_update *u)
{
	pager_release(&u->lines);
	update_show_warnings(u);
	if (u->report.banner) {
		pager_add(&u->lines, STYLE_DIM, tr("kops says: %s"), u->report.banner);
	}
	if (u->report.ntasks == 0) {
		pager_add(&u->lines, STYLE_OK, "%s",
			u->report.no_changes ? tr("No changes need to be applied.")
					     : tr("kops reported no changes."));
		return;
	}
	pager_add(&u->lines, STYLE_BOLD, tr("%zu resources change"), u->report.ntasks);
	for (int rank = 0; rank < UPDATE_RANKS; rank++) {
		for (size_t i = 0; i < u->report.ntasks; i++) {
			const struct update_task *t = &u->report.tasks[i];
			const char *means;
			if (update_task_rank(t, &means) != rank) {
				continue;
			}
			char *name = view_group_brief(&u->app->ctx, t->name);
			char *said = tr_phrase(means ? means : "");
			char *line = xasprintf("  %s %s %s%s%s",
				update_section_text(t->section), t->type, name,
				means ? ": " : "", said);
			free(said);
			pager_add_wrapped(&u->lines, rank < 2 ? STYLE_ACCENT : STYLE_NORMAL,
				app_cols(u->app) - 2, 4, line);
			free(line);
			free(name);
			for (size_t k = 0; rank < 3 && k < t->nfields; k++) {
				update_show_field(u, &t->fields[k]);
			}
		}
	}
}

static void update_line(void *ctx, const char *line, size_t n, bool err)
{
	struct dialog_update *u = ctx;
	char *s = xstrndup(line, n);
	pager_add(&u->raw, err ? STYLE_DIM : STYLE_NORMAL, "%s", s);
	free(s);
	if (!err) {
		update_report_line(&u->report, line, n);
	}
	u->app->dirty = true;
}

/* Missing, failing, or ended by us: in words, and its own are a key away. */
static void update_show_failure(struct dialog_update *u, const struct err *e)
{
	int width = app_cols(u->app) - 2;
	u->finished = u->failed = true;
	pager_release(&u->lines);
	pager_add_wrapped(&u->lines, STYLE_BAD, width, 0, e->text);
	if (e->hint[0]) {
		pager_add_wrapped(&u->lines, STYLE_NORMAL, width, 0, e->hint);
	}
	update_show_warnings(u);
	if (u->raw.n) {
		pager_add(&u->lines, STYLE_DIM, "%s", tr("o shows kops' own output"));
	}
	u->app->dirty = true;
}

static void update_show(struct dialog_update *u)
{
	if (u->finished && !u->failed) {
		update_show_report(u);
	}
	u->app->dirty = true;
}

static void update_dry_done(void *ctx, int code, const struct err *e)
{
	struct dialog_update *u = ctx;
	u->run = NULL;
	if (e) {
		update_show_failure(u, e);
		return;
	}
	u->finished = true;
	update_show(u);
}

static void update_version_on_line(void *ctx, const char *line, size_t n, bool err)
{
	struct dialog_update *u = ctx;
	if (!u->version[0]) {
		update_version_line(line, n, u->version, sizeof(u->version));
	}
}

static void update_version_done(void *ctx, int code, const struct err *e)
{
	struct dialog_update *u = ctx;
	u->version_run = NULL;
	update_show(u);
}

static void update_lease_seen(void *ctx, const struct lease_seen *l)
{
	struct dialog_update *u = ctx;
	u->look = NULL;
	if (l && l->state == RUN_LEASE_STALE) {
		u->holder = xstrdup(l->holder);
		u->held = xstrdup(l->words);
		update_show(u);
	}
}

static void update_tick(void *ctx)
{
	struct dialog_update *u = ctx;
	struct session *s = u->app->session;
	struct err e = ERR_INIT;
	u->tick = NULL;
	if (!u->run) {
		return;
	}
	u->app->dirty = true;
	if (kops_quiet(u->run) >= UPDATE_MOST_MS) {
		kops_cancel(u->run);
		u->run = NULL;
		err_set(&e, ERR_TIMEOUT, "kops printed nothing for %d minutes and was ended; "
			"nothing was changed", UPDATE_MOST_MS / 60000);
		update_show_failure(u, &e);
		return;
	}
	u->tick = loop_timer_add(s->loop, (int64_t)(1000 * s->clock.scale), update_tick, u);
}

static void update_draw_wait(struct dialog_update *u, struct grid *g, int y)
{
	char words[300];
	struct pager p = { .v = NULL };
	grid_putf(g, 1, y, g->cols - 2, STYLE_NORMAL,
		tr("dry run: kops is looking, %zu lines so far"), u->raw.n);
	kops_quiet_words(u->run, words, sizeof(words));
	if (words[0]) {
		pager_add_wrapped(&p, STYLE_WARN, g->cols - 2, 0, words);
		pager_add(&p, STYLE_DIM,
			tr("Esc ends it; nothing was changed yet.  o shows its output."));
		pager_draw(&p, g, y + 1, 4);
		pager_release(&p);
	}
}

static void update_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_update *u = (struct dialog_update *)d;
	struct buf cut = BUF_INIT;
	text_cut_end(&cut, u->command, g->cols - 2, g->ascii);
	grid_put(g, 1, y, g->cols - 2, STYLE_DIM, buf_str(&cut));
	buf_release(&cut);
	if (u->show_raw) {
		pager_draw(&u->raw, g, y + 2, rows - 2);
	} else if (!u->finished) {
		update_draw_wait(u, g, y + 2);
	} else {
		pager_draw(&u->lines, g, y + 2, rows - 2);
	}
}

static bool update_possible(const struct dialog_update *u)
{
	return u->finished && !u->failed && u->report.ntasks > 0;
}

static const char *update_keys(struct dialog *d, struct app *a)
{
	struct dialog_update *u = (struct dialog_update *)d;
	if (u->held && update_possible(u)) {
		return "y:apply_it_for_real t:take_over_lease o:kops'_own_output "
		       "Esc:leave_as_it_is";
	}
	return update_possible(u)
		? "y:apply_it_for_real o:kops'_own_output PgDn:scroll Esc:leave_as_it_is"
		: "o:kops'_own_output Esc:close";
}

static enum dialog_result update_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_update *u = (struct dialog_update *)d;
	if (key == KEY_ESC_ || key == 'q') {
		return DIALOG_CLOSE;
	}
	if (key == 'o') {
		u->show_raw = !u->show_raw;
	} else if (key == 't' && u->held) {
		u->take_over = !u->take_over;
		update_show(u);
	} else if (key == 'y' && update_possible(u)) {
		struct err e = ERR_INIT;
		char *id = NULL;
		struct launch l = { .kind = RUN_UPDATE, .engine = RUN_KOPS,
			.take_over = u->take_over ? u->holder : NULL };
		if (u->holder && !u->take_over) {
			app_say(a, STYLE_WARN, tr("t first: %s holds the lease of the cluster"),
				u->holder);
			return DIALOG_STAY;
		}
		if (!launch_run(a->session, &l, &id, &e)) {
			app_say_err(a, &e);
			return DIALOG_STAY;
		}
		app_run_began(a, id);
		return DIALOG_CLOSE;
	} else {
		pager_key(u->show_raw ? &u->raw : &u->lines, key, rows - 2);
	}
	return DIALOG_STAY;
}

static const struct dialog_ops update_ops = {
	.title = "Update", .keys = update_keys, .draw = update_draw, .key = update_key,
	.free = update_free,
};

struct dialog *dialog_update_new(struct app *a)
{
	struct err e = ERR_INIT;
	struct dialog_update *u = xcalloc(1, sizeof(*u));
	u->d.ops = &update_ops;
	u->app = a;
	update_report_init(&u->report);
	struct kops_call call = { .verb = KOPS_UPDATE_DRY, .program = a->session->opts.kops,
		.state = a->session->state_url, .cluster = model_opened(a->session->model),
		.on_line = update_line, .on_done = update_dry_done, .ctx = u };
	struct kops_call version = { .verb = KOPS_VERSION, .program = call.program,
		.on_line = update_version_on_line, .on_done = update_version_done, .ctx = u };
	u->command = kops_command_line(&call);
	u->run = kops_start(a->session->loop, &call, &e);
	if (!u->run) {
		update_show_failure(u, &e);
		return &u->d;
	}
	u->version_run = kops_start(a->session->loop, &version, NULL);
	u->look = lease_look_start(a->session, update_lease_seen, u);
	update_tick(u);
	return &u->d;
}
