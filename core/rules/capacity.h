/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How full a node is and why that is its limit: kubelet's max pods, the
 * addresses its ENIs can give in the present mode, what prefixes would give.
 */
#ifndef KOPSCOPE_RULES_CAPACITY_H
#define KOPSCOPE_RULES_CAPACITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/eni.h"

struct node_capacity {
	int32_t pods_used, pods_max; /* max -1: unknown */
	int32_t ips_used, ips_max;   /* addresses for pods in the mode that this node is in; -1 */
	bool prefix_mode;            /* what the node does, as far as observed */
	int32_t with_prefix;         /* recommended max pods with prefixes; -1: type takes none */
	bool full;
	const struct eni_limits *limits; /* NULL: type unknown */
	char state[24];   /* a word: "full", "taint", "cordoned", "NotReady", "ok", "needs roll" */
	char arithmetic[160]; /* "17 pods = 3 ENIs x (6-1) + 2, secondary IPs" */
};
void capacity_of_node(const struct model *m, const struct m_node *n, bool ascii,
	struct node_capacity *out);

/* "2 of 3 nodes are full and 10 pods wait" ; empty when nothing is worth a word. */
void capacity_sentence(const struct model *m, char *out, size_t size);

#endif
