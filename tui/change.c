/* SPDX-License-Identifier: Apache-2.0 */
/* One edit of one stored spec. */
#include "tui/change.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "tui/kept.h"
#include "tui/session-guard.h"
#include "tui/spec-edit.h"

#define OPS_MAX 64

struct change {
	struct session *s;
	enum change_state state;
	struct err err;
	char *cluster, *path;
	struct edit_op ops[OPS_MAX];
	struct strlist texts; /* what the ops point to */
	size_t nops;
	bool undo;         /* puts the text before the last edit back */
	struct kept kept;  /* the edit to undo, or the one being written */
	struct findings said;
	struct buf before, after, diff, theirs;
	char *etag;
	struct journal_call call;
	void (*moved)(void *ctx);
	void *ctx;
	bool busy, abandoned; /* a call to the store is out; freed when it comes back */
};

static void change_op(struct change *c, const char *key, const char *value)
{
	if (c->nops == OPS_MAX) {
		return;
	}
	strlist_add(&c->texts, key);
	c->ops[c->nops].key = c->texts.v[c->texts.n - 1];
	if (value) {
		strlist_add(&c->texts, value);
		c->ops[c->nops].value = c->texts.v[c->texts.n - 1];
	}
	c->nops++;
}

static void change_number(struct change *c, const char *key, int64_t wanted)
{
	char text[24];
	if (wanted == LIMITS_KEEP) {
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64, wanted);
	change_op(c, key, wanted == LIMITS_UNSET ? NULL : text);
}

static void change_ops(struct change *c, const struct limits_edit *e)
{
	change_number(c, "maxPods", e->max_pods);
	if (e->group) {
		return;
	}
	change_number(c, "controlPlane.maxPods", e->cp_max_pods);
	if (e->prefix != LIMITS_KEEP) {
		change_op(c, "env.ENABLE_PREFIX_DELEGATION",
			e->prefix == LIMITS_UNSET ? NULL : e->prefix ? "true" : "false");
	}
	change_number(c, "env.WARM_PREFIX_TARGET", e->warm_prefix);
	change_number(c, "env.WARM_IP_TARGET", e->warm_ip);
	change_number(c, "env.MINIMUM_IP_TARGET", e->minimum_ip);
}

static void change_release(struct change *c)
{
	buf_release(&c->before);
	buf_release(&c->after);
	buf_release(&c->diff);
	buf_release(&c->theirs);
	findings_release(&c->said);
	strlist_release(&c->texts);
	kept_release(&c->kept);
	free(c->cluster);
	free(c->path);
	free(c->etag);
	free(c);
}

/* The store answered: true when somebody still wants to know. */
static bool change_back(struct change *c)
{
	c->busy = false;
	if (c->abandoned) {
		change_release(c);
		return false;
	}
	return true;
}

static void change_move(struct change *c, enum change_state state)
{
	c->state = state;
	if (state == CHANGE_FAILED && c->after.len > 0) {
		log_add(&c->s->log, clock_wall(&c->s->clock), STYLE_BAD, "%s not written: %s",
			c->path, c->err.text);
	}
	c->moved(c->ctx);
}

/* The new text, of the present one. */
static bool change_make(struct change *c)
{
	if (!c->undo) {
		return spec_edit(buf_str(&c->before), c->before.len, c->ops, c->nops, &c->after,
			&c->said, &c->err);
	}
	if (!kept_last(c->cluster, c->path, &c->before, &c->kept, &c->err)) {
		return false;
	}
	/* nothing goes back either that kops could not read, or that it would drop */
	spec_findings(buf_str(&c->kept.before), c->kept.before.len, &c->said);
	for (size_t i = 0; i < c->said.n; i++) {
		if (c->said.v[i].level == FINDING_REFUSE) {
			return err_set(&c->err, ERR_REFUSED, "%s", c->said.v[i].text);
		}
	}
	return buf_add(&c->after, buf_str(&c->kept.before), c->kept.before.len);
}

