/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to one API server.
 *
 * A call outlives its request: a 401 or a 429 starts another one.  A request's
 * context is freed by on_free only, which may come after the client is gone;
 * so each request has a small struct of its own that points at its call, or
 * at nothing once that is over.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "k8s/client.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "core/base/base64.h"
#include "core/base/buf.h"
#include "core/base/bug.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/trace.h"
#include "k8s/exec-plugin.h"

#define TOKEN_FILE_MS 60000
#define MAX_TOKEN ((size_t)256 * 1024)
#define MAX_RETRIES 10
#define MAX_PAUSE_MS 30000
#define MAX_WARNINGS 64

struct kube_client {
	struct loop *loop;
	struct http *http;
	const struct kube_conn *conn;
	struct exec_plugin *plugin; /* NULL: no exec */
	char *file_token;
	int64_t file_token_at; /* mono ms; read again after TOKEN_FILE_MS */
	bool file_token_read;
	struct kube_call *calls;
	bool no_proto;         /* somebody on the way takes offence at it */
	int64_t reconnected;   /* mono ms; 0: never */
	struct strlist warned; /* texts that were told */
	void (*on_warning)(void *ctx, const char *text);
	void *warning_ctx;
	bool (*renew)(void *ctx);
	void *renew_ctx;
	unsigned renewed; /* how often */
};

struct request {
	struct kube_call *call; /* NULL: cancelled */
};

struct kube_call {
	struct kube_client *client;
	struct kube_call *prev, *next;
	struct kube_request r;
	char *method, *url, *content_type, *body, *what;
	struct request *request;
	struct http_req *http_req;
	struct loop_timer *timer;
	bool waits, answered; /* for the plugin; it has answered */
	bool fresh_tried;
	unsigned renewed; /* as the client's when it was sent */
	int retries;
};

struct kube_client *kube_client_new(struct loop *l, struct http *h, const struct kube_conn *conn,
	struct lender *lender)
{
	struct kube_client *c = xcalloc(1, sizeof *c);

	c->loop = l;
	c->http = h;
	c->conn = conn;
	if (conn->exec.command)
		c->plugin = exec_plugin_new(l, conn, lender);
	return c;
}

struct loop *kube_client_loop(struct kube_client *c)
{
	return c->loop;
}

int64_t kube_client_wall(const struct kube_client *c)
{
	return clock_wall(loop_clock(c->loop));
}

void kube_client_ask_again(struct kube_client *c)
{
	if (c->plugin)
		exec_plugin_ask_again(c->plugin);
}

/* ---- credentials ---- */

static void token_drop(struct kube_client *c)
{
	if (c->file_token)
		OPENSSL_cleanse(c->file_token, strlen(c->file_token));
	free(c->file_token);
	c->file_token = NULL;
}

/* The file's token, read again each minute; the last one stays when it cannot be read. */
static const char *token_from_file(struct kube_client *c)
{
	int64_t now = clock_mono(loop_clock(c->loop));

	if (c->file_token_read && now - c->file_token_at < TOKEN_FILE_MS)
		return c->file_token;
	struct buf b;
	buf_init(&b, MAX_TOKEN);
	if (file_read(c->conn->token_file, &b, NULL)) {
		while (b.len > 0 && strchr(" \t\r\n", b.data[b.len - 1]))
			b.data[--b.len] = '\0';
		token_drop(c);
		c->file_token = xstrdup(buf_str(&b));
	}
	if (b.data)
		OPENSSL_cleanse(b.data, b.len);
	buf_release(&b);
	c->file_token_read = true;
	c->file_token_at = now;
	return c->file_token;
}

static const char *token_find(struct kube_client *c)
{
	const struct exec_credential *cred = c->plugin ? exec_plugin_get(c->plugin) : NULL;
	const char *token = NULL;

	if (c->conn->token_file)
		token = token_from_file(c);
	if (str_empty(token))
		token = c->conn->token;
	if (str_empty(token) && cred)
		token = cred->token;
	return token;
}

struct head {
	struct http_header v[32];
	size_t n;
	struct strlist owned;
};

static void head_add(struct head *h, const char *name, const char *value)
{
	if (h->n < sizeof h->v / sizeof h->v[0])
		h->v[h->n++] = (struct http_header){ name, value };
}

static void head_take(struct head *h, const char *name, char *value)
{
	strlist_take(&h->owned, value);
	head_add(h, name, value);
}

