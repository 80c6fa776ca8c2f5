/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a run: its folder, then its worker, which outlives us. */
#ifndef KOPSCOPE_TUI_LAUNCH_H
#define KOPSCOPE_TUI_LAUNCH_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/rules/roll.h"
#include "core/run/run.h"
#include "tui/session.h"

struct launch {
	enum run_kind kind;
	enum run_engine engine;
	const struct roll_options *roll; /* NULL: kops' usual ones */
	/* of RUN_CREATE: the cluster that is not there yet, and the run's options */
	const char *cluster, *options;
	/* whose stale lease may be put aside (tui/lease.h); NULL: nobody's */
	const char *take_over;
};
/* user@host, for the lease and for whoever looks at the run; owned by the caller. */
char *launch_who(void);

/* *id is owned by the caller.  Refused while another run of the cluster lives, and read-only. */
bool launch_run(struct session *s, const struct launch *l, char **id, struct err *e);

/* Starts a worker again for a run whose worker died. */
bool launch_again(const struct session_options *o, const char *id, struct err *e);

#endif
