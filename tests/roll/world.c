/* SPDX-License-Identifier: Apache-2.0 */
/* The miniature world of the roll's tests. */
#include "tests/roll/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"

const char *const world_components[3] = {
	"kube-apiserver", "kube-controller-manager", "kube-scheduler",
};

uint32_t world_random(struct world *w, uint32_t below)
{
	/* splitmix64 */
	uint64_t z = w->seed += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	z ^= z >> 31;
	return below ? (uint32_t)(z % below) : 0;
}

void world_init(struct world *w, uint64_t seed)
{
	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->now = (struct clock_fake){ .mono = 1000000, .wall = 1795352645000 };
	clock_fake(&w->clock, &w->now);
	w->m = model_new(&w->clock);
	model_open_cluster(w->m, WORLD_CLUSTER);
	w->tick_ms = 1000;
	w->boot_ms = 40000;
	w->slow_ms = 20000;
	w->action_ms = 1500;
	w->max_pods = 110;
}

void world_release(struct world *w)
{
	roll_free(w->roll);
	model_free(w->m);
}

static void world_blame(struct world *w, const char *text, const char *what)
{
	if (!w->violations++)
		snprintf(w->violation, sizeof(w->violation), "%s: %s", text, what);
}

int world_group(struct world *w, const char *name, enum role role, int size)
{
	struct w_group *g = &w->groups[w->ngroups];

	snprintf(g->name, sizeof(g->name), "%s", name);
	g->role = role;
	g->desired = size;
	g->version = 1;
	g->rolling = (struct rolling_settings){
		.max_surge = { .value = -1 }, .max_unavailable = { .value = -1 },
	};
	return w->ngroups++;
}

int world_app(struct world *w, const char *name, int replicas, int min_available)
{
	struct w_app *a = &w->apps[w->napps];

	snprintf(a->name, sizeof(a->name), "%s", name);
	a->replicas = replicas;
	a->min_available = min_available;
	return w->napps++;
}

void world_outdate(struct world *w, int group)
{
	w->groups[group].version++;
	w->dirty = true;
}

/* ---- looking ---- */

static bool inst_alive(const struct w_instance *i)
{
	return i->state && (!strcmp(i->state, "running") || !strcmp(i->state, "pending"));
}

static bool inst_available(const struct w_instance *i)
{
	return i->state && !strcmp(i->state, "running") && i->joined && i->ready && !i->cordoned;
}

/* A node that flaps is not taken away by anybody. */
static bool inst_left_alone(const struct w_instance *i)
{
	return i->state && !strcmp(i->state, "running") && i->joined && !i->cordoned &&
		(i->ready || i->flaps_until);
}

int world_available(const struct world *w, int group)
{
	int n = 0, i;

	for (i = 0; i < W_INSTANCES; i++)
		n += w->inst[i].group == group && inst_left_alone(&w->inst[i]);
	return n;
}

int world_left_marks(const struct world *w)
{
	int n = 0, i;

	for (i = 0; i < W_INSTANCES; i++) {
		const struct w_instance *in = &w->inst[i];

		n += inst_alive(in) && in->joined && (in->cordoned || in->tainted || in->excluded);
	}
	return n;
}

int world_old(const struct world *w)
{
	int n = 0, i;

	for (i = 0; i < W_INSTANCES; i++) {
		const struct w_instance *in = &w->inst[i];

		n += inst_alive(in) && in->version != w->groups[in->group].version;
	}
	return n;
}

bool world_pod_runs(const struct world *w, const struct w_pod *p)
{
	return p->used && p->on >= 0 && !p->deletion && w->now.mono >= p->starts_at &&
		(w->inst[p->on].ready || p->app < 0) && !p->status_reason;
}

int world_running(const struct world *w, int app)
{
	int n = 0, i;

	for (i = 0; i < W_PODS; i++)
		n += w->pods[i].app == app && world_pod_runs(w, &w->pods[i]);
	return n;
}

