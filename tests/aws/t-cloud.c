/* SPDX-License-Identifier: Apache-2.0 */
/* The cloud's verbs and Route 53: exact requests, in order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/route53.h"
#include "core/io/request-id.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "tests/aws/bench.h"

static const char *body(struct bench *b, size_t n)
{
	const char *r = wire_request(b->wire, "", n);
	return r ? wire_body(r) : "(no such request)";
}

static struct cloud *cloud(struct bench *b)
{
	bench_simple(b);
	b->calls = 0;
	return aws_cloud_new(b->aws, "eu-west-3");
}

static void test_terminate(void **state)
{
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	wire_rule(b->wire, "", 200, NULL, "<R/>");
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_int_equal(b->calls, 0);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(body(b, 0),
		"Action=TerminateInstances&Version=2016-11-15&InstanceId.1=i-1");
	assert_non_null(strstr(wire_request(b->wire, "", 0), "/eu-west-3/ec2/aws4_request"));
	wire_rule(b->wire, "", 400, NULL,
		"<R><Errors><Error><Code>InvalidInstanceID.NotFound</Code></Error></Errors></R>");
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NONE);
	wire_rule(b->wire, "", 403, NULL,
		"<R><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></R>");
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_true(bench_wait(b, 3));
	assert_int_equal(b->err.kind, ERR_DENIED);
	aws_cloud_free(c);
}

#define SEEN(state) "<R><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>" \
	"<instanceState><code>0</code><name>" state "</name></instanceState></item>" \
	"</instancesSet></item></reservationSet></R>"

/* An order that may have been carried out is not given again before somebody has looked. */
static void test_terminate_lost(void **state)
{
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	wire_rule(b->wire, "Action=TerminateInstances", 500, NULL, "<R/>");
	wire_rule(b->wire, "Action=DescribeInstances", 200, NULL, SEEN("shutting-down"));
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_SERVER);
	assert_int_equal(wire_count(b->wire, "Action=TerminateInstances"), 1);
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(body(b, 1),
		"Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1");
	assert_int_equal(wire_count(b->wire, "Action=TerminateInstances"), 1);
	/* It runs still: now the order is given once more. */
	wire_rule(b->wire, "Action=DescribeInstances", 200, NULL, SEEN("running"));
	wire_rule(b->wire, "Action=TerminateInstances", 200, NULL, "<R/>");
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_true(bench_wait(b, 3));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(wire_count(b->wire, "Action=TerminateInstances"), 2);
	/* Of another nothing is in doubt. */
	c->ops->terminate(c, "i-2", bench_on_done, b);
	assert_true(bench_wait(b, 4));
	assert_int_equal(wire_count(b->wire, "Action=DescribeInstances"), 2);
	/* Who looks and gets no answer has ended nothing. */
	wire_rule(b->wire, "Action=DescribeInstances", 403, NULL, "<R/>");
	c->ops->terminate(c, "i-1", bench_on_done, b);
	assert_true(bench_wait(b, 5));
	assert_int_equal(b->err.kind, ERR_DENIED);
	assert_int_equal(wire_count(b->wire, "Action=TerminateInstances"), 3);
	aws_cloud_free(c);
}

static void test_detach(void **state)
{
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	wire_rule(b->wire, "Action=CreateTags", 200, NULL, "<R/>");
	wire_rule(b->wire, "Action=DetachInstances", 200, NULL, "<R/>");
	c->ops->detach(c, "i-1", "nodes.x", bench_on_done, b);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(body(b, 0), "Action=CreateTags&Version=2016-11-15&ResourceId.1=i-1"
		"&Tag.1.Key=kops.k8s.io%2Fdetached-from-asg&Tag.1.Value=nodes.x");
	assert_string_equal(body(b, 1), "Action=DetachInstances&Version=2011-01-01"
		"&AutoScalingGroupName=nodes.x&InstanceIds.member.1=i-1"
		"&ShouldDecrementDesiredCapacity=false");
	/* No tag, no detaching; and a detaching that may have happened is not repeated. */
	wire_rule(b->wire, "Action=CreateTags", 403, NULL, "<R/>");
	c->ops->detach(c, "i-1", "nodes.x", bench_on_done, b);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_DENIED);
	wire_rule(b->wire, "Action=CreateTags", 200, NULL, "<R/>");
	wire_rule(b->wire, "Action=DetachInstances", 500, NULL, "<R/>");
	c->ops->detach(c, "i-1", "nodes.x", bench_on_done, b);
	assert_true(bench_wait(b, 3));
	assert_int_equal(b->err.kind, ERR_SERVER);
	assert_int_equal(wire_count(b->wire, "Action=DetachInstances"), 2);
	aws_cloud_free(c);
}

static void test_set_desired(void **state)
{
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	wire_rule(b->wire, "", 200, NULL, "<R/>");
	c->ops->set_desired(c, "nodes.x", 5, bench_on_done, b);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(body(b, 0), "Action=SetDesiredCapacity&Version=2011-01-01"
		"&AutoScalingGroupName=nodes.x&DesiredCapacity=5&HonorCooldown=false");
	aws_cloud_free(c);
}

