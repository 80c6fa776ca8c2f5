/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables of aws-node set or unset: in the cluster's spec, or for the moment
 * in the DaemonSet as it runs; with no variable at all, aws-node's restart.
 *
 * States: FIELDS -> (Enter) SHOWN, with what it does and the diff -> (name typed, Enter) WRITING
 * -> closed.  Esc goes one step back.  A restart begins in SHOWN.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/cni/state.h"
#include "core/rules/consequences.h"
#include "core/run/journal.h"
#include "tui/app.h"
#include "tui/change.h"
#include "tui/dialog.h"
#include "tui/dialog/change-lines.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/pager.h"

#define ENV_MAX 8
#define AWS_NODE "kube-system/aws-node"

struct env_field {
	char *name;
	char *before; /* NULL: unset */
	char text[80]; /* as typed; "" is unset */
};

enum env_target { ENV_SPEC, ENV_LIVE, ENV_RESTART };
enum env_state { ENV_FIELDS, ENV_SHOWN, ENV_WRITING };

struct dialog_env {
	struct dialog d;
	struct app *app;
	enum env_target target;
	enum env_state state;
	struct env_field fields[ENV_MAX];
	size_t n, at;
	struct findings findings;
	struct pager lines;
	struct change *change; /* of the spec */
	char typed[256];
	struct journal_call call;
};

static void env_free(struct dialog *d)
{
	struct dialog_env *e = (struct dialog_env *)d;
	for (size_t i = 0; i < e->n; i++) {
		free(e->fields[i].name);
		free(e->fields[i].before);
	}
	change_free(e->change);
	findings_release(&e->findings);
	pager_release(&e->lines);
	free(e);
}

/* ---- what is wished --------------------------------------------------------------- */

static bool env_changed(const struct env_field *f)
{
	return !str_eq(f->text, f->before ? f->before : "");
}

/* The changed ones; returns how many.  Borrowed. */
static size_t env_wish(const struct dialog_env *e, struct env_entry out[ENV_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < e->n; i++) {
		const struct env_field *f = &e->fields[i];
		if (env_changed(f)) {
			out[n++] = (struct env_entry){ .name = f->name,
				.value = f->text[0] ? f->text : NULL };
		}
	}
	return n;
}

/* The rules of an edit know some variables by fields of their own. */
static struct limits_edit env_limits(const struct env_entry *env, size_t n,
	struct env_entry rest[ENV_MAX])
{
	struct limits_edit e = { .max_pods = LIMITS_KEEP, .cp_max_pods = LIMITS_KEEP,
		.warm_prefix = LIMITS_KEEP, .warm_ip = LIMITS_KEEP, .minimum_ip = LIMITS_KEEP,
		.prefix = LIMITS_KEEP, .env = rest };
	const struct {
		const char *name;
		int64_t *value;
	} numbers[] = { { "WARM_PREFIX_TARGET", &e.warm_prefix },
		{ "WARM_IP_TARGET", &e.warm_ip }, { "MINIMUM_IP_TARGET", &e.minimum_ip } };
	for (size_t i = 0; i < n; i++) {
		bool taken = false;
		for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
			int64_t v = LIMITS_UNSET;
			if (str_eq(env[i].name, numbers[k].name) &&
			    (!env[i].value || str_to_i64(env[i].value, 0, INT32_MAX, &v))) {
				*numbers[k].value = v;
				taken = true;
			}
		}
		if (str_eq(env[i].name, "ENABLE_PREFIX_DELEGATION")) {
			e.prefix = env[i].value ? str_eq(env[i].value, "true") : LIMITS_UNSET;
			taken = true;
		}
		if (!taken) {
			rest[e.nenv++] = env[i];
		}
	}
	return e;
}

static void env_judge(struct dialog_env *e)
{
	struct env_entry env[ENV_MAX], rest[ENV_MAX];
	size_t n = env_wish(e, env);
	findings_release(&e->findings);
	for (size_t i = 0; i < n; i++) {
		const char *want = env[i].value ? cni_value_wrong(env[i].name, env[i].value) : NULL;
		const struct cni_var *var = cni_var_find(env[i].name);
		if (want) {
			findings_add(&e->findings, FINDING_REFUSE, NULL,
				"%s must be %s, not \"%s\"", env[i].name, want, env[i].value);
		}
		if (e->target == ENV_SPEC && var && var->forced && env[i].value) {
			findings_add(&e->findings, FINDING_WARN, "leave it out",
				"%s has no effect: kops overwrites it", env[i].name);
		}
	}
	if (e->target != ENV_SPEC) {
		cni_live_findings(e->app->session->model, env, n, &e->findings);
	} else if (n && !findings_refuse(&e->findings)) {
		struct limits_edit limits = env_limits(env, n, rest);
		consequences_of(e->app->session->model, &limits, &e->findings);
	}
}

