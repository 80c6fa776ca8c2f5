/* SPDX-License-Identifier: Apache-2.0 */
/* The S3 state store: exact requests, pages, conditions, and where the bucket is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/endpoint.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/aws/bench.h"

#define NO_KEY "<Error><Code>NoSuchKey</Code><Message>no</Message></Error>"
#define NO_RULE "<Error><Code>ServerSideEncryptionConfigurationNotFoundError</Code></Error>"

static void on_list(void *ctx, const struct store_entry *v, size_t n, const struct err *e)
{
	struct bench *b = ctx;
	struct buf all = BUF_INIT;
	for (size_t i = 0; i < n; i++) {
		buf_addf(&all, "%s%s", i ? "|" : "", v[i].name);
	}
	xreplace(&b->text, buf_str(&all));
	buf_release(&all);
	b->count = n;
	bench_on_done(b, e);
}

static void on_get(void *ctx, const char *text, size_t len, const char *etag, const struct err *e)
{
	struct bench *b = ctx;
	char *copy = text ? xstrndup(text, len) : NULL;
	xreplace(&b->text, copy);
	free(copy);
	xreplace(&b->etag, etag);
	bench_on_done(b, e);
}

static void on_put(void *ctx, const char *etag, const struct err *e)
{
	struct bench *b = ctx;
	xreplace(&b->etag, etag);
	bench_on_done(b, e);
}

static struct store *store(struct bench *b, const char *url)
{
	struct err e = ERR_INIT;
	struct store *s = aws_store_new(b->aws, url, &e);
	assert_non_null(s);
	b->calls = 0;
	return s;
}

static void expect_header(const char *request, const char *name, const char *want)
{
	char *got = request ? wire_header(request, name) : NULL;
	if (want) {
		assert_non_null(got);
		assert_string_equal(got, want);
	} else {
		assert_null(got);
	}
	free(got);
}

static void test_urls(void **state)
{
	static const char *const bad[] = { "s3://", "s3:///x", "gs://b", "", "b" };
	static const struct {
		const char *in, *out;
	} good[] = {
		{ "s3://b", "s3://b" }, { "s3://b/", "s3://b" }, { "s3://b/x/y/", "s3://b/x/y" },
	};
	struct bench *b = *state;
	bench_simple(b);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = ERR_INIT;
		assert_null(aws_store_new(b->aws, bad[i], &e));
		assert_int_equal(e.kind, ERR_USAGE);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct store *s = store(b, good[i].in);
		assert_string_equal(s->url, good[i].out);
		s->ops->free(s);
	}
}

/* Two pages; encoded names; the folder itself is no entry. */
static void test_list(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "prefix=", 200, NULL,
		"<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
		"<NextContinuationToken>a/b+c=</NextContinuationToken>"
		"<Contents><Key>p/c/</Key></Contents>"
		"<Contents><Key>p/c/con+fig%2B</Key><Size>12</Size>"
		"<LastModified>2026-11-22T13:04:17.000Z</LastModified></Contents>"
		"<CommonPrefixes><Prefix>p/c/instancegroup/</Prefix></CommonPrefixes>"
		"</ListBucketResult>");
	wire_rule(b->wire, "continuation-token=a%2Fb%2Bc%3D", 200, NULL,
		"<ListBucketResult><IsTruncated>false</IsTruncated>"
		"<Contents><Key>p/c/z+</Key></Contents></ListBucketResult>");
	struct store *s = store(b, "s3://kops-state/p");
	s->ops->list(s, "c/", on_list, b);
	assert_int_equal(b->calls, 0);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(b->text, "con fig+|instancegroup/|z+");
	const char *r = wire_request(b->wire, "", 0);
	assert_true(str_starts(r, "GET /kops-state?list-type=2&delimiter=%2F&encoding-type=url"
		"&max-keys=1000&prefix=p%2Fc%2F HTTP/1.1\r\n"));
	expect_header(r, "X-Amz-Content-Sha256",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	s->ops->free(s);
}

static void test_get(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "GET /kops-state/a%20b%2Bc%3D%C3%BC/config HTTP", 200,
		"ETag: \"abc\"\r\n", "kind: Cluster\n");
	wire_rule(b->wire, "/none", 404, NULL, NO_KEY);
	wire_rule(b->wire, "/denied", 403, NULL, "<Error><Code>AccessDenied</Code></Error>");
	struct store *s = store(b, "s3://kops-state");
	s->ops->get(s, "a b+c=\xc3\xbc/config", on_get, b);
	assert_true(bench_wait(b, 1));
	assert_string_equal(b->text, "kind: Cluster\n");
	assert_string_equal(b->etag, "\"abc\"");
	s->ops->get(s, "none", on_get, b);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NOT_FOUND);
	s->ops->get(s, "denied", on_get, b);
	assert_true(bench_wait(b, 3));
	assert_int_equal(b->err.kind, ERR_DENIED);
	assert_non_null(strstr(b->err.hint, "not there"));
	s->ops->free(s);
}

