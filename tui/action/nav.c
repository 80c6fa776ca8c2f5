/* SPDX-License-Identifier: Apache-2.0 */
/* Finding one's way: order, columns, marks, what is copied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/confine.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "tui/act.h"
#include "tui/actions.h"
#include "tui/columns.h"
#include "tui/screen/keys.h"

static struct app_place *nav_place(struct app *a)
{
	return &a->places[a->view];
}

void action_forward(struct app *a, const char *arg)
{
	app_forward(a);
}

/* ---- order ---- */

static bool letter_taken(enum view_id view, char letter)
{
	if (letter == 'G') { /* the end of the list */
		return true;
	}
	for (size_t i = 0; i < nactions; i++) {
		const struct action *x = &actions[i];
		const char *key = action_key(x);
		if (key && key_from_name(key) == (uint32_t)letter &&
			(x->views == 0 || (x->views & (1u << view)))) {
			return true;
		}
	}
	return false;
}

char sort_letter(enum view_id view, size_t col)
{
	const struct view *v = view_get(view);
	char used[32] = "";
	for (size_t i = 0; i <= col && i < v->ncolumns; i++) {
		char mine = '\0';
		for (const char *p = v->columns[i].title; *p && !mine; p++) {
			bool free_ = *p >= 'A' && *p <= 'Z' && !strchr(used, *p) &&
				!letter_taken(view, *p);
			mine = free_ ? *p : '\0';
		}
		if (i == col || strlen(used) + 1 >= sizeof(used)) {
			return i == col ? mine : '\0';
		}
		if (mine) {
			snprintf(used + strlen(used), 2, "%c", mine);
		}
	}
	return '\0';
}

void app_sort(struct app *a, size_t col)
{
	struct app_place *p = nav_place(a);
	p->descending = p->sort == (int)col + 1 && !p->descending;
	p->sort = (int)col + 1;
	a->dirty = true;
}

bool app_sort_key(struct app *a, uint32_t key)
{
	for (size_t i = 0; key >= 'A' && key <= 'Z' && i < view_get(a->view)->ncolumns; i++) {
		if (!(view_get(a->view)->columns[i].flags & COLUMN_DATA) &&
			sort_letter(a->view, i) == (char)key) {
			app_sort(a, i);
			return true;
		}
	}
	return false;
}

void action_sort(struct app *a, const char *arg)
{
	struct app_place *p = nav_place(a);
	const struct view *v = view_get(a->view);
	char name[64];
	size_t n = strcspn(arg, " ");
	snprintf(name, sizeof(name), "%.*s", (int)n, arg);
	const char *way = arg + n + strspn(arg + n, " ");
	long col = table_column(v->columns, v->ncolumns, name);
	if (str_empty(name)) {
		p->sort = 0;
		app_say(a, STYLE_DIM, "in the view's own order; :sort COLUMN [desc] sorts");
	} else if (col < 0) {
		app_say(a, STYLE_WARN, "%s has no column %s: ? lists them", v->title, name);
	} else if (*way && !str_eq(way, "desc") && !str_eq(way, "asc")) {
		app_say(a, STYLE_WARN, "behind the column stands desc, asc or nothing, not %s",
			way);
	} else if (*way) {
		p->sort = (int)col + 1;
		p->descending = str_eq(way, "desc");
	} else {
		app_sort(a, (size_t)col);
	}
}

void action_sort_complete(const struct app *a, const char *begun, char *out, size_t size)
{
	const struct view *v = view_get(a->view);
	const char *hit = NULL;
	int hits = 0;
	for (size_t i = 0; i < v->ncolumns; i++) {
		if (str_starts(v->columns[i].id, begun)) {
			hit = v->columns[i].id;
			hits++;
		}
	}
	if (hits == 1) {
		snprintf(out, size, "%s", hit);
	}
}

/* ---- columns ---- */

static void nav_columns_say(struct app *a)
{
	const struct view *v = view_get(a->view);
	struct buf b = BUF_INIT;
	if (a->message_style == STYLE_WARN) {
		return; /* that it is not kept says more */
	}
	for (size_t i = 0; i < v->ncolumns; i++) {
		if (!(v->columns[i].flags & COLUMN_DATA)) {
			buf_addf(&b, "%s%s", b.len ? "," : "", v->columns[i].id);
		}
	}
	app_say(a, STYLE_DIM, "all columns: %s", buf_str(&b));
	buf_release(&b);
}

