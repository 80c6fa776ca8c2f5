/* SPDX-License-Identifier: Apache-2.0 */
/* The Deployment controller: a ReplicaSet per template, rolled within surge and unavailability. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

#define COMPONENT "deployment-controller"
#define REVISION "deployment.kubernetes.io/revision"

struct family { /* a Deployment's ReplicaSets */
	struct kobj *current;
	struct kobj **v;
	size_t n, cap;
	int64_t replicas, ready, available;
	int64_t revision; /* the highest */
};

static bool template_same(const json_t *rs, const json_t *deployment)
{
	json_t *a = json_deep_copy(json_path(rs, "spec.template"));
	json_t *labels = json_path(a, "metadata.labels");
	if (labels)
		json_object_del(labels, "pod-template-hash");
	bool same = json_equal(a, json_path(deployment, "spec.template"));
	json_decref(a);
	return same;
}

static int64_t rs_revision(const struct kobj *rs)
{
	int64_t revision = 0;
	const char *text = json_str(rs->json, "metadata.annotations.[" REVISION "]");
	return text && str_to_i64(text, 0, INT32_MAX, &revision) ? revision : 0;
}

static void family_load(struct world *w, const struct kobj *d, struct family *f)
{
	for (size_t i = kube_lower(w->kube, KUBE_REPLICASETS, d->ns, "");; i++) {
		struct kobj *o = kube_at(w->kube, KUBE_REPLICASETS, i);
		if (!o || strcmp(o->ns, d->ns) != 0)
			return;
		if (!str_eq(sim_owner(o->json), d->uid))
			continue;
		int64_t revision = rs_revision(o);
		f->revision = revision > f->revision ? revision : f->revision;
		if (!f->current && template_same(o->json, d->json)) {
			f->current = o;
		} else {
			f->v = xgrow(f->v, &f->cap, f->n, sizeof(struct kobj *));
			f->v[f->n++] = o;
		}
		f->replicas += json_int(o->json, "status.replicas", 0);
		f->ready += json_int(o->json, "status.readyReplicas", 0);
		f->available += json_int(o->json, "status.availableReplicas", 0);
	}
}

static struct kobj *rs_create(struct world *w, const struct kobj *d, int64_t revision)
{
	char hash[11];
	json_t *template = json_deep_copy(json_path(d->json, "spec.template"));
	json_t *selector = json_deep_copy(json_path(d->json, "spec.selector"));
	sim_template_hash(template, hash);
	json_object_set_new(json_path(template, "metadata.labels"), "pod-template-hash",
		json_string(hash));
	if (!json_object_get(selector, "matchLabels"))
		json_object_set_new(selector, "matchLabels", json_object());
	json_object_set_new(json_object_get(selector, "matchLabels"), "pod-template-hash",
		json_string(hash));
	json_t *j = json_pack("{s:{s:o, s:s, s:O, s:{s:o}, s:[{s:s, s:s, s:s, s:s, s:b, s:b}]}, "
		"s:{s:i, s:o, s:o}, s:{s:i}}", "metadata", "name", json_sprintf("%s-%s", d->name,
		hash),
		"namespace", d->ns, "labels", json_path(template, "metadata.labels"), "annotations",
		REVISION, json_sprintf("%lld", (long long)revision), "ownerReferences",
		"apiVersion",
		"apps/v1", "kind", "Deployment", "name", d->name, "uid", d->uid, "controller", 1,
		"blockOwnerDeletion", 1, "spec", "replicas", 0, "selector", selector, "template",
		template, "status", "replicas", 0);
	return kube_create(w->kube, KUBE_REPLICASETS, j);
}

/* A template that comes back becomes the newest revision. */
static void rs_revise(struct world *w, struct kobj *rs, int64_t newest)
{
	if (rs_revision(rs) >= newest)
		return;
	json_t *j = kube_edit(rs);
	json_object_set_new(json_path(j, "metadata.annotations"), REVISION,
		json_sprintf("%lld", (long long)newest + 1));
	kube_commit(w->kube, rs, j);
}

static void rs_scale(struct world *w, const struct kobj *d, struct kobj *rs, int64_t n)
{
	int64_t was = json_int(rs->json, "spec.replicas", 0);
	if (was == n)
		return;
	json_t *j = kube_edit(rs);
	json_object_set_new(json_object_get(j, "spec"), "replicas", json_integer(n));
	kube_commit(w->kube, rs, j);
	sim_event(w, d, "Normal", "ScalingReplicaSet", COMPONENT,
		"Scaled %s replica set %s from %lld to %lld", n > was ? "up" : "down", rs->name,
		(long long)was, (long long)n);
}

