/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: what is sent, what comes back, what goes wrong, and the callbacks' promises. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/io/http.h"
#include "tests/core/server/http-server.h"

static struct clock clock_real;
static struct http_server server;
static struct loop *loop;
static struct http *http;

/* What happened to one request. */
struct seen {
	struct http_req *req;
	char url[256];
	int done, freed, status;
	bool inside; /* http_start or http_cancel is running */
	bool cancel_on_data, cancel_on_done, start_on_data;
	int stop_after, cancel_after; /* pieces; 0: never */
	int pieces;
	struct buf body;
	bool no_body;
	char header[64], early[8];
	int64_t retry;
	struct err err;
	struct seen *other;
	struct clock_fake *slow; /* a reader that takes its time */
};

static size_t turn_bytes; /* that readers got in this turn of the loop */

static struct http_call call_to(struct seen *s, const char *path);
static void begin(struct seen *s, const struct http_call *call);

static bool on_data(void *ctx, const char *p, size_t n)
{
	struct seen *s = ctx;

	assert_int_equal(s->done, 0);
	assert_int_equal(s->freed, 0);
	buf_add(&s->body, p, n);
	s->pieces++;
	turn_bytes += n;
	if (s->slow)
		s->slow->mono += (int64_t)(8000 * n / HTTP_SLICE);
	if (s->cancel_on_data || s->pieces == s->cancel_after)
		http_cancel(s->req);
	if (s->start_on_data && s->pieces == 1) {
		struct http_call call = call_to(s->other, "/from-inside");

		begin(s->other, &call);
	}
	return !s->stop_after || s->pieces < s->stop_after;
}

static void on_done(void *ctx, const struct http_answer *a, const struct err *e)
{
	struct seen *s = ctx;
	const char *header = http_answer_header(a, "x-TEST");
	const char *early = http_answer_header(a, "X-Early");

	assert_false(s->inside);
	assert_int_equal(s->done, 0);
	assert_int_equal(s->freed, 0);
	s->done++;
	s->status = a->status;
	s->no_body = !a->body;
	if (a->body) {
		assert_int_equal(a->body[a->len], 0);
		buf_add(&s->body, a->body, a->len);
	}
	snprintf(s->header, sizeof(s->header), "%s", header ? header : "");
	snprintf(s->early, sizeof(s->early), "%s", early ? early : "");
	s->retry = http_retry_after_ms(a, 0);
	err_copy(&s->err, e);
	if (s->cancel_on_done)
		http_cancel(s->req);
}

static void on_free(void *ctx)
{
	struct seen *s = ctx;

	assert_false(s->inside);
	assert_int_equal(s->freed, 0);
	s->freed++;
}

static struct http_call call_to(struct seen *s, const char *path)
{
	snprintf(s->url, sizeof(s->url), "http://127.0.0.1:%d%s", server.port, path);
	return (struct http_call){
		.url = s->url, .timeout_ms = 20000,
		.on_done = on_done, .on_free = on_free, .ctx = s,
	};
}

static void begin(struct seen *s, const struct http_call *call)
{
	s->inside = true;
	s->req = http_start(http, call);
	s->inside = false;
}

static bool is_freed(void *ctx)
{
	return ((struct seen *)ctx)->freed;
}

static void finish(struct seen *s)
{
	assert_true(loop_run_until(loop, is_freed, s, 30000));
	assert_int_equal(s->freed, 1);
}

static void run(struct seen *s, const char *path)
{
	struct http_call call = call_to(s, path);

	begin(s, &call);
	finish(s);
}

static int setup(void **state)
{
	loop = loop_new(&clock_real);
	http = http_new(loop);
	return 0;
}

static int teardown(void **state)
{
	http_free(http);
	loop_free(loop);
	return 0;
}

static void test_get(void **state)
{
	struct seen s = { .done = 0 };

	run(&s, "/a/../b%2Fc?q=1");
	assert_int_equal(s.done, 1);
	assert_int_equal(s.status, 200);
	assert_string_equal(s.header, "a value");
	/* Nothing but what was asked for, and the path as it was. */
	assert_memory_equal(s.body.data, "GET /a/../b%2Fc?q=1 HTTP/1.1\r\nHost: 127.0.0.1", 45);
	assert_null(strstr(s.body.data, "Accept"));
	assert_null(strstr(s.body.data, "User-Agent"));
	buf_release(&s.body);
}

