/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan of a roll, made from what is observed and printed for people or as
 * one JSON object: the groups as kops lists them, the instances in order and
 * why each, how many at a time, how long, and what gets in the way.
 */
#ifndef KOPSCOPE_TUI_PLAN_H
#define KOPSCOPE_TUI_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/rules/roll.h"
#include "core/run/run.h"
#include "tui/session.h"

struct plan {
	struct roll *roll;
	struct findings findings;
	const struct session *session;
	const struct roll_options *options; /* borrowed */
	enum run_engine engine;
	size_t nodes;   /* to be replaced */
	bool refused;   /* a finding says no */
	bool addon;     /* the CNI addon is on its way: it may mark more */
};
/* Starts the session and waits for its first answers; then the plan is made.  o may be filled
   further (what nodes took in earlier rolls).  False with the reason; release in any case. */
bool plan_make(struct plan *p, struct session *s, struct roll_options *o, enum run_engine engine,
	struct err *e);
void plan_release(struct plan *p);

void plan_text(const struct plan *p, struct buf *out);
void plan_json(const struct plan *p, struct buf *out);

/* The session's first answers; false with the reason when no cluster is open then. */
bool plan_settle(struct session *s, struct err *e);

#endif
