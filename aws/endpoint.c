/* SPDX-License-Identifier: Apache-2.0 */
/* Where each service is reached. */
#include "aws/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/profile.h"
#include "aws/session.h"
#include "core/base/bug.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"

static const struct aws_service_info services[AWS_SERVICE__COUNT] = {
	[AWS_AUTOSCALING] = { "Auto Scaling", "autoscaling", "autoscaling", "AUTO_SCALING",
		"2011-01-01", false },
	[AWS_EC2] = { "EC2", "ec2", "ec2", "EC2", "2016-11-15", false },
	[AWS_ELB] = { "ELB", "elasticloadbalancing", "elasticloadbalancing",
		"ELASTIC_LOAD_BALANCING", "2012-06-01", false },
	[AWS_ELBV2] = { "ELBv2", "elasticloadbalancing", "elasticloadbalancing",
		"ELASTIC_LOAD_BALANCING_V2", "2015-12-01", false },
	[AWS_ROUTE53] = { "Route 53", "route53", "route53", "ROUTE_53", NULL, true },
	[AWS_S3] = { "S3", "s3", "s3", "S3", NULL, false },
	[AWS_STS] = { "STS", "sts", "sts", "STS", "2011-06-15", false },
};

/* First match of the region's name counts. */
static const struct {
	const char *regions, *suffix, *global_region;
} partitions[] = {
	{ "cn-", "amazonaws.com.cn", "cn-northwest-1" },
	{ "us-gov-", "amazonaws.com", "us-gov-west-1" },
	{ "us-isob-", "sc2s.sgov.gov", "us-isob-east-1" },
	{ "us-iso-", "c2s.ic.gov", "us-iso-east-1" },
	{ "", "amazonaws.com", "us-east-1" },
};

const struct aws_service_info *aws_service(enum aws_service s)
{
	return &services[s];
}

static size_t partition_of(const char *region)
{
	size_t i = 0;
	while (!str_starts(region, partitions[i].regions)) {
		i++;
	}
	return i;
}

const char *endpoint_suffix(const char *region)
{
	return partitions[partition_of(region)].suffix;
}

void endpoint_release(struct endpoint *ep)
{
	free(ep->base);
	free(ep->host);
	free(ep->prefix);
	free(ep->region);
	*ep = (struct endpoint){ .base = NULL };
}

bool endpoint_parse(const char *url, const char *region, struct endpoint *out, struct err *e)
{
	MUST(url);
	bool tls = str_starts(url, "https://");
	if (!tls && !str_starts(url, "http://")) {
		return err_set(e, ERR_CONFIG, "endpoint \"%s\" is not an http or https URL", url);
	}
	const char *host = strstr(url, "://") + 3;
	size_t n = strcspn(host, "/?#"), path = strcspn(host + n, "?#");
	if (!n || memchr(host, '@', n)) {
		return err_set(e, ERR_CONFIG, "endpoint URL has no host, or a user in it");
	}
	while (path && host[n + path - 1] == '/') {
		path--;
	}
	out->prefix = xstrndup(host + n, path);
	const char *port = tls ? ":443" : ":80";
	size_t digits = strlen(port);
	if (n > digits && !strncmp(host + n - digits, port, digits)) {
		n -= digits;
	}
	out->host = xstrndup(host, n);
	out->base = xasprintf("%s://%s", tls ? "https" : "http", out->host);
	out->region = xstrdup(region);
	out->custom = true;
	return true;
}

const char *endpoint_configured(const struct aws *a, enum aws_service s, const char **from)
{
	char own[64], nested[64];
	const struct aws_service_info *info = &services[s];
	if (str_ieq(getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true")) {
		return NULL;
	}
	snprintf(own, sizeof(own), "AWS_ENDPOINT_URL_%s", info->env);
	snprintf(nested, sizeof(nested), "%s.endpoint_url", info->env);
	const char *section = profiles_setting(a->profiles, aws_profile(a), "services");
	const struct {
		const char *url, *from;
	} places[] = {
		{ getenv(own), "AWS_ENDPOINT_URL_SERVICE" },
		{ getenv("AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL" },
		{ str_empty(section) ? NULL : profiles_get(a->profiles, PROFILE_CONFIG, "services",
			section, nested), "the profile's services" },
		{ profiles_setting(a->profiles, aws_profile(a), "endpoint_url"), "the profile" },
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (!str_empty(places[i].url)) {
			if (from) {
				*from = places[i].from;
			}
			return places[i].url;
		}
	}
	return NULL;
}

bool endpoint_is_region(const char *name)
{
	size_t n = name ? strlen(name) : 0;
	return n && n < 64 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

bool endpoint_resolve(const struct aws *a, enum aws_service s, const char *region,
	struct endpoint *out, struct err *e)
{
	const struct aws_service_info *info = &services[s];
	size_t part = partition_of(region);
	const char *signing = info->global ? partitions[part].global_region : region;
	const char *url = endpoint_configured(a, s, NULL);
	if (!str_empty(url)) {
		return endpoint_parse(url, signing, out, e);
	}
	if (!endpoint_is_region(region)) {
		return err_set(e, ERR_CONFIG, "\"%s\" is no region", region ? region : "");
	}
	out->host = info->global
		? xasprintf("%s.%s", info->host, partitions[part].suffix)
		: xasprintf("%s.%s.%s", info->host, region, partitions[part].suffix);
	out->base = xasprintf("https://%s", out->host);
	out->prefix = xstrdup("");
	out->region = xstrdup(signing);
	out->custom = false;
	return true;
}
