/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that fill one struct pending_group; for core/rules/pending.c alone. */
#ifndef KOPSCOPE_RULES_PENDING_PARTS_H
#define KOPSCOPE_RULES_PENDING_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/fit/peers.h"
#include "core/rules/fit.h"
#include "core/rules/pending.h"

/* What all nodes say together. */
struct tally {
	size_t nodes;
	size_t by_kind[REASON__COUNT];
	size_t fits;
	size_t usable;        /* not ruled out for good: full, short, port taken, other pods in the
	                         way, fits, not ready; a node away from the volume is, for that */
	int64_t full_max;     /* pods of every full node; -1: they differ; 0: none */
	int64_t most_cpu, most_memory; /* free on a usable node that lacks it */
	const char *resource; /* lacking; "" when more than one */
	/* As a scheduler counts: a node that lacks two things counts for both. */
	size_t no_slot, no_cpu, no_memory;
	const char *topology_key; /* of what other pods mean, when all nodes agree; else NULL */
	bool partly;              /* the pod asks for things that are not judged */
	bool volumes;             /* its volumes are judged */
	bool held;                /* a volume claim holds it up, whatever the node */
	const char *place;        /* of the volume that nodes are away from; NULL: none is */
	size_t looked;            /* at nodes, pods and sets of labels */
};

/* pending-verdict.c */
void pending_judge(const struct model *m, struct pending_group *g, const struct reasons *r,
	struct tally *t);
bool pending_disagrees(const struct pending_group *g, const struct reasons *r,
	const struct tally *t);
/* The first reason of the scheduler's that was not judged: volumes that are not known, resources
   but cpu and memory, what is unknown; NULL: none. */
const struct reason *pending_beyond_us(const struct reasons *r, const struct tally *t);

/* pending-why.c; t NULL: nodes were not judged.  Sets why and main_kind.  r: of g->message. */
void pending_explain(const struct model *m, const struct clock *clock, struct pending_group *g,
	const struct reasons *r, const struct tally *t);
/* Bound, and its waiting reason will not pass by itself. */
bool pending_reason_stays(const char *waiting_reason);
/* Refused by the kubelet, after scheduling. */
bool pending_refused(const struct pod *p);

/* pending-volume.c.  What the claims show to hold the pod up on every node: sets why and
   main_kind; false: nothing. */
bool pending_why_claim(const struct model *m, struct pending_group *g);
/* Nodes away from its volume, or none where it can be made: puts that before why. */
void pending_why_volume(const struct model *m, struct pending_group *g, const struct tally *t);

/* pending-absent.c.  The pods that a Deployment wants and that cannot be created, in g, which
   pending_absent_release() ends; false: there are none. */
bool pending_absent(const struct deployment *d, struct pending_group *g);
void pending_absent_release(struct pending_group *g);
/* Sets why, main_kind and advice of such a group. */
void pending_explain_absent(const struct model *m, struct pending_group *g);

/* pending-ip.c.  Why a bound pod of this node gets no address, yours; NULL: nothing seen that
   explains it.  told: an event says that it got none. */
char *pending_why_no_ip(const struct model *m, const struct m_node *n, bool told,
	enum reason_kind *kind);
/* What would help against that, yours; NULL: nothing in words. */
char *pending_fix_no_ip(const struct model *m, const struct pending_group *g, char **detail);

/* pending-fix.c; t NULL: nodes were not judged. */
void pending_fix(const struct model *m, struct pending_group *g, const struct tally *t);

/* pending-cure.c; t NULL: nodes were not judged. */
void pending_cure(const struct model *m, struct pending_group *g, const struct tally *t);
/* Fewer replicas, so that all of the owner's run; to_none: also when none does. */
void pending_advise_fewer(const struct model *m, struct pending_group *g, bool to_none);

/* pending-advice.c */
struct advice *pending_advice_add(struct pending_group *g, enum advice_action action);
/* What of the pod's kind fits between used and the node's allocatable. */
int64_t pending_room_on(const struct pod_shape *s, const struct node *n, int64_t pods, int64_t cpu,
	int64_t memory);
void pending_advise(const struct model *m, struct pending_group *g, const struct tally *t);
/* Of a group that is on its node already. */
void pending_advise_bound(const struct model *m, struct pending_group *g);

#endif
