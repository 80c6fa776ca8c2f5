/* SPDX-License-Identifier: Apache-2.0 */
/* STS: who is calling, and roles: keys that end. */
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/aws.h"
#include "lab/digest.h"

/* The code that every second factor shows here. */
#define MFA_CODE "123456"

/* One AssumeRole: never removed, so that an expired one is known to be that. */
struct lab_role_session {
	char *access, *secret, *token, *role, *name;
	int64_t expires; /* wall ms */
};

size_t lab_sts_keys(const struct world *w, struct sig_key **out)
{
	struct sig_key *v = xcalloc(w->n_role_sessions + 1, sizeof(*v));

	v[0] = (struct sig_key){ .access = w->access_key, .secret = w->secret_key };
	for (size_t i = 0; i < w->n_role_sessions; i++) {
		const struct lab_role_session *s = w->role_sessions[i];

		v[i + 1] = (struct sig_key){ .access = s->access, .secret = s->secret,
			.token = s->token, .expires_ms = s->expires };
	}
	*out = v;
	return w->n_role_sessions + 1;
}

void lab_sts_release(struct world *w)
{
	for (size_t i = 0; i < w->n_role_sessions; i++) {
		struct lab_role_session *s = w->role_sessions[i];

		free(s->access);
		free(s->secret);
		free(s->token);
		free(s->role);
		free(s->name);
		free(s);
	}
	free(w->role_sessions);
}

/* The session whose key signed this call; NULL: the user. */
static const struct lab_role_session *session_of(const struct aws_call *c)
{
	const char *auth = lab_request_header(c->rq, "Authorization");
	const char *id = auth ? strstr(auth, "Credential=") : NULL;

	for (size_t i = 0; id && i < c->w->n_role_sessions; i++) {
		const char *access = c->w->role_sessions[i]->access;

		if (str_starts(id + 11, access) && id[11 + strlen(access)] == '/')
			return c->w->role_sessions[i];
	}
	return NULL;
}

/* "arn:aws:iam::1:role/admin" -> "admin" */
static const char *role_name_of(const char *arn)
{
	const char *slash = strrchr(arn, '/');

	return slash ? slash + 1 : arn;
}

static void sts_get_caller_identity(struct aws_call *c)
{
	const struct lab_role_session *s = session_of(c);

	if (s)
		buf_addf(c->out, "<Arn>arn:aws:sts::%s:assumed-role/%s/%s</Arn>", c->w->account,
			role_name_of(s->role), s->name);
	else
		buf_addf(c->out, "<Arn>arn:aws:iam::%s:user/lab</Arn>", c->w->account);
	buf_adds(c->out, "<UserId>AIDALABLABLABLABLAB00</UserId>");
	xml_text(c->out, "Account", c->w->account);
}

/* From the user's secret and a count: asking must not move the world's chance. */
static struct lab_role_session *session_add(struct world *w, const char *role, const char *name,
	int64_t seconds)
{
	struct lab_role_session *s = xcalloc(1, sizeof(*s));
	char *text = xasprintf("%s %zu", w->secret_key, w->n_role_sessions), h[65];

	digest_sha256_hex(text, strlen(text), h);
	free(text);
	s->access = xasprintf("ASIALAB%.13s", h);
	for (char *p = s->access; *p; p++)
		*p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
	s->secret = xasprintf("%.40s", h + 13);
	s->token = xasprintf("lab-session-%s", h);
	s->role = xstrdup(role);
	s->name = xstrdup(name);
	s->expires = lab_fault_aws_wall(w) + seconds * 1000;
	w->role_sessions = xgrow(w->role_sessions, &w->cap_role_sessions, w->n_role_sessions,
		sizeof(*w->role_sessions));
	w->role_sessions[w->n_role_sessions++] = s;
	return s;
}

/* A role whose name ends in "mfa" wants a second factor. */
static bool mfa_is_right(struct aws_call *c, const char *role)
{
	const char *code = aws_param(c, "TokenCode");

	if (aws_param(c, "SerialNumber") ? str_eq(code, MFA_CODE) : !str_ends(role, "mfa"))
		return true;
	if (aws_param(c, "SerialNumber"))
		aws_error(c, 403, "AccessDenied", "MultiFactorAuthentication failed with invalid "
			"MFA one time pass code.");
	else
		aws_error(c, 403, "AccessDenied", "User: arn:aws:iam::%s:user/lab is not "
			"authorized to perform: sts:AssumeRole on resource: %s", c->w->account,
			role);
	return false;
}

static void sts_assume_role(struct aws_call *c)
{
	const char *role = aws_param(c, "RoleArn"), *name = aws_param(c, "RoleSessionName");
	const char *duration = aws_param(c, "DurationSeconds");
	int64_t seconds = 3600;

	if (str_empty(role) || str_empty(name)) {
		aws_error(c, 400, "ValidationError", "RoleArn and RoleSessionName are required");
		return;
	}
	/* AWS wants 900 at least; a lesson about what expires cannot wait so long. */
	if (duration && !str_to_i64(duration, 10, 43200, &seconds)) {
		aws_error(c, 400, "ValidationError", "DurationSeconds: %s", duration);
		return;
	}
	if (!mfa_is_right(c, role))
		return;
	const struct lab_role_session *s = session_add(c->w, role, name, seconds);

	buf_adds(c->out, "<Credentials>");
	xml_text(c->out, "AccessKeyId", s->access);
	xml_text(c->out, "SecretAccessKey", s->secret);
	xml_text(c->out, "SessionToken", s->token);
	xml_time(c->out, "Expiration", s->expires);
	buf_adds(c->out, "</Credentials><AssumedRoleUser>");
	buf_addf(c->out, "<Arn>arn:aws:sts::%s:assumed-role/%s/%s</Arn>", c->w->account,
		role_name_of(s->role), s->name);
	buf_addf(c->out, "<AssumedRoleId>AROALABLABLABLABLAB00:%s</AssumedRoleId>", s->name);
	buf_adds(c->out, "</AssumedRoleUser>");
}

const struct aws_action aws_sts_actions[] = {
	{ "AssumeRole", sts_assume_role },
	{ "GetCallerIdentity", sts_get_caller_identity },
	{ NULL, NULL },
};
