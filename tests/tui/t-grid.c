/* SPDX-License-Identifier: Apache-2.0 */
/* The grid: wide and combining characters, strangers' bytes, clipping, meters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/screen/grid.h"

static char *grid_row(const struct grid *g, int y)
{
	struct buf b = BUF_INIT;
	grid_text(g, &b);
	char *s = buf_detach(&b), *p = s;
	for (int i = 0; i < y; i++) {
		p = strchr(p, '\n') + 1;
	}
	p[strcspn(p, "\n")] = '\0';
	char *row = strdup(p);
	free(s);
	return row;
}

static void assert_row(const struct grid *g, int y, const char *want)
{
	char *got = grid_row(g, y);
	assert_string_equal(got, want);
	free(got);
}

/* Every wide cell has its right half, and no right half stands alone. */
static void assert_whole(const struct grid *g)
{
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			int w = grid_at(g, x, y)->width;
			if (w == 2) {
				assert_true(x + 1 < g->cols);
				assert_int_equal(grid_at(g, x + 1, y)->width, 0);
			} else if (w == 0) {
				assert_true(x > 0);
				assert_int_equal(grid_at(g, x - 1, y)->width, 2);
			}
		}
	}
}

static void test_put_clips(void **state)
{
	struct grid g;
	grid_init(&g, 10, 2, false);
	assert_int_equal(grid_put(&g, 0, 0, 100, 0, "0123456789abc"), 10);
	assert_row(&g, 0, "0123456789");
	assert_int_equal(grid_put(&g, 7, 1, 2, 0, "xyz"), 2);
	assert_row(&g, 1, "       xy");
	assert_int_equal(grid_put(&g, 10, 0, 5, 0, "a"), 0);
	assert_int_equal(grid_put(&g, 0, 2, 5, 0, "a"), 0);
	assert_int_equal(grid_put(&g, 0, -1, 5, 0, "a"), 0);
	assert_int_equal(grid_put(&g, 0, 0, 0, 0, "a"), 0);
	assert_int_equal(grid_put(&g, 0, 0, 5, 0, NULL), 0);
	assert_null(grid_at(&g, 10, 0));
	assert_null(grid_at(&g, 0, -1));
	grid_release(&g);
}

static void test_left_of_the_screen(void **state)
{
	struct grid g;
	grid_init(&g, 4, 1, false);
	grid_put(&g, -2, 0, 6, 0, "abcdef");
	grid_meter(&g, -2, 0, 4, 0, 1, 1);
	grid_mark(&g, -2, 0, 10, STYLE_SELECTED);
	grid_rule(&g, 7, 0);
	grid_put_right(&g, -3, 0, 5, 0, "ab");
	assert_whole(&g);
	grid_release(&g);
}

static void test_wide(void **state)
{
	struct grid g;
	grid_init(&g, 6, 3, false);
	assert_int_equal(grid_put(&g, 0, 0, 6, 0, "\xed\x95\x9c\xea\xb8\x80!"), 5);
	assert_row(&g, 0, "\xed\x95\x9c\xea\xb8\x80!");
	/* Half a character is never drawn. */
	assert_int_equal(grid_put(&g, 0, 1, 3, 0, "\xed\x95\x9c\xea\xb8\x80"), 2);
	assert_int_equal(grid_put(&g, 5, 1, 6, 0, "\xed\x95\x9c"), 0);
	assert_whole(&g);
	/* Written over its left or right half, the other half goes. */
	grid_put(&g, 1, 0, 1, 0, "x");
	assert_row(&g, 0, " x\xea\xb8\x80!");
	grid_put(&g, 2, 0, 1, 0, "y");
	assert_row(&g, 0, " xy !");
	grid_put(&g, 0, 2, 6, 0, "\xed\x95\x9c\xea\xb8\x80");
	grid_put(&g, 1, 2, 2, 0, "\xed\x95\x9c");
	assert_whole(&g);
	assert_row(&g, 2, " \xed\x95\x9c");
	grid_release(&g);
}

