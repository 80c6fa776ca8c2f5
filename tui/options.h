/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: tables of options and commands.  Help and errors are made
 * from the same rows.
 */
#ifndef KOPSCOPE_TUI_OPTIONS_H
#define KOPSCOPE_TUI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "tui/session.h"

/* Options that may be given again and again, in their order. */
struct option_list {
	struct {
		const char *name; /* "--set" */
		const char *value;
	} v[64];
	size_t n;
};

/* What options set; strings are borrowed from argv. */
struct options {
	struct session_options session;
	const char *output; /* -o */
	const char *config; /* --config */
	const char *since;  /* --since, of journal */
	const struct config *settings; /* config.yaml; NULL: a test */
	const char *size;   /* --size */
	const char *speed, *seed, *scenario, *dir, *port, *fault, *lesson;
	const char *chaos, *hours; /* of the lab */
	const char *nodes, *churn; /* of the lab's scenario scale, with pods */
	bool no_headers, watch, man;
	bool ascii, prefix, custom_network, help, version, serve, shell, play;
	bool list;                /* of the lab */
	const char *engine, *message, *sort, *min, *max_eni;
	const char *type, *warm_eni, *warm_ip, *minimum_ip, *warm_prefix, *pods; /* of cni */
	/* of a roll */
	const char *group, *role, *max_surge, *max_unavailable, *validate_count;
	const char *post_drain_delay, *drain_timeout, *validation_timeout, *join_timeout;
	const char *cp_interval, *node_interval, *bastion_interval;
	bool dry_run;             /* of create */
	bool force, canary, anyway, yes, take_over, cloud_only, undrained;
	/* of a run */
	bool pause, resume, skip, stop;
	const char *args[64]; /* what is not an option; args[0] is the command, if any */
	size_t nargs;
	struct option_list edits; /* --set, --unset; of create its fields by name */
	bool write;               /* --write */
};

enum option_flags {
	OPT_GLOBAL = 1 << 0, /* of every command */
	OPT_SCREEN = 1 << 1,
	OPT_GET = 1 << 2,
	OPT_SNAPSHOT = 1 << 3,
	OPT_MAXPODS = 1 << 4,
	OPT_LAB = 1 << 5,
	OPT_EXPLAIN = 1 << 6,
	OPT_ROLL = 1 << 10,   /* plan and roll */
	OPT_YES = 1 << 11,    /* update and roll */
	OPT_ATTACH = 1 << 12,
	OPT_CHECK = 1 << 9,
	OPT_CNI = 1 << 20,
	OPT_JOURNAL = 1 << 22,
	OPT_CONFIG = 1 << 23,
	OPT_SPEC = 1 << 7,
	OPT_WRITE = 1 << 8,
	OPT_CREATE = 1 << 21,
	OPT_WATCHING = 1 << 27, /* of get */
};

struct option_row {
	const char *name;  /* "--state" */
	const char *short_; /* "-o"; NULL */
	const char *value; /* its name in help; "a|b": one of these; NULL: a switch */
	const char *help;
	int flags;     /* enum option_flags; 0: in no help */
	bool again;    /* may be given more than once; offset is of a struct option_list */
	size_t offset; /* of a const char * or a bool in struct options */
};
extern const struct option_row option_rows[];
extern const size_t noption_rows;

#define WORDS_ANY (-1)

struct command {
	const char *name;
	const char *args; /* "VIEW" */
	const char *help;
	int options;      /* enum option_flags that it takes beside the global ones */
	int words;        /* so many may stand behind its name, or WORDS_ANY */
	bool hidden;
	bool alone;       /* writes nothing, starts no program: confined from the start */
	int (*run)(const struct options *o, struct err *e); /* exit code; e set: printed by main */
};
extern const struct command commands[];
extern const size_t ncommands;

/* ERR_USAGE names the option and what would be right. */
bool options_parse(int argc, char **argv, struct options *out, const struct command **cmd,
	struct err *e);
void options_help(const struct command *cmd); /* NULL: the program's; to stdout */

/* The commands; each in its cmd-NAME.c. */
int cmd_attach(const struct options *o, struct err *e);
int cmd_plan(const struct options *o, struct err *e);
int cmd_roll(const struct options *o, struct err *e);
int cmd_update(const struct options *o, struct err *e);
int cmd_screen(const struct options *o, struct err *e);
int cmd_check(const struct options *o, struct err *e);
int cmd_config(const struct options *o, struct err *e);
int cmd_journal(const struct options *o, struct err *e);
int cmd_cni(const struct options *o, struct err *e);
int cmd_completion(const struct options *o, struct err *e);
int cmd_create(const struct options *o, struct err *e);
int cmd_explain(const struct options *o, struct err *e);
int cmd_get(const struct options *o, struct err *e);
int cmd_snapshot(const struct options *o, struct err *e);
int cmd_maxpods(const struct options *o, struct err *e);
int cmd_lab(const struct options *o, struct err *e);
int cmd_runs(const struct options *o, struct err *e);
int cmd_spec(const struct options *o, struct err *e);
int cmd_undo(const struct options *o, struct err *e);
int cmd_worker(const struct options *o, struct err *e);

enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2,
	EXIT_GUARD = 3, /* a guard or the forecast stopped it */
	EXIT_USER = 4,  /* the user stopped the run */
	EXIT_PARTIAL = 5, /* shown, but for something that could not be read */
	EXIT_LEFT = 130, /* Ctrl-C: the run goes on */
};

#endif
