/* SPDX-License-Identifier: Apache-2.0 */
/* Joins groups, instances and nodes: by name, label, tag and instance id. */
#include "core/model/model-private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

static struct m_group *group_get(struct model *m, const char *name)
{
	struct m_group *g = keyed_find(&m->groups, name, NULL);
	if (!g) {
		g = keyed_new_rec(&m->slab, sizeof *g);
		g->spec = (struct group_spec){ .cluster = m->opened,
			.name = pool_str(m->pool, name), .min_size = -1, .max_size = -1,
			.max_pods = -1 };
		keyed_add(&m->groups, g);
	}
	return g;
}

static void group_free(struct model *m, struct m_group *g, const char *name)
{
	keyed_remove(&m->groups, g);
	pool_drop_str(m->pool, name);
	keyed_free_rec(&m->slab, g);
}

static void join_groups_reset(struct model *m)
{
	for (size_t i = 0; i < m->groups.n; i++) {
		struct m_group *g = m->groups.v[i];
		if (g) {
			const char *name = g->spec.name;
			*g = (struct m_group){ .spec = { .cluster = m->opened, .name = name,
				.min_size = -1, .max_size = -1, .max_pods = -1 } };
		}
	}
}

/* Of all clusters: sums over their groups; of the open one: its groups. */
static void join_specs(struct model *m)
{
	size_t n;
	void *const *clusters = keyed_all(&m->kinds[OBS_CLUSTER], &n);
	for (size_t i = 0; i < n; i++) {
		struct m_cluster *c = clusters[i];
		c->ngroups = 0;
		c->min_nodes = c->max_nodes = 0;
	}
	void *const *specs = keyed_all(&m->kinds[OBS_GROUP], &n);
	for (size_t i = 0; i < n; i++) {
		const struct group_spec *s = specs[i];
		struct m_cluster *c = keyed_find(&m->kinds[OBS_CLUSTER], s->cluster, NULL);
		if (c) {
			c->ngroups++;
			c->min_nodes += s->min_size > 0 ? s->min_size : 0;
			c->max_nodes += s->max_size > 0 ? s->max_size : 0;
		}
		if (str_eq(s->cluster, m->opened)) {
			struct m_group *g = group_get(m, s->name);
			g->spec = *s; /* s->name is the pool's, like that of the record */
			g->has_spec = true;
		}
	}
}

static void join_asgs(struct model *m)
{
	size_t n;
	void *const *asgs = keyed_all(&m->kinds[OBS_ASG], &n);
	for (size_t i = 0; i < n; i++) {
		const struct asg *a = asgs[i];
		if (!str_empty(a->group)) {
			struct m_group *g = group_get(m, a->group);
			g->asg = *a;
			g->has_asg = true;
		}
	}
	for (size_t i = 0; i < m->groups.n; i++) {
		struct m_group *g = m->groups.v[i];
		if (g && !g->has_spec && !g->has_asg) {
			group_free(m, g, g->spec.name);
		}
	}
}

static void join_machines(struct model *m)
{
	size_t n;
	void *const *instances = keyed_all(&m->kinds[OBS_INSTANCE], &n);
	for (size_t i = 0; i < n; i++) {
		struct m_instance *in = instances[i];
		struct m_group *g = keyed_find(&m->groups, in->instance.group, NULL);
		in->node = NULL;
		in->group = g;
		if (g && !str_eq(in->instance.state, "terminated") &&
		    !str_eq(in->instance.state, "shutting-down")) {
			g->ninstances++;
		}
	}
	void *const *nodes = keyed_all(&m->kinds[OBS_NODE], &n);
	for (size_t i = 0; i < n; i++) {
		struct m_node *no = nodes[i];
		struct m_instance *in =
			keyed_find(&m->kinds[OBS_INSTANCE], no->node.instance_id, NULL);
		const char *name = no->node.group;
		no->instance = in;
		if (in) {
			in->node = no;
			name = name ? name : in->instance.group;
		}
		struct m_group *g = keyed_find(&m->groups, name, NULL);
		no->group = g;
		if (g) {
			g->nnodes++;
			g->nready += no->node.ready == TRI_YES;
		}
	}
}

static int cluster_cmp(const void *a, const void *b)
{
	const struct m_cluster *const *x = a, *const *y = b;
	return strcmp((*x)->spec.name, (*y)->spec.name);
}

static int group_cmp(const void *a, const void *b)
{
	const struct m_group *const *x = a, *const *y = b;
	return strcmp((*x)->spec.name, (*y)->spec.name);
}

static void join_lists(struct model *m)
{
	size_t n;
	void *const *v = keyed_all(&m->kinds[OBS_CLUSTER], &n);
	m->cluster_list = xrealloc(m->cluster_list, (n + 1) * sizeof *m->cluster_list);
	for (size_t i = 0; i < n; i++) {
		m->cluster_list[i] = v[i];
	}
	m->nclusters = n;
	qsort(m->cluster_list, n, sizeof *m->cluster_list, cluster_cmp);
	v = keyed_all(&m->groups, &n);
	m->group_list = xrealloc(m->group_list, (n + 1) * sizeof *m->group_list);
	for (size_t i = 0; i < n; i++) {
		m->group_list[i] = v[i];
	}
	m->ngroups = n;
	qsort(m->group_list, n, sizeof *m->group_list, group_cmp);
}

void model_join(struct model *m)
{
	if (!m->unjoined) {
		return;
	}
	m->unjoined = false;
	join_groups_reset(m);
	join_specs(m);
	join_asgs(m);
	join_machines(m);
	join_lists(m);
}

void model_forget_joined(struct model *m)
{
	for (size_t i = 0; i < m->groups.n; i++) {
		struct m_group *g = m->groups.v[i];
		if (g) {
			group_free(m, g, g->spec.name);
		}
	}
	m->ngroups = 0;
	m->unjoined = true;
}
