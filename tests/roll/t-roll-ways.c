/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a roll costs and how it can be led: overhead by the simulated clock,
 * canary, leaving one out, waiting for the CNI addon, and the same picture
 * from outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/rules/roll/watch.h"
#include "core/rules/roll.h"
#include "tests/roll/world.h"

static struct world *ways_new(int groups, int size)
{
	struct world *w = malloc(sizeof(*w));
	char name[32];
	int g;

	world_init(w, 7);
	world_group(w, "control-plane-2a", ROLE_CONTROL_PLANE, 1);
	for (g = 0; g < groups; g++) {
		snprintf(name, sizeof(name), "nodes-%d", g);
		world_group(w, name, ROLE_NODE, size);
	}
	world_app(w, "nginx", 30, -1);
	world_settle(w);
	for (g = 0; g < w->ngroups; g++)
		world_outdate(w, g);
	w->dirty = true;
	world_settle(w);
	return w;
}

static void ways_begin(struct world *w, const struct roll_options *o)
{
	struct err e = ERR_INIT;

	w->roll = roll_new(w->m, o, &e);
	if (!w->roll)
		fail_msg("%s", e.text);
}

static void ways_free(struct world *w)
{
	assert_string_equal(w->violation, "");
	assert_int_equal(w->terminated_twice, 0);
	assert_int_equal(world_left_marks(w) > 0, w->refused != 0);
	world_release(w);
	free(w);
}

/* Something boots, or a pod that was placed does not run yet: the world's own time. */
static bool ways_world_is_busy(const struct world *w)
{
	int i;

	for (i = 0; i < W_INSTANCES; i++) {
		const struct w_instance *in = &w->inst[i];

		if (in->state && strcmp(in->state, "shutting-down") && !in->ready)
			return true;
	}
	for (i = 0; i < W_PODS; i++) {
		const struct w_pod *p = &w->pods[i];

		if (p->used && p->on >= 0 && !p->deletion && w->now.mono < p->starts_at)
			return true;
	}
	return false;
}

static bool ways_drains(const struct world *w)
{
	const struct roll_node *const *v;
	size_t n, i;

	v = roll_nodes(w->roll, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->phase == ROLL_DRAINING || v[i]->phase == ROLL_DRAINED)
			return true;
	}
	return false;
}

/* What is neither boot, drain nor grace, per node, in ms. */
static void overhead(void **state)
{
	struct world *w = ways_new(2, 3);
	struct roll_options o;
	int64_t lost = 0, all = 0;

	(void)state;
	w->tick_ms = 100;
	w->action_ms = 100;
	world_options(&o);
	ways_begin(w, &o);
	while (!world_is_over(w)) {
		world_tick(w);
		all += w->tick_ms;
		if (!ways_world_is_busy(w) && !ways_drains(w))
			lost += w->tick_ms;
		assert_true(all < 3600 * 1000);
	}
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	print_message("# 7 nodes in %d s, overhead %d ms a node\n", (int)(all / 1000),
		(int)(lost / 7));
	assert_true(lost / 7 <= 5000);
	/* It is not nothing: the cluster was looked at twice for each. */
	assert_true(lost / 7 >= 1000);
	ways_free(w);
}

static size_t ways_in_phase(const struct world *w, enum roll_phase phase)
{
	const struct roll_node *const *v;
	size_t n, i, hits = 0;

	v = roll_nodes(w->roll, &n);
	for (i = 0; i < n; i++)
		hits += v[i]->phase == phase;
	return hits;
}

static void canary_pauses_once(void **state)
{
	struct world *w = ways_new(1, 3);
	struct roll_options o;

	(void)state;
	world_options(&o);
	o.canary = true;
	ways_begin(w, &o);
	assert_false(world_run(w, 1200));
	assert_int_equal(roll_get_state(w->roll), ROLL_PAUSED);
	assert_int_equal(ways_in_phase(w, ROLL_DONE), 1);
	roll_resume(w->roll);
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	assert_int_equal(ways_in_phase(w, ROLL_DONE), 4);
	ways_free(w);
}

/* The one whose drain goes on is left out and given back; the others are replaced. */
static void one_is_left_out(void **state)
{
	struct world *w = ways_new(1, 3);
	struct roll_options o;
	int i;

	(void)state;
	world_options(&o);
	w->immortal = 100;
	ways_begin(w, &o);
	for (i = 0; i < 1200 && !ways_in_phase(w, ROLL_DRAINING); i++)
		world_tick(w);
	assert_int_equal(ways_in_phase(w, ROLL_DRAINING), 1);
	assert_true(roll_skip(w->roll, NULL));
	w->immortal = 0;
	for (i = 0; i < W_PODS; i++) {
		if (w->pods[i].deletion)
			w->pods[i].deletion = w->now.mono + 1000;
	}
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	assert_int_equal(ways_in_phase(w, ROLL_SKIPPED), 1);
	assert_int_equal(ways_in_phase(w, ROLL_DONE), 3);
	assert_int_equal(world_old(w), 1);
	assert_false(roll_skip(w->roll, NULL));
	ways_free(w);
}