static void env_say(struct dialog_env *e)
{
	int width = app_cols(e->app) - 2;
	struct env_entry env[ENV_MAX];
	pager_release(&e->lines);
	if (e->target != ENV_RESTART && !env_wish(e, env)) {
		for (size_t i = 0; i < e->n; i++) {
			const struct cni_var *var = cni_var_find(e->fields[i].name);
			char *text = xasprintf("  %s: %s", e->fields[i].name,
				var ? var->meaning : tr("not known to kopscope"));
			pager_add_wrapped(&e->lines, STYLE_DIM, width, 4, text);
			free(text);
		}
		return;
	}
	env_judge(e);
	pager_add(&e->lines, STYLE_BOLD, "%s", tr("What this does"));
	change_lines_said(&e->lines, &e->findings, width, e->app->ascii);
}

/* There is something to confirm: a spec's diff has come. */
static bool env_ready(const struct dialog_env *e)
{
	return e->target != ENV_SPEC ||
		(e->change && change_get_state(e->change) == CHANGE_READY);
}

/* ---- drawing ---------------------------------------------------------------------- */

static int env_draw_fields(struct dialog_env *e, struct grid *g, int y)
{
	int wide = g->cols >= 100 ? 40 : 33;
	for (size_t i = 0; i < e->n; i++, y++) {
		const struct env_field *f = &e->fields[i];
		bool here = i == e->at && e->state == ENV_FIELDS;
		int x = wide + 4;
		grid_put(g, 1, y, 1, STYLE_ACCENT, here ? (g->ascii ? ">" : "\xe2\x96\xb8") : " ");
		grid_put(g, 3, y, wide, here ? STYLE_BOLD : STYLE_NORMAL, f->name);
		grid_put_right(g, x, y, 10, STYLE_DIM, f->before ? f->before : tr("unset"));
		grid_put(g, x + 11, y, 2, STYLE_DIM, g->ascii ? "->" : "\xe2\x86\x92");
		grid_put(g, x + 14, y, 1, STYLE_DIM, "[");
		int w = grid_put(g, x + 15, y, g->cols - x - 17,
			env_changed(f) ? STYLE_ACCENT : STYLE_NORMAL,
			f->text[0] ? f->text : tr("unset"));
		grid_put(g, x + 15 + (w > 8 ? w : 8), y, 1, STYLE_DIM, "]");
		if (here) {
			g->cursor_x = x + 15 + (f->text[0] ? w : 0);
			g->cursor_y = y;
		}
	}
	return y;
}

static void env_draw(struct dialog *d, struct app *a, struct grid *g, int y, int rows)
{
	static const char *const where[] = { [ENV_SPEC] = N_("in the cluster's spec"),
		[ENV_LIVE] = N_("TEMPORARY, in the DaemonSet"),
		[ENV_RESTART] = N_("restart aws-node") };
	struct dialog_env *e = (struct dialog_env *)d;
	int end = y + rows;
	grid_putf(g, 1, y, g->cols - 26, e->target == ENV_SPEC ? STYLE_NORMAL : STYLE_WARN,
		"%s: %s", model_opened(a->session->model), tr(where[e->target]));
	grid_put_right(g, g->cols - 24, y, 23, STYLE_DIM,
		e->state == ENV_WRITING ? tr("writing ...") : tr("nothing written yet"));
	y = env_draw_fields(e, g, y + 2) + (e->n > 0);
	bool ask = e->state == ENV_SHOWN && env_ready(e);
	pager_draw(&e->lines, g, y, end - y - (ask ? 2 : 0));
	if (ask) {
		int x = 1 + grid_put(g, 1, end - 1, g->cols - 2, STYLE_BOLD,
				    e->target == ENV_RESTART
					    ? tr("Type the cluster's name to restart: ")
					    : tr("Type the cluster's name to write: "));
		x += grid_put(g, x, end - 1, g->cols - x - 1, STYLE_ACCENT, e->typed);
		g->cursor_x = x;
		g->cursor_y = end - 1;
	}
}

