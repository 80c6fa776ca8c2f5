/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chaos: faults of every kind thrown at the world together, by a schedule that follows from the
 * seed alone, for some hours of the world's time.  Storms of several faults at once alternate
 * with calm gaps; a storm may also end a machine, hold a workload by a disruption budget, or be
 * another operator who edits a spec.  When the hours are over all is calm for good.
 */
#ifndef KOPSCOPE_LAB_CHAOS_H
#define KOPSCOPE_LAB_CHAOS_H

#include <stdbool.h>
#include <stdint.h>

struct world;
struct lab_chaos; /* of one world; ends with chaos_free() */

struct chaos_options {
	uint64_t seed;
	int64_t hours; /* of the world's time */
	bool print;    /* one line on standard output for each thing that it does */
};

/* Begins its first storm a few of the world's minutes from now, or when there is a cluster. */
struct lab_chaos *chaos_new(struct world *w, const struct chaos_options *o);
void chaos_free(struct lab_chaos *c); /* NULL is fine; before the world */
/* {"seed", "hours", "thrown", "kinds", "on": [...], "calm" (vms since when), "over"}: a JSON
   tree; NULL gives null. */
void *chaos_json(const struct lab_chaos *c);

#endif