bool world_api(const struct world *w)
{
	int i;

	if (w->api_lost)
		return false;
	for (i = 0; i < W_INSTANCES; i++) {
		const struct w_instance *in = &w->inst[i];

		if (in->state && !strcmp(in->state, "running") && in->joined && in->ready &&
			w->groups[in->group].role == ROLE_CONTROL_PLANE)
			return true;
	}
	return false;
}

/* ---- moving ---- */

static struct w_pod *world_pod_new(struct world *w, int app, const char *name)
{
	int i;

	for (i = 0; i < W_PODS && w->pods[i].used; i++)
		;
	if (i == W_PODS)
		abort();
	w->pods[i] = (struct w_pod){ .used = true, .app = app, .on = -1, .created = w->now.mono };
	w->serial++;
	snprintf(w->pods[i].name, sizeof(w->pods[i].name), "%s-%d", name, w->serial);
	snprintf(w->pods[i].uid, sizeof(w->pods[i].uid), "uid-%d", w->serial);
	w->dirty = true;
	return &w->pods[i];
}

static void world_launch(struct world *w, int group)
{
	struct w_instance *in;
	int i;

	for (i = 0; i < W_INSTANCES && w->inst[i].state; i++)
		;
	if (i == W_INSTANCES)
		abort();
	in = &w->inst[i];
	*in = (struct w_instance){ .group = group, .attached = true, .state = "pending" };
	w->serial++;
	snprintf(in->id, sizeof(in->id), "i-%05d", w->serial);
	snprintf(in->node, sizeof(in->node), "node-%05d", w->serial);
	in->version = w->groups[group].version;
	in->launched = w->now.mono;
	in->boots_at = w->now.mono + w->boot_ms + world_random(w, (uint32_t)w->slow_ms + 1);
	w->dirty = true;
}

static void world_join(struct world *w, int index)
{
	struct w_instance *in = &w->inst[index];
	struct w_pod *p;
	int c;

	if (w->groups[in->group].role == ROLE_BASTION) {
		in->ready = true;
		return;
	}
	in->joined = true;
	p = world_pod_new(w, -1, "aws-node");
	p->on = index;
	p->starts_at = w->now.mono + (w->no_cni ? INT64_C(1) << 50 : 2000);
	if (w->out_of_pods) {
		p = world_pod_new(w, 0, "rejected");
		p->on = index;
		p->status_reason = "OutOfpods";
	}
	for (c = 0; c < 3 && w->groups[in->group].role == ROLE_CONTROL_PLANE; c++) {
		p = world_pod_new(w, -2, world_components[c]);
		p->on = index;
		p->component = c;
	}
}

static void world_drop_pods(struct world *w, int index)
{
	int i;

	for (i = 0; i < W_PODS; i++) {
		if (w->pods[i].used && w->pods[i].on == index)
			w->pods[i].used = false;
	}
}

static void world_move_instance(struct world *w, int index)
{
	struct w_instance *in = &w->inst[index];
	bool fresh = in->launched > 1000000;

	if (!strcmp(in->state, "pending") && w->now.mono >= in->launched + 5000) {
		in->state = "running";
		w->dirty = true;
	}
	if (!strcmp(in->state, "running") && !in->joined && !in->ready &&
		w->now.mono >= in->boots_at) {
		if (fresh && (int)world_random(w, 100) < w->boot_fails) {
			in->state = "shutting-down"; /* its group starts another */
			in->attached = false;
			in->ends_at = w->now.mono + 8000;
			w->dirty = true;
			return;
		}
		world_join(w, index);
		w->dirty = true;
	}
	if (!strcmp(in->state, "running") && in->joined && !in->ready &&
		!in->flaps_until && w->now.mono >= in->boots_at + 5000 && !(w->never_ready && fresh)) {
		in->ready = true;
		w->dirty = true;
	}
	if (in->flaps_until && w->now.mono >= in->flaps_until) {
		in->flaps_until = 0;
		in->ready = !strcmp(in->state, "running");
		w->dirty = true;
	}
	if (!strcmp(in->state, "shutting-down") && w->now.mono >= in->ends_at) {
		world_drop_pods(w, index);
		memset(in, 0, sizeof(*in));
		w->dirty = true;
	}
}

