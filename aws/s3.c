/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to one S3 bucket. */
#include "aws/s3.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

struct s3_bucket {
	struct aws *aws;
	char *name;
	char *endpoint;            /* S3_ENDPOINT; NULL */
	char *endpoint_region;
	struct credentials own;    /* with S3_ENDPOINT; access_key NULL: the session's */
};

struct s3_call {
	struct s3_bucket *bucket;
	struct s3_request q; /* strings are ours; headers too */
	struct aws_call *call;
	bool moved; /* sent to another region once */
};

struct s3_bucket *s3_bucket_new(struct aws *a, const char *name)
{
	struct s3_bucket *b = xcalloc(1, sizeof(*b));
	const char *endpoint = getenv("S3_ENDPOINT"), *region = getenv("S3_REGION");
	const char *id = getenv("S3_ACCESS_KEY_ID"), *key = getenv("S3_SECRET_ACCESS_KEY");
	b->aws = a;
	b->name = xstrdup(name);
	if (str_empty(endpoint)) {
		return b;
	}
	/* kops takes it without a scheme as well. */
	b->endpoint = strstr(endpoint, "://") ? xstrdup(endpoint)
					      : xasprintf("https://%s", endpoint);
	b->endpoint_region = xstrdup(str_empty(region) ? "us-east-1" : region);
	if (!str_empty(id) && !str_empty(key)) {
		b->own.access_key = xstrdup(id);
		b->own.secret_key = xstrdup(key);
	}
	return b;
}

void s3_bucket_free(struct s3_bucket *b)
{
	credentials_release(&b->own);
	free(b->name);
	free(b->endpoint);
	free(b->endpoint_region);
	free(b);
}

static const char *s3_region(const struct s3_bucket *b)
{
	const char *known = strmap_get(b->aws->bucket_regions, b->name);
	return known ? known : aws_region(b->aws);
}

static bool s3_endpoint(const struct s3_bucket *b, struct endpoint *ep, struct err *e)
{
	if (b->endpoint) {
		return endpoint_parse(b->endpoint, b->endpoint_region, ep, e);
	}
	return endpoint_resolve(b->aws, AWS_S3, s3_region(b), ep, e);
}

bool s3_bucket_is_custom(const struct s3_bucket *b)
{
	struct endpoint ep = { .base = NULL };
	bool custom = s3_endpoint(b, &ep, NULL) && ep.custom;
	endpoint_release(&ep);
	return custom;
}

/* May the bucket's name be part of a host name under AWS's certificate? */
static bool s3_is_host_label(const char *name)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < n; i++) {
		if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) &&
		    name[i] != '-') {
			return false;
		}
	}
	return n >= 3 && n <= 63;
}

static void s3_send(struct s3_call *c);

/* Where the answer says the bucket is; NULL when it does not. */
static const char *s3_moved_to(const struct aws_reply *r)
{
	if (!r || !r->http || !r->fault) {
		return NULL;
	}
	int status = r->http->status;
	if (status != 301 && status != 307 && status != 400) {
		return NULL;
	}
	const char *region = http_answer_header(r->http, "x-amz-bucket-region");
	if (str_empty(region)) {
		region = xml_text(r->root, "Region");
	}
	return endpoint_is_region(region) ? region : NULL;
}

static void s3_call_free(struct s3_call *c)
{
	for (size_t i = 0; i < c->q.nheaders; i++) {
		free((void *)(uintptr_t)c->q.headers[i].name);
		free((void *)(uintptr_t)c->q.headers[i].value);
	}
	free((void *)(uintptr_t)c->q.headers);
	free((void *)(uintptr_t)c->q.action);
	free((void *)(uintptr_t)c->q.method);
	free((void *)(uintptr_t)c->q.key);
	free((void *)(uintptr_t)c->q.query);
	free((void *)(uintptr_t)c->q.body);
	free(c);
}

static void s3_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct s3_call *c = ctx;
	c->call = NULL;
	const char *region = e ? s3_moved_to(r) : NULL;
	if (region && !c->moved && !c->bucket->endpoint &&
	    strcmp(region, s3_region(c->bucket)) != 0) {
		c->moved = true;
		strmap_set(c->bucket->aws->bucket_regions, c->bucket->name, xstrdup(region));
		s3_send(c);
		return;
	}
	struct err why = ERR_INIT;
	if (e && e->kind == ERR_DENIED && c->q.key && !strcmp(c->q.method, "GET")) {
		why = *e;
		why.hint[0] = '\0';
		err_hint(&why, "S3 also says this of a file that is not there when s3:ListBucket "
			"on %s is missing.", c->bucket->name);
		e = &why;
	}
	c->q.done(c->q.ctx, r, e);
	s3_call_free(c);
}

/* host and path for the bucket in virtual-host or path style */
static void s3_address(const struct s3_call *c, struct endpoint *ep, struct buf *path)
{
	const struct s3_bucket *b = c->bucket;
	if (!ep->custom && s3_is_host_label(b->name)) {
		char *host = xasprintf("%s.%s", b->name, ep->host);
		free(ep->host);
		free(ep->base);
		ep->host = host;
		ep->base = xasprintf("https://%s", host);
	} else {
		buf_addc(path, '/');
		url_encode(path, b->name, false);
	}
	buf_addc(path, '/');
	if (c->q.key) {
		url_encode(path, c->q.key, true);
	} else if (path->len > 1) {
		path->data[--path->len] = '\0'; /* "/bucket" */
	}
}

static void s3_send(struct s3_call *c)
{
	struct endpoint ep = { .base = NULL };
	struct buf path = BUF_INIT;
	struct err e = ERR_INIT;
	bool ok = s3_endpoint(c->bucket, &ep, &e);
	if (ok) {
		s3_address(c, &ep, &path);
	}
	c->call = aws_call_start(c->bucket->aws, &(struct aws_call_spec){
		.service = AWS_S3, .action = c->q.action, .method = c->q.method,
		.path = buf_str(&path), .query = c->q.query, .headers = c->q.headers,
		.nheaders = c->q.nheaders, .body = c->q.body, .body_len = c->q.body_len,
		.endpoint = &ep, .refused = ok ? NULL : &e,
		.credentials = c->bucket->own.access_key ? &c->bucket->own : NULL,
		.unsafe = c->q.unsafe, .raw = c->q.raw,
		.done = s3_on_answer, .ctx = c,
	});
	endpoint_release(&ep);
	buf_release(&path);
}

struct s3_call *s3_start(struct s3_bucket *b, const struct s3_request *q)
{
	struct s3_call *c = xcalloc(1, sizeof(*c));
	struct http_header *headers = xcalloc(q->nheaders + 1, sizeof(*headers));
	c->bucket = b;
	c->q = *q;
	for (size_t i = 0; i < q->nheaders; i++) {
		headers[i].name = xstrdup(q->headers[i].name);
		headers[i].value = xstrdup(q->headers[i].value);
	}
	c->q.headers = headers;
	c->q.action = xstrdup(q->action);
	c->q.method = xstrdup(q->method);
	c->q.key = xstrdup(q->key);
	c->q.query = xstrdup(q->query);
	if (q->body) {
		char *body = xmalloc(q->body_len + 1);
		memcpy(body, q->body, q->body_len);
		c->q.body = body;
	}
	s3_send(c);
	return c;
}

void s3_cancel(struct s3_call *c)
{
	if (c) {
		aws_call_cancel(c->call);
		s3_call_free(c);
	}
}
