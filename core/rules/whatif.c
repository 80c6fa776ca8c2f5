/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes as they would be, pods put on them, addresses counted. */
#include "core/rules/whatif.h"

#include <stdlib.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/eni-pool.h"
#include "core/rules/fit/peers.h"
#include "core/rules/fit.h"

/* A node as it would be: a copy, changed. */
struct sim_node {
	struct m_node n;
	const struct eni_limits *limits; /* NULL: type unknown */
	int64_t host;      /* pods without an address of their own */
	bool fresh, gone;
};

/* Pods of one shape that want a place. */
struct demand {
	const struct pod_shape *shape;
	int64_t count;
};

struct sim {
	const struct model *m;
	const struct whatif *w;
	struct cni_settings cni;
	struct sim_node *nodes;
	size_t n, cap;
	struct demand *demands;
	size_t ndemands, demands_cap;
	struct whatif_result *out;
};

static void sim_want(struct sim *s, const struct pod_shape *shape, int64_t count)
{
	for (size_t i = 0; i < s->ndemands; i++) {
		if (s->demands[i].shape == shape) {
			s->demands[i].count += count;
			return;
		}
	}
	s->demands = xgrow(s->demands, &s->demands_cap, s->ndemands, sizeof *s->demands);
	s->demands[s->ndemands++] = (struct demand){ .shape = shape, .count = count };
}

/* ---- settings ---- */

static void sim_settings(struct sim *s)
{
	const struct daemonset *ds = model_daemonset(s->m, "kube-system", "aws-node");
	const struct m_cluster *c = model_cluster(s->m, model_opened(s->m));
	if (ds && ds->nenv) {
		cni_from_env(ds->env, ds->nenv, &s->cni);
	} else {
		cni_from_spec(c ? &c->spec : NULL, &s->cni);
	}
	struct cni_settings was = s->cni;
	if (s->w->prefix != TRI_UNKNOWN) {
		s->cni.prefix = s->cni.mode.prefix = s->w->prefix == TRI_YES;
	}
	const struct {
		int32_t asked, *value;
	} targets[] = { { s->w->warm_prefix, &s->cni.warm_prefix },
		{ s->w->warm_ip, &s->cni.warm_ip }, { s->w->minimum_ip, &s->cni.minimum_ip } };
	for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
		*targets[i].value = targets[i].asked >= 0 ? targets[i].asked : *targets[i].value;
	}
	s->out->env_change = was.prefix != s->cni.prefix ||
		was.warm_prefix != s->cni.warm_prefix || was.warm_ip != s->cni.warm_ip ||
		was.minimum_ip != s->cni.minimum_ip;
}

static bool sim_meant(const struct sim *s, const struct node *n)
{
	return s->w->group ? str_eq(n->group, s->w->group) : n->role != ROLE_CONTROL_PLANE;
}

/* ---- nodes ---- */

/* Pods that come with every node of its kind. */
static bool comes_with_node(const struct pod *p)
{
	return (p->flags & (POD_DAEMON | POD_MIRROR)) &&
		p->phase != POD_SUCCEEDED && p->phase != POD_FAILED;
}

static void sim_add(struct sim *s, const struct m_node *n, bool fresh)
{
	s->nodes = xgrow(s->nodes, &s->cap, s->n, sizeof *s->nodes);
	struct sim_node *to = &s->nodes[s->n++];
	struct node_capacity c;
	capacity_of_node(s->m, n, true, &c);
	*to = (struct sim_node){ .n = *n, .limits = c.limits, .host = n->nhost_network,
		.fresh = fresh };
	if (s->w->max_pods >= 0 && sim_meant(s, &n->node)) {
		to->n.node.alloc_pods = s->w->max_pods;
	}
	if (!fresh) {
		return;
	}
	to->n.npods = to->n.nhost_network = 0;
	to->n.cpu_milli = to->n.memory = to->host = 0;
	to->n.pods = NULL;
	to->n.node.unschedulable = false;
	for (const struct m_pod *p = n->pods; p; p = p->next_on_node) {
		if (comes_with_node(&p->pod)) {
			to->n.npods++;
			to->host += (p->pod.flags & POD_HOST_NETWORK) != 0;
			to->n.cpu_milli += p->pod.shape->cpu_milli;
			to->n.memory += p->pod.shape->memory;
		}
	}
}

/* Its pods want another place, but those that come with a node. */
static void sim_drop(struct sim *s, struct sim_node *n)
{
	n->gone = true;
	s->out->removed++;
	for (const struct m_pod *p = n->n.pods; p; p = p->next_on_node) {
		bool over = p->pod.phase == POD_SUCCEEDED || p->pod.phase == POD_FAILED;
		if (!over && !(p->pod.flags & (POD_DAEMON | POD_MIRROR))) {
			sim_want(s, p->pod.shape, 1);
		}
	}
}

