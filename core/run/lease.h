/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lease kube-system/kopscope-<cluster>, which lets one run at a time work
 * on a cluster: its name, its holder, and whose it is.
 */
#ifndef KOPSCOPE_RUN_LEASE_H
#define KOPSCOPE_RUN_LEASE_H

#include <stddef.h>
#include <stdint.h>

#include "core/model/source.h"

#define RUN_LEASE_NAMESPACE "kube-system"
#define RUN_LEASE_S 120 /* a holder not heard of for so long is taken for dead */

char *run_lease_name(const char *cluster); /* owned by the caller */
/* "who@host run 7": without a process id, so that a worker started again is the same holder.
   id NULL: as far as all runs of this person here have it in common. */
char *run_lease_holder(const char *who, const char *id);

enum run_lease_state {
	RUN_LEASE_FREE,
	RUN_LEASE_DEAD,  /* a run of ours, here, whose worker is known to have ended */
	RUN_LEASE_HELD,
	RUN_LEASE_STALE, /* not renewed for its whole duration: to be taken over when confirmed */
};
/* seen NULL: there is none.  ours: of run_lease_holder(who, NULL). */
enum run_lease_state run_lease_judge(const struct kube_lease *seen, const char *ours,
	int64_t now_wall);

/* "anna@host run 4, since 13:02:11 UTC, not heard of for 12m" */
void run_lease_words(const struct kube_lease *seen, int64_t now_wall, char *out, size_t size);

#endif
