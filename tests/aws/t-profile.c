/* SPDX-License-Identifier: Apache-2.0 */
/* The shared files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/profile.h"

static const char credentials[] =
	"# a comment\n"
	"[default]\n"
	"aws_access_key_id = AKIA1\r\n"
	"AWS_SECRET_ACCESS_KEY=abc/def+=#no comment\n"
	"[ work ]\n"
	"aws_access_key_id=AKIA2 ; a comment\n"
	"aws_access_key_id=AKIA3\n"
	"[profile odd]\n"
	"aws_access_key_id=AKIA4\n";

static const char config[] =
	"[default]\nregion = eu-west-1\n"
	"[profile work]\n"
	"region=ap-northeast-2\n"
	"services = lab\n"
	"s3 =\n"
	"  max_concurrent_requests = 20\n"
	"  addressing_style = path\n"
	"output = json\n"
	"[bare]\nregion=nowhere\n"
	"[profile \"with space\"]\nregion=us-east-2\n"
	"[sso-session corp]\nsso_start_url = https://example.org/start\n"
	"[services lab]\nec2 =\n  endpoint_url = http://127.0.0.1:1\n"
	"broken line\n[unclosed\nregion=x\n";

static const char *get(const struct profiles *p, enum profile_file f, const char *kind,
	const char *name, const char *key)
{
	const char *v = profiles_get(p, f, kind, name, key);
	return v ? v : "(none)";
}

static void test_files(void **state)
{
	struct err e = ERR_INIT;
	struct profiles *p = profiles_parse(credentials, config, &e);
	enum profile_file cred = PROFILE_CREDENTIALS, conf = PROFILE_CONFIG;
	assert_string_equal(get(p, cred, NULL, "default", "aws_access_key_id"), "AKIA1");
	assert_string_equal(get(p, cred, NULL, "default", "aws_secret_access_key"),
		"abc/def+=#no comment");
	assert_string_equal(get(p, cred, NULL, "work", "aws_access_key_id"), "AKIA3");
	assert_string_equal(get(p, cred, NULL, "odd", "aws_access_key_id"), "(none)");
	assert_string_equal(get(p, conf, NULL, "default", "region"), "eu-west-1");
	assert_string_equal(get(p, conf, NULL, "work", "REGION"), "ap-northeast-2");
	assert_string_equal(get(p, conf, NULL, "work", "s3.addressing_style"), "path");
	assert_string_equal(get(p, conf, NULL, "work", "addressing_style"), "(none)");
	assert_string_equal(get(p, conf, NULL, "work", "output"), "json");
	assert_string_equal(get(p, conf, NULL, "bare", "region"), "(none)");
	assert_string_equal(get(p, conf, NULL, "with space", "region"), "us-east-2");
	assert_string_equal(get(p, conf, "sso-session", "corp", "sso_start_url"),
		"https://example.org/start");
	assert_string_equal(get(p, conf, "services", "lab", "EC2.endpoint_url"),
		"http://127.0.0.1:1");
	assert_string_equal(get(p, conf, NULL, "lab", "ec2.endpoint_url"), "(none)");
	assert_string_equal(profiles_setting(p, "work", "aws_access_key_id"), "AKIA3");
	assert_string_equal(profiles_setting(p, "work", "region"), "ap-northeast-2");
	assert_true(profiles_has(p, cred, "work"));
	assert_true(profiles_has(p, conf, "with space"));
	assert_false(profiles_has(p, conf, "bare"));
	assert_false(profiles_has(p, cred, "none"));
	profiles_free(p);
}

static void test_none(void **state)
{
	struct err e = ERR_INIT;
	setenv("AWS_CONFIG_FILE", "/nonexistent/a", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/b", 1);
	struct profiles *p = profiles_load(&e);
	assert_non_null(p);
	assert_false(err_is_set(&e));
	assert_string_equal(profiles_path(p, PROFILE_CONFIG), "/nonexistent/a");
	assert_null(profiles_setting(p, "default", "region"));
	profiles_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files), cmocka_unit_test(test_none),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