static void head_release(struct head *h)
{
	for (size_t i = 0; i < h->owned.n; i++)
		OPENSSL_cleanse(h->owned.v[i], strlen(h->owned.v[i]));
	strlist_release(&h->owned);
}

/* Extra's keys are lower-cased by the server; what a header name may not hold is encoded. */
static char *extra_name(const char *key)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, "Impersonate-Extra-");
	for (; *key; key++) {
		unsigned char ch = (unsigned char)*key;
		if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
		    (ch >= 'A' && ch <= 'Z') || strchr("-._~", ch))
			buf_addc(&b, (char)ch);
		else
			buf_addf(&b, "%%%02X", ch);
	}
	return buf_detach(&b);
}

static void head_impersonate(struct head *h, const struct kube_conn *conn)
{
	if (!conn->as_user)
		return;
	head_add(h, "Impersonate-User", conn->as_user);
	if (conn->as_uid)
		head_add(h, "Impersonate-Uid", conn->as_uid);
	for (size_t i = 0; i < conn->as_groups.n; i++)
		head_add(h, "Impersonate-Group", conn->as_groups.v[i]);
	for (size_t i = 0; i + 1 < conn->as_extra.n; i += 2) {
		char *name = extra_name(conn->as_extra.v[i]);
		strlist_take(&h->owned, name);
		head_add(h, name, conn->as_extra.v[i + 1]);
	}
}

static void head_build(struct head *h, struct kube_client *c, const struct kube_call *call)
{
	const struct kube_conn *conn = c->conn;
	const char *token = token_find(c);

	head_add(h, "Accept", call->r.proto && !c->no_proto ?
		"application/vnd.kubernetes.protobuf, application/json" : "application/json");
	head_add(h, "User-Agent", "kopscope/" PACKAGE_VERSION);
	if (call->content_type)
		head_add(h, "Content-Type", call->content_type);
	if (!str_empty(token)) {
		head_take(h, "Authorization", xasprintf("Bearer %s", token));
	} else if (conn->username) {
		struct buf b = BUF_INIT;
		char *pair = xasprintf("%s:%s", conn->username,
			conn->password ? conn->password : "");
		buf_adds(&b, "Basic ");
		base64_encode(&b, pair, strlen(pair));
		OPENSSL_cleanse(pair, strlen(pair));
		free(pair);
		head_take(h, "Authorization", buf_detach(&b));
	}
	head_impersonate(h, conn);
}

/* Own certificate of the kubeconfig, else the plugin's. */
static void tls_fill(struct kube_client *c, struct http_tls *t)
{
	const struct kube_conn *conn = c->conn;
	const struct exec_credential *cred = c->plugin ? exec_plugin_get(c->plugin) : NULL;

	*t = (struct http_tls){
		.ca_pem = conn->ca_pem, .cert_pem = conn->cert_pem, .key_pem = conn->key_pem,
		.server_name = conn->tls_server_name, .insecure = conn->insecure,
	};
	if (!t->cert_pem && cred && cred->cert_pem) {
		t->cert_pem = cred->cert_pem;
		t->key_pem = cred->key_pem;
	}
}

static int64_t pem_not_after(const char *pem)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	struct tm tm;
	int64_t at = 0;

	memset(&tm, 0, sizeof tm);
	if (x && ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1)
		at = (int64_t)timegm(&tm) * 1000;
	X509_free(x);
	BIO_free(bio);
	return at;
}

int64_t kube_client_cert_expires(const struct kube_client *c)
{
	struct http_tls t;

	tls_fill((struct kube_client *)c, &t);
	return t.cert_pem ? pem_not_after(t.cert_pem) : 0;
}

/* ---- calls ---- */

static void call_begin(void *ctx);

static void call_free(struct kube_call *call)
{
	if (call->client->calls == call)
		call->client->calls = call->next;
	else
		call->prev->next = call->next;
	if (call->next)
		call->next->prev = call->prev;
	if (call->timer)
		loop_timer_remove(call->timer);
	if (call->request) {
		call->request->call = NULL;
		if (call->http_req)
			http_cancel(call->http_req);
	}
	free(call->method);
	free(call->url);
	free(call->content_type);
	free(call->body);
	free(call->what);
	free(call);
}

