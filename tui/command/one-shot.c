/* SPDX-License-Identifier: Apache-2.0 */
/* One answer without a screen. */
#include "tui/command/one-shot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "tui/session-confine.h"

/* Longer than a slow API's first answer, shorter than a person's patience. */
#define SETTLE_MS 20000

static bool one_shot_settled(void *ctx)
{
	return session_settled(ctx);
}

static void one_shot_look(struct one_shot *o)
{
	struct session *s = &o->session;
	pending_compute(s->model, &s->clock, &o->pending);
	const char *open = model_opened(s->model);
	char *id = open ? run_find_alive(open) : NULL;
	if (id) {
		o->has_run = run_view_read(id, &o->run, NULL);
		free(id);
	}
	o->ctx = (struct view_ctx){ .model = s->model, .clock = &s->clock, .pending = &o->pending,
		.run = o->has_run ? &o->run : NULL, .log = &s->log,
		.shelf = session_shelf(s) };
}

void one_shot_begin(struct one_shot *o, const struct options *opts, const struct view *v)
{
	memset(o, 0, sizeof(*o));
	session_init(&o->session, &opts->session);
	session_confine(&o->session, false);
	session_want(&o->session, v->wants);
	/* Who looks once has no use for what a second look would bring. */
	if (o->session.pace == PACE_NORMAL) {
		session_pace(&o->session, PACE_IDLE);
	}
	session_start(&o->session);
	struct session *s = &o->session;
	int64_t wait = (int64_t)(SETTLE_MS * s->clock.scale);
	session_wait(s, one_shot_settled, s, wait);
	one_shot_look(o);
}

static void one_shot_forget(struct one_shot *o)
{
	pending_release(&o->pending);
	if (o->has_run) {
		run_view_release(&o->run);
	}
	o->has_run = false;
}

void one_shot_again(struct one_shot *o)
{
	one_shot_forget(o);
	one_shot_look(o);
}

void one_shot_end(struct one_shot *o)
{
	one_shot_forget(o);
	session_release(&o->session);
}

/* A row that says "unreadable", or a number that is not known for want of a file, is not all that
   there is: the open cluster's, of a list of clusters all. */
static int one_shot_missed(const struct session *s, const struct view *v)
{
	size_t n;
	const struct m_cluster *const *c = model_clusters(s->model, &n);
	const char *open = model_opened(s->model);
	int rc = EXIT_OK;
	for (size_t i = 0; i < n; i++) {
		bool asked = v->id == VIEW_CLUSTERS || str_eq(c[i]->spec.name, open);
		if (asked && c[i]->spec.missed) {
			fprintf(stderr, "kopscope: what is printed is not all: %s\n",
				c[i]->spec.missed);
			rc = EXIT_PARTIAL;
		}
	}
	return rc;
}

int one_shot_complain(const struct one_shot *o, const struct view *v, struct err *e)
{
	const struct session *s = &o->session;
	if (!s->store && !s->k8s) {
		err_copy(e, &s->state_err);
		return EXIT_USAGE;
	}
	int rc = one_shot_missed(s, v);
	for (int i = 0; i < SRC__COUNT; i++) {
		const struct source_status *st = model_source(s->model, (enum source_id)i);
		if (st->state == SOURCE_ASKED && s->sources[i]) {
			fprintf(stderr, "kopscope: %s has not answered in time: what is printed is "
				"not all\n", source_name((enum source_id)i));
			rc = (enum source_id)i == v->source || i == SRC_STORE ? EXIT_FAILED :
				rc == EXIT_OK ? EXIT_PARTIAL : rc;
		}
		if (st->state == SOURCE_LIVE || !err_is_set(&st->why)) {
			continue;
		}
		fprintf(stderr, "kopscope: %s unavailable: %s\n", source_name((enum source_id)i),
			st->why.text);
		if (st->why.hint[0]) {
			fprintf(stderr, "  %s\n", st->why.hint);
		}
		/* Nothing printed must not be taken for nothing there.  A kubeconfig that cannot be
		   read is no choice; that there is none may be. */
		bool broken = st->state == SOURCE_FAILED ||
			      (i == SRC_KUBE && st->why.kind != ERR_NOT_FOUND);
		/* without the store not even the cluster is known */
		bool needed = (enum source_id)i == v->source || i == SRC_STORE;
		if (needed && broken && !st->arrived) {
			rc = EXIT_FAILED;
		}
	}
	return rc;
}
