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

#include "core/base/buf.h"
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

/* GNU screen hands a clipboard's sequence on in DCS strings; other terminals get it once. */
static void test_copy(void **state)
{
	static const char plain[] = "\033]52;c;Y29udHJvbA==\a";
	static const char wrapped[] = "\033]52;c;Y29udHJvbA==\a"
		"\033P\033]52;c;Y29udHJvbA==\a\033\\";
	static const char tmux[] = "\033]52;c;Y29udHJvbA==\a"
		"\033Ptmux;\033\033]52;c;Y29udHJvbA==\a\033\\";
	static const struct {
		const char *term, *variable, *want;
	} rows[] = {
		{ "xterm-256color", NULL, plain }, { "screen", NULL, wrapped },
		{ "screen-256color", NULL, wrapped }, { "xterm-256color", "STY", wrapped },
		{ "screen-256color", "TMUX", tmux }, { "xterm-256color", "TMUX", tmux },
	};
	unsetenv("TMUX");
	unsetenv("STY");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setenv("PTY_TERM", rows[i].term, 1);
		if (rows[i].variable) {
			setenv(rows[i].variable, "1.x", 1);
		}
		struct pty *p = screen_start(NULL, 80, 24);
		unsetenv("PTY_TERM");
		if (rows[i].variable) {
			unsetenv(rows[i].variable);
		}
		assert_true(pty_wait(p, "q quit"));
		pty_send(p, "2");
		assert_true(pty_wait(p, "\xe2\x96\xb8" "control"));
		pty_send(p, "\x19");
		assert_true(pty_wait(p, "copied"));
		pty_send(p, "q");
		assert_int_equal(pty_end(p), 0);
		const char *at = strstr(pty_output(p), "\033]52;");
		assert_non_null(at);
		assert_memory_equal(at, rows[i].want, strlen(rows[i].want));
		assert_null(strstr(at + strlen(rows[i].want), "]52;"));
		pty_free(p);
	}
}

/* Longer texts come in strings that screen takes, and are one sequence again when they are joined. */
static void test_copy_long(void **state)
{
	struct buf joined = BUF_INIT;
	setenv("PTY_TERM", "screen", 1);
	struct pty *p = screen_start(NULL, 80, 24);
	unsetenv("PTY_TERM");
	assert_true(pty_wait(p, "q quit"));
	pty_send(p, "2");
	assert_true(pty_wait(p, "\xe2\x96\xb8" "control"));
	pty_send(p, ":copy detail\r");
	assert_true(pty_wait(p, "copied"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	const char *first = strstr(pty_output(p), "\033]52;"), *s = strstr(first, "\033P");
	size_t n = (size_t)(s - first), strings = 0;
	while (strncmp(s, "\033P", 2) == 0) {
		const char *end = strstr(s, "\033\\");
		assert_non_null(end);
		assert_true(end - s <= 256);
		buf_add(&joined, s + 2, (size_t)(end - s - 2));
		s = end + 2;
		strings++;
	}
	assert_true(strings >= 1);
	assert_int_equal(joined.len, n);
	assert_memory_equal(buf_str(&joined), first, n);
	buf_release(&joined);
	pty_free(p);
}

/* ---- settings and what is kept -------------------------------------------------------------- */

/* A kubeconfig that is not there, or is none, and nothing else: the screen comes up, says what was
   looked for, where each came from and how to set it, and offers the lab. */
static void test_first_start(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 60, 15 } };
	static const char *const files[][2] = {
		{ "/nonexistent/kubeconfig", "KUBECONFIG names /nonexistent/kubeconfig" },
		{ "/", "from KUBECONFIG: kubeconfig /" },
	};
	const char *builddir = getenv("builddir");
	char *program = xasprintf("%s/kopscope", builddir ? builddir : ".");
	const char *argv[] = { program, NULL };
	for (size_t i = 0; i < 4; i++) {
		setenv("KUBECONFIG", files[i / 2][0], 1);
		struct pty *p = pty_start(argv, sizes[i % 2][0], sizes[i % 2][1]);
		unsetenv("KUBECONFIG");
		assert_true(pty_wait(p, "No state store and no cluster were found."));
		assert_true(pty_wait(p, "KOPS_STATE_STORE is not set"));
		assert_true(pty_wait(p, files[i / 2][1]));
		assert_true(pty_wait(p, "l  open the lab"));
		assert_true(pty_wait(p, "?  what to set"));
		pty_send(p, "?");
		assert_true(pty_wait(p, "KUBECONFIG"));
		pty_send(p, "\033q");
		assert_int_equal(pty_end(p), 0);
		assert_restored(p);
		pty_free(p);
	}
	/* What was typed just now is told at once. */
	const char *typed[] = { program, "--kubeconfig", "/nonexistent/kubeconfig", NULL };
	struct pty *p = pty_start(typed, 80, 24);
	assert_int_equal(pty_end(p), 2);
	assert_non_null(strstr(pty_output(p), "/nonexistent/kubeconfig"));
	assert_null(strchr(pty_output(p), '\033'));
	pty_free(p);
	free(program);
}

/* :columns holds at the next start, until :columns reset. */
static void test_columns(void **state)
{
	char state_home[] = "/tmp/kopscope-columns-XXXXXX";
	assert_non_null(mkdtemp(state_home));
	setenv("XDG_STATE_HOME", state_home, 1);
	for (int start = 0; start < 3; start++) {
		struct pty *p = screen_start(NULL, 80, 24);
		assert_true(pty_wait(p, "q quit"));
		pty_send(p, "2");
		assert_true(pty_wait(p, "\xe2\x96\xb8" "control"));
		assert_true(start == 1 ? pty_wait_gone(p, "ROLE") : pty_wait(p, "ROLE"));
		pty_send(p, start ? ":columns reset\r" : ":columns type,state\r");
		assert_true(start ? pty_wait(p, "ROLE") : pty_wait_gone(p, "ROLE"));
		assert_true(pty_wait(p, "kept; :columns reset"));
		pty_send(p, "q");
		assert_int_equal(pty_end(p), 0);
		pty_free(p);
	}
	unsetenv("XDG_STATE_HOME");
	char *columns = xasprintf("%s/kopscope/columns", state_home);
	char *ours = xasprintf("%s/kopscope", state_home);
	assert_int_equal(rmdir(columns), 0); /* reset leaves nothing behind */
	rmdir(ours);
	rmdir(state_home);
	free(columns);
	free(ours);
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
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_copy_long),
		cmocka_unit_test(test_first_start),
		cmocka_unit_test(test_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
