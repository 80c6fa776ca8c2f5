/* SPDX-License-Identifier: Apache-2.0 */
/* The turn of one group: check, taint, surge, then its instances (facts: kops 5.4). */
#include <stdio.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/rules/roll/internal.h"

static bool roll_in(const struct roll_item *it, const struct roll_group *g)
{
	return str_eq(it->group, g->name);
}

static bool roll_live(const struct roll *r)
{
	return r->aws && r->kube;
}

static bool roll_item_detached(const struct roll *r, const struct roll_item *it)
{
	const struct m_instance *i = model_instance(r->m, it->instance);

	return (it->acked & ROLL_BIT(ROLL_DETACH)) || (i && i->instance.detached);
}

/* Items not begun whose instance ended without us. */
static void roll_group_sweep(struct roll *r, struct roll_group *g)
{
	size_t i;

	if (r->same && !r->touched && !r->skipping)
		return;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];
		const struct m_instance *mi;

		if (!roll_in(it, g) || it->in_hand || it->pub.phase > ROLL_DETACHED || !r->aws)
			continue;
		mi = model_instance(r->m, it->instance);
		if (it->skip && roll_clean_item(r, it)) {
			roll_set_phase(r, it, ROLL_SKIPPED);
			roll_wait_words(it, "left out by the user");
			continue;
		}
		if (mi && !str_eq(mi->instance.state, "terminated") &&
			!str_eq(mi->instance.state, "shutting-down"))
			continue;
		roll_set_phase(r, it, ROLL_SKIPPED);
		roll_wait_words(it, "it went away by itself");
	}
}

static size_t roll_group_left(const struct roll *r, const struct roll_group *g)
{
	size_t i, n = 0;

	for (i = 0; i < r->nitems; i++)
		n += roll_in(r->items[i], g) && r->items[i]->pub.phase < ROLL_DONE;
	return n;
}

/* ---- check ---- */

/* Healthy before more is taken away; ends the roll when it stays unhealthy. */
static bool roll_group_healthy(struct roll *r, struct roll_group *g, int32_t count)
{
	int ok = 1;

	if (roll_role_joins(g->role))
		ok = roll_check_step(r, &g->check, g->name, count, g->words, sizeof(g->words));
	if (ok > 0) {
		roll_check_reset(&g->check);
		return true;
	}
	if (ok < 0)
		roll_end(r, ROLL_BROKEN, "Group %s did not validate within %d s%s%s.", g->name,
			(int)(r->o.validate_timeout_ms / 1000), g->words[0] ? ": " : "", g->words);
	else
		snprintf(r->waits, sizeof(r->waits), "%s waits for %s", g->name, g->words);
	return false;
}

static bool roll_turn_waits(struct roll *r, struct roll_group *g)
{
	if (r->pausing)
		return false;
	roll_check_reset(&g->check);
	g->turn = TURN_CHECK;
	return true;
}

static bool roll_turn_check(struct roll *r, struct roll_group *g)
{
	if (!roll_group_healthy(r, g, 1))
		return false;
	roll_group_decide(r, g);
	g->turn = TURN_TAINT;
	return true;
}

/* ---- taint ---- */

/* All of the group's waiting nodes are to be avoided by the scheduler; true: they are. */
static bool roll_group_taint(struct roll *r, struct roll_group *g)
{
	bool all = true;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];
		const struct m_node *n;

		if (!roll_in(it, g) || it->pub.phase != ROLL_WAITS || it->in_hand || it->warm ||
			it->skip)
			continue;
		n = it->node ? model_node(r->m, it->node) : NULL;
		if (!n || n->node.unschedulable)
			continue;
		if (node_tainted(&n->node, ROLL_TAINT_KEY) || (it->acked & ROLL_BIT(ROLL_TAINT))) {
			roll_set_phase(r, it, ROLL_TAINTED);
			continue;
		}
		all = false;
		/* Thousands at once would be a burst on the server and a long turn here. */
		if (r->nacts >= ROLL_AT_ONCE)
			break;
		roll_want(r, it, ROLL_TAINT);
	}
	return all;
}

static bool roll_turn_taint(struct roll *r, struct roll_group *g)
{
	if (!roll_group_taint(r, g))
		return false;
	g->turn = TURN_SURGE;
	return true;
}

/* ---- surge ---- */

/* The last of the list that can still be detached. */
static struct roll_item *roll_surge_candidate(struct roll *r, const struct roll_group *g)
{
	size_t i;

