/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the story begins, typed by keys on a terminal of 80x24 against the lab with nothing in it:
 * a cluster is created by the form, from an empty store to validated, and its files, records,
 * addons and CNI are there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/xalloc.h"
#include "tests/tui/pty.h"

#define CLUSTER "prod.mate-technology.app"
#define ARROW "\xe2\x96\xb8"
#define DOWN "\033OB" /* as a terminal in keypad mode sends it */
#define ENTER "\r"
#define CTRL_U "\025"
#define CTRL_Y "\031"

static struct pty *create_start(const char *option)
{
	const char *builddir = getenv("builddir");
	char *program = xasprintf("%s/kopscope", builddir ? builddir : ".");
	const char *argv[] = { program, "lab", "--speed", "60", "--scenario", "empty", option,
		NULL };
	struct pty *p = pty_start(argv, 80, 24);
	free(program);
	return p;
}

/* The field with this label is in hand after so many steps down. */
static void create_field(struct pty *p, int steps, const char *label, const char *text)
{
	char seen[64];
	for (int i = 0; i < steps; i++) {
		pty_send(p, DOWN);
	}
	snprintf(seen, sizeof(seen), ARROW " %s", label);
	assert_true(pty_wait(p, seen));
	if (text) {
		pty_send(p, CTRL_U);
		pty_send(p, text);
	}
}

static void create_open(struct pty *p)
{
	assert_true(pty_wait(p, "no cluster open"));
	pty_send(p, "1");
	assert_true(pty_wait(p, "The state store holds no cluster"));
	pty_send(p, "N");
	assert_true(pty_wait(p, ARROW " name"));
	/* The region's zones are known by then, and the world was asked. */
	assert_true(pty_wait(p, "--zones=ap-northeast-2a,ap-northeast-2b"));
	assert_true(pty_wait(p, "0 refused, 0 warn, 1 unknown, 13 ok"));
}

static void create_fill(struct pty *p)
{
	create_field(p, 0, "name", CLUSTER);
	assert_true(pty_wait(p, "--name=" CLUSTER));
	create_field(p, 1, "zones", "ap-northeast-2a,ap-northeast-2d");
	/* What cannot be is said while it is typed: the zone without the type, a used network. */
	create_field(p, 4, "network CIDR", "172.31.0.0/16");
	assert_true(pty_wait(p, "t3.medium is not offered in ap-northeast-2d"));
	pty_send(p, ENTER);
	assert_true(pty_wait(p, "refused: see the lines marked"));
	for (int i = 0; i < 4; i++) {
		pty_send(p, "\033OA");
	}
	create_field(p, 0, "zones", "ap-northeast-2a,ap-northeast-2c");
	assert_true(pty_wait(p, "0 refused, 1 warn"));
	create_field(p, 4, "network CIDR", "172.30.0.0/16");
	assert_true(pty_wait(p, "0 refused, 0 warn"));
	create_field(p, 1, "Kubernetes", "1.34.2");
	create_field(p, 1, "DNS", NULL);
	pty_send(p, " ");
	assert_true(pty_wait(p, "--dns=public"));
	assert_true(pty_wait(p, "dig NS mate-technology.app. tells"));
}

/* The terminal was given the whole command, as it stands there. */
static void create_copied(struct pty *p)
{
	static const char begin[] = "\033]52;c;";
	struct buf plain = BUF_INIT;
	pty_send(p, CTRL_Y);
	assert_true(pty_wait(p, "given to the terminal's clipboard"));
	const char *at = strstr(pty_output(p), begin);
	assert_non_null(at);
	at += sizeof(begin) - 1;
	assert_non_null(strchr(at, '\a'));
	assert_true(base64_decode(&plain, at, (size_t)(strchr(at, '\a') - at)));
	assert_string_equal(buf_str(&plain), "kops create cluster --name=" CLUSTER
		" --state=s3://pkos-state --cloud=aws --zones=ap-northeast-2a,ap-northeast-2c "
		"--networking=amazonvpc "
		"--set=spec.networking.amazonVPC.env=ENABLE_PREFIX_DELEGATION=true "
		"--set=spec.kubelet.maxPods=110 --network-cidr=172.30.0.0/16 "
		"--kubernetes-version=1.34.2 --dns=public --control-plane-size=t3.medium "
		"--control-plane-count=1 --node-size=t3.medium --node-count=2");
	buf_release(&plain);
}

static void create_run(struct pty *p)
{
	pty_send(p, ENTER);
	assert_true(pty_wait(p, "kind: Cluster"));
	assert_true(pty_wait(p, "y create it for real"));
	pty_send(p, "y");
	assert_true(pty_wait(p, "Creation of " CLUSTER " by kops"));
	assert_true(pty_wait(p, "3 of 3 nodes   succeeded"));
	assert_true(pty_wait(p, CLUSTER " is up: 3 nodes ready, and it validates."));
	assert_true(pty_wait_count(p, " done ", 3));
}

static void create_command(struct pty *p, const char *name)
{
	pty_send(p, ":");
	pty_send(p, name);
	pty_send(p, ENTER);
}

static void create_see(struct pty *p)
{
	assert_true(pty_wait(p, CLUSTER "  ap-northeast-2  v1.34.2"));
	pty_send(p, "3");
	assert_true(pty_wait_count(p, "/110 ", 3));
	assert_true(pty_wait_count(p, "prefix", 3));
	create_command(p, "store");
	assert_true(pty_wait(p, "config"));
	assert_true(pty_wait(p, "the spec as last applied"));
	create_command(p, "addons");
	assert_true(pty_wait(p, "amazon-vpc-routed-eni"));
	assert_true(pty_wait_count(p, "applied", 5));
	create_command(p, "dns");
	assert_true(pty_wait(p, "api." CLUSTER));
	assert_true(pty_wait_count(p, "right", 3)); /* the placeholders are gone */
	create_command(p, "cni");
	assert_true(pty_wait(p, "ENABLE_PREFIX_DELEGATION"));
	assert_true(pty_wait(p, "true true "));
	pty_send(p, "1");
	assert_true(pty_wait(p, CLUSTER));
	/* It is there now: a second one of that name is refused. */
	pty_send(p, "N");
	assert_true(pty_wait(p, ARROW " name"));
	pty_send(p, CTRL_U CLUSTER);
	assert_true(pty_wait(p, "is in the state store already"));
	pty_send(p, "\033");
	assert_true(pty_wait_gone(p, "is in the state store already"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
}

static void test_create(void **state)
{
	struct pty *p = create_start(NULL);
	*state = p;
	create_open(p);
	create_fill(p);
	create_copied(p);
	create_run(p);
	create_see(p);
}

/* Read-only: the key is not offered, and refused where it is typed all the same. */
static void test_readonly(void **state)
{
	struct pty *p = create_start("--readonly");
	*state = p;
	assert_true(pty_wait(p, "no cluster open"));
	pty_send(p, "1");
	assert_true(pty_wait(p, "The state store holds no cluster"));
	char *text = pty_text(p);
	assert_null(strstr(text, "N new"));
	free(text);
	pty_send(p, "N");
	assert_true(pty_wait(p, "read-only: nothing can be changed"));
	pty_send(p, "q");
	assert_int_equal(pty_end(p), 0);
}

static int create_teardown(void **state)
{
	if (*state) {
		pty_free(*state);
	}
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_create, create_teardown),
		cmocka_unit_test_teardown(test_readonly, create_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
