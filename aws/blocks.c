/* SPDX-License-Identifier: Apache-2.0 */
/* How many /28 blocks of a subnet are wholly free. */
#include "aws/blocks.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"

#define BLOCK 16u
#define VPC_MAX 65536u

bool blocks_parse(const char *text, uint32_t *from, uint32_t *count)
{
	char address[INET_ADDRSTRLEN];
	struct in_addr a;
	int64_t bits = 32;
	size_t n = text ? strcspn(text, "/") : 0;
	if (!n || n >= sizeof(address)) {
		return false;
	}
	snprintf(address, sizeof(address), "%.*s", (int)n, text);
	if (inet_pton(AF_INET, address, &a) != 1 ||
	    (text[n] && !str_to_i64(text + n + 1, 1, 32, &bits))) {
		return false;
	}
	*count = 1u << (32 - bits);
	*from = ntohl(a.s_addr) & ~(*count - 1);
	return true;
}

int64_t blocks_free(const char *cidr, const char *subnet_id, const struct block_use *v, size_t n)
{
	uint32_t from, count;
	if (!blocks_parse(cidr, &from, &count) || count > VPC_MAX) {
		return -1;
	}
	if (count < BLOCK) {
		return 0;
	}
	uint32_t blocks = count / BLOCK;
	bool *used = xcalloc(blocks, sizeof(*used));
	used[0] = used[blocks - 1] = true;
	for (size_t i = 0; i < n; i++) {
		if (!str_eq(v[i].subnet_id, subnet_id) || v[i].from < from ||
		    v[i].from - from >= count) {
			continue;
		}
		uint32_t first = (v[i].from - from) / BLOCK;
		uint32_t last = (v[i].from - from + v[i].count - 1) / BLOCK;
		for (uint32_t b = first; b <= last && b < blocks; b++) {
			used[b] = true;
		}
	}
	int64_t free_blocks = 0;
	for (uint32_t b = 0; b < blocks; b++) {
		free_blocks += !used[b];
	}
	free(used);
	return free_blocks;
}
