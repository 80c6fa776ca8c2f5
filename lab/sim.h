/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What moves the world: Auto Scaling, booting instances, kubelets, ipamd, the
 * scheduler, the workload controllers, kops-channels.  Each is a part that
 * runs when something it looks at has changed, or when its time has come.
 */
#ifndef KOPSCOPE_LAB_SIM_H
#define KOPSCOPE_LAB_SIM_H

struct world;
struct lab_instance;

void sim_init(struct world *w);
void sim_release(struct world *w);
/* Sets everything going; the objects and groups of the story are there. */
void sim_start(struct world *w);
/* The story's beginning: events of the making are forgotten. */
void sim_settled(struct world *w);

/* From the AWS side: sizes or members changed; an instance began or ends. */
void sim_asg_kick(struct world *w);
void sim_instance_launched(struct world *w, struct lab_instance *i);
/* Its machine goes no further: it waits in a warm pool. */
void sim_instance_stopped(struct world *w, struct lab_instance *i);
void sim_instance_terminating(struct world *w, struct lab_instance *i);

#endif
