/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was asked of the lab and how much it sent, since it began: for benchmarks, and for
 * tests that say "and nothing was written".  GET /lab/state shows it as "counts".
 */
#ifndef KOPSCOPE_LAB_COUNTS_H
#define KOPSCOPE_LAB_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

struct lab_request;

enum lab_side { SIDE_AWS, SIDE_KUBE, LAB_SIDE__COUNT };

struct lab_counts {
	uint64_t requests[LAB_SIDE__COUNT];
	uint64_t bytes[LAB_SIDE__COUNT];  /* of answers' bodies */
	uint64_t writes[LAB_SIDE__COUNT]; /* requests that would change something */
	char last_write[160];             /* method and path, or AWS's action; "": none yet */
};

/* The lab's own paths are not counted. */
void counts_request(struct lab_counts *c, enum lab_side side, const struct lab_request *rq);
/* {"aws": {"requests", "bytes", "writes"}, "kube": {...}, "lastWrite"}: a JSON tree. */
void *counts_json(const struct lab_counts *c);

#endif
