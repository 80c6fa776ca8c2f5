/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A role assumed through a profile: role_arn with source_profile or
 * credential_source (facts: vpc-cni 6.2).  The source's credentials come from a
 * walk over the same providers, which may assume a role itself.
 */
#include "aws/provider.h"

#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "aws/profile.h"
#include "aws/query.h"
#include "aws/session.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

struct assume {
	struct provider_run *run;
	struct provider_walk walk; /* for the source's credentials */
	struct aws_call *call;
	char *role, *source; /* source: profile or kind of place, for words */
	struct credentials source_keys; /* while the user is asked for a code */
	int asked;           /* how often */
	bool asking;
};

#define CODE_TRIES 3

/* Where a source profile's credentials may come from; roles last, see assume_list(). */
static const struct provider *const source_providers[] = {
	&provider_web_identity, &provider_sso, &provider_shared_file, &provider_process,
	&provider_config_file, &provider_assume_role,
};
#define SOURCE_PROVIDERS (sizeof(source_providers) / sizeof(*source_providers))

static const struct {
	const char *name;
	const struct provider *const provider;
} places[] = {
	{ "Environment", &provider_environment },
	{ "Ec2InstanceMetadata", &provider_imds },
	{ "EcsContainer", &provider_container },
};

static void assume_free(struct assume *s)
{
	aws_call_cancel(s->call);
	struct asker *asker = s->run->aws->asker;
	if (s->asking && asker) {
		asker->cancel(asker);
	}
	credentials_release(&s->source_keys);
	free(s->role);
	free(s->source);
	free(s);
}

static void assume_failed(struct assume *s, const struct err *e)
{
	struct provider_run *run = s->run;
	struct err why = ERR_INIT;
	err_set(&why, ERR_AUTH, "role %s: %s", s->role, e->text);
	assume_free(s);
	provider_failed(run, *e->hint ? e->hint : NULL, "%s", why.text);
}

static void assume_ask_code(struct assume *s);

static void assume_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct assume *s = ctx;
	struct provider_run *run = s->run;
	struct credentials v = { .access_key = NULL };
	struct err bad = ERR_INIT;
	s->call = NULL;
	if (e && s->asked && s->asked < CODE_TRIES && e->kind == ERR_DENIED &&
	    strstr(e->text, "MultiFactor")) {
		assume_ask_code(s);
	} else if (e) {
		/* Three wrong codes: the user shall look first. */
		run->aws->declined = s->asked > 0;
		assume_failed(s, e);
	} else if (!provider_read_sts(&v, r->root, "AssumeRoleResult")) {
		err_set(&bad, ERR_PARSE, "the answer holds no credentials");
		assume_failed(s, &bad);
	} else {
		v.once = s->asked > 0;
		assume_free(s);
		run->done(run, PROVIDER_FOUND, &v, NULL);
	}
	credentials_release(&v);
}

static const char *setting(const struct provider_run *run, const char *key)
{
	return profiles_setting(run->aws->profiles, run->profile, key);
}

static void assume_call(struct assume *s, const struct credentials *source, const char *code)
{
	struct buf q = BUF_INIT;
	char *session = provider_session_name(s->run);
	const char *external = setting(s->run, "external_id");
	const char *duration = setting(s->run, "duration_seconds");
	query_init(&q, AWS_STS, "AssumeRole");
	query_add(&q, "RoleArn", s->role);
	query_add(&q, "RoleSessionName", session);
	if (!str_empty(external)) {
		query_add(&q, "ExternalId", external);
	}
	if (!str_empty(duration)) {
		query_add(&q, "DurationSeconds", duration);
	}
	if (code) {
		query_add(&q, "SerialNumber", setting(s->run, "mfa_serial"));
		query_add(&q, "TokenCode", code);
	}
	s->call = aws_call_start(s->run->aws, &(struct aws_call_spec){
		.service = AWS_STS, .action = "AssumeRole", .body = buf_str(&q),
		.body_len = q.len, .credentials = source, .done = assume_on_answer, .ctx = s,
	});
	free(session);
	secret_release(&q);
}

/* ---- the code of a second factor ---- */

static void assume_on_code(void *ctx, const char *code)
{
	struct assume *s = ctx;
	struct err e = ERR_INIT;
	s->asking = false;
	if (str_empty(code)) {
		s->run->aws->declined = true;
		err_set(&e, ERR_AUTH, "no code of the second factor was given");
		err_hint(&e, "Ctrl-R asks again; a command without a screen asks on its terminal.");
		assume_failed(s, &e);
		return;
	}
	assume_call(s, &s->source_keys, code);
}

