/* SPDX-License-Identifier: Apache-2.0 */
/* The ReplicaSet controller: as many pods as asked for. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/kube/quota.h"
#include "lab/sim/parts.h"

#define BURST 500 /* as the real one: so many at once */

struct set {
	struct kobj *rs;
	struct kobj **pods; /* active */
	size_t n, cap;
	int64_t ready, total;
};
struct sets {
	struct set *v;
	struct strmap *by_uid; /* borrowed from v */
	size_t n;
};

static void sets_load(struct world *w, struct sets *s)
{
	s->n = kube_count(w->kube, KUBE_REPLICASETS);
	s->v = xcalloc(s->n + 1, sizeof(*s->v));
	s->by_uid = strmap_new(NULL);
	for (size_t i = 0; i < s->n; i++) {
		s->v[i].rs = kube_at(w->kube, KUBE_REPLICASETS, i);
		strmap_set(s->by_uid, s->v[i].rs->uid, &s->v[i]);
	}
	for (size_t i = 0; i < kube_count(w->kube, KUBE_PODS); i++) {
		struct kobj *o = kube_at(w->kube, KUBE_PODS, i);
		const char *owner = sim_owner(o->json);
		struct set *set = owner ? strmap_get(s->by_uid, owner) : NULL;
		if (!set || !sim_pod_active(o))
			continue;
		set->pods = xgrow(set->pods, &set->cap, set->n, sizeof(struct kobj *));
		set->pods[set->n++] = o;
		set->ready += sim_condition_is(o->json, "Ready");
	}
}

/* Who goes first: without a node, not running, not ready, youngest. */
static int rank(const struct kobj *o)
{
	if (!json_str(o->json, "spec.nodeName"))
		return 0;
	if (str_eq(json_str(o->json, "status.phase"), "Pending"))
		return 1;
	return sim_condition_is(o->json, "Ready") ? 3 : 2;
}

static int doomed_compare(const void *a, const void *b)
{
	const struct kobj *x = *(struct kobj *const *)a, *y = *(struct kobj *const *)b;
	int rx = rank(x), ry = rank(y);
	if (rx != ry)
		return rx < ry ? -1 : 1;
	return x->seq > y->seq ? -1 : x->seq < y->seq;
}

static void set_status(struct world *w, struct set *s)
{
	json_t *j = kube_edit(s->rs), *st = json_object_get(j, "status");
	json_object_set_new(st, "replicas", json_integer((json_int_t)s->n));
	json_object_set_new(st, "fullyLabeledReplicas", json_integer((json_int_t)s->n));
	json_object_set_new(st, "readyReplicas", json_integer(s->ready));
	json_object_set_new(st, "availableReplicas", json_integer(s->ready));
	json_object_set_new(st, "observedGeneration",
		json_integer(json_int(j, "metadata.generation", 1)));
	kube_commit(w->kube, s->rs, j);
}

/* The condition that the real controller writes; words NULL: takes it away. */
static void set_failure(struct world *w, struct set *s, const char *words)
{
	json_t *j = kube_edit(s->rs), *st = json_object_get(j, "status"), *c;
	size_t i;
	if (words) {
		sim_condition(w, j, "ReplicaFailure", true, "FailedCreate", words);
	} else {
		json_array_foreach(json_object_get(st, "conditions"), i, c) {
			if (!str_eq(json_str(c, "type"), "ReplicaFailure"))
				continue;
			json_array_remove(json_object_get(st, "conditions"), i);
			break;
		}
	}
	kube_commit(w->kube, s->rs, j);
}

/* A quota says no: told once for the same words, though each try has another name. */
static bool set_refused(struct world *w, struct set *s)
{
	char suffix[6];
	char *why = quota_refuses(w->kube, s->rs->ns, json_path(s->rs->json, "spec.template"));
	if (!why) {
		return false;
	}
	const json_t *list = json_path(s->rs->json, "status.conditions");
	const char *was = json_str(json_array_get(list, 0), "message");
	if (!was || !str_ends(was, why)) {
		world_suffix(w, suffix, 5);
		char *words = xasprintf("pods \"%s-%s\" is forbidden: %s", s->rs->name, suffix,
			why);
		sim_event(w, s->rs, "Warning", "FailedCreate", "replicaset-controller",
			"Error creating: %s", words);
		set_failure(w, s, words);
		free(words);
	}
	free(why);
	return true;
}

static void set_sync(struct world *w, struct set *s)
{
	int64_t want = json_int(s->rs->json, "spec.replicas", 1);
	size_t made = 0;
	bool refused = false;
	for (; (int64_t)s->n < want && made < BURST; made++) {
		refused = set_refused(w, s);
		if (refused)
			break;
		struct kobj *o = sim_pod_create(w, s->rs, NULL, NULL);
		if (!o)
			break;
		s->pods = xgrow(s->pods, &s->cap, s->n, sizeof(struct kobj *));
		s->pods[s->n++] = o;
	}
	if ((int64_t)s->n > want) {
		size_t gone = s->n - (size_t)want;
		qsort(s->pods, s->n, sizeof(struct kobj *), doomed_compare);
		for (size_t i = 0; i < gone; i++) {
			s->ready -= sim_condition_is(s->pods[i]->json, "Ready");
			sim_event(w, s->rs, "Normal", "SuccessfulDelete", "replicaset-controller",
				"Deleted pod: %s", s->pods[i]->name);
			kube_object_delete(w->kube, s->pods[i], -1, PROPAGATE_BACKGROUND);
		}
		s->n -= gone;
	}
	if (!refused && sim_condition_is(s->rs->json, "ReplicaFailure"))
		set_failure(w, s, NULL);
	set_status(w, s);
}

void sim_replicasets_run(struct world *w)
{
	struct sets s;
	sets_load(w, &s);
	for (size_t i = 0; i < s.n; i++) {
		set_sync(w, &s.v[i]);
		free(s.v[i].pods);
	}
	strmap_free(s.by_uid);
	free(s.v);
	quotas_count(w->kube);
}
