/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of text that scroll: help, diffs, reports, plans. */
#ifndef KOPSCOPE_TUI_PAGER_H
#define KOPSCOPE_TUI_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/screen/grid.h"
#include "tui/screen/style.h"

struct pager_line {
	char *text;
	enum style style;
};
struct pager {
	struct pager_line *v;
	size_t n, cap;
	size_t top;
};

void pager_release(struct pager *p); /* may be used again */
void pager_add(struct pager *p, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* One text over as many lines as it needs at that width; further ones begin at indent. */
void pager_add_wrapped(struct pager *p, enum style style, int width, int indent, const char *text);
/* A text of several lines. */
void pager_add_text(struct pager *p, enum style style, const char *text);
/* A unified diff, its added and removed lines in their styles. */
void pager_add_diff(struct pager *p, const char *diff);
void pager_draw(const struct pager *p, struct grid *g, int y, int rows);
/* true when the key scrolled. */
bool pager_key(struct pager *p, uint32_t key, int rows);

#endif
