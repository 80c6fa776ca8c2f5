/* SPDX-License-Identifier: Apache-2.0 */
/* The frame around every view. */
#include "tui/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

#define HEAD_LINES 3  /* who, where, rule */
#define TITLE_LINES 1 /* column titles */
#define FOOT_LINES 3  /* rule, message, keys */

/* ---- header ------------------------------------------------------------------ */

static void screen_freshness(const struct view_ctx *c, enum source_id id, char *out, size_t size,
	enum style *style)
{
	const struct source_status *s = model_source(c->model, id);
	char age[32];
	stamp_duration(age, sizeof(age), clock_age(c->clock, s->arrived));
	switch (s->state) {
	case SOURCE_OFF:
		snprintf(out, size, "off");
		*style = STYLE_DIM;
		break;
	case SOURCE_ASKED:
		snprintf(out, size, "...");
		*style = STYLE_DIM;
		break;
	case SOURCE_LIVE:
		/* A watch says nothing when nothing happens: it is live, not old. */
		snprintf(out, size, "%s", id == SRC_KUBE ? "live" : age);
		*style = STYLE_OK;
		break;
	case SOURCE_FAILED:
		if (s->arrived) {
			snprintf(out, size, "%s, data %s old", err_kind_name(s->why.kind), age);
		} else {
			snprintf(out, size, "%s", err_kind_name(s->why.kind));
		}
		*style = STYLE_BAD;
		break;
	}
}

/* The store changes when somebody edits: it is worth a word only when it fails. */
static bool screen_quiet(const struct view_ctx *c, enum source_id id)
{
	return id == SRC_STORE && model_source(c->model, id)->state == SOURCE_LIVE;
}

static void screen_header(struct grid *g, const struct screen *s)
{
	const struct view_ctx *c = s->ctx;
	const char *open = model_opened(c->model);
	const struct m_cluster *m = open ? model_cluster(c->model, open) : NULL;
	const struct kube_server *server = model_server(c->model);
	const struct identity *who = model_identity(c->model);
	char right[SRC__COUNT][64];
	enum style styles[SRC__COUNT];
	int width = 0;
	for (int i = 0; i < SRC__COUNT; i++) {
		if (screen_quiet(c, (enum source_id)i)) {
			continue;
		}
		screen_freshness(c, (enum source_id)i, right[i], sizeof(right[i]), &styles[i]);
		width += text_width(source_name((enum source_id)i)) + text_width(right[i]) + 5;
	}
	int x = g->cols - width - 1;
	int room = x - 2;
	struct buf left = BUF_INIT;
	buf_adds(&left, open ? open : "no cluster open");
	if (m && m->spec.region) {
		buf_addf(&left, "  %s", m->spec.region);
	}
	if (server && server->version) {
		buf_addf(&left, "  %s", server->version);
	} else if (m && m->spec.kubernetes_version) {
		buf_addf(&left, "  v%s", m->spec.kubernetes_version);
	}
	if (who && who->account) {
		buf_addf(&left, "  %s", who->account);
	}
	grid_put(g, 1, 0, room > 0 ? room : 0, STYLE_BOLD, buf_str(&left));
	buf_release(&left);
	for (int i = 0; i < SRC__COUNT; i++) {
		if (screen_quiet(c, (enum source_id)i)) {
			continue;
		}
		x += 2;
		x += grid_put(g, x, 0, 16, STYLE_DIM, source_name((enum source_id)i));
		x += 1;
		x += grid_put(g, x, 0, 2, styles[i], g->ascii ? "*" : "\xe2\x97\x8f") + 1;
		x += grid_put(g, x, 0, 60, styles[i], right[i]);
	}
}

