/* SPDX-License-Identifier: Apache-2.0 */
/* The screen's state. */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/actions.h"
#include "tui/keys.h"
#include "tui/screen.h"

#define HEAD_ROWS 3
#define FOOT_ROWS 3

/* ---- small things ----------------------------------------------------------------- */

void app_say(struct app *a, enum style style, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(a->message, sizeof(a->message), fmt, ap);
	va_end(ap);
	a->message_style = style;
	a->dirty = true;
}

void app_say_err(struct app *a, const struct err *e)
{
	app_say(a, STYLE_BAD, "%s%s%s", e->text, e->hint[0] ? ": " : "", e->hint);
	log_add(&a->session->log, clock_wall(&a->session->clock), STYLE_BAD, "%s", e->text);
	if (e->hint[0]) {
		log_add(&a->session->log, clock_wall(&a->session->clock), STYLE_DIM, "%s", e->hint);
	}
}

const struct trow *app_row(const struct app *a)
{
	return a->selected < a->table.n && a->table.rows[a->selected].kind == ROW_ITEM
		? &a->table.rows[a->selected]
		: NULL;
}

int app_body_rows(const struct app *a)
{
	return a->grid.rows - HEAD_ROWS - FOOT_ROWS - 2;
}

void app_open(struct app *a, struct dialog *d)
{
	dialog_close(a->dialog);
	a->dialog = d;
	a->message[0] = '\0';
	a->dirty = true;
}

static void app_enter(struct app *a, enum view_id view, const char *within)
{
	struct app_place *p = &a->places[view];
	if (!str_eq(p->within, within)) {
		xreplace(&p->within, within);
		xreplace(&p->selected, NULL);
		xreplace(&p->filter, NULL);
		p->top = 0;
	}
	a->view = view;
	a->dirty = true;
}

void app_show(struct app *a, enum view_id view, const char *within)
{
	if (view == a->view && str_eq(within, a->places[view].within)) {
		return;
	}
	size_t max = sizeof(a->back) / sizeof(a->back[0]);
	if (a->nback == max) {
		free(a->back[0].within);
		memmove(a->back, a->back + 1, (max - 1) * sizeof(a->back[0]));
		a->nback--;
	}
	a->back[a->nback++] = (struct app_history){ .view = a->view,
		.within = xstrdup(a->places[a->view].within) };
	a->message[0] = '\0';
	app_enter(a, view, within);
}

void app_back(struct app *a)
{
	if (a->nback == 0) {
		return;
	}
	struct app_history *h = &a->back[--a->nback];
	app_enter(a, h->view, h->within);
	free(h->within);
	h->within = NULL;
}

/* ---- runs ---------------------------------------------------------------------------- */

bool app_run_alive(const struct app *a)
{
	return a->has_run && (a->run.status == RUN_ALIVE || a->run.status == RUN_STARTING);
}

static void app_tick(void *ctx)
{
	struct app *a = ctx;
	a->tick = NULL;
	app_read_run(a);
	a->dirty = true;
}

/* The newest run of the open cluster; a living one is read again every half second. */
void app_read_run(struct app *a)
{
	const char *open = model_opened(a->session->model);
	char *alive = open ? run_find_alive(open) : NULL;
	if (alive) {
		free(a->run_id);
		a->run_id = alive;
	}
	bool was_alive = app_run_alive(a);
	if (a->has_run) {
		run_view_release(&a->run);
		a->has_run = false;
	}
	if (a->run_id) {
		a->has_run = run_view_read(a->run_id, &a->run, NULL);
		if (a->has_run && !str_eq(a->run.meta.cluster, open)) {
			run_view_release(&a->run);
			a->has_run = false;
		}
	}
	bool is_alive = app_run_alive(a);
	if (is_alive != was_alive) {
		a->pace = is_alive ? PACE_FAST : PACE_NORMAL;
		session_pace(a->session, a->pace);
		if (was_alive) {
			session_refresh(a->session);
			app_say(a, a->run.status == RUN_SUCCEEDED ? STYLE_OK : STYLE_BAD,
				"run %s: %s%s%s", a->run_id, run_status_name(a->run.status),
				str_empty(a->run.message) ? "" : ", ",
				a->run.message ? a->run.message : "");
			log_add(&a->session->log, clock_wall(&a->session->clock),
				a->run.status == RUN_SUCCEEDED ? STYLE_OK : STYLE_BAD, "%s",
				a->message);
		}
	}
	if (is_alive && !a->tick) {
		int64_t half = (int64_t)(500 * a->session->clock.scale);
		a->tick = loop_timer_add(a->session->loop, half, app_tick, a);
	}
}

