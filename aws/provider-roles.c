/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Roles: assumed through a profile, by a web identity, by single sign-on.
 *
 * NEEDSWORK: these three recognise their settings and say so instead of going
 * on silently with somebody else's credentials; they do not fetch yet.
 */
#include "aws/provider.h"

#include <stdlib.h>

#include "aws/profile.h"
#include "aws/session.h"
#include "core/base/strs.h"

#define EXPORT_HINT \
	"Run `eval \"$(aws configure export-credentials --profile NAME --format env)\"` first."

static void assume_role_start(struct provider_run *run)
{
	const char *name = aws_profile(run->aws);
	const char *role = profiles_setting(run->aws->profiles, name, "role_arn");
	if (str_empty(role)) {
		provider_absent(run, "profile \"%s\" has no role_arn", name);
	} else if (!str_empty(profiles_setting(run->aws->profiles, name,
			   "web_identity_token_file"))) {
		provider_absent(run, "profile \"%s\" uses a web identity", name);
	} else {
		provider_failed(run, EXPORT_HINT,
			"profile \"%s\" assumes a role, which kopscope cannot do yet", name);
	}
}

static void web_identity_start(struct provider_run *run)
{
	const char *name = aws_profile(run->aws);
	if (!str_empty(profiles_setting(run->aws->profiles, name, "web_identity_token_file")) ||
	    (!str_empty(getenv("AWS_WEB_IDENTITY_TOKEN_FILE")) &&
	     !str_empty(getenv("AWS_ROLE_ARN")))) {
		provider_failed(run, EXPORT_HINT,
			"a web identity is set up, which kopscope cannot use yet");
	} else {
		provider_absent(run, "AWS_WEB_IDENTITY_TOKEN_FILE is not set");
	}
}

static void sso_start(struct provider_run *run)
{
	const char *name = aws_profile(run->aws);
	if (str_empty(profiles_setting(run->aws->profiles, name, "sso_session")) &&
	    str_empty(profiles_setting(run->aws->profiles, name, "sso_start_url"))) {
		provider_absent(run, "profile \"%s\" has no sso_session", name);
	} else {
		provider_failed(run, EXPORT_HINT,
			"profile \"%s\" uses single sign-on, which kopscope cannot do yet", name);
	}
}

const struct provider provider_assume_role = { .name = "assumed role", .start = assume_role_start };
const struct provider provider_web_identity = {
	.name = "web identity", .start = web_identity_start,
};
const struct provider provider_sso = { .name = "single sign-on", .start = sso_start };
