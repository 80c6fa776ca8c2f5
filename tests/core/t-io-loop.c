/* SPDX-License-Identifier: Apache-2.0 */
/* The loop: timers, descriptors, signals, and removal from inside callbacks; the trace file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/io/loop.h"
#include "core/io/trace.h"

static struct clock clock_real;
static struct buf said = BUF_INIT;

static void say(void *ctx)
{
	buf_adds(&said, ctx);
}

static void *word(const char *s)
{
	return (void *)s;
}

static void expect_said(const char *text)
{
	assert_string_equal(buf_str(&said), text);
	buf_clear(&said);
}

static void test_timers_fake(void **state)
{
	struct clock_fake f = { .mono = 1000 };
	struct clock clock;
	struct loop *l;
	struct loop_timer *b;

	clock_fake(&clock, &f);
	l = loop_new(&clock);
	loop_timer_add(l, 30, say, word("c"));
	b = loop_timer_add(l, 20, say, word("b"));
	loop_timer_add(l, 10, say, word("a"));
	loop_timer_add(l, 10, say, word("A"));
	loop_timer_add(l, 0, say, word("0"));
	loop_turn(l, 0);
	expect_said("0");
	f.mono += 10;
	loop_turn(l, 0);
	expect_said("aA");
	loop_timer_remove(b);
	f.mono += 100;
	loop_turn(l, 0);
	expect_said("c");
	assert_int_equal(f.mono, 1110);
	loop_timer_add(l, 5, say, word("never"));
	loop_free(l);
	expect_said("");
}

static void test_timers_many(void **state)
{
	struct clock_fake f = { .mono = 0 };
	struct loop_timer *t[500];
	char names[500][8];
	struct clock clock;
	struct loop *l;
	int i, last = -1, n = 0;
	const char *p;

	clock_fake(&clock, &f);
	l = loop_new(&clock);
	for (i = 0; i < 500; i++) {
		int due = (i * 7919) % 500;

		snprintf(names[i], sizeof(names[i]), "%d ", due);
		t[i] = loop_timer_add(l, due, say, names[i]);
	}
	for (i = 0; i < 500; i += 3)
		loop_timer_remove(t[i]);
	f.mono = 1000;
	loop_turn(l, 0);
	for (p = said.data; *p; p = strchr(p, ' ') + 1) {
		int due = (int)strtol(p, NULL, 10);

		assert_true(due > last);
		last = due;
		n++;
	}
	assert_int_equal(n, 500 - 167);
	buf_clear(&said);
	loop_free(l);
}

static struct loop *loop_now;

static void again(void *ctx)
{
	int *n = ctx;

	(*n)++;
	loop_timer_add(loop_now, 0, again, n);
}

static void stop(void *ctx)
{
	loop_stop(loop_now, 42);
}

static void test_timer_zero_takes_turns(void **state)
{
	int n = 0;

	loop_now = loop_new(&clock_real);
	loop_timer_add(loop_now, 0, again, &n);
	loop_turn(loop_now, 0);
	assert_int_equal(n, 1);
	loop_turn(loop_now, 0);
	assert_int_equal(n, 2);
	loop_timer_add(loop_now, 20, stop, NULL);
	assert_int_equal(loop_run(loop_now), 42);
	assert_true(n > 3);
	loop_free(loop_now);
}

static void test_scaled_wait(void **state)
{
	struct clock fast;
	int64_t from;

	clock_system(&fast, 100.0);
	loop_now = loop_new(&fast);
	loop_timer_add(loop_now, 5000, stop, NULL);
	from = clock_mono(&clock_real);
	assert_int_equal(loop_run(loop_now), 42);
	from = clock_mono(&clock_real) - from;
	/* 5 s of the lab's time are 50 ms; generous for a busy machine. */
	assert_true(from >= 48 && from < 4000);
	loop_free(loop_now);
}

static bool never(void *ctx)
{
	return false;
}

static bool has_said(void *ctx)
{
	return said.len > 0;
}

static void test_run_until(void **state)
{
	struct loop *l = loop_new(&clock_real);

	assert_false(loop_run_until(l, never, NULL, 15));
	loop_timer_add(l, 5, say, word("x"));
	assert_true(loop_run_until(l, has_said, NULL, 5000));
	expect_said("x");
	assert_false(loop_run_until(l, never, NULL, 0));
	loop_free(l);
}

struct pipe_watch {
	int fd[2];
	struct loop_fd *watch, *other;
	int events;
};

static void on_pipe(void *ctx, int events)
{
	struct pipe_watch *w = ctx;
	char c[8];
	ssize_t n = read(w->fd[0], c, sizeof(c));

	w->events |= events;
	buf_add(&said, n > 0 ? c : "E", n > 0 ? (size_t)n : 1);
	loop_fd_remove(w->watch);
	w->watch = NULL;
	/* Ready in this very turn, yet never called. */
	loop_fd_remove(w->other);
	w->other = NULL;
}

