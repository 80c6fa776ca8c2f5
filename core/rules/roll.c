/* SPDX-License-Identifier: Apache-2.0 */
/* The roll machine: its life, its words and what it tells of itself. */
#include "core/rules/roll.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/text.h"
#include "core/base/xalloc.h"
#include "core/rules/roll/internal.h"

/* Until a node of this roll was finished, one is guessed to take this long. */
#define ROLL_GUESS_BOOT_MS 60000
#define ROLL_GUESS_DRAIN_MS 20000

static const char *const roll_phase_names[ROLL_PHASE__COUNT] = {
	[ROLL_WAITS] = "waits",
	[ROLL_TAINTED] = "tainted",
	[ROLL_DETACHED] = "detached",
	[ROLL_CORDONED] = "cordoned",
	[ROLL_DRAINING] = "draining",
	[ROLL_DRAINED] = "drained",
	[ROLL_TERMINATING] = "terminating",
	[ROLL_BOOTING] = "booting",
	[ROLL_JOINING] = "joining",
	[ROLL_VALIDATING] = "validating",
	[ROLL_DONE] = "done",
	[ROLL_SKIPPED] = "skipped",
	[ROLL_FAILED] = "failed",
};

const char *roll_phase_name(enum roll_phase p)
{
	if ((unsigned)p >= ROLL_PHASE__COUNT)
		return "?";
	return roll_phase_names[p];
}

enum roll_phase roll_phase_find(const char *name)
{
	int i;

	for (i = 0; i < ROLL_PHASE__COUNT; i++) {
		if (str_eq(roll_phase_name((enum roll_phase)i), name))
			return (enum roll_phase)i;
	}
	return ROLL_PHASE__COUNT;
}

void roll_options_default(struct roll_options *o)
{
	*o = (struct roll_options){
		.role = ROLE_UNKNOWN,
		.max_surge = -1,
		.max_unavailable = -1,
		.post_drain_ms = 5000,
		.drain_timeout_ms = 15 * 60 * 1000,
		.validate_timeout_ms = 15 * 60 * 1000,
		.validate_count = 2,
		.validate_gap_ms = 2500,
		.join_timeout_ms = 15 * 60 * 1000,
		.cp_interval_ms = -1,
		.node_interval_ms = -1,
		.bastion_interval_ms = -1,
	};
}

void roll_options_release(struct roll_options *o)
{
	char **names = (char **)(uintptr_t)o->groups;
	size_t i;

	for (i = 0; names && names[i]; i++)
		free(names[i]);
	free(names);
	o->groups = NULL;
}

struct roll *roll_alloc(void)
{
	struct roll *r = xcalloc(1, sizeof(*r));

	r->known = strmap_new(NULL);
	r->by_id = strmap_new(NULL);
	r->by_new = strmap_new(NULL);
	r->next_id = 1;
	r->scale = 1;
	r->ending = ROLL_RUNNING;
	r->ending_since = r->addon_since = r->addon_came = r->began_wall = ROLL_NEVER;
	r->blind_since = r->heard = r->back = ROLL_NEVER;
	r->judged.at = r->guarded_at = r->looked_at = ROLL_NEVER;
	return r;
}

static void roll_item_free(struct roll_item *it)
{
	roll_evicts_clear(it);
	free(it->evicts);
	free(it->instance);
	free(it->node);
	free(it->group);
	free(it->asg);
	free(it->replaced_by);
	free(it);
}

void roll_free(struct roll *r)
{
	size_t i;

	if (!r)
		return;
	roll_acts_clear(r);
	free(r->acts);
	for (i = 0; i < r->nitems; i++)
		roll_item_free(r->items[i]);
	free(r->items);
	free(r->pubs);
	for (i = 0; i < r->ngroups; i++)
		free(r->groups[i].name);
	free(r->groups);
	roll_options_release(&r->o);
	strmap_free(r->known);
	strmap_free(r->by_id);
	strmap_free(r->by_new);
	free(r->out);
	free(r->cluster);
	free(r);
}

bool roll_group_chosen(const struct roll_options *o, const char *name, enum role role)
{
	size_t i;

	if (o->role != ROLE_UNKNOWN && o->role != role)
		return false;
	if (!o->groups)
		return true;
	for (i = 0; o->groups[i]; i++) {
		if (str_eq(o->groups[i], name))
			return true;
	}
	return false;
}

struct roll_group *roll_group_add(struct roll *r, const char *name, enum role role)
{
	struct roll_group *g;

	r->groups = xgrow(r->groups, &r->cap_groups, r->ngroups, sizeof(*r->groups));
	g = &r->groups[r->ngroups++];
	*g = (struct roll_group){ .name = xstrdup(name), .role = role, .concurrency = 1 };
	g->check.since = g->check.next = g->leaving_since = ROLL_NEVER;
	return g;
}

struct roll_group *roll_group_find(struct roll *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->ngroups; i++) {
		if (str_eq(r->groups[i].name, name))
			return &r->groups[i];
	}
	return NULL;
}

