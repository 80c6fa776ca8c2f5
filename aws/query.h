/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the query protocols: EC2, Auto Scaling, STS, ELB (facts: vpc-cni 6.1). */
#ifndef KOPSCOPE_AWS_QUERY_H
#define KOPSCOPE_AWS_QUERY_H

#include <stddef.h>

#include "aws/endpoint.h"
#include "core/base/buf.h"

/* Starts the body with Action and Version. */
void query_init(struct buf *q, enum aws_service s, const char *action);
void query_add(struct buf *q, const char *name, const char *value);
/* name with a number in it, "InstanceId.%zu" (from 1): */
void query_add_at(struct buf *q, const char *format, size_t i, const char *value)
	__attribute__((format(printf, 2, 0)));
/* The i-th filter (from 1) with one value, in EC2's or Auto Scaling's spelling. */
void query_add_filter(struct buf *q, enum aws_service s, size_t i, const char *name,
	const char *value);

#endif
