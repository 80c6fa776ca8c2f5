/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Credentials of an EC2 instance's role, by IMDSv2 only.  Four requests with
 * time-outs that together stay under 2 s, so that a place without IMDS costs
 * at most that; nothing is blocked meanwhile.
 */
#include "aws/provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/secret.h"
#include "aws/session.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

#define ROLES "/latest/meta-data/iam/security-credentials/"

struct imds {
	struct provider_run *run;
	struct provider_fetch *fetch;
	char *token, *role;
	struct credentials found;
};

static void imds_free(struct imds *m)
{
	provider_fetch_cancel(m->fetch);
	secret_free(&m->token);
	credentials_release(&m->found);
	free(m->role);
	free(m);
}

static void imds_absent(struct imds *m, const char *text)
{
	struct provider_run *run = m->run;
	imds_free(m);
	provider_absent(run, "%s", text);
}

static char *imds_url(const char *path)
{
	const char *base = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT");
	const char *mode = getenv("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE");
	if (str_empty(base)) {
		base = str_ieq(mode, "IPv6") ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
	}
	size_t n = strlen(base);
	return xasprintf("%.*s%s", (int)(n && base[n - 1] == '/' ? n - 1 : n), base, path);
}

static void imds_get(struct imds *m, const char *path, int timeout_ms,
	void (*done)(void *ctx, const struct http_answer *answer, const struct err *e))
{
	const struct http_header headers[] = { { "X-aws-ec2-metadata-token", m->token } };
	char *url = imds_url(path);
	m->fetch = provider_fetch_start(m->run->aws, "GET", url, headers, 1, timeout_ms, true,
		done, m);
	free(url);
}

/* Good to know where nobody says it; no reason to fail. */
static void imds_on_region(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct imds *m = ctx;
	struct provider_run *run = m->run;
	struct credentials v = { .access_key = NULL };
	m->fetch = NULL;
	if (!e && answer->status == 200 && answer->len && answer->len < 40) {
		free(run->aws->here);
		run->aws->here = xstrndup(answer->body, strcspn(answer->body, "\r\n"));
	}
	credentials_copy(&v, &m->found);
	imds_free(m);
	run->done(run, PROVIDER_FOUND, &v, NULL);
	credentials_release(&v);
}

static void imds_on_keys(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct imds *m = ctx;
	struct provider_run *run = m->run;
	struct err why = ERR_INIT;
	m->fetch = NULL;
	if (e || answer->status != 200) {
		err_set(&why, ERR_AUTH, "%s", e ? e->text : "refused");
	} else {
		provider_read_json(&m->found, answer->body, answer->len, "Token", &why);
	}
	if (err_is_set(&why)) {
		imds_free(m);
		provider_failed(run, NULL, "the instance's metadata: %s", why.text);
		return;
	}
	imds_get(m, "/latest/meta-data/placement/region", 200, imds_on_region);
}

static void imds_on_role(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct imds *m = ctx;
	m->fetch = NULL;
	if (e || answer->status != 200 || !answer->len) {
		imds_absent(m, "this instance has no role");
		return;
	}
	struct buf path = BUF_INIT;
	m->role = xstrndup(answer->body, strcspn(answer->body, "\r\n"));
	buf_adds(&path, ROLES);
	url_encode(&path, m->role, false);
	imds_get(m, buf_str(&path), 300, imds_on_keys);
	buf_release(&path);
}

static void imds_on_token(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct imds *m = ctx;
	m->fetch = NULL;
	if (e || answer->status != 200 || !answer->len) {
		imds_absent(m, "no instance metadata here");
		return;
	}
	m->token = xstrndup(answer->body, strcspn(answer->body, "\r\n"));
	imds_get(m, ROLES, 500, imds_on_role);
}

static void imds_start(struct provider_run *run)
{
	static const struct http_header ttl = { "X-aws-ec2-metadata-token-ttl-seconds", "21600" };
	if (str_ieq(getenv("AWS_EC2_METADATA_DISABLED"), "true")) {
		provider_absent(run, "AWS_EC2_METADATA_DISABLED is set");
		return;
	}
	struct imds *m = xcalloc(1, sizeof(*m));
	char *url = imds_url("/latest/api/token");
	m->run = run;
	run->state = m;
	m->fetch = provider_fetch_start(run->aws, "PUT", url, &ttl, 1, 1000, true,
		imds_on_token, m);
	free(url);
}

static void imds_cancel(struct provider_run *run)
{
	imds_free(run->state);
}

const struct provider provider_imds = {
	.name = "instance metadata", .renews = true, .start = imds_start, .cancel = imds_cancel,
};
