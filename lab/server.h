/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lab's two ports: one TLS port for the Kubernetes API, one plain port for
 * everything else (AWS, S3, and the lab's own /lab/ paths).
 *
 * A handler gets a whole request and fills a reply; it runs in the world's one
 * thread, between timers, so it may read and change the world freely and must
 * not block.  A reply that is not finished yet (a watch, the output of the kops
 * stand-in) is a stream: lab_reply_stream() gives it, anybody may write to it
 * later, and lab_stream_close() ends it.
 *
 * Which handler: the first row of a route table whose prefix matches.
 */
#ifndef KOPSCOPE_LAB_SERVER_H
#define KOPSCOPE_LAB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

struct world;
struct lab_stream;

struct lab_pair {
	char *name, *value; /* value may be "", never NULL */
};
struct lab_pairs {
	struct lab_pair *v;
	size_t n, cap;
};

struct lab_request {
	char *method;   /* "GET" */
	char *target;   /* as sent: raw path and raw query, for checking signatures */
	char *raw_path; /* still percent-encoded, without the query */
	char *path;     /* percent-decoded */
	char *raw_query;/* behind '?', still encoded; "" when none */
	struct lab_pairs query;   /* decoded ('+' is a space), in order, duplicates kept */
	struct lab_pairs headers; /* names as sent; compare without case */
	struct buf body;          /* whole; 16 MiB at most (more is answered 413 before) */
};

/* Values are borrowed from the request; NULL when absent (the first when repeated). */
const char *lab_request_query(const struct lab_request *rq, const char *name);
const char *lab_request_header(const struct lab_request *rq, const char *name);

/* For handlers that keep own lists, as the form fields of a POST body. */
void lab_pairs_add(struct lab_pairs *p, const char *name, const char *value); /* copies */
void lab_pairs_parse_query(struct lab_pairs *p, const char *s, size_t n); /* a=b&c=d, decoded */
const char *lab_pairs_get(const struct lab_pairs *p, const char *name); /* exact case */
void lab_pairs_release(struct lab_pairs *p);

struct lab_reply {
	int status;               /* 200 unless set; 0: the connection ends without an answer */
	struct lab_pairs headers; /* Content-Length, Date and Connection come by themselves */
	struct buf body;          /* of a reply that is no stream; for HEAD fill it as for GET:
	                             its length is sent, its bytes are not */
	struct lab_stream *stream;
};

void lab_reply_header(struct lab_reply *rp, const char *name, const char *value); /* copies */
/* Status, Content-Type and text in one: text is formatted. */
void lab_reply_text(struct lab_reply *rp, int status, const char *type, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Makes the reply a stream (chunked).  on_gone (may be NULL) is called once,
 * when the client went away or the server stops before lab_stream_close() was
 * called: the stream is invalid from then on.  After lab_stream_close() it is
 * not called, and the stream is invalid too.
 */
struct lab_stream *lab_reply_stream(struct lab_reply *rp, void (*on_gone)(void *ctx), void *ctx);
/* False when more than 64 MiB wait unread: the stream was closed and on_gone was called. */
bool lab_stream_write(struct lab_stream *s, const void *p, size_t n);
bool lab_stream_writef(struct lab_stream *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* What was written is still sent. */
void lab_stream_close(struct lab_stream *s);

/*
 * Makes the reply a body that is made as it is sent (chunked), however large it is: more()
 * appends what comes next, and answers false with the last of it.  gone() is called once,
 * when all is sent or nobody wants it any more.
 */
void lab_reply_pull(struct lab_reply *rp, bool (*more)(void *ctx, struct buf *out),
	void (*gone)(void *ctx), void *ctx);
/* For callers without a port: such a body made at once, into rp->body; nothing for others. */
void lab_reply_gather(struct lab_reply *rp);

typedef void lab_handler(struct world *w, const struct lab_request *rq, struct lab_reply *rp);

struct lab_route {
	const char *prefix; /* of the decoded path; "/lab/kops" also matches "/lab/kops/x" */
	lab_handler *handle;
};

/*
 * The handlers of the two ports.  aws_handle() is what is left of the plain
 * port when no /lab/ route matched; kops_handle() serves POST /lab/kops.
 */
lab_handler kube_handle; /* lab/kube/ */
lab_handler aws_handle;  /* lab/aws/ */
lab_handler kops_handle; /* lab/kops/: body {"argv": [...], "env": {...}}, streams its output */
lab_handler lab_control_handle; /* lab/control.c: /lab/... */

struct lab_server;

/* After a fault that held streams back went: what waits in them is sent. */
void lab_streams_thaw(void);

struct lab_server_options {
	struct world *world;
	int port;      /* of the plain side; 0: a free one */
	int kube_port; /* 0: a free one */
	const char *cert_pem, *key_pem; /* of the TLS side; copied */
};
/* NULL with an error: a taken port is ERR_USAGE with one clear line. */
struct lab_server *lab_server_new(const struct lab_server_options *o, struct err *e);
void lab_server_free(struct lab_server *s); /* NULL is fine; on_gone of open streams runs */
int lab_server_port(const struct lab_server *s);
int lab_server_kube_port(const struct lab_server *s);
/* One turn: waits for requests at most max_ms real ms, answers, then returns. */
void lab_server_turn(struct lab_server *s, int max_ms);

#endif
