/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ipamd's arithmetic: which addresses a node holds and hands to pods (facts:
 * vpc-cni 1.2, 1.4, 3.1).  ENI slots are shared by secondary addresses and
 * /28 prefixes; in prefix mode pods get addresses from prefixes only.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "core/rules/eni.h"
#include "lab/sim/parts.h"
#include "lab/world/parts.h"

#define COOLDOWN_MS 30000
#define MONITOR_MS 2500
#define BLOCK 16

struct given { /* to a pod, or (uid "") resting until a moment */
	char *uid;
	uint32_t ip;
	int64_t until;
};

struct pool {
	struct world *w;
	char *instance;
	bool running, prefix;
	int64_t warm_prefix, warm_ip, min_ip, warm_eni, max_eni;
	struct given *v;
	size_t n, cap;
	struct world_timer *timer;
	int64_t due;
};

void sim_pool_free(void *p)
{
	struct pool *pool = p;
	for (size_t i = 0; i < pool->n; i++)
		free(pool->v[i].uid);
	free(pool->v);
	free(pool->instance);
	free(pool);
}

static struct pool *pool_get(struct world *w, const char *instance)
{
	struct pool *p = strmap_get(w->sim->pools, instance);
	if (p)
		return p;
	p = xcalloc(1, sizeof(*p));
	p->w = w;
	p->instance = xstrdup(instance);
	strmap_set(w->sim->pools, instance, p);
	return p;
}

static bool pool_has(const struct pool *p, uint32_t ip)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->v[i].ip == ip)
			return true;
	}
	return false;
}

static void pool_rest(struct pool *p)
{
	int64_t now = world_now(p->w);
	for (size_t i = p->n; i-- > 0;) {
		if (p->v[i].uid || p->v[i].until > now)
			continue;
		p->v[i] = p->v[--p->n];
	}
}

static bool block_is_free(const struct pool *p, uint32_t base)
{
	for (uint32_t k = 0; k < BLOCK; k++) {
		if (pool_has(p, base + k))
			return false;
	}
	return true;
}

struct count {
	int64_t total, free_ips, free_blocks;
};

static void pool_count(const struct pool *p, const struct lab_instance *i, struct count *c)
{
	*c = (struct count){ .total = 0 };
	for (size_t e = 0; e < i->n_enis; e++) {
		const struct lab_eni *eni = i->enis[e];
		for (size_t k = 0; !p->prefix && k < eni->n_ips; k++) {
			c->total++;
			c->free_ips += !pool_has(p, eni->ips[k]);
		}
		for (size_t k = 0; k < eni->n_prefixes; k++) {
			c->total += BLOCK;
			c->free_blocks += block_is_free(p, eni->prefixes[k]);
			for (uint32_t a = 0; a < BLOCK; a++)
				c->free_ips += !pool_has(p, eni->prefixes[k] + a);
		}
	}
}

static bool pool_low(const struct pool *p, const struct lab_instance *i, int64_t slots)
{
	struct count c;
	pool_count(p, i, &c);
	if (c.total >= i->max_pods)
		return false;
	if (p->warm_ip > 0 || p->min_ip > 0)
		return c.free_ips < p->warm_ip || c.total < p->min_ip;
	int64_t warm = p->prefix ? p->warm_prefix * BLOCK : p->warm_eni * slots;
	return c.free_ips < warm || (warm == 0 && c.free_ips == 0);
}

static bool eni_fill(struct pool *p, struct lab_instance *i, struct lab_eni *e)
{
	uint32_t a = p->prefix ? lab_subnet_take_prefix(p->w, i->subnet) :
		lab_subnet_take(p->w, i->subnet);
	if (!a)
		return false;
	uint32_t **list = p->prefix ? &e->prefixes : &e->ips;
	size_t *n = p->prefix ? &e->n_prefixes : &e->n_ips;
	*list = xrealloc(*list, (*n + 1) * sizeof(uint32_t));
	(*list)[(*n)++] = a;
	return true;
}

/* Single addresses without an IP target come as many as an ENI takes. */
static bool eni_grow(struct pool *p, struct lab_instance *i, struct lab_eni *e, size_t slots)
{
	bool whole = !p->prefix && p->warm_ip <= 0 && p->min_ip <= 0;
	if (!eni_fill(p, i, e))
		return false;
	while (whole && e->n_ips + e->n_prefixes < slots && eni_fill(p, i, e))
		;
	return true;
}

