/* SPDX-License-Identifier: Apache-2.0 */
/* DNS: the cluster's names, where they lead and where they should. */
#include <stdlib.h>
#include <string.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/rules/dns.h"
#include "tui/view.h"

enum { COL_NAME, COL_TYPE, COL_VALUE, COL_SHOULD, COL_STATE, COL_PURPOSE, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_NAME] = { .id = "name", .title = "NAME", .width = 20, .grow = 2,
		.flags = COLUMN_MIDDLE, .help = "in the cluster's zone" },
	[COL_TYPE] = { .id = "type", .title = "TYPE", .width = 5, .help = "of the record" },
	[COL_VALUE] = { .id = "value", .title = "LEADS TO", .width = 12, .grow = 1,
		.flags = COLUMN_MIDDLE, .help = "addresses, or the name of a load balancer" },
	[COL_SHOULD] = { .id = "should", .title = "SHOULD LEAD TO", .width = 12, .grow = 1,
		.flags = COLUMN_MIDDLE,
		.help = "the load balancer, or the control plane's addresses" },
	[COL_STATE] = { .id = "state", .title = "STATE", .width = 11,
		.flags = COLUMN_WORD,
		.help = "right, differs, missing, or kops' placeholder address" },
	[COL_PURPOSE] = { .id = "purpose", .title = "FOR", .width = 20, .flags = COLUMN_WIDE,
		.help = "who uses the name" },
};

static const enum style styles[] = {
	[DNS_RIGHT] = STYLE_OK, [DNS_PLACEHOLDER] = STYLE_BAD, [DNS_DIFFERS] = STYLE_WARN,
	[DNS_MISSING] = STYLE_WARN, [DNS_UNTOLD] = STYLE_DIM,
};

/* Without the cluster's own name: "api.internal". */
static void dns_brief(const struct view_ctx *c, struct table *t, struct trow *r, const char *name)
{
	const char *open = model_opened(c->model);
	if (str_ends(name, open) && strlen(name) > strlen(open)) {
		char *brief = xstrndup(name, strlen(name) - strlen(open) - 1);
		table_brief(t, r, COL_NAME, brief);
		free(brief);
	}
}

static void dns_rows(const struct view_ctx *c, struct table *t)
{
	struct dns_report r;
	if (!model_opened(c->model) || !model_source(c->model, SRC_AWS)->arrived) {
		return;
	}
	dns_report_make(c->model, &r);
	for (size_t i = 0; i < r.n; i++) {
		const struct dns_row *d = &r.rows[i];
		struct trow *row = table_row(t, d->name);
		table_text(t, row, COL_NAME, STYLE_NORMAL, d->name);
		dns_brief(c, t, row, d->name);
		table_text(t, row, COL_TYPE, STYLE_NORMAL, d->type);
		table_text(t, row, COL_VALUE,
			d->state == DNS_PLACEHOLDER ? STYLE_BAD : STYLE_NORMAL, d->value);
		if (str_starts(d->value, "dualstack.")) {
			table_brief(t, row, COL_VALUE, d->value + strlen("dualstack."));
		}
		table_text(t, row, COL_SHOULD, STYLE_NORMAL, d->should);
		table_text(t, row, COL_STATE, styles[d->state], dns_state_name(d->state));
		table_text(t, row, COL_PURPOSE, STYLE_DIM, d->purpose);
	}
	dns_report_release(&r);
}

static const char *const advice[] = {
	[DNS_RIGHT] = "leads to where it should",
	[DNS_PLACEHOLDER] = "is kops' placeholder: the control plane has not come up far enough to "
			    "write its address, or dns-controller does not run",
	[DNS_DIFFERS] =
		"leads elsewhere: after a change give dns-controller a minute, then look at "
		"its log",
	[DNS_MISSING] = "is not in the zone: kops update cluster makes it",
	[DNS_UNTOLD] = "is not compared with anything",
};

static void dns_detail(const struct view_ctx *c, const struct trow *row, struct buf *out)
{
	struct dns_report r;
	if (!model_opened(c->model)) {
		return;
	}
	dns_report_make(c->model, &r);
	for (size_t i = 0; row && i < r.n; i++) {
		if (str_eq(r.rows[i].name, row->id) &&
			str_eq(r.rows[i].type, row->cells[COL_TYPE].text)) {
			buf_addf(out, "%s: %s\nIt %s.\n", row->id, r.rows[i].purpose,
				advice[r.rows[i].state]);
		}
	}
	if (row) {
		buf_addf(out, "%s\n", r.text);
	}
	dns_report_release(&r);
}

static const char *dns_empty(const struct view_ctx *c)
{
	const char *trouble = view_source_trouble(c, SRC_AWS);
	struct dns_report r;
	if (!model_opened(c->model)) {
		return "No cluster is open: choose one in 1 Clusters.";
	}
	dns_report_make(c->model, &r);
	const char *text = r.text; /* static */
	enum dns_kind kind = r.kind;
	dns_report_release(&r);
	return kind != DNS_ZONE ? text : trouble ? trouble : "AWS has not answered yet.";
}

const struct view view_dns = {
	.id = VIEW_DNS, .name = "dns", .title = "DNS", .key = 0,
	.help = "The cluster's names in its zone, and where they lead",
	.source = SRC_AWS, .columns = columns, .ncolumns = COL__COUNT,
	.rows = dns_rows, .detail = dns_detail, .empty = dns_empty, .enter = VIEW_DNS,
};
