/* SPDX-License-Identifier: Apache-2.0 */
/* Roles: assumed through profiles, by a web identity, by single sign-on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/credentials.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/aws/bench.h"

/* hash of the session's name "corp" */
#define SSO_CACHE ".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"

#define STS(element, id) \
	"<R><" element "><Credentials><AccessKeyId>" id "</AccessKeyId><SecretAccessKey>s-" id \
	"</SecretAccessKey><SessionToken>t-" id "</SessionToken>" \
	"<Expiration>2026-11-22T14:04:17Z</Expiration></Credentials></" element "></R>"

static void ask(struct bench *b, const char *profile)
{
	setenv("AWS_ENDPOINT_URL", wire_url(b->wire), 1);
	setenv("AWS_REGION", "eu-west-3", 1);
	bench_session(b, &(struct aws_options){ .profile = profile });
	b->calls = 0;
	creds_get(b->aws->chain, bench_on_credentials, b);
	assert_true(bench_wait(b, 1));
}

static void test_chain(void **state)
{
	struct bench *b = *state;
	bench_file(b, ".aws/credentials",
		"[base]\naws_access_key_id=AKIDBASE\naws_secret_access_key=s\n");
	bench_file(b, ".aws/config",
		"[profile top]\nrole_arn=arn:top\nsource_profile=middle\nexternal_id=x y\n"
		"duration_seconds=1800\nrole_session_name=me\n"
		"[profile middle]\nrole_arn=arn:middle\nsource_profile=base\n");
	wire_rule(b->wire, "Credential=AKIDBASE/", 200, NULL, STS("AssumeRoleResult", "MIDDLE"));
	wire_rule(b->wire, "Credential=MIDDLE/", 200, NULL, STS("AssumeRoleResult", "TOP"));
	ask(b, "top");
	assert_string_equal(b->text, "assumed role TOP s-TOP t-TOP");
	assert_int_equal(b->count, BENCH_WALL / 1000 + 3600);
	assert_string_equal(wire_body(wire_request(b->wire, "arn%3Amiddle", 0)),
		"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Amiddle"
		"&RoleSessionName=kopscope-1795352657");
	assert_string_equal(wire_body(wire_request(b->wire, "arn%3Atop", 0)),
		"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Atop&RoleSessionName=me"
		"&ExternalId=x%20y&DurationSeconds=1800");
	assert_non_null(strstr(wire_request(b->wire, "arn%3Atop", 0),
		"X-Amz-Security-Token: t-MIDDLE\r\n"));
}

static void test_sources(void **state)
{
	struct bench *b = *state;
	bench_file(b, ".aws/config",
		"[profile self]\nrole_arn=arn:self\nsource_profile=self\n"
		"aws_access_key_id=AKIDSELF\naws_secret_access_key=s\n"
		"[profile env]\nrole_arn=arn:env\ncredential_source=Environment\n");
	setenv("AWS_ACCESS_KEY_ID", "AKIDENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "s", 1);
	wire_rule(b->wire, "Credential=AKIDSELF/", 200, NULL, STS("AssumeRoleResult", "A"));
	ask(b, "self");
	assert_string_equal(b->text, "assumed role A s-A t-A");
	wire_rule(b->wire, "Credential=AKIDENV/", 200, NULL, STS("AssumeRoleResult", "B"));
	ask(b, "env");
	assert_string_equal(b->text, "assumed role B s-B t-B");
}

static void test_broken(void **state)
{
	static const struct {
		const char *profile, *words;
	} v[] = {
		{ "a", "goes in a circle" }, { "none", "source \"nobody\" has no credentials" },
		{ "both", "and not both" }, { "odd", "unknown credential_source \"Moon\"" },
		{ "mfa", "nobody is here to be asked" }, { "half", "no aws_secret_access_key" },
		{ "denied", "because (AccessDenied)" },
	};
	struct bench *b = *state;
	bench_file(b, ".aws/config",
		"[profile a]\nrole_arn=r\nsource_profile=b\n"
		"[profile b]\nrole_arn=r\nsource_profile=c\n"
		"[profile c]\nrole_arn=r\nsource_profile=a\n"
		"[profile none]\nrole_arn=r\nsource_profile=nobody\n"
		"[profile both]\nrole_arn=r\nsource_profile=a\ncredential_source=Environment\n"
		"[profile odd]\nrole_arn=r\ncredential_source=Moon\n"
		"[profile mfa]\nrole_arn=r\nsource_profile=keys\nmfa_serial=m\n"
		"[profile half]\nrole_arn=r\nsource_profile=keyless\n"
		"[profile keyless]\naws_access_key_id=x\n"
		"[profile denied]\nrole_arn=r\nsource_profile=keys\n"
		"[profile keys]\naws_access_key_id=x\naws_secret_access_key=s\n");
	wire_rule(b->wire, "AssumeRole", 403, NULL, "<E><Error><Code>AccessDenied</Code>"
		"<Message>because</Message></Error></E>");
	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++) {
		ask(b, v[i].profile);
		assert_int_equal(b->err.kind, ERR_AUTH);
		if (!strstr(b->err.text, v[i].words)) {
			fail_msg("%s: %s", v[i].profile, b->err.text);
		}
	}
	assert_int_equal(wire_count(b->wire, ""), 1);
}

