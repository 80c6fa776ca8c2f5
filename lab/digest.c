/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, HMAC-SHA-256 and MD5. */
#include "lab/digest.h"

#include <stdbool.h>
#include <string.h>

static const uint32_t sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
	0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
	0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
	0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
	0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
	0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
	0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
	0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
	0xc67178f2,
};

static const uint32_t md5_k[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613,
	0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193,
	0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d,
	0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed,
	0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122,
	0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244,
	0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
	0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
	0xeb86d391,
};
static const uint8_t md5_shift[4][4] = {
	{ 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 }, { 6, 10, 15, 21 },
};

static uint32_t rotl(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static uint32_t load32(const uint8_t *p, bool big)
{
	return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]
		   : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static void sha256_block(uint32_t h[8], const uint8_t *p)
{
	uint32_t w[64];
	uint32_t s[8];

	for (int i = 0; i < 16; i++)
		w[i] = load32(p + 4 * i, true);
	for (int i = 16; i < 64; i++) {
		uint32_t a = w[i - 15], b = w[i - 2];

		w[i] = w[i - 16] + (rotl(a, 25) ^ rotl(a, 14) ^ a >> 3) + w[i - 7]
			+ (rotl(b, 15) ^ rotl(b, 13) ^ b >> 10);
	}
	memcpy(s, h, sizeof(s));
	for (int i = 0; i < 64; i++) {
		uint32_t t1 = s[7] + (rotl(s[4], 26) ^ rotl(s[4], 21) ^ rotl(s[4], 7))
			+ ((s[4] & s[5]) ^ (~s[4] & s[6])) + sha256_k[i] + w[i];
		uint32_t t2 = (rotl(s[0], 30) ^ rotl(s[0], 19) ^ rotl(s[0], 10))
			+ ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));

		memmove(s + 1, s, 7 * sizeof(*s));
		s[4] += t1;
		s[0] = t1 + t2;
	}
	for (int i = 0; i < 8; i++)
		h[i] += s[i];
}

static void md5_block(uint32_t h[4], const uint8_t *p)
{
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3];

	for (unsigned i = 0; i < 64; i++) {
		uint32_t f;
		unsigned g;

		if (i < 16) {
			f = (b & c) | (~b & d);
			g = i;
		} else if (i < 32) {
			f = (d & b) | (~d & c);
			g = (5 * i + 1) % 16;
		} else if (i < 48) {
			f = b ^ c ^ d;
			g = (3 * i + 5) % 16;
		} else {
			f = c ^ (b | ~d);
			g = 7 * i % 16;
		}
		f += a + md5_k[i] + load32(p + 4 * (size_t)g, false);
		a = d;
		d = c;
		c = b;
		b += rotl(f, md5_shift[i / 16][i % 4]);
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
}

/* Both hashes pad alike: 0x80, zeros, the length in bits; they differ in byte order. */
static void hash_run(uint32_t *h, const uint8_t *p, size_t n, size_t before, bool big,
	void (*block)(uint32_t *, const uint8_t *))
{
	uint8_t tail[128] = { 0 };
	uint64_t bits = ((uint64_t)n + before) * 8; /* before: bytes already in h */
	size_t rest, pad;

	for (rest = n; rest >= 64; rest -= 64, p += 64)
		block(h, p);
	if (rest)
		memcpy(tail, p, rest);
	tail[rest] = 0x80;
	pad = rest < 56 ? 64 : 128;
	for (size_t i = 0; i < 8; i++)
		tail[pad - 8 + i] = (uint8_t)(bits >> (big ? 56 - 8 * i : 8 * i));
	for (size_t at = 0; at < pad; at += 64)
		block(h, tail + at);
}

void digest_sha256(const void *p, size_t n, uint8_t out[DIGEST_SHA256])
{
	uint32_t h[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
		0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

	hash_run(h, p, n, 0, true, sha256_block);
	for (int i = 0; i < DIGEST_SHA256; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

void digest_md5(const void *p, size_t n, uint8_t out[DIGEST_MD5])
{
	uint32_t h[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 };

	hash_run(h, p, n, 0, false, md5_block);
	for (int i = 0; i < DIGEST_MD5; i++)
		out[i] = (uint8_t)(h[i / 4] >> (8 * (i % 4)));
}

void digest_hmac(const void *key, size_t key_len, const void *p, size_t n,
	uint8_t out[DIGEST_SHA256])
{
	uint32_t inner[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
		0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint8_t k[64] = { 0 }, pad[64], outer[64 + DIGEST_SHA256];

	if (key_len > sizeof(k))
		digest_sha256(key, key_len, k);
	else if (key_len)
		memcpy(k, key, key_len);
	for (int i = 0; i < 64; i++) {
		pad[i] = k[i] ^ 0x36;
		outer[i] = k[i] ^ 0x5c;
	}
	sha256_block(inner, pad);
	hash_run(inner, p, n, sizeof(pad), true, sha256_block);
	for (int i = 0; i < DIGEST_SHA256; i++)
		outer[64 + i] = (uint8_t)(inner[i / 4] >> (24 - 8 * (i % 4)));
	digest_sha256(outer, sizeof(outer), out);
}

void digest_hex(const uint8_t *p, size_t n, char *out)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = hex[p[i] >> 4];
		out[2 * i + 1] = hex[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void digest_sha256_hex(const void *p, size_t n, char out[2 * DIGEST_SHA256 + 1])
{
	uint8_t d[DIGEST_SHA256];

	digest_sha256(p, n, d);
	digest_hex(d, sizeof(d), out);
}

void digest_md5_hex(const void *p, size_t n, char out[2 * DIGEST_MD5 + 1])
{
	uint8_t d[DIGEST_MD5];

	digest_md5(p, n, d);
	digest_hex(d, sizeof(d), out);
}
