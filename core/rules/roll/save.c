/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The roll machine through a restart: what cannot be observed, as lines of JSON.
 * The first line is what stays; then come states, groups and instances, and of
 * each the last line holds.  So a change costs its own lines, however large the
 * roll is.  Times are ages at the "now" of the state before them, since the next
 * process counts from another zero.
 */
#include <string.h>

#include "core/base/json.h"
#include "core/base/xalloc.h"
#include "core/rules/roll/internal.h"

#define ROLL_SAVE_VERSION 2

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
	return json_pack("{s:o,s:i,s:b,s:i,s:i,s:I,s:I,s:I,s:i,s:I,s:I,s:b,s:b,s:I,s:I,s:I,s:I,"
		"s:b}",
		"groups", groups, "role", (int)o->role, "force", o->force,
		"maxSurge", o->max_surge, "maxUnavailable", o->max_unavailable,
		"postDrain", (json_int_t)o->post_drain_ms,
		"drainTimeout", (json_int_t)o->drain_timeout_ms,
		"validateTimeout", (json_int_t)o->validate_timeout_ms,
		"validateCount", o->validate_count,
		"validateGap", (json_int_t)o->validate_gap_ms,
		"joinTimeout", (json_int_t)o->join_timeout_ms, "canary", o->canary,
		"anyway", o->anyway, "nodeGuess", (json_int_t)o->node_guess_ms,
		"controlPlaneInterval", (json_int_t)o->cp_interval_ms,
		"nodeInterval", (json_int_t)o->node_interval_ms,
		"bastionInterval", (json_int_t)o->bastion_interval_ms, "cloudOnly", o->cloud_only);
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

/* ---- an instance, written by hand: there may be thousands ---- */

/* Only what is not as loading takes it to be: most of a large roll's items just wait. */
static void roll_put_int(struct buf *out, const char *key, int64_t v, int64_t usual)
{
	if (v != usual)
		buf_addf(out, ",\"%s\":%lld", key, (long long)v);
}

static void roll_put_flag(struct buf *out, const char *key, bool v)
{
	if (v)
		buf_addf(out, ",\"%s\":true", key);
}

static void roll_put_text(struct buf *out, const char *key, const char *v)
{
	if (v && v[0]) {
		buf_addf(out, ",\"%s\":", key);
		json_quote(out, v);
	}
}

static void roll_put_time(const struct roll *r, struct buf *out, const char *key, int64_t t)
{
	if (t != ROLL_NEVER)
		buf_addf(out, ",\"%s\":%lld", key, (long long)(t - (r->loaded ? 0 : r->now)));
}

static void roll_put_check(const struct roll *r, struct buf *out, const struct roll_check *c)
{
	if (c->since == ROLL_NEVER)
		return;
	buf_addf(out, ",\"check\":{\"passes\":%d", c->passes);
	roll_put_time(r, out, "since", c->since);
	roll_put_time(r, out, "next", c->next);
	buf_addc(out, '}');
}

static void roll_put_item(const struct roll *r, const struct roll_item *it, struct buf *out)
{
	buf_adds(out, "{\"instance\":");
	json_quote(out, it->instance);
	roll_put_text(out, "group", it->group);
	roll_put_text(out, "node", it->node);
	roll_put_text(out, "asg", it->asg);
	roll_put_text(out, "replacedBy", it->replaced_by);
	roll_put_text(out, "phase", roll_phase_name(it->pub.phase));
	roll_put_text(out, "waitsFor", it->pub.waits_for);
	roll_put_int(out, "why", (int)it->pub.why, UPDATE_NONE);
	roll_put_int(out, "issued", (int)it->issued, 0);
	roll_put_int(out, "acked", (int)it->acked, 0);
	roll_put_int(out, "podsTotal", it->pub.pods_total, 0);
	roll_put_int(out, "podsLeft", it->pub.pods_left, 0);
	roll_put_int(out, "podsBefore", it->pub.pods_before, -1);
	roll_put_int(out, "podsAfter", it->pub.pods_after, -1);
	roll_put_int(out, "took", it->pub.took_ms, -1);
	roll_put_flag(out, "inHand", it->in_hand);
	roll_put_flag(out, "surge", it->surge);
	roll_put_flag(out, "wasDetached", it->was_detached);
	roll_put_flag(out, "warm", it->warm);
	roll_put_flag(out, "joined", it->joined);
	roll_put_flag(out, "surgeFailed", it->surge_failed);
	roll_put_flag(out, "skip", it->skip);
	if (it->pub.phase != ROLL_WAITS)
		roll_put_time(r, out, "phaseSince", it->pub.phase_since);
	roll_put_time(r, out, "taken", it->taken_at);
	roll_put_time(r, out, "lost", it->lost_at);
	roll_put_time(r, out, "ended", it->ended_at);
	roll_put_check(r, out, &it->check);
	buf_adds(out, "}\n");
}

