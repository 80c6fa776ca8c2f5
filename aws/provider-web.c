/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A role assumed by a web identity: a token in a file, as EKS and CI systems
 * give it.  The environment goes before the profile.  The call is not signed.
 */
#include "aws/provider.h"

#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "aws/profile.h"
#include "aws/query.h"
#include "aws/secret.h"
#include "aws/session.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

struct web {
	struct provider_run *run;
	struct aws_call *call;
};

static void web_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct web *w = ctx;
	struct provider_run *run = w->run;
	struct credentials v = { .access_key = NULL };
	free(w);
	if (e) {
		provider_failed(run, *e->hint ? e->hint : NULL, "%s", e->text);
	} else if (!provider_read_sts(&v, r->root, "AssumeRoleWithWebIdentityResult")) {
		provider_failed(run, NULL, "the answer holds no credentials");
	} else {
		run->done(run, PROVIDER_FOUND, &v, NULL);
	}
	credentials_release(&v);
}

static void web_call(struct provider_run *run, const char *role, const char *token)
{
	struct web *w = xcalloc(1, sizeof(*w));
	struct buf q = BUF_INIT;
	char *session = provider_session_name(run);
	w->run = run;
	run->state = w;
	query_init(&q, AWS_STS, "AssumeRoleWithWebIdentity");
	query_add(&q, "RoleArn", role);
	query_add(&q, "RoleSessionName", session);
	query_add(&q, "WebIdentityToken", token);
	w->call = aws_call_start(run->aws, &(struct aws_call_spec){
		.service = AWS_STS, .action = "AssumeRoleWithWebIdentity", .body = buf_str(&q),
		.body_len = q.len, .anonymous = true, .done = web_on_answer, .ctx = w,
	});
	free(session);
	secret_release(&q);
}

static void web_start(struct provider_run *run)
{
	const struct profiles *p = run->aws->profiles;
	const char *file = run->outer ? NULL : getenv("AWS_WEB_IDENTITY_TOKEN_FILE");
	const char *role = run->outer ? NULL : getenv("AWS_ROLE_ARN");
	struct err e = ERR_INIT;
	struct buf token;
	if (str_empty(file)) {
		file = profiles_setting(p, run->profile, "web_identity_token_file");
		role = profiles_setting(p, run->profile, "role_arn");
	}
	if (str_empty(file)) {
		provider_absent(run, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
		return;
	}
	if (str_empty(role)) {
		provider_failed(run, "Set AWS_ROLE_ARN, or role_arn in the profile.",
			"there is a token file, but no role for it");
		return;
	}
	buf_init(&token, 1u << 16);
	if (!file_read(file, &token, &e)) {
		provider_failed(run, NULL, "%s", e.text);
	} else {
		while (token.len && strchr("\r\n ", token.data[token.len - 1])) {
			token.data[--token.len] = '\0';
		}
		web_call(run, role, buf_str(&token));
	}
	secret_release(&token);
}

static void web_cancel(struct provider_run *run)
{
	struct web *w = run->state;
	aws_call_cancel(w->call);
	free(w);
}

const struct provider provider_web_identity = {
	.name = "web identity", .renews = true, .start = web_start, .cancel = web_cancel,
};
