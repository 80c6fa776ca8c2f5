/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP requests: their life from start to free, and what comes back. */
#include "core/io/http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/bug.h"
#include "core/base/xalloc.h"
#include "core/io/http-inner.h"
#include "core/io/request-id.h"
#include "core/io/trace.h"

#define HTTP_MAX_HEADERS 256
#define HTTP_MAX_HEADER_BYTES ((size_t)256 << 10)
#define HTTP_MAX_ERROR_BODY ((size_t)1 << 20)

struct http *http_new(struct loop *l)
{
	struct http *h = xcalloc(1, sizeof(*h));

	h->loop = l;
	curl_multi_setopt(loop_multi(l), CURLMOPT_MAXCONNECTS, 32L);
	curl_multi_setopt(loop_multi(l), CURLMOPT_MAX_HOST_CONNECTIONS, 32L);
	return h;
}

void http_headers_clear(struct http_req *r)
{
	size_t i;

	for (i = 0; i < r->nheaders; i++) {
		free((char *)r->headers[i].name);
		free((char *)r->headers[i].value);
	}
	r->nheaders = 0;
	r->headers_bytes = 0;
}

static void http_stats_add(struct http_stats *s, const struct http_req *r)
{
	curl_off_t body_in = 0, body_out = 0;
	long head_in = 0, head_out = 0, connections = 0;

	curl_easy_getinfo(r->easy, CURLINFO_SIZE_DOWNLOAD_T, &body_in);
	curl_easy_getinfo(r->easy, CURLINFO_SIZE_UPLOAD_T, &body_out);
	curl_easy_getinfo(r->easy, CURLINFO_HEADER_SIZE, &head_in);
	curl_easy_getinfo(r->easy, CURLINFO_REQUEST_SIZE, &head_out);
	curl_easy_getinfo(r->easy, CURLINFO_NUM_CONNECTS, &connections);
	s->bytes_in += (uint64_t)(body_in + head_in);
	s->bytes_out += (uint64_t)(body_out + head_out);
	s->connections += (uint64_t)connections;
}

/* The end of every request.  Never from inside libcurl. */
static void http_req_free(struct http_req *r)
{
	struct http *h = r->http;
	void (*on_free)(void *ctx) = r->on_free;
	void *ctx = r->ctx;

	if (r->in_multi)
		curl_multi_remove_handle(loop_multi(h->loop), r->easy);
	http_stats_add(&h->stats, r);
	curl_easy_cleanup(r->easy);
	curl_slist_free_all(r->send);
	curl_slist_free_all(r->connect_to);
	loop_timer_remove(r->later);
	loop_timer_remove(r->idle);
	http_headers_clear(r);
	free(r->headers);
	buf_release(&r->body);
	buf_release(&r->held);
	free(r->where);
	free(r->host);
	if (h->first == r)
		h->first = r->next;
	else
		r->prev->next = r->next;
	if (r->next)
		r->next->prev = r->prev;
	free(r);
	h->depth++;
	if (on_free)
		on_free(ctx);
	h->depth--;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	if (h->depth)
		BUG("http_free() from inside a request's callback");
	h->freeing = true;
	while (h->first) {
		const struct http_req *r = h->first;

		http_req_free(h->first);
		MUST(h->first != r);
	}
	http_hold(h, false);
	loop_timer_remove(h->rest);
	free(h);
}

/* Tells the caller, then ends the request. */
static void http_req_finish(struct http_req *r, const struct err *e)
{
	struct http_answer a = { .status = e ? 0 : r->status };

	if (!e) {
		a.body = r->streamed ? NULL : buf_str(&r->body);
		a.len = r->streamed ? 0 : r->body.len;
		a.headers = r->headers;
		a.nheaders = r->nheaders;
	}
	if (trace_want(TRACE_HTTP))
		trace_say(TRACE_HTTP, "%p done %d %s %s", (void *)r, a.status,
			r->where ? r->where : "-", e ? e->text : "");
	r->http->depth++;
	if (!r->cancelled && r->on_done) {
		request_id_of(&a);
		r->on_done(r->ctx, &a, e);
		request_id_set(NULL);
	}
	r->http->depth--;
	http_req_free(r);
}

