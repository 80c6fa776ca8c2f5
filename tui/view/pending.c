/* SPDX-License-Identifier: Apache-2.0 */
/* Pending: one line per cause, the verdict of every node under the one in hand, and the cures. */
#include "tui/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "tui/lesson/language.h"
#include "tui/lesson/phrase.h"

enum { COL_OWNER, COL_PODS, COL_SINCE, COL_WHY, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_OWNER] = { .id = "owner", .title = "OWNER", .width = 26, .grow = 1,
		.flags = COLUMN_MIDDLE, .help = "namespace/controller of the waiting pods" },
	[COL_PODS] = { .id = "pods", .kind = CELL_NUMBER, .title = "PODS", .width = 5,
		.flags = COLUMN_RIGHT,
		.help = "pods that wait for this cause" },
	[COL_SINCE] = { .id = "since", .kind = CELL_AGE, .title = "SINCE", .width = 6,
		.flags = COLUMN_RIGHT | COLUMN_SPARE,
		.help = "age of the oldest" },
	[COL_WHY] = { .id = "why", .title = "WHY", .width = 30, .grow = 3,
		.flags = COLUMN_WORD, .help = "one plain sentence" },
};

#define VERDICTS_SHOWN 8

static void pending_id(const struct pending_group *g, size_t index, char *out, size_t size)
{
	snprintf(out, size, "%s/%s#%zu", g->ns, g->owner_name ? g->owner_name : "?", index);
}

/* In the user's language, but for what programs read. */
static char *pending_words(const struct view_ctx *c, const char *sentence)
{
	return c->cols > 0 ? tr_phrase(sentence) : xstrdup(sentence);
}

static const char *pending_word(const struct view_ctx *c, const char *text)
	__attribute__((format_arg(2)));

static const char *pending_word(const struct view_ctx *c, const char *text)
{
	return c->cols > 0 ? tr(text) : text;
}

/* The text, cut in the middle or filled up to so many cells, and two blanks. */
static void pending_cell(struct buf *out, const char *text, int cells, bool ascii)
{
	struct buf cut = BUF_INIT;
	text_cut_middle(&cut, text, cells, ascii);
	int pad = cells - text_width(buf_str(&cut));
	buf_addf(out, "%s%*s", buf_str(&cut), 2 + (pad > 0 ? pad : 0), "");
	buf_release(&cut);
}

static void pending_verdicts(const struct view_ctx *c, const struct pending_group *g,
	struct table *t)
{
	struct buf line = BUF_INIT;
	for (size_t i = 0; i < g->nverdicts && i < VERDICTS_SHOWN; i++) {
		const struct verdict *v = &g->verdicts[i];
		char *brief = view_group_brief(c, v->node->node.group);
		bool room = c->cols >= 110;
		buf_clear(&line);
		pending_cell(&line, v->node->node.name, room ? 19 : 13, c->ascii);
		pending_cell(&line, brief, 16, c->ascii);
		free(brief);
		char *text = pending_words(c, v->text);
		table_span(t, 3, v->fits ? STYLE_OK : STYLE_DIM, "%s%s", buf_str(&line), text);
		free(text);
	}
	if (g->nverdicts > VERDICTS_SHOWN) {
		table_span(t, 3, STYLE_DIM, pending_word(c, N_("and %zu more nodes")),
			g->nverdicts - VERDICTS_SHOWN);
	}
	if (g->message) {
		/* What preemption could not do either says nothing new. */
		const char *end = strstr(g->message, " preemption: ");
		size_t n = end ? (size_t)(end - g->message) : strlen(g->message);
		buf_clear(&line);
		buf_addf(&line, "%s: \"%.*s\"",
			pending_word(c, g->absent ? N_("API server") : N_("scheduler")), (int)n,
			g->message);
		view_span_wrapped(c, t, 3, STYLE_DIM, buf_str(&line));
	}
	buf_release(&line);
	if (g->disagrees) {
		table_span(t, 3, STYLE_WARN, "%s", pending_word(c,
			N_("the scheduler's words and what is seen now differ: one of them is "
				"older")));
	}
}

