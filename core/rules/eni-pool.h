/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ipamd attaches to a node for so many pods: interfaces, addresses or
 * prefixes, with the spare ones that its targets ask for (facts: vpc-cni 1.2
 * and 1.4, whose examples are the test; the bounds at zero spare ones: ipamd's
 * isDatastorePoolTooLow(), CNI 1.23).
 */
#ifndef KOPSCOPE_RULES_ENI_POOL_H
#define KOPSCOPE_RULES_ENI_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/rules/cni.h"
#include "core/rules/eni.h"

struct eni_pool {
	int32_t enis;      /* with the primary one */
	int32_t ips;       /* for pods: single addresses, or 16 for each prefix */
	int32_t prefixes;  /* 0 in single mode */
	int64_t subnet_ips;/* taken from the subnet: ips and one for each interface */
	bool enough;       /* every pod has an address */
};
/* pods: those with an address of their own.  max_pods: growth stops there; -1: never. */
void eni_pool_compute(const struct eni_limits *l, const struct cni_settings *cni, int32_t pods,
	int64_t max_pods, struct eni_pool *out);

/* How a node comes to hold what so many pods need when they arrive one after the other. */
struct eni_growth {
	int32_t grows;   /* times that ipamd asked EC2 for more */
	int32_t calls;   /* EC2 calls of these: one for addresses on an interface that is there;
	                    create, attach and modify for a new one */
	int32_t attached;/* new interfaces among them: up to 10 s each, against about 1 s */
	int32_t most_unused; /* addresses held and used by nobody, at the worst moment */
	int32_t mean_unused; /* over all numbers of pods from 0 on, rounded */
};
void eni_pool_growth(const struct eni_limits *l, const struct cni_settings *cni, int32_t pods,
	int64_t max_pods, struct eni_growth *out);

#endif
