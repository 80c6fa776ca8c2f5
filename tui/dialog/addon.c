/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An addon of the cluster's spec switched on or off: what it is, what it needs,
 * the diff of the spec, the cluster's name typed.  What it needs and is off is
 * switched on in the same edit; what another addon needs is not switched off.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/addon.h"
#include "tui/app.h"
#include "tui/change.h"
#include "tui/dialog.h"
#include "tui/dialog/change-lines.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

struct dialog_addon {
	struct dialog d;
	struct app *app;
	const struct addon_switch *sw;
	bool on;             /* the wish */
	struct change *change;
	struct pager lines;
	char typed[256];
};

static void addon_free(struct dialog *d)
{
	struct dialog_addon *x = (struct dialog_addon *)d;
	change_free(x->change);
	pager_release(&x->lines);
	free(x);
}

static void addon_line(struct dialog_addon *x, enum style style, char *text)
{
	pager_add_wrapped(&x->lines, style, app_cols(x->app) - 2, 2, text);
	free(text);
}

static bool addon_needs(const struct addon_switch *sw, const char *field)
{
	for (size_t i = 0; i < 3 && sw->needs[i]; i++) {
		if (str_eq(sw->needs[i], field)) {
			return true;
		}
	}
	return false;
}

static void addon_moved(void *ctx)
{
	struct dialog_addon *x = ctx;
	struct app *a = x->app;
	a->dirty = true;
	switch (change_get_state(x->change)) {
	case CHANGE_READY:
		change_lines_said(&x->lines, change_findings(x->change), app_cols(a) - 2,
			a->grid.ascii);
		pager_add_diff(&x->lines, change_diff(x->change));
		pager_add(&x->lines, STYLE_DIM,
			tr("Nothing changes in the cluster until kops update runs (u)."));
		break;
	case CHANGE_DONE:
		app_say(a, STYLE_OK, "%s is %s in the spec; u applies it",
			x->sw->field, x->on ? tr("on") : tr("off"));
		a->dialog = NULL;
		dialog_close(&x->d);
		break;
	case CHANGE_FAILED:
		app_say_err(a, change_error(x->change));
		pager_release(&x->lines);
		addon_line(x, STYLE_BAD, xstrdup(change_error(x->change)->text));
		change_lines_said(&x->lines, change_findings(x->change), app_cols(a) - 2,
			a->grid.ascii);
		if (change_their_diff(x->change)[0]) {
			change_lines_conflict(&x->lines, change_diff(x->change),
				change_their_diff(x->change), app_cols(a) - 2);
		}
		break;
	case CHANGE_FETCHING:
	case CHANGE_WRITING:
		break;
	}
}

static void addon_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_addon *x = (struct dialog_addon *)d;
	int end = y + rows;
	bool ask = change_get_state(x->change) == CHANGE_READY;
	grid_putf(g, 1, y, g->cols - 2, STYLE_NORMAL, "%s %s %s", x->sw->field,
		g->ascii ? "->" : "\xe2\x86\x92", x->on ? tr("on") : tr("off"));
	grid_put_right(g, g->cols - 24, y, 23, STYLE_DIM,
		change_get_state(x->change) == CHANGE_WRITING ? tr("writing ...") :
		tr("nothing written yet"));
	pager_draw(&x->lines, g, y + 2, end - y - 2 - (ask ? 2 : 0));
	if (ask) {
		int at = 1 + grid_putf(g, 1, end - 1, g->cols - 2, STYLE_BOLD,
			tr("Type the cluster's name to write: "));
		at += grid_put(g, at, end - 1, g->cols - at - 1, STYLE_ACCENT, x->typed);
		g->cursor_x = at;
		g->cursor_y = end - 1;
	}
}

