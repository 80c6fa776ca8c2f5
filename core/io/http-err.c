/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong with a request, in words for a person; and when to try again. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/strs.h"
#include "core/io/http-inner.h"

/* libcurl's sentence without its own preface; it is short and holds no URL. */
static const char *http_reason(const struct http_req *r, CURLcode code)
{
	static const char *const prefaces[] = {
		"SSL certificate problem: ", "SSL: ", "TLS connect error: ",
	};
	const char *s = r->curl_text[0] ? r->curl_text : curl_easy_strerror(code);
	size_t i;

	for (i = 0; i < sizeof(prefaces) / sizeof(prefaces[0]); i++) {
		if (str_starts(s, prefaces[i]))
			return s + strlen(prefaces[i]);
	}
	return s;
}

static void http_explain_connect(const struct http_req *r, CURLcode code, struct err *e)
{
	char room[128], word[128];
	long errnum = 0;

	curl_easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &errnum);
	if (errnum) {
		const char *said = strerror_r((int)errnum, room, sizeof(room));

		snprintf(word, sizeof(word), "%s", said);
		word[0] = (char)tolower((unsigned char)word[0]);
	} else {
		snprintf(word, sizeof(word), "no connection");
	}
	err_set(e, ERR_NETWORK, "cannot connect to %s: %s", r->where, word);
	if (r->proxied)
		err_hint(e, "the connection goes through a proxy: is that one right?");
}

static void http_explain_timeout(const struct http_req *r, CURLcode code, struct err *e)
{
	curl_off_t connected = 0, total = 0;

	curl_easy_getinfo(r->easy, r->tls ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T,
		&connected);
	curl_easy_getinfo(r->easy, CURLINFO_TOTAL_TIME_T, &total);
	if (!connected) {
		err_set(e, ERR_TIMEOUT, "cannot connect to %s: no answer within %.1f s", r->where,
			(double)total / 1e6);
		err_hint(e, "is the address reachable from here (VPN, security group)?");
	} else {
		err_set(e, ERR_TIMEOUT, "%s did not finish its answer within %.1f s", r->where,
			(double)total / 1e6);
	}
}

/* By the words of OpenSSL (crypto/x509/x509_txt.c) and libcurl; the first that is found. */
static const struct {
	const char *reason, *hint;
} http_trust_hints[] = {
	{ "expired", "it must be renewed on the server, unless this machine's clock is wrong" },
	{ "not yet valid", "is this machine's clock right?" },
	{ "self", "it vouches for itself: if the address is right, fetch the authority anew (for a "
		"cluster: kops export kubeconfig --admin)" },
	{ "unable to get", "another authority has signed it: fetch the present one (for a cluster: "
		"kops export kubeconfig --admin), and mind who is in between" },
	{ "signature failure", "another authority has signed it: fetch the present one (for a "
		"cluster: kops export kubeconfig --admin), and mind who is in between" },
	{ "name", "it is for another host: use the name that it is for, or set that as "
		"tls-server-name" },
	{ "", "check the certificate authority that is configured for this address" },
};

static void http_explain_trust(const struct http_req *r, CURLcode code, struct err *e)
{
	const char *reason = http_reason(r, code);
	size_t i = 0;

	err_set(e, ERR_NETWORK, "certificate of %s is not trusted: %s", r->host, reason);
	while (!str_icontains(reason, http_trust_hints[i].reason))
		i++;
	err_hint(e, "%s", http_trust_hints[i].hint);
}

