/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of text that scroll. */
#include "tui/screen/pager.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/lesson/language.h"
#include "tui/screen/keys.h"

void pager_release(struct pager *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->v[i].text);
	}
	free(p->v);
	*p = (struct pager){ .v = NULL };
}

/* A tab of a program's output is a stretch of blanks here, not a strange byte. */
static char *pager_untab(char *text)
{
	if (!strchr(text, '\t')) {
		return text;
	}
	struct buf out = BUF_INIT;
	for (const char *s = text; *s; s++) {
		if (*s == '\t') {
			buf_adds(&out, "  ");
		} else {
			buf_addc(&out, *s);
		}
	}
	free(text);
	return buf_detach(&out);
}

static void pager_take(struct pager *p, enum style style, char *text)
{
	text = pager_untab(text);
	p->v = xgrow(p->v, &p->cap, p->n, sizeof(*p->v));
	p->v[p->n++] = (struct pager_line){ .text = text, .style = style };
}

void pager_add(struct pager *p, enum style style, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	pager_take(p, style, xvasprintf(fmt, ap));
	va_end(ap);
}

/* How many bytes of a word fit into so many cells. */
static size_t pager_fits(const char *word, int cells)
{
	size_t n = 0, len = strlen(word);
	while (n < len) {
		uint32_t cp;
		size_t k = text_decode(word + n, len - n, &cp);
		cells -= text_cp_width(cp);
		if (k == 0 || cells < 0) {
			break;
		}
		n += k;
	}
	return n;
}

void pager_add_wrapped(struct pager *p, enum style style, int width, int indent, const char *text)
{
	struct buf line = BUF_INIT;
	int used = 0;
	bool fresh = true; /* nothing but the indent stands on the line */
	while (*text) {
		size_t blanks = strspn(text, " "), n = strcspn(text + blanks, " ");
		char *word = xstrndup(text + blanks, n), *rest = word;
		int w = text_width(word);
		/* What is too long for any line goes on where it stands. */
		while (width > indent && w > width - indent && used + (int)blanks + w > width) {
			size_t k = pager_fits(rest, width - used - (int)blanks);
			if (k == 0 && used == indent && blanks == 0) {
				break; /* no room for even one character of two cells */
			}
			buf_addf(&line, "%*s%.*s", (int)blanks, "", (int)k, rest);
			pager_take(p, style, buf_detach(&line));
			buf_addf(&line, "%*s", indent, "");
			used = indent;
			blanks = 0;
			fresh = true;
			rest += k;
			w = text_width(rest);
		}
		if (!fresh && used + (int)blanks + w > width) {
			pager_take(p, style, buf_detach(&line));
			buf_addf(&line, "%*s", indent, "");
			used = indent;
			blanks = 0;
		}
		buf_addf(&line, "%*s%s", (int)blanks, "", rest);
		used += (int)blanks + w;
		fresh = false;
		free(word);
		text += strspn(text, " ") + n;
	}
	if (!fresh) {
		pager_take(p, style, buf_detach(&line));
	}
	buf_release(&line);
}

void pager_add_text(struct pager *p, enum style style, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		pager_take(p, style, xstrndup(text, n));
		text += n + (text[n] == '\n');
	}
}

void pager_add_diff(struct pager *p, const char *diff)
{
	while (*diff) {
		size_t n = strcspn(diff, "\n");
		enum style style = diff[0] == '+' ? STYLE_ADDED
			: diff[0] == '-'          ? STYLE_REMOVED
			: diff[0] == '@'          ? STYLE_DIM
						  : STYLE_NORMAL;
		size_t text = n > 0 && diff[n - 1] == '\r' ? n - 1 : n;
		pager_take(p, style, xstrndup(diff, text));
		diff += n + (diff[n] == '\n');
	}
}

void pager_draw(const struct pager *p, struct grid *g, int y, int rows)
{
	struct buf cut = BUF_INIT;
	for (int i = 0; i < rows && p->top + (size_t)i < p->n; i++) {
		const struct pager_line *l = &p->v[p->top + (size_t)i];
		buf_clear(&cut);
		text_cut_end(&cut, l->text, g->cols - 2, g->ascii);
		grid_put(g, 1, y + i, g->cols - 2, (int)l->style, buf_str(&cut));
	}
	if (p->top + (size_t)rows < p->n) {
		char *more = xasprintf("  %s %s ", tr("more"), g->ascii ? "v" : "\xe2\x96\xbe");
		grid_put_right(g, g->cols - 10, y + rows - 1, 9, STYLE_DIM, more);
		free(more);
	}
	buf_release(&cut);
}

bool pager_key(struct pager *p, uint32_t key, int rows)
{
	size_t last = p->n > (size_t)rows ? p->n - (size_t)rows : 0;
	size_t page = rows > 1 ? (size_t)rows - 1 : 1;
	switch (key) {
	case KEY_UP_:
		p->top -= p->top > 0;
		break;
	case KEY_DOWN_:
		p->top += p->top < last;
		break;
	case KEY_PGUP:
		p->top = p->top > page ? p->top - page : 0;
		break;
	case KEY_PGDN:
	case ' ':
		p->top = p->top + page < last ? p->top + page : last;
		break;
	case KEY_HOME_:
		p->top = 0;
		break;
	case KEY_END_:
		p->top = last;
		break;
	default:
		return false;
	}
	return true;
}