static void test_combining(void **state)
{
	struct grid g;
	char many[64] = "e";
	for (int i = 0; i < 20; i++) {
		strcat(many, "\xcc\x81");
	}
	grid_init(&g, 5, 2, false);
	assert_int_equal(grid_put(&g, 0, 0, 5, 0, "e\xcc\x81x"), 2);
	assert_string_equal(grid_at(&g, 0, 0)->text, "e\xcc\x81");
	assert_int_equal(grid_put(&g, 0, 1, 5, 0, many), 1);
	assert_true(strlen(grid_at(&g, 0, 1)->text) < sizeof(grid_at(&g, 0, 1)->text));
	/* A mark with nothing before it has nowhere to go. */
	assert_int_equal(grid_put(&g, 3, 1, 5, 0, "\xcc\x81" "a"), 1);
	assert_string_equal(grid_at(&g, 3, 1)->text, "a");
	grid_release(&g);
}

static void test_control_bytes(void **state)
{
	struct grid g;
	grid_init(&g, 40, 2, false);
	grid_put(&g, 0, 0, 40, 0, "a\033[2Jb\nc\td\x07\x7f\xe2\x80\xae" "e\xff");
	for (int x = 0; x < 40; x++) {
		for (const char *p = grid_at(&g, x, 0)->text; *p; p++) {
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
		}
	}
	assert_row(&g, 0,
		"a\xc2\xb7[2Jb\xc2\xb7"
		"c\xc2\xb7"
		"d\xc2\xb7\xc2\xb7\xc2\xb7"
		"e\xc2\xb7");
	grid_release(&g);
	grid_init(&g, 40, 2, true);
	grid_put(&g, 0, 0, 40, 0, "110 \xe2\x89\xa4 242 \xed\x95\x9c\033");
	grid_meter(&g, 0, 1, 4, 0, 1, 2);
	assert_row(&g, 0, "110 <= 242 ??");
	assert_row(&g, 1, "##..");
	grid_release(&g);
}

static int meter_filled(int64_t used, int64_t max)
{
	struct grid g;
	int n = 0;
	grid_init(&g, 12, 1, true);
	grid_meter(&g, 1, 0, 10, STYLE_WARN, used, max);
	assert_string_equal(grid_at(&g, 0, 0)->text, " ");
	assert_string_equal(grid_at(&g, 11, 0)->text, " ");
	for (int x = 1; x <= 10; x++) {
		n += grid_at(&g, x, 0)->text[0] == '#';
	}
	grid_release(&g);
	return n;
}

static void test_meter(void **state)
{
	assert_int_equal(meter_filled(0, 17), 0);
	assert_int_equal(meter_filled(1, 1000000), 1);   /* something is not nothing */
	assert_int_equal(meter_filled(999, 1000), 9);    /* nearly full is not full */
	assert_int_equal(meter_filled(17, 17), 10);
	assert_int_equal(meter_filled(20, 17), 10);
	assert_int_equal(meter_filled(5, 0), 0);
	assert_int_equal(meter_filled(5, -1), 0);
	assert_int_equal(meter_filled(-1, 17), 0);
	assert_int_equal(meter_filled(INT64_C(1) << 40, INT64_C(1) << 41), 5);
}

static void test_styles(void **state)
{
	struct grid g;
	struct buf b = BUF_INIT;
	grid_init(&g, 6, 2, false);
	grid_put(&g, 0, 0, 3, STYLE_WARN, "abc");
	grid_put(&g, 0, 1, 3, STYLE_ADDED, "abc");
	grid_mark(&g, 1, 0, 5, STYLE_SELECTED);
	grid_mark(&g, 1, 1, 1, STYLE_STALE);
	grid_mark(&g, 2, 1, 1, STYLE_SELECTED);
	grid_styles(&g, &b);
	assert_string_equal(buf_str(&b), "wWWSSS\n+~S...\n");
	buf_release(&b);
	for (int s = 0; s < STYLE__COUNT; s++) {
		assert_non_null(style_name((enum style)s));
		assert_true(style_look((enum style)s)->colour >= -1 &&
			style_look((enum style)s)->colour < 8);
	}
	grid_release(&g);
}

static void test_right(void **state)
{
	struct grid g;
	grid_init(&g, 8, 2, false);
	grid_put_right(&g, 1, 0, 5, 0, "ab");
	assert_row(&g, 0, "    ab");
	grid_put_right(&g, 1, 1, 3, 0, "abcdef");
	assert_row(&g, 1, " abc");
	grid_release(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put_clips),
		cmocka_unit_test(test_left_of_the_screen),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_combining),
		cmocka_unit_test(test_control_bytes),
		cmocka_unit_test(test_meter),
		cmocka_unit_test(test_styles),
		cmocka_unit_test(test_right),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
