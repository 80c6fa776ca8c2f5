/* SPDX-License-Identifier: Apache-2.0 */
/* The frame around every view. */
#include "tui/screen/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/lesson/language.h"
#include "tui/lesson/phrase.h"
#include "tui/screen/screen-table.h"

#define HEAD_LINES 3  /* who, where, rule */
#define TITLE_LINES 1 /* column titles */
#define FOOT_LINES 3  /* rule, message, keys */
#define DETAIL_LINES 3

/* ---- header ------------------------------------------------------------------ */

/* Asked, and the answer is long in coming; of a watch that is as it should be. */
#define SLOW_MS 10000

/* Two of AWS's intervals where nobody says how often it is asked (aws/source.c). */
#define FRESH_MS 40000

static bool screen_is_slow(const struct view_ctx *c, const struct source_status *s)
{
	return s != model_source(c->model, SRC_KUBE) && s->asked > s->arrived &&
	       clock_age(c->clock, s->asked) > SLOW_MS;
}

/* brief: where several have much to say. */
static void screen_freshness(const struct view_ctx *c, enum source_id id, bool brief, char *out,
	size_t size, enum style *style)
{
	const struct source_status *s = model_source(c->model, id);
	char age[32];
	int64_t old = clock_age(c->clock, s->arrived);
	bool fresh = id == SRC_KUBE || old <= (c->fresh_ms ? c->fresh_ms : FRESH_MS);
	stamp_age(age, sizeof(age), old);
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
		/* A watch says nothing when nothing happens: it is live, not old.  Of what is asked
		   for as often as it should be, the header need not count the seconds. */
		snprintf(out, size, "%s%s", fresh ? "live" : age,
			screen_is_slow(c, s) ? ", slow" : "");
		*style = screen_is_slow(c, s) ? STYLE_WARN : STYLE_OK;
		break;
	case SOURCE_FAILED:
		if (s->arrived) {
			snprintf(out, size, brief ? "%s %s" : "%s, data %s old",
				err_kind_name(s->why.kind), age);
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

/* Which cluster, and as much of the rest as there is room for, whole or not at all. */
static void screen_who(struct grid *g, const struct screen *s, int room)
{
	const struct view_ctx *c = s->ctx;
	const char *open = model_opened(c->model);
	const struct m_cluster *m = open ? model_cluster(c->model, open) : NULL;
	const struct kube_server *server = model_server(c->model);
	const struct identity *who = model_identity(c->model);
	char version[32] = "";
	if (server && server->version) {
		snprintf(version, sizeof(version), "%s", server->version);
	} else if (m && m->spec.kubernetes_version) {
		snprintf(version, sizeof(version), "v%s", m->spec.kubernetes_version);
	}
	const struct {
		const char *text;
		enum style style;
	} parts[] = {
		{ s->readonly ? "read-only" : NULL, STYLE_WARN },
		{ m ? m->spec.region : NULL, STYLE_BOLD },
		{ version, STYLE_BOLD },
		{ who ? who->account : NULL, STYLE_BOLD },
	};
	struct buf cut = BUF_INIT;
	text_cut_end(&cut, open ? open : "no cluster open", room, g->ascii);
	int x = 1 + grid_put(g, 1, 0, room, STYLE_BOLD, buf_str(&cut));
	buf_release(&cut);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!str_empty(parts[i].text) && x + 2 + text_width(parts[i].text) <= 1 + room) {
			x += 2 + grid_put(g, x + 2, 0, room, (int)parts[i].style, parts[i].text);
		}
	}
}

#define EXPIRES_SOON_MS (15 * 60000)

/* How long the credentials live, behind AWS's freshness; "" when they tell no end. */
static void screen_time_left(const struct view_ctx *c, char *out, size_t size, enum style *style)
{
	const struct identity *who = model_identity(c->model);
	out[0] = '\0';
	*style = STYLE_DIM;
	if (!who || !who->expires) {
		return;
	}
	int64_t left = who->expires - clock_wall(c->clock);
	if (left <= 0) {
		snprintf(out, size, "expired");
		*style = STYLE_BAD;
		return;
	}
	/* Whole minutes: the frame shall not change every second for this. */
	stamp_duration(out, size, left > 60000 ? left - left % 60000 : left);
	if (left < EXPIRES_SOON_MS && !who->renews) {
		*style = STYLE_WARN;
	}
}