static size_t roll_group_index(struct roll *r, const char *name)
{
	struct roll_group *g = roll_group_find(r, name);

	return g ? (size_t)(g - r->groups) : r->ngroups;
}

struct roll_item *roll_item_find(const struct roll *r, const char *instance)
{
	return strmap_get(r->by_id, instance);
}

void roll_known_add(struct roll *r, const char *instance)
{
	strmap_set(r->known, instance, r);
}

struct roll_item *roll_item_add(struct roll *r, const char *instance, const char *group)
{
	struct roll_item *it = xcalloc(1, sizeof(*it));
	size_t at = r->nitems;

	it->rank = roll_group_index(r, group);

	it->instance = xstrdup(instance);
	it->group = xstrdup(group);
	it->pub = (struct roll_node){
		.instance = it->instance, .group = it->group, .phase_since = r->now,
		.pods_before = -1, .pods_after = -1, .took_ms = -1,
	};
	it->taken_at = it->lost_at = it->ended_at = it->cni_since = it->quorum_since = ROLL_NEVER;
	it->failing_since = ROLL_NEVER;
	it->retry_at = it->check.since = it->check.next = ROLL_NEVER;
	r->items = xgrow(r->items, &r->cap_items, r->nitems, sizeof(*r->items));
	r->pubs = xrealloc(r->pubs, r->cap_items * sizeof(*r->pubs));
	for (; at > 0 && r->items[at - 1]->rank > it->rank; at--) {
		r->items[at] = r->items[at - 1];
		r->pubs[at] = r->pubs[at - 1];
	}
	r->items[at] = it;
	r->pubs[at] = &it->pub;
	r->nitems++;
	strmap_set(r->by_id, instance, it);
	return it;
}

void roll_set_phase(struct roll *r, struct roll_item *it, enum roll_phase p)
{
	if (it->pub.phase == p)
		return;
	it->pub.phase = p;
	r->touched = true;
	it->pub.phase_since = r->now;
	it->pub.waits_for[0] = '\0';
	it->tries = 0;
	it->retry_at = it->failing_since = ROLL_NEVER;
}

void roll_text_fix(char *s)
{
	size_t left = strlen(s), n;
	uint32_t cp;

	for (; left; s += n, left -= n) {
		n = text_decode(s, left, &cp);
		if (n == 1 && (unsigned char)*s >= 0x80)
			*s = '?';
	}
}

void roll_wait_words(struct roll_item *it, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(it->pub.waits_for, sizeof(it->pub.waits_for), fmt, ap);
	va_end(ap);
	roll_text_fix(it->pub.waits_for);
}

void roll_end(struct roll *r, enum roll_state end, const char *fmt, ...)
{
	va_list ap;

	if (r->ending == ROLL_GUARDED || r->ending == ROLL_BROKEN)
		return;
	r->ending = end;
	r->ending_since = r->now;
	r->state = ROLL_STOPPING;
	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
	roll_text_fix(r->why);
}

void roll_wake(struct roll *r, int64_t at)
{
	if (at == ROLL_NEVER)
		return;
	if (at <= r->now)
		at = r->now + 1;
	if (!r->wake || at < r->wake)
		r->wake = at;
}

int64_t roll_since(const struct roll *r, int64_t t)
{
	return t == ROLL_NEVER ? INT64_MAX : r->now - t;
}

bool roll_role_joins(enum role role)
{
	return role != ROLE_BASTION;
}

static void roll_options_copy(struct roll_options *to, const struct roll_options *from)
{
	char **names;
	size_t n = 0, i;

	*to = *from;
	if (!from->groups)
		return;
	while (from->groups[n])
		n++;
	names = xcalloc(n + 1, sizeof(*names));
	for (i = 0; i < n; i++)
		names[i] = xstrdup(from->groups[i]);
	to->groups = (const char *const *)names;
}

static bool roll_can_plan(const struct model *m, const struct roll_options *o, struct err *e)
{
	size_t n = 0, i;

	if (!model_opened(m))
		return err_set(e, ERR_USAGE, "no cluster is open");
	if (o->cloud_only) {
		err_set(e, ERR_REFUSED, "the native engine never rolls by the cloud alone: nothing "
			"would be drained, and nothing would say that a new node works");
		err_hint(e, "only kops can: --engine kops");
		return false;
	}
	if (model_source(m, SRC_AWS)->state != SOURCE_LIVE) {
		err_set(e, ERR_REFUSED, "the instances are not known: AWS has not answered");
		err_hint(e, "check the credentials; nothing is rolled by guess");
		return false;
	}
	if (model_source(m, SRC_KUBE)->state != SOURCE_LIVE && o->role != ROLE_BASTION) {
		err_set(e, ERR_REFUSED,
			"the nodes are not known: the API server has not answered");
		err_hint(e, "check KUBECONFIG; without it nothing can be drained or validated");
		return false;
	}
	for (i = 0; o->groups && o->groups[i]; i++) {
		if (!model_group(m, o->groups[i])) {
			err_set(e, ERR_NOT_FOUND, "there is no instance group \"%s\"",
				o->groups[i]);
			return false;
		}
	}
	model_groups(m, &n);
	if (!n)
		return err_set(e, ERR_REFUSED, "no instance groups of %s are known",
			model_opened(m));
	return true;
}

