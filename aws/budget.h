/* SPDX-License-Identifier: Apache-2.0 */
/* How many calls went to each service in the last minute. */
#ifndef KOPSCOPE_AWS_BUDGET_H
#define KOPSCOPE_AWS_BUDGET_H

#include <stdint.h>

#include "aws/endpoint.h"

/* A ring of one bucket a second.  Zeroed is empty. */
struct budget {
	struct {
		int64_t second;
		uint16_t calls[AWS_SERVICE__COUNT];
	} ring[60];
	uint64_t total[AWS_SERVICE__COUNT];
};

void budget_count(struct budget *b, enum aws_service s, int64_t mono_ms);
/* Calls in the minute before mono_ms; of all services when s is AWS_SERVICE__COUNT. */
int budget_minute(const struct budget *b, enum aws_service s, int64_t mono_ms);

#endif
