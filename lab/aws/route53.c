/* SPDX-License-Identifier: Apache-2.0 */
/* Route 53: one public zone, as whoever owns the cluster's domain would have. */
#include <stdlib.h>
#include <string.h>

#include "core/base/xalloc.h"
#include "lab/aws.h"

#define ZONE_ID "Z0LAB0000000000000001"
#define NS "https://route53.amazonaws.com/doc/2013-04-01/"

static void begin(struct aws_call *c, const char *tag)
{
	lab_reply_header(c->rp, "Content-Type", "text/xml");
	buf_addf(c->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"" NS "\">", tag);
}

static void list_zones(struct aws_call *c)
{
	struct buf *b = c->out;

	begin(c, "ListHostedZonesResponse");
	xml_open(b, "HostedZones");
	xml_open(b, "HostedZone");
	xml_text(b, "Id", "/hostedzone/" ZONE_ID);
	buf_addf(b, "<Name>%s.</Name>", c->w->zone_name);
	xml_text(b, "CallerReference", "lab");
	buf_adds(b, "<Config><PrivateZone>false</PrivateZone></Config>");
	xml_int(b, "ResourceRecordSetCount", 2);
	xml_close(b, "HostedZone");
	xml_close(b, "HostedZones");
	buf_adds(b, "<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>");
	xml_close(b, "ListHostedZonesResponse");
}

static void write_record(struct buf *b, const char *zone, const char *type, int ttl,
	const char *value)
{
	xml_open(b, "ResourceRecordSet");
	buf_addf(b, "<Name>%s.</Name>", zone);
	xml_text(b, "Type", type);
	xml_int(b, "TTL", ttl);
	xml_open(b, "ResourceRecords");
	xml_open(b, "ResourceRecord");
	xml_text(b, "Value", value);
	xml_close(b, "ResourceRecord");
	xml_close(b, "ResourceRecords");
	xml_close(b, "ResourceRecordSet");
}

/* The list begins at the name that is asked for; the zone's own stands before all below it. */
static bool list_begins_with_zone(const struct aws_call *c)
{
	const char *name = lab_request_query(c->rq, "name");
	size_t n = strlen(c->w->zone_name);

	return !name || !*name || (!strncmp(name, c->w->zone_name, n) &&
		(!name[n] || str_eq(name + n, ".")));
}

static void list_records(struct aws_call *c)
{
	struct buf *b = c->out;

	begin(c, "ListResourceRecordSetsResponse");
	xml_open(b, "ResourceRecordSets");
	if (list_begins_with_zone(c)) {
		write_record(b, c->w->zone_name, "NS", 172800, "ns-1.lab.invalid.");
		write_record(b, c->w->zone_name, "SOA", 900,
			"ns-1.lab.invalid. hostmaster.lab.invalid. 1 7200 900 1209600 86400");
	}
	/* kops has put names of its own here only where the cluster's DNS is not None */
	if (c->w->api_record) {
		char *api = xasprintf("api.%s", c->w->cluster);

		write_record(b, api, strchr(c->w->api_record, ':') ? "AAAA" : "A", 60,
			c->w->api_record);
		free(api);
	}
	for (size_t i = 0; c->w->record_ip && i < 2; i++) {
		char *name = xasprintf("%s.internal.%s", i ? "kops-controller" : "api",
			c->w->cluster);

		write_record(b, name, "A", 60, c->w->record_ip);
		free(name);
	}
	xml_close(b, "ResourceRecordSets");
	buf_adds(b, "<IsTruncated>false</IsTruncated><MaxItems>100</MaxItems>");
	xml_close(b, "ListResourceRecordSetsResponse");
}

void aws_route53_handle(struct aws_call *c)
{
	static const char base[] = "/2013-04-01/hostedzone";
	const char *path = c->rq->path;

	c->out = &c->rp->body;
	if (!str_eq(c->rq->method, "GET") || !str_starts(path, base)) {
		aws_error(c, 400, "InvalidAction", "The lab has no %s %s.", c->rq->method, path);
		return;
	}
	path += strlen(base);
	if (!*path || str_eq(path, "/"))
		list_zones(c);
	else if (str_eq(path, "/" ZONE_ID "/rrset"))
		list_records(c);
	else
		aws_error(c, 404, "NoSuchHostedZone", "No hosted zone found with ID: %s", path + 1);
}
