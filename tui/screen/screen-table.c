/* SPDX-License-Identifier: Apache-2.0 */
/* A view's rows as columns of cells: how wide each column is, and what is cut. */
#include "tui/screen/screen-table.h"

#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

#define AGE_CELLS 5 /* what ages take up to two years, at most: stamp_age() */

/* How columns are to be shown, of struct screen. */
struct columns_as {
	const struct table *t;
	enum screen_mode mode;
	uint64_t hidden;
	int sort;
};

static struct columns_as screen_as(const struct screen *s)
{
	return (struct columns_as){ s->table, s->mode, s->hidden, s->sort };
}

/* What a column needs for its present content, or for the brief forms where there are some. */
static int screen_wanted(const struct columns_as *as, size_t col, bool brief)
{
	const struct table *t = as->t;
	struct buf b = BUF_INIT;
	int want = text_width(t->columns[col].title) + (as->sort == (int)col + 1);
	brief |= as->mode == SCREEN_COMPACT;
	/* Of a large table the first rows tell: to make all for their widths is what it avoids. */
	size_t most = t->maker ? 200 : 2000;
	for (size_t i = 0; i < t->n && i < most; i++) {
		if (table_kind(t, i) == ROW_ITEM) {
			const struct tcell *cell = &table_at(t, i)->cells[col];
			tcell_text(cell, &b);
			if (brief && cell->brief) {
				buf_clear(&b);
				buf_adds(&b, cell->brief);
			}
			int w = text_width(buf_str(&b));
			/* So that columns do not move when "9s" becomes "10s". */
			w = cell->kind == CELL_AGE && w < AGE_CELLS ? AGE_CELLS : w;
			bool bar = as->mode == SCREEN_NORMAL ||
				(as->mode == SCREEN_WIDE && !brief);
			if (cell->kind == CELL_METER && bar) {
				w += 11;
			}
			want = w > want ? w : want;
		}
	}
	buf_release(&b);
	return want;
}

/* Takes what is too much from the columns that grow (or from the others), first where most is
   to spare, down to their least. */
static int screen_shrink(const struct table *t, int *widths, int over, bool growing)
{
	while (over > 0) {
		size_t at = t->ncolumns;
		int most = 0;
		for (size_t i = 0; i < t->ncolumns; i++) {
			const struct column *c = &t->columns[i];
			int spare = widths[i] - (growing ? c->width : text_width(c->title));
			if ((c->grow > 0) == growing && widths[i] > 0 && spare > most) {
				most = spare;
				at = i;
			}
		}
		if (at == t->ncolumns) {
			break;
		}
		widths[at]--;
		over--;
	}
	return over;
}

static void screen_layout_as(const struct columns_as *as, int cols, int *widths)
{
	const struct table *t = as->t;
	const int extra = as->mode == SCREEN_WIDE ? COLUMN_DATA : COLUMN_WIDE | COLUMN_DATA;
	int used = 1; /* the margin */
	for (size_t i = 0; i < t->ncolumns; i++) {
		bool here = !(t->columns[i].flags & extra) && !(as->hidden >> i & 1);
		widths[i] = here ? screen_wanted(as, i, false) : 0;
		used += here ? widths[i] + 1 : 0;
	}
	/* Brief forms first, of a whole column; then cuts. */
	for (size_t i = 0; i < t->ncolumns && used - 1 > cols; i++) {
		int brief = widths[i] > 0 ? screen_wanted(as, i, true) : 0;
		used -= widths[i] - brief;
		widths[i] = brief;
	}
	int over = screen_shrink(t, widths, used - 1 - cols, true);
	/* Many columns: a few that can be read tell more than all of them cut. */
	over = as->mode == SCREEN_WIDE ? over : screen_shrink(t, widths, over, false);
	/* Still too wide: the last columns are not shown. */
	for (size_t i = t->ncolumns; over > 0 && i-- > 1;) {
		over -= widths[i] > 0 ? widths[i] + 1 : 0;
		widths[i] = 0;
	}
	for (size_t i = 0; i < t->ncolumns; i++) {
		bool more = (t->columns[i].flags & COLUMN_WIDE) && widths[i] == 0 &&
			as->mode == SCREEN_NORMAL && !(as->hidden >> i & 1);
		int want = more ? screen_wanted(as, i, false) : 0;
		if (want > 0 && used + want + 1 <= cols) {
			widths[i] = want;
			used += want + 1;
		}
	}
}

