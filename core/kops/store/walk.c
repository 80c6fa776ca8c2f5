/* SPDX-License-Identifier: Apache-2.0 */
/* Every file below one folder of a state store. */
#include "core/kops/store/walk.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define WALK_PARALLEL 8
#define WALK_DEPTH 16

struct store_walk {
	struct store *store;
	char *path;
	bool (*enter)(void *ctx, const char *folder);
	void (*done)(void *ctx, const struct store_entry *v, size_t n, bool more,
		const struct err *e);
	void *ctx;
	struct store_entry *v;
	size_t n, cap;
	struct strlist folders; /* still to be listed, from next on */
	size_t next, out;
	bool more, cancelled;
	struct err err;
};

struct walk_list {
	struct store_walk *walk;
	char *folder; /* below the walk's path */
};

static void walk_free(struct store_walk *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free((void *)(uintptr_t)w->v[i].name);
	}
	free(w->v);
	strlist_release(&w->folders);
	free(w->path);
	free(w);
}

static int walk_cmp(const void *a, const void *b)
{
	const struct store_entry *x = a, *y = b;
	return strcmp(x->name, y->name);
}

static void walk_end(struct store_walk *w)
{
	if (!w->cancelled) {
		if (w->n > 0) {
			qsort(w->v, w->n, sizeof(*w->v), walk_cmp);
		}
		w->done(w->ctx, w->v, w->n, w->more, err_is_set(&w->err) ? &w->err : NULL);
	}
	walk_free(w);
}

static size_t walk_depth(const char *folder)
{
	size_t n = 0;
	for (const char *p = folder; *p; p++) {
		n += *p == '/';
	}
	return n;
}

static void walk_take(struct store_walk *w, const char *folder, const struct store_entry *x)
{
	bool is_folder = str_ends(x->name, "/");
	char *path = xasprintf("%s%s", folder, x->name);
	if (str_empty(x->name) || str_eq(x->name, "/")) {
		free(path);
	} else if (is_folder && walk_depth(path) <= WALK_DEPTH && w->folders.n < STORE_WALK_MAX &&
		(!w->enter || w->enter(w->ctx, path))) {
		strlist_take(&w->folders, path);
	} else if (w->n >= STORE_WALK_MAX) {
		w->more = true;
		free(path);
	} else {
		w->v = xgrow(w->v, &w->cap, w->n, sizeof(*w->v));
		w->v[w->n++] = (struct store_entry){ .name = path,
			.size = is_folder ? -1 : x->size, .modified = is_folder ? 0 : x->modified };
	}
}

static void walk_pump(struct store_walk *w);

static void walk_listed(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct walk_list *l = ctx;
	struct store_walk *w = l->walk;
	w->out--;
	for (size_t i = 0; !w->cancelled && !e && i < n; i++) {
		walk_take(w, l->folder, &v[i]);
	}
	if (e) {
		err_copy(&w->err, e);
	}
	free(l->folder);
	free(l);
	walk_pump(w);
	if (w->out == 0) {
		walk_end(w);
	}
}

static void walk_pump(struct store_walk *w)
{
	while (!w->cancelled && w->next < w->folders.n && w->out < WALK_PARALLEL && !w->more) {
		struct walk_list *l = xcalloc(1, sizeof(*l));
		l->walk = w;
		l->folder = xstrdup(w->folders.v[w->next++]);
		w->out++;
		char *path = xasprintf("%s%s", w->path, l->folder);
		w->store->ops->list(w->store, path, walk_listed, l);
		free(path);
	}
}

struct store_walk *store_walk_start(struct store *s, const char *path,
	bool (*enter)(void *ctx, const char *folder),
	void (*done)(void *ctx, const struct store_entry *v, size_t n, bool more,
		const struct err *e),
	void *ctx)
{
	struct store_walk *w = xcalloc(1, sizeof(*w));
	w->store = s;
	w->path = xstrdup(path);
	w->enter = enter;
	w->done = done;
	w->ctx = ctx;
	strlist_add(&w->folders, "");
	walk_pump(w);
	return w;
}

void store_walk_cancel(struct store_walk *w)
{
	if (w) {
		w->cancelled = true; /* the last answer frees it */
	}
}
