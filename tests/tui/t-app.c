/* SPDX-License-Identifier: Apache-2.0 */
/* The app by keys: what is in hand, filter, commands, history, dialogs, sizes, and 2,000 keys at
   random. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/tui/fixture.h"
#include "tui/actions.h"
#include "tui/screen/keys.h"

static const char *selected_id(const struct fixture *f)
{
	const struct trow *r = app_row(&f->app);
	return r ? r->id : NULL;
}

static void assert_shows_not(struct fixture *f, const char *text)
{
	assert_false(fixture_shows(f, text));
}

static void node_gone(struct fixture *f, const char *name)
{
	struct node n = { .name = name };
	struct observation o = { .kind = OBS_NODE, .verb = OBS_GONE, .u.node = &n };
	model_apply(f->session.model, &o);
	app_changed(&f->app);
	app_frame(&f->app);
}

static void test_selection_survives(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "Down");
	assert_string_equal(selected_id(&f), WORLD_NODE_C);
	/* The row above goes: the one in hand stays in hand. */
	node_gone(&f, WORLD_NODE_A);
	assert_string_equal(selected_id(&f), WORLD_NODE_C);
	/* It goes itself: its neighbour is in hand. */
	node_gone(&f, WORLD_NODE_C);
	assert_non_null(selected_id(&f));
	fixture_keys(&f, "5 3 Home");
	assert_non_null(selected_id(&f));
	fixture_release(&f);
}

static void test_moving(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "End");
	assert_string_equal(selected_id(&f), WORLD_CONTROL);
	fixture_keys(&f, "Down Down k");
	assert_string_equal(selected_id(&f), WORLD_NODE_C);
	fixture_keys(&f, "g");
	assert_string_equal(selected_id(&f), WORLD_NODE_A);
	fixture_keys(&f, "Up PgUp j");
	assert_string_equal(selected_id(&f), WORLD_NODE_C);
	/* Far down a long list, the row in hand can be seen. */
	fixture_keys(&f, "5 Home Enter End");
	assert_shows(&f, "\xe2\x96\xb8");
	fixture_keys(&f, "PgUp PgUp Home");
	assert_shows(&f, "Pods of default/nginx-deployment");
	fixture_release(&f);
}

static void test_filter_prompt(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "/ 2 c");
	assert_shows(&f, "/2c");
	assert_int_equal(f.app.table.n, 1);
	assert_true(f.app.grid.cursor_x > 0);
	fixture_keys(&f, "Backspace Backspace");
	assert_int_equal(f.app.table.n, 3);
	fixture_type(&f, "q7?");       /* keys of actions are text here */
	assert_false(f.app.quit);
	assert_shows(&f, "No row matches the filter");
	fixture_keys(&f, "Esc");
	assert_int_equal(f.app.table.n, 3);
	fixture_keys(&f, "/ f u l l Enter");
	assert_int_equal(f.app.table.n, 2);
	assert_shows(&f, "filter: full");
	/* Each view has its own; Esc clears it before it goes back. */
	fixture_keys(&f, "5");
	assert_shows_not(&f, "filter: full");
	fixture_keys(&f, "3");
	assert_shows(&f, "filter: full");
	fixture_keys(&f, "Esc");
	assert_int_equal(f.app.table.n, 3);
	assert_int_equal(f.app.view, VIEW_NODES);
	fixture_release(&f);
}

