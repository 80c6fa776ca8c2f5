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
#include <unistd.h>
#include <cmocka.h>

#include "aws/credentials.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/aws/bench.h"

#define JSON_TOKEN \
	"{\"Code\":\"Success\",\"AccessKeyId\":\"AKIDJSON\",\"SecretAccessKey\":\"s\"," \
	"\"Token\":\"t\",\"Expiration\":\"2026-11-22T14:04:17Z\"}"

static void ask(struct bench *b)
{
	b->calls = 0;
	creds_get(b->aws->chain, bench_on_credentials, b);
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

static void process_session(struct bench *b, const char *script)
{
	char *config = xasprintf("[default]\n"
		"credential_process = '%s/helper' \"two words\" a\\ b\n", b->home);
	bench_file(b, "helper", script);
	bench_file(b, ".aws/config", config);
	free(config);
	bench_session(b, NULL);
}

static void process(struct bench *b, const char *script)
{
	process_session(b, script);
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
	if (!strstr(b->err.text, "not JSON"))
		fail_msg("it says: %s", b->err.text);
	assert_null(strstr(b->err.text, "SECRET"));
	/* Its limit is meant in real seconds, which the clock's scale makes: here 30 ms. */
	process_session(b, "#!/bin/sh\nexec sleep 600\n");
	b->calls = 0;
	b->clock.scale = 1;
	creds_get(b->aws->chain, bench_on_credentials, b);
	b->clock.scale = b->fast.scale;
	assert_true(bench_wait(b, 1));
	assert_non_null(strstr(b->err.text, "credential_process did not end within 30 s"));
	assert_non_null(strstr(b->err.hint, "by hand"));
	char *helper = xasprintf("%s/helper", b->home);
	assert_int_equal(remove(helper), 0);
	free(helper);
	creds_forget(b->aws->chain);
	ask(b);
	assert_string_equal(b->text, "(none)");
	assert_non_null(strstr(b->err.text, "credential_process: there is no program"));
}

/* A session that ends while its credentials are awaited calls nobody and leaves nothing. */
static void test_end_while_asking(void **state)
{
	struct bench *b = *state;
	char *token = xasprintf("%s/token", b->home), *begun = xasprintf("%s/begun", b->home);
	char *url = xasprintf("%s/creds", wire_url(b->wire));
	bench_file(b, "token", "JWT\n");
	bench_file(b, "helper", "#!/bin/sh\necho >~/begun\nexec sleep 600\n");
	char *config = xasprintf("[profile waits]\ncredential_process = %s/helper\n", b->home);
	bench_file(b, ".aws/config", config);
	free(config);
	setenv("AWS_ENDPOINT_URL", wire_url(b->wire), 1);
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", token, 1);
	setenv("AWS_ROLE_ARN", "arn:web", 1);
	wire_hang(b->wire, "AssumeRoleWithWebIdentity");
	wire_hang(b->wire, "GET /creds");
	for (int i = 0; i < 3; i++) {
		bench_session(b, &(struct aws_options){ .region = "eu-west-3",
			.profile = i == 2 ? "waits" : NULL });
		b->calls = 0;
		creds_get(b->aws->chain, bench_on_credentials, b);
		for (int turn = 0; turn < 10000 &&
		     (i < 2 ? wire_count(b->wire, "") <= (size_t)i : access(begun, F_OK)); turn++) {
			loop_turn(b->loop, 1);
		}
		assert_int_equal(b->calls, 0);
		unsetenv("AWS_WEB_IDENTITY_TOKEN_FILE");
		setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	}
	assert_int_equal(access(begun, F_OK), 0);
	bench_session(b, NULL);
	loop_turn(b->loop, 1);
	assert_int_equal(b->calls, 0);
	free(url);
	free(begun);
	free(token);
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

	static const char *const hosts[] = { "http://127.0.0.1.example.org/", "ftp://127.0.0.1/" };
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", hosts[i], 1);
		creds_forget(b->aws->chain);
		ask(b);
		assert_int_equal(b->err.kind, ERR_AUTH);
		assert_non_null(strstr(b->err.text, "not allowed"));
	}

	static const struct {
		int status;
		const char *body, *says;
	} answers[] = {
		{ 403, "{}", "HTTP 403" }, { 200, "SECRET", "not JSON" }, { 0, NULL, "" },
	};
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url, 1);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (answers[i].body)
			wire_rule(b->wire, "/creds", answers[i].status, NULL, answers[i].body);
		else
			wire_reset(b->wire, "/creds");
		creds_forget(b->aws->chain);
		ask(b);
		assert_string_equal(b->text, "(none)");
		assert_non_null(strstr(b->err.text, answers[i].says));
		assert_null(strstr(b->err.text, "SECRET"));
	}
	assert_int_equal(remove(token), 0);
	creds_forget(b->aws->chain);
	ask(b);
	assert_non_null(strstr(b->err.text, token));
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

