/* SPDX-License-Identifier: Apache-2.0 */
/* The code of a second factor, asked for by AWS's credentials.  Esc declines. */
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"

struct dialog_code {
	struct dialog d;
	struct app *app;
	char input[32];
	bool answered;
};

static void code_free(struct dialog *d)
{
	struct dialog_code *c = (struct dialog_code *)d;
	if (!c->answered) {
		session_answer(c->app->session, NULL);
	}
	memset(c->input, 0, sizeof(c->input));
	free(c);
}

static void code_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_code *c = (struct dialog_code *)d;
	const char *question = session_question(a->session);
	/* "Code of THIS, for THAT": a line each, for both are long. */
	const char *comma = question ? strstr(question, ", ") : NULL;
	char *first = xstrndup(question ? question : "", comma ? (size_t)(comma - question) : 512);
	grid_put(g, 2, y + 1, g->cols - 4, STYLE_NORMAL, first);
	grid_put(g, 2, y + 2, g->cols - 4, STYLE_NORMAL, comma ? comma + 2 : "");
	free(first);
	y++;
	int x = 2 + grid_put(g, 2, y + 3, 20, STYLE_NORMAL, tr("code "));
	x += grid_put(g, x, y + 3, 1, STYLE_DIM, "[");
	for (size_t i = 0; c->input[i]; i++) {
		x += grid_put(g, x, y + 3, 1, STYLE_ACCENT, "*");
	}
	g->cursor_x = x;
	g->cursor_y = y + 3;
	grid_put(g, x + (c->input[0] ? 0 : 1), y + 3, 1, STYLE_DIM, "]");
	grid_put(g, 2, y + 5, g->cols - 4, STYLE_DIM,
		tr("Programs that kopscope starts (kops, runs) get the session, not the code."));
}

static enum dialog_result code_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_code *c = (struct dialog_code *)d;
	if (key == KEY_ESC_ || !session_question(a->session)) {
		return DIALOG_CLOSE;
	}
	if (key == KEY_ENTER_) {
		if (!c->input[0]) {
			return DIALOG_STAY;
		}
		c->answered = true;
		session_answer(a->session, c->input);
		return DIALOG_CLOSE;
	}
	if (key == KEY_BACKSPACE_ || key == KEY_CTRL_('u') || (key >= '0' && key <= '9')) {
		dialog_edit(c->input, sizeof(c->input), key);
	}
	return DIALOG_STAY;
}

static const struct dialog_ops code_ops = {
	.title = "Second factor", .keybar = "Enter:sign_in Esc:not_now",
	.draw = code_draw, .key = code_key, .free = code_free,
};

struct dialog *dialog_code_new(struct app *a)
{
	struct dialog_code *c = xcalloc(1, sizeof(*c));
	c->d.ops = &code_ops;
	c->app = a;
	return &c->d;
}
