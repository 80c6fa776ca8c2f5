/* SPDX-License-Identifier: Apache-2.0 */
/* Everything a key or a : command does. */
#include "tui/actions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal.h"
#include "tui/act.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"
#include "tui/screen/term.h"

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
	if (p->marks.n > 0) {
		strlist_release(&p->marks);
	} else if (!str_empty(p->filter)) {
		xreplace(&p->filter, NULL);
	} else {
		app_back(a);
	}
}

/* Esc's way back, past marks and filter. */
static void action_history(struct app *a, const char *arg)
{
	app_back(a);
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
	a->said_at = a->said.n;
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
	} else if (a->view == VIEW_PENDING) {
		app_enter_waiting(a);
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
#define THINGS \
	(IN(VIEW_CLUSTERS) | IN(VIEW_GROUPS) | IN(VIEW_NODES) | IN(VIEW_CAPACITY) | \
		IN(VIEW_PODS) | IN(VIEW_DEPLOYMENTS))

const struct action actions[] = {
	{.name = "help",
		.key = "?",
		.word = "help",
		.help = "Keys and commands",
		.flags = ACTION_BAR,
		.run = action_help},
	{.name = "lab",
		.key = "l",
		.word = "lab",
		.flags = ACTION_BAR | ACTION_FIRST,
		.views = ~IN(VIEW_ROLL),
		.help = "Open the lab, a pretend cluster, where nothing is configured",
		.run = action_lab},
	{.name = "filter",
		.key = "/",
		.word = "filter",
		.flags = ACTION_BAR,
		.help = "Rows that have a text; !text: not; column:text; -l key=value",
		.run = action_filter},
	{.name = "open",
		.key = "Enter",
		.word = "open",
		.flags = ACTION_BAR | ACTION_ROW,
		.views =
			IN(VIEW_CLUSTERS) | IN(VIEW_GROUPS) | IN(VIEW_NODES) | IN(VIEW_CAPACITY) |
			IN(VIEW_DEPLOYMENTS) | IN(VIEW_PENDING),
		.help = "Go into the row: cluster, group, node, pods",
		.run = action_enter},
	{.name = "pod",
		.key = "Enter",
		.word = "describe",
		.flags = ACTION_BAR | ACTION_ROW,
		.views = IN(VIEW_PODS),
		.help = "All that is known of the pod",
		.run = action_describe},
	{.name = "limits",
		.key = "e",
		.word = "limits",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER,
		.views = IN(VIEW_CLUSTERS) | IN(VIEW_GROUPS) | IN(VIEW_NODES) | IN(VIEW_PENDING),
		.help = "Edit max pods and prefix delegation of the cluster or group",
		.run = action_limits},
	{.name = "group",
		.key = "E",
		.word = "ig",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER,
		.views = IN(VIEW_GROUPS),
		.help = "Edit the group: sizes, type, image, volume, subnets, taints, labels",
		.run = action_group_edit},
	{.name = "resize",
		.key = "s",
		.word = "resize",
		.flags = ACTION_WRITES | ACTION_CLUSTER,
		.views = IN(VIEW_GROUPS),
		.help = "Set how many nodes the group runs now, within its bounds",
		.run = action_group_resize},
	{.name = "new-cluster",
		.key = "N",
		.word = "new",
		.flags = ACTION_WRITES,
		.views = IN(VIEW_CLUSTERS),
		.help = "Create a cluster: a form, its command, a dry run, then for real",
		.run = action_create},
	{.name = "create",
		.flags = ACTION_WRITES,
		.help = "Create a cluster, from any view",
		.run = action_create},
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
	{.name = "settings",
		.key = "n",
		.views = IN(VIEW_GROUPS) | IN(VIEW_CAPACITY),
		.help = "The CNI's variables: default, spec, live, which one holds (:cni)",
		.run = action_cni},
	{.name = "env",
		.key = "e",
		.word = "edit",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER,
		.views = IN(VIEW_CNI),
		.help = "Set or unset the CNI's variable in the spec; :env NAME=VALUE",
		.run = action_env},
	{.name = "temporary",
		.key = "t",
		.word = "live",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER,
		.views = IN(VIEW_CNI),
		.kube = CAN(KUBE_PATCH_DAEMONSET),
		.help = "Set it in the running DaemonSet: kops will overwrite it",
		.run = action_env_live},
	{.name = "warm",
		.key = "m",
		.word = "model",
		.flags = ACTION_BAR | ACTION_CLUSTER,
		.views = IN(VIEW_CNI) | IN(VIEW_CAPACITY),
		.help = "Addresses held against pods by the warm targets, as a curve",
		.run = action_cni_model},
	{.name = "restart-aws-node",
		.key = "r",
		.flags = ACTION_WRITES | ACTION_CLUSTER,
		.views = IN(VIEW_CNI),
		.kube = CAN(KUBE_PATCH_DAEMONSET),
		.help = "Restart aws-node, a tenth of the nodes at a time",
		.run = action_cni_restart},
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
		.run = action_run_pause},
	{.name = "resume",
		.key = "r",
		.word = "resume",
		.flags = ACTION_BAR | ACTION_RUN | ACTION_WRITES,
		.views = IN(VIEW_ROLL),
		.help = "Let the run go on; take one up whose worker died",
		.run = action_run_resume},
	{.name = "skip",
		.key = "K",
		.word = "skip",
		.flags = ACTION_RUN | ACTION_WRITES,
		.views = IN(VIEW_ROLL),
		.help = "Leave the node in hand out and give it back",
		.run = action_run_skip},
	{.name = "stop",
		.key = "x",
		.word = "stop",
		.flags = ACTION_BAR | ACTION_RUN | ACTION_WRITES,
		.views = IN(VIEW_ROLL),
		.help = "Stop the run and leave the cluster clean",
		.run = action_run_stop},
	{.name = "run-log",
		.key = "l",
		.word = "log",
		.flags = ACTION_RUN,
		.views = IN(VIEW_ROLL),
		.help = "What the run has said so far",
		.run = action_run_log},
	{.name = "output",
		.key = "o",
		.word = "kops'_own_output",
		.flags = ACTION_RUN,
		.views = IN(VIEW_ROLL),
		.help = "kops' raw output in this run",
		.run = action_run_output},
	{.name = "state-store",
		.key = "S",
		.views = IN(VIEW_CLUSTERS) | IN(VIEW_GROUPS),
		.flags = ACTION_CLUSTER,
		.help = "The cluster's files in the state store",
		.run = action_store},
	{.name = "list-addons",
		.key = "A",
		.views = IN(VIEW_CLUSTERS) | IN(VIEW_GROUPS) | IN(VIEW_STORE),
		.flags = ACTION_CLUSTER,
		.help = "Addons: listed, applied, switched by the spec",
		.run = action_addons},
	{.name = "file",
		.key = "Enter",
		.word = "text",
		.flags = ACTION_BAR | ACTION_ROW | ACTION_CLUSTER,
		.views = IN(VIEW_STORE),
		.help = "The file's text; secrets only when asked for, and masked",
		.run = action_file},
	{.name = "filled-in",
		.key = "d",
		.word = "filled_in",
		.flags = ACTION_BAR | ACTION_CLUSTER,
		.views = IN(VIEW_STORE),
		.help = "The cluster's spec beside what kops filled in",
		.run = action_filled},
	{.name = "switch",
		.key = "Enter",
		.word = "switch",
		.flags = ACTION_BAR | ACTION_WRITES | ACTION_CLUSTER | ACTION_ROW,
		.views = IN(VIEW_ADDONS),
		.help = "Switch the addon on or off in the cluster's spec",
		.run = action_addon},
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
	{.name = "back",
		.key = "Esc",
		.help = "Unmark, else clear the filter, else go back",
		.run = action_back},
	{.name = "history-back", .key = "[", .help = "To the view before", .run = action_history},
	{.name = "forward", .key = "]", .help = "Forward again", .run = action_forward},
	{.name = "sort",
		.help = "Sort by a column: COLUMN [desc]; its letter in the list below does it too",
		.run = action_sort,
		.complete = action_sort_complete},
	{.name = "describe",
		.key = "d",
		.word = "describe",
		.flags = ACTION_ROW,
		.views = THINGS,
		.help = "All that is known of the row, with search",
		.run = action_describe},
	{.name = "yaml",
		.key = "y",
		.word = "YAML",
		.flags = ACTION_ROW,
		.views = THINGS,
		.help = "The object as the API server has it, or the spec as it is stored",
		.run = action_yaml},
	{.name = "cordon",
		.flags = ACTION_WRITES | ACTION_CLUSTER | ACTION_ROW,
		.views = IN(VIEW_NODES) | IN(VIEW_CAPACITY),
		.kube = CAN(KUBE_PATCH_NODE),
		.help = "No new pods on the marked nodes, or the one in hand",
		.run = action_cordon},
	{.name = "uncordon",
		.flags = ACTION_WRITES | ACTION_CLUSTER | ACTION_ROW,
		.views = IN(VIEW_NODES) | IN(VIEW_CAPACITY),
		.kube = CAN(KUBE_PATCH_NODE),
		.help = "New pods may come to them again",
		.run = action_uncordon},
	{.name = "mark",
		.key = "Space",
		.flags = ACTION_ROW,
		.help = "Mark the row: copy and cordon take all marked",
		.run = action_mark},
	{.name = "wide",
		.key = "C-w",
		.help = "Columns as they fit, wide (more of them), or compact, by turns",
		.run = action_wide},
	{.name = "compact", .help = "Compact rows, and back", .run = action_compact},
	{.name = "columns",
		.help = "Only these columns, kept: ID,ID...; alone: all; reset: as usual",
		.run = action_columns,
		.complete = action_columns_complete},
	{.name = "copy",
		.key = "C-y",
		.flags = ACTION_ROW,
		.help = "Copy names (:copy detail: the words) by OSC 52",
		.run = action_copy},
	{.name = "mouse", .help = "Mouse on or off", .run = action_mouse},
	{.name = "suspend", .key = "C-z", .help = "Back to the shell, fg returns",
		.run = action_suspend},
	{.name = "context",
		.help = "Another context of the kubeconfig, by name or from a list",
		.run = action_context,
		.complete = action_context_complete},
	{.name = "lesson",
		.help = "The lab's lessons: next, prev, hide, list, or one by name",
		.run = action_lesson,
		.complete = action_lesson_complete},
	{.name = "guide",
		.key = "C-g",
		.help = "The lesson in hand: hide it, show it again",
		.run = action_guide_hide},
	{.name = "refresh", .key = "C-r", .help = "Ask all sources again", .run = action_refresh},
	{.name = "repaint", .key = "C-l", .help = "Paint the screen anew", .run = action_repaint},
	{.name = "view", .help = "Show a view by name, as :nodes does", .run = action_view},
	{.name = "confirm",
		.help = "What a guard rail wants before a write: yes, or the cluster's name",
		.flags = ACTION_CLUSTER,
		.run = action_confirm},
	{.name = "journal",
		.key = "o",
		.views = IN(VIEW_LOG),
		.help = "Every write from here: who, when, what, what came of it",
		.run = action_journal},
	{.name = "theme",
		.help = "Colours for a dark or a light ground, or none: dark, light, mono",
		.run = action_theme,
		.complete = action_theme_complete},
	{.name = "quit",
		.key = "q",
		.word = "quit",
		.flags = ACTION_BAR,
		.help = "Leave; runs go on",
		.run = action_quit},
};
const size_t nactions = sizeof(actions) / sizeof(actions[0]);