/* Stores name the file themselves, mostly. */
static void change_name_path(struct change *c)
{
	if (!strstr(c->err.text, c->path)) {
		err_wrap(&c->err, "%s", c->path);
	}
}

static void change_fetched(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct change *c = ctx;
	if (!change_back(c)) {
		return;
	}
	if (e) {
		err_copy(&c->err, e);
		change_name_path(c);
		change_move(c, CHANGE_FAILED);
		return;
	}
	buf_add(&c->before, text, len);
	xreplace(&c->etag, etag ? etag : "");
	if (!change_make(c)) {
		change_move(c, CHANGE_FAILED);
		return;
	}
	edit_diff(buf_str(&c->before), c->before.len, buf_str(&c->after), c->after.len, &c->diff);
	change_move(c, CHANGE_READY);
}

static struct change *change_new(struct session *s, const char *cluster, const char *group,
	void (*moved)(void *ctx), void *ctx)
{
	struct change *c = xcalloc(1, sizeof(*c));
	c->s = s;
	c->moved = moved;
	c->ctx = ctx;
	c->cluster = xstrdup(cluster);
	c->path = group ? xasprintf("%s/instancegroup/%s", c->cluster, group)
			: xasprintf("%s/config", c->cluster);
	c->busy = true;
	return c;
}

static struct change *change_fetch(struct change *c)
{
	c->s->store->ops->get(c->s->store, c->path, change_fetched, c);
	return c;
}

struct change *change_start(struct session *s, const struct limits_edit *edit,
	void (*moved)(void *ctx), void *ctx)
{
	struct change *c = change_new(s, model_opened(s->model), edit->group, moved, ctx);
	change_ops(c, edit);
	return change_fetch(c);
}

struct change *change_start_ops(struct session *s, const char *cluster, const char *group,
	const struct edit_op *ops, size_t nops, void (*moved)(void *ctx), void *ctx)
{
	struct change *c = change_new(s, cluster, group, moved, ctx);
	for (size_t i = 0; i < nops; i++) {
		change_op(c, ops[i].key, ops[i].value);
	}
	return change_fetch(c);
}

struct change *change_start_undo(struct session *s, const char *cluster, const char *group,
	void (*moved)(void *ctx), void *ctx)
{
	struct change *c = change_new(s, cluster, group, moved, ctx);
	c->undo = true;
	return change_fetch(c);
}

/* ---- writing ------------------------------------------------------------------ */

static struct journal_entry change_entry(const struct change *c)
{
	return (struct journal_entry){ .cluster = c->cluster,
		.action = c->undo ? "undo" : "edit", .target = c->path };
}

/* The change itself stands in the line that was written before it. */
static bool change_journal_ask(struct change *c)
{
	struct journal_entry j = change_entry(c);
	j.after = buf_str(&c->diff);
	return journal_ask(clock_wall(&c->s->clock), &j, 1, &c->call, &c->err);
}

static void change_journal(struct change *c, const struct err *result)
{
	struct journal_entry j = change_entry(c);
	struct err e = ERR_INIT;
	j.result = result;
	if (!journal_answer(clock_wall(&c->s->clock), &c->call, &j, true, &e)) {
		log_add(&c->s->log, clock_wall(&c->s->clock), STYLE_WARN, "journal: %s", e.text);
	}
}

