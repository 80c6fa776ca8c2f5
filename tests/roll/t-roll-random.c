/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll machine in random clusters: never two of the control plane away,
 * never more of a group than its settings allow, always an end or a named
 * wait; and through crashes at any moment, nothing terminated twice.
 * A failure is shrunk and prints its seed; ROLL_SEED=N (and ROLL_SHAPE) runs that
 * one alone, ROLL_COUNT=10000 as many (ROLL_PART=clusters or crashes: of one kind).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/rules/roll.h"
#include "tests/roll/world.h"

#define CLUSTERS 300 /* ROLL_COUNT=10000 for the long run */
#define CRASHES 100
#define DAY (24 * 3600)

struct limits { /* available nodes that a group must keep */
	int keep[W_GROUPS];
};

static void random_rolling(struct world *w, struct w_group *g, struct limits *l, int index)
{
	int32_t surge = 1, away = 0;

	switch (world_random(w, 4)) {
	case 0:
		break;
	case 1:
		surge = g->rolling.max_surge.value = (int32_t)world_random(w, 4);
		away = surge == 0 ? 1 : 0;
		break;
	case 2:
		surge = g->rolling.max_surge.value = (int32_t)world_random(w, 3);
		away = g->rolling.max_unavailable.value = 1 + (int32_t)world_random(w, 2);
		break;
	default:
		g->rolling.max_unavailable = (struct int_or_percent){ 50, true };
		away = g->desired / 2 > 0 ? g->desired / 2 : 1;
		break;
	}
	l->keep[index] = g->desired - away;
}

/* How large a cluster may be: what fails is tried again in smaller ones. */
struct shape {
	int nodes, size, troubles;
};
static const struct shape whole = { 3, 5, 7 };

static char failure[900]; /* of the cluster in hand; empty: none */

