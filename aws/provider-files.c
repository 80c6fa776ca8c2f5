/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials from the environment and, as they stand, from the shared files. */
#include "aws/provider.h"

#include <stdlib.h>

#include "aws/profile.h"
#include "aws/session.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"

/* Borrowed strings, for the length of done(). */
static void found(struct provider_run *run, const char *id, const char *key, const char *token,
	const char *expires)
{
	union {
		const char *in;
		char *out;
	} i = { id }, k = { key }, t = { str_empty(token) ? NULL : token };
	struct credentials v = { .access_key = i.out, .secret_key = k.out, .token = t.out,
		.expires = t.in ? stamp_parse(expires) : 0 };
	run->done(run, PROVIDER_FOUND, &v, NULL);
}

static void environment_start(struct provider_run *run)
{
	const char *id = getenv("AWS_ACCESS_KEY_ID"), *key = getenv("AWS_SECRET_ACCESS_KEY");
	if (run->aws->profile_explicit && !run->named) {
		provider_absent(run, "not asked, for a profile was given");
	} else if (str_empty(id) || run->aws->lent) {
		provider_absent(run, "AWS_ACCESS_KEY_ID is not set");
	} else if (str_empty(key)) {
		provider_failed(run, "Set both, or neither.",
			"AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not");
	} else {
		found(run, id, key, getenv("AWS_SESSION_TOKEN"),
			getenv("AWS_CREDENTIAL_EXPIRATION"));
	}
}

const struct provider provider_environment = {
	.name = "environment", .start = environment_start,
};

static void file_start(struct provider_run *run, enum profile_file file)
{
	const struct profiles *p = run->aws->profiles;
	const char *name = run->profile, *path = profiles_path(p, file);
	const char *id = profiles_get(p, file, NULL, name, "aws_access_key_id");
	const char *key = profiles_get(p, file, NULL, name, "aws_secret_access_key");
	if (str_empty(id)) {
		provider_absent(run, "profile \"%s\" has no aws_access_key_id in %s", name, path);
	} else if (str_empty(key)) {
		provider_failed(run, "Add it, or remove aws_access_key_id.",
			"profile \"%s\" has no aws_secret_access_key in %s", name, path);
	} else {
		/* As the tools that log in through a web page leave it there. */
		const char *end = profiles_get(p, file, NULL, name, "x_security_token_expires");
		found(run, id, key, profiles_get(p, file, NULL, name, "aws_session_token"),
			end ? end : profiles_get(p, file, NULL, name, "aws_expiration"));
	}
}

static void shared_file_start(struct provider_run *run)
{
	file_start(run, PROFILE_CREDENTIALS);
}

static void config_file_start(struct provider_run *run)
{
	file_start(run, PROFILE_CONFIG);
}

const struct provider provider_shared_file = {
	.name = "shared file", .start = shared_file_start,
};
const struct provider provider_config_file = {
	.name = "config file", .start = config_file_start,
};
