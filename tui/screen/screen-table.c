/* SPDX-License-Identifier: Apache-2.0 */
/* A view's rows as columns of cells: how wide each column is, and what is cut. */
#include "tui/screen/screen-table.h"

#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/lesson/language.h"

#define AGE_CELLS 5   /* what ages take up to two years, at most: stamp_age() */
#define BAR_CELLS 10  /* of a meter, where there is room */
#define BAR_LEAST 4
#define NAME_LEAST 12 /* of a name cut in the middle: its beginning and its end still tell */

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

/* A column as it is laid out. */
struct laid {
	int width; /* 0: not shown */
	int full;  /* what its present content needs */
	int brief; /* the same with the brief forms, where there are some; -1: nobody asked yet */
	int text;  /* of a meter: full without the bar */
};

/* What a column needs for its present content, or for the brief forms where there are some. */
static int screen_wanted(const struct columns_as *as, size_t col, bool brief, int *text)
{
	const struct table *t = as->t;
	struct buf b = BUF_INIT;
	int want = text_width(tr(t->columns[col].title)) + (as->sort == (int)col + 1);
	brief |= as->mode == SCREEN_COMPACT;
	*text = 0;
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
			*text = w > *text ? w : *text;
			bool bar = as->mode == SCREEN_NORMAL ||
				(as->mode == SCREEN_WIDE && !brief);
			if (cell->kind == CELL_METER && bar) {
				w += 1 + BAR_CELLS;
			}
			want = w > want ? w : want;
		}
	}
	buf_release(&b);
	return want;
}

/* What gives way where room is short, one after the other. */
enum gives {
	GIVES_ROOM,  /* all but words of state, to their usual width */
	GIVES_NAMES, /* names, cut in the middle, to half of it */
	GIVES_BARS,  /* bars, to a few cells */
	GIVES_BAR,   /* bars as a whole */
	GIVES_TEXT,  /* all but words of state */
	GIVES_WORDS, /* these */
};

/* How narrow a column may become by that; its width: it has no part in it. */
static int screen_least(const struct column *c, const struct laid *l, enum gives what)
{
	bool name = c->flags & COLUMN_MIDDLE, word = c->flags & COLUMN_WORD;
	int title = text_width(tr(c->title)), half = c->width / 2;
	half = half > NAME_LEAST ? half : NAME_LEAST;
	bool meter = c->kind == CELL_METER;
	int bare = l->text > title ? l->text : title;
	switch (what) {
	case GIVES_ROOM:
		return word ? l->width : c->width > title ? c->width : title;
	case GIVES_NAMES:
		return name ? half : l->width;
	case GIVES_BARS:
		bare = l->text + 1 + BAR_LEAST;
		return meter && bare > title ? bare : l->width;
	case GIVES_BAR:
		return meter ? bare : l->width;
	case GIVES_TEXT:
		if (name || word || meter) {
			return l->width;
		}
		return c->grow > 0 && half > title ? half : title;
	case GIVES_WORDS:
		return word ? title : l->width;
	}
	return l->width;
}

/* Takes what is too much from the columns, first where most is to spare, down to their least. */
static int screen_shrink(const struct table *t, struct laid *laid, int over, enum gives what)
{
	while (over > 0) {
		size_t at = t->ncolumns;
		int most = 0;
		for (size_t i = 0; i < t->ncolumns; i++) {
			int spare = laid[i].width - screen_least(&t->columns[i], &laid[i], what);
			if (laid[i].width > 0 && spare > most) {
				most = spare;
				at = i;
			}
		}
		if (at == t->ncolumns) {
			break;
		}
		laid[at].width--;
		over--;
	}
	return over;
}

/* All that is wanted at once, but for what is gone: brief forms first, of a whole column, then
   narrower names.  How many cells that is too much. */
