/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes an instance out of its group's target groups and classic balancers and
 * waits until each says that it is out, as kops does before it drains a node.
 */
#ifndef KOPSCOPE_AWS_DEREGISTER_H
#define KOPSCOPE_AWS_DEREGISTER_H

#include "aws/session.h"
#include "core/base/err.h"

struct deregister;

/* done: exactly once, never from inside; a group without balancers is done at once. */
struct deregister *deregister_start(struct aws *a, const char *region, const char *instance_id,
	const char *asg, void (*done)(void *ctx, const struct err *e), void *ctx);
void deregister_cancel(struct deregister *d);

#endif
