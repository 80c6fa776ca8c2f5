/* SPDX-License-Identifier: Apache-2.0 */
/* Questions before something is made: exact requests, what answers mean, nothing left behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/look.h"
#include "core/base/buf.h"
#include "core/base/xalloc.h"
#include "tests/aws/bench.h"

static void on_items(void *ctx, const struct strlist *items, const struct err *e)
{
	struct bench *b = ctx;
	struct buf all = BUF_INIT;
	for (size_t i = 0; i < items->n; i++) {
		buf_addf(&all, "%s%s", i ? "|" : "", items->v[i]);
	}
	free(b->text);
	b->text = buf_detach(&all);
	bench_on_done(b, e);
}

static void ask(struct bench *b, enum aws_look_kind kind, const char *what, const char *path)
{
	int n = b->calls;
	aws_look_start(b->aws, &(struct aws_look_spec){ .kind = kind, .region = "eu-west-3",
		.what = what, .path = path, .done = on_items, .ctx = b });
	assert_int_equal(b->calls, n);
	assert_true(bench_wait(b, n + 1));
}

static const char *last(struct bench *b)
{
	return wire_request(b->wire, "", wire_count(b->wire, "") - 1);
}

static void test_ec2(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "Action=DescribeAvailabilityZones", 200, NULL, "<R>"
		"<availabilityZoneInfo><item><zoneName>eu-west-3a</zoneName><zoneState>available"
		"</zoneState><zoneType>availability-zone</zoneType></item><item><zoneName>"
		"eu-west-3-par-1a</zoneName><zoneState>available</zoneState><zoneType>local-zone"
		"</zoneType></item><item><zoneName>eu-west-3b</zoneName><zoneState>unavailable"
		"</zoneState></item></availabilityZoneInfo></R>");
	ask(b, AWS_LOOK_ZONES, "zones", NULL);
	assert_string_equal(b->text, "eu-west-3a");
	assert_string_equal(wire_body(last(b)), "Action=DescribeAvailabilityZones&Version=2016-11-15");
	assert_non_null(strstr(last(b), "/eu-west-3/ec2/aws4_request"));
	wire_rule(b->wire, "Action=DescribeVpcs", 200, NULL, "<R><vpcSet><item><vpcId>vpc-1</vpcId>"
		"<cidrBlock>10.0.0.0/16</cidrBlock><cidrBlockAssociationSet><item><cidrBlock>"
		"10.0.0.0/16</cidrBlock></item><item><cidrBlock>100.64.0.0/16</cidrBlock></item>"
		"</cidrBlockAssociationSet></item></vpcSet><nextToken>t</nextToken></R>");
	wire_rule(b->wire, "NextToken=t", 200, NULL, "<R><vpcSet><item><vpcId>vpc-2</vpcId>"
		"<cidrBlock>172.31.0.0/16</cidrBlock></item></vpcSet></R>");
	ask(b, AWS_LOOK_VPCS, "networks", NULL);
	assert_string_equal(b->text, "vpc-1 10.0.0.0/16|vpc-1 100.64.0.0/16|vpc-2 172.31.0.0/16");
	wire_rule(b->wire, "Action=DescribeInstanceTypeOfferings", 200, NULL, "<R>"
		"<instanceTypeOfferingSet><item><location>eu-west-3a</location></item><item>"
		"<location>eu-west-3c</location></item></instanceTypeOfferingSet></R>");
	ask(b, AWS_LOOK_OFFERED, "m5.large", NULL);
	assert_string_equal(b->text, "eu-west-3a|eu-west-3c");
	assert_string_equal(wire_body(last(b)), "Action=DescribeInstanceTypeOfferings"
		"&Version=2016-11-15&LocationType=availability-zone"
		"&Filter.1.Name=instance-type&Filter.1.Value.1=m5.large");
}

static void test_may(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "DryRun=true", 412, NULL,
		"<R><Errors><Error><Code>DryRunOperation</Code></Error></Errors></R>");
	ask(b, AWS_LOOK_MAY, "CreateVolume", "eu-west-3a");
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(wire_body(last(b)), "Action=CreateVolume&Version=2016-11-15&DryRun=true"
		"&AvailabilityZone=eu-west-3a&Size=20&VolumeType=gp3");
	wire_rule(b->wire, "DryRun=true", 403, NULL,
		"<R><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></R>");
	ask(b, AWS_LOOK_MAY, "CreateVpc", "eu-west-3a");
	assert_int_equal(b->err.kind, ERR_DENIED);
	/* Whatever says yes to a dry run is not EC2. */
	wire_rule(b->wire, "DryRun=true", 200, NULL, "<R/>");
	ask(b, AWS_LOOK_MAY, "CreateVpc", "eu-west-3a");
	assert_int_equal(b->err.kind, ERR_PARSE);
	for (size_t i = 0; i < wire_count(b->wire, ""); i++) {
		assert_non_null(strstr(wire_body(wire_request(b->wire, "", i)), "DryRun=true"));
	}
}

