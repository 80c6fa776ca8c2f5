/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question to AWS before something is made: is the bucket there, versioned,
 * writable; which zones, networks and hosted zones are there; is a type offered;
 * may we do that.  Nothing is ever changed by one.
 */
#ifndef KOPSCOPE_AWS_LOOK_H
#define KOPSCOPE_AWS_LOOK_H

#include "aws/aws.h"
#include "core/base/err.h"
#include "core/base/strs.h"

enum aws_look_kind {
	AWS_LOOK_BUCKET,    /* what: its name.  No items; an error says that it is not there */
	AWS_LOOK_VERSIONED, /* what: the bucket.  "Enabled", "Suspended" or "" */
	/* what: the bucket, path: a key that is not there.  A write that cannot succeed: its
	   content is not what it says, and the file would have to be there already.  No error:
	   only its content was refused, not the right to write. */
	AWS_LOOK_WRITABLE,
	AWS_LOOK_ZONES,     /* "ap-northeast-2a", those that are available */
	AWS_LOOK_VPCS,      /* "vpc-1 172.31.0.0/16" for each network of each */
	AWS_LOOK_OFFERED,   /* what: a type.  The zones that offer it */
	AWS_LOOK_HOSTED,    /* "example.com. public" or "... private" */
	/* what: an EC2 action (of CreateVpc, CreateInternetGateway, CreateVolume,
	   CreateLaunchTemplate), asked as a dry run; path: a zone.  No error: it may be done. */
	AWS_LOOK_MAY,
};

struct aws_look;
struct aws_look_spec {
	enum aws_look_kind kind;
	const char *region; /* NULL: the session's */
	const char *what, *path;
	/* Once, never from inside aws_look_start().  items: empty with an error; borrowed. */
	void (*done)(void *ctx, const struct strlist *items, const struct err *e);
	void *ctx;
};
struct aws_look *aws_look_start(struct aws *a, const struct aws_look_spec *spec); /* copies */
void aws_look_cancel(struct aws_look *l); /* no done() any more; NULL is fine */

#endif
