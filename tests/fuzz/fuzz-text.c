/* SPDX-License-Identifier: Apache-2.0 */
/* Strangers' text on a grid: nothing that reaches a cell can move the cursor. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/screen/grid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is decoded is encoded the same; three bytes of the input are any number as well. */
static void there_and_back(const char *s, size_t n)
{
	uint32_t cp = 0, again;
	char out[4];
	for (size_t i = 0; i < n && i < 3; i++) {
		cp = cp << 8 | (unsigned char)s[i];
	}
	if (text_decode(out, text_encode(cp, out), &again) == 0 ||
		(again != cp && again != 0xfffd)) {
		abort();
	}
	while (n) {
		size_t taken = text_decode(s, n, &cp);
		if (cp != 0xfffd &&
			(text_encode(cp, out) != taken || memcmp(out, s, taken) != 0)) {
			abort();
		}
		s += taken;
		n -= taken;
	}
	text_decode(s, 0, &cp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct grid g;
	grid_init(&g, 40, 3, size & 1);
	grid_put(&g, (int)(size % 50) - 5, 1, 60, STYLE_NORMAL, text);
	for (int y = 0; y < g.rows; y++) {
		for (int x = 0; x < g.cols; x++) {
			const struct cell *c = grid_at(&g, x, y);
			for (const char *p = c->text; *p; p++) {
				if ((unsigned char)*p < 0x20 || *p == 0x7f) {
					abort();
				}
			}
		}
	}
	for (int cells = 0; cells < 14; cells += 13) {
		struct buf middle = BUF_INIT, end = BUF_INIT;
		text_cut_middle(&middle, text, cells, size & 1);
		text_cut_end(&end, text, cells, size & 1);
		if (text_width(buf_str(&middle)) > cells || text_width(buf_str(&end)) > cells) {
			abort();
		}
		buf_release(&middle);
		buf_release(&end);
	}
	there_and_back((const char *)data, size);
	grid_release(&g);
	free(text);
	return 0;
}