/* Nobody pressed a key for so long, in ms of real time. */
#define IDLE_MS (5 * 60000)

void app_time(struct app *a)
{
	int64_t idle = clock_mono(&a->session->clock) - a->key_at;
	enum pace want = app_run_alive(a) ? PACE_FAST
		: (double)idle > IDLE_MS * a->session->clock.scale ? PACE_IDLE : PACE_NORMAL;
	if (want != a->pace) {
		a->pace = want;
		session_pace(a->session, want);
	}
}

void app_changed(struct app *a)
{
	a->dirty = true;
	if (!a->tick) {
		app_read_run(a);
	}
	if (a->dialog && a->dialog->ops->changed) {
		a->dialog->ops->changed(a->dialog, a);
	}
}

/* ---- life ------------------------------------------------------------------------------- */

void app_init(struct app *a, struct session *s, const struct options *o, int cols, int rows,
	bool ascii)
{
	*a = (struct app){ .session = s, .options = o, .ascii = ascii, .view = VIEW_NODES,
		.dirty = true, .pending_of = UINT64_MAX };
	a->engine = str_eq(o->engine, "kops") ? RUN_KOPS : RUN_NATIVE;
	if (!s->store && !s->k8s) {
		a->view = VIEW_CLUSTERS;
	}
	grid_init(&a->grid, cols, rows, ascii);
	s->has_screen = true;
	a->pace = PACE_NORMAL;
	a->key_at = clock_mono(&s->clock);
}

void app_release(struct app *a)
{
	dialog_close(a->dialog);
	for (int i = 0; i < VIEW__COUNT; i++) {
		free(a->places[i].selected);
		free(a->places[i].filter);
		free(a->places[i].within);
	}
	for (size_t i = 0; i < a->nback; i++) {
		free(a->back[i].within);
	}
	if (a->tick) {
		loop_timer_remove(a->tick);
	}
	if (a->has_run) {
		run_view_release(&a->run);
	}
	free(a->run_id);
	pending_release(&a->pending);
	table_release(&a->table);
	grid_release(&a->grid);
}

void app_resize(struct app *a, int cols, int rows)
{
	grid_release(&a->grid);
	grid_init(&a->grid, cols, rows, a->ascii);
	a->dirty = true;
}

/* ---- a frame --------------------------------------------------------------------------- */

static void app_make_rows(struct app *a)
{
	struct session *s = a->session;
	struct app_place *p = &a->places[a->view];
	uint64_t gen = model_generation_all(s->model);
	if (gen != a->pending_of) {
		pending_release(&a->pending);
		pending_compute(s->model, &s->clock, &a->pending);
		a->pending_of = gen;
	}
	a->ctx = (struct view_ctx){ .model = s->model, .clock = &s->clock, .pending = &a->pending,
		.run = a->has_run ? &a->run : NULL, .log = &s->log, .selected = p->selected,
		.within = p->within, .ascii = a->ascii, .cols = a->grid.cols };
	table_release(&a->table);
	view_table(view_get(a->view), &a->ctx, p->filter, &a->table);
}

