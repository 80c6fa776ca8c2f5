/* SPDX-License-Identifier: Apache-2.0 */
/* Search in a pager: / types, n goes on, N back; the line found is marked. */
#ifndef KOPSCOPE_TUI_PAGER_FIND_H
#define KOPSCOPE_TUI_PAGER_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/screen/grid.h"
#include "tui/screen/pager.h"

struct pager_find { /* all zero: nothing was searched for */
	bool typing;
	bool missing;     /* the text is not in it */
	char wanted[64];
	size_t match;     /* line + 1; 0: none */
	enum style plain; /* the style of that line, while it is marked */
};

/* The pager's own keys and those of the search; true when one took it. */
bool pager_find_key(struct pager_find *f, struct pager *p, uint32_t key, int rows);
/* The pager, and in its last line what is being typed. */
void pager_find_draw(const struct pager_find *f, const struct pager *p, struct grid *g, int y,
	int rows);
/* For the key bar, behind which a dialog puts its own. */
const char *pager_find_keys(const struct pager_find *f);

#endif
