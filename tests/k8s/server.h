/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP server for tests, on the loop of the client under test: it hands
 * each request to the test, which answers now, later, piece by piece or not.
 */
#ifndef KOPSCOPE_TESTS_K8S_SERVER_H
#define KOPSCOPE_TESTS_K8S_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/io/loop.h"

struct server;
struct server_conn;

struct server_request {
	const char *method, *target; /* target with its query */
	const char *head;            /* all header lines */
	const char *body;
};

/* conn is good until its close is told or server_close(). */
struct server *server_new(struct loop *l,
	void (*on_request)(void *ctx, struct server_conn *c, const struct server_request *r),
	void (*on_close)(void *ctx, struct server_conn *c), void *ctx);
void server_free(struct server *s);
int server_port(const struct server *s);
/* Refuses connections (or takes them again, on the same port) and closes those that are. */
void server_listen(struct server *s, bool on);

/* A whole answer.  extra: more header lines, each with \r\n; or NULL. */
void server_reply(struct server_conn *c, int status, const char *extra, const char *body);
/* An answer in pieces. */
void server_chunks_begin(struct server_conn *c);
void server_chunk(struct server_conn *c, const char *text);
void server_chunk_bytes(struct server_conn *c, const void *p, size_t n); /* n > 0 */
void server_chunks_end(struct server_conn *c);
void server_close(struct server_conn *c);

/*
 * Turns the loop until all that was sent over its loopback connections has arrived.  For a clock that
 * is wound by hand: time stands still meanwhile, else a machine that is busy would let it run out
 * under requests that were answered.
 */
void server_deliver(struct loop *l);

/*
 * A clock that runs faster than the system's, but not within a turn of the loop, nor while something is
 * on the way.  Owned by the caller, must stay where it is while the loop lives.
 */
struct server_clock {
	struct clock clock; /* for loop_new() */
	struct clock fast;
	int64_t mono, seen;
};
void server_clock_init(struct server_clock *c, double scale);
void server_clock_run(struct server_clock *c, struct loop *l);

#endif
