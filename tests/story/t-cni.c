/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A live edit of aws-node, typed by keys on a terminal of 80x24 against the lab: it says beforehand
 * that it is temporary, the DaemonSet rolls, the mark stays until kops wrote over it.
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
#define DELETE "\177"

static struct pty *cni_start(void)
{
	const char *builddir = getenv("builddir");
	char *program = xasprintf("%s/kopscope", builddir ? builddir : ".");
	/* not too fast: the rollout is to be seen */
	const char *argv[] = { program, "lab", "--lesson", "none", "--speed", "20",
		NULL };
	struct pty *p = pty_start(argv, 80, 24);
	free(program);
	return p;
}

static void cni_confirm(struct pty *p)
{
	assert_true(pty_wait(p, "Type the cluster's name to write:"));
	pty_send(p, CLUSTER);
	assert_true(pty_wait(p, "to write: " CLUSTER));
	pty_send(p, ENTER);
}

static void cni_see(struct pty *p)
{
	assert_true(pty_wait(p, CLUSTER "  ap-northeast-2  v1.34.2"));
	assert_true(pty_wait(p, "NODE "));
	pty_send(p, "2");
	assert_true(pty_wait(p, "GROUP "));
	pty_send(p, "n");
	assert_true(pty_wait(p, "VARIABLE"));
	assert_true(pty_wait(p, "3/3"));
	pty_send(p, DOWN);
	assert_true(pty_wait(p, ARROW "rollout"));
	pty_send(p, DOWN);
	assert_true(pty_wait(p, ARROW "ENABLE_PREFIX_DELEGATION"));
	pty_send(p, DOWN);
	assert_true(pty_wait(p, ARROW "WARM_PREFIX_TARGET"));
}

static void cni_edit_live(struct pty *p)
{
	pty_send(p, "t");
	assert_true(pty_wait(p, "TEMPORARY, in the DaemonSet"));
	pty_send(p, DELETE "3");
	assert_true(pty_wait(p, "[3 "));
	assert_true(pty_wait(p, "kops will overwrite this at the next update that touches"));
	pty_send(p, ENTER);
	assert_true(pty_wait(p, "+WARM_PREFIX_TARGET=3"));
	cni_confirm(p);
	assert_true(pty_wait(p, "rolling"));
	assert_true(pty_wait(p, "differs"));
	assert_true(pty_wait(p, "live is \"3\", kops makes it \"1\": kops will overwrite it"));
	assert_true(pty_wait_gone(p, "rolling"));
	assert_true(pty_wait(p, "3 of 3 updated, 3 ready"));
	assert_true(pty_wait(p, "differs"));
}

static void cni_edit_spec(struct pty *p)
{
	pty_send(p, "e");
	assert_true(pty_wait(p, "in the cluster's spec"));
	pty_send(p, "2");
	assert_true(pty_wait(p, "[2 "));
	pty_send(p, ENTER);
	assert_true(pty_wait(p, "- name: WARM_PREFIX_TARGET"));
	cni_confirm(p);
	assert_true(pty_wait(p, "written: " CLUSTER "/config"));
	assert_true(pty_wait(p, "not applied: the spec says \"2\", live is \"3\""));
}

static void cni_update(struct pty *p)
{
	pty_send(p, "u");
	assert_true(pty_wait(p, "y apply it"));
	pty_send(p, "y");
	assert_true(pty_wait(p, "Update of " CLUSTER));
	assert_true(pty_wait(p, "succeeded"));
	pty_send(p, ":cni" ENTER);
	assert_true(pty_wait(p, "VARIABLE"));
	assert_true(pty_wait_gone(p, "differs"));
	assert_true(pty_wait(p, "holds 2 by the spec"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
}

static void test_cni(void **state)
{
	struct pty *p = cni_start();
	*state = p;
	cni_see(p);
	cni_edit_live(p);
	cni_edit_spec(p);
	cni_update(p);
}

static int cni_teardown(void **state)
{
	if (*state) {
		pty_free(*state);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_cni, cni_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
