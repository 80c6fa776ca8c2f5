/* SPDX-License-Identifier: Apache-2.0 */
/* Tables: filter, sort, and how columns share the width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/screen/print.h"
#include "tui/screen/screen.h"
#include "tui/screen/table.h"

static const struct column columns[] = {
	{ .id = "name", .title = "NAME", .width = 6, .grow = 1, .flags = COLUMN_MIDDLE },
	{ .id = "pods", .title = "PODS", .width = 4, .flags = COLUMN_RIGHT },
	{ .id = "use", .title = "USE", .width = 10 },
	{ .id = "note", .title = "NOTE", .flags = COLUMN_WIDE },
	{ .id = "data", .title = "DATA", .flags = COLUMN_DATA },
};
enum { NCOLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void table_fill(struct table *t)
{
	static const struct {
		const char *name;
		int pods;
	} rows[] = { { "node-10", 3 }, { "node-2", 17 }, { "Node-1", 3 } };
	table_init(t, columns, NCOLUMNS);
	table_span(t, 0, STYLE_NORMAL, "head");
	for (size_t i = 0; i < 3; i++) {
		struct trow *r = table_row(t, rows[i].name);
		table_text(t, r, 0, STYLE_NORMAL, rows[i].name);
		table_value(r, 1, CELL_NUMBER, STYLE_NORMAL, rows[i].pods, 0);
		table_value(r, 2, CELL_METER, STYLE_NORMAL, rows[i].pods, 17);
		table_text(t, r, 3, STYLE_NORMAL, NULL);
		table_text(t, r, 4, STYLE_NORMAL, "d");
		if (i == 1) {
			r->filter_extra = "hidden words";
		}
		table_span(t, 2, STYLE_NORMAL, "below %s", rows[i].name);
	}
}

/* The rows as "id" or "=span" words. */
static char *table_words(const struct table *t)
{
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < t->n; i++) {
		const struct trow *r = &t->rows[i];
		buf_addf(&b, "%s%s", i ? " " : "", r->kind == ROW_ITEM ? r->id : "=");
	}
	return buf_detach(&b);
}

static void assert_words(const struct table *t, const char *want)
{
	char *got = table_words(t);
	assert_string_equal(got, want);
	free(got);
}

static void test_filter(void **state)
{
	static const struct {
		const char *filter, *want;
	} cases[] = {
		{ NULL, "= node-10 = node-2 = Node-1 =" }, { "", "= node-10 = node-2 = Node-1 =" },
		{ "NODE-1", "= node-10 = Node-1 =" }, { "!node-1", "= node-2 =" },
		{ "pods:3", "= node-10 = Node-1 =" }, { "!pods:3", "= node-2 =" },
		{ "name:17", "=" }, { "17/17", "= node-2 =" }, { "hidden", "= node-2 =" },
		{ "nocolumn:3", "=" }, { "pods:", "= node-10 = node-2 = Node-1 =" }, { "!", "=" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table t;
		table_fill(&t);
		table_filter(&t, cases[i].filter);
		assert_words(&t, cases[i].want);
		table_release(&t);
	}
}

static void test_sort(void **state)
{
	struct table t;
	table_fill(&t);
	table_sort(&t, 0, false);
	assert_words(&t, "= Node-1 = node-2 = node-10 =");
	table_sort(&t, 1, true);
	assert_words(&t, "= node-2 = node-10 = Node-1 =");
	table_sort(&t, 1, false);
	assert_string_equal(t.rows[t.n - 1].span, "below node-2");
	table_release(&t);
	table_init(&t, columns, NCOLUMNS);
	table_sort(&t, 0, false);
	table_span(&t, 0, STYLE_NORMAL, "alone");
	table_sort(&t, 0, true);
	assert_words(&t, "=");
	table_release(&t);
}

static void test_cell_text(void **state)
{
	static const struct {
		struct tcell cell;
		const char *want;
	} cases[] = {
		{ { .kind = CELL_TEXT, .text = NULL }, "-" },
		{ { .kind = CELL_TEXT, .text = "" }, "" },
		{ { .kind = CELL_NUMBER, .value = -1 }, "-" },
		{ { .kind = CELL_NUMBER, .value = 7 }, "7" },
		{ { .kind = CELL_METER, .value = 17, .max = 17 }, "17/17" },
		{ { .kind = CELL_RATIO, .value = -1, .max = -1 }, "-" },
		{ { .kind = CELL_RATIO, .value = 2, .max = -1 }, "2/-" },
		{ { .kind = CELL_AGE, .value = 77000 }, "75s" },
		{ { .kind = CELL_AGE, .value = 77000, .max = 1 }, "77s" },
		{ { .kind = CELL_AGE, .value = -1 }, "-" },
	};
	struct buf b = BUF_INIT;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tcell_text(&cases[i].cell, &b);
		assert_string_equal(buf_str(&b), cases[i].want);
	}
	buf_release(&b);
}

static void test_layout(void **state)
{
	int widths[NCOLUMNS];
	struct table t;
	table_fill(&t);
	for (int cols = 20; cols < 200; cols++) {
		int used = 0;
		screen_layout(&t, cols, widths);
		for (size_t i = 0; i < NCOLUMNS; i++) {
			used += widths[i] > 0 ? widths[i] + 1 : 0;
		}
		assert_true(used <= cols);
		assert_int_equal(widths[4], 0); /* data never takes room */
	}
	assert_int_equal(widths[0], 7);
	assert_true(widths[3] > 0);
	screen_layout(&t, 30, widths);
	assert_int_equal(widths[3], 0);
	table_release(&t);
}

static void test_layout_brief(void **state)
{
	int widths[NCOLUMNS];
	struct table t;
	table_fill(&t);
	table_text(&t, &t.rows[1], 0, STYLE_NORMAL, "nodes-ap-northeast-2a.mate-technology.app");
	table_brief(&t, &t.rows[1], 0, "nodes-2a");
	screen_layout(&t, 80, widths);
	assert_int_equal(widths[0], 41);
	screen_layout(&t, 50, widths);
	assert_int_equal(widths[0], 8); /* the brief form, whole */
	table_release(&t);
}

static void test_print(void **state)
{
	struct table t;
	struct buf b = BUF_INIT;
	table_fill(&t);
	table_filter(&t, "node-2");
	print_table(&t, false, true, &b);
	assert_string_equal(buf_str(&b),
		"NAME     PODS   USE\nhead\nnode-2     17   17/17\n  below node-2\n");
	buf_clear(&b);
	print_table(&t, true, false, &b);
	assert_string_equal(buf_str(&b), "head\nnode-2   17   17/17   -   d\n  below node-2\n");
	buf_clear(&b);
	print_rows_json(&t, &b);
	assert_non_null(strstr(buf_str(&b), "\"pods\":17"));
	assert_non_null(strstr(buf_str(&b), "\"note\":null"));
	buf_release(&b);
	table_release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_cell_text),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_layout_brief),
		cmocka_unit_test(test_print),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