static void change_read_back(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct change *c = ctx;
	if (!change_back(c)) {
		return;
	}
	if (e) {
		err_copy(&c->err, e);
		err_wrap(&c->err, "%s was written, but could not be read back", c->path);
	} else if (len != c->after.len || memcmp(text, buf_str(&c->after), len) != 0) {
		err_set(&c->err, ERR_CONFLICT,
			"%s was written, but somebody else wrote it at the same moment", c->path);
		err_hint(&c->err, "look at it again before you go on");
	}
	struct source *src = c->s->sources[SRC_STORE];
	if (src) {
		src->ops->refresh(src);
	}
	if (!err_is_set(&c->err) && c->undo) {
		kept_undone(&c->kept, &c->err);
	}
	if (!err_is_set(&c->err)) {
		log_add(&c->s->log, clock_wall(&c->s->clock), STYLE_OK, "%s written", c->path);
	}
	change_move(c, err_is_set(&c->err) ? CHANGE_FAILED : CHANGE_DONE);
}

/* What the other writer made of the text that both began with. */
static void change_see_theirs(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct change *c = ctx;
	if (!change_back(c)) {
		return;
	}
	if (!e) {
		edit_diff(buf_str(&c->before), c->before.len, text, len, &c->theirs);
	}
	change_move(c, CHANGE_FAILED);
}

static void change_written(void *ctx, const char *etag, const struct err *e)
{
	struct change *c = ctx;
	change_journal(c, e);
	if (!change_back(c)) {
		return;
	}
	if (e) {
		err_copy(&c->err, e);
		if (e->kind == ERR_CONFLICT) {
			err_hint(&c->err,
				"somebody changed it after you looked; nothing was written: "
				"open the editor again to see the new text");
		}
		change_name_path(c);
		if (e->kind != ERR_CONFLICT) {
			change_move(c, CHANGE_FAILED);
			return;
		}
		if (!c->undo) {
			kept_drop(&c->kept);
		}
		c->busy = true;
		c->s->store->ops->get(c->s->store, c->path, change_see_theirs, c);
		return;
	}
	c->busy = true;
	c->s->store->ops->get(c->s->store, c->path, change_read_back, c);
}

static void change_failed_later(void *ctx)
{
	struct change *c = ctx;
	if (change_back(c)) {
		change_move(c, CHANGE_FAILED);
	}
}

void change_commit(struct change *c)
{
	c->busy = true;
	c->state = CHANGE_WRITING;
	if (c->s->opts.readonly && session_may(c->s, c->cluster, "", POLICY_WRITE_SPEC, &c->err)) {
		err_set(&c->err, ERR_REFUSED, "read-only: nothing was written");
	}
	/* what undo takes back is kept already, beside the text that it puts there */
	if (!err_is_set(&c->err) && !c->undo) {
		kept_save(c->cluster, c->path, clock_wall(&c->s->clock), &c->before, &c->after,
			&c->kept, &c->err);
	}
	if (err_is_set(&c->err) || !change_journal_ask(c)) {
		loop_timer_add(c->s->loop, 0, change_failed_later, c);
		return;
	}
	c->s->store->ops->put(c->s->store, c->path, buf_str(&c->after), c->after.len, c->etag,
		change_written, c);
}

void change_free(struct change *c)
{
	if (!c) {
		return;
	}
	if (c->busy) {
		c->abandoned = true;
		return;
	}
	change_release(c);
}

enum change_state change_get_state(const struct change *c)
{
	return c->state;
}

const struct err *change_error(const struct change *c)
{
	return &c->err;
}

const char *change_diff(const struct change *c)
{
	return buf_str(&c->diff);
}

const char *change_their_diff(const struct change *c)
{
	return buf_str(&c->theirs);
}

const struct findings *change_findings(const struct change *c)
{
	return &c->said;
}

const char *change_before(const struct change *c, size_t *len)
{
	*len = c->before.len;
	return buf_str(&c->before);
}

bool change_limits(const struct change *c, struct spec_limits *l)
{
	const char *slash = strrchr(c->path, '/');
	bool group = slash && str_starts(c->path + strlen(c->cluster), "/instancegroup/");

	return spec_limits_init(l, group ? slash + 1 : NULL, buf_str(&c->before), c->before.len,
		buf_str(&c->after), c->after.len);
}

const char *change_path(const struct change *c)
{
	return c->path;
}
