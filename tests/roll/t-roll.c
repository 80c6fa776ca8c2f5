/* SPDX-License-Identifier: Apache-2.0 */
/* The roll machine in a miniature world: the story's roll, and what can go wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/rules/roll.h"
#include "tests/roll/world.h"

static void begin(struct world *w)
{
	struct roll_options o;
	struct err e = ERR_INIT;

	world_options(&o);
	w->roll = roll_new(w->m, &o, &e);
	if (!w->roll)
		fail_msg("%s", e.text);
}

/* The story: one control plane, one group of one and one of two workers, all outdated. */
static struct world *story_new(void)
{
	struct world *w = malloc(sizeof(*w));
	int g;

	world_init(w, 7);
	world_group(w, "control-plane-2a", ROLE_CONTROL_PLANE, 1);
	world_group(w, "nodes-2a", ROLE_NODE, 1);
	world_group(w, "nodes-2c", ROLE_NODE, 2);
	world_app(w, "nginx", 30, -1);
	world_settle(w);
	for (g = 0; g < w->ngroups; g++)
		world_outdate(w, g);
	w->dirty = true;
	world_settle(w);
	return w;
}

static void story_free(struct world *w)
{
	assert_string_equal(w->violation, "");
	assert_int_equal(w->terminated_twice, 0);
	world_release(w);
	free(w);
}

static void story_rolls(void **state)
{
	struct world *w = story_new();
	const struct roll_node *const *v;
	size_t done, total, n, i;
	int64_t eta;

	(void)state;
	begin(w);
	v = roll_nodes(w->roll, &n);
	assert_int_equal(n, 4);
	assert_string_equal(v[0]->group, "control-plane-2a");
	assert_string_equal(v[3]->group, "nodes-2c");
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	assert_string_equal(roll_why(w->roll), "4 of 4 instances were replaced.");
	assert_int_equal(w->terminated, 4);
	assert_int_equal(world_old(w), 0);
	assert_int_equal(world_left_marks(w), 0);
	roll_progress(w->roll, w->now.mono, &done, &total, &eta);
	assert_int_equal(done, 4);
	assert_int_equal(total, 4);
	assert_int_equal(eta, 0);
	v = roll_nodes(w->roll, &n);
	for (i = 0; i < n; i++) {
		assert_int_equal(v[i]->phase, ROLL_DONE);
		assert_non_null(v[i]->replaced_by);
		assert_true(v[i]->took_ms > 0);
	}
	story_free(w);
}

static void nothing_to_do(void **state)
{
	struct world *w = malloc(sizeof(*w));

	(void)state;
	world_init(w, 3);
	world_group(w, "cp", ROLE_CONTROL_PLANE, 1);
	world_group(w, "nodes", ROLE_NODE, 2);
	world_settle(w);
	begin(w);
	assert_true(world_run(w, 10));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	assert_string_equal(roll_why(w->roll), "No instance needs an update.");
	assert_int_equal(w->nactions, 0);
	story_free(w);
}

/* Until a node is in the phase; false: not within the time. */
static bool run_to(struct world *w, enum roll_phase phase, int seconds)
{
	const struct roll_node *const *v;
	size_t n, i;

	for (; seconds > 0 && !world_is_over(w); seconds--) {
		world_tick(w);
		v = roll_nodes(w->roll, &n);
		for (i = 0; i < n; i++) {
			if (v[i]->phase == phase)
				return true;
		}
	}
	return false;
}

static const struct roll_node *find_phase(struct world *w, enum roll_phase phase)
{
	const struct roll_node *const *v;
	size_t n, i;

	v = roll_nodes(w->roll, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->phase == phase)
			return v[i];
	}
	fail_msg("no node is %s", roll_phase_name(phase));
	return v[0];
}

static struct world *workers_new(int nodes, int replicas, int min_available)
{
	struct world *w = malloc(sizeof(*w));
	int g;

	world_init(w, 11);
	world_group(w, "cp", ROLE_CONTROL_PLANE, 1);
	g = world_group(w, "nodes", ROLE_NODE, nodes);
	world_app(w, "db", replicas, min_available);
	world_settle(w);
	world_outdate(w, g);
	world_settle(w);
	return w;
}

