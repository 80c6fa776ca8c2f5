/* SPDX-License-Identifier: Apache-2.0 */
/* The real screen on a pseudo-terminal: too small, resized, ended by a signal, put aside. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/xalloc.h"
#include "tests/tui/pty.h"

static struct pty *screen_start(const char *extra, int cols, int rows)
{
	const char *builddir = getenv("builddir"), *srcdir = getenv("srcdir");
	char *program = xasprintf("%s/kopscope", builddir ? builddir : ".");
	char *store = xasprintf("%s/tests/tui/store", srcdir ? srcdir : ".");
	const char *argv[] = { program, "--state", store, "--name", "small.example.org", extra,
		NULL };
	struct pty *p = pty_start(argv, cols, rows);
	free(program);
	free(store);
	return p;
}

/* The other screen was left, after it was entered for the last time. */
static void assert_restored(const struct pty *p)
{
	const char *left = NULL, *entered = NULL;
	for (const char *s = pty_output(p); (s = strstr(s, "\033[?1049")) != NULL; s++) {
		left = s[7] == 'l' ? s : left;
		entered = s[7] == 'h' ? s : entered;
	}
	assert_non_null(entered);
	assert_non_null(left);
	assert_true(left > entered);
}

static void test_too_small(void **state)
{
	static const int sizes[][2] = { { 59, 24 }, { 80, 14 }, { 20, 5 } };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char want[64];
		struct pty *p = screen_start(NULL, sizes[i][0], sizes[i][1]);
		assert_int_equal(pty_end(p), 2);
		snprintf(want, sizeof(want),
			"kopscope: the terminal is %dx%d; kopscope needs at least 60x15",
			sizes[i][0], sizes[i][1]);
		assert_non_null(strstr(pty_output(p), want));
		assert_null(strchr(pty_output(p), '\033')); /* it was never touched */
		pty_free(p);
	}
}

static void test_smallest(void **state)
{
	struct pty *p = screen_start(NULL, 60, 15);
	assert_true(pty_wait(p, "no kubeconfig"));
	pty_send(p, "2");
	assert_true(pty_wait(p, "workers"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	assert_restored(p);
	pty_free(p);
}

static void test_resize(void **state)
{
	static const int sizes[][2] = { { 120, 40 }, { 60, 15 }, { 200, 60 }, { 30, 6 },
		{ 80, 24 } };
	struct pty *p = screen_start(NULL, 80, 24);
	pty_send(p, "2");
	assert_true(pty_wait(p, "workers"));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		pty_resize(p, sizes[i][0], sizes[i][1]);
		assert_true(pty_wait(p, "small.example.org"));
	}
	assert_true(pty_wait(p, "q quit"));
	assert_true(pty_wait(p, "workers"));
	pty_send(p, ":");
	assert_true(pty_wait(p, "\n :"));
	pty_send(p, "quit\r");
	assert_int_equal(pty_end(p), 0);
	assert_restored(p);
	pty_free(p);
}

static void test_signals(void **state)
{
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT };
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		struct pty *p = screen_start("--ascii", 80, 24);
		assert_true(pty_wait(p, "q quit"));
		pty_signal(p, signals[i]);
		assert_int_equal(pty_end(p), 0);
		assert_restored(p);
		pty_free(p);
	}
	/* Death without warning: the bytes that matter are written all the same. */
	struct pty *p = screen_start("--ascii", 80, 24);
	assert_true(pty_wait(p, "q quit"));
	pty_signal(p, SIGSEGV);
	assert_int_equal(pty_end(p), -1);
	assert_restored(p);
	pty_free(p);
}

static void test_keys(void **state)
{
	struct pty *p = screen_start(NULL, 80, 24);
	assert_true(pty_wait(p, "q quit"));
	pty_send(p, "2");
	assert_true(pty_wait(p, "\xe2\x96\xb8" "control "));
	pty_send(p, "\033OB");
	assert_true(pty_wait(p, "\xe2\x96\xb8" "workers "));
	pty_send(p, "\033OA");
	assert_true(pty_wait(p, "\xe2\x96\xb8" "control "));
	pty_send(p, "\033[6~");
	assert_true(pty_wait(p, "\xe2\x96\xb8" "workers "));
	pty_send(p, "?");
	assert_true(pty_wait(p, "Keys and commands"));
	pty_send(p, "\033");
	assert_true(pty_wait_gone(p, "Keys and commands"));
	pty_send(p, "/wrok\x7f\x7f\x7forkers");
	assert_true(pty_wait(p, "/workers"));
	assert_true(pty_wait_gone(p, "control "));
	pty_send(p, "\x03"); /* Ctrl-C leaves the prompt, then the program */
	assert_true(pty_wait(p, "control "));
	pty_send(p, "\x03");
	assert_int_equal(pty_end(p), 0);
	assert_restored(p);
	pty_free(p);
}