/* ---- what changed ---- */

static uint64_t roll_mix(uint64_t print, uint64_t v)
{
	print = (print ^ v) * 0x9e3779b97f4a7c15u;
	return print ^ print >> 29;
}

static uint64_t roll_mix_text(uint64_t print, const char *s)
{
	for (; s && *s; s++)
		print = (print ^ (unsigned char)*s) * 0x100000001b3u;
	return roll_mix(print, 1);
}

static uint64_t roll_mix_check(uint64_t print, const struct roll_check *c)
{
	return roll_mix(roll_mix(print, (uint64_t)c->since), (uint64_t)c->passes);
}

/* What a restart must know of it: not how many pods are left, which is seen again. */
static uint64_t roll_item_print(const struct roll_item *it)
{
	unsigned flags = it->in_hand | it->surge << 1 | it->was_detached << 2 | it->warm << 3 |
		it->joined << 4 | it->surge_failed << 5 | it->skip << 6;
	uint64_t x = roll_mix(flags + 1, (uint64_t)it->pub.phase | (uint64_t)it->pub.why << 8);

	x = roll_mix(x, it->issued | (uint64_t)it->acked << 32);
	x = roll_mix(x, (uint64_t)it->pub.took_ms);
	x = roll_mix(x, (uint64_t)it->pub.pods_after);
	x = roll_mix(x, (uint64_t)it->taken_at);
	x = roll_mix(x, (uint64_t)it->lost_at);
	x = roll_mix(x, (uint64_t)it->ended_at);
	x = roll_mix_text(x, it->replaced_by);
	x = roll_mix_text(x, it->node);
	return roll_mix_check(x, &it->check);
}

static uint64_t roll_group_print(const struct roll_group *g)
{
	unsigned flags = g->alone | g->surge_checked << 1 | g->no_drain << 2 | g->failed << 3;
	uint64_t x = roll_mix(flags + 1, (uint64_t)g->turn);

	x = roll_mix(x, (uint64_t)g->surge | (uint64_t)g->away << 32);
	return roll_mix_check(roll_mix(x, (uint64_t)g->concurrency), &g->check);
}

static void roll_put_line(struct buf *out, json_t *j)
{
	json_write(out, j, false);
	json_decref(j);
	buf_addc(out, '\n');
}

void roll_save_changes(struct roll *r, struct buf *out)
{
	size_t i;

	roll_put_line(out, json_pack("{s:I,s:i,s:i,s:b,s:b,s:b,s:o,s:s}",
		"now", (json_int_t)(r->loaded ? 0 : r->now), "state", (int)r->state,
		"ending", (int)r->ending, "pausing", r->pausing, "canaryDone", r->canary_done,
		"addonOver", r->addon_over, "endingSince", roll_age(r, r->ending_since),
		"why", r->why));
	for (i = 0; i < r->ngroups; i++) {
		uint64_t print = roll_group_print(&r->groups[i]);

		if (r->groups[i].saved != print)
			roll_put_line(out, roll_save_group(r, &r->groups[i]));
		r->groups[i].saved = print;
	}
	for (i = 0; i < r->nitems; i++) {
		uint64_t print = roll_item_print(r->items[i]);

		if (r->items[i]->saved != print)
			roll_put_item(r, r->items[i], out);
		r->items[i]->saved = print;
	}
}