static void pdb_blocks_then_frees(void **state)
{
	struct world *w = workers_new(2, 2, 2);
	const struct roll_node *n;

	(void)state;
	begin(w);
	assert_true(run_to(w, ROLL_DRAINING, 600));
	world_tick(w);
	world_tick(w);
	world_tick(w);
	n = find_phase(w, ROLL_DRAINING);
	assert_non_null(strstr(n->waits_for, "PDB db allows 0 disruptions (2 of 2 needed)"));
	assert_non_null(strstr(roll_why(w->roll), "PDB db"));
	assert_true(n->pods_left > 0);
	w->apps[0].min_available = 1;
	w->dirty = true;
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	story_free(w);
}

static void pdb_blocks_for_good(void **state)
{
	struct world *w = workers_new(2, 2, 2);

	(void)state;
	begin(w);
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_BROKEN);
	assert_non_null(strstr(roll_why(w->roll), "was not drained within 15 minutes"));
	assert_non_null(strstr(roll_why(w->roll), "PDB db"));
	/* The other one was detached for the surge, and nobody would end it any more. */
	assert_non_null(strstr(roll_why(w->roll),
		"1 detached instance still runs: roll again to end it."));
	assert_true(world_old(w) > 0);
	assert_int_equal(world_left_marks(w), 0);
	story_free(w);
}

static void never_ready_guards(void **state)
{
	struct world *w = workers_new(3, 6, -1);

	(void)state;
	w->never_ready = true;
	begin(w);
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_GUARDED);
	assert_non_null(strstr(roll_why(w->roll), "after 15 minutes"));
	/* The surge's replacement never came: nothing was taken away. */
	assert_int_equal(w->terminated, 0);
	assert_int_equal(world_left_marks(w), 0);
	story_free(w);
}

static void cni_without_slot_guards(void **state)
{
	struct world *w = workers_new(3, 6, -1);

	(void)state;
	w->no_cni = true;
	begin(w);
	assert_true(world_run(w, 600));
	assert_int_equal(roll_get_state(w->roll), ROLL_GUARDED);
	assert_non_null(strstr(roll_why(w->roll), "aws-node"));
	assert_int_equal(w->terminated, 0);
	story_free(w);
}

static void out_of_pods_guards(void **state)
{
	struct world *w = workers_new(3, 6, -1);

	(void)state;
	w->out_of_pods = true;
	begin(w);
	assert_true(world_run(w, 600));
	assert_int_equal(roll_get_state(w->roll), ROLL_GUARDED);
	assert_non_null(strstr(roll_why(w->roll), "OutOfpods"));
	assert_int_equal(w->terminated, 0);
	story_free(w);
}

static void lost_api_only_waits(void **state)
{
	struct world *w = workers_new(2, 4, -1);
	size_t before;
	int i;

	(void)state;
	begin(w);
	assert_true(run_to(w, ROLL_DRAINING, 600));
	w->api_lost = true;
	world_tick(w);
	world_tick(w);
	world_tick(w);
	before = w->nactions;
	for (i = 0; i < 120; i++)
		world_tick(w);
	assert_int_equal(w->nactions, before);
	assert_non_null(strstr(roll_why(w->roll), "the API server to answer"));
	w->api_lost = false;
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	story_free(w);
}

/* AWS or the API server away for good: after a while it ends, and what can be given back is. */
static void lost_for_good_ends(void **state)
{
	int aws;

	(void)state;
	for (aws = 0; aws < 2; aws++) {
		struct world *w = workers_new(2, 4, -1);
		size_t done, total;
		int64_t eta;

		begin(w);
		assert_true(run_to(w, ROLL_DRAINING, 600));
		w->aws_lost = aws == 1;
		w->api_lost = aws == 0;
		assert_true(world_run(w, 4 * 3600));
		assert_int_equal(roll_get_state(w->roll), ROLL_BROKEN);
		assert_non_null(strstr(roll_why(w->roll), aws ? "AWS to answer" :
			"the API server to answer"));
		if (aws)
			assert_int_equal(world_left_marks(w), 0);
		else
			assert_non_null(strstr(roll_why(w->roll), "could not all be taken back"));
		/* What was given up was not replaced. */
		roll_progress(w->roll, w->now.mono, &done, &total, &eta);
		assert_true(done < total);
		w->aws_lost = w->api_lost = false;
		world_release(w);
		free(w);
	}
}

