/* SPDX-License-Identifier: Apache-2.0 */
/* What the state store holds of the open cluster beyond its specs. */
#include "tui/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/store/walk.h"

struct shelf_reader {
	struct shelf shelf;
	struct store *store;
	unsigned wants;
	struct store_walk *walk;
	size_t out;        /* gets under way, of any generation */
	unsigned round;    /* answers to an older one are not looked at */
	size_t waiting;    /* gets of this round */
	bool dead;
	void (*changed)(void *ctx);
	void *ctx;
};

/* One get under way. */
struct shelf_get {
	struct shelf_reader *reader;
	unsigned round;
	bool channel;
};

struct shelf_reader *shelf_new(void (*changed)(void *ctx), void *ctx)
{
	struct shelf_reader *r = xcalloc(1, sizeof(*r));
	r->changed = changed;
	r->ctx = ctx;
	return r;
}

static void shelf_drop_files(struct shelf *s)
{
	for (size_t i = 0; i < s->nfiles; i++) {
		free(s->files[i].path);
	}
	free(s->files);
	s->files = NULL;
	s->nfiles = 0;
	s->more = false;
}

static void shelf_drop(struct shelf_reader *r)
{
	shelf_drop_files(&r->shelf);
	addon_list_release(&r->shelf.addons);
	free(r->shelf.cluster);
	r->shelf = (struct shelf){ .files_state = SHELF_NOT_ASKED };
	store_walk_cancel(r->walk);
	r->walk = NULL;
	r->round++;
	r->waiting = 0;
}

static void shelf_gone(struct shelf_reader *r)
{
	if (r->dead && r->out == 0) {
		free(r);
	}
}

void shelf_free(struct shelf_reader *r)
{
	if (r) {
		shelf_drop(r);
		r->dead = true;
		shelf_gone(r);
	}
}

const struct shelf *shelf_look(const struct shelf_reader *r)
{
	return &r->shelf;
}

bool shelf_busy(const struct shelf_reader *r)
{
	return r->walk || r->waiting > 0;
}

/* ---- the files ---- */

static bool shelf_enter(void *ctx, const char *folder)
{
	return !str_eq(folder, "backups/");
}

static void shelf_walked(void *ctx, const struct store_entry *v, size_t n, bool more,
	const struct err *e)
{
	struct shelf_reader *r = ctx;
	struct shelf *s = &r->shelf;
	r->walk = NULL;
	err_clear(&s->files_err);
	s->files_state = e ? SHELF_FAILED : SHELF_THERE;
	if (e) {
		err_copy(&s->files_err, e);
	}
	if (!e || n > 0) {
		shelf_drop_files(s);
		s->files = xcalloc(n + 1, sizeof(*s->files));
		for (size_t i = 0; i < n; i++) {
			s->files[s->nfiles++] = (struct shelf_file){ .path = xstrdup(v[i].name),
				.size = v[i].size, .modified = v[i].modified };
		}
		s->more = more;
	}
	r->changed(r->ctx);
}

static void shelf_ask_files(struct shelf_reader *r)
{
	if (r->walk) {
		return;
	}
	char *path = xasprintf("%s/", r->shelf.cluster);
	if (r->shelf.files_state == SHELF_NOT_ASKED) {
		r->shelf.files_state = SHELF_ASKED;
	}
	r->walk = store_walk_start(r->store, path, shelf_enter, shelf_walked, r);
	free(path);
}

/* ---- the addons ---- */

static void shelf_take_channel(struct shelf *s, const char *text, size_t len, const struct err *e)
{
	s->channel_missing = e && e->kind == ERR_NOT_FOUND;
	if (e && !s->channel_missing) {
		err_copy(&s->addons_err, e);
		return;
	}
	addon_list_release(&s->addons);
	if (!s->channel_missing) {
		addon_list_read(text, len, &s->addons, &s->addons_err);
	}
}

static void shelf_got(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	struct shelf_get *g = ctx;
	struct shelf_reader *r = g->reader;
	struct shelf *s = &r->shelf;
	bool mine = !r->dead && g->round == r->round, channel = g->channel;
	free(g);
	r->out--;
	if (!mine) {
		shelf_gone(r);
		return;
	}
	if (channel) {
		shelf_take_channel(s, text, len, e);
	} else if (e) {
		err_copy(&s->addons_err, e);
	} else {
		addon_switches_read(text, len, &s->switches);
	}
	if (--r->waiting == 0) {
		s->addons_state = err_is_set(&s->addons_err) ? SHELF_FAILED : SHELF_THERE;
		r->changed(r->ctx);
	}
}

static void shelf_get(struct shelf_reader *r, const char *file, bool channel)
{
	struct shelf_get *g = xcalloc(1, sizeof(*g));
	char *path = xasprintf("%s/%s", r->shelf.cluster, file);
	*g = (struct shelf_get){ .reader = r, .round = r->round, .channel = channel };
	r->out++;
	r->waiting++;
	r->store->ops->get(r->store, path, shelf_got, g);
	free(path);
}

static void shelf_ask_addons(struct shelf_reader *r)
{
	if (r->waiting > 0) {
		return;
	}
	if (r->shelf.addons_state == SHELF_NOT_ASKED) {
		r->shelf.addons_state = SHELF_ASKED;
	}
	err_clear(&r->shelf.addons_err);
	shelf_get(r, "addons/bootstrap-channel.yaml", true);
	shelf_get(r, "config", false);
}

/* ---- both ---- */

void shelf_refresh(struct shelf_reader *r)
{
	if (!r->store || !r->shelf.cluster) {
		return;
	}
	if (r->wants & SHELF_FILES) {
		shelf_ask_files(r);
	}
	if (r->wants & SHELF_ADDONS) {
		shelf_ask_addons(r);
	}
}

void shelf_want(struct shelf_reader *r, struct store *s, const char *cluster, unsigned wants)
{
	if (!s || !str_eq(cluster, r->shelf.cluster)) {
		shelf_drop(r);
		r->shelf.cluster = xstrdup(s ? cluster : NULL);
	}
	r->store = s;
	r->wants = wants;
	if (!r->shelf.cluster) {
		return;
	}
	if ((wants & SHELF_FILES) && r->shelf.files_state == SHELF_NOT_ASKED) {
		shelf_ask_files(r);
	}
	if ((wants & SHELF_ADDONS) && r->shelf.addons_state == SHELF_NOT_ASKED) {
		shelf_ask_addons(r);
	}
}