static void sim_nodes(struct sim *s)
{
	size_t n;
	const struct m_node *const *nodes = model_nodes(s->m, &n), *like = NULL;
	int32_t have = 0;
	for (size_t i = 0; i < n; i++) {
		sim_add(s, nodes[i], false);
		if (s->w->group && str_eq(nodes[i]->node.group, s->w->group)) {
			like = nodes[i];
			have++;
		}
	}
	for (; like && s->w->nodes > have; have++) {
		sim_add(s, like, true);
		s->out->added++;
	}
	for (size_t i = s->n; s->w->nodes >= 0 && s->w->group && i-- > 0 && have > s->w->nodes;) {
		if (str_eq(s->nodes[i].n.node.group, s->w->group)) {
			sim_drop(s, &s->nodes[i]);
			have--;
		}
	}
}

/* ---- pods ---- */

static bool of_deployment(const struct sim *s, const struct pod *p)
{
	return s->w->deployment && str_eq(p->owner_kind, "Deployment") &&
		str_eq(p->owner_name, s->w->deployment) && str_eq(p->ns, s->w->ns);
}

/* Fewer replicas: pods that wait go first, as the ReplicaSet controller does. */
static void sim_fewer(struct sim *s, const struct pod_shape *shape, int64_t by)
{
	for (size_t i = 0; i < s->ndemands && by > 0; i++) {
		if (s->demands[i].shape == shape) {
			int64_t cut = by < s->demands[i].count ? by : s->demands[i].count;
			s->demands[i].count -= cut;
			by -= cut;
		}
	}
	for (size_t i = 0; i < s->n && by > 0; i++) {
		struct sim_node *n = &s->nodes[i];
		for (const struct m_pod *p = n->n.pods; p && by > 0 && !n->gone;
		     p = p->next_on_node) {
			if (of_deployment(s, &p->pod) && p->pod.phase == POD_RUNNING) {
				n->n.npods--;
				n->n.cpu_milli -= p->pod.shape->cpu_milli;
				n->n.memory -= p->pod.shape->memory;
				by--;
			}
		}
	}
}

static void sim_pods(struct sim *s)
{
	size_t n;
	const struct pod_shape *shape = NULL;
	const struct m_pod *const *pods = model_pods(s->m, &n);
	for (size_t i = 0; i < n; i++) {
		const struct pod *p = &pods[i]->pod;
		bool waits = p->phase == POD_PENDING && str_empty(p->node) && !p->deletion;
		if (of_deployment(s, p)) {
			shape = p->shape;
		}
		/* A DaemonSet's pod comes with its node; a gated one wants no place yet. */
		if (waits && !(p->flags & (POD_DAEMON | POD_GATED))) {
			sim_want(s, p->shape, 1);
		}
	}
	const struct deployment *d = s->w->deployment ?
		model_deployment(s->m, s->w->ns, s->w->deployment) : NULL;
	if (!d || !shape || s->w->replicas < 0 || d->replicas < 0) {
		return;
	}
	int64_t more = (int64_t)s->w->replicas - d->replicas;
	if (more > 0) {
		sim_want(s, shape, more);
	} else if (more < 0) {
		sim_fewer(s, shape, -more);
	}
}

/* The mode that a node would work in: one that is replaced takes the settings', one that stays
   keeps what is attached. */
static struct eni_mode sim_mode(const struct sim *s, const struct sim_node *n)
{
	struct eni_mode mode = s->cni.mode;
	const struct instance *i = n->n.instance ? &n->n.instance->instance : NULL;
	if (!n->fresh && !s->out->env_change && i &&
	    (i->prefixes > 0 || (i->prefixes == 0 && i->ips > 0))) {
		mode.prefix = i->prefixes > 0;
	}
	return mode;
}

/* Places on a node: the kubelet's limit, or what its interfaces give if that is less. */
static int64_t sim_slots(const struct sim *s, const struct sim_node *n)
{
	int64_t slots = n->n.node.alloc_pods;
	if (n->limits && s->cni.amazonvpc) {
		struct eni_mode mode = sim_mode(s, n);
		struct eni_result r;
		eni_compute(n->limits, &mode, &r);
		int64_t by = r.addresses + n->host;
		slots = by < slots ? by : slots;
	}
	return slots > 0 ? slots : 0;
}

static bool sim_takes(const struct pod_shape *shape, const struct sim_node *n)
{
	struct fit f;
	struct m_node open = n->n;
	open.npods = 0; /* room is counted apart: here only what rules the node out */
	open.cpu_milli = open.memory = 0;
	fit_judge(shape, &open, NULL, &f);
	return f.fits;
}

static int64_t sim_room(const struct sim *s, const struct pod_shape *p, const struct sim_node *n)
{
	int64_t room = sim_slots(s, n) - n->n.npods;
	const struct {
		int64_t asked, used, has;
	} amounts[] = { { p->cpu_milli, n->n.cpu_milli, n->n.node.alloc_cpu_milli },
		{ p->memory, n->n.memory, n->n.node.alloc_memory } };
	for (size_t i = 0; i < 2; i++) {
		if (amounts[i].asked > 0 && amounts[i].has >= 0) {
			int64_t by = (amounts[i].has - amounts[i].used) / amounts[i].asked;
			room = by < room ? by : room;
		}
	}
	return room > 0 ? room : 0;
}

