/* SPDX-License-Identifier: Apache-2.0 */
/* The source: exact requests of a look, and what is told of the answers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aws/blocks.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/io/loop-curl.h"
#include "tests/aws/bench.h"

#define CLUSTER "mate-technology.app"

/* Everything observed, as lines. */
static struct buf seen;

#define S(x) ((x) ? (x) : "-")

static void see_instance(const struct instance *i)
{
	buf_addf(&seen, "instance %s %s %s %s %s %s %s %s %s %s:%" PRId64 " %s %d/%d/%d %" PRId64
		"\n", i->id, S(i->group), S(i->asg), S(i->type), S(i->zone), S(i->subnet_id),
		S(i->private_ip), S(i->state), S(i->lifecycle), S(i->template_id),
		i->template_version, i->detached ? "detached" : "attached", i->enis, i->ips,
		i->prefixes, i->launched);
}

static void see_asg(const struct asg *a)
{
	buf_addf(&seen, "asg %s %s %d/%d/%d %s %s:%" PRId64 "%s", a->name, S(a->group), a->min,
		a->desired, a->max, S(a->template_name), S(a->template_id), a->template_version,
		a->mixed ? " mixed" : "");
	for (size_t i = 0; i < a->nzones; i++) {
		buf_addf(&seen, " %s", a->zones[i]);
	}
	for (size_t i = 0; i < a->nsubnet_ids; i++) {
		buf_addf(&seen, " %s", a->subnet_ids[i]);
	}
	for (size_t i = 0; i < a->ntarget_groups; i++) {
		buf_addf(&seen, " %s", a->target_groups[i]);
	}
	if (a->trouble) {
		buf_addf(&seen, " !%s", a->trouble);
	}
	buf_adds(&seen, "\n");
}

static void see_thing(const struct observation *o)
{
	if (o->kind == OBS_ASG) {
		see_asg(o->u.asg);
	} else if (o->kind == OBS_INSTANCE) {
		see_instance(o->u.instance);
	} else if (o->kind == OBS_TYPE) {
		const struct instance_type *t = o->u.type;
		buf_addf(&seen, "type %s %d %d %d %" PRId64 " %s\n", t->name, t->max_enis,
			t->ips_per_eni, t->vcpus, t->memory_mib, t->nitro ? "nitro" : "xen");
	} else if (o->kind == OBS_SUBNET) {
		const struct subnet *s = o->u.subnet;
		buf_addf(&seen, "subnet %s %s %s %s %" PRId64 " %" PRId64 "\n", s->id, S(s->name),
			S(s->zone), S(s->cidr), s->free_ips, s->free_blocks);
	} else if (o->kind == OBS_BALANCER) {
		const struct balancer *l = o->u.balancer;
		buf_addf(&seen, "balancer %s %s %s %s\n", l->name, S(l->dns), S(l->scheme),
			S(l->type));
	} else if (o->kind == OBS_RECORD) {
		const struct dns_record *d = o->u.record;
		buf_addf(&seen, "record %s %s %s\n", d->name, d->type, d->value);
	} else if (o->kind == OBS_IDENTITY) {
		const struct identity *i = o->u.identity;
		buf_addf(&seen, "identity %s %s %s\n", i->account, i->arn, S(i->provider));
	}
}

static void observe(void *ctx, const struct observation *o)
{
	static const char *const words[] = {
		[OBS_SYNC_BEGIN] = "begin", [OBS_SYNC_END] = "end", [OBS_GONE] = "gone",
	};
	struct bench *b = ctx;
	if (o->kind == OBS_SOURCE) {
		const struct source_status *s = &o->u.source->status;
		assert_int_equal(o->u.source->id, SRC_AWS);
		const char *note = strchr(s->detail, ',');
		buf_addf(&seen, "source %d%s\n", (int)s->state, note ? note : "");
		if (s->state != SOURCE_ASKED) {
			bench_on_done(b, s->state == SOURCE_FAILED ? &s->why : NULL);
		}
	} else if (o->verb == OBS_SEEN) {
		see_thing(o);
	} else {
		buf_addf(&seen, "%s %d\n", words[o->verb], (int)o->kind);
	}
}