static void test_commands(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_type(&f, ":pend");
	assert_shows(&f, ":pend");
	fixture_keys(&f, "Tab");
	assert_shows(&f, ":pending");
	fixture_keys(&f, "Enter");
	assert_int_equal(f.app.view, VIEW_PENDING);
	fixture_type(&f, ":no-such");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "there is no command no-such");
	/* The beginning of a view's name, and kubectl's words; Enter on a pod is :pod there. */
	static const struct {
		const char *typed;
		enum view_id seen;
	} words[] = { { ":cap", VIEW_CAPACITY }, { ":dp", VIEW_DEPLOYMENTS }, { ":no", VIEW_NODES },
		{ ":pod", VIEW_PODS }, { ":ig", VIEW_GROUPS } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		fixture_type(&f, words[i].typed);
		fixture_keys(&f, "Enter");
		assert_int_equal(f.app.view, words[i].seen);
	}
	fixture_type(&f, ":view nodes");
	fixture_keys(&f, "Enter");
	assert_int_equal(f.app.view, VIEW_NODES);
	fixture_type(&f, ":filter 2a");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "filter: 2a");
	fixture_type(&f, ":");
	fixture_keys(&f, "Backspace");
	assert_int_equal(f.app.prompt_kind, 0);
	fixture_type(&f, ":hel");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "Keys and commands");
	fixture_keys(&f, "Esc");
	fixture_type(&f, ":scale");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "not in this view");
	fixture_type(&f, ":q");
	fixture_keys(&f, "Enter");
	assert_true(f.app.quit);
	fixture_release(&f);
}

/* A report that takes long is for the next frame: a key is answered with the last one. */
static void test_report(void **state)
{
	struct fixture f;
	struct app *a = &f.app;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	app_frame(a);
	size_t n;
	struct pod p = model_waiting_pods(f.session.model, &n)[0]->pod;
	p.restarts++;
	struct observation o = { .kind = OBS_POD, .verb = OBS_SEEN, .u.pod = &p };
	model_apply(f.session.model, &o);
	app_changed(a);
	a->pending_took = 1;
	app_key(a, '5');
	assert_true(app_paint(a));
	assert_true(a->pending_of != model_generation_all(f.session.model));
	f.time.mono += 60;
	assert_true(app_paint(a));
	assert_true(a->pending_of == model_generation_all(f.session.model));
	/* What is gone it may not point to. */
	o.verb = OBS_GONE;
	model_apply(f.session.model, &o);
	a->pending_took = 1;
	app_key(a, '3');
	assert_true(app_paint(a));
	assert_true(a->pending_of == model_generation_all(f.session.model));
	fixture_release(&f);
}

static void test_history(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "2 Down Enter");
	assert_int_equal(f.app.view, VIEW_NODES);
	assert_int_equal(f.app.table.n, 1); /* of that group */
	fixture_keys(&f, "Enter");
	assert_int_equal(f.app.view, VIEW_PODS);
	assert_shows(&f, "Pods of " WORLD_NODE_A);
	fixture_keys(&f, "Esc");
	assert_int_equal(f.app.view, VIEW_NODES);
	assert_int_equal(f.app.table.n, 1);
	fixture_keys(&f, "Esc");
	assert_int_equal(f.app.view, VIEW_GROUPS);
	fixture_keys(&f, "Esc");
	assert_int_equal(f.app.view, VIEW_NODES);
	assert_int_equal(f.app.table.n, 3);
	fixture_keys(&f, "Esc Esc Esc");
	assert_int_equal(f.app.view, VIEW_NODES);
	for (int i = 0; i < 200; i++) {
		fixture_keys(&f, "5 4");
	}
	assert_true(f.app.nback <= 32);
	fixture_release(&f);
}

static void test_scale(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	fixture_keys(&f, "5 s");
	assert_shows(&f, "replicas  20 \xe2\x86\x92 [");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "a whole number");
	assert_null(f.scaled);
	fixture_keys(&f, "6 0 x Backspace 5");
	assert_shows(&f, "[65]");
	assert_shows(&f, "some will wait");
	fixture_keys(&f, "Esc");
	assert_null(f.app.dialog);
	assert_null(f.scaled);
	fixture_keys(&f, "s 3 0 Enter");
	assert_string_equal(f.scaled, "default/nginx-deployment=30");
	fixture_settle(&f);
	assert_null(f.app.dialog);
	assert_shows(&f, "default/nginx-deployment set to 30");
	/* The screen shows what is observed, not what was asked for. */
	assert_shows(&f, "20/20");
	/* Closed with the answer still out: it comes back to nobody. */
	fixture_keys(&f, "s 4 0 Enter Esc");
	assert_null(f.app.dialog);
	fixture_settle(&f);
	fixture_release(&f);
}

