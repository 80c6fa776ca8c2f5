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
struct kroll_drain;
typedef void kroll_next(struct kroll *l);

struct kroll_pod {
	char *ns, *name, *uid;
	bool evicted;
	int64_t retry_at; /* vms */
};

/* One instance on its way out: drained, stopped, waited for.  Several may be at once. */
struct kroll_drain {
	struct kroll *l;
	size_t member;            /* of the group */
	struct world_timer *timer;
	void (*after)(struct kroll_drain *d);
	struct kroll_pod *pods;
	size_t n_pods, cap_pods;
	int64_t deadline;         /* vms */
	bool finished;
	char *error;              /* NULL: it went well */
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
	size_t *order;     /* members to replace */
	size_t n_order, next;
	size_t surge, surged, skipped; /* to detach, dealt with, failed to */
	bool none_ready;   /* no instance is up to date yet: one alone goes first */
	size_t concurrency;
	struct kroll_drain **drains; /* running and finished */
	size_t n_drains, cap_drains;
	bool collecting;   /* the group waits for a drain to finish */
	char *failure;     /* of a drain, while others still run; NULL: none */

	/* of a validation */
	int64_t deadline, good, wanted;
	const char *operation; /* " after terminating instance" */
	kroll_next *validated;

	struct strlist errors; /* of groups that failed while the next went on */
};

/* Goes on with next after ms of virtual time. */
void kroll_wait(struct kroll *l, int64_t ms, kroll_next *next);
/* Validates wanted times without a flap, then goes on with next. */
void kroll_validate(struct kroll *l, int64_t wanted, const char *operation, kroll_next *next);
struct kops_group *kroll_group(struct kroll *l);
int64_t kroll_interval(const struct kroll *l);

void kroll_group_start(struct kroll *l);  /* kops-roll-group.c */
void kroll_group_failed(struct kroll *l, bool stop, const char *fmt, ...) /* kops-roll.c */
	__attribute__((format(printf, 3, 4)));
void kroll_group_done(struct kroll *l);   /* kops-roll.c */
/* kops-roll-drain.c: begins with the group's member; ends with kroll_drain_done(). */
struct kroll_drain *kroll_drain_new(struct kroll *l, size_t member);
void kroll_drain_start(struct kroll_drain *d);
void kroll_drain_free(struct kroll_drain *d);
void kroll_drain_done(struct kroll_drain *d); /* kops-roll-group.c; d->error says how */
void kroll_drains_release(struct kroll *l);   /* kops-roll-group.c */

#endif