/* "a  what to do   what it brings", then what it costs; what does not fit goes a line down. */
static void pending_advice(const struct view_ctx *c, const struct advice *a, char key,
	struct table *t)
{
	struct buf below = BUF_INIT;
	char *words = pending_words(c, a->text), *cost = pending_words(c, a->detail);
	char *text = view_group_brief(c, words), *detail = view_group_brief(c, cost);
	char *effect = pending_words(c, a->effect ? a->effect : "");
	bool fits = c->cols == 0 || 7 + text_width(text) + 3 + text_width(effect) <= c->cols;
	enum style style = c->readonly && a->action != ADVICE_NONE ? STYLE_DIM : STYLE_NORMAL;
	table_span(t, 3, style, "%c  %s%s%s", key, text, fits && *effect ? "   " : "",
		fits ? effect : "");
	buf_addf(&below, "%s%s%s", fits ? "" : effect, fits || !*effect || !*detail ? "" : "; ",
		detail);
	view_span_wrapped(c, t, 6, STYLE_DIM, buf_str(&below));
	buf_release(&below);
	free(effect);
	free(words);
	free(cost);
	free(text);
	free(detail);
}

static void pending_advices(const struct view_ctx *c, const struct pending_group *g,
	struct table *t)
{
	if (g->nadvices == 0) {
		return;
	}
	table_span(t, 1, STYLE_BOLD, "%s", pending_word(c, N_("What would help")));
	for (size_t i = 0; i < g->nadvices && i < 4; i++) {
		const struct advice *a = &g->advices[i];
		pending_advice(c, a, a->action == ADVICE_NONE ? '-' : (char)('a' + i), t);
	}
}

static void pending_rows(const struct view_ctx *c, struct table *t)
{
	const struct pending_report *p = c->pending;
	bool any = false;
	char id[512];
	for (size_t i = 0; p && i < p->n && c->selected; i++) {
		pending_id(&p->v[i], i, id, sizeof(id));
		any |= str_eq(id, c->selected);
	}
	for (size_t i = 0; p && i < p->n; i++) {
		const struct pending_group *g = &p->v[i];
		pending_id(g, i, id, sizeof(id));
		struct trow *r = table_row(t, id);
		table_textf(t, r, COL_OWNER, STYLE_NORMAL, "%s/%s", g->ns,
			g->owner_name ? g->owner_name : "?");
		table_value(r, COL_PODS, CELL_NUMBER, STYLE_WARN, (int64_t)g->npods, 0);
		table_value(
			r, COL_SINCE, CELL_AGE, STYLE_NORMAL, clock_age(c->clock, g->oldest), 0);
		char *why = pending_words(c, g->why);
		table_text(t, r, COL_WHY, STYLE_NORMAL, why);
		free(why);
		if (any ? str_eq(id, c->selected) : i == 0) {
			pending_verdicts(c, g, t);
			pending_advices(c, g, t);
		}
	}
}

/* Index of the group that a row of this view stands for. */
static void pending_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	const struct pending_report *p = c->pending;
	if (!p || p->n == 0) {
		return;
	}
	if (p->n == 1) {
		buf_addf(out, p->npods == 1 ? tr("%zu pod waits, 1 cause.")
			: tr("%zu pods wait, 1 cause."), p->npods);
	} else {
		buf_addf(out, tr("%zu pods wait, %zu causes."), p->npods, p->n);
	}
	buf_addc(out, '\n');
}

static const char *pending_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_KUBE);
	if (trouble) {
		return trouble;
	}
	return model_source(c->model, SRC_KUBE)->state == SOURCE_LIVE
		? pending_word(c, N_("No pod waits."))
		: "Waiting for the Kubernetes API ...";
}

const struct view view_pending = {
	.id = VIEW_PENDING,
	.name = "pending",
	.title = "Pending",
	.key = '4',
	.help = "Pods that wait: why, and what would help",
	.source = SRC_KUBE,
	.columns = columns,
	.ncolumns = COL__COUNT,
	.rows = pending_rows,
	.detail = pending_detail,
	.empty = pending_empty,
	.enter = VIEW_PODS,
};
