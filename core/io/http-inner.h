/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of core/io/http that its files share.  For core/io/http*.c alone.
 *
 * States of a request: started -> (in the multi handle) -> done -> freed, or
 * started -> cancelled or refused -> freed by a timer of the next turn.  One
 * that is started from inside libcurl waits for that timer as well.
 */
#ifndef KOPSCOPE_IO_HTTP_INNER_H
#define KOPSCOPE_IO_HTTP_INNER_H

#include "core/base/buf.h"
#include "core/io/http.h"
#include "core/io/loop-curl.h"

struct http {
	struct loop *loop;
	struct http_req *first; /* of all that are not yet freed */
	struct http_stats stats; /* of those that have ended */
	int depth;               /* callbacks being run */
	bool freeing;
	uint64_t turn;           /* of the loop, that left belongs to */
	size_t left;             /* bytes that on_data may still get in it */
	struct loop_timer *rest; /* gives what is held */
	bool holding;            /* the loop */
	int64_t held_at;         /* mono, since when */
};

struct http_req {
	struct http *http;
	struct http_req *prev, *next;
	struct loop_transfer transfer;
	CURL *easy;
	bool in_multi, waiting;
	struct curl_slist *send, *connect_to;
	char curl_text[CURL_ERROR_SIZE];
	char *where;    /* host, or host:port as the URL has it, for messages */
	char *host;
	bool tls, proxied;
	size_t max_body;
	int connect_timeout_ms, timeout_ms, idle_timeout_ms;

	bool (*on_data)(void *ctx, const char *p, size_t n);
	void (*on_done)(void *ctx, const struct http_answer *a, const struct err *e);
	void (*on_free)(void *ctx);
	void *ctx;

	int status;
	struct http_header *headers; /* owned strings */
	size_t nheaders, headers_cap, headers_bytes;
	struct buf body;
	struct err err;   /* why it ended, when it was us who ended it */
	bool streamed;    /* on_data got the body */
	bool cut;         /* the rest of an error's body is not wanted */
	bool cancelled;
	struct loop_timer *later; /* ends the request */
	struct loop_timer *idle;
	int64_t last_byte; /* mono */
	struct buf held;   /* came, but on_data gets it in a later turn */
	bool ended;        /* libcurl is done with it, but something is held */
	CURLcode code;     /* when ended */
};

/* http-slice.c: n bytes for on_data, as many as the turn has left now, the rest later. */
bool http_slice(struct http_req *r, const char *p, size_t n);
void http_hold(struct http *h, bool on);
void http_req_end_later(struct http_req *r);
void http_req_done(void *ctx, CURLcode code);
/* Calls on_data.  False: the request is over, r->err says why unless it was cancelled. */
bool http_give(struct http_req *r, const char *p, size_t n);

/* Sets up r->easy from the call.  False: r->err is set. */
bool http_setup(struct http_req *r, const struct http_call *call);

/* http-trust.c: certificates that this system trusts are to be asked for. */
void http_trust_system(CURL *easy);

/* libcurl's verdict as an error for a person. */
void http_explain(const struct http_req *r, CURLcode code, struct err *e);

void http_headers_clear(struct http_req *r);

#endif