static void test_send(void **state)
{
	static const struct http_header headers[] = {
		{ "Host", "other.example" }, { "X-Empty", "" }, { "Content-Type", "text/x" },
	};
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/");

	call.method = "PATCH";
	call.body = "body\0more";
	call.body_len = 9;
	call.headers = headers;
	call.nheaders = 3;
	begin(&s, &call);
	finish(&s);
	assert_memory_equal(s.body.data, "PATCH / HTTP/1.1\r\n", 18);
	assert_non_null(strstr(s.body.data, "Host: other.example\r\n"));
	assert_non_null(strstr(s.body.data, "X-Empty:\r\n"));
	assert_non_null(strstr(s.body.data, "Content-Type: text/x\r\n"));
	assert_non_null(strstr(s.body.data, "Content-Length: 9\r\n"));
	assert_null(strstr(s.body.data, "Expect"));
	assert_memory_equal(s.body.data + s.body.len - 9, "body\0more", 9);
	buf_clear(&s.body);
	s = (struct seen){ .body = s.body };
	call = call_to(&s, "/");
	call.method = "DELETE";
	begin(&s, &call);
	finish(&s);
	assert_memory_equal(s.body.data, "DELETE / HTTP/1.1\r\n", 19);
	assert_null(strstr(s.body.data, "Content-"));
	buf_clear(&s.body);
	s = (struct seen){ .body = s.body };
	call = call_to(&s, "/");
	call.method = "PUT";
	begin(&s, &call);
	finish(&s);
	assert_non_null(strstr(s.body.data, "Content-Length: 0\r\n"));
	buf_release(&s.body);
}

static void test_header_injection(void **state)
{
	static const struct http_header bad = { "X-A", "1\r\nX-B: 2" };
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/");

	call.headers = &bad;
	call.nheaders = 1;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.err.kind, ERR_USAGE);
	assert_int_equal(s.done, 1);
}

static void test_bad_url(void **state)
{
	static const char *const urls[] = {
		"", "ftp://127.0.0.1/", "file:///etc/passwd", "http://",
		"http://user:secret@127.0.0.1/",
	};
	size_t i;

	for (i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct seen s = { .done = 0 };
		struct http_call call = call_to(&s, "/");

		call.url = urls[i];
		begin(&s, &call);
		finish(&s);
		assert_int_equal(s.done, 1);
		assert_int_equal(s.err.kind, ERR_CONFIG);
		assert_null(strstr(s.err.text, "secret"));
	}
}

static void test_continue(void **state)
{
	struct seen s = { .done = 0 };

	run(&s, "/continue");
	assert_int_equal(s.status, 200);
	assert_string_equal(s.header, "a value");
	assert_string_equal(s.early, "");
	buf_release(&s.body);
}

static void test_statuses(void **state)
{
	static const struct {
		const char *path;
		int status;
		enum err_kind kind;
	} rows[] = {
		{ "/status/302", 302, ERR_SERVER }, { "/status/401", 401, ERR_AUTH },
		{ "/status/403", 403, ERR_DENIED }, { "/status/404", 404, ERR_NOT_FOUND },
		{ "/status/409", 409, ERR_CONFLICT }, { "/status/412", 412, ERR_CONFLICT },
		{ "/status/429", 429, ERR_THROTTLED }, { "/status/500", 500, ERR_SERVER },
		{ "/status/504", 504, ERR_TIMEOUT }, { "/status/599", 599, ERR_SERVER },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seen s = { .done = 0 };
		struct http_call call = call_to(&s, rows[i].path);
		struct err e = ERR_INIT;

		/* Not a body for the stream: it was not 2xx. */
		call.on_data = on_data;
		begin(&s, &call);
		finish(&s);
		assert_false(err_is_set(&s.err));
		assert_int_equal(s.status, rows[i].status);
		assert_int_equal(s.pieces, 0);
		assert_string_equal(buf_str(&s.body), "status body");
		assert_int_equal(s.retry, 7000);
		assert_false(http_status_err(&e, s.status, "reading nodes"));
		assert_int_equal(e.kind, rows[i].kind);
		assert_memory_equal(e.text, "reading nodes: ", 15);
		buf_release(&s.body);
	}
}

