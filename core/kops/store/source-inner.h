/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state store's source from inside; for the files core/kops/store/source*.c alone.
 *
 * source.c has rounds and verbs, source-queue.c the reads that wait or are out, source-answer.c
 * what is made of each answer.
 */
#ifndef KOPSCOPE_KOPS_STORE_SOURCE_INNER_H
#define KOPSCOPE_KOPS_STORE_SOURCE_INNER_H

#include "core/base/strmap.h"
#include "core/kops/store/cluster.h"
#include "core/kops/store/kept.h"
#include "core/kops/store/source.h"

enum read_kind {
	READ_CONFIG, READ_VERSION, READ_COMPLETED, READ_GROUP, READ_NODEUP, READ_NODEUP_OLD,
	/* lists */
	READ_GROUPS, READ_TIMES, READ_NODEUP_TIME, READ_NODEUPS
};

struct store_task { /* one folder of the store */
	struct store_cluster *cluster;
	size_t waiting; /* reads not yet back */
	bool listed;    /* its files are asked for when the list of its folder has come */
	bool recorded;  /* its groups' records were asked for */
};

struct store_read {
	struct store_source *src;
	struct store_task *task; /* NULL: the list of folders */
	struct store_read *next;
	enum read_kind kind;
	unsigned round; /* answers to an older round are not looked at */
	size_t group;   /* READ_NODEUP*: which of the cluster's */
	int64_t at;     /* READ_GROUP: when it was written */
	char *path;
};

struct store_source {
	struct source base;
	struct loop *loop;
	struct store *store;
	struct sink sink;
	struct loop_timer *timer;
	struct strmap *tags; /* path -> etag */
	struct store_kept *kept;
	bool told;           /* the open cluster was reported with its records before */
	char *open;          /* the cluster whose groups' records are read as well; NULL */
	struct store_read *queue, *queue_end;
	size_t out;     /* reads started and not yet answered, of any round */
	size_t tasks;   /* of this round, not yet reported */
	size_t nclusters, ngroups;
	unsigned round;
	enum pace pace;
	bool started, running, again, dead;
	struct loop_timer *compare;  /* goes on with comparing this task's groups */
	struct store_task *compared;
	struct err trouble; /* first of this round */
	int64_t began;
};

/* ---- source.c ---- */

/* Remembers the first of a round: its sync is then not ended. */
void store_source_trouble(struct store_source *s, const struct err *e);

/* Begins or ends the sync of all clusters. */
void store_source_sync(struct store_source *s, enum obs_verb verb);

/* After an answer: the round may be over, or the source may at last be freed. */
void store_source_settle(struct store_source *s);

/* ---- source-queue.c ---- */

/* A read of path (taken) to wait its turn, before all others if first.  Borrowed, until it is
   answered. */
struct store_read *store_read_add(struct store_source *s, struct store_task *t,
	enum read_kind kind, char *path, bool first);

void store_read_free(struct store_read *r);

/* A read whose answer is not wanted any more; its task goes with the last of its reads. */
void store_read_drop(struct store_read *r);

void store_task_free(struct store_task *t);

/* Starts as many reads as may be out. */
void store_source_pump(struct store_source *s);

/* ---- source-answer.c ---- */

void store_read_on_folders(void *ctx, const struct store_entry *v, size_t n, const struct err *e);
void store_read_on_groups(void *ctx, const struct store_entry *v, size_t n, const struct err *e);
void store_read_on_times(void *ctx, const struct store_entry *v, size_t n, const struct err *e);
void store_read_on_text(void *ctx, const char *text, size_t len, const char *etag,
	const struct err *e);

/* Stops comparing the groups of a task, which is not reported then. */
void store_source_compare_stop(struct store_source *s);

#endif
