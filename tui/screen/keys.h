/* SPDX-License-Identifier: Apache-2.0 */
/* Keys as numbers and as names: "e", "Enter", "Up", "C-l", "F5". */
#ifndef KOPSCOPE_TUI_KEYS_H
#define KOPSCOPE_TUI_KEYS_H

#include <stdint.h>

/* Characters are their code points; everything else lies above Unicode. */
enum key {
	KEY_NONE_ = 0,
	KEY_ENTER_ = '\r',
	KEY_TAB_ = '\t',
	KEY_ESC_ = 0x1b,
	KEY_SPECIAL = 0x110000,
	KEY_UP_, KEY_DOWN_, KEY_LEFT_, KEY_RIGHT_, KEY_PGUP, KEY_PGDN, KEY_HOME_, KEY_END_,
	KEY_BACKSPACE_, KEY_DELETE_, KEY_BACKTAB, KEY_RESIZE_, KEY_MOUSE_,
	KEY_LAST
};
#define KEY_CTRL_(c) ((c) & 0x1f)

/* Name of a key for help and the key bar. */
void key_to_name(uint32_t key, char out[16]);
/* The key that has this name; KEY_NONE_ when none. */
uint32_t key_from_name(const char *name);

#endif