void action_columns(struct app *a, const char *arg)
{
	const struct view *v = view_get(a->view);
	struct strlist names = { .v = NULL };
	uint64_t hidden = ~(uint64_t)0;
	bool known = true;
	if (str_empty(arg)) {
		columns_choose(a, a->view, 0);
		nav_columns_say(a);
		return;
	}
	if (str_eq(arg, "reset")) {
		columns_reset(a, a->view);
		return;
	}
	strlist_split(&names, arg, ',');
	for (size_t i = 0; i < names.n && known; i++) {
		long col = table_column(v->columns, v->ncolumns, names.v[i]);
		known = col >= 0;
		if (known) {
			hidden &= ~((uint64_t)1 << col);
		} else {
			app_say(a, STYLE_WARN, "%s has no column %s: :columns lists them", v->title,
				names.v[i]);
		}
	}
	if (known) {
		columns_choose(a, a->view, hidden);
	}
	strlist_release(&names);
}

/* The last of the names: what stands before it stays. */
void action_columns_complete(const struct app *a, const char *begun, char *out, size_t size)
{
	const char *comma = strrchr(begun, ',');
	size_t before = comma ? (size_t)(comma - begun) + 1 : 0;
	if (!comma && begun[0] && str_starts("reset", begun)) {
		snprintf(out, size, "reset");
	} else {
		action_sort_complete(a, begun + before, out + before, size - before);
	}
}

void action_wide(struct app *a, const char *arg)
{
	static const char *const words[SCREEN__MODES] = { "as it fits",
		"wide: as many columns as there is room for, without bars where it is short",
		"compact: short forms, no bars, more rows" };
	a->mode = (enum screen_mode)((a->mode + 1) % SCREEN__MODES);
	app_say(a, STYLE_DIM, "%s", words[a->mode]);
}

void action_compact(struct app *a, const char *arg)
{
	a->mode = a->mode == SCREEN_COMPACT ? SCREEN_NORMAL : SCREEN_COMPACT;
}

/* ---- marks ---- */

void action_mark(struct app *a, const char *arg)
{
	struct strlist *l = &nav_place(a)->marks;
	const struct trow *r = app_row(a);
	size_t i = 0;
	while (i < l->n && !str_eq(l->v[i], r->id)) {
		i++;
	}
	if (i == l->n) {
		strlist_add(l, r->id);
	} else {
		free(l->v[i]);
		memmove(l->v + i, l->v + i + 1, (--l->n - i) * sizeof(*l->v));
	}
	app_key(a, KEY_DOWN_);
	if (l->n > 0) {
		app_say(a, STYLE_ACCENT, "%zu marked; Esc unmarks", l->n);
	}
}

/* What an action takes: the marked rows that are still there, else the row in hand. */
static void nav_taken(struct app *a, struct strlist *out)
{
	const struct strlist *l = &nav_place(a)->marks;
	const struct trow *r = app_row(a);
	for (size_t i = 0; i < l->n; i++) {
		if (table_find(&a->table, l->v[i]) < a->table.n) {
			strlist_add(out, l->v[i]);
		}
	}
	if (l->n == 0 && r) {
		strlist_add(out, r->id);
	}
}

/* ---- copying ---- */

/* Sentences, each with its newline: behind each other. */
static void nav_one_line(struct buf *b)
{
	for (size_t i = 0; i < b->len; i++) {
		b->data[i] = b->data[i] == '\n' ? ' ' : b->data[i];
	}
	while (b->len > 0 && b->data[b->len - 1] == ' ') {
		b->data[--b->len] = '\0';
	}
}

void action_copy(struct app *a, const char *arg)
{
	struct buf said = BUF_INIT, clean = BUF_INIT;
	struct strlist taken = { .v = NULL };
	const struct view *v = view_get(a->view);
	nav_taken(a, &taken);
	if (str_eq(arg, "detail") && v->detail) {
		v->detail(&a->ctx, app_row(a), &said);
		nav_one_line(&said);
	}
	/* A newline in a name would end a command where it is pasted: only our own are in it. */
	if (said.len > 0) {
		text_sanitise(&clean, buf_str(&said), false);
	}
	for (size_t i = 0; said.len == 0 && i < taken.n; i++) {
		buf_adds(&clean, i ? "\n" : "");
		text_sanitise(&clean, taken.v[i], false);
	}
	if (term_copy(buf_str(&clean))) {
		app_say(a, STYLE_DIM, "copied, where the terminal allows it (OSC 52): %.*s%s",
			(int)strcspn(buf_str(&clean), "\n"), buf_str(&clean),
			strchr(buf_str(&clean), '\n') ? " ..." : "");
	} else {
		app_say(a, STYLE_WARN, "nothing was copied: %zu bytes, terminals take 56,000",
			clean.len);
	}
	strlist_release(&taken);
	buf_release(&said);
	buf_release(&clean);
}

