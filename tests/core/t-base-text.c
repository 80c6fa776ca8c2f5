/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8, widths, cutting, and strangers' bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/text.h"

static void test_decode(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t cp;
		size_t taken;
	} rows[] = {
		{ "a", 'a', 1 }, { "\xc3\xa9", 0xe9, 2 }, { "\xea\xb0\x80", 0xac00, 3 },
		{ "\xf0\x9f\x98\x80", 0x1f600, 4 }, { "\xf4\x8f\xbf\xbf", 0x10ffff, 4 },
		/* lone tail, overlong, surrogate, too large, cut short */
		{ "\x80", 0xfffd, 1 }, { "\xc0\xaf", 0xfffd, 1 }, { "\xe0\x80\xaf", 0xfffd, 1 },
		{ "\xed\xa0\x80", 0xfffd, 1 }, { "\xf4\x90\x80\x80", 0xfffd, 1 },
		{ "\xe2\x82", 0xfffd, 1 }, { "\xff", 0xfffd, 1 },
	};
	uint32_t cp, back;
	char bytes[4];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = strlen(rows[i].bytes);

		assert_int_equal(text_decode(rows[i].bytes, n, &cp), rows[i].taken);
		assert_int_equal(cp, rows[i].cp);
	}
	for (cp = 0; cp <= 0x10ffff; cp++) {
		size_t n = text_encode(cp, bytes);

		assert_int_equal(text_decode(bytes, n, &back), n);
		if (cp < 0xd800 || cp > 0xdfff)
			assert_int_equal(back, cp);
	}
	assert_int_equal(text_decode("", 0, &cp), 1);
}

static void test_cp_width(void **state)
{
	static const struct {
		uint32_t cp;
		int width;
	} rows[] = {
		{ 'a', 1 }, { 0, -1 }, { 0x1b, -1 }, { 0x7f, -1 }, { 0x9b, -1 }, { 0xe9, 1 },
		{ 0x301, 0 }, { 0x20d0, 0 }, { 0xfe0f, 0 }, { 0x200b, -1 }, { 0x200d, -1 },
		{ 0x202e, -1 }, { 0x2066, -1 }, { 0x2028, -1 }, { 0xfeff, -1 }, { 0xad, -1 },
		{ 0xe0041, -1 }, { 0x1100, 2 }, { 0x1161, 0 }, { 0xac00, 2 }, { 0xd7a3, 2 },
		{ 0x4e00, 2 }, { 0x3042, 2 }, { 0x30ab, 2 }, { 0xff21, 2 }, { 0xffe5, 2 },
		{ 0xff71, 1 }, { 0x1f600, 2 }, { 0x1f9ff, 2 }, { 0x1fae8, 2 }, { 0x2705, 2 },
		{ 0x2713, 1 }, { 0x2500, 1 }, { 0x2588, 1 }, { 0x2026, 1 }, { 0x20000, 2 },
		{ 0x378, 1 }, { 0x5d0, 1 }, { 0xe0b0, 1 }, { 0x10ffff, -1 }, { 0x110000, -1 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (text_cp_width(rows[i].cp) != rows[i].width)
			fail_msg("U+%04X: %d", rows[i].cp, text_cp_width(rows[i].cp));
	}
}

static void test_width(void **state)
{
	assert_int_equal(text_width(NULL), 0);
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("e\xcc\x81"), 1);
	assert_int_equal(text_width("\xed\x95\x9c\xea\xb8\x80"), 4);
	assert_int_equal(text_width("a\x1b\xff" "b"), 4);
}

static void expect_clean(const char *s, bool ascii, const char *expected)
{
	struct buf b = BUF_INIT;

	text_sanitise(&b, s, ascii);
	assert_string_equal(buf_str(&b), expected);
	buf_release(&b);
}

static void test_sanitise(void **state)
{
	expect_clean("plain", false, "plain");
	expect_clean("\x1b[31m\n\x7f", false, "\xc2\xb7[31m\xc2\xb7\xc2\xb7");
	expect_clean("\x1b[31m", true, "?[31m");
	/* A C1 control, right-to-left override, zero-width space, a broken byte. */
	expect_clean("\xc2\x9b|\xe2\x80\xae|\xe2\x80\x8b|\xff", false,
		"\xc2\xb7|\xc2\xb7|\xc2\xb7|\xc2\xb7");
	expect_clean("\xed\x95\x9c e\xcc\x81", false, "\xed\x95\x9c e\xcc\x81");
	expect_clean("\xed\x95\x9c e\xcc\x81\xff", true, "? e?");
	/* A heart in colour, a thumb with a colour of skin: drawn as the plain ones. */
	expect_clean("\xe2\x9d\xa4\xef\xb8\x8f|\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", false,
		"\xe2\x9d\xa4|\xf0\x9f\x91\x8d");
	expect_clean("\xe2\x9d\xa4\xef\xb8\x8f", true, "?");
	assert_int_equal(text_width("\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd"), 2);
}

static void check_cut(void (*cut)(struct buf *, const char *, int, bool), const char *s, int cells,
	bool ascii, const char *expected)
{
	struct buf b = BUF_INIT;

	cut(&b, s, cells, ascii);
	assert_string_equal(buf_str(&b), expected);
	assert_true(text_width(buf_str(&b)) <= (cells > 0 ? cells : 0));
	buf_release(&b);
}

static void test_cut(void **state)
{
	static const char han[] = "\xed\x95\x9c\xea\xb8\x80\xed\x95\x9c\xea\xb8\x80"; /* 8 cells */
	int i;

	check_cut(text_cut_end, "abcdef", 6, true, "abcdef");
	check_cut(text_cut_end, "abcdef", 5, true, "abcd~");
	check_cut(text_cut_end, "abcdef", 1, true, "~");
	check_cut(text_cut_end, "abcdef", 0, true, "");
	check_cut(text_cut_end, "abcdef", 4, false, "abc\xe2\x80\xa6");
	check_cut(text_cut_end, han, 4, true, "\xed\x95\x9c~");
	check_cut(text_cut_end, "ae\xcc\x81zz", 3, true, "ae\xcc\x81~");
	check_cut(text_cut_middle, "abcdefghij", 5, true, "ab~ij");
	check_cut(text_cut_middle, "abcdefghij", 4, true, "ab~j");
	check_cut(text_cut_middle, "abcdefghij", 10, true, "abcdefghij");
	check_cut(text_cut_middle, "abcdefghij", 1, true, "~");
	check_cut(text_cut_middle, han, 6, true, "\xed\x95\x9c~\xea\xb8\x80");
	/* The mark goes with its letter, which does not fit. */
	check_cut(text_cut_middle, "abcde\xcc\x81" "fg", 5, true, "ab~fg");
	for (i = 0; i < 12; i++) {
		struct buf b = BUF_INIT;

		text_cut_middle(&b, han, i, false);
		assert_true(text_width(buf_str(&b)) <= i);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decode), cmocka_unit_test(test_cp_width),
		cmocka_unit_test(test_width), cmocka_unit_test(test_sanitise),
		cmocka_unit_test(test_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