static void test_limits(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	fixture_keys(&f, "e Enter");
	assert_shows(&f, "nothing is changed yet");
	fixture_keys(&f, "1 1 0 Down Down Space Enter");
	fixture_settle(&f);
	assert_shows(&f, "+    maxPods: 110");
	assert_shows(&f, "Type the cluster's name to write:");
	fixture_type(&f, "mate-tech");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "type mate-technology.app to write");
	assert_null(f.puts_path);
	fixture_keys(&f, "Esc");
	assert_shows(&f, "[110     ]");
	fixture_keys(&f, "Enter");
	fixture_settle(&f);
	fixture_type(&f, WORLD_CLUSTER);
	fixture_keys(&f, "Enter");
	fixture_settle(&f);
	assert_null(f.app.dialog);
	assert_string_equal(f.puts_path, WORLD_CLUSTER "/config");
	assert_shows(&f, "written: " WORLD_CLUSTER "/config");
	assert_non_null(strstr(f.spec, "    maxPods: 110\n"));
	assert_non_null(strstr(f.spec, "ENABLE_PREFIX_DELEGATION\n"));
	assert_non_null(strstr(f.spec, "WARM_PREFIX_TARGET\n"));
	/* Left in the middle of a read: nothing is written, nothing is used after it is gone. */
	fixture_keys(&f, "e 5 0 Enter C-c");
	fixture_settle(&f);
	assert_null(f.app.dialog);
	fixture_release(&f);
}

/*
 * Only what differs is written. A spec that somebody else changes under the dialog must change the
 * dialog: it showed prefix delegation on, stood on a spec where it is off, and refused.
 */
static void test_limits_moved(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	struct cluster_spec c = model_cluster(f.session.model, WORLD_CLUSTER)->spec;
	struct observation o = { .kind = OBS_CLUSTER, .verb = OBS_SEEN, .u.cluster = &c };
	fixture_keys(&f, "e C-u 8 7");
	assert_shows(&f, "formula \u2192  [87      ]");
	assert_shows(&f, "same \u2192  [same    ]");
	c.max_pods = 60;
	c.cp_max_pods = 20;
	model_apply(f.session.model, &o);
	app_changed(&f.app);
	app_frame(&f.app);
	assert_shows(&f, "60 \u2192  [87      ]");
	assert_shows(&f, "20 \u2192  [20      ]");
	assert_shows(&f, "the stored spec has changed");
	/* Back to what was typed over: it is touched no more. */
	fixture_keys(&f, "C-u 6 0 Enter");
	assert_shows(&f, "nothing is changed yet");
	fixture_release(&f);
}

