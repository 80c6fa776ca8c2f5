/* SPDX-License-Identifier: Apache-2.0 */
/* One call: the exact request, repetition, and errors in words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/call.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/aws/bench.h"

#define GOOD "<R><A>1</A></R>"
#define FAULT(code) \
	"<Response><Errors><Error><Code>" code "</Code><Message>because</Message></Error>" \
	"</Errors><RequestID>r</RequestID></Response>"
#define QUERY_FAULT(code) \
	"<ErrorResponse><Error><Type>Sender</Type><Code>" code "</Code><Message>because</Message>" \
	"</Error></ErrorResponse>"

static void on_reply(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct bench *b = ctx;
	const char *a = r && r->root ? xml_text(r->root, "A") : NULL;
	xreplace(&b->text, a ? a : "");
	bench_on_done(b, e);
}

static struct aws_call *call(struct bench *b, bool unsafe)
{
	b->calls = 0;
	return aws_call_start(b->aws, &(struct aws_call_spec){
		.service = AWS_EC2, .action = "DescribeX", .body = "Action=DescribeX",
		.body_len = 16, .unsafe = unsafe, .done = on_reply, .ctx = b,
	});
}

static void expect_header(const char *request, const char *name, const char *want)
{
	char *got = wire_header(request, name);
	if (want) {
		assert_non_null(got);
		assert_string_equal(got, want);
	} else {
		assert_null(got);
	}
	free(got);
}

static void test_request(void **state)
{
	struct bench *b = *state;
	setenv("AWS_SESSION_TOKEN", "SESSIONTOKEN", 1);
	bench_simple(b);
	wire_rule(b->wire, "", 200, NULL, GOOD);
	call(b, false);
	assert_int_equal(b->calls, 0);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(b->text, "1");
	const char *r = wire_request(b->wire, "", 0);
	assert_true(str_starts(r, "POST / HTTP/1.1\r\n"));
	assert_string_equal(wire_body(r), "Action=DescribeX");
	expect_header(r, "Host", wire_host(b->wire));
	expect_header(r, "X-Amz-Date", BENCH_DATE);
	expect_header(r, "X-Amz-Security-Token", "SESSIONTOKEN");
	expect_header(r, "X-Amz-Content-Sha256", NULL);
	expect_header(r, "Expect", NULL);
	expect_header(r, "Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
	char *auth = wire_header(r, "Authorization");
	assert_true(str_starts(auth,
		"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/ap-northeast-2/ec2/aws4_request, "
		"SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="));
	assert_int_equal(strlen(strstr(auth, "Signature=")), 10 + 64);
	free(auth);
	assert_int_equal(b->aws->budget.total[AWS_EC2], 1);
}

static void test_budget(void **state)
{
	struct budget *b = xcalloc(1, sizeof(*b));
	budget_count(b, AWS_EC2, 0);
	budget_count(b, AWS_EC2, 999);
	budget_count(b, AWS_S3, 59000);
	assert_int_equal(budget_minute(b, AWS_EC2, 59999), 2);
	assert_int_equal(budget_minute(b, AWS_SERVICE__COUNT, 59999), 3);
	assert_int_equal(budget_minute(b, AWS_EC2, 60000), 0);
	budget_count(b, AWS_EC2, 60000);
	assert_int_equal(budget_minute(b, AWS_EC2, 60000), 1);
	assert_int_equal(budget_minute(b, AWS_S3, 118999), 1);
	assert_int_equal(budget_minute(b, AWS_S3, 119000), 0);
	assert_int_equal(b->total[AWS_EC2], 3);
	free(b);
}

static void test_endpoints(void **state)
{
	static const struct {
		enum aws_service s;
		const char *region, *base, *signing;
	} v[] = {
		{ AWS_EC2, "ap-northeast-2", "https://ec2.ap-northeast-2.amazonaws.com",
			"ap-northeast-2" },
		{ AWS_AUTOSCALING, "cn-north-1", "https://autoscaling.cn-north-1.amazonaws.com.cn",
			"cn-north-1" },
		{ AWS_ROUTE53, "eu-west-1", "https://route53.amazonaws.com", "us-east-1" },
		{ AWS_ROUTE53, "us-gov-east-1", "https://route53.amazonaws.com",
			"us-gov-west-1" },
		{ AWS_ELBV2, "eu-west-1", "https://elasticloadbalancing.eu-west-1.amazonaws.com",
			"eu-west-1" },
	};
	struct bench *b = *state;
	unsetenv("AWS_ENDPOINT_URL");
	bench_session(b, NULL);
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		struct endpoint ep = { .base = NULL };
		struct err e = ERR_INIT;
		assert_true(endpoint_resolve(b->aws, v[i].s, v[i].region, &ep, &e));
		assert_string_equal(ep.base, v[i].base);
		assert_string_equal(ep.region, v[i].signing);
		assert_false(ep.custom);
		endpoint_release(&ep);
	}
}

static void test_own_endpoints(void **state)
{
	struct bench *b = *state;
	struct endpoint ep = { .base = NULL };
	struct err e = ERR_INIT;
	bench_file(b, ".aws/config",
		"[default]\nservices = s\nendpoint_url = https://p.example\n"
		"[services s]\nauto_scaling =\n  endpoint_url = http://s.example:80/x/\n");
	unsetenv("AWS_ENDPOINT_URL");
	bench_session(b, NULL);
	assert_true(endpoint_resolve(b->aws, AWS_EC2, "r", &ep, &e));
	assert_string_equal(ep.base, "https://p.example");
	endpoint_release(&ep);
	assert_true(endpoint_resolve(b->aws, AWS_AUTOSCALING, "r", &ep, &e));
	assert_string_equal(ep.base, "http://s.example");
	assert_string_equal(ep.host, "s.example");
	assert_string_equal(ep.prefix, "/x");
	endpoint_release(&ep);
	setenv("AWS_ENDPOINT_URL", "http://all:4566", 1);
	setenv("AWS_ENDPOINT_URL_AUTO_SCALING", "http://one:1", 1);
	assert_true(endpoint_resolve(b->aws, AWS_AUTOSCALING, "r", &ep, &e));
	assert_string_equal(ep.host, "one:1");
	endpoint_release(&ep);
	assert_true(endpoint_resolve(b->aws, AWS_STS, "r", &ep, &e));
	assert_string_equal(ep.host, "all:4566");
	endpoint_release(&ep);
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	assert_true(endpoint_resolve(b->aws, AWS_STS, "eu-west-1", &ep, &e));
	assert_string_equal(ep.host, "sts.eu-west-1.amazonaws.com");
	endpoint_release(&ep);
	assert_false(endpoint_parse("http://u:p@h/", "r", &ep, &e));
	assert_int_equal(e.kind, ERR_CONFIG);
}

/* What comes first is met by a second attempt, and by a third. */
static void test_retries(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "", 503, NULL, "");
	wire_reset(b->wire, "");
	wire_rule(b->wire, "", 200, NULL, GOOD);
	call(b, false);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(wire_count(b->wire, ""), 3);
	assert_int_equal(b->aws->retry_tokens, 500 - 5 - 5 + 5);

	for (int i = 0; i < 3; i++) {
		wire_rule(b->wire, "", 400, NULL, QUERY_FAULT("Throttling"));
	}
	call(b, true);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_THROTTLED);
	assert_int_equal(wire_count(b->wire, ""), 6);
	assert_true(b->aws->calm_until > 0);
}

