/* SPDX-License-Identifier: Apache-2.0 */
/* The way of one instance through its phases. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/rules/roll/internal.h"

void roll_check_reset(struct roll_check *c)
{
	c->since = c->next = ROLL_NEVER;
	c->passes = 0;
	c->gap = 0;
}

void roll_stale_words(const struct roll *r, char *out, size_t size)
{
	enum source_id id = r->kube ? SRC_AWS : SRC_KUBE;
	const struct source_status *s = model_source(r->m, id);
	const char *name = id == SRC_KUBE ? "the API server" : "AWS";

	if (s->state == SOURCE_FAILED && s->why.text[0])
		snprintf(out, size, "%s to answer again (%s)", name, s->why.text);
	else
		snprintf(out, size, "%s to answer", name);
	roll_text_fix(out);
}

/* All pods of a large cluster are looked through: not at each of its many changes. */
static bool roll_judge(struct roll *r, const char *group)
{
	uint64_t generation = model_generation_all(r->m);
	struct findings f = { .v = NULL };

	if (r->judged.at != ROLL_NEVER && r->judged.group == group) {
		if (r->judged.generation == generation)
			return r->judged.healthy;
		if (!r->judged.healthy && r->now - r->judged.at < ROLL_LOOK_MS) {
			roll_wake(r, r->judged.at + ROLL_LOOK_MS);
			return false;
		}
	}
	r->judged.healthy = roll_validate(r->m, group, &f);
	r->judged.group = group;
	r->judged.generation = generation;
	r->judged.at = r->now;
	snprintf(r->judged.words, sizeof(r->judged.words), "validation: %s",
		f.n ? f.v[0].text : "not healthy");
	roll_text_fix(r->judged.words);
	findings_release(&f);
	return r->judged.healthy;
}

static int roll_check_judge(struct roll *r, struct roll_check *c, const char *group,
	int32_t count, char *words, size_t size)
{
	if (!roll_judge(r, group)) {
		if (words)
			snprintf(words, size, "%s", r->judged.words);
		c->passes = 0;
		c->next = ROLL_NEVER;
		return 0;
	}
	if (c->next == ROLL_NEVER || r->now >= c->next) {
		if (++c->passes >= count)
			return 1;
		c->next = r->now + (c->gap && c->gap < r->o.validate_gap_ms ? c->gap :
			r->o.validate_gap_ms);
	}
	if (words)
		snprintf(words, size, "a second look at the cluster, which is healthy now");
	roll_wake(r, c->next);
	return 0;
}

int roll_check_step(struct roll *r, struct roll_check *c, const char *group, int32_t count,
	char *words, size_t size)
{
	if (r->o.validate_count <= 0 || count <= 0)
		return 1;
	if (c->since == ROLL_NEVER)
		c->since = r->now;
	if (r->o.validate_timeout_ms > 0) {
		if (r->now - c->since > r->o.validate_timeout_ms)
			return -1;
		roll_wake(r, c->since + r->o.validate_timeout_ms + 1);
	}
	if (!r->aws || !r->kube) {
		c->passes = 0;
		c->next = ROLL_NEVER;
		if (words)
			roll_stale_words(r, words, size);
		return 0;
	}
	return roll_check_judge(r, c, group, count, words, size);
}

