/* SPDX-License-Identifier: Apache-2.0 */
/* Auto Scaling keeps every group at its desired size; the long terminated are forgotten. */
#include <stddef.h>

#include "lab/fault.h"
#include "lab/sim/parts.h"
#include "lab/world/parts.h"

static bool instance_counts(const struct lab_instance *i, const struct lab_asg *g)
{
	return i->asg == g && (i->state == LAB_PENDING || i->state == LAB_RUNNING);
}

static void asg_keep(struct world *w, struct lab_asg *g)
{
	int32_t n = 0;
	for (size_t k = 0; k < w->n_instances; k++)
		n += instance_counts(w->instances[k], g);
	for (; n < g->desired && !lab_fault_launch(w); n++)
		lab_instance_launch(w, g);
	int32_t warm = 0;
	for (size_t k = 0; k < w->n_instances; k++)
		warm += w->instances[k]->asg == g && w->instances[k]->state == LAB_STOPPED;
	for (; warm < g->warm && !lab_fault_launch(w); warm++)
		lab_instance_launch_warm(w, g);
	/* Too many: the oldest goes first, as with a changed launch template. */
	for (size_t k = 0; k < w->n_instances && n > g->desired; k++) {
		if (instance_counts(w->instances[k], g)) {
			lab_instance_terminate(w, w->instances[k]);
			n--;
		}
	}
}

void sim_asg_run(struct world *w)
{
	for (size_t i = 0; i < w->n_asgs; i++)
		asg_keep(w, w->asgs[i]);
	for (size_t k = w->n_instances; k-- > 0;) {
		struct lab_instance *i = w->instances[k];
		if (i->state == LAB_TERMINATED && i->gone_at <= world_now(w))
			lab_instance_forget(w, i);
	}
}