static void test_group(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	fixture_keys(&f, "2 Down E settle Enter");
	assert_shows(&f, "nothing is changed yet");
	/* Sizes replace no node: Enter is enough. */
	fixture_keys(&f, "Down C-u 4 Enter settle");
	assert_shows(&f, "+  maxSize: 4");
	assert_shows(&f, "No node is replaced.  Enter writes");
	fixture_keys(&f, "Enter settle");
	assert_null(f.app.dialog);
	assert_string_equal(f.puts_path,
		WORLD_CLUSTER "/instancegroup/nodes-ap-northeast-2a");
	assert_non_null(strstr(f.group_spec, "  maxSize: 4\n  minSize: 1\n"));
	/* Another type does: the cluster's name is asked for. */
	fixture_keys(&f, "E settle Down Down C-u");
	fixture_type(&f, "m7i.large");
	fixture_keys(&f, "Down Down Down Down Down Down");
	fixture_type(&f, "a=b,c=true");
	assert_shows(&f, "1 node of nodes-ap-northeast-2a is replaced");
	fixture_keys(&f, "Enter settle Enter");
	assert_shows(&f, "type mate-technology.app to write");
	assert_null(strstr(f.group_spec, "m7i"));
	fixture_type(&f, WORLD_CLUSTER);
	fixture_keys(&f, "Enter settle");
	assert_null(f.app.dialog);
	assert_non_null(strstr(f.group_spec, "  machineType: m7i.large\n"));
	assert_non_null(strstr(f.group_spec, "  nodeLabels:\n    a: b\n    c: \"true\"\n"));
	/* A label taken away, and one left: only its line goes. */
	fixture_keys(&f, "E settle Up Down Down Down Down Down Down Down Down C-u");
	fixture_type(&f, "c=true");
	fixture_keys(&f, "Enter settle");
	assert_shows(&f, "-    a: b");
	fixture_type(&f, WORLD_CLUSTER);
	fixture_keys(&f, "Enter settle");
	assert_non_null(strstr(f.group_spec, "  nodeLabels:\n    c: \"true\"\n"));
	/* Somebody writes between the diff and Enter: both diffs, and they stay when the model moves. */
	fixture_keys(&f, "E settle C-u 2 Down C-u 9 Enter settle");
	f.faster = xstrdup(f.group_spec);
	memcpy(strstr(f.faster, "maxSize: 4"), "maxSize: 7", 10);
	fixture_keys(&f, "Enter settle");
	assert_shows(&f, "theirs, which is stored");
	fixture_keys(&f, "PgDn PgDn");
	assert_shows(&f, "+  maxSize: 7");
	app_changed(&f.app);
	app_frame(&f.app);
	assert_shows(&f, "+  maxSize: 7");
	assert_shows(&f, "+  maxSize: 9");
	fixture_keys(&f, "Esc");
	/* A subnet that the cluster does not have, left as it is. */
	fixture_keys(&f, "E settle Down Down Down Down Down Down");
	fixture_type(&f, ",nowhere");
	assert_shows(&f, "the cluster has no subnet nowhere");
	fixture_keys(&f, "Enter");
	assert_shows(&f, "refused: see the lines marked");
	/* Left in the middle of a read. */
	fixture_keys(&f, "Esc E Esc settle");
	assert_null(f.app.dialog);
	fixture_release(&f);
}

static void test_update(void **state)
{
	struct fixture f;
	setenv("FAKE_KOPS", "changes", 1);
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	/* Left at once: the child goes with the dialog. */
	fixture_keys(&f, "u Esc");
	assert_null(f.app.dialog);
	fixture_keys(&f, "u y");
	assert_non_null(f.app.dialog); /* nothing to apply before the dry run is over */
	assert_true(fixture_wait(&f, "5 resources change"));
	assert_shows(&f, "instances need a roll");
	assert_shows(&f, "y apply it for real");
	fixture_keys(&f, "o");
	assert_shows(&f, "Will modify resources:");
	fixture_keys(&f, "q");
	assert_null(f.app.dialog);
	/* A lease that nobody renews is not taken over by y alone. */
	setenv("FAKE_LEASE", "anna@bastion run 4", 1);
	fixture_keys(&f, "u");
	assert_true(fixture_wait(&f, "The lease of the cluster is held by anna@bastion run 4"));
	assert_true(fixture_wait(&f, "5 resources change"));
	fixture_keys(&f, "y");
	assert_non_null(f.app.dialog);
	assert_shows(&f, "t first: anna@bastion run 4 holds the lease");
	fixture_keys(&f, "t");
	assert_shows(&f, "It will be taken over.");
	fixture_keys(&f, "Esc R settle");
	assert_non_null(f.app.dialog);
	fixture_keys(&f, "C-c");
	unsetenv("FAKE_LEASE");
	/* No kops at all: in words, in the dialog. */
	setenv("KOPSCOPE_KOPS", "/nowhere/kops", 1);
	fixture_keys(&f, "u");
	assert_shows(&f, "there is no program /nowhere/kops");
	assert_shows(&f, "Install kops");
	fixture_keys(&f, "y q");
	assert_null(f.app.dialog);
	unsetenv("KOPSCOPE_KOPS");
	setenv("FAKE_KOPS", "fails", 1);
	fixture_keys(&f, "u");
	assert_true(fixture_wait(&f, "not found"));
	fixture_keys(&f, "y");
	assert_non_null(f.app.dialog);
	fixture_release(&f);
}

static void test_cures(void **state)
{
	struct fixture f;
	fixture_init(&f, FIXTURE_FULL, 80, 24, false);
	fixture_keys(&f, "4 a");
	assert_shows(&f, "Limits");
	assert_shows(&f, "[110     ]");
	assert_shows(&f, "[on      ]");
	fixture_keys(&f, "Esc c");
	assert_shows(&f, "[30]");
	fixture_keys(&f, "Esc d");
	assert_null(f.app.dialog);
	fixture_release(&f);
}

