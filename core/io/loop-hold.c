/* SPDX-License-Identifier: Apache-2.0 */
/* How long the turns of the loop hold it. */
#include "core/io/loop-hold.h"

#include <string.h>
#include <time.h>

#include "core/io/trace.h"

#define HOLD_LIMIT_US 20000
#define HOLD_SLOT_US 100

static const char *const hold_names[HOLD__COUNT] = {
	[HOLD_BEFORE] = "what runs before waiting", [HOLD_FD] = "a file descriptor or signal",
	[HOLD_URGENT] = "what a key led to", [HOLD_NETWORK] = "what came over the network",
	[HOLD_DONE] = "the end of a request", [HOLD_TIMER] = "a timer",
};

/* The machine's own clocks: an injected one may stand still or run faster. */
static void hold_now(int64_t now[HOLD__TIMES])
{
	static const clockid_t clocks[HOLD__TIMES] = {
		[HOLD_REAL] = CLOCK_MONOTONIC, [HOLD_CPU] = CLOCK_THREAD_CPUTIME_ID,
	};

	for (int i = 0; i < HOLD__TIMES; i++) {
		struct timespec ts;

		clock_gettime(clocks[i], &ts);
		now[i] = (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
	}
}

void hold_begin(struct hold *h)
{
	h->on = trace_want(TRACE_LOOP);
	if (!h->on)
		return;
	memset(h->part, 0, sizeof(h->part));
	hold_now(h->since);
}

void hold_part(struct hold *h, enum hold_part part)
{
	int64_t now[HOLD__TIMES];

	if (!h->on)
		return;
	hold_now(now);
	for (int i = 0; i < HOLD__TIMES; i++) {
		h->part[part][i] += now[i] - h->since[i];
		h->since[i] = now[i];
	}
}

static int64_t hold_sum(struct hold *h, enum hold_time t, enum hold_part *longest)
{
	int64_t sum = 0;

	for (int p = 0; p < HOLD__COUNT; p++) {
		sum += h->part[p][t];
		if (h->part[p][t] > h->part[*longest][t])
			*longest = (enum hold_part)p;
	}
	return sum;
}

void hold_end(struct hold *h)
{
	int64_t sum[HOLD__TIMES];
	enum hold_part longest = HOLD_BEFORE;

	if (!h->on)
		return;
	h->turns++;
	for (int i = 0; i < HOLD__TIMES; i++) {
		longest = HOLD_BEFORE;
		sum[i] = hold_sum(h, (enum hold_time)i, &longest);
		if (sum[i] > h->most[i])
			h->most[i] = sum[i];
		int64_t slot = sum[i] / HOLD_SLOT_US;
		h->slots[i][slot < HOLD_SLOTS ? slot : HOLD_SLOTS - 1]++;
	}
	h->over += sum[HOLD_CPU] > HOLD_LIMIT_US;
	if (sum[HOLD_REAL] > HOLD_LIMIT_US)
		trace_say(TRACE_LOOP, "held for %.1f ms, %.1f ms of CPU: %s %.1f ms",
			(double)sum[HOLD_REAL] / 1e3, (double)sum[HOLD_CPU] / 1e3,
			hold_names[longest], (double)h->part[longest][HOLD_CPU] / 1e3);
	h->on = false;
}

/* Milliseconds that 99 of 100 turns did not exceed. */
static double hold_p99(const struct hold *h, enum hold_time t)
{
	uint64_t seen = 0;
	int slot = 0;

	while (slot < HOLD_SLOTS - 1) {
		seen += h->slots[t][slot++];
		if (seen * 100 >= h->turns * 99)
			break;
	}
	return slot * HOLD_SLOT_US / 1e3;
}

void hold_tell(const struct hold *h)
{
	if (!h->turns)
		return;
	trace_say(TRACE_LOOP, "%llu turns; ms of CPU: p99 %.1f, longest %.1f, over 20: %llu; "
		"in real time: p99 %.1f, longest %.1f", (unsigned long long)h->turns,
		hold_p99(h, HOLD_CPU), (double)h->most[HOLD_CPU] / 1e3, (unsigned long long)h->over,
		hold_p99(h, HOLD_REAL), (double)h->most[HOLD_REAL] / 1e3);
}