void roll_save(struct roll *r, struct buf *out)
{
	json_t *known = json_array();
	const char *id;
	void *value;
	size_t i, pos = 0;

	while (strmap_next(r->known, &pos, &id, &value))
		json_array_append_new(known, json_string(id));
	roll_put_line(out, json_pack("{s:i,s:s,s:o,s:o}", "version", ROLL_SAVE_VERSION, "cluster",
		r->cluster, "options", roll_save_options(&r->o), "known", known));
	for (i = 0; i < r->ngroups; i++)
		r->groups[i].saved = 0;
	for (i = 0; i < r->nitems; i++)
		r->items[i]->saved = 0;
	roll_save_changes(r, out);
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
	o->cp_interval_ms = json_int(j, "controlPlaneInterval", -1);
	o->node_interval_ms = json_int(j, "nodeInterval", -1);
	o->bastion_interval_ms = json_int(j, "bastionInterval", -1);
	o->cloud_only = json_bool(j, "cloudOnly", false);
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
	g = roll_group_find(r, name);
	if (!g)
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

static void roll_load_node(struct roll *r, const json_t *j, struct roll_item *it)
{
	struct roll_node *n = &it->pub;
	int64_t since = roll_load_time(j, "phaseSince");

	xreplace(&it->node, json_str(j, "node"));
	xreplace(&it->asg, json_str(j, "asg"));
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
	enum roll_phase phase = roll_phase_find(json_str(j, "phase"));
	struct roll_item *it;

	if (str_empty(instance) || str_empty(group) || phase == ROLL_PHASE__COUNT)
		return err_set(e, ERR_PARSE, "the saved roll has an instance without id or phase");
	it = roll_item_find(r, instance);
	if (!it)
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
	it->ended_at = roll_load_time(j, "ended");
	roll_load_check(json_object_get(j, "check"), &it->check);
	return true;
}

/* Ages at the line's now become times of the writer's clock, so that lines may be mixed. */
static void roll_move_check(struct roll_check *c, int64_t now)
{
	if (c->since != ROLL_NEVER)
		c->since += now;
	if (c->next != ROLL_NEVER)
		c->next += now;
}

static int64_t roll_moved(int64_t t, int64_t by)
{
	return t == ROLL_NEVER ? t : t + by;
}

static void roll_move_item(struct roll_item *it, int64_t by)
{
	if (it->pub.phase != ROLL_WAITS)
		it->pub.phase_since += by;
	it->taken_at = roll_moved(it->taken_at, by);
	it->lost_at = roll_moved(it->lost_at, by);
	it->ended_at = roll_moved(it->ended_at, by);
	roll_move_check(&it->check, by);
}

static void roll_load_first(struct roll *r, const json_t *j)
{
	const json_t *known = json_object_get(j, "known");
	size_t i;

	r->cluster = xstrdup(json_str(j, "cluster"));
	roll_load_options(&r->o, json_object_get(j, "options"));
	for (i = 0; i < json_array_size(known); i++) {
		const char *id = json_string_value(json_array_get(known, i));

		if (id)
			roll_known_add(r, id);
	}
}

static void roll_load_state(struct roll *r, const json_t *j)
{
	const char *why = json_str(j, "why");

	r->now = json_int(j, "now", 0);
	r->state = (enum roll_state)json_int(j, "state", ROLL_RUNNING);
	r->ending = (enum roll_state)json_int(j, "ending", ROLL_RUNNING);
	r->ending_since = roll_moved(roll_load_time(j, "endingSince"), r->now);
	r->pausing = json_bool(j, "pausing", false);
	r->canary_done = json_bool(j, "canaryDone", false);
	r->addon_over = json_bool(j, "addonOver", false);
	memset(r->why, 0, sizeof(r->why));
	if (why)
		memcpy(r->why, why, strnlen(why, sizeof(r->why) - 1));
}

static bool roll_load_line(struct roll *r, const json_t *j, struct err *e)
{
	const char *name = json_str(j, "name"), *instance = json_str(j, "instance");

	if (json_object_get(j, "now")) {
		roll_load_state(r, j);
	} else if (name) {
		if (!roll_load_group(r, j, e))
			return false;
		roll_move_check(&roll_group_find(r, name)->check, r->now);
	} else {
		if (!roll_load_item(r, j, e))
			return false;
		roll_move_item(roll_item_find(r, instance), r->now);
	}
	return true;
}

/* A last line that is not whole was being written when the process ended: before anything was
   done on its strength. */
static bool roll_load_lines(struct roll *r, const char *text, const char *end, struct err *e)
{
	const char *nl;

	for (nl = memchr(text, '\n', (size_t)(end - text)); nl;
		nl = memchr(text, '\n', (size_t)(end - text))) {
		json_auto_t *j = json_parse(text, (size_t)(nl - text), e);

		if (!j || !roll_load_line(r, j, e))
			return false;
		text = nl + 1;
	}
	return true;
}

/* Times of the writer's clock become ages at its last word. */
static void roll_load_rest(struct roll *r)
{
	int64_t last = r->now;
	size_t i;

	for (i = 0; i < r->nitems; i++)
		roll_move_item(r->items[i], -last);
	for (i = 0; i < r->ngroups; i++)
		roll_move_check(&r->groups[i].check, -last);
	r->ending_since = roll_moved(r->ending_since, -last);
	r->now = 0;
}

struct roll *roll_load(const char *json, size_t len, const struct model *m, struct err *e)
{
	const char *nl = memchr(json, '\n', len);
	json_auto_t *j = json_parse(json, nl ? (size_t)(nl - json) : len, e);
	struct roll *r;

	if (!j)
		return NULL;
	if (json_int(j, "version", 0) != ROLL_SAVE_VERSION || !nl) {
		err_set(e, ERR_PARSE, "the saved roll is of another version of kopscope");
		return NULL;
	}
	if (!str_eq(json_str(j, "cluster"), model_opened(m))) {
		err_set(e, ERR_USAGE, "the saved roll is of another cluster");
		return NULL;
	}
	r = roll_alloc();
	r->loaded = true;
	roll_load_first(r, j);
	if (!roll_load_lines(r, nl + 1, json + len, e)) {
		roll_free(r);
		return NULL;
	}
	roll_load_rest(r);
	return r;
}
