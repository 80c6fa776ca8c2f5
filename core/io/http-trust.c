/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom the system trusts, read once for all connections.
 *
 * libcurl keeps a file of certificates in memory for all its connections (from 7.87 on), but
 * not where there is a folder of them beside it, as in Debian: then each connection to AWS
 * parses a hundred and forty certificates anew, for 20 ms and 700 KiB.  So libcurl is told of the
 * file alone, and the folder is added to what it keeps; OpenSSL looks into it when it is asked for
 * an issuer.
 */
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/io/http-inner.h"

/* A program that was copied from another system: certificates stand elsewhere on this one. */
static const char *http_trust_file(const char *built_in)
{
	static const char *const bundles[] = {
		"/etc/ssl/certs/ca-certificates.crt", /* Debian, Alpine, Arch */
		"/etc/pki/tls/certs/ca-bundle.crt",   /* Amazon Linux, Fedora, Red Hat */
		"/etc/ssl/ca-bundle.pem",             /* SUSE */
	};

	for (size_t i = 0; built_in && access(built_in, R_OK) &&
			i < sizeof(bundles) / sizeof(bundles[0]); i++) {
		if (!access(bundles[i], R_OK))
			return bundles[i];
	}
	return built_in;
}

/* Adding a folder that is there already changes nothing. */
static CURLcode http_trust_folder(CURL *easy, void *ctx, void *folder)
{
	X509_STORE_load_path(SSL_CTX_get_cert_store(ctx), folder);
	return CURLE_OK;
}

void http_trust_system(CURL *easy)
{
	const curl_version_info_data *curl = curl_version_info(CURLVERSION_NOW);
	char *file = NULL, *folder = NULL;

	curl_easy_getinfo(easy, CURLINFO_CAINFO, &file);
	curl_easy_getinfo(easy, CURLINFO_CAPATH, &folder);
	if (!file)
		return;
	const char *here = http_trust_file(file);
	curl_easy_setopt(easy, CURLOPT_CAINFO, here);
	if (!folder || !curl->ssl_version || !str_starts(curl->ssl_version, "OpenSSL/") ||
			access(here, R_OK))
		return;
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, http_trust_folder);
	/* Built into libcurl: it stays. */
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, folder);
}
