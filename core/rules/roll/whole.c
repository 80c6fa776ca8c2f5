/* SPDX-License-Identifier: Apache-2.0 */
/* One step of the whole roll: look, guard, give the groups their turns, end. */
#include <stdio.h>
#include <string.h>

#include "core/rules/roll/internal.h"

static int64_t roll_shift(int64_t t, int64_t by)
{
	return t == ROLL_NEVER ? t : t + by;
}

/* Times came from a file, or from before the first step: as ages. */
static void roll_rebase(struct roll *r)
{
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];

		it->pub.phase_since += r->now;
		it->taken_at = roll_shift(it->taken_at, r->now);
		it->lost_at = roll_shift(it->lost_at, r->now);
		it->ended_at = roll_shift(it->ended_at, r->now);
		it->check.since = roll_shift(it->check.since, r->now);
		it->check.next = roll_shift(it->check.next, r->now);
	}
	for (i = 0; i < r->ngroups; i++) {
		r->groups[i].check.since = roll_shift(r->groups[i].check.since, r->now);
		r->groups[i].check.next = roll_shift(r->groups[i].check.next, r->now);
	}
	r->ending_since = roll_shift(r->ending_since, r->now);
	r->loaded = false;
}

static void roll_finish(struct roll *r)
{
	size_t i, done = 0, n;
	bool failed = false;

	for (i = 0; i < r->ngroups; i++)
		failed = failed || r->groups[i].failed;
	for (i = 0; i < r->nitems; i++)
		done += r->items[i]->pub.phase == ROLL_DONE;
	if (failed) {
		r->state = r->ending = ROLL_BROKEN;
		roll_say_left(r, !r->unclean);
		return;
	}
	r->state = ROLL_FINISHED;
	if (!r->nitems)
		snprintf(r->why, sizeof(r->why), "No instance needs an update.");
	else
		snprintf(r->why, sizeof(r->why), "%zu of %zu instances were replaced.", done,
			r->nitems);
	n = strlen(r->why);
	if (r->late)
		snprintf(r->why + n, sizeof(r->why) - n,
			" %zu more %s marked meanwhile: roll again.", r->late,
			r->late == 1 ? "was" : "were");
	n = strlen(r->why);
	if (r->unknown)
		snprintf(r->why + n, sizeof(r->why) - n,
			" %zu could not be judged: their launch template is not known.",
			r->unknown);
}

static void roll_turns(struct roll *r)
{
	size_t i;

	for (i = 0; i < r->ngroups; i++) {
		struct roll_group *g = &r->groups[i];

		if (g->turn != TURN_OVER && !roll_group_step(r, g))
			return;
		g->turn = TURN_OVER;
		if (r->ending != ROLL_RUNNING)
			return;
	}
	roll_finish(r);
}

static void roll_say_waits(struct roll *r)
{
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		const struct roll_item *it = r->items[i];

		if (!it->in_hand || !it->pub.waits_for[0])
			continue;
		snprintf(r->waits, sizeof(r->waits), "%s waits for %s",
			it->node ? it->node : it->instance, it->pub.waits_for);
		return;
	}
}

static void roll_pause_step(struct roll *r)
{
	size_t i;

	if (!r->pausing || (r->state != ROLL_RUNNING && r->state != ROLL_PAUSED))
		return;
	for (i = 0; i < r->nitems; i++) {
		if (r->items[i]->in_hand)
			return;
	}
	if (r->nacts)
		return;
	r->state = ROLL_PAUSED;
	snprintf(r->waits, sizeof(r->waits), "Paused.");
}

/* Pods come and go all the time; instances and nodes do not. */
static void roll_look_hosts(struct roll *r)
{
	static const enum obs_kind kinds[] = {
		OBS_SOURCE, OBS_CLUSTER, OBS_GROUP, OBS_ASG, OBS_INSTANCE, OBS_NODE,
	};
	uint64_t hosts = 1;
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		hosts += model_generation(r->m, kinds[i]);
	r->same = hosts == r->hosts && !r->touched;
	r->hosts = hosts;
	r->touched = false;
}

/*
 * The machine's clock may be set while the roll goes on: ages that are read off stamps must not
 * jump with it.  Stamps and time pass alike, so the earlier of the two is what can be believed.
 */
static int64_t roll_sane_wall(struct roll *r, int64_t wall_ms)
{
	double passed = (double)(r->now - r->began_mono) / r->scale;

	if (r->began_wall == ROLL_NEVER) {
		r->began_wall = wall_ms;
		r->began_mono = r->now;
		return wall_ms;
	}
	if (wall_ms > r->began_wall + (int64_t)passed + ROLL_CLOCK_MS)
		return r->began_wall + (int64_t)passed;
	return wall_ms;
}

/* Nothing is done blindly; and not for ever is it waited for a world that does not answer. */
static void roll_blind(struct roll *r)
{
	int64_t limit = r->o.validate_timeout_ms;

	if (r->aws && r->kube) {
		r->blind_since = ROLL_NEVER;
		return;
	}
	roll_stale_words(r, r->waits, sizeof(r->waits));
	if (r->blind_since == ROLL_NEVER)
		r->blind_since = r->now;
	if (limit <= 0 || r->ending != ROLL_RUNNING)
		return;
	if (r->now - r->blind_since > limit)
		roll_end(r, ROLL_BROKEN, "Stopped: waited %d minutes in vain for %s.",
			(int)(limit / 60000), r->waits);
	else
		roll_wake(r, r->blind_since + limit + 1);
}

/*
 * A connection that went silent is LIVE until somebody notices: what is known is as of the last
 * word.  After an outage it is LIVE as soon as the server answers, before what was missed has come.
 */
static void roll_hear(struct roll *r)
{
	const struct source_status *s = model_source(r->m, SRC_KUBE);

	if (s->arrived != r->arrived || r->heard == ROLL_NEVER)
		r->heard = r->now;
	r->arrived = s->arrived;
	r->kube = s->state == SOURCE_LIVE;
	r->reached = r->kube || (s->state == SOURCE_FAILED && s->why.kind == ERR_DENIED);
	if (!r->kube)
		r->back = ROLL_NEVER;
	else if (r->back == ROLL_NEVER)
		r->back = r->now;
}

void roll_step(struct roll *r, const struct model *m, int64_t mono_ms, int64_t wall_ms,
	const struct roll_action **actions, size_t *n, int64_t *wake_at)
{
	bool live;

	r->m = m;
	r->now = mono_ms;
	r->wake = 0;
	r->nout = 0;
	r->aws = model_source(m, SRC_AWS)->state == SOURCE_LIVE;
	roll_hear(r);
	live = r->aws && r->kube;
	wall_ms = roll_sane_wall(r, wall_ms);
	if (r->loaded)
		roll_rebase(r);
	if (r->state == ROLL_RUNNING || r->state == ROLL_PAUSED || r->state == ROLL_STOPPING) {
		r->waits[0] = '\0';
		roll_look_hosts(r);
		if (r->aws && !r->same)
			roll_match_new(r);
		if (live && !r->same)
			roll_plan_items(r, m);
		roll_blind(r);
		if (r->ending == ROLL_RUNNING)
			roll_guards(r, wall_ms);
		if (r->ending == ROLL_RUNNING && !roll_addon_waits(r))
			roll_turns(r);
		if (live && r->ending == ROLL_RUNNING)
			roll_look_for_new(r);
		roll_say_waits(r);
		roll_pause_step(r);
		if (r->state == ROLL_STOPPING)
			roll_ending_step(r);
	}
	*actions = r->out;
	*n = r->nout;
	*wake_at = r->wake;
}