void screen_layout(const struct table *t, int cols, int *widths)
{
	screen_layout_as(&(struct columns_as){ .t = t }, cols, widths);
}

void screen_columns(const struct screen *s, int cols, int *widths)
{
	const struct columns_as as = screen_as(s);
	screen_layout_as(&as, cols, widths);
}

static void screen_cell(struct grid *g, int x, int y, int width, const struct column *col,
	const struct tcell *cell, bool brief, struct buf *text, struct buf *cut)
{
	tcell_text(cell, text);
	if (cell->kind == CELL_METER && width >= 10) {
		int w = text_width(buf_str(text));
		int bar = width - w - 1;
		if (bar > 10) {
			bar = 10;
		}
		if (bar >= 3) {
			if (cell->max >= 0) {
				grid_meter(g, x, y, bar, cell->style, cell->value, cell->max);
			}
			grid_put(g, x + bar + 1, y, width - bar - 1,
				cell->style == STYLE_ACCENT ? STYLE_NORMAL : cell->style,
				buf_str(text));
			return;
		}
	}
	if (cell->brief && (brief || text_width(buf_str(text)) > width)) {
		buf_clear(text);
		buf_adds(text, cell->brief);
	}
	buf_clear(cut);
	if (col->flags & COLUMN_MIDDLE) {
		text_cut_middle(cut, buf_str(text), width, g->ascii);
	} else {
		text_cut_end(cut, buf_str(text), width, g->ascii);
	}
	if (col->flags & COLUMN_RIGHT) {
		grid_put_right(g, x, y, width, cell->style, buf_str(cut));
	} else {
		grid_put(g, x, y, width, cell->style, buf_str(cut));
	}
}

static void screen_titles(struct grid *g, int y, const struct screen *s, const int *widths)
{
	const struct table *t = s->table;
	struct buf title = BUF_INIT;
	int x = 1;
	for (size_t i = 0; i < t->ncolumns; i++) {
		if (widths[i] == 0) {
			continue;
		}
		bool sorted = s->sort == (int)i + 1;
		enum style style = sorted ? STYLE_ACCENT : STYLE_DIM;
		buf_clear(&title);
		buf_adds(&title, t->columns[i].title);
		if (sorted) {
			const char *marks[2][2] = { { "\xe2\x96\xb4", "\xe2\x96\xbe" }, { "^", "v" } };
			buf_clear(&title);
			text_cut_end(&title, t->columns[i].title, widths[i] - 1, g->ascii);
			buf_adds(&title, marks[g->ascii][s->descending]);
		}
		if (t->columns[i].flags & COLUMN_RIGHT) {
			grid_put_right(g, x, y, widths[i], (int)style, buf_str(&title));
		} else {
			grid_put(g, x, y, widths[i], (int)style, buf_str(&title));
		}
		x += widths[i] + 1;
	}
	buf_release(&title);
}

static void screen_span(struct grid *g, int y, const struct trow *r)
{
	int x = 1 + r->indent;
	if (r->meter) {
		int width = g->cols / 3 > 24 ? 24 : g->cols / 3;
		grid_meter(g, x, y, width, STYLE_ACCENT, r->value, r->max);
		x += width + 2;
	}
	struct buf cut = BUF_INIT;
	text_cut_end(&cut, r->span, g->cols - x, g->ascii);
	grid_put(g, x, y, g->cols - x, r->style, buf_str(&cut));
	buf_release(&cut);
}

