/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each service is reached and how a request to it is signed: partitions,
 * global services, and the user's own endpoints (facts: vpc-cni 6.1, 6.3).
 */
#ifndef KOPSCOPE_AWS_ENDPOINT_H
#define KOPSCOPE_AWS_ENDPOINT_H

#include <stdbool.h>

#include "core/base/err.h"

struct aws;

enum aws_service {
	AWS_AUTOSCALING, AWS_EC2, AWS_ELB, AWS_ELBV2, AWS_ROUTE53, AWS_S3, AWS_STS,
	AWS_SERVICE__COUNT
};

struct aws_service_info {
	const char *name;    /* for people: "Auto Scaling" */
	const char *host;    /* first part of the host name */
	const char *signing; /* name in the scope of a signature */
	const char *env;     /* AWS_ENDPOINT_URL_<this>; lower-case in a services section */
	const char *version; /* of the API, sent as Version; NULL: not a query API */
	bool global;         /* one host for a partition */
};
const struct aws_service_info *aws_service(enum aws_service s);

struct endpoint {
	char *base;   /* "https://host[:port]" */
	char *host;   /* as it is sent and signed: without the scheme's default port */
	char *prefix; /* path of a custom endpoint, without its last slash; "" */
	char *region; /* to sign for */
	bool custom;  /* not AWS's own */
};

/* False: an endpoint of the user's own that is no http(s) URL. */
bool endpoint_resolve(const struct aws *a, enum aws_service s, const char *region,
	struct endpoint *out, struct err *e);
/* The same from a given URL. */
bool endpoint_parse(const char *url, const char *region, struct endpoint *out, struct err *e);
/* What the user says about a service, in the SDKs' order, and where; NULL: nothing. */
const char *endpoint_configured(const struct aws *a, enum aws_service s, const char **from);
void endpoint_release(struct endpoint *ep);

/* "amazonaws.com", "amazonaws.com.cn" */
const char *endpoint_suffix(const char *region);

/* Lower-case letters, digits and dashes alone: it becomes part of a host's name, and that host gets
   what is signed, with the session's token. */
bool endpoint_is_region(const char *name);

#endif
