/* SPDX-License-Identifier: Apache-2.0 */
/* A query that answers in pages, asked to its end. */
#ifndef KOPSCOPE_AWS_LIST_H
#define KOPSCOPE_AWS_LIST_H

#include "aws/endpoint.h"
#include "aws/session.h"
#include "aws/xml.h"
#include "core/base/err.h"

struct aws_list;

struct aws_list_spec {
	enum aws_service service;
	const char *region; /* NULL: the session's */
	const char *action;
	const char *body;      /* without the token; copied */
	const char *token_in;  /* its name in a request: "NextToken", "Marker" */
	const char *token_out; /* its place in an answer; NULL: never pages */
	/* Each page; root borrowed.  May be called any number of times. */
	void (*page)(void *ctx, const struct xml_node *root);
	/* The end, exactly once, never from inside aws_list_start(). */
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
};

struct aws_list *aws_list_start(struct aws *a, const struct aws_list_spec *spec);
void aws_list_cancel(struct aws_list *l); /* no page() or done() any more; NULL is fine */

#endif
