/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is painted while nothing happens, by a clock that is moved by hand: ten minutes in each
 * view.  A frame that is like the one before sends nothing (tests/tui/bytes.py counts that).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/xalloc.h"
#include "tests/tui/fixture.h"

#define MINUTES 10
#define LATER_MS ((30 * 24 + 6) * 3600000LL) /* far from where a day of anything ends */

/* AWS answers as often as it is asked; the API server's watch says nothing. */
static void idle_answer(struct fixture *f)
{
	const struct source_status *was = model_source(f->session.model, SRC_AWS);
	struct obs_source o = { .id = SRC_AWS, .status = *was };
	o.status.asked = o.status.arrived = f->time.wall;
	struct observation seen = { .kind = OBS_SOURCE, .u.source = &o };
	model_apply(f->session.model, &seen);
}

static void idle_second(struct fixture *f)
{
	f->time.wall += 1000;
	f->time.mono += 1000;
	if (f->time.wall / 1000 % 15 == 0) {
		idle_answer(f);
	}
	f->app.dirty = true; /* as the screen's own timer has it, once a second */
	assert_true(app_paint(&f->app));
}

/* How many frames of so many minutes were not like the one before; every other cell must be one
   of an age's. */
static int idle_frames(struct fixture *f, const char *where)
{
	const struct grid *g = &f->app.grid;
	size_t n = (size_t)g->cols * (size_t)g->rows;
	struct cell *before = xcalloc(n, sizeof(*before));
	int changed = 0;
	memcpy(before, g->cells, n * sizeof(*before));
	for (int s = 0; s < MINUTES * 60; s++) {
		idle_second(f);
		changed += memcmp(before, g->cells, n * sizeof(*before)) != 0;
		for (size_t i = 0; i < n; i++) {
			const char *was = before[i].text, *is = g->cells[i].text;
			if (strcmp(was, is) != 0 &&
				(!strchr("0123456789smhd ", was[0]) || !strchr("0123456789smhd ", is[0]))) {
				fail_msg("%s, after %d s: %s became %s in line %zu", where, s, was, is,
					i / (size_t)g->cols);
			}
		}
		memcpy(before, g->cells, n * sizeof(*before));
	}
	free(before);
	return changed;
}

static void idle_begin(struct fixture *f, enum fixture_kind kind, int view, int64_t later, int cols)
{
	fixture_init(f, kind, cols, 24, false);
	f->time.wall += later;
	f->time.mono += later;
	idle_answer(f);
	app_show(&f->app, (enum view_id)view, NULL);
	fixture_settle(f);
	idle_second(f);
}

/* Everything is a month old: not one frame is another, in any view. */
static void test_still(void **state)
{
	static const enum fixture_kind worlds[] = { FIXTURE_FULL, FIXTURE_FINE, FIXTURE_EDITED,
		FIXTURE_NAMED };
	for (size_t i = 0; i < sizeof(worlds) / sizeof(worlds[0]); i++) {
		for (int v = 0; v < VIEW__COUNT; v++) {
			struct fixture f;
			const char *name = view_get((enum view_id)v)->name;
			idle_begin(&f, worlds[i], v, LATER_MS, i % 2 ? 120 : 80);
			int n = idle_frames(&f, name);
			if (n > 0) {
				fail_msg("%s: %d frames of %d minutes", name, n, MINUTES);
			}
			fixture_release(&f);
		}
	}
}

/* So many minutes after the story: ages that are in view go on, once a minute for each of them at
   most, and nothing else does. */
static void ages_after(int minutes)
{
	for (int v = 0; v < VIEW__COUNT; v++) {
		struct fixture f;
		const char *name = view_get((enum view_id)v)->name;
		idle_begin(&f, FIXTURE_FULL, v, minutes * 60000LL, 80);
		int n = idle_frames(&f, name);
		bool ages = v == VIEW_PODS || v == VIEW_PENDING || v == VIEW_DEPLOYMENTS ||
			v == VIEW_STORE;
		/* Pods of three Deployments and a DaemonSet are not of the same second. */
		if (n > (ages ? 6 * MINUTES : 1)) {
			fail_msg("%s, %d minutes after: %d frames of %d minutes", name, minutes, n,
				MINUTES);
		}
		fixture_release(&f);
	}
}

static void test_ages(void **state)
{
	ages_after(15);
}

/* Pods of two to ten minutes, which kubectl would tell by the second. */
static void test_young(void **state)
{
	ages_after(2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_still),
		cmocka_unit_test(test_ages),
		cmocka_unit_test(test_young),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
