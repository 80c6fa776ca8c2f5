/* SPDX-License-Identifier: Apache-2.0 */
/* One AWS call: signature, service, action, envelope, error. */
#include "lab/aws.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/xalloc.h"
#include "lab/digest.h"

static const struct aws_service services[] = {
	{ "autoscaling", AWS_QUERY, "http://autoscaling.amazonaws.com/doc/2011-01-01/",
	  aws_asg_actions, NULL },
	{ "ec2", AWS_EC2, "http://ec2.amazonaws.com/doc/2016-11-15/", aws_ec2_actions, NULL },
	{ "elasticloadbalancing", AWS_QUERY,
	  "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/", aws_elb_actions, NULL },
	{ "route53", AWS_REST, "https://route53.amazonaws.com/doc/2013-04-01/", NULL,
	  aws_route53_handle },
	{ "s3", AWS_S3, "http://s3.amazonaws.com/doc/2006-03-01/", NULL, aws_s3_handle },
	{ "sts", AWS_QUERY, "https://sts.amazonaws.com/doc/2011-06-15/", aws_sts_actions, NULL },
};

static const struct aws_service *service_find(const char *name)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
		if (str_eq(services[i].name, name))
			return &services[i];
	}
	return NULL;
}

static void error_body(const struct aws_call *c, int status, const char *code,
	const char *text, struct buf *b)
{
	buf_adds(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	switch (c->form) {
	case AWS_EC2:
		buf_adds(b, "<Response><Errors><Error>");
		xml_text(b, "Code", code);
		xml_text(b, "Message", text);
		buf_adds(b, "</Error></Errors>");
		xml_text(b, "RequestID", c->request_id);
		buf_adds(b, "</Response>");
		break;
	case AWS_S3:
		buf_adds(b, "<Error>");
		xml_text(b, "Code", code);
		xml_text(b, "Message", text);
		xml_text(b, "Resource", c->rq->path);
		xml_text(b, "RequestId", c->request_id);
		buf_adds(b, "</Error>");
		break;
	case AWS_QUERY:
	case AWS_REST:
		buf_adds(b, "<ErrorResponse><Error>");
		xml_text(b, "Type", status < 500 ? "Sender" : "Receiver");
		xml_text(b, "Code", code);
		xml_text(b, "Message", text);
		buf_adds(b, "</Error>");
		xml_text(b, "RequestId", c->request_id);
		buf_adds(b, "</ErrorResponse>");
		break;
	}
}

void aws_error(struct aws_call *c, int status, const char *code, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (c->failed)
		return;
	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	c->failed = true;
	c->rp->status = status;
	lab_reply_header(c->rp, "Content-Type",
		c->form == AWS_S3 ? "application/xml" : "text/xml;charset=UTF-8");
	buf_clear(&c->rp->body);
	error_body(c, status, code, text, &c->rp->body);
	free(text);
}

/* How each way of being refused is called where: EC2, the query services, S3. */
static const struct {
	enum sig_fault fault;
	struct {
		int status;
		const char *code, *text; /* text NULL: as found */
	} form[3];
} faults[] = {
	{ SIG_MISSING, {
		{ 401, "AuthFailure", "Authorization header or parameters are not formatted "
			"correctly." },
		{ 403, "MissingAuthenticationToken", NULL },
		{ 403, "AccessDenied", "Access Denied" } } },
	{ SIG_INCOMPLETE, {
		{ 401, "AuthFailure", NULL },
		{ 403, "IncompleteSignature", NULL },
		{ 400, "AuthorizationHeaderMalformed", NULL } } },
	{ SIG_UNKNOWN_KEY, {
		{ 401, "AuthFailure",
		  "AWS was not able to validate the provided access credentials" },
		{ 403, "InvalidClientTokenId", NULL },
		{ 403, "InvalidAccessKeyId",
		  "The AWS Access Key Id you provided does not exist in our records." } } },
	{ SIG_BAD_TOKEN, {
		{ 401, "AuthFailure",
		  "AWS was not able to validate the provided access credentials" },
		{ 403, "InvalidClientTokenId", NULL },
		{ 400, "InvalidToken", "The provided token is malformed or otherwise "
			"invalid." } } },
	{ SIG_EXPIRED_TOKEN, {
		{ 400, "RequestExpired", "Request has expired." },
		{ 403, "ExpiredToken", NULL },
		{ 400, "ExpiredToken", "The provided token has expired." } } },
	{ SIG_SKEWED, {
		{ 400, "RequestExpired", "Request has expired." },
		{ 403, "SignatureDoesNotMatch", NULL },
		{ 403, "RequestTimeTooSkewed", "The difference between the request time and the "
		  "current time is too large." } } },
	{ SIG_SCOPE, {
		{ 401, "AuthFailure", NULL },
		{ 403, "SignatureDoesNotMatch", NULL },
		{ 400, "AuthorizationHeaderMalformed", NULL } } },
	{ SIG_UNSIGNED, {
		{ 401, "AuthFailure", NULL },
		{ 403, "SignatureDoesNotMatch", NULL },
		{ 403, "AccessDenied", NULL } } },
	{ SIG_PAYLOAD, {
		{ 403, "SignatureDoesNotMatch", NULL },
		{ 403, "SignatureDoesNotMatch", NULL },
		{ 400, "XAmzContentSHA256Mismatch", NULL } } },
	{ SIG_MISMATCH, {
		{ 403, "SignatureDoesNotMatch", NULL },
		{ 403, "SignatureDoesNotMatch", NULL },
		{ 403, "SignatureDoesNotMatch", NULL } } },
};

static void refuse(struct aws_call *c)
{
	size_t form = c->form == AWS_EC2 ? 0 : c->form == AWS_S3 ? 2 : 1;

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		if (faults[i].fault == c->sig->fault) {
			const char *text = faults[i].form[form].text;

			aws_error(c, faults[i].form[form].status, faults[i].form[form].code, "%s",
				text ? text : c->sig->text);
			return;
		}
	}
	aws_error(c, 403, "AccessDenied", "Access Denied");
}