/*
 * ask() with metadata that hangs at one of its steps takes two seconds at most.  A busy machine
 * adds to what it takes and never takes from it: the least of some tries counts.
 */
static bool hangs_for_2_s(struct bench *b, size_t step)
{
	static const char *const steps[] = { "PUT /latest/api/token", "security-credentials/ HTTP",
		"security-credentials/my-role", "placement/region" };
	static const char *const bodies[] = { "TOKEN", "my-role", JSON_TOKEN, "r" };
	bool within = false;
	for (int tries = 0; tries < 5 && !within; tries++) {
		struct timespec from, to;
		wire_forget(b->wire);
		for (size_t i = 0; i < step; i++) {
			wire_rule(b->wire, steps[i], 200, NULL, bodies[i]);
		}
		wire_hang(b->wire, steps[step]);
		creds_forget(b->aws->chain);
		clock_gettime(CLOCK_MONOTONIC, &from);
		ask(b);
		clock_gettime(CLOCK_MONOTONIC, &to);
		within = !wire_unused(b->wire) && (to.tv_sec - from.tv_sec) * 1000 +
			(to.tv_nsec - from.tv_nsec) / 1000000 <= 2000;
	}
	return within;
}

/* Metadata that never answers: the loop goes on. */
static void test_imds_hangs(void **state)
{
	struct bench *b = *state;
	imds(b);
	assert_true(hangs_for_2_s(b, 0));
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_string_equal(note(b, "instance"), "instance metadata: no instance metadata here");
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
	struct creds_wait *w = creds_get(b->aws->chain, bench_on_credentials, b);
	assert_non_null(w);
	creds_get(b->aws->chain, bench_on_credentials, b);
	creds_get(b->aws->chain, bench_on_credentials, b);
	creds_wait_cancel(w);
	assert_true(bench_wait(b, 2));
	loop_turn(b->loop, 1);
	assert_int_equal(b->calls, 2);
	assert_int_equal(wire_count(b->wire, "/creds"), 1);
	free(url);
}

/* ---- the order ---- */

#define STS_KEYS(element, id) \
	"<R><" element "><Credentials><AccessKeyId>" id "</AccessKeyId><SecretAccessKey>s" \
	"</SecretAccessKey><SessionToken>t</SessionToken>" \
	"<Expiration>2026-11-22T14:04:17Z</Expiration></Credentials></" element "></R>"

/* Hash of the session's name "corp". */
#define SSO_CACHE ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

