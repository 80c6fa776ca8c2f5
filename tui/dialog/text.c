/* SPDX-License-Identifier: Apache-2.0 */
/* A thing's description, or its text as its source has it; both with search. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/app.h"
#include "tui/describe.h"
#include "tui/dialog.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager-find.h"
#include "tui/screen/pager.h"
#include "tui/screen/print.h"

struct dialog_text {
	struct dialog d;
	struct app *app;
	enum view_id view; /* of whose rows it is one, by its id there */
	char *id;
	struct pager lines;
	struct pager_find find;
	uint64_t events; /* generation that the description was made of */
};

static void text_free(struct dialog *d)
{
	struct dialog_text *x = (struct dialog_text *)d;
	struct kube *k = x->app->session->kube;
	if (k && k->ops->watch_events) {
		k->ops->watch_events(k, NULL, NULL);
	}
	pager_release(&x->lines);
	free(x->id);
	free(x);
}

static void text_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_text *x = (struct dialog_text *)d;
	if (d->busy) {
		grid_put(g, 1, y, g->cols - 2, STYLE_DIM, "fetching ...");
	}
	pager_find_draw(&x->find, &x->lines, g, y, rows);
}

static const char *text_keys(struct dialog *d, struct app *a)
{
	return pager_find_keys(&((struct dialog_text *)d)->find);
}

static enum dialog_result text_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_text *x = (struct dialog_text *)d;
	if (!x->find.typing && (key == KEY_ESC_ || key == 'q')) {
		return DIALOG_CLOSE;
	}
	pager_find_key(&x->find, &x->lines, key, rows);
	return DIALOG_STAY;
}

/* ---- a description ---- */

static void describe_make(struct dialog_text *x)
{
	struct app *a = x->app;
	const struct view *v = view_get(x->view);
	struct view_ctx ctx = a->ctx;
	struct table other, *t = &a->table;
	if (x->view != a->view) {
		ctx.within = NULL;
		view_table(v, &ctx, NULL, &other);
		t = &other;
	}
	size_t at = table_find(t, x->id), top = x->lines.top;
	if (at < t->n) { /* else it is gone; what was known stays to be read */
		pager_release(&x->lines);
		describe_row(&ctx, v, t, table_at(t, at), app_cols(a) - 2, &x->lines);
		x->lines.top = top < x->lines.n ? top : 0;
		x->events = model_generation(a->session->model, OBS_EVENT);
	}
	if (t == &other) {
		table_release(&other);
	}
}

/* Events come later than the question; everything else is as of the question. */
static void describe_changed(struct dialog *d, struct app *a)
{
	struct dialog_text *x = (struct dialog_text *)d;
	if (x->events != model_generation(a->session->model, OBS_EVENT) && !x->find.match &&
		model_removals(a->session->model) == a->removals) {
		describe_make(x);
	}
}

static const struct dialog_ops describe_ops = {
	.title = "Describe", .keys = text_keys, .draw = text_draw, .key = text_key,
	.changed = describe_changed, .free = text_free,
};

static struct dialog_text *text_new(struct app *a, const struct dialog_ops *ops, enum view_id view,
	const char *id)
{
	struct dialog_text *x = xcalloc(1, sizeof(*x));
	x->d.ops = ops;
	x->app = a;
	x->view = view;
	x->id = xstrdup(id);
	return x;
}

/* "namespace/name", or only a name: then ns is "". */
static void text_split(const char *id, char **ns, const char **name)
{
	const char *slash = strchr(id, '/');
	*ns = xstrndup(id, slash ? (size_t)(slash - id) : 0);
	*name = slash ? slash + 1 : id;
}

struct dialog *dialog_describe_of_new(struct app *a, enum view_id view, const char *id)
{
	struct dialog_text *x = text_new(a, &describe_ops, view, id);
	struct kube *k = a->session->kube;
	char *ns;
	const char *name;
	text_split(x->id, &ns, &name);
	if (k && k->ops->watch_events && ns[0]) {
		k->ops->watch_events(k, ns, name);
	}
	free(ns);
	describe_make(x);
	return &x->d;
}

struct dialog *dialog_describe_new(struct app *a)
{
	return dialog_describe_of_new(a, a->view, app_row(a)->id);
}

/* ---- as its source has it ---- */

static const struct dialog_ops yaml_ops = {
	.title = "YAML", .keys = text_keys, .draw = text_draw, .key = text_key, .free = text_free,
};

/* What managers keep there for themselves is longer than the rest, and says nothing to people. */
static void yaml_show_json(struct dialog_text *x, const char *text, size_t len)
{
	struct buf plain = BUF_INIT, yaml = BUF_INIT;
	struct err e = ERR_INIT;
	json_auto_t *j = json_parse(text, len, &e);
	if (!j) {
		pager_add(&x->lines, STYLE_BAD, "%s", e.text);
		return;
	}
	json_object_del(json_object_get(j, "metadata"), "managedFields");
	json_write(&plain, j, false);
	print_yaml(buf_str(&plain), plain.len, &yaml);
	pager_add_text(&x->lines, STYLE_NORMAL, buf_str(&yaml));
	buf_release(&plain);
	buf_release(&yaml);
}

static void yaml_came(struct dialog_text *x, const char *text, size_t len, bool json,
	const struct err *e)
{
	x->app->dirty = true;
	if (!dialog_back(&x->d)) {
		return;
	}
	if (e) {
		pager_add(&x->lines, STYLE_BAD, "%s", e->text);
		pager_add(&x->lines, STYLE_DIM, "%s", e->hint);
	} else if (json) {
		yaml_show_json(x, text, len);
	} else {
		char *copy = xstrndup(text, len);
		pager_add_text(&x->lines, STYLE_NORMAL, copy);
		free(copy);
	}
}

static void yaml_object(void *ctx, const char *json, size_t len, const struct err *e)
{
	yaml_came(ctx, json, len, true, e);
}

static void yaml_spec(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e)
{
	yaml_came(ctx, text, len, false, e);
}

static void yaml_ask(struct dialog_text *x)
{
	static const char *const kinds[VIEW__COUNT] = {
		[VIEW_NODES] = "nodes", [VIEW_CAPACITY] = "nodes", [VIEW_PODS] = "pods",
		[VIEW_DEPLOYMENTS] = "deployments",
	};
	struct app *a = x->app;
	struct session *s = a->session;
	const char *kind = kinds[a->view], *name;
	char *ns;
	text_split(x->id, &ns, &name);
	dialog_busy(&x->d);
	if (kind) {
		s->kube->ops->read(s->kube, kind, ns[0] ? ns : NULL, name, yaml_object, x);
	} else {
		char *path = a->view == VIEW_CLUSTERS ? xasprintf("%s/config", x->id)
			: xasprintf("%s/instancegroup/%s", model_opened(s->model), x->id);
		s->store->ops->get(s->store, path, yaml_spec, x);
		free(path);
	}
	free(ns);
}

struct dialog *dialog_yaml_new(struct app *a)
{
	struct dialog_text *x = text_new(a, &yaml_ops, a->view, app_row(a)->id);
	yaml_ask(x);
	return &x->d;
}
