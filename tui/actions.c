/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a key or a : command does. */
#include "tui/actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "tui/keys.h"
#include "tui/term.h"

#define IN(view) (1u << (view))

static void action_help(struct app *a, const char *arg)
{
	app_open(a, dialog_help_new(a));
}

static void action_quit(struct app *a, const char *arg)
{
	a->quit = true;
}

static void action_back(struct app *a, const char *arg)
{
	struct app_place *p = &a->places[a->view];
	if (!str_empty(p->filter)) {
		xreplace(&p->filter, NULL);
	} else {
		app_back(a);
	}
}

static void action_filter(struct app *a, const char *arg)
{
	if (!str_empty(arg)) {
		xreplace(&a->places[a->view].filter, arg);
		return;
	}
	a->prompt_kind = '/';
	snprintf(a->prompt, sizeof(a->prompt), "%s",
		a->places[a->view].filter ? a->places[a->view].filter : "");
}

static void action_command(struct app *a, const char *arg)
{
	a->prompt_kind = ':';
	a->prompt[0] = '\0';
}

static void action_refresh(struct app *a, const char *arg)
{
	session_refresh(a->session);
	app_say(a, STYLE_DIM, "asking again");
}

static void action_repaint(struct app *a, const char *arg)
{
	term_repaint();
}

static void action_enter(struct app *a, const char *arg)
{
	const struct view *v = view_get(a->view);
	const struct trow *r = app_row(a);
	if (a->view == VIEW_CLUSTERS) {
		if (!str_eq(model_opened(a->session->model), r->id)) {
			session_open(a->session, r->id);
			app_read_run(a);
		}
		app_show(a, VIEW_GROUPS, NULL);
	} else if (v->enter != v->id) {
		app_show(a, v->enter, r->id);
	}
}

/* The instance group of the row in hand, in the views that have one; NULL: the cluster. */
static const char *action_group(const struct app *a)
{
	const struct trow *r = app_row(a);
	return a->view == VIEW_GROUPS && r ? r->id : NULL;
}

static void action_undo(struct app *a, const char *arg)
{
	if (!a->session->store) {
		app_say_err(a, &a->session->state_err);
		return;
	}
	app_open(a, dialog_undo_new(a, action_group(a)));
}

static void action_limits(struct app *a, const char *arg)
{
	if (!a->session->store) {
		app_say_err(a, &a->session->state_err);
		return;
	}
	app_open(a, dialog_limits_new(a, action_group(a), -1, false));
}

static void action_update(struct app *a, const char *arg)
{
	app_open(a, dialog_update_new(a));
}

static void action_roll(struct app *a, const char *arg)
{
	app_open(a, dialog_roll_new(a));
}

static void action_scale(struct app *a, const char *arg)
{
	const struct trow *r = app_row(a);
	const char *slash = strchr(r->id, '/');
	char *ns = xstrndup(r->id, (size_t)(slash - r->id));
	const struct deployment *d = model_deployment(a->session->model, ns, slash + 1);
	if (d) {
		app_open(a, dialog_scale_new(a, ns, slash + 1, d->replicas, -1));
	}
	free(ns);
}

/* ---- the cures that Pending offers --------------------------------------------- */

static const struct pending_group *action_pending(const struct app *a)
{
	size_t index = 0;
	for (size_t i = 0; i < a->selected && i < a->table.n; i++) {
		index += a->table.rows[i].kind == ROW_ITEM;
	}
	return index < a->pending.n ? &a->pending.v[index] : NULL;
}

static void action_uncordon_done(void *ctx, const struct err *e)
{
	struct app *a = ctx;
	if (e) {
		app_say_err(a, e);
	} else {
		app_say(a, STYLE_OK, "uncordoned");
	}
	app_changed(a);
}

static void action_uncordon(struct app *a, const char *node)
{
	struct kube *k = a->session->kube;
	if (k && node) {
		struct journal_entry j = { .cluster = model_opened(a->session->model),
			.action = "uncordon", .target = node };
		journal_write(clock_wall(&a->session->clock), &j, NULL);
		k->ops->cordon(k, node, false, action_uncordon_done, a);
	}
}

static void action_cure(struct app *a, const char *arg)
{
	const struct pending_group *g = action_pending(a);
	size_t n = (size_t)(arg[0] - 'a');
	if (!g || n >= g->nadvices) {
		return;
	}
	const struct advice *x = &g->advices[n];
	switch (x->action) {
	case ADVICE_EDIT_LIMITS:
		app_open(a, dialog_limits_new(a, x->group, x->max_pods, x->prefix));
		break;
	case ADVICE_SCALE_GROUP:
		app_open(a, dialog_resize_new(a, x->group, x->replicas));
		break;
	case ADVICE_SCALE_DEPLOYMENT: {
		const struct deployment *d =
			model_deployment(a->session->model, g->ns, g->owner_name);
		if (d) {
			app_open(a, dialog_scale_new(a, g->ns, g->owner_name, d->replicas,
				x->replicas));
		}
		break;
	}
	case ADVICE_UPDATE:
		app_open(a, dialog_update_new(a));
		break;
	case ADVICE_ROLL:
		app_open(a, dialog_roll_new(a));
		break;
	case ADVICE_UNCORDON:
		for (size_t i = 0; i < g->nverdicts; i++) {
			if (g->verdicts[i].kind == REASON_UNSCHEDULABLE) {
				action_uncordon(a, g->verdicts[i].node->node.name);
				break;
			}
		}
		break;
	case ADVICE_NONE:
		break;
	}
}

