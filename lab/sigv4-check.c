/* SPDX-License-Identifier: Apache-2.0 */
/* Verifies AWS4-HMAC-SHA256 signatures. */
#include "lab/sigv4-check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"
#include "lab/digest.h"

static const char empty_sha256[] =
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct sig_param {
	char *name, *value; /* encoded */
};

static bool sig_fail(struct sig_result *r, enum sig_fault fault, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static bool sig_fail(struct sig_result *r, enum sig_fault fault, const char *fmt, ...)
{
	va_list ap;

	r->fault = fault;
	va_start(ap, fmt);
	vsnprintf(r->text, sizeof(r->text), fmt, ap);
	va_end(ap);
	return false;
}

const char *sig_header_get(const struct sig_request *r, const char *name)
{
	for (size_t i = 0; i < r->header_count; i++) {
		if (!strcasecmp(r->headers[i].name, name))
			return r->headers[i].value;
	}
	return NULL;
}

/* Removes dot segments and empty segments, as every service but S3 does. */
static char *path_normalise(const char *path, size_t len)
{
	struct strlist parts = { 0 };
	struct buf out = BUF_INIT;
	const char *p = path, *end = path + len;
	bool slash = false;

	while (p < end) {
		const char *q = memchr(p, '/', (size_t)(end - p));
		size_t n = q ? (size_t)(q - p) : (size_t)(end - p);

		slash = q != NULL;
		if (n == 2 && p[0] == '.' && p[1] == '.') {
			if (parts.n)
				free(parts.v[--parts.n]);
			slash = true;
		} else if (n == 1 && p[0] == '.') {
			slash = true;
		} else if (n > 0) {
			strlist_take(&parts, xstrndup(p, n));
		}
		p += n + (q ? 1 : 0);
	}
	for (size_t i = 0; i < parts.n; i++)
		buf_addf(&out, "/%s", parts.v[i]);
	if (slash || !parts.n)
		buf_addc(&out, '/');
	strlist_release(&parts);
	return buf_detach(&out);
}

static void path_canonical(const char *path, size_t len, bool s3, struct buf *out)
{
	if (s3) {
		struct buf plain = BUF_INIT;

		url_decode(&plain, path, len, false);
		url_encode(out, len ? buf_str(&plain) : "/", true);
		buf_release(&plain);
	} else {
		char *normal = path_normalise(path, len);

		url_encode(out, normal, true);
		free(normal);
	}
}

static int sig_param_cmp(const void *a, const void *b)
{
	const struct sig_param *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : strcmp(x->value, y->value);
}

static char *recode(const char *s, size_t n)
{
	struct buf plain = BUF_INIT, out = BUF_INIT;

	url_decode(&plain, s, n, false);
	url_encode(&out, buf_str(&plain), false);
	buf_release(&plain);
	return buf_detach(&out);
}

static void query_canonical(const char *query, struct buf *out)
{
	struct sig_param *params = NULL;
	size_t n = 0, cap = 0;

	for (const char *p = query; *p;) {
		size_t len = strcspn(p, "&");
		const char *eq = memchr(p, '=', len);
		size_t name_len = eq ? (size_t)(eq - p) : len;

		if (len) {
			params = xgrow(params, &cap, n, sizeof(*params));
			params[n].name = recode(p, name_len);
			params[n++].value = eq ? recode(eq + 1, len - name_len - 1) : xstrdup("");
		}
		p += len + (p[len] ? 1 : 0);
	}
	if (n)
		qsort(params, n, sizeof(*params), sig_param_cmp);
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%s=%s", i ? "&" : "", params[i].name, params[i].value);
		free(params[i].name);
		free(params[i].value);
	}
	free(params);
}

/* Trimmed, runs of white space squeezed to one space. */
static void header_value_canonical(const char *v, struct buf *out)
{
	bool gap = false, any = false;

	for (; *v; v++) {
		if (*v == ' ' || *v == '\t' || *v == '\n' || *v == '\r') {
			gap = any;
			continue;
		}
		if (gap)
			buf_addc(out, ' ');
		buf_addc(out, *v);
		gap = false;
		any = true;
	}
}

