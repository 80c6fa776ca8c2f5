/* SPDX-License-Identifier: Apache-2.0 */
/* A screen in memory. */
#include "tui/screen/grid.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

void grid_init(struct grid *g, int cols, int rows, bool ascii)
{
	g->cols = cols;
	g->rows = rows;
	g->ascii = ascii;
	g->cells = xcalloc((size_t)cols * (size_t)rows, sizeof(*g->cells));
	grid_clear(g);
}

void grid_release(struct grid *g)
{
	free(g->cells);
	g->cells = NULL;
	g->cols = g->rows = 0;
}

void grid_clear(struct grid *g)
{
	size_t n = (size_t)g->cols * (size_t)g->rows;
	for (size_t i = 0; i < n; i++) {
		g->cells[i] = (struct cell){ .text = " ", .style = STYLE_NORMAL, .width = 1 };
	}
	g->cursor_x = g->cursor_y = -1;
}

static struct cell *grid_cell(const struct grid *g, int x, int y)
{
	if (x < 0 || y < 0 || x >= g->cols || y >= g->rows) {
		return NULL;
	}
	return &g->cells[(size_t)y * (size_t)g->cols + (size_t)x];
}

const struct cell *grid_at(const struct grid *g, int x, int y)
{
	return grid_cell(g, x, y);
}

/* Halves of a wide character must not be left alone. */
static void grid_split_wide(struct grid *g, int x, int y)
{
	struct cell *c = grid_cell(g, x, y);
	MUST(c);
	if (c->width == 0) {
		struct cell *left = grid_cell(g, x - 1, y);
		if (left) {
			*left = (struct cell){ .text = " ", .style = left->style, .width = 1 };
		}
	} else if (c->width == 2) {
		struct cell *right = grid_cell(g, x + 1, y);
		if (right) {
			*right = (struct cell){ .text = " ", .style = right->style, .width = 1 };
		}
	}
}

static void grid_set(
	struct grid *g, int x, int y, const char *bytes, size_t n, int width, int style)
{
	struct cell *c = grid_cell(g, x, y);
	if (!c || x + width > g->cols) {
		return; /* left of the screen, or only half on it */
	}
	grid_split_wide(g, x, y);
	memset(c->text, 0, sizeof(c->text));
	memcpy(c->text, bytes, n);
	c->width = (uint8_t)width;
	c->style = (uint8_t)style;
	if (width == 2) {
		grid_split_wide(g, x + 1, y);
		c = grid_cell(g, x + 1, y);
		memset(c->text, 0, sizeof(c->text));
		c->width = 0;
		c->style = (uint8_t)style;
	}
}

/* A mark joins the character before it, as long as the cell has room. */
static void grid_combine(struct grid *g, int x, int y, const char *bytes, size_t n)
{
	struct cell *c = grid_cell(g, x, y);
	if (c && c->width == 0) {
		c = grid_cell(g, x - 1, y);
	}
	if (!c) {
		return;
	}
	size_t have = strlen(c->text);
	if (have + n < sizeof(c->text)) {
		memcpy(c->text + have, bytes, n);
	}
}

/* Our own sentences use a few signs that have a good form in ASCII. */
static void grid_plain(struct buf *out, const char *text)
{
	static const struct {
		const char *sign, *plain;
	} signs[] = {
		{ "\xe2\x89\xa4", "<=" }, { "\xe2\x89\xa5", ">=" }, { "\xe2\x86\x92", "->" },
		{ "\xc3\x97", "x" }, { "\xe2\x88\x92", "-" }, { "\xe2\x80\xa6", "~" },
		{ "\xc2\xb7", "." },
	};
	while (*text) {
		size_t n = 0;
		for (size_t i = 0; n == 0 && i < sizeof(signs) / sizeof(signs[0]); i++) {
			if (strncmp(text, signs[i].sign, strlen(signs[i].sign)) == 0) {
				n = strlen(signs[i].sign);
				buf_adds(out, signs[i].plain);
			}
		}
		if (n == 0) {
			buf_addc(out, *text);
			n = 1;
		}
		text += n;
	}
}

int grid_put(struct grid *g, int x, int y, int max, int style, const char *text)
{
	if (!text || y < 0 || y >= g->rows || x >= g->cols || max <= 0) {
		return 0;
	}
	struct buf clean, plain = BUF_INIT;
	buf_init(&clean, 1 << 20);
	if (g->ascii) {
		grid_plain(&plain, text);
		text = buf_str(&plain);
	}
	text_sanitise(&clean, text, g->ascii);
	buf_release(&plain);
	const char *p = buf_str(&clean);
	size_t left = clean.len;
	int used = 0;
	while (left > 0) {
		uint32_t cp;
		size_t n = text_decode(p, left, &cp);
		int w = text_cp_width(cp);
		if (w < 0) {
			w = 1;
		}
		if (w == 0 && used > 0) {
			grid_combine(g, x + used - 1, y, p, n);
		} else if (w > 0) {
			if (used + w > max || x + used + w > g->cols) {
				break;
			}
			grid_set(g, x + used, y, p, n, w, style);
			used += w;
		}
		p += n;
		left -= n;
	}
	buf_release(&clean);
	return used;
}