/* The cells of one item. */
static void screen_item(struct grid *g, const struct table *t, int y, const struct trow *r,
	const int *widths, const bool *brief)
{
	struct buf text = BUF_INIT, cut = BUF_INIT;
	int x = 1;
	for (size_t col = 0; col < t->ncolumns; col++) {
		if (widths[col] > 0) {
			screen_cell(g, x, y, widths[col], &t->columns[col], &r->cells[col],
				brief[col], &text, &cut);
			x += widths[col] + 1;
		}
	}
	buf_release(&text);
	buf_release(&cut);
}

/* Lines before the first item tell of all of them: they stand above the titles. */
static size_t screen_lead(const struct table *t, size_t top)
{
	size_t n = top;
	while (top == 0 && n < t->n && table_kind(t, n) == ROW_SPAN) {
		n++;
	}
	return n < t->n ? n : t->n + 1;
}

/* Said by a glyph as well as by reverse video: the row in hand, marked, or both. */
static void screen_hand(struct grid *g, const struct screen *s, int y, const struct trow *r,
	bool here)
{
	static const char *const glyphs[2][4] = {
		{ "", "\xe2\x96\xb8", "\xe2\x9c\x93", "\xe2\x97\x86" }, { "", ">", "+", "*" },
	};
	bool marked = s->marks && s->marks->n > 0 && strlist_has(s->marks, r->id);
	grid_put(g, 0, y, 1, STYLE_ACCENT, glyphs[g->ascii][here + 2 * marked]);
	if (here) {
		grid_mark(g, 1, y, g->cols - 1, STYLE_SELECTED);
	}
}

void screen_rows(struct grid *g, const struct screen *s, int y, int rows)
{
	const struct table *t = s->table;
	const struct columns_as as = screen_as(s);
	int *widths = xcalloc(t->ncolumns, sizeof(*widths));
	bool *brief = xcalloc(t->ncolumns, sizeof(*brief));
	screen_layout_as(&as, g->cols, widths);
	for (size_t col = 0; col < t->ncolumns; col++) {
		brief[col] = widths[col] > 0 && (s->mode == SCREEN_COMPACT ||
			widths[col] < screen_wanted(&as, col, false));
	}
	bool stale = s->view->source < SRC__COUNT &&
		model_source(s->ctx->model, s->view->source)->state == SOURCE_FAILED;
	size_t lead = screen_lead(t, s->top);
	for (int i = 0; i < rows && s->top + (size_t)i < t->n; i++) {
		size_t at = s->top + (size_t)i;
		const struct trow *r = table_at(t, at);
		if (at == lead) {
			screen_titles(g, y + i, s, widths);
			y++;
		}
		if (r->kind == ROW_SPAN) {
			screen_span(g, y + i, r);
			continue;
		}
		screen_item(g, t, y + i, r, widths, brief);
		screen_hand(g, s, y + i, r, at == s->selected);
		if (stale) {
			grid_mark(g, 0, y + i, g->cols, STYLE_STALE);
		}
	}
	free(brief);
	free(widths);
}

struct screen_spot screen_row_at(const struct screen *s, int cols, int rows, int x, int line)
{
	const struct table *t = s->table;
	struct screen_spot spot = { SPOT_NONE, 0 };
	size_t lead = screen_lead(t, s->top);
	int title = lead < t->n && lead - s->top < (size_t)rows ? (int)(lead - s->top) : rows + 1;
	if (line < 0 || line > rows || t->n == 0) {
		return spot;
	}
	size_t at = s->top + (size_t)line - (line > title);
	if (line != title && at < t->n && table_kind(t, at) == ROW_ITEM) {
		spot = (struct screen_spot){ SPOT_ROW, at };
	}
	if (line == title) {
		int *widths = xcalloc(t->ncolumns, sizeof(*widths)), left = 1;
		screen_columns(s, cols, widths);
		for (size_t i = 0; i < t->ncolumns; i++) {
			if (widths[i] > 0 && x >= left && x <= left + widths[i]) {
				spot = (struct screen_spot){ SPOT_TITLE, i };
			}
			left += widths[i] > 0 ? widths[i] + 1 : 0;
		}
		free(widths);
	}
	return spot;
}
