/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the Pods view as they are kept are those that filtering and sorting all pods at once
 * gives, after any changes; and what that costs, counted.
 */
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
#include "tui/screen/keys.h"
#include "tui/view/pods-list.h"

enum { COL_NAME = 1, COL_STATUS, COL_AGE = 4, COLUMNS_ = 8 };

static uint32_t seed = 1;

static uint32_t any(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 4) * below >> 28);
}

/* Pod i as it is in its so-many-eth form, or gone. */
static void pod_apply(struct model *m, uint32_t i, uint32_t form, enum obs_verb verb)
{
	static const char *const namespaces[] = { "default", "kube-system", "shop" };
	char uid[32], name[64], node[32], owner[32], ip[32];
	snprintf(uid, sizeof(uid), "uid-%u", i);
	snprintf(name, sizeof(name), "app-%u-%u", i % 37, i);
	snprintf(node, sizeof(node), "node-%u", (i + form) % 11);
	snprintf(owner, sizeof(owner), "app-%u", i % 37);
	snprintf(ip, sizeof(ip), "10.0.%u.%u", form % 256, i % 256);
	struct label label = { "app", owner };
	struct pod_trouble trouble = { .waiting_reason = "CrashLoopBackOff" };
	struct pod p = { .ns = namespaces[i % 3], .name = name, .uid = uid,
		.node = form % 5 ? node : NULL, .ip = form % 4 ? ip : NULL,
		.owner_kind = i % 4 ? "ReplicaSet" : "Job", .owner_name = i % 9 ? owner : NULL,
		.labels = &label, .nlabels = i % 2, .restarts = (int32_t)(form % 7),
		.trouble = form % 6 ? &pod_no_trouble : &trouble,
		.phase = (uint16_t)(POD_PENDING + form % 3), .flags = POD_READY,
		.created = i % 50 ? WORLD_NOW - 60000 * (int64_t)(1 + i % 400) : 0 };
	struct observation o = { .kind = OBS_POD, .verb = verb, .u.pod = &p };
	model_apply(m, &o);
}

struct want {
	const char *within, *filter;
	int col;
	bool descending;
};

static void want(struct pods_list *l, const struct want *w)
{
	pods_list_want(l, w->within, w->filter, w->col, w->descending);
}

/* The way without a list: all pods are filtered, then sorted. */
static void assert_rows(struct fixture *f, struct pods_list *l, const struct want *w)
{
	struct table t;
	struct view_ctx c = { .model = f->session.model, .clock = &f->session.clock,
		.within = w->within };
	view_table(&view_pods, &c, w->filter, &t);
	if (w->col >= 0) {
		table_sort(&t, (size_t)w->col, w->descending);
	}
	size_t lead = t.lead;
	if (pods_list_n(l) != t.n - lead) {
		fail_msg("%s, %s by %d: %zu rows, not %zu", w->within, w->filter, w->col,
			pods_list_n(l), t.n - lead);
	}
	for (size_t i = 0; i < t.n - lead; i++) {
		const struct m_pod *p = pods_list_at(l, i);
		if (p != t.things[i].thing) {
			fail_msg("%s, %s by %d: row %zu is %s", w->within, w->filter, w->col, i,
				p->pod.name);
		}
		assert_int_equal(pods_list_index(l, p), i);
	}
	assert_null(pods_list_at(l, t.n - lead));
	table_release(&t);
}

/* As somebody would: mostly a letter more or less, or another column. */
static void want_other(struct want *w)
{
	static const char *const filters[] = { NULL, "1", "12", "app-12", "app-1", "!app-1", "!1",
		"status:Run", "status:Running", "-l app=app-12", "!-l app", "restarts:3", "node-3",
		"CrashLoop", "age:1", "name:app-2", "10.0.1" };
	static const char *const withins[] = { NULL, NULL, NULL, "node-3", "shop/app-2", "nobody",
		"default/app-3" WITHIN_WAITING };
	static const char *const typed[] = { "a", "ap", "app-", "app-1", "app-12", "app-12-4" };
	static size_t letters = 1;
	switch (any(8)) {
	case 0:
		w->filter = filters[any(sizeof(filters) / sizeof(filters[0]))];
		break;
	case 2:
		w->col = (int)any(COLUMNS_ + 1) - 1;
		w->descending = w->col >= 0 && any(2);
		break;
	case 3:
		w->descending = w->col >= 0 && !w->descending;
		break;
	case 4:
		w->within = withins[any(sizeof(withins) / sizeof(withins[0]))];
		break;
	default:
		letters += letters == 0 || (letters < 5 && any(2)) ? 1 : -(size_t)1;
		w->filter = typed[letters];
		break;
	}
}

