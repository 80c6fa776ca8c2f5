/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call to an AWS API.
 *
 * States: waiting for a timer (start, pause before a repetition), for
 * credentials, or for the answer; exactly one of timer, wait, attempt is set.
 * An attempt lives until http's on_free, the call perhaps shorter.
 */
#include "aws/call.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/secret.h"
#include "core/base/bug.h"
#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/request-id.h"
#include "core/io/trace.h"

#define CONNECT_MS 5000
#define TIMEOUT_MS 30000
#define BODY_MAX (32u << 20)
#define BACKOFF_MAX_MS 20000
#define RETRY_COST 5
#define RETRY_COST_TIMEOUT 10
#define RETRY_TOKENS_MAX 500
#define SKEW_MS 60000

struct attempt {
	struct aws_call *call; /* NULL: cancelled */
	struct http_req *req;
	struct xml_doc *doc;   /* of a good answer, read as it comes; NULL: nothing came yet */
	size_t got;            /* bytes of it */
	struct err bad;        /* it is not XML */
};

static void attempt_free(void *ctx)
{
	struct attempt *at = ctx;
	xml_free(at->doc);
	free(at);
}

static bool attempt_on_data(void *ctx, const char *p, size_t n)
{
	struct attempt *at = ctx;
	at->got += n;
	if (at->got > BODY_MAX) {
		err_set(&at->bad, ERR_PARSE, "the answer is too large");
		return false;
	}
	at->doc = at->doc ? at->doc : xml_begin();
	return xml_feed(at->doc, p, n, &at->bad);
}

struct aws_call {
	struct aws *aws;
	enum aws_service service;
	char *action, *method, *path, *query;
	struct http_header *headers;
	size_t nheaders;
	char *body;
	size_t body_len;
	struct endpoint endpoint;
	struct credentials credentials; /* its own; access_key NULL: the session's */
	bool unsafe, raw, anonymous;
	bool session_region; /* the endpoint was made from what aws_region() said */
	void (*done)(void *ctx, const struct aws_reply *r, const struct err *e);
	void *ctx;

	struct err early; /* what went wrong before anything was sent */
	struct loop_timer *timer;
	struct creds_wait *wait;
	struct attempt *attempt;
	int attempts, paid;
	int64_t skew_signed; /* what the last attempt believed of the servers' clock */
	bool corrected_clock, renewed;
};

static void call_free(struct aws_call *c)
{
	for (size_t i = 0; i < c->nheaders; i++) {
		free((void *)(uintptr_t)c->headers[i].name);
		free((void *)(uintptr_t)c->headers[i].value);
	}
	free(c->headers);
	free(c->action);
	free(c->method);
	free(c->path);
	free(c->query);
	free(c->body);
	endpoint_release(&c->endpoint);
	credentials_release(&c->credentials);
	free(c);
}

static void call_finish(struct aws_call *c, const struct aws_reply *r, const struct err *e)
{
	if (!e) {
		int back = c->paid ? c->paid : 1;
		c->aws->retry_tokens += back;
		if (c->aws->retry_tokens > RETRY_TOKENS_MAX) {
			c->aws->retry_tokens = RETRY_TOKENS_MAX;
		}
	} else {
		const char *id = request_id_now();
		trace_say(TRACE_AWS, "%s %s: %s%s%s", aws_service(c->service)->name, c->action,
			e->text, id ? ", request " : "", id ? id : "");
	}
	c->done(c->ctx, r, e);
	call_free(c);
}

static void call_begin(void *ctx);

static void call_pause(struct aws_call *c, int64_t ms)
{
	c->timer = loop_timer_add(c->aws->loop, ms, call_begin, c);
}

/* A random part of 1 s, 2 s, 4 s ... so that many do not come back at once. */
static int64_t call_backoff(const struct aws_call *c)
{
	int64_t top = 1000;
	uint32_t dice = 0;
	for (int i = 1; i < c->attempts && top < BACKOFF_MAX_MS; i++) {
		top *= 2;
	}
	if (RAND_bytes((unsigned char *)&dice, sizeof(dice)) != 1) {
		return top;
	}
	return (top < BACKOFF_MAX_MS ? top : BACKOFF_MAX_MS) * (int64_t)(dice % 1000) / 1000;
}