void roll_fail_item(struct roll *r, struct roll_item *it, const char *fmt, ...)
{
	struct roll_group *g = roll_group_find(r, it->group);
	char text[sizeof(r->why)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	roll_text_fix(text);
	roll_set_phase(r, it, ROLL_FAILED);
	roll_wait_words(it, "%s", text);
	it->in_hand = false;
	if (g)
		g->failed = true;
	if (g && (g->role == ROLE_CONTROL_PLANE || g->role == ROLE_BASTION))
		roll_end(r, ROLL_BROKEN, "%s", text);
	else if (!r->why[0])
		memcpy(r->why, text, sizeof(text));
}

/* ---- has the replacement come? ---- */

static bool roll_cni_runs(const struct roll *r, const struct m_node *n)
{
	const struct m_pod *p;

	if (!model_daemonset(r->m, "kube-system", "aws-node"))
		return true; /* another network */
	for (p = n->pods; p; p = p->next_on_node) {
		if (str_eq(p->pod.owner_kind, "DaemonSet") &&
			str_eq(p->pod.owner_name, "aws-node") && p->pod.phase == POD_RUNNING &&
			!p->pod.deletion)
			return true;
	}
	return false;
}

/* "v1.34.2": 34; -1 it is no such version. */
static int64_t roll_minor(const char *version)
{
	char text[8];
	int64_t n = -1;

	if (!str_starts(version, "v1."))
		return -1;
	snprintf(text, sizeof(text), "%.*s", (int)strspn(version + 3, "0123456789"), version + 3);
	return str_to_i64(text, 0, 1000, &n) ? n : -1;
}

/* Kubernetes' version skew: a kubelet may be three minor versions behind, before 1.28 two. */
static bool roll_kubelet_is_old(const char *kubelet, const char *server)
{
	int64_t mine = roll_minor(kubelet), theirs = roll_minor(server);

	return mine >= 0 && theirs - mine > (theirs >= 28 ? 3 : 2);
}

static bool roll_has_joined(struct roll *r, struct roll_item *it, enum role role)
{
	const struct m_instance *i;
	const struct node *n;

	if (!it->replaced_by) {
		const struct m_group *g = model_group(r->m, it->group);
		const char *why = g && g->has_asg ? g->asg.trouble : NULL;

		if (r->aws && g && !g->has_asg)
			why = "its Auto Scaling group is gone";
		else if (!why && g && g->has_asg && g->asg.desired == 0)
			why = "it is scaled to none";

		roll_wait_words(it, "the group to launch a replacement%s%s", why ? ": " : "",
			why ? why : "");
		return false;
	}
	i = model_instance(r->m, it->replaced_by);
	if (i && !roll_role_joins(role))
		return str_eq(i->instance.state, "running");
	if (!i || !i->node) {
		roll_wait_words(it, "%s to boot and join", it->replaced_by);
		return false;
	}
	n = &i->node->node;
	it->pub.pods_after = (int32_t)n->alloc_pods;
	if (n->ready != TRI_YES || n->network_unavailable == TRI_YES) {
		const struct kube_server *s = model_server(r->m);

		if (s && roll_kubelet_is_old(n->kubelet_version, s->version))
			roll_wait_words(it, "%s to be Ready: its kubelet %s is too old for the "
				"API server %s", n->name, n->kubelet_version, s->version);
		else
			roll_wait_words(it, "%s to be Ready%s%s", n->name,
				n->ready_reason ? ": " : "",
				n->ready_reason ? n->ready_reason : "");
		return false;
	}
	if (!roll_cni_runs(r, i->node)) {
		roll_wait_words(it, "aws-node to run on %s", n->name);
		return false;
	}
	return true;
}

bool roll_joined(struct roll *r, struct roll_item *it, enum role role)
{
	bool there = roll_has_joined(r, it, role);

	/* It was there and is gone again: its time runs anew. */
	if (it->joined && !there)
		it->lost_at = r->now;
	it->joined = there && roll_role_joins(role);
	return there;
}

/* ---- the phases ---- */

/* kops leaves the only control plane in its balancers (facts: kops 5.4). */
static bool roll_deregisters(const struct roll *r, const struct roll_group *g,
	const struct roll_item *it)
{
	const struct m_group *const *v;
	int32_t sum = 0;
	size_t n, i;

	if (!it->asg || it->warm)
		return false;
	if (g->role != ROLE_CONTROL_PLANE && g->role != ROLE_APISERVER)
		return true;
	v = model_groups(r->m, &n);
	for (i = 0; i < n; i++) {
		if (v[i]->has_spec && (v[i]->spec.role == ROLE_CONTROL_PLANE ||
			v[i]->spec.role == ROLE_APISERVER))
			sum += v[i]->spec.min_size;
	}
	return sum > 1;
}

/* The instance went away without us: what is left is to wait for another. */
static bool roll_step_vanished(struct roll *r, struct roll_item *it)
{
	const struct m_instance *i = model_instance(r->m, it->instance);

	if (!r->aws || (i && (roll_instance_alive(i) || str_starts(i->instance.state, "stop"))))
		return false;
	if (it->lost_at == ROLL_NEVER)
		it->lost_at = r->now;
	roll_set_phase(r, it, ROLL_TERMINATING);
	return true;
}

static void roll_step_cordon(struct roll *r, struct roll_group *g, struct roll_item *it)
{
	const struct m_node *n = it->node && !it->warm ? model_node(r->m, it->node) : NULL;

	if (n && !n->node.unschedulable && !roll_want(r, it, ROLL_CORDON))
		return;
	if (n && !node_label(&n->node, ROLL_EXCLUDE_KEY) && !roll_want(r, it, ROLL_EXCLUDE_LB))
		return;
	if (roll_deregisters(r, g, it) && !roll_want(r, it, ROLL_DEREGISTER))
		return;
	roll_set_phase(r, it, ROLL_DRAINING);
}

static void roll_step_drain(struct roll *r, struct roll_group *g, struct roll_item *it)
{
	if (it->warm || roll_drain(r, it))
		roll_set_phase(r, it, ROLL_DRAINED);
}

static void roll_step_drained(struct roll *r, struct roll_group *g, struct roll_item *it)
{
	int64_t until = it->pub.phase_since + (it->node && !it->warm ? r->o.post_drain_ms : 0);

	if (r->now < until) {
		roll_wait_words(it, "pods to settle elsewhere");
		roll_wake(r, until);
		return;
	}
	if (g->role == ROLE_CONTROL_PLANE && !roll_quorum(r, it))
		return;
	roll_want(r, it, ROLL_TERMINATE);
	if (!(it->issued & ROLL_BIT(ROLL_TERMINATE)))
		return;
	if (it->lost_at == ROLL_NEVER)
		it->lost_at = r->now;
	it->ended_at = r->now; /* of one that was detached later than it was lost */
	roll_set_phase(r, it, ROLL_TERMINATING);
}

/* Terminating, booting, joining: read off what is seen, nothing is remembered. */
static void roll_step_replace(struct roll *r, struct roll_group *g, struct roll_item *it)
{
	const struct m_instance *i = model_instance(r->m, it->instance);
	const struct m_instance *by;

	if (!r->aws)
		return;
	if (i && roll_instance_alive(i) && !(it->issued & ROLL_BIT(ROLL_TERMINATE))) {
		roll_set_phase(r, it, ROLL_CORDONED); /* one answer had left it out */
		return;
	}
	/* Shutting down is EC2's promise: it never comes back, and its group knows. */
	if (i && !str_eq(i->instance.state, "terminated") &&
		!str_eq(i->instance.state, "shutting-down")) {
		roll_want(r, it, ROLL_TERMINATE);
		if (it->tries == 0)
			roll_wait_words(it, "EC2 to end it");
		return;
	}
	if (!it->was_detached && !it->warm) {
		by = it->replaced_by ? model_instance(r->m, it->replaced_by) : NULL;
		roll_set_phase(r, it, by && by->node ? ROLL_JOINING : ROLL_BOOTING);
		if (!roll_joined(r, it, g->role) || !r->kube)
			return;
	}
	roll_set_phase(r, it, ROLL_VALIDATING);
	roll_check_reset(&it->check);
	it->check.gap = it->surge || it->was_detached ? ROLL_GAP_DETACHED_MS : 0;
}

/* The pause that the user wants between two. */
static int64_t roll_interval(const struct roll_options *o, enum role role)
{
	if (role == ROLE_BASTION)
		return o->bastion_interval_ms;
	return role == ROLE_CONTROL_PLANE ? o->cp_interval_ms : o->node_interval_ms;
}

static void roll_step_validate(struct roll *r, struct roll_group *g, struct roll_item *it)
{
	int64_t pause = roll_interval(&r->o, g->role);
	int64_t since = it->ended_at != ROLL_NEVER ? it->ended_at : it->lost_at;
	int ok = 1;

	if (pause > 0 && since != ROLL_NEVER && r->now < since + pause) {
		roll_wait_words(it, "the interval of %d s to be over", (int)(pause / 1000));
		roll_wake(r, since + pause);
		return;
	}
	if (roll_role_joins(g->role) && !it->warm)
		ok = roll_check_step(r, &it->check, g->name, r->o.validate_count, it->pub.waits_for,
			sizeof(it->pub.waits_for));
	if (ok < 0)
		roll_end(r, ROLL_BROKEN, "The cluster did not validate within %d s after %s was "
			"replaced: %s.", (int)(r->o.validate_timeout_ms / 1000), it->instance,
			it->pub.waits_for);
	if (ok <= 0)
		return;
	roll_set_phase(r, it, ROLL_DONE);
	it->in_hand = false;
	it->pub.took_ms = r->now - it->taken_at;
	if (r->o.canary && !r->canary_done) {
		r->canary_done = true;
		r->pausing = true;
	}
	g->alone = false;
}

static void (*const roll_phase_steps[ROLL_PHASE__COUNT])(struct roll *, struct roll_group *,
	struct roll_item *) = {
	[ROLL_CORDONED] = roll_step_cordon,
	[ROLL_DRAINING] = roll_step_drain,
	[ROLL_DRAINED] = roll_step_drained,
	[ROLL_TERMINATING] = roll_step_replace,
	[ROLL_BOOTING] = roll_step_replace,
	[ROLL_JOINING] = roll_step_replace,
	[ROLL_VALIDATING] = roll_step_validate,
};

/* True when it ran out. */
static bool roll_drain_timeout(struct roll *r, struct roll_item *it)
{
	int64_t until = it->taken_at + r->o.drain_timeout_ms;

	if (r->o.drain_timeout_ms <= 0 || it->pub.phase > ROLL_DRAINING)
		return false;
	if (r->now < until) {
		roll_wake(r, until);
		return false;
	}
	roll_fail_item(r, it, "%s was not drained within %d minutes%s%s",
		it->node ? it->node : it->instance, (int)(r->o.drain_timeout_ms / 60000),
		it->pub.waits_for[0] ? "; it waits for " : "", it->pub.waits_for);
	return true;
}

/* Left out by the user: what was done to it is undone, unless it is too late for that. */
static bool roll_step_skip(struct roll *r, struct roll_item *it)
{
	if (!it->skip || it->pub.phase > ROLL_DRAINED)
		return false;
	roll_wait_words(it, "its cordon and taint to be taken back");
	if (!roll_clean_item(r, it))
		return true;
	roll_set_phase(r, it, ROLL_SKIPPED);
	roll_wait_words(it, "left out by the user");
	it->in_hand = false;
	return true;
}

void roll_item_step(struct roll *r, struct roll_group *g, struct roll_item *it)
{
	enum roll_phase before;

	if (roll_step_skip(r, it))
		return;
	if (roll_drain_timeout(r, it))
		return;
	if (it->pub.phase <= ROLL_DRAINED) {
		if (!r->aws || !r->kube) {
			roll_stale_words(r, it->pub.waits_for, sizeof(it->pub.waits_for));
			return;
		}
		if (!roll_step_vanished(r, it) && it->tries == 0)
			it->pub.waits_for[0] = '\0';
	}
	do { /* as far as it gets with what is seen */
		before = it->pub.phase;
		if (roll_phase_steps[before])
			roll_phase_steps[before](r, g, it);
	} while (it->pub.phase != before && r->ending == ROLL_RUNNING);
	if ((!r->aws || !r->kube) && it->pub.phase < ROLL_VALIDATING)
		roll_stale_words(r, it->pub.waits_for, sizeof(it->pub.waits_for));
}
