/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new cluster: its fields, the command that they make, and below it what the
 * fields and the world say about it.  Enter asks kops for the spec it would store
 * (nothing is written by that); y then makes the cluster, as a run.
 *
 * States: FIELDS -> (Enter) DRY, kops prints the spec -> (y) the run, in its view.
 * Esc goes one step back.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"
#include "core/kops/create.h"
#include "tui/app.h"
#include "tui/create-live.h"
#include "tui/create-run.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/lesson/phrase.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"
#include "tui/screen/term.h"

#define LABEL_CELLS 18

struct dialog_create {
	struct dialog d;
	struct app *app;
	struct create_plan plan;
	bool touched[CREATE__COUNT];
	struct create_live *live;
	struct create_findings findings;
	struct pager lines; /* findings; of a dry run what kops prints */
	enum create_field at;
	bool dry, finished, failed;
	struct kops_run *run;
};

static void create_free(struct dialog *d)
{
	struct dialog_create *c = (struct dialog_create *)d;
	create_live_free(c->live);
	if (c->run) {
		kops_cancel(c->run);
	}
	create_plan_release(&c->plan);
	create_findings_release(&c->findings);
	pager_release(&c->lines);
	free(c);
}

/* ---- findings -------------------------------------------------------------------- */

static void create_show_findings(struct dialog_create *c)
{
	static const struct {
		enum style style;
		const char *mark, *ascii;
	} looks[] = {
		[CREATE_OK] = { STYLE_OK, "\xe2\x9c\x93", "ok" },
		[CREATE_WARN] = { STYLE_WARN, "!", "!" },
		[CREATE_REFUSED] = { STYLE_BAD, "\xe2\x9c\x97", "x" },
		[CREATE_UNKNOWN] = { STYLE_DIM, "?", "?" },
	};
	size_t top = c->lines.top;
	pager_release(&c->lines);
	for (size_t i = 0; i < c->findings.n; i++) {
		const struct create_finding *f = &c->findings.v[i];
		bool named = f->field < CREATE__COUNT && f->level != CREATE_OK;
		const char *label = named ? tr(create_label(f->field)) : "";
		char *said = tr_phrase(f->text);
		char *text = xasprintf("%s %s%s%s",
			c->app->ascii ? looks[f->level].ascii : looks[f->level].mark,
			label + strspn(label, " "), named ? ": " : "", said);
		free(said);
		pager_add_wrapped(&c->lines, looks[f->level].style, app_cols(c->app) - 2, 2, text);
		free(text);
	}
	c->lines.top = top < c->lines.n ? top : 0;
}

static void create_look(struct dialog_create *c)
{
	create_live_defaults(c->live, &c->plan, c->touched);
	create_findings_release(&c->findings);
	create_check(&c->plan, &c->findings);
	create_live_findings(c->live, &c->plan, &c->findings);
	create_findings_sort(&c->findings);
	if (!c->dry) {
		create_show_findings(c);
	}
	c->app->dirty = true;
}

/* An answer may be what the next question needs: zones, of which types are asked. */
static void create_answered(void *ctx)
{
	struct dialog_create *c = ctx;
	create_look(c);
	create_live_ask(c->live, &c->plan);
}

/* ---- drawing ------------------------------------------------------------------------ */

static void create_draw_field(struct dialog_create *c, struct grid *g, enum create_field f, int x,
	int y, int width)
{
	bool here = f == c->at && !c->dry, bad = false;
	const char *text = create_get(&c->plan, f);
	int room = width - LABEL_CELLS - 3, w = text_width(text);
	struct buf cut = BUF_INIT;
	for (size_t i = 0; i < c->findings.n; i++) {
		bad |= c->findings.v[i].field == f && c->findings.v[i].level == CREATE_REFUSED;
	}
	grid_put(g, x, y, 1, STYLE_ACCENT, here ? (g->ascii ? ">" : "\xe2\x96\xb8") : " ");
	grid_put(g, x + 2, y, LABEL_CELLS, bad ? STYLE_BAD : here ? STYLE_BOLD : STYLE_NORMAL,
		tr(create_label(f)));
	if (here && !create_choices(f) && w > room) {
		buf_adds(&cut, g->ascii ? "~" : "\xe2\x80\xa6"); /* typed at its end */
		buf_adds(&cut, text + strlen(text) - (size_t)(room - 2));
	} else {
		text_cut_middle(&cut, *text ? text : tr(create_unset(f)), room,
			g->ascii);
	}
	int used = grid_put(g, x + 2 + LABEL_CELLS, y, room, !*text ? STYLE_DIM :
		here ? STYLE_ACCENT : STYLE_NORMAL, buf_str(&cut));
	if (here) {
		g->cursor_x = x + 2 + LABEL_CELLS + (*text ? used : 0);
		g->cursor_y = y;
	}
	buf_release(&cut);
}