static void put(struct bench *b, struct store *s, const char *tag)
{
	b->calls = 0;
	s->ops->put(s, "c/config", "new", 3, tag, on_put, b);
	assert_true(bench_wait(b, 1));
}

static void test_put(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	setenv("KOPS_STATE_S3_ACL", "bucket-owner-full-control", 1);
	struct store *s = store(b, "s3://kops-state");
	wire_rule(b->wire, "GET /kops-state?encryption HTTP", 404, NULL, NO_RULE);
	wire_rule(b->wire, "GET /kops-state/c/config", 200, "ETag: \"1\"\r\n", "old");
	wire_rule(b->wire, "PUT /kops-state/c/config", 200, "ETag: \"2\"\r\n", "");
	put(b, s, "\"1\"");
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(b->etag, "\"2\"");
	const char *r = wire_request(b->wire, "PUT ", 0);
	expect_header(r, "If-Match", "\"1\"");
	expect_header(r, "x-amz-server-side-encryption", "AES256");
	expect_header(r, "x-amz-acl", "bucket-owner-full-control");
	expect_header(r, "X-Amz-Content-Sha256",
		"11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437");
	assert_string_equal(wire_body(r), "new");
	char *auth = wire_header(r, "Authorization");
	assert_non_null(strstr(auth, "SignedHeaders=host;if-match;x-amz-acl;x-amz-content-sha256;"
		"x-amz-date;x-amz-server-side-encryption,"));
	free(auth);
	unsetenv("KOPS_STATE_S3_ACL");

	/* The bucket is asked how it encrypts only once. */
	wire_rule(b->wire, "GET /kops-state/c/config", 404, NULL, NO_KEY);
	wire_rule(b->wire, "PUT ", 200, "ETag: \"3\"\r\n", "");
	put(b, s, "");
	r = wire_request(b->wire, "PUT ", 1);
	expect_header(r, "If-None-Match", "*");
	expect_header(r, "If-Match", NULL);
	wire_rule(b->wire, "PUT ", 200, "ETag: \"4\"\r\n", "");
	put(b, s, NULL);
	r = wire_request(b->wire, "PUT ", 2);
	expect_header(r, "If-None-Match", NULL);
	expect_header(r, "If-Match", NULL);
	assert_int_equal(wire_count(b->wire, "?encryption"), 1);
	s->ops->free(s);
}

/* Somebody else was faster: found before the write, or by the server. */
static void test_conflicts(void **state)
{
	static const struct {
		int status;
		const char *body;
	} v[] = {
		{ 412, "<Error><Code>PreconditionFailed</Code></Error>" },
		{ 409, "<Error><Code>ConditionalRequestConflict</Code></Error>" },
		{ 404, NO_KEY },
	};
	struct bench *b = *state;
	bench_simple(b);
	struct store *s = store(b, "s3://kops-state");
	wire_rule(b->wire, "?encryption", 200, NULL, "<S><Rule><x/></Rule></S>");
	wire_rule(b->wire, "GET ", 200, "ETag: \"2\"\r\n", "other");
	put(b, s, "\"1\"");
	assert_int_equal(b->err.kind, ERR_CONFLICT);
	wire_rule(b->wire, "GET ", 404, NULL, NO_KEY);
	put(b, s, "\"1\"");
	assert_int_equal(b->err.kind, ERR_CONFLICT);
	assert_int_equal(wire_count(b->wire, "PUT "), 0);
	for (size_t i = 0; i < 3; i++) {
		wire_rule(b->wire, "GET ", 200, "ETag: \"1\"\r\n", "old");
		wire_rule(b->wire, "PUT ", v[i].status, NULL, v[i].body);
		put(b, s, "\"1\"");
		assert_int_equal(b->err.kind, ERR_CONFLICT);
		assert_string_equal(b->etag, "");
	}
	expect_header(wire_request(b->wire, "PUT ", 0), "x-amz-server-side-encryption", NULL);
	assert_int_equal(wire_count(b->wire, "PUT "), 3);
	s->ops->free(s);
}

/* The answer to a write was lost: a look tells whether it arrived. */
static void test_lost_answer(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	struct store *s = store(b, "s3://kops-state");
	wire_rule(b->wire, "?encryption", 404, NULL, NO_RULE);
	wire_reset(b->wire, "PUT ");
	wire_rule(b->wire, "GET ", 200, "ETag: \"9\"\r\n", "new");
	put(b, s, NULL);
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(b->etag, "\"9\"");
	wire_rule(b->wire, "PUT ", 500, NULL, "");
	wire_rule(b->wire, "GET ", 200, "ETag: \"8\"\r\n", "old");
	put(b, s, NULL);
	assert_int_equal(b->err.kind, ERR_SERVER);
	assert_int_equal(wire_count(b->wire, "PUT "), 2);
	s->ops->free(s);
}

