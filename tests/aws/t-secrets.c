/* SPDX-License-Identifier: Apache-2.0 */
/* Known secrets are planted; nothing that is written down may hold them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/trace.h"
#include "tests/aws/bench.h"

static const char *const planted[] = {
	"PLANTEDSECRETKEY", "PLANTEDTOKEN", "PLANTEDPROCESS", "PLANTEDROLE", "PLANTEDWEB",
	"PLANTEDIMDS", "Signature=",
};

static void clean(const char *what, const char *text)
{
	for (size_t i = 0; i < sizeof(planted) / sizeof(*planted); i++) {
		if (text && strstr(text, planted[i])) {
			fail_msg("%s holds %s", what, planted[i]);
		}
	}
}

static void on_put(void *ctx, const char *etag, const struct err *e)
{
	bench_on_done(ctx, e);
}

/* One call with whatever credentials are set up now; all words of it are looked at. */
static void use(struct bench *b, const char *profile)
{
	setenv("AWS_ENDPOINT_URL", wire_url(b->wire), 1);
	bench_session(b, &(struct aws_options){ .profile = profile, .region = "eu-west-3" });
	struct cloud *c = aws_cloud_new(b->aws, NULL);
	b->calls = 0;
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_true(bench_wait(b, 1));
	clean("an error", b->err.text);
	clean("a hint", b->err.hint);
	for (size_t i = 0; aws_credentials_note(b->aws, i); i++) {
		clean("a note", aws_credentials_note(b->aws, i));
	}
	aws_cloud_free(c);
}

static void use_environment(struct bench *b)
{
	setenv("AWS_ACCESS_KEY_ID", "AKID", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "PLANTEDSECRETKEY", 1);
	setenv("AWS_SESSION_TOKEN", "PLANTEDTOKEN", 1);
	wire_rule(b->wire, "", 403, NULL, "<Error><Code>SignatureDoesNotMatch</Code></Error>");
	use(b, NULL);
	struct err e = ERR_INIT;
	struct store *s = aws_store_new(b->aws, "s3://b", &e);
	s->ops->put(s, "a", "text", 4, "", on_put, b);
	assert_true(bench_wait(b, 2));
	s->ops->free(s);
	unsetenv("AWS_ACCESS_KEY_ID");
}

static void use_profiles(struct bench *b)
{
	char *config = xasprintf("[profile p]\ncredential_process = %s/helper\n"
		"[profile q]\ncredential_process = %s/helper bad\n"
		"[profile r]\nrole_arn=r\nsource_profile=k\n"
		"[profile k]\naws_access_key_id=A\naws_secret_access_key=PLANTEDSECRETKEY\n"
		"[profile w]\nrole_arn=r\nweb_identity_token_file=%s/token\n", b->home, b->home,
		b->home);
	bench_file(b, ".aws/config", config);
	bench_file(b, "token", "PLANTEDWEB");
	bench_file(b, "helper", "#!/bin/sh\n"
		"[ \"$1\" ] && echo '{\"SecretAccessKey\":\"PLANTEDPROCESS\",' && exit\n"
		"echo '{\"Version\":1,\"AccessKeyId\":\"A\","
		"\"SecretAccessKey\":\"PLANTEDPROCESS\"}'\n");
	free(config);
	use(b, "p");
	use(b, "q");
	assert_int_equal(b->err.kind, ERR_AUTH);
	wire_rule(b->wire, "Action=AssumeRole&", 200, NULL,
		"<R><AssumeRoleResult><Credentials><AccessKeyId>A</AccessKeyId><SecretAccessKey>"
		"PLANTEDROLE</SecretAccessKey><SessionToken>PLANTEDTOKEN</SessionToken>"
		"</Credentials></AssumeRoleResult></R>");
	use(b, "r");
	use(b, "w");
}

static void use_imds(struct bench *b)
{
	unsetenv("AWS_EC2_METADATA_DISABLED");
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", wire_url(b->wire), 1);
	wire_rule(b->wire, "/latest/api/token", 200, NULL, "PLANTEDTOKEN");
	wire_rule(b->wire, "/security-credentials/ ", 200, NULL, "role");
	wire_rule(b->wire, "/security-credentials/role ", 200, NULL,
		"{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"PLANTEDIMDS\"}");
	use(b, NULL);
}

static void test_secrets(void **state)
{
	struct bench *b = *state;
	char *path = xasprintf("%s/trace", b->home);
	setenv("KOPSCOPE_TRACE", "all", 1);
	setenv("KOPSCOPE_TRACE_FILE", path, 1);
	trace_open_from_env();
	use_environment(b);
	use_profiles(b);
	use_imds(b);
	trace_close();
	struct buf trace = BUF_INIT;
	struct err e = ERR_INIT;
	assert_true(file_read(path, &trace, &e));
	/* It does tell something. */
	assert_non_null(strstr(buf_str(&trace), "TerminateInstances"));
	assert_non_null(strstr(buf_str(&trace), "credentials: assumed role: found"));
	clean("the trace", buf_str(&trace));
	buf_release(&trace);
	remove(path);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_secrets, bench_setup, bench_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
