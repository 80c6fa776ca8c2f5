/* SPDX-License-Identifier: Apache-2.0 */
/* Credential providers: files, environment, processes, fake endpoints, and their order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "aws/credentials.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/aws/bench.h"

#define JSON_TOKEN \
	"{\"Code\":\"Success\",\"AccessKeyId\":\"AKIDJSON\",\"SecretAccessKey\":\"s\"," \
	"\"Token\":\"t\",\"Expiration\":\"2026-11-22T14:04:17Z\"}"

static void on_credentials(void *ctx, const struct credentials *v, const struct err *e)
{
	struct bench *b = ctx;
	char *said = v ? xasprintf("%s %s %s %s", v->provider, v->access_key, v->secret_key,
				 v->token ? v->token : "-")
		       : xstrdup("(none)");
	xreplace(&b->text, said);
	b->count = v ? (size_t)(v->expires / 1000) : 0;
	free(said);
	bench_on_done(b, e);
}

static void ask(struct bench *b)
{
	b->calls = 0;
	creds_get(b->aws->chain, on_credentials, b);
	assert_true(bench_wait(b, 1));
}

static const char *note(struct bench *b, const char *provider)
{
	size_t i = 0;
	const char *text = aws_credentials_note(b->aws, i);
	while (text && !str_starts(text, provider)) {
		text = aws_credentials_note(b->aws, ++i);
	}
	return text ? text : "(no note)";
}

static void test_environment(void **state)
{
	struct bench *b = *state;
	setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
	bench_session(b, NULL);
	ask(b);
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.text, "AWS_SECRET_ACCESS_KEY is not"));
	setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
	ask(b);
	assert_string_equal(b->text, "environment AKIDENV secret -");
	/* Kept: what happens to the environment afterwards does not matter. */
	setenv("AWS_SESSION_TOKEN", "tok", 1);
	ask(b);
	assert_string_equal(b->text, "environment AKIDENV secret -");
	creds_forget(b->aws->chain);
	ask(b);
	assert_string_equal(b->text, "environment AKIDENV secret tok");
}

/* The order between files, and a given profile above the environment. */
static void test_files(void **state)
{
	struct bench *b = *state;
	bench_file(b, ".aws/credentials", "[work]\naws_access_key_id=AKID1\n"
		"aws_secret_access_key=s1\naws_session_token=t1\n");
	bench_file(b, ".aws/config",
		"[profile work]\naws_access_key_id=AKID2\naws_secret_access_key=s2\n"
		"[default]\naws_access_key_id=AKID3\naws_secret_access_key=s3\n");
	setenv("AWS_PROFILE", "work", 1);
	bench_session(b, NULL);
	ask(b);
	assert_string_equal(b->text, "shared file AKID1 s1 t1");
	assert_string_equal(note(b, "environment"), "environment: AWS_ACCESS_KEY_ID is not set");

	setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	bench_session(b, NULL);
	ask(b);
	assert_string_equal(b->text, "environment AKIDENV s -");

	bench_session(b, &(struct aws_options){ .profile = "default" });
	ask(b);
	assert_string_equal(b->text, "config file AKID3 s3 -");
	assert_string_equal(note(b, "environment"),
		"environment: not asked, for a profile was given");

	bench_session(b, &(struct aws_options){ .profile = "nobody" });
	ask(b);
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.text, "no profile \"nobody\""));
}

/* A login while kopscope runs is seen. */
static void test_login_later(void **state)
{
	struct bench *b = *state;
	bench_session(b, NULL);
	ask(b);
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.hint, "AWS_ACCESS_KEY_ID"));
	assert_non_null(strstr(b->err.hint, ".aws/credentials"));
	bench_file(b, ".aws/credentials",
		"[default]\naws_access_key_id=AKID1\naws_secret_access_key=s1\n");
	ask(b);
	assert_string_equal(b->text, "shared file AKID1 s1 -");
}

/* A file that cannot be read is named, not passed over. */
static void test_unreadable(void **state)
{
	struct bench *b = *state;
	bench_file(b, ".aws/credentials/x", "");
	bench_session(b, NULL);
	ask(b);
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.text, ".aws/credentials"));
	char *path = xasprintf("%s/.aws/credentials/x", b->home);
	remove(path);
	free(path);
}

static void test_region(void **state)
{
	struct bench *b = *state;
	bench_session(b, NULL);
	assert_string_equal(aws_region(b->aws), "us-east-1");
	bench_file(b, ".aws/config", "[default]\nregion = eu-west-1\n");
	bench_session(b, NULL);
	assert_string_equal(aws_region(b->aws), "eu-west-1");
	setenv("AWS_DEFAULT_REGION", "eu-west-2", 1);
	assert_string_equal(aws_region(b->aws), "eu-west-2");
	setenv("AWS_REGION", "eu-west-3", 1);
	assert_string_equal(aws_region(b->aws), "eu-west-3");
	bench_session(b, &(struct aws_options){ .region = "ap-northeast-2" });
	assert_string_equal(aws_region(b->aws), "ap-northeast-2");
}

static void process(struct bench *b, const char *script)
{
	char *config = xasprintf("[default]\n"
		"credential_process = '%s/helper' \"two words\" a\\ b\n", b->home);
	bench_file(b, "helper", script);
	bench_file(b, ".aws/config", config);
	free(config);
	bench_session(b, NULL);
	ask(b);
}

