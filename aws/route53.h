/* SPDX-License-Identifier: Apache-2.0 */
/* Route 53: the records of a hosted zone. */
#ifndef KOPSCOPE_AWS_ROUTE53_H
#define KOPSCOPE_AWS_ROUTE53_H

#include "aws/session.h"
#include "core/base/err.h"
#include "core/model/things.h"

struct route53_list;

/*
 * The records of name and of all below it ("mate-technology.app": also
 * "api.mate-technology.app"), from the zone with the longest matching name.
 * Route 53 keeps them together, so the rest of a large zone is not read.
 * each: borrowed; a record of several values comes several times.  done:
 * exactly once, never from inside; ERR_NOT_FOUND
 * when there is no such zone.
 */
struct route53_list *route53_list_start(struct aws *a, const char *name,
	void (*each)(void *ctx, const struct dns_record *r),
	void (*done)(void *ctx, const struct err *e), void *ctx);
void route53_list_cancel(struct route53_list *l); /* NULL is fine */

#endif
