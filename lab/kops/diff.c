/* SPDX-License-Identifier: Apache-2.0 */
/* The line diff of a dry run: longest common subsequence, two lines of context. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/kops.h"

enum { DIFF_CONTEXT = 2, DIFF_MAX = 2000 /* lines between the common ends */ };

struct diff_line {
	char mark; /* ' ', '+', '-' */
	const char *text;
};
struct diff_out {
	struct diff_line *v;
	size_t n, cap;
};

static void diff_add(struct diff_out *o, char mark, const char *text)
{
	o->v = xgrow(o->v, &o->cap, o->n, sizeof(*o->v));
	o->v[o->n++] = (struct diff_line){ mark, text };
}

/* A change is written "what comes" first and "what goes" behind it, as kops does. */
static void diff_flush(struct diff_out *o, struct diff_out *gone)
{
	for (size_t i = 0; i < gone->n; i++)
		diff_add(o, '-', gone->v[i].text);
	gone->n = 0;
}

static void diff_middle(char *const *a, size_t n, char *const *b, size_t m, struct diff_out *o)
{
	uint16_t *lcs = xcalloc((n + 1) * (m + 1), sizeof(*lcs));
	struct diff_out gone = { 0 };
	size_t i, k;

	for (i = n; i-- > 0;) {
		for (k = m; k-- > 0;) {
			uint16_t down = lcs[(i + 1) * (m + 1) + k],
				right = lcs[i * (m + 1) + k + 1];

			lcs[i * (m + 1) + k] = !strcmp(a[i], b[k])
				? (uint16_t)(lcs[(i + 1) * (m + 1) + k + 1] + 1)
				: down > right ? down : right;
		}
	}
	for (i = k = 0; i < n || k < m;) {
		if (i < n && k < m && !strcmp(a[i], b[k])) {
			diff_flush(o, &gone);
			diff_add(o, ' ', a[i++]);
			k++;
		} else if (k < m && (i == n
			|| lcs[i * (m + 1) + k + 1] >= lcs[(i + 1) * (m + 1) + k])) {
			diff_add(o, '+', b[k++]);
		} else {
			diff_add(&gone, '-', a[i++]);
		}
	}
	diff_flush(o, &gone);
	free(gone.v);
	free(lcs);
}

static void diff_lines(const struct strlist *a, const struct strlist *b, struct diff_out *o)
{
	size_t head = 0, tail = 0;

	while (head < a->n && head < b->n && str_eq(a->v[head], b->v[head]))
		head++;
	while (tail < a->n - head && tail < b->n - head
		&& str_eq(a->v[a->n - 1 - tail], b->v[b->n - 1 - tail]))
		tail++;
	for (size_t i = 0; i < head; i++)
		diff_add(o, ' ', a->v[i]);
	if (a->n - head - tail > DIFF_MAX || b->n - head - tail > DIFF_MAX) {
		for (size_t i = head; i < b->n - tail; i++)
			diff_add(o, '+', b->v[i]);
		for (size_t i = head; i < a->n - tail; i++)
			diff_add(o, '-', a->v[i]);
	} else {
		diff_middle(a->v + head, a->n - head - tail, b->v + head, b->n - head - tail, o);
	}
	for (size_t i = a->n - tail; i < a->n; i++)
		diff_add(o, ' ', a->v[i]);
}

static bool near_change(const struct diff_out *o, size_t at)
{
	size_t from = at > DIFF_CONTEXT ? at - DIFF_CONTEXT : 0;

	for (size_t i = from; i < o->n && i <= at + DIFF_CONTEXT; i++) {
		if (o->v[i].mark != ' ')
			return true;
	}
	return false;
}

void kops_diff(const char *old, const char *new, struct strlist *out)
{
	struct strlist a = { 0 }, b = { 0 };
	struct diff_out o = { 0 };
	bool skipped = false;

	strlist_split(&a, old, '\n');
	strlist_split(&b, new, '\n');
	diff_lines(&a, &b, &o);
	for (size_t i = 0; i < o.n; i++) {
		if (near_change(&o, i)) {
			strlist_take(out, xasprintf("%c %s", o.v[i].mark, o.v[i].text));
			skipped = false;
		} else if (!skipped) {
			strlist_add(out, "...");
			skipped = true;
		}
	}
	free(o.v);
	strlist_release(&a);
	strlist_release(&b);
}
