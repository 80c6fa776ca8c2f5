/* SPDX-License-Identifier: Apache-2.0 */
/* The splitter: cut at every byte, one byte at a time, and what is no list at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "k8s/stream.h"

struct got {
	struct buf all; /* elements joined by '|' */
	size_t stop_at; /* refuse the element of this number; 0: none */
	size_t n;
};

static bool on_element(void *ctx, const char *p, size_t n, struct err *e)
{
	struct got *g = ctx;

	assert_int_equal(strlen(p), n);
	if (++g->n == g->stop_at)
		return err_set(e, ERR_CANCELLED, "enough");
	buf_add(&g->all, p, n);
	buf_addc(&g->all, '|');
	return true;
}

static const struct {
	const char *text, *elements, *version, *more;
} lists[] = {
	{ "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"42\"},"
	  "\"items\":[{\"a\":1},{\"b\":[{}, {\"c\":\"}]\"}]}]}\n",
	  "{\"a\":1}|{\"b\":[{}, {\"c\":\"}]\"}]}|", "42", NULL },
	{ "{\"items\":[],\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"abc\"}}", "", "7",
	  "abc" },
	{ "{\"items\":null,\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"\"}}", "", "7",
	  NULL },
	{ " {\n \"items\" : [ { \"q\\\"\" : \"\\\\\" } , {} ] ,\n\"x\":-1.5e3,\"y\":true,"
	  "\"z\":\"a\\\"}\",\"metadata\":{} }",
	  "{ \"q\\\"\" : \"\\\\\" }|{}|", NULL, NULL },
	{ "{\"other\":{\"items\":[{\"no\":1}]},\"items\":[{\"yes\":1}],"
	  "\"metadata\":{\"resourceVersion\":\"1\",\"items\":[{\"no\":2}]}}",
	  "{\"yes\":1}|", "1", NULL },
	{ "{}", "", NULL, NULL },
};

static void check_list(const char *text, size_t cut, size_t step, const char *elements,
	const char *version, const char *more)
{
	struct got g = { .n = 0 };
	struct stream s;
	struct err e = ERR_INIT;
	size_t len = strlen(text);

	stream_init(&s, STREAM_LIST, 0, on_element, &g);
	if (step) {
		for (size_t i = 0; i < len; i += step)
			assert_true(stream_feed(&s, text + i, len - i < step ? len - i : step, &e));
	} else {
		assert_true(stream_feed(&s, text, cut, &e));
		assert_true(stream_feed(&s, text + cut, len - cut, &e));
	}
	assert_true(stream_end(&s, &e));
	assert_string_equal(buf_str(&g.all), elements);
	assert_true(str_eq(stream_resource_version(&s), version));
	assert_true(str_eq(stream_continue(&s), more));
	stream_release(&s);
	buf_release(&g.all);
}

static void test_lists(void **state)
{
	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		size_t len = strlen(lists[i].text);
		print_message("# list %zu\n", i);
		for (size_t cut = 0; cut <= len; cut++)
			check_list(lists[i].text, cut, 0, lists[i].elements, lists[i].version,
				lists[i].more);
		for (size_t step = 1; step < 8; step++)
			check_list(lists[i].text, 0, step, lists[i].elements, lists[i].version,
				lists[i].more);
	}
}

static void test_watch(void **state)
{
	static const char text[] = "{\"type\":\"ADDED\",\"object\":{\"x\":\"\\n}\"}}\n"
		"{\"type\":\"BOOKMARK\",\"object\":{}}\n\n{\"type\":\"DELETED\",\"object\":{}}";
	static const char want[] = "{\"type\":\"ADDED\",\"object\":{\"x\":\"\\n}\"}}|"
		"{\"type\":\"BOOKMARK\",\"object\":{}}|{\"type\":\"DELETED\",\"object\":{}}|";

	for (size_t cut = 0; cut < sizeof text; cut++) {
		struct got g = { .n = 0 };
		struct stream s;
		struct err e = ERR_INIT;
		stream_init(&s, STREAM_WATCH, 0, on_element, &g);
		assert_true(stream_feed(&s, text, cut, &e));
		assert_true(stream_feed(&s, text + cut, sizeof text - 1 - cut, &e));
		assert_true(stream_end(&s, &e));
		assert_string_equal(buf_str(&g.all), want);
		stream_release(&s);
		buf_release(&g.all);
	}
}

static const char *const garbage[] = {
	"<html>", "[]", "null", "{\"items\":[1]}", "{\"items\":[\"x\"]}", "{items:[]}",
	"{\"items\":[]}x", "{\"a\" 1}", "{\"a\":1 \"b\":2}",
};

static void test_garbage(void **state)
{
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
		struct got g = { .n = 0 };
		struct stream s;
		struct err e = ERR_INIT;
		print_message("# %s\n", garbage[i]);
		stream_init(&s, STREAM_LIST, 0, on_element, &g);
		assert_false(stream_feed(&s, garbage[i], strlen(garbage[i]), &e));
		assert_int_equal(e.kind, ERR_PARSE);
		stream_release(&s);
		buf_release(&g.all);
	}
}

/* Every prefix of a list that is not the whole is an error at its end. */
static void test_cut_short(void **state)
{
	static const char text[] = "{\"metadata\":{},\"items\":[{\"a\":1}]}";

	for (size_t cut = 0; cut < sizeof text - 1; cut++) {
		struct got g = { .n = 0 };
		struct stream s;
		struct err e = ERR_INIT;
		stream_init(&s, STREAM_LIST, 0, on_element, &g);
		assert_true(stream_feed(&s, text, cut, &e));
		assert_false(stream_end(&s, &e));
		stream_release(&s);
		buf_release(&g.all);
	}
}

static void test_cap(void **state)
{
	struct got g = { .n = 0 };
	struct stream s;
	struct err e = ERR_INIT;
	char piece[64];

	/* What is not kept may be of any size. */
	memset(piece, 'x', sizeof piece);
	stream_init(&s, STREAM_LIST, 100, on_element, &g);
	assert_true(stream_feed(&s, "{\"big\":\"", 8, &e));
	for (int i = 0; i < 100; i++)
		assert_true(stream_feed(&s, piece, sizeof piece, &e));
	assert_true(stream_feed(&s, "\",\"items\":[{\"b\":\"", 17, &e));
	assert_true(stream_feed(&s, piece, sizeof piece, &e));
	assert_false(stream_feed(&s, piece, sizeof piece, &e));
	assert_int_equal(e.kind, ERR_PARSE);
	assert_int_equal(g.n, 0);
	stream_release(&s);
	buf_release(&g.all);
}

static void test_refused(void **state)
{
	static const char text[] = "{\"items\":[{},{},{}]}";
	struct got g = { .stop_at = 2 };
	struct stream s;
	struct err e = ERR_INIT;

	stream_init(&s, STREAM_LIST, 0, on_element, &g);
	assert_false(stream_feed(&s, text, sizeof text - 1, &e));
	assert_int_equal(e.kind, ERR_CANCELLED);
	assert_int_equal(g.n, 2);
	stream_release(&s);
	buf_release(&g.all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_watch),
		cmocka_unit_test(test_garbage),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_cap),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