static void test_sizes(void **state)
{
	static const int sizes[][2] = { { 60, 15 }, { 200, 60 }, { 80, 24 }, { 1, 1 }, { 500, 3 },
		{ 3, 300 }, { 61, 16 } };
	struct fixture f;
	fixture_init(&f, FIXTURE_HOSTILE, 80, 24, false);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int v = 0; v < VIEW__COUNT; v++) {
			app_show(&f.app, (enum view_id)v, NULL);
			app_resize(&f.app, sizes[i][0], sizes[i][1]);
			app_frame(&f.app);
			fixture_keys(&f, "? Down Esc e 1 1 0 Esc");
			assert_int_equal(f.app.grid.cols, sizes[i][0]);
		}
	}
	fixture_release(&f);
}

/* ---- at random ------------------------------------------------------------------------ */

static uint32_t seed;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

/* u starts a program and R a process, which this test must not. */
static uint32_t random_key(void)
{
	static const uint32_t keys[] = { KEY_UP_, KEY_DOWN_, KEY_PGUP, KEY_PGDN, KEY_HOME_,
		KEY_END_, KEY_ENTER_, KEY_ESC_, KEY_TAB_, KEY_BACKSPACE_, KEY_LEFT_, KEY_RIGHT_,
		KEY_BACKTAB, KEY_DELETE_, KEY_CTRL_('u'), KEY_CTRL_('c'), KEY_CTRL_('l'), ' ', '?',
		'/', ':', 0xd55c, 0x0301, 0x1f680, 'a', 'b', 'c', 'd', 'e', 's', 'p', 'r', 'x', 'k',
		'j', 'g', 'G' };
	uint32_t n = sizeof(keys) / sizeof(keys[0]);
	uint32_t pick = dice(n + 10);
	return pick < n ? keys[pick] : '0' + dice(10);
}

static void world_moves(struct fixture *f, int running)
{
	switch (dice(4)) {
	case 0:
		world_pod(f->session.model, (int)dice(60), dice(2) ? WORLD_NODE_A : NULL);
		break;
	case 1:
		world_apply(f->session.model, &(struct world){ .running = running,
						      .pending = 40 - running,
						      .prefix = dice(2),
						      .marked = dice(2) });
		break;
	case 2:
		node_gone(f, dice(2) ? WORLD_NODE_C : WORLD_CONTROL);
		break;
	default:
		f->time.wall += 977;
		f->time.mono += 977;
		break;
	}
	app_changed(&f->app);
}

static void random_walk(enum fixture_kind kind, uint32_t start)
{
	struct fixture f;
	seed = start;
	fixture_init(&f, kind, 80, 24, start % 2);
	for (int i = 0; i < 2000; i++) {
		if (dice(20) == 0) {
			app_resize(&f.app, 1 + (int)dice(200), 1 + (int)dice(60));
		}
		if (dice(15) == 0 && kind != FIXTURE_EMPTY && kind != FIXTURE_ROLLING) {
			world_moves(&f, (int)dice(30));
		}
		app_key(&f.app, random_key());
		if (f.app.dialog && dice(30) == 0) {
			fixture_settle(&f);
		}
		app_frame(&f.app);
		f.app.quit = false;
		if (f.app.table.n > 0) {
			assert_true(f.app.selected < f.app.table.n || !app_row(&f.app));
		}
		assert_true(f.app.top <= f.app.table.n);
	}
	fixture_release(&f);
}

static void test_random(void **state)
{
	random_walk(FIXTURE_FULL, 1);
	random_walk(FIXTURE_HOSTILE, 2);
	random_walk(FIXTURE_EMPTY, 3);
	random_walk(FIXTURE_ROLLING, 4);
	random_walk(FIXTURE_READONLY, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_selection_survives),
		cmocka_unit_test(test_moving),
		cmocka_unit_test(test_filter_prompt),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_report),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_moved),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_cures),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_random),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
