/* SPDX-License-Identifier: Apache-2.0 */
/* One session of credentials, region and endpoints. */
#include "aws/session.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/trace.h"

#define RETRY_TOKENS 500
#define ATTEMPTS 3

static const char *first_env(const char *a, const char *b)
{
	const char *v = getenv(a);
	if (str_empty(v)) {
		v = getenv(b);
	}
	return str_empty(v) ? NULL : v;
}

struct aws *aws_new(struct loop *l, struct http *h, const struct aws_options *o)
{
	struct aws *a = xcalloc(1, sizeof(*a));
	const char *profile = first_env("AWS_PROFILE", "AWS_DEFAULT_PROFILE");
	int64_t attempts = ATTEMPTS;
	a->loop = l;
	a->http = h;
	a->profile_explicit = o && !str_empty(o->profile);
	a->profile = xstrdup(a->profile_explicit ? o->profile : profile ? profile : "default");
	a->region = o && !str_empty(o->region) ? xstrdup(o->region) : NULL;
	a->asker = o ? o->asker : NULL;
	a->retry_tokens = RETRY_TOKENS;
	str_to_i64(getenv("AWS_MAX_ATTEMPTS"), 1, 100, &attempts);
	a->max_attempts = (int)attempts;
	a->bucket_regions = strmap_new(free);
	aws_reload_profiles(a);
	a->chain = creds_chain_new(a);

	const char *ca = getenv("AWS_CA_BUNDLE");
	if (str_empty(ca)) {
		ca = profiles_setting(a->profiles, a->profile, "ca_bundle");
	}
	a->ca_bundle = str_empty(ca) ? NULL : file_expand_home(ca);
	return a;
}

void aws_free(struct aws *a)
{
	if (!a) {
		return;
	}
	creds_chain_free(a->chain);
	profiles_free(a->profiles);
	sigv4_cache_wipe(&a->keys);
	strmap_free(a->bucket_regions);
	free(a->ca_bundle);
	free(a->profile);
	free(a->region);
	free(a->here);
	free(a);
}

const char *aws_profile(const struct aws *a)
{
	return a->profile;
}

bool aws_profile_exists(const struct aws *a)
{
	return profiles_has(a->profiles, PROFILE_CREDENTIALS, a->profile) ||
	       profiles_has(a->profiles, PROFILE_CONFIG, a->profile);
}

void aws_reload_profiles(struct aws *a)
{
	err_clear(&a->profiles_err);
	profiles_free(a->profiles);
	a->profiles = profiles_load(&a->profiles_err);
	if (err_is_set(&a->profiles_err)) {
		trace_say(TRACE_AWS, "shared files: %s", a->profiles_err.text);
	}
}

const char *aws_region_from(const struct aws *a, const char **from)
{
	const struct {
		const char *value, *from;
	} places[] = {
		{ a->region, "--region" },
		{ getenv("AWS_REGION"), "AWS_REGION" },
		{ getenv("AWS_DEFAULT_REGION"), "AWS_DEFAULT_REGION" },
		{ profiles_setting(a->profiles, a->profile, "region"), "the profile" },
		{ a->here, "the instance's metadata" },
		{ "us-east-1", "nobody says; the default" },
	};
	size_t i = 0;
	while (str_empty(places[i].value)) {
		i++;
	}
	if (from) {
		*from = places[i].from;
	}
	return places[i].value;
}

const char *aws_region(const struct aws *a)
{
	return aws_region_from(a, NULL);
}

int64_t aws_wall(const struct aws *a)
{
	return clock_wall(loop_clock(a->loop)) + a->skew_ms;
}

int64_t aws_mono(const struct aws *a)
{
	return clock_mono(loop_clock(a->loop));
}