/* True: it will be tried again. */
static bool call_again(struct aws_call *c, enum fault_remedy remedy, bool timeout,
	const struct http_answer *answer)
{
	int cost = timeout ? RETRY_COST_TIMEOUT : RETRY_COST;
	if (remedy != FAULT_THROTTLED && (remedy != FAULT_TRANSIENT || c->unsafe)) {
		return false;
	}
	if (c->attempts >= c->aws->max_attempts || c->aws->retry_tokens < cost) {
		return false;
	}
	c->aws->retry_tokens -= cost;
	c->paid = cost;
	int64_t wait = call_backoff(c);
	int64_t asked = answer ? http_retry_after_ms(answer, aws_wall(c->aws)) : -1;
	if (asked > wait) {
		wait = asked < BACKOFF_MAX_MS ? asked : BACKOFF_MAX_MS;
	}
	if (remedy == FAULT_THROTTLED) {
		int64_t until = aws_mono(c->aws) + wait;
		if (until > c->aws->calm_until) {
			c->aws->calm_until = until;
		}
	}
	trace_say(TRACE_AWS, "%s %s: attempt %d failed, again in %" PRId64 " ms",
		aws_service(c->service)->name, c->action, c->attempts, wait);
	call_pause(c, wait);
	return true;
}

/* "Sun, 22 Nov 2026 14:45:28 GMT" as wall ms; 0 when it is not like that. */
static int64_t date_parse(const char *s)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4] = "", text[40];
	unsigned int day = 0, year = 0, h = 0, m = 0, sec = 0;
	if (!s || sscanf(s, "%*3s, %2u %3s %4u %2u:%2u:%2u GMT", &day, month, &year, &h, &m,
			&sec) != 6) {
		return 0;
	}
	const char *at = strstr(months, month);
	if (!at || strlen(month) != 3) {
		return 0;
	}
	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", year,
		(unsigned int)(at - months) / 3 + 1, day, h, m, sec);
	return stamp_parse(text);
}

/* Their clock and ours differ: believe theirs, once. */
static bool call_correct_clock(struct aws_call *c, const struct http_answer *answer)
{
	int64_t theirs = date_parse(http_answer_header(answer, "Date"));
	int64_t off = theirs - aws_wall(c->aws);
	if (c->corrected_clock || !theirs) {
		return false;
	}
	/* Somebody else found out while this one was under way. */
	if (c->skew_signed != c->aws->skew_ms) {
		c->corrected_clock = true;
		call_pause(c, 0);
		return true;
	}
	if (off < SKEW_MS && off > -SKEW_MS) {
		return false;
	}
	c->corrected_clock = true;
	c->aws->skew_ms += off;
	trace_say(TRACE_AWS, "clock is off by %" PRId64 " s, corrected", c->aws->skew_ms / 1000);
	call_pause(c, 0);
	return true;
}

static bool call_renew(struct aws_call *c)
{
	if (c->renewed || c->credentials.access_key) {
		return false;
	}
	c->renewed = true;
	creds_forget(c->aws->chain);
	call_pause(c, 0);
	return true;
}

/* Where no header has it, the body may: each protocol at its own place. */
static void call_id_of_body(const struct xml_node *root)
{
	static const char *const paths[] = { "ResponseMetadata.RequestId", "requestId",
		"RequestId", "RequestID" };
	for (size_t i = 0; root && i < sizeof(paths) / sizeof(paths[0]) && !request_id_now();
		i++) {
		request_id_set(xml_text(root, paths[i]));
	}
}

static void call_refused(struct aws_call *c, const struct http_answer *answer,
	const struct xml_node *root)
{
	struct fault f;
	struct err e = ERR_INIT;
	call_id_of_body(root);
	fault_read(&f, answer->status, root);
	enum fault_remedy remedy = fault_remedy(&f);
	if (call_again(c, remedy, false, answer) ||
	    (remedy == FAULT_SKEW && call_correct_clock(c, answer)) ||
	    /* EC2's word for both; it is not the clock. */
	    ((remedy == FAULT_EXPIRED || str_eq(f.code, "RequestExpired")) && call_renew(c))) {
		return;
	}
	struct aws_reply r = { .root = root, .http = answer, .fault = &f };
	fault_err(&e, &f, aws_service(c->service)->name, c->action);
	call_finish(c, &r, &e);
}

