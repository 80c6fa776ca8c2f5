/* SPDX-License-Identifier: Apache-2.0 */
/* The signer: vectors worked out by hand and the published case folders. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/sigv4.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/aws/sigv4-case.h"

/* The nth line (from 0) of the canonical request, to be freed. */
static char *line(const struct sigv4_out *s, int n)
{
	const char *p = buf_str(&s->canonical);
	for (; n > 0 && p; n--) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	return p ? xstrndup(p, strcspn(p, "\n")) : xstrdup("(no such line)");
}

static void check_line(const struct sigv4_in *in, int n, const char *want)
{
	struct sigv4_out s = { .signature = "" };
	assert_true(sigv4_sign(in, &s));
	char *got = line(&s, n);
	assert_string_equal(got, want);
	free(got);
	sigv4_out_release(&s);
}

static struct sigv4_in plain(void)
{
	static const struct http_header host = { "Host", "example.amazonaws.com" };
	return (struct sigv4_in){
		.access_key = "AKIDEXAMPLE",
		.secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
		.region = "us-east-1", .service = "service", .wall_ms = 1440938160000,
		.method = "GET", .path = "/", .headers = &host, .nheaders = 1,
		.normalize = true,
	};
}

static void test_vanilla(void **state)
{
	struct sigv4_in in = plain();
	struct sigv4_out s = { .signature = "" };
	assert_true(sigv4_sign(&in, &s));
	assert_string_equal(s.date, "20150830T123600Z");
	/* Published as the case get-vanilla. */
	assert_string_equal(s.signature,
		"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	assert_true(str_starts(buf_str(&s.authorization),
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
		"SignedHeaders=host;x-amz-date, Signature="));
	sigv4_out_release(&s);
}

static void test_paths(void **state)
{
	static const struct {
		const char *in, *normal, *s3;
	} v[] = {
		{ "/", "/", "/" },
		{ "//a///b/", "/a/b/", "//a///b/" },
		{ "/a/./b/../c", "/a/c", "/a/./b/../c" },
		{ "/..", "/", "/.." },
		{ "/a/..", "/", "/a/.." },
		{ "/a%20b", "/a%2520b", "/a%20b" },
		{ "/a+b=c", "/a%2Bb%3Dc", "/a%2Bb%3Dc" },
		{ "", "/", "/" },
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct sigv4_in in = plain();
		in.path = v[i].in;
		check_line(&in, 1, v[i].normal);
		in.normalize = false;
		check_line(&in, 1, v[i].s3);
	}
}

static void test_queries(void **state)
{
	static const struct {
		const char *in, *want;
	} v[] = {
		{ NULL, "" },
		{ "versioning", "versioning=" },
		{ "id-type=2&id=1", "id=1&id-type=2" },
		{ "a=2&a=1&A=3", "A=3&a=1&a=2" },
		{ "a=b%20c+d", "a=b%20c%2Bd" },
		{ "p=x/y&q==", "p=x%2Fy&q=%3D" },
		{ "list-type=2&prefix=&delimiter=%2F", "delimiter=%2F&list-type=2&prefix=" },
	};
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct sigv4_in in = plain();
		in.query = v[i].in;
		check_line(&in, 2, v[i].want);
	}
}

static void test_headers(void **state)
{
	static const struct http_header headers[] = {
		{ "X-Amz-Meta-B", "  two   words " }, { "Host", "h:8080" },
		{ "User-Agent", "not signed" }, { "x-amz-meta-b", "again" },
		{ "X-Amz-Meta", "shorter name first" }, { "Connection", "no" },
	};
	struct sigv4_in in = plain();
	in.headers = headers;
	in.nheaders = sizeof(headers) / sizeof(*headers);
	in.token = "TOKEN";
	check_line(&in, 3, "host:h:8080");
	check_line(&in, 4, "x-amz-date:20150830T123600Z");
	check_line(&in, 5, "x-amz-meta:shorter name first");
	check_line(&in, 6, "x-amz-meta-b:two words,again");
	check_line(&in, 7, "x-amz-security-token:TOKEN");
	check_line(&in, 9, "host;x-amz-date;x-amz-meta;x-amz-meta-b;x-amz-security-token");
	in.omit_token = true;
	check_line(&in, 8, "host;x-amz-date;x-amz-meta;x-amz-meta-b");
}

static void test_payload(void **state)
{
	struct sigv4_in in = plain();
	in.sign_body = true;
	check_line(&in, 4, "x-amz-content-sha256:"
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	in.body = "hello";
	in.body_len = 5;
	check_line(&in, 8, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
	in.payload_hash = SIGV4_UNSIGNED_PAYLOAD;
	check_line(&in, 8, "UNSIGNED-PAYLOAD");
}

/* The cache must give the same keys, and another owner must not get them. */
static void test_cache(void **state)
{
	struct sigv4_cache cache = { .next = 0 };
	struct sigv4_in in = plain();
	char first[65];
	in.cache = &cache;
	for (int round = 0; round < 2; round++) {
		struct sigv4_out s = { .signature = "" };
		assert_true(sigv4_sign(&in, &s));
		assert_string_equal(s.signature,
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
		memcpy(first, s.signature, sizeof(first));
		sigv4_out_release(&s);
	}
	assert_int_equal(cache.next, 1);
	in.secret_key = "another";
	struct sigv4_out s = { .signature = "" };
	assert_true(sigv4_sign(&in, &s));
	assert_string_not_equal(s.signature, first);
	sigv4_out_release(&s);
	assert_int_equal(cache.next, 2);
	sigv4_cache_wipe(&cache);
	for (size_t i = 0; i < sizeof(cache); i++) {
		assert_int_equal(((unsigned char *)&cache)[i], 0);
	}
}

static void test_limits(void **state)
{
	struct sigv4_in in = plain();
	struct sigv4_out s = { .signature = "" };
	char *secret = xmalloc(400);
	memset(secret, 'x', 399);
	secret[399] = '\0';
	in.secret_key = secret;
	assert_false(sigv4_sign(&in, &s));
	sigv4_out_release(&s);
	free(secret);
}

static void test_suite(void **state)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char *dir = shared ? xasprintf("%s/data/aws-sigv4", shared)
			   : xasprintf("%s/../shared/data/aws-sigv4", srcdir ? srcdir : ".");
	int passed = 0, failed = 0;
	if (!sigv4_suite_run(dir, stdout, &passed, &failed)) {
		print_message("skipped: there is no %s\n", dir);
		free(dir);
		skip();
	}
	free(dir);
	assert_int_equal(failed, 0);
	assert_int_equal(passed, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vanilla), cmocka_unit_test(test_paths),
		cmocka_unit_test(test_queries), cmocka_unit_test(test_headers),
		cmocka_unit_test(test_payload), cmocka_unit_test(test_cache),
		cmocka_unit_test(test_limits), cmocka_unit_test(test_suite),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
