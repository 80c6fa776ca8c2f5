/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lease of the open cluster, looked at before a run is started: a stale one
 * is taken over only when somebody has said so, of the holder that was shown.
 */
#ifndef KOPSCOPE_TUI_LEASE_H
#define KOPSCOPE_TUI_LEASE_H

#include <stdbool.h>

#include "core/run/lease.h"
#include "tui/options.h"
#include "tui/session.h"

struct lease_seen { /* borrowed for the call */
	enum run_lease_state state;
	const char *holder; /* "" when there is none */
	const char *words;  /* who, since when, how long not heard of */
};
struct lease_look;
/* seen(ctx, NULL) when it cannot be read.  NULL, and no call, without a cluster to ask. */
struct lease_look *lease_look_start(struct session *s,
	void (*seen)(void *ctx, const struct lease_seen *l), void *ctx);
void lease_look_forget(struct lease_look *l); /* no call any more; NULL is fine */

/*
 * For a command: looks, and where the lease is stale asks at the terminal or
 * heeds --take-over.  An exit code, or -1 to go on, with whose lease is to be
 * taken over (owned by the caller) or NULL.
 */
int lease_settle(struct session *s, const struct options *o, char **take_over);

#endif