/* The rows without a function: text before and behind host:port. */
static const struct {
	CURLcode code;
	enum err_kind kind;
	const char *before, *behind;
	void (*explain)(const struct http_req *r, CURLcode code, struct err *e);
} http_verdicts[] = {
	{ CURLE_COULDNT_CONNECT, .explain = http_explain_connect },
	{ CURLE_OPERATION_TIMEDOUT, .explain = http_explain_timeout },
	{ CURLE_PEER_FAILED_VERIFICATION, .explain = http_explain_trust },
	{ CURLE_SSL_ISSUER_ERROR, .explain = http_explain_trust },
	{ CURLE_COULDNT_RESOLVE_HOST, ERR_NETWORK, "cannot find the address of ", "" },
	{ CURLE_COULDNT_RESOLVE_PROXY, ERR_NETWORK, "cannot find the proxy for ", "" },
	{ CURLE_PROXY, ERR_NETWORK, "the proxy does not lead to ", "" },
	{ CURLE_URL_MALFORMAT, ERR_CONFIG, "not a usable address: ", "" },
	/* The address itself was looked at before. */
	{ CURLE_UNSUPPORTED_PROTOCOL, ERR_PARSE, "what ", " answers is not HTTP" },
	{ CURLE_SSL_CACERT_BADFILE, ERR_CONFIG, "the certificate authority for ",
		" cannot be read" },
	{ CURLE_SSL_CERTPROBLEM, ERR_CONFIG, "the client certificate for ", " cannot be used" },
	{ CURLE_SSL_CONNECT_ERROR, ERR_NETWORK, "no TLS connection with ", "" },
	{ CURLE_GOT_NOTHING, ERR_NETWORK, "", " closed the connection without an answer" },
	{ CURLE_RECV_ERROR, ERR_NETWORK, "the connection to ", " broke off" },
	{ CURLE_SEND_ERROR, ERR_NETWORK, "the connection to ", " broke off" },
	{ CURLE_PARTIAL_FILE, ERR_NETWORK, "the connection to ", " broke off" },
	{ CURLE_HTTP2, ERR_NETWORK, "the connection to ", " broke off" },
	{ CURLE_HTTP2_STREAM, ERR_NETWORK, "the connection to ", " broke off" },
	{ CURLE_WEIRD_SERVER_REPLY, ERR_PARSE, "what ", " answers is not HTTP" },
	/* A line of the head over libcurl's limit.  Memory itself does not fail: core/io/loop.c */
	{ CURLE_OUT_OF_MEMORY, ERR_PARSE, "", " sends a header without an end" },
#if LIBCURL_VERSION_NUM >= 0x080600
	{ CURLE_TOO_LARGE, ERR_PARSE, "", " sends a header without an end" },
#endif
	{ CURLE_BAD_CONTENT_ENCODING, ERR_PARSE, "the answer of ", " cannot be decoded" },
};

void http_explain(const struct http_req *r, CURLcode code, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(http_verdicts) / sizeof(http_verdicts[0]); i++) {
		if (http_verdicts[i].code != code)
			continue;
		if (http_verdicts[i].explain)
			http_verdicts[i].explain(r, code, e);
		else
			err_set(e, http_verdicts[i].kind, "%s%s%s", http_verdicts[i].before,
				r->where, http_verdicts[i].behind);
		return;
	}
	err_set(e, ERR_NETWORK, "the request to %s failed: %s", r->where, curl_easy_strerror(code));
}

static const struct {
	int status;
	enum err_kind kind;
	const char *text, *hint;
} http_statuses[] = {
	{ 400, ERR_SERVER, "the request is not understood (400)", NULL },
	{ 401, ERR_AUTH, "not logged in, or the credentials have expired (401)",
		"renew the credentials and try again" },
	{ 403, ERR_DENIED, "not allowed (403)",
		"these credentials lack the permission; ask whoever grants it" },
	{ 404, ERR_NOT_FOUND, "not found (404)", NULL },
	{ 405, ERR_SERVER, "not possible there (405)", NULL },
	{ 407, ERR_AUTH, "the proxy wants a login (407)", NULL },
	{ 408, ERR_TIMEOUT, "it took too long (408)", NULL },
	{ 409, ERR_CONFLICT, "somebody else changed it at the same time (409)",
		"look at it again, then repeat" },
	{ 410, ERR_NOT_FOUND, "no longer there (410)", NULL },
	{ 412, ERR_CONFLICT, "somebody else changed it first (412)",
		"look at it again, then repeat" },
	{ 422, ERR_SERVER, "the value is not accepted (422)", NULL },
	{ 429, ERR_THROTTLED, "asked to slow down (429)", "it is tried again after a while" },
	{ 500, ERR_SERVER, "failure on their side (500)", NULL },
	{ 502, ERR_SERVER, "failure on the way there (502)", NULL },
	{ 503, ERR_SERVER, "not available at the moment (503)", "it is tried again after a while" },
	{ 504, ERR_TIMEOUT, "no answer in time from behind the gateway (504)", NULL },
};

bool http_status_err(struct err *e, int status, const char *what)
{
	size_t i;

	for (i = 0; i < sizeof(http_statuses) / sizeof(http_statuses[0]); i++) {
		if (http_statuses[i].status != status)
			continue;
		if (err_is_set(e))
			return false;
		err_set(e, http_statuses[i].kind, "%s: %s", what, http_statuses[i].text);
		if (http_statuses[i].hint)
			err_hint(e, "%s", http_statuses[i].hint);
		return false;
	}
	if (status >= 300 && status < 400)
		return err_set(e, ERR_SERVER, "%s: sent elsewhere (%d), which is not followed",
			what, status);
	return err_set(e, ERR_SERVER, "%s: unexpected answer (%d)", what, status);
}

int64_t http_retry_after_ms(const struct http_answer *a, int64_t wall_ms)
{
	const char *value = http_answer_header(a, "Retry-After");
	int64_t seconds;
	time_t when;

	if (str_empty(value))
		return -1;
	if (str_to_i64(value, 0, 86400, &seconds))
		return seconds * 1000;
	when = curl_getdate(value, NULL);
	if (when == (time_t)-1)
		return -1;
	return (int64_t)when * 1000 > wall_ms ? (int64_t)when * 1000 - wall_ms : 0;
}
