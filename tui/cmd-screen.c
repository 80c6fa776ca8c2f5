/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope: the screen.  Joins the terminal, the loop and the app. */
#include <signal.h>
#include <unistd.h>

#include "core/io/loop.h"
#include "tui/app.h"
#include "tui/keys.h"
#include "tui/options.h"
#include "tui/term.h"

static void screen_changed(void *ctx)
{
	app_changed(ctx);
}

static void screen_keys(void *ctx, int events)
{
	struct app *a = ctx;
	uint32_t key;
	while ((key = term_key()) != KEY_NONE_) {
		if (key != KEY_RESIZE_) {
			app_key(a, key);
		}
	}
	if (a->quit) {
		loop_stop(a->session->loop, EXIT_OK);
	}
}

static void screen_signal(void *ctx, int signum)
{
	struct app *a = ctx;
	int cols, rows;
	switch (signum) {
	case SIGWINCH:
		term_resize();
		term_size(&cols, &rows);
		app_resize(a, cols, rows);
		break;
	case SIGTSTP:
		term_suspend();
		kill(getpid(), SIGSTOP);
		break;
	case SIGCONT:
		term_resume();
		a->dirty = true;
		break;
	default:
		/* Runs go on without us. */
		loop_stop(a->session->loop, EXIT_OK);
		break;
	}
}

/* Once for all that happened in this turn. */
static void screen_paint(void *ctx)
{
	struct app *a = ctx;
	if (a->dirty) {
		app_frame(a);
		term_show(&a->grid);
	}
}

/* Ages move on even when nothing happens; a frame that is equal sends nothing. */
static void screen_minute(void *ctx)
{
	struct app *a = ctx;
	a->dirty = true;
	app_time(a);
	loop_timer_add(
		a->session->loop, (int64_t)(1000 * a->session->clock.scale), screen_minute, a);
}

int cmd_screen(const struct options *o, struct err *e)
{
	static const int signals[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT };
	struct session s;
	struct app a;
	int cols, rows;
	if (!session_check(&o->session, e) || !term_open(e)) {
		return EXIT_USAGE;
	}
	session_init(&s, &o->session);
	term_size(&cols, &rows);
	app_init(&a, &s, o, cols, rows, o->ascii || !term_utf8());
	s.changed = screen_changed;
	s.changed_ctx = &a;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		loop_signal_add(s.loop, signals[i], screen_signal, &a);
	}
	loop_fd_add(s.loop, STDIN_FILENO, LOOP_READ, screen_keys, &a);
	loop_before_wait(s.loop, screen_paint, &a);
	screen_minute(&a);
	session_start(&s);
	int rc = loop_run(s.loop);
	term_close();
	s.changed = NULL;
	app_release(&a);
	session_release(&s);
	return rc;
}
