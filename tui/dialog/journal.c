/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of writes, newest first: what was done from here, by whom, what came of it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal-read.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

#define JOURNAL_SHOWN 500

struct dialog_journal {
	struct dialog d;
	struct pager text;
};

static void journal_free(struct dialog *d)
{
	struct dialog_journal *j = (struct dialog_journal *)d;
	pager_release(&j->text);
	free(j);
}

static void journal_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	pager_draw(&((struct dialog_journal *)d)->text, g, y, rows);
}

static enum dialog_result journal_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	if (pager_key(&((struct dialog_journal *)d)->text, key, rows)) {
		return DIALOG_STAY;
	}
	return key == KEY_ESC_ || key == 'q' ? DIALOG_CLOSE : DIALOG_STAY;
}

static const struct dialog_ops journal_ops = {
	.title = "Journal of writes", .keybar = "Up/Down:scroll Esc:close",
	.draw = journal_draw, .key = journal_key, .free = journal_free,
};

static void journal_show(struct dialog_journal *j, const struct app *a,
	const struct journal_item *i)
{
	bool done = str_eq(i->result, "done");
	enum style style = done ? STYLE_NORMAL : i->result ? STYLE_BAD : STYLE_WARN;
	bool short_ = i->before && i->after && !strchr(i->before, '\n') &&
		!strchr(i->after, '\n');
	char *text = xasprintf("  %s %s: %s %s%s%s%s%s%s%s, %s", i->at ? i->at : "?",
		i->who ? i->who : "?", i->action, i->target ? i->target : "",
		short_ ? ", " : "", short_ ? i->before : "", short_ ? " to " : "",
		short_ ? i->after : "", i->run ? ", run " : "", i->run ? i->run : "",
		i->result ? i->result : "NO ANSWER: a crash or a lost connection cut it short");
	pager_add_wrapped(&j->text, style, app_cols(a) - 2, 4, text);
	free(text);
}

struct dialog *dialog_journal_new(struct app *a)
{
	struct dialog_journal *j = xcalloc(1, sizeof(*j));
	struct journal_list l = { .n = 0 };
	struct err e = ERR_INIT;
	const struct journal_wish wish = { .cluster = model_opened(a->session->model) };
	j->d.ops = &journal_ops;
	if (!journal_read(&wish, &l, &e)) {
		pager_add(&j->text, STYLE_BAD, "  %s", e.text);
	} else if (l.n == 0) {
		pager_add(&j->text, STYLE_DIM, "  Nothing was written to %s from here.",
			wish.cluster ? wish.cluster : "any cluster");
	}
	for (size_t k = 0; k < l.n && k < JOURNAL_SHOWN; k++) {
		journal_show(j, a, &l.v[l.n - 1 - k]);
	}
	if (l.n > JOURNAL_SHOWN) {
		pager_add(&j->text, STYLE_DIM, "  Older ones: kopscope journal");
	}
	journal_list_release(&l);
	return &j->d;
}
