/* SPDX-License-Identifier: Apache-2.0 */
/* Where each service is reached. */
#include "aws/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/profile.h"
#include "aws/session.h"
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

/* What the user says about this service, in the SDKs' order; NULL: nothing. */
static const char *endpoint_configured(const struct aws *a, enum aws_service s)
{
	char name[64];
	const struct aws_service_info *info = &services[s];
	const char *off = getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	if (str_ieq(off, "true")) {
		return NULL;
	}
	snprintf(name, sizeof(name), "AWS_ENDPOINT_URL_%s", info->env);
	const char *url = getenv(name);
	if (!str_empty(url)) {
		return url;
	}
	url = getenv("AWS_ENDPOINT_URL");
	if (!str_empty(url)) {
		return url;
	}
	const char *section = profiles_setting(a->profiles, aws_profile(a), "services");
	if (!str_empty(section)) {
		snprintf(name, sizeof(name), "%s.endpoint_url", info->env);
		url = profiles_get(a->profiles, PROFILE_CONFIG, "services", section, name);
		if (!str_empty(url)) {
			return url;
		}
	}
	return profiles_setting(a->profiles, aws_profile(a), "endpoint_url");
}

bool endpoint_resolve(const struct aws *a, enum aws_service s, const char *region,
	struct endpoint *out, struct err *e)
{
	const struct aws_service_info *info = &services[s];
	size_t part = partition_of(region);
	const char *signing = info->global ? partitions[part].global_region : region;
	const char *url = endpoint_configured(a, s);
	if (!str_empty(url)) {
		return endpoint_parse(url, signing, out, e);
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
