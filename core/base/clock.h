/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time is injected: nothing below main() asks the system for it.
 *
 * mono: milliseconds that only grow, for waits and durations.  wall:
 * milliseconds since 1970 UTC, for stamps that others wrote or will read.
 * scale: 1 in the real world.  In the lab, whose world runs scale times
 * faster, a wait of n ms ends after n/scale ms, and clock_age() gives ages in
 * the lab's time, so that "about 60 s to boot" reads the same everywhere.
 * Stamps stay real, so that kubectl and aws agree with us about them.
 */
#ifndef KOPSCOPE_BASE_CLOCK_H
#define KOPSCOPE_BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t (*mono_ms)(void *ctx); /* already scaled */
	int64_t (*wall_ms)(void *ctx); /* never scaled */
	double scale;
	void *ctx;
};

/* The system's clock.  scale must be >= 1. */
void clock_system(struct clock *c, double scale);

/* A clock that stands still until told otherwise, for tests and golden screens. */
struct clock_fake {
	int64_t mono, wall;
};
void clock_fake(struct clock *c, struct clock_fake *f);

int64_t clock_mono(const struct clock *c);
int64_t clock_wall(const struct clock *c);

/* ms since the stamp, in the world's time, never negative; -1 when stamp is 0. */
int64_t clock_age(const struct clock *c, int64_t stamp_wall_ms);

#endif