static void screen_tabs(struct grid *g, const struct screen *s)
{
	int x = 1;
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		if (!v->key) {
			continue;
		}
		bool here = v == s->view || (s->view->key == 0 && v->id == VIEW_NODES);
		char key[2] = { v->key, '\0' };
		x += grid_put(g, x, 1, 1, STYLE_KEY, key) + 1;
		x += grid_put(g, x, 1, 20, here ? STYLE_BOLD : STYLE_DIM, v->title);
		if (v->id == VIEW_PENDING && s->ctx->pending && s->ctx->pending->npods > 0) {
			x += grid_putf(g, x, 1, 12, STYLE_WARN, " %zu", s->ctx->pending->npods);
		}
		x += 2;
	}
	if (s->readonly) {
		grid_put_right(g, g->cols - 11, 1, 10, STYLE_WARN, "read-only");
	}
	grid_rule(g, 2, STYLE_DIM);
}

/* ---- table --------------------------------------------------------------------- */

/* What a column needs for its present content. */
static int screen_wanted(const struct table *t, size_t col)
{
	struct buf b = BUF_INIT;
	int want = text_width(t->columns[col].title);
	for (size_t i = 0; i < t->n && i < 2000; i++) {
		if (t->rows[i].kind == ROW_ITEM) {
			tcell_text(&t->rows[i].cells[col], &b);
			int w = text_width(buf_str(&b));
			if (t->rows[i].cells[col].kind == CELL_METER) {
				w += 11;
			}
			want = w > want ? w : want;
		}
	}
	buf_release(&b);
	return want;
}

/* Takes what is too much from the columns that grow, most first, down to their least. */
static int screen_shrink(const struct table *t, int *widths, int over, bool growing)
{
	while (over > 0) {
		size_t at = t->ncolumns;
		int most = 0;
		for (size_t i = 0; i < t->ncolumns; i++) {
			const struct column *c = &t->columns[i];
			int spare = widths[i] - (growing ? c->width : text_width(c->title));
			if ((c->grow > 0) == growing && widths[i] > 0 && spare > 0 && widths[i] > most) {
				most = widths[i];
				at = i;
			}
		}
		if (at == t->ncolumns) {
			break;
		}
		widths[at]--;
		over--;
	}
	return over;
}

void screen_layout(const struct table *t, int cols, int *widths)
{
	int used = 1; /* the margin */
	for (size_t i = 0; i < t->ncolumns; i++) {
		bool wide = t->columns[i].flags & COLUMN_WIDE;
		widths[i] = wide ? 0 : screen_wanted(t, i);
		used += wide ? 0 : widths[i] + 1;
	}
	int over = screen_shrink(t, widths, used - 1 - cols, true);
	over = screen_shrink(t, widths, over, false);
	/* Still too wide: the last columns are not shown. */
	for (size_t i = t->ncolumns; over > 0 && i-- > 1;) {
		over -= widths[i] > 0 ? widths[i] + 1 : 0;
		widths[i] = 0;
	}
	for (size_t i = 0; i < t->ncolumns; i++) {
		int want = (t->columns[i].flags & COLUMN_WIDE) ? screen_wanted(t, i) : 0;
		if (want > 0 && used + want + 1 <= cols) {
			widths[i] = want;
			used += want + 1;
		}
	}
}

static void screen_cell(struct grid *g, int x, int y, int width, const struct column *col,
	const struct tcell *cell, struct buf *text, struct buf *cut)
{
	tcell_text(cell, text);
	if (cell->kind == CELL_METER && width >= 10) {
		int w = text_width(buf_str(text));
		int bar = width - w - 1;
		if (bar > 10) {
			bar = 10;
		}
		if (bar >= 3) {
			if (cell->max >= 0) {
				grid_meter(g, x, y, bar, cell->style, cell->value, cell->max);
			}
			grid_put(g, x + bar + 1, y, width - bar - 1,
				cell->style == STYLE_ACCENT ? STYLE_NORMAL : cell->style, buf_str(text));
			return;
		}
	}
	if (cell->brief && text_width(buf_str(text)) > width) {
		buf_clear(text);
		buf_adds(text, cell->brief);
	}
	buf_clear(cut);
	if (col->flags & COLUMN_MIDDLE) {
		text_cut_middle(cut, buf_str(text), width, g->ascii);
	} else {
		text_cut_end(cut, buf_str(text), width, g->ascii);
	}
	if (col->flags & COLUMN_RIGHT) {
		grid_put_right(g, x, y, width, cell->style, buf_str(cut));
	} else {
		grid_put(g, x, y, width, cell->style, buf_str(cut));
	}
}

