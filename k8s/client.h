/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to one API server: credentials, user agent, Status errors in words,
 * a second try with fresh credentials after a 401 and after the pause that a
 * 429 asks for.
 */
#ifndef KOPSCOPE_K8S_CLIENT_H
#define KOPSCOPE_K8S_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/io/http.h"
#include "core/io/lender.h"
#include "core/io/loop.h"
#include "k8s/kubeconfig.h"
#include "k8s/status.h"

struct kube_client;
struct kube_call;

/* Borrows all; lender NULL: an exec plugin gets no terminal. */
struct kube_client *kube_client_new(struct loop *l, struct http *h, const struct kube_conn *conn,
	struct lender *lender);
/* Outstanding calls end with ERR_CANCELLED, from inside. */
void kube_client_free(struct kube_client *c);

struct loop *kube_client_loop(struct kube_client *c);
int64_t kube_client_wall(const struct kube_client *c);

struct kube_answer {
	const char *body; /* NULL when on_data took it */
	size_t len;
	struct kube_status status; /* of a failure that the server told */
	int64_t retry_after_ms;    /* the server asked for a pause; -1: it did not */
};

struct kube_request {
	const char *method;
	const char *path; /* with query; copied */
	const char *content_type, *body; /* NULL: no body; copied */
	const char *what; /* "list pods", for errors; copied */
	int timeout_ms, idle_timeout_ms; /* as in struct http_call */
	bool no_retry; /* a 429 comes back at once */
	bool proto;    /* protobuf is welcome; the answer may be either, told by its first byte */
	bool (*on_data)(void *ctx, const char *p, size_t n);
	/* Once, last, never from inside kube_client_start(); e NULL: a 2xx.  a is never NULL. */
	void (*on_done)(void *ctx, const struct kube_answer *a, const struct err *e);
	void *ctx;
};

struct kube_call *kube_client_start(struct kube_client *c, const struct kube_request *r);
/* No callback any more. */
void kube_call_cancel(struct kube_call *call);

/* The user wants another try: an exec plugin may have the terminal again. */
void kube_client_ask_again(struct kube_client *c);

/*
 * Asked after a 401 where neither a plugin nor a token file is there to be asked: true when the
 * credentials of the connection are others now, and the call is tried again.
 */
void kube_client_on_refused(struct kube_client *c, bool (*renew)(void *ctx), void *ctx);

/*
 * The connections of now are not trusted any more (silent, or older than a
 * sleep of the machine): what is started from here on opens new ones.
 */
void kube_client_reconnect(struct kube_client *c);

/*
 * What the server warned of (Warning headers, code 299), each text once in the
 * client's life; NULL: nobody listens.
 */
void kube_client_on_warning(struct kube_client *c, void (*cb)(void *ctx, const char *text),
	void *ctx);

/* When the client certificate in use ends, wall ms; 0: none or unknown. */
int64_t kube_client_cert_expires(const struct kube_client *c);

#endif