/* The bucket lives elsewhere: signed for that region, and remembered. */
static void test_region(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	struct store *s = store(b, "s3://kops-state");
	wire_rule(b->wire, "/ap-northeast-2/s3/aws4_request", 301,
		"x-amz-bucket-region: eu-west-1\r\n", "");
	wire_rule(b->wire, "/eu-west-1/s3/aws4_request", 400, NULL,
		"<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region>"
		"</Error>");
	s->ops->get(s, "a", on_get, b);
	assert_true(bench_wait(b, 1));
	assert_true(err_is_set(&b->err)); /* moved twice: enough */
	wire_rule(b->wire, "/eu-west-1/s3/aws4_request", 200, "ETag: \"1\"\r\n", "x");
	s->ops->get(s, "a", on_get, b);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NONE);
	s->ops->free(s);
}

/* What is no region would be another host, that gets the signature and the session's token. */
static void test_region_is_no_host(void **state)
{
	static const char *const names[] = { "evil.example/", "evil.example#", "x@evil.example",
		"EU-WEST-1", "a b", "." };
	struct bench *b = *state;
	bench_simple(b);
	struct store *s = store(b, "s3://kops-state");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char header[64];
		snprintf(header, sizeof(header), "x-amz-bucket-region: %s\r\n", names[i]);
		assert_false(endpoint_is_region(names[i]));
		wire_rule(b->wire, "/ap-northeast-2/s3/aws4_request", 301, header, "");
		size_t before = wire_count(b->wire, "GET ");
		s->ops->get(s, "a", on_get, b);
		assert_true(bench_wait(b, (unsigned)i + 1));
		assert_true(err_is_set(&b->err));
		assert_int_equal(wire_count(b->wire, "GET "), before + 1);
	}
	assert_true(endpoint_is_region("us-gov-west-1"));
	s->ops->free(s);
}

/* kops' own settings go before all others. */
static void test_kops_endpoint(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9", 1);
	setenv("S3_ENDPOINT", wire_url(b->wire), 1);
	setenv("S3_ACCESS_KEY_ID", "AKIDMINIO", 1);
	setenv("S3_SECRET_ACCESS_KEY", "minio", 1);
	struct store *s = store(b, "s3://kops.state");
	wire_rule(b->wire, "Credential=AKIDMINIO/20261122/us-east-1/s3/", 200, NULL, "x");
	s->ops->get(s, "a", on_get, b);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_non_null(wire_request(b->wire, "GET /kops.state/a HTTP", 0));
	s->ops->free(s);
	setenv("S3_ENDPOINT", "ftp://x", 1);
	s = store(b, "s3://b");
	s->ops->get(s, "a", on_get, b);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_CONFIG);
	s->ops->free(s);
}

/* On AWS itself the bucket stands in the host name, unless it has dots: seen by a proxy. */
static void test_hosts(void **state)
{
	static const struct {
		const char *bucket, *connect;
	} v[] = {
		{ "s3://kops-state", "CONNECT kops-state.s3.ap-northeast-2.amazonaws.com:443 " },
		{ "s3://kops.state", "CONNECT s3.ap-northeast-2.amazonaws.com:443 " },
	};
	struct bench *b = *state;
	bench_simple(b);
	unsetenv("AWS_ENDPOINT_URL");
	setenv("https_proxy", wire_url(b->wire), 1);
	setenv("AWS_MAX_ATTEMPTS", "1", 1);
	bench_session(b, NULL);
	for (size_t i = 0; i < 2; i++) {
		struct store *s = store(b, v[i].bucket);
		s->ops->get(s, "a", on_get, b);
		assert_true(bench_wait(b, 1));
		assert_int_equal(b->err.kind, ERR_NETWORK);
		assert_int_equal(wire_count(b->wire, v[i].connect), 1);
		s->ops->free(s);
	}
	unsetenv("https_proxy");
}

static void test_free_cancels(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	struct store *s = store(b, "s3://kops-state");
	wire_hang(b->wire, "");
	s->ops->get(s, "a", on_get, b);
	s->ops->list(s, "", on_list, b);
	s->ops->put(s, "a", "x", 1, "", on_put, b);
	loop_turn(b->loop, 10);
	s->ops->free(s);
	assert_int_equal(b->calls, 3);
	assert_int_equal(b->err.kind, ERR_CANCELLED);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_urls), T(test_list), T(test_get), T(test_put), T(test_conflicts),
		T(test_lost_answer), T(test_region), T(test_region_is_no_host),
		T(test_kops_endpoint), T(test_hosts),
		T(test_free_cancels),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