static void screen_titles(struct grid *g, int y, const struct table *t, const int *widths)
{
	int x = 1;
	for (size_t i = 0; i < t->ncolumns; i++) {
		if (widths[i] == 0) {
			continue;
		}
		if (t->columns[i].flags & COLUMN_RIGHT) {
			grid_put_right(g, x, y, widths[i], STYLE_DIM, t->columns[i].title);
		} else {
			grid_put(g, x, y, widths[i], STYLE_DIM, t->columns[i].title);
		}
		x += widths[i] + 1;
	}
}

static void screen_span(struct grid *g, int y, const struct trow *r)
{
	int x = 1 + r->indent;
	if (r->meter) {
		int width = g->cols / 3 > 24 ? 24 : g->cols / 3;
		grid_meter(g, x, y, width, STYLE_ACCENT, r->value, r->max);
		x += width + 2;
	}
	struct buf cut = BUF_INIT;
	text_cut_end(&cut, r->span, g->cols - x, g->ascii);
	grid_put(g, x, y, g->cols - x, r->style, buf_str(&cut));
	buf_release(&cut);
}

static void screen_rows(struct grid *g, const struct screen *s, int y, int rows)
{
	const struct table *t = s->table;
	int *widths = xcalloc(t->ncolumns, sizeof(*widths));
	screen_layout(t, g->cols, widths);
	screen_titles(g, y, t, widths);
	y++;
	bool stale = s->view->source < SRC__COUNT &&
		model_source(s->ctx->model, s->view->source)->state == SOURCE_FAILED;
	struct buf text = BUF_INIT, cut = BUF_INIT;
	for (int i = 0; i < rows && s->top + (size_t)i < t->n; i++) {
		size_t at = s->top + (size_t)i;
		const struct trow *r = &t->rows[at];
		if (r->kind == ROW_SPAN) {
			screen_span(g, y + i, r);
			continue;
		}
		int x = 1;
		for (size_t col = 0; col < t->ncolumns; col++) {
			if (widths[col] > 0) {
				screen_cell(g, x, y + i, widths[col], &t->columns[col], &r->cells[col], &text,
					&cut);
				x += widths[col] + 1;
			}
		}
		if (at == s->selected) {
			/* Said by a glyph as well as by reverse video. */
			grid_put(g, 0, y + i, 1, STYLE_ACCENT, g->ascii ? ">" : "\xe2\x96\xb8");
			grid_mark(g, 1, y + i, g->cols - 1, STYLE_SELECTED);
		}
		if (stale) {
			grid_mark(g, 0, y + i, g->cols, STYLE_STALE);
		}
	}
	buf_release(&text);
	buf_release(&cut);
	free(widths);
}

/* An empty view says why, in words that fit. */
static void screen_empty(struct grid *g, const struct screen *s, int y)
{
	const char *p = !str_empty(s->filter) ? "No row matches the filter.  Esc clears it."
					      : s->view->empty(s->ctx);
	struct buf word = BUF_INIT;
	int x = 2;
	while (p && *p && y < g->rows - FOOT_LINES) {
		size_t n = strcspn(p, " ");
		buf_clear(&word);
		buf_add(&word, p, n);
		int w = text_width(buf_str(&word));
		if (x > 2 && x + w > g->cols - 2) {
			x = 2;
			y++;
		}
		x += grid_put(g, x, y, g->cols - x, STYLE_DIM, buf_str(&word)) + 1;
		p += n + strspn(p + n, " ");
	}
	buf_release(&word);
	enum source_id id = s->view->source;
	if (id < SRC__COUNT && model_source(s->ctx->model, id)->why.hint[0] &&
		model_source(s->ctx->model, id)->state != SOURCE_LIVE) {
		grid_put(g, 2, y + 2, g->cols - 2, STYLE_NORMAL, model_source(s->ctx->model, id)->why.hint);
	}
}

