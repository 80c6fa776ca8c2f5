/* SPDX-License-Identifier: Apache-2.0 */
/* Counting pods by domains, and judging a node by them. */
#include "core/rules/fit/peers.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/fit.h"

/* The lists that counts belong to; part of their keys. */
enum list { LIST_NEAR = 'n', LIST_APART = 'a', LIST_KEPT = 'k', LIST_SPREAD = 's' };

static const char no_value[] = ""; /* one address, like all other values of the model */

static const char *label_of(const struct label *v, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(v[i].key, key)) {
			return str_empty(v[i].value) ? no_value : v[i].value;
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

/* ---- counts ---- */

/* A domain is told by its value's address: the model keeps equal strings once. */
struct domain_count {
	const char *domain; /* NULL: free slot */
	uint32_t list, term;
	int64_t n;
};

static struct domain_count *count_slot(const struct fit_peers *p, enum list list, size_t term,
	const char *domain)
{
	uint64_t h = ((uintptr_t)domain ^ (uint64_t)term << 56 ^ (uint64_t)list << 48) *
		UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = (size_t)(h >> 24);; i++) {
		struct domain_count *c = &p->counts[i & (p->nslots - 1)];
		if (!c->domain || (c->domain == domain && c->list == (uint32_t)list &&
			c->term == (uint32_t)term)) {
			return c;
		}
	}
}

/* -1: no such domain. */
static int64_t count_get(const struct fit_peers *p, enum list list, size_t term,
	const char *domain)
{
	const struct domain_count *c = p->nslots ? count_slot(p, list, term, domain) : NULL;
	return c && c->domain ? c->n : -1;
}

static void counts_grow(struct fit_peers *p)
{
	struct domain_count *old = p->counts;
	size_t n = p->nslots;
	p->nslots = n ? n * 2 : 64;
	p->counts = xcalloc(p->nslots, sizeof *p->counts);
	for (size_t i = 0; i < n; i++) {
		if (old[i].domain) {
			*count_slot(p, (enum list)old[i].list, old[i].term, old[i].domain) = old[i];
		}
	}
	free(old);
}

static void count_add(struct fit_peers *p, enum list list, size_t term, const char *domain,
	int64_t by)
{
	if (p->ncounts * 2 >= p->nslots) {
		counts_grow(p);
	}
	struct domain_count *c = count_slot(p, list, term, domain);
	p->ncounts += !c->domain;
	c->domain = domain;
	c->list = list;
	c->term = (uint32_t)term;
	c->n += by;
}

static const char *node_domain(const struct m_node *n, const struct pod_term *t)
{
	return label_of(n->node.labels, n->node.nlabels, t->topology_key);
}

/* Adds the pods to their nodes' domains. */
static void count_members(struct fit_peers *p, const struct m_peers *q, enum list list,
	size_t term, const struct pod_term *t)
{
	for (const struct m_pod *o = q->first; o; o = o->next_peer) {
		const char *domain = o->bound ? node_domain(o->bound, t) : NULL;
		p->looked++;
		if (domain) {
			count_add(p, list, term, domain, 1);
			p->near_anywhere |= list == LIST_NEAR;
		}
	}
}

/* ---- topology spread ---- */

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

static void spread_domains(struct fit_peers *p, const struct model *m)
{
	const struct pod_shape *s = p->pod->shape;
	size_t n;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; s->nspread && i < n; i++) {
		p->looked++;
		for (size_t t = 0; t < s->nspread; t++) {
			if (spread_counts(p, &s->spread[t], nodes[i])) {
				count_add(p, LIST_SPREAD, t, node_domain(nodes[i], &s->spread[t]),
					0);
			}
		}
	}
}

static void count_spread(struct fit_peers *p, const struct m_peers *q, size_t term)
{
	const struct pod_term *t = &p->pod->shape->spread[term];
	for (const struct m_pod *o = q->first; o; o = o->next_peer) {
		const char *domain = o->bound && !o->pod.deletion ? node_domain(o->bound, t) : NULL;
		p->looked++;
		if (domain && count_get(p, LIST_SPREAD, term, domain) >= 0 &&
		    (p->spread_strays || spread_counts(p, t, o->bound))) {
			count_add(p, LIST_SPREAD, term, domain, 1);
		}
	}
}

