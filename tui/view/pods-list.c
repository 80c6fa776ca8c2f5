/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the Pods view, kept. */
#include "tui/view/pods-list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tui/screen/order.h"
#include "tui/view/pods.h"

#define ROW_LOOKS 16      /* what it costs to make a row to see whether it matches */
#define AGES_MS 5000      /* where time alone makes rows match, all are judged anew so often */

struct pods_list {
	struct model *model;
	struct view_ctx ctx;
	struct table scratch; /* for rows that are made to see whether they match */
	struct pod_watch watch;

	bool listed;          /* else all are shown as the model has them, and nothing is kept */
	struct order order;
	char *within, *filter;
	struct pods_within of;  /* of within */
	struct row_match match; /* of filter */
	int col;
	bool descending;

	bool walking;         /* through the pods that may have to be put in */
	struct pod_walk walk;
	bool pruning;         /* through those that are in and may have to go out */
	size_t pruned;
	int64_t judged_at;    /* mono ms, when the last pass began ... */
	bool again;           /* ... because time went by */
	uint64_t judged, changes;
};

static int pods_list_cmp(const void *ctx, uint32_t a, uint32_t b)
{
	const struct pods_list *l = ctx;
	const struct m_pod *p = model_pod_of(l->model, a), *q = model_pod_of(l->model, b);
	int c = l->col < 0 ? 0 : pods_cmp((size_t)l->col, p, q);
	return c ? c : model_pod_place(p) < model_pod_place(q) ? -1 : 1;
}

static bool pods_list_judge(struct pods_list *l, const struct m_pod *p, struct pods_memo *memos)
{
	const struct row_match *m = &l->match;
	l->judged++;
	if (!pods_wanted(&l->of, p, l->ctx.clock)) {
		return false;
	}
	if (m->only == MATCH_ANY) {
		return pods_has(p, memos, m->text) != m->inverse;
	}
	if (m->only == MATCH_LABELS) {
		const struct trow r = { .labels = p->pod.labels, .nlabels = p->pod.nlabels };
		return row_matches(&l->scratch, &r, m);
	}
	l->judged += ROW_LOOKS;
	return row_matches(&l->scratch, table_scratch(&l->scratch, p, 0), m);
}

static void pods_list_put(struct pods_list *l, const struct m_pod *p, struct pods_memo *memos)
{
	if (pods_list_judge(l, p, memos)) {
		l->changes += order_put(&l->order, model_pod_ref(p));
	}
}

/* ---- what the model says ---- */

static void pods_list_leave(void *ctx, const struct m_pod *p)
{
	struct pods_list *l = ctx;
	size_t n = l->order.n, i = order_drop(&l->order, model_pod_ref(p));
	l->changes += i < n;
	l->pruned -= l->pruning && i < l->pruned;
}

static void pods_list_enter(void *ctx, const struct m_pod *p)
{
	struct pods_memo memos[PODS_MEMOS] = { { .text = NULL } };
	pods_list_put(ctx, p, memos);
}

static void pods_list_clear(void *ctx)
{
	struct pods_list *l = ctx;
	order_clear(&l->order);
	l->pruned = 0;
	l->changes++;
}

/* ---- what is wanted ---- */

struct pods_list *pods_list_new(struct model *m, const struct clock *clock)
{
	struct pods_list *l = xcalloc(1, sizeof(*l));
	*l = (struct pods_list){ .model = m, .col = -1, .ctx = { .model = m, .clock = clock },
		.order = ORDER_INIT(pods_list_cmp, l),
		.watch = { pods_list_leave, pods_list_enter, pods_list_clear, l } };
	table_init(&l->scratch, view_pods.columns, view_pods.ncolumns);
	table_things(&l->scratch, &pods_maker, &l->ctx, NULL, 0);
	return l;
}

/* Back to all as the model has them. */
static void pods_list_stop(struct pods_list *l)
{
	model_watch_pods(l->model, NULL);
	order_clear(&l->order);
	l->changes += l->listed;
	l->listed = l->walking = l->pruning = false;
}

void pods_list_free(struct pods_list *l)
{
	if (l) {
		pods_list_stop(l);
		table_release(&l->scratch);
		free(l->within);
		free(l->filter);
		free(l);
	}
}

/* The pods that may have to be put in, from the first one on. */
static void pods_list_walk(struct pods_list *l)
{
	const struct m_node *n = l->within ? model_node(l->model, l->within) : NULL;
	l->walk = (struct pod_walk){ 0 };
	l->walking = !n;
	l->judged_at = clock_mono(l->ctx.clock);
	for (const struct m_pod *p = n ? n->pods : NULL; p; p = p->next_on_node) {
		struct pods_memo memos[PODS_MEMOS] = { { .text = NULL } };
		pods_list_put(l, p, memos);
	}
}

