/* SPDX-License-Identifier: Apache-2.0 */
/* What everything in aws/ shares; inside aws/ only. */
#ifndef KOPSCOPE_AWS_SESSION_H
#define KOPSCOPE_AWS_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/aws.h"
#include "aws/budget.h"
#include "aws/credentials.h"
#include "aws/profile.h"
#include "aws/secret.h"
#include "aws/sigv4.h"
#include "core/base/strmap.h"
#include "core/io/http.h"
#include "core/io/loop.h"

struct aws {
	struct loop *loop; /* borrowed, http too */
	struct http *http;
	char *profile;         /* name; never NULL */
	bool profile_explicit; /* given as an option: the environment's keys do not count */
	char *region;          /* as an option; NULL */
	char *here;            /* region that the instance's metadata names; NULL */
	struct profiles *profiles;
	struct err profiles_err; /* why a shared file could not be read */
	struct creds_chain *chain;
	struct sigv4_cache keys;
	struct budget budget;
	int64_t skew_ms;       /* the servers' clock minus ours, when ours was refused */
	int retry_tokens;      /* what is left for repeating */
	int max_attempts;
	int64_t calm_until;    /* mono ms: nothing starts before, for somebody throttled us */
	struct strmap *bucket_regions; /* bucket -> region, learnt from answers */
	char *ca_bundle;       /* NULL: the system's */
	struct asker *asker;   /* borrowed; NULL: nobody can be asked */
	bool declined;         /* no code was given: not asked again by itself */
	bool lent;             /* our keys are in the environment, for the programs we run */
};

const char *aws_profile(const struct aws *a);
bool aws_profile_exists(const struct aws *a);
/* Reads the shared files again: the user may just have logged in. */
void aws_reload_profiles(struct aws *a);
/*
 * option, AWS_REGION, AWS_DEFAULT_REGION, profile, and on an instance that gave
 * us credentials its own; "us-east-1" when nobody says.
 */
const char *aws_region(const struct aws *a);
/* The same, and who says so: for people.  from may be NULL. */
const char *aws_region_from(const struct aws *a, const char **from);
int64_t aws_wall(const struct aws *a); /* ours, corrected by what we know of theirs */
int64_t aws_mono(const struct aws *a);

#endif
