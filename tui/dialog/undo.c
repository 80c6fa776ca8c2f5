/* SPDX-License-Identifier: Apache-2.0 */
/* Putting a spec back to what it was before the last edit: its diff, the cluster's name typed. */
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/app.h"
#include "tui/change.h"
#include "tui/dialog.h"
#include "tui/dialog/change-lines.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

struct dialog_undo {
	struct dialog d;
	struct app *app;
	struct change *change;
	struct pager lines;
	char typed[128];
};

static void undo_free(struct dialog *d)
{
	struct dialog_undo *u = (struct dialog_undo *)d;
	change_free(u->change);
	pager_release(&u->lines);
	free(u);
}

/* The same words as before an edit: what comes of it. */
static void undo_said(struct dialog_undo *u)
{
	struct findings said = { .n = 0 };
	struct spec_limits limits;
	int width = app_cols(u->app) - 2;
	if (change_limits(u->change, &limits)) {
		consequences_of(u->app->session->model, &limits.edit, &said);
	}
	spec_limits_release(&limits);
	findings_soften(&said); /* it was so before */
	pager_add(&u->lines, STYLE_BOLD, "%s", tr("What this does"));
	change_lines_said(&u->lines, &said, width, u->app->ascii);
	change_lines_said(&u->lines, change_findings(u->change), width, u->app->ascii);
	findings_release(&said);
}

static void undo_moved(void *ctx)
{
	struct dialog_undo *u = ctx;
	struct app *a = u->app;
	a->dirty = true;
	switch (change_get_state(u->change)) {
	case CHANGE_READY:
		undo_said(u);
		pager_add(&u->lines, STYLE_BOLD, "%s", change_path(u->change));
		pager_add_diff(&u->lines, change_diff(u->change));
		break;
	case CHANGE_DONE:
		app_say(a, STYLE_OK, "put back: %s.  u shows and applies the update",
			change_path(u->change));
		a->dialog = NULL;
		dialog_close(&u->d);
		break;
	case CHANGE_FAILED:
		app_say_err(a, change_error(u->change));
		pager_release(&u->lines);
		pager_add(&u->lines, STYLE_BAD, "%s", change_error(u->change)->text);
		if (change_their_diff(u->change)[0]) {
			change_lines_conflict(&u->lines, change_diff(u->change),
				change_their_diff(u->change), app_cols(a) - 2);
		}
		break;
	case CHANGE_FETCHING:
	case CHANGE_WRITING:
		break;
	}
}

static void undo_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_undo *u = (struct dialog_undo *)d;
	int end = y + rows;
	bool ask = change_get_state(u->change) == CHANGE_READY;
	grid_putf(g, 1, y, g->cols - 2, STYLE_NORMAL, "%s", change_path(u->change));
	grid_put_right(g, g->cols - 24, y, 23, STYLE_DIM,
		change_get_state(u->change) == CHANGE_WRITING ? tr("writing ...") :
		tr("nothing written yet"));
	pager_draw(&u->lines, g, y + 2, end - y - 2 - (ask ? 2 : 0));
	if (ask) {
		int x = 1 + grid_putf(g, 1, end - 1, g->cols - 2, STYLE_BOLD,
			tr("Type the cluster's name to put it back: "));
		x += grid_put(g, x, end - 1, g->cols - x - 1, STYLE_ACCENT, u->typed);
		g->cursor_x = x;
		g->cursor_y = end - 1;
	}
}

static enum dialog_result undo_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_undo *u = (struct dialog_undo *)d;
	a->message[0] = '\0';
	if (change_get_state(u->change) == CHANGE_WRITING) {
		return DIALOG_STAY; /* the write is on its way: its answer decides */
	}
	if (key == KEY_ESC_) {
		return DIALOG_CLOSE;
	}
	if (key == KEY_ENTER_ && change_get_state(u->change) == CHANGE_READY) {
		const char *name = model_opened(a->session->model);
		if (str_eq(u->typed, name)) {
			change_commit(u->change);
		} else {
			app_say(a, STYLE_WARN, "type %s to put it back, Esc to leave", name);
		}
		return DIALOG_STAY;
	}
	if (!pager_key(&u->lines, key, rows - 4)) {
		dialog_edit(u->typed, sizeof(u->typed), key);
	}
	return DIALOG_STAY;
}

static const struct dialog_ops undo_ops = {
	.title = "Undo", .keybar = "Enter:put_back PgUp/PgDn:scroll Esc:leave_as_it_is",
	.draw = undo_draw, .key = undo_key, .free = undo_free,
};

struct dialog *dialog_undo_new(struct app *a, const char *group)
{
	struct dialog_undo *u = xcalloc(1, sizeof(*u));
	u->d.ops = &undo_ops;
	u->app = a;
	u->change = change_start_undo(a->session, model_opened(a->session->model), group,
		undo_moved, u);
	return &u->d;
}