/* What each source has to say, and the cells of all of it. */
static int screen_sources(const struct view_ctx *c, bool brief, char (*right)[64],
	enum style *styles)
{
	int width = 0;
	for (int i = 0; i < SRC__COUNT; i++) {
		if (screen_quiet(c, (enum source_id)i)) {
			continue;
		}
		screen_freshness(c, (enum source_id)i, brief, right[i], 64, &styles[i]);
		width += text_width(source_name((enum source_id)i)) + text_width(right[i]) + 5;
	}
	return width;
}

#define NAME_CELLS 24 /* which cluster it is goes before how old what is known of it is */

static void screen_header(struct grid *g, const struct screen *s)
{
	const struct view_ctx *c = s->ctx;
	char right[SRC__COUNT][64], left[32];
	enum style styles[SRC__COUNT], left_style;
	screen_time_left(c, left, sizeof(left), &left_style);
	int width = left[0] ? 2 + text_width(left) : 0;
	int all = screen_sources(c, false, right, styles);
	if (g->cols - width - all < NAME_CELLS) {
		all = screen_sources(c, true, right, styles);
	}
	width += all;
	int x = g->cols - width - 1;
	screen_who(g, s, x - 2);
	for (int i = 0; i < SRC__COUNT; i++) {
		if (screen_quiet(c, (enum source_id)i)) {
			continue;
		}
		x += 2;
		x += grid_put(g, x, 0, 16, STYLE_DIM, source_name((enum source_id)i));
		x += 1;
		x += grid_put(g, x, 0, 2, styles[i], g->ascii ? "*" : "\xe2\x97\x8f") + 1;
		x += grid_put(g, x, 0, 60, styles[i], right[i]);
		if (i == SRC_AWS && left[0]) {
			x += 2 + grid_put(g, x + 2, 0, 20, left_style, left);
		}
	}
}

struct tab {
	int id, x, width;
	int most, gap;   /* cells of a title and between tabs, so that all are there */
	char title[64];  /* as far as it fits */
	char waits[24];  /* how many; "" */
};

#define TAB_LEAST 4

/* Each tab in turn: where it begins and how wide it is; false: there are no more. */
static bool tab_next(const struct screen *s, struct tab *t, bool ascii)
{
	struct buf cut = BUF_INIT;
	t->x += t->width ? t->width + t->gap : 1;
	for (t->id += t->width > 0; t->id < VIEW__COUNT; t->id++) {
		const struct view *v = view_get((enum view_id)t->id);
		if (v->key) {
			size_t waits = v->id == VIEW_PENDING && s->ctx->pending
				? s->ctx->pending->npods : 0;
			text_cut_end(&cut, tr(v->title), t->most, ascii);
			snprintf(t->title, sizeof(t->title), "%s", buf_str(&cut));
			t->waits[0] = '\0';
			if (waits > 0)
				snprintf(t->waits, sizeof(t->waits), " %zu", waits);
			t->width = 2 + text_width(t->title) + text_width(t->waits);
			buf_release(&cut);
			return true;
		}
	}
	return false;
}

/* Before the first: with short titles where there is no room for whole ones. */
static struct tab tab_none(const struct screen *s, int cols, bool ascii)
{
	struct tab t = { .most = 20, .gap = 2 };
	for (int end = cols + 1; end > cols && t.most > TAB_LEAST;) {
		struct tab last = t;
		while (tab_next(s, &last, ascii)) {
			end = last.x + last.width;
		}
		t.most -= end > cols && t.gap == 1;
		t.gap = end > cols ? 1 : t.gap;
	}
	return t;
}

static void screen_tabs(struct grid *g, const struct screen *s)
{
	struct tab t = tab_none(s, g->cols, g->ascii);
	while (tab_next(s, &t, g->ascii)) {
		const struct view *v = view_get((enum view_id)t.id);
		bool here = v == s->view;
		char key[2] = { v->key, '\0' };
		grid_put(g, t.x, 1, 1, STYLE_KEY, key);
		int x = t.x + 2 +
			grid_put(g, t.x + 2, 1, 20, here ? STYLE_BOLD : STYLE_DIM, t.title);
		grid_put(g, x, 1, 12, STYLE_WARN, t.waits);
	}
	grid_rule(g, 2, STYLE_DIM);
	/* A view without a tab is named all the same. */
	if (!s->view->key) {
		grid_putf(g, 2, 2, g->cols - 4, STYLE_BOLD, " %s ", tr(s->view->title));
	}
}