/* A write that may have happened is not repeated. */
static void test_unsafe(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "", 500, NULL, FAULT("InternalError"));
	call(b, true);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_SERVER);
	wire_reset(b->wire, "");
	call(b, true);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NETWORK);
	assert_int_equal(wire_count(b->wire, ""), 2);
}

static void test_empty_bucket_of_retries(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	b->aws->retry_tokens = 4;
	wire_rule(b->wire, "", 500, NULL, "");
	call(b, false);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_SERVER);
	assert_int_equal(wire_count(b->wire, ""), 1);
}

static void test_words(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err_kind kind;
		const char *text, *hint;
	} v[] = {
		{ 403, FAULT("UnauthorizedOperation"), ERR_DENIED,
			"EC2 DescribeX: because (UnauthorizedOperation)", "permission" },
		{ 401, FAULT("AuthFailure"), ERR_AUTH, "because (AuthFailure)", "access key" },
		{ 400, FAULT("InvalidInstanceID.NotFound"), ERR_NOT_FOUND, "because", "" },
		{ 403, QUERY_FAULT("InvalidClientTokenId"), ERR_AUTH, "because", "access key" },
		{ 404, "<Error><Code>NoSuchBucket</Code><Message>none</Message></Error>",
			ERR_NOT_FOUND, "none (NoSuchBucket)", "KOPS_STATE_STORE" },
		{ 400, FAULT("DependencyViolation"), ERR_SERVER, "(DependencyViolation)", "" },
		{ 403, "not XML", ERR_DENIED, "EC2 DescribeX: HTTP 403", "" },
		{ 200, "<R>", ERR_PARSE, "EC2 DescribeX: XML", "" },
	};
	struct bench *b = *state;
	bench_simple(b);
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		wire_rule(b->wire, "", v[i].status, NULL, v[i].body);
		call(b, false);
		assert_true(bench_wait(b, 1));
		if (i != 5) {
			assert_int_equal(b->err.kind, v[i].kind);
		}
		if (!strstr(b->err.text, v[i].text) || !strstr(b->err.hint, v[i].hint)) {
			fail_msg("%zu: %s / %s", i, b->err.text, b->err.hint);
		}
	}
}