#define ASG_MEMBER(id, life, version) \
	"<member><InstanceId>" id "</InstanceId><InstanceType>t3.medium</InstanceType>" \
	"<AvailabilityZone>ap-northeast-2a</AvailabilityZone><LifecycleState>" life \
	"</LifecycleState><LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId>" \
	"<LaunchTemplateName>nodes</LaunchTemplateName><Version>" version "</Version>" \
	"</LaunchTemplate></member>"

static const char groups_1[] =
	"<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups>"
	"<member><AutoScalingGroupName>nodes." CLUSTER "</AutoScalingGroupName>"
	"<MinSize>2</MinSize><MaxSize>4</MaxSize><DesiredCapacity>3</DesiredCapacity>"
	"<LaunchTemplate><LaunchTemplateId>lt-1</LaunchTemplateId><LaunchTemplateName>nodes"
	"</LaunchTemplateName><Version>$Latest</Version></LaunchTemplate>"
	"<AvailabilityZones><member>ap-northeast-2a</member><member>ap-northeast-2c</member>"
	"</AvailabilityZones><VPCZoneIdentifier>subnet-1, subnet-2</VPCZoneIdentifier>"
	"<TargetGroupARNs><member>arn:tg-1</member></TargetGroupARNs>"
	"<Instances>" ASG_MEMBER("i-1", "InService", "3") ASG_MEMBER("i-9", "Terminating", "3")
	"</Instances><Tags><member><Key>kops.k8s.io/instancegroup</Key><Value>nodes</Value>"
	"</member></Tags></member>"
	"<member><AutoScalingGroupName>old</AutoScalingGroupName>"
	"<Status>Delete in progress</Status></member></AutoScalingGroups>"
	"<NextToken>page=2</NextToken>"
	"</DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>";

static const char groups_2[] =
	"<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups>"
	"<member><AutoScalingGroupName>cp-a.masters." CLUSTER "</AutoScalingGroupName>"
	"<MinSize>1</MinSize><MaxSize>1</MaxSize><DesiredCapacity>1</DesiredCapacity>"
	"<MixedInstancesPolicy><LaunchTemplate><LaunchTemplateSpecification>"
	"<LaunchTemplateId>lt-2</LaunchTemplateId><Version>7</Version>"
	"</LaunchTemplateSpecification></LaunchTemplate></MixedInstancesPolicy>"
	"<Instances/></member></AutoScalingGroups></DescribeAutoScalingGroupsResult>"
	"</DescribeAutoScalingGroupsResponse>";

#define TAG(k, v) "<item><key>" k "</key><value>" v "</value></item>"

static const char instances_1[] =
	"<DescribeInstancesResponse><reservationSet><item><instancesSet>"
	"<item><instanceId>i-1</instanceId><instanceState><code>16</code><name>running</name>"
	"</instanceState><instanceType>t3.medium</instanceType>"
	"<launchTime>2026-11-22T13:00:00.000Z</launchTime>"
	"<placement><availabilityZone>ap-northeast-2a</availabilityZone></placement>"
	"<subnetId>subnet-1</subnetId><privateIpAddress>172.20.1.5</privateIpAddress>"
	"<tagSet>" TAG("KubernetesCluster", CLUSTER) TAG("kops.k8s.io/instancegroup", "nodes")
	"</tagSet><networkInterfaceSet>"
	"<item><privateIpAddressesSet><item><primary>true</primary></item>"
	"<item><primary>false</primary></item><item><primary>false</primary></item>"
	"</privateIpAddressesSet></item>"
	"<item><privateIpAddressesSet><item><primary>true</primary></item></privateIpAddressesSet>"
	"<ipv4PrefixSet><item><ipv4Prefix>172.20.2.0/28</ipv4Prefix></item><item/></ipv4PrefixSet>"
	"</item></networkInterfaceSet></item>"
	"<item><instanceId>i-8</instanceId><instanceState><name>terminated</name></instanceState>"
	"</item></instancesSet></item></reservationSet><nextToken>t2</nextToken>"
	"</DescribeInstancesResponse>";

