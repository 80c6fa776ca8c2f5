/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An edit of the limits laid over what is observed: the specs before and after,
 * side by side.  Shared by the parts of core/rules/consequences.h.
 */
#ifndef KOPSCOPE_RULES_LIMITS_VIEW_H
#define KOPSCOPE_RULES_LIMITS_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/cni.h"
#include "core/rules/consequences.h"
#include "core/rules/words.h"

/* Cordon, drain, boot, join and validation of one node, for a first guess: what a roll in the lab
   takes without pods that are slow to leave. */
#define NODE_ROLL_S 80

struct limits_view {
	const struct model *m;
	const struct limits_edit *edit;
	const struct cluster_spec *before;
	struct cluster_spec after; /* borrows from before, env is owned */
	struct cni_settings cni_before, cni_after;
	bool env_changes; /* of what kops renders, so that the addon's DaemonSet restarts */
	bool mode_changes; /* of how many addresses nodes reach */
	char knob_texts[4][24]; /* numbers that after.env points to */
	struct words replaced; /* groups whose launch template changes */
	struct findings *out;
};
/* False: the cluster's spec is not known. */
bool limits_view_init(struct limits_view *v, const struct model *m, const struct limits_edit *edit,
	struct findings *out);
void limits_view_release(struct limits_view *v);

/* The group's spec after the edit; a shallow copy. */
struct group_spec limits_group_after(const struct limits_view *v, const struct m_group *g);
/* Nodes of the group, seen by AWS or by Kubernetes. */
int limits_group_nodes(const struct m_group *g);
bool limits_group_replaced(const struct limits_view *v, const struct m_group *g);

/* As findings_add(), but a line that is there already is not repeated. */
void limits_say(struct limits_view *v, enum finding_level level, const char *todo, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

/* Pods of the group's nodes that need no address, as far as they are seen: two at least. */
int32_t limits_host_pods(const struct limits_view *v, const struct m_group *g);

/* The parts. */
void limits_check_group(struct limits_view *v);    /* limits-group.c: sizes, subnets, manager */
void limits_check_ranges(struct limits_view *v);   /* limits-range.c */
void limits_check_settings(struct limits_view *v); /* limits-cni.c: what the CNI does with them */
void limits_check_daemon(struct limits_view *v);   /* limits-cni.c: full nodes and aws-node */
void limits_check_subnets(struct limits_view *v);  /* limits-cni.c */
void limits_check_roll(struct limits_view *v);     /* limits-roll.c: how long, and where pods go */

#endif
