/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Pending advises, done: an advice leads to the dialog that does it, or,
 * for one change in the cluster, to the question here.  The question shows the
 * change as a command; y makes it, every other answer leaves all as it is.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "tui/act.h"
#include "tui/dialog.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

struct dialog_cure {
	struct dialog d;
	struct app *app;
	enum advice_action action;
	const char *what;
	char *ns, *name, *key, *value, *taint_effect, *body;
	struct strlist targets; /* nodes one after the other, or "ns/name" */
	size_t at;
	struct journal_call call;
	struct pager lines;
	bool sent;
};

static void cure_done(void *ctx, const struct err *e);

/* ---- the changes ------------------------------------------------------------- */

static void cure_uncordon(struct kube *k, struct dialog_cure *c)
{
	k->ops->cordon(k, c->targets.v[c->at], false, cure_done, c);
}

static void cure_label(struct kube *k, struct dialog_cure *c)
{
	k->ops->label(k, c->targets.v[c->at], c->key, c->value, cure_done, c);
}

static void cure_untaint(struct kube *k, struct dialog_cure *c)
{
	struct taint t = { .key = c->key, .value = c->value, .effect = c->taint_effect };
	k->ops->taint(k, c->targets.v[c->at], &t, false, cure_done, c);
}

static void cure_patch(struct kube *k, struct dialog_cure *c)
{
	k->ops->patch(k, c->what, c->ns, c->name, c->body, cure_done, c);
}

static void cure_request(struct kube *k, struct dialog_cure *c)
{
	k->ops->lower_request(k, c->ns, c->name, c->key, c->value, cure_done, c);
}

static void cure_undo(struct kube *k, struct dialog_cure *c)
{
	k->ops->undo(k, c->ns, c->name, cure_done, c);
}

/* Of a pod that has ended: nothing disrupts, and the uid makes sure that it is this one. */
static void cure_delete(struct kube *k, struct dialog_cure *c)
{
	k->ops->evict(k, c->ns, c->name, c->value, cure_done, c);
}

static void cure_create(struct kube *k, struct dialog_cure *c)
{
	k->ops->create(k, c->ns, c->body, cure_done, c);
}

static void cure_cni_env(struct kube *k, struct dialog_cure *c)
{
	struct env_entry env = { .name = c->key, .value = c->value };
	k->ops->set_env(k, "kube-system", "aws-node", "aws-node", &env, 1, cure_done, c);
}

static const struct cure_kind {
	const char *action; /* in the journal */
	enum kube_verb_id right; /* KUBE_VERB__COUNT: the answer will tell */
	void (*send)(struct kube *k, struct dialog_cure *c);
} kinds[] = {
	[ADVICE_UNCORDON] = { "uncordon", KUBE_PATCH_NODE, cure_uncordon },
	[ADVICE_LABEL] = { "label", KUBE_PATCH_NODE, cure_label },
	[ADVICE_UNTAINT] = { "untaint", KUBE_PATCH_NODE, cure_untaint },
	[ADVICE_PATCH] = { "patch", KUBE_PATCH_DEPLOYMENT, cure_patch },
	[ADVICE_REQUEST] = { "set-requests", KUBE_PATCH_DEPLOYMENT, cure_request },
	[ADVICE_UNDO] = { "rollout-undo", KUBE_PATCH_DEPLOYMENT, cure_undo },
	[ADVICE_DELETE] = { "delete-pod", KUBE_EVICT, cure_delete },
	[ADVICE_CREATE] = { "create", KUBE_VERB__COUNT, cure_create },
	[ADVICE_CNI_ENV] = { "set-env", KUBE_PATCH_DAEMONSET, cure_cni_env },
};

/* ---- the question -------------------------------------------------------------- */

static void cure_free(struct dialog *d)
{
	struct dialog_cure *c = (struct dialog_cure *)d;
	char *const strings[] = { c->ns, c->name, c->key, c->value, c->taint_effect, c->body };
	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++) {
		free(strings[i]);
	}
	strlist_release(&c->targets);
	pager_release(&c->lines);
	free(c);
}

static struct journal_entry cure_entry(const struct dialog_cure *c)
{
	return (struct journal_entry){ .cluster = model_opened(c->app->session->model),
		.action = kinds[c->action].action, .target = c->targets.v[c->at],
		.before = c->action == ADVICE_UNTAINT ? c->key : NULL,
		.after = c->body ? c->body : c->action == ADVICE_UNTAINT ? NULL : c->value };
}

static void cure_send(struct dialog_cure *c)
{
	struct app *a = c->app;
	struct journal_entry j = cure_entry(c);
	struct err e = ERR_INIT;
	if (!journal_ask(clock_wall(&a->session->clock), &j, 1, &c->call, &e)) {
		app_say_err(a, &e);
		return;
	}
	c->sent = true;
	dialog_busy(&c->d);
	kinds[c->action].send(a->session->kube, c);
}

static void cure_done(void *ctx, const struct err *e)
{
	struct dialog_cure *c = ctx;
	struct app *a = c->app;
	struct journal_entry j = cure_entry(c);
	j.result = e;
	journal_answer(clock_wall(&a->session->clock), &c->call, &j, true, NULL);
	a->dirty = true;
	if (!c->d.closed && e) {
		app_say_err(a, e);
		c->sent = false;
	} else if (!c->d.closed && c->at + 1 < c->targets.n) {
		c->at++;
		cure_send(c);
	} else if (!c->d.closed) {
		app_say(a, STYLE_OK, "%s: done", c->targets.v[c->at]);
		log_add(&a->session->log, clock_wall(&a->session->clock), STYLE_OK, "%s %s: done",
			kinds[c->action].action, c->targets.v[c->at]);
		if (a->dialog == &c->d) {
			a->dialog = NULL;
		}
		c->d.closed = true;
	}
	dialog_back(&c->d);
}