/* Their clock is ten minutes ahead: it is believed, once. */
static void test_clock(void **state)
{
	static const char date[] = "Date: Sun, 22 Nov 2026 13:14:17 GMT\r\n";
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, BENCH_DATE, 400, date, FAULT("RequestExpired"));
	wire_rule(b->wire, "20261122T131417Z", 200, NULL, GOOD);
	call(b, false);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(b->aws->skew_ms, 600000);
	/* The clock is right now: the credentials are asked for again, once, and then it is final. */
	wire_rule(b->wire, "", 400, date, FAULT("RequestExpired"));
	wire_rule(b->wire, "", 400, date, FAULT("RequestExpired"));
	call(b, false);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.hint, "expired"));
	assert_int_equal(wire_count(b->wire, ""), 4);
}

/* Two on their way with the wrong time: what the first one learns helps the second. */
static void test_clock_of_two(void **state)
{
	static const char date[] = "Date: Sun, 22 Nov 2026 13:14:17 GMT\r\n";
	struct bench *b = *state;
	bench_simple(b);
	for (int i = 0; i < 2; i++) {
		wire_rule(b->wire, BENCH_DATE, 403, date, QUERY_FAULT("SignatureDoesNotMatch"));
	}
	for (int i = 0; i < 2; i++) {
		wire_rule(b->wire, "20261122T131417Z", 200, NULL, GOOD);
	}
	call(b, false);
	call(b, false);
	assert_true(bench_wait(b, 2));
	assert_int_equal(wire_unused(b->wire), 0);
	assert_int_equal(b->aws->skew_ms, 600000);
}

/* Expired credentials are fetched again, once. */
static void test_expired(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	char *url = xasprintf("%s/creds", wire_url(b->wire));
	unsetenv("AWS_ACCESS_KEY_ID");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	wire_rule(b->wire, "/creds", 200, NULL,
		"{\"AccessKeyId\":\"AKIDOLD\",\"SecretAccessKey\":\"s\"}");
	wire_rule(b->wire, "AKIDOLD", 403, NULL, QUERY_FAULT("ExpiredToken"));
	wire_rule(b->wire, "/creds", 200, NULL,
		"{\"AccessKeyId\":\"AKIDNEW\",\"SecretAccessKey\":\"s\"}");
	wire_rule(b->wire, "AKIDNEW", 403, NULL, QUERY_FAULT("ExpiredToken"));
	call(b, false);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.hint, "aws sso login"));
	assert_int_equal(wire_unused(b->wire), 0);
	assert_int_equal(wire_count(b->wire, ""), 4);
	free(url);
}

static void test_cancel(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_hang(b->wire, "");
	aws_call_cancel(call(b, false));
	struct aws_call *c = call(b, false);
	while (!wire_count(b->wire, "")) {
		loop_turn(b->loop, 10);
	}
	aws_call_cancel(c);
	for (int i = 0; i < 5; i++) {
		loop_turn(b->loop, 1);
	}
	assert_int_equal(b->calls, 0);
	assert_int_equal(wire_count(b->wire, ""), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget), T(test_request), T(test_endpoints),
		T(test_own_endpoints), T(test_retries),
		T(test_unsafe), T(test_empty_bucket_of_retries), T(test_words), T(test_clock), T(test_clock_of_two),
		T(test_expired), T(test_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
