/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verifying side of AWS Signature Version 4 (facts: vpc-cni part 6.5),
 * written from the rules and not from the signer in aws/, so that one mistake
 * cannot hide in both ends of a wire.  Only Authorization headers: the lab
 * takes no presigned URLs.
 */
#ifndef KOPSCOPE_LAB_SIGV4_CHECK_H
#define KOPSCOPE_LAB_SIGV4_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

struct sig_header {
	const char *name, *value; /* as they came; duplicates in order */
};

/* Everything borrowed. */
struct sig_request {
	const char *method;
	const char *target; /* path and query exactly as on the request line */
	const struct sig_header *headers;
	size_t header_count;
	const char *body;
	size_t body_len;
};

/* token NULL: a long-lived key.  expires: ms since 1970, 0 never. */
struct sig_key {
	const char *access, *secret, *token;
	int64_t expires_ms;
};

enum sig_fault {
	SIG_OK,
	SIG_MISSING,       /* no Authorization header */
	SIG_INCOMPLETE,    /* a part of it is missing or unreadable */
	SIG_UNKNOWN_KEY,
	SIG_BAD_TOKEN,     /* a session token is missing, wrong or uncalled for */
	SIG_EXPIRED_TOKEN,
	SIG_SKEWED,        /* the request's time is too far from ours */
	SIG_SCOPE,         /* its day and the credential's differ, or no such service form */
	SIG_UNSIGNED,      /* host or an x-amz- header is not signed */
	SIG_PAYLOAD,       /* x-amz-content-sha256 is not the body's hash */
	SIG_MISMATCH,
};

struct sig_result {
	enum sig_fault fault;
	char access[128];
	char region[64];
	char service[64]; /* set as far as the header could be read */
	char text[256];   /* what is wrong, for the message; "" when well */
	char canonical_sha256[65];
	/* for the chunks of a streamed body: */
	char date[20], scope[200];
	char signature[65];
	uint8_t signing_key[32];
};

/*
 * Checks the request against the known keys.  The times may differ by 5 min,
 * with S3 by 15.  now_ms is wall time.
 */
bool sig_check(const struct sig_request *r, const struct sig_key *keys, size_t key_count,
	int64_t now_ms, struct sig_result *out);

/* The canonical request alone (for tests and for messages). */
void sig_canonical(const struct sig_request *r, const char *signed_headers, const char *service,
	const char *payload_hash, struct buf *out);

/* The header's value with this name in any case, NULL when absent. */
const char *sig_header_get(const struct sig_request *r, const char *name);

/*
 * An aws-chunked body (content-encoding aws-chunked; x-amz-content-sha256
 * STREAMING-...) decoded into out.  Signed chunks are verified when res comes
 * from sig_check(); trailers are skipped.  False with fault and text in res.
 */
bool sig_decode_chunked(const char *body, size_t len, const char *payload_kind,
	struct sig_result *res, struct buf *out);

#endif