/* The same call always gets the same id: reading must not move the world's chance. */
static void make_request_id(struct aws_call *c)
{
	const char *auth = lab_request_header(c->rq, "Authorization");
	char *text = xasprintf("%s %s %s", c->rq->method, c->rq->target, auth ? auth : "");
	char h[65];

	digest_sha256_hex(text, strlen(text), h);
	snprintf(c->request_id, sizeof(c->request_id), "%.8s-%.4s-%.4s-%.4s-%.12s", h, h + 8,
		h + 12, h + 16, h + 20);
	free(text);
}

static bool check_signature(struct aws_call *c)
{
	const struct lab_request *rq = c->rq;
	struct sig_header *h = xcalloc(rq->headers.n ? rq->headers.n : 1, sizeof(*h));
	struct sig_key *keys;
	size_t n = lab_sts_keys(c->w, &keys);
	struct sig_request s = { .method = rq->method, .target = rq->target, .headers = h,
		.header_count = rq->headers.n, .body = buf_str(&rq->body),
		.body_len = rq->body.len };
	bool ok;

	for (size_t i = 0; i < rq->headers.n; i++)
		h[i] = (struct sig_header){ rq->headers.v[i].name, rq->headers.v[i].value };
	ok = sig_check(&s, keys, n, lab_fault_aws_wall(c->w), c->sig);
	free(keys);
	free(h);
	return ok;
}