/* ---- the code of a second factor ---- */

struct oracle {
	struct asker asker;
	const char *answers[4]; /* NULL: declines */
	char *asked[4];
	size_t n;
};

static void oracle_ask(struct asker *a, const char *question,
	void (*done)(void *ctx, const char *answer), void *ctx)
{
	struct oracle *o = (struct oracle *)a;
	const char *answer = o->answers[o->n];
	o->asked[o->n++] = xstrdup(question);
	done(ctx, answer);
}

static void oracle_cancel(struct asker *a)
{
}

static void oracle_release(struct oracle *o)
{
	for (size_t i = 0; i < o->n; i++) {
		free(o->asked[i]);
	}
}

static void mfa_session(struct bench *b, struct oracle *o)
{
	o->asker = (struct asker){ .ask = oracle_ask, .cancel = oracle_cancel };
	setenv("AWS_ENDPOINT_URL", wire_url(b->wire), 1);
	bench_file(b, ".aws/config",
		"[profile mfa]\nrole_arn=arn:admin\nsource_profile=keys\nmfa_serial=arn:mfa/me\n"
		"[profile keys]\naws_access_key_id=AKIDKEYS\naws_secret_access_key=s\n");
	bench_session(b, &(struct aws_options){ .profile = "mfa", .asker = &o->asker });
}

static void mfa_get(struct bench *b)
{
	b->calls = 0;
	creds_get(b->aws->chain, bench_on_credentials, b);
	assert_true(bench_wait(b, 1));
}

#define MFA_WRONG "<E><Error><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed " \
	"with invalid MFA one time pass code.</Message></Error></E>"

static void test_mfa(void **state)
{
	struct bench *b = *state;
	struct oracle o = { .answers = { "111111", "222222" } };
	mfa_session(b, &o);
	wire_rule(b->wire, "TokenCode=111111", 403, NULL, MFA_WRONG);
	wire_rule(b->wire, "TokenCode=222222", 200, NULL, STS("AssumeRoleResult", "M"));
	mfa_get(b);
	assert_string_equal(b->text, "assumed role M s-M t-M");
	assert_string_equal(o.asked[0], "Code of arn:mfa/me, for role arn:admin");
	assert_string_equal(o.asked[1],
		"That code was refused.  Code of arn:mfa/me, for role arn:admin");
	assert_non_null(strstr(wire_request(b->wire, "TokenCode=222222", 0),
		"&SerialNumber=arn%3Amfa%2Fme&TokenCode=222222"));
	/* Held to the end, not asked for again; and the programs we start have them. */
	mfa_get(b);
	assert_int_equal(o.n, 2);
	struct aws_about about;
	aws_about(b->aws, &about);
	assert_false(about.renews);
	assert_string_equal(getenv("AWS_ACCESS_KEY_ID"), "M");
	assert_string_equal(getenv("AWS_SESSION_TOKEN"), "t-M");
	bench_session(b, NULL);
	assert_null(getenv("AWS_ACCESS_KEY_ID"));
	assert_null(getenv("AWS_SESSION_TOKEN"));
	oracle_release(&o);
}

