/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope spec and kopscope undo on a spec that is in a state store. */
#include "tui/command/spec-store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/document.h"
#include "core/rules/consequences.h"
#include "tui/change.h"
#include "tui/command/spec-show.h"
#include "tui/session-confine.h"
#include "tui/session.h"
#include "tui/spec-edit.h"
#include "tui/spec-limits.h"

/* Longer than a slow API's first answer, shorter than a person's patience. */
#define SETTLE_MS 20000
#define ANSWER_MS 60000

/* One command on one stored spec. */
struct stored {
	struct session s;
	char *cluster;
	const char *group; /* inside cluster's text; NULL: the cluster's own spec */
	struct buf text;
	struct err err;
	bool answered, moved;
	struct change *change;
};

static bool stored_name(struct stored *st, const char *name, struct err *e)
{
	st->cluster = xstrdup(name);
	char *slash = strchr(st->cluster, '/');

	if (slash) {
		*slash = '\0';
		st->group = slash + 1;
	}
	if (!*st->cluster || (st->group && (!*st->group || strchr(st->group, '/')))) {
		return err_set(e, ERR_USAGE, "%s: there is no such file, and as a name it should "
			"be CLUSTER or CLUSTER/GROUP", name);
	}
	return true;
}

static void stored_got(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct stored *st = ctx;

	st->answered = true;
	if (e) {
		err_copy(&st->err, e);
	} else {
		buf_add(&st->text, text, len);
	}
}

static bool stored_answered(void *ctx)
{
	const struct stored *st = ctx;

	return st->answered;
}

static void stored_wait(struct stored *st, bool (*until)(void *ctx), void *ctx, int64_t ms)
{
	loop_run_until(st->s.loop, until, ctx, (int64_t)((double)ms * st->s.clock.scale));
}

/* The session and the text; false with *rc. */
static bool stored_open(struct stored *st, const struct options *o, const char *name, int *rc,
	struct err *e)
{
	struct session_options so = o->session;
	struct document d;

	*rc = EXIT_USAGE;
	if (!stored_name(st, name, e)) {
		return false;
	}
	so.cluster = st->cluster;
	session_init(&st->s, &so);
	session_confine(&st->s, o->write);
	if (!st->s.store) {
		err_copy(e, &st->s.state_err);
		return err_wrap(e, "%s is no file, and as a cluster", name);
	}
	char *path = st->group ? xasprintf("%s/instancegroup/%s", st->cluster, st->group) :
		xasprintf("%s/config", st->cluster);
	st->s.store->ops->get(st->s.store, path, stored_got, st);
	stored_wait(st, stored_answered, st, ANSWER_MS);
	if (!st->answered) {
		err_set(&st->err, ERR_TIMEOUT, "no answer from %s", st->s.store->url);
	}
	bool ok = !err_is_set(&st->err);
	if (ok) {
		ok = document_parse(&d, buf_str(&st->text), st->text.len, &st->err);
		document_release(&d);
		if (!ok) {
			/* not main's code for what comes over a wire: the input is unusable */
			st->err.kind = ERR_USAGE;
		}
	}
	if (!ok && st->err.kind == ERR_NOT_FOUND) {
		err_set(e, ERR_USAGE, "there is no file %s, and no %s in %s", name, path,
			st->s.store->url);
	} else if (!ok) {
		err_copy(e, &st->err);
		if (!str_starts(e->text, path)) {
			err_wrap(e, "%s", path);
		}
	}
	if (!ok) {
		*rc = EXIT_FAILED;
	}
	free(path);
	return ok;
}

static void stored_close(struct stored *st)
{
	change_free(st->change);
	if (st->s.loop) {
		session_release(&st->s);
	}
	buf_release(&st->text);
	free(st->cluster);
}

static bool stored_settled(void *ctx)
{
	return session_settled(ctx);
}

static bool stored_store_settled(void *ctx)
{
	const struct session *s = ctx;
	enum source_state state = model_source(s->model, SRC_STORE)->state;

	return !s->dirty && (state == SOURCE_LIVE || state == SOURCE_FAILED);
}

/* ---- the change ---- */

static void stored_moved(void *ctx)
{
	struct stored *st = ctx;

	st->moved = true;
}

static bool stored_has_moved(void *ctx)
{
	const struct stored *st = ctx;

	return st->moved;
}

/* Waits for the next state; false with e when it failed. */
static bool stored_step(struct stored *st, struct err *e)
{
	stored_wait(st, stored_has_moved, st, ANSWER_MS);
	if (!st->moved) {
		return err_set(e, ERR_TIMEOUT, "no answer from %s", st->s.store->url);
	}
	st->moved = false;
	if (change_get_state(st->change) == CHANGE_FAILED) {
		err_copy(e, change_error(st->change));
		return false;
	}
	return true;
}

/* What it would do to the cluster as it is; false when it must not be. */
static bool stored_consequences(struct stored *st, const struct spec_limits *limits, bool undo,
	struct err *e)
{
	struct findings said = { .n = 0 };
	struct session *s = &st->s;

