/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run has said, as it says it: its own sentences, or kops' raw output.
 * The end is shown until somebody scrolls.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/xalloc.h"
#include "core/run/run.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/follow.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

#define OUTPUT_TAIL (256 << 10) /* of a long log, its end */
#define OUTPUT_LOOK_MS 500      /* real */

struct output_page {
	const char *file;
	struct pager lines;
	struct buf part; /* a line that is not ended */
	off_t at;
	bool cut, scrolled;
};

struct dialog_output {
	struct dialog d;
	struct app *app;
	char *id;
	struct follow_words words;
	struct output_page pages[2];
	size_t page; /* 0: the run's words, 1: kops' */
	struct loop_timer *tick;
};

static void output_free(struct dialog *d)
{
	struct dialog_output *o = (struct dialog_output *)d;
	if (o->tick) {
		loop_timer_remove(o->tick);
	}
	for (size_t i = 0; i < 2; i++) {
		pager_release(&o->pages[i].lines);
		buf_release(&o->pages[i].part);
	}
	free(o->id);
	free(o);
}

static void output_line(struct dialog_output *o, struct output_page *p)
{
	struct buf out = BUF_INIT;
	int width = app_cols(o->app) - 2;
	if (p == &o->pages[1]) {
		pager_add(&p->lines, STYLE_NORMAL, "%s", buf_str(&p->part));
	} else {
		follow_words_line(&o->words, buf_str(&p->part), p->part.len, &out);
		if (out.len) {
			pager_add_wrapped(&p->lines, STYLE_NORMAL, width, 9, buf_str(&out));
		}
	}
	buf_release(&out);
	buf_clear(&p->part);
}

/* What came since the last look; true: something did. */
static bool output_read(struct dialog_output *o, struct output_page *p)
{
	char in[16384], *path = run_path(o->id, p->file);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool any = false;
	free(path);
	if (fd < 0) {
		return false;
	}
	if (p->at == 0) {
		off_t end = lseek(fd, 0, SEEK_END);
		p->cut = end > OUTPUT_TAIL;
		p->at = p->cut ? end - OUTPUT_TAIL : 0;
	}
	for (ssize_t n = pread(fd, in, sizeof(in), p->at); n > 0;
		n = pread(fd, in, sizeof(in), p->at)) {
		any = true;
		p->at += n;
		for (ssize_t i = 0; i < n; i++) {
			if (in[i] == '\n' && p->cut) {
				p->cut = false; /* the first line is half a line */
				buf_clear(&p->part);
			} else if (in[i] == '\n') {
				output_line(o, p);
			} else if (p->part.len < 65536) {
				buf_addc(&p->part, in[i]);
			}
		}
	}
	close(fd);
	return any;
}

static void output_look(void *ctx)
{
	struct dialog_output *o = ctx;
	struct session *s = o->app->session;
	for (size_t i = 0; i < 2; i++) {
		if (output_read(o, &o->pages[i])) {
			o->app->dirty = true;
		}
	}
	o->tick = loop_timer_add(s->loop, (int64_t)(OUTPUT_LOOK_MS * s->clock.scale), output_look,
		o);
}

static void output_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_output *o = (struct dialog_output *)d;
	struct output_page *p = &o->pages[o->page];
	grid_putf(g, 1, y, g->cols - 2, STYLE_DIM, tr("run %s, %s in its folder"), o->id, p->file);
	if (p->lines.n == 0) {
		grid_put(g, 1, y + 2, g->cols - 2, STYLE_NORMAL,
			o->page ? tr("kops took no part in this run, or has printed nothing yet.")
				: tr("The run has said nothing yet."));
		return;
	}
	if (!p->scrolled) {
		size_t shown = rows > 2 ? (size_t)rows - 2 : 1;
		p->lines.top = p->lines.n > shown ? p->lines.n - shown : 0;
	}
	pager_draw(&p->lines, g, y + 2, rows - 2);
}

static enum dialog_result output_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_output *o = (struct dialog_output *)d;
	struct output_page *p = &o->pages[o->page];
	if (key == KEY_ESC_ || key == 'q') {
		return DIALOG_CLOSE;
	}
	if (key == KEY_TAB_ || key == 'o' || key == 'l') {
		o->page = key == 'o' ? 1 : key == 'l' ? 0 : !o->page;
	} else if (pager_key(&p->lines, key, rows - 2)) {
		/* At the end again: on with what comes. */
		p->scrolled = p->lines.top + (size_t)(rows > 2 ? rows - 2 : 1) < p->lines.n;
	}
	return DIALOG_STAY;
}

static const struct dialog_ops output_ops = {
	.title = "Output", .keybar = "l:run's_words o:kops'_own_output PgUp:scroll Esc:close",
	.draw = output_draw, .key = output_key, .free = output_free,
};

struct dialog *dialog_output_new(struct app *a, const char *run, bool kops)
{
	struct dialog_output *o = xcalloc(1, sizeof(*o));
	o->d.ops = &output_ops;
	o->app = a;
	o->id = xstrdup(run);
	o->words.id = o->id;
	o->pages[0].file = "events.jsonl";
	o->pages[1].file = "kops.log";
	o->page = kops;
	output_look(o);
	return &o->d;
}
