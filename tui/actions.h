/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything a key or a : command does, one row each: the help screen, the key
 * bar and the completion are made from these rows.
 */
#ifndef KOPSCOPE_TUI_ACTIONS_H
#define KOPSCOPE_TUI_ACTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "tui/app.h"

enum action_flags {
	ACTION_WRITES = 1 << 0,  /* refused in read-only mode */
	ACTION_CLUSTER = 1 << 1, /* needs an open cluster */
	ACTION_ROW = 1 << 2,     /* needs a row in hand */
	ACTION_BAR = 1 << 3,     /* stands in the key bar */
	ACTION_RUN = 1 << 4,     /* needs a run that it can be done to */
	ACTION_FIRST = 1 << 5,   /* only as long as nothing is configured */
};

struct action {
	const char *name; /* of : */
	const char *key;  /* as key_from_name() reads it; NULL: only by name */
	const char *word; /* in the key bar */
	const char *help;
	int flags;
	unsigned views;   /* bit per enum view_id; 0: all */
	unsigned kube;    /* bit per enum kube_verb_id that it cannot do without */
	void (*run)(struct app *a, const char *arg); /* arg: behind a : command, or "" */
	/* Tab behind the command's name: the only argument that begins so goes to out; or NULL. */
	void (*complete)(const struct app *a, const char *begun, char *out, size_t size);
};
extern const struct action actions[];
extern const size_t nactions;

/* Its key: the user's own, else that of the table; NULL: none. */
const char *action_key(const struct action *x);
void action_bind(size_t i, const char *key); /* of actions[i]; borrowed; NULL: the table's */
const struct action *action_by_key(const struct app *a, uint32_t key);
/* Exact name, or the only one that begins so; NULL. */
const struct action *action_by_name(const char *name);
/* Why the API server would not let this user do it; NULL: it would, or has not said. */
const char *action_denied(const struct app *a, const struct action *x);
/* NULL: may run now; else why not. */
const char *action_refusal(const struct app *a, const struct action *x);
void action_run(struct app *a, const struct action *x, const char *arg);
/* "?:help /:filter ..." of the present view, for screen_draw(). */
void actions_keybar(const struct app *a, struct buf *out);

#endif
