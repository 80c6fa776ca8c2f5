/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single sign-on: the token that `aws sso login` left in its cache is turned
 * into a role's credentials.  kopscope never logs in by itself.
 */
#include "aws/provider.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/endpoint.h"
#include "aws/profile.h"
#include "aws/secret.h"
#include "aws/session.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

#define SSO_MS 10000

struct sso_settings {
	const char *session, *start_url, *region, *account, *role;
};

static void sso_settings_read(struct sso_settings *s, const struct provider_run *run)
{
	const struct profiles *p = run->aws->profiles;
	const char *name = run->profile;
	s->session = profiles_setting(p, name, "sso_session");
	s->account = profiles_setting(p, name, "sso_account_id");
	s->role = profiles_setting(p, name, "sso_role_name");
	if (str_empty(s->session)) {
		s->start_url = profiles_setting(p, name, "sso_start_url");
		s->region = profiles_setting(p, name, "sso_region");
	} else {
		s->start_url = profiles_get(p, PROFILE_CONFIG, "sso-session", s->session,
			"sso_start_url");
		s->region = profiles_get(p, PROFILE_CONFIG, "sso-session", s->session,
			"sso_region");
	}
}

/* ~/.aws/sso/cache/SHA1.json, of the session's name or else of the start URL */
static char *sso_cache_path(const struct sso_settings *s)
{
	const char *of = str_empty(s->session) ? s->start_url : s->session;
	unsigned char digest[20] = { 0 };
	char hex[41];
	EVP_Digest(of, strlen(of), digest, NULL, EVP_sha1(), NULL);
	for (size_t i = 0; i < sizeof(digest); i++) {
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	}
	char *name = xasprintf("~/.aws/sso/cache/%s.json", hex);
	char *path = file_expand_home(name);
	free(name);
	return path;
}

static void sso_log_in(struct provider_run *run, const char *what)
{
	char *hint = xasprintf("Run `aws sso login --profile %s`.", run->profile);
	provider_failed(run, hint, "the single sign-on of profile \"%s\" %s", run->profile, what);
	free(hint);
}

static void sso_on_answer(void *ctx, const struct http_answer *answer, const struct err *e)
{
	struct provider_run *run = ctx;
	struct err bad = ERR_INIT;
	if (e) {
		provider_failed(run, NULL, "%s", e->text);
		return;
	}
	if (answer->status == 401) {
		sso_log_in(run, "has expired");
		return;
	}
	json_auto_t *j = answer->status == 200 ? json_parse(answer->body, answer->len, &bad)
					       : NULL;
	const char *id = j ? json_str(j, "roleCredentials.accessKeyId") : NULL;
	const char *key = j ? json_str(j, "roleCredentials.secretAccessKey") : NULL;
	if (!id || !key) {
		provider_failed(run, "Check sso_account_id and sso_role_name of the profile.",
			"single sign-on gave no credentials (HTTP %d)", answer->status);
		return;
	}
	struct credentials v = { .expires = json_int(j, "roleCredentials.expiration", 0) };
	secret_replace(&v.access_key, id);
	secret_replace(&v.secret_key, key);
	secret_replace(&v.token, json_str(j, "roleCredentials.sessionToken"));
	run->done(run, PROVIDER_FOUND, &v, NULL);
	credentials_release(&v);
}

static void sso_fetch(struct provider_run *run, const struct sso_settings *s, const char *token)
{
	const char *own = getenv("AWS_ENDPOINT_URL_SSO");
	struct buf url = BUF_INIT;
	if (str_empty(own)) {
		buf_addf(&url, "https://portal.sso.%s.%s", s->region, endpoint_suffix(s->region));
	} else {
		buf_adds(&url, own);
	}
	buf_adds(&url, "/federation/credentials?role_name=");
	url_encode(&url, s->role, false);
	buf_adds(&url, "&account_id=");
	url_encode(&url, s->account, false);
	const struct http_header header = { "x-amz-sso_bearer_token", token };
	run->state = provider_fetch_start(run->aws, "GET", buf_str(&url), &header, 1, SSO_MS,
		false, sso_on_answer, run);
	buf_release(&url);
}

/* Older tools wrote "UTC" for "Z". */
static int64_t sso_stamp(const char *s)
{
	if (!str_ends(s, "UTC")) {
		return stamp_parse(s);
	}
	char *zulu = xasprintf("%.*sZ", (int)(strlen(s) - 3), s);
	int64_t at = stamp_parse(zulu);
	free(zulu);
	return at;
}

static void sso_use_cache(struct provider_run *run, const struct sso_settings *s,
	const struct buf *text)
{
	struct err e = ERR_INIT;
	json_auto_t *j = json_parse(buf_str(text), text->len, &e);
	const char *token = j ? json_str(j, "accessToken") : NULL;
	const char *expires = j ? json_str(j, "expiresAt") : NULL;
	if (!token || !expires) {
		sso_log_in(run, "has no token in its cache");
	} else if (sso_stamp(expires) <= aws_wall(run->aws)) {
		sso_log_in(run, "has expired");
	} else {
		sso_fetch(run, s, token);
	}
}

static void sso_start(struct provider_run *run)
{
	struct sso_settings s;
	struct err e = ERR_INIT;
	struct buf text;
	sso_settings_read(&s, run);
	if (str_empty(s.session) && str_empty(s.start_url)) {
		provider_absent(run, "profile \"%s\" has no sso_session", run->profile);
		return;
	}
	if (str_empty(s.start_url) || str_empty(s.region) || str_empty(s.account) ||
	    str_empty(s.role)) {
		provider_failed(run, "It needs sso_start_url, sso_region, sso_account_id and "
			"sso_role_name.", "profile \"%s\": single sign-on is not complete",
			run->profile);
		return;
	}
	char *path = sso_cache_path(&s);
	buf_init(&text, 1u << 18);
	if (file_read(path, &text, &e)) {
		sso_use_cache(run, &s, &text);
	} else {
		sso_log_in(run, "has not been used here");
	}
	secret_release(&text);
	free(path);
}

static void sso_cancel(struct provider_run *run)
{
	provider_fetch_cancel(run->state);
}

const struct provider provider_sso = {
	.name = "single sign-on", .renews = true, .start = sso_start, .cancel = sso_cancel,
};