int grid_putf(struct grid *g, int x, int y, int max, int style, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *s = xvasprintf(fmt, ap);
	va_end(ap);
	int used = grid_put(g, x, y, max, style, s);
	free(s);
	return used;
}

void grid_put_right(struct grid *g, int x, int y, int width, int style, const char *text)
{
	int w = text_width(text);
	int pad = w < width ? width - w : 0;
	grid_put(g, x + pad, y, width - pad, style, text);
}

void grid_mark(struct grid *g, int x, int y, int width, int flags)
{
	for (int i = 0; i < width; i++) {
		struct cell *c = grid_cell(g, x + i, y);
		if (c) {
			c->style |= (uint8_t)flags;
		}
	}
}

int grid_wrap(struct grid *g, int x, int y, int width, int end, int style, const char *text)
{
	struct buf word = BUF_INIT;
	int at = 0;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " "), blanks = strspn(p + n, " ");
		buf_clear(&word);
		buf_add(&word, p, n);
		int w = text_width(buf_str(&word));
		if (at > 0 && at + w > width) {
			at = 0;
			y++;
		}
		int used = y < end ? grid_put(g, x + at, y, width - at, style, buf_str(&word)) : w;
		at += used + (int)blanks;
		p += n + blanks;
	}
	buf_release(&word);
	return y + 1;
}

void grid_widen(struct grid *g, int cols)
{
	size_t narrow = (size_t)g->cols, wide = narrow + (size_t)cols;
	for (size_t y = (size_t)g->rows; cols > 0 && y-- > 0;) {
		memmove(g->cells + y * wide, g->cells + y * narrow, narrow * sizeof(*g->cells));
		for (size_t x = narrow; x < wide; x++) {
			g->cells[y * wide + x] = (struct cell){ .text = " ", .width = 1 };
		}
	}
	g->cols += cols;
}

void grid_rule(struct grid *g, int y, int style)
{
	for (int x = 0; x < g->cols && y >= 0 && y < g->rows; x++) {
		if (g->ascii) {
			grid_set(g, x, y, "-", 1, 1, style);
		} else {
			grid_set(g, x, y, "\xe2\x94\x80", 3, 1, style);
		}
	}
}

void grid_meter(struct grid *g, int x, int y, int width, int style, int64_t used, int64_t max)
{
	int filled = 0;
	if (max > 0 && used > 0) {
		filled = (int)((used * width + max / 2) / max);
		if (filled == 0) {
			filled = 1; /* something is not nothing */
		}
		if (used < max && filled >= width) {
			filled = width - 1; /* nearly full is not full */
		}
	}
	for (int i = 0; i < width && x + i < g->cols; i++) {
		bool on = i < filled;
		if (g->ascii) {
			grid_set(g, x + i, y, on ? "#" : ".", 1, 1, on ? style : STYLE_DIM);
		} else {
			grid_set(g, x + i, y, on ? "\xe2\x96\x87" : "\xe2\x96\x81", 3, 1,
				on ? style : STYLE_DIM);
		}
	}
}

void grid_text(const struct grid *g, struct buf *out)
{
	for (int y = 0; y < g->rows; y++) {
		size_t mark = out->len, keep = out->len;
		for (int x = 0; x < g->cols; x++) {
			const struct cell *c = grid_at(g, x, y);
			MUST(c);
			buf_adds(out, c->text);
			if (c->width && !(c->text[0] == ' ' && c->text[1] == '\0')) {
				keep = out->len;
			}
		}
		if (out->data && keep >= mark) {
			out->len = keep;
			out->data[keep] = '\0';
		}
		buf_addc(out, '\n');
	}
}

void grid_styles(const struct grid *g, struct buf *out)
{
	static const char letters[STYLE__COUNT + 1] = ".dbaowxk+-";
	for (int y = 0; y < g->rows; y++) {
		for (int x = 0; x < g->cols; x++) {
			const struct cell *c = grid_at(g, x, y);
			MUST(c);
			int role = c->style & ~(STYLE_SELECTED | STYLE_STALE);
			char l = letters[role];
			if (c->style & STYLE_SELECTED) {
				l = l >= 'a' && l <= 'z' ? (char)(l - 'a' + 'A') : 'S';
			}
			buf_addc(out, c->style & STYLE_STALE ? '~' : l);
		}
		buf_addc(out, '\n');
	}
}