static void header_canonical(const struct sig_request *r, const char *name, struct buf *out)
{
	bool first = true;

	buf_addf(out, "%s:", name);
	for (size_t i = 0; i < r->header_count; i++) {
		if (strcasecmp(r->headers[i].name, name) != 0)
			continue;
		if (!first)
			buf_addc(out, ',');
		header_value_canonical(r->headers[i].value, out);
		first = false;
	}
	buf_addc(out, '\n');
}

void sig_canonical(const struct sig_request *r, const char *signed_headers, const char *service,
	const char *payload_hash, struct buf *out)
{
	size_t path_len = strcspn(r->target, "?");
	struct strlist names = { 0 };

	buf_addf(out, "%s\n", r->method);
	path_canonical(r->target, path_len, str_eq(service, "s3"), out);
	buf_addc(out, '\n');
	query_canonical(r->target[path_len] ? r->target + path_len + 1 : "", out);
	buf_addc(out, '\n');
	strlist_split(&names, signed_headers, ';');
	for (size_t i = 0; i < names.n; i++)
		header_canonical(r, names.v[i], out);
	strlist_release(&names);
	buf_addf(out, "\n%s\n%s", signed_headers, payload_hash);
}

/* The value of key= in the Authorization header, up to a comma or its end. */
static bool auth_part(const char *auth, const char *key, char *out, size_t size)
{
	size_t klen = strlen(key);

	for (const char *p = auth; *p;) {
		size_t n;

		p += strspn(p, " ,\t");
		n = strcspn(p, ",");
		if (n > klen && !strncmp(p, key, klen)) {
			while (n > klen && p[n - 1] == ' ')
				n--;
			if (n - klen >= size)
				return false;
			memcpy(out, p + klen, n - klen);
			out[n - klen] = '\0';
			return true;
		}
		p += n;
	}
	return false;
}

static void signing_key(const char *secret, const char *day, const char *region,
	const char *service, uint8_t out[32])
{
	uint8_t a[32], b[32];
	char *first = xasprintf("AWS4%s", secret);

	digest_hmac(first, strlen(first), day, strlen(day), a);
	free(first);
	digest_hmac(a, sizeof(a), region, strlen(region), b);
	digest_hmac(b, sizeof(b), service, strlen(service), a);
	digest_hmac(a, sizeof(a), "aws4_request", 12, out);
}

static void sign_text(const uint8_t key[32], const char *text, char out[65])
{
	uint8_t mac[32];

	digest_hmac(key, 32, text, strlen(text), mac);
	digest_hex(mac, sizeof(mac), out);
}

struct sig_auth {
	char credential[320], headers[2048], signature[130];
	char day[16];
};

/* Takes the Authorization header apart; access, region and service go to out. */
static bool auth_read(const char *auth, struct sig_auth *a, struct sig_result *out)
{
	struct strlist part = { 0 };
	bool ok;

	if (!str_starts(auth, "AWS4-HMAC-SHA256 "))
		return sig_fail(out, SIG_INCOMPLETE, "Unsupported authorization type");
	auth += strlen("AWS4-HMAC-SHA256 ");
	if (!auth_part(auth, "Credential=", a->credential, sizeof(a->credential)))
		return sig_fail(out, SIG_INCOMPLETE,
			"Authorization header requires 'Credential' parameter.");
	if (!auth_part(auth, "SignedHeaders=", a->headers, sizeof(a->headers)))
		return sig_fail(out, SIG_INCOMPLETE,
			"Authorization header requires 'SignedHeaders' parameter.");
	if (!auth_part(auth, "Signature=", a->signature, sizeof(a->signature)))
		return sig_fail(out, SIG_INCOMPLETE,
			"Authorization header requires 'Signature' parameter.");
	strlist_split(&part, a->credential, '/');
	ok = part.n == 5 && str_eq(part.v[4], "aws4_request") && strlen(part.v[1]) == 8;
	if (ok) {
		snprintf(out->access, sizeof(out->access), "%s", part.v[0]);
		snprintf(a->day, sizeof(a->day), "%s", part.v[1]);
		snprintf(out->region, sizeof(out->region), "%s", part.v[2]);
		snprintf(out->service, sizeof(out->service), "%s", part.v[3]);
		snprintf(out->scope, sizeof(out->scope), "%.8s/%.60s/%.60s/aws4_request", a->day,
			out->region, out->service);
	}
	strlist_release(&part);
	return ok || sig_fail(out, SIG_INCOMPLETE,
		"Credential must have 5 slash-delimited elements, e.g. "
		"KEY/YYYYMMDD/REGION/SERVICE/aws4_request.");
}

