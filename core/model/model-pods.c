/* SPDX-License-Identifier: Apache-2.0 */
/* Pods: their storage, the chain and the counts of their nodes. */
#include "core/model/model-private.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/model/uid.h"

/*
 * Name, uid and address of a pod are its own, so they lie behind it instead of
 * in the pool: at 150,000 pods that saves the pool's headers.  What is longer than
 * any server allows, and an address that comes later and does not fit, go to the
 * pool after all.
 */
struct pod_rec {
	struct m_pod pub;
	char strings[]; /* uid, name, then room for the address to the end */
};

#define IPV4_ROOM 16
#define OWN_MAX 512

static bool pod_holds(const struct pod_rec *r, const char *s)
{
	return s && s >= r->strings && s < (const char *)r + keyed_rec_size(r);
}

/* 0: too long to lie behind the pod. */
static size_t own_size(const char *s)
{
	size_t n = strlen(s) + 1;
	return n > OWN_MAX ? 0 : n;
}

static const char *own_put(struct model *m, char **at, const char *s)
{
	size_t n = own_size(s);
	char *to = *at;
	*at += n;
	return n ? memcpy(to, s, n) : pool_str(m->pool, s);
}

static char *pod_ip_room(struct pod_rec *r, size_t *room)
{
	const struct pod *p = &r->pub.pod;
	char *at = r->strings;
	at += pod_holds(r, p->uid) ? strlen(p->uid) + 1 : 0;
	at += pod_holds(r, p->name) ? strlen(p->name) + 1 : 0;
	*room = keyed_rec_size(r) - (size_t)(at - (const char *)r);
	return at;
}

/* The pod without its address. */
static struct pod_rec *pod_rec_new(struct model *m, const struct pod *p, const char *ip)
{
	char packed[UID_PACKED_SIZE];
	const char *uid = uid_pack(p->uid, packed);
	size_t nip = ip ? strlen(ip) + 1 : IPV4_ROOM;
	nip = nip > IPV4_ROOM ? 0 : nip;
	struct pod_rec *r = keyed_new_rec(&m->pod_slab,
		sizeof *r + own_size(uid) + own_size(p->name) + nip);
	char *at = r->strings;
	r->pub.pod = *p;
	r->pub.pod.uid = own_put(m, &at, uid);
	r->pub.pod.name = own_put(m, &at, p->name);
	r->pub.pod.ip = NULL;
	return r;
}

static void pod_drop_own(struct model *m, const struct pod_rec *r, const char *s)
{
	if (!pod_holds(r, s)) {
		pool_drop_str(m->pool, s);
	}
}

static const char *pod_take_ip(struct model *m, struct pod_rec *r, const char *ip)
{
	const char *old = r->pub.pod.ip;
	if (str_eq(old, ip)) {
		return old;
	}
	pod_drop_own(m, r, old);
	size_t room;
	char *at = pod_ip_room(r, &room);
	if (!ip || strlen(ip) >= room) {
		return pool_str(m->pool, ip);
	}
	return memcpy(at, ip, strlen(ip) + 1);
}

/* Adds (sign 1) or takes away (-1) what the pod means to the node. */
static void node_count(struct m_node *n, const struct pod *p, int sign)
{
	if (p->phase == POD_SUCCEEDED || p->phase == POD_FAILED) {
		return;
	}
	n->npods += sign;
	n->nhost_network += (p->flags & POD_HOST_NETWORK) ? sign : 0;
	n->ndaemon += (p->flags & POD_DAEMON) ? sign : 0;
	n->nmirror += (p->flags & POD_MIRROR) ? sign : 0;
	n->nterminating += p->deletion ? sign : 0;
	n->cpu_milli += sign * p->shape->cpu_milli;
	n->memory += sign * p->shape->memory;
}

static struct m_node *pod_host(struct model *m, const struct m_pod *p)
{
	return p->bound ? p->bound : keyed_find(&m->ghosts, p->pod.node, NULL);
}

static bool pod_waits(const struct pod *p)
{
	return str_empty(p->node) && p->phase == POD_PENDING && !p->deletion;
}

/* Puts the pod among those that may wait, or takes it out, as it is now. */
static void pod_list_waiting(struct model *m, struct m_pod *p, bool present)
{
	bool now = present && (p->pod.phase == POD_PENDING || p->pod.phase == POD_FAILED);
	if (now == (p->waits_at > 0)) {
		return;
	}
	if (now) {
		m->waiting = xgrow(m->waiting, &m->waiting_cap, m->nwaiting, sizeof *m->waiting);
		m->waiting[m->nwaiting] = p;
		p->waits_at = (uint32_t)++m->nwaiting;
		return;
	}
	struct m_pod *last = m->waiting[--m->nwaiting];
	m->waiting[p->waits_at - 1] = last;
	last->waits_at = p->waits_at;
	p->waits_at = 0;
}

