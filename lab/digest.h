/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 (FIPS 180-4), HMAC (RFC 2104) and MD5 (RFC 1321) of the lab's own:
 * the lab shares no code with the client that it checks.
 */
#ifndef KOPSCOPE_LAB_DIGEST_H
#define KOPSCOPE_LAB_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SHA256 = 32, DIGEST_MD5 = 16 };

void digest_sha256(const void *p, size_t n, uint8_t out[DIGEST_SHA256]);
void digest_hmac(const void *key, size_t key_len, const void *p, size_t n,
	uint8_t out[DIGEST_SHA256]);
void digest_md5(const void *p, size_t n, uint8_t out[DIGEST_MD5]);

/* Lower-case hex of n bytes and a NUL: out has room for 2 * n + 1. */
void digest_hex(const uint8_t *p, size_t n, char *out);
void digest_sha256_hex(const void *p, size_t n, char out[2 * DIGEST_SHA256 + 1]);
void digest_md5_hex(const void *p, size_t n, char out[2 * DIGEST_MD5 + 1]);

#endif
