/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One rolling update of the stand-in: the groups one after another, the steps
 * of facts 5.4 in virtual time.  kops-roll.c: command line, table, order of
 * groups; kops-roll-group.c: one group; kops-roll-drain.c: one node.
 */
#ifndef KOPSCOPE_LAB_KOPS_ROLL_H
#define KOPSCOPE_LAB_KOPS_ROLL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/kops.h"

struct kroll;
typedef void kroll_next(struct kroll *l);

struct kroll_pod {
	char *ns, *name, *uid;
	bool evicted;
	int64_t retry_at; /* vms */
};

struct kroll {
	struct kops_run *r;
	struct world *w;
	char *cluster;
	struct kops_groups groups;
	bool *selected; /* by group: the filters take it */
	size_t at;      /* group */
	bool force, cloudonly, fail_on_drain, fail_on_validate;
	int64_t interval[3]; /* control plane, node and apiserver, bastion; ms */
	int64_t post_drain, drain_timeout, validation_timeout, validate_count;
	struct world_timer *timer;
	kroll_next *after; /* what follows when the timer fires */

	/* of the group */
	size_t *order;  /* members to replace */
	size_t n_order, member;
	size_t surged;
	/* of a validation */
	int64_t deadline, good, wanted;
	const char *operation; /* " after terminating instance" */
	kroll_next *validated;
	/* of a drain */
	struct kroll_pod *pods;
	size_t n_pods, cap_pods;
	int64_t drain_deadline;

	struct strlist errors; /* of groups that failed while the next went on */
};

/* Goes on with next after ms of virtual time. */
void kroll_wait(struct kroll *l, int64_t ms, kroll_next *next);
/* Validates wanted times without a flap, then goes on with next. */
void kroll_validate(struct kroll *l, int64_t wanted, const char *operation, kroll_next *next);
struct kops_group *kroll_group(struct kroll *l);
struct kops_member *kroll_member(struct kroll *l);
int64_t kroll_interval(const struct kroll *l);

void kroll_group_start(struct kroll *l);  /* kops-roll-group.c */
void kroll_group_failed(struct kroll *l, bool stop, const char *fmt, ...) /* kops-roll.c */
	__attribute__((format(printf, 3, 4)));
void kroll_group_done(struct kroll *l);   /* kops-roll.c */
void kroll_drain_start(struct kroll *l);  /* kops-roll-drain.c; ends with kroll_drained() */
void kroll_drained(struct kroll *l);      /* kops-roll-group.c */
void kroll_pods_release(struct kroll *l);

#endif
