/* SPDX-License-Identifier: Apache-2.0 */
/* Regions, zones, networks, interfaces, images. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/aws/ec2.h"

struct subnet_thing {
	const struct world *w;
	const struct lab_subnet *s;
};

static bool subnet_field(const void *thing, const char *name, const char **value)
{
	const struct lab_subnet *s = ((const struct subnet_thing *)thing)->s;

	if (str_eq(name, "vpc-id"))
		*value = ((const struct subnet_thing *)thing)->w->vpc_id;
	else if (str_eq(name, "subnet-id"))
		*value = s->id;
	else if (str_eq(name, "availability-zone"))
		*value = s->zone;
	else if (str_eq(name, "cidr-block") || str_eq(name, "cidr"))
		*value = s->cidr;
	else if (str_eq(name, "state"))
		*value = "available";
	else
		return false;
	return true;
}

/* The tags that kops gives a subnet of its own. */
static struct strmap *subnet_tags(const struct world *w, const struct lab_subnet *s)
{
	struct strmap *m = strmap_new(free);
	char *owned = xasprintf("kubernetes.io/cluster/%s", w->cluster);

	strmap_set(m, "KubernetesCluster", xstrdup(w->cluster));
	strmap_set(m, "Name", xasprintf("%s.%s", s->name, w->cluster));
	strmap_set(m, "SubnetType", xstrdup("Public"));
	strmap_set(m, owned, xstrdup("owned"));
	strmap_set(m, "kubernetes.io/role/elb", xstrdup("1"));
	free(owned);
	return m;
}

static int64_t subnet_free(const struct world *w, const struct lab_subnet *s)
{
	int64_t left = ((int64_t)1 << (32 - s->bits)) - 5; /* AWS keeps five */

	for (size_t i = 0; i < w->n_instances; i++) {
		const struct lab_instance *in = w->instances[i];

		for (size_t k = 0; in->subnet == s && in->state != LAB_TERMINATED
			&& k < in->n_enis; k++)
			left -= 1 + (int64_t)in->enis[k]->n_ips
				+ 16 * (int64_t)in->enis[k]->n_prefixes;
	}
	/* Others than instances may hold some: lab/scenario.c. */
	int64_t unused = lab_subnet_available(s);
	return left < unused ? left : unused;
}

static void write_subnet(struct aws_call *c, const struct lab_subnet *s,
	const struct strmap *tags)
{
	struct buf *b = c->out;

	xml_open(b, "item");
	xml_text(b, "subnetId", s->id);
	buf_addf(b, "<subnetArn>arn:aws:ec2:%s:%s:subnet/%s</subnetArn>", c->w->region,
		c->w->account, s->id);
	xml_text(b, "state", "available");
	xml_text(b, "ownerId", c->w->account);
	xml_text(b, "vpcId", c->w->vpc_id);
	xml_text(b, "cidrBlock", s->cidr);
	xml_int(b, "availableIpAddressCount", subnet_free(c->w, s));
	xml_text(b, "availabilityZone", s->zone);
	xml_bool(b, "defaultForAz", false);
	xml_bool(b, "mapPublicIpOnLaunch", true);
	aws_tag_set(c, tags);
	xml_close(b, "item");
}

void ec2_describe_subnets(struct aws_call *c)
{
	struct strlist ids = { 0 };
	struct aws_filters filters = { 0 };
	struct aws_page page;
	size_t found = 0;

	aws_param_list(c, "SubnetId", &ids);
	aws_filters_get(c, &filters);
	if (aws_page_start(c, &page, "MaxResults", "NextToken", 200, 1000)) {
		xml_open(c->out, "subnetSet");
		for (size_t i = 0; i < c->w->n_subnets && !c->failed; i++) {
			const struct lab_subnet *s = c->w->subnets[i];
			struct subnet_thing thing = { c->w, s };
			struct strmap *tags = subnet_tags(c->w, s);

			if (!ids.n || strlist_has(&ids, s->id)) {
				found++;
				if (aws_filters_match(c, &filters, &thing, tags, subnet_field)
					&& aws_page_takes(&page))
					write_subnet(c, s, tags);
			}
			strmap_free(tags);
		}
		xml_close(c->out, "subnetSet");
		aws_page_end(c, &page, "nextToken");
	}
	if (ids.n && found < ids.n)
		aws_error(c, 400, "InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist",
			ids.v[0]);
	aws_filters_release(&filters);
	strlist_release(&ids);
}

