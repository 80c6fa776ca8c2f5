/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the world says about a cluster that is to be created: the state bucket,
 * zones, networks, instance types, hosted zones and permissions, asked while the
 * form is filled in, and what follows from the answers.  Nothing is changed.
 */
#ifndef KOPSCOPE_TUI_CREATE_LIVE_H
#define KOPSCOPE_TUI_CREATE_LIVE_H

#include <stdbool.h>

#include "core/kops/create.h"
#include "tui/session.h"

struct create_live;
/* changed(): an answer came; borrows s. */
struct create_live *create_live_new(struct session *s, void (*changed)(void *ctx), void *ctx);
void create_live_free(struct create_live *l); /* no changed() any more; NULL is fine */

/* Asks what is not asked yet for these fields; an answer to what they said before is dropped. */
void create_live_ask(struct create_live *l, const struct create_plan *p);
/* Adds one finding for each question, in the order of their weight for a reader. */
void create_live_findings(const struct create_live *l, const struct create_plan *p,
	struct create_findings *out);
bool create_live_done(const struct create_live *l); /* nothing is under way */

/* Fields' defaults from the session, the environment and the account: zones once they are known,
   the version of kops, the network.  Fields that were changed by hand stay. */
void create_live_defaults(const struct create_live *l, struct create_plan *p,
	const bool touched[CREATE__COUNT]);

#endif
