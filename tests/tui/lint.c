/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for every frame. */
#include "tests/tui/lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

static unsigned long seen;

unsigned long lint_seen(void)
{
	return seen;
}

static bool lint_says(const struct grid *g, const char *where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool lint_says(const struct grid *g, const char *where, const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;
	grid_text(g, &text);
	fprintf(stderr, "# %s, %dx%d: ", where, g->cols, g->rows);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n%s", buf_str(&text));
	buf_release(&text);
	return false;
}

static bool is_blank(const struct grid *g, int x, int y)
{
	const struct cell *c = grid_at(g, x, y);
	return !c || (c->width == 1 && str_eq(c->text, " "));
}

/* The row's cells [x, end) as text. */
static void lint_row(const struct grid *g, int y, int x, int end, struct buf *out)
{
	buf_clear(out);
	for (; x < end && x < g->cols; x++) {
		buf_adds(out, grid_at(g, x, y)->text);
	}
}

/* ---- cells ------------------------------------------------------------------------------ */

/* Obeyed by a terminal, hidden, or moving what stands beside it: by kind, not one by one. */
static bool is_evil(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad ||
		(cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
		(cp >= 0x2060 && cp <= 0x206f) || (cp >= 0xfe00 && cp <= 0xfe0f) || cp == 0xfeff ||
		(cp >= 0xfff9 && cp <= 0xfffb) || (cp >= 0x1f3fb && cp <= 0x1f3ff) ||
		(cp >= 0xe0000 && cp <= 0xe0fff);
}

static bool lint_cell(const struct grid *g, int x, int y, const char *where)
{
	const struct cell *c = grid_at(g, x, y);
	size_t n = strlen(c->text);
	int width = 0;
	for (size_t k = 0; k < n;) {
		uint32_t cp;
		size_t took = text_decode(c->text + k, n - k, &cp);
		if ((cp == 0xfffd && took == 1) || is_evil(cp) || (g->ascii && cp >= 0x80)) {
			return lint_says(g, where, "U+%04X at %d,%d", cp, x, y);
		}
		width += text_cp_width(cp);
		k += took;
	}
	if (width != c->width) {
		return lint_says(g, where, "%d cells of text in %d at %d,%d", width, c->width, x, y);
	}
	if (c->width == 2 && (x + 1 >= g->cols || grid_at(g, x + 1, y)->width != 0)) {
		return lint_says(g, where, "half a character at %d,%d", x, y);
	}
	if (c->width == 0 && (x == 0 || grid_at(g, x - 1, y)->width != 2)) {
		return lint_says(g, where, "the other half is missing at %d,%d", x, y);
	}
	return true;
}

bool lint_cells(const struct grid *g, const char *where)
{
	bool ok = true;
	for (int y = 0; y < g->rows && ok; y++) {
		for (int x = 0; x < g->cols && ok; x++) {
			ok = lint_cell(g, x, y, where);
		}
	}
	return ok;
}

/* ---- the frame around the view ---------------------------------------------------------- */

static bool is_rule(const struct grid *g, int y)
{
	const char *dash = g->ascii ? "-" : "\xe2\x94\x80";
	return str_eq(grid_at(g, 0, y)->text, dash) && str_eq(grid_at(g, g->cols - 1, y)->text, dash);
}

/* Who, how fresh, where. */
static bool lint_head(const struct fixture *f, const char *where)
{
	const struct grid *g = &f->app.grid;
	struct buf row = BUF_INIT;
	bool ok = true;
	lint_row(g, 0, 0, g->cols, &row);
	if (!is_blank(g, 0, 0) || is_blank(g, 1, 0) || !is_blank(g, g->cols - 1, 0) ||
		is_blank(g, g->cols - 2, 0) || !strstr(buf_str(&row), "k8s ") ||
		!strstr(buf_str(&row), "aws ")) {
		ok = lint_says(g, where, "line 1 does not say who and how fresh");
	}
	lint_row(g, 1, 0, g->cols, &row);
	for (int i = 0; i < VIEW__COUNT && ok; i++) {
		const struct view *v = view_get((enum view_id)i);
		char tab[64];
		snprintf(tab, sizeof(tab), " %c %s", v->key, v->title);
		if (v->key && !strstr(buf_str(&row), tab)) {
			ok = lint_says(g, where, "line 2 lacks \"%s\"", tab);
		}
	}
	lint_row(g, 2, 0, g->cols, &row);
	const struct view *v = view_get(f->app.view);
	if (ok && (!is_rule(g, 2) || (!v->key && !strstr(buf_str(&row), v->title)))) {
		ok = lint_says(g, where, "line 3 is no rule, or does not name %s", v->title);
	}
	buf_release(&row);
	return ok;
}

static bool lint_foot(const struct fixture *f, const char *where, int rule)
{
	const struct app *a = &f->app;
	const struct grid *g = &a->grid;
	struct buf row = BUF_INIT;
	bool ok = true;
	lint_row(g, g->rows - 1, 0, g->cols, &row);
	if (!is_rule(g, rule)) {
		ok = lint_says(g, where, "no rule in line %d", rule + 1);
	} else if (is_blank(g, 1, g->rows - 1)) {
		ok = lint_says(g, where, "no keys in the last line");
	} else if (!a->dialog && (!str_starts(buf_str(&row), " ? help") ||
		!str_eq(grid_at(g, g->cols - 2, g->rows - 1)->text, "t"))) {
		ok = lint_says(g, where, "the last line is not from help to quit");
	}
	if (ok && a->prompt_kind) {
		int x = 1 + 1 + text_width(a->prompt);
		x = x > g->cols - 1 ? g->cols - 1 : x;
		ok = (g->cursor_y == g->rows - 2 && g->cursor_x == x) ||
			lint_says(g, where, "the cursor is at %d,%d", g->cursor_x, g->cursor_y);
	} else if (ok && !a->dialog) {
		ok = g->cursor_x < 0 || lint_says(g, where, "a cursor that nobody needs");
	}
	buf_release(&row);
	return ok;
}

/* ---- columns ------------------------------------------------------------------------------ */

struct places {
	int left[64], width[64]; /* without the blank behind it; 0: not shown */
};

/* Where each column is; the line of the headings, -1: there is none. */
static int lint_places(const struct screen *s, const struct grid *g, struct places *p)
{
	int left = 1, line = 3;
	*p = (struct places){ .left = { 0 } };
	screen_columns(s, g->cols, p->width);
	for (size_t i = 0; i < s->table->ncolumns; i++) {
		p->left[i] = left;
		left += p->width[i] > 0 ? p->width[i] + 1 : 0;
	}
	while (line < g->rows &&
		screen_spot_at(s, g->cols, g->rows, 1, line).kind != SPOT_TITLE) {
		line++;
	}
	return line < g->rows ? line : -1;
}

/* The mouse finds the heading where it stands. */
static bool lint_title(const struct grid *g, const struct screen *s, size_t i,
	const struct places *p, int y, const char *where)
{
	const struct column *c = &s->table->columns[i];
	int at = c->flags & COLUMN_RIGHT ? p->left[i] + p->width[i] - 1 : p->left[i];
	struct screen_spot spot = screen_spot_at(s, g->cols, g->rows, at, y);
	if (is_blank(g, at, y) || spot.kind != SPOT_TITLE || spot.at != i) {
		return lint_says(g, where, "the heading %s is not at %d", c->title, at);
	}
	return true;
}

/* The text of the cell at its column's edge, a blank behind it. */
static bool lint_item(const struct grid *g, const struct table *t, const struct trow *r,
	const struct places *p, int y, const char *where)
{
	struct buf want = BUF_INIT;
	bool ok = true;
	for (size_t i = 0; i < t->ncolumns && ok; i++) {
		int width = p->width[i], x = p->left[i];
		bool right = t->columns[i].flags & COLUMN_RIGHT;
		if (width <= 0) {
			continue;
		}
		tcell_text(&r->cells[i], &want);
		const char *w = buf_str(&want);
		size_t blanks = strspn(w, " ");
		bool none = !w[blanks] || (right && w[strlen(w) - 1] == ' ');
		if (x + width < g->cols && !is_blank(g, x + width, y)) {
			ok = lint_says(g, where, "line %d: %s runs into the next column", y,
				t->columns[i].title);
		} else if (!none && right && is_blank(g, x + width - 1, y) &&
			grid_at(g, x + width - 1, y)->width) {
			ok = lint_says(g, where, "line %d: %s does not end at %d", y,
				t->columns[i].title, x + width - 1);
		} else if (!none && !right && blanks == 0 && text_width(w) > 0 &&
			is_blank(g, x, y)) {
			ok = lint_says(g, where, "line %d: %s does not begin at %d", y,
				t->columns[i].title, x);
		}
		seen++;
	}
	buf_release(&want);
	return ok;
}

static bool lint_table(struct fixture *f, const char *where, int rule)
{
	const struct app *a = &f->app;
	const struct grid *g = &a->grid;
	struct screen s;
	struct places p;
	app_screen(a, &s);
	int title = lint_places(&s, g, &p), hands = 0;
	bool ok = true, hand = false;
	for (size_t i = 0; title >= 0 && i < a->table.ncolumns && ok; i++) {
		if (p.width[i] > 0) {
			ok = lint_title(g, &s, i, &p, title, where);
		}
	}
	for (int y = 3; y < rule && ok; y++) {
		struct screen_spot spot = screen_spot_at(&s, g->cols, g->rows, 1, y);
		if (spot.kind != SPOT_ROW) {
			continue;
		}
		ok = lint_item(g, &a->table, table_at(&a->table, spot.at), &p, y, where);
		const char *glyph = grid_at(g, 0, y)->text;
		bool here = str_eq(glyph, g->ascii ? ">" : "\xe2\x96\xb8") ||
			str_eq(glyph, g->ascii ? "*" : "\xe2\x97\x86");
		hands += here;
		hand |= here && spot.at == a->selected;
	}
	if (ok && title >= 0 && a->selected < a->table.n && (hands != 1 || !hand)) {
		ok = lint_says(g, where, "%d rows are in hand", hands);
	}
	return ok;
}

bool lint_frame(struct fixture *f, const char *where)
{
	const struct app *a = &f->app;
	const struct grid *g = &a->grid;
	struct screen s;
	if (!lint_cells(g, where)) {
		return false;
	}
	if (g->cols < LINT_COLS || g->rows < LINT_ROWS) {
		return true;
	}
	app_screen(a, &s);
	int rule = g->rows - 3 - (a->dialog ? 0 : screen_detail_lines(&s, g->cols));
	return lint_head(f, where) && lint_foot(f, where, rule) &&
		(a->dialog || lint_table(f, where, rule));
}
