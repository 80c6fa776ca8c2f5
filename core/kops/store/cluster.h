/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One folder of a state store while it is read: takes its files as they come
 * and reports the cluster and its groups at once when all are there.  Private
 * to the store source.
 */
#ifndef KOPSCOPE_KOPS_STORE_CLUSTER_H
#define KOPSCOPE_KOPS_STORE_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/kops/drift.h"
#include "core/model/source.h"
#include "core/model/things.h"

/* A group's own file and what kops recorded of it. */
struct store_cluster_group {
	struct drift_file spec, nodeup;
	bool asked, missing; /* its record was asked for; and is not there */
};

struct store_cluster {
	char *name; /* of the folder */
	struct arena *arena;
	struct cluster_spec spec;
	struct group_spec *groups;
	size_t ngroups, cap;
	struct store_cluster_group *files; /* beside groups */
	size_t files_cap;
	struct drift_file config, completed;
	struct yaml_doc *completed_doc; /* for the groups; NULL: not needed yet */
	size_t compared;                /* so many groups were */
	bool completed_missing;
	bool open;        /* groups are compared with their records, too */
	bool present;     /* it has a config: it is a cluster */
	bool lost;        /* something of the cluster itself could not be read this time */
	bool groups_lost; /* some group could not */
	const char *missed; /* the first file that could not be read, and why; NULL */
};

/* NULL: not among them. */
const struct store_entry *store_entry_find(const struct store_entry *v, size_t n,
	const char *name);
/* The same would be the answer to the next try. */
bool store_err_lasts(const struct err *e);

struct store_cluster *store_cluster_new(const char *name, size_t len);
void store_cluster_free(struct store_cluster *c);

/* Something of it could not be read, which it shall say of itself; nothing when e is NULL or says
   that it is not there. */
void store_cluster_missed(struct store_cluster *c, const struct err *e);

/*
 * What came of a file; e as the store gave it (NULL: it is there).  Errors that
 * will not pass by themselves become the problem of the cluster or the group.
 */
void store_cluster_take_config(struct store_cluster *c, const char *text, size_t len,
	const struct err *e);
void store_cluster_take_version(struct store_cluster *c, const char *text, size_t len);
/* file: its name in instancegroup/, used where the document does not tell its own. */
void store_cluster_take_group(struct store_cluster *c, const char *file, const char *text,
	size_t len, int64_t at, const struct err *e);

/* What tells drift.  A record that could not be read leaves it untold. */
void store_cluster_take_completed(struct store_cluster *c, const char *text, size_t len,
	const struct err *e);
void store_cluster_take_nodeup(struct store_cluster *c, size_t group, const char *text, size_t len,
	const struct err *e);
/* Times of the files in the cluster's folder, and of the group's record. */
void store_cluster_take_times(struct store_cluster *c, const struct store_entry *v, size_t n);
void store_cluster_take_nodeup_time(struct store_cluster *c, size_t group,
	const struct store_entry *v, size_t n);
/* Where kops keeps the group's record below the cluster's folder: owned by the caller.  old: as
   kops up to 1.25 named it; NULL when that is the same. */
char *store_cluster_nodeup_path(const struct store_cluster *c, size_t group, bool old);

/*
 * What of it is not applied: of the cluster, and of n of its groups at most.  True when
 * all is compared; else it is called again, in another turn of the loop.
 */
bool store_cluster_compare(struct store_cluster *c, size_t n);
/* Sends it to the sink, compared or not; false: no cluster, or not all of it could be read. */
bool store_cluster_report(struct store_cluster *c, const struct sink *sink);

#endif
