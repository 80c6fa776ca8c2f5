/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The worker from inside.  Its way: wait for the world (sources live) -> take
 * the lease -> work (the native roll, or kops) -> give the lease back -> done.
 *
 * Times: waits for the world and the lease are about real things (servers,
 * other operators), so they are real ms and scaled where the clock is; waits
 * of the roll machine are the world's own.
 */
#ifndef KOPSCOPE_RUN_WORKER_INTERNAL_H
#define KOPSCOPE_RUN_WORKER_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/io/loop.h"
#include "core/kops/command.h"
#include "core/model/source.h"
#include "core/rules/roll.h"
#include "core/run/control.h"
#include "core/run/run-log.h"
#include "core/run/run.h"
#include "core/run/worker.h"

#define WORKER_WORLD_MS 60000   /* real: for the sources to answer at first */
#define WORKER_RESUME_MS (15 * WORKER_WORLD_MS) /* the API may be away: its node is replaced */
#define WORKER_RENEW_MS 15000   /* real */
#define WORKER_RETRY_MS 2000    /* real: when the lease's server does not answer */
#define WORKER_PROGRESS_MS 5000
#define WORKER_KUBE_MS 3000     /* real: for an update to see whether there is a cluster */
#define WORKER_HELD_MS 5000     /* until a disk that was full is tried again */
#define WORKER_DROP_MS 5000     /* real: to give the lease back */

enum worker_stage {
	WORKER_WAITS,   /* for the sources */
	WORKER_LEASES,
	WORKER_WORKS,
	WORKER_ENDS,    /* gives the lease back */
	WORKER_ENDED,
};

struct worker_act;
struct worker_roll;
struct worker_create;
struct worker_kops;
struct worker_lease;

struct worker {
	char *id;
	struct worker_world world;
	void (*done)(void *ctx, enum run_status s);
	void *ctx;
	struct run_meta meta;
	struct run_log *log;
	struct control *control;
	enum worker_stage stage;
	struct loop_timer *turn;   /* a coalesced "something changed" */
	struct loop_timer *until;  /* end of WORKER_WAITS */
	bool cloud_only;           /* kops rolls without asking the cluster */
	bool resumes;              /* a worker before us has begun the work */
	struct worker_lease *lease; /* NULL: none needed */
	struct worker_roll *roll;   /* NULL: kops works */
	struct worker_kops *kops;
	struct worker_create *create;
	enum run_status status;     /* of the end */
	char *end_text;
};

/* worker.c */
struct loop_timer *worker_timer(struct worker *w, int64_t real_ms, void (*cb)(void *ctx),
	void *ctx);
void worker_turn_soon(struct worker *w);
/* Ends the run: event, lease, then done().  The first end counts. */
void worker_end(struct worker *w, enum run_status s, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* worker-lease.c: calls worker_leased() once held, worker_end() when somebody else has it */
struct worker_lease *worker_lease_new(struct worker *w);
void worker_lease_take(struct worker_lease *l);
/* done(w) when it is given back or cannot be. */
void worker_lease_drop(struct worker_lease *l, void (*done)(struct worker *w));
void worker_lease_free(struct worker_lease *l); /* NULL is fine */
void worker_leased(struct worker *w);

/* worker-roll.c */
bool worker_roll_start(struct worker *w, struct err *e);
void worker_roll_turn(struct worker *w);
bool worker_roll_word(struct worker *w, const char *word);
/* Appends ". Left cordoned: ..." when it holds nodes that are given back by nobody. */
void worker_roll_left(const struct worker *w, struct buf *out);
void worker_roll_free(struct worker_roll *r); /* NULL is fine */

/* worker-act.c: carries one action out; answers by worker_roll_answer() */
struct worker_acts;
struct worker_acts *worker_acts_new(struct worker *w);
/* False: the journal cannot be written, and none of them is done. */
bool worker_acts_do(struct worker_acts *a, const struct roll_action *acts, size_t n,
	struct err *e);
/* Tells what the worker before us asked for without an answer, and closes it in the journal. */
void worker_acts_left_open(struct worker *w);
void worker_acts_free(struct worker_acts *a); /* answers that come later go nowhere */
void worker_roll_answer(struct worker *w, uint64_t id, enum roll_action_kind kind,
	const struct err *e);

/* worker-create.c */
bool worker_create_start(struct worker *w, struct err *e);
bool worker_create_word(struct worker *w, const char *word);
void worker_create_free(struct worker_create *c); /* NULL is fine */

/* worker-kops.c */
bool worker_kops_start(struct worker *w, struct err *e);
bool worker_kops_word(struct worker *w, const char *word);
void worker_kops_free(struct worker_kops *k); /* NULL is fine */

#endif
