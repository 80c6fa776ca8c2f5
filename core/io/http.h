/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP requests on the loop (libcurl's multi interface; no curl type shows).
 *
 * A request lives from http_start() until on_free, which is always called,
 * exactly once, as the last callback, never from inside http_start() or
 * http_cancel().  on_done comes at most once before it and not at all after a
 * cancel.  Redirects are never followed: credentials go to the host they were
 * meant for.  Header names in answers are compared without case.
 */
#ifndef KOPSCOPE_IO_HTTP_H
#define KOPSCOPE_IO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/io/loop.h"

#define HTTP_SLICE ((size_t)256 << 10)

struct http;     /* the shared connection pool */
struct http_req; /* one request */

/* PEM texts; everything is copied.  NULL members: not used. */
struct http_tls {
	const char *ca_pem;      /* trust this instead of the system's */
	const char *ca_file;     /* or this file */
	const char *cert_pem, *key_pem;
	const char *server_name; /* expected instead of the URL's host (SNI and check) */
	bool insecure;           /* no check at all; the user asked for it */
};

struct http_header {
	const char *name, *value;
};

/* What came back; borrowed for the length of the callback. */
struct http_answer {
	int status;       /* 0: none */
	const char *body; /* NULL when on_data took it; NUL-terminated */
	size_t len;
	const struct http_header *headers; /* of the final answer */
	size_t nheaders;
};
const char *http_answer_header(const struct http_answer *a, const char *name);

struct http_call {
	const char *method;
	const char *url; /* sent exactly as given (path as is); no user name in it */
	const struct http_header *headers; /* sent exactly as given; Host may be among them */
	size_t nheaders;
	const void *body; /* copied; NULL: none */
	size_t body_len;
	const struct http_tls *tls;
	const char *proxy;      /* NULL: environment's, but none to loopback; "": none */
	int connect_timeout_ms; /* real ms; 0: 10,000 */
	int timeout_ms;         /* whole request, real ms; 0: 60,000; -1: none (watch) */
	int idle_timeout_ms;    /* no byte for so long, real ms (or a fake clock's); 0: none */
	int conn_max_age_s;     /* use no connection that was opened longer ago; 0: any */
	size_t max_body;        /* when buffered; 0: 16 MiB.  Over it: ERR_PARSE */
	bool gzip;              /* Accept-Encoding, decoded; caps count decoded bytes */
	bool http2;             /* where the server offers it over TLS */

	/*
	 * Streaming: called with each piece of a 2xx body as it comes, all requests
	 * together with HTTP_SLICE bytes in one turn of the loop; false ends the
	 * request with ERR_CANCELLED.  NULL: buffered into the answer.  Bodies
	 * of other statuses are always buffered, 1 MiB at most.
	 */
	bool (*on_data)(void *ctx, const char *p, size_t n);
	/* e is NULL when an HTTP answer came, whatever its status. */
	void (*on_done)(void *ctx, const struct http_answer *a, const struct err *e);
	void (*on_free)(void *ctx); /* NULL: nothing to free */
	void *ctx;
};

struct http *http_new(struct loop *l);
/* Cancels all; on_free of each runs.  Never from inside a request's callback.  NULL is fine. */
void http_free(struct http *h);

/* Copies everything in call.  Never fails: errors come by on_done. */
struct http_req *http_start(struct http *h, const struct http_call *call);
void http_cancel(struct http_req *r);

/* Counters since http_new(), for budgets, bench and the tests that assert them. */
struct http_stats {
	uint64_t requests, bytes_in, bytes_out, connections;
};
void http_get_stats(const struct http *h, struct http_stats *out);

/*
 * Whether this answer may be followed by the same request again, and after
 * how long: Retry-After in seconds or as a date; -1 when it does not say.
 */
int64_t http_retry_after_ms(const struct http_answer *a, int64_t wall_ms);

/* A word to the user for what went wrong, by status: sets e, returns false. */
bool http_status_err(struct err *e, int status, const char *what);

#endif
