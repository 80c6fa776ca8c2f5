/* SPDX-License-Identifier: Apache-2.0 */
/* The lesson in hand, drawn; its words to the lab. */
#include "tui/lesson/guide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/act.h"
#include "tui/actions.h"
#include "tui/lesson/language.h"
#include "tui/lesson/lesson.h"

#define SMALLEST 16 /* rows of a screen that can spare some */
#define GUIDE_WIDE 120  /* columns of one that can spare some: the guide stands beside the view */
#define GUIDE_BESIDE 80 /* which keeps so many */
#define CALM "/_lab/fault?off=all"

struct guide {
	struct lesson_state state;
	struct lesson_state before; /* shown as long as the lab is asked for the step's world */
	bool hidden, asked; /* asked: a step has asked something of the lab */
	bool asking;
	char *path;               /* to be asked soon */
	struct loop_timer *soon;
};

/* ---- the lab ---- */

static void guide_asked(void *ctx, const struct http_answer *h, const struct err *e)
{
	struct app *a = ctx;
	if (e) {
		app_say_err(a, e);
	} else if (h->status != 200) {
		app_say(a, STYLE_BAD, "the lab answers %d to what the lesson asks of it",
			h->status);
	}
	if (a->guide) {
		a->guide->asking = false;
	}
	a->dirty = true;
}

static void guide_ask_now(void *ctx)
{
	struct app *a = ctx;
	char *url = xasprintf("%s%s", getenv("KOPSCOPE_LAB"), a->guide->path);
	a->guide->soon = NULL;
	http_start(a->session->http, &(struct http_call){ .method = "POST", .url = url,
		.timeout_ms = 5000, .on_done = guide_asked, .ctx = a });
	free(url);
}

#define MOMENT_MS 300 /* real: what the step before has begun is done first */

static void guide_ask(struct app *a, const char *path)
{
	struct guide *g = a->guide;
	xreplace(&g->path, path);
	g->asked = true;
	g->asking = true;
	if (!g->soon) {
		int64_t ms = (int64_t)(MOMENT_MS * a->session->clock.scale);
		g->soon = loop_timer_add(a->session->loop, ms, guide_ask_now, a);
	}
}

/* Moved to by hand: as it would be had all before been done. */
static void guide_ask_again(struct app *a)
{
	const struct lesson_state *s = &a->guide->state;
	const char *path = NULL;
	for (size_t i = 0; i <= s->step && i < s->lesson->nsteps; i++) {
		path = s->lesson->steps[i].control ? s->lesson->steps[i].control : path;
	}
	if (path || a->guide->asked) {
		guide_ask(a, path ? path : CALM);
	}
}

/* ---- life ---- */

void guide_end(struct app *a)
{
	struct guide *g = a->guide;
	if (g && g->soon) {
		loop_timer_remove(g->soon);
	}
	if (g) {
		free(g->path);
	}
	free(g);
	a->guide = NULL;
}

void guide_begin(struct app *a, const char *name)
{
	const char *lab = getenv("KOPSCOPE_LAB"), *scenario = getenv("KOPSCOPE_LAB_SCENARIO");
	const char *wanted = name ? name : getenv("KOPSCOPE_LESSON");
	const struct lesson *l = wanted ? lesson_find(wanted) : NULL;
	if (!name && (str_empty(lab) || !l)) {
		return;
	}
	if (!l) {
		app_say(a, STYLE_WARN, "there is no lesson %s: :lesson list names them", wanted);
	} else if (str_empty(lab)) {
		app_say(a, STYLE_WARN, "lessons are in the lab: kopscope lab --lesson %s", l->name);
	} else if (scenario && !str_eq(scenario, l->scenario)) {
		app_say(a, STYLE_WARN, "it begins in another lab: kopscope lab --lesson %s",
			l->name);
	} else {
		bool asked = a->guide && a->guide->asked;
		guide_end(a);
		a->guide = xcalloc(1, sizeof(*a->guide));
		a->guide->asked = asked;
		lesson_begin(&a->guide->state, l);
		a->guide->before = a->guide->state;
		guide_ask_again(a);
		a->dirty = true;
	}
}