static const char *env_keys(struct dialog *d, struct app *a)
{
	struct dialog_env *e = (struct dialog_env *)d;
	switch (e->state) {
	case ENV_FIELDS:
		return "Up/Down:field Space:on/off C-u:empty Enter:look Esc:leave_as_it_is";
	case ENV_SHOWN:
		return e->target == ENV_RESTART ? "Enter:restart Esc:leave_as_it_is" :
			"Enter:write PgUp/PgDn:scroll Esc:back_to_the_fields";
	case ENV_WRITING:
		break;
	}
	return "";
}

/* ---- the spec ----------------------------------------------------------------------- */

static void env_moved(void *ctx)
{
	struct dialog_env *e = ctx;
	struct app *a = e->app;
	a->dirty = true;
	switch (change_get_state(e->change)) {
	case CHANGE_READY:
		if (!change_diff(e->change)[0]) {
			app_say(a, STYLE_WARN, "nothing changes: the spec says so already");
			e->state = ENV_FIELDS;
			return;
		}
		pager_add(&e->lines, STYLE_NORMAL, "%s", "");
		e->lines.top = e->lines.n;
		pager_add(&e->lines, STYLE_BOLD, "%s", change_path(e->change));
		pager_add_diff(&e->lines, change_diff(e->change));
		break;
	case CHANGE_DONE:
		app_say(a, STYLE_OK, "written: %s.  u shows and applies the update",
			change_path(e->change));
		a->dialog = NULL;
		dialog_close(&e->d);
		break;
	case CHANGE_FAILED:
		app_say_err(a, change_error(e->change));
		e->state = ENV_FIELDS;
		if (change_their_diff(e->change)[0]) {
			pager_release(&e->lines);
			pager_add(&e->lines, STYLE_BOLD, "%s", tr("yours, not written"));
			pager_add_diff(&e->lines, change_diff(e->change));
			pager_add(&e->lines, STYLE_BOLD, "%s", tr("theirs, which is stored"));
			pager_add_diff(&e->lines, change_their_diff(e->change));
		}
		break;
	case CHANGE_FETCHING:
	case CHANGE_WRITING:
		break;
	}
}

static void env_fetch(struct dialog_env *e)
{
	struct env_entry env[ENV_MAX];
	struct edit_op ops[ENV_MAX];
	char *keys[ENV_MAX];
	size_t n = env_wish(e, env);
	for (size_t i = 0; i < n; i++) {
		keys[i] = xasprintf("env.%s", env[i].name);
		ops[i] = (struct edit_op){ .key = keys[i], .value = env[i].value };
	}
	change_free(e->change);
	e->change = change_start_ops(e->app->session, model_opened(e->app->session->model), NULL,
		ops, n, env_moved, e);
	for (size_t i = 0; i < n; i++) {
		free(keys[i]);
	}
}

/* ---- the DaemonSet -------------------------------------------------------------------- */

static void env_list(const struct dialog_env *e, bool after, struct buf *out)
{
	for (size_t i = 0; i < e->n; i++) {
		const struct env_field *f = &e->fields[i];
		const char *value = after ? (f->text[0] ? f->text : NULL) : f->before;
		if (env_changed(f)) {
			buf_addf(out, "%s%s%s%s", out->len ? " " : "", f->name,
				value ? "=" : " unset", value ? value : "");
		}
	}
}

/* The write in words; the texts are the entry's own. */
static struct journal_entry env_entry(const struct dialog_env *e, struct buf *before,
	struct buf *after)
{
	bool restart = e->target == ENV_RESTART;
	env_list(e, false, before);
	env_list(e, true, after);
	return (struct journal_entry){ .cluster = model_opened(e->app->session->model),
		.action = restart ? "restart" : "set-env", .target = AWS_NODE,
		.before = restart ? NULL : buf_str(before),
		.after = restart ? NULL : buf_str(after) };
}

static bool env_journal_ask(struct dialog_env *e)
{
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct err err = ERR_INIT;
	struct journal_entry j = env_entry(e, &before, &after);
	bool ok = journal_ask(clock_wall(&e->app->session->clock), &j, 1, &e->call, &err);
	if (!ok) {
		app_say_err(e->app, &err);
	}
	buf_release(&before);
	buf_release(&after);
	return ok;
}

