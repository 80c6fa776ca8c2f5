/* SPDX-License-Identifier: Apache-2.0 */
/* Tables as Go's tabwriter makes them: tabs to stops of 8, at least one behind each cell. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/kops.h"

enum { TABLE_COLUMNS = 16 };

void kops_table_row(struct kops_table *t, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	t->rows = xgrow(t->rows, &t->cap, t->n, sizeof(*t->rows));
	memset(&t->rows[t->n], 0, sizeof(*t->rows));
	strlist_split(&t->rows[t->n++], text, '|');
	free(text);
}

static int row_cmp(const void *a, const void *b)
{
	const struct strlist *x = a, *y = b;

	for (size_t i = 0; i < x->n && i < y->n; i++) {
		int d = strcmp(x->v[i], y->v[i]);

		if (d)
			return d;
	}
	return 0;
}

void kops_table_sort(struct kops_table *t)
{
	if (t->n > 2)
		qsort(t->rows + 1, t->n - 1, sizeof(*t->rows), row_cmp);
}

void kops_table_print(struct kops_run *r, struct kops_table *t)
{
	size_t width[TABLE_COLUMNS] = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		for (size_t k = 0; k < t->rows[i].n && k < TABLE_COLUMNS; k++) {
			size_t n = strlen(t->rows[i].v[k]) + 1;

			n = (n + 7) / 8 * 8;
			if (n > width[k])
				width[k] = n;
		}
	}
	for (size_t i = 0; i < t->n; i++) {
		struct buf line = BUF_INIT;

		for (size_t k = 0; k < t->rows[i].n && k < TABLE_COLUMNS; k++) {
			const char *cell = t->rows[i].v[k];

			buf_adds(&line, cell);
			for (size_t at = strlen(cell); k + 1 < t->rows[i].n && at < width[k];
				at = (at / 8 + 1) * 8)
				buf_addc(&line, '\t');
		}
		kops_out(r, "%s", buf_str(&line));
		buf_release(&line);
		strlist_release(&t->rows[i]);
	}
	free(t->rows);
	memset(t, 0, sizeof(*t));
}