static void deployment_roll(struct world *w, const struct kobj *d, struct family *f, int64_t want)
{
	bool recreate = str_eq(json_str(d->json, "spec.strategy.type"), "Recreate");
	int64_t surge = sim_share(json_path(d->json, "spec.strategy.rollingUpdate.maxSurge"), want,
		true, 1);
	int64_t unavailable = sim_share(json_path(d->json,
		"spec.strategy.rollingUpdate.maxUnavailable"), want, false, 0);
	int64_t old = 0, now = json_int(f->current->json, "spec.replicas", 0);
	for (size_t i = 0; i < f->n; i++)
		old += json_int(f->v[i]->json, "spec.replicas", 0);
	if (old == 0 && (!recreate || f->replicas == json_int(f->current->json,
				 "status.replicas", 0))) {
		rs_scale(w, d, f->current, want);
		return;
	}
	int64_t spare = recreate ? 0 : want + surge - old - now;
	if (now > want)
		rs_scale(w, d, f->current, want);
	else if (spare > 0)
		rs_scale(w, d, f->current, now + spare > want ? want : now + spare);
	/* Old ones may go as far as enough stay available; those that are not cost nothing. */
	int64_t may_go = recreate ? old : f->available - (want - unavailable);
	for (size_t i = 0; i < f->n; i++) {
		int64_t n = json_int(f->v[i]->json, "spec.replicas", 0);
		int64_t broken = n - json_int(f->v[i]->json, "status.availableReplicas", 0);
		int64_t go = (may_go > 0 ? may_go : 0) + (broken > 0 ? broken : 0);
		if (go > n)
			go = n;
		if (go > 0)
			rs_scale(w, d, f->v[i], n - go);
		may_go -= go - (broken > 0 ? broken : 0);
	}
}

/* What its ReplicaSets could not make. */
static void deployment_failure(struct world *w, json_t *j, const struct family *f)
{
	size_t i;
	json_t *c, *list = json_path(j, "status.conditions");
	json_array_foreach(json_path(f->current->json, "status.conditions"), i, c) {
		if (str_eq(json_str(c, "type"), "ReplicaFailure")) {
			sim_condition(w, j, "ReplicaFailure", true, json_str(c, "reason"),
				json_str(c, "message"));
			return;
		}
	}
	json_array_foreach(list, i, c) {
		if (str_eq(json_str(c, "type"), "ReplicaFailure")) {
			json_array_remove(list, i);
			return;
		}
	}
}

static void deployment_status(struct world *w, struct kobj *d, const struct family *f, int64_t want)
{
	json_t *j = kube_edit(d), *s = json_object_get(j, "status");
	int64_t unavailable = sim_share(json_path(j, "spec.strategy.rollingUpdate.maxUnavailable"),
		want, false, 0);
	int64_t updated = json_int(f->current->json, "status.replicas", 0);
	const struct {
		const char *key;
		int64_t n;
	} counts[] = {
		{ "replicas", f->replicas }, { "updatedReplicas", updated },
		{ "readyReplicas", f->ready }, { "availableReplicas", f->available },
		{ "unavailableReplicas", f->replicas - f->available },
	};
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		if (counts[i].n > 0)
			json_object_set_new(s, counts[i].key, json_integer(counts[i].n));
		else
			json_object_del(s, counts[i].key);
	}
	json_object_set_new(s, "observedGeneration",
		json_integer(json_int(j, "metadata.generation", 1)));
	bool available = f->available >= want - unavailable;
	bool complete = updated == want && f->replicas == want && f->available >= want;
	sim_condition(w, j, "Available", available,
		available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
		available ? "Deployment has minimum availability." :
		"Deployment does not have minimum availability.");
	sim_condition(w, j, "Progressing", true,
		complete ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
		complete ? "ReplicaSet has successfully progressed." : "ReplicaSet is "
		"progressing.");
	deployment_failure(w, j, f);
	json_t *meta = json_object_get(j, "metadata");
	if (!json_object_get(meta, "annotations"))
		json_object_set_new(meta, "annotations", json_object());
	json_object_set(json_object_get(meta, "annotations"), REVISION,
		json_path(f->current->json, "metadata.annotations.[" REVISION "]"));
	kube_commit(w->kube, d, j);
}

static void deployment_sync(struct world *w, struct kobj *d)
{
	struct family f = { .current = NULL };
	int64_t want = json_int(d->json, "spec.replicas", 1);
	family_load(w, d, &f);
	if (!f.current)
		f.current = rs_create(w, d, f.revision + 1);
	else
		rs_revise(w, f.current, f.revision);
	if (f.current && !json_is_true(json_path(d->json, "spec.paused")))
		deployment_roll(w, d, &f, want);
	if (f.current)
		deployment_status(w, d, &f, want);
	free(f.v);
}

void sim_deployments_run(struct world *w)
{
	for (size_t i = 0; i < kube_count(w->kube, KUBE_DEPLOYMENTS); i++)
		deployment_sync(w, kube_at(w->kube, KUBE_DEPLOYMENTS, i));
}