static const char instances_2[] =
	"<DescribeInstancesResponse><reservationSet><item><instancesSet>"
	"<item><instanceId>i-2</instanceId><instanceState><name>running</name></instanceState>"
	"<instanceType>t3.medium</instanceType><tagSet>"
	TAG("kops.k8s.io/instancegroup", "nodes")
	TAG("kops.k8s.io/detached-from-asg", "nodes." CLUSTER)
	TAG("aws:ec2launchtemplate:id", "lt-1") TAG("aws:ec2launchtemplate:version", "2")
	"</tagSet></item>"
	"<item><instanceId>i-3</instanceId><instanceState><name>pending</name></instanceState>"
	"<networkInterfaceSet><item/></networkInterfaceSet></item>"
	"<item><instanceId>i-4</instanceId><instanceState><name>stopped</name></instanceState>"
	"<networkInterfaceSet/></item>"
	"</instancesSet></item></reservationSet></DescribeInstancesResponse>";

static const char types[] =
	"<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>t3.medium"
	"</instanceType><hypervisor>nitro</hypervisor><vCpuInfo><defaultVCpus>2</defaultVCpus>"
	"</vCpuInfo><memoryInfo><sizeInMiB>4096</sizeInMiB></memoryInfo><networkInfo>"
	"<maximumNetworkInterfaces>30</maximumNetworkInterfaces><defaultNetworkCardIndex>0"
	"</defaultNetworkCardIndex><networkCards><item><networkCardIndex>0</networkCardIndex>"
	"<maximumNetworkInterfaces>3</maximumNetworkInterfaces></item></networkCards>"
	"<ipv4AddressesPerInterface>6</ipv4AddressesPerInterface></networkInfo></item>"
	"</instanceTypeSet></DescribeInstanceTypesResponse>";

static void script(struct wire *w)
{
	wire_rule(w, "Action=DescribeAutoScalingGroups", 200, NULL, groups_1);
	wire_rule(w, "NextToken=page%3D2", 200, NULL, groups_2);
	wire_rule(w, "Action=DescribeInstances&", 200, NULL, instances_1);
	wire_rule(w, "NextToken=t2", 200, NULL, instances_2);
}

/* Two groups lack instances: AWS is asked why, and tells of one. */
static void script_short(struct wire *w)
{
	wire_rule(w, "Action=DescribeScalingActivities&Version=2011-01-01&AutoScalingGroupName=nodes",
		200, NULL,
		"<R><DescribeScalingActivitiesResult><Activities><member><AutoScalingGroupName>nodes."
		CLUSTER "</AutoScalingGroupName><StatusCode>Failed</StatusCode><StatusMessage>We do "
		"not have sufficient capacity. Launching EC2 instance failed.</StatusMessage>"
		"</member></Activities></DescribeScalingActivitiesResult></R>");
	wire_rule(w, "AutoScalingGroupName=cp-a", 200, NULL,
		"<R><DescribeScalingActivitiesResult><Activities><member><AutoScalingGroupName>cp-a."
		"masters." CLUSTER "</AutoScalingGroupName><StatusCode>Successful</StatusCode>"
		"<StatusMessage>fine</StatusMessage></member></Activities>"
		"</DescribeScalingActivitiesResult></R>");
}

