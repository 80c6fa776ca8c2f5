/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The DaemonSet controller: one pod per node that it tolerates and selects;
 * a new template replaces them within maxUnavailable, old one deleted first.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

#define HASH "controller-revision-hash"

struct place { /* a node that should have a pod */
	const char *node;
	struct kobj *pod; /* active; NULL: none */
	bool leaving;     /* an old pod is still being deleted */
};
struct daemon {
	struct kobj *ds;
	char hash[11];
	struct place *v;
	size_t n;
	int64_t current, ready, updated;
};

static bool node_wanted(const json_t *spec, const json_t *node)
{
	size_t i;
	json_t *t;
	json_array_foreach(json_path(node, "spec.taints"), i, t) {
		const char *key = json_str(t, "key");
		/* The controller's own tolerations, which it gives its pods as well. */
		if (str_eq(json_str(t, "effect"), "PreferNoSchedule") ||
		    str_starts(key, "node.kubernetes.io/"))
			continue;
		if (!sim_tolerates(spec, t))
			return false;
	}
	return sim_node_matches(spec, node);
}

static void places_load(struct world *w, struct daemon *d)
{
	const json_t *spec = json_path(d->ds->json, "spec.template.spec");
	d->v = xcalloc(kube_count(w->kube, KUBE_NODES) + 1, sizeof(*d->v));
	for (size_t i = 0; i < kube_count(w->kube, KUBE_NODES); i++) {
		const struct kobj *o = kube_at(w->kube, KUBE_NODES, i);
		if (node_wanted(spec, o->json))
			d->v[d->n++].node = o->name;
	}
}

static struct place *place_find(struct daemon *d, const char *node)
{
	for (size_t i = 0; node && i < d->n; i++) {
		if (strcmp(d->v[i].node, node) == 0)
			return &d->v[i];
	}
	return NULL;
}

/* The node a pod is on, or pinned to while it waits. */
static const char *pod_target(const json_t *pod)
{
	const char *node = json_str(pod, "spec.nodeName");
	const json_t *terms = json_path(pod, "spec.affinity.nodeAffinity."
		"requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms");
	const json_t *field = json_array_get(json_object_get(json_array_get(terms, 0),
		"matchFields"), 0);
	return node ? node :
		json_string_value(json_array_get(json_object_get(field, "values"), 0));
}

static void pods_load(struct world *w, struct daemon *d)
{
	for (size_t i = kube_count(w->kube, KUBE_PODS); i-- > 0;) {
		struct kobj *o = kube_at(w->kube, KUBE_PODS, i);
		if (!o || !str_eq(sim_owner(o->json), d->ds->uid))
			continue;
		struct place *p = place_find(d, pod_target(o->json));
		if (sim_pod_finished(o) || (sim_pod_active(o) && (!p || p->pod))) {
			kube_object_delete(w->kube, o, -1, PROPAGATE_BACKGROUND);
		} else if (p && sim_pod_active(o)) {
			p->pod = o;
		} else if (p) {
			p->leaving = true;
		}
	}
}

static bool pod_is_new(const struct daemon *d, const struct kobj *pod)
{
	return str_eq(json_str(pod->json, "metadata.labels." HASH), d->hash);
}

static void pods_create(struct world *w, struct daemon *d)
{
	json_t *labels = json_pack("{s:s, s:o}", HASH, d->hash, "pod-template-generation",
		json_sprintf("%lld", (long long)json_int(d->ds->json, "metadata.generation", 1)));
	for (size_t i = 0; i < d->n; i++) {
		if (!d->v[i].pod && !d->v[i].leaving)
			d->v[i].pod = sim_pod_create(w, d->ds, labels, d->v[i].node);
	}
	json_decref(labels);
}

/* Old pods that are not ready cost nothing; of the others as many as may be away. */
static void pods_roll(struct world *w, struct daemon *d)
{
	if (str_eq(json_str(d->ds->json, "spec.updateStrategy.type"), "OnDelete"))
		return;
	int64_t may = sim_share(json_path(d->ds->json,
		"spec.updateStrategy.rollingUpdate.maxUnavailable"), (int64_t)d->n, true, 1);
	for (size_t i = 0; i < d->n; i++)
		may -= !d->v[i].pod || !sim_condition_is(d->v[i].pod->json, "Ready");
	for (size_t i = 0; i < d->n; i++) {
		struct kobj *o = d->v[i].pod;
		if (!o || pod_is_new(d, o))
			continue;
		if (sim_condition_is(o->json, "Ready")) {
			if (may <= 0)
				continue;
			may--;
		}
		sim_event(w, d->ds, "Normal", "SuccessfulDelete", "daemonset-controller",
			"Deleted pod: %s", o->name);
		kube_object_delete(w->kube, o, -1, PROPAGATE_BACKGROUND);
		d->v[i].pod = NULL;
	}
}

static void status_put(struct world *w, struct daemon *d)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct kobj *o = d->v[i].pod;
		if (!o)
			continue;
		d->current++;
		d->ready += sim_condition_is(o->json, "Ready");
		d->updated += pod_is_new(d, o);
	}
	json_t *j = kube_edit(d->ds), *s = json_object_get(j, "status");
	const struct {
		const char *key;
		int64_t n;
	} counts[] = {
		{ "currentNumberScheduled", d->current }, { "numberMisscheduled", 0 },
		{ "desiredNumberScheduled", (int64_t)d->n }, { "numberReady", d->ready },
		{ "observedGeneration", json_int(j, "metadata.generation", 1) },
		{ "updatedNumberScheduled", d->updated }, { "numberAvailable", d->ready },
		{ "numberUnavailable", (int64_t)d->n - d->ready },
	};
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		json_object_set_new(s, counts[i].key, json_integer(counts[i].n));
	if (d->ready == (int64_t)d->n)
		json_object_del(s, "numberUnavailable");
	kube_commit(w->kube, d->ds, j);
}

static void daemon_sync(struct world *w, struct kobj *o)
{
	struct daemon d = { .ds = o };
	sim_template_hash(json_path(o->json, "spec.template"), d.hash);
	places_load(w, &d);
	pods_load(w, &d);
	pods_create(w, &d);
	pods_roll(w, &d);
	status_put(w, &d);
	free(d.v);
}

void sim_daemonsets_run(struct world *w)
{
	for (size_t i = 0; i < kube_count(w->kube, KUBE_DAEMONSETS); i++)
		daemon_sync(w, kube_at(w->kube, KUBE_DAEMONSETS, i));
}
