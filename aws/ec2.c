/* SPDX-License-Identifier: Apache-2.0 */
/* EC2's lists. */
#include "aws/ec2.h"

#include <string.h>

#include "aws/query.h"
#include "core/base/stamp.h"

/* A page is decoded in one turn of the loop: 200 instances stay well below 20 ms. */
#define INSTANCES_A_PAGE "200"
#define INTERFACES_A_PAGE "500"

void ec2_ask_instances(struct buf *q, const char *cluster)
{
	static const char *const states[] = {
		"pending", "running", "shutting-down", "stopping", "stopped",
	};
	query_init(q, AWS_EC2, "DescribeInstances");
	query_add_filter(q, AWS_EC2, 1, "tag:" TAG_CLUSTER, cluster);
	query_add(q, "Filter.2.Name", "instance-state-name");
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		query_add_at(q, "Filter.2.Value.%zu", i + 1, states[i]);
	}
	query_add(q, "MaxResults", INSTANCES_A_PAGE);
}

static void ec2_ask_named(struct buf *q, const char *action, const char *format,
	const struct strlist *names)
{
	query_init(q, AWS_EC2, action);
	for (size_t i = 0; i < names->n; i++) {
		query_add_at(q, format, i + 1, names->v[i]);
	}
}

void ec2_ask_types(struct buf *q, const struct strlist *names)
{
	ec2_ask_named(q, "DescribeInstanceTypes", "InstanceType.%zu", names);
}

/* By a filter: an id that is gone must not spoil the answer about the others. */
static void ec2_ask_in_subnets(struct buf *q, const char *action, const struct strlist *ids)
{
	query_init(q, AWS_EC2, action);
	query_add(q, "Filter.1.Name", "subnet-id");
	for (size_t i = 0; i < ids->n; i++) {
		query_add_at(q, "Filter.1.Value.%zu", i + 1, ids->v[i]);
	}
}

void ec2_ask_subnets(struct buf *q, const struct strlist *ids)
{
	ec2_ask_in_subnets(q, "DescribeSubnets", ids);
}

void ec2_ask_interfaces(struct buf *q, const struct strlist *subnet_ids)
{
	ec2_ask_in_subnets(q, "DescribeNetworkInterfaces", subnet_ids);
	query_add(q, "MaxResults", INTERFACES_A_PAGE);
}

void ec2_ask_templates(struct buf *q, const struct strlist *ids)
{
	ec2_ask_named(q, "DescribeLaunchTemplates", "LaunchTemplateId.%zu", ids);
}

const char *ec2_tag(const struct xml_node *item, const char *key)
{
	for (const struct xml_node *t = xml_first(item, "tagSet"); t; t = t->next) {
		if (str_eq(xml_text(t, "key"), key)) {
			return xml_text(t, "value");
		}
	}
	return NULL;
}

static const char *keep(struct arena *arena, const char *s)
{
	return str_empty(s) ? NULL : arena_strdup(arena, s);
}

/* Interfaces, secondary addresses and prefixes; what the answer does not hold stays unknown. */
static void instance_count_addresses(struct instance *out, const struct xml_node *item)
{
	const struct xml_node *n = xml_first(item, "networkInterfaceSet");
	bool told = xml_get(n, "privateIpAddressesSet") != NULL;
	out->enis = xml_get(item, "networkInterfaceSet") ? 0 : -1;
	out->ips = out->prefixes = told ? 0 : -1;
	for (; n; n = n->next) {
		out->enis++;
		if (!told) {
			continue;
		}
		out->prefixes += (int32_t)xml_count(n, "ipv4PrefixSet");
		const struct xml_node *a = xml_first(n, "privateIpAddressesSet");
		for (; a; a = a->next) {
			out->ips += !str_eq(xml_text(a, "primary"), "true");
		}
	}
}

int64_t ec2_template_version(const char *s)
{
	int64_t v = -1;
	str_to_i64(s, 0, INT64_MAX, &v);
	return v;
}

static void instance_read(struct instance *out, const struct xml_node *item, struct arena *arena)
{
	*out = (struct instance){
		.id = keep(arena, xml_text(item, "instanceId")),
		.group = keep(arena, ec2_tag(item, TAG_GROUP)),
		.type = keep(arena, xml_text(item, "instanceType")),
		.zone = keep(arena, xml_text(item, "placement.availabilityZone")),
		.subnet_id = keep(arena, xml_text(item, "subnetId")),
		.private_ip = keep(arena, xml_text(item, "privateIpAddress")),
		.public_ip = keep(arena, xml_text(item, "ipAddress")),
		.state = keep(arena, xml_text(item, "instanceState.name")),
		.template_id = keep(arena, ec2_tag(item, "aws:ec2launchtemplate:id")),
		.template_version = ec2_template_version(
			ec2_tag(item, "aws:ec2launchtemplate:version")),
		.detached = ec2_tag(item, TAG_DETACHED) != NULL,
		.launched = stamp_parse(xml_text(item, "launchTime")),
	};
	instance_count_addresses(out, item);
}

