/* SPDX-License-Identifier: Apache-2.0 */
/* Counting pods by domains, and judging a node by them. */
#include "core/rules/fit-peers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/fit.h"

/* The lists that counts belong to; part of their keys. */
enum list { LIST_NEAR = 'n', LIST_APART = 'a', LIST_KEPT = 'k', LIST_SPREAD = 's' };

static const char *label_of(const struct label *v, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].key, key)) {
			return v[i].value ? v[i].value : "";
		}
	}
	return NULL;
}

static bool requirement_selects(const struct requirement *r, const struct pod *p)
{
	const char *have = label_of(p->labels, p->nlabels, r->key);
	bool in = false;
	for (size_t i = 0; have && i < r->nvalues; i++) {
		in |= !strcmp(have, r->values[i] ? r->values[i] : "");
	}
	if (str_eq(r->op, "In")) {
		return in;
	}
	if (str_eq(r->op, "NotIn")) {
		return !in;
	}
	return str_eq(r->op, "Exists") ? have != NULL : str_eq(r->op, "DoesNotExist") && !have;
}

static bool term_selects(const struct pod_term *t, const struct pod *p)
{
	for (size_t i = 0; i < t->nreqs; i++) {
		if (!requirement_selects(&t->reqs[i], p)) {
			return false;
		}
	}
	return !(t->flags & TERM_NO_SELECTOR);
}

/* Whether a term of a pod in namespace ns means p. */
static bool term_means(const struct pod_term *t, const char *ns, const struct pod *p)
{
	bool in = (t->flags & TERM_ALL_NAMESPACES) || (!t->nnamespaces && str_eq(ns, p->ns));
	for (size_t i = 0; i < t->nnamespaces; i++) {
		in |= str_eq(t->namespaces[i], p->ns);
	}
	return in && term_selects(t, p);
}

static bool terms_mean(const struct pod_term *t, size_t n, const char *ns, const struct pod *p)
{
	for (size_t i = 0; i < n; i++) {
		if (!term_means(&t[i], ns, p)) {
			return false;
		}
	}
	return n > 0;
}

static bool pod_over(const struct pod *p)
{
	return p->phase == POD_SUCCEEDED || p->phase == POD_FAILED;
}

/* ---- counts ---- */

#define KEY_SIZE 700 /* a label's key and value have at most 317 and 63 bytes */

static void count_key(char out[KEY_SIZE], enum list list, size_t term, const char *key,
	const char *value)
{
	snprintf(out, KEY_SIZE, "%c%zu %s=%s", (char)list, term, key ? key : "", value);
}

static int64_t count_get(const struct fit_peers *p, enum list list, size_t term, const char *key,
	const char *value)
{
	char k[KEY_SIZE];
	count_key(k, list, term, key, value);
	/* Kept one higher, so that a domain without pods is told from none. */
	return (int64_t)(uintptr_t)strmap_get(p->counts, k) - 1;
}

static void count_add(struct fit_peers *p, enum list list, size_t term, const char *key,
	const char *value, int64_t by)
{
	char k[KEY_SIZE];
	count_key(k, list, term, key, value);
	uintptr_t was = (uintptr_t)strmap_get(p->counts, k);
	strmap_set(p->counts, k, (void *)(was ? was + (uintptr_t)by : (uintptr_t)(1 + by)));
}

static const char *node_domain(const struct m_node *n, const struct pod_term *t)
{
	return label_of(n->node.labels, n->node.nlabels, t->topology_key);
}

static void count_near(struct fit_peers *p, const struct m_node *n, const struct pod *other)
{
	const struct pod_shape *s = p->pod->shape;
	if (!terms_mean(s->near, s->nnear, p->pod->ns, other)) {
		return;
	}
	for (size_t i = 0; i < s->nnear; i++) {
		const char *domain = node_domain(n, &s->near[i]);
		if (domain) {
			count_add(p, LIST_NEAR, 0, s->near[i].topology_key, domain, 1);
			p->near_anywhere = true;
		}
	}
}

static void count_apart(struct fit_peers *p, const struct m_node *n, const struct pod *other)
{
	const struct pod_shape *s = p->pod->shape;
	for (size_t i = 0; i < s->napart; i++) {
		const char *domain = node_domain(n, &s->apart[i]);
		if (domain && term_means(&s->apart[i], p->pod->ns, other)) {
			count_add(p, LIST_APART, i, s->apart[i].topology_key, domain, 1);
		}
	}
}