static void call_answered(struct aws_call *c, const struct http_answer *answer,
	const struct xml_doc *doc)
{
	if (answer->status >= 200 && answer->status < 300) {
		struct aws_reply r = { .root = doc ? xml_root(doc) : NULL, .http = answer };
		call_id_of_body(r.root);
		call_finish(c, &r, NULL);
		return;
	}
	struct err e = ERR_INIT;
	struct xml_doc *fault = answer->len ? xml_parse(answer->body, answer->len, &e) : NULL;
	call_refused(c, answer, fault ? xml_root(fault) : NULL);
	xml_free(fault);
}

static void attempt_on_done(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct attempt *at = ctx;
	struct aws_call *c = at->call;
	if (!c) {
		return;
	}
	at->call = NULL;
	c->attempt = NULL;
	if (!e && (!at->doc || xml_end(at->doc, &at->bad))) {
		call_answered(c, answer, at->doc);
		return;
	}
	const struct err *cause = err_is_set(&at->bad) ? &at->bad : e;
	MUST(cause);
	struct err why = *cause;
	bool lost = why.kind == ERR_NETWORK || why.kind == ERR_TIMEOUT;
	if (lost && call_again(c, FAULT_TRANSIENT, why.kind == ERR_TIMEOUT, NULL)) {
		return;
	}
	err_wrap(&why, "%s %s", aws_service(c->service)->name, c->action);
	call_finish(c, NULL, &why);
}

/* ---- sending ---- */

#define HEADERS_MAX 16

/* The call's own headers and Host; then the signature's. */
static size_t call_headers(const struct aws_call *c, struct http_header *out)
{
	size_t n = 0;
	out[n++] = (struct http_header){ "Host", c->endpoint.host };
	for (size_t i = 0; i < c->nheaders && n < HEADERS_MAX - 6; i++) {
		out[n++] = c->headers[i];
	}
	if (c->body && c->service != AWS_S3) {
		out[n++] = (struct http_header){ "Content-Type",
			"application/x-www-form-urlencoded; charset=utf-8" };
	}
	out[n++] = (struct http_header){ "User-Agent", "kopscope" };
	return n;
}

static void call_transmit(struct aws_call *c, const struct http_header *headers, size_t n)
{
	char *url = xasprintf("%s%s%s%s%s", c->endpoint.base, c->endpoint.prefix, c->path,
		c->query ? "?" : "", c->query ? c->query : "");
	struct http_tls tls = { .ca_file = c->aws->ca_bundle };
	struct attempt *at = xcalloc(1, sizeof(*at));
	at->call = c;
	c->attempt = at;
	c->attempts++;
	budget_count(&c->aws->budget, c->service, aws_mono(c->aws));
	trace_say(TRACE_AWS, "%s %s: asked", aws_service(c->service)->name, c->action);
	at->req = http_start(c->aws->http, &(struct http_call){
		.method = c->method, .url = url, .headers = headers, .nheaders = n,
		.body = c->body, .body_len = c->body_len,
		.tls = c->aws->ca_bundle ? &tls : NULL, .connect_timeout_ms = CONNECT_MS,
		.timeout_ms = TIMEOUT_MS, .max_body = BODY_MAX,
		.on_data = c->raw ? NULL : attempt_on_data, .on_done = attempt_on_done,
		.on_free = attempt_free, .ctx = at,
	});
	free(url);
}

/* Whose credentials they are may have told the region, too. */
static void call_follow_region(struct aws_call *c)
{
	struct endpoint ep = { .base = NULL };
	if (c->session_region && endpoint_resolve(c->aws, c->service, aws_region(c->aws), &ep,
			NULL)) {
		endpoint_release(&c->endpoint);
		c->endpoint = ep;
	} else {
		endpoint_release(&ep);
	}
}

