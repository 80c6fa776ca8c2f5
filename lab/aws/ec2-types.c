/* SPDX-License-Identifier: Apache-2.0 */
/* DescribeInstanceTypes, from the table that the CNI itself uses (core/rules/eni). */
#include <ctype.h>
#include <string.h>

#include "core/rules/eni.h"
#include "lab/aws/ec2.h"

/* Graviton families: a1, or a 'g' behind the generation's digits (t4g, m6gd, c7gn). */
static bool type_is_arm(const char *type)
{
	const char *p = type;

	if (str_starts(type, "a1."))
		return true;
	while (isalpha((unsigned char)*p) || *p == '-')
		p++;
	while (isdigit((unsigned char)*p))
		p++;
	return *p == 'g';
}

static bool type_field(const void *thing, const char *name, const char **value)
{
	const struct eni_limits *l = thing;

	if (str_eq(name, "instance-type"))
		*value = l->type;
	else if (str_eq(name, "hypervisor"))
		*value = str_eq(l->hypervisor, "nitro") || str_eq(l->hypervisor, "xen")
			? l->hypervisor : NULL;
	else if (str_eq(name, "bare-metal"))
		*value = l->bare_metal ? "true" : "false";
	else if (str_eq(name, "processor-info.supported-architecture"))
		*value = type_is_arm(l->type) ? "arm64" : "x86_64";
	else if (str_eq(name, "current-generation"))
		*value = "true";
	else
		return false;
	return true;
}

/*
 * EC2's rules: c, m and r of the fifth generation on have 2, 4 and 8 GiB for a
 * vCPU, t3 and t4g by size.  0: there is no such rule for it.
 */
static int64_t type_memory_mib(const struct eni_limits *l)
{
	static const struct {
		const char *size;
		int64_t mib;
	} small[] = {
		{ ".nano", 512 }, { ".micro", 1024 }, { ".small", 2048 }, { ".medium", 4096 },
		{ ".large", 8192 }, { ".xlarge", 16384 }, { ".2xlarge", 32768 },
	};
	char c = l->type[0];

	if (str_starts(l->type, "t3") || str_starts(l->type, "t4g")) {
		for (size_t i = 0; i < sizeof(small) / sizeof(*small); i++) {
			if (str_eq(strchr(l->type, '.'), small[i].size))
				return small[i].mib;
		}
	}
	if (l->type[1] < '5' || l->type[1] > '9')
		return 0;
	return l->vcpus * (c == 'c' ? 2048 : c == 'm' ? 4096 : c == 'r' ? 8192 : 0);
}

static void write_type(struct aws_call *c, const struct eni_limits *l)
{
	struct buf *b = c->out;

	xml_open(b, "item");
	xml_text(b, "instanceType", l->type);
	xml_bool(b, "currentGeneration", true);
	xml_bool(b, "bareMetal", l->bare_metal);
	if (str_eq(l->hypervisor, "nitro") || str_eq(l->hypervisor, "xen"))
		xml_text(b, "hypervisor", l->hypervisor);
	xml_open(b, "processorInfo");
	xml_open(b, "supportedArchitectures");
	xml_text(b, "item", type_is_arm(l->type) ? "arm64" : "x86_64");
	xml_close(b, "supportedArchitectures");
	xml_close(b, "processorInfo");
	if (l->vcpus > 0) {
		xml_open(b, "vCpuInfo");
		xml_int(b, "defaultVCpus", l->vcpus);
		xml_close(b, "vCpuInfo");
	}
	if (type_memory_mib(l) > 0) {
		xml_open(b, "memoryInfo");
		xml_int(b, "sizeInMiB", type_memory_mib(l));
		xml_close(b, "memoryInfo");
	}
	xml_open(b, "networkInfo");
	xml_int(b, "maximumNetworkInterfaces", l->max_enis);
	xml_int(b, "ipv4AddressesPerInterface", l->ips_per_eni);
	xml_int(b, "ipv6AddressesPerInterface", l->prefixes ? l->ips_per_eni : 0);
	xml_bool(b, "ipv6Supported", l->prefixes);
	xml_close(b, "networkInfo");
	xml_close(b, "item");
}

void ec2_describe_instance_types(struct aws_call *c)
{
	struct strlist names = { 0 };
	struct aws_filters filters = { 0 };
	struct aws_page page;
	size_t n;
	const struct eni_limits *table = eni_table(&n);

	aws_param_list(c, "InstanceType", &names);
	aws_filters_get(c, &filters);
	for (size_t i = 0; i < names.n; i++) {
		if (!eni_lookup(names.v[i]))
			aws_error(c, 400, "InvalidInstanceType",
				"The following supplied instance types do not exist: [%s]",
				names.v[i]);
	}
	if (!c->failed && aws_page_start(c, &page, "MaxResults", "NextToken", 100, 100)) {
		xml_open(c->out, "instanceTypeSet");
		for (size_t i = 0; i < n && !c->failed; i++) {
			if ((!names.n || strlist_has(&names, table[i].type))
				&& aws_filters_match(c, &filters, &table[i], NULL, type_field)
				&& aws_page_takes(&page))
				write_type(c, &table[i]);
		}
		xml_close(c->out, "instanceTypeSet");
		aws_page_end(c, &page, "nextToken");
	}
	aws_filters_release(&filters);
	strlist_release(&names);
}

static bool offering_field(const void *thing, const char *name, const char **value)
{
	if (!str_eq(name, "instance-type"))
		return false;
	*value = ((const struct eni_limits *)thing)->type;
	return true;
}

/* Zone d is the one that lacks the older types, as some zone does everywhere. */
static bool offered_in(const struct eni_limits *l, char zone)
{
	return zone != 'd' || (l->type[1] != '2' && l->type[1] != '3');
}

void ec2_describe_instance_type_offerings(struct aws_call *c)
{
	static const char letters[] = "abcd";
	const char *by = aws_param(c, "LocationType");
	struct aws_filters filters = { 0 };
	struct aws_page page;
	size_t n;
	const struct eni_limits *table = eni_table(&n);

	aws_filters_get(c, &filters);
	if (!str_eq(by, "availability-zone"))
		aws_error(c, 400, "InvalidParameterValue", "The lab answers by availability-zone "
			"only, not by '%s'", by ? by : "region");
	else if (aws_page_start(c, &page, "MaxResults", "NextToken", 1000, 1000)) {
		xml_open(c->out, "instanceTypeOfferingSet");
		for (size_t i = 0; i < n * 4 && !c->failed; i++) {
			const struct eni_limits *l = &table[i / 4];

			if (!offered_in(l, letters[i % 4])
				|| !aws_filters_match(c, &filters, l, NULL, offering_field)
				|| !aws_page_takes(&page))
				continue;
			xml_open(c->out, "item");
			xml_text(c->out, "instanceType", l->type);
			xml_text(c->out, "locationType", by);
			buf_addf(c->out, "<location>%s%c</location>", c->w->region,
				letters[i % 4]);
			xml_close(c->out, "item");
		}
		xml_close(c->out, "instanceTypeOfferingSet");
		aws_page_end(c, &page, "nextToken");
	}
	aws_filters_release(&filters);
}
