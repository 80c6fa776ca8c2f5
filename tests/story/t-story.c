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

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/strs.h"
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

/* ---- the cast ---- */

/* As pty_wait_count() would see it on that screen. */
static bool cast_shows(struct pty *p, const char *mark)
{
	char *screen = pty_text(p), *rest;
	long want = strtol(mark, &rest, 10), n = 0;
	for (const char *s = strstr(screen, rest + 1); s; s = strstr(s + 1, rest + 1)) {
		n++;
	}
	bool seen = want == 0 ? n == 0 : n >= want;
	if (!seen) {
		fprintf(stderr, "# not in the cast: %s\n%s", mark, screen);
	}
	free(screen);
	return seen;
}

/* One event, shown; what was typed and seen goes to steps. */
static void cast_event(struct pty *p, const json_t *event, struct buf *steps)
{
	const char *kind = json_string_value(json_array_get(event, 1));
	const char *text = json_string_value(json_array_get(event, 2));
	assert_non_null(kind);
	assert_non_null(text);
	if (kind[0] == 'o') {
		pty_feed(p, text, strlen(text));
	} else {
		buf_addf(steps, "%s %s\n", kind, text);
	}
	if (kind[0] == 'm') {
		assert_true(cast_shows(p, text));
	}
}

/* screenshots/story.cast has the keys of this test and shows what it waits for. */
static void cast_compare(const char *live)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/screenshots/story.cast", srcdir ? srcdir : ".");
	struct buf cast = BUF_INIT, steps = BUF_INIT;
	struct pty *p = pty_replay(80, 24);
	struct err e = ERR_INIT;
	assert_true(file_read(path, &cast, &e));
	const char *line = buf_str(&cast);
	for (line += strcspn(line, "\n") + 1; *line; line += strcspn(line, "\n") + 1) {
		json_t *event = json_parse(line, strcspn(line, "\n"), &e);
		assert_non_null(event);
		cast_event(p, event, &steps);
		json_decref(event);
	}
	/* make cast, where the story goes another way now. */
	assert_string_equal(buf_str(&steps), live);
	pty_free(p);
	buf_release(&steps);
	buf_release(&cast);
	free(path);
}

static bool recording;

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
	if (!recording) {
		cast_compare(pty_steps(p));
	}
}

static int story_teardown(void **state)
{
	if (*state) {
		pty_free(*state);
	}
	return 0;
}

/* --record: it is for a new cast, the old one is not compared. */
int main(int argc, char **argv)
{
	recording = argc > 1 && str_eq(argv[1], "--record");
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_story, story_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
