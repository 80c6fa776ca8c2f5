/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual time, its timers (a binary heap), and the seeded chance of the lab. */
#include "lab/world.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/clock.h"

struct world_timer {
	int64_t due;
	uint64_t seq;
	size_t at; /* index in the heap */
	void (*cb)(void *ctx);
	void *ctx;
};

struct world_clock {
	int64_t begun;   /* real mono ms */
	int64_t skipped; /* vms added by world_skip() */
	int64_t now;
	bool inside;     /* a timer's callback: now stands still */
	bool frozen;     /* real time does not count: only world_skip() goes on */
	uint64_t seq;
	struct world_timer **heap;
	size_t n, cap;
};

void world_clock_init(struct world *w)
{
	w->time = xcalloc(1, sizeof(*w->time));
	w->time->begun = clock_mono(w->options.clock);
	uint64_t x = w->options.seed + 0x9e3779b97f4a7c15u;
	for (size_t i = 0; i < 4; i++) { /* splitmix64 */
		x += 0x9e3779b97f4a7c15u;
		uint64_t z = x;
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
		w->random[i] = z ^ (z >> 31);
	}
}

void world_clock_release(struct world *w)
{
	if (!w->time)
		return;
	for (size_t i = 0; i < w->time->n; i++)
		free(w->time->heap[i]);
	free(w->time->heap);
	free(w->time);
	w->time = NULL;
}

static int64_t clock_real_now(const struct world *w)
{
	if (w->time->frozen)
		return w->time->now;
	int64_t real = clock_mono(w->options.clock) - w->time->begun;
	return (int64_t)((double)real * w->options.speed) + w->time->skipped;
}

int64_t world_now(const struct world *w)
{
	int64_t now = clock_real_now(w);
	/* A busy callback is not seen to take time, and time never goes back. */
	return w->time->inside || now < w->time->now ? w->time->now : now;
}

void world_clock_freeze(struct world *w, bool frozen)
{
	w->time->frozen = frozen;
	w->time->begun = clock_mono(w->options.clock);
	w->time->skipped = w->time->now;
}

int64_t world_wall(const struct world *w)
{
	return clock_wall(w->options.clock) - w->past_ms;
}

static bool timer_before(const struct world_timer *a, const struct world_timer *b)
{
	return a->due != b->due ? a->due < b->due : a->seq < b->seq;
}

static void heap_put(struct world_clock *c, size_t i, struct world_timer *t)
{
	c->heap[i] = t;
	t->at = i;
}

static void heap_up(struct world_clock *c, size_t i)
{
	struct world_timer *t = c->heap[i];
	while (i > 0 && timer_before(t, c->heap[(i - 1) / 2])) {
		heap_put(c, i, c->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(c, i, t);
}

static void heap_down(struct world_clock *c, size_t i)
{
	struct world_timer *t = c->heap[i];
	for (;;) {
		size_t k = 2 * i + 1;
		if (k >= c->n)
			break;
		if (k + 1 < c->n && timer_before(c->heap[k + 1], c->heap[k]))
			k++;
		if (!timer_before(c->heap[k], t))
			break;
		heap_put(c, i, c->heap[k]);
		i = k;
	}
	heap_put(c, i, t);
}

static void heap_remove(struct world_clock *c, size_t i)
{
	struct world_timer *last = c->heap[--c->n];
	if (i == c->n)
		return;
	heap_put(c, i, last);
	heap_up(c, i);
	heap_down(c, last->at);
}

struct world_timer *world_timer_add(struct world *w, int64_t vms, void (*cb)(void *ctx), void *ctx)
{
	struct world_clock *c = w->time;
	struct world_timer *t = xcalloc(1, sizeof(*t));
	t->due = world_now(w) + (vms > 0 ? vms : 0);
	t->seq = ++c->seq;
	t->cb = cb;
	t->ctx = ctx;
	c->heap = xgrow(c->heap, &c->cap, c->n, sizeof(struct world_timer *));
	heap_put(c, c->n++, t);
	heap_up(c, t->at);
	return t;
}

void world_timer_cancel(struct world *w, struct world_timer *t)
{
	if (!t)
		return;
	heap_remove(w->time, t->at);
	free(t);
}

static void clock_fire(struct world *w, int64_t until)
{
	struct world_clock *c = w->time;
	while (c->n > 0 && c->heap[0]->due <= until) {
		struct world_timer *t = c->heap[0];
		heap_remove(c, 0);
		if (t->due > c->now)
			c->now = t->due;
		c->inside = true;
		t->cb(t->ctx);
		c->inside = false;
		free(t);
	}
}

int64_t world_run(struct world *w)
{
	struct world_clock *c = w->time;
	clock_fire(w, clock_real_now(w));
	if (c->n == 0)
		return -1;
	double left = (double)(c->heap[0]->due - clock_real_now(w)) / w->options.speed;
	return left <= 0 ? 0 : (int64_t)left + 1;
}

void world_skip(struct world *w, int64_t vms)
{
	int64_t until = world_now(w) + vms;
	clock_fire(w, until);
	if (until > w->time->now)
		w->time->now = until;
	int64_t real = clock_real_now(w);
	if (real < until)
		w->time->skipped += until - real;
}

uint64_t world_random(struct world *w)
{
	/* xoshiro256** */
	uint64_t *s = w->random;
	uint64_t x = s[1] * 5;
	uint64_t result = ((x << 7) | (x >> 57)) * 9;
	uint64_t t = s[1] << 17;
	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = (s[3] << 45) | (s[3] >> 19);
	return result;
}

uint64_t world_random_below(struct world *w, uint64_t n)
{
	return n ? world_random(w) % n : 0;
}

static void random_text(struct world *w, const char *alphabet, char *out, size_t n)
{
	size_t k = strlen(alphabet);
	for (size_t i = 0; i < n; i++)
		out[i] = alphabet[world_random_below(w, k)];
	out[n] = '\0';
}

void world_hex(struct world *w, char *out, size_t n)
{
	random_text(w, "0123456789abcdef", out, n);
}

void world_suffix(struct world *w, char *out, size_t n)
{
	random_text(w, "bcdfghjklmnpqrstvwxz2456789", out, n);
}

void world_uuid(struct world *w, char out[37])
{
	world_hex(w, out, 36);
	out[8] = out[13] = out[18] = out[23] = '-';
	out[14] = '4';
	out[19] = "89ab"[world_random_below(w, 4)];
}

char *world_id(struct world *w, const char *prefix)
{
	char hex[18];
	world_hex(w, hex, 17);
	hex[0] = '0';
	return xasprintf("%s%s", prefix, hex);
}
