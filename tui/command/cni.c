/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope cni --type TYPE: addresses that ipamd holds against pods, without any network. */
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/strs.h"
#include "core/rules/eni-pool.h"
#include "tui/options.h"
#include "tui/screen/print.h"
#include "tui/screen/table.h"

enum { COL_PODS, COL_HELD, COL_UNUSED, COL_PREFIXES, COL_ENIS, COL_SUBNET, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_PODS] = { .id = "pods", .title = "PODS", .flags = COLUMN_RIGHT,
		.help = "with an address of their own, from this number on" },
	[COL_HELD] = { .id = "held", .title = "HELD", .flags = COLUMN_RIGHT,
		.help = "addresses for pods" },
	[COL_UNUSED] = { .id = "unused", .title = "UNUSED", .flags = COLUMN_RIGHT,
		.help = "of these" },
	[COL_PREFIXES] = { .id = "prefixes", .title = "/28", .flags = COLUMN_RIGHT,
		.help = "prefixes" },
	[COL_ENIS] = { .id = "enis", .title = "ENIS", .flags = COLUMN_RIGHT,
		.help = "interfaces" },
	[COL_SUBNET] = { .id = "subnet", .title = "SUBNET", .flags = COLUMN_RIGHT,
		.help = "addresses of the subnet that are gone" },
};

static bool cni_number(const char *option, const char *text, int64_t max, int32_t *out,
	struct err *e)
{
	int64_t v;
	if (!text) {
		return true;
	}
	if (!str_to_i64(text, 0, max, &v)) {
		return err_set(e, ERR_USAGE, "%s %s: a number from 0 to %d", option, text,
			(int)max);
	}
	*out = (int32_t)v;
	return true;
}

/* Where it changes, or (json) each number of pods. */
static void cni_rows(const struct eni_limits *l, const struct cni_settings *s, int32_t pods,
	int64_t max_pods, bool all, struct table *t)
{
	struct eni_pool was = { .ips = -1 }, p;
	for (int32_t i = 0; i <= pods; i++) {
		char id[16];
		eni_pool_compute(l, s, i, max_pods, &p);
		bool same = p.ips == was.ips && p.enis == was.enis && p.enough == was.enough;
		was = p;
		if (same && !all && i != pods) {
			continue;
		}
		snprintf(id, sizeof(id), "%d", (int)i);
		struct trow *r = table_row(t, id);
		int64_t values[COL__COUNT] = { i, p.ips, p.ips > i ? p.ips - i : 0, p.prefixes,
			p.enis, p.subnet_ips };
		for (size_t c = 0; c < COL__COUNT; c++) {
			table_value(r, c, CELL_NUMBER, STYLE_NORMAL, values[c], 0);
		}
	}
}

static bool cni_settings_read(const struct options *o, struct cni_settings *s, int32_t *pods,
	struct err *e)
{
	*s = (struct cni_settings){ .amazonvpc = true, .prefix = o->prefix, .warm_prefix = 1,
		.warm_eni = 1, .mode = { .prefix = o->prefix,
			.custom_network = o->custom_network } };
	return cni_number("--warm-eni", o->warm_eni, 100, &s->warm_eni, e) &&
		cni_number("--warm-ip", o->warm_ip, 65535, &s->warm_ip, e) &&
		cni_number("--minimum-ip", o->minimum_ip, 65535, &s->minimum_ip, e) &&
		cni_number("--warm-prefix", o->warm_prefix, 1000, &s->warm_prefix, e) &&
		cni_number("--max-eni", o->max_eni, 100, &s->mode.max_eni, e) &&
		cni_number("--pods", o->pods, 1000, pods, e);
}

int cmd_cni(const struct options *o, struct err *e)
{
	bool json = str_eq(o->output, "json");
	const struct eni_limits *l = eni_lookup(o->type);
	struct cni_settings s;
	struct eni_growth g;
	struct eni_result r;
	struct table t;
	struct buf out = BUF_INIT;
	int32_t pods = -1;
	if (!l) {
		err_set(e, ERR_USAGE, o->type ? "%s is not in the ENI table" :
			"cni needs an instance type", o->type);
		err_hint(e, "kopscope cni --type t3.small --prefix --warm-prefix 1");
		return EXIT_USAGE;
	}
	if (o->output && !json && !str_eq(o->output, "table")) {
		err_set(e, ERR_USAGE, "there is no output format %s: table or json", o->output);
		return EXIT_USAGE;
	}
	if (!cni_settings_read(o, &s, &pods, e)) {
		return EXIT_USAGE;
	}
	eni_compute(l, &s.mode, &r);
	/* Without --pods as many as are advised, and ipamd stops there. */
	int64_t max_pods = pods < 0 ? r.recommended : -1;
	pods = pods < 0 ? r.recommended - 2 : pods;
	table_init(&t, columns, COL__COUNT);
	cni_rows(l, &s, pods, max_pods, json, &t);
	if (json) {
		print_rows_json(&t, &out);
	} else {
		eni_pool_growth(l, &s, pods, max_pods, &g);
		print_table(&t, false, true, &out);
		buf_addf(&out, "unused: %d on average, %d at most; %d EC2 calls in %d steps, "
			"%d new ENIs\n", (int)g.mean_unused, (int)g.most_unused, (int)g.calls,
			(int)g.grows, (int)g.attached);
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	table_release(&t);
	return EXIT_OK;
}