/* "20261122T130417Z" to ms; 0 when it is not of that form. */
static int64_t amz_date_parse(const char *s)
{
	char iso[32];

	if (strlen(s) != 16 || s[8] != 'T' || s[15] != 'Z')
		return 0;
	snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", s, s + 4, s + 6, s + 9,
		s + 11, s + 13);
	return stamp_parse(iso);
}

static bool auth_check_time(const struct sig_request *r, const struct sig_auth *a, int64_t now_ms,
	struct sig_result *out)
{
	const char *date = sig_header_get(r, "x-amz-date");
	int64_t at = date ? amz_date_parse(date) : 0;
	int64_t max = (str_eq(out->service, "s3") ? 15 : 5) * 60000;
	char now[20];

	if (!at)
		return sig_fail(out, SIG_INCOMPLETE,
			"Authorization header requires existence of an 'X-Amz-Date' header.");
	snprintf(out->date, sizeof(out->date), "%s", date);
	if (strncmp(date, a->day, 8) != 0)
		return sig_fail(out, SIG_SCOPE,
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
			"date from HTTP: '%s' != '%.8s', from '%s'.", a->day, date, date);
	stamp_amz(now, now_ms);
	if (at < now_ms - max)
		return sig_fail(out, SIG_SKEWED, "Signature expired: %s is now earlier than %s "
			"(%lld min.)", date, now, (long long)(max / 60000));
	if (at > now_ms + max)
		return sig_fail(out, SIG_SKEWED, "Signature not yet current: %s is still later "
			"than %s (%lld min.)", date, now, (long long)(max / 60000));
	return true;
}

static bool header_list_has(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; *p;) {
		size_t len = strcspn(p, ";");

		if (len == n && !strncasecmp(p, name, n))
			return true;
		p += len + (p[len] ? 1 : 0);
	}
	return false;
}

static bool auth_check_headers(const struct sig_request *r, const struct sig_auth *a,
	struct sig_result *out)
{
	if (!header_list_has(a->headers, "host"))
		return sig_fail(out, SIG_UNSIGNED, "'Host' or ':authority' must be a "
			"'SignedHeader' in the AWS Authorization.");
	for (size_t i = 0; i < r->header_count; i++) {
		const char *name = r->headers[i].name;

		/* a session token may be added behind the signing (post-sts-header-after) */
		if (strncasecmp(name, "x-amz-", 6) == 0 &&
			strcasecmp(name, "x-amz-security-token") != 0 &&
			!header_list_has(a->headers, name))
			return sig_fail(out, SIG_UNSIGNED, "There were headers present in the "
				"request which were not signed: %s", name);
	}
	return true;
}

static bool auth_check_token(const struct sig_request *r, const struct sig_key *key,
	int64_t now_ms, struct sig_result *out)
{
	const char *token = sig_header_get(r, "x-amz-security-token");

	if (key->token && !token)
		return sig_fail(out, SIG_BAD_TOKEN, "The security token included in the request "
			"is invalid: a session key needs its token.");
	if (token && !str_eq(token, key->token))
		return sig_fail(out, SIG_BAD_TOKEN,
			"The security token included in the request is invalid.");
	if (key->expires_ms && now_ms >= key->expires_ms)
		return sig_fail(out, SIG_EXPIRED_TOKEN,
			"The security token included in the request is expired");
	return true;
}

/* The hash that the canonical request ends with; checked against the body where it can be. */
static bool payload_hash(const struct sig_request *r, char hash[80], struct sig_result *out)
{
	const char *said = sig_header_get(r, "x-amz-content-sha256");
	char real[65];

	digest_sha256_hex(r->body ? r->body : "", r->body_len, real);
	if (!said) {
		snprintf(hash, 80, "%s", real);
		return !str_eq(out->service, "s3") || sig_fail(out, SIG_INCOMPLETE,
			"Missing required header for this request: x-amz-content-sha256");
	}
	if (strlen(said) >= 80)
		return sig_fail(out, SIG_PAYLOAD, "x-amz-content-sha256 must be "
			"UNSIGNED-PAYLOAD, STREAMING-... or a valid sha256 value.");
	snprintf(hash, 80, "%s", said);
	if (str_eq(said, "UNSIGNED-PAYLOAD") || str_starts(said, "STREAMING-"))
		return true;
	return str_eq(said, real) || sig_fail(out, SIG_PAYLOAD, "The provided "
		"'x-amz-content-sha256' header does not match what was computed.");
}