struct screen_spot screen_spot_at(const struct screen *s, int cols, int rows, int x, int y)
{
	if (x >= cols) { /* on the guide beside */
		return (struct screen_spot){ SPOT_NONE, 0 };
	}
	struct tab t = tab_none(s, cols, s->ctx->ascii);
	while (y == 1 && tab_next(s, &t, s->ctx->ascii)) {
		if (x >= t.x && x < t.x + t.width) {
			return (struct screen_spot){ SPOT_TAB, (size_t)t.id };
		}
	}
	return y < HEAD_LINES ? (struct screen_spot){ SPOT_NONE, 0 }
		: screen_row_at(s, cols, screen_body_rows(rows, screen_detail_lines(s, cols)), x,
			y - HEAD_LINES);
}

/* ---- nothing to show ------------------------------------------------------------- */

/* From x to before the edge. */
static int screen_wrap(struct grid *g, int x, int y, int end, enum style style, const char *text)
{
	return grid_wrap(g, x, y, g->cols - 1 - x, end, (int)style, text);
}

/* What was looked for, and (how) what to set; the line behind it.  end 0: only that is told. */
static int screen_looked_for(struct grid *g, const struct screen *s, int y, int end, bool how)
{
	static const struct {
		enum source_id id;
		const char *word, *how;
	} sought[] = {
		{ SRC_STORE, N_("state store"),
			N_("export KOPS_STATE_STORE=s3://BUCKET, or --state s3://BUCKET") },
		{ SRC_KUBE, N_("cluster"),
			N_("export KUBECONFIG=FILE, or --kubeconfig FILE; kops export kubeconfig "
			"writes one") },
		{ SRC_AWS, "aws", "" },
	};
	for (size_t i = 0; i < sizeof(sought) / sizeof(sought[0]); i++) {
		const struct err *why = &model_source(s->ctx->model, sought[i].id)->why;
		const char *word = sought[i].word;
		if (y < end) {
			grid_put(g, 3, y, 13, STYLE_NORMAL, tr(word));
		}
		/* "no cluster: KUBECONFIG ...": the word before the colon stands here already. */
		const char *colon = str_starts(why->text, "no ") ? strstr(why->text, ": ") : NULL;
		size_t same = str_starts(why->text, word) ? strlen(word) + 1 : 0;
		char *said = tr_phrase(colon ? colon + 2 : why->text + same);
		y = screen_wrap(g, 17, y, end, STYLE_NORMAL, said);
		free(said);
		/* Set, but wrong: how it should be. */
		const char *hint = !colon ? why->hint : sought[i].how[0] ? tr(sought[i].how) : "";
		if (how && hint[0]) {
			y = screen_wrap(g, 17, y, end, STYLE_DIM, hint);
		}
	}
	return y;
}

/* Nothing is configured: what was looked for, and the way to look around all the same, which is
   the last thing to give way where there is little room. */
static void screen_nothing(struct grid *g, const struct screen *s, int y)
{
	static const char *const keys[][2] = {
		{ "l", N_("open the lab: a pretend cluster on this machine, nothing to set up") },
		{ "?", N_("what to set and which permissions kopscope needs") },
	};
	int end = g->rows - FOOT_LINES - 3;
	grid_put(g, 1, y++, g->cols - 2, STYLE_BOLD,
		tr("No state store and no cluster were found."));
	y = screen_looked_for(g, s, y, end, screen_looked_for(g, s, y, 0, true) <= end);
	y = y < end ? y : end;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		y++;
		grid_put(g, 1, y, 1, STYLE_KEY, keys[i][0]);
		grid_put(g, 4, y, g->cols - 5, STYLE_NORMAL, tr(keys[i][1]));
	}
}