static void world_scale_groups(struct world *w)
{
	int g, i;

	for (g = 0; g < w->ngroups; g++) {
		int have = 0;

		for (i = 0; i < W_INSTANCES; i++)
			have += w->inst[i].group == g && inst_alive(&w->inst[i]) &&
				w->inst[i].attached;
		for (; have < w->groups[g].desired; have++)
			world_launch(w, g);
	}
}

static int world_place(struct world *w)
{
	int best = -1, least = 0, i, k;

	for (i = 0; i < W_INSTANCES; i++) {
		const struct w_instance *in = &w->inst[i];
		int n = in->tainted ? 1000 : 0;

		if (!inst_available(in) || w->groups[in->group].role != ROLE_NODE)
			continue;
		for (k = 0; k < W_PODS; k++)
			n += w->pods[k].used && w->pods[k].on == i;
		if (n % 1000 < w->max_pods && (best < 0 || n < least)) {
			best = i;
			least = n;
		}
	}
	return best;
}

static void world_move_pods(struct world *w)
{
	int a, i;

	for (i = 0; i < W_PODS; i++) {
		struct w_pod *p = &w->pods[i];

		if (p->used && p->deletion && w->now.mono >= p->deletion) {
			p->used = false;
			w->dirty = true;
		}
	}
	for (a = 0; a < w->napps; a++) {
		int have = 0;

		for (i = 0; i < W_PODS; i++)
			have += w->pods[i].used && w->pods[i].app == a && !w->pods[i].deletion &&
				!w->pods[i].status_reason;
		for (; have < w->apps[a].replicas; have++)
			world_pod_new(w, a, w->apps[a].name);
	}
	for (i = 0; i < W_PODS; i++) {
		struct w_pod *p = &w->pods[i];

		if (!p->used || p->on >= 0 || p->app < 0)
			continue;
		p->on = world_place(w);
		p->starts_at = w->now.mono + (w->no_ip ? INT64_C(1) << 50 : 3000);
		p->placed = w->now.wall;
		w->dirty = w->dirty || p->on >= 0;
	}
}

/* ---- the machine's hands ---- */

static struct w_instance *world_find(struct world *w, const char *id)
{
	int i;

	for (i = 0; i < W_INSTANCES; i++) {
		if (w->inst[i].state && (!strcmp(w->inst[i].id, id) ||
			!strcmp(w->inst[i].node, id)))
			return &w->inst[i];
	}
	return NULL;
}

static bool world_evict(struct world *w, const char *uid, struct err *e)
{
	struct w_app *a;
	int i;

	for (i = 0; i < W_PODS; i++) {
		if (w->pods[i].used && !strcmp(w->pods[i].uid, uid))
			break;
	}
	if (i == W_PODS || w->pods[i].deletion)
		return true;
	if (w->pods[i].app < 0)
		world_blame(w, "evicted a pod that stays", w->pods[i].name);
	if (w->rude)
		return err_set(e, ERR_SERVER, "oops \xff\xfe %s", w->pods[i].name);
	a = &w->apps[w->pods[i].app];
	if (a->min_available >= 0 && world_pod_runs(w, &w->pods[i]) &&
		world_running(w, w->pods[i].app) <= a->min_available)
		return err_set(e, ERR_CONFLICT, "would violate the disruption budget %s", a->name);
	w->pods[i].deletion = w->now.mono + 2000 + world_random(w, 3000);
	if ((int)world_random(w, 100) < w->immortal)
		w->pods[i].deletion += INT64_C(1) << 50;
	return true;
}

static void world_terminate(struct world *w, const char *id)
{
	struct w_instance *in = world_find(w, id);

	if (!in || !inst_alive(in)) {
		w->terminated_twice += !in || !in->killed;
		return;
	}
	w->terminated++;
	in->state = "shutting-down";
	in->attached = false;
	in->ready = false;
	in->ends_at = w->now.mono + 8000 + world_random(w, 10000);
}