/* The machine's clock is set an hour ahead: no pod has waited for an address that long. */
static void clock_jumps(void **state)
{
	struct world *w = workers_new(2, 4, -1);

	(void)state;
	begin(w);
	while (!world_is_over(w)) {
		world_tick(w);
		if (w->now.mono % 7000 == 0)
			w->now.wall += 3600 * 1000;
	}
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	story_free(w);
}

static void stop_gives_back(void **state)
{
	int at;

	(void)state;
	for (at = 1; at < 400; at += 3) {
		struct world *w = story_new();
		int i;

		begin(w);
		for (i = 0; i < at && !world_is_over(w); i++)
			world_tick(w);
		roll_stop(w->roll);
		assert_true(world_run(w, 600));
		if (roll_get_state(w->roll) != ROLL_FINISHED) {
			assert_int_equal(roll_get_state(w->roll), ROLL_STOPPED);
			assert_non_null(strstr(roll_why(w->roll), "Stopped by the user."));
		}
		assert_int_equal(world_left_marks(w), 0);
		story_free(w);
	}
}

static void pause_holds(void **state)
{
	struct world *w = story_new();
	int terminated, i;

	(void)state;
	begin(w);
	assert_true(run_to(w, ROLL_DRAINING, 600));
	roll_pause(w->roll);
	for (i = 0; i < 600 && roll_get_state(w->roll) != ROLL_PAUSED; i++)
		world_tick(w);
	assert_int_equal(roll_get_state(w->roll), ROLL_PAUSED);
	terminated = w->terminated;
	assert_int_equal(terminated, 2); /* the control plane, and the node in hand */
	for (i = 0; i < 300; i++)
		world_tick(w);
	assert_int_equal(w->terminated, terminated);
	roll_resume(w->roll);
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	assert_int_equal(world_old(w), 0);
	story_free(w);
}

/* The CNI addon's mark comes a minute after the update: it joins the plan. */
static void marked_meanwhile(void **state)
{
	struct world *w = malloc(sizeof(*w));
	int g, i;

	(void)state;
	world_init(w, 5);
	g = world_group(w, "cp", ROLE_CONTROL_PLANE, 1);
	world_group(w, "nodes", ROLE_NODE, 3);
	world_app(w, "web", 9, -1);
	world_settle(w);
	world_outdate(w, g);
	world_settle(w);
	begin(w);
	for (i = 0; i < 30; i++)
		world_tick(w);
	for (i = 0; i < W_INSTANCES; i++) {
		if (w->inst[i].state && w->inst[i].group == 1)
			w->inst[i].marked = true;
	}
	w->dirty = true;
	assert_true(world_run(w, 7200));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	assert_int_equal(w->terminated, 4);
	story_free(w);
}

/* AWS answers are not always whole: one that lacks an instance ends nothing. */
static void left_out_once(void **state)
{
	struct world *w = workers_new(5, 20, -1);
	const struct roll_node *n;

	(void)state;
	begin(w);
	assert_true(run_to(w, ROLL_DRAINING, 600));
	n = find_phase(w, ROLL_DRAINING);
	snprintf(w->hidden, sizeof(w->hidden), "%s", n->instance);
	w->dirty = true;
	world_tick(w);
	assert_int_equal(n->phase, ROLL_BOOTING);
	w->hidden[0] = '\0';
	n = find_phase(w, ROLL_TAINTED);
	snprintf(w->hidden, sizeof(w->hidden), "%s", n->instance);
	w->dirty = true;
	world_tick(w);
	assert_int_equal(n->phase, ROLL_SKIPPED);
	w->hidden[0] = '\0';
	w->dirty = true;
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	assert_int_equal(w->terminated, 5);
	assert_int_equal(world_old(w), 0);
	story_free(w);
}