#define GROUP(inner) \
	"<R><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>" \
	"<AutoScalingGroupName>nodes.x</AutoScalingGroupName>" inner \
	"</member></AutoScalingGroups></DescribeAutoScalingGroupsResult></R>"
#define HEALTH(inner) \
	"<R><DescribeTargetHealthResult><TargetHealthDescriptions>" inner \
	"</TargetHealthDescriptions></DescribeTargetHealthResult></R>"
#define TARGET(id, port, state) \
	"<member><Target><Id>" id "</Id><Port>" port "</Port></Target><TargetHealth><State>" \
	state "</State></TargetHealth></member>"
#define CLASSIC(state) \
	"<R><DescribeInstanceHealthResult><InstanceStates><member><InstanceId>i-1</InstanceId>" \
	"<State>" state "</State></member></InstanceStates></DescribeInstanceHealthResult></R>"

static void test_deregister(void **state)
{
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	wire_rule(b->wire, "Action=DescribeAutoScalingGroups", 200, NULL,
		GROUP("<TargetGroupARNs><member>arn:1</member><member>arn:gone</member>"
		"</TargetGroupARNs><LoadBalancerNames><member>api</member></LoadBalancerNames>"));
	wire_rule(b->wire, "DescribeTargetHealth", 200, NULL, HEALTH(TARGET("i-2", "1", "healthy")
		TARGET("i-1", "443", "healthy") TARGET("i-1", "8443", "unhealthy")));
	wire_rule(b->wire, "DeregisterTargets", 200, NULL, "<R/>");
	wire_rule(b->wire, "DescribeTargetHealth", 200, NULL,
		HEALTH(TARGET("i-1", "443", "draining")));
	wire_rule(b->wire, "DescribeTargetHealth", 200, NULL,
		HEALTH(TARGET("i-1", "443", "unused")));
	wire_rule(b->wire, "arn%3Agone", 400, NULL,
		"<E><Error><Code>TargetGroupNotFound</Code></Error></E>");
	wire_rule(b->wire, "DescribeInstanceHealth", 200, NULL, CLASSIC("InService"));
	wire_rule(b->wire, "DeregisterInstancesFromLoadBalancer", 200, NULL, "<R/>");
	wire_rule(b->wire, "DescribeInstanceHealth", 200, NULL, CLASSIC("OutOfService"));
	c->ops->deregister(c, "i-1", "nodes.x", bench_on_done, b);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(wire_unused(b->wire), 0);
	assert_string_equal(body(b, 0), "Action=DescribeAutoScalingGroups&Version=2011-01-01"
		"&AutoScalingGroupNames.member.1=nodes.x");
	assert_string_equal(body(b, 1),
		"Action=DescribeTargetHealth&Version=2015-12-01&TargetGroupArn=arn%3A1");
	assert_string_equal(body(b, 2), "Action=DeregisterTargets&Version=2015-12-01"
		"&TargetGroupArn=arn%3A1&Targets.member.1.Id=i-1&Targets.member.1.Port=443"
		"&Targets.member.2.Id=i-1&Targets.member.2.Port=8443");
	assert_string_equal(body(b, 7), "Action=DeregisterInstancesFromLoadBalancer"
		"&Version=2012-06-01&LoadBalancerName=api&Instances.member.1.InstanceId=i-1");
	aws_cloud_free(c);
}

static void test_deregister_none(void **state)
{
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	c->ops->deregister(c, "i-1", NULL, bench_on_done, b);
	assert_int_equal(b->calls, 0);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(wire_count(b->wire, ""), 0);
	wire_rule(b->wire, "", 200, NULL, GROUP(""));
	c->ops->deregister(c, "i-1", "nodes.x", bench_on_done, b);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(wire_count(b->wire, ""), 1);
	aws_cloud_free(c);
}

static void test_free_cancels(void **state)
{
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	wire_hang(b->wire, "");
	c->ops->deregister(c, "i-1", "nodes.x", bench_on_done, b);
	c->ops->terminate(c, "i-1", bench_on_done, b);
	while (!wire_count(b->wire, "")) {
		loop_turn(b->loop, 10);
	}
	aws_cloud_free(c);
	assert_int_equal(b->calls, 2);
	assert_int_equal(b->err.kind, ERR_CANCELLED);
}

static struct buf records;

static void on_record(void *ctx, const struct dns_record *r)
{
	buf_addf(&records, "%s %s %s|", r->name, r->type, r->value);
}