/* The cluster's network once there is one, and the one that every account begins with. */
struct vpc_thing {
	const char *id, *cidr;
	bool usual;
};

static bool vpc_field(const void *thing, const char *name, const char **value)
{
	const struct vpc_thing *v = thing;

	if (str_eq(name, "vpc-id"))
		*value = v->id;
	else if (str_eq(name, "cidr"))
		*value = v->cidr;
	else if (str_eq(name, "is-default") || str_eq(name, "isDefault"))
		*value = v->usual ? "true" : "false";
	else
		return false;
	return true;
}

static void write_vpc(struct aws_call *c, const struct aws_filters *filters,
	const struct vpc_thing *v)
{
	struct strmap *tags = strmap_new(free);
	struct buf *b = c->out;

	if (!v->usual) {
		char *owned = xasprintf("kubernetes.io/cluster/%s", c->w->cluster);

		strmap_set(tags, "KubernetesCluster", xstrdup(c->w->cluster));
		strmap_set(tags, "Name", xstrdup(c->w->cluster));
		strmap_set(tags, owned, xstrdup("owned"));
		free(owned);
	}
	if (aws_filters_match(c, filters, v, tags, vpc_field)) {
		xml_open(b, "item");
		xml_text(b, "vpcId", v->id);
		xml_text(b, "ownerId", c->w->account);
		xml_text(b, "state", "available");
		xml_text(b, "cidrBlock", v->cidr);
		xml_bool(b, "isDefault", v->usual);
		aws_tag_set(c, tags);
		xml_close(b, "item");
	}
	strmap_free(tags);
}

void ec2_describe_vpcs(struct aws_call *c)
{
	struct aws_filters filters = { 0 };
	struct vpc_thing own = { c->w->vpc_id, c->w->vpc_cidr, false };
	struct vpc_thing usual = { "vpc-00000000000default", "172.31.0.0/16", true };

	aws_filters_get(c, &filters);
	xml_open(c->out, "vpcSet");
	if (c->w->n_subnets)
		write_vpc(c, &filters, &own);
	else
		write_vpc(c, &filters, &usual);
	xml_close(c->out, "vpcSet");
	aws_filters_release(&filters);
}

struct eni_thing {
	const struct lab_instance *i; /* NULL: of something else */
	const struct lab_subnet *subnet;
	const struct lab_eni *eni;
	size_t index;
};

static bool eni_field(const void *thing, const char *name, const char **value)
{
	const struct eni_thing *t = thing;

	if (str_eq(name, "attachment.instance-id"))
		*value = t->i ? t->i->id : NULL;
	else if (str_eq(name, "network-interface-id"))
		*value = t->eni->id;
	else if (str_eq(name, "subnet-id"))
		*value = t->subnet->id;
	else if (str_eq(name, "availability-zone"))
		*value = t->subnet->zone;
	else if (str_eq(name, "status"))
		*value = "in-use";
	else
		return false;
	return true;
}

void ec2_write_eni_addresses(struct aws_call *c, const struct lab_eni *e)
{
	struct buf *b = c->out;

	xml_open(b, "privateIpAddressesSet");
	for (size_t i = 0; i <= e->n_ips; i++) {
		char *ip = aws_address(i ? e->ips[i - 1] : e->primary);

		xml_open(b, "item");
		xml_text(b, "privateIpAddress", ip);
		xml_bool(b, "primary", i == 0);
		xml_close(b, "item");
		free(ip);
	}
	xml_close(b, "privateIpAddressesSet");
	if (!e->n_prefixes)
		return;
	xml_open(b, "ipv4PrefixSet");
	for (size_t i = 0; i < e->n_prefixes; i++) {
		char *ip = aws_address(e->prefixes[i]);

		buf_addf(b, "<item><ipv4Prefix>%s/28</ipv4Prefix></item>", ip);
		free(ip);
	}
	xml_close(b, "ipv4PrefixSet");
}

static void write_eni(struct aws_call *c, const struct eni_thing *t)
{
	struct buf *b = c->out;
	char *ip = aws_address(t->eni->primary);

	xml_open(b, "item");
	xml_text(b, "networkInterfaceId", t->eni->id);
	xml_text(b, "subnetId", t->subnet->id);
	xml_text(b, "vpcId", c->w->vpc_id);
	xml_text(b, "availabilityZone", t->subnet->zone);
	xml_text(b, "ownerId", c->w->account);
	xml_text(b, "status", "in-use");
	xml_text(b, "interfaceType", "interface");
	xml_text(b, "privateIpAddress", ip);
	if (t->i) {
		xml_open(b, "attachment");
		xml_text(b, "instanceId", t->i->id);
		xml_int(b, "deviceIndex", (int64_t)t->index);
		xml_text(b, "status", "attached");
		xml_close(b, "attachment");
	}
	ec2_write_eni_addresses(c, t->eni);
	xml_close(b, "item");
	free(ip);
}