static void fails(uint64_t seed, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void fails(uint64_t seed, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (failure[0])
		return;
	n = snprintf(failure, sizeof(failure), "seed %llu: ", (unsigned long long)seed);
	va_start(ap, fmt);
	vsnprintf(failure + n, sizeof(failure) - (size_t)n, fmt, ap);
	va_end(ap);
}

/* Every second seed is one where the world does not keep quiet. */
static void random_troubles(struct world *w, uint64_t seed, const struct shape *sh)
{
	if (seed % 2)
		return;
	w->boot_fails = sh->troubles > 0 && !world_random(w, 3) ? 20 : 0;
	w->throttled = sh->troubles > 1 && !world_random(w, 3) ? 30 : 0;
	w->lies = sh->troubles > 2 && !world_random(w, 3) ? 10 : 0;
	w->immortal = sh->troubles > 3 && !world_random(w, 6) ? 3 : 0;
	w->flaps = sh->troubles > 4 && !world_random(w, 3) ? 3 : 0;
	w->killers = sh->troubles > 5 && !world_random(w, 6) ? 1 : 0;
}

static void random_cluster(struct world *w, uint64_t seed, struct limits *l,
	const struct shape *sh)
{
	int cps, nodes, i;
	char name[32];

	world_init(w, seed);
	cps = world_random(w, 2) ? 1 : 3;
	nodes = 1 + (int)world_random(w, (uint32_t)sh->nodes);
	for (i = 0; i < cps; i++) {
		snprintf(name, sizeof(name), "cp-%d", i);
		world_group(w, name, ROLE_CONTROL_PLANE, 1);
		l->keep[i] = 0;
	}
	for (i = 0; i < nodes; i++) {
		snprintf(name, sizeof(name), "nodes-%d", i);
		world_group(w, name, ROLE_NODE, 1 + (int)world_random(w, (uint32_t)sh->size));
		random_rolling(w, &w->groups[cps + i], l, cps + i);
	}
	if (world_random(w, 4) == 0) {
		l->keep[w->ngroups] = 0;
		world_group(w, "bastions", ROLE_BASTION, 1);
	}
	world_app(w, "web", (int)world_random(w, 30), -1);
	if (world_random(w, 2))
		world_app(w, "db", 3, (int)world_random(w, 4));
	world_settle(w);
	for (i = 0; i < w->ngroups; i++) {
		if (world_random(w, 4))
			world_outdate(w, i);
	}
	w->action_ms = 200 + (int64_t)world_random(w, 4000);
	w->slow_ms = 1000 + (int64_t)world_random(w, 60000);
	w->dirty = true;
	world_settle(w);
	random_troubles(w, seed, sh);
}

static void random_roll(struct world *w)
{
	struct roll_options o;
	struct err e = ERR_INIT;

	world_options(&o);
	w->roll = roll_new(w->m, &o, &e);
	if (!w->roll)
		fail_msg("%s", e.text);
}

/* Away by the machine's doing: what others took does not count. */
static int control_planes_away(const struct world *w)
{
	int away = 0, g;

	for (g = 0; g < w->ngroups; g++) {
		if (w->groups[g].role == ROLE_CONTROL_PLANE)
			away += w->groups[g].desired - world_available(w, g) - w->lent[g];
	}
	return away;
}

static void check_limits(struct world *w, const struct limits *l, uint64_t seed)
{
	int g;

	if (control_planes_away(w) > 1)
		fails(seed, "two of the control plane are away");
	for (g = 0; g < w->ngroups; g++) {
		int there = world_available(w, g);

		if (w->groups[g].role == ROLE_NODE && there < l->keep[g] - w->lent[g])
			fails(seed, "%s has %d available, must keep %d", w->groups[g].name, there,
				l->keep[g]);
		if (w->now.mono > w->lent_until[g] && there >= w->groups[g].desired)
			w->lent[g] = 0;
	}
	if (w->violations)
		fails(seed, "%s", w->violation);
	if (w->terminated_twice)
		fails(seed, "terminated twice");
}

/* Nodes of a group are marked by the CNI addon in the middle of it. */
static void random_mark(struct world *w)
{
	int i = (int)world_random(w, W_INSTANCES);

	if (w->inst[i].state && w->inst[i].joined) {
		w->inst[i].marked = true;
		w->dirty = true;
	}
}

/* Ends that a cluster in trouble may come to: each is named. */
static bool end_is_fine(const struct world *w)
{
	const char *why = roll_why(w->roll);

	switch (roll_get_state(w->roll)) {
	case ROLL_FINISHED:
		return true;
	case ROLL_BROKEN:
		return strstr(why, "drained") || (w->flaps && strstr(why, "validate within"));
	case ROLL_GUARDED:
		return (w->boot_fails || w->flaps || w->killers) &&
			(strstr(why, "stands in for") || strstr(why, "in vain"));
	default:
		return false;
	}
}

static void check_end(struct world *w, uint64_t seed, bool ended)
{
	if (!ended)
		fails(seed, "no end: %s", roll_why(w->roll));
	else if (!end_is_fine(w))
		fails(seed, "ended %d: %s", (int)roll_get_state(w->roll), roll_why(w->roll));
	else if (roll_get_state(w->roll) == ROLL_FINISHED && world_old(w))
		fails(seed, "%d old ones left", world_old(w));
	if (world_left_marks(w))
		fails(seed, "%d nodes keep a mark", world_left_marks(w));
}

static bool one_cluster(uint64_t seed, bool crashes, const struct shape *sh)
{
	struct world *w = malloc(sizeof(*w));
	struct limits l = { { 0 } };
	struct buf saved = BUF_INIT;
	int t;

	failure[0] = '\0';
	random_cluster(w, seed, &l, sh);
	if (crashes)
		w->saved = &saved;
	random_roll(w);
	for (t = 0; t < DAY && !failure[0] && !world_is_over(w); t++) {
		world_tick(w);
		check_limits(w, &l, seed);
		if (crashes && world_random(w, 25) == 0)
			world_crash(w);
		if (t < 300 && world_random(w, 20) == 0)
			random_mark(w);
	}
	if (!failure[0])
		check_end(w, seed, t < DAY);
	buf_release(&saved);
	world_release(w);
	free(w);
	return !failure[0];
}

/* The smallest cluster of this seed that still fails is the one to look at. */
static void shrink(uint64_t seed, bool crashes)
{
	struct shape sh = whole, least = whole, tried;
	char first[sizeof(failure)];
	bool smaller = true;

	snprintf(first, sizeof(first), "%s", failure);
	while (smaller) {
		int *const parts[] = { &tried.troubles, &tried.nodes, &tried.size };
		size_t i;

		smaller = false;
		for (i = 0; i < 3 && !smaller; i++) {
			tried = sh;
			if (*parts[i] <= (i ? 1 : 0))
				continue;
			--*parts[i];
			smaller = !one_cluster(seed, crashes, &tried);
			if (smaller)
				least = sh = tried;
		}
	}
	one_cluster(seed, crashes, &least);
	fail_msg("%s\n  smallest: ROLL_SEED=%llu ROLL_SHAPE=%d,%d,%d: %s", first,
		(unsigned long long)seed, least.nodes, least.size, least.troubles, failure);
}

/* The one that was asked for; false: none was. */
static bool one_seed(bool crashes)
{
	const char *only = getenv("ROLL_SEED"), *shape = getenv("ROLL_SHAPE");
	struct shape sh = whole;

	if (!only)
		return false;
	if (shape && sscanf(shape, "%d,%d,%d", &sh.nodes, &sh.size, &sh.troubles) != 3)
		fail_msg("ROLL_SHAPE: groups,nodes,troubles");
	if (!one_cluster(strtoull(only, NULL, 10), crashes, &sh))
		fail_msg("%s", failure);
	return true;
}

static void many(uint64_t from, uint64_t n, bool crashes)
{
	const char *count = getenv("ROLL_COUNT"), *part = getenv("ROLL_PART");
	uint64_t seed;

	if (part && strcmp(part, crashes ? "crashes" : "clusters") != 0)
		skip();
	if (one_seed(crashes))
		return;
	if (count)
		n = strtoull(count, NULL, 10) / (crashes ? 2 : 1);
	print_message("# seeds %llu to %llu\n", (unsigned long long)from,
		(unsigned long long)(from + n - 1));
	for (seed = from; seed < from + n; seed++) {
		if (!one_cluster(seed, crashes, &whole))
			shrink(seed, crashes);
	}
}

static void clusters(void **state)
{
	(void)state;
	many(1, CLUSTERS, false);
}

static void crashes_anywhere(void **state)
{
	(void)state;
	many(1000001, CRASHES, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clusters),
		cmocka_unit_test(crashes_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