static void test_bucket(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "HEAD /kops-state", 200, NULL, "");
	ask(b, AWS_LOOK_BUCKET, "kops-state", NULL);
	assert_int_equal(b->err.kind, ERR_NONE);
	wire_rule(b->wire, "HEAD /none", 404, NULL, "");
	ask(b, AWS_LOOK_BUCKET, "none", NULL);
	assert_int_equal(b->err.kind, ERR_NOT_FOUND);
	wire_rule(b->wire, "HEAD /theirs", 403, NULL, "");
	ask(b, AWS_LOOK_BUCKET, "theirs", NULL);
	assert_int_equal(b->err.kind, ERR_DENIED);
	wire_rule(b->wire, "GET /kops-state?versioning=", 200, NULL, "<VersioningConfiguration>"
		"<Status>Enabled</Status></VersioningConfiguration>");
	ask(b, AWS_LOOK_VERSIONED, "kops-state", NULL);
	assert_string_equal(b->text, "Enabled");
	wire_rule(b->wire, "GET /kops-state?versioning=", 200, NULL, "<VersioningConfiguration/>");
	ask(b, AWS_LOOK_VERSIONED, "kops-state", NULL);
	assert_string_equal(b->text, "");
}

/* Nothing is ever left behind: the write is one that cannot succeed, or it goes again. */
static void test_writable(void **state)
{
	static const struct {
		int status;
		const char *code;
		enum err_kind kind;
	} answers[] = {
		{ 404, "NoSuchKey", ERR_NONE }, { 400, "BadDigest", ERR_NONE },
		{ 412, "PreconditionFailed", ERR_NONE }, { 403, "AccessDenied", ERR_DENIED },
		{ 404, "NoSuchBucket", ERR_NOT_FOUND },
	};
	struct bench *b = *state;
	bench_simple(b);
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		char *body = xasprintf("<Error><Code>%s</Code></Error>", answers[i].code);
		wire_rule(b->wire, "PUT /kops-state/p/probe", answers[i].status, NULL, body);
		ask(b, AWS_LOOK_WRITABLE, "kops-state", "p/probe");
		assert_int_equal(b->err.kind, answers[i].kind);
		free(body);
		char *md5 = wire_header(last(b), "Content-MD5"), *match = wire_header(last(b),
			"If-Match");
		assert_string_equal(md5, "AAAAAAAAAAAAAAAAAAAAAA==");
		assert_string_equal(match, "\"00000000000000000000000000000000\"");
		free(md5);
		free(match);
	}
	assert_int_equal(wire_count(b->wire, "DELETE "), 0);
	wire_rule(b->wire, "PUT /kops-state/p/probe", 200, NULL, "");
	wire_rule(b->wire, "DELETE /kops-state/p/probe", 204, NULL, "");
	ask(b, AWS_LOOK_WRITABLE, "kops-state", "p/probe");
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(wire_count(b->wire, "DELETE /kops-state/p/probe"), 1);
	assert_int_equal(wire_unused(b->wire), 0);
}

static void test_hosted(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_rule(b->wire, "GET /2013-04-01/hostedzone", 200, NULL, "<R><HostedZones><HostedZone>"
		"<Id>/hostedzone/Z1</Id><Name>mate.app.</Name><Config><PrivateZone>false"
		"</PrivateZone></Config></HostedZone><HostedZone><Name>in.mate.app.</Name><Config>"
		"<PrivateZone>true</PrivateZone></Config></HostedZone></HostedZones></R>");
	ask(b, AWS_LOOK_HOSTED, "zones", NULL);
	assert_string_equal(b->text, "mate.app. public|in.mate.app. private");
}

static void test_cancel(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	wire_hang(b->wire, "");
	struct aws_look *l = aws_look_start(b->aws, &(struct aws_look_spec){
		.kind = AWS_LOOK_VPCS, .what = "networks", .done = on_items, .ctx = b });
	aws_look_cancel(l);
	aws_look_cancel(NULL);
	assert_int_equal(b->calls, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_ec2), T(test_may), T(test_bucket), T(test_writable), T(test_hosted),
		T(test_cancel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