static void script_slow(struct wire *w)
{
	wire_rule(w, "Action=GetCallerIdentity", 200, NULL,
		"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u"
		"</Arn><Account>111122223333</Account></GetCallerIdentityResult>"
		"</GetCallerIdentityResponse>");
	wire_rule(w, "Action=DescribeLoadBalancers", 200, NULL,
		"<R><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>arn:1"
		"</LoadBalancerArn><LoadBalancerName>other</LoadBalancerName></member><member>"
		"<LoadBalancerArn>arn:2</LoadBalancerArn><LoadBalancerName>api</LoadBalancerName>"
		"<DNSName>api.elb</DNSName><Scheme>internal</Scheme><Type>network</Type></member>"
		"</LoadBalancers></DescribeLoadBalancersResult></R>");
	wire_rule(w, "Action=DescribeTags", 200, NULL,
		"<R><DescribeTagsResult><TagDescriptions><member><ResourceArn>arn:1</ResourceArn>"
		"<Tags><member><Key>KubernetesCluster</Key><Value>x</Value></member></Tags>"
		"</member><member><ResourceArn>arn:2</ResourceArn><Tags><member>"
		"<Key>KubernetesCluster</Key><Value>" CLUSTER "</Value></member></Tags></member>"
		"</TagDescriptions></DescribeTagsResult></R>");
	wire_rule(w, "Action=DescribeLaunchTemplates", 200, NULL,
		"<R><launchTemplates><item><launchTemplateId>lt-1</launchTemplateId>"
		"<defaultVersionNumber>1</defaultVersionNumber><latestVersionNumber>4"
		"</latestVersionNumber></item></launchTemplates></R>");
	wire_rule(w, "Action=DescribeInstanceTypes", 200, NULL, types);
	wire_rule(w, "Action=DescribeSubnets", 200, NULL,
		"<R><subnetSet><item><subnetId>subnet-1</subnetId><availabilityZone>"
		"ap-northeast-2a</availabilityZone><cidrBlock>172.20.0.0/19</cidrBlock>"
		"<availableIpAddressCount>100</availableIpAddressCount><tagSet>"
		TAG("Name", "a." CLUSTER) "</tagSet></item></subnetSet></R>");
	wire_rule(w, "Action=DescribeNetworkInterfaces", 200, NULL,
		"<R><networkInterfaceSet><item><subnetId>subnet-1</subnetId>"
		"<privateIpAddressesSet><item><privateIpAddress>172.20.1.5</privateIpAddress>"
		"</item><item><privateIpAddress>172.20.1.6</privateIpAddress></item>"
		"</privateIpAddressesSet><ipv4PrefixSet><item><ipv4Prefix>172.20.2.0/28"
		"</ipv4Prefix></item></ipv4PrefixSet></item><item><subnetId>subnet-2</subnetId>"
		"<privateIpAddressesSet><item><privateIpAddress>172.20.1.99</privateIpAddress>"
		"</item></privateIpAddressesSet></item></networkInterfaceSet></R>");
}

static struct source *source(struct bench *b, struct sink *sink)
{
	buf_clear(&seen);
	b->calls = 0;
	*sink = (struct sink){ .observe = observe, .ctx = b };
	return aws_source_new(b->aws, CLUSTER, "eu-west-3", sink);
}

static void expect_body(struct bench *b, const char *action, const char *want)
{
	const char *r = wire_request(b->wire, action, 0);
	assert_non_null(r);
	assert_string_equal(wire_body(r), want);
	assert_true(str_starts(r, "POST / HTTP/1.1\r\n"));
	assert_non_null(strstr(r, "/20261122/eu-west-3/"));
}

static void test_look(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	script(b->wire);
	script_slow(b->wire);
	struct source *s = source(b, &sink);
	s->ops->start(s);
	assert_int_equal(seen.len, 0);
	assert_true(bench_wait(b, 1));
	assert_int_equal(wire_unused(b->wire), 0);
	assert_string_equal(buf_str(&seen),
		"source 1\n"
		"type t3.medium 3 6 2 4096 nitro\n"
		"begin 4\n"
		"asg nodes." CLUSTER " nodes 2/3/4 nodes lt-1:4 ap-northeast-2a ap-northeast-2c "
		"subnet-1 subnet-2 arn:tg-1\n"
		"asg cp-a.masters." CLUSTER " cp-a 1/1/1 - lt-2:7 mixed\n"
		"end 4\n"
		"begin 5\n"
		"instance i-1 nodes nodes." CLUSTER " t3.medium ap-northeast-2a subnet-1 "
		"172.20.1.5 running InService lt-1:3 attached 2/2/2 1795352400000\n"
		"instance i-2 nodes - t3.medium - - - running - lt-1:2 detached -1/-1/-1 0\n"
		"instance i-3 - - - - - - pending - -:-1 attached 1/-1/-1 0\n"
		"instance i-4 - - - - - - stopped - -:-1 attached 0/-1/-1 0\n"
		"end 5\n"
		"begin 7\n"
		"subnet subnet-1 a." CLUSTER " ap-northeast-2a 172.20.0.0/19 100 508\n"
		"end 7\n"
		"begin 8\n"
		"balancer api api.elb internal network\n"
		"end 8\n"
		"identity 111122223333 arn:aws:iam::1:user/u environment\n"
		"source 2\n");
	assert_int_equal(b->aws->budget.total[AWS_AUTOSCALING], 2);
	assert_int_equal(b->aws->budget.total[AWS_EC2], 6);
	assert_int_equal(b->aws->budget.total[AWS_ELBV2], 2);
	assert_int_equal(b->aws->budget.total[AWS_STS], 1);
	s->ops->free(s);
}

