/* SPDX-License-Identifier: Apache-2.0 */
/* The system's clock, and one that stands still. */
#include "core/base/clock.h"

#include <time.h>

#include "core/base/bug.h"

/* The scale travels in ctx, in thousandths, so that a copied struct clock stays right. */
#define CLOCK_SCALE_UNIT 1000.0

static int64_t clock_system_mono(void *ctx)
{
	double scale = (double)(uintptr_t)ctx / CLOCK_SCALE_UNIT;
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)(((double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6) * scale);
}

static int64_t clock_system_wall(void *ctx)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void clock_system(struct clock *c, double scale)
{
	uintptr_t unit;

	if (!(scale >= 1.0 && scale <= 1e6))
		BUG("clock scale %g", scale);
	unit = (uintptr_t)(scale * CLOCK_SCALE_UNIT + 0.5);
	*c = (struct clock){
		.mono_ms = clock_system_mono,
		.wall_ms = clock_system_wall,
		.scale = (double)unit / CLOCK_SCALE_UNIT,
		.ctx = (void *)unit,
	};
}

static int64_t clock_fake_mono(void *ctx)
{
	return ((struct clock_fake *)ctx)->mono;
}

static int64_t clock_fake_wall(void *ctx)
{
	return ((struct clock_fake *)ctx)->wall;
}

void clock_fake(struct clock *c, struct clock_fake *f)
{
	*c = (struct clock){
		.mono_ms = clock_fake_mono,
		.wall_ms = clock_fake_wall,
		.scale = 1.0,
		.ctx = f,
	};
}

int64_t clock_mono(const struct clock *c)
{
	return c->mono_ms(c->ctx);
}

int64_t clock_wall(const struct clock *c)
{
	return c->wall_ms(c->ctx);
}

int64_t clock_age(const struct clock *c, int64_t stamp_wall_ms)
{
	int64_t age;

	if (!stamp_wall_ms)
		return -1;
	age = clock_wall(c) - stamp_wall_ms;
	/* A stamp from a clock that runs ahead of ours. */
	if (age < 0)
		return 0;
	return (int64_t)((double)age * c->scale);
}
