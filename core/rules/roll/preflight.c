/* SPDX-License-Identifier: Apache-2.0 */
/* Before a roll: what would get in its way, each with what to do first. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/strs.h"
#include "core/rules/roll/internal.h"

static bool roll_will_roll(const struct roll_options *o, const struct m_instance *i)
{
	enum update_why why;

	if (!i->group || !i->group->has_spec || !roll_instance_alive(i) ||
		!roll_group_chosen(o, i->group->spec.name, i->group->spec.role))
		return false;
	why = update_why_of(i);
	return o->force || (why != UPDATE_NONE && why != UPDATE_UNKNOWN);
}

static bool roll_preflight_sources(const struct model *m, struct findings *out)
{
	bool ok = true;

	if (model_source(m, SRC_AWS)->state != SOURCE_LIVE) {
		findings_add(out, FINDING_REFUSE, "check the credentials and the region",
			"AWS does not answer: which instances are old is not known");
		ok = false;
	}
	if (model_source(m, SRC_KUBE)->state != SOURCE_LIVE) {
		findings_add(out, FINDING_REFUSE, "check KUBECONFIG and the API server",
			"The API server does not answer: nothing can be drained or validated");
		ok = false;
	}
	return ok;
}

struct roll_sight { /* what the nodes to be rolled hold */
	size_t instances, control_planes, bare, local;
};

static void roll_preflight_pods(const struct m_node *n, struct roll_sight *s)
{
	const struct m_pod *p;

	for (p = n->pods; p; p = p->next_on_node) {
		if ((p->pod.flags & (POD_DAEMON | POD_MIRROR)) || p->pod.phase == POD_SUCCEEDED ||
			p->pod.phase == POD_FAILED)
			continue;
		s->bare += !p->pod.owner_kind;
		s->local += (p->pod.flags & POD_LOCAL_DATA) != 0;
	}
}

static void roll_preflight_look(const struct model *m, const struct roll_options *o,
	struct roll_sight *s)
{
	const struct m_instance *const *v;
	size_t n, i;

	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		if (!roll_will_roll(o, v[i]))
			continue;
		s->instances++;
		s->control_planes += roll_instance_role(v[i]) == ROLE_CONTROL_PLANE;
		if (v[i]->node)
			roll_preflight_pods(v[i]->node, s);
	}
}

static void roll_preflight_say(const struct model *m, const struct roll_sight *s,
	struct findings *out)
{
	const struct m_instance *const *v;
	size_t n, i, all = 0;

	if (!s->instances)
		findings_add(out, FINDING_INFO, "run the update first, or use --force",
			"No instance needs an update");
	v = model_instances(m, &n);
	for (i = 0; i < n; i++)
		all += roll_instance_role(v[i]) == ROLE_CONTROL_PLANE && roll_instance_alive(v[i]);
	if (s->control_planes && all == 1)
		findings_add(out, FINDING_INFO, NULL,
			"There is one control-plane node: the API server is away for about two "
			"minutes while it is replaced; what runs keeps running");
	if (s->bare)
		findings_add(out, FINDING_WARN, "give them a Deployment or save what they hold",
			"%zu pod%s no controller and will not come back", s->bare,
			s->bare == 1 ? " has" : "s have");
	if (s->local)
		findings_add(out, FINDING_INFO, NULL,
			"%zu pod%s emptyDir volumes: their contents are lost when drained",
			s->local, s->local == 1 ? " has" : "s have");
}

/* A pod of that PDB on a node that will be drained; NULL: none. */
static const struct m_pod *roll_pdb_victim(const struct model *m, const struct roll_options *o,
	const struct pdb *b)
{
	const struct m_instance *const *v;
	const struct m_pod *p;
	size_t n, i;

	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		if (!v[i]->node || !roll_will_roll(o, v[i]))
			continue;
		for (p = v[i]->node->pods; p; p = p->next_on_node) {
			if (roll_selects(b, &p->pod))
				return p;
		}
	}
	return NULL;
}

static void roll_preflight_pdbs(const struct model *m, const struct roll_options *o,
	struct findings *out)
{
	const struct pdb *const *v;
	size_t n, i;

