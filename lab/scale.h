/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A large world: `--scenario scale --nodes N --pods N --groups N --churn N`.  Beside the story's
 * three nodes stand N more in N groups, full of pods as real ones look (4.6 KB of JSON
 * each, managedFields included).  It stands still: nothing boots, ends or is scheduled, so that
 * its size costs the lab nothing; what moves is churn, pods that restart and become ready.
 */
#ifndef KOPSCOPE_LAB_SCALE_H
#define KOPSCOPE_LAB_SCALE_H

struct world;

struct lab_scale {
	int nodes, pods;  /* in all, beside the story's; pods: their DaemonSets' included */
	int groups;
	int churn;        /* changes of pods in a real second */
};

/* The groups, before the kops side puts its files; they are kept empty until scale_begin(). */
void scale_cloud(struct world *w);
void scale_hold(struct world *w);
/* Instances, nodes and pods, at once. */
void scale_begin(struct world *w);

#endif