static void test_records(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	buf_clear(&records);
	wire_rule(b->wire, "GET /2013-04-01/hostedzone HTTP", 200, NULL,
		"<R><HostedZones><HostedZone><Id>/hostedzone/ZTOP</Id><Name>app.</Name>"
		"</HostedZone></HostedZones><IsTruncated>true</IsTruncated>"
		"<NextMarker>Z2</NextMarker></R>");
	wire_rule(b->wire, "GET /2013-04-01/hostedzone?marker=Z2 HTTP", 200, NULL,
		"<R><HostedZones><HostedZone><Id>/hostedzone/ZMATE</Id><Name>mate.app.</Name>"
		"</HostedZone><HostedZone><Id>/hostedzone/ZX</Id><Name>te.app.</Name>"
		"</HostedZone></HostedZones><IsTruncated>false</IsTruncated></R>");
	wire_rule(b->wire, "GET /2013-04-01/hostedzone/ZMATE/rrset?name=mate.app HTTP", 200, NULL,
		"<R><ResourceRecordSets><ResourceRecordSet><Name>a.mate.app.</Name><Type>A</Type>"
		"<ResourceRecords><ResourceRecord><Value>1.1.1.1</Value></ResourceRecord>"
		"<ResourceRecord><Value>2.2.2.2</Value></ResourceRecord></ResourceRecords>"
		"</ResourceRecordSet></ResourceRecordSets><IsTruncated>true</IsTruncated>"
		"<NextRecordName>api.mate.app.</NextRecordName><NextRecordType>A</NextRecordType>"
		"</R>");
	wire_rule(b->wire, "/rrset?name=api.mate.app.&type=A HTTP", 200, NULL,
		"<R><ResourceRecordSets><ResourceRecordSet><Name>api.mate.app.</Name>"
		"<Type>A</Type><AliasTarget><DNSName>lb.elb</DNSName></AliasTarget>"
		"</ResourceRecordSet><ResourceRecordSet><Name>xmate.app.</Name><Type>A</Type>"
		"<ResourceRecords><ResourceRecord><Value>9.9.9.9</Value></ResourceRecord>"
		"</ResourceRecords></ResourceRecordSet></ResourceRecordSets>"
		"<IsTruncated>true</IsTruncated><NextRecordName>y.</NextRecordName></R>");
	route53_list_start(b->aws, "mate.app", on_record, bench_on_done, b);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_string_equal(buf_str(&records), "a.mate.app. A 1.1.1.1|a.mate.app. A 2.2.2.2|"
		"api.mate.app. A lb.elb|");
	assert_non_null(strstr(wire_request(b->wire, "", 0), "/us-east-1/route53/aws4_request"));
	wire_rule(b->wire, "", 200, NULL, "<R><HostedZones/></R>");
	route53_list_start(b->aws, "api.other", on_record, bench_on_done, b);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NOT_FOUND);
	buf_release(&records);
}

static char heard[80]; /* the id that held when a verb was done */

static void on_done_with_id(void *ctx, const struct err *e)
{
	const char *id = request_id_now();
	snprintf(heard, sizeof(heard), "%s", id ? id : "-");
	bench_on_done(ctx, e);
}

/* Whoever is told that a write is done can say by which id AWS knows it. */
static void test_request_ids(void **state)
{
	static const struct {
		const char *headers, *body, *id;
		int status;
	} answers[] = {
		{ "x-amzn-RequestId: 7b3-a\r\n", "<R><requestId>other</requestId></R>", "7b3-a",
			200 },
		{ "x-amz-request-id: 4442587FB7D0A2F9\r\n", "<R/>", "4442587FB7D0A2F9", 200 },
		{ NULL, "<R><requestId>5c-1</requestId></R>", "5c-1", 200 },
		{ NULL, "<R><ResponseMetadata><RequestId>9d</RequestId></ResponseMetadata></R>",
			"9d", 200 },
		{ NULL, "<Response><Errors><Error><Code>No</Code></Error></Errors><RequestID>e1"
			"</RequestID></Response>", "e1", 403 },
		{ "x-amzn-RequestId: a b<c>\r\n", "<R/>", "-", 200 },
		{ NULL, "<R/>", "-", 200 },
	};
	struct bench *b = *state;
	struct cloud *c = cloud(b);
	size_t i;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		wire_rule(b->wire, "Action=TerminateInstances", answers[i].status,
			answers[i].headers, answers[i].body);
		c->ops->terminate(c, "i-1", on_done_with_id, b);
		assert_true(bench_wait(b, i + 1));
		assert_string_equal(heard, answers[i].id);
		assert_null(request_id_now());
	}
	/* It is told later, after other answers: the order's own. */
	wire_rule(b->wire, "Action=DescribeAutoScalingGroups", 200, "x-amzn-RequestId: 1\r\n",
		GROUP("<TargetGroupARNs><member>arn:1</member></TargetGroupARNs>"));
	wire_rule(b->wire, "DescribeTargetHealth", 200, "x-amzn-RequestId: 2\r\n",
		HEALTH(TARGET("i-1", "443", "healthy")));
	wire_rule(b->wire, "DeregisterTargets", 200, "x-amzn-RequestId: 3\r\n", "<R/>");
	wire_rule(b->wire, "DescribeTargetHealth", 200, "x-amzn-RequestId: 4\r\n",
		HEALTH(TARGET("i-1", "443", "unused")));
	c->ops->deregister(c, "i-1", "nodes.x", on_done_with_id, b);
	assert_true(bench_wait(b, i + 1));
	assert_string_equal(heard, "3");
	assert_null(request_id_now());
	aws_cloud_free(c);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_terminate), T(test_terminate_lost), T(test_detach), T(test_set_desired),
		T(test_request_ids), T(test_deregister),
		T(test_deregister_none), T(test_free_cancels), T(test_records),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
