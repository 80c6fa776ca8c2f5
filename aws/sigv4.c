/* SPDX-License-Identifier: Apache-2.0 */
/* AWS Signature Version 4. */
#include "aws/sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/secret.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

#define ALGORITHM "AWS4-HMAC-SHA256"

/* A name and value ready for the canonical request. */
struct pair {
	char *name, *value;
};
struct pairs {
	struct pair *v;
	size_t n, cap;
};

static void pairs_take(struct pairs *p, char *name, char *value)
{
	p->v = xgrow(p->v, &p->cap, p->n, sizeof(*p->v));
	p->v[p->n++] = (struct pair){ .name = name, .value = value };
}

static void pairs_release(struct pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		OPENSSL_cleanse(p->v[i].value, strlen(p->v[i].value));
		free(p->v[i].name);
		free(p->v[i].value);
	}
	free(p->v);
}

/* Stable, for duplicates keep their order.  Lists are short. */
static void pairs_sort(struct pairs *p, bool by_value)
{
	for (size_t i = 1; i < p->n; i++) {
		struct pair x = p->v[i];
		size_t j = i;
		while (j > 0) {
			int c = strcmp(p->v[j - 1].name, x.name);
			if (c == 0 && by_value) {
				c = strcmp(p->v[j - 1].value, x.value);
			}
			if (c <= 0) {
				break;
			}
			p->v[j] = p->v[j - 1];
			j--;
		}
		p->v[j] = x;
	}
}

static void hex_encode(char *out, const unsigned char *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = '\0';
}

void sigv4_sha256_hex(char out[65], const void *p, size_t n)
{
	unsigned char digest[32] = { 0 };
	EVP_Digest(n ? p : "", n, digest, NULL, EVP_sha256(), NULL);
	hex_encode(out, digest, sizeof(digest));
}

static void hmac_sha256(unsigned char out[32], const void *key, size_t key_len, const char *text)
{
	HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, strlen(text), out, NULL);
}

/* ---- the path ---- */

static bool segment_is(const char *s, size_t n, const char *what)
{
	return n == strlen(what) && !memcmp(s, what, n);
}

/* RFC 3986 section 5.2.4, with runs of slashes taken as one. */
static void path_normalize(struct buf *out, const char *path)
{
	bool open_end = true;
	for (const char *s = path; *s;) {
		size_t n = strcspn(s, "/");
		open_end = true;
		if (segment_is(s, n, "..")) {
			while (out->len && out->data[out->len - 1] != '/') {
				out->data[--out->len] = '\0';
			}
			if (out->len) {
				out->data[--out->len] = '\0';
			}
		} else if (n && !segment_is(s, n, ".")) {
			buf_addc(out, '/');
			buf_add(out, s, n);
			open_end = s[n] == '/';
		}
		s += n + (s[n] == '/');
	}
	if (open_end || !out->len) {
		buf_addc(out, '/');
	}
}

static void path_add(struct buf *out, const char *path, bool normalize)
{
	struct buf plain = BUF_INIT;
	if (normalize) {
		path_normalize(&plain, str_empty(path) ? "/" : path);
	} else {
		url_decode(&plain, str_empty(path) ? "/" : path,
			str_empty(path) ? 1 : strlen(path), false);
	}
	url_encode(out, buf_str(&plain), true);
	buf_release(&plain);
}

/* ---- the query ---- */

static char *query_part(const char *s, size_t n)
{
	struct buf plain = BUF_INIT, strict = BUF_INIT;
	url_decode(&plain, s, n, false);
	url_encode(&strict, buf_str(&plain), false);
	buf_release(&plain);
	return buf_detach(&strict);
}

static void query_add_canonical(struct buf *out, const char *query)
{
	struct pairs p = { .v = NULL };
	for (const char *s = query ? query : ""; *s;) {
		size_t n = strcspn(s, "&");
		const char *eq = memchr(s, '=', n);
		size_t name = eq ? (size_t)(eq - s) : n;
		if (n) {
			pairs_take(&p, query_part(s, name),
				eq ? query_part(eq + 1, n - name - 1) : xstrdup(""));
		}
		s += n + (s[n] == '&');
	}
	pairs_sort(&p, true);
	for (size_t i = 0; i < p.n; i++) {
		buf_addf(out, "%s%s=%s", i ? "&" : "", p.v[i].name, p.v[i].value);
	}
	pairs_release(&p);
}

/* ---- the headers ---- */

/* Changed or added on the way, or (the second line) set by the signer itself. */
static const char *const unsigned_headers[] = {
	"connection", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
	"user-agent", "x-amzn-trace-id",
	"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256",
};

static bool header_is_signed(const char *name)
{
	for (size_t i = 0; i < sizeof(unsigned_headers) / sizeof(*unsigned_headers); i++) {
		if (!strcmp(name, unsigned_headers[i])) {
			return false;
		}
	}
	return !str_starts(name, "proxy-");
}

static char *header_name(const char *name)
{
	char *s = xstrdup(name);
	for (char *p = s; *p; p++) {
		if (*p >= 'A' && *p <= 'Z') {
			*p = (char)(*p - 'A' + 'a');
		}
	}
	return s;
}

/* Trimmed, inner runs of white space as one space. */
static char *header_value(const char *value)
{
	struct buf b = BUF_INIT;
	for (const char *s = value; *s;) {
		size_t n = strcspn(s, " \t\r\n");
		if (n) {
			if (b.len) {
				buf_addc(&b, ' ');
			}
			buf_add(&b, s, n);
		}
		s += n;
		s += strspn(s, " \t\r\n");
	}
	return buf_detach(&b);
}