/* A spread constraint looks at nodes that the pod may use and that have every constraint's key. */
static bool spread_counts(const struct fit_peers *p, const struct pod_term *t,
	const struct m_node *n)
{
	const struct pod_shape *s = p->pod->shape;
	for (size_t i = 0; i < s->nspread; i++) {
		if (!node_domain(n, &s->spread[i])) {
			return false;
		}
	}
	if (!(t->flags & TERM_ANY_NODE) && !shape_selects(s, n)) {
		return false;
	}
	for (size_t i = 0; (t->flags & TERM_HONOR_TAINTS) && i < n->node.ntaints; i++) {
		if (!str_eq(n->node.taints[i].effect, "PreferNoSchedule") &&
		    !shape_tolerates(s, &n->node.taints[i])) {
			return false;
		}
	}
	return true;
}

static void count_spread(struct fit_peers *p, const struct m_node *n)
{
	const struct pod_shape *s = p->pod->shape;
	for (size_t i = 0; i < s->nspread; i++) {
		const struct pod_term *t = &s->spread[i];
		int64_t here = 0;
		if (!spread_counts(p, t, n)) {
			continue;
		}
		for (const struct m_pod *o = n->pods; o; o = o->next_on_node) {
			here += !pod_over(&o->pod) && !o->pod.deletion &&
				str_eq(o->pod.ns, p->pod->ns) && term_selects(t, &o->pod);
		}
		count_add(p, LIST_SPREAD, i, t->topology_key, node_domain(n, t), here);
	}
}

static void spread_least(struct fit_peers *p)
{
	const struct pod_shape *s = p->pod->shape;
	p->spread_min = xcalloc(s->nspread ? s->nspread : 1, sizeof *p->spread_min);
	for (size_t i = 0; i < s->nspread; i++) {
		char prefix[32];
		size_t pos = 0;
		int64_t least = -1;
		int32_t domains = 0;
		const char *key;
		void *value;
		snprintf(prefix, sizeof prefix, "%c%zu ", LIST_SPREAD, i);
		while (strmap_next(p->counts, &pos, &key, &value)) {
			if (str_starts(key, prefix)) {
				int64_t v = (int64_t)(uintptr_t)value - 1;
				least = least < 0 || v < least ? v : least;
				domains++;
			}
		}
		bool few = s->spread[i].min_domains > domains;
		p->spread_min[i] = least < 0 || few ? 0 : least;
	}
}

static void kept_key(struct fit_peers *p, const char *key)
{
	for (size_t i = 0; i < p->nkept_keys; i++) {
		if (str_eq(p->kept_keys[i], key)) {
			return;
		}
	}
	p->kept_keys = xrealloc(p->kept_keys, (p->nkept_keys + 1) * sizeof *p->kept_keys);
	p->kept_keys[p->nkept_keys++] = key;
}

/* Domains that pods which run keep the pod out of. */
static void count_kept(struct fit_peers *p, const struct fit_keepers *k)
{
	for (size_t i = 0; k && i < k->n; i++) {
		const struct m_pod *o = k->v[i];
		const struct pod_shape *s = o->pod.shape;
		for (size_t t = 0; t < s->napart; t++) {
			const char *domain = node_domain(o->bound, &s->apart[t]);
			if (domain && term_means(&s->apart[t], o->pod.ns, p->pod)) {
				count_add(p, LIST_KEPT, 0, s->apart[t].topology_key, domain, 1);
				kept_key(p, s->apart[t].topology_key);
			}
		}
	}
}

void fit_keepers_find(const struct model *m, struct fit_keepers *out)
{
	size_t n;
	const struct m_pod *const *pods = model_pods(m, &n);
	*out = (struct fit_keepers){ .n = 0 };
	for (size_t i = 0; i < n; i++) {
		if (pods[i]->bound && pods[i]->pod.shape->napart && !pod_over(&pods[i]->pod)) {
			out->v = xgrow(out->v, &out->cap, out->n, sizeof *out->v);
			out->v[out->n++] = pods[i];
		}
	}
}

void fit_keepers_release(struct fit_keepers *k)
{
	free(k->v);
	*k = (struct fit_keepers){ .n = 0 };
}

