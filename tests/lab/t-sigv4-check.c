/* SPDX-License-Identifier: Apache-2.0 */
/* The lab's signature check: published vectors when they are there, faults of our own. */
#include "lab/sigv4-check.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/digest.h"

static void t_digests(void **state)
{
	char hex[65];
	uint8_t mac[32];

	(void)state;
	digest_sha256_hex("abc", 3, hex);
	assert_string_equal(hex,
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	/* FIPS 180-4's two-block message */
	digest_sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
	assert_string_equal(hex,
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	digest_md5_hex("message digest", 14, hex); /* RFC 1321 */
	assert_string_equal(hex, "f96b697d7cb7938d525a2f31aaf161d0");
	/* RFC 4231, case 2 */
	digest_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac);
	digest_hex(mac, 32, hex);
	assert_string_equal(hex,
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* ---- requests signed here by hand ---- */

static const struct sig_key keys[] = {
	{ .access = "AKIDLAB", .secret = "lab/secret+key" },
	{ .access = "ASIALAB", .secret = "other", .token = "tok", .expires_ms = 2000000000000 },
};
#define NOW_TEXT "2026-11-22T13:00:00Z"
#define NOW_AMZ "20261122T130000Z"

struct made {
	struct sig_header h[8];
	size_t n;
	char *auth;
	struct sig_request r;
};

static void hmac_text(const void *key, size_t n, const char *text, uint8_t out[32])
{
	digest_hmac(key, n, text, strlen(text), out);
}

/* Signs the canonical request that is given in full: the test's own reading of the rules. */
static char *sign(const char *canonical, const char *scope_service, const char *signed_headers,
	const char *access, const char *secret)
{
	char hash[65], sig[65];
	uint8_t a[32], b[32];
	char *first = xasprintf("AWS4%s", secret), *text, *auth;

	digest_sha256_hex(canonical, strlen(canonical), hash);
	text = xasprintf("AWS4-HMAC-SHA256\n" NOW_AMZ "\n20261122/ap-northeast-2/%s/aws4_request\n%s",
		scope_service, hash);
	hmac_text(first, strlen(first), "20261122", a);
	hmac_text(a, 32, "ap-northeast-2", b);
	hmac_text(b, 32, scope_service, a);
	hmac_text(a, 32, "aws4_request", b);
	hmac_text(b, 32, text, a);
	digest_hex(a, 32, sig);
	auth = xasprintf("AWS4-HMAC-SHA256 Credential=%s/20261122/ap-northeast-2/%s/aws4_request, "
		"SignedHeaders=%s, Signature=%s", access, scope_service, signed_headers, sig);
	free(first);
	free(text);
	return auth;
}

static void made_header(struct made *m, const char *name, const char *value)
{
	m->h[m->n++] = (struct sig_header){ name, value };
	m->r.headers = m->h;
	m->r.header_count = m->n;
}

#define BODY "Action=DescribeInstances&Version=2016-11-15"

static void make_ec2(struct made *m, const char *secret)
{
	char hash[65];
	char *canonical;

	memset(m, 0, sizeof(*m));
	digest_sha256_hex(BODY, strlen(BODY), hash);
	canonical = xasprintf("POST\n/\n\ncontent-type:application/x-www-form-urlencoded\n"
		"host:127.0.0.1:8000\nx-amz-date:" NOW_AMZ "\n\ncontent-type;host;x-amz-date\n%s",
		hash);
	m->auth = sign(canonical, "ec2", "content-type;host;x-amz-date", "AKIDLAB", secret);
	free(canonical);
	m->r = (struct sig_request){ .method = "POST", .target = "/", .body = BODY,
		.body_len = strlen(BODY) };
	made_header(m, "Content-Type", "application/x-www-form-urlencoded");
	made_header(m, "Host", "127.0.0.1:8000");
	made_header(m, "X-Amz-Date", NOW_AMZ);
	made_header(m, "Authorization", m->auth);
}

static enum sig_fault check_at(const struct made *m, int64_t now, struct sig_result *out)
{
	bool ok = sig_check(&m->r, keys, 2, now, out);

	assert_int_equal(ok, out->fault == SIG_OK);
	return out->fault;
}

static enum sig_fault check(const struct made *m)
{
	struct sig_result out;

	return check_at(m, stamp_parse(NOW_TEXT), &out);
}

static void t_good(void **state)
{
	struct made m;
	struct sig_result out;

	(void)state;
	make_ec2(&m, "lab/secret+key");
	assert_int_equal(check_at(&m, stamp_parse(NOW_TEXT), &out), SIG_OK);
	assert_string_equal(out.service, "ec2");
	assert_string_equal(out.region, "ap-northeast-2");
	assert_string_equal(out.access, "AKIDLAB");
	/* five minutes either way are fine, six are not */
	assert_int_equal(check_at(&m, stamp_parse(NOW_TEXT) + 299000, &out), SIG_OK);
	assert_int_equal(check_at(&m, stamp_parse(NOW_TEXT) + 360000, &out), SIG_SKEWED);
	assert_int_equal(check_at(&m, stamp_parse(NOW_TEXT) - 360000, &out), SIG_SKEWED);
	free(m.auth);
}

static void t_faults(void **state)
{
	struct made m;

	(void)state;
	make_ec2(&m, "wrong");
	assert_int_equal(check(&m), SIG_MISMATCH);
	free(m.auth);
	make_ec2(&m, "lab/secret+key");
	m.r.body = "Action=TerminateInstances";
	m.r.body_len = strlen(m.r.body);
	assert_int_equal(check(&m), SIG_MISMATCH);
	m.r.body = BODY;
	m.r.body_len = strlen(BODY);
	m.r.target = "/?Action=Other";
	assert_int_equal(check(&m), SIG_MISMATCH);
	m.r.target = "/";
	m.h[2].value = "20261122T130001Z";
	assert_int_equal(check(&m), SIG_MISMATCH);
	m.h[2].value = "20261121T235959Z";
	assert_int_equal(check(&m), SIG_SCOPE);
	m.h[2].value = NOW_AMZ;
	made_header(&m, "X-Amz-Extra", "1");
	assert_int_equal(check(&m), SIG_UNSIGNED);
	m.r.header_count = 3;
	assert_int_equal(check(&m), SIG_MISSING);
	free(m.auth);
}

static void t_bad_headers(void **state)
{
	static const struct {
		const char *auth;
		enum sig_fault fault;
	} cases[] = {
		{ "Basic abc", SIG_INCOMPLETE },
		{ "AWS4-HMAC-SHA256 ", SIG_INCOMPLETE },
		{ "AWS4-HMAC-SHA256 Credential=AKIDLAB/20261122/r/ec2/aws4_request, Signature=0",
		  SIG_INCOMPLETE },
		{ "AWS4-HMAC-SHA256 Credential=AKIDLAB/r/ec2, SignedHeaders=host, Signature=0",
		  SIG_INCOMPLETE },
		{ "AWS4-HMAC-SHA256 Credential=NOBODY/20261122/r/ec2/aws4_request, "
		  "SignedHeaders=host;x-amz-date, Signature=0", SIG_UNKNOWN_KEY },
		{ "AWS4-HMAC-SHA256 Credential=ASIALAB/20261122/r/ec2/aws4_request, "
		  "SignedHeaders=host;x-amz-date, Signature=0", SIG_BAD_TOKEN },
		{ "AWS4-HMAC-SHA256 Credential=AKIDLAB/20261122/r/ec2/aws4_request, "
		  "SignedHeaders=x-amz-date, Signature=0", SIG_UNSIGNED },
		{ "AWS4-HMAC-SHA256 Credential=AKIDLAB/20261122/r/s3/aws4_request, "
		  "SignedHeaders=host;x-amz-date, Signature=0", SIG_INCOMPLETE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct made m = { .n = 0 };

		m.r = (struct sig_request){ .method = "GET", .target = "/" };
		made_header(&m, "Host", "h");
		made_header(&m, "X-Amz-Date", NOW_AMZ);
		made_header(&m, "Authorization", cases[i].auth);
		assert_int_equal(check(&m), cases[i].fault);
	}
}

static void t_session_token(void **state)
{
	struct made m = { .n = 0 };
	struct sig_result out;

	(void)state;
	/* S3: the path is encoded once, the query sorted */
	m.auth = sign("GET\n/a%20b/c\nlist-type=2&prefix=a%2Fb%20c\nhost:h\n"
		"x-amz-content-sha256:UNSIGNED-PAYLOAD\nx-amz-date:" NOW_AMZ "\n"
		"x-amz-security-token:tok\n\n"
		"host;x-amz-content-sha256;x-amz-date;x-amz-security-token\nUNSIGNED-PAYLOAD", "s3",
		"host;x-amz-content-sha256;x-amz-date;x-amz-security-token", "ASIALAB", "other");
	m.r = (struct sig_request){ .method = "GET",
		.target = "/a%20b/c?prefix=a/b%20c&list-type=2" };
	made_header(&m, "Host", "  h ");
	made_header(&m, "x-amz-date", NOW_AMZ);
	made_header(&m, "X-Amz-Security-Token", "tok");
	made_header(&m, "x-amz-content-sha256", "UNSIGNED-PAYLOAD");
	made_header(&m, "authorization", m.auth);
	assert_int_equal(check(&m), SIG_OK);
	assert_int_equal(check_at(&m, 2000000000000, &out), SIG_SKEWED);
	m.h[2].value = "other";
	assert_int_equal(check(&m), SIG_BAD_TOKEN);
	m.h[2].value = "tok";
	m.h[3].value = "0000";
	assert_int_equal(check(&m), SIG_PAYLOAD);
	free(m.auth);
}

static void t_chunks(void **state)
{
	static const char plain[] = "5;chunk-signature=00\r\nhello\r\n6\r\n world\r\n0\r\n"
		"x-amz-checksum-crc32:AAAAAA==\r\n\r\n";
	struct sig_result res = { .fault = SIG_OK };
	struct buf out = BUF_INIT;

	(void)state;
	assert_true(sig_decode_chunked(plain, strlen(plain), "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
		&res, &out));
	assert_string_equal(buf_str(&out), "hello world");
	buf_clear(&out);
	assert_false(sig_decode_chunked(plain, 20, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", &res,
		&out));
	assert_false(sig_decode_chunked("zz\r\n", 4, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", &res,
		&out));
	assert_false(sig_decode_chunked("ffffffffffffffff\r\nx", 19,
		"STREAMING-UNSIGNED-PAYLOAD-TRAILER", &res, &out));
	/* a signed stream with a wrong chunk signature */
	assert_false(sig_decode_chunked(plain, strlen(plain), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
		&res, &out));
	assert_int_equal(res.fault, SIG_MISMATCH);
	buf_release(&out);
}

/* A signed stream: each chunk's signature hangs on the one before it. */
static char *chunk_sign(const uint8_t key[32], const char *before, const char *data, char sig[65])
{
	char empty[65], hash[65];
	uint8_t mac[32];
	char *text;

	digest_sha256_hex("", 0, empty);
	digest_sha256_hex(data, strlen(data), hash);
	text = xasprintf("AWS4-HMAC-SHA256-PAYLOAD\n" NOW_AMZ "\nSCOPE\n%s\n%s\n%s", before, empty,
		hash);
	hmac_text(key, 32, text, mac);
	digest_hex(mac, 32, sig);
	free(text);
	return xasprintf("%zx;chunk-signature=%s\r\n%s\r\n", strlen(data), sig, data);
}

static void t_signed_chunks(void **state)
{
	static const uint8_t key[32] = { 1, 2, 3 };
	static const char seed[] =
		"0000000000000000000000000000000000000000000000000000000000000000";
	struct sig_result first = { .date = NOW_AMZ, .scope = "SCOPE" }, res;
	char one[65], two[65], last[65];
	char *a = chunk_sign(key, seed, "hello", one);
	char *b = chunk_sign(key, one, " world", two);
	char *c = chunk_sign(key, two, "", last);
	char *body = xasprintf("%s%s%s", a, b, c), *swapped = xasprintf("%s%s%s", b, a, c);
	struct buf out = BUF_INIT;

	(void)state;
	memcpy(first.signing_key, key, 32);
	memcpy(first.signature, seed, 65);
	res = first;
	assert_true(sig_decode_chunked(body, strlen(body), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
		&res,
		&out));
	assert_string_equal(buf_str(&out), "hello world");
	res = first;
	assert_false(sig_decode_chunked(swapped, strlen(swapped),
		"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", &res, &out));
	body[strlen(a) - 3] = 'O';
	res = first;
	assert_false(sig_decode_chunked(body, strlen(body), "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
		&res, &out));
	buf_release(&out);
	free(a);
	free(b);
	free(c);
	free(body);
	free(swapped);
}

/* ---- the published suite, read from the shared folder ---- */

static char *read_text(const char *dir, const char *name)
{
	char *path = file_join(dir, name);
	struct buf b = BUF_INIT;
	bool ok = file_read(path, &b, NULL);

	free(path);
	if (!ok) {
		buf_release(&b);
		return NULL;
	}
	return buf_detach(&b);
}

/* header-signed-request.txt: request line, headers, empty line, body. */
static bool vector_run(const char *dir)
{
	char *text = read_text(dir, "header-signed-request.txt");
	char *context = read_text(dir, "context.json");
	json_auto_t *j = context ? json_parse(context, strlen(context), NULL) : NULL;
	struct sig_key key = { .access = j ? json_str(j, "credentials.access_key_id") : NULL,
		.secret = j ? json_str(j, "credentials.secret_access_key") : NULL,
		.token = j ? json_str(j, "credentials.token") : NULL };
	struct sig_header h[32];
	struct sig_request r = { .headers = h };
	struct sig_result out;
	struct strlist lines = { 0 };
	char *last, *body;
	bool ok;

	assert_non_null(text);
	assert_non_null(j);
	body = strstr(text, "\n\n");
	if (body) {
		*body = '\0';
		body += 2;
		r.body = body;
		r.body_len = strlen(body);
	}
	strlist_split(&lines, text, '\n');
	r.method = lines.v[0];
	lines.v[0][strcspn(lines.v[0], " ")] = '\0';
	r.target = lines.v[0] + strlen(lines.v[0]) + 1;
	last = strrchr((char *)r.target, ' ');
	*last = '\0';
	for (size_t i = 1; i < lines.n && r.header_count < 32; i++) {
		char *colon = strchr(lines.v[i], ':');

		if (!colon)
			continue;
		*colon = '\0';
		h[r.header_count++] = (struct sig_header){ lines.v[i], colon + 1 };
	}
	ok = sig_check(&r, &key, 1, stamp_parse(json_str(j, "timestamp")), &out);
	if (!ok)
		print_message("%s: %s\n", dir, out.text);
	strlist_release(&lines);
	free(text);
	free(context);
	return ok;
}

static void t_published(void **state)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char *root = shared ? xstrdup(shared) : file_join(srcdir ? srcdir : ".", "../shared");
	char *dir = file_join(root, "data/aws-sigv4");
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	(void)state;
	free(root);
	if (!d) {
		free(dir);
		print_message("no published vectors here\n");
		skip();
		return;
	}
	while ((e = readdir(d)) != NULL) {
		char *one = file_join(dir, e->d_name);
		char *context = e->d_name[0] == '.' ? NULL : read_text(one, "context.json");

		/* "normalize": false is how S3 treats paths, under another service's name */
		if (context && !strstr(context, "\"normalize\": false")) {
			assert_true(vector_run(one));
			n++;
		}
		free(context);
		free(one);
	}
	closedir(d);
	free(dir);
	assert_true(n > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(t_digests),
		cmocka_unit_test(t_good),
		cmocka_unit_test(t_faults),
		cmocka_unit_test(t_bad_headers),
		cmocka_unit_test(t_session_token),
		cmocka_unit_test(t_chunks),
		cmocka_unit_test(t_signed_chunks),
		cmocka_unit_test(t_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
