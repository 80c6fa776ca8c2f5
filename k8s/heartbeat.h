/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Notices a connection that is no more: when all watches of a client have been
 * silent for a while, one small question is put to the server; no answer to it
 * in time, and the connection is given up.  Bookmarks and events spare the
 * question.  And notices that the machine slept or its clock was set, because
 * then the two clocks disagree.
 *
 * All times here are real milliseconds, whatever the clock's scale.  (A TCP
 * peer that vanished is told by the kernel besides, see core/io/http.h; this is
 * for servers and balancers that hold on to a connection and say nothing.)
 */
#ifndef KOPSCOPE_K8S_HEARTBEAT_H
#define KOPSCOPE_K8S_HEARTBEAT_H

#include <stdint.h>

#include "core/base/err.h"
#include "core/model/source.h"
#include "k8s/client.h"

struct heartbeat;

struct heartbeat_spec {
	/* When something last came, mono ms; 0: nothing is expected at present. */
	int64_t (*heard)(void *ctx);
	/* The question was answered; NULL: nobody wants to know. */
	void (*answered)(void *ctx);
	/* Give up what is open; why NULL: the machine slept, nothing is known to be wrong. */
	void (*lost)(void *ctx, const struct err *why);
	void *ctx;
};

/* Starts at once; borrows the client. */
struct heartbeat *heartbeat_new(struct kube_client *c, const struct heartbeat_spec *spec);
void heartbeat_free(struct heartbeat *h); /* no callback any more; NULL is fine */

/*
 * Asks after 10 s of silence when fast, 20 s normally, 75 s when nobody looks: bookmarks come
 * each minute, and with the watches' renewals that is still less than one request a minute.
 */
void heartbeat_pace(struct heartbeat *h, enum pace pace);

#endif
