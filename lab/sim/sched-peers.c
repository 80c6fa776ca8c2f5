/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The scheduler's filters that look beyond one node: volumes, topology spread,
 * pod affinity and anti-affinity.  Label selectors with matchLabels, and terms
 * of the pod's own namespace, are enough for the lab.
 */
#include "lab/sim/sched.h"

#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/select.h"
#include "lab/sim/parts.h"

#define REQUIRED ".requiredDuringSchedulingIgnoredDuringExecution"

static const json_t *label_of(const json_t *object, const char *key)
{
	return json_object_get(json_path(object, "metadata.labels"), key);
}

static const char *domain_of(const struct sched_node *n, const json_t *term)
{
	return json_string_value(label_of(n->node->json, json_str(term, "topologyKey") ?
		json_str(term, "topologyKey") : ""));
}

/* The term of a pod in namespace ns means this pod. */
static bool term_means(const json_t *term, const char *ns, const struct kobj *pod)
{
	const json_t *want = json_path(term, "labelSelector.matchLabels");
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)want, key, value) {
		if (!json_equal(label_of(pod->json, key), value))
			return false;
	}
	return json_path(term, "labelSelector") && strcmp(ns, pod->ns) == 0;
}

/* Pods that the term means, in the same domain as n (domain NULL: anywhere). */
static size_t term_count(const struct sched *s, const json_t *term, const char *ns,
	const char *domain)
{
	size_t count = 0;
	for (size_t i = 0; i < s->n; i++) {
		const char *here = domain_of(&s->v[i], term);
		if (!here || (domain && strcmp(here, domain) != 0))
			continue;
		for (size_t k = 0; k < s->v[i].n_pods; k++)
			count += term_means(term, ns, s->v[i].pods[k]);
	}
	return count;
}

/* ---- spread ---- */

static bool spread_refuses(const struct sched *s, const struct kobj *pod,
	const struct sched_node *n, const json_t *term)
{
	const json_t *spec = json_object_get(pod->json, "spec");
	const char *domain = domain_of(n, term);
	int64_t least = -1, here = 0;
	if (!domain)
		return true;
	for (size_t i = 0; i < s->n; i++) {
		const char *d = domain_of(&s->v[i], term);
		if (!d || !sim_node_matches(spec, s->v[i].node->json))
			continue;
		int64_t count = (int64_t)term_count(s, term, pod->ns, d);
		least = least < 0 || count < least ? count : least;
		here = strcmp(d, domain) == 0 ? count : here;
	}
	return here + term_means(term, pod->ns, pod) - least > json_int(term, "maxSkew", 1);
}

static bool spread_keeps_out(const struct sched *s, const struct kobj *pod,
	const struct sched_node *n)
{
	size_t i;
	json_t *term;
	json_array_foreach(json_path(pod->json, "spec.topologySpreadConstraints"), i, term) {
		if (str_eq(json_str(term, "whenUnsatisfiable"), "DoNotSchedule") &&
		    spread_refuses(s, pod, n, term))
			return true;
	}
	return false;
}

/* ---- affinity ---- */

static bool near_keeps_out(const struct sched *s, const struct kobj *pod,
	const struct sched_node *n)
{
	size_t i;
	json_t *term;
	json_array_foreach(json_path(pod->json, "spec.affinity.podAffinity" REQUIRED), i, term) {
		const char *domain = domain_of(n, term);
		bool first = term_means(term, pod->ns, pod) && !term_count(s, term, pod->ns, NULL);
		if (!domain || (!first && !term_count(s, term, pod->ns, domain)))
			return true;
	}
	return false;
}

static bool apart_keeps_out(const struct sched *s, const struct kobj *pod,
	const struct sched_node *n)
{
	size_t i;
	json_t *term;
	json_array_foreach(json_path(pod->json, "spec.affinity.podAntiAffinity" REQUIRED), i,
		term) {
		const char *domain = domain_of(n, term);
		if (domain && term_count(s, term, pod->ns, domain))
			return true;
	}
	return false;
}

/* A pod that runs keeps this one away. */
static bool others_keep_out(const struct sched *s, const struct kobj *pod,
	const struct sched_node *n)
{
	for (size_t i = 0; i < s->n; i++) {
		for (size_t k = 0; k < s->v[i].n_pods; k++) {
			const struct kobj *o = s->v[i].pods[k];
			size_t t;
			json_t *term;
			json_array_foreach(json_path(o->json,
				"spec.affinity.podAntiAffinity" REQUIRED), t, term) {
				const char *there = domain_of(&s->v[i], term);
				const char *here = domain_of(n, term);
				if (there && here && strcmp(there, here) == 0 &&
				    term_means(term, o->ns, pod))
					return true;
			}
		}
	}
	return false;
}

/* ---- volumes ---- */

/* The claim's volume cannot be reached from there: its own node affinity says so. */
static bool volume_elsewhere(struct kube *k, const struct kobj *pod, const struct sched_node *n)
{
	size_t i, t;
	json_t *v, *term;
	json_array_foreach(json_path(pod->json, "spec.volumes"), i, v) {
		const char *claim = json_str(v, "persistentVolumeClaim.claimName");
		const struct kobj *c = claim ? kube_find(k, KUBE_PVCS, pod->ns, claim) : NULL;
		const char *name = c ? json_str(c->json, "spec.volumeName") : NULL;
		const struct kobj *pv = name ? kube_find(k, KUBE_PVS, "", name) : NULL;
		const json_t *terms = pv ? json_path(pv->json,
			"spec.nodeAffinity.required.nodeSelectorTerms") : NULL;
		bool here = json_array_size(terms) == 0;
		json_array_foreach(terms, t, term)
			here = here || select_node_term(term, n->node->json);
		if (!here)
			return true;
	}
	return false;
}

char *sched_claims_refuse(struct kube *k, const struct kobj *pod)
{
	size_t i;
	json_t *v;
	json_array_foreach(json_path(pod->json, "spec.volumes"), i, v) {
		const char *claim = json_str(v, "persistentVolumeClaim.claimName");
		if (!claim)
			continue;
		const struct kobj *c = kube_find(k, KUBE_PVCS, pod->ns, claim);
		if (!c)
			return xasprintf("persistentvolumeclaim \"%s\" not found", claim);
		if (!json_str(c->json, "spec.volumeName"))
			return xstrdup("pod has unbound immediate PersistentVolumeClaims");
	}
	return NULL;
}

bool sched_peers_refuse(const struct sched *s, const struct kobj *pod, struct sched_node *n,
	struct buf *why)
{
	if (volume_elsewhere(s->kube, pod, n)) {
		buf_adds(why, "node(s) didn't match PersistentVolume's node affinity");
		return true;
	}
	if (spread_keeps_out(s, pod, n)) {
		n->soft = true;
		buf_adds(why, "node(s) didn't match pod topology spread constraints");
		return true;
	}
	if (near_keeps_out(s, pod, n)) {
		buf_adds(why, "node(s) didn't match pod affinity rules");
		return true;
	}
	n->soft = true;
	if (apart_keeps_out(s, pod, n)) {
		buf_adds(why, "node(s) didn't match pod anti-affinity rules");
		return true;
	}
	if (s->kept && others_keep_out(s, pod, n)) {
		buf_adds(why, "node(s) didn't satisfy existing pods anti-affinity rules");
		return true;
	}
	n->soft = false;
	return false;
}
