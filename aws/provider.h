/* SPDX-License-Identifier: Apache-2.0 */
/* One kind of place where credentials may come from.  See credentials.h. */
#ifndef KOPSCOPE_AWS_PROVIDER_H
#define KOPSCOPE_AWS_PROVIDER_H

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
	/* Ends in run->done(), perhaps at once. */
	void (*start)(struct provider_run *run);
	void (*cancel)(struct provider_run *run); /* NULL: start never waits */
};

/* One provider being asked. */
struct provider_run {
	struct aws *aws;
	const struct provider *provider;
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
 * Reads the JSON that credential_process, containers and IMDS answer with;
 * token_key is "SessionToken" or "Token".  v is filled on success only.
 */
bool provider_read_json(struct credentials *v, const char *text, size_t len,
	const char *token_key, struct err *e);

/* A small GET or PUT to a link-local place, without proxies; see provider-http.c. */
struct provider_fetch;
struct provider_fetch *provider_fetch_start(struct aws *a, const char *method, const char *url,
	const struct http_header *headers, size_t nheaders, int timeout_ms,
	void (*done)(void *ctx, const struct http_answer *answer, const struct err *e), void *ctx);
void provider_fetch_cancel(struct provider_fetch *f); /* NULL is fine */

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