	session_start(s);
	stored_wait(st, stored_settled, s, SETTLE_MS);
	if (!model_opened(s->model)) {
		return err_set(e, ERR_NOT_FOUND, "%s is no cluster of %s", st->cluster,
			s->store->url);
	}
	consequences_of(s->model, &limits->edit, &said);
	if (undo) {
		findings_soften(&said);
	}
	if (model_source(s->model, SRC_KUBE)->state != SOURCE_LIVE) {
		findings_add(&said, FINDING_WARN, NULL, "the cluster was not reached, so its nodes "
			"and pods were not looked at");
	}
	spec_say(&said);
	bool ok = !findings_refuse(&said);
	findings_release(&said);
	return ok;
}

/* Writes what is READY, or shows what would be. */
static int stored_write(struct stored *st, const struct options *o, struct err *e)
{
	fputs(change_diff(st->change), stdout);
	if (!change_diff(st->change)[0]) {
		fprintf(stderr, "nothing changes\n");
		return EXIT_OK;
	}
	change_commit(st->change);
	if (!stored_step(st, e)) {
		if (change_their_diff(st->change)[0]) {
			fprintf(stderr, "yours:\n%stheirs, which is stored:\n%s",
				change_diff(st->change), change_their_diff(st->change));
		}
		return EXIT_FAILED;
	}
	fprintf(stderr, "%s written and read back\n", change_path(st->change));
	return EXIT_OK;
}

/* The edit over the text at hand: shown, or written through the store. */
static int stored_edit(struct stored *st, const struct options *o, const struct edit_op *ops,
	size_t nops, struct err *e)
{
	struct findings said = { .n = 0 };
	struct buf out = BUF_INIT;
	struct err why = ERR_INIT;
	bool ok = spec_edit(buf_str(&st->text), st->text.len, ops, nops, &out, &said, &why);
	int rc = !ok && why.kind == ERR_USAGE ? EXIT_USAGE : EXIT_FAILED;

	spec_say(&said);
	findings_release(&said);
	if (ok) {
		struct spec_limits limits;

		/* a text that kops could not read until now says nothing to compare with */
		ok = !spec_limits_init(&limits, st->group, buf_str(&st->text), st->text.len,
			buf_str(&out), out.len) || stored_consequences(st, &limits, false, e);
		spec_limits_release(&limits);
	}
	if (ok && !o->write) {
		fwrite(buf_str(&out), 1, out.len, stdout);
		rc = EXIT_OK;
	} else if (ok) {
		st->change = change_start_ops(&st->s, st->cluster, st->group, ops, nops,
			stored_moved, st);
		rc = stored_step(st, e) ? stored_write(st, o, e) : EXIT_FAILED;
	}
	buf_release(&out);
	return rc;
}

/* The text is there; what else its cluster has may not be, and then less is said of it. */
static int stored_show(struct stored *st, const struct options *o)
{
	session_start(&st->s);
	stored_wait(st, stored_store_settled, &st->s, SETTLE_MS);
	const struct model *m = st->s.model;
	const struct source_status *store = model_source(m, SRC_STORE);
	const struct m_cluster *c = model_opened(m) ? model_cluster(m, model_opened(m)) : NULL;
	const char *missed = store->state == SOURCE_FAILED ? store->why.text :
		store->state != SOURCE_LIVE ? "the state store has not answered in time" :
		c ? c->spec.missed : NULL;

	spec_show(buf_str(&st->text), st->text.len, c ? m : NULL, str_eq(o->output, "json"));
	if (missed) {
		fprintf(stderr, "kopscope: what is printed is not all: %s\n", missed);
	}
	return missed ? EXIT_PARTIAL : EXIT_OK;
}

int spec_of_store(const struct options *o, bool edit, const char *name, const struct edit_op *ops,
	size_t nops, struct err *e)
{
	struct stored st = { .err = ERR_INIT };
	int rc;
	bool open = stored_open(&st, o, name, &rc, e);

	if (open && edit) {
		rc = stored_edit(&st, o, ops, nops, e);
	} else if (open) {
		rc = stored_show(&st, o);
	}
	stored_close(&st);
	return rc;
}

/* What comes of putting it back, as before an edit. */
static bool stored_undo_said(struct stored *st, struct err *e)
{
	struct spec_limits limits;

	spec_say(change_findings(st->change));
	bool ok = change_limits(st->change, &limits);
	ok = !ok || stored_consequences(st, &limits, true, e);
	spec_limits_release(&limits);
	return ok;
}

int cmd_undo(const struct options *o, struct err *e)
{
	struct stored st = { .err = ERR_INIT };
	int rc = EXIT_USAGE;

	if (o->nargs != 2) {
		err_set(e, ERR_USAGE, "undo needs one CLUSTER or CLUSTER/GROUP");
		return EXIT_USAGE;
	}
	bool open = stored_open(&st, o, o->args[1], &rc, e);
	if (open) {
		st.change = change_start_undo(&st.s, st.cluster, st.group, stored_moved, &st);
		rc = EXIT_FAILED;
		bool ok = stored_step(&st, e) && stored_undo_said(&st, e);
		if (ok && o->write) {
			rc = stored_write(&st, o, e);
		} else if (!ok && !err_is_set(e)) {
			rc = EXIT_FAILED; /* the reasons are said */
		} else if (!err_is_set(e)) {
			fputs(change_diff(st.change), stdout);
			fprintf(stderr, "not written: add --write to put %s back\n",
				change_path(st.change));
			rc = EXIT_OK;
		}
	}
	stored_close(&st);
	return rc;
}
