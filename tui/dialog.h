/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dialog covers the body of the screen (between the rule below the tabs and
 * the rule above the keys) until it is closed.  Each kind is one file,
 * dialog-NAME.c, with one struct dialog_ops.
 *
 * A dialog with calls outstanding when it is closed is only marked; it goes
 * when the last one came back (dialog_busy(), dialog_back()).
 */
#ifndef KOPSCOPE_TUI_DIALOG_H
#define KOPSCOPE_TUI_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "tui/screen/grid.h"
#include "tui/view.h"

struct app;
struct dialog;

enum dialog_result { DIALOG_STAY, DIALOG_CLOSE };

struct dialog_ops {
	const char *title;
	const char *keybar; /* NULL: by keys() */
	const char *(*keys)(struct dialog *d, struct app *a);
	void (*draw)(struct dialog *d, struct app *a, struct grid *g, int y, int rows);
	enum dialog_result (*key)(struct dialog *d, struct app *a, uint32_t key, int rows);
	void (*changed)(struct dialog *d, struct app *a); /* the model changed; NULL: no matter */
	void (*free)(struct dialog *d);
};

struct dialog {
	const struct dialog_ops *ops;
	int busy;
	bool closed;
};

void dialog_close(struct dialog *d);
void dialog_busy(struct dialog *d);
/* A call came back; false: the dialog is closed and was freed by this. */
bool dialog_back(struct dialog *d);

/* What an input line does with a key: true when it took it. */
bool dialog_edit(char *text, size_t size, uint32_t key);

struct dialog *dialog_code_new(struct app *a);
struct dialog *dialog_create_new(struct app *a);
/* The kubeconfig's contexts, and kops that writes the cluster's own. */
struct dialog *dialog_context_new(struct app *a);
/* A file of the open cluster, by its path below the cluster's folder; compared: config beside
   cluster-completed.spec. */
struct dialog *dialog_file_new(struct app *a, const char *path, bool compared);
/* An addon of the cluster's spec, switched to the other state: the edit's diff, then a yes. */
struct dialog *dialog_addon_new(struct app *a, const char *addon);
struct dialog *dialog_help_new(struct app *a);
struct dialog *dialog_journal_new(struct app *a); /* of writes to the open cluster */
/* Of the row in hand: all that is known; its text as the API server or the store has it. */
struct dialog *dialog_describe_new(struct app *a);
/* The same of a row of another view than the one that is shown, by its id there. */
struct dialog *dialog_describe_of_new(struct app *a, enum view_id view, const char *id);
struct dialog *dialog_yaml_new(struct app *a);
struct dialog *dialog_limits_new(struct app *a, const char *group, int64_t max_pods, bool prefix);
/* The group's own spec: sizes, type, image, volume, subnets, taints, labels. */
struct dialog *dialog_group_new(struct app *a, const char *group);
struct dialog *dialog_update_new(struct app *a);
/* What the run has said, or (kops) kops' raw output in it. */
struct dialog *dialog_output_new(struct app *a, const char *run, bool kops);
struct dialog *dialog_roll_new(struct app *a);
struct dialog *dialog_scale_new(struct app *a, const char *ns, const char *name, int32_t replicas,
	int32_t proposed);
/* Sliders; nothing is written.  group NULL: every worker; the Deployment in hand, or NULL. */
struct dialog *dialog_whatif_new(struct app *a, const char *group, const char *ns,
	const char *deployment);
/* The last edit of the group's spec (NULL: the cluster's), to be put back. */
struct dialog *dialog_undo_new(struct app *a, const char *group);
/*
 * Variables of aws-node, in the cluster's spec or (live) for the moment in the DaemonSet: with
 * set as they are wished (value NULL: unset), else as they are, to be typed over.  Says why
 * and is NULL where that cannot be written.
 */
struct env_entry;
struct dialog *dialog_env_new(struct app *a, bool live, const struct env_entry *env, size_t n,
	bool set);
struct dialog *dialog_env_restart_new(struct app *a);
/* What ipamd would hold for so many pods, by its targets; group NULL: the first of workers. */
struct dialog *dialog_cni_new(struct app *a, const char *group);
struct dialog *dialog_resize_new(struct app *a, const char *group, int32_t size);

#endif