static enum dialog_result addon_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_addon *x = (struct dialog_addon *)d;
	a->message[0] = '\0';
	if (change_get_state(x->change) == CHANGE_WRITING) {
		return DIALOG_STAY; /* the write is on its way: its answer decides */
	}
	if (key == KEY_ESC_) {
		return DIALOG_CLOSE;
	}
	if (key == KEY_ENTER_ && change_get_state(x->change) == CHANGE_READY) {
		const char *name = model_opened(a->session->model);
		if (str_eq(x->typed, name)) {
			change_commit(x->change);
		} else {
			app_say(a, STYLE_WARN, "type %s to write, Esc to leave", name);
		}
		return DIALOG_STAY;
	}
	if (!pager_key(&x->lines, key, rows - 4)) {
		dialog_edit(x->typed, sizeof(x->typed), key);
	}
	return DIALOG_STAY;
}

static const struct dialog_ops addon_ops = {
	.title = "Addon", .keybar = "Enter:write PgUp/PgDn:scroll Esc:leave_as_it_is",
	.draw = addon_draw, .key = addon_key, .free = addon_free,
};

/* Another addon that is on and needs this one; NULL: none. */
static const char *addon_needed_by(const struct addon_switches *s, const char *field)
{
	for (size_t i = 0; addon_switch_at(i); i++) {
		if (addon_switch_is_on(s, i) && addon_needs(addon_switch_at(i), field)) {
			return addon_switch_at(i)->field;
		}
	}
	return NULL;
}

/* The switch itself, and on with it what it needs; texts are kept in keys. */
static size_t addon_ops_make(struct dialog_addon *x, const struct addon_switches *s,
	struct edit_op *ops, struct strlist *keys)
{
	size_t n = 0;
	for (size_t i = 0; x->on && addon_switch_at(i); i++) {
		const struct addon_switch *w = addon_switch_at(i);
		if (addon_needs(x->sw, w->field) && !addon_switch_is_on(s, i)) {
			strlist_take(keys, xasprintf("addon.%s", w->field));
			ops[n++].value = "true";
			addon_line(x, STYLE_WARN, xasprintf(tr("%s needs %s, which is off: it is "
				"switched on as well."), x->sw->field, w->field));
		}
	}
	strlist_take(keys, xasprintf("addon.%s", x->sw->field));
	ops[n++].value = x->on ? "true" : "false";
	for (size_t i = 0; i < n; i++) {
		ops[i].key = keys->v[i];
	}
	return n;
}

struct dialog *dialog_addon_new(struct app *a, const char *addon)
{
	const struct addon_switch *sw = addon_switch_of(addon);
	const struct shelf *shelf = session_shelf(a->session);
	if (!sw) {
		app_say(a, STYLE_WARN, "%s is always there: no switch of the spec takes it away",
			addon);
		return NULL;
	}
	if (!shelf || !shelf->switches.readable) {
		app_say(a, STYLE_WARN, "the cluster's spec has not been read yet");
		return NULL;
	}
	size_t at = 0;
	while (addon_switch_at(at) != sw) {
		at++;
	}
	bool on = !addon_switch_is_on(&shelf->switches, at);
	const char *by = on ? NULL : addon_needed_by(&shelf->switches, sw->field);
	if (by) {
		app_say(a, STYLE_BAD, "%s needs %s: switch %s off first", by, sw->field, by);
		return NULL;
	}
	struct dialog_addon *x = xcalloc(1, sizeof(*x));
	struct edit_op ops[4] = { { .key = NULL } };
	struct strlist keys = { .v = NULL };
	x->d.ops = &addon_ops;
	x->app = a;
	x->sw = sw;
	x->on = on;
	addon_line(x, STYLE_NORMAL, xasprintf("%s %s.", sw->field, sw->what));
	if (on && sw->condition) {
		addon_line(x, STYLE_WARN, xasprintf(tr("It needs %s."), sw->condition));
	}
	size_t n = addon_ops_make(x, &shelf->switches, ops, &keys);
	x->change = change_start_ops(a->session, model_opened(a->session->model), NULL, ops, n,
		addon_moved, x);
	strlist_release(&keys);
	return &x->d;
}
