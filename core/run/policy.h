/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard rails: a table of rules that says which writes may be made.  Pure: it
 * decides, core/run/gate.h enforces.
 *
 * A rule has three patterns (* and ?) and a verdict.  The first rule that
 * matches decides; without one everything is allowed.  A write that concerns
 * one instance group is told with it.  Where the group is not known (an
 * instance that kopscope has not seen), a rule for some groups that holds
 * back counts as if it matched: to be safe.  A write of no group (a
 * Deployment's) has the group "": only "*" matches that.
 */
#ifndef KOPSCOPE_RUN_POLICY_H
#define KOPSCOPE_RUN_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"

enum policy_verdict {
	POLICY_ALLOW, /* what the dialogs and --yes ask anyway is enough */
	POLICY_ASK,   /* "yes" has to be said once more */
	POLICY_TYPE,  /* the cluster's name has to be typed */
	POLICY_DENY,
	POLICY__COUNT
};
const char *policy_verdict_name(enum policy_verdict v); /* "allow", "ask", "type", "deny" */

/* Every write there is; each has one row in policy.c. */
enum policy_action {
	/* verbs of struct kube_ops */
	POLICY_ANNOTATE, POLICY_CORDON, POLICY_CREATE_OBJECT, POLICY_EVICT, POLICY_LABEL,
	POLICY_LEASE, POLICY_LOWER_REQUEST, POLICY_PATCH, POLICY_RESTART, POLICY_SCALE,
	POLICY_SET_ENV, POLICY_TAINT, POLICY_UNDO,
	/* of struct cloud_ops */
	POLICY_DEREGISTER, POLICY_DETACH, POLICY_SET_DESIRED, POLICY_TERMINATE,
	/* of struct store_ops */
	POLICY_WRITE_SPEC,
	/* runs, and what kops does */
	POLICY_UPDATE, POLICY_ROLL, POLICY_CREATE, POLICY_EXPORT_KUBECONFIG,
	POLICY_ACTION__COUNT
};
const char *policy_action_name(enum policy_action a); /* "terminate" */
const char *policy_action_help(enum policy_action a); /* "end an instance" */

struct policy_rule {
	char *cluster, *group, *action; /* patterns; NULL: "*" */
	enum policy_verdict verdict;
	char *reason; /* shown to who is stopped; NULL */
	char *from;   /* where it is written: "config.yaml:12", "--readonly" */
};
struct policy {
	struct policy_rule *v;
	size_t n;
};

/* Takes the strings of r. */
void policy_add(struct policy *p, const struct policy_rule *r);
void policy_release(struct policy *p);

/* The rule that decides; NULL: none does, allowed.  p, cluster may be NULL; group NULL: not
   known. */
const struct policy_rule *policy_find(const struct policy *p, const char *cluster,
	const char *group, enum policy_action a);

/* A run makes many writes: the strictest rule of any of them decides, before it begins. */
const struct policy_rule *policy_find_run(const struct policy *p, const char *cluster,
	const char *group, enum policy_action run);

/* Whether every write to the cluster is denied: read-only. */
bool policy_all_denied(const struct policy *p, const char *cluster);

/* The sentence for who is stopped by r, ERR_REFUSED.  Returns false. */
bool policy_refuse(const struct policy_rule *r, const char *cluster, enum policy_action a,
	struct err *e);
/* Whether e is such a sentence, whatever was put around it. */
bool policy_refused(const struct err *e);

#endif