static void cure_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	struct dialog_cure *c = (struct dialog_cure *)d;
	pager_draw(&c->lines, g, y + 1, rows - 4);
	grid_put(g, 2, y + rows - 1, g->cols - 4, STYLE_BOLD,
		c->sent ? "on its way ..." : "y does it, Esc leaves all as it is");
}

static enum dialog_result cure_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_cure *c = (struct dialog_cure *)d;
	if (c->sent) {
		return key == KEY_ESC_ ? DIALOG_CLOSE : DIALOG_STAY;
	}
	if (key == 'y') {
		cure_send(c);
		return DIALOG_STAY;
	}
	return pager_key(&c->lines, key, rows - 4) ? DIALOG_STAY : DIALOG_CLOSE;
}

static const struct dialog_ops cure_ops = {
	.title = "What would help", .keybar = "y:do_it PgUp/PgDn:scroll Esc:leave_as_it_is",
	.draw = cure_draw, .key = cure_key, .free = cure_free,
};

static void cure_write_lines(struct dialog_cure *c, const struct advice *x)
{
	int width = app_cols(c->app) - 4;
	pager_add_wrapped(&c->lines, STYLE_BOLD, width, 2, x->text);
	if (x->effect) {
		pager_add_wrapped(&c->lines, STYLE_OK, width, 2, x->effect);
	}
	if (x->detail) {
		pager_add_wrapped(&c->lines, STYLE_WARN, width, 2, x->detail);
	}
	if (x->command) {
		pager_add(&c->lines, STYLE_NORMAL, "%s", "");
		pager_add(&c->lines, STYLE_DIM, "By hand it would be:");
		pager_add_wrapped(&c->lines, STYLE_NORMAL, width, 4, x->command);
	}
}

static struct dialog *cure_new(struct app *a, const struct advice *x)
{
	struct kube *k = a->session->kube;
	const char *why = NULL;
	if (!k) {
		app_say_err(a, &a->session->k8s_err);
		return NULL;
	}
	enum kube_verb_id right = kinds[x->action].right;
	bool denied = right != KUBE_VERB__COUNT && !x->what &&
		k->ops->allowed(k, right, &why) == TRI_NO;
	if (denied) {
		app_say(a, STYLE_WARN, "%s", why ? why : "the API server does not allow it");
		return NULL;
	}
	struct dialog_cure *c = xcalloc(1, sizeof(*c));
	c->d.ops = &cure_ops;
	c->app = a;
	c->action = x->action;
	c->what = x->what;
	c->ns = xstrdup(x->ns);
	c->name = xstrdup(x->name);
	c->key = xstrdup(x->key);
	c->value = xstrdup(x->value);
	c->taint_effect = xstrdup(x->taint_effect);
	c->body = xstrdup(x->body);
	for (size_t i = 0; i < x->nodes.n; i++) {
		strlist_add(&c->targets, x->nodes.v[i]);
	}
	if (c->targets.n == 0) {
		strlist_take(&c->targets, x->name ? xasprintf("%s%s%s", x->ns ? x->ns : "",
			x->ns ? "/" : "", x->name) : xstrdup("kube-system/aws-node"));
	}
	cure_write_lines(c, x);
	return &c->d;
}

/* ---- the key ---------------------------------------------------------------------- */

/* The number behind # in the id of the row: a filter may hide others. */
const struct pending_group *app_waiting(const struct app *a)
{
	const struct trow *r = app_row(a);
	const char *hash = r && r->id ? strrchr(r->id, '#') : NULL;
	int64_t index;
	return hash && str_to_i64(hash + 1, 0, INT32_MAX, &index) &&
		(size_t)index < a->pending.n ? &a->pending.v[index] : NULL;
}

static struct dialog *cure_scale(struct app *a, const struct advice *x)
{
	const struct deployment *d = model_deployment(a->session->model, x->ns, x->name);
	return d ? dialog_scale_new(a, x->ns, x->name, d->replicas, x->replicas) : NULL;
}

static struct dialog *cure_dialog(struct app *a, const struct advice *x)
{
	switch (x->action) {
	case ADVICE_NONE:
		return NULL;
	case ADVICE_EDIT_LIMITS:
		return dialog_limits_new(a, x->group, x->max_pods, x->prefix);
	case ADVICE_SCALE_GROUP:
		return dialog_resize_new(a, x->group, x->replicas);
	case ADVICE_SCALE_DEPLOYMENT:
		return cure_scale(a, x);
	case ADVICE_UPDATE:
		return dialog_update_new(a);
	case ADVICE_ROLL:
		return dialog_roll_new(a);
	default:
		return cure_new(a, x);
	}
}

void action_cure(struct app *a, const char *arg)
{
	const struct pending_group *g = app_waiting(a);
	size_t n = arg && arg[0] >= 'a' ? (size_t)(arg[0] - 'a') : SIZE_MAX;
	if (!g || n >= g->nadvices) {
		return;
	}
	struct dialog *d = cure_dialog(a, &g->advices[n]);
	if (d) {
		app_open(a, d);
	}
}