/* The row in hand stays in hand by its id, wherever it went; when it is gone, its neighbour. */
static void app_find_selected(struct app *a)
{
	struct app_place *p = &a->places[a->view];
	struct table *t = &a->table;
	size_t at = t->n, first = t->n;
	for (size_t i = 0; i < t->n; i++) {
		if (t->rows[i].kind != ROW_ITEM) {
			continue;
		}
		first = first == t->n ? i : first;
		if (p->selected && str_eq(p->selected, t->rows[i].id)) {
			at = i;
		}
	}
	if (at == t->n && p->selected && a->selected > 0 && first < t->n) {
		at = a->selected < t->n ? a->selected : t->n - 1;
		while (at > first && t->rows[at].kind != ROW_ITEM) {
			at--;
		}
	}
	a->selected = at == t->n ? first : at;
	if (a->selected < t->n && p->selected) {
		xreplace(&p->selected, t->rows[a->selected].id);
	}
}

static void app_scroll(struct app *a, int rows)
{
	struct app_place *p = &a->places[a->view];
	size_t n = (size_t)rows;
	if (a->selected < p->top) {
		p->top = a->selected;
		/* Lines above the first item belong to it. */
		while (p->top > 0 && a->table.rows[p->top - 1].kind == ROW_SPAN &&
			a->selected - p->top + 1 < n) {
			p->top--;
		}
	}
	if (n > 0 && a->selected < a->table.n && a->selected >= p->top + n) {
		p->top = a->selected - n + 1;
	}
	if (p->top + n > a->table.n) {
		p->top = a->table.n > n ? a->table.n - n : 0;
	}
	a->top = p->top;
}

static void app_prompt_text(const struct app *a, char *out, size_t size)
{
	snprintf(out, size, "%c%s", a->prompt_kind, a->prompt);
}

/* A question waits until what the user has in hand is done. */
static void app_question(struct app *a)
{
	if (session_question(a->session) && !a->dialog && !a->prompt_kind) {
		app_open(a, dialog_code_new(a));
	}
}

void app_frame(struct app *a)
{
	app_question(a);
	char prompt[160];
	struct buf bar = BUF_INIT;
	app_make_rows(a);
	app_find_selected(a);
	struct screen s = { .view = view_get(a->view), .ctx = &a->ctx, .table = &a->table,
		.selected = a->selected, .filter = a->places[a->view].filter, .message = a->message,
		.message_style = a->message_style, .readonly = a->session->opts.readonly };
	if (a->prompt_kind) {
		app_prompt_text(a, prompt, sizeof(prompt));
		s.prompt = prompt;
	}
	app_scroll(a, screen_body_rows(a->grid.rows, screen_detail_lines(&s, a->grid.cols)));
	s.top = a->top;
	if (a->dialog) {
		const struct dialog_ops *ops = a->dialog->ops;
		buf_adds(&bar, ops->keys ? ops->keys(a->dialog, a) : ops->keybar);
	} else {
		actions_keybar(a, &bar);
	}
	s.keybar = buf_str(&bar);
	if (a->dialog) {
		screen_frame(&a->grid, &s);
		grid_put(&a->grid, 1, HEAD_ROWS, a->grid.cols - 2, STYLE_BOLD,
			a->dialog->ops->title);
		a->dialog->ops->draw(a->dialog, a, &a->grid, HEAD_ROWS + 1, app_body_rows(a) + 1);
	} else {
		screen_draw(&a->grid, &s);
	}
	buf_release(&bar);
	a->dirty = false;
	a->frames++;
}

/* ---- keys -------------------------------------------------------------------------------- */

/* Moves the row in hand by items, over the spans. */
static void app_move(struct app *a, long by)
{
	struct app_place *p = &a->places[a->view];
	long step = by < 0 ? -1 : 1, at = (long)a->selected, last = at;
	for (long left = by < 0 ? -by : by; left > 0;) {
		at += step;
		if (at < 0 || at >= (long)a->table.n) {
			break;
		}
		if (a->table.rows[at].kind == ROW_ITEM) {
			last = at;
			left--;
		}
	}
	if (last == (long)a->selected && by > 0) {
		/* Nothing to select below: let the text behind the last item be read. */
		p->top += p->top + 1 < a->table.n;
		a->dirty = true;
		return;
	}
	if (last >= 0 && last < (long)a->table.n) {
		xreplace(&p->selected, a->table.rows[last].id);
	}
	a->dirty = true;
}

