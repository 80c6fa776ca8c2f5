/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers and files that mean harm: answers without an end, bombs, redirects to another host,
 * nesting of 100,000 levels, words that a terminal would obey.  Each ends soon, in a bounded
 * amount of memory, with one clear line.
 */
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/base/yaml.h"
#include "core/io/http.h"
#include "tests/core/server/http-server.h"

#define DEEP 100000

static struct clock clock_real;
static struct http_server here;
static struct loop *loop;
static struct http *http;

struct seen {
	bool freed;
	int status;
	size_t streamed;
	struct err err;
};

static bool on_data(void *ctx, const char *p, size_t n)
{
	struct seen *s = ctx;
	s->streamed += n;
	return s->streamed < (4u << 20);
}

static void on_done(void *ctx, const struct http_answer *a, const struct err *e)
{
	struct seen *s = ctx;
	s->status = a->status;
	err_copy(&s->err, e);
}

static void on_free(void *ctx)
{
	((struct seen *)ctx)->freed = true;
}

static bool is_freed(void *ctx)
{
	return ((struct seen *)ctx)->freed;
}

static void get(struct seen *s, const char *path, bool stream)
{
	static const struct http_header secret = { "Authorization", "Bearer hunter2" };
	char url[256];
	snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", here.port, path);
	const struct http_call call = { .url = url, .headers = &secret, .nheaders = 1,
		.timeout_ms = 20000, .gzip = true, .on_data = stream ? on_data : NULL,
		.on_done = on_done, .on_free = on_free, .ctx = s };
	memset(s, 0, sizeof(*s));
	http_start(http, &call);
	assert_true(loop_run_until(loop, is_freed, s, 30000));
}

/* Each kind of answer without an end: an error that says what it is, and not for want of time. */
static void test_bounded(void **state)
{
	static const struct {
		const char *path;
		bool stream;
		enum err_kind kind;
	} rows[] = {
		{ "/bomb", false, ERR_PARSE },
		{ "/bomb", true, ERR_CANCELLED },
		{ "/big/17000000", false, ERR_PARSE },
		{ "/endless", false, ERR_PARSE },
		{ "/drip", false, ERR_PARSE },
	};
	struct rusage before, after;
	getrusage(RUSAGE_SELF, &before);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct seen s;
		get(&s, rows[i].path, rows[i].stream);
		if (s.err.kind != rows[i].kind) {
			fail_msg("%s: %s, \"%s\"", rows[i].path, err_kind_name(s.err.kind), s.err.text);
		}
		assert_true(s.err.text[0]);
		assert_null(strstr(s.err.text, "hunter2"));
	}
	getrusage(RUSAGE_SELF, &after);
	/* KiB; a sanitizer keeps what was freed for a while */
	assert_true(after.ru_maxrss - before.ru_maxrss < 300 * 1024);
}

/* The answer is told as it came; whoever it points to, with the credentials, hears nothing. */
static void test_redirect(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	char path[64];
	struct seen s;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	snprintf(path, sizeof(path), "/redirect/127.0.0.1:%d", ntohs(a.sin_port));
	get(&s, path, false);
	assert_int_equal(s.status, 307);
	assert_false(err_is_set(&s.err));
	loop_turn(loop, 20);
	assert_int_equal(accept(fd, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	close(fd);
	struct err e = ERR_INIT;
	assert_false(http_status_err(&e, s.status, "reading nodes"));
	assert_int_equal(e.kind, ERR_SERVER);
}

static char *repeat(const char *part, size_t n, const char *end)
{
	struct buf b = { .max = 4u << 20 };
	for (size_t i = 0; i < n; i++) {
		buf_adds(&b, part);
	}
	buf_adds(&b, end);
	assert_false(b.failed);
	return buf_detach(&b);
}

static void test_deep(void **state)
{
	static const char *const json[] = { "[", "{\"a\":", "[{\"a\":" };
	static const char *const yaml[] = { "[", "{a: ", "- ", "? ", "[{a: " };
	for (size_t i = 0; i < sizeof(json) / sizeof(*json); i++) {
		struct err e = ERR_INIT;
		char *text = repeat(json[i], DEEP, "");
		assert_null(json_parse(text, strlen(text), &e));
		assert_int_equal(e.kind, ERR_PARSE);
		free(text);
	}
	for (size_t i = 0; i < sizeof(yaml) / sizeof(*yaml); i++) {
		struct err e = ERR_INIT;
		char *text = repeat(yaml[i], DEEP, "");
		assert_null(yaml_parse(text, strlen(text), 0, &e));
		assert_int_equal(e.kind, ERR_PARSE);
		free(text);
	}
}

/* Nine lists, each nine times the one before: 400 million values, if somebody
   walked them. */
static void test_aliases(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	buf_adds(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 9; i++) {
		buf_addf(&b, "a%d: &a%d [", i, i);
		for (int k = 0; k < 9; k++) {
			buf_addf(&b, "%s*a%d", k ? "," : "", i - 1);
		}
		buf_adds(&b, "]\n");
	}
	struct yaml_doc *d = yaml_parse(buf_str(&b), b.len, 0, &e);
	assert_null(d);
	assert_string_equal(e.text, "YAML, line 7: too many nodes");
	buf_release(&b);
}

static void check_line(const char *text)
{
	size_t n = strlen(text);
	while (n) {
		uint32_t cp;
		size_t taken = text_decode(text, n, &cp);
		if (text_cp_width(cp) < 0 || (cp == 0xfffd && taken == 1)) {
			fail_msg("U+%04X in \"%s\"", (unsigned)cp, text);
		}
		text += taken;
		n -= taken;
	}
}

/* Errors that quote others: what they say stands on one line and does nothing. */
static void test_words(void **state)
{
	static const struct {
		const char *words, *shown;
	} rows[] = {
		{ "plain", "x: plain" },
		{ "\033]0;owned\a\033[2J", "x: \u00b7]0;owned\u00b7\u00b7[2J" },
		{ "a\r\nb\n\nc\td", "x: a b c d" },
		{ "\u202egnp.exe\u2066", "x: \u00b7gnp.exe\u00b7" },
		{ "\xff\xc0\x80\xed\xa0\x80", "x: \u00b7\u00b7\u00b7\u00b7\u00b7\u00b7" },
		{ "\xc2\x9b" "31m \xc2\x85", "x: \u00b7" "31m \u00b7" },
		{ "\u65e5\u672c", "x: \u65e5\u672c" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct err e = ERR_INIT;
		err_set(&e, ERR_SERVER, "%s", rows[i].words);
		err_hint(&e, "%s", rows[i].words);
		err_wrap(&e, "x");
		assert_string_equal(e.text, rows[i].shown);
		assert_string_equal(e.hint, rows[i].shown + 3);
	}
	/* 1 MiB of it is cut, between two characters. */
	char *much = repeat("\033\u65e5", 1 << 18, "");
	for (size_t shift = 0; shift < 6; shift++) {
		struct err e = ERR_INIT;
		err_set(&e, ERR_SERVER, "%.*s%s", (int)shift, "aaaaaa", much);
		err_wrap(&e, "%s", much);
		check_line(e.text);
		assert_true(strlen(e.text) > 400);
	}
	free(much);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_redirect),
		cmocka_unit_test(test_deep),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_words),
	};
	http_server_start(&here);
	clock_system(&clock_real, 1.0);
	loop = loop_new(&clock_real);
	http = http_new(loop);
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	http_free(http);
	loop_free(loop);
	http_server_stop(&here);
	return failed;
}
