/* SPDX-License-Identifier: Apache-2.0 */
/* One question to AWS before something is made. */
#include "aws/look.h"

#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "aws/list.h"
#include "aws/query.h"
#include "aws/s3.h"
#include "core/base/xalloc.h"

/* Of sixteen bytes 0: no content has it. */
#define WRONG_MD5 "AAAAAAAAAAAAAAAAAAAAAA=="

struct aws_look {
	struct aws *aws;
	struct aws_look_spec spec; /* its strings are ours */
	struct strlist items;
	struct aws_list *list;
	struct aws_call *call;
	struct s3_bucket *bucket;
	struct s3_call *s3;
};

static void look_free(struct aws_look *l)
{
	aws_list_cancel(l->list);
	if (l->call) {
		aws_call_cancel(l->call);
	}
	s3_cancel(l->s3);
	if (l->bucket) {
		s3_bucket_free(l->bucket);
	}
	strlist_release(&l->items);
	free((void *)(uintptr_t)l->spec.region);
	free((void *)(uintptr_t)l->spec.what);
	free((void *)(uintptr_t)l->spec.path);
	free(l);
}

static void look_end(struct aws_look *l, const struct err *e)
{
	static const struct strlist none = { .v = NULL };
	l->spec.done(l->spec.ctx, e ? &none : &l->items, e);
	look_free(l);
}

/* ---- EC2 ---- */

static void look_add2(struct aws_look *l, const char *a, const char *b)
{
	if (a && b) {
		strlist_take(&l->items, xasprintf("%s %s", a, b));
	}
}

static void look_zones(struct aws_look *l, const struct xml_node *root)
{
	for (const struct xml_node *n = xml_first(root, "availabilityZoneInfo"); n; n = n->next) {
		const char *name = xml_text(n, "zoneName"), *type = xml_text(n, "zoneType");
		if (name && str_eq(xml_text(n, "zoneState"), "available") &&
			(!type || str_eq(type, "availability-zone"))) {
			strlist_add(&l->items, name);
		}
	}
}

static void look_vpcs(struct aws_look *l, const struct xml_node *root)
{
	for (const struct xml_node *n = xml_first(root, "vpcSet"); n; n = n->next) {
		const char *id = xml_text(n, "vpcId");
		const struct xml_node *more = xml_first(n, "cidrBlockAssociationSet");
		if (!more) {
			look_add2(l, id, xml_text(n, "cidrBlock"));
		}
		for (; more; more = more->next) {
			look_add2(l, id, xml_text(more, "cidrBlock"));
		}
	}
}

static void look_offered(struct aws_look *l, const struct xml_node *root)
{
	for (const struct xml_node *n = xml_first(root, "instanceTypeOfferingSet"); n;
		n = n->next) {
		const char *zone = xml_text(n, "location");
		if (zone) {
			strlist_add(&l->items, zone);
		}
	}
}

static const struct {
	const char *action;
	void (*page)(struct aws_look *l, const struct xml_node *root);
	bool pages;
} lists[] = {
	[AWS_LOOK_ZONES] = { "DescribeAvailabilityZones", look_zones, false },
	[AWS_LOOK_VPCS] = { "DescribeVpcs", look_vpcs, true },
	[AWS_LOOK_OFFERED] = { "DescribeInstanceTypeOfferings", look_offered, true },
};

static void look_on_page(void *ctx, const struct xml_node *root)
{
	struct aws_look *l = ctx;
	lists[l->spec.kind].page(l, root);
}

static void look_on_end(void *ctx, const struct err *e)
{
	struct aws_look *l = ctx;
	l->list = NULL;
	look_end(l, e);
}

static void look_list(struct aws_look *l)
{
	struct buf q = BUF_INIT;
	query_init(&q, AWS_EC2, lists[l->spec.kind].action);
	if (l->spec.kind == AWS_LOOK_OFFERED) {
		query_add(&q, "LocationType", "availability-zone");
		query_add_filter(&q, AWS_EC2, 1, "instance-type", l->spec.what);
	}
	l->list = aws_list_start(l->aws, &(struct aws_list_spec){ .service = AWS_EC2,
		.region = l->spec.region, .action = lists[l->spec.kind].action,
		.body = buf_str(&q), .token_in = "NextToken",
		.token_out = lists[l->spec.kind].pages ? "nextToken" : NULL,
		.page = look_on_page, .done = look_on_end, .ctx = l });
	buf_release(&q);
}

/* What each action needs to be asked at all; the values are never used. */
static const struct {
	const char *action;
	const char *params[4][2]; /* a value NULL: the zone */
} dry_runs[] = {
	{ "CreateInternetGateway", { { NULL, NULL } } },
	{ "CreateLaunchTemplate", { { "LaunchTemplateName", "kopscope-dry-run" },
		{ "LaunchTemplateData.InstanceType", "t3.medium" } } },
	{ "CreateVolume", { { "AvailabilityZone", NULL }, { "Size", "20" },
		{ "VolumeType", "gp3" } } },
	{ "CreateVpc", { { "CidrBlock", "172.20.0.0/16" } } },
};