/* One row a provider, in the order in which they are asked: all that sets it up, and what it gets. */
static const struct order {
	const char *name, *key;
	const char *env[3][2];        /* HOME and WIRE: see order_value() */
	const char *config, *shared;  /* lines of profile default */
	const char *match[4], *body[4];
} order[] = {
	{ .name = "environment", .key = "ENV",
		.env = { { "AWS_ACCESS_KEY_ID", "ENV" }, { "AWS_SECRET_ACCESS_KEY", "s" } } },
	{ .name = "assumed role", .key = "ROLE",
		.config = "role_arn=arn:role\nsource_profile=source\n",
		.match = { "Action=AssumeRole&" },
		.body = { STS_KEYS("AssumeRoleResult", "ROLE") } },
	{ .name = "web identity", .key = "WEB",
		.env = { { "AWS_WEB_IDENTITY_TOKEN_FILE", "HOME/token" },
			{ "AWS_ROLE_ARN", "arn:web" } },
		.match = { "Action=AssumeRoleWithWebIdentity" },
		.body = { STS_KEYS("AssumeRoleWithWebIdentityResult", "WEB") } },
	{ .name = "single sign-on", .key = "SSO", .env = { { "AWS_ENDPOINT_URL_SSO", "WIRE" } },
		.config = "sso_session=corp\nsso_account_id=1\nsso_role_name=r\n",
		.match = { "/federation/credentials" },
		.body = { "{\"roleCredentials\":{\"accessKeyId\":\"SSO\",\"secretAccessKey\":"
			  "\"s\",\"sessionToken\":\"t\",\"expiration\":1795356257000}}" } },
	{ .name = "shared file", .key = "SHARED",
		.shared = "aws_access_key_id=SHARED\naws_secret_access_key=s\n" },
	{ .name = "credential process", .key = "PROCESS",
		.config = "credential_process=HOME/helper\n" },
	{ .name = "config file", .key = "CONFIG",
		.config = "aws_access_key_id=CONFIG\naws_secret_access_key=s\n" },
	{ .name = "container", .key = "CONTAINER",
		.env = { { "AWS_CONTAINER_CREDENTIALS_FULL_URI", "WIRE/creds" } },
		.match = { "/creds" },
		.body = { "{\"AccessKeyId\":\"CONTAINER\",\"SecretAccessKey\":\"s\"}" } },
	{ .name = "instance metadata", .key = "IMDS",
		.env = { { "AWS_EC2_METADATA_SERVICE_ENDPOINT", "WIRE" } },
		.match = { "PUT /latest/api/token", "security-credentials/ HTTP",
			"security-credentials/my-role", "placement/region" },
		.body = { "TOKEN", "my-role", "{\"AccessKeyId\":\"IMDS\",\"SecretAccessKey\":"
			  "\"s\",\"Token\":\"t\"}", "ap-northeast-2" } },
};
#define ORDERS (sizeof(order) / sizeof(*order))

/* HOME and WIRE in front of a value stand for what they are in this test; to be freed. */
static char *order_value(const struct bench *b, const char *v)
{
	return str_starts(v, "HOME") ? xasprintf("%s%s", b->home, v + 4)
		: str_starts(v, "WIRE") ? xasprintf("%s%s", wire_url(b->wire), v + 4)
					: xstrdup(v);
}

/* Everything from the k-th provider on is set up, nothing before it. */
static void order_set_up(struct bench *b, size_t k)
{
	struct buf config = BUF_INIT, shared = BUF_INIT;
	buf_adds(&config, "[default]\n");
	buf_adds(&shared, "[source]\naws_access_key_id=SOURCE\naws_secret_access_key=s\n"
		"[default]\n");
	for (size_t i = 0; i < ORDERS; i++) {
		for (size_t n = 0; n < 3 && order[i].env[n][0]; n++) {
			char *v = order_value(b, order[i].env[n][1]);
			if (i >= k) {
				setenv(order[i].env[n][0], v, 1);
			} else {
				unsetenv(order[i].env[n][0]);
			}
			free(v);
		}
		if (i >= k && order[i].config) {
			const char *at = strstr(order[i].config, "HOME");
			buf_addf(&config, "%.*s%s%s", at ? (int)(at - order[i].config) : -1,
				order[i].config, at ? b->home : "", at ? at + 4 : "");
		}
		buf_adds(&shared, i >= k && order[i].shared ? order[i].shared : "");
	}
	buf_adds(&config, "[sso-session corp]\nsso_start_url=https://corp\nsso_region=eu-west-3\n");
	bench_file(b, ".aws/config", buf_str(&config));
	bench_file(b, ".aws/credentials", buf_str(&shared));
	buf_release(&config);
	buf_release(&shared);
}

