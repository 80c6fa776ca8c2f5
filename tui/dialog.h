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

#include "tui/grid.h"

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
struct dialog *dialog_help_new(struct app *a);
struct dialog *dialog_limits_new(struct app *a, const char *group, int64_t max_pods, bool prefix);
struct dialog *dialog_update_new(struct app *a);
struct dialog *dialog_roll_new(struct app *a);
struct dialog *dialog_scale_new(struct app *a, const char *ns, const char *name, int32_t replicas,
	int32_t proposed);
/* Sliders; nothing is written.  group NULL: every worker; the Deployment in hand, or NULL. */
struct dialog *dialog_whatif_new(struct app *a, const char *group, const char *ns,
	const char *deployment);
/* The last edit of the group's spec (NULL: the cluster's), to be put back. */
struct dialog *dialog_undo_new(struct app *a, const char *group);
struct dialog *dialog_resize_new(struct app *a, const char *group, int32_t size);

#endif
