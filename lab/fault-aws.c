/* SPDX-License-Identifier: Apache-2.0 */
/* AWS's faults: each in the words of the service that was called. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/aws.h"
#include "lab/fault.h"

static const char expired_text[] = "The security token included in the request is expired";

/* By form: EC2, the query services, S3, Route 53 (facts: vpc-cni 6.1, 6.4). */
static const struct {
	enum lab_fault fault;
	struct {
		int status;
		const char *code, *text;
	} form[4];
} words[] = {
	{ FAULT_AWS_500, {
		{ 500, "InternalError", "An internal error has occurred" },
		{ 500, "InternalFailure", "We encountered an internal error. Please try again." },
		{ 500, "InternalError", "We encountered an internal error. Please try again." },
		{ 500, "InternalError", "We encountered an internal error. Please try again." } } },
	{ FAULT_AWS_THROTTLE, {
		{ 503, "RequestLimitExceeded", "Request limit exceeded." },
		{ 400, "Throttling", "Rate exceeded" },
		{ 503, "SlowDown", "Please reduce your request rate." },
		{ 400, "Throttling", "Rate exceeded" } } },
	{ FAULT_AWS_EXPIRED, {
		{ 400, "RequestExpired", "Request has expired." },
		{ 403, "ExpiredToken", expired_text },
		{ 400, "ExpiredToken", "The provided token has expired." },
		{ 403, "ExpiredToken", expired_text } } },
	{ FAULT_S3_GONE, { { .status = 0 }, { .status = 0 },
		{ 404, "NoSuchBucket", "The specified bucket does not exist" } } },
};

/* ---- what is being done, as IAM calls it ---- */

static const char *s3_action(const struct lab_request *rq)
{
	/* "/" is the list of buckets, "/BUCKET" and "/BUCKET/" the bucket itself. */
	const char *slash = strchr(rq->path + (*rq->path == '/'), '/');
	bool object = slash && slash[1], bucket = rq->path[0] == '/' && rq->path[1];

	if (!bucket)
		return "ListAllMyBuckets";
	if (str_eq(rq->method, "PUT"))
		return object ? "PutObject" : "CreateBucket";
	if (str_eq(rq->method, "DELETE"))
		return object ? "DeleteObject" : "DeleteBucket";
	if (!object && lab_request_query(rq, "location"))
		return "GetBucketLocation";
	if (!object && lab_request_query(rq, "versioning"))
		return "GetBucketVersioning";
	if (!object && lab_request_query(rq, "encryption"))
		return "GetEncryptionConfiguration";
	return object ? "GetObject" : "ListBucket";
}

static const char *route53_action(const struct lab_request *rq)
{
	if (str_ends(rq->path, "/rrset"))
		return str_eq(rq->method, "POST") ? "ChangeResourceRecordSets"
						  : "ListResourceRecordSets";
	return str_starts(rq->path, "/2013-04-01/hostedzone/") ? "GetHostedZone"
								: "ListHostedZones";
}

/* "ec2:DescribeSubnets", owned by the caller. */
static char *action_name(const struct aws_call *c, const struct aws_service *s)
{
	struct lab_pairs in = { .v = NULL };
	const char *action = "";
	char *name;

	if (s->form == AWS_S3)
		action = s3_action(c->rq);
	else if (s->form == AWS_REST)
		action = route53_action(c->rq);
	lab_pairs_parse_query(&in, buf_str(&c->rq->body), c->rq->body.len);
	if (!*action)
		action = lab_pairs_get(&in, "Action");
	if (!action)
		action = lab_request_query(c->rq, "Action");
	name = xasprintf("%s:%s", s->name, action ? action : "");
	lab_pairs_release(&in);
	return name;
}

/* "ec2:DescribeSubnets", "DescribeSubnets", "ec2", "s3:Put*" */
static bool action_matches(const char *action, const char *pattern)
{
	const char *colon = strchr(action, ':');
	size_t service = (size_t)(colon - action);

	return fnmatch(pattern, action, 0) == 0 || fnmatch(pattern, colon + 1, 0) == 0 ||
	       (strlen(pattern) == service && strncmp(pattern, action, service) == 0);
}

static bool denied(struct aws_call *c, const struct aws_service *s)
{
	const struct strlist *patterns = lab_fault_words(c->w->faults, FAULT_AWS_DENIED);
	char *action = action_name(c, s), *who;
	bool hit = false;

	for (size_t i = 0; i < patterns->n && !hit; i++)
		hit = action_matches(action, patterns->v[i]);
	who = xasprintf("User: arn:aws:iam::%s:user/lab is not authorized to perform: %s",
		c->w->account, action);
	if (hit && s->form == AWS_EC2)
		aws_error(c, 403, "UnauthorizedOperation", "You are not authorized to perform this "
			"operation. %s because no identity-based policy allows the %s action", who,
			action);
	else if (hit)
		aws_error(c, 403, "AccessDenied", "%s because no identity-based policy allows the "
			"%s action", who, action);
	free(who);
	free(action);
	return hit;
}

bool lab_fault_refuses(struct aws_call *c, const struct aws_service *s)
{
	const struct lab_faults *f = c->w->faults;

	if (lab_fault_is_on(f, FAULT_AWS_RESET)) {
		c->rp->status = 0;
		return true;
	}
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (lab_fault_is_on(f, words[i].fault) && words[i].form[c->form].status) {
			aws_error(c, words[i].form[c->form].status, words[i].form[c->form].code,
				"%s", words[i].form[c->form].text);
			return true;
		}
	}
	return s && denied(c, s);
}

/* As scaling activities say it (Amazon EC2 Auto Scaling User Guide, "Troubleshoot issues"). */
static const struct {
	const char *word, *text;
} launches[] = {
	{ "addresses", "There are not enough free addresses in the subnet to satisfy the requested "
		"number of instances. Launching EC2 instance failed." },
	{ "quota", "You have requested more vCPU capacity than your current vCPU limit of 8 allows "
		"for the instance bucket that the specified instance type belongs to. Launching "
		"EC2 instance failed." },
	{ "suspended", "" },
	{ "template", "The specified launch template does not exist. Launching EC2 instance "
		"failed." },
};

const char *lab_fault_launch(const struct world *w)
{
	const struct strlist *said = lab_fault_words(w->faults, FAULT_NO_LAUNCH);

	if (lab_fault_is_on(w->faults, FAULT_NO_CAPACITY))
		return "We currently do not have sufficient t3.medium capacity in the Availability "
			"Zone you requested. Launching EC2 instance failed.";
	for (size_t i = 0; said->n && i < sizeof(launches) / sizeof(launches[0]); i++) {
		if (str_eq(launches[i].word, said->v[0]))
			return launches[i].text;
	}
	return said->n ? launches[0].text : NULL;
}

int64_t lab_fault_aws_wall(const struct world *w)
{
	return world_wall(w) + lab_fault_number(w->faults, FAULT_CLOCK_SKEW) * 1000;
}