static int create_draw_fields(struct dialog_create *c, struct grid *g, int y)
{
	int shown = 0, k = 0, half, width = g->cols / 2;
	for (int f = 0; f < CREATE__COUNT; f++) {
		shown += create_shown(&c->plan, (enum create_field)f);
	}
	half = (shown + 1) / 2;
	for (int f = 0; f < CREATE__COUNT; f++) {
		if (create_shown(&c->plan, (enum create_field)f)) {
			create_draw_field(c, g, (enum create_field)f, k < half ? 0 : width,
				y + k % half, width);
			k++;
		}
	}
	return y + half;
}

/* How many findings there are of each kind, behind the command where there is room. */
static void create_draw_counts(struct dialog_create *c, struct grid *g, int used, int y)
{
	size_t n[CREATE_UNKNOWN + 1] = { 0 };
	for (size_t i = 0; i < c->findings.n; i++) {
		n[c->findings.v[i].level]++;
	}
	char *text = xasprintf(tr("%zu refused, %zu warn, %zu unknown, %zu ok"), n[CREATE_REFUSED],
		n[CREATE_WARN], n[CREATE_UNKNOWN], n[CREATE_OK]);
	int w = text_width(text);
	if (used + w + 2 > g->cols - 1) {
		free(text);
		text = xasprintf(g->ascii ? "x%zu !%zu ?%zu ok%zu"
			: "\xe2\x9c\x97%zu !%zu ?%zu \xe2\x9c\x93%zu", n[CREATE_REFUSED],
			n[CREATE_WARN], n[CREATE_UNKNOWN], n[CREATE_OK]);
		w = text_width(text);
	}
	if (!c->dry && used + w + 2 <= g->cols - 1) {
		grid_put_right(g, g->cols - 1 - w, y, w, n[CREATE_REFUSED] ? STYLE_BAD
			: n[CREATE_WARN] ? STYLE_WARN : STYLE_DIM, text);
	}
	free(text);
}

static int create_draw_command(struct dialog_create *c, struct grid *g, int y)
{
	struct strlist lines = { 0 };
	int used = 0;
	create_lines(&c->plan, (size_t)(g->cols - 2), &lines);
	for (size_t i = 0; i < lines.n; i++) {
		used = 1 + grid_put(g, 1, y++, g->cols - 1, STYLE_ACCENT, lines.v[i]);
	}
	create_draw_counts(c, g, used, y - 1);
	strlist_release(&lines);
	return y;
}

static void create_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_create *c = (struct dialog_create *)d;
	int end = y + rows;
	if (!c->dry) {
		y = create_draw_fields(c, g, y);
	}
	y = create_draw_command(c, g, y);
	if (c->dry && !c->finished) {
		grid_put(g, 1, y + 1, g->cols - 2, STYLE_NORMAL,
			tr("kops makes the spec; nothing is written yet"));
	} else {
		pager_draw(&c->lines, g, y, end - y);
	}
}

static const char *create_keys(struct dialog *d, struct app *a)
{
	struct dialog_create *c = (struct dialog_create *)d;
	if (c->dry) {
		return c->finished && !c->failed
			? "y:create_it_for_real C-y:copy PgDn:scroll Esc:back_to_the_fields"
			: "Esc:back_to_the_fields";
	}
	return create_choices(c->at)
		? "Enter:dry_run Space:change C-y:copy_command PgDn:scroll Esc:leave"
		: "Enter:dry_run Up/Down:field C-y:copy_command PgDn:scroll Esc:leave";
}

/* ---- the dry run, and for real --------------------------------------------------------- */

static void create_on_line(void *ctx, const char *line, size_t n, bool err)
{
	struct dialog_create *c = ctx;
	char *s = xstrndup(line, n);
	pager_add(&c->lines, err ? STYLE_DIM : STYLE_NORMAL, "%s", s);
	free(s);
	c->app->dirty = true;
}

static void create_on_done(void *ctx, int code, const struct err *e)
{
	struct dialog_create *c = ctx;
	c->run = NULL;
	c->finished = true;
	c->failed = e != NULL;
	if (e) {
		pager_add(&c->lines, STYLE_BAD, "%s", e->text);
		app_say_err(c->app, e);
	}
	c->app->dirty = true;
}

