/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call to an AWS API: credentials, signature, transport, repetition as in
 * the SDKs' standard mode (facts: vpc-cni 6.4), and the answer as XML or an
 * error in words.
 */
#ifndef KOPSCOPE_AWS_CALL_H
#define KOPSCOPE_AWS_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/endpoint.h"
#include "aws/fault.h"
#include "aws/session.h"
#include "aws/xml.h"
#include "core/base/err.h"
#include "core/io/http.h"

struct aws_call;

/* Borrowed for the length of done(). */
struct aws_reply {
	const struct xml_node *root;    /* NULL: no body, or a raw one */
	const struct http_answer *http;
	const struct fault *fault;      /* when it was refused */
};

struct aws_call_spec {
	enum aws_service service;
	const char *region; /* NULL: the session's */
	const char *action; /* for words: "DescribeInstances" */
	const char *method; /* NULL: POST */
	const char *path;   /* encoded; NULL: "/" */
	const char *query;  /* encoded, without '?'; NULL: none */
	const struct http_header *headers; /* besides those that signing adds */
	size_t nheaders;
	const void *body;
	size_t body_len;
	const struct endpoint *endpoint;       /* NULL: the service's */
	const struct credentials *credentials; /* NULL: the session's */
	const struct err *refused; /* NULL; else nothing is sent and this is the answer */
	bool unsafe;    /* a repetition may do harm: only after a refusal without effect */
	bool raw;       /* a good answer's body is not XML */
	bool anonymous; /* not signed */
	/* Exactly once, never from inside aws_call_start().  e NULL: 2xx.  r NULL: no answer. */
	void (*done)(void *ctx, const struct aws_reply *r, const struct err *e);
	void *ctx;
};

/* Copies everything in spec. */
struct aws_call *aws_call_start(struct aws *a, const struct aws_call_spec *spec);
/* No done() any more. */
void aws_call_cancel(struct aws_call *c);

#endif