static void test_mfa_declined(void **state)
{
	struct bench *b = *state;
	struct oracle o = { .answers = { NULL, "333333" } };
	mfa_session(b, &o);
	wire_rule(b->wire, "TokenCode=333333", 200, NULL, STS("AssumeRoleResult", "N"));
	mfa_get(b);
	assert_non_null(strstr(b->err.text, "no code of the second factor was given"));
	/* Polling does not nag; the user's own refresh asks again. */
	mfa_get(b);
	assert_int_equal(o.n, 1);
	aws_ask_again(b->aws);
	mfa_get(b);
	assert_string_equal(b->text, "assumed role N s-N t-N");
	bench_session(b, NULL);
	oracle_release(&o);
}

static void test_web_identity(void **state)
{
	struct bench *b = *state;
	char *path = xasprintf("%s/token", b->home);
	bench_file(b, "token", "JWT.x.y\n");
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", path, 1);
	setenv("AWS_ROLE_ARN", "arn:web", 1);
	setenv("AWS_ROLE_SESSION_NAME", "pod", 1);
	wire_rule(b->wire, "Action=AssumeRoleWithWebIdentity", 200, NULL,
		STS("AssumeRoleWithWebIdentityResult", "W"));
	ask(b, NULL);
	assert_string_equal(b->text, "web identity W s-W t-W");
	const char *r = wire_request(b->wire, "", 0);
	assert_string_equal(wire_body(r), "Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
		"&RoleArn=arn%3Aweb&RoleSessionName=pod&WebIdentityToken=JWT.x.y");
	assert_null(wire_header(r, "Authorization"));
	unsetenv("AWS_ROLE_ARN");
	ask(b, NULL);
	assert_int_equal(b->err.kind, ERR_AUTH);
	free(path);
}

static void sso_cache(struct bench *b, const char *expires)
{
	char *text = xasprintf("{\"accessToken\":\"SSOTOKEN\",\"expiresAt\":\"%s\"}", expires);
	bench_file(b, SSO_CACHE, text);
	free(text);
}

static void test_sso(void **state)
{
	struct bench *b = *state;
	setenv("AWS_ENDPOINT_URL_SSO", wire_url(b->wire), 1);
	bench_file(b, ".aws/config",
		"[profile s]\nsso_session=corp\nsso_account_id=1111\nsso_role_name=Admin User\n"
		"[sso-session corp]\nsso_region=eu-west-1\nsso_start_url=https://x.example/start\n"
		"[profile half]\nsso_session=corp\n");
	ask(b, "s");
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_string_equal(b->err.hint, "Run `aws sso login --profile s`.");
	sso_cache(b, "2026-11-22T13:04:16Z");
	ask(b, "s");
	assert_non_null(strstr(b->err.text, "has expired"));
	sso_cache(b, "2026-11-22T13:05:00UTC");
	wire_rule(b->wire, "GET /federation/credentials?role_name=Admin%20User&account_id=1111 ",
		200, NULL, "{\"roleCredentials\":{\"accessKeyId\":\"A\",\"secretAccessKey\":\"s\","
		"\"sessionToken\":\"t\",\"expiration\":1795356257000}}");
	ask(b, "s");
	assert_string_equal(b->text, "single sign-on A s t");
	assert_int_equal(b->count, 1795356257);
	char *token = wire_header(wire_request(b->wire, "", 0), "x-amz-sso_bearer_token");
	assert_string_equal(token, "SSOTOKEN");
	free(token);
	wire_rule(b->wire, "/federation", 401, NULL, "{}");
	ask(b, "s");
	assert_string_equal(b->err.hint, "Run `aws sso login --profile s`.");
	ask(b, "half");
	assert_non_null(strstr(b->err.text, "not complete"));
}

/* A session that ends in the middle of all this leaves nothing behind. */
static void test_free_while_asking(void **state)
{
	struct bench *b = *state;
	test_chain(state);
	wire_hang(b->wire, "AssumeRole");
	bench_session(b, &(struct aws_options){ .profile = "top" });
	b->calls = 0;
	creds_get(b->aws->chain, bench_on_credentials, b);
	while (wire_count(b->wire, "") < 3) {
		loop_turn(b->loop, 10);
	}
	bench_session(b, NULL);
	loop_turn(b->loop, 1);
	assert_int_equal(b->calls, 0);
}

static int teardown(void **state)
{
	struct bench *b = *state;
	char *path = xasprintf("%s/" SSO_CACHE, b->home);
	remove(path);
	free(path);
	return bench_teardown(state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_chain), T(test_sources), T(test_broken), T(test_mfa),
		T(test_mfa_declined), T(test_web_identity), T(test_sso),
		T(test_free_while_asking),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
