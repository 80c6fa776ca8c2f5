/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view's rows without a screen: an aligned table, JSON, YAML, CSV.  What JSON says of each
 * view stands in docs/json.md, made from the same columns; YAML says the same.
 */
#ifndef KOPSCOPE_TUI_PRINT_H
#define KOPSCOPE_TUI_PRINT_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "tui/screen/table.h"
#include "tui/view.h"

enum print_format { PRINT_TABLE, PRINT_WIDE, PRINT_JSON, PRINT_YAML, PRINT_CSV };

/* NULL is PRINT_TABLE; ERR_USAGE names those that there are. */
bool print_format_by_name(const char *name, enum print_format *out, struct err *e);

void print_table(struct table *t, bool wide, bool headers, struct buf *out);

/*
 * {"view":NAME,"cluster":NAME|null,"sources":{...},"items":[...]}: one object a row, keyed by
 * column ids; numbers are numbers, unknown is null, meters and ratios are {"used","max"}.  Pending
 * groups carry their verdicts and advices as well.
 */
void print_json(const struct view *v, const struct view_ctx *c, struct table *t,
	struct buf *out);

/* Only the rows: an array of objects, and a newline. */
void print_rows_json(struct table *t, struct buf *out);

/* One row's object; group: which row of Pending it is, counted without spans. */
void print_item_json(const struct view *v, const struct view_ctx *c, const struct table *t,
	const struct trow *r, size_t group, struct buf *out);

/*
 * RFC 4180 with a line of column ids, every column of the table; a column of meters or ratios is
 * two, NAME_used and NAME_max; unknown is empty, ages are seconds.  NULL lead: no column before.
 */
void print_csv(struct table *t, bool headers, struct buf *out);
void print_csv_head(const struct table *t, const char *lead, struct buf *out);
void print_csv_row(const struct table *t, const struct trow *r, const char *lead, struct buf *out);

/* JSON text as YAML, block style, keys in the same order. */
void print_yaml(const char *json, size_t len, struct buf *out);

/* The parts of print_table(): a width for each column (-1: not shown), owned by the caller. */
int *print_widths(struct table *t, bool wide, bool headers);
void print_titles(const struct table *t, const int *widths, struct buf *out);
void print_row(const struct table *t, const struct trow *r, const int *widths, struct buf *out);

#endif