static void pod_attach(struct model *m, struct m_pod *p)
{
	m->unbound_pods += pod_waits(&p->pod);
	if (str_empty(p->pod.node)) {
		return;
	}
	struct m_node *n = keyed_find(&m->kinds[OBS_NODE], p->pod.node, NULL);
	p->bound = n;
	if (!n) {
		n = keyed_find(&m->ghosts, p->pod.node, NULL);
	}
	if (!n) {
		n = keyed_new_rec(&m->slab, sizeof *n);
		n->node.name = pool_str(m->pool, p->pod.node);
		keyed_add(&m->ghosts, n);
	}
	p->next_on_node = n->pods;
	n->pods = p;
	node_count(n, &p->pod, 1);
}

static void ghost_free(struct model *m, struct m_node *n)
{
	keyed_remove(&m->ghosts, n);
	pool_drop_str(m->pool, n->node.name);
	keyed_free_rec(&m->slab, n);
}

static void pod_detach(struct model *m, struct m_pod *p)
{
	m->unbound_pods -= pod_waits(&p->pod);
	if (str_empty(p->pod.node)) {
		return;
	}
	struct m_node *n = pod_host(m, p);
	struct m_pod **at = &n->pods;
	while (*at != p) {
		at = &(*at)->next_on_node;
	}
	*at = p->next_on_node;
	node_count(n, &p->pod, -1);
	if (!p->bound && !n->pods) {
		ghost_free(m, n);
	}
	p->bound = NULL;
	p->next_on_node = NULL;
}

static void pod_free(struct model *m, struct pod_rec *r)
{
	pod_drop_own(m, r, r->pub.pod.uid);
	pod_drop_own(m, r, r->pub.pod.name);
	pod_drop_own(m, r, r->pub.pod.ip);
	pool_disown(m->pool, LAYOUT_POD, &r->pub.pod);
	keyed_free_rec(&m->pod_slab, r);
}

static void pod_leaves(const struct model *m, const struct m_pod *p)
{
	if (m->pod_watch) {
		m->pod_watch->leave(m->pod_watch->ctx, p);
	}
}

static void pod_enters(const struct model *m, const struct m_pod *p)
{
	if (m->pod_watch) {
		m->pod_watch->enter(m->pod_watch->ctx, p);
	}
}

static void pod_remove(struct model *m, struct pod_rec *r)
{
	struct m_pod *p = &r->pub;
	pod_leaves(m, p);
	pod_list_waiting(m, p, false);
	peers_leave(&m->peers, p);
	pod_detach(m, p);
	index_remove(&m->pod_names, p);
	keyed_remove(&m->kinds[OBS_POD], p);
	pod_free(m, r);
}

static void pod_add(struct model *m, const struct pod *owned, const struct pod *seen)
{
	struct pod_rec *r = pod_rec_new(m, owned, seen->ip);
	struct m_pod *p = &r->pub;
	p->pod.ip = pod_take_ip(m, r, seen->ip);
	keyed_add(&m->kinds[OBS_POD], p);
	index_put(&m->pod_names, p);
	pod_attach(m, p);
	pod_list_waiting(m, p, true);
	peers_join(&m->peers, p);
	pod_enters(m, p);
	model_changed(m, OBS_POD);
}

static void pod_update(struct model *m, struct pod_rec *r, struct pod *owned, const char *ip)
{
	struct m_pod *p = &r->pub;
	keyed_seen(&m->kinds[OBS_POD], p);
	owned->uid = p->pod.uid;
	owned->name = p->pod.name;
	owned->ip = p->pod.ip;
	bool same_ip = str_eq(p->pod.ip, ip);
	if (same_ip && !memcmp(owned, &p->pod, sizeof *owned)) {
		pool_disown(m->pool, LAYOUT_POD, owned);
		return;
	}
	pod_leaves(m, p);
	struct pod old = p->pod;
	if (!peers_same(p, owned)) {
		peers_leave(&m->peers, p);
	}
	if (owned->node != old.node || owned->ns != old.ns) {
		pod_detach(m, p);
		index_remove(&m->pod_names, p);
		p->pod = *owned;
		index_put(&m->pod_names, p);
		pod_attach(m, p);
	} else if (str_empty(old.node)) {
		m->unbound_pods += pod_waits(owned);
		m->unbound_pods -= pod_waits(&old);
	} else {
		struct m_node *n = pod_host(m, p);
		node_count(n, &old, -1);
		node_count(n, owned, 1);
	}
	p->pod = *owned;
	p->pod.ip = pod_take_ip(m, r, ip);
	pod_list_waiting(m, p, true);
	peers_join(&m->peers, p);
	pool_disown(m->pool, LAYOUT_POD, &old);
	pod_enters(m, p);
	model_changed(m, OBS_POD);
}

