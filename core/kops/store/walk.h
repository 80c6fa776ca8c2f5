/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every file below one folder of a state store, folder by folder, eight lists
 * at a time.  Folders that the caller does not want are given as entries that
 * end in "/" and are not looked into: a cluster's etcd backups can be
 * huge (facts: kops part 1.1).
 */
#ifndef KOPSCOPE_KOPS_STORE_WALK_H
#define KOPSCOPE_KOPS_STORE_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/model/source.h"

/* No more than that; what is left out is told by more. */
#define STORE_WALK_MAX 5000

struct store_walk;

/*
 * path: "x/".  enter (NULL: all) gets a folder's path below it, "addons/".  done
 * is called once, later, with entries whose names are paths below it, sorted;
 * with e (the first error) they are what was seen all the same.  Borrowed.
 */
struct store_walk *store_walk_start(struct store *s, const char *path,
	bool (*enter)(void *ctx, const char *folder),
	void (*done)(void *ctx, const struct store_entry *v, size_t n, bool more,
		const struct err *e),
	void *ctx);
/* done is not called any more.  NULL is fine. */
void store_walk_cancel(struct store_walk *w);

#endif
