/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll machine through a restart: what cannot be observed, as JSON.  Times
 * are written as ages, since the next process counts from another zero.
 */
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "core/rules/roll-internal.h"

#define ROLL_SAVE_VERSION 1

static json_t *roll_age(const struct roll *r, int64_t t)
{
	return t == ROLL_NEVER ? json_null() : json_integer(t - (r->loaded ? 0 : r->now));
}

static json_t *roll_save_check(const struct roll *r, const struct roll_check *c)
{
	return json_pack("{s:o,s:o,s:i}", "since", roll_age(r, c->since), "next",
		roll_age(r, c->next), "passes", c->passes);
}

static json_t *roll_save_options(const struct roll_options *o)
{
	json_t *groups = json_null();
	size_t i;

	if (o->groups) {
		groups = json_array();
		for (i = 0; o->groups[i]; i++)
			json_array_append_new(groups, json_string(o->groups[i]));
	}
	return json_pack("{s:o,s:i,s:b,s:i,s:i,s:I,s:I,s:I,s:i,s:I,s:I,s:b,s:b,s:I}",
		"groups", groups, "role", (int)o->role, "force", o->force,
		"maxSurge", o->max_surge, "maxUnavailable", o->max_unavailable,
		"postDrain", (json_int_t)o->post_drain_ms,
		"drainTimeout", (json_int_t)o->drain_timeout_ms,
		"validateTimeout", (json_int_t)o->validate_timeout_ms,
		"validateCount", o->validate_count,
		"validateGap", (json_int_t)o->validate_gap_ms,
		"joinTimeout", (json_int_t)o->join_timeout_ms, "canary", o->canary,
		"anyway", o->anyway, "nodeGuess", (json_int_t)o->node_guess_ms);
}

static json_t *roll_save_group(const struct roll *r, const struct roll_group *g)
{
	return json_pack("{s:s,s:i,s:i,s:i,s:i,s:i,s:b,s:b,s:b,s:b,s:o}",
		"name", g->name, "role", (int)g->role, "turn", (int)g->turn, "surge", g->surge,
		"away", g->away,
		"concurrency", g->concurrency, "alone", g->alone, "surgeChecked",
		g->surge_checked, "noDrain", g->no_drain, "failed", g->failed,
		"check", roll_save_check(r, &g->check));
}

/* Only what is not as loading takes it to be: most of a large roll's items just wait. */
static void roll_put_int(json_t *j, const char *key, int64_t v, int64_t usual)
{
	if (v != usual)
		json_object_set_new_nocheck(j, key, json_integer(v));
}

static void roll_put_flag(json_t *j, const char *key, bool v)
{
	if (v)
		json_object_set_new_nocheck(j, key, json_true());
}

static void roll_put_text(json_t *j, const char *key, const char *v)
{
	if (v && v[0])
		json_object_set_new_nocheck(j, key, json_string(v));
}

static void roll_put_time(const struct roll *r, json_t *j, const char *key, int64_t t)
{
	if (t != ROLL_NEVER)
		json_object_set_new_nocheck(j, key, roll_age(r, t));
}

static json_t *roll_save_item(const struct roll *r, const struct roll_item *it)
{
	json_t *j = json_object();

	roll_put_text(j, "instance", it->instance);
	roll_put_text(j, "group", it->group);
	roll_put_text(j, "node", it->node);
	roll_put_text(j, "asg", it->asg);
	roll_put_text(j, "replacedBy", it->replaced_by);
	roll_put_text(j, "phase", roll_phase_name(it->pub.phase));
	roll_put_text(j, "waitsFor", it->pub.waits_for);
	roll_put_int(j, "why", (int)it->pub.why, UPDATE_NONE);
	roll_put_int(j, "issued", (int)it->issued, 0);
	roll_put_int(j, "acked", (int)it->acked, 0);
	roll_put_int(j, "podsTotal", it->pub.pods_total, 0);
	roll_put_int(j, "podsLeft", it->pub.pods_left, 0);
	roll_put_int(j, "podsBefore", it->pub.pods_before, -1);
	roll_put_int(j, "podsAfter", it->pub.pods_after, -1);
	roll_put_int(j, "took", it->pub.took_ms, -1);
	roll_put_flag(j, "inHand", it->in_hand);
	roll_put_flag(j, "surge", it->surge);
	roll_put_flag(j, "wasDetached", it->was_detached);
	roll_put_flag(j, "warm", it->warm);
	roll_put_flag(j, "joined", it->joined);
	roll_put_flag(j, "surgeFailed", it->surge_failed);
	roll_put_flag(j, "skip", it->skip);
	if (it->pub.phase != ROLL_WAITS)
		roll_put_time(r, j, "phaseSince", it->pub.phase_since);
	roll_put_time(r, j, "taken", it->taken_at);
	roll_put_time(r, j, "lost", it->lost_at);
	if (it->check.since != ROLL_NEVER)
		json_object_set_new_nocheck(j, "check", roll_save_check(r, &it->check));
	return j;
}

