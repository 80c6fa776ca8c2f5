/* SPDX-License-Identifier: Apache-2.0 */
/* The YAML tree: shape, marks in bytes, meaning of scalars, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/yaml.h"

static struct yaml_doc *parse(const char *text, size_t index)
{
	struct err e = ERR_INIT;
	struct yaml_doc *d = yaml_parse(text, strlen(text), index, &e);

	if (!d)
		fail_msg("%s", e.text);
	assert_false(err_is_set(&e));
	return d;
}

static void refuse(const char *text, size_t len, size_t index, const char *word)
{
	struct err e = ERR_INIT;
	struct yaml_doc *d = yaml_parse(text, len, index, &e);

	assert_null(d);
	assert_int_equal(e.kind, ERR_PARSE);
	if (!strstr(e.text, word))
		fail_msg("\"%s\" lacks \"%s\"", e.text, word);
}

static void test_tree(void **state)
{
	static const char text[] =
		"apiVersion: kops.k8s.io/v1alpha2\n"
		"spec:\n"
		"  kubelet:\n"
		"    maxPods: 110\n"
		"    maxPods: 17\n"
		"  env: [{name: A, value: \"1\"}]\n"
		"  [x]: y\n"
		"  a.b: dotted\n"
		"  nothing: ~\n";
	struct yaml_doc *d = parse(text, 0);
	const struct yaml_node *root = yaml_root(d), *kubelet = yaml_at(root, "spec.kubelet");
	int64_t v = 0;

	assert_int_equal(root->kind, YAML_MAP);
	assert_int_equal(kubelet->count, 2);
	/* The last of two wins. */
	assert_true(yaml_int(yaml_get(kubelet, "maxPods"), &v));
	assert_int_equal(v, 17);
	assert_string_equal(yaml_text(root, "spec.env.0.value"), "1");
	assert_true(yaml_at(root, "spec.env")->flow);
	assert_string_equal(yaml_text(root, "spec.[a.b]"), "dotted");
	assert_null(yaml_text(root, "spec.nothing"));
	assert_non_null(yaml_at(root, "spec.nothing"));
	assert_null(yaml_at(root, "spec.none.at.all"));
	assert_null(yaml_get(yaml_at(root, "apiVersion"), "x"));
	assert_int_equal(yaml_at(root, "spec.env.0.value")->style, YAML_DOUBLE);
	assert_int_equal(yaml_at(root, "spec.kubelet.maxPods")->line, 5);
	yaml_doc_free(d);
}

static void check_mark(const char *text, const char *path, const char *expected)
{
	struct yaml_doc *d = parse(text, 0);
	const struct yaml_node *n = yaml_at(yaml_root(d), path);

	assert_non_null(n);
	assert_int_equal(n->end - n->start, strlen(expected));
	assert_memory_equal(text + n->start, expected, strlen(expected));
	yaml_doc_free(d);
}

#define HANGUL \
	"# \xed\x95\x9c\xea\xb8\x80 comment\nname: \xed\x95\x9c\xea\xb8\x80\nb: end\n"

static void test_marks_are_bytes(void **state)
{
	check_mark("a: 1\nb: 'x y'\n", "b", "'x y'");
	check_mark(HANGUL, "name", "\xed\x95\x9c\xea\xb8\x80");
	check_mark(HANGUL, "b", "end");
	check_mark("\xf0\x9f\x98\x80: {x: [1, \"\xc3\xa9\", z]}\nq: 2\n",
		"\xf0\x9f\x98\x80.x.2", "z");
	/* A byte order mark, and Windows line ends. */
	check_mark("\xef\xbb\xbf" "a: \xc3\xa9\r\nb: 22\r\n", "a", "\xc3\xa9");
	check_mark("\xef\xbb\xbf" "a: \xc3\xa9\r\nb: 22\r\n", "b", "22");
	check_mark("a:\n- x\n- \xc3\xa9y\nb: 1\n", "a.1", "\xc3\xa9y");
	/* Behind anchors and tags. */
	check_mark("a: &x  !!int 110 # c\n", "a", "110");
	check_mark("a: !t \"#1\"\nb: 1\n", "a", "\"#1\"");
	check_mark("a: &x # c\n  {k: v}\nb: 1\n", "a", "{k: v}");
	check_mark("a: &x\nb: 1\n", "a", "");
}

static void test_documents(void **state)
{
	static const char text[] = "a: 1\n---\na: 2\n---\n\xff\xfe [ broken";
	struct yaml_doc *d = parse(text, 0);

	assert_string_equal(yaml_text(yaml_root(d), "a"), "1");
	yaml_doc_free(d);
	d = parse(text, 1);
	assert_string_equal(yaml_text(yaml_root(d), "a"), "2");
	yaml_doc_free(d);
	refuse(text, sizeof(text) - 1, 2, "YAML");
	refuse("a: 1\n", 5, 1, "number 2");
	d = parse("", 0);
	assert_int_equal(yaml_root(d)->kind, YAML_NULL_NODE);
	assert_true(yaml_is_null(yaml_root(d)));
	yaml_doc_free(d);
	d = parse("# only words\n---\n", 0);
	assert_int_equal(yaml_root(d)->kind, YAML_NULL_NODE);
	yaml_doc_free(d);
}

