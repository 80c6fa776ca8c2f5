/* SPDX-License-Identifier: Apache-2.0 */
/* Instance groups with their instances, as kops matches them (facts 5.2, 5.3). */
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/xalloc.h"
#include "lab/kops.h"

static int role_rank(const char *role)
{
	static const char *const order[] = { "bastion", "control-plane", "apiserver", "node" };

	for (int i = 0; i < 4; i++) {
		if (str_eq(order[i], role))
			return i;
	}
	return 4;
}

static int group_cmp(const void *a, const void *b)
{
	const struct kops_group *x = a, *y = b;
	int d = role_rank(x->role) - role_rank(y->role);

	return d ? d : strcmp(x->name, y->name);
}

static void member_add(struct world *w, struct kops_group *g, const struct lab_instance *i,
	bool detached, int64_t version)
{
	struct kops_member m = { .instance = xstrdup(i->id), .detached = detached };
	struct lab_node node;

	if (i->registered && lab_node_get(w, i->id, &node)) {
		m.node = xstrdup(node.name);
		m.needs_update = node.needs_update;
	}
	/* what was detached counts as to be replaced, whatever its version */
	if (detached || i->template_version != version)
		m.needs_update = true;
	g->members = xgrow(g->members, &g->cap, g->n, sizeof(*g->members));
	g->members[g->n++] = m;
}

static void group_members(struct world *w, struct kops_group *g)
{
	struct lab_asg *asg = lab_asg_find(w, g->asg);
	struct lab_template_version *v =
		asg ? lab_template_version(asg->template, asg->template_version) : NULL;

	if (!asg)
		return;
	g->desired = asg->desired;
	for (size_t pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < w->n_instances; i++) {
			const struct lab_instance *in = w->instances[i];

			if (in->state != LAB_PENDING && in->state != LAB_RUNNING)
				continue;
			if (!pass && in->asg == asg && !str_eq(in->lifecycle, "Terminating"))
				member_add(w, g, in, false, v ? v->number : 0);
			if (pass && !in->asg
				&& str_eq(strmap_get(in->tags, "kops.k8s.io/instancegroup"),
					g->name))
				member_add(w, g, in, true, 0);
		}
	}
}

bool kops_groups_get(struct kops_run *r, const char *cluster, struct kops_groups *out)
{
	struct world *w = kops_world(r);
	struct err e = ERR_INIT;

	memset(out, 0, sizeof(*out));
	if (!store_load(w, cluster, &out->specs, &e)) {
		kops_fail(r, "%s", e.text);
		return false;
	}
	for (size_t i = 0; i < out->specs.n; i++) {
		struct kops_group g = { .spec = out->specs.groups[i] };

		g.name = store_group_name(g.spec);
		g.role = store_group_role(g.spec);
		g.asg = store_asg_name(&out->specs, g.spec);
		store_group_size(g.spec, &g.min, &g.max);
		group_members(w, &g);
		out->v = xgrow(out->v, &out->cap, out->n, sizeof(*out->v));
		out->v[out->n++] = g;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), group_cmp);
	return true;
}

void kops_groups_release(struct kops_groups *g)
{
	for (size_t i = 0; i < g->n; i++) {
		for (size_t k = 0; k < g->v[i].n; k++) {
			free(g->v[i].members[k].instance);
			free(g->v[i].members[k].node);
		}
		free(g->v[i].members);
		free(g->v[i].asg);
	}
	free(g->v);
	store_specs_release(&g->specs);
	memset(g, 0, sizeof(*g));
}

size_t kops_group_needs_update(const struct kops_group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++)
		n += g->members[i].needs_update;
	return n;
}