static void call_finish(struct kube_call *call, const struct kube_answer *a, const struct err *e)
{
	struct kube_request r = call->r;

	call_free(call);
	r.on_done(r.ctx, a, e);
}

static void call_fail(struct kube_call *call, const struct err *e)
{
	call_finish(call, &(struct kube_answer){
		.retry_after_ms = -1, .status = { .retry_after_ms = -1 },
	}, e);
}

static bool on_data(void *ctx, const char *p, size_t n)
{
	struct request *q = ctx;

	if (!q->call)
		return false;
	return q->call->r.on_data(q->call->r.ctx, p, n);
}

/* Other credentials than those that were refused: true when there are. */
static bool call_renew(struct kube_call *call)
{
	struct kube_client *c = call->client;

	if (c->plugin || c->conn->token_file) {
		c->file_token_read = false;
		if (c->plugin)
			exec_plugin_forget(c->plugin);
		return true;
	}
	/* Another call may have brought them while this one was under way. */
	if (call->renewed == c->renewed && c->renew && c->renew(c->renew_ctx))
		c->renewed++;
	return call->renewed != c->renewed;
}

/* True when the call goes on with another request. */
static bool call_retry(struct kube_call *call, const struct http_answer *a, int64_t after_ms)
{
	struct kube_client *c = call->client;

	if (a->status == 401 && !call->fresh_tried && call_renew(call)) {
		call->fresh_tried = true;
		call->timer = loop_timer_add(c->loop, 0, call_begin, call);
		return true;
	}
	if ((a->status == 406 || a->status == 415) && call->r.proto && !c->no_proto) {
		c->no_proto = true;
		call->timer = loop_timer_add(c->loop, 0, call_begin, call);
		return true;
	}
	bool asked = after_ms >= 0 && (a->status == 429 || a->status >= 500);
	if (asked && !call->r.no_retry && call->retries < MAX_RETRIES) {
		call->retries++;
		call->timer = loop_timer_add(c->loop,
			after_ms < MAX_PAUSE_MS ? after_ms : MAX_PAUSE_MS, call_begin, call);
		return true;
	}
	return false;
}

/* RFC 7234, 5.5: 299 - "text"; quotes in the text are escaped. */
static void warning_take(struct kube_client *c, const char *value)
{
	const char *p = strchr(value, '"');
	struct buf text = BUF_INIT;

	if (strncmp(value, "299 ", 4) != 0 || !p || c->warned.n >= MAX_WARNINGS)
		return;
	for (p++; *p && *p != '"' && text.len < 400; p++) {
		if (*p == '\\' && p[1])
			p++;
		buf_addc(&text, *p);
	}
	if (text.len && !strlist_has(&c->warned, buf_str(&text))) {
		strlist_add(&c->warned, buf_str(&text));
		trace_say(TRACE_K8S, "warning: %s", buf_str(&text));
		if (c->on_warning)
			c->on_warning(c->warning_ctx, buf_str(&text));
	}
	buf_release(&text);
}

static void on_done(void *ctx, const struct http_answer *a, const struct err *e)
{
	struct request *q = ctx;
	struct kube_call *call = q->call;
	struct err why = ERR_INIT;

	if (!call)
		return;
	q->call = NULL;
	call->request = NULL;
	call->http_req = NULL;
	if (e) {
		err_copy(&why, e);
		err_wrap(&why, "%s", call->what);
		call_fail(call, &why);
		return;
	}
	for (size_t i = 0; i < a->nheaders; i++) {
		if (str_ieq(a->headers[i].name, "Warning"))
			warning_take(call->client, a->headers[i].value);
	}
	trace_say(TRACE_K8S, "%s %s: %d, %zu bytes", call->method, call->what, a->status, a->len);
	struct kube_answer out = {
		.body = a->body, .len = a->len, .retry_after_ms = -1,
		.status = { .code = a->status, .retry_after_ms = -1 },
	};
	if (a->status >= 200 && a->status < 300) {
		call_finish(call, &out, NULL);
		return;
	}
	out.retry_after_ms = http_retry_after_ms(a, kube_client_wall(call->client));
	if (call_retry(call, a, out.retry_after_ms))
		return;
	kube_status_err(&why, a->status, a->body, a->len, call->what, &out.status);
	if (out.retry_after_ms < 0)
		out.retry_after_ms = out.status.retry_after_ms;
	call_finish(call, &out, &why);
}