static void test_process(void **state)
{
	struct bench *b = *state;
	process(b, "#!/bin/sh\n"
		"echo \"{\\\"Version\\\":1,\\\"AccessKeyId\\\":\\\"$1\\\",\"\n"
		"echo \"\\\"SecretAccessKey\\\":\\\"$2\\\",\\\"SessionToken\\\":\\\"t\\\",\"\n"
		"echo '\"Expiration\":\"2026-11-22T14:04:17Z\"}'\n");
	assert_string_equal(b->text, "credential process two words a b t");
	assert_int_equal(b->count, BENCH_WALL / 1000 + 3600);
	process(b, "#!/bin/sh\necho log in first >&2\nexit 3\n");
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.text, "ended with 3: log in first"));
	process(b, "#!/bin/sh\necho SECRET\n");
	assert_non_null(strstr(b->err.text, "not JSON"));
	assert_null(strstr(b->err.text, "SECRET"));
}

static void test_container(void **state)
{
	struct bench *b = *state;
	char *url = xasprintf("%s/creds?x=1", wire_url(b->wire));
	char *token = xasprintf("%s/token", b->home);
	bench_file(b, "token", "tok-from-file\n");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "tok-from-env", 1);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", token, 1);
	bench_session(b, NULL);
	wire_rule(b->wire, "GET /creds?x=1 HTTP/1.1", 200, NULL, JSON_TOKEN);
	ask(b);
	assert_string_equal(b->text, "container AKIDJSON s t");
	char *auth = wire_header(wire_request(b->wire, "/creds", 0), "Authorization");
	assert_string_equal(auth, "tok-from-file");
	free(auth);

	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1.example.org/", 1);
	creds_forget(b->aws->chain);
	ask(b);
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_non_null(strstr(b->err.text, "not allowed"));
	free(url);
	free(token);
}

static void imds(struct bench *b)
{
	unsetenv("AWS_EC2_METADATA_DISABLED");
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", wire_url(b->wire), 1);
	bench_session(b, NULL);
}

static void test_imds(void **state)
{
	struct bench *b = *state;
	imds(b);
	wire_rule(b->wire, "PUT /latest/api/token HTTP/1.1", 200, NULL, "TOKEN");
	wire_rule(b->wire, "GET /latest/meta-data/iam/security-credentials/ HTTP", 200, NULL,
		"my-role");
	wire_rule(b->wire, "GET /latest/meta-data/iam/security-credentials/my-role HTTP", 200,
		NULL, JSON_TOKEN);
	ask(b);
	assert_string_equal(b->text, "instance metadata AKIDJSON s t");
	char *ttl = wire_header(wire_request(b->wire, "PUT", 0),
		"X-aws-ec2-metadata-token-ttl-seconds");
	char *token = wire_header(wire_request(b->wire, "my-role", 0), "X-aws-ec2-metadata-token");
	assert_string_equal(ttl, "21600");
	assert_string_equal(token, "TOKEN");
	free(ttl);
	free(token);
	assert_int_equal(wire_unused(b->wire), 0);
}

/* Metadata that never answers: two seconds at most, and the loop goes on. */
static void test_imds_hangs(void **state)
{
	struct bench *b = *state;
	struct timespec from, to;
	imds(b);
	wire_hang(b->wire, "PUT");
	clock_gettime(CLOCK_MONOTONIC, &from);
	ask(b);
	clock_gettime(CLOCK_MONOTONIC, &to);
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_string_equal(note(b, "instance"), "instance metadata: no instance metadata here");
	assert_true(to.tv_sec - from.tv_sec <= 2);
}

/* Ten minutes before the end they are asked for again. */
static void test_refresh(void **state)
{
	struct bench *b = *state;
	char *url = xasprintf("%s/creds", wire_url(b->wire));
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	bench_session(b, NULL);
	wire_rule(b->wire, "/creds", 200, NULL,
		"{\"AccessKeyId\":\"A1\",\"SecretAccessKey\":\"s\",\"Expiration\":"
		"\"2026-11-22T13:14:16Z\"}");
	wire_rule(b->wire, "/creds", 200, NULL,
		"{\"AccessKeyId\":\"A2\",\"SecretAccessKey\":\"s\",\"Expiration\":"
		"\"2026-11-22T13:14:18Z\"}");
	ask(b);
	assert_string_equal(b->text, "container A1 s -");
	ask(b);
	assert_string_equal(b->text, "container A2 s -");
	ask(b);
	assert_int_equal(wire_count(b->wire, "/creds"), 2);
	free(url);
}

/* Two who ask at the same time cause one request; one of them may go away. */
static void test_waiting(void **state)
{
	struct bench *b = *state;
	char *url = xasprintf("%s/creds", wire_url(b->wire));
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	bench_session(b, NULL);
	wire_rule(b->wire, "/creds", 200, NULL, JSON_TOKEN);
	b->calls = 0;
	struct creds_wait *w = creds_get(b->aws->chain, on_credentials, b);
	assert_non_null(w);
	creds_get(b->aws->chain, on_credentials, b);
	creds_get(b->aws->chain, on_credentials, b);
	creds_wait_cancel(w);
	assert_true(bench_wait(b, 2));
	loop_turn(b->loop, 1);
	assert_int_equal(b->calls, 2);
	assert_int_equal(wire_count(b->wire, "/creds"), 1);
	free(url);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_environment), T(test_files), T(test_login_later), T(test_region),
		T(test_unreadable),
		T(test_process), T(test_container), T(test_imds), T(test_imds_hangs),
		T(test_refresh), T(test_waiting),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
