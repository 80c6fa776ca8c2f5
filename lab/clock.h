/* SPDX-License-Identifier: Apache-2.0 */
/* The making and unmaking of a world's time; everything else is in world.h. */
#ifndef KOPSCOPE_LAB_CLOCK_H
#define KOPSCOPE_LAB_CLOCK_H

#include <stdbool.h>

struct world;

/* Time begins; chance is seeded from w->options. */
void world_clock_init(struct world *w);
/* While frozen real time does not count, so that the making of a world is the same each time. */
void world_clock_freeze(struct world *w, bool frozen);
/* Timers that have not fired are dropped without a call. */
void world_clock_release(struct world *w);

#endif
