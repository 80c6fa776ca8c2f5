/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view's content as rows: a snapshot made from the model, drawn by
 * tui/screen.c, printed by tui/print.c.  A cell knows its value and not only its
 * text, so that the same rows give a screen, a table and JSON, and sort right.
 */
#ifndef KOPSCOPE_TUI_TABLE_H
#define KOPSCOPE_TUI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "tui/style.h"

enum cell_kind {
	CELL_TEXT,
	CELL_NUMBER, /* value; -1 is drawn as "-" and is null in JSON */
	CELL_METER,  /* value of max, a bar and "17/17" */
	CELL_RATIO,  /* value/max, "15/15" */
	CELL_AGE,    /* value in ms */
};

struct tcell {
	enum cell_kind kind;
	enum style style;
	const char *text; /* CELL_TEXT; NULL is drawn as "-" */
	const char *brief; /* shown instead where the column is too narrow for text; NULL: cut */
	int64_t value, max;
};

enum column_flags {
	COLUMN_RIGHT = 1 << 0,
	COLUMN_WIDE = 1 << 1,  /* only where there is room, and with -o wide */
	COLUMN_MIDDLE = 1 << 2,/* too long: cut in the middle, not at the end */
	COLUMN_DATA = 1 << 3,  /* of JSON and -o wide, never on the screen */
};

struct column {
	const char *id, *title; /* id: of JSON and :sort; lower case with underscores */
	int width;              /* least */
	int grow;               /* share of what is left over; 0: fixed */
	int flags;
	const char *help;
};

enum row_kind {
	ROW_ITEM, /* selectable */
	ROW_SPAN, /* a line of text over the whole width, not selectable */
};

struct trow {
	enum row_kind kind;
	const char *id;      /* identity over refreshes: "default/nginx"; NULL for spans */
	struct tcell *cells; /* as many as the table has columns; NULL for spans */
	const char *span;    /* ROW_SPAN */
	enum style style;    /* of a span */
	int indent;          /* cells */
	const char *filter_extra; /* more text that the filter looks at; NULL */
	/* of a span: a bar behind the text */
	bool meter;
	int64_t value, max;
};

struct table {
	const struct column *columns;
	size_t ncolumns;
	struct trow *rows;
	size_t n, cap;
	struct arena *arena; /* of the rows' texts */
};

void table_init(struct table *t, const struct column *columns, size_t ncolumns);
void table_release(struct table *t);

/* A new row with empty cells; the pointer is valid until the next row is added. */
struct trow *table_row(struct table *t, const char *id);
struct trow *table_span(struct table *t, int indent, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Fill a cell of a row; texts are copied. */
void table_text(struct table *t, struct trow *r, size_t col, enum style style, const char *text);
void table_textf(struct table *t, struct trow *r, size_t col, enum style style, const char *fmt,
	...) __attribute__((format(printf, 5, 6)));
/* A shorter form of the text that was just put there. */
void table_brief(struct table *t, struct trow *r, size_t col, const char *brief);
void table_value(struct trow *r, size_t col, enum cell_kind kind, enum style style, int64_t value,
	int64_t max);

/* A cell's text as drawn without its bar; out is cleared first. */
struct buf;
void tcell_text(const struct tcell *c, struct buf *out);
/* Order of two cells of the same column. */
int tcell_cmp(const struct tcell *a, const struct tcell *b);

/* Keeps the rows that match: "text" in any cell, "!text" in none, "column:text" in one.
   Spans follow the item above them. */
void table_filter(struct table *t, const char *filter);
/* Stable; items only, spans stay behind theirs. */
void table_sort(struct table *t, size_t col, bool descending);

#endif