static int screen_fit(const struct columns_as *as, int cols, uint64_t gone, struct laid *laid,
	int *used)
{
	const struct table *t = as->t;
	const int extra = as->mode == SCREEN_WIDE ? COLUMN_DATA : COLUMN_WIDE | COLUMN_DATA;
	int text;
	*used = 1; /* the margin */
	for (size_t i = 0; i < t->ncolumns; i++) {
		bool here = !(t->columns[i].flags & extra) && !((as->hidden | gone) >> i & 1);
		if (here && laid[i].full == 0) {
			laid[i].full = screen_wanted(as, i, false, &laid[i].text);
			laid[i].brief = -1;
		}
		laid[i].width = here ? laid[i].full : 0;
		*used += here ? laid[i].width + 1 : 0;
	}
	/* From the last one on: what a row is named by keeps its whole form longest. */
	for (size_t i = t->ncolumns; i-- > 0 && *used - 1 > cols;) {
		if (laid[i].width > 0 && laid[i].brief < 0) {
			laid[i].brief = screen_wanted(as, i, true, &text);
		}
		*used -= laid[i].width > 0 ? laid[i].width - laid[i].brief : 0;
		laid[i].width = laid[i].width > 0 ? laid[i].brief : 0;
	}
	int over = *used - 1 - cols;
	for (int what = GIVES_ROOM; what <= GIVES_BARS; what++) {
		over = screen_shrink(t, laid, over, (enum gives)what);
	}
	return over;
}

/* The last column that is shown and has this flag (not: has it not), but the first; ncolumns: there
   is none. */
static size_t screen_last(const struct table *t, const struct laid *laid, int flag, bool not)
{
	for (size_t i = t->ncolumns; i-- > 1;) {
		if (laid[i].width > 0 && !(t->columns[i].flags & flag) == not) {
			return i;
		}
	}
	return t->ncolumns;
}

/* Even so too wide: the last columns are not shown, what says how it is longer than others. */
static void screen_drop(const struct table *t, struct laid *laid, int over)
{
	while (over > 0) {
		size_t i = screen_last(t, laid, COLUMN_WORD, true);
		i = i < t->ncolumns ? i : screen_last(t, laid, COLUMN_WORD, false);
		if (i == t->ncolumns) {
			return;
		}
		over -= laid[i].width + 1;
		laid[i].width = 0;
	}
	/* What that left goes to those that lack most. */
	for (size_t at = 0; over < 0 && at < t->ncolumns; over++) {
		int most = 0;
		at = t->ncolumns;
		for (size_t i = 0; i < t->ncolumns; i++) {
			int lack = (laid[i].brief < 0 ? laid[i].full : laid[i].brief) - laid[i].width;
			if (laid[i].width > 0 && lack > most) {
				most = lack;
				at = i;
			}
		}
		if (at < t->ncolumns) {
			laid[at].width++;
		}
	}
}

static void screen_layout_as(const struct columns_as *as, int cols, struct laid *laid)
{
	const struct table *t = as->t;
	uint64_t gone = 0;
	int used, over = screen_fit(as, cols, 0, laid, &used);
	size_t spare = screen_last(t, laid, COLUMN_SPARE, false);
	while (over > 0 && as->mode != SCREEN_WIDE && spare < t->ncolumns) {
		gone |= (uint64_t)1 << spare;
		over = screen_fit(as, cols, gone, laid, &used);
		spare = screen_last(t, laid, COLUMN_SPARE, false);
	}
	/* One that went first may have room again by those that went later. */
	for (size_t i = 0; i < t->ncolumns && over < 0 && gone; i++) {
		uint64_t fewer = gone & ~((uint64_t)1 << i);
		gone = fewer != gone && screen_fit(as, cols, fewer, laid, &used) <= 0 ? fewer : gone;
		over = screen_fit(as, cols, gone, laid, &used);
	}
	/* Many columns: a few that can be read tell more than all of them cut. */
	for (int what = GIVES_BAR; what <= GIVES_WORDS && as->mode != SCREEN_WIDE; what++) {
		over = screen_shrink(t, laid, over, (enum gives)what);
	}
	screen_drop(t, laid, over);
	for (size_t i = 0; i < t->ncolumns; i++) {
		bool more = (t->columns[i].flags & COLUMN_WIDE) && laid[i].width == 0 &&
			as->mode == SCREEN_NORMAL && !(as->hidden >> i & 1) && !gone;
		int want = more ? screen_wanted(as, i, false, &laid[i].text) : 0;
		if (want > 0 && used + want + 1 <= cols) {
			laid[i].width = laid[i].full = want;
			used += want + 1;
		}
	}
}

