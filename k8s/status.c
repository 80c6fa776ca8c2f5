/* SPDX-License-Identifier: Apache-2.0 */
/* A Kubernetes Status object, as kind and words. */
#include "k8s/status.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/io/http.h"

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

/* The causes' own words, which name the budget where the server does. */
static void causes_read(const json_t *j, struct kube_status *st, struct buf *words)
{
	size_t i;
	json_t *cause;

	json_array_foreach(json_path(j, "details.causes"), i, cause) {
		const char *message = json_str(cause, "message");
		if (str_eq(json_str(cause, "reason"), "DisruptionBudget"))
			st->disruption_budget = true;
		if (!str_empty(message) && words->len < 200) {
			buf_adds(words, words->len ? "; " : "");
			buf_adds(words, message);
		}
	}
}

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

bool kube_status_err(struct err *e, int http_status, const char *body, size_t len,
	const char *what, struct kube_status *out)
{
	struct kube_status st = { .code = http_status, .retry_after_ms = -1 };
	struct buf words = BUF_INIT;
	json_t *j = body && len ? json_parse(body, len, NULL) : NULL;

	if (!j || !str_eq(json_str(j, "kind"), "Status")) {
		status_plain(e, http_status, what);
		goto out;
	}
	int64_t code = json_int(j, "code", http_status);
	st.code = code >= 100 && code < 600 ? (int)code : http_status;
	int64_t after = json_int(j, "details.retryAfterSeconds", -1);
	if (after >= 0 && after < 86400)
		st.retry_after_ms = after * 1000;
	causes_read(j, &st, &words);

	enum err_kind kind = ERR_SERVER;
	const char *hint = NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (kinds[i].code == st.code) {
			kind = kinds[i].kind;
			hint = kinds[i].hint;
		}
	}
	const char *message = json_str(j, "message");
	if (str_empty(message))
		message = json_str(j, "reason");
	if (st.disruption_budget && words.len)
		message = buf_str(&words);
	char text[sizeof e->text];
	snprintf(text, sizeof text, "%s: %s", what,
		str_empty(message) ? "refused without a reason" : message);
	one_line(text);
	err_set(e, kind, "%s", text);
	if (hint)
		err_hint(e, "%s", hint);
out:
	json_decref(j);
	buf_release(&words);
	if (out)
		*out = st;
	return false;
}
