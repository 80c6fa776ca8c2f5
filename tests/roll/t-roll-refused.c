/* SPDX-License-Identifier: Apache-2.0 */
/* What a roll does when its actions are refused, and when the cluster never gets well again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/strs.h"
#include "core/rules/roll.h"
#include "tests/roll/world.h"

static struct world w;
static struct roll_options o;

/* So many of the control plane and of workers; all workers are outdated. */
static void world_of(int control_planes, int workers)
{
	int g;

	world_init(&w, 11);
	world_options(&o);
	world_group(&w, "cp", ROLE_CONTROL_PLANE, control_planes);
	g = world_group(&w, "nodes", ROLE_NODE, workers);
	world_app(&w, "web", 12, -1);
	world_settle(&w);
	world_outdate(&w, g);
	world_settle(&w);
}

static int teardown(void **state)
{
	world_release(&w);
	return 0;
}

static void begin(void)
{
	struct err e = ERR_INIT;

	w.roll = roll_new(w.m, &o, &e);
	if (!w.roll)
		fail_msg("%s", e.text);
}

static void ends(enum roll_state state, const char *why)
{
	begin();
	assert_true(world_run(&w, 7200));
	if (roll_get_state(w.roll) != state || !strstr(roll_why(w.roll), why))
		fail_msg("state %d: %s", (int)roll_get_state(w.roll), roll_why(w.roll));
	assert_string_equal(w.violation, "");
	assert_int_equal(w.terminated_twice, 0);
}

static void refuse(enum roll_action_kind kind, enum err_kind as)
{
	w.refused = 1u << kind;
	w.refused_as = as;
}

/* A roll goes on without what only helps. */
static void no_taints(void **state)
{
	world_of(1, 3);
	refuse(ROLL_TAINT, ERR_DENIED);
	ends(ROLL_FINISHED, "3 of 3 instances were replaced.");
	assert_int_equal(world_left_marks(&w), 0);
}

static void no_detaching_no_surge(void **state)
{
	world_of(1, 3);
	refuse(ROLL_DETACH, ERR_DENIED);
	ends(ROLL_FINISHED, "3 of 3 instances were replaced.");
}

/* What is not denied may come right: it is tried several times, and then it is denied. */
static void tries_come_to_an_end(void **state)
{
	size_t denied, tried;

	world_of(1, 2);
	refuse(ROLL_CORDON, ERR_DENIED);
	ends(ROLL_BROKEN, "Could not cordon node-");
	denied = w.nactions;
	assert_int_equal(w.terminated, 0);
	assert_int_equal(world_left_marks(&w), 0);
	world_release(&w);
	world_of(1, 2);
	refuse(ROLL_CORDON, ERR_PARSE);
	ends(ROLL_BROKEN, "Could not cordon node-");
	tried = w.nactions;
	assert_true(tried >= denied + 4);
}

/* An empty node can go; the one with the pods cannot, and the last of the group is left alone. */
static void evictions_denied(void **state)
{
	const struct roll_node *const *v;
	size_t n, i, failed = 0, skipped = 0;

	world_of(1, 3);
	refuse(ROLL_EVICT, ERR_DENIED);
	ends(ROLL_BROKEN, "Could not evict from node-");
	assert_int_equal(w.terminated, 1);
	v = roll_nodes(w.roll, &n);
	for (i = 0; i < n; i++) {
		failed += v[i]->phase == ROLL_FAILED;
		skipped += v[i]->phase == ROLL_SKIPPED;
	}
	assert_int_equal(failed, 1);
	assert_int_equal(skipped, 1);
	assert_int_equal(world_running(&w, 0), 12);
	assert_int_equal(world_left_marks(&w), 0);
}

/* Whoever may not terminate one may terminate none. */
static void termination_denied(void **state)
{
	world_of(1, 2);
	refuse(ROLL_TERMINATE, ERR_DENIED);
	ends(ROLL_BROKEN, "Could not terminate node-");
	assert_int_equal(w.terminated, 0);
	assert_int_equal(world_left_marks(&w), 0);
}

/* What could not be undone is told. */
static void taking_back_denied(void **state)
{
	int i;

	world_of(1, 2);
	refuse(ROLL_UNTAINT, ERR_DENIED);
	begin();
	for (i = 0; i < 600 && !world_left_marks(&w); i++)
		world_tick(&w);
	roll_stop(w.roll);
	assert_true(world_run(&w, 600));
	assert_int_equal(roll_get_state(w.roll), ROLL_STOPPED);
	assert_non_null(strstr(roll_why(w.roll), "could not all be taken back: look at node-"));
	assert_true(world_left_marks(&w) > 0);
}

