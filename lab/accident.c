/* SPDX-License-Identifier: Apache-2.0 */
/* Accidents: the table of what can happen to a world. */
#include "lab/accident.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/sim/parts.h"
#include "lab/world.h"
#include "lab/world/parts.h"

/* Each is false when there is no such thing. */

static bool terminate_happens(struct world *w, const char *id)
{
	struct lab_instance *i = lab_instance_find(w, id);

	if (i)
		lab_instance_terminate(w, i);
	return i != NULL;
}

/* As with --force-delete: its instances end with it. */
static bool group_gone_happens(struct world *w, const char *group)
{
	struct lab_asg *g = lab_asg_of_group(w, group);

	if (g)
		lab_asg_remove(w, g);
	return g != NULL;
}

static bool spec_put(struct world *w, const char *group, const char *text)
{
	struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);
	char *key = xasprintf("%s/instancegroup/%s", w->cluster, group);
	bool ok = b && lab_object_get(b, key);

	if (ok && text)
		lab_object_put(w, b, key, text, strlen(text));
	else if (ok)
		lab_object_delete(w, b, key);
	free(key);
	return ok;
}

static bool spec_gone_happens(struct world *w, const char *group)
{
	return spec_put(w, group, NULL);
}

static bool spec_broken_happens(struct world *w, const char *group)
{
	return spec_put(w, group, "kind: InstanceGroup\nspec:\n  role: [Node\n");
}

static bool scaled_to_none_happens(struct world *w, const char *group)
{
	struct lab_asg *g = lab_asg_of_group(w, group);

	if (!g)
		return false;
	lab_asg_set_bounds(w, g, 0, -1);
	return lab_asg_set_desired(w, g, 0);
}

/* Another operator has applied something: the instances so far are out of date. */
static bool template_new_happens(struct world *w, const char *group)
{
	struct lab_asg *g = lab_asg_of_group(w, group);

	if (!g)
		return false;
	lab_template_add_version(w, g->template, lab_template_version(g->template, "$Latest"));
	return true;
}

/* Filled with what the launch template makes now. */
static bool warm_pool_happens(struct world *w, const char *group)
{
	struct lab_asg *g = lab_asg_of_group(w, group);

	if (!g)
		return false;
	g->warm = 1;
	lab_instance_launch_warm(w, g);
	return true;
}

/* Its kubelet stops reporting. */
static bool unready_happens(struct world *w, const char *node)
{
	struct lab_node n;

	if (!lab_node_get(w, node, &n))
		return false;
	sim_node_ready(w, node, false);
	return true;
}

static const struct {
	const char *name, *help;
	bool (*happens)(struct world *w, const char *thing);
} accidents[] = {
	{ "group-gone", "GROUP's Auto Scaling group is deleted with its instances",
		group_gone_happens },
	{ "scaled-to-none", "GROUP's Auto Scaling group is set to no instance",
		scaled_to_none_happens },
	{ "spec-broken", "GROUP's spec in the state store is no YAML any more",
		spec_broken_happens },
	{ "spec-gone", "GROUP's spec is deleted from the state store", spec_gone_happens },
	{ "template-new", "GROUP's launch template gets a new version", template_new_happens },
	{ "terminate", "the instance INSTANCE is terminated", terminate_happens },
	{ "unready", "NODE becomes NotReady", unready_happens },
	{ "warm-pool", "GROUP gets a warm pool of one stopped instance", warm_pool_happens },
};

static bool accident_is(struct world *w, const struct lab_pair *p, bool *known)
{
	for (size_t i = 0; i < sizeof(accidents) / sizeof(accidents[0]); i++) {
		if (!str_eq(accidents[i].name, p->name))
			continue;
		*known = true;
		return accidents[i].happens(w, p->value);
	}
	return false;
}

void lab_accident_handle(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	struct buf out = BUF_INIT;
	bool ok = true;

	for (size_t i = 0; str_eq(rq->method, "POST") && ok && i < rq->query.n; i++) {
		bool known = false;

		ok = accident_is(w, &rq->query.v[i], &known);
		if (!ok)
			buf_addf(&out, known ? "%s: there is no \"%s\"\n" : "there is no accident "
				"\"%s\" (%s)\n", rq->query.v[i].name, rq->query.v[i].value);
	}
	for (size_t i = 0; ok && i < sizeof(accidents) / sizeof(accidents[0]); i++)
		buf_addf(&out, "%-14s %s\n", accidents[i].name, accidents[i].help);
	lab_reply_text(rp, ok ? 200 : 400, "text/plain", "%s", buf_str(&out));
	buf_release(&out);
}
