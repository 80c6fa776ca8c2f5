/* SPDX-License-Identifier: Apache-2.0 */
/* Curves in cells. */
#include "tui/screen/plot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

#define LEFT 5 /* of the y axis' numbers */

/* The field of dots: two columns and four rows of them in each cell; one in ASCII. */
struct field {
	int cols, rows; /* cells */
	int fx, fy;     /* dots of a cell */
	uint8_t *dots;  /* a cell's braille bits, or 1 */
};

static void field_set(struct field *f, int dx, int dy)
{
	static const uint8_t bits[4][2] = { { 1, 8 }, { 2, 16 }, { 4, 32 }, { 64, 128 } };
	if (dx < 0 || dy < 0 || dx >= f->cols * f->fx || dy >= f->rows * f->fy) {
		return;
	}
	uint8_t bit = f->fx == 1 ? 1 : bits[dy % 4][dx % 2];
	f->dots[(dy / f->fy) * f->cols + dx / f->fx] |= bit;
}

static int plot_row(const struct plot *p, const struct field *f, int32_t value)
{
	int high = f->rows * f->fy - 1;
	int64_t up = (int64_t)value * high + p->top / 2;
	return high - (int)(up / (p->top > 0 ? p->top : 1));
}

/* Steps are joined by a line straight up. */
static void plot_fill(const struct plot *p, struct field *f)
{
	int wide = f->cols * f->fx, before = -1;
	for (int dx = 0; dx < wide; dx++) {
		size_t i = wide > 1 ? (size_t)((int64_t)dx * (int64_t)(p->n - 1) / (wide - 1)) : 0;
		int dy = plot_row(p, f, p->v[i]);
		for (int k = before < 0 ? dy : before; k != dy; k += k < dy ? 1 : -1) {
			field_set(f, dx, k);
		}
		field_set(f, dx, dy);
		before = dy;
	}
}

/* What is needed at least, y = x, as a faint line to compare with. */
static void plot_need(const struct plot *p, struct field *f)
{
	int wide = f->cols * f->fx;
	for (int dx = 0; dx < wide; dx += f->fx == 1 ? 1 : 2) {
		int64_t i = wide > 1 ? (int64_t)dx * (int64_t)(p->n - 1) / (wide - 1) : 0;
		field_set(f, dx, plot_row(p, f, (int32_t)i));
	}
}

static void field_draw(const struct field *f, struct grid *g, int x, int y, enum style style,
	char mark)
{
	for (int i = 0; i < f->cols * f->rows; i++) {
		char text[4] = { mark, '\0' };
		if (!f->dots[i]) {
			continue;
		}
		if (f->fx == 2) { /* U+2800 and the bits */
			text[0] = (char)0xe2;
			text[1] = (char)(0xa0 | f->dots[i] >> 6);
			text[2] = (char)(0x80 | (f->dots[i] & 0x3f));
			text[3] = '\0';
		}
		grid_put(g, x + i % f->cols, y + i / f->cols, 1, style, text);
	}
}

static void plot_axes(const struct plot *p, const struct field *f, struct grid *g, int x, int y)
{
	char text[16];
	const char *bar = g->ascii ? "|" : "\xe2\x94\x82", *dash = g->ascii ? "-" : "\xe2\x94\x80";
	snprintf(text, sizeof(text), "%d", (int)p->top);
	grid_put_right(g, x, y, LEFT - 1, STYLE_DIM, text);
	grid_put_right(g, x, y + f->rows - 1, LEFT - 1, STYLE_DIM, "0");
	for (int r = 0; r < f->rows; r++) {
		grid_put(g, x + LEFT - 1, y + r, 1, STYLE_DIM, bar);
	}
	grid_put(g, x + LEFT - 1, y + f->rows, 1, STYLE_DIM, g->ascii ? "+" : "\xe2\x94\x94");
	for (int c = 0; c < f->cols; c++) {
		grid_put(g, x + LEFT + c, y + f->rows, 1, STYLE_DIM, dash);
	}
	grid_put(g, x + LEFT, y + f->rows + 1, 2, STYLE_DIM, "0");
	snprintf(text, sizeof(text), "%zu", p->n - 1);
	grid_put_right(g, x + LEFT + f->cols - 8, y + f->rows + 1, 8, STYLE_DIM, text);
	int at = p->now >= 0 && p->n > 1 && (size_t)p->now < p->n ?
		(int)((int64_t)p->now * (f->cols - 1) / (int64_t)(p->n - 1)) : -1;
	if (at >= 0) {
		grid_put(g, x + LEFT + at, y + f->rows, 1, STYLE_ACCENT,
			g->ascii ? "^" : "\xe2\x96\xb4");
	}
	grid_put(g, x + LEFT + 3, y + f->rows + 1, f->cols - 12, STYLE_DIM, p->x_title);
}

void plot_draw(const struct plot *p, struct grid *g, int x, int y, int cols, int rows)
{
	if (cols < 16 || rows < 6 || p->n < 2) {
		return;
	}
	struct field f = { .cols = cols - LEFT, .rows = rows - 3, .fx = g->ascii ? 1 : 2,
		.fy = g->ascii ? 1 : 4 };
	size_t size = (size_t)f.cols * (size_t)f.rows;
	grid_put(g, x, y, cols, STYLE_DIM, p->y_title);
	f.dots = xcalloc(size, 1);
	plot_need(p, &f);
	field_draw(&f, g, x + LEFT, y + 1, STYLE_DIM, '.');
	memset(f.dots, 0, size);
	plot_fill(p, &f);
	field_draw(&f, g, x + LEFT, y + 1, STYLE_ACCENT, '#');
	free(f.dots);
	plot_axes(p, &f, g, x, y + 1);
}