static void env_done(void *ctx, const struct err *err)
{
	struct dialog_env *e = ctx;
	struct app *a = e->app;
	struct buf before = BUF_INIT, after = BUF_INIT;
	bool restart = e->target == ENV_RESTART;
	int64_t now = clock_wall(&a->session->clock);
	struct journal_entry j = env_entry(e, &before, &after);
	j.result = err;
	journal_answer(now, &e->call, &j, true, NULL);
	if (!err) {
		log_add(&a->session->log, now, STYLE_OK, "%s: %s", AWS_NODE,
			restart ? "restarted" : buf_str(&after));
	}
	if (!e->d.closed) {
		if (err) {
			app_say_err(a, err);
			e->state = restart ? ENV_SHOWN : ENV_FIELDS;
		} else {
			app_say(a, STYLE_OK, restart ? "aws-node restarts, node by node" :
				"aws-node takes it over, node by node; kops will overwrite it");
			if (a->dialog == &e->d) {
				a->dialog = NULL;
			}
			e->d.closed = true;
			session_refresh(a->session);
		}
		a->dirty = true;
	}
	buf_release(&before);
	buf_release(&after);
	dialog_back(&e->d);
}

static void env_send(struct dialog_env *e)
{
	struct kube *k = e->app->session->kube;
	struct env_entry env[ENV_MAX];
	size_t n = env_wish(e, env);
	if (e->target == ENV_SPEC) {
		e->state = ENV_WRITING;
		change_commit(e->change);
		return;
	}
	if (!env_journal_ask(e)) {
		return;
	}
	e->state = ENV_WRITING;
	dialog_busy(&e->d);
	if (e->target == ENV_RESTART) {
		k->ops->restart(k, "kube-system", "aws-node", env_done, e);
	} else {
		k->ops->set_env(k, "kube-system", "aws-node", "aws-node", env, n, env_done, e);
	}
}

/* ---- keys ------------------------------------------------------------------------------ */

static void env_show(struct dialog_env *e, struct app *a)
{
	struct env_entry env[ENV_MAX];
	if (!env_wish(e, env)) {
		app_say(a, STYLE_WARN, "nothing is changed yet");
		return;
	}
	env_say(e);
	if (findings_refuse(&e->findings)) {
		app_say(a, STYLE_BAD, "refused: see the lines marked %s",
			a->ascii ? "x" : "\xe2\x9c\x97");
		return;
	}
	e->typed[0] = '\0';
	e->state = ENV_SHOWN;
	if (e->target == ENV_SPEC) {
		env_fetch(e);
		return;
	}
	pager_add(&e->lines, STYLE_NORMAL, "%s", "");
	pager_add(&e->lines, STYLE_BOLD, "DaemonSet %s, container aws-node", AWS_NODE);
	for (size_t i = 0; i < e->n; i++) {
		const struct env_field *f = &e->fields[i];
		if (env_changed(f) && f->before) {
			pager_add(&e->lines, STYLE_REMOVED, "-%s=%s", f->name, f->before);
		}
		if (env_changed(f) && f->text[0]) {
			pager_add(&e->lines, STYLE_ADDED, "+%s=%s", f->name, f->text);
		}
	}
}

static enum dialog_result env_key_fields(struct dialog_env *e, struct app *a, uint32_t key)
{
	struct env_field *f = &e->fields[e->at];
	const struct cni_var *var = cni_var_find(f->name);
	if (key == KEY_ESC_) {
		return DIALOG_CLOSE;
	}
	if (key == KEY_ENTER_) {
		env_show(e, a);
	} else if (key == KEY_PGUP || key == KEY_PGDN) {
		pager_key(&e->lines, key, app_body_rows(a) - (int)e->n - 3);
	} else if (key == KEY_UP_ || key == KEY_BACKTAB) {
		e->at -= e->at > 0;
	} else if (key == KEY_DOWN_ || key == KEY_TAB_) {
		e->at += e->at + 1 < e->n;
	} else if (var && var->form == CNI_BOOL && key == ' ') {
		bool on = str_eq(f->text, "true");
		snprintf(f->text, sizeof(f->text), "%s", on ? "false" : "true");
		env_say(e);
	} else if (dialog_edit(f->text, sizeof(f->text), key)) {
		env_say(e);
	}
	return DIALOG_STAY;
}

