/* SPDX-License-Identifier: Apache-2.0 */
/* A view's rows as CSV (RFC 4180, lines end in a newline alone). */
#include <inttypes.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/print.h"

static bool csv_two(const struct column *c)
{
	return c->kind == CELL_METER || c->kind == CELL_RATIO;
}

/* Strangers' bytes are made harmless as in a table: CSV goes to terminals, too. */
static void csv_text(struct buf *out, const char *s)
{
	struct buf clean = BUF_INIT;
	text_sanitise(&clean, s ? s : "", false);
	const char *p = buf_str(&clean);
	if (!strpbrk(p, ",\"")) {
		buf_adds(out, p);
	} else {
		buf_addc(out, '"');
		for (; *p; p++) {
			buf_adds(out, *p == '"' ? "\"\"" : (char[]){ *p, '\0' });
		}
		buf_addc(out, '"');
	}
	buf_release(&clean);
}

static void csv_number(struct buf *out, int64_t v)
{
	if (v >= 0) {
		buf_addf(out, "%" PRId64, v);
	}
}

void print_csv_head(const struct table *t, const char *lead, struct buf *out)
{
	buf_adds(out, lead ? lead : "");
	for (size_t c = 0; c < t->ncolumns; c++) {
		const struct column *col = &t->columns[c];
		buf_adds(out, c || lead ? "," : "");
		if (csv_two(col)) {
			buf_addf(out, "%s_used,%s_max", col->id, col->id);
		} else {
			buf_adds(out, col->id);
		}
	}
	buf_addc(out, '\n');
}

void print_csv_row(const struct table *t, const struct trow *r, const char *lead, struct buf *out)
{
	buf_adds(out, lead ? lead : "");
	for (size_t i = 0; i < t->ncolumns; i++) {
		const struct tcell *c = &r->cells[i];
		buf_adds(out, i || lead ? "," : "");
		switch (c->kind) {
		case CELL_TEXT:
			csv_text(out, c->text);
			buf_adds(out, csv_two(&t->columns[i]) ? "," : "");
			break;
		case CELL_NUMBER:
			csv_number(out, c->value);
			break;
		case CELL_AGE:
			csv_number(out, c->value < 0 ? -1 : c->value / 1000);
			break;
		case CELL_METER:
		case CELL_RATIO:
			csv_number(out, c->value);
			buf_addc(out, ',');
			csv_number(out, c->max);
			break;
		}
	}
	buf_addc(out, '\n');
}

void print_csv(struct table *t, bool headers, struct buf *out)
{
	if (headers) {
		print_csv_head(t, NULL, out);
	}
	for (size_t i = 0; i < t->n; i++) {
		if (table_kind(t, i) == ROW_ITEM) {
			print_csv_row(t, table_peek(t, i), NULL, out);
		}
	}
}