void guide_look(struct app *a)
{
	if (!a->guide || a->guide->asking) {
		return;
	}
	struct lesson_state *s = &a->guide->state;
	a->guide->before = *s;
	struct dialog *d = a->dialog;
	const struct lesson_look look = { .model = a->session->model, .pending = &a->pending,
		.run = a->has_run ? &a->run : NULL, .view = a->view,
		.dialog = d ? d->ops->title : NULL,
		.keys = !d ? NULL : d->ops->keys ? d->ops->keys(d, a) : d->ops->keybar };
	size_t before = s->step;
	lesson_turn(s, &look);
	if (s->step == before) {
		return;
	}
	const struct lesson_step *step = lesson_step_of(s);
	if (step && step->control) {
		guide_ask(a, step->control);
	}
	a->changed = true; /* the next step may be done as well */
}

/* ---- drawing ---- */

static bool guide_shows(const struct app *a)
{
	return a->guide && !a->guide->hidden && a->grid.rows >= SMALLEST;
}

int guide_rows(const struct app *a)
{
	return guide_shows(a) && a->grid.cols < GUIDE_WIDE ? GUIDE_ROWS : 0;
}

int guide_cols(const struct app *a)
{
	int spare = a->grid.cols - GUIDE_BESIDE;
	return !guide_shows(a) || a->grid.cols < GUIDE_WIDE ? 0
		: spare < GUIDE_COLS ? spare : GUIDE_COLS;
}

static void guide_title(const struct lesson_state *s, struct grid *g, int y)
{
	const char *key = action_key(action_by_name("guide"));
	grid_rule(g, y, STYLE_DIM);
	char *text = s->step < s->lesson->nsteps
		? xasprintf(tr(N_(" Lesson: %s, step %zu of %zu ")), tr(s->lesson->title),
			s->step + 1, s->lesson->nsteps)
		: xasprintf(tr(N_(" Lesson: %s, done ")), tr(s->lesson->title));
	grid_put(g, 2, y, g->cols - 4, STYLE_BOLD, text);
	free(text);
	text = xasprintf(tr(N_(" %s hides this ")), key ? key : ":guide");
	grid_put(g, g->cols - text_width(text) - 2, y, text_width(text), STYLE_DIM, text);
	free(text);
}

/* What follows the lesson in the table. */
static char *guide_over(const struct lesson_state *s)
{
	size_t i = 0;
	while (i < nlessons && lessons[i] != s->lesson) {
		i++;
	}
	return i + 1 < nlessons
		? xasprintf(tr(N_("The lesson is done.  The next one, %s: kopscope lab --lesson "
			"%s")), tr(lessons[i + 1]->title), lessons[i + 1]->name)
		: xstrdup(tr(N_("The lesson is done, and it was the last one.")));
}

/* The step in hand; where the lab still makes its world, the one before. */
static const struct lesson_state *guide_state(const struct guide *guide)
{
	return guide->asking ? &guide->before : &guide->state;
}

static const char *guide_tick(const struct grid *g)
{
	return g->ascii ? "ok " : "\xe2\x9c\x93 ";
}

/* What is to be done now; owned by the caller. */
static char *guide_text(const struct lesson_state *s)
{
	const struct lesson_step *step = lesson_step_of(s);
	return step ? xstrdup(tr(step->text)) : guide_over(s);
}

void guide_draw(const struct app *a, struct grid *g, int y)
{
	const struct lesson_state *s = guide_state(a->guide);
	int end = y + GUIDE_ROWS;
	guide_title(s, g, y++);
	if (s->warned) {
		int x = 1 + grid_put(g, 1, y, 2, STYLE_WARN, "! ");
		grid_put(g, x, y++, g->cols - x - 1, STYLE_WARN, tr(s->warned));
	} else if (s->did) {
		int x = 1 + grid_put(g, 1, y, 3, STYLE_OK, guide_tick(g));
		grid_put(g, x, y++, g->cols - x - 1, STYLE_OK, tr(s->did));
	}
	char *text = guide_text(s);
	grid_wrap(g, 1, y, g->cols - 2, end, STYLE_NORMAL, text);
	free(text);
}

/* ---- beside the view ---- */

/* The lesson's name and how far it is; the line behind. */
static int guide_head(const struct lesson_state *s, struct grid *g, int x, int width)
{
	char *text = xasprintf(tr(N_("Lesson: %s")), tr(s->lesson->title));
	int y = grid_wrap(g, x, 0, width, g->rows, STYLE_BOLD, text);
	free(text);
	text = s->step < s->lesson->nsteps
		? xasprintf(tr(N_("step %zu of %zu")), s->step + 1, s->lesson->nsteps)
		: xstrdup(tr(N_("done")));
	grid_put(g, x, y, width, STYLE_DIM, text);
	free(text);
	return y + 2;
}