/* ---- the CNI addon ---- */

static void cluster_has(struct world *w, const char *prefix)
{
	w->prefix = prefix;
	w->dirty = true;
	world_show(w);
}

static void addon_is_waited_for(void **state)
{
	struct world *w = malloc(sizeof(*w));
	struct findings f = { .v = NULL };
	struct roll_options o;
	bool told = false;
	size_t k;
	int i;

	(void)state;
	world_init(w, 3);
	world_group(w, "cp", ROLE_CONTROL_PLANE, 1);
	world_group(w, "nodes", ROLE_NODE, 2);
	world_settle(w);
	cluster_has(w, "false");
	assert_true(roll_addon_pending(w->m));
	world_options(&o);
	roll_preflight(w->m, &o, &f);
	for (k = 0; k < f.n; k++)
		told = told || strstr(f.v[k].text, "have not reached the cluster");
	assert_true(told);
	findings_release(&f);
	ways_begin(w, &o);
	/* Nothing is marked yet, and yet it does not say that nothing is to be done. */
	assert_false(world_run(w, 60));
	assert_non_null(strstr(roll_why(w->roll), "CNI addon"));
	cluster_has(w, "true");
	world_run(w, 2);
	for (i = 0; i < W_INSTANCES; i++)
		w->inst[i].marked = w->inst[i].joined;
	w->dirty = true;
	assert_true(world_run(w, 3600));
	assert_string_equal(roll_why(w->roll), "3 of 3 instances were replaced.");
	ways_free(w);
}

static void addon_that_never_comes(void **state)
{
	struct world *w = ways_new(1, 1);
	struct roll_options o;

	(void)state;
	cluster_has(w, "false");
	world_options(&o);
	ways_begin(w, &o);
	assert_true(world_run(w, 600));
	assert_int_equal(roll_get_state(w->roll), ROLL_GUARDED);
	assert_int_equal(w->terminated, 0);
	assert_non_null(strstr(roll_why(w->roll), "Update first"));
	roll_free(w->roll);
	o.anyway = true;
	ways_begin(w, &o);
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	ways_free(w);
}

/* ---- from outside ---- */

/* The phases that an outsider sees are those that the machine is in, where it matters. */
static void outside_sees_the_same(void **state)
{
	struct world *w = ways_new(1, 2);
	struct roll_options o;
	bool went_on = false, drained = false, booted = false, left = false;

	(void)state;
	world_options(&o);
	ways_begin(w, &o);
	while (!world_is_over(w)) {
		struct roll_watch seen;
		size_t i;

		world_tick(w);
		roll_watch_make(w->m, &seen);
		went_on = went_on || seen.goes_on;
		for (i = 0; i < seen.n; i++) {
			drained = drained || (seen.v[i].phase == ROLL_DRAINING &&
				seen.v[i].pods_left > 0);
			booted = booted || seen.v[i].phase == ROLL_BOOTING;
			left = left || seen.v[i].phase == ROLL_TERMINATING;
		}
		roll_watch_release(&seen);
	}
	assert_true(went_on && drained && booted && left);
	{
		struct roll_watch seen;
		int i;

		for (i = 0; i < 60; i++)
			world_live(w);
		roll_watch_make(w->m, &seen);
		assert_false(seen.goes_on);
		assert_int_equal(seen.n, 3);
		assert_int_equal(seen.done, 3);
		roll_watch_release(&seen);
	}
	ways_free(w);
}

static void guards_are_shown(void **state)
{
	struct world *w = ways_new(1, 2);
	struct roll_guard g[GUARD__COUNT];
	struct roll_options o;
	size_t i;

	(void)state;
	roll_guards_look(w->m, &w->clock, g);
	for (i = 0; i < GUARD__COUNT; i++) {
		assert_non_null(g[i].name);
		assert_int_equal(g[i].state, GUARD_QUIET);
	}
	world_options(&o);
	w->out_of_pods = true;
	ways_begin(w, &o);
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_GUARDED);
	roll_guards_look(w->m, &w->clock, g);
	assert_int_equal(g[GUARD_OUT_OF_PODS].state, GUARD_SIGN);
	assert_non_null(strstr(g[GUARD_OUT_OF_PODS].words, "rejected"));
	ways_free(w);
}

/* The first pod that never starts; NULL: none yet. */
static struct w_pod *ways_stuck(struct world *w)
{
	int i;

	for (i = 0; i < W_PODS; i++) {
		if (w->pods[i].used && w->pods[i].on >= 0 &&
		    w->pods[i].starts_at - w->now.mono > 3600 * 1000)
			return &w->pods[i];
	}
	return NULL;
}

