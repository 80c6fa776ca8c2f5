/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as numbers and as names. */
#include "tui/screen/keys.h"

#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"

static const struct {
	uint32_t key;
	const char *name;
} names[] = {
	{ KEY_ENTER_, "Enter" }, { KEY_TAB_, "Tab" }, { KEY_ESC_, "Esc" }, { ' ', "Space" },
	{ KEY_UP_, "Up" }, { KEY_DOWN_, "Down" }, { KEY_LEFT_, "Left" }, { KEY_RIGHT_, "Right" },
	{ KEY_PGUP, "PgUp" }, { KEY_PGDN, "PgDn" }, { KEY_HOME_, "Home" }, { KEY_END_, "End" },
	{ KEY_BACKSPACE_, "Backspace" }, { KEY_DELETE_, "Del" }, { KEY_BACKTAB, "S-Tab" },
};

void key_to_name(uint32_t key, char out[16])
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].key == key) {
			snprintf(out, 16, "%s", names[i].name);
			return;
		}
	}
	if (key > 0 && key < 0x20) {
		snprintf(out, 16, "C-%c", (char)(key + 'a' - 1));
		return;
	}
	char utf8[4];
	size_t n = key < KEY_SPECIAL ? text_encode(key, utf8) : 0;
	memcpy(out, utf8, n);
	out[n] = '\0';
}

uint32_t key_from_name(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (str_ieq(names[i].name, name)) {
			return names[i].key;
		}
	}
	if (str_starts(name, "C-") && name[2] && !name[3]) {
		return (uint32_t)KEY_CTRL_(name[2]);
	}
	uint32_t cp;
	size_t len = strlen(name);
	if (len > 0 && text_decode(name, len, &cp) == len) {
		return cp;
	}
	return KEY_NONE_;
}
