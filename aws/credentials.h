/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who we are for AWS: the chain of credential providers, asked in the SDKs'
 * order (facts: vpc-cni 6.2), and its answer, kept until shortly before it
 * expires.  Each provider is one row of the chain's table.
 */
#ifndef KOPSCOPE_AWS_CREDENTIALS_H
#define KOPSCOPE_AWS_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/strs.h"

struct aws;

struct credentials {
	char *access_key, *secret_key;
	char *token;      /* NULL: none */
	int64_t expires;  /* wall ms; 0: never, or not told */
	bool once;        /* cannot be had again without the user: a code was asked for */
	bool renews;      /* its provider gives new ones by itself; set by the chain */
	const char *provider; /* name of its row; static */
};
void credentials_copy(struct credentials *to, const struct credentials *from);
void credentials_release(struct credentials *c); /* wipes */

struct creds_chain;
struct creds_wait;

struct creds_chain *creds_chain_new(struct aws *a);
void creds_chain_free(struct creds_chain *c); /* waiting ones are dropped without a word */

/*
 * Calls done with the credentials (borrowed) or with ERR_AUTH and a hint that
 * names what was looked for; perhaps at once, in which case NULL is returned.
 */
struct creds_wait *creds_get(struct creds_chain *c,
	void (*done)(void *ctx, const struct credentials *v, const struct err *e), void *ctx);
void creds_wait_cancel(struct creds_wait *w);

/* What we have was refused (expired): the next creds_get() asks anew. */
void creds_forget(struct creds_chain *c);

/* What is held now; NULL: nothing (yet). */
const struct credentials *creds_held(const struct creds_chain *c);
/* "environment: AWS_ACCESS_KEY_ID is not set" for each provider asked in the last walk. */
const struct strlist *creds_notes(const struct creds_chain *c);
/* Name of the i-th provider in the order of asking; NULL behind the last. */
const char *creds_provider_name(size_t i);

#endif
