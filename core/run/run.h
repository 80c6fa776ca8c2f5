/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs: an update or a roll as a detached process with a folder of its own,
 * $XDG_STATE_HOME/kopscope/runs/<id>/:
 *   meta.json     what, which cluster, which engine, who, when (written once)
 *   events.jsonl  one line per event, appended and synced, never rewritten
 *   state.json    what a restart needs (roll_save()), changes appended
 *   kops.log      raw output of kops, where it took part
 *   lock          held by the worker as long as it lives
 *   pid           process id and start time of the worker
 *   control       socket: one word per line: pause, resume, skip, stop, ping
 * The screen only reads this folder: a quit or a lost connection touches nothing.
 */
#ifndef KOPSCOPE_RUN_RUN_H
#define KOPSCOPE_RUN_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/rules/roll.h"

enum run_kind { RUN_UPDATE, RUN_ROLL, RUN_CREATE };
const char *run_kind_name(enum run_kind k); /* "update", "roll", "create" */
enum run_engine { RUN_NATIVE, RUN_KOPS };

struct run_meta {
	char *id, *cluster, *state, *who;
	enum run_kind kind;
	enum run_engine engine;
	int64_t started; /* wall ms */
	/* JSON: a roll's options; of a create {"argv":[...],"features","out"}, its words, what
	   KOPS_FEATURE_FLAGS must be, and terraform's folder; NULL */
	char *options;
	char *take_over; /* the stale lease's holder that the user agreed to put aside; NULL */
};
void run_meta_release(struct run_meta *m);

enum run_status { RUN_STARTING, RUN_ALIVE, RUN_SUCCEEDED, RUN_FAILED, RUN_GUARD, RUN_USER_STOPPED,
	RUN_DIED /* no end event and no worker */ };
const char *run_status_name(enum run_status s);

/* One line of events.jsonl, as a viewer needs it. */
struct run_node {
	char *instance, *node, *group, *replaced_by;
	enum roll_phase phase;
	int64_t since, took_ms; /* since: wall ms */
	int32_t pods_total, pods_left, pods_before, pods_after;
	char *waits_for;
};
struct run_view { /* the folder, read: everything the Roll view draws */
	struct run_meta meta;
	enum run_status status;
	char *message;  /* last sentence */
	size_t done, total;
	int64_t eta_ms, ended;
	struct run_node *nodes; /* in order */
	size_t nnodes;
	int tasks_done, tasks_total; /* of an update; 0 */
	bool paused;
	struct run_replay *replay; /* how far it was read */
};
/* Only what was appended since: a large roll tells some 70 MiB.  False: v stays as it was. */
bool run_view_update(struct run_view *v, struct err *e);
bool run_view_read(const char *id, struct run_view *out, struct err *e);
void run_view_release(struct run_view *v);

/* Ids of all runs, newest first; caller releases with strlist_release(). */
struct strlist;
bool run_list(struct strlist *out, struct err *e);
/* The newest living run of the cluster; NULL: none.  Owned by the caller. */
char *run_find_alive(const char *cluster);

/* What a node took in the newest rolls of this cluster that succeeded here, in the world's ms; 0:
   there was none.  scale: of the clock. */
int64_t run_node_history(const char *cluster, double scale);

/* Makes the folder; *id is owned by the caller. */
bool run_create(const struct run_meta *m, char **id, struct err *e);
char *run_path(const char *id, const char *file); /* owned by the caller */

/*
 * Starts this same program again as the run's worker ("kopscope run-worker ID"),
 * detached: own session, no terminal, output to worker.log in the folder.
 * ERR_CONFLICT while another worker of the run lives.
 */
bool run_spawn(const char *id, struct err *e);
/* pause, resume, skip, stop, ping.  ERR_NOT_FOUND when nobody listens. */
bool run_control(const char *id, const char *word, struct err *e);

#endif
