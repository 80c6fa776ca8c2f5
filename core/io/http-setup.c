/* SPDX-License-Identifier: Apache-2.0 */
/* From struct http_call to libcurl's options. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/http-inner.h"
#include "core/io/trace.h"

/* The pieces of a URL, pointing into it. */
struct http_url {
	const char *scheme_end; /* behind "://" */
	const char *host;       /* without brackets */
	size_t host_len;
	const char *port;
	size_t port_len;        /* 0: none given */
	const char *rest;       /* from the path on */
};

static bool http_url_split(const char *url, struct http_url *u)
{
	const char *end, *p, *at, *colon;

	memset(u, 0, sizeof(*u));
	p = url ? strstr(url, "://") : NULL;
	if (!p)
		return false;
	if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
		return false;
	p += 3;
	u->scheme_end = p;
	end = p + strcspn(p, "/?#");
	u->rest = end;
	/* Credentials in an address end up in logs: not taken. */
	at = memchr(p, '@', (size_t)(end - p));
	if (at)
		return false;
	if (*p == '[') {
		const char *close = memchr(p, ']', (size_t)(end - p));

		if (!close)
			return false;
		u->host = p + 1;
		u->host_len = (size_t)(close - p - 1);
		colon = close[1] == ':' ? close + 1 : NULL;
	} else {
		colon = memchr(p, ':', (size_t)(end - p));
		u->host = p;
		u->host_len = (size_t)((colon ? colon : end) - p);
	}
	if (colon) {
		u->port = colon + 1;
		u->port_len = (size_t)(end - colon - 1);
	}
	return u->host_len > 0;
}

static bool http_send_has(const struct http_call *call, const char *name)
{
	size_t i;

	for (i = 0; i < call->nheaders; i++) {
		if (str_ieq(call->headers[i].name, name))
			return true;
	}
	return false;
}

static void http_send_add(struct http_req *r, const char *fmt, const char *a, const char *b)
{
	char *line = xasprintf(fmt, a, b);

	r->send = curl_slist_append(r->send, line);
	free(line);
}

static bool http_setup_headers(struct http_req *r, const struct http_call *call)
{
	/* What libcurl would add on its own account. */
	static const char *const unwanted[] = { "Accept", "Content-Type", "Expect" };
	size_t i;

	for (i = 0; i < call->nheaders; i++) {
		const struct http_header *h = &call->headers[i];

		if (str_empty(h->name) || strpbrk(h->name, "\r\n:") ||
				(h->value && strpbrk(h->value, "\r\n")))
			return err_set(&r->err, ERR_USAGE, "a header holds characters it may not");
		/* libcurl's word for a header without a value is a semicolon. */
		if (str_empty(h->value))
			http_send_add(r, "%s;%s", h->name, "");
		else
			http_send_add(r, "%s: %s", h->name, h->value);
	}
	for (i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++) {
		if (!http_send_has(call, unwanted[i]))
			http_send_add(r, "%s:%s", unwanted[i], "");
	}
	return true;
}

static void http_setup_method(struct http_req *r, const struct http_call *call)
{
	const char *method = call->method ? call->method : "GET";
	bool sends = call->body || str_eq(method, "POST") || str_eq(method, "PUT") ||
		str_eq(method, "PATCH");

	if (str_eq(method, "HEAD")) {
		curl_easy_setopt(r->easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (sends) {
		curl_easy_setopt(r->easy, CURLOPT_POST, 1L);
		curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE_LARGE,
			(curl_off_t)(call->body ? call->body_len : 0));
		curl_easy_setopt(r->easy, CURLOPT_COPYPOSTFIELDS, call->body ? call->body : "");
	}
	curl_easy_setopt(r->easy, CURLOPT_CUSTOMREQUEST, method);
}

static void http_setup_blob(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = {
		.data = (void *)pem, .len = pem ? strlen(pem) : 0, .flags = CURL_BLOB_COPY,
	};

	if (pem)
		curl_easy_setopt(easy, option, &blob);
}

static void http_setup_tls(struct http_req *r, const struct http_tls *tls)
{
	CURL *easy = r->easy;

	if (r->tls && (!tls || (!tls->ca_pem && !tls->ca_file)))
		http_trust_system(easy);
	if (!tls)
		return;
	if (tls->insecure) {
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (tls->ca_pem || tls->ca_file) {
		/* Instead of the system's, whose folder libcurl would go on trusting. */
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
		curl_easy_setopt(easy, CURLOPT_CAINFO, tls->ca_pem ? NULL : tls->ca_file);
		http_setup_blob(easy, CURLOPT_CAINFO_BLOB, tls->ca_pem);
	}
	if (tls->cert_pem) {
		curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
		http_setup_blob(easy, CURLOPT_SSLCERT_BLOB, tls->cert_pem);
	}
	if (tls->key_pem) {
		curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
		http_setup_blob(easy, CURLOPT_SSLKEY_BLOB, tls->key_pem);
	}
}

/*
 * The name that the certificate must bear goes into the URL, the real address
 * into CONNECT_TO; the Host header stays that of the URL as given.
 */
static char *http_rename(struct http_req *r, const struct http_call *call,
	const struct http_url *u)
{
	const char *name = call->tls->server_name;
	bool v6 = memchr(u->host, ':', u->host_len);
	const char *l = v6 ? "[" : "", *rb = v6 ? "]" : "";
	char *to = xasprintf("::%s%.*s%s:%.*s", l, (int)u->host_len, u->host, rb, (int)u->port_len,
		u->port ? u->port : "");
	char *url = xasprintf("%.*s%s%s%.*s%s", (int)(u->scheme_end - call->url), call->url, name,
		u->port_len ? ":" : "", (int)u->port_len, u->port ? u->port : "", u->rest);

	r->connect_to = curl_slist_append(NULL, to);
	curl_easy_setopt(r->easy, CURLOPT_CONNECT_TO, r->connect_to);
	if (!http_send_has(call, "Host")) {
		char *host = xstrndup(u->scheme_end, (size_t)(u->rest - u->scheme_end));

		http_send_add(r, "Host: %s%s", host, "");
		free(host);
	}
	free(to);
	return url;
}

/* Nobody reaches this machine itself through a proxy, whatever the environment says. */
static bool http_is_local(const char *host)
{
	return str_ieq(host, "localhost") || str_starts(host, "127.") || str_eq(host, "::1");
}

/*
 * A peer that vanished without a word is noticed when its silence to the
 * kernel's own questions (10 s idle, then each 5 s), or to what was sent, has
 * lasted so long; the system's default is two hours and more.
 */
static int http_on_socket(void *ctx, curl_socket_t fd, curlsocktype purpose)
{
#ifdef TCP_USER_TIMEOUT
	unsigned ms = 20000;

	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms));
#endif
	return CURL_SOCKOPT_OK;
}

