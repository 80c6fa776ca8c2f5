/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys do to the screen's state: moving, the prompt, actions. */
#include "tui/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/act.h"
#include "tui/actions.h"
#include "tui/screen/keys.h"

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
		if (table_kind(&a->table, (size_t)at) == ROW_ITEM) {
			last = at;
			left--;
		}
	}
	if (last == (long)a->selected && by > 0) {
		/* Nothing to select below: let the text behind the last item be read. */
		p->top += p->top + 1 < a->table.n;
		a->moved = true;
		return;
	}
	if (last >= 0 && last < (long)a->table.n) {
		xreplace(&p->selected, table_at(&a->table, (size_t)last)->id);
		a->selected = (size_t)last; /* the next key may come before the next frame */
	}
	a->moved = true;
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

/* ---- the prompt ---- */

#define SAID_MAX 50

static void app_remember(struct app *a, const char *line)
{
	struct strlist *l = &a->said;
	if (*line && (l->n == 0 || !str_eq(l->v[l->n - 1], line))) {
		strlist_add(l, line);
	}
	if (l->n > SAID_MAX) {
		free(l->v[0]);
		memmove(l->v, l->v + 1, --l->n * sizeof(*l->v));
	}
}

static void app_do_command(struct app *a, char *line)
{
	while (*line == ' ') {
		line++;
	}
	app_remember(a, line);
	char *arg = line + strcspn(line, " ");
	if (*arg) {
		*arg++ = '\0';
	}
	const struct view *v = view_by_name(line);
	const struct action *x = v ? NULL : action_by_name(line);
	/* ":cap" is enough for :capacity; ":pod" are the pods where it is no command. */
	if (!v && (!x || !str_eq(x->name, line) || (x->views && !(x->views >> a->view & 1)))) {
		v = view_by_word(line);
	}
	if (v) {
		app_show(a, v->id, NULL);
	} else if (x) {
		action_run(a, x, arg);
	} else if (*line) {
		app_say(a, STYLE_BAD, "there is no command %s: ? lists them", line);
	}
}

/* What a word could be: how far all that begin so agree, and their names for the hint. */
struct completion {
	const char *begun;
	char common[64];
	int hits;
	struct buf names;
};

static void completion_try(struct completion *c, const char *name)
{
	if (!str_starts(name, c->begun)) {
		return;
	}
	if (c->hits++ == 0) {
		snprintf(c->common, sizeof(c->common), "%s", name);
	}
	size_t n = 0;
	while (c->common[n] && c->common[n] == name[n]) {
		n++;
	}
	c->common[n] = '\0';
	buf_addf(&c->names, " %s", name);
}

static void app_complete_argument(struct app *a, size_t word)
{
	char *arg = a->prompt + word + 1;
	for (size_t i = 0; i < nactions; i++) {
		if (actions[i].complete && strlen(actions[i].name) == word &&
			str_starts(a->prompt, actions[i].name)) {
			actions[i].complete(a, arg, arg, sizeof(a->prompt) - word - 1);
			return;
		}
	}
}

/* Completes the word before the end among views and commands. */
static void app_complete(struct app *a)
{
	struct completion c = { .begun = a->prompt, .names = BUF_INIT };
	size_t word = strcspn(a->prompt, " ");
	a->hint[0] = '\0';
	if (a->prompt[word]) {
		app_complete_argument(a, word);
		return;
	}
	for (int i = 0; i < VIEW__COUNT; i++) {
		completion_try(&c, view_get((enum view_id)i)->name);
	}
	for (size_t i = 0; i < nactions; i++) {
		completion_try(&c, actions[i].name);
	}
	if (c.hits > 1) {
		snprintf(a->hint, sizeof(a->hint), "%s", buf_str(&c.names));
	}
	if (c.hits > 0) {
		snprintf(a->prompt, sizeof(a->prompt), "%s", c.common);
	}
	buf_release(&c.names);
}