/* The first of a group that is in that state and of that version. */
static struct w_instance *one_of(int group, int version)
{
	int i;

	for (i = 0; i < W_INSTANCES; i++) {
		struct w_instance *in = &w.inst[i];

		if (in->state && in->group == group && in->version == version && in->joined)
			return in;
	}
	fail_msg("no instance of group %d and version %d", group, version);
	return NULL;
}

static void falls_ill(struct w_instance *in, int64_t until)
{
	in->ready = false;
	in->flaps_until = until;
	w.dirty = true;
}

static bool in_phase(enum roll_phase phase)
{
	const struct roll_node *const *v;
	size_t n, i;

	v = roll_nodes(w.roll, &n);
	for (i = 0; i < n && v[i]->phase != phase; i++)
		;
	return i < n;
}

/* The replacement came, and then another node of the group fell ill. */
static void never_healthy_again(void **state)
{
	int i;

	world_of(1, 3);
	o.validate_timeout_ms = 60000;
	o.max_surge = 0;
	o.max_unavailable = 1;
	begin();
	for (i = 0; i < 600 && !in_phase(ROLL_VALIDATING); i++)
		world_tick(&w);
	falls_ill(one_of(1, 1), INT64_C(1) << 50);
	assert_true(world_run(&w, 600));
	assert_int_equal(roll_get_state(w.roll), ROLL_BROKEN);
	assert_non_null(strstr(roll_why(w.roll), "The cluster did not validate within 60 s after i-"));
	assert_non_null(strstr(roll_why(w.roll), "is not ready"));
	assert_int_equal(w.terminated, 1);
}

static void a_sick_cluster_is_not_touched(void **state)
{
	world_of(1, 2);
	falls_ill(one_of(1, 1), INT64_C(1) << 50);
	o.max_surge = 0;
	o.validate_timeout_ms = 60000;
	ends(ROLL_BROKEN, "Group nodes did not validate within 60 s: validation: node ");
	assert_int_equal(w.terminated, 0);
	world_release(&w);
	/* Who asks for no validation gets none. */
	world_of(1, 2);
	o.validate_count = 0;
	ends(ROLL_FINISHED, "2 of 2 instances were replaced.");
}

static void intervals_are_kept(void **state)
{
	int64_t began, quick;

	world_of(1, 2);
	began = w.now.mono;
	ends(ROLL_FINISHED, "2 of 2");
	quick = w.now.mono - began;
	/* With a surge as well: the one that was detached first is terminated last. */
	for (int surge = 0; surge < 2; surge++) {
		world_release(&w);
		world_of(1, 2);
		o.node_interval_ms = 10 * 60000;
		o.max_surge = surge;
		began = w.now.mono;
		ends(ROLL_FINISHED, "2 of 2");
		assert_true(w.now.mono - began >= 2 * 10 * 60000);
	}
	assert_true(quick < 10 * 60000);
}

/* Two of three are never away. */
static void quorum_is_waited_for(void **state)
{
	struct w_instance *sick = NULL;
	int i;

	world_of(3, 1);
	world_outdate(&w, 0);
	world_settle(&w);
	for (i = 0; i < W_INSTANCES; i++) {
		if (w.inst[i].state && w.inst[i].group == 0)
			sick = &w.inst[i]; /* the last: another one comes first */
	}
	falls_ill(sick, w.now.mono + 300000);
	o.validate_count = 0; /* the quorum holds without it */
	begin();
	for (i = 0; i < 200; i++)
		world_tick(&w);
	assert_int_equal(w.terminated, 0);
	assert_non_null(strstr(roll_why(w.roll), "to be Ready, so that two are never away"));
	assert_true(world_run(&w, 7200));
	assert_int_equal(roll_get_state(w.roll), ROLL_FINISHED);
	assert_int_equal(w.terminated, 4);
	world_release(&w);
	/* It never comes back. */
	world_of(3, 1);
	world_outdate(&w, 0);
	world_settle(&w);
	falls_ill(&w.inst[sick - w.inst], INT64_C(1) << 50);
	o.validate_count = 0;
	ends(ROLL_GUARDED, "Stopped: waited in vain for the control plane's node-");
	assert_int_equal(w.terminated, 0);
}

/* The group has fewer than it wants: its new one may be a member of etcd already. */
static void a_control_plane_that_is_short(void **state)
{
	int i;

	world_of(3, 1);
	world_outdate(&w, 0);
	world_settle(&w);
	o.validate_count = 0;
	w.boot_ms = 120000;
	for (i = 0; i < W_INSTANCES; i++) {
		if (w.inst[i].state && w.inst[i].group == 0)
			break;
	}
	snprintf(w.hidden, sizeof(w.hidden), "%s", w.inst[i + 1].id);
	w.dirty = true;
	begin();
	for (i = 0; i < 120; i++)
		world_tick(&w);
	assert_int_equal(w.terminated, 0);
	assert_non_null(strstr(roll_why(w.roll),
		"the control-plane group cp to have all its instances"));
	w.hidden[0] = '\0';
	w.dirty = true;
	assert_true(world_run(&w, 7200));
	assert_int_equal(roll_get_state(w.roll), ROLL_FINISHED);
	assert_int_equal(world_old(&w), 0);
}

