/* SPDX-License-Identifier: Apache-2.0 */
/* EC2: the table of actions; instances and their tags. */
#include "lab/aws/ec2.h"
#include "lab/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/strmap.h"
#include "core/base/xalloc.h"

static const int state_codes[LAB_INSTANCE_STATE__COUNT] = {
	[LAB_PENDING] = 0,
	[LAB_RUNNING] = 16,
	[LAB_SHUTTING_DOWN] = 32,
	[LAB_TERMINATED] = 48,
	[LAB_STOPPED] = 80,
};

static void write_state(struct aws_call *c, const char *tag, enum lab_instance_state s)
{
	xml_open(c->out, tag);
	xml_int(c->out, "code", state_codes[s]);
	xml_text(c->out, "name", lab_instance_state_name(s));
	xml_close(c->out, tag);
}

struct instance_thing {
	const struct world *w;
	const struct lab_instance *i;
};

static bool instance_field(const void *thing, const char *name, const char **value)
{
	const struct lab_instance *i = ((const struct instance_thing *)thing)->i;

	if (str_eq(name, "vpc-id"))
		*value = ((const struct instance_thing *)thing)->w->vpc_id;
	else if (str_eq(name, "instance-state-name"))
		*value = lab_instance_state_name(i->state);
	else if (str_eq(name, "instance-id"))
		*value = i->id;
	else if (str_eq(name, "instance-type"))
		*value = i->type;
	else if (str_eq(name, "image-id"))
		*value = i->image_id;
	else if (str_eq(name, "private-ip-address"))
		*value = i->private_ip;
	else if (str_eq(name, "private-dns-name"))
		*value = i->private_dns;
	else if (str_eq(name, "availability-zone"))
		*value = i->subnet->zone;
	else if (str_eq(name, "subnet-id"))
		*value = i->subnet->id;
	else
		return false;
	return true;
}

/* An instance that is gone has no addresses and no interfaces any more. */
static void write_instance_network(struct aws_call *c, const struct lab_instance *i)
{
	struct buf *b = c->out;

	if (i->state == LAB_TERMINATED)
		return;
	xml_text(b, "privateIpAddress", i->private_ip);
	xml_text(b, "subnetId", i->subnet->id);
	xml_text(b, "vpcId", c->w->vpc_id);
	xml_open(b, "networkInterfaceSet");
	for (size_t k = 0; k < i->n_enis; k++) {
		char *ip = aws_address(i->enis[k]->primary);

		xml_open(b, "item");
		xml_text(b, "networkInterfaceId", i->enis[k]->id);
		xml_text(b, "subnetId", i->subnet->id);
		xml_text(b, "vpcId", c->w->vpc_id);
		xml_text(b, "status", "in-use");
		xml_text(b, "privateIpAddress", ip);
		xml_open(b, "attachment");
		xml_int(b, "deviceIndex", (int64_t)k);
		xml_text(b, "status", "attached");
		xml_close(b, "attachment");
		ec2_write_eni_addresses(c, i->enis[k]);
		xml_close(b, "item");
		free(ip);
	}
	xml_close(b, "networkInterfaceSet");
}

static void write_instance(struct aws_call *c, const struct lab_instance *i)
{
	struct buf *b = c->out;

	xml_open(b, "item");
	xml_text(b, "instanceId", i->id);
	xml_text(b, "imageId", i->image_id);
	write_state(c, "instanceState", i->state);
	xml_text(b, "privateDnsName", i->state == LAB_TERMINATED ? "" : i->private_dns);
	xml_text(b, "dnsName", "");
	xml_int(b, "amiLaunchIndex", 0);
	xml_text(b, "instanceType", i->type);
	xml_time(b, "launchTime", i->launched);
	xml_open(b, "placement");
	xml_text(b, "availabilityZone", i->subnet->zone);
	xml_text(b, "tenancy", "default");
	xml_close(b, "placement");
	buf_adds(b, "<monitoring><state>disabled</state></monitoring>");
	write_instance_network(c, i);
	xml_text(b, "architecture", "x86_64");
	xml_text(b, "rootDeviceType", "ebs");
	xml_text(b, "rootDeviceName", "/dev/xvda");
	xml_text(b, "virtualizationType", "hvm");
	xml_text(b, "hypervisor", "xen"); /* EC2 says xen for Nitro as well */
	aws_tag_set(c, i->tags);
	xml_text(b, "platformDetails", "Linux/UNIX");
	xml_close(b, "item");
}

static bool ids_exist(struct aws_call *c, const struct strlist *ids)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (!lab_instance_find(c->w, ids->v[i])) {
			aws_error(c, 400, "InvalidInstanceID.NotFound",
				"The instance ID '%s' does not exist", ids->v[i]);
			return false;
		}
	}
	return true;
}

static void ec2_describe_instances(struct aws_call *c)
{
	struct strlist ids = { 0 };
	struct aws_filters filters = { 0 };
	struct aws_page page;

	aws_param_list(c, "InstanceId", &ids);
	aws_filters_get(c, &filters);
	if (aws_page_start(c, &page, "MaxResults", "NextToken", 1000, 1000)
		&& ids_exist(c, &ids)) {
		xml_open(c->out, "reservationSet");
		for (size_t k = 0; k < c->w->n_instances && !c->failed; k++) {
			struct lab_instance *i = c->w->instances[k];
			struct instance_thing thing = { c->w, i };

			if ((ids.n && !strlist_has(&ids, i->id))
				|| !aws_filters_match(c, &filters, &thing, i->tags, instance_field)
				|| !aws_page_takes(&page))
				continue;
			xml_open(c->out, "item");
			buf_addf(c->out, "<reservationId>r-%s</reservationId>", i->id + 2);
			xml_text(c->out, "ownerId", c->w->account);
			buf_adds(c->out, "<groupSet/><instancesSet>");
			write_instance(c, i);
			buf_adds(c->out, "</instancesSet>");
			xml_close(c->out, "item");
		}
		xml_close(c->out, "reservationSet");
		aws_page_end(c, &page, "nextToken");
	}
	aws_filters_release(&filters);
	strlist_release(&ids);
}

