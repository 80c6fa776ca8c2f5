/* SPDX-License-Identifier: Apache-2.0 */
/* The whole plan: every file and every launch template that the specs ask for. */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/store.h"

static char *tree_to_text(const struct tree *t)
{
	struct buf out = BUF_INIT;

	tree_write(t, &out);
	return buf_detach(&out);
}

/*
 * What nodeup gives the kubelet: the merged value (cluster < masterKubelet <
 * group).  An explicit 0 skips the formula and is then left out of the
 * kubelet's configuration, which means 110 (facts 2).
 */
static int32_t effective_max_pods(const struct tree *nodeup)
{
	int64_t v;

	if (!tree_int(nodeup, "KubeletConfig.maxPods", &v))
		return -1;
	return v == 0 ? 110 : v < 0 ? 0 : (int32_t)v;
}

static char *first_machine_type(const struct tree *group)
{
	const char *types = tree_text(group, "spec.machineType");

	return types ? xstrndup(types, strcspn(types, ",")) : xstrdup("t3.medium");
}

static void render_group(const struct store_specs *s, const struct tree *group,
	const struct tree *completed, const struct store_vars *v, struct store_plan *out)
{
	const char *role = store_group_role(group);
	struct store_group_plan g = {
		.group = xstrdup(store_group_name(group)),
		.asg = store_asg_name(s, group),
		.role = role,
		.machine_type = first_machine_type(group),
		.image = xstrdup(tree_text(group, "spec.image")),
	};
	struct store_vars mine = *v;
	struct tree *nodeup;
	char *text;

	mine.group = g.group;
	mine.type = g.machine_type;
	nodeup = store_nodeup(completed, group, &mine);
	text = tree_to_text(nodeup);
	g.max_pods = effective_max_pods(nodeup);
	g.user_data = store_user_data(group, &mine, text);
	store_group_size(group, &g.min, &g.max);
	store_plan_add(out, xasprintf("igconfig/%s/%s/nodeupconfig.yaml", role, g.group),
		xasprintf("ManagedFile/nodeupconfig-%s", g.group), text);
	tree_free(nodeup);
	out->groups = xgrow(out->groups, &out->cap_groups, out->n_groups, sizeof(*out->groups));
	out->groups[out->n_groups++] = g;
}

/* An addon whose webhooks need another one's certificates. */
static bool addon_needs(const struct store_specs *s, const char *field, const char *other,
	struct err *e)
{
	char *mine = xasprintf("spec.%s.enabled", field),
	     *its = xasprintf("spec.%s.enabled", other);
	bool ok = !str_eq(tree_text(s->cluster, mine), "true") ||
		str_eq(tree_text(s->cluster, its), "true");

	free(mine);
	free(its);
	return ok || err_set(e, ERR_REFUSED, "spec.%s.enabled: Forbidden: needs spec.%s.enabled "
		"to be true", field, other);
}

bool store_render(struct world *w, const struct store_specs *s, struct store_plan *out,
	struct err *e)
{
	char *base = xasprintf("s3://%s/%s", w->state_bucket, s->name);
	const char *version = tree_text(s->cluster, "spec.kubernetesVersion");
	struct store_vars v = { .cluster = s->name, .base = base, .region = w->region,
		.version = version ? version : "" };
	struct tree *completed;
	bool ok = true;

	memset(out, 0, sizeof(*out));
	if (!tree_at(s->cluster, "spec.networking.amazonvpc"))
		ok = err_set(e, ERR_REFUSED, "spec.networking: Required value: networking must be "
			"set (the lab's cloud runs amazonvpc only)");
	ok = ok && addon_needs(s, "awsLoadBalancerController", "certManager", e) &&
		addon_needs(s, "snapshotController", "certManager", e);
	for (size_t i = 0; ok && i < s->n; i++) {
		if (!store_group_role(s->groups[i]))
			ok = err_set(e, ERR_REFUSED, "instancegroup %s: unknown role %s",
				store_group_name(s->groups[i]),
				tree_text(s->groups[i], "spec.role"));
	}
	if (!ok) {
		free(base);
		return false;
	}
	completed = store_completed(s, &v);
	store_plan_add(out, xstrdup("cluster-completed.spec"),
		xstrdup("ManagedFile/cluster-completed.spec"), tree_to_text(completed));
	store_plan_add(out, xstrdup("kops-version.txt"), xstrdup("ManagedFile/kops-version.txt"),
		xstrdup(KOPS_LAB_VERSION));
	for (size_t i = 0; i < s->n; i++)
		render_group(s, s->groups[i], completed, &v, out);
	store_addons(completed, &v, out);
	store_manifests(s, &v, out);
	tree_free(completed);
	free(base);
	return true;
}
