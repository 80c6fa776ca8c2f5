/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope maxpods TYPE...: the arithmetic of the ENI table, without any network. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/rules/eni.h"
#include "tui/options.h"
#include "tui/print.h"
#include "tui/table.h"
#include "tui/term.h"

enum { COL_TYPE, COL_MAX, COL_RAW, COL_KOPS, COL_PREFIX, COL_ENIS, COL_IPS, COL_HOW, COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_TYPE] = {.id = "type", .title = "TYPE", .help = "instance type"},
	[COL_MAX] = {.id = "max_pods",
		.title = "PODS",
		.flags = COLUMN_RIGHT,
		.help = "advised: 110 at most, 250 above 30 vCPU"},
	[COL_RAW] = {.id = "raw",
		.title = "RAW",
		.flags = COLUMN_RIGHT,
		.help = "without that cap"},
	[COL_KOPS] = {.id = "kops_default",
		.title = "KOPS",
		.flags = COLUMN_RIGHT,
		.help = "what kops sets by itself; it never looks at the mode"},
	[COL_PREFIX] = {.id = "mode", .title = "MODE", .help = "prefix, or single addresses"},
	[COL_ENIS] = {.id = "enis", .title = "ENIS", .flags = COLUMN_RIGHT, .help = "for pods"},
	[COL_IPS] = {.id = "ips_per_eni", .title = "IPS", .flags = COLUMN_RIGHT, .help = "per ENI"},
	[COL_HOW] = {.id = "how", .title = "HOW", .help = "the arithmetic"},
};

static void maxpods_row(const struct eni_limits *l, const struct eni_mode *mode, struct table *t)
{
	struct eni_result r;
	char how[96];
	eni_compute(l, mode, &r);
	eni_explain(l, mode, !term_utf8(), how, sizeof(how));
	struct trow *row = table_row(t, l->type);
	/* In single mode kops' own default is what a node gets; its cap is the same 110. */
	table_text(t, row, COL_TYPE, STYLE_NORMAL, l->type);
	table_value(row, COL_MAX, CELL_NUMBER, STYLE_NORMAL, r.recommended, 0);
	table_value(row, COL_RAW, CELL_NUMBER, STYLE_NORMAL, r.raw, 0);
	table_value(row, COL_KOPS, CELL_NUMBER, STYLE_NORMAL, r.kops, 0);
	table_text(t, row, COL_PREFIX, STYLE_NORMAL,
		r.prefix_used     ? "prefix"
		: mode->prefix ? "single (no prefixes)"
			       : "single");
	table_value(row, COL_ENIS, CELL_NUMBER, STYLE_NORMAL, r.enis, 0);
	table_value(row, COL_IPS, CELL_NUMBER, STYLE_NORMAL, l->ips_per_eni, 0);
	table_text(t, row, COL_HOW, STYLE_NORMAL, how);
}

static void maxpods_json(const struct table *t, bool list, struct buf *out)
{
	json_auto_t *all = json_array();
	for (size_t i = 0; i < t->n; i++) {
		json_t *o = json_object();
		for (size_t c = 0; c < t->ncolumns; c++) {
			const struct tcell *cell = &t->rows[i].cells[c];
			json_object_set_new(o, t->columns[c].id,
				cell->kind == CELL_TEXT ? json_string(cell->text)
							: json_integer(cell->value));
		}
		json_array_append_new(all, o);
	}
	json_write(out, list ? all : json_array_get(all, 0), false);
	buf_addc(out, '\n');
}

/* Every type that matches the pattern; false when none does. */
static bool maxpods_add(const char *pattern, const struct eni_mode *mode, struct table *t)
{
	size_t n, before = t->n;
	const struct eni_limits *all = eni_table(&n);
	for (size_t i = 0; i < n; i++) {
		if (str_glob(pattern, all[i].type)) {
			maxpods_row(&all[i], mode, t);
		}
	}
	return t->n > before;
}

int cmd_maxpods(const struct options *o, struct err *e)
{
	if (o->nargs < 2) {
		err_set(e, ERR_USAGE, "maxpods needs an instance type");
		err_hint(e, "kopscope maxpods t3.medium --prefix; a pattern is fine: 't3.*'");
		return EXIT_USAGE;
	}
	bool json = str_eq(o->output, "json");
	if (o->output && !json && !str_eq(o->output, "table") && !str_eq(o->output, "wide")) {
		err_set(e, ERR_USAGE, "there is no output format %s: table, wide or json",
			o->output);
		return EXIT_USAGE;
	}
	struct eni_mode mode = { .prefix = o->prefix, .custom_network = o->custom_network };
	struct table t;
	struct buf out = BUF_INIT;
	table_init(&t, columns, COL__COUNT);
	bool ok = true;
	for (size_t i = 1; i < o->nargs && ok; i++) {
		ok = maxpods_add(o->args[i], &mode, &t);
		if (!ok) {
			err_set(e, ERR_USAGE, "%s is not in the ENI table", o->args[i]);
			err_hint(e,
				"aws ec2 describe-instance-types --instance-types %s shows its "
				"MaximumNetworkInterfaces and Ipv4AddressesPerInterface",
				o->args[i]);
		}
	}
	if (ok && json) {
		bool list = o->nargs > 2 || strpbrk(o->args[1], "*?");
		maxpods_json(&t, list, &out);
	} else if (ok) {
		print_table(&t, true, true, &out);
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	table_release(&t);
	return ok ? EXIT_OK : EXIT_USAGE;
}
