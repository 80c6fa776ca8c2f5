/* SPDX-License-Identifier: Apache-2.0 */
/* Requests over TLS: trust, names, client certificates.  The server is a child process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "core/base/buf.h"
#include "core/base/xalloc.h"
#include "core/io/http.h"

struct identity {
	EVP_PKEY *key;
	X509 *cert;
	char *cert_pem, *key_pem;
};

static struct identity ca, other_ca, host, client;
static struct clock clock_real;
static int port;
static pid_t server;

static char *bio_text(BIO *bio)
{
	char *p;
	long n = BIO_get_mem_data(bio, &p);
	char *s = xstrndup(p, (size_t)n);

	BIO_free(bio);
	return s;
}

static void add_extension(struct identity *id, int nid, const char *value)
{
	X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	X509_add_ext(id->cert, x, -1);
	X509_EXTENSION_free(x);
}

/* Signed by issuer; by itself, as an authority, when NULL. */
static void identity_make(struct identity *id, const char *name, const char *san,
	struct identity *issuer)
{
	static long serial;
	X509_NAME *subject;
	BIO *bio;

	id->key = EVP_EC_gen("P-256");
	id->cert = X509_new();
	X509_set_version(id->cert, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(id->cert), ++serial);
	X509_gmtime_adj(X509_getm_notBefore(id->cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(id->cert), 3600);
	X509_set_pubkey(id->cert, id->key);
	subject = X509_get_subject_name(id->cert);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1,
		-1, 0);
	X509_set_issuer_name(id->cert, issuer ? X509_get_subject_name(issuer->cert) : subject);
	if (!issuer)
		add_extension(id, NID_basic_constraints, "critical,CA:TRUE");
	if (san)
		add_extension(id, NID_subject_alt_name, san);
	X509_sign(id->cert, issuer ? issuer->key : id->key, EVP_sha256());
	bio = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(bio, id->cert);
	id->cert_pem = bio_text(bio);
	bio = BIO_new(BIO_s_mem());
	PEM_write_bio_PrivateKey(bio, id->key, NULL, NULL, 0, NULL, NULL);
	id->key_pem = bio_text(bio);
}

static void identity_release(struct identity *id)
{
	EVP_PKEY_free(id->key);
	X509_free(id->cert);
	free(id->cert_pem);
	free(id->key_pem);
}

/* Says who the client is, by which name it asked, and what it sent. */
static void serve(SSL *ssl)
{
	char request[4096], who[64] = "nobody", body[5000], head[128];
	const char *sni = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	X509 *peer = SSL_get1_peer_certificate(ssl);
	int n = SSL_read(ssl, request, sizeof(request) - 1);

	if (n <= 0)
		return;
	request[n] = '\0';
	if (peer)
		X509_NAME_get_text_by_NID(X509_get_subject_name(peer), NID_commonName, who,
			sizeof(who));
	n = snprintf(body, sizeof(body), "%s|%s|%s", who, sni ? sni : "none", request);
	snprintf(head, sizeof(head),
		"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", n);
	SSL_write(ssl, head, (int)strlen(head));
	SSL_write(ssl, body, n);
	SSL_shutdown(ssl);
}

static _Noreturn void server_run(int fd)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	SSL_CTX_use_certificate(ctx, host.cert);
	SSL_CTX_use_PrivateKey(ctx, host.key);
	X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca.cert);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		int c = accept(fd, NULL, NULL);
		SSL *ssl = SSL_new(ctx);

		SSL_set_fd(ssl, c);
		if (SSL_accept(ssl) > 0)
			serve(ssl);
		SSL_free(ssl);
		close(c);
	}
}

static void server_start(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 16) ||
			getsockname(fd, (struct sockaddr *)&a, &len))
		abort();
	port = ntohs(a.sin_port);
	server = fork();
	if (!server)
		server_run(fd);
	close(fd);
}

struct seen {
	bool freed;
	int status;
	struct buf body;
	struct err err;
};

static void on_done(void *ctx, const struct http_answer *a, const struct err *e)
{
	struct seen *s = ctx;

	s->status = a->status;
	buf_adds(&s->body, a->body);
	err_copy(&s->err, e);
}

static void on_free(void *ctx)
{
	((struct seen *)ctx)->freed = true;
}

static bool is_freed(void *ctx)
{
	return ((struct seen *)ctx)->freed;
}

static struct seen ask(const struct http_tls *tls)
{
	struct loop *l = loop_new(&clock_real);
	struct http *h = http_new(l);
	struct seen s = { .freed = false };
	char url[64];
	struct http_call call = {
		.url = url, .tls = tls, .on_done = on_done, .on_free = on_free, .ctx = &s,
		/* Nothing here is to run out: under valgrind a handshake takes its time. */
		.timeout_ms = 120000, .connect_timeout_ms = 120000,
	};

	snprintf(url, sizeof(url), "https://127.0.0.1:%d/x", port);
	http_start(h, &call);
	assert_true(loop_run_until(l, is_freed, &s, 150000));
	http_free(h);
	loop_free(l);
	return s;
}

