/* SPDX-License-Identifier: Apache-2.0 */
/* Child processes: output, input, exit, cancel, and programs that are not there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/io/child.h"

static struct clock clock_real;

struct seen {
	struct loop *loop;
	struct child *child;
	struct buf text;
	size_t raw;
	int exits, code;
	bool abandon_on_line;
};

static void on_line(void *ctx, const char *line, size_t n, bool err)
{
	struct seen *s = ctx;

	buf_addf(&s->text, "%s%.*s|", err ? "!" : "", (int)n, line);
	if (s->abandon_on_line)
		child_abandon(s->child);
}

static void on_raw(void *ctx, const char *p, size_t n, bool err)
{
	((struct seen *)ctx)->raw += n;
}

static void on_child_exit(void *ctx, int code)
{
	struct seen *s = ctx;

	s->exits++;
	s->code = code;
}

static bool has_exited(void *ctx)
{
	return ((struct seen *)ctx)->exits > 0;
}

static struct child_spec shell(struct seen *s, const char **argv, const char *script)
{
	argv[0] = "sh";
	argv[1] = "-c";
	argv[2] = script;
	argv[3] = NULL;
	return (struct child_spec){
		.argv = argv, .on_line = on_line, .on_raw = on_raw, .on_exit = on_child_exit,
		.ctx = s,
	};
}

static void start(struct seen *s, const struct child_spec *spec)
{
	struct err e = ERR_INIT;

	*s = (struct seen){ .loop = loop_new(&clock_real), .abandon_on_line = s->abandon_on_line };
	s->child = child_start(s->loop, spec, &e);
	if (!s->child)
		fail_msg("%s", e.text);
}

static void run(struct seen *s, const struct child_spec *spec)
{
	start(s, spec);
	assert_true(loop_run_until(s->loop, has_exited, s, 20000));
	loop_turn(s->loop, 0);
	assert_int_equal(s->exits, 1);
}

static void end(struct seen *s)
{
	loop_free(s->loop);
	buf_release(&s->text);
}

static void test_output(void **state)
{
	struct seen s = { .exits = 0 };
	const char *argv[4];
	struct child_spec spec = shell(&s, argv, "printf 'one\\r\\ntwo\\n\\nlast'; exit 7");

	run(&s, &spec);
	assert_string_equal(s.text.data, "one|two||last|");
	assert_int_equal(s.code, 7);
	assert_int_equal(s.raw, 14);
	end(&s);
	spec = shell(&s, argv, "echo bad >&2; kill -TERM $$");
	run(&s, &spec);
	assert_string_equal(s.text.data, "!bad|");
	assert_int_equal(s.code, -SIGTERM);
	end(&s);
}

static void test_environment(void **state)
{
	static const char *const add[] = { "ADDED=yes", "REMOVED", "CHANGED=new", NULL };
	struct seen s = { .exits = 0 };
	const char *argv[4];
	struct child_spec spec = shell(&s, argv, "echo $ADDED,$REMOVED,$CHANGED; pwd; cat; "
		"trap - PIPE; kill -PIPE $$; echo ignored");

	setenv("REMOVED", "there", 1);
	setenv("CHANGED", "old", 1);
	spec.env_add = add;
	spec.cwd = "/";
	run(&s, &spec);
	assert_string_equal(s.text.data, "yes,,new|/|");
	/* Ignored here, but not for the child. */
	assert_int_equal(s.code, -SIGPIPE);
	end(&s);
}

static void test_input(void **state)
{
	struct seen s = { .exits = 0 };
	const char *argv[4];
	struct child_spec spec = shell(&s, argv, "wc -c");
	struct buf big = BUF_INIT;
	int i;

	for (i = 0; i < 300000; i++)
		buf_addc(&big, 'x');
	spec.stdin_text = big.data;
	run(&s, &spec);
	assert_non_null(strstr(s.text.data, "300000|"));
	end(&s);
	spec = shell(&s, argv, "exit 3");
	spec.stdin_text = big.data;
	run(&s, &spec);
	assert_int_equal(s.code, 3);
	end(&s);
	spec = shell(&s, argv, "cat; echo done");
	spec.stdin_text = "";
	run(&s, &spec);
	assert_string_equal(s.text.data, "done|");
	end(&s);
	buf_release(&big);
}

