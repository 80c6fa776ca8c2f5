/* SPDX-License-Identifier: Apache-2.0 */
/* A cluster's names in Route 53, as observations: whole or not at all. */
#ifndef KOPSCOPE_AWS_RECORDS_H
#define KOPSCOPE_AWS_RECORDS_H

#include "aws/session.h"
#include "core/base/err.h"
#include "core/model/source.h"

struct records;

/*
 * Asks once; a full list goes to the sink (several values of one name joined by
 * ","), then done: exactly once, never from inside.  No zone: an empty list, no
 * error.  Borrows sink.
 */
struct records *records_start(struct aws *a, const char *cluster, const struct sink *sink,
	void (*done)(void *ctx, const struct err *e), void *ctx);
void records_cancel(struct records *r); /* no done() any more; NULL is fine */

#endif
