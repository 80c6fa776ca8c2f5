/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll machine: what to do next to replace the instances of a cluster,
 * with kops' order and rules (facts: kops part 5.3, 5.4, 5.7), moved by
 * observations instead of fixed sleeps.
 *
 * Pure: roll_step() looks at the model and the time and says which actions to
 * start; the driver (core/run) carries them out through the sources' verbs and
 * reports back with roll_action_done().  The machine keeps only what cannot be
 * observed (when a phase began, what was already asked for), and roll_save()
 * and roll_load() bring that through a restart: everything else is read from
 * the world again.
 */
#ifndef KOPSCOPE_RULES_ROLL_H
#define KOPSCOPE_RULES_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/model/model.h"
#include "core/rules/consequences.h"
#include "core/rules/needs-update.h"

struct roll_options {
	const char *const *groups; /* NULL-terminated names; NULL: all */
	enum role role;            /* ROLE_UNKNOWN: all */
	bool force;                /* also what is up to date */
	int32_t max_surge, max_unavailable; /* -1: by spec */
	int64_t post_drain_ms;     /* kops: 5 s */
	int64_t drain_timeout_ms;  /* 15 min; 0: none */
	int64_t validate_timeout_ms; /* 15 min */
	int32_t validate_count;    /* 2, validate_gap_ms apart */
	int64_t validate_gap_ms;   /* 2.5 s: all in between is seen too; kops looks twice in 10 s */
	int64_t join_timeout_ms;   /* terminate to Ready; 15 min */
	bool canary;               /* pauses after the first instance that was replaced */
	bool anyway;               /* although the CNI settings have not reached the cluster */
	int64_t node_guess_ms;     /* what a node took in earlier rolls; 0: not known */
	/* At least so long from a termination to the next step; -1: not said (here 0, with kops
	   15 s).  node: API servers too. */
	int64_t cp_interval_ms, node_interval_ms, bastion_interval_ms;
	bool cloud_only;           /* no cluster is asked: for kops alone, roll_new() refuses it */
};
void roll_options_default(struct roll_options *o);
/* As JSON, and back: what is not said keeps its default.  release frees the groups that load
   made, and only those. */
void roll_options_save(const struct roll_options *o, struct buf *out);
bool roll_options_load(struct roll_options *o, const char *json, size_t len, struct err *e);
void roll_options_release(struct roll_options *o);

enum roll_phase {
	ROLL_WAITS, ROLL_TAINTED, ROLL_DETACHED, ROLL_CORDONED, ROLL_DRAINING, ROLL_DRAINED,
	ROLL_TERMINATING, ROLL_BOOTING, ROLL_JOINING, ROLL_VALIDATING, ROLL_DONE, ROLL_SKIPPED,
	ROLL_FAILED, ROLL_PHASE__COUNT
};
const char *roll_phase_name(enum roll_phase p); /* "waits", "draining", ... */
enum roll_phase roll_phase_find(const char *name); /* ROLL_PHASE__COUNT: no such name */

enum roll_action_kind {
	ROLL_TAINT, ROLL_UNTAINT, ROLL_CORDON, ROLL_UNCORDON, ROLL_EXCLUDE_LB, ROLL_INCLUDE_LB,
	ROLL_DEREGISTER, ROLL_DETACH, ROLL_EVICT, ROLL_TERMINATE, ROLL_REFRESH, ROLL_ACTION__COUNT
};
struct roll_action {
	uint64_t id;
	enum roll_action_kind kind;
	const char *instance, *node, *asg; /* borrowed from the machine */
	const char *ns, *pod, *uid;        /* ROLL_EVICT */
};

struct roll_node { /* one instance to be replaced; for the screen */
	const char *instance, *node, *group;
	const char *replaced_by; /* instance id; NULL: not seen yet */
	enum update_why why;
	enum roll_phase phase;
	int64_t phase_since;     /* mono ms of the machine's clock */
	int32_t pods_total, pods_left; /* of the drain */
	int32_t pods_before, pods_after; /* max pods of the old and the new node; -1 */
	int64_t took_ms;         /* when done; -1 */
	char waits_for[160];     /* plain words; empty: nothing special */
};

enum roll_state { ROLL_RUNNING, ROLL_PAUSED, ROLL_STOPPING, ROLL_FINISHED, ROLL_BROKEN,
	ROLL_GUARDED /* a guard stopped it */, ROLL_STOPPED /* by the user */ };

struct roll;
/* The plan from what is observed now; NULL with the reason when it cannot be made. */
struct roll *roll_new(const struct model *m, const struct roll_options *o, struct err *e);
void roll_free(struct roll *r);

/* Called after every change of the model and when wake_at comes.  actions is an array owned by
   the machine, valid until the next call; *wake_at: mono ms, 0: no timer needed. */
void roll_step(struct roll *r, const struct model *m, int64_t mono_ms, int64_t wall_ms,
	const struct roll_action **actions, size_t *n, int64_t *wake_at);
/* e NULL: done. */
void roll_action_done(struct roll *r, uint64_t id, int64_t mono_ms, const struct err *e);

/* How many times faster than stamps the world runs (struct clock's scale); 1. */
void roll_set_scale(struct roll *r, double scale);
void roll_pause(struct roll *r);  /* after the node in hand */
void roll_resume(struct roll *r);
/* Leaves one out (NULL: the one in hand, else the next) and gives it back; false: too late. */
bool roll_skip(struct roll *r, const char *instance);
void roll_stop(struct roll *r);   /* no further node; uncordon and untaint what was not replaced */

enum roll_state roll_get_state(const struct roll *r);
/* A sentence: for BROKEN, GUARDED and the other ends why, before them what all waits for. */
const char *roll_why(const struct roll *r);
const struct roll_node *const *roll_nodes(const struct roll *r, size_t *n); /* in order */
void roll_progress(const struct roll *r, int64_t mono_ms, size_t *done, size_t *total,
	int64_t *eta_ms); /* -1 unknown */

/* How one group would be rolled, in order; false: there is no such. */
struct roll_group_plan {
	const char *name;
	enum role role;
	int32_t todo, surge, away; /* surge: added before; away: missing at a time */
	bool disabled;             /* drainAndTerminate: false */
};
bool roll_group_planned(const struct roll *r, size_t index, struct roll_group_plan *out);

/* What a restart needs, as lines of JSON: all of it, or what changed since it was saved last, to be
   appended.  roll_load() takes what both have written, up to the last whole line. */
void roll_save(struct roll *r, struct buf *out);
void roll_save_changes(struct roll *r, struct buf *out);
struct roll *roll_load(const char *json, size_t len, const struct model *m, struct err *e);

/* Validation by kops' rules for a group being rolled (NULL: the whole cluster); adds one
   FINDING_REFUSE per failure.  True: healthy. */
bool roll_validate(const struct model *m, const char *group, struct findings *out);

/* The CNI settings of the spec are not those that run: an update is missing, or its addon is on
   the way.  False when that is not known. */
bool roll_addon_pending(const struct model *m);

/* Before a roll: what would get in its way, each with what to do first. */
void roll_preflight(const struct model *m, const struct roll_options *o, struct findings *out);
/* Will the credentials last that long?  Times in wall ms. */
void roll_preflight_credentials(const struct model *m, int64_t now_wall, int64_t eta_ms,
	struct findings *out);

#endif