/* Stopped instances of a warm pool are no members in their group's own answer; also when its pool may
   not be asked for they are known for what they are. */
static void test_warm_pool(void **state)
{
	static const char *const want[] = { "stopped Warmed:Hibernated lt-1:2 attached",
		"stopped Warmed:Stopped -:-1 attached" };
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	for (int denied = 0; denied < 2; denied++) {
		wire_rule(b->wire, "Action=DescribeAutoScalingGroups", 200, NULL,
			"<R><DescribeAutoScalingGroupsResult><AutoScalingGroups><member>"
			"<AutoScalingGroupName>nodes." CLUSTER "</AutoScalingGroupName><Instances/>"
			"<WarmPoolConfiguration><MinSize>1</MinSize></WarmPoolConfiguration>"
			"</member></AutoScalingGroups></DescribeAutoScalingGroupsResult></R>");
		wire_rule(b->wire, "Action=DescribeInstances&", 200, NULL,
			"<R><reservationSet><item><instancesSet><item><instanceId>i-9</instanceId>"
			"<instanceState><name>stopped</name></instanceState><tagSet>"
			TAG("kops.k8s.io/instancegroup", "nodes")
			"</tagSet></item></instancesSet></item></reservationSet></R>");
		wire_rule(b->wire, "Action=DescribeWarmPool&Version=2011-01-01&AutoScalingGroupName=nodes.",
			denied ? 403 : 200, NULL, denied
			? "<R><Error><Code>AccessDenied</Code><Message>no</Message></Error></R>"
			: "<R><DescribeWarmPoolResult><Instances><member><InstanceId>i-9</InstanceId>"
			"<LifecycleState>Warmed:Hibernated</LifecycleState><LaunchTemplate>"
			"<LaunchTemplateId>lt-1</LaunchTemplateId><Version>2</Version>"
			"</LaunchTemplate></member><member/></Instances></DescribeWarmPoolResult></R>");
		struct source *s = source(b, &sink);
		s->ops->start(s);
		assert_true(bench_wait(b, 1));
		assert_non_null(strstr(buf_str(&seen), want[denied]));
		s->ops->free(s);
	}
}

static void test_requests(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	script(b->wire);
	script_slow(b->wire);
	struct source *s = source(b, &sink);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	expect_body(b, "Action=DescribeAutoScalingGroups", "Action=DescribeAutoScalingGroups"
		"&Version=2011-01-01&Filters.member.1.Name=tag%3AKubernetesCluster"
		"&Filters.member.1.Values.member.1=" CLUSTER "&MaxRecords=100");
	expect_body(b, "Action=DescribeInstances&", "Action=DescribeInstances&Version=2016-11-15"
		"&Filter.1.Name=tag%3AKubernetesCluster&Filter.1.Value.1=" CLUSTER
		"&Filter.2.Name=instance-state-name&Filter.2.Value.1=pending"
		"&Filter.2.Value.2=running&Filter.2.Value.3=shutting-down"
		"&Filter.2.Value.4=stopping&Filter.2.Value.5=stopped&MaxResults=200");
	expect_body(b, "Action=GetCallerIdentity",
		"Action=GetCallerIdentity&Version=2011-06-15");
	expect_body(b, "Action=DescribeLoadBalancers",
		"Action=DescribeLoadBalancers&Version=2015-12-01&PageSize=400");
	expect_body(b, "Action=DescribeTags", "Action=DescribeTags&Version=2015-12-01"
		"&ResourceArns.member.1=arn%3A1&ResourceArns.member.2=arn%3A2");
	expect_body(b, "Action=DescribeLaunchTemplates", "Action=DescribeLaunchTemplates"
		"&Version=2016-11-15&LaunchTemplateId.1=lt-1");
	expect_body(b, "Action=DescribeInstanceTypes", "Action=DescribeInstanceTypes"
		"&Version=2016-11-15&InstanceType.1=t3.medium");
	expect_body(b, "Action=DescribeSubnets", "Action=DescribeSubnets&Version=2016-11-15"
		"&Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-1&Filter.1.Value.2=subnet-2");
	expect_body(b, "Action=DescribeNetworkInterfaces", "Action=DescribeNetworkInterfaces"
		"&Version=2016-11-15&Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-1"
		"&Filter.1.Value.2=subnet-2&MaxResults=500");
	assert_non_null(strstr(wire_request(b->wire, "Action=GetCallerIdentity", 0),
		"/eu-west-3/sts/aws4_request"));
	assert_non_null(strstr(wire_request(b->wire, "Action=DescribeTags", 0),
		"/eu-west-3/elasticloadbalancing/aws4_request"));
	s->ops->free(s);
}