static void assume_ask_code(struct assume *s)
{
	struct asker *asker = s->run->aws->asker;
	char *text = xasprintf("%sCode of %s, for role %s",
		s->asked ? "That code was refused.  " : "", setting(s->run, "mfa_serial"), s->role);
	s->asked++;
	s->asking = true;
	asker->ask(asker, text, assume_on_code, s);
	free(text);
}

static void assume_with_code(struct assume *s, const struct credentials *source)
{
	struct err e = ERR_INIT;
	if (s->run->aws->declined) {
		err_set(&e, ERR_AUTH, "no code of the second factor was given");
		err_hint(&e, "Ctrl-R asks again; a command without a screen asks on its terminal.");
	} else if (!s->run->aws->asker) {
		err_set(&e, ERR_AUTH, "it wants the code of a second factor, and nobody is here "
			"to be asked");
		err_hint(&e, "Run `eval \"$(aws configure export-credentials --profile %s "
			"--format env)\"` first.", s->run->profile);
	}
	if (err_is_set(&e)) {
		assume_failed(s, &e);
		return;
	}
	credentials_copy(&s->source_keys, source);
	assume_ask_code(s);
}

static void assume_on_source(void *ctx, enum provider_answer answer, const struct provider *p,
	const struct credentials *v, const struct err *why)
{
	struct assume *s = ctx;
	struct err e = ERR_INIT;
	if (answer == PROVIDER_FOUND) {
		s->run->state = s;
		if (str_empty(setting(s->run, "mfa_serial"))) {
			assume_call(s, v, NULL);
		} else {
			assume_with_code(s, v);
		}
		return;
	}
	if (answer == PROVIDER_ABSENT) {
		err_set(&e, ERR_AUTH, "its source \"%s\" has no credentials", s->source);
		why = &e;
	}
	assume_failed(s, why);
}

/* The role's own profile as its source means the keys that stand in it. */
static void assume_list(struct assume *s)
{
	const struct profiles *p = s->run->aws->profiles;
	bool has_keys = !str_empty(profiles_setting(p, s->walk.run.profile, "aws_access_key_id"));
	s->walk.list = source_providers;
	s->walk.n = has_keys ? SOURCE_PROVIDERS - 1 : SOURCE_PROVIDERS;
}

static bool assume_is_circle(const struct provider_run *run, const char *source)
{
	const struct profiles *p = run->aws->profiles;
	if (!str_empty(profiles_setting(p, source, "aws_access_key_id"))) {
		return false;
	}
	for (; run; run = run->outer) {
		if (str_eq(run->profile, source)) {
			return true;
		}
	}
	return false;
}

static const struct provider *const *place_find(const char *name)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (str_eq(places[i].name, name)) {
			return &places[i].provider;
		}
	}
	return NULL;
}

static void assume_begin(struct provider_run *run, const char *role, const char *source,
	const struct provider *const *place)
{
	struct assume *s = xcalloc(1, sizeof(*s));
	s->run = run;
	s->role = xstrdup(role);
	s->source = xstrdup(source);
	s->walk.run = (struct provider_run){
		.aws = run->aws, .profile = place ? run->profile : s->source, .outer = run,
		.named = place != NULL,
	};
	s->walk.done = assume_on_source;
	s->walk.ctx = s;
	if (place) {
		s->walk.list = place;
		s->walk.n = 1;
	} else {
		assume_list(s);
	}
	run->state = s;
	provider_walk_start(&s->walk);
}

static void assume_start(struct provider_run *run)
{
	const char *role = setting(run, "role_arn"), *source = setting(run, "source_profile");
	const char *place = setting(run, "credential_source");
	if (str_empty(role) || !str_empty(setting(run, "web_identity_token_file"))) {
		provider_absent(run, "profile \"%s\" has no role_arn", run->profile);
	} else if (str_empty(source) == str_empty(place)) {
		provider_failed(run, NULL, "profile \"%s\" needs source_profile or "
			"credential_source, and not both", run->profile);
	} else if (!str_empty(place) && !place_find(place)) {
		provider_failed(run, "Environment, Ec2InstanceMetadata or EcsContainer.",
			"profile \"%s\": unknown credential_source \"%s\"", run->profile, place);
	} else if (!str_empty(source) && assume_is_circle(run, source)) {
		provider_failed(run, NULL, "profile \"%s\": source_profile goes in a circle",
			run->profile);
	} else {
		assume_begin(run, role, str_empty(source) ? place : source,
			str_empty(source) ? place_find(place) : NULL);
	}
}

static void assume_cancel(struct provider_run *run)
{
	struct assume *s = run->state;
	provider_walk_cancel(&s->walk);
	assume_free(s);
}

const struct provider provider_assume_role = {
	.name = "assumed role", .renews = true, .start = assume_start, .cancel = assume_cancel,
};