	v = model_pdbs(m, &n);
	for (i = 0; i < n; i++) {
		const struct m_pod *p;

		if (v[i]->disruptions_allowed != 0 || v[i]->expected_pods <= 0)
			continue;
		p = roll_pdb_victim(m, o, v[i]);
		if (!p)
			continue;
		findings_add(out, FINDING_WARN, "scale it up by one, or loosen the PDB",
			"PDB %s/%s allows 0 disruptions (%d of %d needed): "
			"the drain of %s will wait for %s",
			v[i]->ns, v[i]->name, v[i]->desired_healthy, v[i]->expected_pods,
			p->pod.node, p->pod.name);
	}
}

/* Who waits most, and how much of it runs. */
struct roll_crowd {
	const char *ns, *owner;
	size_t waits, runs, all, cni;
};

static void roll_crowd_look(const struct model *m, struct roll_crowd *c)
{
	const struct m_pod *const *v;
	size_t n, i;

	*c = (struct roll_crowd){ .ns = NULL };
	if (!model_unbound_pods(m))
		return;
	v = model_pods(m, &n);
	for (i = 0; i < n; i++) {
		const struct pod *p = &v[i]->pod;

		if (p->phase != POD_PENDING || v[i]->bound || p->deletion)
			continue;
		if (str_eq(p->owner_kind, "DaemonSet") && str_eq(p->owner_name, "aws-node"))
			c->cni++;
		if (p->flags & POD_DAEMON)
			continue;
		c->all++;
		if (!c->owner && str_eq(p->owner_kind, "Deployment")) {
			c->ns = p->ns;
			c->owner = p->owner_name;
		}
	}
	for (i = 0; c->owner && i < n; i++) {
		const struct pod *p = &v[i]->pod;

		if (!str_eq(p->owner_name, c->owner) || !str_eq(p->ns, c->ns) || p->deletion)
			continue;
		c->waits += !v[i]->bound;
		c->runs += v[i]->bound && p->phase == POD_RUNNING;
	}
}

static size_t roll_full_nodes(const struct model *m, const char **first)
{
	const struct m_node *const *v;
	size_t n, i, full = 0;

	v = model_nodes(m, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->node.alloc_pods <= 0 || v[i]->npods < v[i]->node.alloc_pods)
			continue;
		if (!full++)
			*first = v[i]->node.name;
	}
	return full;
}

/*
 * The story's accident.  On a full node aws-node, restarted by its addon, finds
 * no slot: a running pod is thrown out for it or it stays Pending, and pods get
 * no address.  Waiting pods take each slot that becomes free, and rush onto each
 * new node before its aws-node can give them addresses.
 */
static void roll_preflight_crowd(const struct model *m, struct findings *out)
{
	const char *first = NULL;
	size_t full = roll_full_nodes(m, &first);
	bool addon = roll_addon_pending(m);
	struct roll_crowd c;
	char todo[200];

	roll_crowd_look(m, &c);
	if (c.owner && c.runs > 2 * full)
		snprintf(todo, sizeof(todo), "scale %s/%s from %zu to %zu, roll, then scale it up "
			"again", c.ns, c.owner, c.runs + c.waits, c.runs - 2 * full);
	else
		snprintf(todo, sizeof(todo), "scale down or add a node, so that each has 2 free "
			"slots");
	if (c.cni)
		findings_add(out, FINDING_REFUSE, "scale down until they run, then roll",
			"%zu aws-node pod%s no slot on a full node: replacing nodes now makes more "
			"of them", c.cni, c.cni == 1 ? " finds" : "s find");
	if (full && (c.all || addon))
		findings_add(out, FINDING_REFUSE, todo,
			"%zu node%s full (%s%s)%s: aws-node finds no free slot there, throws "
			"running pods out or stays Pending, and pods get no address",
			full, full == 1 ? " is" : "s are", first, full > 1 ? ", ..." : "",
			c.all ? " and pods wait for every slot" : "");
	if (c.all)
		findings_add(out, FINDING_WARN, full ? NULL : todo,
			"%zu pods wait for a place and will rush onto each new node as it joins",
			c.all);
}

/* Two of the control plane must never be away; etcd loses its majority. */
static void roll_preflight_quorum(const struct model *m, const struct roll_sight *s,
	struct findings *out)
{
	const struct m_instance *const *v;
	size_t n, i, all = 0, ready = 0;

	v = model_instances(m, &n);
	for (i = 0; i < n; i++) {
		if (roll_instance_role(v[i]) != ROLE_CONTROL_PLANE || !roll_instance_alive(v[i]))
			continue;
		all++;
		ready += v[i]->node && v[i]->node->node.ready == TRI_YES;
	}
	if (s->control_planes && all > 1 && ready < all)
		findings_add(out, FINDING_REFUSE, "bring it back before another one is replaced",
			"%zu of %zu of the control plane are Ready: replacing one more endangers "
			"etcd's majority", ready, all);
}