void fit_peers_init(struct fit_peers *p, const struct model *m, const struct pod *pod,
	const struct fit_keepers *k)
{
	const struct pod_shape *s = pod->shape;
	*p = (struct fit_peers){ .pod = pod, .counts = strmap_new(NULL) };
	p->near_self = terms_mean(s->near, s->nnear, pod->ns, pod);
	count_kept(p, k);
	size_t n = 0;
	const struct m_node *const *nodes = model_nodes(m, &n);
	if (!s->nnear && !s->napart && !s->nspread) {
		n = 0;
	}
	for (size_t i = 0; i < n; i++) {
		count_spread(p, nodes[i]);
		for (const struct m_pod *o = nodes[i]->pods; o; o = o->next_on_node) {
			if ((s->nnear || s->napart) && !pod_over(&o->pod)) {
				count_near(p, nodes[i], &o->pod);
				count_apart(p, nodes[i], &o->pod);
			}
		}
	}
	spread_least(p);
}

void fit_peers_release(struct fit_peers *p)
{
	if (p->counts) {
		strmap_free(p->counts);
	}
	free(p->spread_min);
	free(p->kept_keys);
	*p = (struct fit_peers){ .pod = NULL };
}

/* ---- one node ---- */

static bool spread_refuses(const struct fit_peers *p, const struct m_node *n, const char **key)
{
	const struct pod_shape *s = p->pod->shape;
	for (size_t i = 0; i < s->nspread; i++) {
		const struct pod_term *t = &s->spread[i];
		const char *domain = node_domain(n, t);
		*key = t->topology_key;
		if (!domain) {
			return true;
		}
		int64_t here = count_get(p, LIST_SPREAD, i, t->topology_key, domain);
		here = here > 0 ? here : 0;
		if (here + term_selects(t, p->pod) - p->spread_min[i] > t->max_skew) {
			return true;
		}
	}
	return false;
}

static bool near_refuses(const struct fit_peers *p, const struct m_node *n, const char **key)
{
	const struct pod_shape *s = p->pod->shape;
	bool there = true;
	for (size_t i = 0; i < s->nnear; i++) {
		const char *domain = node_domain(n, &s->near[i]);
		if (!domain) {
			*key = s->near[i].topology_key;
			return true;
		}
		if (count_get(p, LIST_NEAR, 0, s->near[i].topology_key, domain) <= 0) {
			*key = s->near[i].topology_key;
			there = false;
		}
	}
	return !there && (p->near_anywhere || !p->near_self);
}

static bool apart_refuses(const struct fit_peers *p, const struct m_node *n, const char **key)
{
	const struct pod_shape *s = p->pod->shape;
	for (size_t i = 0; i < s->napart; i++) {
		const char *domain = node_domain(n, &s->apart[i]);
		*key = s->apart[i].topology_key;
		if (domain && count_get(p, LIST_APART, i, *key, domain) > 0) {
			return true;
		}
	}
	return false;
}

static bool kept_refuses(const struct fit_peers *p, const struct m_node *n, const char **key)
{
	for (size_t i = 0; i < p->nkept_keys; i++) {
		*key = p->kept_keys[i];
		const char *domain = label_of(n->node.labels, n->node.nlabels, *key);
		if (domain && count_get(p, LIST_KEPT, 0, *key, domain) > 0) {
			return true;
		}
	}
	return false;
}

enum reason_kind fit_peers_judge(const struct fit_peers *p, const struct m_node *n,
	const char **key)
{
	*key = NULL;
	if (spread_refuses(p, n, key)) {
		return REASON_TOPOLOGY_SPREAD;
	}
	if (near_refuses(p, n, key)) {
		return REASON_POD_AFFINITY;
	}
	if (apart_refuses(p, n, key)) {
		return REASON_POD_ANTI_AFFINITY;
	}
	return kept_refuses(p, n, key) ? REASON_EXISTING_ANTI_AFFINITY : REASON_OTHER;
}

static bool terms_complex(const struct pod_term *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (t[i].flags & TERM_COMPLEX) {
			return true;
		}
	}
	return false;
}

bool fit_peers_blind(const struct pod_shape *s)
{
	return (s->pod_affinity && !s->nnear) || (s->pod_anti_affinity && !s->napart) ||
		(s->topology_spread && !s->nspread) || terms_complex(s->near, s->nnear) ||
		terms_complex(s->apart, s->napart);
}
