/* SPDX-License-Identifier: Apache-2.0 */
/* One kind of place where credentials may come from.  See credentials.h. */
#ifndef KOPSCOPE_AWS_PROVIDER_H
#define KOPSCOPE_AWS_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/credentials.h"
#include "core/base/err.h"
#include "core/io/http.h"
#include "core/io/loop.h"

struct aws;
struct provider_run;

enum provider_answer {
	PROVIDER_FOUND,
	PROVIDER_ABSENT, /* not set up: the next one is asked */
	PROVIDER_FAILED, /* set up, but broken: the user must know, nobody else is asked */
};

struct provider {
	const char *name;
	bool renews; /* asked again it gives newer ones */
	/* Ends in run->done(), perhaps at once. */
	void (*start)(struct provider_run *run);
	void (*cancel)(struct provider_run *run); /* NULL: start never waits */
};

/* One provider being asked. */
struct provider_run {
	struct aws *aws;
	const struct provider *provider;
	const char *profile; /* whose settings are looked at */
	bool named;  /* a profile's credential_source names this provider */
	const struct provider_run *outer; /* the role this is done for; NULL: none */
	void *owner; /* of whoever gets done() */
	void *state; /* the provider's own while it waits */
	/* FOUND: v; it is copied.  Otherwise why says what was looked for. */
	void (*done)(struct provider_run *run, enum provider_answer answer,
		const struct credentials *v, const struct err *why);
};

/* Shorthands for done(). */
void provider_absent(struct provider_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void provider_failed(struct provider_run *run, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Asks the providers of a list one after another until one is set up.  The
 * walk is the caller's, zeroed, and may be freed from done(), which comes
 * exactly once, perhaps at once; ABSENT when none is set up, with the last
 * one's words.
 */
struct provider_walk {
	const struct provider *const *list;
	size_t n, step;
	struct provider_run run;
	void (*note)(void *ctx, const struct provider *p, const char *text); /* NULL: nobody */
	void (*done)(void *ctx, enum provider_answer answer, const struct provider *p,
		const struct credentials *v, const struct err *why);
	void *ctx;
};
void provider_walk_start(struct provider_walk *w); /* run.aws and run.profile are set */
void provider_walk_cancel(struct provider_walk *w);

/*
 * Reads the JSON that credential_process, containers and IMDS answer with;
 * token_key is "SessionToken" or "Token".  v is filled on success only.
 */
bool provider_read_json(struct credentials *v, const char *text, size_t len,
	const char *token_key, struct err *e);

/* A small GET or PUT; local: to this machine or its link, never through a proxy. */
struct provider_fetch;
struct provider_fetch *provider_fetch_start(struct aws *a, const char *method, const char *url,
	const struct http_header *headers, size_t nheaders, int timeout_ms, bool local,
	void (*done)(void *ctx, const struct http_answer *answer, const struct err *e), void *ctx);
void provider_fetch_cancel(struct provider_fetch *f); /* NULL is fine */

/*
 * What AssumeRole and AssumeRoleWithWebIdentity answer with; element is the
 * name of the result.  False: something is missing.
 */
struct xml_node;
bool provider_read_sts(struct credentials *v, const struct xml_node *root, const char *element);
/* role_session_name of the profile, else one of ours; owned by the caller. */
char *provider_session_name(const struct provider_run *run);

extern const struct provider provider_environment;
extern const struct provider provider_assume_role;
extern const struct provider provider_web_identity;
extern const struct provider provider_sso;
extern const struct provider provider_shared_file;
extern const struct provider provider_process;
extern const struct provider provider_config_file;
extern const struct provider provider_container;
extern const struct provider provider_imds;

#endif
