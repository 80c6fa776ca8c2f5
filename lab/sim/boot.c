/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instances boot and end.  A machine goes through its stages by one timer:
 * pending, running after 20 s, API server up (control plane) after 38 s, kubelet
 * registering after 44 s; its node is Ready when aws-node has come up on it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/fault.h"
#include "lab/sim/parts.h"
#include "lab/world/parts.h"

#define RUNNING_MS 20000
#define API_MS 18000       /* after running */
#define REGISTER_MS 6000   /* after that */
#define RETRY_MS 2000
#define NETWORK_MS 1500    /* aws-node up to Ready */
#define SHUTDOWN_MS 20000
#define FORGET_MS 3600000

enum stage { STAGE_PENDING, STAGE_RUNNING, STAGE_API, STAGE_REGISTERED, STAGE_READY, STAGE_ENDING };

struct machine {
	struct world *w;
	struct lab_instance *i;
	enum stage stage;
	bool api; /* an API server runs on it */
	struct world_timer *timer;
};

static struct machine *machine_of(struct world *w, const char *instance)
{
	return strmap_get(w->sim->machines, instance);
}

void sim_machine_free(void *p)
{
	free(p); /* its timer goes with the world's, or has fired */
}

bool sim_machine_alive(struct world *w, const char *instance)
{
	const struct machine *m = machine_of(w, instance);
	return m && m->stage >= STAGE_REGISTERED && m->stage < STAGE_ENDING;
}

static bool machine_is_control(const struct machine *m)
{
	return strcmp(m->i->role, "control-plane") == 0;
}

static void machine_on_timer(void *ctx);

static void machine_next(struct machine *m, enum stage stage, int64_t ms)
{
	m->stage = stage;
	m->timer = world_timer_add(m->w, ms, machine_on_timer, m);
}

static int64_t jitter(struct world *w, int64_t ms)
{
	return ms + (int64_t)world_random_below(w, (uint64_t)ms / 20 + 1);
}

static void machine_on_timer(void *ctx)
{
	struct machine *m = ctx;
	struct world *w = m->w;
	m->timer = NULL;
	switch (m->stage) {
	case STAGE_PENDING:
		m->i->state = LAB_RUNNING;
		m->i->lifecycle = m->i->asg ? "InService" : NULL;
		machine_next(m, STAGE_RUNNING, jitter(w, API_MS));
		break;
	case STAGE_RUNNING:
		if (machine_is_control(m)) {
			m->api = true;
			sim_api_up(w, true);
		}
		machine_next(m, STAGE_API, jitter(w, REGISTER_MS));
		break;
	case STAGE_API:
		if (!lab_kube_up(w) || lab_fault_is_on(w->faults, FAULT_BOOT_HANGS)) {
			machine_next(m, STAGE_API, RETRY_MS);
			break;
		}
		m->stage = STAGE_REGISTERED;
		m->i->registered = true;
		sim_node_register(w, m->i);
		break;
	case STAGE_REGISTERED:
		if (!lab_kube_up(w) || lab_fault_is_on(w->faults, FAULT_NODE_UNREADY) ||
				lab_fault_is_on(w->faults, FAULT_KUBELET_OLD)) {
			machine_next(m, STAGE_REGISTERED, RETRY_MS);
			break;
		}
		m->stage = STAGE_READY;
		sim_node_ready(w, m->i->id, true);
		break;
	case STAGE_READY:
		break;
	case STAGE_ENDING:
		m->i->state = LAB_TERMINATED;
		m->i->gone_at = world_now(w) + FORGET_MS;
		m->i->asg = NULL;
		m->i->lifecycle = NULL;
		sim_ipamd_end(w, m->i->id);
		lab_instance_drop_enis(m->i);
		strmap_remove(w->sim->machines, m->i->id);
		break;
	}
}

void sim_machine_network_ready(struct world *w, struct lab_instance *i)
{
	struct machine *m = machine_of(w, i->id);
	if (m && m->stage == STAGE_REGISTERED && !m->timer)
		machine_next(m, STAGE_REGISTERED, NETWORK_MS);
}

void sim_instance_launched(struct world *w, struct lab_instance *i)
{
	if (w->still)
		return;
	struct machine *m = xcalloc(1, sizeof(*m));
	m->w = w;
	m->i = i;
	strmap_set(w->sim->machines, i->id, m);
	machine_next(m, STAGE_PENDING, jitter(w, RUNNING_MS));
}

static bool api_elsewhere(struct world *w)
{
	size_t pos = 0;
	const char *key;
	void *value;
	while (strmap_next(w->sim->machines, &pos, &key, &value)) {
		const struct machine *m = value;
		if (m->api && m->stage < STAGE_ENDING)
			return true;
	}
	return false;
}

void sim_instance_stopped(struct world *w, struct lab_instance *i)
{
	struct machine *m = machine_of(w, i->id);

	if (m)
		world_timer_cancel(w, m->timer);
	if (m)
		m->timer = NULL;
}

void sim_instance_terminating(struct world *w, struct lab_instance *i)
{
	struct machine *m = machine_of(w, i->id);
	if (!m)
		return;
	world_timer_cancel(w, m->timer);
	machine_next(m, STAGE_ENDING, SHUTDOWN_MS);
	if (m->api && !api_elsewhere(w))
		sim_api_up(w, false);
	sim_kick(w, SIM_NODES, 8000);
}
