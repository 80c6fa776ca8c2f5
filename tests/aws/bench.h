/* SPDX-License-Identifier: Apache-2.0 */
/* What the wire tests stand on: a scrubbed environment, a quick clock, one session. */
#ifndef KOPSCOPE_TESTS_AWS_BENCH_H
#define KOPSCOPE_TESTS_AWS_BENCH_H

#include <stdbool.h>

#include "aws/aws.h"
#include "aws/session.h"
#include "tests/aws/wire.h"

/* Sun, 22 Nov 2026 13:04:17 UTC, at which the bench's wall clock stands. */
#define BENCH_WALL 1795352657000
#define BENCH_DATE "20261122T130417Z"

struct bench {
	struct clock clock; /* waits pass a thousand times faster; within a turn of the loop no time does */
	struct clock fast;
	int64_t mono;
	struct loop *loop;
	struct http *http;
	struct aws *aws;
	struct wire *wire;
	char home[64]; /* $HOME, made for the test */
	/* What the last callback of the kind said. */
	int calls;
	struct err err;
	char *text, *etag;
	size_t count;
};

/* Also for cmocka's setup and teardown: *state is the bench. */
int bench_setup(void **state);
int bench_teardown(void **state);

/* A session with the environment as it is now. */
void bench_session(struct bench *b, const struct aws_options *o);
/* Static keys AKIDEXAMPLE and all services at the wire, then bench_session(). */
void bench_simple(struct bench *b);
/* A file below $HOME, folders made. */
void bench_file(struct bench *b, const char *name, const char *text);
/* Turns the loop until b->calls reaches n. */
bool bench_wait(struct bench *b, int n);
/* done() of a verb. */
void bench_on_done(void *ctx, const struct err *e);
/* Of creds_get(): text is "PROVIDER KEY SECRET TOKEN" or "(none)", count when they expire, in s. */
void bench_on_credentials(void *ctx, const struct credentials *v, const struct err *e);

#endif