static void test_anchors(void **state)
{
	struct yaml_doc *d = parse("a: &x {k: v}\nb: *x\nc: &x 2\nd: *x\n", 0);
	const struct yaml_node *root = yaml_root(d);
	const struct yaml_node *a = yaml_get(root, "a"), *b = yaml_get(root, "b");

	assert_false(a->is_alias);
	assert_true(b->is_alias);
	assert_int_equal(a->start, b->start);
	assert_string_equal(yaml_text(b, "k"), "v");
	assert_string_equal(yaml_text(root, "d"), "2");
	yaml_doc_free(d);
	refuse("a: *none\n", 9, 0, "alias");
	refuse("a: &x [1, *x]\n", 14, 0, "inside the node");
}

static void test_bombs(void **state)
{
	struct buf b = BUF_INIT;
	int i, k;

	/* Nine levels of nine aliases: 387 million nodes if spelled out. */
	buf_adds(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (i = 1; i < 9; i++) {
		buf_addf(&b, "a%d: &a%d [", i, i);
		for (k = 0; k < 9; k++)
			buf_addf(&b, "%s*a%d", k ? ", " : "", i - 1);
		buf_adds(&b, "]\n");
	}
	refuse(b.data, b.len, 0, "too many nodes");
	/* A chain of aliases, each one level deeper. */
	buf_clear(&b);
	buf_adds(&b, "a0: &a0 [x]\n");
	for (i = 1; i < 300; i++)
		buf_addf(&b, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	refuse(b.data, b.len, 0, "nested too deeply");
	buf_clear(&b);
	for (i = 0; i < 250; i++)
		buf_addc(&b, '[');
	for (i = 0; i < 250; i++)
		buf_addc(&b, ']');
	refuse(b.data, b.len, 0, "nested too deeply");
	buf_release(&b);
}

static void test_broken(void **state)
{
	refuse("a: 1\nb: [1, 2\nc: 3\n", 19, 0, "line");
	refuse("a: 1\n b: 2\n", 11, 0, "line 2");
	refuse("a: \x01\n", 5, 0, "YAML");
	refuse("a: \xff\n", 5, 0, "YAML");
	refuse("a: 1]\n- b\n", 10, 0, "YAML");
}

static void test_int(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} rows[] = {
		{ "110", true, 110 }, { "0x6e", true, 110 }, { "0o156", true, 110 },
		{ "0156", true, 110 }, { "1_0", true, 10 }, { "+5", true, 5 }, { "-5", true, -5 },
		{ "0b101", true, 5 }, { "0", true, 0 }, { "-0x10", true, -16 },
		{ "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN },
		{ "9223372036854775808", false, 0 }, { "0x", false, 0 }, { "1.5", false, 0 },
		{ "_1", false, 0 }, { "12a", false, 0 }, { "089", false, 0 }, { "+", false, 0 },
		{ "\"110\"", false, 0 }, { "'110'", false, 0 }, { "!!str 110", false, 0 },
		{ "!!int \"110\"", true, 110 }, { "!own 110", false, 0 }, { "! 110", false, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct yaml_doc *d = parse(rows[i].text, 0);
		int64_t v = 0;

		if (yaml_int(yaml_root(d), &v) != rows[i].ok || v != rows[i].value)
			fail_msg("%s gives %lld", rows[i].text, (long long)v);
		yaml_doc_free(d);
	}
}

static void test_words(void **state)
{
	struct yaml_doc *d = parse("[yes, Off, 'true', TRUE, tRUE, null, '', ~, ]", 0);
	struct yaml_node **v = yaml_root(d)->items;
	bool b = false;

	assert_true(yaml_bool(v[0], &b));
	assert_true(b);
	assert_true(yaml_bool(v[1], &b));
	assert_false(b);
	assert_false(yaml_bool(v[2], &b));
	assert_true(yaml_bool(v[3], &b));
	assert_true(b);
	assert_false(yaml_bool(v[4], &b));
	assert_true(yaml_is_null(v[5]));
	assert_false(yaml_is_null(v[6]));
	assert_true(yaml_is_null(v[7]));
	assert_false(yaml_is_null(NULL));
	yaml_doc_free(d);
}

static void test_large(void **state)
{
	struct buf b = BUF_INIT;
	struct yaml_doc *d;
	int i;

	for (i = 0; i < 20000; i++)
		buf_addf(&b, "k%d: {\xc3\xa9: v%d}\n", i, i);
	d = parse(b.data, 0);
	assert_int_equal(yaml_root(d)->count, 20000);
	assert_string_equal(yaml_text(yaml_root(d), "k19999.\xc3\xa9"), "v19999");
	yaml_doc_free(d);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree), cmocka_unit_test(test_marks_are_bytes),
		cmocka_unit_test(test_documents), cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_bombs), cmocka_unit_test(test_broken),
		cmocka_unit_test(test_int), cmocka_unit_test(test_words),
		cmocka_unit_test(test_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