static void test_stream(void **state)
{
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/stream/5");

	call.on_data = on_data;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.status, 200);
	assert_true(s.no_body);
	assert_string_equal(buf_str(&s.body), "piece\npiece\npiece\npiece\npiece\n");
	buf_release(&s.body);
}

static void test_stream_stop(void **state)
{
	struct seen s = { .stop_after = 3 };
	struct http_call call = call_to(&s, "/stream/-1");

	call.on_data = on_data;
	call.timeout_ms = -1;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.done, 1);
	assert_int_equal(s.pieces, 3);
	assert_int_equal(s.err.kind, ERR_CANCELLED);
	buf_release(&s.body);
}

static void test_cancel(void **state)
{
	struct seen s = { .cancel_on_data = true };
	struct http_call call = call_to(&s, "/stream/-1");

	/* From inside on_data. */
	call.on_data = on_data;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.pieces, 1);
	assert_int_equal(s.done, 0);
	buf_release(&s.body);
	/* From inside on_done: too late, but harmless. */
	s = (struct seen){ .cancel_on_done = true };
	run(&s, "/");
	assert_int_equal(s.done, 1);
	buf_release(&s.body);
	/* At once. */
	s = (struct seen){ .done = 0 };
	call = call_to(&s, "/");
	begin(&s, &call);
	s.inside = true;
	http_cancel(s.req);
	http_cancel(s.req);
	s.inside = false;
	assert_int_equal(s.freed, 0);
	finish(&s);
	assert_int_equal(s.done, 0);
	/* While waiting for an answer. */
	s = (struct seen){ .done = 0 };
	call = call_to(&s, "/mute");
	begin(&s, &call);
	loop_turn(loop, 20);
	loop_turn(loop, 20);
	s.inside = true;
	http_cancel(s.req);
	s.inside = false;
	finish(&s);
	assert_int_equal(s.done, 0);
	/* What could not even start. */
	s = (struct seen){ .done = 0 };
	call = call_to(&s, "/");
	call.url = "nonsense";
	begin(&s, &call);
	http_cancel(s.req);
	finish(&s);
	assert_int_equal(s.done, 0);
}

static void test_start_inside(void **state)
{
	struct seen other = { .done = 0 }, s = { .start_on_data = true, .other = &other };
	struct http_call call = call_to(&s, "/stream/3");

	call.on_data = on_data;
	begin(&s, &call);
	finish(&s);
	finish(&other);
	assert_int_equal(other.status, 200);
	assert_int_equal(s.status, 200);
	assert_non_null(strstr(other.body.data, "GET /from-inside "));
	buf_release(&s.body);
	buf_release(&other.body);
}

static void test_free_running(void **state)
{
	struct seen s[4];
	int i;

	memset(s, 0, sizeof(s));
	for (i = 0; i < 4; i++) {
		struct http_call call = call_to(&s[i], i % 2 ? "/mute" : "/stream/-1");

		call.on_data = on_data;
		begin(&s[i], &call);
	}
	for (i = 0; i < 10; i++)
		loop_turn(loop, 5);
	http_cancel(s[0].req);
	http_free(http);
	for (i = 0; i < 4; i++) {
		assert_int_equal(s[i].freed, 1);
		assert_int_equal(s[i].done, 0);
		buf_release(&s[i].body);
	}
	http = http_new(loop);
}

static void test_caps(void **state)
{
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/big/2000");

	call.max_body = 1999;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.err.kind, ERR_PARSE);
	assert_int_equal(s.status, 0);
	s = (struct seen){ .done = 0 };
	call = call_to(&s, "/big/2000");
	call.max_body = 2000;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.status, 200);
	assert_int_equal(s.body.len, 2000);
	buf_release(&s.body);
	/* The status matters more than the end of its explanation. */
	s = (struct seen){ .done = 0 };
	run(&s, "/bigerror/3000000");
	assert_int_equal(s.status, 500);
	assert_int_equal(s.body.len, 1 << 20);
	buf_release(&s.body);
	s = (struct seen){ .done = 0 };
	run(&s, "/headers");
	assert_int_equal(s.err.kind, ERR_PARSE);
}

static void test_gzip(void **state)
{
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/gzip");

	call.gzip = true;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.body.len, 22000);
	buf_release(&s.body);
	/* The cap counts what comes out. */
	s = (struct seen){ .done = 0 };
	call = call_to(&s, "/gzip");
	call.gzip = true;
	call.max_body = 10000;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.err.kind, ERR_PARSE);
}

