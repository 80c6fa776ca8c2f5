/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state store as a source of observations: lists clusters (with a
 * delimiter, never the whole store) and reads config, kops-version.txt,
 * cluster-completed.spec and the instance groups of each, eight reads at a time,
 * every 30 s (5 s at the fast pace; less often where a round takes long).  A
 * folder without a config is no cluster; one whose config kops could not read is
 * reported with its problem.  What could not be read for the moment is not reported
 * and not taken for gone; without a record of what was applied drift is not told.
 * Not to be freed from inside the sink.
 *
 * Requests, where lists tell etags (S3): one list of the store; of each cluster two lists,
 * its three files and one read for each group; of the cluster looked into one list more and
 * one read for each group (its record), after its groups were reported.  From the second
 * round on files are read only when their etag is another: one list, two for each cluster,
 * one more for that one, and a read for each of its files that is not there.
 */
#ifndef KOPSCOPE_KOPS_STORE_SOURCE_H
#define KOPSCOPE_KOPS_STORE_SOURCE_H

#include <stdbool.h>

#include "core/io/loop.h"
#include "core/model/source.h"

/* Borrows the store and the sink. */
struct source *store_source_new(struct loop *l, struct store *store, const struct sink *sink);

/* Of this cluster (NULL: of none) what kops recorded of each group is read as well, from the next
   round on, so that drift of groups can be told (core/kops/drift.h).  Copied.  False: it is so
   already. */
bool store_source_look_into(struct source *s, const char *cluster);

/* The etag under which the file was last read; "" when never.  For conditional writes. */
const char *store_source_tag(const struct source *s, const char *path);

#endif