static void expect_refused(const struct http_tls *tls, enum err_kind kind, const char *text)
{
	struct seen s = ask(tls);

	assert_int_equal(s.status, 0);
	if (s.err.kind != kind || !strstr(s.err.text, text))
		fail_msg("%s: \"%s\"", err_kind_name(s.err.kind), s.err.text);
	buf_release(&s.body);
}

static void expect_body(const struct http_tls *tls, const char *start)
{
	struct seen s = ask(tls);
	char expected[64];

	if (s.status != 200)
		fail_msg("\"%s\"", s.err.text);
	assert_memory_equal(s.body.data, start, strlen(start));
	/* Whatever name the certificate is checked for, the Host is the address's. */
	snprintf(expected, sizeof(expected), "\r\nHost: 127.0.0.1:%d\r\n", port);
	assert_non_null(strstr(s.body.data, expected));
	buf_release(&s.body);
}

static void test_trust(void **state)
{
	struct http_tls tls = { .server_name = "api.internal.example" };
	struct seen s;

	/* The system does not know our authority. */
	expect_refused(&tls, ERR_NETWORK, "certificate of 127.0.0.1 is not trusted: ");
	s = ask(&tls);
	assert_true(s.err.hint[0]);
	buf_release(&s.body);
	tls.ca_pem = other_ca.cert_pem;
	expect_refused(&tls, ERR_NETWORK, "is not trusted");
	tls.ca_pem = ca.cert_pem;
	expect_body(&tls, "nobody|api.internal.example|GET /x ");
	tls.ca_pem = "-----BEGIN NONSENSE-----\n";
	expect_refused(&tls, ERR_CONFIG, "certificate authority");
}

/* How often somebody opened the system's file of certificates. */
static unsigned system_opened;
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define COUNTED true
extern FILE *_IO_fopen(const char *path, const char *mode);

FILE *fopen64(const char *path, const char *mode)
{
	system_opened += strstr(path, "/etc/") == path;
	return _IO_fopen(path, mode);
}
#else
#define COUNTED false
#endif

struct many {
	struct http *http;
	unsigned left;
	char url[64];
	struct err err;
};

static void many_next(void *ctx);

static void many_done(void *ctx, const struct http_answer *a, const struct err *e)
{
	err_copy(&((struct many *)ctx)->err, e);
}

static void many_start(struct many *m)
{
	http_start(m->http, &(struct http_call){
		.url = m->url, .on_done = many_done, .on_free = many_next, .ctx = m,
		.timeout_ms = 120000, .connect_timeout_ms = 120000,
	});
}

static void many_next(void *ctx)
{
	struct many *m = ctx;

	if (--m->left)
		many_start(m);
}

static bool many_over(void *ctx)
{
	return !((struct many *)ctx)->left;
}

/* A hundred and forty certificates are parsed for the first connection alone. */
static void test_system_once(void **state)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	struct loop *l = loop_new(&clock_real);
	struct many m = { .http = http_new(l), .left = 4 };

	if (!COUNTED || curl->version_num < 0x075700 ||
			access("/etc/ssl/certs/ca-certificates.crt", R_OK)) {
		http_free(m.http);
		loop_free(l);
		skip();
	}
	snprintf(m.url, sizeof(m.url), "https://127.0.0.1:%d/x", port);
	system_opened = 0;
	many_start(&m);
	assert_true(loop_run_until(l, many_over, &m, 150000));
	assert_non_null(strstr(m.err.text, "is not trusted"));
	assert_int_equal(system_opened, 1);
	http_free(m.http);
	loop_free(l);
}

static void test_name(void **state)
{
	struct http_tls tls = { .ca_pem = ca.cert_pem };

	expect_refused(&tls, ERR_NETWORK, "is not trusted");
	tls.server_name = "elsewhere.example";
	expect_refused(&tls, ERR_NETWORK, "is not trusted");
	tls.insecure = true;
	expect_body(&tls, "nobody|elsewhere.example|GET /x ");
}

static void test_client_certificate(void **state)
{
	struct http_tls tls = {
		.ca_pem = ca.cert_pem, .server_name = "api.internal.example",
		.cert_pem = client.cert_pem, .key_pem = client.key_pem,
	};

	expect_body(&tls, "operator|api.internal.example|GET /x ");
	tls.key_pem = host.key_pem;
	expect_refused(&tls, ERR_CONFIG, "client certificate");
}

static void test_ca_file(void **state)
{
	char path[] = "/tmp/kopscope-ca-XXXXXX";
	struct http_tls tls = { .ca_file = path, .server_name = "api.internal.example" };
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_true(write(fd, ca.cert_pem, strlen(ca.cert_pem)) > 0);
	close(fd);
	expect_body(&tls, "nobody|");
	unlink(path);
	expect_refused(&tls, ERR_CONFIG, "certificate authority");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trust), cmocka_unit_test(test_system_once),
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_client_certificate), cmocka_unit_test(test_ca_file),
	};
	int failed;

	identity_make(&ca, "test authority", NULL, NULL);
	identity_make(&other_ca, "another authority", NULL, NULL);
	identity_make(&host, "host", "DNS:api.internal.example", &ca);
	identity_make(&client, "operator", NULL, &ca);
	server_start();
	clock_system(&clock_real, 1.0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	identity_release(&ca);
	identity_release(&other_ca);
	identity_release(&host);
	identity_release(&client);
	return failed;
}
