/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request and its answer: what goes out by the kubeconfig's words (compression, proxy, folder
 * of the server), pauses that the server asks for, its warnings.  (Caps: tests/core/t-io-http.c.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"
#include "k8s/client.h"
#include "tests/k8s/server.h"

struct reply {
	int status;
	const char *extra, *body;
};

static struct {
	struct server_clock clock;
	struct loop *loop;
	struct http *http;
	struct server *server;
	struct kube_conn conn;
	struct kube_client *client;
	const struct reply *replies; /* the last one is given again and again */
	size_t nreplies;
	unsigned requests, done, warnings;
	char head[2048], target[256], warning[256];
	struct err why;
	int64_t retry_after_ms;
	size_t len;
} g;

static void on_request(void *ctx, struct server_conn *c, const struct server_request *r)
{
	size_t i = g.requests < g.nreplies ? g.requests : g.nreplies - 1;

	g.requests++;
	snprintf(g.head, sizeof g.head, "%s", r->head);
	snprintf(g.target, sizeof g.target, "%s", r->target);
	server_reply(c, g.replies[i].status, g.replies[i].extra, g.replies[i].body);
}

static void on_warning(void *ctx, const char *text)
{
	g.warnings++;
	snprintf(g.warning, sizeof g.warning, "%s", text);
}

static int begin(void **state)
{
	memset(&g, 0, sizeof g);
	server_clock_init(&g.clock, 1000);
	g.loop = loop_new(&g.clock.clock);
	server_clock_run(&g.clock, g.loop);
	g.http = http_new(g.loop);
	g.server = server_new(g.loop, on_request, NULL, NULL);
	g.conn.server = xasprintf("http://127.0.0.1:%d", server_port(g.server));
	g.client = kube_client_new(g.loop, g.http, &g.conn, NULL);
	kube_client_on_warning(g.client, on_warning, NULL);
	return 0;
}

static int end(void **state)
{
	kube_client_free(g.client);
	kube_conn_release(&g.conn);
	server_free(g.server);
	http_free(g.http);
	loop_free(g.loop);
	return 0;
}

static void on_done(void *ctx, const struct kube_answer *a, const struct err *e)
{
	g.done++;
	err_clear(&g.why);
	if (e)
		g.why = *e;
	g.retry_after_ms = a->retry_after_ms;
	g.len = a->len;
}

static bool is_done(void *ctx)
{
	return g.done > 0;
}

static bool ask(const struct reply *replies, size_t n, bool no_retry)
{
	g.replies = replies;
	g.nreplies = n;
	g.requests = g.done = 0;
	kube_client_start(g.client, &(struct kube_request){
		.method = "GET", .path = "/version", .what = "ask", .no_retry = no_retry,
		.on_done = on_done,
	});
	assert_true(loop_run_until(g.loop, is_done, NULL, 60000000));
	return !err_is_set(&g.why);
}
#define ASK(...) ask((const struct reply[]){ __VA_ARGS__ }, \
	sizeof((const struct reply[]){ __VA_ARGS__ }) / sizeof(struct reply), false)

static void test_compression(void **state)
{
	assert_true(ASK({ 200, NULL, "{}" }));
	assert_non_null(strcasestr(g.head, "\r\nAccept-Encoding: gzip\r\n"));
	g.conn.no_compression = true;
	assert_true(ASK({ 200, NULL, "{}" }));
	assert_null(strcasestr(g.head, "Accept-Encoding"));
}

/* The kubeconfig's proxy gets the whole address, and the server's own name is not looked up. */
static void test_proxy(void **state)
{
	g.conn.proxy = g.conn.server;
	g.conn.server = xstrdup("http://api.nowhere.invalid/behind");
	assert_true(ASK({ 200, NULL, "{}" }));
	assert_string_equal(g.target, "http://api.nowhere.invalid/behind/version");
}

static void test_folder(void **state)
{
	char *server = xasprintf("%s/k8s/clusters/c-1", g.conn.server);

	free(g.conn.server);
	g.conn.server = server;
	assert_true(ASK({ 200, NULL, "{}" }));
	assert_string_equal(g.target, "/k8s/clusters/c-1/version");
}

/* A redirect is an answer: whoever it points to never sees the token. */
static void test_redirect(void **state)
{
	struct server *other = server_new(g.loop, on_request, NULL, NULL);
	char to[128];

	g.conn.token = xstrdup("hunter2");
	for (int status = 301; status <= 308; status++) {
		snprintf(to, sizeof to, "Location: http://127.0.0.1:%d/version\r\n",
			server_port(other));
		assert_false(ASK({ status, to, "" }));
		assert_int_equal(g.requests, 1);
		assert_null(strstr(g.why.text, "hunter2"));
	}
	server_free(other);
}

static void test_pauses(void **state)
{
	assert_true(ASK({ 429, "Retry-After: 1\r\n", "" }, { 503, "Retry-After: 0\r\n", "" },
		{ 200, NULL, "{}" }));
	assert_int_equal(g.requests, 3);
	/* It did not ask for another try. */
	assert_false(ASK({ 503, NULL, "" }, { 200, NULL, "{}" }));
	assert_int_equal(g.requests, 1);
	assert_false(ASK({ 429, NULL, "" }, { 200, NULL, "{}" }));
	assert_int_equal(g.requests, 1);
	assert_int_equal(g.why.kind, ERR_THROTTLED);
	/* Ten times, then it is told. */
	assert_false(ASK({ 429, "Retry-After: 1\r\n", "" }));
	assert_int_equal(g.requests, 11);
	assert_int_equal(g.why.kind, ERR_THROTTLED);
	/* Who looks after it himself (a watch, an eviction) gets it at once, with the pause. */
	static const struct reply busy = { 429, "Retry-After: 7\r\n", "" };
	assert_false(ask(&busy, 1, true));
	assert_int_equal(g.requests, 1);
	assert_int_equal(g.retry_after_ms, 7000);
}

static void test_warnings(void **state)
{
	static const char old[] = "Warning: 299 - \"v1beta1 is \\\"old\\\"\"\r\n";

	assert_true(ASK({ 200, old, "{}" }));
	assert_int_equal(g.warnings, 1);
	assert_string_equal(g.warning, "v1beta1 is \"old\"");
	assert_true(ASK({ 200, old, "{}" }));
	assert_int_equal(g.warnings, 1); /* once in a session */
	assert_true(ASK({ 200, "Warning: 299 - \"a\"\r\nWarning: 299 - \"b\"\r\n", "{}" }));
	assert_int_equal(g.warnings, 3);
	/* Other codes are for caches, not for people. */
	assert_true(ASK({ 200, "Warning: 110 - \"stale\"\r\n", "{}" }));
	assert_int_equal(g.warnings, 3);
	/* A server gone mad does not fill our memory. */
	char *many = xstrdup("");
	for (int i = 0; i < 100; i++) {
		char *more = xasprintf("%sWarning: 299 - \"no %d\"\r\n", many, i);
		free(many);
		many = more;
	}
	assert_true(ASK({ 200, many, "{}" }));
	assert_int_equal(g.warnings, 64);
	free(many);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		T(test_compression), T(test_proxy), T(test_folder), T(test_redirect),
		T(test_pauses),
		T(test_warnings),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