static void options_as_json(void **state)
{
	const char *const groups[] = { "a", "b", NULL };
	struct roll_options o, back;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	roll_options_default(&o);
	o.groups = groups;
	o.force = true;
	o.max_surge = 2;
	o.drain_timeout_ms = 60000;
	roll_options_save(&o, &text);
	assert_true(roll_options_load(&back, buf_str(&text), text.len, &e));
	assert_string_equal(back.groups[1], "b");
	assert_null(back.groups[2]);
	assert_true(back.force);
	assert_int_equal(back.max_surge, 2);
	assert_int_equal(back.drain_timeout_ms, 60000);
	assert_int_equal(back.validate_count, 2);
	roll_options_release(&back);
	assert_false(roll_options_load(&back, "[", 1, &e));
	buf_release(&text);
}

/* A server's bytes must not cost the run its memory. */
static void rude_words_are_kept(void **state)
{
	struct world *w = workers_new(2, 2, -1);
	struct buf saved = BUF_INIT;
	const struct roll_node *n;
	size_t before, after;

	(void)state;
	w->saved = &saved;
	w->rude = true;
	begin(w);
	assert_true(run_to(w, ROLL_DRAINING, 600));
	for (int i = 0; i < 5; i++)
		world_tick(w);
	n = find_phase(w, ROLL_DRAINING);
	assert_non_null(strstr(n->waits_for, "oops \u00b7\u00b7"));
	roll_nodes(w->roll, &before);
	world_crash(w);
	world_tick(w);
	roll_nodes(w->roll, &after);
	assert_int_equal(before, after);
	find_phase(w, ROLL_DRAINING);
	w->rude = false;
	assert_true(world_run(w, 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	buf_release(&saved);
	story_free(w);
}

/* All that a roll of so many nodes ever writes, and the largest step of it after the first. */
static size_t bytes_saved(int nodes, size_t *largest)
{
	struct world *w = workers_new(nodes, 2, -1);
	struct buf saved = BUF_INIT;
	size_t sum, before;

	w->saved = &saved;
	begin(w);
	world_tick(w);
	*largest = 0;
	while (!world_is_over(w)) {
		before = saved.len;
		world_tick(w);
		if (saved.len - before > *largest)
			*largest = saved.len - before;
	}
	assert_int_equal(roll_get_state(w->roll), ROLL_FINISHED);
	sum = saved.len;
	buf_release(&saved);
	story_free(w);
	return sum;
}

/* A change costs its own lines: twice the nodes write twice as much, not four times. */
static void saves_are_of_what_changed(void **state)
{
	size_t one, two, large;
	size_t small_roll = bytes_saved(8, &one), large_roll = bytes_saved(16, &two);

	(void)state;
	assert_true(large_roll < small_roll * 5 / 2);
	/* A step tells of a few nodes, however many there are. */
	large = one > 4096 ? one : 4096;
	assert_true(two <= large);
}

/* The process ends in the middle of a write: what stood before it holds. */
static void torn_saves_load(void **state)
{
	struct world *w = workers_new(2, 2, -1);
	struct buf saved = BUF_INIT;
	struct err e = ERR_INIT;
	size_t n, first;

	(void)state;
	w->saved = &saved;
	begin(w);
	assert_true(run_to(w, ROLL_VALIDATING, 3600));
	first = strcspn(buf_str(&saved), "\n") + 1;
	for (n = first; n <= saved.len; n += n < saved.len - 700 ? 97 : 1) {
		struct roll *r = roll_load(buf_str(&saved), n, w->m, &e);

		if (!r)
			fail_msg("cut at %zu of %zu: %s", n, saved.len, e.text);
		roll_free(r);
	}
	assert_null(roll_load(buf_str(&saved), first - 1, w->m, &e));
	w->saved = NULL;
	buf_release(&saved);
	world_release(w);
	free(w);
}

static void load_refuses_nonsense(void **state)
{
	struct world *w = workers_new(1, 1, -1);
	struct err e = ERR_INIT;

	(void)state;
	assert_null(roll_load("{}", 2, w->m, &e));
	assert_int_equal(e.kind, ERR_PARSE);
	world_release(w);
	free(w);
}

static void validate_names_what_fails(void **state)
{
	struct world *w = workers_new(2, 2, -1);
	struct findings f = { .v = NULL };
	int i;

	(void)state;
	assert_true(roll_validate(w->m, NULL, &f));
	for (i = 0; i < W_INSTANCES; i++) {
		if (w->inst[i].state && w->inst[i].group == 1) {
			w->inst[i].ready = false;
			w->inst[i].boots_at = INT64_C(1) << 50;
			break;
		}
	}
	w->dirty = true;
	world_settle(w);
	assert_false(roll_validate(w->m, NULL, &f));
	assert_non_null(strstr(f.v[0].text, "of role \"node\" is not ready"));
	findings_release(&f);
	f = (struct findings){ .v = NULL };
	/* Another group's trouble does not hold this one up. */
	assert_true(roll_validate(w->m, "cp", &f));
	findings_release(&f);
	world_release(w);
	free(w);
}

static void preflight_names_the_pdb(void **state)
{
	struct world *w = workers_new(2, 2, 2);
	struct findings f = { .v = NULL };
	struct roll_options o;
	bool found = false;
	size_t i;

	(void)state;
	world_options(&o);
	roll_preflight(w->m, &o, &f);
	for (i = 0; i < f.n; i++)
		found = found || strstr(f.v[i].text, "PDB default/db allows 0 disruptions");
	assert_true(found);
	assert_false(findings_refuse(&f));
	findings_release(&f);
	world_release(w);
	free(w);
}

/* While the API server does not answer nothing is given up: its time does not count. */
static void stop_waits_for_api(void **state)
{
	struct world *w = story_new();

	(void)state;
	begin(w);
	assert_true(run_to(w, ROLL_DRAINING, 600));
	w->api_lost = true;
	world_tick(w);
	roll_stop(w->roll);
	assert_false(world_run(w, 3000));
	assert_true(world_left_marks(w) > 0);
	w->api_lost = false;
	assert_true(world_run(w, 600));
	assert_int_equal(roll_get_state(w->roll), ROLL_STOPPED);
	assert_int_equal(world_left_marks(w), 0);
	assert_null(strstr(roll_why(w->roll), "look at the nodes"));
	story_free(w);
}

/* But not for ever; then it says what is left. */
static void stop_without_api(void **state)
{
	struct world *w = story_new();

	(void)state;
	begin(w);
	assert_true(run_to(w, ROLL_DRAINING, 600));
	w->api_lost = true;
	world_tick(w);
	roll_stop(w->roll);
	assert_true(world_run(w, 3 * 3600));
	assert_int_equal(roll_get_state(w->roll), ROLL_STOPPED);
	assert_non_null(strstr(roll_why(w->roll), "taken back: look at node-"));
	story_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(story_rolls),
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(pdb_blocks_then_frees),
		cmocka_unit_test(pdb_blocks_for_good),
		cmocka_unit_test(never_ready_guards),
		cmocka_unit_test(cni_without_slot_guards),
		cmocka_unit_test(out_of_pods_guards),
		cmocka_unit_test(lost_api_only_waits),
		cmocka_unit_test(lost_for_good_ends),
		cmocka_unit_test(clock_jumps),
		cmocka_unit_test(stop_gives_back),
		cmocka_unit_test(pause_holds),
		cmocka_unit_test(marked_meanwhile),
		cmocka_unit_test(left_out_once),
		cmocka_unit_test(options_as_json),
		cmocka_unit_test(rude_words_are_kept),
		cmocka_unit_test(stop_waits_for_api),
		cmocka_unit_test(stop_without_api),
		cmocka_unit_test(saves_are_of_what_changed),
		cmocka_unit_test(torn_saves_load),
		cmocka_unit_test(load_refuses_nonsense),
		cmocka_unit_test(validate_names_what_fails),
		cmocka_unit_test(preflight_names_the_pdb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