static enum dialog_result env_key(struct dialog *d, struct app *a, uint32_t key, int rows)
{
	struct dialog_env *e = (struct dialog_env *)d;
	a->message[0] = '\0';
	if (e->state == ENV_FIELDS) {
		return env_key_fields(e, a, key);
	}
	if (e->state == ENV_WRITING) {
		return DIALOG_STAY; /* its answer decides */
	}
	if (key == KEY_ESC_) {
		if (e->target == ENV_RESTART) {
			return DIALOG_CLOSE;
		}
		e->state = ENV_FIELDS;
		env_say(e);
		return DIALOG_STAY;
	}
	if (key == KEY_ENTER_) {
		bool ready = env_ready(e);
		if (ready && !str_eq(e->typed, model_opened(a->session->model))) {
			app_say(a, STYLE_WARN, "type %s to write, Esc to go back",
				model_opened(a->session->model));
		} else if (ready) {
			env_send(e);
		}
		return DIALOG_STAY;
	}
	if (key == ' ' || !pager_key(&e->lines, key, rows - 8)) {
		dialog_edit(e->typed, sizeof(e->typed), key);
	}
	return DIALOG_STAY;
}

static void env_model_changed(struct dialog *d, struct app *a)
{
	struct dialog_env *e = (struct dialog_env *)d;
	if (e->state == ENV_FIELDS) {
		env_say(e);
	}
}

static const struct dialog_ops env_ops = {
	.title = "CNI", .keys = env_keys, .draw = env_draw, .key = env_key,
	.changed = env_model_changed, .free = env_free,
};

/* Says why not, when there is no way to write there. */
static bool env_possible(struct app *a, enum env_target target)
{
	const struct model *m = a->session->model;
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	const char *why = NULL;
	struct kube *k = a->session->kube;
	if (a->session->opts.readonly) {
		app_say(a, STYLE_WARN, "read-only: nothing can be changed");
		return false;
	}
	if (target == ENV_SPEC) {
		if (!a->session->store) {
			app_say_err(a, &a->session->state_err);
		} else if (!c || c->spec.problem) {
			app_say(a, STYLE_BAD, "the spec cannot be read: %s",
				c ? c->spec.problem : "not in the store");
		} else {
			return true;
		}
		return false;
	}
	if (!k) {
		app_say_err(a, &a->session->k8s_err);
		return false;
	}
	if (!model_daemonset(m, "kube-system", "aws-node")) {
		app_say(a, STYLE_WARN, "aws-node has not been seen");
		return false;
	}
	if (k->ops->allowed(k, KUBE_PATCH_DAEMONSET, &why) == TRI_NO) {
		app_say(a, STYLE_WARN, "%s", why ? why : "the API server does not allow it");
		return false;
	}
	return true;
}

static void env_field_add(struct dialog_env *e, const struct cni_state *s,
	const struct env_entry *want, bool set)
{
	struct env_field *f = &e->fields[e->n++];
	const struct cni_entry *now = cni_state_find(s, want->name);
	const char *before = !now ? NULL : e->target == ENV_SPEC ? now->spec : now->live;
	const char *text = set ? want->value : before;
	f->name = xstrdup(want->name);
	f->before = xstrdup(before);
	snprintf(f->text, sizeof(f->text), "%s", text ? text : "");
}

static struct dialog_env *env_new(struct app *a, enum env_target target)
{
	struct dialog_env *e = xcalloc(1, sizeof(*e));
	e->d.ops = &env_ops;
	e->app = a;
	e->target = target;
	return e;
}

struct dialog *dialog_env_new(struct app *a, bool live, const struct env_entry *env, size_t n,
	bool set)
{
	enum env_target target = live ? ENV_LIVE : ENV_SPEC;
	struct cni_state s;
	if (!n || !env_possible(a, target)) {
		return NULL;
	}
	struct dialog_env *e = env_new(a, target);
	cni_state_of(a->session->model, &s);
	for (size_t i = 0; i < n && e->n < ENV_MAX; i++) {
		env_field_add(e, &s, &env[i], set);
	}
	cni_state_release(&s);
	env_say(e);
	return &e->d;
}

struct dialog *dialog_env_restart_new(struct app *a)
{
	if (!env_possible(a, ENV_RESTART)) {
		return NULL;
	}
	struct dialog_env *e = env_new(a, ENV_RESTART);
	e->state = ENV_SHOWN;
	env_say(e);
	return &e->d;
}
