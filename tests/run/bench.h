/* SPDX-License-Identifier: Apache-2.0 */
/* The miniature world with a worker in it, for tests of core/run/worker. */
#ifndef KOPSCOPE_TESTS_RUN_BENCH_H
#define KOPSCOPE_TESTS_RUN_BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/io/loop.h"
#include "core/model/source.h"
#include "core/run/run.h"
#include "core/run/worker.h"
#include "tests/roll/world.h"

struct bench { /* the world, its verbs, the worker */
	struct world w;
	struct loop *loop;
	struct cloud cloud;
	struct kube kube;
	struct worker *worker;
	char *id;
	bool done;
	enum run_status status;
	char holder[128]; /* of the lease; empty: there is none */
	int64_t renewed;
	int version, puts;
	int lease_fails; /* so many calls about it fail next, as errors of that kind */
	enum err_kind lease_kind;
};

/* One at a time.  One control plane, two nodes, all outdated; a run of it, not begun. */
struct bench *bench_of(enum run_kind kind, enum run_engine engine);
/* The same with the run's options (core/run/run.h); NULL: none. */
struct bench *bench_told(enum run_kind kind, enum run_engine engine, const char *options);
struct bench *bench_new(void); /* a native roll */
void bench_free(struct bench *b);
void bench_worker(struct bench *b); /* begins */
void bench_run(struct bench *b, int seconds); /* or until it is done */
/* A word to its control socket from another process: 0, or the kind of the error. */
int bench_tell(struct bench *b, const char *word);
struct run_view view_of(const struct bench *b);

#endif