void roll_save(const struct roll *r, struct buf *out)
{
	json_auto_t *j = NULL;
	json_t *known = json_array(), *groups = json_array(), *items = json_array();
	const char *id;
	void *value;
	size_t i, pos = 0;

	while (strmap_next(r->known, &pos, &id, &value))
		json_array_append_new(known, json_string(id));
	for (i = 0; i < r->ngroups; i++)
		json_array_append_new(groups, roll_save_group(r, &r->groups[i]));
	for (i = 0; i < r->nitems; i++)
		json_array_append_new(items, roll_save_item(r, r->items[i]));
	j = json_pack("{s:i,s:s,s:i,s:i,s:b,s:b,s:b,s:o,s:s,s:o,s:o,s:o,s:o}",
		"version", ROLL_SAVE_VERSION, "cluster", r->cluster, "state", (int)r->state,
		"ending", (int)r->ending, "pausing", r->pausing, "canaryDone",
		r->canary_done, "addonOver", r->addon_over, "endingSince",
		roll_age(r, r->ending_since), "why", r->why,
		"options", roll_save_options(&r->o), "known", known, "groups", groups,
		"items", items);
	json_write(out, j, false);
}

/* ---- and back ---- */

static int64_t roll_load_time(const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);

	return json_is_integer(v) ? json_integer_value(v) : ROLL_NEVER;
}

static void roll_load_check(const json_t *j, struct roll_check *c)
{
	c->since = roll_load_time(j, "since");
	c->next = roll_load_time(j, "next");
	c->passes = (int32_t)json_int(j, "passes", 0);
}

static void roll_load_options(struct roll_options *o, const json_t *j)
{
	const json_t *groups = json_object_get(j, "groups");
	char **names;
	size_t i;

	roll_options_default(o);
	o->role = (enum role)json_int(j, "role", ROLE_UNKNOWN);
	o->force = json_bool(j, "force", false);
	o->max_surge = (int32_t)json_int(j, "maxSurge", -1);
	o->max_unavailable = (int32_t)json_int(j, "maxUnavailable", -1);
	o->post_drain_ms = json_int(j, "postDrain", o->post_drain_ms);
	o->drain_timeout_ms = json_int(j, "drainTimeout", o->drain_timeout_ms);
	o->validate_timeout_ms = json_int(j, "validateTimeout", o->validate_timeout_ms);
	o->validate_count = (int32_t)json_int(j, "validateCount", o->validate_count);
	o->validate_gap_ms = json_int(j, "validateGap", o->validate_gap_ms);
	o->join_timeout_ms = json_int(j, "joinTimeout", o->join_timeout_ms);
	o->canary = json_bool(j, "canary", false);
	o->anyway = json_bool(j, "anyway", false);
	o->node_guess_ms = json_int(j, "nodeGuess", 0);
	if (!json_is_array(groups))
		return;
	names = xcalloc(json_array_size(groups) + 1, sizeof(*names));
	for (i = 0; i < json_array_size(groups); i++) {
		const char *s = json_string_value(json_array_get(groups, i));

		names[i] = xstrdup(s ? s : "");
	}
	o->groups = (const char *const *)names;
}

void roll_options_save(const struct roll_options *o, struct buf *out)
{
	json_auto_t *j = roll_save_options(o);

	json_write(out, j, false);
}

bool roll_options_load(struct roll_options *o, const char *json, size_t len, struct err *e)
{
	json_auto_t *j = json_parse(json, len, e);

	if (!j)
		return false;
	if (!json_is_object(j))
		return err_set(e, ERR_PARSE, "the roll's options are no JSON object");
	roll_load_options(o, j);
	return true;
}

static bool roll_load_group(struct roll *r, const json_t *j, struct err *e)
{
	const char *name = json_str(j, "name");
	int64_t turn = json_int(j, "turn", -1);
	struct roll_group *g;

	if (!name || turn < 0 || turn >= TURN__COUNT)
		return err_set(e, ERR_PARSE, "the saved roll has a group without name or turn");
	g = roll_group_add(r, name, (enum role)json_int(j, "role", ROLE_UNKNOWN));
	g->turn = (enum roll_turn)turn;
	g->surge = (int32_t)json_int(j, "surge", 0);
	g->away = (int32_t)json_int(j, "away", 0);
	g->concurrency = (int32_t)json_int(j, "concurrency", 1);
	g->alone = json_bool(j, "alone", false);
	g->surge_checked = json_bool(j, "surgeChecked", false);
	g->no_drain = json_bool(j, "noDrain", false);
	g->failed = json_bool(j, "failed", false);
	roll_load_check(json_object_get(j, "check"), &g->check);
	return true;
}