/* Names come with the first look, whole, and before it is called live. */
static void test_records(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	script(b->wire);
	script_slow(b->wire);
	wire_rule(b->wire, "GET /2013-04-01/hostedzone HTTP", 200, NULL,
		"<R><HostedZones><HostedZone><Id>/hostedzone/Z</Id><Name>" CLUSTER ".</Name>"
		"</HostedZone></HostedZones><IsTruncated>false</IsTruncated></R>");
	wire_rule(b->wire, "GET /2013-04-01/hostedzone/Z/rrset?name=" CLUSTER " HTTP", 200, NULL,
		"<R><ResourceRecordSets><ResourceRecordSet><Name>api." CLUSTER ".</Name>"
		"<Type>A</Type><ResourceRecords><ResourceRecord><Value>1.1.1.1</Value>"
		"</ResourceRecord><ResourceRecord><Value>2.2.2.2</Value></ResourceRecord>"
		"</ResourceRecords></ResourceRecordSet></ResourceRecordSets>"
		"<IsTruncated>false</IsTruncated></R>");
	struct source *s = source(b, &sink);
	aws_source_want_records(s);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	assert_int_equal(wire_unused(b->wire), 0);
	const char *record = strstr(buf_str(&seen), "begin 9\nrecord api." CLUSTER
		". A 1.1.1.1,2.2.2.2\nend 9\n");
	assert_non_null(record);
	assert_true(strstr(buf_str(&seen), "source 2\n") > record);
	assert_int_equal(b->aws->budget.total[AWS_ROUTE53], 2);
	s->ops->free(s);
}

/* The second look asks for what changes quickly only, and comes by itself. */
static void test_again(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	script(b->wire);
	script_slow(b->wire);
	struct source *s = source(b, &sink);
	s->ops->pace(s, PACE_FAST);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	script(b->wire);
	wire_rule(b->wire, "Action=DescribeLaunchTemplates", 403, NULL,
		"<R><Errors><Error><Code>UnauthorizedOperation</Code></Error></Errors></R>");
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_int_equal(wire_count(b->wire, "Action=DescribeInstances&"), 4);
	assert_int_equal(wire_count(b->wire, "Action=DescribeInstanceTypes"), 1);
	assert_int_equal(wire_count(b->wire, "Action=GetCallerIdentity"), 1);
	/* What could not be had is unknown, not wrong, and said. */
	assert_non_null(strstr(buf_str(&seen), "lt-1:-1"));
	assert_non_null(strstr(buf_str(&seen), "EC2 DescribeLaunchTemplates: denied"));
	s->ops->free(s);
}

/* Nobody at the keys: what a look costs, and how rarely it comes. */
static void test_idle(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	script(b->wire);
	script_slow(b->wire);
	struct source *s = source(b, &sink);
	s->ops->pace(s, PACE_IDLE);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	int64_t from = clock_mono(&b->clock);
	size_t before = wire_count(b->wire, "");
	script(b->wire);
	script_slow(b->wire);
	assert_true(bench_wait(b, 2));
	double minutes = (double)(clock_mono(&b->clock) - from) / 60000;
	size_t calls = wire_count(b->wire, "") - before;
	assert_true(calls > 0);
	/* The API server's share is a quarter (tests/k8s/t-day.c). */
	assert_true((double)calls / minutes < 0.75);
	s->ops->free(s);
}