/* The envelope of EC2 and of the other query services differ (facts 6.1). */
static void reply_result(struct aws_call *c, const struct aws_service *s)
{
	struct buf *b = &c->rp->body;

	buf_adds(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	buf_addf(b, "<%sResponse xmlns=\"%s\">", c->action, s->xmlns);
	if (c->form == AWS_EC2) {
		xml_text(b, "requestId", c->request_id);
		buf_add(b, buf_str(c->out), c->out->len);
	} else {
		buf_addf(b, "<%sResult>", c->action);
		buf_add(b, buf_str(c->out), c->out->len);
		buf_addf(b, "</%sResult><ResponseMetadata>", c->action);
		xml_text(b, "RequestId", c->request_id);
		buf_adds(b, "</ResponseMetadata>");
	}
	buf_addf(b, "</%sResponse>", c->action);
	lab_reply_header(c->rp, "Content-Type", "text/xml;charset=UTF-8");
}

/* Asked in another region, where nothing of this world lies: it can be listed, and is empty. */
static void run_elsewhere(struct aws_call *c, const struct aws_action *a)
{
	struct world *w = c->w;
	size_t subnets = w->n_subnets, templates = w->n_templates, asgs = w->n_asgs;
	size_t instances = w->n_instances;

	if (!str_starts(a->name, "Describe")) {
		aws_error(c, 400, "ValidationError", "There is no such thing in %s.",
			c->sig->region);
		return;
	}
	w->n_subnets = w->n_templates = w->n_asgs = w->n_instances = 0;
	a->run(c);
	w->n_subnets = subnets;
	w->n_templates = templates;
	w->n_asgs = asgs;
	w->n_instances = instances;
}

static void run_action(struct aws_call *c, const struct aws_service *s)
{
	bool here = str_eq(c->sig->region, c->w->region) || str_eq(s->name, "sts");
	const char *action;
	struct buf out = BUF_INIT;

	lab_pairs_parse_query(&c->in, buf_str(&c->rq->body), c->rq->body.len);
	for (size_t i = 0; i < c->rq->query.n; i++)
		lab_pairs_add(&c->in, c->rq->query.v[i].name, c->rq->query.v[i].value);
	action = aws_param(c, "Action");
	c->action = action ? action : "";
	c->out = &out;
	for (const struct aws_action *a = s->actions; a->name; a++) {
		if (str_eq(a->name, c->action)) {
			if (here)
				a->run(c);
			else
				run_elsewhere(c, a);
			if (!c->failed)
				reply_result(c, s);
			buf_release(&out);
			return;
		}
	}
	aws_error(c, 400, "InvalidAction", "The action %s is not valid for this web service, "
		"or the lab does not have it.", c->action);
}

/* By its own clock; a right one is left to the server. */
static void date_header(const struct world *w, struct lab_reply *rp)
{
	int64_t wall = lab_fault_aws_wall(w);
	time_t t = (time_t)(wall / 1000);
	struct tm tm;
	char text[40];

	if (wall != world_wall(w) && gmtime_r(&t, &tm)) {
		strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
		lab_reply_header(rp, "Date", text);
	}
}

void aws_handle(struct world *w, const struct lab_request *rq, struct lab_reply *rp)
{
	struct sig_result sig;
	struct aws_call c = { .w = w, .rq = rq, .rp = rp, .sig = &sig, .action = "" };
	const struct aws_service *s;
	bool ok;

	make_request_id(&c);
	lab_reply_header(rp, "x-amzn-RequestId", c.request_id);
	ok = check_signature(&c);
	s = service_find(sig.service);
	/* unsigned calls: only the form can tell whose error to send */
	c.form = s ? s->form : str_eq(rq->method, "POST") ? AWS_QUERY : AWS_S3;
	if (c.form == AWS_S3)
		lab_reply_header(rp, "x-amz-request-id", c.request_id);
	date_header(w, rp);
	if (ok && lab_fault_refuses(&c, s))
		;
	else if (!ok)
		refuse(&c);
	else if (!s)
		aws_error(&c, 400, "UnknownService", "The lab has no service %s.", sig.service);
	else if (s->handle)
		s->handle(&c);
	else
		run_action(&c, s);
	lab_pairs_release(&c.in);
}
