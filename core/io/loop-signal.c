/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as events of the loop: a handler, a flag per signal, and a pipe to wake up. */
#include "core/io/loop-signal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"

#define LOOP_SIGNALS 65

struct loop_signal {
	struct loop_signals *set;
	struct loop_signal *next;
	int signum;
	void (*cb)(void *ctx, int signum);
	void *ctx;
	bool dead;
};

struct loop_signals {
	struct loop_fd *watch;
	int pipe[2];
	struct loop_signal *list; /* in the order they were added */
	unsigned users[LOOP_SIGNALS];
	struct sigaction old[LOOP_SIGNALS];
	bool firing, dead;
};

/* All that the handler touches.  wake is -1 while nobody watches the signal. */
static volatile sig_atomic_t loop_signal_pending[LOOP_SIGNALS];
static volatile sig_atomic_t loop_signal_wake[LOOP_SIGNALS];
static struct loop_signals *loop_signal_owner[LOOP_SIGNALS];

static void loop_signal_handler(int signum)
{
	int saved = errno;
	char c = 0;

	loop_signal_pending[signum] = 1;
	/* A full pipe wakes as well. */
	if (write(loop_signal_wake[signum], &c, 1) < 0)
		errno = 0;
	errno = saved;
}

static void loop_signals_drain(void *ctx, int events)
{
	struct loop_signals *s = ctx;
	char rest[256];

	while (read(s->pipe[0], rest, sizeof(rest)) == (ssize_t)sizeof(rest))
		;
}

struct loop_signals *loop_signals_new(struct loop *l)
{
	struct loop_signals *s = xcalloc(1, sizeof(*s));

	if (pipe2(s->pipe, O_CLOEXEC | O_NONBLOCK))
		xalloc_die("no file descriptor is left to begin with");
	s->watch = loop_fd_add(l, s->pipe[0], LOOP_READ, loop_signals_drain, s);
	return s;
}

static void loop_signal_release(struct loop_signals *s, int signum)
{
	if (--s->users[signum])
		return;
	sigaction(signum, &s->old[signum], NULL);
	loop_signal_wake[signum] = -1;
	loop_signal_pending[signum] = 0;
	loop_signal_owner[signum] = NULL;
}

static void loop_signals_reap(struct loop_signals *s)
{
	struct loop_signal **p = &s->list;

	while (*p) {
		struct loop_signal *g = *p;

		if (g->dead) {
			*p = g->next;
			free(g);
		} else {
			p = &g->next;
		}
	}
	s->dead = false;
}

void loop_signal_remove(struct loop_signal *g)
{
	struct loop_signals *s;

	if (!g)
		return;
	s = g->set;
	g->dead = true;
	s->dead = true;
	loop_signal_release(s, g->signum);
	if (!s->firing)
		loop_signals_reap(s);
}

void loop_signals_free(struct loop_signals *s)
{
	while (s->list)
		loop_signal_remove(s->list);
	loop_fd_remove(s->watch);
	close(s->pipe[0]);
	close(s->pipe[1]);
	free(s);
}

struct loop_signal *loop_signals_add(struct loop_signals *s, int signum,
	void (*cb)(void *ctx, int signum), void *ctx)
{
	struct loop_signal *g = xcalloc(1, sizeof(*g)), **end = &s->list;
	struct sigaction sa = { .sa_handler = loop_signal_handler, .sa_flags = SA_RESTART };

	if (signum <= 0 || signum >= LOOP_SIGNALS)
		BUG("no such signal: %d", signum);
	if (loop_signal_owner[signum] && loop_signal_owner[signum] != s)
		BUG("two loops watch signal %d", signum);
	*g = (struct loop_signal){ .set = s, .signum = signum, .cb = cb, .ctx = ctx };
	while (*end)
		end = &(*end)->next;
	*end = g;
	if (s->users[signum]++)
		return g;
	loop_signal_owner[signum] = s;
	loop_signal_pending[signum] = 0;
	loop_signal_wake[signum] = s->pipe[1];
	sigfillset(&sa.sa_mask);
	if (sigaction(signum, &sa, &s->old[signum]))
		BUG("signal %d cannot be handled", signum);
	return g;
}

void loop_signals_fire(struct loop_signals *s)
{
	struct loop_signal *g;
	int signum;

	s->firing = true;
	for (signum = 1; signum < LOOP_SIGNALS; signum++) {
		if (!loop_signal_pending[signum] || loop_signal_owner[signum] != s)
			continue;
		loop_signal_pending[signum] = 0;
		for (g = s->list; g; g = g->next) {
			if (!g->dead && g->signum == signum)
				g->cb(g->ctx, signum);
		}
	}
	s->firing = false;
	if (s->dead)
		loop_signals_reap(s);
}
