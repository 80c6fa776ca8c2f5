/* SPDX-License-Identifier: Apache-2.0 */
/* What a dialog shows of an edit, as lines. */
#include "tui/dialog/change-lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/lesson/language.h"
#include "tui/lesson/phrase.h"

static const struct {
	enum style style;
	const char *mark, *ascii;
} looks[] = {
	[FINDING_OK] = { STYLE_OK, "\xe2\x9c\x93", "ok" },
	[FINDING_INFO] = { STYLE_NORMAL, "\xc2\xb7", "-" },
	[FINDING_WARN] = { STYLE_WARN, "!", "!" },
	[FINDING_REFUSE] = { STYLE_BAD, "\xe2\x9c\x97", "x" },
};

char *lines_todo(const char *todo, int indent)
{
	char *words = tr_phrase(todo), *text = xasprintf(tr("first: %s"), words);
	char *line = xasprintf("%*s%s", indent, "", text);
	free(words);
	free(text);
	return line;
}

static void lines_from(struct pager *p, const struct findings *said, enum finding_level least,
	int width, bool ascii)
{
	for (size_t i = 0; i < said->n; i++) {
		const struct finding *f = &said->v[i];
		const char *mark = ascii ? looks[f->level].ascii : looks[f->level].mark;
		bool again = f->level < least;
		for (size_t k = 0; k < i; k++) {
			again |= str_eq(said->v[k].text, f->text);
		}
		if (again) {
			continue;
		}
		char *said_so = tr_phrase(f->text);
		char *text = xasprintf("  %s %s", mark, said_so);
		pager_add_wrapped(p, looks[f->level].style, width, 4, text);
		free(text);
		free(said_so);
		if (f->todo) {
			text = lines_todo(f->todo, 6);
			pager_add_wrapped(p, STYLE_NORMAL, width, 13, text);
			free(text);
		}
	}
}

void change_lines_said(struct pager *p, const struct findings *said, int width, bool ascii)
{
	lines_from(p, said, FINDING_OK, width, ascii);
}

void change_lines_warned(struct pager *p, const struct findings *said, int width, bool ascii)
{
	lines_from(p, said, FINDING_WARN, width, ascii);
}

/* ---- two diffs beside each other ---- */

/* One diff, read line by line; at: the line of the text both began with. */
struct diff_side {
	const char *p;
	size_t n; /* of the line at hand */
	long at;
	bool more;
};

static void side_look(struct diff_side *s)
{
	s->more = *s->p != '\0';
	s->n = strcspn(s->p, "\n");
	if (s->more && *s->p == '@') {
		const char *minus = strchr(s->p, '-');
		s->at = minus ? strtol(minus + 1, NULL, 10) : s->at;
	}
}

static void side_next(struct diff_side *s)
{
	s->at += *s->p == ' ' || *s->p == '-';
	s->p += s->n + (s->p[s->n] == '\n');
	side_look(s);
}

/* As much of the text as fits; at least one character. */
static size_t side_fit(const char *text, size_t n, int cells)
{
	size_t i = 0;
	int used = 0;
	while (i < n) {
		uint32_t cp;
		size_t len = text_decode(text + i, n - i, &cp);
		int w = text_cp_width(cp);
		if (i > 0 && used + (w < 0 ? 1 : w) > cells) {
			break;
		}
		used += w < 0 ? 1 : w;
		i += len;
	}
	return i;
}

/* One line of either side, each over as many as it needs. */
static void side_add(struct pager *p, const char *left, size_t nleft, const char *right,
	size_t nright, int cells)
{
	do {
		size_t a = side_fit(left, nleft, cells), b = side_fit(right, nright, cells);
		char *part = xstrndup(left, a), *other = xstrndup(right, b);
		int blanks = cells - text_width(part);
		pager_add(p, STYLE_NORMAL, "%s%*s | %s", part, blanks > 0 ? blanks : 0,
			"", other);
		free(part);
		free(other);
		left += a;
		nleft -= a;
		right += b;
		nright -= b;
	} while (nleft || nright);
}

#define SIDE_LEAST 30 /* cells, below which two columns only wrap */

void change_lines_conflict(struct pager *p, const char *ours, const char *theirs, int width)
{
	int cells = (width - 3) / 2;
	if (cells < SIDE_LEAST || !*ours || !*theirs) {
		pager_add(p, STYLE_BOLD, "%s", tr("yours, not written"));
		pager_add_diff(p, ours);
		pager_add(p, STYLE_BOLD, "%s", tr("theirs, which is stored"));
		pager_add_diff(p, theirs);
		return;
	}
	struct diff_side a = { .p = ours }, b = { .p = theirs };
	pager_add(p, STYLE_BOLD, "%-*s   %s", cells, "yours, not written",
		"theirs, which is stored");
	side_look(&a);
	side_look(&b);
	while (a.more || b.more) {
		bool left = a.more && (!b.more || a.at <= b.at);
		bool right = b.more && (!a.more || b.at <= a.at);
		side_add(p, a.p, left ? a.n : 0, b.p, right ? b.n : 0, cells);
		if (left) {
			side_next(&a);
		}
		if (right) {
			side_next(&b);
		}
	}
}
