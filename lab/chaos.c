/* SPDX-License-Identifier: Apache-2.0 */
/* The schedule of chaos, and what it can do: a row each. */
#include "lab/chaos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/bug.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/fault.h"
#include "lab/judge.h"
#include "lab/kube/api.h"
#include "lab/world.h"

#define FIRST_MS (8 * 60000)
#define STORM_MOST 4  /* begun in one storm */
#define ON_MOST 16    /* still on at the same time */
#define PDB_NAME "chaos-hold"
#define CHAOS_LINE "    chaos.kopscope.io/edit: "

enum throw { THROW_FAULT, THROW_DEATH, THROW_EDIT, THROW_HOLD };

static const struct chaos_row {
	const char *name, *fault; /* of THROW_FAULT; %d: a number between low and high */
	enum throw kind;
	int shortest, longest;    /* s of the world; both 0: it is over at once */
	int low, high;
} rows[] = {
	{ "aws-500", "aws-500", THROW_FAULT, 10, 240, 0, 0 },
	{ "aws-cut", "aws-cut", THROW_FAULT, 30, 400, 0, 0 },
	{ "aws-expired", "aws-expired", THROW_FAULT, 20, 300, 0, 0 },
	{ "aws-reset", "aws-reset", THROW_FAULT, 10, 240, 0, 0 },
	{ "aws-slow", "aws-slow:%d", THROW_FAULT, 60, 600, 1, 40 },
	{ "aws-throttle", "aws-throttle", THROW_FAULT, 20, 300, 0, 0 },
	{ "boot-hangs", "boot-hangs", THROW_FAULT, 60, 400, 0, 0 },
	{ "clock-skew", "clock-skew:%d", THROW_FAULT, 60, 600, -3600, 3600 },
	{ "death", NULL, THROW_DEATH, 0, 0, 0, 0 },
	{ "edit", NULL, THROW_EDIT, 0, 0, 0, 0 },
	{ "hold", NULL, THROW_HOLD, 60, 500, 0, 0 },
	{ "k8s-401", "k8s-401", THROW_FAULT, 10, 200, 0, 0 },
	{ "k8s-403", "k8s-403:evict", THROW_FAULT, 10, 200, 0, 0 },
	{ "k8s-410", "k8s-410", THROW_FAULT, 30, 600, 0, 0 },
	{ "k8s-429", "k8s-429", THROW_FAULT, 10, 240, 0, 0 },
	{ "k8s-away", "k8s-away", THROW_FAULT, 5, 300, 0, 0 },
	{ "k8s-cut", "k8s-cut", THROW_FAULT, 30, 400, 0, 0 },
	{ "k8s-garbage", "k8s-garbage", THROW_FAULT, 5, 120, 0, 0 },
	{ "k8s-half-open", "k8s-half-open", THROW_FAULT, 20, 300, 0, 0 },
	{ "k8s-slow", "k8s-slow:%d", THROW_FAULT, 60, 600, 1, 40 },
	{ "no-capacity", "no-capacity", THROW_FAULT, 60, 600, 0, 0 },
};
#define NROWS (sizeof(rows) / sizeof(rows[0]))

struct thrown {
	struct lab_chaos *c;
	const struct chaos_row *row;
	struct world_timer *timer; /* of its end */
};

struct lab_chaos {
	struct world *w;
	struct chaos_options options;
	uint64_t random;
	int64_t begun, calm; /* vms; calm: since when, -1: a storm */
	uint64_t count, per_row[NROWS], edits;
	struct world_timer *next;
	struct thrown on[ON_MOST];
	bool over;
};