/* An empty view says why, in words that fit. */
static void screen_empty(struct grid *g, const struct screen *s, int y)
{
	int end = g->rows - FOOT_LINES, off = 0;
	for (int i = 0; i < SRC__COUNT; i++) {
		const struct source_status *st = model_source(s->ctx->model, (enum source_id)i);
		off += st->state == SOURCE_OFF && err_is_set(&st->why);
	}
	if (off == SRC__COUNT && s->view->source < SRC__COUNT) {
		screen_nothing(g, s, y);
		return;
	}
	const char *p = !str_empty(s->progress) ? s->progress
		: !str_empty(s->filter) ? tr("No row matches the filter.  Esc clears it.")
					      : s->view->empty(s->ctx);
	y = screen_wrap(g, 2, y, end, STYLE_DIM, p ? p : "");
	enum source_id id = s->view->source;
	/* Without the store it is not even known which cluster. */
	if (id < SRC__COUNT && !model_opened(s->ctx->model) &&
		model_source(s->ctx->model, SRC_STORE)->state == SOURCE_FAILED) {
		id = SRC_STORE;
	}
	/* The hint belongs to the trouble, where that is what was said. */
	if (id < SRC__COUNT && p == model_source(s->ctx->model, id)->why.text &&
		model_source(s->ctx->model, id)->why.hint[0] &&
		model_source(s->ctx->model, id)->state != SOURCE_LIVE) {
		y = screen_wrap(
			g, 2, y + 1, end, STYLE_NORMAL, model_source(s->ctx->model, id)->why.hint);
		if (id == SRC_KUBE && model_opened(s->ctx->model) &&
			model_source(s->ctx->model, id)->state == SOURCE_OFF) {
			screen_wrap(g, 2, y + 1, end, STYLE_DIM,
				":context shows what the kubeconfig has, and runs this for you.");
		}
	}
}

/* ---- detail, message, keys -------------------------------------------------------- */

static const struct trow *screen_row(const struct screen *s)
{
	return s->selected < s->table->n && table_kind(s->table, s->selected) == ROW_ITEM
		? table_at(s->table, s->selected)
		: NULL;
}

/* The words about the row in hand, as lines that fit: at most DETAIL_LINES, the last one cut. */
static int screen_detail_text(const struct screen *s, int cols, bool ascii, struct buf *out)
{
	struct buf all = BUF_INIT, line = BUF_INIT;
	if (s->view->detail) {
		s->view->detail(s->ctx, screen_row(s), &all);
	}
	int lines = 0;
	for (const char *p = buf_str(&all); *p && lines < DETAIL_LINES; lines++) {
		size_t n = strcspn(p, "\n"), take = n;
		buf_clear(&line);
		buf_add(&line, p, n);
		while (lines < DETAIL_LINES - 1 && text_width(buf_str(&line)) > cols && take > 0) {
			/* The last blank before the edge. */
			for (take--; take > 0 && p[take] != ' '; take--) {
			}
			buf_clear(&line);
			buf_add(&line, p, take > 0 ? take : n);
			if (take == 0) {
				take = n;
				break;
			}
		}
		text_cut_end(out, buf_str(&line), cols, ascii);
		buf_addc(out, '\n');
		p += take + (p[take] == '\n');
		p += take < n ? strspn(p, " ") : 0;
	}
	buf_release(&line);
	buf_release(&all);
	return lines;
}

int screen_detail_lines(const struct screen *s, int cols)
{
	if (s->mode == SCREEN_COMPACT) {
		return 0;
	}
	struct buf b = BUF_INIT;
	int n = screen_detail_text(s, cols - 2, false, &b);
	buf_release(&b);
	return n;
}

int screen_body_rows(int grid_rows, int detail_lines)
{
	int n = grid_rows - HEAD_LINES - TITLE_LINES - FOOT_LINES - detail_lines;
	return n > 0 ? n : 0;
}

/* ---- keys ---- */

/* One "key:word" of a key bar; width 0: it is none. */
struct pair {
	char *key;
	const char *word; /* in the user's language; key owns what tr() does not */
	int width;
};

/* The pair at p; where the next one begins. */
static const char *pair_read(const char *p, struct pair *out)
{
	size_t n = strcspn(p, " ");
	*out = (struct pair){ .key = xstrndup(p, n) };
	char *colon = out->key[0] ? strchr(out->key + 1, ':') : NULL;
	if (colon) {
		*colon = '\0';
		for (char *q = colon + 1; *q; q++) {
			*q = *q == '_' ? ' ' : *q;
		}
		out->word = tr(colon + 1);
		out->width = text_width(out->key) + 1 + text_width(out->word);
	}
	return p + n + strspn(p + n, " ");
}

