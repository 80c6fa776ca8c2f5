/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each file of a cluster in a state store is, and who writes it, by its
 * path below the cluster's folder (facts: kops part 1.1).
 */
#ifndef KOPSCOPE_KOPS_STORE_WHAT_H
#define KOPSCOPE_KOPS_STORE_WHAT_H

#include <stdbool.h>

struct store_what {
	const char *pattern; /* as str_glob() takes it */
	const char *brief;   /* what it is in at most 32 cells */
	const char *what;    /* the same in one line */
	const char *writer;  /* "kops edit", "kops update", "etcd-manager", ... */
	bool secret;         /* holds a key or a password: fetched only when asked for */
};

/* Never NULL: for an unknown path a row that says so.  All below pki/ and secrets/ that is not
   known to be public counts as secret. */
const struct store_what *store_what(const char *path);

/* The text of a secret file with everything that could be one left out: owned by the caller. */
char *store_what_masked(const char *text);

#endif
