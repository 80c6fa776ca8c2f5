/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handlers of the actions that have a file of their own, tui/action/NAME.c; each has its row
 * in tui/actions.c.  A handler never draws and never waits: it opens a dialog, asks a source,
 * or says in a line why it does not.  arg: what was typed behind the command's name, or NULL.
 */
#ifndef KOPSCOPE_TUI_ACT_H
#define KOPSCOPE_TUI_ACT_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/app.h"

/* Keys a to d of Pending: what would help the group in hand; arg is the letter. */
void action_cure(struct app *a, const char *arg);

/* aws-node: its view; a variable of it in the spec, or for the moment in the DaemonSet (arg: NAME
   or NAME=VALUE, else the row in hand); what it holds against pods; its restart. */
void action_cni(struct app *a, const char *arg);
void action_env(struct app *a, const char *arg);
void action_env_live(struct app *a, const char *arg);
void action_cni_model(struct app *a, const char *arg);
void action_cni_restart(struct app *a, const char *arg);

/* The State store and Addons views; a file's text, what kops filled in, an addon's switch (arg: its
   field of the spec, else the row in hand). */
void action_store(struct app *a, const char *arg);
void action_addons(struct app *a, const char *arg);
void action_file(struct app *a, const char *arg);
void action_filled(struct app *a, const char *arg);
void action_addon(struct app *a, const char *arg);

/* Another context of the kubeconfig, by name or from a list; kops writes the cluster's own. */
void action_context(struct app *a, const char *arg);
void action_context_complete(const struct app *a, const char *begun, char *out, size_t size);
void app_use_context(struct app *a, const char *name); /* and says how that went */

/* The group in hand, or the one that arg names: its spec; how many nodes it runs now. */
void action_group_edit(struct app *a, const char *arg);
void action_group_resize(struct app *a, const char *arg);

/* Words for the run that is shown; what it has said, and what kops has printed in it. */
bool action_run_possible(const struct app *a, void (*run)(struct app *a, const char *arg));
void action_run_pause(struct app *a, const char *arg);
void action_run_resume(struct app *a, const char *arg);
void action_run_skip(struct app *a, const char *arg);
void action_run_stop(struct app *a, const char *arg);
void action_run_log(struct app *a, const char *arg);
void action_run_output(struct app *a, const char *arg);

/* How the view is shown and what of it is in hand (tui/action/nav.c). */
void action_forward(struct app *a, const char *arg);
void action_sort(struct app *a, const char *arg); /* "COLUMN [desc]"; "": as the view makes it */
void action_sort_complete(const struct app *a, const char *begun, char *out, size_t size);
void action_columns_complete(const struct app *a, const char *begun, char *out, size_t size);
void action_columns(struct app *a, const char *arg); /* ids with commas; "": as at the start */
void action_wide(struct app *a, const char *arg);    /* the next mode; named by the command */
void action_compact(struct app *a, const char *arg);
void action_mark(struct app *a, const char *arg);
void action_copy(struct app *a, const char *arg); /* "": names; "detail": what is said of it */
void action_mouse(struct app *a, const char *arg);
/* The group of waiting pods in hand, in Pending; NULL. */
const struct pending_group *app_waiting(const struct app *a);
/* Into it: its pods; of one pod, or of none yet, the description. */
void app_enter_waiting(struct app *a);
void action_lab(struct app *a, const char *arg);
void action_suspend(struct app *a, const char *arg);
void action_cordon(struct app *a, const char *arg); /* the marked nodes, else the one in hand */
void action_uncordon(struct app *a, const char *arg);
/* The row in hand with all that is known of it; as its source gives it. */
void action_describe(struct app *a, const char *arg);
void action_yaml(struct app *a, const char *arg);
/* Sorts by the column; by the same again: the other way round. */
void app_sort(struct app *a, size_t col);
bool app_sort_key(struct app *a, uint32_t key); /* the key is a column's */
/* The key that sorts by the column in this view, 'A' to 'Z': the first letter of its title that
   no action and no column before it has; 0: none is left. */
char sort_letter(enum view_id view, size_t col);

/* What a guard rail wants; the theme (arg: its name, none: the next). */
void action_confirm(struct app *a, const char *arg);
void action_theme(struct app *a, const char *arg);
void action_journal(struct app *a, const char *arg); /* every write, newest first */
void action_theme_complete(const struct app *a, const char *begun, char *out, size_t size);

/* The lesson in hand, tui/lesson/guide.h: next, prev, hide, list, or a lesson's name. */
void action_lesson(struct app *a, const char *arg);
void action_lesson_complete(const struct app *a, const char *begun, char *out, size_t size);
void action_guide_hide(struct app *a, const char *arg);

/* The form of a new cluster. */
void action_create(struct app *a, const char *arg);
/* The run that is shown has ended: a cluster that it made is opened. */
void app_run_made(struct app *a);

#endif
