/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kubeconfig's command that asks on the terminal: it gets the real one, the screen is put aside
 * meanwhile and painted anew after.  And contexts, changed without a start anew.  Against the
 * lab, on a pseudo-terminal.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/xalloc.h"
#include "tests/tui/pty.h"

static char log_path[64];

/* kopscope twice when again is not NULL, in the shell of one lab. */
static struct pty *lend_start(const char *mode, const char *args, const char *again)
{
	const char *builddir = getenv("builddir"), *srcdir = getenv("srcdir");
	char *program = xasprintf("%s/kopscope", builddir ? builddir : ".");
	char *shell = xasprintf("%s/tests/tui/lend.sh", srcdir ? srcdir : ".");
	const char *argv[] = { program, "lab", "--speed", "60", "--shell", NULL };
	snprintf(log_path, sizeof(log_path), "/tmp/kopscope-t-lend-%ld", (long)getpid());
	unlink(log_path);
	setenv("SHELL", shell, 1);
	setenv("LEND_PROGRAM", program, 1);
	setenv("LEND_LOG", log_path, 1);
	setenv("LEND_MODE", mode, 1);
	setenv("LEND_ARGS", args, 1);
	setenv("LEND_AGAIN", again ? again : "", 1);
	struct pty *p = pty_start(argv, 80, 24);
	free(program);
	free(shell);
	return p;
}

static void lend_end(struct pty *p)
{
	assert_int_equal(pty_end(p), 0);
	pty_free(p);
	unlink(log_path);
}

static int log_count(const char *word)
{
	struct buf b;
	int n = 0;
	buf_init(&b, 1 << 16);
	if (file_read(log_path, &b, NULL)) {
		for (const char *p = buf_str(&b); (p = strstr(p, word)) != NULL; p++) {
			n++;
		}
	}
	buf_release(&b);
	return n;
}

static int output_count(const struct pty *p, const char *word)
{
	int n = 0;
	for (const char *s = pty_output(p); (s = strstr(s, word)) != NULL; s++) {
		n++;
	}
	return n;
}

static void test_one_shot(void **state)
{
	struct pty *p = lend_start("Always", "get nodes", "get nodes");
	assert_true(pty_wait(p, "password please:"));
	pty_send(p, "open\r");
	assert_true(pty_wait(p, "wrong, go away"));
	assert_true(pty_wait(p, "login ended with 3"));
	assert_true(pty_wait(p, "kopscope ended with 1"));
	/* Not asked again within the same command, but by the next one. */
	assert_true(pty_wait_count(p, "password please:", 2));
	assert_int_equal(log_count("interactive is true"), 2);
	pty_send(p, "sesame\r");
	assert_true(pty_wait(p, "kopscope ended with 0"));
	assert_true(pty_wait_count(p, "t3.medium", 3));
	assert_int_equal(log_count("interactive is true"), 2);
	lend_end(p);
}

static int asked(const struct pty *p)
{
	return output_count(p, "password please: ");
}

struct times {
	const struct pty *p;
	int n;
};

static bool is_asked(const char *screen, void *ctx)
{
	const struct times *t = ctx;
	return asked(t->p) > t->n;
}

/* Ctrl-R; what was on the terminal before shows as well, so the new question is counted. */
static void ask_again(struct pty *p)
{
	struct times t = { p, asked(p) };
	pty_send(p, "\x12");
	assert_true(pty_until(p, "another question", is_asked, &t));
}

static void test_screen(void **state)
{
	struct pty *p = lend_start("Always", "", NULL);
	assert_true(pty_wait(p, "login, for access to the Kubernetes API:"));
	assert_true(pty_wait(p, "password please:"));
	/* Keys are the command's, q among them; a new size is learnt when the screen is back. */
	pty_resize(p, 100, 30);
	pty_send(p, "qqq\r");
	assert_true(pty_wait(p, "login ended with 3"));
	assert_true(pty_wait_gone(p, "password please:"));
	assert_int_equal(log_count("interactive is true"), 1);
	/* Ctrl-R: asked again. */
	ask_again(p);
	/* Ctrl-C and Ctrl-Z end the command, not the screen. */
	pty_send(p, "\x03");
	assert_true(pty_wait(p, "was ended by a signal (Interrupt)"));
	ask_again(p);
	pty_send(p, "\x1a");
	assert_true(pty_wait(p, "was ended by a signal (Terminated)"));
	assert_int_equal(log_count("interactive is true"), 3);
	ask_again(p);
	pty_send(p, "sesame\r");
	assert_true(pty_wait_count(p, "t3.medium", 3));
	assert_true(pty_wait(p, "k8s \xe2\x97\x8f live"));
	/* The screen was left and entered as often as the terminal was lent, and at its start. */
	assert_int_equal(output_count(p, "\033[?1049h"), 5);
	pty_send(p, "?");
	assert_true(pty_wait(p, "Keys and commands"));
	pty_send(p, "\033q");
	assert_true(pty_wait(p, "kopscope ended with 0"));
	lend_end(p);
}