static void guide_foot(struct grid *g, int x, int width)
{
	const char *key = action_key(action_by_name("guide"));
	char *text = xasprintf(tr(N_("%s hides this")), key ? key : ":guide");
	grid_put(g, x, g->rows - 1, width, STYLE_DIM, text);
	free(text);
}

/* What the steps before came to, the latest ones as far as there is room before end. */
static int guide_done(const struct lesson_state *s, struct grid *g, int x, int y, int width,
	int end)
{
	size_t from = s->step;
	int lines = 0, in = text_width(guide_tick(g));
	while (from > 0) {
		int more = s->passed & 1u << (from - 1) ? grid_wrap(g, 0, 0, width - in, 0, 0,
			tr(s->lesson->steps[from - 1].did)) : 0;
		if (y + lines + more > end) {
			break;
		}
		lines += more;
		from--;
	}
	for (; from < s->step; from++) {
		if (s->passed & 1u << from) {
			int style = from + 1 == s->step ? STYLE_OK : STYLE_DIM;
			grid_put(g, x, y, in, STYLE_OK, guide_tick(g));
			y = grid_wrap(g, x + in, y, width - in, end, style,
				tr(s->lesson->steps[from].did));
		}
	}
	return y;
}

void guide_draw_beside(const struct app *a, struct grid *g, int x)
{
	const struct lesson_state *s = guide_state(a->guide);
	int width = g->cols - x - 3, end = g->rows - 2;
	for (int y = 0; y < g->rows; y++) {
		grid_put(g, x, y, 1, STYLE_DIM, g->ascii ? "|" : "\xe2\x94\x82");
	}
	x += 2;
	char *text = guide_text(s);
	int now = grid_wrap(g, 0, 0, width, 0, 0, text) + 1;
	now += s->warned ? grid_wrap(g, 0, 0, width - 2, 0, 0, tr(s->warned)) + 1 : 0;
	int y = guide_head(s, g, x, width), at = guide_done(s, g, x, y, width, end - now);
	y = at > y ? at + 1 : y;
	if (s->warned) {
		grid_put(g, x, y, 2, STYLE_WARN, "!");
		y = grid_wrap(g, x + 2, y, width - 2, end, STYLE_WARN, tr(s->warned)) + 1;
	}
	grid_wrap(g, x, y, width, end, STYLE_NORMAL, text);
	free(text);
	guide_foot(g, x, width);
}

/* ---- :lesson, C-g ---- */

void lessons_help(struct buf *out)
{
	for (size_t i = 0; i < nlessons; i++) {
		buf_addf(out, "%-14s %s\n", lessons[i]->name, tr(lessons[i]->title));
	}
}

void action_guide_hide(struct app *a, const char *arg)
{
	if (!a->guide) {
		app_say(a, STYLE_DIM, "no lesson is open: :lesson list names them");
		return;
	}
	a->guide->hidden = !a->guide->hidden;
	if (a->guide->hidden) {
		app_say(a, STYLE_DIM, ":guide shows the lesson again");
	}
}

static void guide_list(struct app *a)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < nlessons; i++) {
		buf_addf(&b, " %s", lessons[i]->name);
	}
	app_say(a, STYLE_NORMAL, "lessons:%s", buf_str(&b));
	buf_release(&b);
}

void action_lesson(struct app *a, const char *arg)
{
	int by = str_eq(arg, "next") ? 1 : str_eq(arg, "prev") ? -1 : 0;
	if (str_eq(arg, "list") || (str_empty(arg) && !a->guide)) {
		guide_list(a);
	} else if (str_empty(arg) || str_eq(arg, "hide") || (by && !a->guide)) {
		action_guide_hide(a, "");
	} else if (by) {
		lesson_move(&a->guide->state, by);
		a->guide->before = a->guide->state;
		guide_ask_again(a);
	} else {
		guide_begin(a, arg);
	}
}

void action_lesson_complete(const struct app *a, const char *begun, char *out, size_t size)
{
	const char *hit = NULL;
	for (size_t i = 0; i < nlessons; i++) {
		if (str_starts(lessons[i]->name, begun)) {
			if (hit) {
				return;
			}
			hit = lessons[i]->name;
		}
	}
	if (hit) {
		snprintf(out, size, "%s", hit);
	}
}
