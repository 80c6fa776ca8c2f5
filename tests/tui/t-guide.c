/* SPDX-License-Identifier: Apache-2.0 */
/* The guide on the screen: beside the view where that is wide, below it elsewhere, and resizing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/tui/fixture.h"
#include "tests/tui/golden.h"
#include "tui/lesson/guide.h"

/* The story's lesson asks nothing of the lab: none has to be there. */
static void lesson_fixture(struct fixture *f, enum fixture_kind kind, int cols, int rows,
	bool ascii)
{
	setenv("KOPSCOPE_LAB", "http://127.0.0.1:1", 1);
	setenv("KOPSCOPE_LAB_SCENARIO", "story", 1);
	fixture_init(f, kind, cols, rows, ascii);
	guide_begin(&f->app, "story");
	fixture_settle(f);
}

static bool looks(struct fixture *f, const char *name)
{
	char *text = fixture_text(f);
	bool ok = golden_check(name, text);
	free(text);
	return ok;
}

static void resize(struct fixture *f, int cols, int rows)
{
	app_resize(&f->app, cols, rows);
	fixture_settle(f);
}

/* Each half of a wide character beside the other, the panel's edge whole. */
static void check_frame(struct fixture *f)
{
	const struct grid *g = &f->app.grid;
	int cols = guide_cols(&f->app), rows = guide_rows(&f->app);
	assert_true(cols == 0 || rows == 0);
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			const struct cell *c = grid_at(g, x, y);
			const struct cell *right = x + 1 < g->cols ? grid_at(g, x + 1, y) : NULL;
			if (c->width == 2 && (!right || right->width != 0)) {
				fail_msg("half a character at %d,%d of %dx%d", x, y, g->cols,
					g->rows);
			}
		}
		if (cols > 0) {
			assert_string_equal(grid_at(g, g->cols - cols, y)->text, "\xe2\x94\x82");
		}
	}
}

static void test_sizes(void **state)
{
	struct fixture f;
	lesson_fixture(&f, FIXTURE_FULL, 80, 24, false);
	bool ok = looks(&f, "lesson-80x24.screen");
	resize(&f, 120, 40);
	ok &= looks(&f, "lesson-120x40.screen");
	resize(&f, 80, 24);
	ok &= looks(&f, "lesson-80x24.screen");
	resize(&f, 200, 60);
	assert_int_equal(guide_cols(&f.app), GUIDE_COLS);
	resize(&f, 119, 40);
	assert_int_equal(guide_cols(&f.app), 0);
	assert_int_equal(guide_rows(&f.app), GUIDE_ROWS);
	resize(&f, 120, 15); /* too few to spare any */
	assert_int_equal(guide_cols(&f.app) + guide_rows(&f.app), 0);
	resize(&f, 120, 40);
	ok &= looks(&f, "lesson-120x40.screen");
	assert_true(ok);
	unsigned seed = 1;
	for (int i = 0; i < 200; i++) {
		seed = seed * 1103515245u + 12345u;
		resize(&f, 20 + (int)(seed >> 16) % 230, 5 + (int)(seed >> 8) % 60);
		check_frame(&f);
	}
	fixture_release(&f);
}

/* What is done stands above what is to be done, and the view has its own rows beside it. */
static void test_steps(void **state)
{
	struct fixture f;
	lesson_fixture(&f, FIXTURE_FULL, 120, 40, false);
	fixture_keys(&f, "5");
	fixture_settle(&f);
	assert_shows(&f, "step 3 of 8"); /* 40 are asked for in this world: done as well */
	bool ok = looks(&f, "lesson-step-120x40.screen");
	fixture_keys(&f, "s 2 0");
	ok &= looks(&f, "lesson-dialog-120x40.screen");
	fixture_keys(&f, "Esc ?");
	assert_shows(&f, "step 3 of 8");
	assert_shows(&f, "Keys and commands");
	check_frame(&f);
	fixture_keys(&f, "Esc 4");
	fixture_settle(&f);
	assert_shows(&f, "step 4 of 8");
	/* Little height: what came first gives way. */
	resize(&f, 120, 16);
	ok &= looks(&f, "lesson-low-120x16.screen");
	assert_true(ok);
	fixture_release(&f);
}

static void test_hidden(void **state)
{
	struct fixture f, plain;
	lesson_fixture(&f, FIXTURE_FULL, 120, 40, false);
	fixture_init(&plain, FIXTURE_FULL, 120, 40, false);
	fixture_keys(&f, "C-g Down");
	fixture_keys(&plain, "C-g Down");
	plain.app.message[0] = f.app.message[0] = '\0';
	app_frame(&f.app);
	app_frame(&plain.app);
	char *text = fixture_text(&f), *want = fixture_text(&plain);
	assert_string_equal(text, want);
	free(text);
	free(want);
	fixture_keys(&f, "C-g");
	assert_shows(&f, "step 1 of 8");
	fixture_release(&f);
	fixture_release(&plain);
}

/* A click on the guide is none on the row beside it. */
static void test_mouse(void **state)
{
	struct fixture f;
	lesson_fixture(&f, FIXTURE_FULL, 120, 40, false);
	size_t was = f.app.selected;
	struct mouse m = { .x = 100, .y = 6 };
	app_mouse(&f.app, &m);
	app_frame(&f.app);
	assert_int_equal(f.app.selected, was);
	m.x = 10;
	app_mouse(&f.app, &m);
	app_frame(&f.app);
	assert_int_not_equal(f.app.selected, was);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_mouse),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