static void test_fds(void **state)
{
	struct loop *l = loop_new(&clock_real);
	struct pipe_watch a = { .events = 0 }, b = { .events = 0 };

	assert_int_equal(pipe(a.fd), 0);
	assert_int_equal(pipe(b.fd), 0);
	a.watch = loop_fd_add(l, a.fd[0], LOOP_READ, on_pipe, &a);
	a.other = loop_fd_add(l, b.fd[0], LOOP_READ, on_pipe, &b);
	loop_turn(l, 0);
	expect_said("");
	assert_int_equal(write(a.fd[1], "x", 1), 1);
	assert_int_equal(write(b.fd[1], "y", 1), 1);
	loop_turn(l, 1000);
	expect_said("x");
	assert_int_equal(a.events, LOOP_READ);
	loop_turn(l, 0);
	expect_said("");
	/* The writer's end goes away. */
	close(a.fd[1]);
	a.watch = loop_fd_add(l, a.fd[0], LOOP_READ, on_pipe, &a);
	loop_turn(l, 1000);
	expect_said("E");
	/* The reader's end goes away: an error for who writes. */
	close(b.fd[0]);
	b.fd[0] = b.fd[1];
	b.watch = loop_fd_add(l, b.fd[1], LOOP_WRITE, on_pipe, &b);
	loop_turn(l, 1000);
	expect_said("E");
	assert_int_equal(b.events, LOOP_WRITE);
	close(a.fd[0]);
	close(b.fd[1]);
	loop_free(l);
}

static struct loop_signal *watches[2];

static void on_signal(void *ctx, int signum)
{
	buf_adds(&said, ctx);
	loop_signal_remove(watches[1]);
	watches[1] = NULL;
}

static void test_signals(void **state)
{
	struct loop *l = loop_new(&clock_real);
	struct sigaction before, after;

	sigaction(SIGUSR1, NULL, &before);
	watches[0] = loop_signal_add(l, SIGUSR1, on_signal, word("a"));
	watches[1] = loop_signal_add(l, SIGUSR1, on_signal, word("b"));
	raise(SIGUSR1);
	raise(SIGUSR1);
	expect_said("");
	loop_turn(l, 1000);
	expect_said("a");
	raise(SIGUSR1);
	loop_turn(l, 1000);
	expect_said("a");
	loop_turn(l, 0);
	expect_said("");
	loop_signal_remove(watches[0]);
	sigaction(SIGUSR1, NULL, &after);
	assert_ptr_equal(before.sa_handler, after.sa_handler);
	watches[0] = loop_signal_add(l, SIGUSR1, on_signal, word("a"));
	loop_free(l);
	sigaction(SIGUSR1, NULL, &after);
	assert_ptr_equal(before.sa_handler, after.sa_handler);
}

static void test_hooks(void **state)
{
	struct loop *l = loop_new(&clock_real);
	struct loop_hook *gone;

	loop_before_wait(l, say, word("1"));
	loop_before_wait(l, say, word("2"));
	loop_turn(l, 0);
	expect_said("12");
	loop_at_free(l, say, word("x"));
	gone = loop_at_free(l, say, word("never"));
	loop_at_free(l, say, word("y"));
	loop_at_free_remove(gone);
	loop_free(l);
	expect_said("yx");
}

static void test_trace(void **state)
{
	char path[] = "/tmp/kopscope-trace-XXXXXX";
	int fd = mkstemp(path);
	struct buf b = BUF_INIT;
	struct stat st;

	assert_true(fd >= 0);
	fchmod(fd, 0644);
	close(fd);
	setenv("KOPSCOPE_TRACE", "all,-k8s", 1);
	setenv("KOPSCOPE_TRACE_FILE", path, 1);
	trace_open_from_env();
	assert_true(trace_want(TRACE_HTTP));
	assert_false(trace_want(TRACE_K8S));
	trace_say(TRACE_HTTP, "esc %s end", "\033[2J\nx\\");
	trace_say(TRACE_K8S, "unseen");
	trace_close();
	trace_say(TRACE_HTTP, "unseen");
	assert_true(file_read(path, &b, NULL));
	assert_non_null(strstr(b.data, " http esc \\x1b[2J\\x0ax\\\\ end\n"));
	assert_null(strstr(b.data, "unseen"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	unsetenv("KOPSCOPE_TRACE_FILE");
	trace_open_from_env();
	assert_false(trace_want(TRACE_HTTP));
	unlink(path);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers_fake), cmocka_unit_test(test_timers_many),
		cmocka_unit_test(test_timer_zero_takes_turns), cmocka_unit_test(test_scaled_wait),
		cmocka_unit_test(test_run_until), cmocka_unit_test(test_fds),
		cmocka_unit_test(test_signals), cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_trace),
	};
	int failed;

	clock_system(&clock_real, 1.0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	buf_release(&said);
	return failed;
}