static bool world_do(struct world *w, const struct w_job *j, struct err *e)
{
	struct w_instance *in = world_find(w, j->instance);
	bool kube = j->kind <= ROLL_INCLUDE_LB || j->kind == ROLL_EVICT;

	w->dirty = true;
	if (kube && !world_api(w))
		return err_set(e, ERR_NETWORK, "connection refused");
	if (j->kind == ROLL_EVICT)
		return world_evict(w, j->uid, e);
	if (j->kind == ROLL_TERMINATE) {
		world_terminate(w, j->instance);
		return true;
	}
	if (!in)
		return err_set(e, ERR_NOT_FOUND, "no %s", j->instance);
	if (j->kind == ROLL_CORDON || j->kind == ROLL_UNCORDON)
		in->cordoned = j->kind == ROLL_CORDON;
	if (j->kind == ROLL_TAINT || j->kind == ROLL_UNTAINT)
		in->tainted = j->kind == ROLL_TAINT;
	if (j->kind == ROLL_EXCLUDE_LB || j->kind == ROLL_INCLUDE_LB)
		in->excluded = j->kind == ROLL_EXCLUDE_LB;
	if (j->kind == ROLL_DETACH) {
		if (in->detached)
			world_blame(w, "detached twice", in->id);
		in->detached = true;
		in->attached = false;
	}
	return true;
}

/* The answer may be no although nothing was wrong, or no although it was done. */
static bool world_answer(struct world *w, const struct w_job *j, struct err *e)
{
	bool once = j->kind == ROLL_TERMINATE || j->kind == ROLL_DETACH;
	bool ok;

	if (w->refused & 1u << j->kind)
		return err_set(e, w->refused_as, "no");
	if (w->throttled && (int)world_random(w, 100) < w->throttled)
		return err_set(e, ERR_THROTTLED, "too many requests");
	ok = world_do(w, j, e);
	if (ok && !once && w->lies && (int)world_random(w, 100) < w->lies)
		return err_set(e, ERR_TIMEOUT, "no answer within 30 s");
	return ok;
}

static void world_jobs(struct world *w)
{
	int i;

	for (i = 0; i < W_QUEUE; i++) {
		struct w_job *j = &w->jobs[i];
		struct err e = ERR_INIT;
		bool ok;

		if (!j->used || w->now.mono < j->due)
			continue;
		j->used = false;
		ok = world_answer(w, j, &e);
		if (j->done)
			j->done(j->ctx, ok ? NULL : &e);
		else
			roll_action_done(w->roll, j->id, w->now.mono, ok ? NULL : &e);
	}
}

static struct w_job *world_job(struct world *w, enum roll_action_kind kind, const char *host,
	const char *uid)
{
	struct w_job *j;
	int i;

	for (i = 0; i < W_QUEUE && w->jobs[i].used; i++)
		;
	if (i == W_QUEUE)
		abort();
	j = &w->jobs[i];
	*j = (struct w_job){ .used = true, .kind = kind,
		.due = w->now.mono + world_random(w, (uint32_t)w->action_ms + 1) };
	snprintf(j->instance, sizeof(j->instance), "%s", host);
	if (uid)
		snprintf(j->uid, sizeof(j->uid), "%s", uid);
	return j;
}

void world_ask(struct world *w, enum roll_action_kind kind, const char *host, const char *uid,
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct w_job *j = world_job(w, kind, host, uid);

	j->done = done;
	j->ctx = ctx;
}

static void world_step(struct world *w)
{
	const struct roll_action *acts;
	size_t n, i;

	world_show(w);
	roll_step(w->roll, w->m, w->now.mono, w->now.wall, &acts, &n, &w->wake);
	w->nactions += n;
	if (w->saved) {
		if (w->saved->len)
			roll_save_changes(w->roll, w->saved);
		else
			roll_save(w->roll, w->saved);
	}
	for (i = 0; i < n; i++)
		world_job(w, acts[i].kind, acts[i].instance, acts[i].uid)->id = acts[i].id;
}

