/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ELBv2: the one network load balancer of the API and its target group, whose
 * targets are the control plane's instances.  The same endpoint serves the
 * classic API, told apart by its version: there are no classic ones.
 */
#include <stdlib.h>

#include "core/base/strmap.h"
#include "core/base/xalloc.h"
#include "lab/aws.h"

#define CLASSIC_VERSION "2012-06-01"
/* On an instance that was taken out of the target group. */
#define DEREGISTERED "kopscope-lab/deregistered"

static char *target_group_arn(const struct world *w)
{
	return xasprintf("arn:aws:elasticloadbalancing:%s:%s:targetgroup/tcp-lab/1", w->region,
		w->account);
}

static char *balancer_arn(const struct world *w)
{
	return xasprintf("arn:aws:elasticloadbalancing:%s:%s:loadbalancer/net/api-lab/1",
		w->region, w->account);
}

static void elb_describe_load_balancers(struct aws_call *c)
{
	struct strlist names = { 0 };
	struct buf *b = c->out;
	char *arn;

	if (str_eq(aws_param(c, "Version"), CLASSIC_VERSION)) {
		buf_adds(b, "<LoadBalancerDescriptions/>");
		return;
	}
	aws_param_list(c, "Names.member", &names);
	if (!c->w->n_asgs || c->w->record_ip) { /* no cluster, or one whose API has a name */
		strlist_release(&names);
		buf_adds(b, "<LoadBalancers/>");
		return;
	}
	if (names.n && !strlist_has(&names, "api-lab")) {
		aws_error(c, 400, "LoadBalancerNotFound", "Load balancers '[%s]' not found",
			names.v[0]);
		strlist_release(&names);
		return;
	}
	strlist_release(&names);
	arn = balancer_arn(c->w);
	xml_open(b, "LoadBalancers");
	xml_open(b, "member");
	xml_text(b, "LoadBalancerArn", arn);
	xml_text(b, "LoadBalancerName", "api-lab");
	xml_text(b, "DNSName", c->w->api_name);
	xml_text(b, "Type", "network");
	xml_text(b, "Scheme", "internet-facing");
	xml_text(b, "IpAddressType", "ipv4");
	xml_text(b, "VpcId", c->w->vpc_id);
	buf_adds(b, "<State><Code>active</Code></State>");
	xml_open(b, "AvailabilityZones");
	for (size_t i = 0; i < c->w->n_subnets; i++) {
		xml_open(b, "member");
		xml_text(b, "ZoneName", c->w->subnets[i]->zone);
		xml_text(b, "SubnetId", c->w->subnets[i]->id);
		xml_close(b, "member");
	}
	xml_close(b, "AvailabilityZones");
	xml_close(b, "member");
	xml_close(b, "LoadBalancers");
	free(arn);
}

static void elb_describe_target_groups(struct aws_call *c)
{
	struct buf *b = c->out;
	char *arn = target_group_arn(c->w), *lb = balancer_arn(c->w);

	xml_open(b, "TargetGroups");
	xml_open(b, "member");
	xml_text(b, "TargetGroupArn", arn);
	xml_text(b, "TargetGroupName", "tcp-lab");
	xml_text(b, "Protocol", "TCP");
	xml_int(b, "Port", 443);
	xml_text(b, "TargetType", "instance");
	xml_text(b, "VpcId", c->w->vpc_id);
	xml_open(b, "LoadBalancerArns");
	xml_text(b, "member", lb);
	xml_close(b, "LoadBalancerArns");
	xml_close(b, "member");
	xml_close(b, "TargetGroups");
	free(arn);
	free(lb);
}

static bool check_target_group(struct aws_call *c)
{
	char *arn = target_group_arn(c->w);
	bool ok = str_eq(aws_param(c, "TargetGroupArn"), arn);

	free(arn);
	if (!ok)
		aws_error(c, 400, "TargetGroupNotFound", "One or more target groups not found");
	return ok;
}

static void elb_describe_target_health(struct aws_call *c)
{
	struct buf *b = c->out;

	if (!check_target_group(c))
		return;
	xml_open(b, "TargetHealthDescriptions");
	for (size_t i = 0; i < c->w->n_instances; i++) {
		const struct lab_instance *in = c->w->instances[i];
		bool up = in->state == LAB_RUNNING && in->registered && lab_kube_up(c->w);

		if (!str_eq(in->role, "control-plane") || in->state == LAB_TERMINATED
			|| strmap_get(in->tags, DEREGISTERED))
			continue;
		xml_open(b, "member");
		xml_open(b, "Target");
		xml_text(b, "Id", in->id);
		xml_int(b, "Port", 443);
		xml_close(b, "Target");
		xml_text(b, "HealthCheckPort", "443");
		xml_open(b, "TargetHealth");
		xml_text(b, "State", up ? "healthy" : "unhealthy");
		xml_close(b, "TargetHealth");
		xml_close(b, "member");
	}
	xml_close(b, "TargetHealthDescriptions");
}

static void elb_deregister_targets(struct aws_call *c)
{
	if (!check_target_group(c))
		return;
	for (int n = 1;; n++) {
		char *name = xasprintf("Targets.member.%d.Id", n);
		const char *id = aws_param(c, name);
		struct lab_instance *i = id ? lab_instance_find(c->w, id) : NULL;

		free(name);
		if (!id)
			return;
		if (!i) {
			aws_error(c, 400, "InvalidTarget",
				"The following targets are not in the target group VPC: '%s'", id);
			return;
		}
		strmap_set(i->tags, DEREGISTERED, xstrdup("true"));
	}
}

/* kops looks for its load balancer by tags. */
static void elb_describe_tags(struct aws_call *c)
{
	struct buf *b = c->out;
	char *arn = balancer_arn(c->w);

	xml_open(b, "TagDescriptions");
	xml_open(b, "member");
	xml_text(b, "ResourceArn", arn);
	xml_open(b, "Tags");
	buf_addf(b, "<member><Key>KubernetesCluster</Key><Value>%s</Value></member>",
		c->w->cluster);
	buf_addf(b, "<member><Key>Name</Key><Value>api.%s</Value></member>", c->w->cluster);
	xml_close(b, "Tags");
	xml_close(b, "member");
	xml_close(b, "TagDescriptions");
	free(arn);
}

const struct aws_action aws_elb_actions[] = {
	{ "DeregisterTargets", elb_deregister_targets },
	{ "DescribeLoadBalancers", elb_describe_load_balancers },
	{ "DescribeTags", elb_describe_tags },
	{ "DescribeTargetGroups", elb_describe_target_groups },
	{ "DescribeTargetHealth", elb_describe_target_health },
	{ NULL, NULL },
};
