/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A roll seen from outside: which instance is in which phase and whether the
 * guards' signs are quiet, from what is observed now and nothing else.  So it
 * is right for kopscope's own roll, for kops' and for one that somebody runs
 * elsewhere.
 */
#ifndef KOPSCOPE_RULES_ROLL_WATCH_H
#define KOPSCOPE_RULES_ROLL_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/model/model.h"
#include "core/rules/needs-update.h"
#include "core/rules/roll.h"

struct roll_seen {
	const struct m_instance *instance; /* borrowed from the model */
	enum roll_phase phase;   /* ROLL_DONE: as its group wants it */
	enum update_why why;     /* UPDATE_NONE: nothing to do */
	int32_t pods_left;       /* that a drain must move */
	char words[96];          /* what it seems to wait for; empty: nothing */
};
struct roll_watch {
	struct roll_seen *v;     /* by group in kops' order, then by id */
	size_t n, cap;
	size_t done;
	bool goes_on;            /* somebody is replacing instances now */
};
/* Release in any case. */
void roll_watch_make(const struct model *m, struct roll_watch *out);
void roll_watch_release(struct roll_watch *w);

enum roll_guard_id { GUARD_CNI, GUARD_OUT_OF_PODS, GUARD_QUORUM, GUARD_NO_IP, GUARD__COUNT };
enum roll_guard_state { GUARD_UNKNOWN, GUARD_QUIET, GUARD_SIGN };
struct roll_guard {
	const char *name;   /* "aws-node", "OutOfpods", ... */
	enum roll_guard_state state;
	char words[128];    /* of a sign: what was seen */
};
/* One look: a sign that stays is what stops a native roll. */
void roll_guards_look(const struct model *m, const struct clock *clock,
	struct roll_guard out[GUARD__COUNT]);

#endif
