/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to one S3 bucket: how it is addressed, where it is, whose keys are
 * used (facts: vpc-cni 6.1, kops 1.3).  S3_ENDPOINT with S3_REGION,
 * S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY goes before everything else, as in
 * kops.
 */
#ifndef KOPSCOPE_AWS_S3_H
#define KOPSCOPE_AWS_S3_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/call.h"
#include "aws/session.h"

struct s3_bucket;
struct s3_call;

struct s3_bucket *s3_bucket_new(struct aws *a, const char *name);
void s3_bucket_free(struct s3_bucket *b);
bool s3_bucket_is_custom(const struct s3_bucket *b); /* not AWS's own S3 */

struct s3_request {
	const char *action; /* for words: "PutObject" */
	const char *method;
	const char *key;    /* plain; NULL: the bucket itself */
	const char *query;  /* encoded; NULL: none */
	const struct http_header *headers;
	size_t nheaders;
	const void *body;
	size_t body_len;
	bool raw, unsafe;
	void (*done)(void *ctx, const struct aws_reply *r, const struct err *e);
	void *ctx;
};

/* As aws_call_start(); follows the bucket to its region once and remembers it. */
struct s3_call *s3_start(struct s3_bucket *b, const struct s3_request *q);
void s3_cancel(struct s3_call *c); /* NULL is fine */

#endif