/* One more address, prefix or ENI's worth of addresses, on a free slot first, then on a new ENI. */
static bool pool_grow_once(struct pool *p, struct lab_instance *i, const struct eni_limits *l)
{
	size_t slots = (size_t)(l->ips_per_eni - 1);
	size_t most = (size_t)l->max_enis;
	if (p->max_eni > 0 && (size_t)p->max_eni < most)
		most = (size_t)p->max_eni;
	for (size_t e = 0; e < i->n_enis; e++) {
		if (i->enis[e]->n_ips + i->enis[e]->n_prefixes < slots)
			return eni_grow(p, i, i->enis[e], slots);
	}
	if (i->n_enis >= most)
		return false;
	struct lab_eni *fresh = lab_eni_attach(p->w, i);
	return fresh && eni_grow(p, i, fresh, slots);
}

static bool node_cordoned(struct pool *p)
{
	const struct kobj *o = kube_find(p->w->kube, KUBE_NODES, "", p->instance);
	return o && json_is_true(json_path(o->json, "spec.unschedulable"));
}

/* At most so many secondary addresses that no pod uses are released, the newest first. */
static void secondaries_drop(struct pool *p, struct lab_instance *i, int64_t most)
{
	for (size_t e = i->n_enis; e-- > 0;) {
		struct lab_eni *eni = i->enis[e];
		for (size_t k = eni->n_ips; k-- > 0 && most > 0;) {
			if (pool_has(p, eni->ips[k]))
				continue;
			most--;
			lab_subnet_give_back(i->subnet, eni->ips[k], 1);
			eni->ips[k] = eni->ips[--eni->n_ips];
		}
	}
}

static void prefixes_drop(struct pool *p, struct lab_instance *i, int64_t most)
{
	for (size_t e = i->n_enis; e-- > 0;) {
		struct lab_eni *eni = i->enis[e];
		for (size_t k = eni->n_prefixes; k-- > 0 && most > 0;) {
			if (!block_is_free(p, eni->prefixes[k]))
				continue;
			most--;
			lab_subnet_give_back(i->subnet, eni->prefixes[k], BLOCK);
			eni->prefixes[k] = eni->prefixes[--eni->n_prefixes];
		}
	}
}

/* What is held beyond the targets goes back: with an IP target or in prefix mode only. */
static void pool_trim(struct pool *p, struct lab_instance *i)
{
	struct count c;
	pool_count(p, i, &c);
	int64_t over = c.free_ips - p->warm_ip;
	over = c.total - p->min_ip < over ? c.total - p->min_ip : over;
	if (p->warm_ip <= 0 && p->min_ip <= 0) {
		if (p->prefix && p->warm_prefix > 0)
			prefixes_drop(p, i, c.free_blocks - p->warm_prefix);
	} else if (p->prefix) {
		prefixes_drop(p, i, over / BLOCK);
	} else {
		secondaries_drop(p, i, over);
	}
}

static void pool_look(struct pool *p, int64_t ms);

static bool pool_rests(const struct pool *p)
{
	for (size_t k = 0; k < p->n; k++) {
		if (!p->v[k].uid)
			return true;
	}
	return false;
}

static void pool_grow(struct pool *p)
{
	struct lab_instance *i = lab_instance_find(p->w, p->instance);
	const struct eni_limits *l = i ? eni_lookup(i->type) : NULL;
	pool_rest(p);
	if (pool_rests(p))
		pool_look(p, COOLDOWN_MS);
	if (!l || !p->running)
		return;
	if (p->prefix)
		secondaries_drop(p, i, INT64_MAX);
	if (node_cordoned(p)) {
		pool_look(p, COOLDOWN_MS);
		return;
	}
	while (pool_low(p, i, l->ips_per_eni - 1)) {
		if (!pool_grow_once(p, i, l))
			return;
	}
	pool_trim(p, i);
}

static void pool_on_timer(void *ctx)
{
	struct pool *p = ctx;
	p->timer = NULL;
	pool_grow(p);
}

static void pool_look(struct pool *p, int64_t ms)
{
	if (p->timer && p->due <= world_now(p->w) + ms)
		return;
	world_timer_cancel(p->w, p->timer);
	p->due = world_now(p->w) + ms;
	p->timer = world_timer_add(p->w, ms, pool_on_timer, p);
}

