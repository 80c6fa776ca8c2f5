/* SPDX-License-Identifier: Apache-2.0 */
/* What lessons look for in the model. */
#include "core/base/strs.h"
#include "core/rules/needs-update.h"
#include "core/rules/pending.h"
#include "tui/lesson/lesson.h"

bool see_nodes(const struct lesson_look *l)
{
	return l->view == VIEW_NODES;
}

bool see_groups(const struct lesson_look *l)
{
	return l->view == VIEW_GROUPS;
}

bool see_pending(const struct lesson_look *l)
{
	return l->view == VIEW_PENDING && see_pods_wait(l);
}

bool see_deployments(const struct lesson_look *l)
{
	return l->view == VIEW_DEPLOYMENTS;
}

bool see_cloud(const struct lesson_look *l)
{
	return l->view == VIEW_CLOUD;
}

bool see_dialog(const struct lesson_look *l, const char *title)
{
	return str_eq(l->dialog, title);
}

bool see_pods_wait(const struct lesson_look *l)
{
	return l->pending && l->pending->npods > 0;
}

bool see_none_waits(const struct lesson_look *l)
{
	return see_live(l, SRC_KUBE) && l->pending && l->pending->npods == 0 &&
		model_unbound_pods(l->model) == 0;
}

bool see_wanted(const struct lesson_look *l, const char *name, int from, int to)
{
	const struct deployment *d = model_deployment(l->model, "default", name);
	return d && d->replicas >= from && d->replicas <= to;
}

bool see_ready(const struct lesson_look *l, const char *name, int from, int to)
{
	const struct deployment *d = model_deployment(l->model, "default", name);
	return see_wanted(l, name, from, to) && d->ready == d->replicas &&
		d->existing == d->replicas;
}

static const struct cluster_spec *see_spec(const struct lesson_look *l)
{
	const char *open = model_opened(l->model);
	const struct m_cluster *c = open ? model_cluster(l->model, open) : NULL;
	return c ? &c->spec : NULL;
}

bool see_spec_pods(const struct lesson_look *l)
{
	const struct cluster_spec *c = see_spec(l);
	return c && c->max_pods >= 110;
}

bool see_spec_prefix(const struct lesson_look *l)
{
	const struct cluster_spec *c = see_spec(l);
	const struct env_entry *env = c ? env_last(c->env, c->nenv, "ENABLE_PREFIX_DELEGATION")
		: NULL;
	return env && str_eq(env->value, "true");
}

static size_t see_count_marked(const struct lesson_look *l, size_t *n)
{
	const struct m_instance *const *v = model_instances(l->model, n);
	size_t hits = 0;
	for (size_t i = 0; i < *n; i++) {
		enum update_why why = update_why_of(v[i]);
		hits += why != UPDATE_NONE && why != UPDATE_UNKNOWN;
	}
	return hits;
}

bool see_marked(const struct lesson_look *l)
{
	size_t n;
	return see_count_marked(l, &n) > 0;
}

bool see_all_marked(const struct lesson_look *l)
{
	size_t n, hits = see_count_marked(l, &n);
	const struct m_instance *const *v = model_instances(l->model, &n);
	size_t addon = 0;
	for (size_t i = 0; i < n; i++) {
		addon += v[i]->node && v[i]->node->node.needs_update;
	}
	return n > 0 && hits == n && addon == n;
}

bool see_run(const struct lesson_look *l, int kind)
{
	return l->run && (int)l->run->meta.kind == kind;
}

bool see_alive(const struct lesson_look *l)
{
	return l->run && (l->run->status == RUN_ALIVE || l->run->status == RUN_STARTING);
}

bool see_failed(const struct lesson_look *l, enum source_id id)
{
	return model_source(l->model, id)->state == SOURCE_FAILED;
}

bool see_live(const struct lesson_look *l, enum source_id id)
{
	return model_source(l->model, id)->state == SOURCE_LIVE;
}

bool see_full(const struct lesson_look *l)
{
	size_t n, full = 0;
	const struct m_node *const *v = model_nodes(l->model, &n);
	for (size_t i = 0; i < n; i++) {
		full += v[i]->node.role == ROLE_NODE && v[i]->node.alloc_pods > 0 &&
			v[i]->npods >= v[i]->node.alloc_pods;
	}
	return full > 0;
}

bool see_nodes_take(const struct lesson_look *l, int pods)
{
	size_t n, ok = 0;
	const struct m_node *const *v = model_nodes(l->model, &n);
	for (size_t i = 0; i < n; i++) {
		ok += v[i]->node.alloc_pods == pods && v[i]->node.ready == TRI_YES;
	}
	return n >= 3 && ok == n;
}
