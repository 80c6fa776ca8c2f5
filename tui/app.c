/* SPDX-License-Identifier: Apache-2.0 */
/* The screen's state. */
#include "tui/app.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/act.h"
#include "tui/actions.h"
#include "tui/lesson/guide.h"
#include "tui/lesson/language.h"
#include "tui/lesson/phrase.h"
#include "tui/screen/keys.h"
#include "tui/screen/screen.h"
#include "tui/view/pods-list.h"

#define HEAD_ROWS 3
#define FOOT_ROWS 3

/* ---- small things ----------------------------------------------------------------- */

void app_say(struct app *a, enum style style, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (str_eq(fmt, "%s")) { /* a sentence made elsewhere */
		const char *text = va_arg(ap, const char *), *whole = text ? tr(text) : "";
		char *said = whole == text ? tr_phrase(text) : xstrdup(whole);
		snprintf(a->message, sizeof(a->message), "%s", said);
		free(said);
	} else {
		vsnprintf(a->message, sizeof(a->message), tr(fmt), ap);
	}
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
	return a->selected < a->table.n && table_kind(&a->table, a->selected) == ROW_ITEM
		? table_at(&a->table, a->selected)
		: NULL;
}

bool app_is_bare(const struct app *a)
{
	return !a->session->store && !a->session->k8s && !a->session->kube;
}

int app_rows(const struct app *a)
{
	return a->grid.rows - (a->drawing ? 0 : guide_rows(a));
}

int app_cols(const struct app *a)
{
	return a->grid.cols - (a->drawing ? 0 : guide_cols(a));
}

int app_body_rows(const struct app *a)
{
	return app_rows(a) - HEAD_ROWS - FOOT_ROWS - 2;
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
		strlist_release(&p->marks);
		p->top = 0;
	}
	a->view = view;
	a->other_rows = true;
	a->dirty = true;
	session_want(a->session, view_get(view)->wants);
}

static void app_history_drop(struct app_history *v, size_t *n)
{
	while (*n > 0) {
		free(v[--*n].within);
	}
}

/* Remembers where we are. */
static void app_history_push(const struct app *a, struct app_history *v, size_t *n)
{
	size_t max = sizeof(a->back) / sizeof(a->back[0]);
	if (*n == max) {
		free(v[0].within);
		memmove(v, v + 1, (max - 1) * sizeof(v[0]));
		--*n;
	}
	v[(*n)++] = (struct app_history){ .view = a->view,
		.within = xstrdup(a->places[a->view].within) };
}

void app_show(struct app *a, enum view_id view, const char *within)
{
	if (view == a->view && str_eq(within, a->places[view].within)) {
		return;
	}
	app_history_push(a, a->back, &a->nback);
	app_history_drop(a->forward, &a->nforward);
	a->message[0] = '\0';
	app_enter(a, view, within);
}

static void app_history_go(struct app *a, struct app_history *from, size_t *nfrom,
	struct app_history *to, size_t *nto)
{
	if (*nfrom == 0) {
		return;
	}
	struct app_history h = from[--*nfrom];
	app_history_push(a, to, nto);
	app_enter(a, h.view, h.within);
	free(h.within);
}

void app_back(struct app *a)
{
	app_history_go(a, a->back, &a->nback, a->forward, &a->nforward);
}

