/* SPDX-License-Identifier: Apache-2.0 */
/* Which part runs when. */
#include "lab/sim.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/xalloc.h"
#include "lab/kube/api.h"
#include "lab/sim/parts.h"

struct part_row {
	void (*run)(struct world *w);
	bool outside;  /* of the cluster: runs while no API server is up, too */
	int64_t every; /* vms; 0: only when kicked */
};
static const struct part_row parts[SIM__COUNT] = {
	[SIM_ASG] = { sim_asg_run, true, 10000 },
	[SIM_NODES] = { sim_nodes_run, false, 10000 },
	[SIM_DEPLOYMENTS] = { sim_deployments_run, false, 0 },
	[SIM_REPLICASETS] = { sim_replicasets_run, false, 0 },
	[SIM_DAEMONSETS] = { sim_daemonsets_run, false, 0 },
	[SIM_SCHEDULER] = { sim_scheduler_run, false, 60000 },
	[SIM_BUDGETS] = { sim_budgets_run, false, 0 },
	[SIM_CHANNELS] = { sim_channels_run, false, 60000 },
	[SIM_LEASES] = { sim_leases_run, false, 0 },
	[SIM_TIDY] = { sim_tidy_run, false, 60000 },
	[SIM_VOLUMES] = { sim_volumes_run, false, 0 },
};

/* What a change of a kind sets going, and after how many vms. */
struct kick_row {
	enum kube_kind kind;
	enum sim_part part;
	int64_t ms;
};
static const struct kick_row kicks[] = {
	{ KUBE_DEPLOYMENTS, SIM_DEPLOYMENTS, 20 },
	{ KUBE_REPLICASETS, SIM_DEPLOYMENTS, 30 },
	{ KUBE_REPLICASETS, SIM_REPLICASETS, 20 },
	{ KUBE_DAEMONSETS, SIM_DAEMONSETS, 20 },
	{ KUBE_NODES, SIM_DAEMONSETS, 50 },
	{ KUBE_NODES, SIM_SCHEDULER, 20 },
	{ KUBE_PODS, SIM_REPLICASETS, 30 },
	{ KUBE_RESOURCEQUOTAS, SIM_REPLICASETS, 30 },
	{ KUBE_PODS, SIM_DAEMONSETS, 30 },
	{ KUBE_PODS, SIM_SCHEDULER, 10 },
	{ KUBE_PODS, SIM_BUDGETS, 40 },
	{ KUBE_PDBS, SIM_BUDGETS, 20 },
	{ KUBE_PVCS, SIM_SCHEDULER, 20 },
	{ KUBE_PVCS, SIM_VOLUMES, 2000 },
	{ KUBE_STORAGECLASSES, SIM_VOLUMES, 2000 },
};

struct part_timer {
	struct world *w;
	enum sim_part part;
};
/* One per part and world; the timers need something to point at. */
struct sim_all {
	struct sim sim;
	struct part_timer timers[SIM__COUNT];
};

static void part_on_timer(void *ctx)
{
	struct part_timer *t = ctx;
	struct sim *s = t->w->sim;
	s->timers[t->part] = NULL;
	if (t->w->still)
		return;
	if (parts[t->part].every)
		sim_kick(t->w, t->part, parts[t->part].every);
	if (s->api_up || parts[t->part].outside)
		parts[t->part].run(t->w);
}

void sim_kick(struct world *w, enum sim_part part, int64_t ms)
{
	if (w->still)
		return;
	struct sim *s = w->sim;
	int64_t due = world_now(w) + ms;
	if (s->timers[part] && s->due[part] <= due)
		return;
	world_timer_cancel(w, s->timers[part]);
	s->due[part] = due;
	s->timers[part] = world_timer_add(w, ms, part_on_timer,
		&((struct sim_all *)s)->timers[part]);
}

static void sim_on_event(void *ctx, const struct kube_event *e)
{
	struct world *w = ctx;
	if (w->still)
		return;
	for (size_t i = 0; i < sizeof(kicks) / sizeof(kicks[0]); i++) {
		if (kicks[i].kind == e->res->id)
			sim_kick(w, kicks[i].part, kicks[i].ms);
	}
	if (e->res->id == KUBE_PODS)
		sim_kubelet_on_event(w, e);
}

void sim_init(struct world *w)
{
	struct sim_all *all = xcalloc(1, sizeof(*all));
	w->sim = &all->sim;
	w->sim->w = w;
	w->sim->pods = strmap_new(sim_kpod_free);
	w->sim->machines = strmap_new(sim_machine_free);
	w->sim->pools = strmap_new(sim_pool_free);
	for (int i = 0; i < SIM__COUNT; i++)
		all->timers[i] = (struct part_timer){ w, (enum sim_part)i };
	kube_listen(w->kube, sim_on_event, w);
	kube_watch_init(w->kube);
}

void sim_release(struct world *w)
{
	if (!w->sim)
		return;
	kube_watch_drop(w->kube);
	strmap_free(w->sim->pods);
	strmap_free(w->sim->machines);
	strmap_free(w->sim->pools);
	strlist_release(&w->sim->cni_names);
	free(w->sim); /* the first member of struct sim_all */
	w->sim = NULL;
}

void sim_start(struct world *w)
{
	for (int i = 0; i < SIM__COUNT; i++) {
		if (parts[i].every)
			sim_kick(w, (enum sim_part)i, parts[i].outside ? 0 : parts[i].every);
	}
}

void sim_settled(struct world *w)
{
	while (kube_count(w->kube, KUBE_EVENTS) > 0)
		kube_remove(w->kube, kube_at(w->kube, KUBE_EVENTS, 0));
	sim_leases_run(w);
}

void sim_api_up(struct world *w, bool up)
{
	if (w->sim->api_up == up)
		return;
	w->sim->api_up = up;
	if (!up)
		kube_watch_drop(w->kube);
	for (int i = 0; up && i < SIM__COUNT; i++)
		sim_kick(w, (enum sim_part)i, 500 + 100 * i);
}

void sim_asg_kick(struct world *w)
{
	sim_kick(w, SIM_ASG, 3000);
}

bool lab_kube_up(const struct world *w)
{
	return w->sim && w->sim->api_up;
}

/* Events live for an hour. */
void sim_tidy_run(struct world *w)
{
	for (size_t i = kube_count(w->kube, KUBE_EVENTS); i-- > 0;) {
		struct kobj *o = kube_at(w->kube, KUBE_EVENTS, i);
		const char *stamp = json_str(o->json, "metadata.creationTimestamp");
		double age = (double)(world_wall(w) - stamp_parse(stamp ? stamp : ""));
		if (age * w->options.speed > 3600000.0)
			kube_remove(w->kube, o);
	}
}
