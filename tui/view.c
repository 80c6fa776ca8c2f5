/* SPDX-License-Identifier: Apache-2.0 */
/* The table of views. */
#include "tui/view.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"

static const struct view *const views[VIEW__COUNT] = {
	[VIEW_CLUSTERS] = &view_clusters,
	[VIEW_GROUPS] = &view_groups,
	[VIEW_NODES] = &view_nodes,
	[VIEW_PENDING] = &view_pending,
	[VIEW_DEPLOYMENTS] = &view_deployments,
	[VIEW_ROLL] = &view_roll,
	[VIEW_LOG] = &view_log,
	[VIEW_PODS] = &view_pods,
	[VIEW_CAPACITY] = &view_capacity,
	[VIEW_CLOUD] = &view_cloud,
	[VIEW_CNI] = &view_cni,
	[VIEW_STORE] = &view_store,
	[VIEW_ADDONS] = &view_addons,
	[VIEW_DNS] = &view_dns,
};

const struct view *view_get(enum view_id id)
{
	return views[id];
}

const struct view *view_by_name(const char *name)
{
	for (int i = 0; i < VIEW__COUNT; i++) {
		if (str_eq(views[i]->name, name)) {
			return views[i];
		}
	}
	return NULL;
}

const struct view *view_by_word(const char *word)
{
	/* What kubectl and k9s call them. */
	static const struct {
		const char *word;
		enum view_id id;
	} known[] = {
		{ "deploy", VIEW_DEPLOYMENTS }, { "dp", VIEW_DEPLOYMENTS }, { "ig", VIEW_GROUPS },
		{ "no", VIEW_NODES }, { "node", VIEW_NODES }, { "po", VIEW_PODS },
		{ "pod", VIEW_PODS },
	};
	const struct view *found = NULL;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (str_eq(known[i].word, word)) {
			return views[known[i].id];
		}
	}
	for (int i = 0; i < VIEW__COUNT && *word; i++) {
		if (str_starts(views[i]->name, word)) {
			if (found) {
				return NULL;
			}
			found = views[i];
		}
	}
	return found;
}

void view_table(const struct view *v, const struct view_ctx *c, const char *filter,
	struct table *t)
{
	table_init(t, v->columns, v->ncolumns);
	v->rows(c, t);
	table_filter(t, filter);
}

char *view_group_brief(const struct view_ctx *c, const char *name)
{
	const char *open = model_opened(c->model);
	const struct m_cluster *m = open ? model_cluster(c->model, open) : NULL;
	const char *region = m ? m->spec.region : NULL;
	const char *dash = region ? strrchr(region, '-') : NULL;
	size_t n = dash ? (size_t)(dash - region) + 1 : 0; /* "ap-northeast-" */
	struct buf out = BUF_INIT;
	for (const char *p = name; p && *p; p++) {
		if (n > 0 && p > name && p[-1] == '-' && strncmp(p, region, n) == 0) {
			p += n - 1;
		} else {
			buf_addc(&out, *p);
		}
	}
	return buf_detach(&out);
}

void view_group_cell(const struct view_ctx *c, struct table *t, struct trow *r, size_t col,
	enum style style, const char *name)
{
	table_text(t, r, col, style, name);
	if (!name || t->only > 0) {
		return;
	}
	char *brief = view_group_brief(c, name);
	table_brief(t, r, col, brief);
	free(brief);
}

void view_span_wrapped(const struct view_ctx *c, struct table *t, int indent, enum style style,
	const char *text)
{
	int width = c->cols > 0 ? c->cols - 2 - indent : INT_MAX;
	struct buf line = BUF_INIT;
	int used = 0;
	for (const char *p = text; *p;) {
		size_t n = strcspn(p, " "), blanks = strspn(p + n, " ");
		char *word = xstrndup(p, n);
		int w = text_width(word);
		if (used > 0 && used + w > width) {
			table_span(t, indent, style, "%s", buf_str(&line));
			buf_clear(&line);
			used = 0;
		}
		buf_addf(&line, "%s%*s", word, (int)blanks, "");
		used += w + (int)blanks;
		free(word);
		p += n + blanks;
	}
	if (used > 0) {
		table_span(t, indent, style, "%s", buf_str(&line));
	}
	buf_release(&line);
}

const char *view_source_trouble(const struct view_ctx *c, enum source_id id)
{
	const struct source_status *s = model_source(c->model, id);
	if (s->state == SOURCE_FAILED || (s->state == SOURCE_OFF && err_is_set(&s->why))) {
		return s->why.text;
	}
	/* Nothing yet is not nothing. */
	static const char *const waiting[SRC__COUNT] = {
		[SRC_STORE] = "The state store has not answered yet.",
		[SRC_AWS] = "AWS has not answered yet.",
		[SRC_KUBE] = "Waiting for the Kubernetes API ...",
	};
	if (s->state == SOURCE_ASKED) {
		return waiting[id];
	}
	/* Without the store it is not even known which cluster. */
	const struct source_status *store = model_source(c->model, SRC_STORE);
	if (id != SRC_STORE && !model_opened(c->model) &&
		(store->state == SOURCE_FAILED || store->state == SOURCE_OFF) &&
		err_is_set(&store->why)) {
		return store->why.text;
	}
	size_t n;
	model_clusters(c->model, &n);
	if (id != SRC_STORE && store->state == SOURCE_LIVE &&
		!model_opened(c->model)) {
		return n ? "No cluster is open.  Enter in 1 Clusters opens one."
			 : "The state store holds no cluster.  N in 1 Clusters creates one.";
	}
	return NULL;
}
