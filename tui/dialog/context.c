/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contexts of the kubeconfig: one is chosen, or kops writes the cluster's own
 * (kops export kubeconfig --admin), after the command was shown and said yes to.
 */
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/command.h"
#include "tui/act.h"
#include "tui/app.h"
#include "tui/dialog.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

enum context_stage { CONTEXT_LIST, CONTEXT_ASK, CONTEXT_RUNS, CONTEXT_FAILED };

struct dialog_context {
	struct dialog d;
	struct app *app;
	struct strlist names;
	struct err err; /* why there are no names */
	size_t at, top;
	enum context_stage stage;
	struct kops_run *run;
	struct pager out;
	const char *extra[4];
};

static void context_free(struct dialog *d)
{
	struct dialog_context *c = (struct dialog_context *)d;
	if (c->run) {
		kops_cancel(c->run);
	}
	strlist_release(&c->names);
	pager_release(&c->out);
	free(c);
}

/* ---- kops --------------------------------------------------------------------- */

static struct kops_call context_call(struct dialog_context *c)
{
	struct session *s = c->app->session;
	size_t n = 0;
	c->extra[n++] = "--admin";
	if (s->opts.kubeconfig) {
		c->extra[n++] = "--kubeconfig";
		c->extra[n++] = s->opts.kubeconfig;
	}
	c->extra[n] = NULL;
	return (struct kops_call){ .verb = KOPS_EXPORT_KUBECONFIG, .program = s->opts.kops,
		.state = s->state_url, .cluster = model_opened(s->model), .extra = c->extra };
}

static bool context_can_export(const struct dialog_context *c)
{
	const struct session *s = c->app->session;
	return s->state_url && model_opened(s->model) && !s->opts.readonly;
}

static void context_line(void *ctx, const char *line, size_t n, bool err)
{
	struct dialog_context *c = ctx;
	char *text = xstrndup(line, n);
	pager_add(&c->out, STYLE_NORMAL, "%s", text);
	free(text);
	c->app->dirty = true;
}

static void context_close(struct dialog_context *c)
{
	c->app->dialog = NULL;
	dialog_close(&c->d);
}

/* It is there: used at once, without a start anew. */
static void context_done(void *ctx, int code, const struct err *e)
{
	struct dialog_context *c = ctx;
	struct app *a = c->app;
	struct err why = ERR_INIT;
	c->run = NULL;
	a->dirty = true;
	if (!e && session_use_context(a->session, model_opened(a->session->model), &why)) {
		app_say(a, STYLE_OK, "kops wrote the context; Kubernetes: %s",
			k8s_server(a->session->k8s));
		context_close(c);
		return;
	}
	app_say_err(a, e ? e : &why);
	c->stage = CONTEXT_FAILED;
}

static void context_export(struct dialog_context *c)
{
	struct kops_call call = context_call(c);
	struct err e = ERR_INIT;
	call.on_line = context_line;
	call.on_done = context_done;
	call.ctx = c;
	c->run = kops_start(c->app->session->loop, &call, &e);
	c->stage = c->run ? CONTEXT_RUNS : CONTEXT_LIST;
	if (!c->run) {
		app_say_err(c->app, &e);
	}
}

/* ---- the screen ----------------------------------------------------------------- */

static void context_draw_list(struct dialog_context *c, struct grid *g, int y, int rows)
{
	const struct session *s = c->app->session;
	const char *now = s->k8s ? k8s_context(s->k8s) : NULL;
	size_t n = rows > 1 ? (size_t)rows : 1;
	if (c->at < c->top) {
		c->top = c->at;
	} else if (c->at >= c->top + n) {
		c->top = c->at - n + 1;
	}
	for (size_t i = c->top; i < c->names.n && i < c->top + n; i++) {
		bool used = str_eq(c->names.v[i], now);
		int row = y + (int)(i - c->top);
		int x = 2 + grid_put(g, 2, row, g->cols / 2, used ? STYLE_ACCENT : STYLE_NORMAL,
			c->names.v[i]);
		if (used) {
			grid_putf(g, x + 2, row, g->cols - x - 3, STYLE_DIM, tr("in use, %s"),
				k8s_server(s->k8s));
		}
		if (i == c->at) {
			grid_mark(g, 1, row, g->cols - 2, STYLE_SELECTED);
		}
	}
	if (c->names.n == 0) {
		grid_put(g, 2, y, g->cols - 4, STYLE_DIM,
			err_is_set(&c->err) ? c->err.text : tr("there is no context"));
	}
}

