/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at the lease before a run is started. */
#include "tui/lease.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/launch.h"

#define LEASE_LOOK_MS 10000 /* real */

struct lease_look {
	struct session *s;
	void (*seen)(void *ctx, const struct lease_seen *l); /* NULL: forgotten */
	void *ctx;
};

static void lease_look_back(void *ctx, const struct kube_lease *k, const struct err *e)
{
	struct lease_look *l = ctx;
	int64_t now = l->seen ? clock_wall(&l->s->clock) : 0; /* forgotten: s may be gone */
	struct lease_seen seen = { .holder = "", .words = "" };
	char words[400];
	if (l->seen && e && e->kind != ERR_NOT_FOUND) {
		l->seen(l->ctx, NULL);
	} else if (l->seen) {
		char *who = launch_who(), *ours = run_lease_holder(who, NULL);
		seen.state = run_lease_judge(e ? NULL : k, ours, now);
		if (seen.state != RUN_LEASE_FREE) {
			run_lease_words(k, now, words, sizeof(words));
			seen.holder = k->holder;
			seen.words = words;
		}
		free(ours);
		free(who);
		l->seen(l->ctx, &seen);
	}
	free(l);
}

struct lease_look *lease_look_start(struct session *s,
	void (*seen)(void *ctx, const struct lease_seen *l), void *ctx)
{
	const char *cluster = model_opened(s->model);
	if (!s->kube || !cluster) {
		return NULL;
	}
	struct lease_look *l = xcalloc(1, sizeof(*l));
	*l = (struct lease_look){ .s = s, .seen = seen, .ctx = ctx };
	char *name = run_lease_name(cluster);
	s->kube->ops->get_lease(s->kube, RUN_LEASE_NAMESPACE, name, lease_look_back, l);
	free(name);
	return l;
}

void lease_look_forget(struct lease_look *l)
{
	if (l) {
		l->seen = NULL;
	}
}

/* ---- for a command ------------------------------------------------------------------- */

struct lease_wait {
	bool done;
	enum run_lease_state state;
	char *holder, *words;
};

static void lease_wait_seen(void *ctx, const struct lease_seen *l)
{
	struct lease_wait *w = ctx;
	w->done = true;
	if (l) {
		w->state = l->state;
		w->holder = xstrdup(l->holder);
		w->words = xstrdup(l->words);
	}
}

static bool lease_wait_done(void *ctx)
{
	return ((struct lease_wait *)ctx)->done;
}

/* Asked only where somebody can answer; no is the answer to everything but y and yes. */
static bool lease_confirm(void)
{
	char line[16] = "";
	fputs("If that worker is dead, its lease may be taken over.  Take it over? [y/N] ", stderr);
	fflush(stderr);
	if (!fgets(line, sizeof(line), stdin)) {
		return false;
	}
	return line[0] == 'y' || line[0] == 'Y';
}

static int lease_stale(const struct lease_wait *w, const struct options *o, char **take_over)
{
	fprintf(stderr, "The lease of the cluster is held by %s.\n", w->words);
	bool asks = !o->take_over && isatty(0) && isatty(2);
	if (o->take_over || (asks && lease_confirm())) {
		fprintf(stderr, "Takes it over from %s.\n", w->holder);
		*take_over = xstrdup(w->holder);
		return -1;
	}
	fputs(asks ? "Nothing was done.\n" : "Nothing was done: if that worker is dead, "
		"--take-over takes its lease over.\n", stderr);
	return asks ? EXIT_USER : EXIT_GUARD;
}

int lease_settle(struct session *s, const struct options *o, char **take_over)
{
	struct lease_wait w = { .done = false };
	struct lease_look *l = lease_look_start(s, lease_wait_seen, &w);
	int rc = -1;
	*take_over = NULL;
	if (l && !loop_run_until(s->loop, lease_wait_done, &w,
		(int64_t)(LEASE_LOOK_MS * s->clock.scale))) {
		lease_look_forget(l); /* the worker will say what is wrong */
	}
	if (w.state == RUN_LEASE_STALE) {
		rc = lease_stale(&w, o, take_over);
	}
	free(w.holder);
	free(w.words);
	return rc;
}