static enum roll_phase roll_load_phase(const char *name)
{
	int i;

	for (i = 0; i < ROLL_PHASE__COUNT; i++) {
		if (str_eq(roll_phase_name((enum roll_phase)i), name))
			return (enum roll_phase)i;
	}
	return ROLL_PHASE__COUNT;
}

static void roll_load_node(struct roll *r, const json_t *j, struct roll_item *it)
{
	struct roll_node *n = &it->pub;
	int64_t since = roll_load_time(j, "phaseSince");

	it->node = xstrdup(json_str(j, "node"));
	it->asg = xstrdup(json_str(j, "asg"));
	n->node = it->node;
	roll_set_replacement(r, it, json_str(j, "replacedBy"));
	n->why = (enum update_why)json_int(j, "why", UPDATE_NONE);
	n->phase_since = since == ROLL_NEVER ? 0 : since;
	n->pods_total = (int32_t)json_int(j, "podsTotal", 0);
	n->pods_left = (int32_t)json_int(j, "podsLeft", 0);
	n->pods_before = (int32_t)json_int(j, "podsBefore", -1);
	n->pods_after = (int32_t)json_int(j, "podsAfter", -1);
	n->took_ms = json_int(j, "took", -1);
	roll_wait_words(it, "%s", json_str(j, "waitsFor") ? json_str(j, "waitsFor") : "");
}

static bool roll_load_item(struct roll *r, const json_t *j, struct err *e)
{
	const char *instance = json_str(j, "instance"), *group = json_str(j, "group");
	enum roll_phase phase = roll_load_phase(json_str(j, "phase"));
	struct roll_item *it;

	if (!instance || !group || phase == ROLL_PHASE__COUNT)
		return err_set(e, ERR_PARSE, "the saved roll has an instance without id or phase");
	it = roll_item_add(r, instance, group);
	roll_load_node(r, j, it);
	it->pub.phase = phase;
	it->issued = (unsigned)json_int(j, "issued", 0);
	it->acked = (unsigned)json_int(j, "acked", 0);
	it->in_hand = json_bool(j, "inHand", false);
	it->surge = json_bool(j, "surge", false);
	it->was_detached = json_bool(j, "wasDetached", false);
	it->warm = json_bool(j, "warm", false);
	it->joined = json_bool(j, "joined", false);
	it->surge_failed = json_bool(j, "surgeFailed", false);
	it->skip = json_bool(j, "skip", false);
	r->skipping = r->skipping || it->skip;
	it->taken_at = roll_load_time(j, "taken");
	it->lost_at = roll_load_time(j, "lost");
	roll_load_check(json_object_get(j, "check"), &it->check);
	return true;
}

static bool roll_load_into(struct roll *r, const json_t *j, struct err *e)
{
	const json_t *known = json_object_get(j, "known");
	const json_t *groups = json_object_get(j, "groups");
	const json_t *items = json_object_get(j, "items");
	const char *why = json_str(j, "why");
	size_t i;

	r->cluster = xstrdup(json_str(j, "cluster"));
	r->state = (enum roll_state)json_int(j, "state", ROLL_RUNNING);
	r->ending = (enum roll_state)json_int(j, "ending", ROLL_RUNNING);
	r->ending_since = roll_load_time(j, "endingSince");
	r->pausing = json_bool(j, "pausing", false);
	r->canary_done = json_bool(j, "canaryDone", false);
	r->addon_over = json_bool(j, "addonOver", false);
	if (why)
		memcpy(r->why, why, strnlen(why, sizeof(r->why) - 1));
	roll_load_options(&r->o, json_object_get(j, "options"));
	for (i = 0; i < json_array_size(known); i++) {
		const char *id = json_string_value(json_array_get(known, i));

		if (id)
			roll_known_add(r, id);
	}
	for (i = 0; i < json_array_size(groups); i++) {
		if (!roll_load_group(r, json_array_get(groups, i), e))
			return false;
	}
	for (i = 0; i < json_array_size(items); i++) {
		if (!roll_load_item(r, json_array_get(items, i), e))
			return false;
	}
	return true;
}

struct roll *roll_load(const char *json, size_t len, const struct model *m, struct err *e)
{
	json_auto_t *j = json_parse(json, len, e);
	struct roll *r;

	if (!j)
		return NULL;
	if (json_int(j, "version", 0) != ROLL_SAVE_VERSION) {
		err_set(e, ERR_PARSE, "the saved roll is of another version of kopscope");
		return NULL;
	}
	if (!str_eq(json_str(j, "cluster"), model_opened(m))) {
		err_set(e, ERR_USAGE, "the saved roll is of another cluster");
		return NULL;
	}
	r = roll_alloc();
	r->loaded = true;
	if (!roll_load_into(r, j, e)) {
		roll_free(r);
		return NULL;
	}
	return r;
}
