/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guard rails of a roll: what stops it before it does harm.  Each is a lesson
 * from the accident in DESIGN: aws-node that finds no slot, kubelets that
 * reject pods, control planes that lose their majority.
 */
#include "core/base/strs.h"
#include "core/rules/roll/internal.h"

/* The node that a DaemonSet's pod is for: where it runs, or the one it is pinned to. */
static const char *roll_pod_target(const struct pod *p)
{
	size_t i, k;

	if (p->node)
		return p->node;
	for (i = 0; p->shape && i < p->shape->nnode_affinity; i++) {
		const struct selector_term *t = &p->shape->node_affinity[i];

		for (k = 0; k < t->nreqs; k++) {
			if (t->reqs[k].is_field && t->reqs[k].nvalues == 1)
				return t->reqs[k].values[0];
		}
	}
	return NULL;
}

static bool roll_is_cni(const struct pod *p)
{
	return str_eq(p->owner_kind, "DaemonSet") && str_eq(p->owner_name, "aws-node") &&
		str_eq(p->ns, "kube-system");
}

/* The item whose replacement is the node of this name. */
static struct roll_item *roll_item_by_new_node(struct roll *r, const char *name)
{
	const struct m_node *n = model_node(r->m, name);

	if (!n || !n->instance || strmap_get(r->known, n->instance->instance.id))
		return NULL;
	return strmap_get(r->by_new, n->instance->instance.id);
}

/*
 * What a guard holds against a pod must be true as of the API server's last word: on a connection
 * that fell silent a pod may long have what it lacked.  Either a word comes, or the silence is
 * noticed (k8s/heartbeat.h).
 */
static bool roll_is_told(const struct roll *r, double lacking_ms, double limit_ms)
{
	return lacking_ms - (double)(r->now - r->heard) > limit_ms &&
		r->heard > r->back && r->now - r->back >= ROLL_MISSED_MS;
}

static void roll_guard_cni(struct roll *r, const struct pod *p)
{
	const char *node = roll_pod_target(p);
	struct roll_item *it = node ? roll_item_by_new_node(r, node) : NULL;

	if (!it)
		return;
	if (p->phase != POD_PENDING || p->deletion) {
		it->cni_since = ROLL_NEVER;
		return;
	}
	if (it->cni_since == ROLL_NEVER)
		it->cni_since = r->now;
	if (roll_is_told(r, (double)(r->now - it->cni_since), ROLL_CNI_PENDING_MS))
		roll_end(r, ROLL_GUARDED,
			"Stopped: %s on the new node %s is Pending for over a minute%s%s; "
			"without it no pod there gets an address.",
			p->name, node, p->trouble->sched_message ? ": " : "",
			p->trouble->sched_message ? p->trouble->sched_message : "");
	else
		roll_wake(r, r->now + ROLL_CNI_PENDING_MS / 12);
}

static void roll_guard_join(struct roll *r, struct roll_item *it)
{
	int64_t until = it->lost_at + r->o.join_timeout_ms;
	bool waits = it->lost_at != ROLL_NEVER && !it->was_detached && !it->warm &&
		!it->joined && it->pub.phase < ROLL_VALIDATING;

	if (!waits || r->o.join_timeout_ms <= 0)
		return;
	if (r->now < until) {
		roll_wake(r, until);
		return;
	}
	roll_end(r, ROLL_GUARDED, "Stopped: nothing Ready stands in for %s after %d minutes%s%s.",
		it->instance, (int)(r->o.join_timeout_ms / 60000),
		it->pub.waits_for[0] ? "; waits for " : "", it->pub.waits_for);
}

/* A pod that got no address: the sandbox waits for ipamd. */
bool roll_lacks_ip(const struct pod *p)
{
	return p->node && p->phase == POD_PENDING && !p->deletion && !p->ip &&
		!(p->flags & POD_HOST_NETWORK) && p->trouble->scheduled_at && p->shape &&
		!p->shape->nclaims && /* a volume may take that long to move */
		(str_eq(p->trouble->waiting_reason, "ContainerCreating") ||
			str_eq(p->trouble->waiting_reason, "PodInitializing"));
}

static void roll_guard_ip(struct roll *r, const struct pod *p, int64_t now_wall)
{
	/* The stamp is of a whole second: it may be true of that second's end only, which in a
	   lab whose time runs fast is minutes. */
	int64_t least = now_wall - p->trouble->scheduled_at - 1000;

	if (!roll_lacks_ip(p))
		return;
	if (!roll_is_told(r, (double)least * r->scale, ROLL_NO_IP_MS)) {
		roll_wake(r, r->now + ROLL_NO_IP_MS / 4);
		return;
	}
	roll_end(r, ROLL_GUARDED,
		"Stopped: %s/%s on the new node %s has no address for over %d minutes: its subnet "
		"or its network interfaces have none left.", p->ns, p->name, p->node,
		ROLL_NO_IP_MS / 60000);
}

