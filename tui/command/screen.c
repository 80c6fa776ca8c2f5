/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope: the screen.  Joins the terminal, the loop and the app. */
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "core/base/pages.h"
#include "core/io/loop.h"
#include "tui/app.h"
#include "tui/columns.h"
#include "tui/lesson/guide.h"
#include "tui/screen/keys.h"
#include "tui/options.h"
#include "tui/settings.h"
#include "tui/screen/term.h"
#include "tui/session-confine.h"

/* The app with its terminal. */
struct screen_cmd {
	struct app app; /* first: the callbacks' ctx is either */
	struct loop_fd *keys; /* NULL while the terminal is lent */
	bool settled;
};

static void screen_changed(void *ctx)
{
	app_changed(ctx);
}

/* The terminal is gone; SIGHUP does not come to whoever was in its background then. */
static bool screen_is_gone(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void screen_keys(void *ctx, int events)
{
	struct app *a = ctx;
	uint32_t key;
	bool any = false;
	while ((key = term_key()) != KEY_NONE_) {
		any = true;
		struct mouse m;
		if (key == KEY_MOUSE_ && term_mouse_event(&m)) {
			app_mouse(a, &m);
		} else if (key != KEY_RESIZE_ && key != KEY_MOUSE_) {
			app_key(a, key);
		}
	}
	/* The answer to a key must not wait for a long list. */
	loop_urgent(a->session->loop);
	if (a->suspend) {
		/* As the terminal would without raw mode; the signal's handler does the rest. */
		a->suspend = false;
		kill(getpid(), SIGTSTP);
	}
	if (a->quit || (!any && screen_is_gone())) {
		loop_stop(a->session->loop, EXIT_OK);
	}
}

static void screen_signal(void *ctx, int signum)
{
	struct app *a = ctx;
	int cols, rows;
	bool ours = !a->session->lent;
	if (!ours && (signum == SIGWINCH || signum == SIGTSTP || signum == SIGCONT)) {
		return; /* put right when the terminal comes back */
	}
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
	if (!a->session->lent && app_paint(a)) {
		term_show(&a->grid);
	}
}

/* Ages move on even when nothing happens; a frame that is equal sends nothing. */
static void screen_minute(void *ctx)
{
	struct screen_cmd *c = ctx;
	struct app *a = &c->app;
	a->dirty = true;
	app_time(a);
	/* Handshakes, certificates and the first parses are not needed again for long. */
	if (!c->settled && session_settled(a->session)) {
		c->settled = true;
		pages_give_back();
	}
	loop_timer_add(
		a->session->loop, (int64_t)(1000 * a->session->clock.scale), screen_minute, a);
}

/* Keys are the child's as long as it has the terminal. */
static void screen_put_aside(void *ctx, bool aside)
{
	struct screen_cmd *c = ctx;
	int cols, rows;
	if (aside) {
		loop_fd_remove(c->keys);
		c->keys = NULL;
		term_suspend();
		return;
	}
	c->keys = loop_fd_add(c->app.session->loop, STDIN_FILENO, LOOP_READ, screen_keys, &c->app);
	term_resume();
	term_size(&cols, &rows);
	app_resize(&c->app, cols, rows);
}

int cmd_screen(const struct options *o, struct err *e)
{
	static const int signals[] = { SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT };
	struct session s;
	struct screen_cmd c;
	struct app *a = &c.app;
	int cols, rows;
	/* What was typed just now is told at once; what the environment has wrong the screen tells,
	   with all that was found. */
	if ((o->session.kubeconfig && !session_check(&o->session, e)) || !term_open(e)) {
		return EXIT_USAGE;
	}
	/* While a child has the terminal we are its background, and still put it right. */
	signal(SIGTTOU, SIG_IGN);
	session_init(&s, &o->session);
	/* Without a store it offers the lab, which is a program. */
	if (s.readonly_option && s.store) {
		session_confine(&s, false);
	}
	term_size(&cols, &rows);
	app_init(a, &s, o, cols, rows, o->ascii || !term_utf8());
	config_use_screen(o->settings, a);
	columns_load(a);
	s.changed = screen_changed;
	s.changed_ctx = a;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		loop_signal_add(s.loop, signals[i], screen_signal, a);
	}
	c.keys = loop_fd_add(s.loop, STDIN_FILENO, LOOP_READ, screen_keys, a);
	c.settled = false;
	s.put_aside = screen_put_aside;
	s.put_aside_ctx = &c;
	loop_before_wait(s.loop, screen_paint, a);
	screen_minute(a);
	guide_begin(a, NULL);
	session_start(&s);
	int rc = loop_run(s.loop);
	term_close();
	s.changed = NULL;
	s.put_aside = NULL;
	bool lab = a->wants_lab;
	app_release(a);
	session_release(&s);
	return lab ? cmd_lab(o, e) : rc;
}
