/* SPDX-License-Identifier: Apache-2.0 */
/* Route 53: the records of a hosted zone. */
#include "aws/route53.h"

#include <stdlib.h>
#include <string.h>

#include "aws/call.h"
#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/base/urlenc.h"
#include "core/base/xalloc.h"

#define API "/2013-04-01/hostedzone"
#define PAGES_MAX 300

struct route53_list {
	struct aws *aws;
	char *name;
	char *zone, *zone_name; /* "Z123", "example.com."; the best so far */
	void (*each)(void *ctx, const struct dns_record *r);
	void (*done)(void *ctx, const struct err *e);
	void *ctx;
	struct aws_call *call;
	int pages;
};

static void route53_free(struct route53_list *l)
{
	aws_call_cancel(l->call);
	free(l->name);
	free(l->zone);
	free(l->zone_name);
	free(l);
}

static void route53_end(struct route53_list *l, const struct err *e)
{
	l->done(l->ctx, e);
	route53_free(l);
}

static void route53_get(struct route53_list *l, const char *action, const char *path,
	const struct buf *query, void (*done)(void *ctx, const struct aws_reply *r,
	const struct err *e))
{
	l->call = aws_call_start(l->aws, &(struct aws_call_spec){
		.service = AWS_ROUTE53, .action = action, .method = "GET", .path = path,
		.query = query->len ? buf_str(query) : NULL, .done = done, .ctx = l,
	});
}

/* True when there is another page and it may be asked for. */
static bool route53_more(struct route53_list *l, const struct xml_node *root)
{
	return str_eq(xml_text(root, "IsTruncated"), "true") && ++l->pages < PAGES_MAX;
}

/* ---- records ---- */

/* Is zone ("example.com.") the name's own or one above it? */
static bool zone_holds(const char *zone, const char *name)
{
	size_t z = strlen(zone), n = strlen(name);
	z -= z && zone[z - 1] == '.';
	n -= n && name[n - 1] == '.';
	return z && z <= n && !strncmp(name + n - z, zone, z) &&
	       (z == n || name[n - z - 1] == '.');
}

/* False: the list has gone past what was asked for. */
static bool records_read(struct route53_list *l, const struct xml_node *root)
{
	const struct xml_node *n = xml_first(root, "ResourceRecordSets");
	for (; n; n = n->next) {
		struct dns_record r = {
			.name = xml_text(n, "Name"), .type = xml_text(n, "Type"),
		};
		if (!r.name || !zone_holds(l->name, r.name)) {
			return false;
		}
		const struct xml_node *v = xml_first(n, "ResourceRecords");
		for (; v; v = v->next) {
			r.value = xml_text(v, "Value");
			l->each(l->ctx, &r);
		}
		if (xml_get(n, "AliasTarget")) {
			r.value = xml_text(n, "AliasTarget.DNSName");
			l->each(l->ctx, &r);
		}
	}
	return true;
}

static void records_ask(struct route53_list *l, const struct buf *query);

static void query_add_text(struct buf *q, const char *name, const char *value)
{
	if (!str_empty(value)) {
		buf_addf(q, "%s%s=", q->len ? "&" : "", name);
		url_encode(q, value, false);
	}
}

static void records_on_page(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct route53_list *l = ctx;
	l->call = NULL;
	if (e) {
		route53_end(l, e);
		return;
	}
	if (!records_read(l, r->root) || !route53_more(l, r->root)) {
		route53_end(l, NULL);
		return;
	}
	struct buf q = BUF_INIT;
	query_add_text(&q, "name", xml_text(r->root, "NextRecordName"));
	query_add_text(&q, "type", xml_text(r->root, "NextRecordType"));
	query_add_text(&q, "identifier", xml_text(r->root, "NextRecordIdentifier"));
	records_ask(l, &q);
	buf_release(&q);
}

static void records_ask(struct route53_list *l, const struct buf *query)
{
	struct buf path = BUF_INIT;
	buf_adds(&path, API "/");
	url_encode(&path, l->zone, false);
	buf_adds(&path, "/rrset");
	route53_get(l, "ListResourceRecordSets", buf_str(&path), query, records_on_page);
	buf_release(&path);
}

/* ---- zones ---- */

static void zones_ask(struct route53_list *l, const struct buf *query);

static void zones_on_page(void *ctx, const struct aws_reply *r, const struct err *e)
{
	struct route53_list *l = ctx;
	struct buf q = BUF_INIT;
	struct err none = ERR_INIT;
	l->call = NULL;
	if (e) {
		route53_end(l, e);
		return;
	}
	const struct xml_node *n = xml_first(r->root, "HostedZones");
	for (; n; n = n->next) {
		const char *zone = xml_text(n, "Name"), *id = xml_text(n, "Id");
		if (zone && id && zone_holds(zone, l->name) &&
		    strlen(zone) > (l->zone_name ? strlen(l->zone_name) : 0)) {
			xreplace(&l->zone_name, zone);
			xreplace(&l->zone, str_starts(id, "/hostedzone/") ? id + 12 : id);
		}
	}
	if (route53_more(l, r->root)) {
		query_add_text(&q, "marker", xml_text(r->root, "NextMarker"));
		zones_ask(l, &q);
	} else if (l->zone) {
		l->pages = 0;
		query_add_text(&q, "name", l->name);
		records_ask(l, &q);
	} else {
		err_set(&none, ERR_NOT_FOUND, "Route 53 has no zone for %s", l->name);
		route53_end(l, &none);
	}
	buf_release(&q);
}

static void zones_ask(struct route53_list *l, const struct buf *query)
{
	route53_get(l, "ListHostedZones", API, query, zones_on_page);
}

struct route53_list *route53_list_start(struct aws *a, const char *name,
	void (*each)(void *ctx, const struct dns_record *r),
	void (*done)(void *ctx, const struct err *e), void *ctx)
{
	struct route53_list *l = xcalloc(1, sizeof(*l));
	struct buf none = BUF_INIT;
	l->aws = a;
	l->name = xstrdup(name);
	l->each = each;
	l->done = done;
	l->ctx = ctx;
	zones_ask(l, &none);
	return l;
}

void route53_list_cancel(struct route53_list *l)
{
	if (l) {
		route53_free(l);
	}
}