static void test_long_lines(void **state)
{
	struct seen s = { .exits = 0 };
	const char *argv[4];
	struct child_spec spec = shell(&s, argv,
		"head -c 150000 /dev/zero | tr '\\0' x; echo; echo y");

	run(&s, &spec);
	/* Three pieces, and the line after them. */
	assert_int_equal(s.text.len, 150000 + 3 + 2);
	assert_int_equal(s.text.data[65536], '|');
	assert_int_equal(s.text.data[2 * 65536 + 1], '|');
	end(&s);
}

static void test_missing(void **state)
{
	const char *argv[] = { "no-such-program-here", NULL };
	struct child_spec spec = { .argv = argv };
	struct loop *l = loop_new(&clock_real);
	struct err e = ERR_INIT;
	char *where = child_which("sh");

	assert_null(child_start(l, &spec, &e));
	assert_int_equal(e.kind, ERR_NOT_FOUND);
	assert_non_null(strstr(e.text, "no-such-program-here"));
	err_clear(&e);
	argv[0] = "sh";
	spec.cwd = "/no/such/folder";
	assert_null(child_start(l, &spec, &e));
	assert_non_null(strstr(e.text, "/no/such/folder"));
	assert_non_null(where);
	assert_int_equal(where[0], '/');
	assert_null(child_which("no-such-program-here"));
	assert_null(child_which("/etc/passwd"));
	free(where);
	loop_free(l);
}

static void test_grandchild_holds_output(void **state)
{
	struct seen s = { .exits = 0 };
	const char *argv[4];
	struct child_spec spec = shell(&s, argv, "sleep 30 & printf partial; exit 5");
	int64_t from = clock_mono(&clock_real);
	pid_t pid;

	start(&s, &spec);
	pid = child_pid(s.child);
	assert_true(loop_run_until(s.loop, has_exited, &s, 20000));
	from = clock_mono(&clock_real) - from;
	assert_int_equal(s.code, 5);
	assert_string_equal(s.text.data, "partial|");
	assert_true(from >= 1900 && from < 15000);
	kill(-pid, SIGKILL);
	end(&s);
}

static bool group_is_gone(void *ctx)
{
	return kill(-*(pid_t *)ctx, 0) < 0 && errno == ESRCH;
}

static void test_abandon(void **state)
{
	struct seen s = { .abandon_on_line = true };
	const char *argv[4];
	/* Deaf to SIGTERM, with a child of its own. */
	struct child_spec spec = shell(&s, argv,
		"trap '' TERM; sleep 30 & echo up; echo more; wait");
	pid_t pid;

	start(&s, &spec);
	pid = child_pid(s.child);
	assert_true(loop_run_until(s.loop, group_is_gone, &pid, 20000));
	assert_string_equal(s.text.data, "up|");
	assert_int_equal(s.exits, 0);
	end(&s);
}

static void test_kill(void **state)
{
	struct seen s = { .exits = 0 };
	const char *argv[4];
	struct child_spec spec = shell(&s, argv, "sleep 30 & sleep 30");

	start(&s, &spec);
	child_kill(s.child, SIGKILL);
	assert_true(loop_run_until(s.loop, has_exited, &s, 20000));
	assert_int_equal(s.code, -SIGKILL);
	end(&s);
}

static void test_loop_free_ends_child(void **state)
{
	struct seen s = { .exits = 0 };
	const char *argv[4];
	struct child_spec spec = shell(&s, argv, "sleep 30");
	int tries = 0;
	pid_t pid;

	start(&s, &spec);
	pid = child_pid(s.child);
	end(&s);
	while (!group_is_gone(&pid) && tries++ < 1000) {
		/* What a parent that goes on living would do. */
		waitpid(pid, NULL, WNOHANG);
		usleep(5000);
	}
	assert_true(tries < 1000);
	assert_int_equal(s.exits, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output), cmocka_unit_test(test_environment),
		cmocka_unit_test(test_input), cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_missing), cmocka_unit_test(test_grandchild_holds_output),
		cmocka_unit_test(test_abandon), cmocka_unit_test(test_kill),
		cmocka_unit_test(test_loop_free_ends_child),
	};

	clock_system(&clock_real, 1.0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