/* The first time with the terminal; what failed there is tried without. */
static void test_if_available(void **state)
{
	struct pty *p = lend_start("IfAvailable", "get nodes", NULL);
	assert_true(pty_wait(p, "password please:"));
	pty_send(p, "sesame\r");
	assert_true(pty_wait_count(p, "t3.medium", 3));
	assert_true(pty_wait(p, "kopscope ended with 0"));
	assert_int_equal(log_count("interactive is true"), 1);
	assert_int_equal(log_count("interactive is false"), 0);
	lend_end(p);
}

static void test_never(void **state)
{
	struct pty *p = lend_start("Never", "get nodes", NULL);
	assert_true(pty_wait(p, "login ended with 4: nobody"));
	assert_true(pty_wait(p, "kopscope ended with 1"));
	assert_int_equal(log_count("interactive is true"), 0);
	lend_end(p);
}

/* Its end by a signal while somebody else has the terminal leaves that in order. */
static void test_ended(void **state)
{
	setenv("LEND_KILL", "yes", 1);
	struct pty *p = lend_start("Always", "", NULL);
	assert_true(pty_wait(p, "kopscope ended with 0"));
	assert_true(output_count(p, "\033[?1049h") <= output_count(p, "\033[?1049l"));
	lend_end(p);
	unsetenv("LEND_KILL");
}

/* The window is closed while the command has the terminal: neither stays behind. */
static void test_closed(void **state)
{
	struct pty *p = lend_start("Always", "", NULL);
	struct buf b;
	assert_true(pty_wait(p, "password please:"));
	buf_init(&b, 1 << 16);
	assert_true(file_read(log_path, &b, NULL));
	const char *pid = strstr(buf_str(&b), " for ");
	assert_non_null(pid);
	pid_t screen = (pid_t)strtol(pid + 5, NULL, 10);
	assert_int_equal(kill(screen, 0), 0);
	pty_free(p);
	for (int i = 0; i < PTY_DEADLINE_MS / 10 && kill(screen, 0) == 0; i++) {
		usleep(10000);
	}
	assert_int_equal(kill(screen, 0), -1);
	buf_release(&b);
	unlink(log_path);
}

/* From no context of the cluster to one that kops writes, by way of another, in one session. */
static void test_contexts(void **state)
{
	struct pty *p = lend_start("contexts", "", NULL);
	assert_true(pty_wait(p, "no context of mate-technology.app in the kubeconfig (current: home)"));
	assert_true(pty_wait(p, "kops export kubeconfig mate-technology.app --admin --state s3://"));
	assert_true(pty_wait(p, ":context shows"));
	pty_send(p, ":context sp\t");
	assert_true(pty_wait(p, ":context spare"));
	pty_send(p, "\r");
	assert_true(pty_wait(p, "context spare: https://"));
	assert_true(pty_wait_count(p, "t3.medium", 3));
	assert_true(pty_wait(p, "k8s \xe2\x97\x8f live"));
	pty_send(p, ":context nowhere\r");
	assert_true(pty_wait(p, "there is no context \"nowhere\""));
	assert_true(pty_wait(p, "k8s \xe2\x97\x8f live")); /* it stays where it was */
	/* To one where nothing answers: nothing of the former stays. */
	pty_send(p, ":context home\r");
	assert_true(pty_wait(p, "k8s \xe2\x97\x8f network"));
	assert_true(pty_wait_gone(p, "17 pods = "));
	pty_send(p, ":context\r");
	assert_true(pty_wait(p, "in use, https://127.0.0.1:1"));
	assert_true(pty_wait(p, "No context is named after the cluster.  x: kops writes it:"));
	assert_true(pty_wait(p, "kops export kubeconfig mate-technology.app --state s3://"));
	pty_send(p, "x");
	assert_true(pty_wait(p, "y: run it"));
	pty_send(p, "\033");
	assert_true(pty_wait_gone(p, "y: run it"));
	pty_send(p, "xy");
	assert_true(pty_wait(p, "kops wrote the context; Kubernetes: https://"));
	assert_true(pty_wait(p, "k8s \xe2\x97\x8f live"));
	assert_true(pty_wait_count(p, "t3.medium", 3));
	pty_send(p, ":context\r");
	assert_true(pty_wait(p, "writes the cluster's context anew"));
	pty_send(p, "\033OB\r"); /* the second: spare */
	assert_true(pty_wait(p, "context spare: https://"));
	assert_true(pty_wait_count(p, "t3.medium", 3));
	pty_send(p, "q");
	assert_true(pty_wait(p, "kopscope ended with 0"));
	lend_end(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_shot),
		cmocka_unit_test(test_screen),
		cmocka_unit_test(test_if_available),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_contexts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