static void change_one(struct model *m, uint32_t pods)
{
	uint32_t what = any(100);
	struct node node = { .name = "node-3", .ready = TRI_YES };
	struct observation o = { .kind = OBS_NODE, .verb = what ? OBS_SEEN : OBS_GONE,
		.u.node = &node };
	if (what < 2) {
		model_apply(m, &o); /* pods that were unbound get a node, and back */
	} else {
		pod_apply(m, any(pods), any(60), what < 30 ? OBS_GONE : OBS_SEEN);
	}
	if (any(40) == 0) {
		size_t n;
		model_pods(m, &n); /* whoever looks moves them together */
	}
}

static void test_property(void **state)
{
	struct fixture f;
	struct want w = { .col = -1 };
	size_t done = 0;
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	struct model *m = f.session.model;
	struct pods_list *l = pods_list_new(m, &f.session.clock);
	for (uint32_t i = 0; i < 600; i++) {
		pod_apply(m, i, any(60), OBS_SEEN);
	}
	for (int round = 0; round < 3000; round++) {
		for (uint32_t k = any(12); k > 0; k--) {
			change_one(m, 900);
		}
		if (any(3) == 0) {
			want_other(&w);
			want(l, &w);
		}
		if (any(20) == 0) { /* what is so by its age is no more, or is now */
			pods_list_step(l, SIZE_MAX / 2);
			f.time.mono += 6000;
			f.time.wall += 6000;
			want(l, &w);
		}
		/* Now and then something changes again before it is done. */
		if (pods_list_step(l, 1 + any(any(2) ? 6000 : 100))) {
			assert_rows(&f, l, &w);
			done++;
		}
		if (any(500) == 0) {
			model_open_cluster(m, WORLD_CLUSTER);
		}
	}
	assert_true(done > 1000);
	pods_list_free(l);
	fixture_release(&f);
}

/* ---- what it costs ---- */

#define PODS 30000
#define LOG2_PODS 15

static void test_costs(void **state)
{
	struct fixture f;
	static const struct want wants[] = {
		{ NULL, NULL, COL_NAME, false }, { NULL, NULL, COL_STATUS, true },
		{ NULL, "app-1", COL_STATUS, false }, { NULL, "app-12", COL_STATUS, false },
		{ NULL, "app-1", COL_STATUS, false }, { NULL, "app-12", -1, false },
	};
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	struct model *m = f.session.model;
	for (uint32_t i = 0; i < PODS; i++) {
		pod_apply(m, i, i, OBS_SEEN);
	}
	struct pods_list *l = pods_list_new(m, &f.session.clock);
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		uint64_t before = pods_list_looks(l), last = before;
		size_t had = pods_list_n(l);
		bool done = false;
		want(l, &wants[i]);
		assert_int_equal(pods_list_looks(l), before); /* not before its turn */
		while (!done) {
			done = pods_list_step(l, 1000);
			assert_true(pods_list_looks(l) - last <= 1000 + LOG2_PODS + 3);
			last = pods_list_looks(l);
		}
		assert_rows(&f, l, &wants[i]);
		assert_true(last - before <= (size_t)PODS * (LOG2_PODS + 4));
		if (i == 3) { /* a longer filter looks at the rows of the shorter one alone */
			assert_int_equal(last - before, had);
		}
		/* A change touches the pod and those that it is compared with, however many
		   there are; the same want again touches none. */
		before = pods_list_looks(l);
		for (uint32_t k = 0; k < 500; k++) {
			pod_apply(m, any(PODS), any(60), any(10) ? OBS_SEEN : OBS_GONE);
		}
		want(l, &wants[i]);
		assert_true(pods_list_step(l, 1000));
		assert_true(pods_list_looks(l) - before <= (size_t)500 * (2 * (LOG2_PODS + 3) + 1));
		assert_rows(&f, l, &wants[i]);
	}
	/* The other direction is free, as are all pods in the model's order. */
	uint64_t before = pods_list_looks(l);
	want(l, &(struct want){ NULL, "app-12", -1, false });
	want(l, &(struct want){ NULL, NULL, -1, false });
	assert_true(pods_list_step(l, 1));
	assert_int_equal(pods_list_looks(l), before);
	assert_int_equal(pods_list_bytes(l), 0);
	pods_list_free(l);
	fixture_release(&f);
}

