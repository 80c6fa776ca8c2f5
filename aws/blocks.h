/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many /28 blocks of a subnet are wholly free: what the CNI can get as
 * prefixes (facts: vpc-cni 1.4, 1.5).  A subnet's first four addresses and its
 * last one belong to AWS, so that its first and last block never are.
 */
#ifndef KOPSCOPE_AWS_BLOCKS_H
#define KOPSCOPE_AWS_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses in use, in host byte order. */
struct block_use {
	const char *subnet_id;
	uint32_t from, count;
};

/* "10.0.0.0/28" or "10.0.0.5" (one address); false: neither. */
bool blocks_parse(const char *text, uint32_t *from, uint32_t *count);

/* -1: cidr cannot be read, or is larger than a VPC may be (/16). */
int64_t blocks_free(const char *cidr, const char *subnet_id, const struct block_use *v, size_t n);

#endif
