/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk: every view in every state of the world, at 80x24, 120x40 and 200x60 and on a terminal
 * without UTF-8, opened by its keys, scrolled, sorted, filtered, drilled into, made wide and
 * compact, its row described; each frame is looked at (lint.h).  Then sizes at random.
 *
 * WALK_SECONDS: resize for so long; else a fixed number of times.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/tui/fixture.h"
#include "tests/tui/lint.h"
#include "tui/act.h"
#include "tui/actions.h"
#include "tui/screen/keys.h"

/* From the Nodes view. */
static const char *const ways[VIEW__COUNT] = {
	[VIEW_CLUSTERS] = "1",
	[VIEW_GROUPS] = "2",
	[VIEW_NODES] = "2 3",
	[VIEW_PENDING] = "4",
	[VIEW_DEPLOYMENTS] = "5",
	[VIEW_ROLL] = "6",
	[VIEW_LOG] = "7",
	[VIEW_PODS] = "3 Enter",
	[VIEW_CAPACITY] = "3 c",
	[VIEW_CLOUD] = ": c l o u d Enter",
	[VIEW_CNI] = "2 n",
	[VIEW_STORE] = "2 S settle",
	[VIEW_ADDONS] = "2 A settle",
	[VIEW_DNS] = ": d n s Enter",
};

/* What is done in each of them. */
static const char *const steps[] = {
	"Down", "PgDn", "Down", "End", "PgUp", "Up", "Home", "j", "k", "G", "g",
	"C-w", "End", "C-w", "Home", "C-w", "Space", "Esc",
	"/", "a", "e", "Enter", "Down", "/ C-u z z z z Enter", "Esc", "/ C-u ! x Enter", "Esc",
	"/ C-u - l Space a p p Enter", "Esc", "C-y",
	"?", "PgDn", "Esc", ":", "s o", "Tab", "Esc",
};

static const char *const kinds[FIXTURE__COUNT] = {
	[FIXTURE_FULL] = "full", [FIXTURE_ROOMY] = "roomy", [FIXTURE_FINE] = "fine",
	[FIXTURE_MARKED] = "marked", [FIXTURE_ROLLING] = "rolling", [FIXTURE_GUARDED] = "guarded",
	[FIXTURE_UPDATED] = "updated", [FIXTURE_ROLLED] = "rolled", [FIXTURE_EMPTY] = "empty",
	[FIXTURE_STALE] = "stale", [FIXTURE_HOSTILE] = "hostile",
	[FIXTURE_READONLY] = "read-only", [FIXTURE_EXPIRING] = "expiring",
	[FIXTURE_EDITED] = "edited", [FIXTURE_NAMED] = "named",
};

static void walk_see(struct fixture *f, enum fixture_kind kind, const char *step)
{
	char where[96];
	snprintf(where, sizeof(where), "%s, %s, after %s", kinds[kind],
		view_get(f->app.view)->name, step);
	assert_true(lint_frame(f, where));
}

static void walk_keys(struct fixture *f, enum fixture_kind kind, const char *keys)
{
	fixture_keys(f, keys);
	walk_see(f, kind, keys);
}

/* By each column, up and down: the order is what the heading says. */
static void walk_sort(struct fixture *f, enum fixture_kind kind)
{
	enum view_id v = f->app.view;
	for (size_t i = 0; i < view_get(v)->ncolumns; i++) {
		bool shown = !(view_get(v)->columns[i].flags & COLUMN_DATA);
		char letter[2] = { shown ? sort_letter(v, i) : '\0', '\0' };
		for (int down = 0; letter[0] && down < 2; down++) {
			const struct trow *before = NULL;
			walk_keys(f, kind, letter);
			assert_int_equal(f->app.places[v].sort, i + 1);
			for (size_t k = 0; k < f->app.table.n; k++) {
				const struct trow *r = table_at(&f->app.table, k);
				if (r->kind == ROW_ITEM && before) {
					int c = tcell_cmp(&before->cells[i], &r->cells[i]);
					assert_true(down ? c >= 0 : c <= 0);
				}
				before = r->kind == ROW_ITEM ? r : before;
			}
		}
	}
	walk_keys(f, kind, ": s o r t Enter");
	assert_int_equal(f->app.places[v].sort, 0);
}

/* Another size and back: the same frame as before. */
static void walk_resize(struct fixture *f, enum fixture_kind kind)
{
	int cols = f->app.grid.cols, rows = f->app.grid.rows;
	walk_keys(f, kind, "Home");
	char *before = fixture_text(f);
	app_resize(&f->app, 33, 9);
	app_frame(&f->app);
	walk_see(f, kind, "shrinking");
	app_resize(&f->app, cols, rows);
	fixture_keys(f, "Home");
	char *after = fixture_text(f);
	assert_string_equal(after, before);
	free(before);
	free(after);
}

