/* SPDX-License-Identifier: Apache-2.0 */
/* How many calls went to each service in the last minute. */
#include "aws/budget.h"

#include <stddef.h>
#include <string.h>

#define SECONDS 60

void budget_count(struct budget *b, enum aws_service s, int64_t mono_ms)
{
	int64_t second = mono_ms / 1000 + 1; /* 0 marks a bucket never used */
	size_t at = (size_t)(second % SECONDS);
	if (b->ring[at].second != second) {
		memset(&b->ring[at], 0, sizeof(b->ring[at]));
		b->ring[at].second = second;
	}
	b->ring[at].calls[s]++;
	b->total[s]++;
}

int budget_minute(const struct budget *b, enum aws_service s, int64_t mono_ms)
{
	int64_t now = mono_ms / 1000 + 1;
	int sum = 0;
	for (size_t i = 0; i < SECONDS; i++) {
		if (!b->ring[i].second || now - b->ring[i].second >= SECONDS) {
			continue;
		}
		for (size_t k = 0; k < AWS_SERVICE__COUNT; k++) {
			if (s == AWS_SERVICE__COUNT || k == (size_t)s) {
				sum += b->ring[i].calls[k];
			}
		}
	}
	return sum;
}