static const char *env_of(const json_t *pod, const char *name)
{
	size_t i, k;
	json_t *c, *v;
	json_array_foreach(json_path(pod, "spec.containers"), i, c) {
		if (!str_eq(json_str(c, "name"), "aws-node"))
			continue;
		json_array_foreach(json_object_get(c, "env"), k, v) {
			if (str_eq(json_str(v, "name"), name))
				return json_str(v, "value");
		}
	}
	return NULL;
}

static int64_t env_number(const json_t *pod, const char *name, int64_t otherwise)
{
	int64_t n;
	const char *s = env_of(pod, name);
	return s && str_to_i64(s, 0, INT32_MAX, &n) ? n : otherwise;
}

void sim_ipamd_start(struct world *w, struct lab_instance *i, const void *pod)
{
	struct pool *p = pool_get(w, i->id);
	const struct eni_limits *l = eni_lookup(i->type);
	p->running = true;
	p->prefix = str_eq(env_of(pod, "ENABLE_PREFIX_DELEGATION"), "true") && l && l->prefixes;
	p->warm_prefix = env_number(pod, "WARM_PREFIX_TARGET", 0);
	p->warm_ip = env_number(pod, "WARM_IP_TARGET", 0);
	p->min_ip = env_number(pod, "MINIMUM_IP_TARGET", 0);
	p->warm_eni = env_number(pod, "WARM_ENI_TARGET", 1);
	p->max_eni = env_number(pod, "MAX_ENI", 0);
	pool_rest(p);
	if (!p->prefix)
		prefixes_drop(p, i, INT64_MAX);
	pool_grow(p);
}

void sim_ipamd_stop(struct world *w, const char *instance)
{
	struct pool *p = strmap_get(w->sim->pools, instance);
	if (p)
		p->running = false;
}

void sim_ipamd_end(struct world *w, const char *instance)
{
	struct pool *p = strmap_get(w->sim->pools, instance);
	if (!p)
		return;
	world_timer_cancel(w, p->timer);
	strmap_remove(w->sim->pools, instance);
}

static uint32_t pool_free_ip(const struct pool *p, const struct lab_instance *i)
{
	for (size_t e = 0; e < i->n_enis; e++) {
		const struct lab_eni *eni = i->enis[e];
		for (size_t k = 0; !p->prefix && k < eni->n_ips; k++) {
			if (!pool_has(p, eni->ips[k]))
				return eni->ips[k];
		}
		for (size_t k = 0; k < eni->n_prefixes * BLOCK; k++) {
			uint32_t a = eni->prefixes[k / BLOCK] + (uint32_t)(k % BLOCK);
			if (!pool_has(p, a))
				return a;
		}
	}
	return 0;
}

uint32_t sim_ipamd_assign(struct world *w, const char *instance, const char *pod_uid,
	const char **why)
{
	struct pool *p = pool_get(w, instance);
	const struct lab_instance *i = lab_instance_find(w, instance);
	if (!p->running || !i) {
		*why = "add cmd: Error received from AddNetwork gRPC call: rpc error: code = "
			"Unavailable desc = connection error: desc = \"transport: Error while "
			"dialing: dial "
			"tcp 127.0.0.1:50051: connect: connection refused\"";
		return 0;
	}
	pool_rest(p);
	uint32_t ip = pool_free_ip(p, i);
	pool_look(p, MONITOR_MS);
	if (!ip) {
		*why = "add cmd: failed to assign an IP address to container";
		return 0;
	}
	p->v = xgrow(p->v, &p->cap, p->n, sizeof(*p->v));
	p->v[p->n++] = (struct given){ xstrdup(pod_uid), ip, 0 };
	return ip;
}

void sim_ipamd_release(struct world *w, const char *instance, const char *pod_uid)
{
	struct pool *p = strmap_get(w->sim->pools, instance);
	for (size_t k = 0; p && k < p->n; k++) {
		if (!str_eq(p->v[k].uid, pod_uid))
			continue;
		free(p->v[k].uid);
		p->v[k].uid = NULL;
		p->v[k].until = world_now(w) + COOLDOWN_MS;
		pool_look(p, COOLDOWN_MS);
		return;
	}
}
