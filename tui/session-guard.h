/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard rails of a session: what its gates (core/run/gate.h), its runs and
 * kops itself ask before anything is written.  --readonly and the rules of
 * config.yaml both end here.
 */
#ifndef KOPSCOPE_TUI_SESSION_GUARD_H
#define KOPSCOPE_TUI_SESSION_GUARD_H

#include <stdbool.h>

#include "core/base/err.h"
#include "core/run/gate.h"
#include "core/run/policy.h"
#include "tui/session.h"

/* Asked by the gates of this session. */
struct gate_keeper session_keeper(struct session *s);

/* False with ERR_REFUSED.  cluster NULL: the one that is open; group as policy_find() takes it. */
bool session_may(struct session *s, const char *cluster, const char *group, enum policy_action a,
	struct err *e);
/* The same for a run with all that it will do; groups: NULL-terminated, NULL: all of them. */
bool session_may_run(struct session *s, const char *cluster, const char *const *groups,
	enum policy_action a, struct err *e);
/* For a run that is taken up again without a session. */
bool session_options_may_run(const struct session_options *o, const char *cluster, struct err *e);

/* The user's word of :confirm: "yes", or the name of the open cluster.  Holds for five minutes. */
bool session_confirm(struct session *s, const char *word, struct err *e);

/* After a cluster was opened: whether it is read-only as a whole, for the screen. */
void session_guard_cluster(struct session *s, const char *cluster);

/* A line in the log where others can read a kubeconfig that holds keys; once. */
void session_warn_keys(struct session *s);

/* From here on kops is started only where this session's rules let it; off: by nobody's. */
void session_guard_kops(struct session *s, bool on);

#endif
