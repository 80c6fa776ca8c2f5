/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS for kopscope: one session of credentials, region and endpoints, and on it
 * an S3 state store, a source of observations and the cloud's verbs.
 *
 * Settings come from options, the environment and the shared files in the
 * SDKs' order (facts: vpc-cni part 6.2, 6.3).
 */
#ifndef KOPSCOPE_AWS_AWS_H
#define KOPSCOPE_AWS_AWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/io/asker.h"
#include "core/io/http.h"
#include "core/io/loop.h"
#include "core/model/source.h"
#include "core/model/things.h"

struct aws;

struct aws_options {
	const char *profile; /* NULL: AWS_PROFILE or default */
	/* NULL: environment, profile.  A cluster's own region goes before all of these. */
	const char *region;
	struct asker *asker; /* for the code of a second factor; NULL: nobody can be asked */
};

/* Never fails for want of credentials: calls do, with a hint.  Borrows loop and http. */
struct aws *aws_new(struct loop *l, struct http *h, const struct aws_options *o);
void aws_free(struct aws *a); /* after everything made from it */

/*
 * What the i-th credential provider said when they were last asked, in words:
 * "environment: AWS_ACCESS_KEY_ID is not set", "shared file: found".  NULL
 * behind the last one asked; for `kopscope check`.
 */
const char *aws_credentials_note(const struct aws *a, size_t i);
/* Names of the providers that were not asked, because an earlier one decided; NULL behind them. */
const char *aws_credentials_unasked(const struct aws *a, size_t i);
/* The program that the profile, or one whose role it takes, has for credentials
   (credential_process); borrowed; NULL: none. */
const char *aws_program(const struct aws *a);
/* The user wants another try: after a code was refused or not given nobody asks again before. */
void aws_ask_again(struct aws *a);
/* Calls to all services in the last minute. */
int aws_calls_per_minute(const struct aws *a);

/* How the session stands.  Strings are borrowed until the next call into aws. */
struct aws_about {
	const char *profile;
	const char *region, *region_from;     /* "AWS_REGION", "profile", ... */
	const char *endpoint, *endpoint_from; /* the user's own, for EC2; NULL: AWS's own */
	const char *provider;                 /* whose credentials are held; NULL: none yet */
	int64_t expires;                      /* wall ms; 0: they do not, or unknown */
	bool renews;                          /* by themselves, before that */
	int64_t skew_ms;                      /* their clock minus ours, when ours was refused */
};
void aws_about(const struct aws *a, struct aws_about *out);
/* "12 (EC2 6, S3 4, STS 2)": calls of the last minute by service. */
void aws_budget_words(const struct aws *a, char *out, size_t size);

/* Who we are, asked once.  done: exactly once, never from inside. */
struct aws_probe;
struct aws_probe *aws_probe_start(struct aws *a,
	void (*done)(void *ctx, const struct identity *i, const struct err *e), void *ctx);
void aws_probe_cancel(struct aws_probe *p); /* no done() any more; NULL is fine */

/* "s3://bucket[/prefix]".  NULL with ERR_USAGE when the URL is not of that form. */
struct store *aws_store_new(struct aws *a, const char *url, struct err *e);

/*
 * Groups, instances, types, subnets, balancers and the caller's identity of one
 * cluster, found by its tags.  region: the cluster's; NULL: the session's.
 */
struct source *aws_source_new(struct aws *a, const char *cluster, const char *region,
	const struct sink *sink);

/* Looks at the cluster's names in Route 53, too: for those whose API has one there. */
void aws_source_want_records(struct source *s);

/* The verbs; the same session and region. */
struct cloud *aws_cloud_new(struct aws *a, const char *region);
void aws_cloud_free(struct cloud *c);

#endif