/* spec.rollingUpdate.drainAndTerminate: false */
static void a_group_that_is_not_rolled(void **state)
{
	struct roll_group_plan p;
	size_t i;
	bool seen = false;

	world_of(1, 2);
	w.groups[1].rolling.drain_and_terminate = TRI_NO;
	w.dirty = true;
	world_settle(&w);
	begin();
	for (i = 0; roll_group_planned(w.roll, i, &p); i++)
		seen |= str_eq(p.name, "nodes") && p.disabled;
	assert_true(seen);
	assert_true(world_run(&w, 600));
	assert_int_equal(w.terminated, 0);
	assert_int_equal(world_left_marks(&w), 0);
}

static bool asked_for(enum roll_action_kind kind)
{
	int i;

	for (i = 0; i < W_QUEUE; i++) {
		if (w.jobs[i].used && w.jobs[i].kind == kind)
			return true;
	}
	return false;
}

/* A node joins whose instance AWS has not told yet: AWS is asked at once, and then again. */
static void nodes_of_unknown_instances(void **state)
{
	bool asked = false;
	int i, k;

	world_of(1, 1);
	w.action_ms = 3000;
	begin();
	for (i = 0; i < 900 && !asked; i++) {
		for (k = 0; k < W_INSTANCES; k++) {
			struct w_instance *in = &w.inst[k];

			if (in->state && in->group == 1 && in->version == 2 && !w.hidden[0])
				snprintf(w.hidden, sizeof(w.hidden), "%s", in->id);
		}
		world_tick(&w);
		asked = asked_for(ROLL_REFRESH);
	}
	assert_true(asked);
	w.hidden[0] = '\0';
	w.dirty = true;
	assert_true(world_run(&w, 3600));
	assert_int_equal(roll_get_state(w.roll), ROLL_FINISHED);
	assert_int_equal(world_old(&w), 0);
}

/* Nothing is rolled by guess. */
static void plans_that_cannot_be_made(void **state)
{
	const char *const groups[] = { "nodes", "ghosts", NULL };
	struct obs_source aws = { .id = SRC_AWS, .status = { .state = SOURCE_FAILED } };
	struct observation seen = { .kind = OBS_SOURCE, .verb = OBS_SEEN, .u.source = &aws };
	struct err e = ERR_INIT;
	struct model *empty;

	world_of(1, 2);
	o.groups = groups;
	assert_null(roll_new(w.m, &o, &e));
	assert_string_equal(e.text, "there is no instance group \"ghosts\"");
	o.groups = NULL;
	o.cloud_only = true;
	err_clear(&e);
	assert_null(roll_new(w.m, &o, &e));
	assert_int_equal(e.kind, ERR_REFUSED);
	assert_non_null(strstr(e.hint, "--engine kops"));
	o.cloud_only = false;
	model_apply(w.m, &seen);
	err_clear(&e);
	assert_null(roll_new(w.m, &o, &e));
	assert_string_equal(e.text, "the instances are not known: AWS has not answered");
	empty = model_new(&w.clock);
	err_clear(&e);
	assert_null(roll_new(empty, &o, &e));
	assert_string_equal(e.text, "no cluster is open");
	model_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(no_taints, teardown),
		cmocka_unit_test_teardown(no_detaching_no_surge, teardown),
		cmocka_unit_test_teardown(tries_come_to_an_end, teardown),
		cmocka_unit_test_teardown(evictions_denied, teardown),
		cmocka_unit_test_teardown(termination_denied, teardown),
		cmocka_unit_test_teardown(taking_back_denied, teardown),
		cmocka_unit_test_teardown(never_healthy_again, teardown),
		cmocka_unit_test_teardown(a_sick_cluster_is_not_touched, teardown),
		cmocka_unit_test_teardown(intervals_are_kept, teardown),
		cmocka_unit_test_teardown(quorum_is_waited_for, teardown),
		cmocka_unit_test_teardown(a_control_plane_that_is_short, teardown),
		cmocka_unit_test_teardown(a_group_that_is_not_rolled, teardown),
		cmocka_unit_test_teardown(nodes_of_unknown_instances, teardown),
		cmocka_unit_test_teardown(plans_that_cannot_be_made, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