static void pods_list_prune(struct pods_list *l)
{
	l->pruning = true;
	l->pruned = 0;
}

/* Every row that has the text of "of" has that of m, too. */
static bool match_includes(const struct row_match *m, const struct row_match *of)
{
	return m->only == of->only && m->only != MATCH_LABELS && !m->inverse && !of->inverse &&
		str_icontains(of->text, m->text);
}

/* The filter is another. */
static void pods_list_filter(struct pods_list *l, const struct row_match *was)
{
	if (match_includes(was, &l->match)) {
		pods_list_prune(l);
	} else if (match_includes(&l->match, was)) {
		pods_list_walk(l); /* and what is pruned is, by the new one */
	} else {
		pods_list_clear(l);
		l->pruning = false;
		pods_list_walk(l);
	}
}

void pods_list_want(struct pods_list *l, const char *within, const char *filter, int col,
	bool descending)
{
	bool same = l->listed && col == l->col && str_eq(within, l->within);
	l->changes += descending != l->descending;
	l->descending = descending;
	filter = str_empty(filter) ? NULL : filter;
	if (!within && !filter && col < 0) {
		pods_list_stop(l);
		return;
	}
	if (same && str_eq(filter, l->filter)) {
		if ((l->of.waiting || pods_ages(l->match.only)) && !l->walking && !l->pruning &&
			clock_mono(l->ctx.clock) - l->judged_at >= AGES_MS) {
			pods_list_prune(l);
			pods_list_walk(l);
			l->again = true;
		}
		return;
	}
	l->again = false;
	char *before = l->filter;
	struct row_match was = l->match; /* its text is within before */
	l->filter = xstrdup(filter);
	row_match_read(&l->match, view_pods.columns, view_pods.ncolumns, l->filter);
	if (same) {
		pods_list_filter(l, &was);
	} else {
		pods_list_stop(l);
		xreplace(&l->within, within);
		l->of = pods_within(l->within);
		l->col = col;
		l->listed = true;
		model_watch_pods(l->model, &l->watch);
		pods_list_walk(l);
	}
	free(before);
}

bool pods_list_step(struct pods_list *l, size_t looks)
{
	struct pods_memo memos[PODS_MEMOS] = { { .text = NULL } };
	uint64_t end = pods_list_looks(l) + looks;
	while (l->pruning && pods_list_looks(l) < end) {
		if (l->pruned == l->order.n) {
			l->pruning = false;
		} else if (pods_list_judge(l, model_pod_of(l->model,
			order_at(&l->order, l->pruned)), memos)) {
			l->pruned++;
		} else {
			order_drop_at(&l->order, l->pruned);
			l->changes++;
		}
	}
	while (l->walking && pods_list_looks(l) < end) {
		const struct m_pod *p = model_walk_pods(l->model, &l->walk);
		if (p) {
			pods_list_put(l, p, memos);
		} else {
			l->walking = false;
		}
	}
	return !l->pruning && !l->walking;
}

/* ---- what is so ---- */

size_t pods_list_n(const struct pods_list *l)
{
	size_t n = l->order.n;
	if (!l->listed) {
		model_pods(l->model, &n);
	}
	return n;
}

bool pods_list_none(const struct pods_list *l)
{
	return pods_list_n(l) == 0 && !(l->listed && (l->filter || l->walking));
}

const struct m_pod *pods_list_at(const struct pods_list *l, size_t i)
{
	size_t n;
	if (!l->listed) {
		const struct m_pod *const *v = model_pods(l->model, &n);
		return i < n ? v[i] : NULL;
	}
	n = l->order.n;
	return i >= n ? NULL
		: model_pod_of(l->model, order_at(&l->order, l->descending ? n - 1 - i : i));
}

size_t pods_list_index(struct pods_list *l, const void *pod)
{
	size_t n = pods_list_n(l);
	if (!l->listed) {
		return model_pod_place(pod);
	}
	size_t i = order_index(&l->order, model_pod_ref(pod));
	return i == n || !l->descending ? i : n - 1 - i;
}

uint64_t pods_list_changes(const struct pods_list *l)
{
	return l->changes;
}

bool pods_list_progress(const struct pods_list *l, char *out, size_t size)
{
	size_t n, done = l->walk.at;
	model_pods(l->model, &n);
	if ((!l->walking && !l->pruning) || l->again) {
		return false;
	}
	if (l->pruning) {
		n = l->order.n;
		done = l->pruned;
	}
	snprintf(out, size, "%s %zu of %zu", l->col < 0 ? "filtering" : "sorting",
		done < n ? done : n, n);
	return true;
}

uint64_t pods_list_looks(const struct pods_list *l)
{
	return l->judged + l->order.compared;
}

size_t pods_list_bytes(const struct pods_list *l)
{
	return order_bytes(&l->order);
}