/* Known to be away for two minutes; then it answers, and what was missed comes a second later. */
static void ways_away_and_back(struct world *w)
{
	int i;

	w->api_lost = true;
	for (i = 0; i < 120; i++)
		world_tick(w);
	w->api_lost = false;
	w->api_mute = true;
	world_tick(w);
	assert_int_equal(roll_get_state(w->roll), ROLL_RUNNING);
	w->api_mute = false;
}

/*
 * A pod on a new node lacks something, and then nothing comes from the API server for longer than a
 * guard waits, before anybody notices.  Whatever the pod may lack meanwhile, nobody was told of it;
 * nor when the API server was seen to be away and is back, but has not told yet what happened.
 */
static void silence_proves_nothing(bool cni, bool mended, bool noticed)
{
	struct world *w = ways_new(1, 2);
	struct roll_options o;
	struct w_pod *p;
	int i;

	world_options(&o);
	w->no_cni = cni;
	w->no_ip = !cni;
	ways_begin(w, &o);
	while (!ways_stuck(w) && !world_is_over(w))
		world_tick(w);
	for (i = 0; i < 30; i++)
		world_tick(w);
	w->api_silent = true;
	w->no_cni = w->no_cni && !mended;
	w->no_ip = w->no_ip && !mended;
	for (p = ways_stuck(w); mended && p; p = ways_stuck(w))
		p->starts_at = w->now.mono;
	for (i = 0; i < 150; i++) {
		world_tick(w);
		assert_int_equal(roll_get_state(w->roll), ROLL_RUNNING);
		assert_true(w->wake == 0 || w->wake > w->now.mono);
	}
	w->api_silent = false;
	if (noticed)
		ways_away_and_back(w);
	w->dirty = true;
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), mended ? ROLL_FINISHED : ROLL_GUARDED);
	if (!mended)
		assert_non_null(strstr(roll_why(w->roll), cni ? "aws-node" : "has no address"));
	ways_free(w);
}

static void silent_about_the_cni(void **state)
{
	silence_proves_nothing(true, true, false);
	silence_proves_nothing(true, true, true);
	silence_proves_nothing(true, false, false);
	silence_proves_nothing(true, false, true);
}

static void silent_about_an_address(void **state)
{
	silence_proves_nothing(false, true, false);
	silence_proves_nothing(false, true, true);
	silence_proves_nothing(false, false, false);
	silence_proves_nothing(false, false, true);
}

/* The API server answers for moments only: what was taken is given back in them. */
static void moments_serve_to_give_back(void **state)
{
	struct world *w = ways_new(1, 3);
	struct roll_options o;
	int i;

	world_options(&o);
	ways_begin(w, &o);
	while (!world_left_marks(w))
		world_tick(w);
	roll_stop(w->roll);
	for (i = 0; i < 600 && !world_is_over(w); i++) {
		w->api_lost = i % 20 < 12;
		world_tick(w);
	}
	assert_int_equal(roll_get_state(w->roll), ROLL_STOPPED);
	w->api_lost = false;
	ways_free(w);
}

/*
 * Nobody may look any more, while nodes are cordoned; nor give them back when that is refused.  No
 * moment is waited for in which it can be seen, and what was tried in vain is an end.
 */
static void look_is_denied(bool refused)
{
	struct world *w = ways_new(1, 3);
	struct roll_options o;

	world_options(&o);
	ways_begin(w, &o);
	while (!world_left_marks(w))
		world_tick(w);
	w->api_denied = w->dirty = true;
	w->refused = refused ? 1u << ROLL_UNCORDON | 1u << ROLL_UNTAINT | 1u << ROLL_INCLUDE_LB : 0;
	w->refused_as = ERR_DENIED;
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_BROKEN);
	assert_non_null(strstr(roll_why(w->roll), "not for you"));
	assert_int_equal(strstr(roll_why(w->roll), "could not all be taken back") != NULL, refused);
	ways_free(w);
}

static void given_back_unseen(void **state)
{
	look_is_denied(false);
}

static void not_given_back_by_right(void **state)
{
	look_is_denied(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overhead),
		cmocka_unit_test(canary_pauses_once),
		cmocka_unit_test(one_is_left_out),
		cmocka_unit_test(addon_is_waited_for),
		cmocka_unit_test(addon_that_never_comes),
		cmocka_unit_test(outside_sees_the_same),
		cmocka_unit_test(guards_are_shown),
		cmocka_unit_test(moments_serve_to_give_back),
		cmocka_unit_test(given_back_unseen),
		cmocka_unit_test(not_given_back_by_right),
		cmocka_unit_test(silent_about_the_cni),
		cmocka_unit_test(silent_about_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
