/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many addresses an instance type can give to pods, and so how many pods
 * fit: the arithmetic of the Amazon VPC CNI (facts: vpc-cni part 1.4 and 2;
 * figures: eni-table.c, made from the CNI's own pkg/vpc/vpc_ip_resource_limit.go).
 */
#ifndef KOPSCOPE_RULES_ENI_H
#define KOPSCOPE_RULES_ENI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct eni_limits {
	const char *type;
	int32_t max_enis;    /* of the default network card */
	int32_t ips_per_eni; /* IPv4 */
	int32_t vcpus;       /* 0: unknown (not in the CNI's table) */
	bool prefixes;       /* Nitro or bare metal */
	bool bare_metal;
	const char *hypervisor; /* "nitro", "xen", "baremetal", "unknown" */
};

/* From the compiled-in table; NULL: unknown type. */
const struct eni_limits *eni_lookup(const char *type);
/* The whole table, by name. */
const struct eni_limits *eni_table(size_t *n);

struct eni_mode {
	bool prefix;         /* ENABLE_PREFIX_DELEGATION */
	bool custom_network; /* AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG */
	int32_t max_eni;     /* MAX_ENI; 0: the type's limit */
};

struct eni_result {
	bool prefix_used;   /* false where the type takes none */
	int32_t enis;       /* that carry pods */
	int32_t slots;      /* per ENI: IPv4 - 1 */
	int32_t addresses;  /* for pods */
	int32_t raw;        /* addresses + 2 host-network pods */
	int32_t recommended;/* raw capped at 110, at 250 above 30 vCPU */
	int32_t kops;       /* what kops gives: min(110, plain formula); mode is ignored */
};
void eni_compute(const struct eni_limits *l, const struct eni_mode *mode, struct eni_result *out);

/* /28 blocks that a full node holds: enough for its pods without host network and the spare
   ones, but the CNI stops growing at max pods addresses (facts: vpc-cni 1.2, item 3). */
int32_t eni_blocks_needed(int64_t max_pods, int32_t host_pods, int32_t warm_prefix);

/* "3 ENIs x (6-1) + 2 = 17" (times sign by ascii), "3 ENIs x (6-1) x 16 + 2 = 242". */
void eni_explain(const struct eni_limits *l, const struct eni_mode *mode, bool ascii, char *out,
	size_t size);

#endif