	for (i = r->nitems; i-- > 0;) {
		struct roll_item *it = r->items[i];

		if (roll_in(it, g) && it->pub.phase <= ROLL_TAINTED && !it->surge &&
			!it->surge_failed && !it->skip && !it->was_detached && !it->warm && it->asg)
			return it;
	}
	return NULL;
}

/* Detaches those chosen; counts the detached, and says whether their replacements joined. */
static int32_t roll_surge_step(struct roll *r, struct roll_group *g, bool *joined, bool *any)
{
	int32_t n = 0;
	size_t i;

	*joined = true;
	*any = false;
	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];

		if (!roll_in(it, g) || it->pub.phase >= ROLL_DONE)
			continue;
		n += it->surge || it->was_detached;
		if (!it->surge)
			continue;
		*any = true;
		if (!roll_item_detached(r, it) && !roll_want(r, it, ROLL_DETACH)) {
			if (it->lost_at == ROLL_NEVER && (it->issued & ROLL_BIT(ROLL_DETACH)))
				it->lost_at = r->now;
			*joined = false;
			continue;
		}
		if (it->lost_at == ROLL_NEVER)
			it->lost_at = r->now;
		roll_set_phase(r, it, ROLL_DETACHED);
		if (roll_joined(r, it, g->role))
			it->pub.waits_for[0] = '\0';
		else
			*joined = false;
		if (it->pub.waits_for[0])
			snprintf(r->waits, sizeof(r->waits), "%s waits for %s", g->name,
				it->pub.waits_for);
	}
	return n;
}

static bool roll_turn_surge(struct roll *r, struct roll_group *g)
{
	struct roll_item *next;
	bool joined, any;
	int32_t n = roll_surge_step(r, g, &joined, &any);

	/* With nothing up to date the first new one shows whether the others may follow. */
	if (n < g->surge && !(g->alone && any && !g->surge_checked)) {
		if (r->pausing)
			return false;
		next = roll_surge_candidate(r, g);
		if (next)
			next->surge = true;
		else
			g->surge = n;
		return true; /* look again */
	}
	if (!joined)
		return false;
	if (any && !roll_group_healthy(r, g, r->o.validate_count))
		return false;
	g->surge_checked = true;
	if (n < g->surge)
		return true;
	roll_check_reset(&g->check);
	g->turn = TURN_ROLL;
	return true;
}

/* ---- one after another ---- */

static bool roll_is_last(const struct roll_item *it)
{
	return it->surge || it->was_detached;
}

/* Attached ones first, detached ones last; warm ones need no care and go first. */
static struct roll_item *roll_next_item(struct roll *r, const struct roll_group *g)
{
	struct roll_item *last = NULL, *attached = NULL;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];

		if (!roll_in(it, g) || it->in_hand || it->pub.phase > ROLL_DETACHED || it->skip)
			continue;
		if (it->warm)
			return it;
		if (!roll_is_last(it) && !attached)
			attached = it;
		if (roll_is_last(it) && !last)
			last = it;
	}
	return attached ? attached : last;
}

static void roll_take(struct roll *r, struct roll_item *it)
{
	it->in_hand = true;
	it->taken_at = r->now;
	roll_set_phase(r, it, ROLL_CORDONED);
}

/*
 * Attached ones in hand are away from the group; detached ones that still
 * serve stand in for them.  kops only counts hands, and so can be one node
 * short while a slow drain goes on.
 */
static bool roll_has_slack(const struct roll *r, const struct roll_group *g,
	const struct roll_item *next)
{
	int32_t away = 0, spare = 0;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		const struct roll_item *it = r->items[i];

		if (!roll_in(it, g) || it->warm)
			continue;
		if (!roll_is_last(it))
			away += it->in_hand;
		else
			spare += !it->in_hand && it->pub.phase <= ROLL_DETACHED;
	}
	if (roll_is_last(next))
		return away <= g->away + spare - 1;
	return away + 1 <= g->away + spare;
}

/* May this one be taken in hand now?  in_hand others are. */
static bool roll_may_take(struct roll *r, struct roll_group *g, struct roll_item *it,
	int32_t in_hand)
{
	if (r->pausing || g->failed || !roll_live(r) || r->ending != ROLL_RUNNING)
		return false;
	if (in_hand >= (g->alone ? 1 : g->concurrency))
		return false;
	if (roll_outstanding(r, it, ROLL_TAINT))
		return false;
	if (in_hand > 0 && !it->warm && !roll_has_slack(r, g, it))
		return false;
	if (g->role == ROLE_CONTROL_PLANE && !roll_quorum(r, it)) {
		snprintf(r->waits, sizeof(r->waits), "%s waits for %s", g->name, it->pub.waits_for);
		return false;
	}
	/* With others in hand the group is not whole: its settings allow for that. */
	return in_hand > 0 || roll_group_healthy(r, g, 1);
}

