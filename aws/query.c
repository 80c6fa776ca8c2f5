/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies of the query protocols. */
#include "aws/query.h"

#include <stdio.h>

#include "core/base/urlenc.h"

void query_init(struct buf *q, enum aws_service s, const char *action)
{
	buf_clear(q);
	query_add(q, "Action", action);
	query_add(q, "Version", aws_service(s)->version);
}

void query_add(struct buf *q, const char *name, const char *value)
{
	if (q->len) {
		buf_addc(q, '&');
	}
	url_encode(q, name, false);
	buf_addc(q, '=');
	url_encode(q, value, false);
}

void query_add_at(struct buf *q, const char *format, size_t i, const char *value)
{
	char name[128];
	snprintf(name, sizeof(name), format, i);
	query_add(q, name, value);
}

void query_add_filter(struct buf *q, enum aws_service s, size_t i, const char *name,
	const char *value)
{
	bool ec2 = s == AWS_EC2;
	query_add_at(q, ec2 ? "Filter.%zu.Name" : "Filters.member.%zu.Name", i, name);
	query_add_at(q, ec2 ? "Filter.%zu.Value.1" : "Filters.member.%zu.Values.member.1", i,
		value);
}