static const struct sig_key *key_find(const struct sig_key *keys, size_t n, const char *access)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(keys[i].access, access))
			return &keys[i];
	}
	return NULL;
}

bool sig_check(const struct sig_request *r, const struct sig_key *keys, size_t key_count,
	int64_t now_ms, struct sig_result *out)
{
	const char *auth = sig_header_get(r, "authorization");
	const struct sig_key *key;
	struct sig_auth a = { .day = "" };
	struct buf text = BUF_INIT;
	char hash[80];

	memset(out, 0, sizeof(*out));
	if (!auth)
		return sig_fail(out, SIG_MISSING, "Request is missing Authentication Token");
	if (!auth_read(auth, &a, out))
		return false;
	key = key_find(keys, key_count, out->access);
	if (!key)
		return sig_fail(out, SIG_UNKNOWN_KEY,
			"The security token included in the request is invalid.");
	if (!auth_check_time(r, &a, now_ms, out) || !auth_check_headers(r, &a, out)
		|| !auth_check_token(r, key, now_ms, out) || !payload_hash(r, hash, out))
		return false;
	sig_canonical(r, a.headers, out->service, hash, &text);
	digest_sha256_hex(buf_str(&text), text.len, out->canonical_sha256);
	buf_clear(&text);
	buf_addf(&text, "AWS4-HMAC-SHA256\n%s\n%s\n%s", out->date, out->scope,
		out->canonical_sha256);
	signing_key(key->secret, a.day, out->region, out->service, out->signing_key);
	sign_text(out->signing_key, buf_str(&text), out->signature);
	buf_release(&text);
	if (!str_eq(out->signature, a.signature))
		return sig_fail(out, SIG_MISMATCH, "The request signature we calculated does not "
			"match the signature you provided. Check your AWS Secret Access Key and "
			"signing method. Consult the service documentation for details.");
	return true;
}

static bool chunk_verify(const char *data, size_t n, const char *signature,
	struct sig_result *res)
{
	char hash[65], want[65];
	char *text;

	digest_sha256_hex(data, n, hash);
	text = xasprintf("AWS4-HMAC-SHA256-PAYLOAD\n%s\n%s\n%s\n%s\n%s", res->date, res->scope,
		res->signature, empty_sha256, hash);
	sign_text(res->signing_key, text, want);
	free(text);
	if (strlen(signature) < 64 || strncmp(signature, want, 64) != 0)
		return sig_fail(res, SIG_MISMATCH, "A chunk's signature does not match.");
	memcpy(res->signature, want, sizeof(want));
	return true;
}

bool sig_decode_chunked(const char *body, size_t len, const char *payload_kind,
	struct sig_result *res, struct buf *out)
{
	bool is_signed = str_starts(payload_kind, "STREAMING-AWS4-HMAC-SHA256");
	size_t at = 0;

	for (;;) {
		const char *line = body + at;
		const char *eol = at < len ? memmem(line, len - at, "\r\n", 2) : NULL;
		const char *sig;
		unsigned long long n;
		char head[160], *end;

		if (!eol || (size_t)(eol - line) >= sizeof(head))
			return sig_fail(res, SIG_INCOMPLETE, "A chunk's head is missing.");
		memcpy(head, line, (size_t)(eol - line));
		head[eol - line] = '\0';
		at = (size_t)(eol - body) + 2;
		n = strtoull(head, &end, 16);
		sig = strstr(head, ";chunk-signature=");
		if (end == head || n > len - at)
			return sig_fail(res, SIG_INCOMPLETE, "A chunk is cut short.");
		if (is_signed && (!sig
			|| !chunk_verify(body + at, (size_t)n, sig + strlen(";chunk-signature="),
				res)))
			return sig_fail(res, SIG_MISMATCH, "A chunk's signature does not match.");
		if (!n)
			return true;
		buf_add(out, body + at, (size_t)n);
		at += (size_t)n;
		if (len - at < 2 || memcmp(body + at, "\r\n", 2) != 0)
			return sig_fail(res, SIG_INCOMPLETE, "A chunk does not end.");
		at += 2;
	}
}
