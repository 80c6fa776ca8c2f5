/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leaving things as they were found: what this roll cordoned, tainted and
 * excluded but did not terminate is given back.  kops leaves that to the user.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/rules/roll/internal.h"

static const struct {
	enum roll_action_kind done, undo;
} roll_undo[] = {
	{ ROLL_CORDON, ROLL_UNCORDON },
	{ ROLL_EXCLUDE_LB, ROLL_INCLUDE_LB },
	{ ROLL_TAINT, ROLL_UNTAINT },
};

bool roll_item_lost(const struct roll *r, const struct roll_item *it)
{
	const struct m_instance *i = model_instance(r->m, it->instance);

	if (it->acked & ROLL_BIT(ROLL_TERMINATE))
		return true;
	if (it->pub.phase >= ROLL_BOOTING && it->pub.phase <= ROLL_DONE)
		return true;
	return r->aws && (!i || str_eq(i->instance.state, "terminated") ||
		str_eq(i->instance.state, "shutting-down"));
}

bool roll_clean_item(struct roll *r, struct roll_item *it)
{
	bool clean = true;
	size_t i;

	/* Whether it is terminated or detached is only known when the answer is there. */
	if (roll_outstanding(r, it, ROLL_TERMINATE) || roll_outstanding(r, it, ROLL_DETACH))
		return false;
	if (roll_item_lost(r, it) || it->warm || !it->node)
		return true;
	for (i = 0; i < sizeof(roll_undo) / sizeof(roll_undo[0]); i++) {
		if (!(it->issued & ROLL_BIT(roll_undo[i].done)))
			continue;
		/* An answer still out could come behind our undoing. */
		if (roll_outstanding(r, it, roll_undo[i].done) ||
			((!r->kube || model_node(r->m, it->node)) &&
				!roll_want(r, it, roll_undo[i].undo)))
			clean = false;
	}
	return clean;
}

bool roll_clean_group(struct roll *r, const struct roll_group *g)
{
	bool clean = true;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		if (!g || str_eq(r->items[i]->group, g->name))
			clean = roll_clean_item(r, r->items[i]) && clean;
	}
	return clean;
}

static void roll_why_add(struct roll *r, const char *text)
{
	size_t n = strlen(r->why);
	bool open = n && r->why[n - 1] != '.';

	snprintf(r->why + n, sizeof(r->why) - n, "%s %s", open ? "." : "", text);
}

static void roll_say_detached(struct roll *r)
{
	size_t i, n = 0;
	char text[128];

	for (i = 0; i < r->nitems; i++) {
		const struct roll_item *it = r->items[i];
		const struct m_instance *mi = model_instance(r->m, it->instance);
		bool out = it->was_detached || (it->surge && !it->surge_failed &&
			(it->issued & ROLL_BIT(ROLL_DETACH)));

		n += out && mi && roll_instance_alive(mi) && !roll_item_lost(r, it);
	}
	if (!n)
		return;
	snprintf(text, sizeof(text), "%zu detached instance%s still run%s: roll again to end %s.",
		n, n == 1 ? "" : "s", n == 1 ? "s" : "", n == 1 ? "it" : "them");
	roll_why_add(r, text);
}

#define NAMED 3 /* of those that are left; the others are counted */

/* As far as it is known: it is asked for and not taken back, or it was seen so last. */
static bool roll_item_left(const struct roll *r, const struct roll_item *it)
{
	const struct m_node *n = it->node ? model_node(r->m, it->node) : NULL;
	bool left = false;
	size_t i;

	if (!it->node || it->warm || roll_item_lost(r, it))
		return false;
	for (i = 0; i < sizeof(roll_undo) / sizeof(roll_undo[0]); i++) {
		left |= (it->issued & ROLL_BIT(roll_undo[i].done)) &&
			!(it->acked & ROLL_BIT(roll_undo[i].undo));
	}
	return left || (n && (it->issued & ROLL_BIT(ROLL_CORDON)) && n->node.unschedulable) ||
		(n && (it->issued & ROLL_BIT(ROLL_TAINT)) &&
			node_tainted(&n->node, ROLL_TAINT_KEY));
}

static void roll_say_unclean(struct roll *r)
{
	char text[300] = "Cordons and taints could not all be taken back: look at ";
	size_t i, n = 0, len = strlen(text);

	for (i = 0; i < r->nitems; i++) {
		if (!roll_item_left(r, r->items[i]) || ++n > NAMED)
			continue;
		snprintf(text + len, sizeof(text) - len, "%s%.63s", n > 1 ? ", " : "",
			r->items[i]->node);
		len = strlen(text);
	}
	if (n > NAMED)
		snprintf(text + len, sizeof(text) - len, " and %zu more.", n - NAMED);
	else
		snprintf(text + len, sizeof(text) - len, n ? "." : "the nodes.");
	roll_why_add(r, text);
}

void roll_say_left(struct roll *r, bool clean)
{
	size_t i, coming = 0;
	char text[128];

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];

		it->in_hand = false;
		if (roll_item_lost(r, it) && it->pub.phase < ROLL_DONE &&
			it->lost_at != ROLL_NEVER) {
			coming++;
			continue;
		}
		if (it->pub.phase >= ROLL_DONE)
			continue;
		roll_set_phase(r, it, ROLL_SKIPPED);
	}
	if (!clean)
		roll_say_unclean(r);
	if (coming) {
		snprintf(text, sizeof(text), "%zu replacement%s still on the way.", coming,
			coming == 1 ? " is" : "s are");
		roll_why_add(r, text);
	}
	roll_say_detached(r);
}

void roll_ending_step(struct roll *r)
{
	bool clean = roll_clean_group(r, NULL), waits = !r->aws || !r->reached || r->nacts > 0;
	int64_t until;

	/*
	 * Only what was tried without success is a reason to leave things as they are: while the
	 * world does not answer nothing can be said against it.
	 */
	if (r->ending_waits && r->ending_away < ROLL_CLEANUP_AWAY_MS) {
		r->ending_since += r->now - r->ending_seen;
		r->ending_away += r->now - r->ending_seen;
	}
	r->ending_seen = r->now;
	r->ending_waits = waits;
	until = r->ending_since + ROLL_CLEANUP_MS;
	if (!clean && (r->now < until || (waits && r->ending_away < ROLL_CLEANUP_AWAY_MS))) {
		roll_wake(r, waits ? r->now + ROLL_RETRY_MS : until);
		return;
	}
	roll_say_left(r, clean && !r->unclean);
	r->state = r->ending;
}
