/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file of the state store, with search; or the cluster's spec beside what
 * kops made of it.  A file that holds a key or a password is fetched only after
 * a yes, and shown without what it holds.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "core/kops/edit.h"
#include "core/kops/store/what.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager-find.h"
#include "tui/screen/pager.h"

struct dialog_file {
	struct dialog d;
	struct app *app;
	char *path;          /* in the store */
	const struct store_what *what;
	bool asking;         /* for a yes before a secret is fetched */
	bool compared;       /* config beside cluster-completed.spec */
	struct buf text[2];
	size_t got;
	struct pager lines;
	struct pager_find find;
};

static void file_free(struct dialog *d)
{
	struct dialog_file *f = (struct dialog_file *)d;
	buf_release(&f->text[0]);
	buf_release(&f->text[1]);
	pager_release(&f->lines);
	free(f->path);
	free(f);
}

/* ---- what came ---- */

static void file_show(struct dialog_file *f)
{
	if (f->compared) {
		struct buf diff = BUF_INIT;
		edit_diff(buf_str(&f->text[0]), f->text[0].len, buf_str(&f->text[1]),
			f->text[1].len, &diff);
		pager_add_wrapped(&f->lines, STYLE_DIM, app_cols(f->app) - 2, 2,
			"+ is in cluster-completed.spec only: kops filled it in, or it was removed "
			"since. - is in config only: not applied yet, or not known to kops.");
		pager_add_diff(&f->lines, diff.len ? buf_str(&diff) : "Both are the same.\n");
		buf_release(&diff);
	} else if (f->what->secret) {
		char *masked = store_what_masked(buf_str(&f->text[0]));
		pager_add_text(&f->lines, STYLE_NORMAL, masked);
		free(masked);
	} else {
		pager_add_text(&f->lines, STYLE_NORMAL, buf_str(&f->text[0]));
	}
	if (f->lines.n == 0) {
		pager_add(&f->lines, STYLE_DIM, "%s", tr("The file is empty."));
	}
}

static void file_came(struct dialog_file *f, size_t which, const char *text, size_t len,
	const struct err *e)
{
	f->app->dirty = true;
	f->got++;
	if (e && !f->d.closed) {
		pager_add(&f->lines, STYLE_BAD, "%s", e->text);
		pager_add(&f->lines, STYLE_DIM, "%s", e->hint);
	} else if (!e) {
		buf_add(&f->text[which], text, len);
	}
	bool failed = f->lines.n > 0;
	if (dialog_back(&f->d) && !failed && f->got == (f->compared ? 2u : 1u)) {
		file_show(f);
	}
}

static void file_first(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	file_came(ctx, 0, text, len, e);
}

static void file_second(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	file_came(ctx, 1, text, len, e);
}

static void file_fetch(struct dialog_file *f)
{
	struct session *s = f->app->session;
	f->asking = false;
	if (f->what->secret) {
		log_add(&s->log, clock_wall(&s->clock), STYLE_WARN, "%s read, shown masked",
			f->path);
	}
	dialog_busy(&f->d);
	s->store->ops->get(s->store, f->path, file_first, f);
	if (f->compared) {
		char *other = xasprintf("%s/cluster-completed.spec", model_opened(s->model));
		dialog_busy(&f->d);
		s->store->ops->get(s->store, other, file_second, f);
		free(other);
	}
}

/* ---- the dialog ---- */

static void file_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_file *f = (struct dialog_file *)d;
	grid_put(g, 1, y, g->cols - 2, STYLE_NORMAL, f->path);
	grid_put(g, 1, y + 1, g->cols - 2, STYLE_DIM, f->compared ?
		"beside cluster-completed.spec, as the last update left it" : f->what->what);
	if (f->asking) {
		grid_put(g, 1, y + 3, g->cols - 2, STYLE_WARN,
			tr("It holds a secret.  It has not been fetched."));
		grid_put(g, 1, y + 4, g->cols - 2, STYLE_NORMAL,
			tr("y fetches it; what it holds is masked even then."));
		return;
	}
	if (d->busy) {
		grid_put(g, 1, y + 3, g->cols - 2, STYLE_DIM, tr("fetching ..."));
		return;
	}
	pager_find_draw(&f->find, &f->lines, g, y + 3, rows - 3);
}

static const char *file_keys(struct dialog *d, struct app *a)
{
	const struct dialog_file *f = (const struct dialog_file *)d;
	return f->asking ? "y:fetch_it_masked Esc:leave_it" : pager_find_keys(&f->find);
}

static enum dialog_result file_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_file *f = (struct dialog_file *)d;
	a->message[0] = '\0';
	if (f->asking) {
		if (key == 'y') {
			file_fetch(f);
		}
		return key == KEY_ESC_ || key == 'q' ? DIALOG_CLOSE : DIALOG_STAY;
	}
	if (!f->find.typing && (key == KEY_ESC_ || key == 'q')) {
		return DIALOG_CLOSE;
	}
	pager_find_key(&f->find, &f->lines, key, rows - 2);
	return DIALOG_STAY;
}

static const struct dialog_ops file_ops = {
	.title = "File", .keys = file_keys, .draw = file_draw, .key = file_key, .free = file_free,
};

struct dialog *dialog_file_new(struct app *a, const char *path, bool compared)
{
	struct dialog_file *f = xcalloc(1, sizeof(*f));
	f->d.ops = &file_ops;
	f->app = a;
	f->path = xasprintf("%s/%s", model_opened(a->session->model), path);
	f->what = store_what(path);
	f->compared = compared;
	f->asking = f->what->secret;
	if (!f->asking) {
		file_fetch(f);
	}
	return &f->d;
}