/* An SGR sequence ("\033[0;38;5;81m") that sets a colour of so many: 8, 256; any: 0. */
static bool has_colour(const char *bytes, int of)
{
	for (const char *p = bytes; (p = strstr(p, "\033[")) != NULL;) {
		p += 2;
		size_t n = strspn(p, "0123456789;");
		bool many = false, few = false;
		for (const char *q = p; p[n] == 'm' && q < p + n; q += strcspn(q, ";m") + 1) {
			many |= strncmp(q, "38;5;", 5) == 0;
			few |= !many && q[0] == '3' && q[1] >= '0' && q[1] <= '7' && !strchr("0123456789", q[2]);
		}
		if ((many && of != 8) || (few && of != 256)) {
			return true;
		}
	}
	return false;
}

/* What a terminal can do, and what the user asked for, is what it gets; the row in hand shows. */
static void test_colours(void **state)
{
	static const struct {
		const char *term, *locale, *no_color;
		int colours;
		bool plain;
	} rows[] = {
		{ "xterm-256color", "C.UTF-8", NULL, 256, false },
		{ "xterm", "C.UTF-8", NULL, 8, false },
		{ "linux", "C.UTF-8", NULL, 8, false },
		{ "vt100", "C.UTF-8", NULL, 0, false },
		{ "xterm-256color", "C.UTF-8", "1", 0, false },
		{ "xterm-256color", "C", NULL, 256, true },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setenv("PTY_TERM", rows[i].term, 1);
		setenv("PTY_LC_ALL", rows[i].locale, 1);
		if (rows[i].no_color) {
			setenv("NO_COLOR", rows[i].no_color, 1);
		}
		struct pty *p = screen_start(NULL, 80, 24);
		unsetenv("PTY_TERM");
		unsetenv("PTY_LC_ALL");
		unsetenv("NO_COLOR");
		assert_true(pty_wait(p, "q quit"));
		pty_send(p, "2");
		assert_true(pty_wait(p, rows[i].plain ? ">control" : "\xe2\x96\xb8" "control"));
		pty_send(p, "q");
		assert_int_equal(pty_end(p), 0);
		assert_int_equal(has_colour(pty_output(p), rows[i].colours), rows[i].colours > 0);
		assert_false(rows[i].colours == 256 && has_colour(pty_output(p), 8));
		assert_false(rows[i].colours == 8 && has_colour(pty_output(p), 256));
		for (const char *c = pty_output(p); rows[i].plain && *c; c++) {
			assert_true((unsigned char)*c < 0x80);
		}
		pty_free(p);
	}
}

/* Asked for, the mouse speaks SGR: a heading sorts, the tabs answer; then it is let go. */
static void test_mouse(void **state)
{
	struct pty *p = screen_start(NULL, 200, 24);
	assert_true(pty_wait(p, "q quit"));
	assert_null(strstr(pty_output(p), "\033[?1006"));
	pty_send(p, ":mouse\r");
	assert_true(pty_wait(p, "mouse on"));
	assert_non_null(strstr(pty_output(p), "\033[?1006;1000h"));
	pty_send(p, "2");
	assert_true(pty_wait(p, "\xe2\x96\xb8" "control"));
	pty_send(p, "\033[<0;4;4M\033[<0;4;4m");
	assert_true(pty_wait(p, "GROUP\xe2\x96\xb4"));
	pty_send(p, "\033[<0;4;4M\033[<0;4;4m");
	assert_true(pty_wait(p, "GROUP\xe2\x96\xbe"));
	pty_send(p, "\033[<0;4;5M\033[<0;4;5m");
	assert_true(pty_wait(p, "\xe2\x96\xb8" "workers"));
	pty_send(p, "\033[<0;2;2M\033[<0;2;2m");
	assert_true(pty_wait(p, "KUBERNETES"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	assert_non_null(strstr(pty_output(p), "\033[?1006;1000l"));
	assert_restored(p);
	pty_free(p);
}

/* Cells stay where they are put while the screen is up; the terminal's own order comes back. */
static void test_order(void **state)
{
	struct pty *p = screen_start(NULL, 80, 24);
	assert_true(pty_wait(p, "q quit"));
	assert_non_null(strstr(pty_output(p), "\033[8l"));
	assert_null(strstr(pty_output(p), "\033[8h"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	assert_non_null(strstr(pty_output(p), "\033[8h"));
	pty_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_too_small),
		cmocka_unit_test(test_smallest),
		cmocka_unit_test(test_resize),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_mouse),
		cmocka_unit_test(test_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
