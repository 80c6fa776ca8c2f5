/* SPDX-License-Identifier: Apache-2.0 */
/* The table of views. */
#include "tui/view.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
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
	for (const char *p = name; n > 0 && p && *p; p++) {
		if (strncmp(p, region, n) == 0) {
			return xasprintf("%.*s%s", (int)(p - name), name, p + n);
		}
	}
	return xstrdup(name);
}

void view_group_cell(const struct view_ctx *c, struct table *t, struct trow *r, size_t col,
	enum style style, const char *name)
{
	char *brief = view_group_brief(c, name);
	table_text(t, r, col, style, name);
	table_brief(t, r, col, brief);
	free(brief);
}

const char *view_source_trouble(const struct view_ctx *c, enum source_id id)
{
	const struct source_status *s = model_source(c->model, id);
	if (s->state == SOURCE_FAILED || (s->state == SOURCE_OFF && err_is_set(&s->why))) {
		return s->why.text;
	}
	return NULL;
}