void app_forward(struct app *a)
{
	app_history_go(a, a->forward, &a->nforward, a->back, &a->nback);
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

void app_run_began(struct app *a, char *id)
{
	free(a->run_id);
	a->run_id = id;
	app_read_run(a);
	app_show(a, VIEW_ROLL, NULL);
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
	if (a->has_run && !(str_eq(a->run.meta.id, a->run_id) && run_view_update(&a->run, NULL))) {
		run_view_release(&a->run);
		a->has_run = false;
	}
	if (a->run_id && !a->has_run) {
		a->has_run = run_view_read(a->run_id, &a->run, NULL);
	}
	if (a->has_run) {
		/* what is being made is not open yet */
		bool made = a->has_run && a->run.meta.kind == RUN_CREATE &&
			    (!open || app_run_alive(a) || was_alive);
		if (a->has_run && !made && !str_eq(a->run.meta.cluster, open)) {
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
			app_run_made(a);
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
	a->changed = true;
	if (!a->tick) {
		app_read_run(a);
	}
	if (a->dialog && a->dialog->ops->changed) {
		a->dialog->ops->changed(a->dialog, a);
	}
}

/* ---- the rows of the Pods view, kept ---------------------------------------------------- */

/*
 * So often pods are looked at in a turn of the loop (pods_list_step()), where many have to be
 * judged or sorted: one to three milliseconds.
 */
#define LOOKS_A_TURN 16384

static void app_work(void *ctx);

/* Nothing is left to be done when this comes back without a timer. */
static void app_work_slice(struct app *a)
{
	bool done = pods_list_step(a->pods, LOOKS_A_TURN);
	if (!done && !a->work) {
		a->work = loop_timer_add(a->session->loop, 0, app_work, a);
	}
	if (!pods_list_progress(a->pods, a->progress, sizeof(a->progress))) {
		a->progress[0] = '\0';
	}
	a->dirty |= done;
}

static void app_work(void *ctx)
{
	struct app *a = ctx;
	a->work = NULL;
	if (a->pods) {
		a->changed = true;
		app_work_slice(a);
	}
}

static void app_drop_pods(struct app *a)
{
	if (a->work) {
		loop_timer_remove(a->work);
		a->work = NULL;
	}
	a->progress[0] = '\0';
	pods_list_free(a->pods);
	a->pods = NULL;
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
	guide_end(a);
	for (int i = 0; i < VIEW__COUNT; i++) {
		free(a->places[i].selected);
		free(a->places[i].filter);
		free(a->places[i].within);
		strlist_release(&a->places[i].marks);
	}
	app_history_drop(a->back, &a->nback);
	app_history_drop(a->forward, &a->nforward);
	strlist_release(&a->said);
	if (a->tick) {
		loop_timer_remove(a->tick);
	}
	if (a->later) {
		loop_timer_remove(a->later);
	}
	if (a->has_run) {
		run_view_release(&a->run);
	}
	app_drop_pods(a);
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

/* The Pods view's rows are kept as long as it is shown. */
static void app_keep_pods(struct app *a)
{
	struct app_place *p = &a->places[a->view];
	if (a->view != VIEW_PODS) {
		app_drop_pods(a);
		return;
	}
	if (!a->pods) {
		a->pods = pods_list_new(a->session->model, &a->session->clock);
	}
	pods_list_want(a->pods, p->within, p->filter, p->sort - 1, p->sort > 0 && p->descending);
	if (!a->work) {
		app_work_slice(a);
	}
	a->pods_changes = pods_list_changes(a->pods);
}

bool app_is_behind(const struct app *a)
{
	return model_removals(a->session->model) != a->removals ||
		(a->pods && pods_list_changes(a->pods) != a->pods_changes);
}

static void app_make_rows(struct app *a)
{
	/* Two of AWS's intervals, and what an answer takes. */
	static const int64_t fresh[] = { [PACE_IDLE] = 31 * 60000, [PACE_NORMAL] = 50000,
		[PACE_FAST] = 15000 };
	struct session *s = a->session;
	struct app_place *p = &a->places[a->view];
	uint64_t gen = model_generation_all(s->model), removals = model_removals(s->model);
	int64_t start = clock_mono(&s->clock);
	/* Not more than a tenth of the time, and a key does not wait for it where it takes long;
	   but what it points to must be there. */
	bool due = start >= a->pending_due && !(a->keyed && a->pending_took > 0);
	if (gen != a->pending_of && (due || removals != a->removals)) {
		pending_release(&a->pending);
		pending_compute(s->model, &s->clock, &a->pending);
		a->pending_of = gen;
		a->pending_took = clock_mono(&s->clock) - start;
		a->pending_due = start + 10 * a->pending_took;
	}
	a->removals = removals;
	a->other_rows = false;
	app_keep_pods(a);
	a->ctx = (struct view_ctx){ .model = s->model, .clock = &s->clock, .pending = &a->pending,
		.run = a->has_run ? &a->run : NULL, .log = &s->log,
		.shelf = session_shelf(s), .pods = a->pods, .selected = p->selected,
		.within = p->within, .ascii = a->ascii, .readonly = s->opts.readonly,
		.cols = app_cols(a), .fresh_ms = fresh[a->pace] };
	table_release(&a->table);
	view_table(view_get(a->view), &a->ctx, p->filter, &a->table);
	if (p->sort > 0 && (size_t)p->sort <= a->table.ncolumns) {
		table_sort(&a->table, (size_t)p->sort - 1, p->descending);
	}
}

/* The row in hand stays in hand by its id, wherever it went; when it is gone, its neighbour. */
static void app_find_selected(struct app *a)
{
	struct app_place *p = &a->places[a->view];
	struct table *t = &a->table;
	size_t at = p->selected ? table_find(t, p->selected) : t->n, first = 0;
	bool comes = at == t->n && a->progress[0];
	while (first < t->n && table_kind(t, first) != ROW_ITEM) {
		first++;
	}
	if (!comes && at == t->n && p->selected && a->selected > 0 && first < t->n) {
		at = a->selected < t->n ? a->selected : t->n - 1;
		while (at > first && table_kind(t, at) != ROW_ITEM) {
			at--;
		}
	}
	a->selected = at == t->n ? first : at;
	if (a->selected < t->n && p->selected && !comes) {
		xreplace(&p->selected, table_at(t, a->selected)->id);
	}
}

static void app_scroll(struct app *a, int rows)
{
	struct app_place *p = &a->places[a->view];
	size_t n = (size_t)rows;
	if (a->selected < p->top) {
		p->top = a->selected;
		/* Lines above the first item belong to it. */
		while (p->top > 0 && table_kind(&a->table, p->top - 1) == ROW_SPAN &&
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

void app_screen(const struct app *a, struct screen *s)
{
	const struct app_place *p = &a->places[a->view];
	*s = (struct screen){ .view = view_get(a->view), .ctx = &a->ctx, .table = &a->table,
		.selected = a->selected, .top = a->top, .filter = p->filter, .message = a->message,
		.message_style = a->message_style, .readonly = a->session->opts.readonly,
		.progress = a->progress, .hint = a->hint, .mode = a->mode, .hidden = p->hidden,
		.sort = p->sort, .descending = p->descending, .marks = &p->marks };
}

static void app_draw_view(struct app *a)
{
	char prompt[160];
	struct buf bar = BUF_INIT;
	struct screen s;
	app_find_selected(a);
	app_screen(a, &s);
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
			tr(a->dialog->ops->title));
		a->dialog->ops->draw(a->dialog, a, &a->grid, HEAD_ROWS + 1, app_body_rows(a) + 1);
	} else {
		screen_draw(&a->grid, &s);
	}
	buf_release(&bar);
}

/* Below, the guide stands between the message and the key bar, which stays the last line. */
static void app_draw_guide(struct app *a, int rows)
{
	struct grid *g = &a->grid;
	size_t line = (size_t)g->cols;
	struct cell *bar = g->cells + line * (size_t)(g->rows - rows - 1);
	memcpy(g->cells + line * (size_t)(g->rows - 1), bar, line * sizeof(*bar));
	for (size_t i = 0; i < line; i++) {
		bar[i] = (struct cell){ .text = " ", .width = 1 };
	}
	guide_draw(a, g, g->rows - rows - 1);
}

static void app_draw(struct app *a)
{
	int rows = guide_rows(a), cols = guide_cols(a);
	if (rows > 0) {
		grid_clear(&a->grid);
	}
	a->drawing = true;
	a->grid.rows -= rows;
	a->grid.cols -= cols;
	app_draw_view(a);
	a->grid.rows += rows;
	grid_widen(&a->grid, cols);
	a->drawing = false;
	if (rows > 0) {
		app_draw_guide(a, rows);
	} else if (cols > 0) {
		guide_draw_beside(a, &a->grid, a->grid.cols - cols);
	}
	a->dirty = a->moved = a->keyed = false;
	a->frames++;
}

#define GATHER_MS 50 /* real: what comes from the cluster is painted 20 times a second at most */

void app_frame(struct app *a)
{
	const struct clock *clock = &a->session->clock;
	int64_t start = clock_mono(clock), gather = (int64_t)(GATHER_MS * clock->scale);
	app_question(a);
	app_make_rows(a);
	int64_t end = clock_mono(clock), took = 10 * (end - start);
	a->next_build = end + (took > gather ? took : gather);
	/* A report may be due that a key did not wait for. */
	a->changed = a->changed && a->keyed && a->pending_took > 0;
	guide_look(a);
	app_draw(a);
}

static void app_later(void *ctx)
{
	struct app *a = ctx;
	a->later = NULL; /* the loop paints before it waits again */
}

bool app_paint(struct app *a)
{
	int64_t now = clock_mono(&a->session->clock);
	if (a->dirty || (a->changed && now >= a->next_build)) {
		app_frame(a);
		return true;
	}
	if (a->changed && !a->later) {
		a->later = loop_timer_add(a->session->loop, a->next_build - now, app_later, a);
	}
	if (!a->moved) {
		return false;
	}
	/* The rows of a large table point into the model. */
	if (!app_is_behind(a)) {
		a->ctx.selected = a->places[a->view].selected;
		app_draw(a);
	} else {
		app_frame(a);
	}
	return true;
}
