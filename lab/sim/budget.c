/* SPDX-License-Identifier: Apache-2.0 */
/* The disruption controller: how many pods of a budget may be away now. */
#include <string.h>

#include "core/base/json.h"
#include "lab/kube/select.h"
#include "lab/sim/parts.h"

static void budget_sync(struct world *w, struct kobj *b)
{
	int64_t expected = 0, healthy = 0, desired;
	for (size_t i = kube_lower(w->kube, KUBE_PODS, b->ns, "");; i++) {
		const struct kobj *o = kube_at(w->kube, KUBE_PODS, i);
		if (!o || strcmp(o->ns, b->ns) != 0)
			break;
		if (!select_labels(json_path(b->json, "spec.selector"),
			    json_path(o->json, "metadata.labels")) || !sim_pod_active(o))
			continue;
		expected++;
		healthy += sim_condition_is(o->json, "Ready");
	}
	const json_t *max = json_path(b->json, "spec.maxUnavailable");
	const json_t *min = json_path(b->json, "spec.minAvailable");
	if (max)
		desired = expected - sim_share(max, expected, true, 0);
	else
		desired = sim_share(min, expected, true, 1);
	desired = desired < 0 ? 0 : desired;
	json_t *j = kube_edit(b), *s = json_object_get(j, "status");
	int64_t allowed = healthy > desired ? healthy - desired : 0;
	json_object_set_new(s, "expectedPods", json_integer(expected));
	json_object_set_new(s, "currentHealthy", json_integer(healthy));
	json_object_set_new(s, "desiredHealthy", json_integer(desired));
	json_object_set_new(s, "disruptionsAllowed", json_integer(allowed));
	json_object_set_new(s, "observedGeneration",
		json_integer(json_int(j, "metadata.generation", 1)));
	sim_condition(w, j, "DisruptionAllowed", allowed > 0,
		allowed > 0 ? "SufficientPods" : "InsufficientPods", "");
	kube_commit(w->kube, b, j);
}

void sim_budgets_run(struct world *w)
{
	for (size_t i = 0; i < kube_count(w->kube, KUBE_PDBS); i++)
		budget_sync(w, kube_at(w->kube, KUBE_PDBS, i));
}
