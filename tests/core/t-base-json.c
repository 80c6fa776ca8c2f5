/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: parsing, paths, writing, quoting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/json.h"

static void test_paths(void **state)
{
	static const char text[] =
		"{\"metadata\":{\"name\":\"n\","
		"\"annotations\":{\"kops.k8s.io/needs-update\":\"\"}},"
		"\"spec\":{\"n\":110,\"b\":true,\"z\":null,\"l\":[{\"x\":5},7]}}";
	json_auto_t *j = json_parse(text, sizeof(text) - 1, NULL);

	assert_non_null(j);
	assert_string_equal(json_str(j, "metadata.name"), "n");
	assert_string_equal(json_str(j, "metadata.annotations.[kops.k8s.io/needs-update]"), "");
	assert_null(json_str(j, "metadata.annotations.kops.k8s.io/needs-update"));
	assert_null(json_str(j, "spec.n"));
	assert_int_equal(json_int(j, "spec.n", -1), 110);
	assert_int_equal(json_int(j, "spec.none", -1), -1);
	assert_int_equal(json_int(j, "metadata.name", -1), -1);
	assert_int_equal(json_int(j, "spec.l.0.x", -1), 5);
	assert_null(json_path(j, "spec.l.2"));
	assert_true(json_bool(j, "spec.b", false));
	assert_true(json_bool(j, "spec.z", true));
	assert_true(json_is_null(json_path(j, "spec.z")));
	assert_null(json_path(j, "spec.z.deeper"));
	assert_ptr_equal(json_path(j, ""), j);
	assert_null(json_path(NULL, "a"));
}

static void test_errors(void **state)
{
	static const char text[] = "{\"a\": 1,\n \"password\": hunter2}";
	struct err e = ERR_INIT;

	assert_null(json_parse(text, sizeof(text) - 1, &e));
	assert_int_equal(e.kind, ERR_PARSE);
	assert_non_null(strstr(e.text, "line 2"));
	/* What stood there might be a secret. */
	assert_null(strstr(e.text, "hunter2"));
	err_clear(&e);
	assert_null(json_parse("", 0, &e));
	assert_int_equal(e.kind, ERR_PARSE);
	assert_null(json_parse("{} x", 4, NULL));
}

static void test_nul_in_string(void **state)
{
	static const char text[] = "{\"a\":\"x\\u0000y\",\"b\":1}";
	json_auto_t *j = json_parse(text, sizeof(text) - 1, NULL);

	assert_int_equal(json_int(j, "b", 0), 1);
	assert_string_equal(json_str(j, "a"), "x");
}

static void test_write(void **state)
{
	static const char text[] = "{ \"b\" : [1, \"\xc3\xa9\"], \"a\" : {} }";
	json_auto_t *j = json_parse(text, sizeof(text) - 1, NULL);
	struct buf b = BUF_INIT;

	json_write(&b, j, false);
	assert_string_equal(b.data, "{\"b\":[1,\"\xc3\xa9\"],\"a\":{}}");
	buf_clear(&b);
	json_write(&b, j, true);
	assert_string_equal(b.data, "{\"a\":{},\"b\":[1,\"\xc3\xa9\"]}");
	buf_release(&b);
}

/* What a terminal obeys is escaped, in keys too; to a reader it is the same. */
static void test_harmless(void **state)
{
	static const char text[] = "a\xc2\x9b" "31m\xe2\x80\xaeo\xf3\xa0\x80\x81\xed\x95\x9c\x7f";
	struct buf b = BUF_INIT;
	json_t *j = json_object();

	json_object_set_new(j, text, json_string(text));
	json_write(&b, j, false);
	assert_string_equal(b.data, "{\"a\\u009b31m\\u202eo\\udb40\\udc01\xed\x95\x9c\\u007f\":"
		"\"a\\u009b31m\\u202eo\\udb40\\udc01\xed\x95\x9c\\u007f\"}");
	json_decref(j);
	j = json_parse(b.data, b.len, NULL);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, text)), text);
	json_decref(j);
	buf_clear(&b);
	json_quote(&b, text);
	assert_string_equal(b.data, "\"a\\u009b31m\\u202eo\\udb40\\udc01\xed\x95\x9c\\u007f\"");
	buf_release(&b);
}

static void test_quote(void **state)
{
	struct buf b = BUF_INIT;
	json_t *j;

	json_quote(&b, "a\"\\\n\t\x01\x7f\xc3\xa9\xff");
	assert_string_equal(b.data, "\"a\\\"\\\\\\n\\t\\u0001\\u007f\xc3\xa9\xef\xbf\xbd\"");
	j = json_parse(b.data, b.len, NULL);
	assert_string_equal(json_string_value(j), "a\"\\\n\t\x01\x7f\xc3\xa9\xef\xbf\xbd");
	json_decref(j);
	buf_clear(&b);
	json_quote(&b, NULL);
	assert_string_equal(b.data, "\"\"");
	buf_clear(&b);
	json_quote(&b, "\b\v\f\r");
	assert_string_equal(b.data, "\"\\b\\u000b\\f\\r\"");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_nul_in_string), cmocka_unit_test(test_write),
		cmocka_unit_test(test_harmless),
		cmocka_unit_test(test_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