void http_req_done(void *ctx, CURLcode code)
{
	struct http_req *r = ctx;
	struct err e = ERR_INIT;

	r->in_multi = false;
	/* Its end comes after all of it. */
	r->ended = r->held.len > 0 && !r->cancelled;
	r->code = code;
	if (r->ended)
		return;
	err_copy(&e, &r->err);
	if (code != CURLE_OK && !r->cut)
		http_explain(r, code, &e);
	http_req_finish(r, err_is_set(&e) ? &e : NULL);
}

static void http_req_attach(struct http_req *r);

/* What could not be started, what was cancelled, and what had to wait for libcurl's leave. */
static void http_req_later(void *ctx)
{
	struct http_req *r = ctx;

	r->later = NULL;
	if (r->waiting && !r->cancelled) {
		http_req_attach(r);
		if (r->in_multi)
			return;
	}
	if (r->in_multi) {
		curl_multi_remove_handle(loop_multi(r->http->loop), r->easy);
		r->in_multi = false;
	}
	http_req_finish(r, err_is_set(&r->err) ? &r->err : NULL);
}

void http_req_end_later(struct http_req *r)
{
	if (!r->later)
		r->later = loop_timer_add(r->http->loop, 0, http_req_later, r);
}

void http_cancel(struct http_req *r)
{
	if (!r || r->cancelled)
		return;
	r->cancelled = true;
	/* Not at once: this may be a callback from inside libcurl. */
	http_req_end_later(r);
}

/* Silence: in real milliseconds of a system clock, in the clock's own of a fake one. */
static void http_req_idle(void *ctx)
{
	struct http_req *r = ctx;
	const struct clock *clock = loop_clock(r->http->loop);
	int64_t limit = (int64_t)(r->idle_timeout_ms * clock->scale);
	int64_t left = r->last_byte + limit - clock_mono(clock);

	r->idle = NULL;
	if (r->later || r->ended)
		return;
	if (left > 0 || r->http->holding) {
		/* What is held back is no silence; when it ends, http_hold() moves last_byte on. */
		left = left > 0 ? left : limit / 4 + 1;
		r->idle = loop_timer_add(r->http->loop, left, http_req_idle, r);
		return;
	}
	err_set(&r->err, ERR_TIMEOUT, "nothing came from %s for %d s", r->where,
		(r->idle_timeout_ms + 999) / 1000);
	http_req_end_later(r);
}

/* Callbacks from libcurl.  Returning less than was given ends the transfer. */

static void http_seen(struct http_req *r)
{
	if (r->idle_timeout_ms > 0)
		r->last_byte = clock_mono(loop_clock(r->http->loop));
}

static bool http_is_ok(const struct http_req *r)
{
	return r->status >= 200 && r->status < 300;
}

bool http_give(struct http_req *r, const char *p, size_t n)
{
	bool more;

	r->http->depth++;
	more = r->on_data(r->ctx, p, n);
	r->http->depth--;
	if (!more)
		err_set(&r->err, ERR_CANCELLED, "stopped by the reader");
	return more && !r->cancelled;
}

static size_t http_on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct http_req *r = ctx;

	http_seen(r);
	n *= size;
	if (r->cancelled || err_is_set(&r->err))
		return 0;
	if (http_is_ok(r) && r->on_data) {
		r->streamed = true;
		if (http_slice(r, p, n))
			return n;
		buf_release(&r->held);
		return 0;
	}
	if (!http_is_ok(r)) {
		size_t room = HTTP_MAX_ERROR_BODY - r->body.len;

		r->cut = n > room;
		buf_add(&r->body, p, r->cut ? room : n);
		return r->cut ? 0 : n;
	}
	if (n <= r->max_body - r->body.len && buf_add(&r->body, p, n))
		return n;
	err_set(&r->err, ERR_PARSE, "the answer of %s is too large (more than %zu KiB)", r->where,
		r->max_body >> 10);
	return 0;
}