static int32_t roll_group_hands(struct roll *r, struct roll_group *g)
{
	int32_t n = 0;
	size_t i;

	for (i = 0; i < r->nitems && r->ending == ROLL_RUNNING; i++) {
		if (roll_in(r->items[i], g) && r->items[i]->in_hand)
			roll_item_step(r, g, r->items[i]);
	}
	for (i = 0; i < r->nitems; i++)
		n += roll_in(r->items[i], g) && r->items[i]->in_hand;
	return n;
}

/* What is not begun stays as it is: drainAndTerminate is false, or one of them failed. */
static bool roll_group_leave(struct roll *r, struct roll_group *g, const char *why)
{
	size_t i;

	if (!roll_clean_group(r, g))
		return false;
	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];

		if (!roll_in(it, g) || it->pub.phase >= ROLL_DONE)
			continue;
		roll_set_phase(r, it, ROLL_SKIPPED);
		roll_wait_words(it, "%s", why);
	}
	return true;
}

/* One of it failed: the others are given back, as long as somebody answers. */
static bool roll_group_give_up(struct roll *r, struct roll_group *g)
{
	int64_t until;

	if (g->leaving_since == ROLL_NEVER)
		g->leaving_since = r->now;
	until = g->leaving_since + ROLL_CLEANUP_MS;
	if (roll_group_leave(r, g, "another of its group failed")) {
		g->turn = TURN_OVER;
		return true;
	}
	if (r->now >= until) {
		char why[sizeof(r->why)];

		memcpy(why, r->why, sizeof(why));
		roll_end(r, ROLL_BROKEN, "%s", why);
	} else {
		roll_wake(r, until);
	}
	return false;
}

/*
 * Instances marked while the group rolls may come when the surge's spare one
 * is already used up: then another is detached before one more is taken away.
 */
static bool roll_needs_surge(const struct roll *r, const struct roll_group *g,
	const struct roll_item *next)
{
	size_t i;

	if (g->surge <= 0 || next->warm || roll_is_last(next))
		return false;
	for (i = 0; i < r->nitems; i++) {
		const struct roll_item *it = r->items[i];

		if (roll_in(it, g) && roll_is_last(it) && !it->in_hand &&
			it->pub.phase <= ROLL_DETACHED)
			return false;
	}
	return true;
}

static bool roll_turn_roll(struct roll *r, struct roll_group *g)
{
	int32_t hands = roll_group_hands(r, g);
	struct roll_item *next;

	if (r->ending != ROLL_RUNNING)
		return false;
	if (g->no_drain && !hands) {
		if (roll_group_leave(r, g, "drainAndTerminate is false"))
			g->turn = TURN_OVER;
		return g->turn == TURN_OVER;
	}
	if (g->failed && !hands)
		return roll_group_give_up(r, g);
	if (roll_live(r))
		roll_group_taint(r, g);
	next = roll_next_item(r, g);
	if (!next) {
		if (hands || roll_group_left(r, g))
			return false;
		g->turn = TURN_OVER;
		return true;
	}
	if (roll_needs_surge(r, g, next)) {
		if (!hands && !r->pausing)
			g->turn = TURN_CHECK;
		return !hands && !r->pausing;
	}
	if (!roll_may_take(r, g, next, hands))
		return false;
	roll_take(r, next);
	return true;
}

static bool (*const roll_turns_of[TURN__COUNT])(struct roll *, struct roll_group *) = {
	[TURN_WAITS] = roll_turn_waits,
	[TURN_CHECK] = roll_turn_check,
	[TURN_TAINT] = roll_turn_taint,
	[TURN_SURGE] = roll_turn_surge,
	[TURN_ROLL] = roll_turn_roll,
};

bool roll_group_step(struct roll *r, struct roll_group *g)
{
	roll_group_sweep(r, g);
	if (!roll_group_left(r, g) && !g->failed)
		return true;
	/* Each handler is true when it moved on, so that a step goes as far as it can. */
	while (g->turn != TURN_OVER && r->ending == ROLL_RUNNING) {
		if (!roll_live(r) && g->turn != TURN_ROLL && g->turn != TURN_CHECK)
			return false;
		if (!roll_turns_of[g->turn](r, g))
			return false;
	}
	return g->turn == TURN_OVER;
}