void model_apply_pod(struct model *m, enum obs_verb verb, const struct pod *seen)
{
	static const struct pod_shape no_shape;
	char packed[UID_PACKED_SIZE];
	struct m_pod *p =
		keyed_find(&m->kinds[OBS_POD], uid_pack(seen->uid, packed), NULL);
	if (verb == OBS_GONE) {
		if (!p && !seen->uid) {
			p = index_find(&m->pod_names, seen->ns, seen->name);
		}
		if (p) {
			pod_remove(m, (struct pod_rec *)p);
			model_changed(m, OBS_POD);
		}
		return;
	}
	if (!seen->uid || !seen->name) {
		return; /* nothing to know it by */
	}
	struct pod owned = *seen;
	if (!owned.shape) {
		owned.shape = &no_shape;
	}
	if (!owned.trouble) {
		owned.trouble = &pod_no_trouble;
	}
	pool_own(m->pool, LAYOUT_POD, &owned);
	if (p) {
		pod_update(m, (struct pod_rec *)p, &owned, seen->ip);
	} else {
		pod_add(m, &owned, seen);
	}
}

static void node_forget_pods(struct m_node *n)
{
	n->pods = NULL;
	n->npods = n->nhost_network = n->ndaemon = n->nmirror = n->nterminating = 0;
	n->cpu_milli = n->memory = 0;
}

/* All at once: unlinking 150,000 one by one would be felt. */
void model_forget_pods(struct model *m)
{
	struct keyed *t = &m->kinds[OBS_POD];
	if (!t->nlive) {
		return;
	}
	if (m->pod_watch) {
		m->pod_watch->clear(m->pod_watch->ctx);
	}
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i]) {
			pod_free(m, t->v[i]);
		}
	}
	keyed_clear(t);
	index_release(&m->pod_names);
	m->unbound_pods = m->nwaiting = 0;
	peers_release(&m->peers);
	for (size_t i = 0; i < m->kinds[OBS_NODE].n; i++) {
		if (m->kinds[OBS_NODE].v[i]) {
			node_forget_pods(m->kinds[OBS_NODE].v[i]);
		}
	}
	for (size_t i = 0; i < m->ghosts.n; i++) {
		if (m->ghosts.v[i]) {
			ghost_free(m, m->ghosts.v[i]);
		}
	}
	model_changed(m, OBS_POD);
}

void model_sweep_pods(struct model *m)
{
	struct keyed *t = &m->kinds[OBS_POD];
	bool any = false;
	for (size_t i = 0; i < t->n; i++) {
		if (t->v[i] && keyed_stale(t, t->v[i])) {
			pod_remove(m, t->v[i]);
			any = true;
		}
	}
	if (any) {
		model_changed(m, OBS_POD);
	}
}

struct m_node *model_adopt_node(struct model *m, const char *name)
{
	struct m_node *n = keyed_find(&m->ghosts, name, NULL);
	if (!n) {
		return keyed_new_rec(&m->slab, sizeof *n);
	}
	keyed_remove(&m->ghosts, n);
	pool_drop_str(m->pool, n->node.name);
	for (struct m_pod *p = n->pods; p; p = p->next_on_node) {
		p->bound = n;
	}
	return n;
}

void model_release_node(struct model *m, struct m_node *n)
{
	if (!n->pods) {
		pool_disown(m->pool, LAYOUT_NODE, &n->node);
		keyed_free_rec(&m->slab, n);
		return;
	}
	const char *name = pool_str(m->pool, n->node.name);
	pool_disown(m->pool, LAYOUT_NODE, &n->node);
	n->node = (struct node){ .name = name };
	n->instance = NULL;
	n->group = NULL;
	for (struct m_pod *p = n->pods; p; p = p->next_on_node) {
		p->bound = NULL;
	}
	keyed_add(&m->ghosts, n);
}