static size_t http_trim(const char *p, size_t n)
{
	while (n && strchr(" \t\r\n", p[n - 1]))
		n--;
	return n;
}

static size_t http_on_header(char *p, size_t size, size_t total, void *ctx)
{
	struct http_req *r = ctx;
	const char *colon;
	size_t n;

	http_seen(r);
	total *= size;
	n = http_trim(p, total);
	if (n >= 5 && !memcmp(p, "HTTP/", 5)) {
		long status = 0;

		/* The final answer's headers are wanted, not those of a 100 before it. */
		http_headers_clear(r);
		curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
		r->status = (int)status;
		return total;
	}
	colon = memchr(p, ':', n);
	if (!colon)
		return total;
	r->headers_bytes += n;
	if (r->nheaders >= HTTP_MAX_HEADERS || r->headers_bytes > HTTP_MAX_HEADER_BYTES) {
		err_set(&r->err, ERR_PARSE, "the answer of %s has too many headers", r->where);
		return 0;
	}
	r->headers = xgrow(r->headers, &r->headers_cap, r->nheaders, sizeof(*r->headers));
	r->headers[r->nheaders].name = xstrndup(p, (size_t)(colon - p));
	colon++;
	while (colon < p + n && (*colon == ' ' || *colon == '\t'))
		colon++;
	r->headers[r->nheaders++].value = xstrndup(colon, (size_t)(p + n - colon));
	return total;
}

static void http_req_attach(struct http_req *r)
{
	CURLMcode code;

	r->waiting = false;
	r->transfer = (struct loop_transfer){ .done = http_req_done, .ctx = r };
	curl_easy_setopt(r->easy, CURLOPT_PRIVATE, &r->transfer);
	curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, http_on_body);
	curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(r->easy, CURLOPT_HEADERFUNCTION, http_on_header);
	curl_easy_setopt(r->easy, CURLOPT_HEADERDATA, r);
	code = curl_multi_add_handle(loop_multi(r->http->loop), r->easy);
	r->in_multi = code == CURLM_OK;
	/* Started from inside somebody's on_data: not until libcurl has returned. */
	r->waiting = code == CURLM_RECURSIVE_API_CALL;
	if (!r->in_multi && !r->waiting)
		err_set(&r->err, ERR_NETWORK, "the request to %s cannot be started", r->where);
	r->last_byte = clock_mono(loop_clock(r->http->loop));
	if (r->in_multi && r->idle_timeout_ms > 0)
		http_req_idle(r);
}

struct http_req *http_start(struct http *h, const struct http_call *call)
{
	struct http_req *r = xcalloc(1, sizeof(*r));

	r->http = h;
	r->next = h->first;
	if (h->first)
		h->first->prev = r;
	h->first = r;
	r->on_data = call->on_data;
	r->on_done = call->on_done;
	r->on_free = call->on_free;
	r->ctx = call->ctx;
	r->max_body = call->max_body ? call->max_body : (size_t)16 << 20;
	buf_init(&r->body, r->max_body > HTTP_MAX_ERROR_BODY ? r->max_body : HTTP_MAX_ERROR_BODY);
	r->body.secret = true; /* credentials are among the answers */
	r->easy = curl_easy_init();
	if (!r->easy)
		xalloc_die("out of memory");
	h->stats.requests++;
	if (http_setup(r, call) && !h->freeing)
		http_req_attach(r);
	if (!r->in_multi)
		http_req_end_later(r);
	return r;
}

void http_get_stats(const struct http *h, struct http_stats *out)
{
	const struct http_req *r;

	*out = h->stats;
	for (r = h->first; r; r = r->next)
		http_stats_add(out, r);
}

const char *http_answer_header(const struct http_answer *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->nheaders; i++) {
		if (!strcasecmp(a->headers[i].name, name))
			return a->headers[i].value;
	}
	return NULL;
}
