/* SPDX-License-Identifier: Apache-2.0 */
/* Before a roll: what would get in its way, each with what to do first. */
#include <stdlib.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/rules/roll-internal.h"

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

static void roll_preflight_pdbs(const struct model *m, struct findings *out)
{
	const struct pdb *const *v;
	size_t n, i;

	v = model_pdbs(m, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->disruptions_allowed != 0 || v[i]->expected_pods <= 0)
			continue;
		findings_add(out, FINDING_WARN, "scale it up by one, or loosen the PDB",
			"PDB %s/%s allows 0 disruptions (%d of %d needed): "
			"a drain will wait for it",
			v[i]->ns, v[i]->name, v[i]->desired_healthy, v[i]->expected_pods);
	}
}

/* The story's accident: waiting pods rush onto each new node before aws-node has its slot. */
static void roll_preflight_pending(const struct model *m, struct findings *out)
{
	const struct m_pod *const *v;
	size_t n, i, pending = 0, cni = 0;

	v = model_pods(m, &n);
	for (i = 0; i < n; i++) {
		const struct pod *p = &v[i]->pod;

		if (p->phase != POD_PENDING || v[i]->bound || p->deletion)
			continue;
		if (str_eq(p->owner_kind, "DaemonSet") && str_eq(p->owner_name, "aws-node"))
			cni++;
		else if (!(p->flags & POD_DAEMON))
			pending++;
	}
	if (cni)
		findings_add(out, FINDING_REFUSE, "scale down until they run, then roll",
			"%zu aws-node pod%s no slot on a full node: replacing nodes now makes more "
			"of them", cni, cni == 1 ? " finds" : "s find");
	if (pending)
		findings_add(out, FINDING_WARN,
			"scale down first if nodes must not fill up at once",
			"%zu pods wait for a place and will fill each new node as it joins",
			pending);
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

/* A node takes so long when nobody has measured it. */
#define NODE_GUESS_MS (4 * 60000)

/* A roll outlives the credentials: it would stop half-way. */
static void roll_preflight_identity(const struct model *m, const struct roll_options *o,
	const struct roll_sight *s, struct findings *out)
{
	const struct identity *who = model_identity(m);
	int64_t now = model_source(m, SRC_AWS)->arrived;
	int64_t guess = o->node_guess_ms > 0 ? o->node_guess_ms : NODE_GUESS_MS;
	int64_t takes = (int64_t)s->instances * guess;
	char left[24], long_[24];

	if (!who || !who->expires || !s->instances || who->expires - now >= takes)
		return;
	stamp_duration(left, sizeof(left), who->expires > now ? who->expires - now : 0);
	stamp_duration(long_, sizeof(long_), takes);
	if (who->renews)
		findings_add(out, FINDING_INFO, NULL,
			"The AWS credentials end in %s, the roll takes about %s: they are renewed "
			"by themselves (%s)", left, long_, who->provider);
	else
		findings_add(out, FINDING_WARN, "log in again first, so that they last",
			"The AWS credentials end in %s, the roll takes about %s: it would stop "
			"half-way", left, long_);
}

void roll_preflight(const struct model *m, const struct roll_options *o, struct findings *out)
{
	struct findings now = { .v = NULL };
	struct roll_sight s = { 0 };
	size_t i;

	if (!roll_preflight_sources(m, out))
		return;
	roll_preflight_look(m, o, &s);
	roll_preflight_say(m, &s, out);
	roll_preflight_identity(m, o, &s, out);
	roll_preflight_pdbs(m, out);
	roll_preflight_pending(m, out);
	roll_preflight_subnets(m, out);
	if (!roll_validate(m, NULL, &now)) {
		for (i = 0; i < now.n && i < 3; i++)
			findings_add(out, FINDING_WARN,
				"the roll waits for this before it takes the first node", "%s",
				now.v[i].text);
	}
	findings_release(&now);
}
