/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How full a node is and why that is its limit: kubelet's max pods, the
 * addresses its ENIs can give in the present mode, those its subnet has left,
 * and what prefixes would give.
 */
#ifndef KOPSCOPE_RULES_CAPACITY_H
#define KOPSCOPE_RULES_CAPACITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/model/model.h"
#include "core/rules/cni.h"
#include "core/rules/eni.h"

struct node_capacity {
	int32_t pods_used, pods_max; /* max -1: unknown */
	int32_t ips_used, ips_max;   /* addresses for pods in the mode that this node is in; -1 */
	bool prefix_mode;            /* what the node does, as far as observed */
	int32_t with_prefix;         /* recommended max pods with prefixes; -1: type takes none */
	bool full;
	enum maxpods_source source; /* of pods_max; MAXPODS_UNKNOWN: the spec would give another */
	int64_t spec_max;           /* what the spec gives a new node; -1 */
	int64_t subnet_ips, subnet_blocks; /* free in its subnet; -1: not seen */
	bool older;  /* works as the settings were before: it has to be replaced for them */
	const struct eni_limits *limits; /* NULL: type unknown */
	char state[24];   /* a word: "full", "taint", "cordoned", "NotReady", "ok", "needs roll" */
	char arithmetic[160]; /* "17 pods = 3 ENIs x (6-1) + 2, secondary IPs" */
};
void capacity_of_node(const struct model *m, const struct m_node *n, bool ascii,
	struct node_capacity *out);
/* The same without arithmetic, which takes longer than all the rest: for many nodes. */
void capacity_in_numbers(const struct model *m, const struct m_node *n, struct node_capacity *out);

/* "t3.medium: 3 ENIs x (6-1) + 2 = 17; with prefixes 242, advised 110; custom networking takes 5 of
   them". */
void capacity_of_type(const char *type, const struct eni_limits *l, const struct eni_mode *mode,
	bool ascii, char *out, size_t size);

/* "2 of 3 nodes are full and 10 pods wait" ; empty when nothing is worth a word. */
void capacity_sentence(const struct model *m, char *out, size_t size);

#endif