/* Into the row and back. */
static void walk_drill(struct fixture *f, enum fixture_kind kind)
{
	enum view_id was = f->app.view, to = view_get(was)->enter;
	const struct trow *r = app_row(&f->app);
	if (kind != FIXTURE_HOSTILE && r && to != was) {
		walk_keys(f, kind, "Enter");
		if (f->app.dialog) { /* one pod that waits alone is described */
			assert_int_equal(was, VIEW_PENDING);
			walk_keys(f, kind, "PgDn");
			walk_keys(f, kind, "Esc");
			walk_keys(f, kind, "3");
			to = VIEW_NODES;
		}
		assert_int_equal(f->app.view, to);
		walk_keys(f, kind, "Down");
		walk_keys(f, kind, "[");
		assert_int_equal(f->app.view, was);
	}
	static const char *const words[] = { "d settle", "y settle" };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		walk_keys(f, kind, words[i]);
		if (f->app.dialog) {
			walk_keys(f, kind, "PgDn");
			walk_keys(f, kind, "/ e Enter");
			walk_keys(f, kind, "Esc");
		}
		if (f->app.dialog) { /* the first Esc ended the search */
			walk_keys(f, kind, "Esc");
		}
		assert_null(f->app.dialog);
	}
}

/* Esc ends something; else it would go back to the view before. */
static bool is_inside(const struct app *a)
{
	const struct app_place *p = &a->places[a->view];
	return a->dialog || a->prompt_kind || p->marks.n > 0 || !str_empty(p->filter);
}

static void walk(enum fixture_kind kind, int cols, int rows, bool ascii)
{
	struct fixture f;
	for (int v = 0; v < VIEW__COUNT; v++) {
		fixture_init(&f, kind, cols, rows, ascii);
		fixture_keys(&f, ways[v]);
		/* Where nothing is, there is nothing to go into. */
		if ((int)f.app.view != v) {
			assert_true(kind == FIXTURE_EMPTY || kind == FIXTURE_HOSTILE);
			app_show(&f.app, (enum view_id)v, NULL);
			fixture_keys(&f, "settle");
		}
		walk_see(&f, kind, ways[v]);
		for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
			if (!str_eq(steps[i], "Esc") || is_inside(&f.app)) {
				walk_keys(&f, kind, steps[i]);
			}
		}
		assert_int_equal(f.app.view, v);
		assert_null(f.app.dialog);
		walk_sort(&f, kind);
		walk_resize(&f, kind);
		walk_drill(&f, kind);
		fixture_release(&f);
	}
}

static void test_walk(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 120, 40 }, { 200, 60 } };
	enum fixture_kind kind = (enum fixture_kind)(uintptr_t)*state;
	bool rich = kind == FIXTURE_FULL || kind == FIXTURE_HOSTILE || kind == FIXTURE_EDITED ||
		kind == FIXTURE_ROLLING;
	unsigned long before = lint_seen();
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		if (rich || i == kind % 3) {
			walk(kind, sizes[i][0], sizes[i][1], false);
		}
	}
	if (rich) {
		walk(kind, 80, 24, true);
	}
	assert_true(kind == FIXTURE_EMPTY || lint_seen() > before + 10000);
}

/* ---- sizes at random ------------------------------------------------------------------------ */

static uint32_t seed = 20251122;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

/* Some size between 20x5 and 250x80, as a window that is dragged takes it: often a small step. */
static void random_size(struct fixture *f)
{
	int cols = f->app.grid.cols, rows = f->app.grid.rows;
	bool drag = dice(2) == 0;
	cols = drag ? cols + (int)dice(11) - 5 : 20 + (int)dice(231);
	rows = drag ? rows + (int)dice(5) - 2 : 5 + (int)dice(76);
	app_resize(&f->app, cols < 20 ? 20 : cols > 250 ? 250 : cols,
		rows < 5 ? 5 : rows > 80 ? 80 : rows);
}

static void test_resizing(void **state)
{
	static const char *const keys[] = { "Down", "Up", "PgDn", "PgUp", "Home", "End", "C-w", "d",
		"Esc", "?", "Esc", "Space", "/", "Esc", "e", "Esc", "w", "Esc", "R", "Esc", ":",
		"Esc", "O", "Esc" };
	static const enum fixture_kind worlds[] = { FIXTURE_FULL, FIXTURE_HOSTILE, FIXTURE_EDITED,
		FIXTURE_ROLLING, FIXTURE_EMPTY };
	const char *seconds = getenv("WALK_SECONDS");
	time_t end = time(NULL) + (seconds ? strtol(seconds, NULL, 10) : 0);
	for (int round = 0; round < 5 || (seconds && time(NULL) < end); round++) {
		enum fixture_kind kind = worlds[round % 5];
		struct fixture f;
		fixture_init(&f, kind, 80, 24, round / 5 % 2);
		for (int i = 0; i < 400; i++) {
			random_size(&f);
			if (dice(4) == 0 && !f.app.dialog && !f.app.prompt_kind) {
				app_show(&f.app, (enum view_id)dice(VIEW__COUNT), NULL);
			}
			walk_keys(&f, kind, keys[dice(sizeof(keys) / sizeof(keys[0]))]);
		}
		fixture_keys(&f, "settle");
		fixture_release(&f);
	}
}

int main(void)
{
	struct CMUnitTest tests[FIXTURE__COUNT + 1];
	size_t n = 0;
	for (int i = 0; i < FIXTURE__COUNT; i++) {
		if (kinds[i]) {
			tests[n++] = (struct CMUnitTest){ .name = kinds[i], .test_func = test_walk,
				.initial_state = (void *)(uintptr_t)i };
		}
	}
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_resizing);
	return _cmocka_run_group_tests("tests", tests, n, NULL, NULL);
}