/* While a roll looks, a group that lacks instances is asked why. */
static void test_short(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	script(b->wire);
	script_slow(b->wire);
	script_short(b->wire);
	struct source *s = source(b, &sink);
	s->ops->pace(s, PACE_FAST);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	assert_int_equal(wire_unused(b->wire), 0);
	assert_non_null(strstr(buf_str(&seen), "arn:tg-1 !We do not have sufficient capacity\n"));
	assert_non_null(strstr(buf_str(&seen), "cp-a 1/1/1 - lt-2:7 mixed\n"));
	s->ops->free(s);
}

/* A failure tells why and leaves the rest alone; then it recovers by itself. */
static void test_failure(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	script_slow(b->wire);
	wire_rule(b->wire, "Action=DescribeAutoScalingGroups", 403, NULL,
		"<E><Error><Code>AccessDenied</Code><Message>no</Message></Error></E>");
	wire_rule(b->wire, "Action=DescribeInstances&", 200, NULL, instances_2);
	struct source *s = source(b, &sink);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_DENIED);
	assert_string_equal(b->err.text,
		"Auto Scaling DescribeAutoScalingGroups: no (AccessDenied)");
	assert_null(strstr(buf_str(&seen), "begin"));
	assert_null(strstr(buf_str(&seen), "instance"));
	script(b->wire);
	script_slow(b->wire);
	assert_true(bench_wait(b, 2));
	assert_int_equal(b->err.kind, ERR_NONE);
	assert_non_null(strstr(buf_str(&seen), "instance i-1"));
	s->ops->free(s);
}

/* Answers that lead nowhere: none at all, and a page that names itself as the next. */
static void test_pages(void **state)
{
	static const struct {
		const char *body, *says;
	} rows[] = {
		{ "", "EC2 DescribeInstances: the answer is empty" },
		{ "<R><nextToken>again</nextToken></R>",
			"EC2 DescribeInstances: the pages do not end" },
	};
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wire_forget(b->wire);
		script_slow(b->wire);
		wire_rule(b->wire, "Action=DescribeAutoScalingGroups", 200, NULL, "<R/>");
		wire_rule(b->wire, "Action=DescribeInstances&", 200, NULL, rows[i].body);
		wire_rule(b->wire, "Action=DescribeInstances&", 200, NULL, rows[i].body);
		b->calls = 0;
		struct source *s = source(b, &sink);
		s->ops->start(s);
		assert_true(bench_wait(b, 1));
		assert_int_equal(b->err.kind, ERR_PARSE);
		assert_string_equal(b->err.text, rows[i].says);
		s->ops->free(s);
	}
}

/* How many instances were told in one turn of the loop, at most, and in all. */
static struct {
	uint64_t turn;
	int in_turn, most, all, ends;
} told;

static void observe_turns(void *ctx, const struct observation *o)
{
	struct bench *b = ctx;
	if (o->kind == OBS_INSTANCE && o->verb == OBS_SEEN) {
		told.in_turn = told.turn == loop_turns(b->loop) ? told.in_turn + 1 : 1;
		told.turn = loop_turns(b->loop);
		told.most = told.in_turn > told.most ? told.in_turn : told.most;
		told.all++;
	}
	told.ends += o->kind == OBS_INSTANCE && o->verb == OBS_SYNC_END;
	if (o->kind == OBS_SOURCE && o->u.source->status.state == SOURCE_LIVE) {
		assert_int_equal(told.ends, 1); /* not before all is told */
		bench_on_done(b, NULL);
	}
}

#define MANY 3500

static void script_many(struct wire *w)
{
	struct buf body = BUF_INIT;
	buf_adds(&body, "<R><reservationSet><item><instancesSet>");
	for (int i = 0; i < MANY; i++) {
		buf_addf(&body, "<item><instanceId>i-%d</instanceId></item>", i);
	}
	buf_adds(&body, "</instancesSet></item></reservationSet></R>");
	wire_rule(w, "Action=DescribeAutoScalingGroups", 200, NULL, "<R/>");
	wire_rule(w, "Action=DescribeInstances&", 200, NULL, buf_str(&body));
	buf_release(&body);
}

