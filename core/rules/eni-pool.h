/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ipamd attaches to a node for so many pods: interfaces, addresses or
 * prefixes, with the spare ones that its targets ask for (facts: vpc-cni 1.2
 * and 1.4, whose examples are the test).
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

#endif