/* One interface, when it is asked for. */
static void put_eni(struct aws_call *c, const struct strlist *ids, struct aws_filters *filters,
	struct aws_page *page, const struct eni_thing *t)
{
	if ((!ids->n || strlist_has(ids, t->eni->id))
		&& aws_filters_match(c, filters, t, NULL, eni_field) && aws_page_takes(page))
		write_eni(c, t);
}

void ec2_describe_network_interfaces(struct aws_call *c)
{
	struct aws_filters filters = { 0 };
	struct strlist ids = { 0 };
	struct aws_page page;

	aws_filters_get(c, &filters);
	aws_param_list(c, "NetworkInterfaceId", &ids);
	if (aws_page_start(c, &page, "MaxResults", "NextToken", 1000, 1000)) {
		xml_open(c->out, "networkInterfaceSet");
		for (size_t i = 0; i < c->w->n_instances && !c->failed; i++) {
			struct eni_thing t = { .i = c->w->instances[i] };

			t.subnet = t.i->subnet;
			for (; t.i->state != LAB_TERMINATED && t.index < t.i->n_enis; t.index++) {
				t.eni = t.i->enis[t.index];
				put_eni(c, &ids, &filters, &page, &t);
			}
		}
		for (size_t i = 0; i < c->w->n_subnets && !c->failed; i++) {
			struct eni_thing t = { .subnet = c->w->subnets[i] };

			for (; t.index < t.subnet->n_others; t.index++) {
				t.eni = t.subnet->others[t.index];
				put_eni(c, &ids, &filters, &page, &t);
			}
		}
		xml_close(c->out, "networkInterfaceSet");
		aws_page_end(c, &page, "nextToken");
	}
	aws_filters_release(&filters);
	strlist_release(&ids);
}

void ec2_describe_regions(struct aws_call *c)
{
	xml_open(c->out, "regionInfo");
	xml_open(c->out, "item");
	xml_text(c->out, "regionName", c->w->region);
	buf_addf(c->out, "<regionEndpoint>ec2.%s.amazonaws.com</regionEndpoint>", c->w->region);
	xml_text(c->out, "optInStatus", "opt-in-not-required");
	xml_close(c->out, "item");
	xml_close(c->out, "regionInfo");
}

void ec2_describe_availability_zones(struct aws_call *c)
{
	static const char letters[] = "abcd";

	xml_open(c->out, "availabilityZoneInfo");
	for (size_t i = 0; letters[i]; i++) {
		xml_open(c->out, "item");
		buf_addf(c->out, "<zoneName>%s%c</zoneName>", c->w->region, letters[i]);
		xml_text(c->out, "zoneState", "available");
		xml_text(c->out, "zoneType", "availability-zone");
		xml_text(c->out, "regionName", c->w->region);
		xml_text(c->out, "optInStatus", "opt-in-not-required");
		xml_close(c->out, "item");
	}
	xml_close(c->out, "availabilityZoneInfo");
}

/* There is one image, which every group boots. */
void ec2_describe_images(struct aws_call *c)
{
	struct strlist ids = { 0 };
	struct buf *b = c->out;

	aws_param_list(c, "ImageId", &ids);
	for (size_t i = 0; i < ids.n; i++) {
		if (!str_eq(ids.v[i], c->w->image_id))
			aws_error(c, 400, "InvalidAMIID.NotFound",
				"The image id '[%s]' does not exist", ids.v[i]);
	}
	xml_open(b, "imagesSet");
	xml_open(b, "item");
	xml_text(b, "imageId", c->w->image_id);
	xml_text(b, "imageState", "available");
	xml_text(b, "imageOwnerId", "099720109477");
	xml_bool(b, "isPublic", true);
	xml_text(b, "architecture", "x86_64");
	xml_text(b, "imageType", "machine");
	xml_text(b, "name", "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20261001");
	xml_text(b, "rootDeviceType", "ebs");
	xml_text(b, "rootDeviceName", "/dev/sda1");
	xml_text(b, "virtualizationType", "hvm");
	xml_text(b, "hypervisor", "xen");
	xml_close(b, "item");
	xml_close(b, "imagesSet");
	strlist_release(&ids);
}