static void create_dry_run(struct dialog_create *c)
{
	struct err e = ERR_INIT;
	struct strlist args = { 0 };
	const char *extra[64] = { NULL };
	create_live_ask(c->live, &c->plan);
	create_look(c);
	if (create_refused(&c->findings)) {
		c->lines.top = 0;
		app_say(c->app, STYLE_BAD, "refused: see the lines marked %s",
			c->app->ascii ? "x" : "\xe2\x9c\x97");
		return;
	}
	create_args(&c->plan, &args);
	strlist_add(&args, "--dry-run");
	strlist_add(&args, "-o");
	strlist_add(&args, "yaml");
	for (size_t i = 0; i < args.n && i < 63; i++) {
		extra[i] = args.v[i];
	}
	struct kops_call call = { .verb = KOPS_CREATE, .program = c->app->session->opts.kops,
		.extra = extra, .on_line = create_on_line, .on_done = create_on_done, .ctx = c };
	create_run_features(&c->plan);
	c->run = kops_start(c->app->session->loop, &call, &e);
	strlist_release(&args);
	if (!c->run) {
		app_say_err(c->app, &e);
		return;
	}
	pager_release(&c->lines);
	c->dry = true;
	c->finished = c->failed = false;
}

static enum dialog_result create_for_real(struct dialog_create *c, struct app *a)
{
	struct err e = ERR_INIT;
	char *id = NULL;
	if (!create_run_start(a->session, &c->plan, &id, &e)) {
		app_say_err(a, &e);
		return DIALOG_STAY;
	}
	app_run_began(a, id);
	return DIALOG_CLOSE;
}

static void create_copy(struct dialog_create *c)
{
	char *text = create_command(&c->plan);
	bool given = term_copy(text);
	app_say(c->app, given ? STYLE_OK : STYLE_WARN, "%s; kopscope create prints it", given
		? tr("the command was given to the terminal's clipboard")
		: tr("the command is too long for a terminal's clipboard"));
	free(text);
}

/* ---- keys ------------------------------------------------------------------------------- */

static void create_step(struct dialog_create *c, int by)
{
	int f = (int)c->at + by;
	while (f >= 0 && f < CREATE__COUNT && !create_shown(&c->plan, (enum create_field)f)) {
		f += by;
	}
	if (f >= 0 && f < CREATE__COUNT) {
		c->at = (enum create_field)f;
	}
	create_live_ask(c->live, &c->plan); /* the field that is left is whole now */
}

static bool create_edit(struct dialog_create *c, uint32_t key)
{
	char text[256];
	snprintf(text, sizeof(text), "%s", create_get(&c->plan, c->at));
	if (!dialog_edit(text, sizeof(text), key)) {
		return false;
	}
	create_set(&c->plan, c->at, text);
	return true;
}

static enum dialog_result create_key_fields(struct dialog_create *c, uint32_t key, int rows)
{
	bool choice = create_choices(c->at) != NULL;
	bool turn = choice && (key == ' ' || key == KEY_RIGHT_ || key == KEY_LEFT_);
	if (key == KEY_ESC_) {
		return DIALOG_CLOSE;
	}
	if (key == KEY_ENTER_) {
		create_dry_run(c);
	} else if (key == KEY_UP_ || key == KEY_BACKTAB) {
		create_step(c, -1);
	} else if (key == KEY_DOWN_ || key == KEY_TAB_) {
		create_step(c, 1);
	} else if (key == KEY_PGUP || key == KEY_PGDN) {
		pager_key(&c->lines, key, 4);
	} else if (turn) {
		create_next_choice(&c->plan, c->at, key == KEY_LEFT_ ? -1 : 1);
		c->touched[c->at] = true;
		create_answered(c);
	} else if (!choice && create_edit(c, key)) {
		c->touched[c->at] = true;
		create_look(c);
	}
	return DIALOG_STAY;
}

static enum dialog_result create_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_create *c = (struct dialog_create *)d;
	a->message[0] = '\0';
	if (key == KEY_CTRL_('y')) {
		create_copy(c);
		return DIALOG_STAY;
	}
	if (!c->dry) {
		return create_key_fields(c, key, rows);
	}
	if (key == KEY_ESC_) {
		if (c->run) {
			kops_cancel(c->run);
			c->run = NULL;
		}
		c->dry = false;
		create_look(c);
	} else if (key == 'y' && c->finished && !c->failed) {
		return create_for_real(c, a);
	} else {
		pager_key(&c->lines, key, rows - 6);
	}
	return DIALOG_STAY;
}

static void create_changed(struct dialog *d, struct app *a)
{
	struct dialog_create *c = (struct dialog_create *)d;
	if (!c->dry) {
		create_look(c);
	}
}

static const struct dialog_ops create_ops = {
	.title = "Create", .keys = create_keys, .draw = create_draw, .key = create_key,
	.changed = create_changed, .free = create_free,
};

struct dialog *dialog_create_new(struct app *a)
{
	struct dialog_create *c = xcalloc(1, sizeof(*c));
	c->d.ops = &create_ops;
	c->app = a;
	create_plan_init(&c->plan);
	c->live = create_live_new(a->session, create_answered, c);
	create_answered(c);
	return &c->d;
}
