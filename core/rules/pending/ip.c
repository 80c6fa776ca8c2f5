/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a bound pod gets no address, and what would help (facts: vpc-cni 1.3,
 * 1.5, 3.1, 3.2).  Asked only about pods that the CNI kept waiting: past the
 * grace, or with an event that says so.
 */
#include "core/rules/pending/parts.h"

#include <inttypes.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/capacity.h"
#include "core/rules/cni.h"

#define BLOCK 16

/* What is known about the addresses of one node. */
struct ip_view {
	const struct m_node *node;
	const struct instance *instance; /* NULL: not seen */
	const struct subnet *subnet;     /* NULL: not seen */
	struct cni_settings cni;
	struct node_capacity cap;
	bool grows_cordoned;             /* AWS_MANAGE_ENIS_NON_SCHEDULABLE */
};

static bool ip_view_of(const struct model *m, const struct m_node *n, struct ip_view *v)
{
	const struct daemonset *ds = model_daemonset(m, "kube-system", "aws-node");
	const struct m_cluster *c = model_cluster(m, model_opened(m));
	*v = (struct ip_view){ .node = n, .instance = n->instance ? &n->instance->instance : NULL };
	if (v->instance && v->instance->subnet_id) {
		v->subnet = model_subnet(m, v->instance->subnet_id);
	}
	const struct env_entry *env = ds ? ds->env : c ? c->spec.env : NULL;
	size_t nenv = ds ? ds->nenv : c ? c->spec.nenv : 0;
	if (ds && ds->nenv) {
		cni_from_env(env, nenv, &v->cni);
	} else {
		cni_from_spec(c ? &c->spec : NULL, &v->cni);
	}
	const struct env_entry *grows = env_last(env, nenv, "AWS_MANAGE_ENIS_NON_SCHEDULABLE");
	v->grows_cordoned = grows && str_eq(grows->value, "true");
	capacity_of_node(m, n, true, &v->cap);
	return v->cni.amazonvpc;
}

/* The node's aws-node pod is seen and not ready, or there are pods of it and none here. */
static bool ip_agent_away(const struct model *m, const struct m_node *n)
{
	const struct daemonset *ds = model_daemonset(m, "kube-system", "aws-node");
	for (const struct m_pod *p = n->pods; p; p = p->next_on_node) {
		if (str_eq(p->pod.owner_name, "aws-node") && (p->pod.flags & POD_DAEMON)) {
			return p->pod.phase != POD_RUNNING;
		}
	}
	return ds && ds->desired > 0 && ds->ready >= 0 && ds->ready < ds->desired;
}

/* How many addresses MINIMUM_IP_TARGET alone keeps; 0: it does not bind. */
static int32_t ip_minimum_trap(const struct ip_view *v)
{
	int32_t least = v->cni.minimum_ip;
	if (least <= 0 || v->cni.warm_ip > 0) {
		return 0;
	}
	if (v->cap.prefix_mode) {
		least = (least + BLOCK - 1) / BLOCK * BLOCK;
	}
	return v->cap.ips_used > least ? least : 0;
}

static const char *subnet_name(const struct subnet *s)
{
	return s->name ? s->name : s->id;
}

char *pending_why_no_ip(const struct model *m, const struct m_node *n, bool told,
	enum reason_kind *kind)
{
	struct ip_view v;
	*kind = REASON_CNI_NO_IP;
	if (!ip_view_of(m, n, &v)) {
		return NULL;
	}
	const char *name = n->node.name;
	int32_t least = ip_minimum_trap(&v);
	bool holds_singles = v.instance && v.instance->prefixes == 0 && v.instance->ips > 0;
	if (ip_agent_away(m, n)) {
		*kind = REASON_CNI_NOT_READY;
		return xasprintf("aws-node does not run on %s", name);
	}
	if (v.cap.ips_max >= 0 && v.cap.ips_used > v.cap.ips_max && v.cni.prefix && holds_singles) {
		return xasprintf("prefix delegation is on, but %s still holds single addresses: %d "
			"for %d pods", name, (int)v.cap.ips_max, (int)v.cap.ips_used);
	}
	if (v.cap.ips_max >= 0 && v.cap.ips_used > v.cap.ips_max) {
		return xasprintf("its node has addresses for %d pods only and %d need one",
			(int)v.cap.ips_max, (int)v.cap.ips_used);
	}
	if (n->node.unschedulable && !v.grows_cordoned && told) {
		return xasprintf("%s is cordoned, and the address pool of a cordoned node does not "
			"grow", name);
	}
	if (least) {
		return xasprintf("MINIMUM_IP_TARGET %d without WARM_IP_TARGET: the pool of %s "
			"stops at %d and %d pods need an address", (int)v.cni.minimum_ip, name,
			(int)least, (int)v.cap.ips_used);
	}
	if (v.subnet && v.subnet->free_ips == 0) {
		*kind = REASON_SUBNET_EXHAUSTED;
		return xasprintf("subnet %s has no address left", subnet_name(v.subnet));
	}
	/* A node that never got a prefix looks as if it worked with single addresses. */
	if (v.subnet && (v.cap.prefix_mode || v.cni.prefix) && v.subnet->free_blocks == 0) {
		*kind = REASON_SUBNET_FRAGMENTED;
		return xasprintf("subnet %s has %" PRId64 " free addresses but no whole /28 among "
			"them", subnet_name(v.subnet), v.subnet->free_ips);
	}
	return NULL;
}

char *pending_fix_no_ip(const struct model *m, const struct pending_group *g, char **detail)
{
	const struct m_node *n = g->sample->bound;
	struct ip_view v;
	if (!n || !ip_view_of(m, n, &v)) {
		return NULL;
	}
	if (g->main_kind == REASON_SUBNET_EXHAUSTED) {
		*detail = xstrdup("or free addresses there: fewer nodes, lower WARM targets");
		return xasprintf("give the group a subnet with room, then roll it");
	}
	if (g->main_kind == REASON_SUBNET_FRAGMENTED) {
		*detail = xstrdup("aws ec2 create-subnet-cidr-reservation --reservation-type "
			"prefix; ipamd asks again after 2 min");
		return xasprintf("reserve a range for prefixes in %s, or use a new subnet",
			v.subnet ? subnet_name(v.subnet) : "the subnet");
	}
	if (v.cap.ips_max >= 0 && v.cap.ips_used > v.cap.ips_max) {
		if (!v.cni.prefix) {
			*detail = xstrdup("its kubelet takes more pods than its ENIs have "
				"addresses for");
		}
		return xasprintf(v.cni.prefix ? "replace %s: a new node starts with prefixes" :
			"lower maxPods of %s, and roll it", n->node.name);
	}
	if (n->node.unschedulable && !v.grows_cordoned) {
		return NULL; /* uncordon is an advice of its own */
	}
	if (ip_minimum_trap(&v)) {
		return xasprintf("set WARM_IP_TARGET too, or take MINIMUM_IP_TARGET away");
	}
	return xasprintf("look at aws-node's log on %s: kubectl -n kube-system logs -l "
		"k8s-app=aws-node", n->node.name);
}