void ec2_each_instance(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct instance *i), void *ctx)
{
	for (const struct xml_node *r = xml_first(root, "reservationSet"); r; r = r->next) {
		for (const struct xml_node *n = xml_first(r, "instancesSet"); n; n = n->next) {
			struct instance i;
			instance_read(&i, n, arena);
			if (i.id && !str_eq(i.state, "terminated")) {
				each(ctx, &i);
			}
		}
	}
}

/* Of the card where the primary interface sits: the CNI uses no other. */
static int64_t type_max_enis(const struct xml_node *network)
{
	int64_t card = xml_int(network, "defaultNetworkCardIndex", 0);
	for (const struct xml_node *c = xml_first(network, "networkCards"); c; c = c->next) {
		if (xml_int(c, "networkCardIndex", -1) == card) {
			return xml_int(c, "maximumNetworkInterfaces", -1);
		}
	}
	return xml_int(network, "maximumNetworkInterfaces", -1);
}

void ec2_each_type(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct instance_type *t), void *ctx)
{
	for (const struct xml_node *n = xml_first(root, "instanceTypeSet"); n; n = n->next) {
		const struct xml_node *network = xml_get(n, "networkInfo");
		struct instance_type t = {
			.name = keep(arena, xml_text(n, "instanceType")),
			.max_enis = (int32_t)type_max_enis(network),
			.ips_per_eni = (int32_t)xml_int(network, "ipv4AddressesPerInterface", -1),
			.vcpus = (int32_t)xml_int(n, "vCpuInfo.defaultVCpus", -1),
			.memory_mib = xml_int(n, "memoryInfo.sizeInMiB", -1),
			.nitro = str_eq(xml_text(n, "hypervisor"), "nitro") ||
				 str_eq(xml_text(n, "bareMetal"), "true"),
		};
		if (t.name) {
			each(ctx, &t);
		}
	}
}

void ec2_each_subnet(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct subnet *s), void *ctx)
{
	for (const struct xml_node *n = xml_first(root, "subnetSet"); n; n = n->next) {
		struct subnet s = {
			.id = keep(arena, xml_text(n, "subnetId")),
			.name = keep(arena, ec2_tag(n, "Name")),
			.zone = keep(arena, xml_text(n, "availabilityZone")),
			.cidr = keep(arena, xml_text(n, "cidrBlock")),
			.free_ips = xml_int(n, "availableIpAddressCount", -1),
			.free_blocks = -1,
		};
		if (s.id) {
			each(ctx, &s);
		}
	}
}

void ec2_each_template(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct launch_template *t), void *ctx)
{
	for (const struct xml_node *n = xml_first(root, "launchTemplates"); n; n = n->next) {
		struct launch_template t = {
			.id = keep(arena, xml_text(n, "launchTemplateId")),
			.name = keep(arena, xml_text(n, "launchTemplateName")),
			.latest = xml_int(n, "latestVersionNumber", -1),
			.default_ = xml_int(n, "defaultVersionNumber", -1),
		};
		if (t.id) {
			each(ctx, &t);
		}
	}
}

static void interface_use(const struct xml_node *list, const char *element, const char *subnet,
	void (*each)(void *ctx, const struct block_use *u), void *ctx)
{
	for (; list; list = list->next) {
		struct block_use u = { .subnet_id = subnet };
		if (blocks_parse(xml_text(list, element), &u.from, &u.count)) {
			each(ctx, &u);
		}
	}
}

void ec2_each_use(const struct xml_node *root, struct arena *arena,
	void (*each)(void *ctx, const struct block_use *u), void *ctx)
{
	for (const struct xml_node *n = xml_first(root, "networkInterfaceSet"); n; n = n->next) {
		const char *subnet = keep(arena, xml_text(n, "subnetId"));
		interface_use(xml_first(n, "privateIpAddressesSet"), "privateIpAddress", subnet,
			each, ctx);
		interface_use(xml_first(n, "ipv4PrefixSet"), "ipv4Prefix", subnet, each, ctx);
	}
}