static int pairs_width(const char *p, const char *end)
{
	struct pair pair;
	int width = 0;
	while (*p && p < end) {
		p = pair_read(p, &pair);
		width += pair.width ? pair.width + (width ? 2 : 0) : 0;
		free(pair.key);
	}
	return width;
}

/* As many as fit before the column end; keys in their own style. */
static void pairs_put(struct grid *g, int x, int y, int end, const char *p, const char *to)
{
	struct pair pair;
	bool fits = true;
	while (*p && p < to && fits) {
		p = pair_read(p, &pair);
		fits = x + pair.width <= end;
		if (fits && pair.width > 0) {
			x += grid_put(g, x, y, g->cols - x, STYLE_KEY, pair.key);
			x += grid_put(g, x, y, g->cols - x, STYLE_NORMAL, " ");
			x += grid_put(g, x, y, g->cols - x, STYLE_DIM, pair.word) + 2;
		}
		free(pair.key);
	}
}

static void screen_keys(struct grid *g, const struct screen *s, int y)
{
	const char *p = s->keybar ? s->keybar : "", *bar = strchr(p, '|');
	/* A key may be called | as well: the bar stands alone. */
	const char *right = bar && bar > p && bar[-1] == ' ' && bar[1] == ' ' ? bar + 2 : NULL;
	int end = g->cols - 1;
	if (right) {
		int width = pairs_width(right, right + strlen(right));
		pairs_put(g, end - width, y, end, right, right + strlen(right));
		end -= width + 2;
	}
	pairs_put(g, 1, y, end, p, right ? bar : p + strlen(p));
}

/* Rows that are old, or lack something, and why. */
static void screen_trouble(struct grid *g, const struct screen *s, int y)
{
	static const char *const words[SRC__COUNT] = { [SRC_STORE] = "state store",
		[SRC_AWS] = "AWS", [SRC_KUBE] = "Kubernetes" };
	const struct err *why = &model_source(s->ctx->model, s->view->source)->why;
	struct buf all = BUF_INIT, cut = BUF_INIT;
	buf_addf(&all, "%s: %s%s%s", words[s->view->source], why->text, why->hint[0] ? "; " : "",
		why->hint);
	text_cut_end(&cut, buf_str(&all), g->cols - 2, g->ascii);
	grid_put(g, 1, y, g->cols - 2, STYLE_BAD, buf_str(&cut));
	buf_release(&cut);
	buf_release(&all);
}

static void screen_foot(struct grid *g, const struct screen *s, int detail_lines)
{
	int y = g->rows - FOOT_LINES - detail_lines;
	grid_rule(g, y++, STYLE_DIM);
	struct buf b = BUF_INIT;
	screen_detail_text(s, g->cols - 2, g->ascii, &b);
	const char *p = buf_str(&b);
	for (int i = 0; i < detail_lines; i++) {
		size_t n = strcspn(p, "\n");
		char *line = xstrndup(p, n);
		grid_put(g, 1, y++, g->cols - 2, STYLE_NORMAL, line);
		free(line);
		p += n + (p[n] == '\n');
	}
	buf_release(&b);
	if (s->prompt) {
		int x = grid_put(g, 1, y, g->cols - 2, STYLE_NORMAL, s->prompt);
		g->cursor_x = x + 1;
		g->cursor_y = y;
		grid_put(g, x + 4, y, g->cols - x - 5, STYLE_DIM,
			!str_empty(s->hint) ? s->hint : s->progress ? s->progress : "");
	} else if (!str_empty(s->message)) {
		grid_put(g, 1, y, g->cols - 2, s->message_style, s->message);
	} else if (!str_empty(s->progress)) {
		grid_put(g, 1, y, g->cols - 2, STYLE_DIM, s->progress);
	} else if (s->table->n > 0 && s->view->source < SRC__COUNT &&
		   model_source(s->ctx->model, s->view->source)->state == SOURCE_FAILED) {
		screen_trouble(g, s, y);
	} else if (!str_empty(s->filter)) {
		grid_putf(g, 1, y, g->cols - 2, STYLE_ACCENT, tr("filter: %s   Esc clears it"),
			s->filter);
	}
	screen_keys(g, s, y + 1);
}

void screen_draw(struct grid *g, const struct screen *s)
{
	int detail = screen_detail_lines(s, g->cols);
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
