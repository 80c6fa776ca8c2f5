/* SPDX-License-Identifier: Apache-2.0 */
/* What credential providers share: answers in words, the common JSON, small fetches. */
#include "aws/provider.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "aws/session.h"
#include "aws/xml.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

void provider_absent(struct provider_run *run, const char *fmt, ...)
{
	struct err e = ERR_INIT;
	va_list ap;
	va_start(ap, fmt);
	err_vset(&e, ERR_NOT_FOUND, fmt, ap);
	va_end(ap);
	run->done(run, PROVIDER_ABSENT, NULL, &e);
}

void provider_failed(struct provider_run *run, const char *hint, const char *fmt, ...)
{
	struct err e = ERR_INIT;
	va_list ap;
	va_start(ap, fmt);
	err_vset(&e, ERR_AUTH, fmt, ap);
	va_end(ap);
	if (hint) {
		err_hint(&e, "%s", hint);
	}
	run->done(run, PROVIDER_FAILED, NULL, &e);
}

bool provider_read_json(struct credentials *v, const char *text, size_t len,
	const char *token_key, struct err *e)
{
	struct err why = ERR_INIT;
	json_auto_t *j = json_parse(text, len, &why);
	if (!j) {
		/* The parser's words may quote the text. */
		return err_set(e, ERR_PARSE, "the answer is not JSON");
	}
	const char *id = json_str(j, "AccessKeyId"), *key = json_str(j, "SecretAccessKey");
	if (!id || !key) {
		const char *code = json_str(j, "Code");
		return err_set(e, ERR_PARSE, "the answer has no AccessKeyId or SecretAccessKey%s%s",
			code ? ": " : "", code ? code : "");
	}
	secret_replace(&v->access_key, id);
	secret_replace(&v->secret_key, key);
	secret_replace(&v->token, json_str(j, token_key));
	const char *expires = json_str(j, "Expiration");
	v->expires = expires ? stamp_parse(expires) : 0;
	return true;
}

bool provider_read_sts(struct credentials *v, const struct xml_node *root, const char *element)
{
	const struct xml_node *c = xml_get(xml_get(root, element), "Credentials");
	const char *id = xml_text(c, "AccessKeyId"), *key = xml_text(c, "SecretAccessKey");
	if (str_empty(id) || str_empty(key)) {
		return false;
	}
	secret_replace(&v->access_key, id);
	secret_replace(&v->secret_key, key);
	secret_replace(&v->token, xml_text(c, "SessionToken"));
	v->expires = stamp_parse(xml_text(c, "Expiration"));
	return true;
}

char *provider_session_name(const struct provider_run *run)
{
	const char *name = getenv("AWS_ROLE_SESSION_NAME");
	const char *set = profiles_setting(run->aws->profiles, run->profile, "role_session_name");
	if (!str_empty(set)) {
		return xstrdup(set);
	}
	return str_empty(name) ? xasprintf("kopscope-%" PRId64, aws_wall(run->aws) / 1000)
			       : xstrdup(name);
}

/* ---- one after another ---- */

static void walk_ask(struct provider_walk *w);

static void walk_answer(struct provider_run *run, enum provider_answer answer,
	const struct credentials *v, const struct err *why)
{
	struct provider_walk *w = run->owner;
	run->state = NULL;
	if (w->note) {
		w->note(w->ctx, run->provider, answer == PROVIDER_FOUND ? "found" : why->text);
	}
	if (answer == PROVIDER_ABSENT && w->step + 1 < w->n) {
		w->step++;
		walk_ask(w);
	} else {
		w->done(w->ctx, answer, run->provider, v, why);
	}
}

static void walk_ask(struct provider_walk *w)
{
	w->run.provider = w->list[w->step];
	w->run.provider->start(&w->run);
}

void provider_walk_start(struct provider_walk *w)
{
	w->step = 0;
	w->run.owner = w;
	w->run.done = walk_answer;
	w->run.state = NULL;
	walk_ask(w);
}

void provider_walk_cancel(struct provider_walk *w)
{
	if (w->run.state) {
		w->run.provider->cancel(&w->run);
		w->run.state = NULL;
	}
}

/* ---- small fetches ---- */

struct provider_fetch {
	struct http_req *req; /* NULL: answered or cancelled */
	void (*done)(void *ctx, const struct http_answer *answer, const struct err *e);
	void *ctx;
};

static void fetch_on_done(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct provider_fetch *f = ctx;
	f->req = NULL;
	f->done(f->ctx, answer, e);
}

struct provider_fetch *provider_fetch_start(struct aws *a, const char *method, const char *url,
	const struct http_header *headers, size_t nheaders, int timeout_ms, bool local,
	void (*done)(void *ctx, const struct http_answer *answer, const struct err *e), void *ctx)
{
	struct provider_fetch *f = xcalloc(1, sizeof(*f));
	struct http_tls tls = { .ca_file = a->ca_bundle };
	f->done = done;
	f->ctx = ctx;
	f->req = http_start(a->http, &(struct http_call){
		.method = method, .url = url, .headers = headers, .nheaders = nheaders,
		.tls = a->ca_bundle ? &tls : NULL, .proxy = local ? "" : NULL, 
		.connect_timeout_ms = timeout_ms, .timeout_ms = timeout_ms, .max_body = 1u << 16,
		.on_done = fetch_on_done, .on_free = free, .ctx = f,
	});
	return f;
}

void provider_fetch_cancel(struct provider_fetch *f)
{
	if (f && f->req) {
		http_cancel(f->req);
		f->req = NULL;
	}
}
