/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps one resource known: lists it, watches it from there, and goes on for
 * ever whatever happens to the server.
 *
 * A list is taken from the server's cache and told as begin, elements, end.
 * A watch that ends is taken up from the last version seen; a version that the
 * server no longer knows (410) leads to a new list, quietly.  While the server
 * is away the tries come at most 5 s apart (a minute apart where it says that
 * the resource is not for us), and the first good answer is asked for at
 * /version, because an established watch may be silent; after a 403 for a list,
 * because /version answers anyone.
 */
#ifndef KOPSCOPE_K8S_WATCH_H
#define KOPSCOPE_K8S_WATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/err.h"
#include "core/model/model.h"
#include "k8s/client.h"
#include "k8s/decode.h"

struct watch;

enum watch_state {
	WATCH_LISTING, /* first list, or a new one */
	WATCH_WATCHING,
	WATCH_AWAY,    /* why says what went wrong; tries go on */
};

struct watch_spec {
	enum obs_kind kind;
	const char *name;   /* "pods", for errors */
	const char *path;   /* "/api/v1/pods"; copied */
	const char *select; /* "fieldSelector=..." encoded, or NULL; copied */
	/* el NULL with OBS_SYNC_BEGIN and OBS_SYNC_END, else OBS_SEEN and OBS_GONE. */
	void (*on_element)(void *ctx, enum obs_verb verb, const struct element *el);
	/* The state changed, or something arrived. */
	void (*on_state)(void *ctx);
	void *ctx;
};

/* Starts at once; borrows the client and the decoder, which several may share. */
struct watch *watch_new(struct kube_client *c, struct decoder *d, const struct watch_spec *spec);
void watch_free(struct watch *w); /* no callback any more; NULL is fine */

/* When something last came, mono ms of the clock. */
int64_t watch_heard(const struct watch *w);
/*
 * The connection is not trusted: a call that is out ends, and the watch is
 * taken up again from the last version, after a pause when why is told.
 */
void watch_lost(struct watch *w, const struct err *why);

/* Tries now instead of later, if it waits. */
void watch_retry(struct watch *w);

enum watch_state watch_state(const struct watch *w);
bool watch_synced(const struct watch *w); /* a whole list has been told once */
size_t watch_listed(const struct watch *w); /* elements of the list so far */
const struct err *watch_why(const struct watch *w); /* when away */

#endif
