/* SPDX-License-Identifier: Apache-2.0 */
/* One edit of one stored spec. */
#include "tui/change.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"

#define OPS_MAX 8

struct change {
	struct session *s;
	enum change_state state;
	struct err err;
	char *cluster, *path;
	struct edit_op ops[OPS_MAX];
	char values[OPS_MAX][24];
	size_t nops;
	struct buf before, after, diff;
	char *etag;
	void (*moved)(void *ctx);
	void *ctx;
	bool busy, abandoned; /* a call to the store is out; freed when it comes back */
};

static void change_op(struct change *c, const char *key, int64_t wanted)
{
	if (wanted == LIMITS_KEEP) {
		return;
	}
	snprintf(c->values[c->nops], sizeof(c->values[0]), "%" PRId64, wanted);
	c->ops[c->nops] = (struct edit_op){ .key = key,
		.value = wanted == LIMITS_UNSET ? NULL : c->values[c->nops] };
	c->nops++;
}

static void change_ops(struct change *c, const struct limits_edit *e)
{
	change_op(c, "maxPods", e->max_pods);
	if (e->group) {
		return;
	}
	change_op(c, "controlPlane.maxPods", e->cp_max_pods);
	if (e->prefix != LIMITS_KEEP) {
		c->ops[c->nops++] = (struct edit_op){ .key = "env.ENABLE_PREFIX_DELEGATION",
			.value = e->prefix == LIMITS_UNSET ? NULL : e->prefix ? "true" : "false" };
	}
	change_op(c, "env.WARM_PREFIX_TARGET", e->warm_prefix);
	change_op(c, "env.WARM_IP_TARGET", e->warm_ip);
	change_op(c, "env.MINIMUM_IP_TARGET", e->minimum_ip);
}

static void change_release(struct change *c)
{
	buf_release(&c->before);
	buf_release(&c->after);
	buf_release(&c->diff);
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

static void change_fetched(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct change *c = ctx;
	if (!change_back(c)) {
		return;
	}
	if (e) {
		err_copy(&c->err, e);
		err_wrap(&c->err, "%s", c->path);
		change_move(c, CHANGE_FAILED);
		return;
	}
	buf_add(&c->before, text, len);
	xreplace(&c->etag, etag ? etag : "");
	if (!edit_apply(text, len, c->ops, c->nops, &c->after, &c->err)) {
		change_move(c, CHANGE_FAILED);
		return;
	}
	edit_diff(buf_str(&c->before), c->before.len, buf_str(&c->after), c->after.len, &c->diff);
	change_move(c, CHANGE_READY);
}

struct change *change_start(struct session *s, const struct limits_edit *edit,
	void (*moved)(void *ctx), void *ctx)
{
	struct change *c = xcalloc(1, sizeof(*c));
	c->s = s;
	c->moved = moved;
	c->ctx = ctx;
	c->cluster = xstrdup(model_opened(s->model));
	c->path = edit->group ? xasprintf("%s/instancegroup/%s", c->cluster, edit->group)
			      : xasprintf("%s/config", c->cluster);
	change_ops(c, edit);
	c->busy = true;
	s->store->ops->get(s->store, c->path, change_fetched, c);
	return c;
}

/* ---- writing ------------------------------------------------------------------ */

static void change_journal(struct change *c, const struct err *result)
{
	struct journal_entry j = { .cluster = c->cluster, .action = "edit", .target = c->path,
		.after = buf_str(&c->diff), .result = result };
	struct err e = ERR_INIT;
	if (!journal_write(clock_wall(&c->s->clock), &j, &e)) {
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
	if (!err_is_set(&c->err)) {
		log_add(&c->s->log, clock_wall(&c->s->clock), STYLE_OK, "%s written", c->path);
	}
	change_move(c, err_is_set(&c->err) ? CHANGE_FAILED : CHANGE_DONE);
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
		err_wrap(&c->err, "%s", c->path);
		change_move(c, CHANGE_FAILED);
		return;
	}
	c->busy = true;
	c->s->store->ops->get(c->s->store, c->path, change_read_back, c);
}

/* The old text, so that it can be put back by hand or by undo. */
static bool change_keep_old(struct change *c, struct err *e)
{
	char *dir = file_state_dir();
	char *folder = xasprintf("%s/undo/%s", dir, c->cluster);
	char *name = xstrdup(c->path + strlen(c->cluster) + 1);
	for (char *p = name; *p; p++) {
		*p = *p == '/' ? '_' : *p;
	}
	char *file = xasprintf("%s/%" PRId64 "-%s", folder, clock_wall(&c->s->clock), name);
	bool ok = file_mkdirs(folder, e) &&
		file_write(file, buf_str(&c->before), c->before.len, 0600, e);
	if (!ok) {
		err_wrap(e, "the old text could not be kept, so nothing was written");
	}
	free(file);
	free(name);
	free(folder);
	free(dir);
	return ok;
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
	if (c->s->opts.readonly) {
		err_set(&c->err, ERR_REFUSED, "read-only: nothing was written");
	}
	if (err_is_set(&c->err) || !change_keep_old(c, &c->err)) {
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

const char *change_path(const struct change *c)
{
	return c->path;
}
