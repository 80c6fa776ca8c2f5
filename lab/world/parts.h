/* SPDX-License-Identifier: Apache-2.0 */
/* How a world is put together and taken apart: between lab/world*.c only. */
#ifndef KOPSCOPE_LAB_WORLD_PARTS_H
#define KOPSCOPE_LAB_WORLD_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "lab/world.h"

void world_s3_release(struct world *w);
void world_aws_release(struct world *w);

struct lab_subnet *lab_subnet_add(struct world *w, const char *zone, const char *cidr);
/* min = max = desired = size; its template has one version. */
struct lab_asg *lab_asg_add(struct world *w, const char *group, const char *role,
	struct lab_subnet *subnet, int32_t size);
/* Deleted with force: its instances end, and nothing replaces them. */
void lab_asg_remove(struct world *w, struct lab_asg *g);
/* Its addresses go back to the subnet. */
void lab_instance_drop_enis(struct lab_instance *i);
void lab_instance_forget(struct world *w, struct lab_instance *i);
/* One more ENI in the instance's subnet; NULL when the subnet is full. */
struct lab_eni *lab_eni_attach(struct world *w, struct lab_instance *i);

/* The story: one control-plane node, two workers, and what runs on them. */
void world_story_cloud(struct world *w);   /* before the kops side puts its files */
void world_story_objects(struct world *w); /* namespaces, system workloads */
void world_story_apps(struct world *w);    /* once the nodes are Ready */

#endif
