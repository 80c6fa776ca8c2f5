/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story, typed by keys on a terminal of 80x24 against the lab: see the full nodes, learn why
 * pods wait, raise the limit in place, update, roll, and run 110 replicas.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/xalloc.h"
#include "tests/tui/pty.h"

#define CLUSTER "mate-technology.app"
#define ARROW "\xe2\x96\xb8"
#define DOWN "\033OB" /* as a terminal in keypad mode sends it */
#define ENTER "\r"

static struct pty *story_start(void)
{
	const char *builddir = getenv("builddir");
	char *program = xasprintf("%s/kopscope", builddir ? builddir : ".");
	const char *argv[] = { program, "lab", "--lesson", "none", "--speed", "60",
		NULL };
	struct pty *p = pty_start(argv, 80, 24);
	free(program);
	return p;
}

/* 5, s, the number, Enter: and the answer is there. */
static void story_scale(struct pty *p, const char *replicas)
{
	char text[64];
	pty_send(p, "5");
	assert_true(pty_wait(p, "REPLICAS"));
	assert_true(pty_wait(p, ARROW "default     nginx-deployment"));
	pty_send(p, "s");
	assert_true(pty_wait(p, "Scale"));
	pty_send(p, replicas);
	snprintf(text, sizeof(text), "[%s]", replicas);
	assert_true(pty_wait(p, text));
	pty_send(p, ENTER);
	snprintf(text, sizeof(text), "default/nginx-deployment set to %s", replicas);
	assert_true(pty_wait(p, text));
}

static void story_see(struct pty *p)
{
	assert_true(pty_wait(p, CLUSTER "  ap-northeast-2  v1.34.2"));
	assert_true(pty_wait(p, "NODE "));
	assert_true(pty_wait_count(p, "t3.medium", 3));
	assert_true(pty_wait_count(p, "/17 ", 3));
	assert_true(pty_wait(p, "3 ENIs \xc3\x97 (6\xe2\x88\x92" "1) + 2"));
}

static void story_fill(struct pty *p)
{
	story_scale(p, "40");
	pty_send(p, "4");
	assert_true(pty_wait(p, ARROW "default/nginx-deployment   10"));
	assert_true(pty_wait(p, "every node it may use is full (17 of 17)"));
	assert_true(pty_wait(p, "2 Too many pods"));
	assert_true(pty_wait(p, "prefix delegation + maxPods 110"));
	pty_send(p, "3");
	assert_true(pty_wait_count(p, "17/17", 2));
	assert_true(pty_wait(p, "2 of 3 nodes are full and 10 pods wait"));
	/* What would go wrong is said before it can. */
	pty_send(p, "4");
	assert_true(pty_wait(p, "What would help"));
	pty_send(p, "a");
	assert_true(pty_wait(p, "do not roll yet"));
	assert_true(pty_wait(p, "first: scale nginx-deployment to"));
	pty_send(p, "\033");
	assert_true(pty_wait_gone(p, "do not roll yet"));
}

static void story_edit(struct pty *p)
{
	story_scale(p, "20");
	assert_true(pty_wait(p, "20/20"));
	pty_send(p, "3");
	assert_true(pty_wait(p, "NODE "));
	pty_send(p, "e");
	assert_true(pty_wait(p, ARROW " max pods, all nodes"));
	pty_send(p, "110");
	assert_true(pty_wait(p, "[110 "));
	pty_send(p, DOWN);
	assert_true(pty_wait(p, ARROW " max pods, control plane"));
	pty_send(p, DOWN);
	assert_true(pty_wait(p, ARROW " prefix delegation"));
	pty_send(p, " ");
	assert_true(pty_wait(p, "[on "));
	assert_true(pty_wait(p, "all 3 nodes are replaced"));
	pty_send(p, ENTER);
	assert_true(pty_wait(p, "+    maxPods: 110"));
	assert_true(pty_wait(p, "Type the cluster's name to write:"));
	pty_send(p, CLUSTER);
	assert_true(pty_wait(p, "to write: " CLUSTER));
	pty_send(p, ENTER);
	assert_true(pty_wait(p, "written: " CLUSTER "/config"));
}

static void story_update(struct pty *p)
{
	pty_send(p, "u");
	assert_true(pty_wait(p, "resources change"));
	assert_true(pty_wait(p, "modify LaunchTemplate"));
	pty_send(p, "y");
	assert_true(pty_wait(p, "Update of " CLUSTER));
	assert_true(pty_wait(p, "succeeded"));
	/* The CNI addon asks for all three, control plane included. */
	pty_send(p, "3");
	assert_true(pty_wait_count(p, "needs roll", 3));
}

static void story_roll(struct pty *p)
{
	pty_send(p, "R");
	assert_true(pty_wait(p, "3 instances to replace"));
	pty_send(p, CLUSTER);
	assert_true(pty_wait(p, "to roll: " CLUSTER));
	pty_send(p, ENTER);
	assert_true(pty_wait(p, "Roll of " CLUSTER " by native"));
	assert_true(pty_wait(p, "of 3 nodes"));
	assert_true(pty_wait(p, "3 of 3 nodes   succeeded"));
	assert_true(pty_wait_count(p, "17 \xe2\x86\x92 110", 3));
	pty_send(p, "3");
	assert_true(pty_wait_count(p, "/110 ", 3));
	assert_true(pty_wait_count(p, "prefix", 3));
}

static void story_end(struct pty *p)
{
	story_scale(p, "110");
	assert_true(pty_wait(p, "110/110"));
	assert_true(pty_wait(p, "complete"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
	/* The terminal is as it was: the other screen is left, last of all. */
	const char *left = NULL, *entered = NULL;
	for (const char *s = pty_output(p); (s = strstr(s, "\033[?1049")) != NULL; s++) {
		left = s[7] == 'l' ? s : left;
		entered = s[7] == 'h' ? s : entered;
	}
	assert_non_null(left);
	assert_true(left > entered);
	assert_true(strlen(left) < 64);
}

static void test_story(void **state)
{
	struct pty *p = story_start();
	*state = p;
	story_see(p);
	story_fill(p);
	story_edit(p);
	story_update(p);
	story_roll(p);
	story_end(p);
}

static int story_teardown(void **state)
{
	if (*state) {
		pty_free(*state);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_story, story_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
