/* SPDX-License-Identifier: Apache-2.0 */
/* The lab's own certificate authority and server certificate, with OpenSSL. */
#include "lab/tls.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"

static bool cert_extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	bool ok = x && X509_add_ext(cert, x, -1);
	X509_EXTENSION_free(x);
	return ok;
}

static bool cert_name(X509_NAME *name, const char *cn)
{
	return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1,
		-1, 0);
}

static X509 *cert_new(const char *cn, EVP_PKEY *key)
{
	X509 *c = X509_new();
	unsigned char serial[8] = { 0 };
	if (!c)
		return NULL;
	bool ok = RAND_bytes(serial + 1, 7) == 1;
	uint64_t n = 0;
	for (size_t i = 0; i < sizeof(serial); i++)
		n = n << 8 | serial[i];
	ok = ok && X509_set_version(c, 2) && ASN1_INTEGER_set_uint64(X509_get_serialNumber(c), n);
	ok = ok && X509_gmtime_adj(X509_getm_notBefore(c), -86400L);
	ok = ok && X509_gmtime_adj(X509_getm_notAfter(c), 3650L * 86400L);
	ok = ok && X509_set_pubkey(c, key) && cert_name(X509_get_subject_name(c), cn);
	if (ok)
		return c;
	X509_free(c);
	return NULL;
}

static bool ca_finish(X509 *ca, EVP_PKEY *key)
{
	return X509_set_issuer_name(ca, X509_get_subject_name(ca)) &&
		cert_extend(ca, ca, NID_basic_constraints, "critical,CA:TRUE") &&
		cert_extend(ca, ca, NID_key_usage,
		"critical,keyCertSign,cRLSign,digitalSignature") &&
		cert_extend(ca, ca, NID_subject_key_identifier, "hash") &&
		X509_sign(ca, key, EVP_sha256()) > 0;
}

static bool server_finish(X509 *cert, X509 *ca, EVP_PKEY *ca_key)
{
	return X509_set_issuer_name(cert, X509_get_subject_name(ca)) &&
		cert_extend(cert, ca, NID_basic_constraints, "critical,CA:FALSE") &&
		cert_extend(cert, ca, NID_key_usage, "critical,digitalSignature") &&
		cert_extend(cert, ca, NID_ext_key_usage, "serverAuth") &&
		cert_extend(cert, ca, NID_authority_key_identifier, "keyid") &&
		cert_extend(cert, ca, NID_subject_alt_name,
			"IP:127.0.0.1,IP:::1,DNS:localhost,DNS:kubernetes") &&
		X509_sign(cert, ca_key, EVP_sha256()) > 0;
}

static char *bio_text(BIO *b)
{
	char *p = NULL;
	long n = BIO_get_mem_data(b, &p);
	return n > 0 ? xstrndup(p, (size_t)n) : xstrdup("");
}

static char *cert_pem(X509 *c)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *text = b && PEM_write_bio_X509(b, c) ? bio_text(b) : NULL;
	BIO_free(b);
	return text;
}

static char *key_pem(EVP_PKEY *k)
{
	BIO *b = BIO_new(BIO_s_secmem());
	bool ok = b && PEM_write_bio_PKCS8PrivateKey(b, k, NULL, NULL, 0, NULL, NULL);
	char *text = ok ? bio_text(b) : NULL;
	BIO_free(b);
	return text;
}

bool tls_pair_make(struct tls_pair *out, struct err *e)
{
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509 *ca = ca_key ? cert_new("kopscope-lab-ca", ca_key) : NULL;
	X509 *cert = key ? cert_new("kopscope-lab", key) : NULL;
	struct tls_pair p = { .ca_pem = NULL };
	bool ok = ca && cert && ca_finish(ca, ca_key) && server_finish(cert, ca, ca_key);
	if (ok) {
		p.ca_pem = cert_pem(ca);
		p.cert_pem = cert_pem(cert);
		p.key_pem = key_pem(key);
		ok = p.ca_pem && p.cert_pem && p.key_pem;
	}
	X509_free(ca);
	X509_free(cert);
	EVP_PKEY_free(ca_key);
	EVP_PKEY_free(key);
	if (!ok) {
		tls_pair_release(&p);
		return err_set(e, ERR_IO, "cannot make the lab's certificate with OpenSSL");
	}
	*out = p;
	return true;
}

void tls_pair_release(struct tls_pair *p)
{
	if (p->key_pem)
		OPENSSL_cleanse(p->key_pem, strlen(p->key_pem));
	free(p->key_pem);
	free(p->ca_pem);
	free(p->cert_pem);
	*p = (struct tls_pair){ .ca_pem = NULL };
}
