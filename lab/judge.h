/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client of the lab must never do, looked at while it does it (lab --chaos): a stored spec
 * overwritten unseen or without a condition, an instance terminated twice, the control plane's
 * majority broken, more nodes of a group taken away at once than the group may miss.
 *
 * Judged is who calls itself kopscope in its requests; what the world, the kops stand-in or
 * another operator does is known, but never held against anybody.
 */
#ifndef KOPSCOPE_LAB_JUDGE_H
#define KOPSCOPE_LAB_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

struct world;
struct lab_request;
struct lab_instance;
struct lab_judge; /* of one world; NULL: nobody judges, and every call below does nothing */

struct lab_judge *judge_new(struct world *w); /* listens to the world from now on */
void judge_free(struct lab_judge *j);         /* NULL is fine */

/* Around a request that is handled: what happens in between is this client's act. */
void judge_begin(struct lab_judge *j, const struct lab_request *rq);
void judge_end(struct lab_judge *j);

/* An accepted order to end it, whatever state it is in. */
void judge_terminate(struct lab_judge *j, const struct lab_instance *i);
/* Chaos itself took that one away (or will not let its group have another): no client is to
   blame for what is missing. */
void judge_excuse(struct lab_judge *j, const char *group);
/* The stored spec has this line of another operator's: nobody may write it away. */
void judge_expect(struct lab_judge *j, const char *key, const char *line);

/* {"checks", "terminated": [...], "edits": [...], "violations": [...]}: a JSON tree. */
void *judge_json(const struct lab_judge *j);

#endif
