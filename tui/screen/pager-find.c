/* SPDX-License-Identifier: Apache-2.0 */
/* Search in a pager. */
#include "tui/screen/pager-find.h"

#include "core/base/strs.h"
#include "tui/dialog.h"
#include "tui/screen/keys.h"

static void find_mark(struct pager_find *f, struct pager *p, size_t line, int rows)
{
	if (f->match && f->match <= p->n) {
		p->v[f->match - 1].style = f->plain;
	}
	f->match = line + 1;
	f->plain = p->v[line].style;
	p->v[line].style = (enum style)STYLE_SELECTED;
	size_t third = (size_t)rows / 3, last = p->n > (size_t)rows ? p->n - (size_t)rows : 0;
	if (line < p->top || line >= p->top + (size_t)rows) {
		p->top = line > third ? line - third : 0;
		p->top = p->top < last ? p->top : last;
	}
}

/* The next line that holds the text, round the end; from: where to begin. */
static void find_from(struct pager_find *f, struct pager *p, size_t from, bool back, int rows)
{
	size_t n = p->n;
	f->missing = false;
	for (size_t i = 0; i < n; i++) {
		size_t at = back ? (from + n - i) % n : (from + i) % n;
		if (str_icontains(p->v[at].text, f->wanted)) {
			find_mark(f, p, at, rows);
			return;
		}
	}
	f->missing = true;
}

static void find_again(struct pager_find *f, struct pager *p, bool back, int rows)
{
	size_t n = p->n, at = f->match ? f->match - 1 : p->top;
	if (f->wanted[0] && n > 0) {
		find_from(f, p, back ? (at + n - 1) % n : (at + (f->match != 0)) % n, back, rows);
	}
}

static void find_typed(struct pager_find *f, struct pager *p, uint32_t key, int rows)
{
	if (key == KEY_ESC_) {
		f->typing = false;
	} else if (key == KEY_ENTER_) {
		f->typing = false;
		if (f->wanted[0]) {
			find_from(f, p, p->top, false, rows);
		}
	} else {
		dialog_edit(f->wanted, sizeof(f->wanted), key);
	}
}

bool pager_find_key(struct pager_find *f, struct pager *p, uint32_t key, int rows)
{
	f->missing = false;
	if (f->typing) {
		find_typed(f, p, key, rows);
	} else if (key == '/') {
		f->typing = true;
		f->wanted[0] = '\0';
	} else if (key == 'n' || key == 'N') {
		find_again(f, p, key == 'N', rows);
	} else {
		return pager_key(p, key, rows);
	}
	return true;
}

void pager_find_draw(const struct pager_find *f, const struct pager *p, struct grid *g, int y,
	int rows)
{
	bool line = f->typing || f->missing;
	pager_draw(p, g, y, rows - line);
	if (f->typing) {
		int x = 1 + grid_put(g, 1, y + rows - 1, 2, STYLE_BOLD, "/");
		x += grid_put(g, x, y + rows - 1, g->cols - x - 1, STYLE_ACCENT, f->wanted);
		g->cursor_x = x;
		g->cursor_y = y + rows - 1;
	} else if (f->missing) {
		grid_putf(g, 1, y + rows - 1, g->cols - 2, STYLE_WARN, "\"%s\" is not in it",
			f->wanted);
	}
}

const char *pager_find_keys(const struct pager_find *f)
{
	return f->typing ? "Enter:search Esc:no_search"
			 : "/:search n:next N:before PgUp/PgDn:scroll | Esc:back";
}
