/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that fill one struct pending_group; for core/rules/pending.c alone. */
#ifndef KOPSCOPE_RULES_PENDING_PARTS_H
#define KOPSCOPE_RULES_PENDING_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/fit-peers.h"
#include "core/rules/fit.h"
#include "core/rules/pending.h"

/* What all nodes say together. */
struct tally {
	size_t nodes;
	size_t by_kind[REASON__COUNT];
	size_t fits;
	size_t usable;        /* not ruled out for good: full, short, port taken, other pods in the
	                         way, fits, not ready */
	int64_t full_max;     /* pods of every full node; -1: they differ; 0: none */
	int64_t most_cpu, most_memory; /* free on a usable node that lacks it */
	const char *resource; /* lacking; "" when more than one */
	/* As a scheduler counts: a node that lacks two things counts for both. */
	size_t no_slot, no_cpu, no_memory;
	const char *topology_key; /* of what other pods mean, when all nodes agree; else NULL */
};

/* pending-verdict.c */
void pending_judge(const struct model *m, struct pending_group *g, const struct reasons *r,
	const struct fit_keepers *keepers, struct tally *t);
bool pending_disagrees(const struct pending_group *g, const struct reasons *r,
	const struct tally *t);
/* The first reason of the scheduler's that fit.h does not judge: volumes, resources but cpu and
   memory, what is unknown; NULL: none. */
const struct reason *pending_beyond_us(const struct reasons *r);

/* pending-why.c; t NULL: nodes were not judged.  Sets why and main_kind.  r: of g->message. */
void pending_explain(const struct model *m, const struct clock *clock, struct pending_group *g,
	const struct reasons *r, const struct tally *t);
/* Bound, and its waiting reason will not pass by itself. */
bool pending_reason_stays(const char *waiting_reason);
/* Refused by the kubelet, after scheduling. */
bool pending_refused(const struct pod *p);

/* pending-ip.c.  Why a bound pod of this node gets no address, yours; NULL: nothing seen that
   explains it.  told: an event says that it got none. */
char *pending_why_no_ip(const struct model *m, const struct m_node *n, bool told,
	enum reason_kind *kind);
/* What would help against that, yours; NULL: nothing in words. */
char *pending_fix_no_ip(const struct model *m, const struct pending_group *g, char **detail);

/* pending-fix.c; t NULL: nodes were not judged. */
void pending_fix(const struct model *m, struct pending_group *g, const struct tally *t);

/* pending-advice.c */
void pending_advise(const struct model *m, struct pending_group *g, const struct tally *t);
/* Of a group that is on its node already. */
void pending_advise_bound(const struct model *m, struct pending_group *g);

#endif
