/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's settings: one harmless line about what is wrong, or settings whose own text is read
 * again and shown the same.  An input may hold several files, with a line "%%" between.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "tests/fuzz/harmless.h"
#include "tui/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_one(const char *text, size_t size)
{
	struct config one, two;
	struct err e = ERR_INIT;
	memset(&one, 0, sizeof(one));
	memset(&two, 0, sizeof(two));
	bool ok = config_parse(&one, "c.yaml", text, size, &e);
	if (ok == err_is_set(&e)) {
		abort();
	}
	harmless_err(&e);
	if (ok) {
		struct buf shown = BUF_INIT;
		config_show(&one, &shown);
		if (!config_parse(&two, "c.yaml", buf_str(&shown), shown.len, &e)) {
			abort();
		}
		buf_release(&shown);
	}
	config_release(&two);
	config_release(&one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	harmless_each((const char *)data, size, read_one);
	return 0;
}