/* Turns until both are freed; how many of them brought anything. */
static int slices(struct seen *a, struct seen *b)
{
	int n = 0;

	while (!a->freed || !b->freed) {
		turn_bytes = 0;
		loop_turn(loop, 1000);
		assert_true(turn_bytes <= HTTP_SLICE);
		n += turn_bytes > 0;
	}
	return n;
}

static void zeros(struct seen *s, const char *path)
{
	struct http_call call = call_to(s, path);

	call.gzip = true;
	call.on_data = on_data;
	buf_init(&s->body, 0);
	begin(s, &call);
}

/* A burst that comes in one go is given over many turns; its end comes after it. */
static void test_slices(void **state)
{
	struct seen a = { .done = 0 }, b = { .done = 0 };

	zeros(&a, "/zeros/48");
	zeros(&b, "/zeros/16");
	assert_true(slices(&a, &b) >= (int)((size_t)64 * 65536 / HTTP_SLICE));
	assert_int_equal(a.done + b.done, 2);
	assert_int_equal(a.body.len, 48 * 65536);
	assert_int_equal(b.body.len, 16 * 65536);
	assert_false(err_is_set(&a.err));
	buf_release(&a.body);
	buf_release(&b.body);
	/* Ended in its midst, the one by a cancel, the other by its reader. */
	a = (struct seen){ .cancel_after = 6 };
	b = (struct seen){ .stop_after = 6 };
	zeros(&a, "/zeros/48");
	zeros(&b, "/zeros/48");
	slices(&a, &b);
	assert_int_equal(a.pieces, 6);
	assert_int_equal(a.done, 0);
	assert_int_equal(b.pieces, 6);
	assert_int_equal(b.err.kind, ERR_CANCELLED);
	buf_release(&a.body);
	buf_release(&b.body);
	/* The loop goes on. */
	a = (struct seen){ .done = 0 };
	run(&a, "/");
	assert_int_equal(a.status, 200);
	buf_release(&a.body);
	/* And freed while something is held. */
	a = (struct seen){ .done = 0 };
	zeros(&a, "/zeros/48");
	while (!a.pieces)
		loop_turn(loop, 1000);
	http_free(http);
	assert_int_equal(a.freed, 1);
	http = http_new(loop);
	b = (struct seen){ .done = 0 };
	run(&b, "/");
	assert_int_equal(b.status, 200);
	buf_release(&a.body);
	buf_release(&b.body);
}

/* What is read slowly is not sent slowly; nor is another silent, to whom nobody listens meanwhile. */
static void test_held_is_no_silence(void **state)
{
	struct clock_fake now = { .mono = 1000 };
	struct clock clock;
	struct seen a = { .slow = &now }, b = { .done = 0 };
	struct http_call call = call_to(&b, "/silent");

	clock_fake(&clock, &now);
	http_free(http);
	loop_free(loop);
	loop = loop_new(&clock);
	http = http_new(loop);
	call.timeout_ms = -1;
	call.idle_timeout_ms = 30000;
	begin(&b, &call);
	call = call_to(&a, "/zeros/48");
	call.gzip = true;
	call.on_data = on_data;
	call.timeout_ms = -1;
	call.idle_timeout_ms = 30000;
	begin(&a, &call);
	while (!a.freed)
		loop_turn(loop, 1000);
	assert_false(err_is_set(&a.err));
	assert_int_equal(a.body.len, 48 * 65536);
	assert_true(now.mono > 80000);
	for (int i = 0; i < 3; i++) {
		now.mono += 5000;
		loop_turn(loop, 0);
	}
	assert_int_equal(b.done, 0);
	/* And then it is. */
	now.mono += 31000;
	while (!b.freed) {
		now.mono += 1000;
		loop_turn(loop, 1000);
	}
	assert_int_equal(b.err.kind, ERR_TIMEOUT);
	buf_release(&a.body);
	buf_release(&b.body);
}

static void check_failure(const char *path, int timeout_ms, int idle_ms, enum err_kind kind,
	const char *text)
{
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, path);

	call.timeout_ms = timeout_ms;
	call.idle_timeout_ms = idle_ms;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.done, 1);
	assert_int_equal(s.status, 0);
	if (s.err.kind != kind || !strstr(s.err.text, text))
		fail_msg("%s: %s error \"%s\"", path, err_kind_name(s.err.kind), s.err.text);
	assert_null(strstr(s.err.text, "secret"));
	buf_release(&s.body);
}

