/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events of a run as lines of events.jsonl: {"at":wall ms,"event":...}.
 * Events: start, message (text), state (running, paused, stopping), node,
 * progress, tasks, end (status, text).  A line is written with one write(2)
 * and, where a person would miss it, synced.  Failing to write is told once on
 * stderr (worker.log) and stops nothing: the world matters more than its diary.
 */
#ifndef KOPSCOPE_RUN_RUN_LOG_H
#define KOPSCOPE_RUN_RUN_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/rules/roll.h"
#include "core/run/run.h"

struct run_log;
struct run_log *run_log_new(const char *id, const struct clock *clock); /* borrows clock */
void run_log_free(struct run_log *l); /* NULL is fine */

void run_log_start(struct run_log *l);
void run_log_message(struct run_log *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void run_log_state(struct run_log *l, const char *state);
void run_log_node(struct run_log *l, const struct roll_node *n);
void run_log_progress(struct run_log *l, size_t done, size_t total, int64_t eta_ms);
void run_log_tasks(struct run_log *l, int done, int total);
void run_log_end(struct run_log *l, enum run_status s, const char *text);

#endif
