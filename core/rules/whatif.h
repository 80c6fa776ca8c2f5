/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would be if: replicas, maxPods, prefixes, warm targets or the size of a
 * group were other than they are.  A pure function of the model; nothing is
 * written.  Its answer is a bound, never a promise: other pods' affinity,
 * spread and volumes are not weighed (bound_only tells when a pod has some).
 */
#ifndef KOPSCOPE_RULES_WHATIF_H
#define KOPSCOPE_RULES_WHATIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/cni.h"

struct whatif { /* all borrowed; WHATIF_AS_IS changes nothing */
	const char *ns, *deployment;
	int32_t replicas;    /* of that Deployment; -1: as they are */
	const char *group;   /* of max_pods and nodes; NULL: every worker group */
	int64_t max_pods;    /* -1: as it is */
	int32_t nodes;       /* of that group (never of all); -1: as they are */
	enum tri prefix;     /* TRI_UNKNOWN: as it is */
	int32_t warm_prefix, warm_ip, minimum_ip; /* -1: as they are */
};
#define WHATIF_AS_IS { .replicas = -1, .max_pods = -1, .nodes = -1, .warm_prefix = -1, \
	.warm_ip = -1, .minimum_ip = -1 }

struct whatif_subnet {
	const struct subnet *subnet;
	int64_t ips, blocks;           /* that the nodes there would hold */
	int64_t held_ips, held_blocks; /* that they hold now; -1: not seen */
	enum tri enough;               /* with what is free; TRI_UNKNOWN: not known */
};

struct whatif_result {
	int64_t slots;      /* places for pods on nodes that take pods: the least of all limits */
	int64_t used;       /* taken before anything waits for one */
	int64_t want;       /* pods that wait for a place, with those that the change adds */
	int64_t fit, left;  /* of them */
	bool bound_only;    /* some have wishes that are not weighed */
	size_t nodes;       /* all, after */
	size_t replaced;    /* nodes that must be replaced for it, control plane and all */
	size_t added, removed;
	size_t no_address;  /* nodes whose pods would outnumber their addresses */
	bool env_change;    /* of aws-node: kops marks every node */
	struct whatif_subnet *subnets;
	size_t nsubnets;
};
void whatif_compute(const struct model *m, const struct whatif *w, struct whatif_result *out);
void whatif_release(struct whatif_result *r);

#endif