static bool app_move_key(struct app *a, uint32_t key)
{
	long page = app_body_rows(a) > 1 ? app_body_rows(a) - 1 : 1;
	const struct {
		uint32_t key;
		long by;
	} moves[] = {
		{ KEY_UP_, -1 }, { 'k', -1 }, { KEY_DOWN_, 1 }, { 'j', 1 }, { KEY_PGUP, -page },
		{ KEY_PGDN, page }, { KEY_HOME_, -1000000000 }, { KEY_END_, 1000000000 },
		{ 'g', -1000000000 }, { 'G', 1000000000 },
	};
	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++) {
		if (moves[i].key == key) {
			app_move(a, moves[i].by);
			return true;
		}
	}
	return false;
}

static void app_do_command(struct app *a, char *line)
{
	while (*line == ' ') {
		line++;
	}
	char *arg = line + strcspn(line, " ");
	if (*arg) {
		*arg++ = '\0';
	}
	const struct view *v = view_by_name(line);
	const struct action *x = v ? NULL : action_by_name(line);
	if (v) {
		app_show(a, v->id, NULL);
	} else if (x) {
		action_run(a, x, arg);
	} else if (*line) {
		app_say(a, STYLE_BAD, "there is no command %s: ? lists them", line);
	}
}

/* Completes the word before the end among views and commands. */
static void app_complete(struct app *a)
{
	const char *hit = NULL;
	int hits = 0;
	for (int i = 0; i < VIEW__COUNT; i++) {
		if (str_starts(view_get((enum view_id)i)->name, a->prompt)) {
			hit = view_get((enum view_id)i)->name;
			hits++;
		}
	}
	for (size_t i = 0; i < nactions; i++) {
		if (str_starts(actions[i].name, a->prompt)) {
			hit = actions[i].name;
			hits++;
		}
	}
	if (hits == 1) {
		snprintf(a->prompt, sizeof(a->prompt), "%s", hit);
	}
}

static void app_prompt_key(struct app *a, uint32_t key)
{
	char kind = a->prompt_kind;
	if (key == KEY_ESC_ || key == KEY_CTRL_('c')) {
		a->prompt_kind = 0;
		if (kind == '/') {
			xreplace(&a->places[a->view].filter, NULL);
		}
	} else if (key == KEY_ENTER_) {
		a->prompt_kind = 0;
		if (kind == ':') {
			app_do_command(a, a->prompt);
		}
	} else if (key == KEY_TAB_ && kind == ':') {
		app_complete(a);
	} else if (key == KEY_BACKSPACE_ && a->prompt[0] == '\0') {
		a->prompt_kind = 0;
	} else {
		dialog_edit(a->prompt, sizeof(a->prompt), key);
	}
	if (kind == '/' && key != KEY_ESC_ && key != KEY_CTRL_('c')) {
		xreplace(&a->places[a->view].filter, a->prompt[0] ? a->prompt : NULL);
	}
}

void app_key(struct app *a, uint32_t key)
{
	a->dirty = true;
	a->key_at = clock_mono(&a->session->clock);
	app_time(a);
	if (a->prompt_kind) {
		app_prompt_key(a, key);
		return;
	}
	if (a->dialog) {
		/* Esc and Ctrl-C always lead out: the safe answer. */
		enum dialog_result r = key == KEY_CTRL_('c')
			? DIALOG_CLOSE
			: a->dialog->ops->key(a->dialog, a, key, app_body_rows(a));
		if (r == DIALOG_CLOSE && a->dialog) {
			dialog_close(a->dialog);
			a->dialog = NULL;
		}
		return;
	}
	a->message[0] = '\0';
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		if (v->key && key == (uint32_t)v->key) {
			app_show(a, v->id, NULL);
			return;
		}
	}
	if (key == KEY_CTRL_('c')) {
		a->quit = true;
		return;
	}
	const struct action *x = action_by_key(a, key);
	if (x) {
		action_run(a, x, "");
	} else if (a->view == VIEW_PENDING && key >= 'a' && key <= 'd') {
		char arg[2] = { (char)key, '\0' };
		action_run(a, action_by_name("cure"), arg);
	} else {
		app_move_key(a, key);
	}
}