static void ec2_terminate_instances(struct aws_call *c)
{
	struct strlist ids = { 0 };

	aws_param_list(c, "InstanceId", &ids);
	if (!ids.n)
		aws_error(c, 400, "MissingParameter",
			"The request must contain the parameter InstanceId");
	else if (ids_exist(c, &ids) && !str_eq(aws_param(c, "DryRun"), "true")) {
		xml_open(c->out, "instancesSet");
		for (size_t k = 0; k < ids.n; k++) {
			struct lab_instance *i = lab_instance_find(c->w, ids.v[k]);
			enum lab_instance_state before = i->state;

			judge_terminate(c->w->judge, i);
			if (before != LAB_TERMINATED && before != LAB_SHUTTING_DOWN)
				lab_instance_terminate(c->w, i);
			xml_open(c->out, "item");
			xml_text(c->out, "instanceId", ids.v[k]);
			write_state(c, "currentState",
				before == LAB_TERMINATED ? before : LAB_SHUTTING_DOWN);
			write_state(c, "previousState", before);
			xml_close(c->out, "item");
		}
		xml_close(c->out, "instancesSet");
	} else if (!c->failed) {
		aws_error(c, 412, "DryRunOperation",
			"Request would have succeeded, but DryRun flag is set.");
	}
	strlist_release(&ids);
}

static struct strmap *tags_of(struct aws_call *c, const char *id)
{
	struct lab_instance *i = lab_instance_find(c->w, id);
	struct lab_template *t = i ? NULL : lab_template_find(c->w, id);

	return i ? i->tags : t ? t->tags : NULL;
}

static void tag_put(struct aws_call *c, const char *id, int n)
{
	char *key = xasprintf("Tag.%d.Key", n), *value = xasprintf("Tag.%d.Value", n);
	const char *v = aws_param(c, value);

	strmap_set(tags_of(c, id), aws_param(c, key), xstrdup(v ? v : ""));
	free(key);
	free(value);
}

static void ec2_create_tags(struct aws_call *c)
{
	struct strlist ids = { 0 };
	int n = 0;
	bool more = true;

	while (more) {
		char *name = xasprintf("Tag.%d.Key", n + 1);

		more = aws_param(c, name) != NULL;
		n += more;
		free(name);
	}
	aws_param_list(c, "ResourceId", &ids);
	if (!ids.n || !n)
		aws_error(c, 400, "MissingParameter", "The request must contain the parameter %s",
			ids.n ? "Tag" : "ResourceId");
	for (size_t i = 0; i < ids.n && !c->failed; i++) {
		if (!tags_of(c, ids.v[i]))
			aws_error(c, 400, "InvalidID", "The ID '%s' is not valid", ids.v[i]);
	}
	for (size_t i = 0; i < ids.n && !c->failed; i++) {
		for (int k = 1; k <= n; k++)
			tag_put(c, ids.v[i], k);
	}
	if (!c->failed)
		xml_bool(c->out, "return", true);
	strlist_release(&ids);
}

/* Networks and the like are made by the kops stand-in; a dry run says whether one might. */
static void ec2_dry_run_only(struct aws_call *c)
{
	if (str_eq(aws_param(c, "DryRun"), "true"))
		aws_error(c, 412, "DryRunOperation",
			"Request would have succeeded, but DryRun flag is set.");
	else
		aws_error(c, 400, "UnsupportedOperation", "The lab does %s as a dry run only.",
			c->action);
}

const struct aws_action aws_ec2_actions[] = {
	{ "CreateInternetGateway", ec2_dry_run_only },
	{ "CreateLaunchTemplate", ec2_dry_run_only },
	{ "CreateLaunchTemplateVersion", ec2_create_launch_template_version },
	{ "CreateTags", ec2_create_tags },
	{ "CreateVolume", ec2_dry_run_only },
	{ "CreateVpc", ec2_dry_run_only },
	{ "DescribeAvailabilityZones", ec2_describe_availability_zones },
	{ "DescribeImages", ec2_describe_images },
	{ "DescribeInstanceTypeOfferings", ec2_describe_instance_type_offerings },
	{ "DescribeInstanceTypes", ec2_describe_instance_types },
	{ "DescribeInstances", ec2_describe_instances },
	{ "DescribeLaunchTemplateVersions", ec2_describe_launch_template_versions },
	{ "DescribeLaunchTemplates", ec2_describe_launch_templates },
	{ "DescribeNetworkInterfaces", ec2_describe_network_interfaces },
	{ "DescribeRegions", ec2_describe_regions },
	{ "DescribeSubnets", ec2_describe_subnets },
	{ "DescribeVpcs", ec2_describe_vpcs },
	{ "ModifyLaunchTemplate", ec2_modify_launch_template },
	{ "TerminateInstances", ec2_terminate_instances },
	{ NULL, NULL },
};