static void roll_guard_node(struct roll *r, const struct m_node *n, int64_t now_wall)
{
	const struct m_pod *p;

	for (p = n->pods; p; p = p->next_on_node) {
		if (roll_is_cni(&p->pod))
			roll_guard_cni(r, &p->pod);
		else if (str_eq(p->pod.trouble->status_reason, "OutOfpods"))
			roll_end(r, ROLL_GUARDED,
				"Stopped: the kubelet of the new node %s rejects pods (OutOfpods, "
				"%s/%s): its limit is lower than what was placed there.",
				n->node.name, p->pod.ns, p->pod.name);
		else
			roll_guard_ip(r, &p->pod, now_wall);
	}
}

/* aws-node pods that found no slot are on no node: they are looked for among all, now and then. */
static void roll_guard_unbound(struct roll *r)
{
	const struct m_pod *const *v;
	size_t n, i;

	if (!model_unbound_pods(r->m))
		return;
	if (roll_since(r, r->guarded_at) < 5 * ROLL_LOOK_MS) {
		roll_wake(r, r->guarded_at + 5 * ROLL_LOOK_MS);
		return;
	}
	r->guarded_at = r->now;
	v = model_pods(r->m, &n);
	for (i = 0; i < n; i++) {
		if (!v[i]->bound && roll_is_cni(&v[i]->pod))
			roll_guard_cni(r, &v[i]->pod);
	}
}

void roll_guards(struct roll *r, int64_t now_wall)
{
	bool waits = false;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];
		const struct m_instance *by;

		roll_guard_join(r, it);
		if (!it->replaced_by || !r->kube || !r->aws)
			continue;
		if (it->pub.phase >= ROLL_DONE && r->now - it->pub.phase_since > ROLL_WATCHED_MS)
			continue;
		waits = true;
		by = model_instance(r->m, it->replaced_by);
		if (by && by->node)
			roll_guard_node(r, by->node, now_wall);
	}
	if (waits)
		roll_guard_unbound(r);
}

/* Waits, for at most as long as a node may take to join. */
static bool roll_quorum_waits(struct roll *r, struct roll_item *it)
{
	if (it->quorum_since == ROLL_NEVER)
		it->quorum_since = r->now;
	if (r->o.join_timeout_ms <= 0)
		return false;
	if (r->now - it->quorum_since > r->o.join_timeout_ms)
		roll_end(r, ROLL_GUARDED, "Stopped: waited in vain for %s.", it->pub.waits_for);
	else
		roll_wake(r, it->quorum_since + r->o.join_timeout_ms + 1);
	return false;
}

/* A control-plane group that has fewer instances than it wants; NULL: none. */
static const char *roll_group_short(const struct model *m)
{
	const struct m_instance *const *v;
	const struct m_group *const *groups;
	size_t n, ng, i, k;

	groups = model_groups(m, &ng);
	v = model_instances(m, &n);
	for (i = 0; i < ng; i++) {
		int32_t alive = 0;

		if (!groups[i]->has_spec || groups[i]->spec.role != ROLE_CONTROL_PLANE ||
			!groups[i]->has_asg)
			continue;
		for (k = 0; k < n; k++)
			alive += v[k]->group == groups[i] && roll_instance_alive(v[k]) &&
				!v[k]->instance.detached;
		if (alive < groups[i]->asg.desired)
			return groups[i]->spec.name;
	}
	return NULL;
}

bool roll_quorum(struct roll *r, struct roll_item *it)
{
	const char *lacking = roll_group_short(r->m);
	const struct m_instance *const *v;
	size_t n, i;

	if (lacking) {
		roll_wait_words(it, "the control-plane group %s to have all its instances",
			lacking);
		return roll_quorum_waits(r, it);
	}
	v = model_instances(r->m, &n);
	for (i = 0; i < n; i++) {
		const struct m_instance *o = v[i];

		if (roll_instance_role(o) != ROLE_CONTROL_PLANE || o->instance.detached ||
			str_eq(o->instance.id, it->instance) || !roll_instance_alive(o))
			continue;
		if (o->node && o->node->node.ready == TRI_YES)
			continue;
		roll_wait_words(it,
			"the control plane's %s to be Ready, so that two are never away",
			o->node ? o->node->node.name : o->instance.id);
		return roll_quorum_waits(r, it);
	}
	it->quorum_since = ROLL_NEVER;
	return true;
}
