/* SPDX-License-Identifier: Apache-2.0 */
/* Silence, sleep and clocks that are set; on a clock that is wound by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "k8s/client.h"
#include "k8s/heartbeat.h"
#include "tests/k8s/server.h"

static struct {
	struct clock clock;
	struct clock_fake now;
	struct loop *loop;
	struct http *http;
	struct server *server;
	struct kube_conn conn;
	struct kube_client *client;
	struct heartbeat *heartbeat;
	int64_t heard;
	int status; /* of an answer; 0: none, the connection ends */
	bool deaf;  /* by the time of the answer nothing is open any more */
	unsigned asked, answered, lost;
	struct err why;
} g;

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	assert_string_equal(r->target, "/version");
	g.asked++;
	if (g.deaf)
		g.heard = 0;
	if (g.status)
		server_reply(c, g.status, NULL, "{}");
	else
		server_close(c);
}

static int64_t on_heard(void *ctx)
{
	return g.heard;
}

static void on_answered(void *ctx)
{
	g.answered++;
}

static void on_lost(void *ctx, const struct err *why)
{
	g.lost++;
	err_clear(&g.why);
	if (why) {
		g.why = *why;
		g.heard = 0; /* nothing is open any more */
	}
}

static int begin(void **state)
{
	memset(&g, 0, sizeof g);
	g.now = (struct clock_fake){ .mono = 1000, .wall = INT64_C(1795000000000) };
	g.heard = 1000;
	g.status = 200;
	clock_fake(&g.clock, &g.now);
	g.loop = loop_new(&g.clock);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, NULL, NULL);
	g.conn = (struct kube_conn){
		.server = xasprintf("http://127.0.0.1:%d", server_port(g.server)),
		.proxy = xstrdup(""),
	};
	g.client = kube_client_new(g.loop, g.http, &g.conn, NULL);
	g.heartbeat = heartbeat_new(g.client, &(struct heartbeat_spec){
		.heard = on_heard, .answered = on_answered, .lost = on_lost,
	});
	return 0;
}

static int end(void **state)
{
	heartbeat_free(g.heartbeat);
	kube_client_free(g.client);
	server_free(g.server);
	http_free(g.http);
	loop_free(g.loop);
	kube_conn_release(&g.conn);
	return 0;
}

/* Seconds pass on both clocks. */
static void pass(int seconds)
{
	for (int i = 0; i < seconds; i++) {
		g.now.mono += 1000;
		g.now.wall += 1000;
		server_deliver(g.loop);
	}
}

static void test_silence(void **state)
{
	pass(19);
	assert_int_equal(g.asked, 0);
	pass(5);
	assert_int_equal(g.asked, 1);
	/* The answer counts as a sign of life: not again at once. */
	pass(15);
	assert_int_equal(g.asked, 1);
	pass(10);
	assert_int_equal(g.asked, 2);
	assert_int_equal(g.answered, 2);
	assert_int_equal(g.lost, 0);
}

static void test_bookmarks_spare_it(void **state)
{
	for (int i = 0; i < 30; i++) {
		pass(15);
		g.heard = g.now.mono;
	}
	assert_int_equal(g.asked, 0);
}

/* A server that says no is there. */
static void test_refused(void **state)
{
	g.status = 403;
	pass(60);
	assert_true(g.asked >= 2);
	assert_int_equal(g.lost, 0);
}

static void test_no_answer(void **state)
{
	g.status = 0;
	pass(30);
	assert_int_equal(g.lost, 1);
	assert_int_equal(g.answered, 0);
	assert_int_equal(g.why.kind, ERR_NETWORK);
	assert_true(str_starts(g.why.text, "the API server has not answered for 2"));
}

/* How long is counted from what was heard before the question, not from the machine's start. */
static void test_no_answer_nothing_open(void **state)
{
	g.status = 0;
	g.deaf = true;
	g.now.mono += 3600000;
	g.now.wall += 3600000;
	g.heard = g.now.mono;
	pass(30);
	assert_int_equal(g.lost, 1);
	assert_true(str_starts(g.why.text, "the API server has not answered for 2"));
}

static void test_pace(void **state)
{
	heartbeat_pace(g.heartbeat, PACE_FAST);
	pass(15);
	assert_int_equal(g.asked, 1);
	heartbeat_pace(g.heartbeat, PACE_IDLE);
	pass(70);
	assert_int_equal(g.asked, 1);
	pass(15);
	assert_int_equal(g.asked, 2);
}

static void test_nothing_expected(void **state)
{
	g.heard = 0;
	pass(200);
	assert_int_equal(g.asked, 0);
}

/* The machine slept: the wall went on, the other clock stood still. */
static void test_sleep(void **state)
{
	pass(5);
	g.now.wall += 3600000;
	pass(5);
	assert_int_equal(g.lost, 1);
	assert_false(err_is_set(&g.why));
	g.heard = g.now.mono;
	pass(10);
	assert_int_equal(g.lost, 1);
}

/* Set back by an hour; small corrections are nothing. */
static void test_clock_set(void **state)
{
	pass(5);
	g.now.wall += 900;
	pass(5);
	assert_int_equal(g.lost, 0);
	g.now.wall -= 3600000;
	pass(5);
	assert_int_equal(g.lost, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_silence, begin, end),
		cmocka_unit_test_setup_teardown(test_bookmarks_spare_it, begin, end),
		cmocka_unit_test_setup_teardown(test_refused, begin, end),
		cmocka_unit_test_setup_teardown(test_no_answer, begin, end),
		cmocka_unit_test_setup_teardown(test_no_answer_nothing_open, begin, end),
		cmocka_unit_test_setup_teardown(test_pace, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing_expected, begin, end),
		cmocka_unit_test_setup_teardown(test_sleep, begin, end),
		cmocka_unit_test_setup_teardown(test_clock_set, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