static const char *bound[sizeof(actions) / sizeof(actions[0])];

const char *action_key(const struct action *x)
{
	return bound[x - actions] ? bound[x - actions] : x->key;
}

void action_bind(size_t i, const char *key)
{
	bound[i] = key;
}

const struct action *action_by_key(const struct app *a, uint32_t key)
{
	for (size_t i = 0; i < nactions; i++) {
		const struct action *x = &actions[i];
		if (action_key(x) && key_from_name(action_key(x)) == key &&
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
			return why ? why : N_("the API server does not allow it");
		}
	}
	return NULL;
}

const char *action_refusal(const struct app *a, const struct action *x)
{
	if ((x->flags & ACTION_WRITES) && a->session->opts.readonly) {
		return a->session->readonly_option ?
			N_("read-only: nothing can be changed (started with --readonly)") :
			N_("read-only: config.yaml says so of this cluster");
	}
	if ((x->flags & ACTION_CLUSTER) && !model_opened(a->session->model)) {
		return N_("no cluster is open: choose one in 1 Clusters");
	}
	if ((x->flags & ACTION_FIRST) && !app_is_bare(a)) {
		return N_("something is configured: in a shell, kopscope lab opens the lab");
	}
	if ((x->flags & ACTION_ROW) && !app_row(a)) {
		return N_("there is no row in hand");
	}
	if (x->views && !(x->views & IN(a->view))) {
		return N_("not in this view");
	}
	if ((x->flags & ACTION_RUN) && !action_run_possible(a, x->run)) {
		return N_("there is no such run going on");
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

/* Only what would be done now stands there. */
void actions_keybar(const struct app *a, struct buf *out)
{
	for (size_t i = 0; i < nactions; i++) {
		const struct action *x = &actions[i];
		bool here = x->views == 0 || (x->views & IN(a->view));
		if (x->run == action_quit) {
			buf_adds(out, "| ");
		}
		if ((x->flags & ACTION_BAR) && here && !action_refusal(a, x)) {
			buf_addf(out, "%s:%s ", action_key(x), x->word);
		}
	}
}