void action_mouse(struct app *a, const char *arg)
{
	a->mouse = !a->mouse;
	term_mouse(a->mouse);
	app_say(a, STYLE_DIM, "%s", a->mouse ?
		"mouse on: headings sort, rows, tabs and the wheel answer (Shift selects text)" :
		"mouse off: the terminal selects text again");
}

void action_suspend(struct app *a, const char *arg)
{
	a->suspend = true;
}

/* ---- the row in hand ---- */

void app_enter_waiting(struct app *a)
{
	const struct pending_group *g = app_waiting(a);
	if (!g) {
		return;
	}
	bool alone = g->npods == 1 || g->absent;
	char *id = xasprintf("%s/%s%s", g->ns,
		alone && !g->absent ? g->sample->pod.name : g->owner_name,
		alone ? "" : WITHIN_WAITING);
	if (alone) {
		enum view_id of = g->absent ? VIEW_DEPLOYMENTS : VIEW_PODS;
		app_open(a, dialog_describe_of_new(a, of, id));
	} else {
		app_show(a, VIEW_PODS, id);
	}
	free(id);
}

void action_describe(struct app *a, const char *arg)
{
	app_open(a, dialog_describe_new(a));
}

void action_yaml(struct app *a, const char *arg)
{
	struct session *s = a->session;
	bool spec = a->view == VIEW_CLUSTERS || a->view == VIEW_GROUPS;
	if (spec && !s->store) {
		app_say_err(a, &s->state_err);
	} else if (!spec && (!s->kube || !s->kube->ops->read)) {
		app_say_err(a, &s->k8s_err);
	} else {
		app_open(a, dialog_yaml_new(a));
	}
}

/* ---- cordon ---- */

struct cordon {
	struct app *app;
	char *node;
	bool on;
	struct journal_call call;
};

static void cordon_done(void *ctx, const struct err *e)
{
	struct cordon *c = ctx;
	struct session *s = c->app->session;
	struct journal_entry j = { .cluster = model_opened(s->model), .target = c->node,
		.action = c->on ? "cordon" : "uncordon", .result = e };
	journal_answer(clock_wall(&s->clock), &c->call, &j, true, NULL);
	if (e) {
		app_say_err(c->app, e);
	} else {
		app_say(c->app, STYLE_OK, "%s %s", c->node, c->on ? "cordoned" : "uncordoned");
		log_add(&s->log, clock_wall(&s->clock), STYLE_OK, "%s", c->app->message);
	}
	free(c->node);
	free(c);
}

static void nav_cordon(struct app *a, bool on)
{
	struct session *s = a->session;
	struct strlist taken = { .v = NULL };
	nav_taken(a, &taken);
	for (size_t i = 0; i < taken.n && s->kube; i++) {
		struct cordon *c = xcalloc(1, sizeof(*c));
		struct journal_entry j = { .cluster = model_opened(s->model), .target = taken.v[i],
			.action = on ? "cordon" : "uncordon" };
		struct err e = ERR_INIT;
		*c = (struct cordon){ .app = a, .node = xstrdup(taken.v[i]), .on = on };
		if (!journal_ask(clock_wall(&s->clock), &j, 1, &c->call, &e)) {
			app_say_err(a, &e);
			free(c->node);
			free(c);
			break;
		}
		s->kube->ops->cordon(s->kube, c->node, on, cordon_done, c);
	}
	strlist_release(&taken);
}

void action_cordon(struct app *a, const char *arg)
{
	nav_cordon(a, true);
}

void action_uncordon(struct app *a, const char *arg)
{
	nav_cordon(a, false);
}

/* ---- the first start ---- */

void action_lab(struct app *a, const char *arg)
{
	if (confine_is_on()) {
		app_say(a, STYLE_WARN,
			"a read-only screen starts no program: run kopscope lab in a shell");
		return;
	}
	a->wants_lab = true;
	a->quit = true;
}
