/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and their names, both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/dialog.h"
#include "tui/screen/keys.h"

static void test_names(void **state)
{
	static const struct {
		const char *name;
		uint32_t key;
	} cases[] = {
		{ "e", 'e' },
		{ "R", 'R' },
		{ "?", '?' },
		{ "/", '/' },
		{ ":", ':' },
		{ "Enter", '\r' },
		{ "Esc", 0x1b },
		{ "Tab", '\t' },
		{ "Space", ' ' },
		{ "Up", KEY_UP_ },
		{ "Down", KEY_DOWN_ },
		{ "PgUp", KEY_PGUP },
		{ "PgDn", KEY_PGDN },
		{ "Home", KEY_HOME_ },
		{ "End", KEY_END_ },
		{ "Backspace", KEY_BACKSPACE_ },
		{ "Del", KEY_DELETE_ },
		{ "S-Tab", KEY_BACKTAB },
		{ "C-r", 0x12 },
		{ "C-l", 0x0c },
		{ "\xed\x95\x9c", 0xd55c },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[16];
		assert_int_equal(key_from_name(cases[i].name), cases[i].key);
		key_to_name(cases[i].key, name);
		assert_string_equal(name, cases[i].name);
	}
	assert_int_equal(key_from_name("enter"), '\r');
	assert_int_equal(key_from_name(""), KEY_NONE_);
	assert_int_equal(key_from_name("NoSuchKey"), KEY_NONE_);
}

static void test_every_key_has_room(void **state)
{
	char name[16];
	for (uint32_t key = 0; key < KEY_LAST + 10; key++) {
		key_to_name(key, name);
		if (key < 0xd800 && key > 0 && name[0]) {
			assert_int_equal(key_from_name(name), key);
		}
	}
}

static void test_edit(void **state)
{
	char text[8] = "";
	assert_true(dialog_edit(text, sizeof(text), 'a'));
	assert_true(dialog_edit(text, sizeof(text), 0xd55c));
	assert_string_equal(text, "a\xed\x95\x9c");
	assert_true(dialog_edit(text, sizeof(text), 0x1f600)); /* no room: stays whole */
	assert_string_equal(text, "a\xed\x95\x9c");
	assert_true(dialog_edit(text, sizeof(text), KEY_BACKSPACE_));
	assert_string_equal(text, "a");
	assert_true(dialog_edit(text, sizeof(text), KEY_CTRL_('u')));
	assert_true(dialog_edit(text, sizeof(text), KEY_BACKSPACE_));
	assert_string_equal(text, "");
	assert_false(dialog_edit(text, sizeof(text), KEY_UP_));
	assert_false(dialog_edit(text, sizeof(text), KEY_ESC_));
	for (int i = 0; i < 20; i++) {
		dialog_edit(text, sizeof(text), 'x');
	}
	assert_string_equal(text, "xxxxxxx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_every_key_has_room),
		cmocka_unit_test(test_edit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