static void test_failures(void **state)
{
	check_failure("/close?X-Amz-Signature=secret", 0, 0, ERR_NETWORK, "without an answer");
	check_failure("/garbage?secret", 0, 0, ERR_PARSE, "is not HTTP");
	check_failure("/cut?secret", 0, 0, ERR_NETWORK, "broke off");
	check_failure("/mute?secret", 60, 0, ERR_TIMEOUT, "did not finish its answer");
	check_failure("/mute?secret", -1, 50, ERR_TIMEOUT, "nothing came from 127.0.0.1:");
	check_failure("/silent?secret", -1, 100, ERR_TIMEOUT, "nothing came from 127.0.0.1:");
}

static void test_idle_is_silence(void **state)
{
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/stream/550");

	/* Longer than a second in all, but never one without a byte. */
	call.idle_timeout_ms = 1000;
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.status, 200);
	assert_int_equal(s.body.len, 6 * 550);
	buf_release(&s.body);
}

static void test_refused(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/");
	char expected[80];
	/* Bound, but nobody listens. */
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	getsockname(fd, (struct sockaddr *)&a, &len);
	snprintf(s.url, sizeof(s.url), "http://127.0.0.1:%d/?secret", ntohs(a.sin_port));
	snprintf(expected, sizeof(expected), "cannot connect to 127.0.0.1:%d: connection refused",
		ntohs(a.sin_port));
	begin(&s, &call);
	finish(&s);
	assert_int_equal(s.err.kind, ERR_NETWORK);
	assert_string_equal(s.err.text, expected);
	close(fd);
}

static void test_tls_against_plain(void **state)
{
	struct seen s = { .done = 0 };
	struct http_call call = call_to(&s, "/");

	snprintf(s.url, sizeof(s.url), "https://127.0.0.1:%d/", server.port);
	call.timeout_ms = 300;
	begin(&s, &call);
	finish(&s);
	assert_true(s.err.kind == ERR_NETWORK || s.err.kind == ERR_TIMEOUT);
}

static void test_stats(void **state)
{
	struct http_stats st;
	struct seen s = { .done = 0 };
	int i;

	for (i = 0; i < 3; i++) {
		buf_clear(&s.body);
		s = (struct seen){ .body = s.body };
		run(&s, "/big/5000");
	}
	http_get_stats(http, &st);
	assert_int_equal(st.requests, 3);
	/* One connection, kept. */
	assert_int_equal(st.connections, 1);
	assert_true(st.bytes_in > 15000 && st.bytes_in < 17000);
	assert_true(st.bytes_out > 100 && st.bytes_out < 1000);
	buf_release(&s.body);
}

static void test_retry_after(void **state)
{
	struct http_header h = { "retry-after", "Thu, 01 Jan 1970 00:01:00 GMT" };
	struct http_answer a = { .headers = &h, .nheaders = 1 };

	assert_int_equal(http_retry_after_ms(&a, 10000), 50000);
	assert_int_equal(http_retry_after_ms(&a, 90000), 0);
	h.value = "soon";
	assert_int_equal(http_retry_after_ms(&a, 0), -1);
	a.nheaders = 0;
	assert_int_equal(http_retry_after_ms(&a, 0), -1);
}

#define HTTP_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HTTP_TEST(test_get), HTTP_TEST(test_send), HTTP_TEST(test_header_injection),
		HTTP_TEST(test_bad_url), HTTP_TEST(test_continue), HTTP_TEST(test_statuses),
		HTTP_TEST(test_stream), HTTP_TEST(test_stream_stop), HTTP_TEST(test_cancel),
		HTTP_TEST(test_start_inside), HTTP_TEST(test_free_running), HTTP_TEST(test_caps),
		HTTP_TEST(test_gzip), HTTP_TEST(test_slices), HTTP_TEST(test_failures),
		HTTP_TEST(test_held_is_no_silence),
		HTTP_TEST(test_idle_is_silence),
		HTTP_TEST(test_refused), HTTP_TEST(test_tls_against_plain), HTTP_TEST(test_stats),
		HTTP_TEST(test_retry_after),
	};
	int failed;

	http_server_start(&server);
	clock_system(&clock_real, 1.0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	http_server_stop(&server);
	return failed;
}
