/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll machine in random clusters: never two of the control plane away,
 * never more of a group than its settings allow, always an end or a named
 * wait; and through crashes at any moment, nothing terminated twice.
 * A failure prints the seed; ROLL_SEED=N runs that one alone.
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

#define CLUSTERS 300
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

static void random_cluster(struct world *w, uint64_t seed, struct limits *l)
{
	int cps, nodes, i;
	char name[32];

	world_init(w, seed);
	cps = world_random(w, 2) ? 1 : 3;
	nodes = 1 + (int)world_random(w, 3);
	for (i = 0; i < cps; i++) {
		snprintf(name, sizeof(name), "cp-%d", i);
		world_group(w, name, ROLE_CONTROL_PLANE, 1);
		l->keep[i] = 0;
	}
	for (i = 0; i < nodes; i++) {
		snprintf(name, sizeof(name), "nodes-%d", i);
		world_group(w, name, ROLE_NODE, 1 + (int)world_random(w, 5));
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

static int control_planes_away(const struct world *w)
{
	int away = 0, g;

	for (g = 0; g < w->ngroups; g++) {
		if (w->groups[g].role == ROLE_CONTROL_PLANE)
			away += w->groups[g].desired - world_available(w, g);
	}
	return away;
}

static void check_limits(struct world *w, const struct limits *l, uint64_t seed)
{
	int g;

	if (control_planes_away(w) > 1)
		fail_msg("seed %llu: two of the control plane are away", (unsigned long long)seed);
	for (g = 0; g < w->ngroups; g++) {
		if (w->groups[g].role == ROLE_NODE && world_available(w, g) < l->keep[g])
			fail_msg("seed %llu: %s has %d available, must keep %d",
				(unsigned long long)seed, w->groups[g].name, world_available(w, g),
				l->keep[g]);
	}
	if (w->violations)
		fail_msg("seed %llu: %s", (unsigned long long)seed, w->violation);
	if (w->terminated_twice)
		fail_msg("seed %llu: terminated twice", (unsigned long long)seed);
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

static void one_cluster(uint64_t seed, bool crashes)
{
	struct world *w = malloc(sizeof(*w));
	struct limits l = { { 0 } };
	struct buf saved = BUF_INIT;
	enum roll_state s;
	int t;

	random_cluster(w, seed, &l);
	if (crashes)
		w->saved = &saved;
	random_roll(w);
	for (t = 0; t < DAY && !world_is_over(w); t++) {
		world_tick(w);
		check_limits(w, &l, seed);
		if (crashes && world_random(w, 25) == 0)
			world_crash(w);
		if (t < 300 && world_random(w, 20) == 0)
			random_mark(w);
	}
	s = roll_get_state(w->roll);
	if (t == DAY)
		fail_msg("seed %llu: no end: %s", (unsigned long long)seed, roll_why(w->roll));
	if (s != ROLL_FINISHED && (s != ROLL_BROKEN || !strstr(roll_why(w->roll), "drained")))
		fail_msg("seed %llu: ended %d: %s", (unsigned long long)seed, s, roll_why(w->roll));
	if (s == ROLL_FINISHED && world_old(w))
		fail_msg("seed %llu: %d old ones left", (unsigned long long)seed, world_old(w));
	if (world_left_marks(w))
		fail_msg("seed %llu: %d nodes keep a mark", (unsigned long long)seed,
			world_left_marks(w));
	buf_release(&saved);
	world_release(w);
	free(w);
}

static bool one_seed(bool crashes)
{
	const char *only = getenv("ROLL_SEED");

	if (!only)
		return false;
	one_cluster(strtoull(only, NULL, 10), crashes);
	return true;
}

static void clusters(void **state)
{
	uint64_t seed;

	(void)state;
	if (one_seed(false))
		return;
	print_message("# seeds 1 to %d\n", CLUSTERS);
	for (seed = 1; seed <= CLUSTERS; seed++)
		one_cluster(seed, false);
}

static void crashes_anywhere(void **state)
{
	uint64_t seed;

	(void)state;
	if (one_seed(true))
		return;
	print_message("# seeds 1001 to 1100\n");
	for (seed = 1001; seed <= 1100; seed++)
		one_cluster(seed, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clusters),
		cmocka_unit_test(crashes_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
