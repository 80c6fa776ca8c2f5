/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS Signature Version 4, header form, as a pure function: what to sign goes
 * in, the headers to add come out (facts: vpc-cni part 6.5).
 *
 * The path and query are given as they stand on the wire.  Every service but
 * S3 has its path normalised and encoded once more; S3's is taken as encoded.
 */
#ifndef KOPSCOPE_AWS_SIGV4_H
#define KOPSCOPE_AWS_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/io/http.h"

#define SIGV4_UNSIGNED_PAYLOAD "UNSIGNED-PAYLOAD"

/* Signing keys derived today, so that the chain of hashes runs once a day and scope. */
struct sigv4_cache {
	struct {
		char scope[128];         /* date/region/service; "": unused */
		unsigned char owner[32]; /* hash of the secret */
		unsigned char key[32];
	} slot[8];
	unsigned int next;
};
void sigv4_cache_wipe(struct sigv4_cache *c);

struct sigv4_in {
	const char *access_key, *secret_key;
	const char *token; /* NULL: none */
	const char *region, *service;
	int64_t wall_ms;
	const char *method, *path;
	const char *query; /* without '?'; NULL: none */
	const struct http_header *headers; /* Host among them */
	size_t nheaders;
	const void *body; /* NULL: none */
	size_t body_len;
	const char *payload_hash; /* NULL: that of body */
	bool normalize;  /* false for S3 */
	bool sign_body;  /* send and sign x-amz-content-sha256 */
	bool omit_token; /* the token is sent, but not signed */
	struct sigv4_cache *cache; /* NULL: derive the key */
};

struct sigv4_out {
	struct buf canonical, to_sign, signed_headers;
	struct buf authorization; /* value of the header */
	char date[20];            /* value of x-amz-date */
	char payload[65];         /* value of x-amz-content-sha256 */
	char signature[65];
};

/* Fills out, which must be zeroed.  False: the secret or a name is longer than AWS allows. */
bool sigv4_sign(const struct sigv4_in *in, struct sigv4_out *out);
void sigv4_out_release(struct sigv4_out *out); /* wipes */

/* 64 hexadecimal digits and NUL. */
void sigv4_sha256_hex(char out[65], const void *p, size_t n);

#endif
