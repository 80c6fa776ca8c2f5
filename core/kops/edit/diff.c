/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unified diff of two short texts.  What they have in common at both ends is
 * set aside; between, the longest common subsequence decides, or, where that
 * would take too much memory, everything counts as replaced.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/kops/edit.h"

#define DIFF_CONTEXT 3
#define DIFF_MAX_CELLS (4u << 20)

struct diff_line {
	const char *text;
	size_t len; /* with its line end, where there is one */
};

struct diff_side {
	struct diff_line *lines;
	size_t n, cap;
};

/* The whole of both texts as one list: kept, gone, new. */
struct diff_entry {
	char sign;
	const struct diff_line *line;
};

struct diff {
	struct diff_side a, b;
	struct diff_entry *v;
	size_t n, cap;
};

static void diff_split(struct diff_side *s, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *nl = memchr(text + at, '\n', len - at);
		size_t n = nl ? (size_t)(nl - text) + 1 - at : len - at;

		s->lines = xgrow(s->lines, &s->cap, s->n, sizeof(*s->lines));
		s->lines[s->n++] = (struct diff_line){ .text = text + at, .len = n };
		at += n;
	}
}

static bool diff_same(const struct diff_line *x, const struct diff_line *y)
{
	return x->len == y->len && memcmp(x->text, y->text, x->len) == 0;
}

static void diff_add(struct diff *d, char sign, const struct diff_line *line)
{
	d->v = xgrow(d->v, &d->cap, d->n, sizeof(*d->v));
	d->v[d->n++] = (struct diff_entry){ .sign = sign, .line = line };
}

/* Lines a[i..an) against b[k..bn), which differ at both ends. */
static void diff_middle(struct diff *d, size_t i, size_t an, size_t k, size_t bn)
{
	size_t rows = an - i, cols = bn - k, wide = cols + 1;
	size_t x = 0, y = 0;
	uint32_t *lcs = NULL; /* of the rests from row x, column y */

	if (rows && cols && rows < DIFF_MAX_CELLS / wide) {
		lcs = xcalloc((rows + 1) * wide, sizeof(*lcs));
		for (size_t r = rows; r-- > 0;) {
			for (size_t c = cols; c-- > 0;) {
				uint32_t down = lcs[(r + 1) * wide + c];
				uint32_t right = lcs[r * wide + c + 1];
				uint32_t best = down > right ? down : right;

				if (diff_same(&d->a.lines[i + r], &d->b.lines[k + c])) {
					best = lcs[(r + 1) * wide + c + 1] + 1;
				}
				lcs[r * wide + c] = best;
			}
		}
	}
	while (x < rows || y < cols) {
		const uint32_t *cell = lcs ? &lcs[x * wide + y] : NULL;
		const struct diff_line *la = x < rows ? &d->a.lines[i + x] : NULL;
		const struct diff_line *lb = y < cols ? &d->b.lines[k + y] : NULL;

		if (la && lb && lcs && diff_same(la, lb)) {
			diff_add(d, ' ', la);
			x++;
			y++;
		} else if (la && (!lb || !cell || cell[wide] >= cell[1])) {
			diff_add(d, '-', la);
			x++;
		} else {
			diff_add(d, '+', lb);
			y++;
		}
	}
	free(lcs);
}

static void diff_release(struct diff *d)
{
	free(d->a.lines);
	free(d->b.lines);
	free(d->v);
}

static void diff_make(struct diff *d)
{
	size_t an = d->a.n, bn = d->b.n, head = 0, tail = 0;

	while (head < an && head < bn && diff_same(&d->a.lines[head], &d->b.lines[head])) {
		diff_add(d, ' ', &d->a.lines[head]);
		head++;
	}
	while (tail < an - head && tail < bn - head &&
		diff_same(&d->a.lines[an - tail - 1], &d->b.lines[bn - tail - 1])) {
		tail++;
	}
	diff_middle(d, head, an - tail, head, bn - tail);
	for (size_t i = an - tail; i < an; i++) {
		diff_add(d, ' ', &d->a.lines[i]);
	}
}

static void diff_write_line(struct buf *out, const struct diff_entry *entry)
{
	const struct diff_line *l = entry->line;

	buf_addc(out, entry->sign);
	buf_add(out, l->text, l->len);
	if (l->text[l->len - 1] != '\n') {
		buf_adds(out, "\n\\ No newline at end of file\n");
	}
}

/* Entries from..to as one hunk; a and b: lines of each side before it. */
static void diff_write_hunk(const struct diff *d, size_t from, size_t to, size_t a, size_t b,
	struct buf *out)
{
	size_t na = 0, nb = 0;

	for (size_t i = from; i < to; i++) {
		na += d->v[i].sign != '+';
		nb += d->v[i].sign != '-';
	}
	/* a side without lines is named by the line before */
	buf_addf(out, "@@ -%zu,%zu +%zu,%zu @@\n", a + (na > 0), na, b + (nb > 0), nb);
	for (size_t i = from; i < to; i++) {
		diff_write_line(out, &d->v[i]);
	}
}

/* Where the hunk of the change at i ends: before a gap of more than twice the context. */
static size_t diff_hunk_end(const struct diff *d, size_t i)
{
	size_t last = i;

	while (i < d->n && i <= last + 2 * DIFF_CONTEXT + 1) {
		if (d->v[i].sign != ' ') {
			last = i;
		}
		i++;
	}
	return last + 1 + DIFF_CONTEXT < d->n ? last + 1 + DIFF_CONTEXT : d->n;
}

size_t edit_diff_line(const char *before, size_t nbefore, const char *after, size_t nafter,
	size_t line)
{
	struct diff d = { .n = 0 };
	size_t a = 0, b = 0;

	diff_split(&d.a, before, nbefore);
	diff_split(&d.b, after, nafter);
	diff_make(&d);
	for (size_t i = 0; i < d.n && b < line; i++) {
		a += d.v[i].sign != '+';
		b += d.v[i].sign != '-';
	}
	diff_release(&d);
	return a ? a : 1;
}

void edit_diff(const char *before, size_t nbefore, const char *after, size_t nafter,
	struct buf *out)
{
	struct diff d = { .n = 0 };
	size_t a = 0, b = 0, done = 0;

	diff_split(&d.a, before, nbefore);
	diff_split(&d.b, after, nafter);
	diff_make(&d);
	for (size_t i = 0; i < d.n; i++) {
		if (d.v[i].sign == ' ') {
			continue;
		}
		size_t from = i > done + DIFF_CONTEXT ? i - DIFF_CONTEXT : done;
		size_t to = diff_hunk_end(&d, i);

		for (; done < from; done++) {
			a += d.v[done].sign != '+';
			b += d.v[done].sign != '-';
		}
		diff_write_hunk(&d, from, to, a, b, out);
		for (; done < to; done++) {
			a += d.v[done].sign != '+';
			b += d.v[done].sign != '-';
		}
		i = to - 1;
	}
	diff_release(&d);
}