static void test_order(void **state)
{
	struct bench *b = *state;
	unsetenv("AWS_EC2_METADATA_DISABLED");
	setenv("AWS_ENDPOINT_URL", wire_url(b->wire), 1);
	bench_file(b, "token", "JWT");
	bench_file(b, "helper", "#!/bin/sh\n"
		"echo '{\"Version\":1,\"AccessKeyId\":\"PROCESS\",\"SecretAccessKey\":\"s\"}'\n");
	bench_file(b, SSO_CACHE,
		"{\"accessToken\":\"at\",\"expiresAt\":\"2026-11-22T20:00:00Z\"}");
	for (size_t k = 0; k < ORDERS; k++) {
		order_set_up(b, k);
		for (size_t i = 0; i < 4 && order[k].match[i]; i++) {
			wire_rule(b->wire, order[k].match[i], 200, NULL, order[k].body[i]);
		}
		bench_session(b, NULL);
		ask(b);
		char *want = xasprintf("%s %s s ", order[k].name, order[k].key);
		if (!str_starts(b->text, want)) {
			fail_msg("%s: got %s (%s)", want, b->text, b->err.text);
		}
		free(want);
		assert_int_equal(wire_unused(b->wire), 0);
		/* Those before say why not, in this order; those behind were not asked. */
		for (size_t i = 0; i < k; i++) {
			assert_true(str_starts(aws_credentials_note(b->aws, i), order[i].name));
			assert_null(strstr(aws_credentials_note(b->aws, i), "found"));
		}
		assert_null(aws_credentials_note(b->aws, k + 1));
		for (size_t i = k + 1; i < ORDERS; i++) {
			assert_string_equal(aws_credentials_unasked(b->aws, i - k - 1),
				order[i].name);
		}
		assert_null(aws_credentials_unasked(b->aws, ORDERS - k - 1));
	}
	/* The instance also told where it is. */
	struct aws_about about;
	aws_about(b->aws, &about);
	assert_string_equal(about.region, "ap-northeast-2");
	assert_string_equal(about.region_from, "the instance's metadata");
	char *path = xasprintf("%s/" SSO_CACHE, b->home);
	remove(path);
	free(path);
}

/* Each of the metadata's four steps may hang. */
static void test_imds_hangs_late(void **state)
{
	struct bench *b = *state;
	imds(b);
	for (size_t step = 0; step < 4; step++) {
		assert_true(hangs_for_2_s(b, step));
		assert_int_equal(b->err.kind, step == 3 ? ERR_NONE : ERR_AUTH);
	}
}

/* Keys that somebody else got for us tell when they end. */
static void test_told_expiry(void **state)
{
	struct bench *b = *state;
	setenv("AWS_ACCESS_KEY_ID", "ASIA", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	setenv("AWS_SESSION_TOKEN", "t", 1);
	setenv("AWS_CREDENTIAL_EXPIRATION", "2026-11-22T13:45:17Z", 1);
	bench_session(b, NULL);
	ask(b);
	assert_int_equal(b->count, BENCH_WALL / 1000 + 41 * 60);
	unsetenv("AWS_ACCESS_KEY_ID");
	bench_file(b, ".aws/credentials", "[default]\naws_access_key_id=A\n"
		"aws_secret_access_key=s\naws_session_token=t\n"
		"x_security_token_expires=2026-11-22T14:04:17Z\n");
	bench_session(b, NULL);
	ask(b);
	assert_int_equal(b->count, BENCH_WALL / 1000 + 3600);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_environment), T(test_files), T(test_login_later), T(test_region),
		T(test_unreadable),
		T(test_process), T(test_container), T(test_imds), T(test_imds_hangs),
		T(test_refresh), T(test_waiting), T(test_order), T(test_imds_hangs_late),
		T(test_told_expiry), T(test_end_while_asking),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