static void on_free(void *ctx)
{
	free(ctx);
}

/* Whole real seconds, at least one; after an hour nothing old can be left. */
static int max_age_s(const struct kube_client *c)
{
	const struct clock *clock = loop_clock(c->loop);
	int64_t ms = (int64_t)((double)(clock_mono(clock) - c->reconnected) / clock->scale);

	return !c->reconnected || ms > 3600000 ? 0 : ms < 1000 ? 1 : (int)(ms / 1000);
}

static void call_send(struct kube_call *call)
{
	struct kube_client *c = call->client;
	struct head head = { .n = 0 };
	struct http_tls tls;

	head_build(&head, c, call);
	tls_fill(c, &tls);
	call->renewed = c->renewed;
	call->request = xcalloc(1, sizeof *call->request);
	call->request->call = call;
	call->http_req = http_start(c->http, &(struct http_call){
		.method = call->method, .url = call->url,
		.headers = head.v, .nheaders = head.n,
		.body = call->body, .body_len = call->body ? strlen(call->body) : 0,
		.tls = &tls, .proxy = c->conn->proxy,
		.timeout_ms = call->r.timeout_ms, .idle_timeout_ms = call->r.idle_timeout_ms,
		.gzip = !c->conn->no_compression, .http2 = true,
		.conn_max_age_s = max_age_s(c),
		.on_data = call->r.on_data ? on_data : NULL,
		.on_done = on_done, .on_free = on_free, .ctx = call->request,
	});
	head_release(&head);
}

static struct kube_call *call_answered(const struct kube_client *c)
{
	struct kube_call *call = c->calls;

	while (call && !call->answered)
		call = call->next;
	return call;
}

/*
 * One answer of the plugin serves all calls that wait for it now.  Those that a
 * failing call's owner starts meanwhile wait for the next run.
 */
static void on_credential(void *ctx, const struct err *e)
{
	struct kube_client *c = ctx;

	for (struct kube_call *call = c->calls; call; call = call->next) {
		call->answered = call->waits;
		call->waits = false;
	}
	for (;;) {
		struct kube_call *call = call_answered(c);
		if (!call)
			return;
		call->answered = false;
		if (!e) {
			call_send(call);
			continue;
		}
		struct err why = *e;
		err_wrap(&why, "%s", call->what);
		call_fail(call, &why);
	}
}

static void call_begin(void *ctx)
{
	struct kube_call *call = ctx;
	struct kube_client *c = call->client;

	call->timer = NULL;
	if (!c->plugin || exec_plugin_get(c->plugin)) {
		call_send(call);
		return;
	}
	call->waits = true;
	exec_plugin_run(c->plugin, on_credential, c);
}

struct kube_call *kube_client_start(struct kube_client *c, const struct kube_request *r)
{
	struct kube_call *call = xcalloc(1, sizeof *call);

	call->client = c;
	call->r = *r;
	call->method = xstrdup(r->method);
	call->url = xasprintf("%s%s", c->conn->server, r->path);
	call->content_type = xstrdup(r->content_type);
	call->body = xstrdup(r->body);
	call->what = xstrdup(r->what);
	call->next = c->calls;
	if (c->calls)
		c->calls->prev = call;
	c->calls = call;
	call_begin(call);
	return call;
}

void kube_call_cancel(struct kube_call *call)
{
	call_free(call);
}

void kube_client_reconnect(struct kube_client *c)
{
	int64_t now = clock_mono(loop_clock(c->loop));

	c->reconnected = now ? now : 1;
}

void kube_client_on_warning(struct kube_client *c, void (*cb)(void *ctx, const char *text),
	void *ctx)
{
	c->on_warning = cb;
	c->warning_ctx = ctx;
}

void kube_client_on_refused(struct kube_client *c, bool (*renew)(void *ctx), void *ctx)
{
	c->renew = renew;
	c->renew_ctx = ctx;
}

void kube_client_free(struct kube_client *c)
{
	struct err e = ERR_INIT;

	if (!c)
		return;
	err_set(&e, ERR_CANCELLED, "stopped");
	while (c->calls) {
		const struct kube_call *call = c->calls;

		call_fail(c->calls, &e);
		MUST(c->calls != call);
	}
	exec_plugin_free(c->plugin);
	token_drop(c);
	strlist_release(&c->warned);
	free(c);
}