static void http_setup_times(struct http_req *r, const struct http_call *call)
{
	r->connect_timeout_ms = call->connect_timeout_ms > 0 ? call->connect_timeout_ms : 10000;
	r->timeout_ms = call->timeout_ms ? call->timeout_ms : 60000;
	r->idle_timeout_ms = call->idle_timeout_ms;
	curl_easy_setopt(r->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_timeout_ms);
	curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, r->timeout_ms > 0 ? (long)r->timeout_ms : 0L);
	curl_easy_setopt(r->easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(r->easy, CURLOPT_TCP_KEEPIDLE, 10L);
	curl_easy_setopt(r->easy, CURLOPT_TCP_KEEPINTVL, 5L);
	curl_easy_setopt(r->easy, CURLOPT_SOCKOPTFUNCTION, http_on_socket);
	if (call->conn_max_age_s > 0)
		curl_easy_setopt(r->easy, CURLOPT_MAXLIFETIME_CONN, (long)call->conn_max_age_s);
}

static void http_setup_address(struct http_req *r, const struct http_call *call,
	const struct http_url *u)
{
	char *renamed = NULL;

	if (r->tls && call->tls && call->tls->server_name)
		renamed = http_rename(r, call, u);
	curl_easy_setopt(r->easy, CURLOPT_URL, renamed ? renamed : call->url);
	free(renamed);
	if (call->proxy)
		curl_easy_setopt(r->easy, CURLOPT_PROXY, call->proxy);
	else if (http_is_local(r->host))
		curl_easy_setopt(r->easy, CURLOPT_PROXY, "");
	r->proxied = !str_empty(call->proxy);
	curl_easy_setopt(r->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

bool http_setup(struct http_req *r, const struct http_call *call)
{
	struct http_url u;
	CURL *easy = r->easy;

	if (!http_url_split(call->url, &u)) {
		err_set(&r->err, ERR_CONFIG, "not an http or https address");
		err_hint(&r->err, "it must look like https://host:port/path, without a user name");
		return false;
	}
	r->host = xstrndup(u.host, u.host_len);
	r->tls = !strncasecmp(call->url, "https:", 6);
	r->where = xstrndup(u.scheme_end, (size_t)(u.rest - u.scheme_end));
	if (trace_want(TRACE_HTTP)) {
		/* Up to the query, which may be a signature. */
		trace_say(TRACE_HTTP, "%p %s %.*s", (void *)r, call->method ? call->method : "GET",
			(int)strcspn(call->url, "?#"), call->url);
	}
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->curl_text);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 4096L);
	curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 16384L); /* of each POST under way */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
		(long)(call->http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
	curl_easy_setopt(easy, CURLOPT_PIPEWAIT, call->http2 ? 1L : 0L);
	if (call->gzip)
		curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	http_setup_times(r, call);
	http_setup_method(r, call);
	if (!http_setup_headers(r, call))
		return false;
	http_setup_tls(r, call->tls);
	http_setup_address(r, call, &u);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->send);
	return true;
}
