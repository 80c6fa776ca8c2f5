/* SPDX-License-Identifier: Apache-2.0 */
/* A Kubernetes Status object, as kind and words. */
#include "k8s/status.h"

#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/io/http.h"
#include "k8s/decode-proto.h"
#include "k8s/proto.h"

static const struct {
	int code;
	enum err_kind kind;
	const char *hint;
} kinds[] = {
	{ 400, ERR_SERVER, NULL },
	{ 401, ERR_AUTH, "log in again, or renew it: kops export kubeconfig --admin" },
	{ 403, ERR_DENIED, "ask for the right, or use an administrator's kubeconfig" },
	{ 404, ERR_NOT_FOUND, NULL },
	{ 409, ERR_CONFLICT, NULL },
	{ 410, ERR_NOT_FOUND, NULL },
	{ 412, ERR_CONFLICT, NULL },
	{ 422, ERR_SERVER, NULL },
	{ 429, ERR_THROTTLED, NULL },
	{ 504, ERR_TIMEOUT, NULL },
};

static void one_line(char *s)
{
	for (; *s; s++) {
		if (*s == '\n' || *s == '\r' || *s == '\t')
			*s = ' ';
	}
}

static bool status_plain(struct err *e, int code, const char *what)
{
	http_status_err(e, code, what);
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].code == code && kinds[i].hint)
			err_hint(e, "%s", kinds[i].hint);
	}
	return false;
}

/* A Status, in either encoding. */
struct told {
	int64_t code, after_s;
	const char *message, *reason; /* in arena, or of the JSON */
	struct buf words;
	bool budget;
};

/* The causes' own words name the budget where the server does. */
static void cause_take(struct told *t, const char *reason, const char *message)
{
	if (str_eq(reason, "DisruptionBudget"))
		t->budget = true;
	if (!str_empty(message) && t->words.len < 200) {
		buf_adds(&t->words, t->words.len ? "; " : "");
		buf_adds(&t->words, message);
	}
}

static void causes_read(const json_t *j, struct told *t)
{
	size_t i;
	json_t *cause;

	json_array_foreach(json_path(j, "details.causes"), i, cause)
		cause_take(t, json_str(cause, "reason"), json_str(cause, "message"));
}

struct cause {
	const char *reason, *message;
};
static const struct proto_row cause_rows[] = {
	{ 1, PROTO_TEXT, offsetof(struct cause, reason), NULL },
	{ 2, PROTO_TEXT, offsetof(struct cause, message), NULL },
};

static bool cause_sub(struct arena *a, const char *p, size_t n, void *out)
{
	struct cause c = { NULL, NULL };

	if (!PROTO_READ(a, p, n, cause_rows, &c))
		return false;
	cause_take(out, c.reason, c.message);
	return true;
}

static const struct proto_row details_rows[] = {
	{ 4, PROTO_SUB, 0, cause_sub },
	{ 5, PROTO_I64, offsetof(struct told, after_s), NULL },
};

static bool details_sub(struct arena *a, const char *p, size_t n, void *out)
{
	return PROTO_READ(a, p, n, details_rows, out);
}

static const struct proto_row status_rows[] = {
	{ 3, PROTO_TEXT, offsetof(struct told, message), NULL },
	{ 4, PROTO_TEXT, offsetof(struct told, reason), NULL },
	{ 5, PROTO_SUB, 0, details_sub },
	{ 6, PROTO_I64, offsetof(struct told, code), NULL },
};

static bool told_proto(struct told *t, struct arena *a, const char *body, size_t len)
{
	const char *raw;
	size_t n;

	return body && proto_unwrap(body, len, &raw, &n) && PROTO_READ(a, raw, n, status_rows, t);
}

static bool told_json(struct told *t, const json_t *j)
{
	if (!str_eq(json_str(j, "kind"), "Status"))
		return false;
	t->code = json_int(j, "code", t->code);
	t->after_s = json_int(j, "details.retryAfterSeconds", 0);
	t->message = json_str(j, "message");
	t->reason = json_str(j, "reason");
	causes_read(j, t);
	return true;
}

static void told_say(const struct told *t, int code, const char *what, struct err *e)
{
	enum err_kind kind = ERR_SERVER;
	const char *hint = NULL, *message = str_empty(t->message) ? t->reason : t->message;
	char text[sizeof e->text];

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].code == code) {
			kind = kinds[i].kind;
			hint = kinds[i].hint;
		}
	}
	if (t->budget && t->words.len)
		message = buf_str(&t->words);
	snprintf(text, sizeof text, "%s: %s", what,
		str_empty(message) ? "refused without a reason" : message);
	one_line(text);
	err_set(e, kind, "%s", text);
	if (hint)
		err_hint(e, "%s", hint);
}

bool kube_status_err(struct err *e, int http_status, const char *body, size_t len,
	const char *what, struct kube_status *out)
{
	struct kube_status st = { .code = http_status, .retry_after_ms = -1 };
	struct told t = { .code = http_status };
	struct arena *arena = arena_new();
	bool json = body && len && body[0] != 'k';
	json_t *j = json ? json_parse(body, len, NULL) : NULL;

	if (json ? told_json(&t, j) : told_proto(&t, arena, body, len)) {
		st.code = t.code >= 100 && t.code < 600 ? (int)t.code : http_status;
		if (t.after_s > 0 && t.after_s < 86400)
			st.retry_after_ms = t.after_s * 1000;
		st.disruption_budget = t.budget;
		told_say(&t, st.code, what, e);
	} else {
		status_plain(e, http_status, what);
	}
	json_decref(j);
	arena_free(arena);
	buf_release(&t.words);
	if (out)
		*out = st;
	return false;
}