static void may_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct aws_look *l = ctx;
	struct err odd = ERR_INIT;
	l->call = NULL;
	if (r && r->fault && str_eq(r->fault->code, "DryRunOperation")) {
		look_end(l, NULL);
	} else if (!e) {
		err_set(&odd, ERR_PARSE, "EC2 %s: a dry run was not answered as one", l->spec.what);
		look_end(l, &odd);
	} else {
		look_end(l, e);
	}
}

static void look_may(struct aws_look *l)
{
	struct buf q = BUF_INIT;
	query_init(&q, AWS_EC2, l->spec.what);
	query_add(&q, "DryRun", "true");
	for (size_t i = 0; i < sizeof(dry_runs) / sizeof(dry_runs[0]); i++) {
		for (size_t k = 0; str_eq(dry_runs[i].action, l->spec.what) && k < 4 &&
			dry_runs[i].params[k][0]; k++) {
			const char *v = dry_runs[i].params[k][1];
			query_add(&q, dry_runs[i].params[k][0], v ? v : l->spec.path);
		}
	}
	l->call = aws_call_start(l->aws, &(struct aws_call_spec){ .service = AWS_EC2,
		.region = l->spec.region, .action = l->spec.what, .body = buf_str(&q),
		.body_len = q.len, .done = may_on_answer, .ctx = l });
	buf_release(&q);
}

/* ---- Route 53 ---- */

static void hosted_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct aws_look *l = ctx;
	l->call = NULL;
	for (const struct xml_node *n = e ? NULL : xml_first(r->root, "HostedZones"); n;
		n = n->next) {
		look_add2(l, xml_text(n, "Name"),
			str_eq(xml_text(n, "Config.PrivateZone"), "true") ? "private" : "public");
	}
	look_end(l, e);
}

static void look_hosted(struct aws_look *l)
{
	l->call = aws_call_start(l->aws, &(struct aws_call_spec){ .service = AWS_ROUTE53,
		.action = "ListHostedZones", .method = "GET", .path = "/2013-04-01/hostedzone",
		.done = hosted_on_answer, .ctx = l });
}

/* ---- S3 ---- */

static void bucket_on_answer(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct aws_look *l = ctx;
	l->s3 = NULL;
	if (!e && l->spec.kind == AWS_LOOK_VERSIONED) {
		const char *status = xml_text(r->root, "Status");
		strlist_add(&l->items, status ? status : "");
	}
	look_end(l, e);
}

static void bucket_on_undone(void *ctx, const struct aws_reply *r, const struct err *e)
{
	bucket_on_answer(ctx, r, e);
}

static void bucket_on_write(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct aws_look *l = ctx;
	int status = r && r->http ? r->http->status : 0;
	l->s3 = NULL;
	if (!e) {
		/* A store that looks at neither: what it took goes again at once. */
		l->s3 = s3_start(l->bucket, &(struct s3_request){ .action = "DeleteObject",
			.method = "DELETE", .key = l->spec.path, .done = bucket_on_undone,
			.ctx = l });
		return;
	}
	bool refused_it = status == 404 || status == 412 ||
		(r && r->fault && (str_eq(r->fault->code, "BadDigest") ||
			str_eq(r->fault->code, "InvalidDigest")));
	bool no_bucket = r && r->fault && str_eq(r->fault->code, "NoSuchBucket");
	look_end(l, refused_it && !no_bucket ? NULL : e);
}

static void look_bucket(struct aws_look *l)
{
	static const struct http_header headers[] = {
		{ "Content-MD5", WRONG_MD5 },
		{ "If-Match", "\"00000000000000000000000000000000\"" },
	};
	bool write = l->spec.kind == AWS_LOOK_WRITABLE, list = l->spec.kind == AWS_LOOK_BUCKET;
	l->bucket = s3_bucket_new(l->aws, l->spec.what);
	l->s3 = s3_start(l->bucket, &(struct s3_request){
		.action = write ? "PutObject" : list ? "HeadBucket" : "GetBucketVersioning",
		.method = write ? "PUT" : list ? "HEAD" : "GET",
		.key = write ? l->spec.path : NULL,
		.query = write || list ? NULL : "versioning=",
		.headers = write ? headers : NULL, .nheaders = write ? 2 : 0,
		.body = write ? "x" : NULL, .body_len = write ? 1 : 0, .unsafe = write,
		.done = write ? bucket_on_write : bucket_on_answer, .ctx = l });
}

struct aws_look *aws_look_start(struct aws *a, const struct aws_look_spec *spec)
{
	static void (*const begin[])(struct aws_look *l) = {
		[AWS_LOOK_BUCKET] = look_bucket, [AWS_LOOK_VERSIONED] = look_bucket,
		[AWS_LOOK_WRITABLE] = look_bucket, [AWS_LOOK_ZONES] = look_list,
		[AWS_LOOK_VPCS] = look_list, [AWS_LOOK_OFFERED] = look_list,
		[AWS_LOOK_HOSTED] = look_hosted, [AWS_LOOK_MAY] = look_may,
	};
	struct aws_look *l = xcalloc(1, sizeof(*l));
	l->aws = a;
	l->spec = *spec;
	l->spec.region = xstrdup(spec->region);
	l->spec.what = xstrdup(spec->what);
	l->spec.path = xstrdup(spec->path);
	begin[spec->kind](l);
	return l;
}

void aws_look_cancel(struct aws_look *l)
{
	if (l) {
		look_free(l);
	}
}
