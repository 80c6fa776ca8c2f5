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
};

/* *id is owned by the caller.  Refused while another run of the cluster lives, and read-only. */
bool launch_run(struct session *s, const struct launch *l, char **id, struct err *e);

/* Starts a worker again for a run whose worker died. */
bool launch_again(const struct session_options *o, const char *id, struct err *e);

#endif