/* ---- a run ------------------------------------------------------------------------ */

static void action_control(struct app *a, const char *word)
{
	struct err e = ERR_INIT;
	if (run_control(a->run_id, word, &e)) {
		app_say(a, STYLE_OK, "run %s: asked to %s", a->run_id, word);
	} else {
		app_say_err(a, &e);
	}
}

static void action_pause(struct app *a, const char *arg)
{
	action_control(a, "pause");
}

static void action_resume(struct app *a, const char *arg)
{
	action_control(a, "resume");
}

static void action_stop(struct app *a, const char *arg)
{
	action_control(a, "stop");
}

static void action_view(struct app *a, const char *arg)
{
	const struct view *v = view_by_name(arg);
	if (v) {
		app_show(a, v->id, NULL);
	}
}

static void action_capacity(struct app *a, const char *arg)
{
	app_show(a, VIEW_CAPACITY, a->view == VIEW_GROUPS ? action_group(a) : NULL);
}

/* With the Deployment in hand, or the one that most pods wait of. */
static void action_whatif(struct app *a, const char *arg)
{
	const struct trow *r = app_row(a);
	const char *slash = a->view == VIEW_DEPLOYMENTS && r ? strchr(r->id, '/') : NULL;
	if (slash) {
		char *ns = xstrndup(r->id, (size_t)(slash - r->id));
		app_open(a, dialog_whatif_new(a, NULL, ns, slash + 1));
		free(ns);
		return;
	}
	const struct pending_group *g = a->pending.n ? &a->pending.v[0] : NULL;
	bool known = g && str_eq(g->owner_kind, "Deployment");
	const struct m_node *n = a->view == VIEW_CAPACITY && r ?
		model_node(a->session->model, r->id) : NULL;
	app_open(a, dialog_whatif_new(a, n ? n->node.group : action_group(a), known ? g->ns : NULL,
		known ? g->owner_name : NULL));
}

#define CAN(verb) (1u << (verb))

const struct action actions[] = {
	{.name = "help",
		.key = "?",
		.word = "help",
		.help = "Keys and commands",
		.flags = ACTION_BAR,
		.run = action_help},
	{.name = "filter",
		.key = "/",
		.word = "filter",
		.flags = ACTION_BAR,
		.help = "Show rows that contain a text; !text: that do not; column:text",
		.run = action_filter},
	{.name = "open",
		.key = "Enter",
		.word = "open",
		.flags = ACTION_BAR | ACTION_ROW,
		.views =
			IN(VIEW_CLUSTERS) | IN(VIEW_GROUPS) | IN(VIEW_NODES) | IN(VIEW_DEPLOYMENTS),
		.help = "Go into the row: cluster, group, node, pods",
		.run = action_enter},
	{.name = "limits",
		.key = "e",
		.word = "limits",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER,
		.views = IN(VIEW_CLUSTERS) | IN(VIEW_GROUPS) | IN(VIEW_NODES) | IN(VIEW_PENDING),
		.help = "Edit max pods and prefix delegation of the cluster or group",
		.run = action_limits},
	{.name = "update",
		.key = "u",
		.word = "update",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER,
		.help = "kops update cluster: dry run, then for real",
		.run = action_update},
	{.name = "rolling-update",
		.key = "R",
		.word = "roll",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER,
		.kube = CAN(KUBE_PATCH_NODE) | CAN(KUBE_EVICT) | CAN(KUBE_LEASE),
		.help = "Rolling update: the plan, then live",
		.run = action_roll},
	{.name = "three-limits",
		.key = "c",
		.views = IN(VIEW_GROUPS) | IN(VIEW_NODES),
		.help = "The three limits of each node side by side",
		.run = action_capacity},
	{.name = "what-if",
		.key = "w",
		.word = "try",
		.flags = ACTION_BAR | ACTION_CLUSTER,
		.views = IN(VIEW_CAPACITY) | IN(VIEW_DEPLOYMENTS),
		.help = "What would be if limits, prefixes, nodes or replicas were others",
		.run = action_whatif},
	{.name = "scale",
		.key = "s",
		.word = "scale",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_ROW,
		.views = IN(VIEW_DEPLOYMENTS),
		.kube = CAN(KUBE_SCALE),
		.help = "Set the replicas of the Deployment",
		.run = action_scale},
	{.name = "pause",
		.key = "p",
		.word = "pause",
		.flags = ACTION_BAR | ACTION_RUN | ACTION_WRITES,
		.views = IN(VIEW_ROLL),
		.help = "Pause the run after the node in hand",
		.run = action_pause},
	{.name = "resume",
		.key = "r",
		.word = "resume",
		.flags = ACTION_BAR | ACTION_RUN | ACTION_WRITES,
		.views = IN(VIEW_ROLL),
		.help = "Let the run go on",
		.run = action_resume},
	{.name = "stop",
		.key = "x",
		.word = "stop",
		.flags = ACTION_BAR | ACTION_RUN | ACTION_WRITES,
		.views = IN(VIEW_ROLL),
		.help = "Stop the run and leave the cluster clean",
		.run = action_stop},
	{.name = "undo",
		.flags = ACTION_WRITES | ACTION_CLUSTER,
		.help = "Put the spec back to what it was before the last edit",
		.run = action_undo},
	{.name = "cure",
		.flags = ACTION_WRITES,
		.views = IN(VIEW_PENDING),
		.help = "Keys a to d: do what would help",
		.run = action_cure},
	{.name = "command",
		.key = ":",
		.word = "cmd",
		.flags = ACTION_BAR,
		.help = "Type a command or the name of a view; Tab completes",
		.run = action_command},
	{.name = "back", .key = "Esc", .help = "Clear the filter, or go back", .run = action_back},
	{.name = "refresh", .key = "C-r", .help = "Ask all sources again", .run = action_refresh},
	{.name = "repaint", .key = "C-l", .help = "Paint the screen anew", .run = action_repaint},
	{.name = "view", .help = "Show a view by name, as :nodes does", .run = action_view},
	{.name = "quit",
		.key = "q",
		.word = "quit",
		.flags = ACTION_BAR,
		.help = "Leave; runs go on",
		.run = action_quit},
};
const size_t nactions = sizeof(actions) / sizeof(actions[0]);

