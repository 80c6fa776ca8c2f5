/* SPDX-License-Identifier: Apache-2.0 */
/* XML into a tree: what is read, what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/xml.h"
#include "core/base/buf.h"
#include "core/base/strs.h"

static void test_tree(void **state)
{
	static const char text[] =
		"<?xml version=\"1.0\"?>\n<r xmlns=\"x\" xmlns:n=\"y\">\n <a>\n  <item>1</item>"
		"<item> two &amp; three </item></a>\n <n:b kind=\"k\">5</n:b><empty/></r>";
	struct err e = ERR_INIT;
	struct xml_doc *d = xml_parse(text, strlen(text), &e);
	assert_non_null(d);
	const struct xml_node *root = xml_root(d);
	assert_string_equal(root->name, "r");
	assert_string_equal(xml_text(root, "a.item"), "1");
	assert_string_equal(xml_first(root, "a")->next->text, "two & three");
	assert_int_equal(xml_count(root, "a"), 2);
	assert_int_equal(xml_int(root, "b", -1), 5);
	assert_int_equal(xml_int(root, "a.item.none", -1), -1);
	assert_string_equal(xml_text(root, "empty"), "");
	assert_null(xml_text(root, "none"));
	assert_null(xml_get(root, "a.it"));
	assert_null(xml_get(NULL, "a"));
	assert_int_equal(xml_count(root, "none.of.these"), 0);
	xml_free(d);
}

static void refused(const char *text, size_t len, const char *word)
{
	struct err e = ERR_INIT;
	struct xml_doc *d = xml_parse(text, len, &e);
	assert_null(d);
	assert_int_equal(e.kind, ERR_PARSE);
	if (!strstr(e.text, word)) {
		fail_msg("\"%s\" lacks \"%s\"", e.text, word);
	}
}

static void test_refused(void **state)
{
	struct buf deep = BUF_INIT;
	refused("", 0, "no element");
	refused("<a><b></a>", 10, "mismatched");
	refused("<a>", 3, "no element");
	refused("{}", 2, "not well-formed");
	const char *bomb = "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>";
	refused(bomb, strlen(bomb), "document type");
	for (int i = 0; i < 65; i++) {
		buf_adds(&deep, "<a>");
	}
	refused(deep.data, deep.len, "nested too deeply");
	buf_release(&deep);
}

static void test_deepest(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	for (int i = 0; i < 64; i++) {
		buf_adds(&b, "<a>");
	}
	for (int i = 0; i < 64; i++) {
		buf_adds(&b, "</a>");
	}
	struct xml_doc *d = xml_parse(b.data, b.len, &e);
	assert_non_null(d);
	xml_free(d);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_deepest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
