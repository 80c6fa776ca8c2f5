/* SPDX-License-Identifier: Apache-2.0 */
/* Strangers' text on a grid: nothing that reaches a cell can move the cursor. */
#include <stdint.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/screen/grid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
	struct buf cut = BUF_INIT;
	text_cut_middle(&cut, text, 13, size & 1);
	if (text_width(buf_str(&cut)) > 13) {
		abort();
	}
	buf_release(&cut);
	grid_release(&g);
	free(text);
	return 0;
}
