/* SPDX-License-Identifier: Apache-2.0 */
/* The roll machine's actions: asked for once, answered, tried again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "core/rules/roll/internal.h"

/* What a failed action means.  Those that only help go on without it. */
enum roll_fail { FAIL_IGNORE, FAIL_ITEM, FAIL_ROLL, FAIL_SURGE };
static const struct {
	enum roll_fail fail;
	const char *words;
} roll_kinds[ROLL_ACTION__COUNT] = {
	[ROLL_TAINT] = { FAIL_IGNORE, "taint" },
	[ROLL_UNTAINT] = { FAIL_IGNORE, "untaint" },
	[ROLL_CORDON] = { FAIL_ITEM, "cordon" },
	[ROLL_UNCORDON] = { FAIL_IGNORE, "uncordon" },
	[ROLL_EXCLUDE_LB] = { FAIL_ITEM, "exclude from load balancers" },
	[ROLL_INCLUDE_LB] = { FAIL_IGNORE, "include in load balancers" },
	[ROLL_DEREGISTER] = { FAIL_ROLL, "deregister" },
	[ROLL_DETACH] = { FAIL_SURGE, "detach" },
	[ROLL_EVICT] = { FAIL_ITEM, "evict from" },
	[ROLL_TERMINATE] = { FAIL_ROLL, "terminate" },
	[ROLL_REFRESH] = { FAIL_IGNORE, "look again at" },
};

static void roll_act_free(struct roll_act *a)
{
	free(a->ns);
	free(a->pod);
	free(a->uid);
	free(a);
}

void roll_acts_clear(struct roll *r)
{
	size_t i;

	for (i = 0; i < r->nacts; i++)
		roll_act_free(r->acts[i]);
	r->nacts = 0;
}

static struct roll_act *roll_act_issue(struct roll *r, struct roll_item *it,
	enum roll_action_kind kind)
{
	struct roll_act *a = xcalloc(1, sizeof(*a));

	a->item = it;
	a->pub = (struct roll_action){
		.id = r->next_id++, .kind = kind, .instance = it->instance, .node = it->node,
		.asg = it->asg,
	};
	it->issued |= ROLL_BIT(kind);
	r->acts = xgrow(r->acts, &r->cap_acts, r->nacts, sizeof(*r->acts));
	r->acts[r->nacts++] = a;
	return a;
}

static void roll_act_give(struct roll *r, const struct roll_act *a)
{
	r->out = xgrow(r->out, &r->cap_out, r->nout, sizeof(*r->out));
	r->out[r->nout++] = a->pub;
}

bool roll_outstanding(const struct roll *r, const struct roll_item *it,
	enum roll_action_kind kind)
{
	size_t i;

	for (i = 0; i < r->nacts; i++) {
		if (r->acts[i]->item == it && r->acts[i]->pub.kind == kind)
			return true;
	}
	return false;
}

/*
 * What gives a node back needs the cluster alone, and nothing of it to be seen: AWS may be away for
 * good, and the right to list and watch may be gone while the right to write is there.
 */
static bool roll_may_ask(const struct roll *r, enum roll_action_kind kind)
{
	bool gives_back = kind == ROLL_UNCORDON || kind == ROLL_UNTAINT || kind == ROLL_INCLUDE_LB;

	return gives_back ? r->reached : r->kube && r->aws;
}

bool roll_want(struct roll *r, struct roll_item *it, enum roll_action_kind kind)
{
	if (it->acked & ROLL_BIT(kind))
		return true;
	if (!roll_may_ask(r, kind) || roll_outstanding(r, it, kind))
		return false;
	if (it->retry_at != ROLL_NEVER && r->now < it->retry_at) {
		roll_wake(r, it->retry_at);
		return false;
	}
	roll_act_give(r, roll_act_issue(r, it, kind));
	return false;
}

void roll_want_look(struct roll *r, struct roll_item *it)
{
	if (!r->aws || !r->kube || roll_outstanding(r, it, ROLL_REFRESH))
		return;
	roll_act_give(r, roll_act_issue(r, it, ROLL_REFRESH));
}

void roll_want_evict(struct roll *r, struct roll_item *it, struct roll_evict *ev)
{
	struct roll_act *a;

	if (!r->aws || !r->kube || ev->in_flight)
		return;
	if (ev->retry_at != ROLL_NEVER && r->now < ev->retry_at) {
		roll_wake(r, ev->retry_at);
		return;
	}
	a = roll_act_issue(r, it, ROLL_EVICT);
	a->pub.ns = a->ns = xstrdup(ev->ns);
	a->pub.pod = a->pod = xstrdup(ev->pod);
	a->pub.uid = a->uid = xstrdup(ev->uid);
	ev->in_flight = true;
	roll_act_give(r, a);
}

