/* SPDX-License-Identifier: Apache-2.0 */
/* Counting, and telling a write from a question. */
#include "lab/counts.h"

#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "lab/server.h"

/* AWS's actions that only tell; all others count as writes. */
static const char *const asking[] = { "Describe", "Get", "List", "Assume", "Simulate" };

/* The action of a query in the body; NULL: none (S3, Route 53, JSON protocols). */
static bool aws_action(const struct lab_request *rq, char *out, size_t size)
{
	const char *body = buf_str(&rq->body), *at = strstr(body, "Action=");
	if (!at || (at > body && at[-1] != '&'))
		return false;
	at += strlen("Action=");
	snprintf(out, size, "%.*s", (int)strcspn(at, "&"), at);
	return true;
}

static bool aws_writes(const struct lab_request *rq, char *what, size_t size)
{
	if (!aws_action(rq, what, size)) {
		snprintf(what, size, "%s %s", rq->method, rq->path);
		return strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0;
	}
	for (size_t i = 0; i < sizeof(asking) / sizeof(asking[0]); i++) {
		if (str_starts(what, asking[i]))
			return false;
	}
	return !strstr(buf_str(&rq->body), "DryRun=true");
}

static bool kube_writes(const struct lab_request *rq, char *what, size_t size)
{
	snprintf(what, size, "%s %s", rq->method, rq->path);
	return strcmp(rq->method, "GET") != 0 && strcmp(rq->method, "HEAD") != 0 &&
		!strstr(rq->path, "/authorization.k8s.io/") &&
		!str_eq(lab_request_query(rq, "dryRun"), "All");
}

void counts_request(struct lab_counts *c, enum lab_side side, const struct lab_request *rq)
{
	char what[sizeof(c->last_write)];
	if (side == SIDE_AWS && (str_starts(rq->path, "/lab/") || str_starts(rq->path, "/_lab/")))
		return;
	c->requests[side]++;
	if (side == SIDE_KUBE ? kube_writes(rq, what, sizeof(what)) :
	    aws_writes(rq, what, sizeof(what))) {
		c->writes[side]++;
		memcpy(c->last_write, what, sizeof(what));
	}
}

static json_t *side_json(const struct lab_counts *c, enum lab_side side)
{
	return json_pack("{s:I, s:I, s:I}", "requests", (json_int_t)c->requests[side], "bytes",
		(json_int_t)c->bytes[side], "writes", (json_int_t)c->writes[side]);
}

void *counts_json(const struct lab_counts *c)
{
	return json_pack("{s:o, s:o, s:s}", "aws", side_json(c, SIDE_AWS), "kube",
		side_json(c, SIDE_KUBE), "lastWrite", c->last_write);
}