/* Thousands of instances are told over several turns, none of which is felt; or not to the end. */
static void test_many(void **state)
{
	struct bench *b = *state;
	bench_simple(b);
	for (int stops = 0; stops < 2; stops++) {
		memset(&told, 0, sizeof(told));
		wire_forget(b->wire);
		script_slow(b->wire);
		script_many(b->wire);
		b->calls = 0;
		struct sink sink = { .observe = observe_turns, .ctx = b };
		struct source *s = aws_source_new(b->aws, CLUSTER, "eu-west-3", &sink);
		s->ops->start(s);
		while (stops && !told.all) {
			loop_turn(b->loop, 10);
		}
		if (stops) {
			s->ops->stop(s);
			s->ops->refresh(s);
			for (int i = 0; i < 5; i++) {
				loop_turn(b->loop, 1);
			}
			assert_true(told.all < MANY);
			assert_int_equal(told.ends, 0);
		} else {
			assert_true(bench_wait(b, 1));
			assert_int_equal(told.all, MANY);
			assert_true(told.most <= 1000);
		}
		s->ops->free(s);
	}
}

static void test_no_credentials(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_session(b, NULL);
	struct source *s = source(b, &sink);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	assert_int_equal(b->err.kind, ERR_AUTH);
	assert_string_equal(b->err.text, "no AWS credentials found");
	assert_non_null(strstr(b->err.hint, "AWS_ACCESS_KEY_ID"));
	assert_int_equal(wire_count(b->wire, ""), 0);
	s->ops->free(s);
}

static void test_stop(void **state)
{
	struct bench *b = *state;
	struct sink sink;
	bench_simple(b);
	wire_hang(b->wire, "Action=DescribeInstances&");
	struct source *s = source(b, &sink);
	s->ops->start(s);
	while (wire_count(b->wire, "") < 4) {
		loop_turn(b->loop, 10);
	}
	s->ops->stop(s);
	for (int i = 0; i < 5; i++) {
		loop_turn(b->loop, 1);
	}
	assert_int_equal(b->calls, 0);
	script(b->wire);
	script_slow(b->wire);
	s->ops->start(s);
	assert_true(bench_wait(b, 1));
	s->ops->free(s);
}

static void test_blocks(void **state)
{
	static const struct block_use uses[] = {
		{ "s", 0x0a000010, 1 }, { "s", 0x0a00001f, 1 }, { "s", 0x0a000040, 16 },
		{ "other", 0x0a000050, 16 }, { "s", 0x0b000050, 1 },
	};
	uint32_t from, count;
	assert_true(blocks_parse("10.0.0.77/28", &from, &count));
	assert_int_equal(from, 0x0a000040);
	assert_int_equal(count, 16);
	assert_true(blocks_parse("10.0.0.5", &from, &count));
	assert_int_equal(count, 1);
	assert_false(blocks_parse("10.0.0.5/33", &from, &count));
	assert_false(blocks_parse("fd00::/80", &from, &count));
	assert_false(blocks_parse(NULL, &from, &count));
	/* 16 blocks: first, last, 1 and 4 are taken. */
	assert_int_equal(blocks_free("10.0.0.0/24", "s", uses, 5), 12);
	assert_int_equal(blocks_free("10.0.0.0/28", "s", NULL, 0), 0);
	assert_int_equal(blocks_free("10.0.0.0/27", "s", NULL, 0), 0);
	assert_int_equal(blocks_free("10.0.0.0/16", "s", NULL, 0), 4094);
	assert_int_equal(blocks_free("10.0.0.0/8", "s", NULL, 0), -1);
	assert_int_equal(blocks_free("", "s", NULL, 0), -1);
}

static int teardown(void **state)
{
	buf_release(&seen);
	return bench_teardown(state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_blocks), T(test_look), T(test_warm_pool), T(test_requests),
		T(test_records),
		T(test_again), T(test_idle), T(test_short), T(test_failure), T(test_pages),
		T(test_many),
		T(test_no_credentials), T(test_stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