struct roll *roll_new(const struct model *m, const struct roll_options *o, struct err *e)
{
	struct roll *r;
	size_t n, i;
	const struct m_instance *const *v;

	if (!roll_can_plan(m, o, e))
		return NULL;
	r = roll_alloc();
	r->cluster = xstrdup(model_opened(m));
	roll_options_copy(&r->o, o);
	v = model_instances(m, &n);
	for (i = 0; i < n; i++)
		roll_known_add(r, v[i]->instance.id);
	roll_plan_groups(r, m);
	roll_plan_items(r, m);
	r->m = m;
	for (i = 0; i < r->ngroups; i++)
		roll_group_decide(r, &r->groups[i]);
	r->m = NULL;
	r->loaded = true; /* no time was given yet: the first step sets it */
	return r;
}

void roll_set_scale(struct roll *r, double scale)
{
	r->scale = scale;
}

void roll_pause(struct roll *r)
{
	r->pausing = true;
}

void roll_resume(struct roll *r)
{
	r->pausing = false;
	if (r->state == ROLL_PAUSED)
		r->state = ROLL_RUNNING;
}

static bool roll_can_skip(const struct roll_item *it)
{
	return it->pub.phase <= ROLL_DRAINED && it->pub.phase != ROLL_DETACHED && !it->surge &&
		!it->was_detached && !it->skip && !(it->issued & ROLL_BIT(ROLL_TERMINATE));
}

bool roll_skip(struct roll *r, const char *instance)
{
	struct roll_item *found = NULL;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		struct roll_item *it = r->items[i];

		if (!roll_can_skip(it) || (instance && !str_eq(it->instance, instance)))
			continue;
		if (!found || (it->in_hand && !found->in_hand))
			found = it;
	}
	if (!found || r->ending != ROLL_RUNNING)
		return false;
	found->skip = true;
	r->touched = r->skipping = true;
	return true;
}

void roll_stop(struct roll *r)
{
	if (r->state == ROLL_RUNNING || r->state == ROLL_PAUSED)
		roll_end(r, ROLL_STOPPED, "Stopped by the user.");
}

enum roll_state roll_get_state(const struct roll *r)
{
	return r->state;
}

const char *roll_why(const struct roll *r)
{
	if (r->ending != ROLL_RUNNING || r->state == ROLL_FINISHED)
		return r->why;
	return r->waits;
}

const struct roll_node *const *roll_nodes(const struct roll *r, size_t *n)
{
	*n = r->nitems;
	return r->pubs;
}

static int64_t roll_node_guess(const struct roll *r)
{
	int64_t sum = 0, n = 0;
	size_t i;

	for (i = 0; i < r->nitems; i++) {
		if (r->items[i]->pub.phase == ROLL_DONE && r->items[i]->pub.took_ms >= 0) {
			sum += r->items[i]->pub.took_ms;
			n++;
		}
	}
	if (n)
		return sum / n;
	if (r->o.node_guess_ms > 0)
		return r->o.node_guess_ms;
	return ROLL_GUESS_BOOT_MS + ROLL_GUESS_DRAIN_MS + r->o.post_drain_ms +
		r->o.validate_gap_ms * (r->o.validate_count > 1 ? r->o.validate_count - 1 : 0);
}

void roll_progress(const struct roll *r, int64_t mono_ms, size_t *done, size_t *total,
	int64_t *eta_ms)
{
	int64_t each = roll_node_guess(r), eta = 0, left;
	size_t i;

	*done = 0;
	*total = r->nitems;
	for (i = 0; i < r->nitems; i++) {
		const struct roll_item *it = r->items[i];

		if (it->pub.phase >= ROLL_DONE) {
			*done += it->pub.phase == ROLL_DONE;
			continue;
		}
		left = each;
		if (it->in_hand && it->taken_at != ROLL_NEVER) {
			left = each - (mono_ms - it->taken_at);
			if (left < 5000)
				left = 5000;
		}
		eta += left;
	}
	*eta_ms = r->state == ROLL_RUNNING ? eta : -1;
	if (r->state == ROLL_FINISHED)
		*eta_ms = 0;
}

bool roll_group_planned(const struct roll *r, size_t index, struct roll_group_plan *out)
{
	const struct roll_group *g;
	size_t i;

	if (index >= r->ngroups)
		return false;
	g = &r->groups[index];
	*out = (struct roll_group_plan){ .name = g->name, .role = g->role, .surge = g->surge,
		.away = g->away, .disabled = g->no_drain };
	for (i = 0; i < r->nitems; i++)
		out->todo += str_eq(r->items[i]->group, g->name) &&
			r->items[i]->pub.phase < ROLL_DONE;
	return true;
}
