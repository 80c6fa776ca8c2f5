/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view's content as rows: a snapshot made from the model, drawn by
 * tui/screen/screen.c, printed by tui/screen/print.c.  A cell knows its value and not only its
 * text, so that the same rows give a screen, a table and JSON, and sort right.
 */
#ifndef KOPSCOPE_TUI_TABLE_H
#define KOPSCOPE_TUI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "tui/screen/style.h"

enum cell_kind {
	CELL_TEXT,
	CELL_NUMBER, /* value; -1 is drawn as "-" and is null in JSON */
	CELL_METER,  /* value of max, a bar and "17/17" */
	CELL_RATIO,  /* value/max, "15/15" */
	CELL_AGE,    /* value in ms, coarsely; max 1: a span that is measured, exactly */
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
	COLUMN_SPARE = 1 << 4, /* not shown where room is short, before other columns lose words */
	COLUMN_WORD = 1 << 5,  /* says how it is: the last to be cut */
};

struct column {
	const char *id, *title; /* id: of JSON and :sort; lower case with underscores */
	int width;              /* least */
	int grow;               /* share of what is left over; 0: fixed */
	int flags;
	const char *help;
	enum cell_kind kind;    /* of its cells, where they know a value; of docs/json.md and CSV */
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
	const struct label *labels; /* of a thing that has some, borrowed from the model */
	size_t nlabels;
	/* of a span: a bar behind the text */
	bool meter;
	int64_t value, max;
};

struct label;
struct table;
struct view_ctx;

/* thing: what the row is of, borrowed from the model; which: of what sort, the view's business. */
struct row_thing {
	const void *thing;
	int which;
};

/* How the rows of a large table are made, each when somebody looks at it. */
struct row_maker {
	/* The id and the cells. */
	void (*fill)(const struct view_ctx *c, const void *thing, int which, struct table *t,
		struct trow *r);
	/* Moves the things whose row has this text (inverse: has not) to the front, in order, and
	   says how many, without making rows; NULL: each is made to see. */
	size_t (*keep)(const struct view_ctx *c, struct row_thing *v, size_t n, const char *text,
		bool inverse);
	/* The thing whose row has this id; NULL: there is none. */
	const void *(*find)(const struct view_ctx *c, const char *id);
	/* Of table_found(): the thing of a row (NULL: it is gone), and the row of a thing that is
	   there (too large: it has none). */
	const void *(*at)(const struct view_ctx *c, size_t i);
	size_t (*index)(const struct view_ctx *c, const void *thing);
};

struct table {
	const struct column *columns;
	size_t ncolumns;
	struct trow *rows; /* of a large table: only those that were looked at, table_at() */
	size_t n, cap;
	struct arena *arena; /* of the rows' texts */
	/* Of a large table; else NULL. */
	const struct row_maker *maker;
	const struct view_ctx *ctx;
	struct row_thing *things; /* of the rows behind the first lead, which are spans; NULL:
	                             of table_found() */
	size_t lead;
	struct trow scratch;
	size_t only; /* + 1: of the row that is being made this column alone is wanted; 0: all */
	struct arena *scratch_arena;
};

void table_init(struct table *t, const struct column *columns, size_t ncolumns);
void table_release(struct table *t);

/* A new row with empty cells; the pointer is valid until the next row is added. */
struct trow *table_row(struct table *t, const char *id);
struct trow *table_span(struct table *t, int indent, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Makes it a large table: these rows behind the spans that are there.  Takes things (malloc'ed);
 * c and what things point to must outlive the table's use.
 */
void table_things(struct table *t, const struct row_maker *m, const struct view_ctx *c,
	struct row_thing *things, size_t n);
/*
 * The same of n things that the maker finds, row by row, when they are looked at; it has filtered
 * and sorted them by itself.  They may change meanwhile: then it is time for a new table.
 */
void table_found(struct table *t, const struct row_maker *m, const struct view_ctx *c, size_t n);
/* Row i, made if it was not yet; kept until the table is released. */
const struct trow *table_at(const struct table *t, size_t i);
/* Row i for a moment: valid until the next call for this table. */
const struct trow *table_peek(struct table *t, size_t i);
/* The row of that thing, in the table or not, as long; of a large table. */
const struct trow *table_scratch(struct table *t, const void *thing, int which);
enum row_kind table_kind(const struct table *t, size_t i);
/* The index of the row with this id; t->n when there is none. */
size_t table_find(struct table *t, const char *id);

/* Whoever makes the row need not fill this cell. */
bool table_skips(const struct table *t, size_t col);
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

/*
 * Keeps the rows that match: "text" in any cell, "!text" in none, "column:text" in one,
 * "-l key=value,key,!key,key!=value" by all of these labels.  Spans follow the item above them.
 */
void table_filter(struct table *t, const char *filter);

/* A filter, read; its text is within the filter's. */
struct row_match {
	const char *text;
	long only; /* a column's index, or one of these: */
#define MATCH_ANY (-1)
#define MATCH_LABELS (-2)
	bool inverse;
};
void row_match_read(struct row_match *m, const struct column *v, size_t n, const char *filter);
/* As a row of t; for MATCH_LABELS it need have nothing but its labels. */
bool row_matches(const struct table *t, const struct trow *r, const struct row_match *m);
/* The index of the column with this id, or whose title it is; -1: there is none. */
long table_column(const struct column *v, size_t n, const char *name);
/* Stable, and descending the reverse of that; items only, spans stay behind theirs. */
void table_sort(struct table *t, size_t col, bool descending);

#endif