/* Up and Down through what was typed before. */
static bool app_recall(struct app *a, uint32_t key)
{
	if (key == KEY_UP_ && a->said_at > 0) {
		a->said_at--;
	} else if (key == KEY_DOWN_ && a->said_at < a->said.n) {
		a->said_at++;
	} else {
		return key == KEY_UP_ || key == KEY_DOWN_;
	}
	snprintf(a->prompt, sizeof(a->prompt), "%s",
		a->said_at < a->said.n ? a->said.v[a->said_at] : "");
	return true;
}

static void app_prompt_key(struct app *a, uint32_t key)
{
	char kind = a->prompt_kind;
	if (key != KEY_TAB_) {
		a->hint[0] = '\0';
	}
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
		return;
	} else if (kind == ':' && app_recall(a, key)) {
		return;
	} else if (key == KEY_BACKSPACE_ && a->prompt[0] == '\0') {
		a->prompt_kind = 0;
	} else {
		dialog_edit(a->prompt, sizeof(a->prompt), key);
	}
	if (kind == '/' && key != KEY_ESC_ && key != KEY_CTRL_('c')) {
		xreplace(&a->places[a->view].filter, a->prompt[0] ? a->prompt : NULL);
		a->other_rows = true;
	}
}

/* Keys come faster than frames: what a row is asked for must still be there, and of this view. */
static void app_fresh_rows(struct app *a)
{
	if (!a->dialog && (a->other_rows || app_is_behind(a))) {
		app_frame(a);
	}
}

/* A torn screen and the way to the shell are nothing that a prompt or a dialog may stand before. */
static bool app_key_anywhere(struct app *a, uint32_t key)
{
	const struct action *x = key < ' ' ? action_by_key(a, key) : NULL;
	if (!x || !(str_eq(x->name, "repaint") || str_eq(x->name, "suspend"))) {
		return false;
	}
	action_run(a, x, "");
	return true;
}

void app_key(struct app *a, uint32_t key)
{
	app_fresh_rows(a);
	bool was_dirty = a->dirty;
	a->dirty = a->keyed = true;
	a->key_at = clock_mono(&a->session->clock);
	app_time(a);
	if ((a->prompt_kind || a->dialog) && app_key_anywhere(a, key)) {
		return;
	}
	if (a->prompt_kind) {
		app_prompt_key(a, key);
		return;
	}
	struct dialog *d = a->dialog;
	if (d) {
		/* Esc and Ctrl-C always lead out: the safe answer.  It may have closed itself. */
		enum dialog_result r = key == KEY_CTRL_('c')
			? DIALOG_CLOSE
			: d->ops->key(d, a, key, app_body_rows(a));
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
	} else if (app_move_key(a, key)) {
		a->dirty = was_dirty; /* a->moved is enough */
	} else {
		app_sort_key(a, key);
	}
}

void app_mouse(struct app *a, const struct mouse *m)
{
	struct screen s;
	app_fresh_rows(a);
	a->dirty = true;
	if (m->wheel) {
		/* As three of the keys, so that it scrolls a dialog as well. */
		for (int i = 0; i < 3; i++) {
			app_key(a, m->wheel < 0 ? KEY_UP_ : KEY_DOWN_);
		}
		return;
	}
	app_screen(a, &s);
	struct screen_spot spot = screen_spot_at(&s, app_cols(a), app_rows(a), m->x, m->y);
	if (a->dialog || a->prompt_kind) {
		return;
	}
	a->key_at = clock_mono(&a->session->clock);
	a->message[0] = '\0';
	switch (spot.kind) {
	case SPOT_TAB:
		app_show(a, (enum view_id)spot.at, NULL);
		break;
	case SPOT_TITLE:
		app_sort(a, spot.at);
		break;
	case SPOT_ROW:
		xreplace(&a->places[a->view].selected, table_at(&a->table, spot.at)->id);
		break;
	case SPOT_NONE:
		break;
	}
}