static const char *context_advice(const struct dialog_context *c)
{
	const struct session *s = c->app->session;
	if (!model_opened(s->model)) {
		return tr("No cluster is open: choose one in 1 Clusters.");
	}
	if (!s->state_url) {
		return "";
	}
	return strlist_has(&c->names, model_opened(s->model)) ?
		tr("x: kops writes the cluster's context anew (it ends after 18 hours):") :
		tr("No context is named after the cluster.  x: kops writes it:");
}

static void context_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_context *c = (struct dialog_context *)d;
	int end = y + rows;
	if (c->stage == CONTEXT_LIST || c->stage == CONTEXT_ASK) {
		context_draw_list(c, g, y + 1, rows - 6);
	} else {
		pager_draw(&c->out, g, y + 1, rows - 6);
	}
	grid_put(g, 2, end - 4, g->cols - 4, STYLE_NORMAL, context_advice(c));
	if (a->session->state_url && model_opened(a->session->model)) {
		struct kops_call call = context_call(c);
		char *line = kops_command_line(&call);
		grid_put(g, 4, end - 3, g->cols - 5, STYLE_BOLD, line);
		free(line);
	}
	if (c->stage == CONTEXT_ASK) {
		grid_put(g, 2, end - 1, g->cols - 4, STYLE_WARN,
			tr("It writes your kubeconfig and changes its current context.  "
				"y: run it"));
	} else if (c->stage == CONTEXT_RUNS) {
		grid_put(g, 2, end - 1, g->cols - 4, STYLE_DIM, tr("kops works ..."));
	}
}

static const char *context_keys(struct dialog *d, struct app *a)
{
	static const char *const bars[] = {
		[CONTEXT_LIST] = "Up/Down:choose Enter:use x:kops_export Esc:leave",
		[CONTEXT_ASK] = "y:run_kops Esc:no", [CONTEXT_RUNS] = "Esc:stop_kops",
		[CONTEXT_FAILED] = "Esc:leave",
	};
	return bars[((struct dialog_context *)d)->stage];
}

static enum dialog_result context_list_key(struct dialog_context *c, uint32_t key)
{
	struct app *a = c->app;
	if ((key == KEY_UP_ || key == 'k') && c->at > 0) {
		c->at--;
	} else if ((key == KEY_DOWN_ || key == 'j') && c->at + 1 < c->names.n) {
		c->at++;
	} else if (key == 'x' && context_can_export(c)) {
		c->stage = CONTEXT_ASK;
	} else if (key == 'x') {
		app_say(a, STYLE_WARN, "%s", a->session->opts.readonly ?
			"read-only: the kubeconfig is not written" :
			"no cluster of a state store is open");
	} else if (key == KEY_ENTER_ && c->at < c->names.n) {
		app_use_context(a, c->names.v[c->at]);
		return DIALOG_CLOSE;
	}
	return key == KEY_ESC_ ? DIALOG_CLOSE : DIALOG_STAY;
}

static enum dialog_result context_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_context *c = (struct dialog_context *)d;
	a->message[0] = '\0';
	switch (c->stage) {
	case CONTEXT_LIST:
		return context_list_key(c, key);
	case CONTEXT_ASK:
		if (key == 'y') {
			context_export(c);
		} else if (key == KEY_ESC_ || key == 'n') {
			c->stage = CONTEXT_LIST;
		}
		return DIALOG_STAY;
	case CONTEXT_RUNS:
	case CONTEXT_FAILED:
		break;
	}
	return key == KEY_ESC_ ? DIALOG_CLOSE : DIALOG_STAY;
}

static const struct dialog_ops context_ops = {
	.title = "Context", .keys = context_keys, .draw = context_draw, .key = context_key,
	.free = context_free,
};

struct dialog *dialog_context_new(struct app *a)
{
	struct dialog_context *c = xcalloc(1, sizeof(*c));
	const char *now = a->session->k8s ? k8s_context(a->session->k8s) : NULL;
	c->d.ops = &context_ops;
	c->app = a;
	k8s_contexts(a->session->opts.kubeconfig, &c->names, &c->err);
	for (size_t i = 0; i < c->names.n; i++) {
		c->at = str_eq(c->names.v[i], now) ? i : c->at;
	}
	return &c->d;
}