static void screen_widths(const struct columns_as *as, int cols, int *widths)
{
	struct laid *laid = xcalloc(as->t->ncolumns, sizeof(*laid));
	screen_layout_as(as, cols, laid);
	for (size_t i = 0; i < as->t->ncolumns; i++) {
		widths[i] = laid[i].width;
	}
	free(laid);
}

void screen_layout(const struct table *t, int cols, int *widths)
{
	screen_widths(&(struct columns_as){ .t = t }, cols, widths);
}

void screen_columns(const struct screen *s, int cols, int *widths)
{
	const struct columns_as as = screen_as(s);
	screen_widths(&as, cols, widths);
}

static void screen_cell(struct grid *g, int x, int y, const struct laid *l,
	const struct column *col, const struct tcell *cell, bool brief, struct buf *text,
	struct buf *cut)
{
	int width = l->width, bar = width - l->text - 1; /* as long in each row */
	tcell_text(cell, text);
	if (cell->kind == CELL_METER && bar >= BAR_LEAST - 1) {
		bar = bar > BAR_CELLS ? BAR_CELLS : bar;
		if (cell->max >= 0) {
			grid_meter(g, x, y, bar, cell->style, cell->value, cell->max);
		}
		grid_put(g, x + bar + 1, y, width - bar - 1,
			cell->style == STYLE_ACCENT ? STYLE_NORMAL : cell->style, buf_str(text));
		return;
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

static void screen_titles(struct grid *g, int y, const struct screen *s, const struct laid *laid)
{
	const struct table *t = s->table;
	struct buf title = BUF_INIT;
	int x = 1;
	for (size_t i = 0; i < t->ncolumns; i++) {
		if (laid[i].width == 0) {
			continue;
		}
		bool sorted = s->sort == (int)i + 1;
		enum style style = sorted ? STYLE_ACCENT : STYLE_DIM;
		buf_clear(&title);
		buf_adds(&title, tr(t->columns[i].title));
		if (sorted) {
			const char *marks[2][2] = { { "\xe2\x96\xb4", "\xe2\x96\xbe" }, { "^", "v" } };
			buf_clear(&title);
			text_cut_end(&title, tr(t->columns[i].title), laid[i].width - 1, g->ascii);
			buf_adds(&title, marks[g->ascii][s->descending]);
		}
		if (t->columns[i].flags & COLUMN_RIGHT) {
			grid_put_right(g, x, y, laid[i].width, (int)style, buf_str(&title));
		} else {
			grid_put(g, x, y, laid[i].width, (int)style, buf_str(&title));
		}
		x += laid[i].width + 1;
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
	const struct laid *laid, const bool *brief)
{
	struct buf text = BUF_INIT, cut = BUF_INIT;
	int x = 1;
	for (size_t col = 0; col < t->ncolumns; col++) {
		if (laid[col].width > 0) {
			screen_cell(g, x, y, &laid[col], &t->columns[col], &r->cells[col],
				brief[col], &text, &cut);
			x += laid[col].width + 1;
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
	struct laid *laid = xcalloc(t->ncolumns, sizeof(*laid));
	bool *brief = xcalloc(t->ncolumns, sizeof(*brief));
	screen_layout_as(&as, g->cols, laid);
	for (size_t col = 0; col < t->ncolumns; col++) {
		brief[col] = s->mode == SCREEN_COMPACT || laid[col].width < laid[col].full;
	}
	bool stale = s->view->source < SRC__COUNT &&
		model_source(s->ctx->model, s->view->source)->state == SOURCE_FAILED;
	size_t lead = screen_lead(t, s->top);
	for (int i = 0; i < rows && s->top + (size_t)i < t->n; i++) {
		size_t at = s->top + (size_t)i;
		const struct trow *r = table_at(t, at);
		if (at == lead) {
			screen_titles(g, y + i, s, laid);
			y++;
		}
		if (r->kind == ROW_SPAN) {
			screen_span(g, y + i, r);
			continue;
		}
		screen_item(g, t, y + i, r, laid, brief);
		screen_hand(g, s, y + i, r, at == s->selected);
		if (stale) {
			grid_mark(g, 0, y + i, g->cols, STYLE_STALE);
		}
	}
	free(brief);
	free(laid);
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