/* A chance of its own (splitmix64): the world's is not moved by it. */
static uint64_t chaos_random(struct lab_chaos *c)
{
	c->random += 0x9e3779b97f4a7c15u;
	uint64_t z = c->random;
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static int64_t chaos_between(struct lab_chaos *c, int64_t low, int64_t high)
{
	return low + (int64_t)(chaos_random(c) % (uint64_t)(high - low + 1));
}

static void chaos_say(const struct lab_chaos *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void chaos_say(const struct lab_chaos *c, const char *fmt, ...)
{
	long long s = (long long)((world_now(c->w) - c->begun) / 1000);
	va_list ap;
	if (!c->options.print)
		return;
	printf("chaos %lld:%02lld:%02lld ", s / 3600, s / 60 % 60, s % 60);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

/* ---- what it does to the world ---- */

/* The control plane is let alone while it is not whole: whoever breaks it shall not be us. */
static bool control_is_whole(struct world *w)
{
	size_t pos = 0;
	int32_t want = 0, ready = 0;
	struct lab_node n;
	for (size_t i = 0; i < w->n_asgs; i++)
		want += str_eq(w->asgs[i]->role, "control-plane") ? w->asgs[i]->desired : 0;
	while (lab_node_next(w, &pos, &n)) {
		const struct lab_instance *i = lab_instance_find(w, n.instance);
		ready += n.control_plane && n.ready && !n.unschedulable && i &&
			i->state == LAB_RUNNING;
	}
	return want >= 3 && ready >= want;
}

static bool throw_death(struct lab_chaos *c, uint64_t pick)
{
	size_t n = c->w->n_instances, at = (size_t)(pick % (n ? n : 1));
	for (size_t k = 0; k < n; k++) {
		struct lab_instance *i = c->w->instances[(at + k) % n];
		bool control = str_eq(i->role, "control-plane");
		if (i->state != LAB_RUNNING || (control && !control_is_whole(c->w)))
			continue;
		chaos_say(c, "death of %s in %s", i->id, i->group);
		judge_excuse(c->w->judge, i->group);
		lab_instance_terminate(c->w, i);
		return true;
	}
	return false;
}

/* Behind which line of a stored spec another operator's label stands; NULL: not a spec. */
static const char *edit_place(const char *text, const char **head)
{
	static const char labels[] = "\n  labels:\n", meta[] = "\nmetadata:\n";
	const char *at = strstr(text, labels);
	*head = "";
	if (at)
		return at + strlen(labels);
	*head = "  labels:\n";
	at = strstr(text, meta);
	return at ? at + strlen(meta) : NULL;
}

static bool throw_edit(struct lab_chaos *c, uint64_t pick)
{
	struct world *w = c->w;
	struct lab_bucket *b = lab_bucket_find(w, w->state_bucket);
	const struct lab_asg *g = w->asgs[pick % w->n_asgs];
	char *key = xasprintf("%s/instancegroup/%s", w->cluster, g->group);
	char *line = xasprintf(CHAOS_LINE "\"%llu\"", (unsigned long long)++c->edits);
	const struct lab_object *o = b ? lab_object_get(b, key) : NULL;
	const char *head, *rest = o ? edit_place(o->data, &head) : NULL;
	if (rest) {
		struct buf out = BUF_INIT;
		buf_add(&out, o->data, (size_t)(rest - o->data));
		buf_addf(&out, "%s%s\n", head, line);
		if (str_starts(rest, CHAOS_LINE))
			rest += strcspn(rest, "\n") + 1;
		buf_adds(&out, rest);
		judge_expect(w->judge, key, line);
		lab_object_put(w, b, key, buf_str(&out), out.len);
		buf_release(&out);
		chaos_say(c, "edit of %s by another operator", g->group);
	}
	free(key);
	free(line);
	return rest != NULL;
}

/* No pod of some workload may be evicted any more. */
static bool throw_hold(struct lab_chaos *c, uint64_t pick)
{
	struct kube *k = c->w->kube;
	size_t n = kube_count(k, KUBE_DEPLOYMENTS);
	const struct kobj *o = n ? kube_at(k, KUBE_DEPLOYMENTS, pick % n) : NULL;
	json_t *selector = o ? json_path(o->json, "spec.selector") : NULL;
	if (!selector || !lab_kube_up(c->w))
		return false;
	json_t *j = json_pack("{s:{s:s, s:s}, s:{s:i, s:O}}", "metadata", "name", PDB_NAME,
		"namespace", o->ns, "spec", "maxUnavailable", 0, "selector", selector);
	kube_default(c->w, kube_resource(KUBE_PDBS), j);
	if (!kube_create(k, KUBE_PDBS, j))
		return false;
	chaos_say(c, "hold of %s/%s", o->ns, o->name);
	return true;
}

static void hold_end(struct lab_chaos *c)
{
	struct kube *k = c->w->kube;
	for (size_t i = kube_count(k, KUBE_PDBS); i-- > 0;) {
		struct kobj *o = kube_at(k, KUBE_PDBS, i);
		if (str_eq(o->name, PDB_NAME))
			kube_remove(k, o);
	}
}

static bool throw_fault(struct lab_chaos *c, const struct chaos_row *r, uint64_t pick)
{
	struct err e = ERR_INIT;
	char text[64], *colon;
	snprintf(text, sizeof(text), "%s", r->fault);
	colon = strstr(text, "%d");
	if (colon)
		snprintf(colon, sizeof(text) - (size_t)(colon - text), "%d",
			r->low + (int)(pick % (uint64_t)(r->high - r->low + 1)));
	if (!lab_fault_on(c->w->faults, text, &e))
		BUG("chaos: %s", e.text);
	for (size_t i = 0; str_eq(r->name, "no-capacity") && i < c->w->n_asgs; i++)
		judge_excuse(c->w->judge, c->w->asgs[i]->group);
	lab_fault_kube_changed(c->w);
	chaos_say(c, "%s", text);
	return true;
}

/* ---- the schedule ---- */

static size_t chaos_on(const struct lab_chaos *c)
{
	size_t n = 0;
	for (size_t i = 0; i < ON_MOST; i++)
		n += c->on[i].row != NULL;
	return n;
}

static void thrown_end(struct thrown *t)
{
	struct lab_chaos *c = t->c;
	const struct chaos_row *r = t->row;
	struct err e = ERR_INIT;
	t->row = NULL;
	t->timer = NULL;
	if (r->kind == THROW_HOLD) {
		hold_end(c);
	} else {
		lab_fault_off(c->w->faults, r->name, &e);
		for (size_t i = 0; str_eq(r->name, "no-capacity") && i < c->w->n_asgs; i++)
			judge_excuse(c->w->judge, c->w->asgs[i]->group);
		lab_fault_kube_changed(c->w);
	}
	chaos_say(c, "%s ends", r->name);
	if (chaos_on(c) == 0)
		c->calm = world_now(c->w);
}

static void on_end(void *ctx)
{
	thrown_end(ctx);
}

static bool row_is_on(const struct lab_chaos *c, const struct chaos_row *r)
{
	for (size_t i = 0; i < ON_MOST; i++) {
		if (c->on[i].row == r)
			return true;
	}
	return false;
}

static void chaos_throw(struct lab_chaos *c, const struct chaos_row *r, int64_t s, uint64_t pick)
{
	struct thrown *t = c->on;
	while (t < c->on + ON_MOST && t->row)
		t++;
	if (t == c->on + ON_MOST || row_is_on(c, r))
		return;
	bool done = r->kind == THROW_FAULT ? throw_fault(c, r, pick) : r->kind == THROW_DEATH ?
		throw_death(c, pick) : r->kind == THROW_EDIT ? throw_edit(c, pick) :
		throw_hold(c, pick);
	if (!done)
		return;
	c->count++;
	c->per_row[r - rows]++;
	if (!r->longest)
		return;
	c->calm = -1;
	*t = (struct thrown){ .c = c, .row = r };
	t->timer = world_timer_add(c->w, s * 1000, on_end, t);
}

static void chaos_finish(struct lab_chaos *c)
{
	for (size_t i = 0; i < ON_MOST; i++) {
		if (c->on[i].row) {
			world_timer_cancel(c->w, c->on[i].timer);
			thrown_end(&c->on[i]);
		}
	}
	c->over = true;
	chaos_say(c, "over: %llu thrown", (unsigned long long)c->count);
}

static void on_storm(void *ctx)
{
	struct lab_chaos *c = ctx;
	int64_t wait = chaos_between(c, 60, 600), most = chaos_between(c, 1, STORM_MOST);
	c->next = NULL;
	if (world_now(c->w) - c->begun >= c->options.hours * 3600000) {
		chaos_finish(c);
		return;
	}
	/* The same numbers are drawn whatever the world does with them. */
	for (int64_t i = 0; i < most; i++) {
		const struct chaos_row *r = &rows[chaos_random(c) % NROWS];
		int64_t s = r->longest ? chaos_between(c, r->shortest, r->longest) : 0;
		uint64_t pick = chaos_random(c);
		if (c->w->n_asgs)
			chaos_throw(c, r, s, pick);
	}
	c->next = world_timer_add(c->w, wait * 1000, on_storm, c);
}

struct lab_chaos *chaos_new(struct world *w, const struct chaos_options *o)
{
	struct lab_chaos *c = xcalloc(1, sizeof(*c));
	c->w = w;
	c->options = *o;
	c->random = o->seed;
	c->begun = c->calm = world_now(w);
	lab_faults_virtual(w->faults);
	c->next = world_timer_add(w, FIRST_MS, on_storm, c);
	return c;
}

void chaos_free(struct lab_chaos *c)
{
	if (!c)
		return;
	world_timer_cancel(c->w, c->next);
	for (size_t i = 0; i < ON_MOST; i++)
		world_timer_cancel(c->w, c->on[i].row ? c->on[i].timer : NULL);
	free(c);
}

void *chaos_json(const struct lab_chaos *c)
{
	if (!c)
		return json_null();
	json_t *on = json_array(), *kinds = json_object();
	for (size_t i = 0; i < ON_MOST; i++) {
		if (c->on[i].row)
			json_array_append_new(on, json_string(c->on[i].row->name));
	}
	for (size_t i = 0; i < NROWS; i++) {
		if (c->per_row[i])
			json_object_set_new(kinds, rows[i].name,
				json_integer((json_int_t)c->per_row[i]));
	}
	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:I, s:b}", "seed",
		(json_int_t)c->options.seed, "hours", (json_int_t)c->options.hours, "thrown",
		(json_int_t)c->count, "kinds", kinds, "on", on, "calm", (json_int_t)c->calm,
		"over", c->over);
}
