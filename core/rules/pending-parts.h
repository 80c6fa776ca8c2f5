/* SPDX-License-Identifier: Apache-2.0 */
/* The parts that fill one struct pending_group; for core/rules/pending.c alone. */
#ifndef KOPSCOPE_RULES_PENDING_PARTS_H
#define KOPSCOPE_RULES_PENDING_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/fit.h"
#include "core/rules/pending.h"

/* What all nodes say together. */
struct tally {
	size_t nodes;
	size_t by_kind[REASON__COUNT];
	size_t fits;
	size_t usable;        /* not ruled out for good: full, short, port taken, fits, not ready */
	int64_t full_max;     /* pods of every full node; -1: they differ; 0: none */
	int64_t most_cpu, most_memory; /* free on a usable node that lacks it */
	const char *resource; /* lacking; "" when more than one */
};

/* pending-verdict.c */
void pending_judge(const struct model *m, struct pending_group *g, const struct reasons *r,
	struct tally *t);
bool pending_disagrees(const struct pending_group *g, const struct reasons *r,
	const struct tally *t);
/* The first reason of the scheduler's that fit.h does not judge: volumes, other pods, resources
   but cpu and memory; NULL: none. */
const struct reason *pending_beyond_us(const struct reasons *r);

/* pending-why.c; t NULL: nodes were not judged.  Sets why and main_kind.  r: of g->message. */
void pending_explain(const struct model *m, const struct clock *clock, struct pending_group *g,
	const struct reasons *r, const struct tally *t);
/* Bound, and its waiting reason will not pass by itself. */
bool pending_reason_stays(const char *waiting_reason);
/* Refused by the kubelet, after scheduling. */
bool pending_refused(const struct pod *p);

/* pending-advice.c */
void pending_advise(const struct model *m, struct pending_group *g, const struct tally *t);

#endif