void world_crash(struct world *w)
{
	struct err e = ERR_INIT;
	int i;

	for (i = 0; i < W_QUEUE; i++) {
		if (w->jobs[i].used && world_random(w, 2))
			world_do(w, &w->jobs[i], &e);
		w->jobs[i].used = false;
	}
	roll_free(w->roll);
	world_show(w);
	e = (struct err)ERR_INIT;
	w->roll = roll_load(buf_str(w->saved), w->saved->len, w->m, &e);
	if (!w->roll)
		world_blame(w, "could not be loaded", e.text);
	buf_clear(w->saved); /* the next process begins the file anew */
	if (w->roll)
		roll_save(w->roll, w->saved);
	/* Another process: its clock starts elsewhere. */
}

/* Waiting without saying for what is a fault: nobody could help. */
static void world_check_words(struct world *w)
{
	const struct roll_node *const *v;
	bool named = roll_why(w->roll)[0] || w->wake;
	size_t n, k;
	int i;

	for (i = 0; i < W_QUEUE; i++)
		named = named || w->jobs[i].used;
	v = roll_nodes(w->roll, &n);
	for (k = 0; k < n; k++)
		named = named || v[k]->waits_for[0];
	if (!named)
		world_blame(w, "waits for nothing", "no words, no timer, no action");
}

bool world_is_over(const struct world *w)
{
	enum roll_state s = roll_get_state(w->roll);

	return s != ROLL_RUNNING && s != ROLL_PAUSED && s != ROLL_STOPPING;
}

/* What others do, and what just happens. */
static void world_troubles(struct world *w)
{
	struct w_instance *in = &w->inst[world_random(w, W_INSTANCES)];
	bool there = in->state && !strcmp(in->state, "running") && in->joined && in->ready;

	if (!there)
		return;
	if ((int)world_random(w, 100) < w->flaps) {
		in->ready = false;
		in->flaps_until = w->now.mono + 5000 + world_random(w, 40000);
		w->dirty = true;
	} else if ((int)world_random(w, 100) < w->killers) {
		in->state = "shutting-down";
		in->attached = in->ready = false;
		in->ends_at = w->now.mono + 8000;
		in->killed = true;
		w->lent[in->group]++;
		w->lent_until[in->group] = w->now.mono + 5 * 60000;
		w->dirty = true;
	}
}

static void world_move(struct world *w)
{
	int i;

	if (w->flaps || w->killers)
		world_troubles(w);

	w->now.mono += w->tick_ms;
	w->now.wall += w->tick_ms;
	for (i = 0; i < W_INSTANCES; i++) {
		if (w->inst[i].state)
			world_move_instance(w, i);
	}
	world_scale_groups(w);
	if (world_api(w))
		world_move_pods(w);
	for (i = 0; i < W_PODS; i++) {
		if (w->pods[i].used && w->now.mono - w->pods[i].starts_at < w->tick_ms &&
			w->now.mono >= w->pods[i].starts_at)
			w->dirty = true; /* it just began to run */
	}
}

void world_tick(struct world *w)
{
	world_move(w);
	world_jobs(w);
	world_step(w);
	if (!world_is_over(w))
		world_check_words(w);
}

void world_live(struct world *w)
{
	world_move(w);
	world_jobs(w);
	world_show(w);
}

bool world_run(struct world *w, int seconds)
{
	for (; seconds > 0 && !world_is_over(w); seconds--)
		world_tick(w);
	return world_is_over(w);
}

void world_settle(struct world *w)
{
	int64_t mono = w->now.mono;
	int i;

	w->now.mono = 0;
	for (i = 0; i < 200; i++)
		world_move(w);
	w->now.mono = mono;
	world_show(w);
	w->dirty = true;
	world_show(w);
}

void world_options(struct roll_options *o)
{
	roll_options_default(o);
}