static void call_sign_and_send(struct aws_call *c, const struct credentials *v)
{
	struct http_header headers[HEADERS_MAX];
	size_t n = call_headers(c, headers);
	if (c->anonymous) {
		call_transmit(c, headers, n);
		return;
	}
	bool s3 = c->service == AWS_S3;
	c->skew_signed = c->aws->skew_ms;
	char *path = xasprintf("%s%s", c->endpoint.prefix, c->path);
	struct sigv4_out out = { .signature = "" };
	bool ok = sigv4_sign(&(struct sigv4_in){
		.access_key = v->access_key, .secret_key = v->secret_key, .token = v->token,
		.region = c->endpoint.region, .service = aws_service(c->service)->signing,
		.wall_ms = aws_wall(c->aws), .method = c->method, .path = path,
		.query = c->query, .headers = headers, .nheaders = n, .body = c->body,
		.body_len = c->body_len, .normalize = !s3, .sign_body = s3,
		.cache = &c->aws->keys,
	}, &out);
	free(path);
	if (!ok) {
		sigv4_out_release(&out);
		struct err e = ERR_INIT;
		err_set(&e, ERR_CONFIG, "the secret access key or the region is too long");
		call_finish(c, NULL, &e);
		return;
	}
	headers[n++] = (struct http_header){ "X-Amz-Date", out.date };
	if (s3) {
		headers[n++] = (struct http_header){ "X-Amz-Content-Sha256", out.payload };
	}
	if (v->token) {
		headers[n++] = (struct http_header){ "X-Amz-Security-Token", v->token };
	}
	headers[n++] = (struct http_header){ "Authorization", buf_str(&out.authorization) };
	call_transmit(c, headers, n);
	sigv4_out_release(&out);
}

static void call_on_credentials(void *ctx, const struct credentials *v, const struct err *e)
{
	struct aws_call *c = ctx;
	c->wait = NULL;
	if (e) {
		call_finish(c, NULL, e);
	} else {
		call_follow_region(c);
		call_sign_and_send(c, v);
	}
}

static void call_begin(void *ctx)
{
	struct aws_call *c = ctx;
	int64_t calm = c->aws->calm_until - aws_mono(c->aws);
	c->timer = NULL;
	if (err_is_set(&c->early)) {
		call_finish(c, NULL, &c->early);
	} else if (calm > 0) {
		call_pause(c, calm);
	} else if (c->anonymous || c->credentials.access_key) {
		call_sign_and_send(c, &c->credentials);
	} else {
		/* c may be gone when this returns NULL. */
		struct creds_wait *w = creds_get(c->aws->chain, call_on_credentials, c);
		if (w) {
			c->wait = w;
		}
	}
}

static void call_endpoint(struct aws_call *c, const struct aws_call_spec *spec)
{
	if (!spec->endpoint) {
		c->session_region = !spec->region;
		endpoint_resolve(c->aws, spec->service,
			spec->region ? spec->region : aws_region(c->aws), &c->endpoint, &c->early);
		return;
	}
	c->endpoint = (struct endpoint){
		.base = xstrdup(spec->endpoint->base), .host = xstrdup(spec->endpoint->host),
		.prefix = xstrdup(spec->endpoint->prefix),
		.region = xstrdup(spec->region ? spec->region : spec->endpoint->region),
		.custom = spec->endpoint->custom,
	};
}

struct aws_call *aws_call_start(struct aws *a, const struct aws_call_spec *spec)
{
	struct aws_call *c = xcalloc(1, sizeof(*c));
	c->aws = a;
	c->service = spec->service;
	c->action = xstrdup(spec->action);
	c->method = xstrdup(spec->method ? spec->method : "POST");
	c->path = xstrdup(spec->path ? spec->path : "/");
	c->query = xstrdup(spec->query);
	c->headers = xcalloc(spec->nheaders + 1, sizeof(*c->headers));
	for (size_t i = 0; i < spec->nheaders; i++) {
		c->headers[c->nheaders++] = (struct http_header){
			xstrdup(spec->headers[i].name), xstrdup(spec->headers[i].value),
		};
	}
	if (spec->body) {
		c->body = xmalloc(spec->body_len + 1);
		memcpy(c->body, spec->body, spec->body_len);
		c->body_len = spec->body_len;
	}
	if (spec->credentials) {
		credentials_copy(&c->credentials, spec->credentials);
	}
	c->unsafe = spec->unsafe;
	c->raw = spec->raw;
	c->anonymous = spec->anonymous;
	c->done = spec->done;
	c->ctx = spec->ctx;
	if (spec->refused) {
		c->early = *spec->refused;
	} else {
		call_endpoint(c, spec);
	}
	call_pause(c, 0);
	return c;
}

void aws_call_cancel(struct aws_call *c)
{
	if (!c) {
		return;
	}
	if (c->timer) {
		loop_timer_remove(c->timer);
	}
	creds_wait_cancel(c->wait);
	if (c->attempt) {
		c->attempt->call = NULL;
		http_cancel(c->attempt->req);
	}
	call_free(c);
}
