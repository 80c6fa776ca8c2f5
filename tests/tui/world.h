/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story's cluster as observations, the same every time: one control plane,
 * two t3.medium workers, nginx-deployment.  What sources would say is said
 * straight to the model.
 */
#ifndef KOPSCOPE_TESTS_TUI_WORLD_H
#define KOPSCOPE_TESTS_TUI_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/model/model.h"

#define WORLD_CLUSTER "mate-technology.app"
#define WORLD_NODE_A "i-0a063649330951c09"
#define WORLD_NODE_C "i-1cd71f067abb24149"
#define WORLD_CONTROL "i-5137e6118028e139e"
#define WORLD_DEPLOYMENT "nginx-deployment"
#define WORLD_NOW INT64_C(1795355160000) /* 2026-11-22T13:46:00Z */

struct world {
	bool prefix;          /* maxPods 110 and prefix delegation, in spec and on nodes */
	bool marked;          /* template v2 is out and the CNI addon asks for a roll */
	int running, pending; /* replicas of nginx-deployment */
	bool specs_only;      /* nothing of AWS and Kubernetes, nor what their sources say */
};

/* Everything, with the three sources live. */
void world_apply(struct model *m, const struct world *w);
/* Only what changes when a pod comes or goes. */
void world_pod(struct model *m, int index, const char *node);
/* A source in this state; arrived: ms ago, -1 never. */
void world_source(struct model *m, enum source_id id, enum source_state state, int64_t arrived_ago,
	enum err_kind kind, const char *why, const char *hint);
/* Specs that were edited and not applied; what kops-channels applied of the addons. */
void world_edited(struct model *m);
/* DNS type Public, with one record of each kind. */
void world_named(struct model *m);
/* More rows whose names attack the terminal. */
void world_hostile(struct model *m);

#endif