const struct action *action_by_key(const struct app *a, uint32_t key)
{
	for (size_t i = 0; i < nactions; i++) {
		const struct action *x = &actions[i];
		if (x->key && key_from_name(x->key) == key &&
			(x->views == 0 || (x->views & IN(a->view)))) {
			return x;
		}
	}
	return NULL;
}

const struct action *action_by_name(const char *name)
{
	const struct action *found = NULL;
	for (size_t i = 0; i < nactions; i++) {
		if (str_eq(actions[i].name, name)) {
			return &actions[i];
		}
		if (str_starts(actions[i].name, name)) {
			if (found) {
				return NULL;
			}
			found = &actions[i];
		}
	}
	return found;
}

const char *action_denied(const struct app *a, const struct action *x)
{
	struct kube *k = a->session->kube;
	const char *why = NULL;
	for (int i = 0; k && i < KUBE_VERB__COUNT; i++) {
		if ((x->kube & CAN(i)) &&
			k->ops->allowed(k, (enum kube_verb_id)i, &why) == TRI_NO) {
			return why ? why : "the API server does not allow it";
		}
	}
	return NULL;
}

const char *action_refusal(const struct app *a, const struct action *x)
{
	if ((x->flags & ACTION_WRITES) && a->session->opts.readonly) {
		return "read-only: nothing can be changed (started with --readonly)";
	}
	if ((x->flags & ACTION_CLUSTER) && !model_opened(a->session->model)) {
		return "no cluster is open: choose one in 1 Clusters";
	}
	if ((x->flags & ACTION_ROW) && !app_row(a)) {
		return "there is no row in hand";
	}
	if (x->views && !(x->views & IN(a->view))) {
		return "not in this view";
	}
	if ((x->flags & ACTION_RUN) && !app_run_alive(a)) {
		return "there is no run going on";
	}
	return action_denied(a, x);
}

void action_run(struct app *a, const struct action *x, const char *arg)
{
	const char *why = action_refusal(a, x);
	if (why) {
		app_say(a, STYLE_WARN, "%s", why);
		return;
	}
	x->run(a, arg);
}

void actions_keybar(const struct app *a, struct buf *out)
{
	for (size_t i = 0; i < nactions; i++) {
		const struct action *x = &actions[i];
		bool here = x->views == 0 || (x->views & IN(a->view));
		bool writes = (x->flags & ACTION_WRITES) && a->session->opts.readonly;
		bool idle = (x->flags & ACTION_RUN) && !app_run_alive(a);
		bool denied = action_denied(a, x) != NULL;
		if ((x->flags & ACTION_BAR) && here && !writes && !idle && !denied) {
			buf_addf(out, "%s:%s ", x->key, x->word);
		}
	}
}
