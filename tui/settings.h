/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's settings, $XDG_CONFIG_HOME/kopscope/config.yaml.  One table
 * (settings-table.c) makes the reader, `kopscope config`, kopscope-config(5) and
 * what is said about a wrong line.
 *
 * A setting comes from an option, else the environment, else the file, else it
 * is as usual; its source is remembered.
 */
#ifndef KOPSCOPE_TUI_SETTINGS_H
#define KOPSCOPE_TUI_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/yaml.h"
#include "core/run/policy.h"
#include "tui/screen/style.h"
#include "tui/view.h"

struct app;
struct options;

enum config_id {
	CONFIG_ASCII, CONFIG_COLUMNS, CONFIG_ENGINE, CONFIG_GUARD, CONFIG_KEYS, CONFIG_MOUSE,
	CONFIG_READONLY, CONFIG_REFRESH, CONFIG_THEME, CONFIG__COUNT
};

struct config {
	char *path;                      /* of the file that was read; NULL: there is none */
	int choice[CONFIG__COUNT];       /* which of the row's values, from 0 */
	size_t line[CONFIG__COUNT];      /* 0: not in the file */
	const char *by[CONFIG__COUNT];   /* what comes before the file: "--engine"; NULL */
	const char *keys[256];           /* by index of the action; owned; NULL: its usual one */
	size_t key_line[256];
	uint64_t hidden[VIEW__COUNT];    /* bit per column that is not wanted */
	bool has_columns[VIEW__COUNT];
	struct policy policy;            /* read-only first, then guard_rails */
	struct strlist *readonly;        /* patterns; NULL: the choice says it */
};

struct config_row {
	const char *name;
	const char *values; /* "dark|light|mono": one of these, the first is usual; NULL: read it */
	const char *form;   /* where values is NULL: "ACTION: KEY" */
	const char *help;   /* sentences */
	bool (*read)(struct config *c, const struct yaml_node *n, struct err *e);
	/* The value as YAML, in the lines after "name:"; where values is NULL. */
	void (*show)(const struct config *c, struct buf *out);
};
extern const struct config_row config_rows[CONFIG__COUNT];

/* path NULL: KOPSCOPE_CONFIG, else the usual place, where a missing file is fine.  ERR_CONFIG
   names file, line and what would be right. */
bool config_read(struct config *c, const char *path, struct err *e);
void config_release(struct config *c);
/* The text alone, as of a file named path; for tests. */
bool config_parse(struct config *c, const char *path, const char *text, size_t len,
	struct err *e);

/* Fills in what no option said, and what options cannot say: keys, theme.  c is borrowed by o. */
void config_use(struct config *c, struct options *o);
/* What the screen takes of it, once it is there. */
void config_use_screen(const struct config *c, struct app *a);

/* The settings in force, each with its source, as YAML that can be read again. */
void config_show(const struct config *c, struct buf *out);
/* kopscope-config(5). */
void config_man(struct buf *out);

/* For readers: an error with file and line of n, and the nearest of names as the hint.  False. */
bool config_wrong(const struct config *c, const struct yaml_node *n, const char *what,
	const char *(*name)(void *ctx, size_t i), void *ctx, struct err *e);

#endif