/* What can be seen of a node's pods is asked of the node. */
static void test_node(void **state)
{
	struct fixture f;
	struct node node = { .name = "node-3" };
	struct observation o = { .kind = OBS_NODE, .verb = OBS_SEEN, .u.node = &node };
	fixture_init(&f, FIXTURE_ROOMY, 80, 24, false);
	struct model *m = f.session.model;
	model_apply(m, &o);
	for (uint32_t i = 0; i < 5000; i++) {
		pod_apply(m, i, i % 11 == 0 ? 3 : 1 + i, OBS_SEEN);
	}
	struct pods_list *l = pods_list_new(m, &f.session.clock);
	const struct want w = { "node-3", NULL, COL_NAME, false };
	want(l, &w);
	assert_true(pods_list_step(l, 1));
	size_t n = pods_list_n(l);
	assert_true(n > 100 && n < 1000);
	assert_true(pods_list_looks(l) <= n * 13);
	assert_rows(&f, l, &w);
	pods_list_free(l);
	fixture_release(&f);
}

/* ---- on the screen ---- */

static size_t rows_made(const struct app *a)
{
	size_t made = 0;
	for (size_t i = 0; i < a->table.n; i++) {
		made += a->table.rows[i].cells != NULL;
	}
	return made;
}

/* Turns until all is sorted; none looks at more than its slice, and none more than makes it due. */
static size_t turns(struct fixture *f, size_t most)
{
	struct app *a = &f->app;
	size_t n = 0;
	for (; a->progress[0]; n++) {
		uint64_t before = pods_list_looks(a->pods);
		loop_turn(f->session.loop, 0);
		app_paint(a);
		assert_true(pods_list_looks(a->pods) - before <= most);
	}
	app_frame(a);
	return n;
}

static void test_screen(void **state)
{
	const size_t most = 16384 + 64; /* looks a turn */
	struct fixture f;
	fixture_init(&f, FIXTURE_ROOMY, 100, 30, false);
	struct model *m = f.session.model;
	struct app *a = &f.app;
	for (uint32_t i = 0; i < PODS; i++) {
		pod_apply(m, i, i, OBS_SEEN);
	}
	app_show(a, VIEW_PODS, NULL);
	app_frame(a);
	assert_true(rows_made(a) <= 200 + 30);
	fixture_keys(&f, "Down Down");
	char *hand = xstrdup(a->places[VIEW_PODS].selected);
	/* The key is answered at once, with what is sorted by then. */
	fixture_type(&f, ":sort status");
	uint64_t before = pods_list_looks(a->pods);
	app_key(a, KEY_ENTER_);
	assert_true(app_paint(a));
	assert_true(pods_list_looks(a->pods) - before <= most);
	assert_shows(&f, " of 300");
	assert_true(a->table.n > 100 && a->table.n < PODS);
	/* Keys between the slices: moving is up to the user, the row in hand is else kept. */
	loop_turn(f.session.loop, 0);
	app_key(a, '/');
	app_key(a, 'a');
	assert_true(app_paint(a));
	assert_shows(&f, "/a");
	app_key(a, KEY_ESC_);
	assert_true(turns(&f, most) >= 10);
	assert_string_equal(a->places[VIEW_PODS].selected, hand);
	free(hand);
	size_t n;
	model_pods(m, &n);
	assert_int_equal(a->table.n, n);
	assert_true(rows_made(a) <= 200 + 30);
	/* A frame after 100 changes costs these, and the place of the row in hand. */
	before = pods_list_looks(a->pods);
	for (uint32_t k = 0; k < 100; k++) {
		pod_apply(m, any(PODS), any(60), OBS_SEEN);
	}
	app_changed(a);
	app_frame(a);
	assert_true(pods_list_looks(a->pods) - before <= (size_t)101 * (2 * (LOG2_PODS + 3) + 1));
	assert_true(rows_made(a) <= 200 + 30);
	/* A key means the row below the one in hand, where that is now. */
	fixture_keys(&f, "Home Down Down Down");
	const struct m_pod *at = pods_list_at(a->pods, a->selected);
	for (uint32_t i = 0; i < 50; i++) {
		pod_apply(m, PODS + i, i, OBS_SEEN);
		pod_apply(m, i, 3 * i, OBS_SEEN);
	}
	at = pods_list_at(a->pods, pods_list_index(a->pods, at) + 1);
	app_key(a, KEY_DOWN_);
	char *id = xasprintf("%s/%s", at->pod.ns, at->pod.name);
	assert_string_equal(a->places[VIEW_PODS].selected, id);
	free(id);
	/* A row that is no more is none that a key may meet. */
	fixture_keys(&f, "End");
	for (uint32_t i = 0; i < PODS; i++) {
		pod_apply(m, i, i, OBS_GONE);
	}
	app_key(a, KEY_UP_);
	app_frame(a);
	model_pods(m, &n);
	assert_int_equal(a->table.n, n);
	/* Nothing of it is left when another view is shown. */
	app_show(a, VIEW_NODES, NULL);
	app_frame(a);
	assert_null(a->pods);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_property),
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_node),
		cmocka_unit_test(test_screen),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