static void spread_least(struct fit_peers *p)
{
	const struct pod_shape *s = p->pod->shape;
	p->spread_min = xcalloc(s->nspread ? s->nspread : 1, sizeof *p->spread_min);
	for (size_t t = 0; t < s->nspread; t++) {
		int64_t least = -1;
		int32_t domains = 0;
		for (size_t i = 0; i < p->nslots; i++) {
			const struct domain_count *c = &p->counts[i];
			if (c->domain && c->list == LIST_SPREAD && c->term == t) {
				least = least < 0 || c->n < least ? c->n : least;
				domains++;
			}
		}
		bool few = s->spread[t].min_domains > domains;
		p->spread_min[t] = least < 0 || few ? 0 : least;
	}
}

/*
 * Until 1.24 pods were counted on all nodes of a domain, also on those that the
 * pod may not use (kubernetes/kubernetes pull request 107009).
 */
static bool spread_has_strays(const struct model *m)
{
	const struct kube_server *s = model_server(m);
	int64_t minor;
	if (!s || !str_starts(s->version, "v1.")) {
		return false;
	}
	char *text = xstrndup(s->version + 3, strspn(s->version + 3, "0123456789"));
	bool old = str_to_i64(text, 0, 1000, &minor) && minor < 24;
	free(text);
	return old;
}

/* ---- all of it ---- */

static size_t kept_key(struct fit_peers *p, const char *key)
{
	for (size_t i = 0; i < p->nkept_keys; i++) {
		if (str_eq(p->kept_keys[i], key)) {
			return i;
		}
	}
	p->kept_keys = xrealloc(p->kept_keys, (p->nkept_keys + 1) * sizeof *p->kept_keys);
	p->kept_keys[p->nkept_keys] = key;
	return p->nkept_keys++;
}

/* Domains that pods which run keep the pod out of. */
static void count_kept(struct fit_peers *p, const struct m_peers *q)
{
	const struct pod_shape *s = q->keeps;
	for (size_t t = 0; t < s->napart; t++) {
		if (term_means(&s->apart[t], q->ns, p->pod)) {
			count_members(p, q, LIST_KEPT, kept_key(p, s->apart[t].topology_key),
				&s->apart[t]);
		}
	}
}

static void count_peers(struct fit_peers *p, const struct m_peers *q)
{
	const struct pod_shape *s = p->pod->shape;
	const struct pod *other = &q->first->pod; /* one stands for all */
	bool near = terms_mean(s->near, s->nnear, p->pod->ns, other);
	for (size_t i = 0; near && i < s->nnear; i++) {
		count_members(p, q, LIST_NEAR, i, &s->near[i]);
	}
	for (size_t i = 0; i < s->napart; i++) {
		if (term_means(&s->apart[i], p->pod->ns, other)) {
			count_members(p, q, LIST_APART, i, &s->apart[i]);
		}
	}
	for (size_t i = 0; i < s->nspread && str_eq(p->pod->ns, q->ns); i++) {
		if (term_selects(&s->spread[i], other)) {
			count_spread(p, q, i);
		}
	}
}

void fit_peers_init(struct fit_peers *p, const struct model *m, const struct pod *pod)
{
	const struct pod_shape *s = pod->shape;
	*p = (struct fit_peers){ .pod = pod };
	p->near_self = terms_mean(s->near, s->nnear, pod->ns, pod);
	p->spread_strays = s->nspread && spread_has_strays(m);
	fit_volumes_find(&p->volumes, m, pod);
	spread_domains(p, m);
	for (int keeps = 0; keeps < 2; keeps++) {
		size_t n;
		const struct m_peers *const *v = model_peers(m, keeps, &n);
		bool own = s->nnear || s->napart || s->nspread;
		for (size_t i = 0; i < n && (keeps || own); i++) {
			p->looked++;
			if (keeps) {
				count_kept(p, v[i]);
			}
			count_peers(p, v[i]);
		}
	}
	spread_least(p);
}

void fit_peers_release(struct fit_peers *p)
{
	fit_volumes_release(&p->volumes);
	free(p->counts);
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
		int64_t here = count_get(p, LIST_SPREAD, i, domain);
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
		if (count_get(p, LIST_NEAR, i, domain) <= 0) {
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
		if (domain && count_get(p, LIST_APART, i, domain) > 0) {
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
		if (domain && count_get(p, LIST_KEPT, i, domain) > 0) {
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
