/* SPDX-License-Identifier: Apache-2.0 */
/* Log: what happened in this session, newest last. */
#include "tui/view.h"

#include <stdio.h>

#include "core/base/stamp.h"
#include "tui/log.h"

enum { COL_AT, COL_TEXT, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_AT] = {.id = "at",
		.title = "TIME",
		.width = 8,
		.help = "hours, minutes, seconds, UTC"},
	[COL_TEXT] = {.id = "text",
		.title = "WHAT HAPPENED",
		.width = 40,
		.grow = 1,
		.help = "connections, writes, runs"},
};

static void log_rows(const struct view_ctx *c, struct table *t)
{
	for (size_t i = 0; c->log && i < c->log->n; i++) {
		const struct log_line *l = &c->log->v[i];
		char id[32], at[40];
		snprintf(id, sizeof(id), "%zu", i);
		stamp_format(at, l->at, false);
		struct trow *r = table_row(t, id);
		table_textf(t, r, COL_AT, STYLE_DIM, "%.8s", at + 11);
		table_text(t, r, COL_TEXT, l->style, l->text);
	}
}

static void log_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	if (row && row->cells[COL_TEXT].text) {
		buf_addf(out, "%s\n", row->cells[COL_TEXT].text);
	}
}

static const char *log_empty(const struct view_ctx *c)
{
	return "Nothing has happened yet.";
}

const struct view view_log = {
	.id = VIEW_LOG, .name = "log", .title = "Log", .key = '7',
	.help = "What happened in this session",
	.source = SRC__COUNT, .columns = columns, .ncolumns = COL__COUNT,
	.rows = log_rows, .detail = log_detail, .empty = log_empty, .enter = VIEW_LOG,
};
