/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One look at everything AWS knows about a cluster: all lists, all pages, put
 * together.  Nothing is shown of a look that broke off in the middle.
 *
 * Calls: groups come by 100, instances by 200 (a page of those is read in a few
 * milliseconds, so keys are not felt to stick), interfaces by 500; all else is one call
 * each.  200 groups and 5,000 instances: under 50.  Launch templates are asked for only
 * where a group names "$Latest" or "$Default", which no other answer resolves.
 */
#ifndef KOPSCOPE_AWS_ROUND_H
#define KOPSCOPE_AWS_ROUND_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/session.h"
#include "core/base/err.h"
#include "core/base/strmap.h"
#include "core/model/things.h"

struct aws_round;

struct round_wants {
	const char *cluster, *region;
	const struct strmap *known_types; /* not asked again */
	bool identity, subnets, balancers; /* besides groups and instances */
	bool activities; /* why groups lack instances, those that do */
};

/* Strings and arrays belong to the round. */
struct round_result {
	struct asg *asgs;
	size_t nasgs;
	struct instance *instances;
	size_t ninstances;
	struct instance_type *types; /* those not known before */
	size_t ntypes;
	struct subnet *subnets;
	size_t nsubnets;
	struct balancer *balancers;
	size_t nbalancers;
	struct identity identity;
	bool has_identity, has_subnets, has_balancers;
	struct err note; /* something that is not vital could not be had */
};

/* done: exactly once, never from inside; on failure r is NULL.  The round stays until freed. */
struct aws_round *aws_round_start(struct aws *a, const struct round_wants *w,
	void (*done)(void *ctx, const struct round_result *r, const struct err *e), void *ctx);
void aws_round_free(struct aws_round *r); /* also from inside done(); NULL is fine */

#endif