/* A critical pod that no node takes keeps every validation from passing. */
static void roll_preflight_blocked(const struct model *m, struct findings *out)
{
	const struct m_pod *const *v;
	size_t n, i;

	if (!model_unbound_pods(m))
		return;
	v = model_pods(m, &n);
	for (i = 0; i < n; i++) {
		const struct pod *p = &v[i]->pod;

		if (v[i]->bound || p->phase != POD_PENDING || !(p->flags & POD_CRITICAL) ||
			!str_eq(p->trouble->sched_reason, "Unschedulable"))
			continue;
		findings_add(out, FINDING_REFUSE, "make room for it, or delete what it belongs to",
			"%s/%s is critical and fits on no node: the cluster cannot validate, so "
			"the roll would wait until it gives up", p->ns, p->name);
		return;
	}
}

static void roll_preflight_subnets(const struct model *m, struct findings *out)
{
	const struct subnet *const *v;
	size_t n, i;

	v = model_subnets(m, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->free_ips >= 0 && v[i]->free_ips < 16)
			findings_add(out, FINDING_WARN, "free addresses or add a subnet",
				"Subnet %s has %d free addresses: a new node may get none",
				v[i]->name ? v[i]->name : v[i]->id, (int)v[i]->free_ips);
	}
}

/* A cluster without any group is looked for where it is not: "nothing to do" is no answer. */
static void roll_preflight_place(const struct model *m, struct findings *out)
{
	const char *open = model_opened(m);
	const struct m_cluster *c = open ? model_cluster(m, open) : NULL;
	const struct m_group *const *v;
	size_t n, i, specs = 0;

	v = model_groups(m, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->has_asg)
			return;
		specs += v[i]->has_spec && !v[i]->spec.karpenter;
	}
	if (specs)
		findings_add(out, FINDING_REFUSE,
			"check the region and the account, or run the update first",
			"AWS has none of the cluster's %zu groups here%s%s", specs,
			c && c->spec.region ? ": by its spec it lies in " : "",
			c && c->spec.region ? c->spec.region : "");
}

void roll_preflight(const struct model *m, const struct roll_options *o, struct findings *out)
{
	struct findings now = { .v = NULL };
	struct roll_sight s = { 0 };
	size_t i;

	if (!roll_preflight_sources(m, out))
		return;
	roll_preflight_place(m, out);
	if (roll_addon_pending(m))
		findings_add(out, o->anyway ? FINDING_WARN : FINDING_REFUSE,
			"run the update; about a minute after it the addon is applied and marks "
			"the nodes",
			"The CNI settings of the spec have not reached the cluster: all would be "
			"rolled twice");
	roll_preflight_look(m, o, &s);
	roll_preflight_say(m, &s, out);
	roll_preflight_pdbs(m, o, out);
	roll_preflight_crowd(m, out);
	if (s.instances) {
		roll_preflight_quorum(m, &s, out);
		roll_preflight_blocked(m, out);
		roll_forecast(m, o, out);
	}
	roll_preflight_subnets(m, out);
	if (!roll_validate(m, NULL, &now)) {
		for (i = 0; i < now.n && i < 3; i++)
			findings_add(out, FINDING_WARN,
				"the roll waits for this before it takes the first node", "%s",
				now.v[i].text);
	}
	findings_release(&now);
}

void roll_preflight_credentials(const struct model *m, int64_t now_wall, int64_t eta_ms,
	struct findings *out)
{
	const struct identity *id = model_identity(m);
	int64_t left;

	if (!id || !id->expires)
		return;
	left = id->expires - now_wall;
	if (left < eta_ms && id->renews)
		findings_add(out, FINDING_INFO, NULL,
			"The AWS credentials end in %d min, before the roll; they are renewed by "
			"themselves (%s)", (int)(left / 60000), id->provider ? id->provider : "?");
	else if (left < eta_ms)
		findings_add(out, left < eta_ms / 2 ? FINDING_REFUSE : FINDING_WARN,
			"log in again before it starts",
			"The AWS credentials (%s) expire in %d min, the roll takes about %d min",
			id->provider ? id->provider : "?", (int)(left / 60000),
			(int)(eta_ms / 60000) + 1);
}