static void header_take(struct pairs *p, const char *name, const char *value)
{
	pairs_take(p, xstrdup(name), header_value(value));
}

static void headers_add(const struct sigv4_in *in, struct sigv4_out *out)
{
	struct pairs p = { .v = NULL };
	for (size_t i = 0; i < in->nheaders; i++) {
		char *name = header_name(in->headers[i].name);
		if (header_is_signed(name)) {
			header_take(&p, name, in->headers[i].value);
		}
		free(name);
	}
	header_take(&p, "x-amz-date", out->date);
	if (in->sign_body) {
		header_take(&p, "x-amz-content-sha256", out->payload);
	}
	if (in->token && !in->omit_token) {
		header_take(&p, "x-amz-security-token", in->token);
	}
	pairs_sort(&p, false);
	for (size_t i = 0; i < p.n; i++) {
		if (i && !strcmp(p.v[i].name, p.v[i - 1].name)) {
			buf_addf(&out->canonical, ",%s", p.v[i].value);
			continue;
		}
		buf_addf(&out->canonical, "%s%s:%s", i ? "\n" : "", p.v[i].name, p.v[i].value);
		buf_addf(&out->signed_headers, "%s%s", i ? ";" : "", p.v[i].name);
	}
	buf_adds(&out->canonical, "\n");
	pairs_release(&p);
}

/* ---- the key ---- */

static bool key_derive(unsigned char out[32], const struct sigv4_in *in, const char *day)
{
	char first[264];
	unsigned char a[32], b[32];
	if (strlen(in->secret_key) > sizeof(first) - 5) {
		return false;
	}
	int n = snprintf(first, sizeof(first), "AWS4%s", in->secret_key);
	hmac_sha256(a, first, (size_t)n, day);
	hmac_sha256(b, a, sizeof(a), in->region);
	hmac_sha256(a, b, sizeof(b), in->service);
	hmac_sha256(out, a, sizeof(a), "aws4_request");
	OPENSSL_cleanse(first, sizeof(first));
	OPENSSL_cleanse(a, sizeof(a));
	OPENSSL_cleanse(b, sizeof(b));
	return true;
}

static bool key_get(unsigned char out[32], const struct sigv4_in *in, const char *scope,
	const char *day)
{
	struct sigv4_cache *c = in->cache;
	unsigned char owner[32] = { 0 };
	if (!c) {
		return key_derive(out, in, day);
	}
	EVP_Digest(in->secret_key, strlen(in->secret_key), owner, NULL, EVP_sha256(), NULL);
	for (size_t i = 0; i < sizeof(c->slot) / sizeof(*c->slot); i++) {
		if (!strcmp(c->slot[i].scope, scope) && !memcmp(c->slot[i].owner, owner, 32)) {
			memcpy(out, c->slot[i].key, 32);
			return true;
		}
	}
	if (!key_derive(out, in, day)) {
		return false;
	}
	unsigned int at = c->next++ % (sizeof(c->slot) / sizeof(*c->slot));
	snprintf(c->slot[at].scope, sizeof(c->slot[at].scope), "%s", scope);
	memcpy(c->slot[at].owner, owner, 32);
	memcpy(c->slot[at].key, out, 32);
	return true;
}

void sigv4_cache_wipe(struct sigv4_cache *c)
{
	OPENSSL_cleanse(c, sizeof(*c));
}

/* ---- all together ---- */

static void sigv4_build(const struct sigv4_in *in, struct sigv4_out *out, const char *scope)
{
	char hash[65];
	buf_addf(&out->canonical, "%s\n", in->method);
	path_add(&out->canonical, in->path, in->normalize);
	buf_addc(&out->canonical, '\n');
	query_add_canonical(&out->canonical, in->query);
	buf_addc(&out->canonical, '\n');
	headers_add(in, out);
	buf_addf(&out->canonical, "\n%s\n%s", buf_str(&out->signed_headers), out->payload);

	sigv4_sha256_hex(hash, out->canonical.data, out->canonical.len);
	buf_addf(&out->to_sign, ALGORITHM "\n%s\n%s\n%s", out->date, scope, hash);
}

bool sigv4_sign(const struct sigv4_in *in, struct sigv4_out *out)
{
	unsigned char key[32], mac[32];
	char scope[128], day[9];

	stamp_amz(out->date, in->wall_ms);
	snprintf(day, sizeof(day), "%.8s", out->date);
	int n = snprintf(scope, sizeof(scope), "%s/%s/%s/aws4_request", day, in->region,
		in->service);
	if (n < 0 || (size_t)n >= sizeof(scope)) {
		return false;
	}
	if (in->payload_hash) {
		snprintf(out->payload, sizeof(out->payload), "%s", in->payload_hash);
	} else {
		sigv4_sha256_hex(out->payload, in->body, in->body ? in->body_len : 0);
	}
	sigv4_build(in, out, scope);
	if (!key_get(key, in, scope, day)) {
		return false;
	}
	hmac_sha256(mac, key, sizeof(key), buf_str(&out->to_sign));
	OPENSSL_cleanse(key, sizeof(key));
	hex_encode(out->signature, mac, sizeof(mac));
	buf_addf(&out->authorization,
		ALGORITHM " Credential=%s/%s, SignedHeaders=%s, Signature=%s", in->access_key,
		scope, buf_str(&out->signed_headers), out->signature);
	return true;
}

void sigv4_out_release(struct sigv4_out *out)
{
	secret_release(&out->canonical);
	secret_release(&out->to_sign);
	secret_release(&out->signed_headers);
	secret_release(&out->authorization);
	OPENSSL_cleanse(out->signature, sizeof(out->signature));
}