static void sim_place(struct sim *s, const struct demand *d)
{
	int64_t left = d->count;
	s->out->want += d->count;
	s->out->bound_only |= d->count > 0 && (d->shape->nnear || d->shape->napart ||
		d->shape->nspread || fit_partly_judged(d->shape));
	for (size_t i = 0; i < s->n && left > 0; i++) {
		struct sim_node *n = &s->nodes[i];
		if (n->gone || !sim_takes(d->shape, n)) {
			continue;
		}
		int64_t here = sim_room(s, d->shape, n);
		here = here < left ? here : left;
		/* A host port is taken by the first. */
		here = d->shape->nhost_ports && here > 1 ? 1 : here;
		n->n.npods += (int32_t)here;
		n->n.cpu_milli += here * d->shape->cpu_milli;
		n->n.memory += here * d->shape->memory;
		left -= here;
	}
	s->out->left += left;
	s->out->fit += d->count - left;
}

/* Nodes that anybody may use: not cordoned, ready, without a taint that keeps pods out. */
static bool sim_open(const struct sim_node *n)
{
	static const struct pod_shape plain = { .priority = 0 };
	return !n->gone && sim_takes(&plain, n);
}

/* ---- addresses ---- */

static struct whatif_subnet *sim_subnet(struct sim *s, const struct subnet *subnet)
{
	struct whatif_result *r = s->out;
	for (size_t i = 0; i < r->nsubnets; i++) {
		if (r->subnets[i].subnet == subnet) {
			return &r->subnets[i];
		}
	}
	r->subnets = xrealloc(r->subnets, (r->nsubnets + 1) * sizeof *r->subnets);
	r->subnets[r->nsubnets] = (struct whatif_subnet){ .subnet = subnet };
	return &r->subnets[r->nsubnets++];
}

static void sim_held(struct whatif_subnet *sub, const struct instance *i)
{
	if (i->enis < 0 || i->ips < 0 || i->prefixes < 0 || sub->held_ips < 0) {
		sub->held_ips = sub->held_blocks = -1;
		return;
	}
	sub->held_ips += i->enis + i->ips + (int64_t)i->prefixes * 16;
	sub->held_blocks += i->prefixes;
}

static void sim_addresses(struct sim *s, const struct sim_node *n)
{
	if (!n->limits || !s->cni.amazonvpc || n->gone) {
		return;
	}
	struct cni_settings cni = s->cni;
	struct eni_pool pool;
	int64_t pods = n->n.npods - n->host;
	cni.mode = sim_mode(s, n);
	eni_pool_compute(n->limits, &cni, pods > 0 ? (int32_t)pods : 0, n->n.node.alloc_pods,
		&pool);
	s->out->no_address += !pool.enough;
	const struct instance *i = n->n.instance ? &n->n.instance->instance : NULL;
	const struct subnet *subnet = i ? model_subnet(s->m, i->subnet_id) : NULL;
	if (!subnet) {
		return;
	}
	struct whatif_subnet *sub = sim_subnet(s, subnet);
	sub->ips += pool.subnet_ips;
	sub->blocks += pool.prefixes;
	if (!n->fresh) {
		sim_held(sub, i);
	}
}

static void sim_judge_subnets(struct whatif_result *r)
{
	for (size_t i = 0; i < r->nsubnets; i++) {
		struct whatif_subnet *s = &r->subnets[i];
		const struct subnet *sub = s->subnet;
		if (s->held_ips < 0 || sub->free_ips < 0 || (s->blocks && sub->free_blocks < 0)) {
			continue;
		}
		bool enough = s->ips - s->held_ips <= sub->free_ips &&
			s->blocks - s->held_blocks <= (s->blocks ? sub->free_blocks : 0);
		s->enough = enough ? TRI_YES : TRI_NO;
	}
}

void whatif_compute(const struct model *m, const struct whatif *w, struct whatif_result *out)
{
	struct sim s = { .m = m, .w = w, .out = out };
	*out = (struct whatif_result){ .slots = 0 };
	sim_settings(&s);
	sim_nodes(&s);
	sim_pods(&s);
	for (size_t i = 0; i < s.n; i++) {
		struct sim_node *n = &s.nodes[i];
		if (n->gone) {
			continue;
		}
		out->nodes++;
		if (sim_open(n)) {
			out->slots += sim_slots(&s, n);
			out->used += n->n.npods;
		}
		bool limit = w->max_pods >= 0 && sim_meant(&s, &n->n.node) &&
			(!n->n.instance || n->fresh || n->n.node.capacity_pods != w->max_pods);
		out->replaced += !n->fresh && (out->env_change || limit);
	}
	for (size_t i = 0; i < s.ndemands; i++) {
		sim_place(&s, &s.demands[i]);
	}
	for (size_t i = 0; i < s.n; i++) {
		sim_addresses(&s, &s.nodes[i]);
	}
	sim_judge_subnets(out);
	free(s.nodes);
	free(s.demands);
}

void whatif_release(struct whatif_result *r)
{
	free(r->subnets);
	*r = (struct whatif_result){ .slots = 0 };
}