/* ---- detail, message, keys -------------------------------------------------------- */

static const struct trow *screen_row(const struct screen *s)
{
	return s->selected < s->table->n && s->table->rows[s->selected].kind == ROW_ITEM
		? &s->table->rows[s->selected]
		: NULL;
}

static void screen_detail_text(const struct screen *s, struct buf *out)
{
	if (s->view->detail) {
		s->view->detail(s->ctx, screen_row(s), out);
	}
}

int screen_detail_lines(const struct screen *s)
{
	struct buf b = BUF_INIT;
	screen_detail_text(s, &b);
	int n = 0;
	for (const char *p = buf_str(&b); *p; p++) {
		n += *p == '\n';
	}
	buf_release(&b);
	return n > 3 ? 3 : n;
}

int screen_body_rows(int grid_rows, int detail_lines)
{
	int n = grid_rows - HEAD_LINES - TITLE_LINES - FOOT_LINES - detail_lines;
	return n > 0 ? n : 0;
}

static void screen_foot(struct grid *g, const struct screen *s, int detail_lines)
{
	int y = g->rows - FOOT_LINES - detail_lines;
	grid_rule(g, y++, STYLE_DIM);
	struct buf b = BUF_INIT, cut = BUF_INIT;
	screen_detail_text(s, &b);
	const char *p = buf_str(&b);
	for (int i = 0; i < detail_lines; i++) {
		size_t n = strcspn(p, "\n");
		char *line = xstrndup(p, n);
		buf_clear(&cut);
		text_cut_end(&cut, line, g->cols - 2, g->ascii);
		grid_put(g, 1, y++, g->cols - 2, STYLE_NORMAL, buf_str(&cut));
		free(line);
		p += n + (p[n] == '\n');
	}
	buf_release(&b);
	buf_release(&cut);
	if (s->prompt) {
		int x = grid_put(g, 1, y, g->cols - 2, STYLE_NORMAL, s->prompt);
		g->cursor_x = x + 1;
		g->cursor_y = y;
	} else if (!str_empty(s->message)) {
		grid_put(g, 1, y, g->cols - 2, s->message_style, s->message);
	} else if (!str_empty(s->filter)) {
		grid_putf(g, 1, y, g->cols - 2, STYLE_ACCENT, "filter: %s   Esc clears it", s->filter);
	}
	y++;
	int x = 1;
	p = s->keybar ? s->keybar : "";
	/* "key:word" pairs: keys in their own style. */
	while (*p && x < g->cols - 2) {
		size_t n = strcspn(p, " ");
		char *pair = xstrndup(p, n);
		char *colon = strchr(pair + 1, ':');
		if (colon) {
			*colon = '\0';
			for (char *q = colon + 1; *q; q++) {
				*q = *q == '_' ? ' ' : *q;
			}
			if (x + text_width(pair) + text_width(colon + 1) >= g->cols - 1) {
				free(pair);
				break;
			}
			x += grid_put(g, x, y, g->cols - x, STYLE_KEY, pair);
			x += grid_put(g, x, y, g->cols - x, STYLE_NORMAL, " ");
			x += grid_put(g, x, y, g->cols - x, STYLE_DIM, colon + 1) + 2;
		}
		free(pair);
		p += n + strspn(p + n, " ");
	}
}

void screen_draw(struct grid *g, const struct screen *s)
{
	int detail = screen_detail_lines(s);
	int rows = screen_body_rows(g->rows, detail);
	grid_clear(g);
	screen_header(g, s);
	screen_tabs(g, s);
	if (s->table->n == 0) {
		screen_empty(g, s, HEAD_LINES + TITLE_LINES + 1);
	} else {
		screen_rows(g, s, HEAD_LINES, rows);
	}
	screen_foot(g, s, detail);
}

void screen_frame(struct grid *g, const struct screen *s)
{
	grid_clear(g);
	screen_header(g, s);
	screen_tabs(g, s);
	screen_foot(g, s, 0);
}