/* A bad connection or a full disk says nothing about the action: no try is used up. */
static bool roll_err_passes(enum err_kind kind)
{
	return kind == ERR_IO || kind == ERR_NETWORK || kind == ERR_TIMEOUT ||
		kind == ERR_THROTTLED || kind == ERR_SERVER || kind == ERR_AUTH ||
		kind == ERR_CANCELLED;
}

static void roll_act_failed(struct roll *r, struct roll_item *it, enum roll_action_kind kind,
	const struct err *e)
{
	const char *name = it->node ? it->node : it->instance;

	bool tired;

	if (it->failing_since == ROLL_NEVER)
		it->failing_since = r->now;
	tired = r->o.validate_timeout_ms > 0 &&
		r->now - it->failing_since > r->o.validate_timeout_ms;
	it->retry_at = r->now + (e->kind == ERR_CONFLICT ? 1000 : ROLL_RETRY_MS);
	if (!roll_err_passes(e->kind))
		it->tries++;
	roll_wait_words(it, "another try to %s %s: %s", roll_kinds[kind].words, name, e->text);
	if (it->tries < ROLL_TRIES && e->kind != ERR_DENIED && !tired)
		return;
	switch (roll_kinds[kind].fail) {
	case FAIL_IGNORE:
		it->acked |= ROLL_BIT(kind);
		r->unclean = r->unclean || (kind != ROLL_TAINT && kind != ROLL_REFRESH);
		break;
	case FAIL_SURGE:
		it->surge = false;
		it->surge_failed = true;
		it->lost_at = ROLL_NEVER; /* nothing is launched in its stead */
		break;
	case FAIL_ITEM:
		roll_fail_item(r, it, "Could not %s %s: %s", roll_kinds[kind].words, name, e->text);
		break;
	case FAIL_ROLL:
		roll_set_phase(r, it, ROLL_FAILED);
		roll_end(r, ROLL_BROKEN, "Could not %s %s: %s", roll_kinds[kind].words, name,
			e->text);
		break;
	}
	it->tries = 0;
	it->retry_at = it->failing_since = ROLL_NEVER;
}

static void roll_evict_answered(struct roll *r, struct roll_item *it, const char *uid,
	const struct err *e)
{
	size_t i;

	for (i = 0; i < it->nevicts; i++) {
		struct roll_evict *ev = &it->evicts[i];

		if (!str_eq(ev->uid, uid))
			continue;
		ev->in_flight = false;
		ev->accepted = !e || e->kind == ERR_NOT_FOUND;
		ev->blocked = e && e->kind == ERR_CONFLICT;
		ev->retry_at = r->now + (ev->accepted ? 2 * ROLL_RETRY_MS : ROLL_RETRY_MS);
		ev->why[0] = '\0';
		if (!ev->accepted)
			snprintf(ev->why, sizeof(ev->why), "%.*s", (int)sizeof(ev->why) - 1,
				e->text);
		roll_text_fix(ev->why);
		if (e && e->kind == ERR_DENIED)
			roll_act_failed(r, it, ROLL_EVICT, e);
		return;
	}
}

void roll_action_done(struct roll *r, uint64_t id, int64_t mono_ms, const struct err *e)
{
	struct roll_act *a;
	size_t i;

	for (i = 0; i < r->nacts && r->acts[i]->pub.id != id; i++)
		;
	if (i == r->nacts)
		return;
	a = r->acts[i];
	memmove(&r->acts[i], &r->acts[i + 1], (r->nacts - i - 1) * sizeof(*r->acts));
	r->nacts--;
	r->now = mono_ms;
	r->touched = r->touched || a->pub.kind != ROLL_EVICT;
	if (e && e->kind == ERR_NONE)
		e = NULL;
	if (a->pub.kind == ROLL_REFRESH) {
		; /* what it showed comes as observations */
	} else if (a->pub.kind == ROLL_EVICT) {
		roll_evict_answered(r, a->item, a->uid, e);
	} else if (!e || e->kind == ERR_NOT_FOUND) {
		/* What is not there need not be tainted, cordoned or terminated. */
		if (a->pub.kind != ROLL_REFRESH)
			a->item->acked |= ROLL_BIT(a->pub.kind);
		a->item->tries = 0;
		a->item->retry_at = a->item->failing_since = ROLL_NEVER;
	} else {
		roll_act_failed(r, a->item, a->pub.kind, e);
	}
	roll_act_free(a);
}
