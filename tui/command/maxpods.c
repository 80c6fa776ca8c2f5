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
#include "tui/screen/print.h"
#include "tui/screen/table.h"
#include "tui/screen/term.h"

enum { COL_TYPE, COL_MAX, COL_RAW, COL_KOPS, COL_PREFIX, COL_ENIS, COL_IPS, COL_VCPUS,
	COL_IN_SINGLE, COL_IN_CUSTOM, COL_IN_PREFIX, COL_IN_BOTH, COL_HOW, COL__COUNT };

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
	[COL_VCPUS] = { .id = "vcpus", .title = "VCPU", .flags = COLUMN_RIGHT | COLUMN_WIDE,
		.help = "decides the advised cap" },
	[COL_IN_SINGLE] = { .id = "single", .title = "SINGLE", .flags = COLUMN_RIGHT | COLUMN_WIDE,
		.help = "with single addresses, no cap" },
	[COL_IN_CUSTOM] = { .id = "custom", .title = "CUSTOM", .flags = COLUMN_RIGHT | COLUMN_WIDE,
		.help = "the same with custom networking" },
	[COL_IN_PREFIX] = { .id = "prefix", .title = "PREFIX", .flags = COLUMN_RIGHT | COLUMN_WIDE,
		.help = "with prefix delegation, no cap" },
	[COL_IN_BOTH] = { .id = "prefix_custom", .title = "PREFIX+CUSTOM",
		.flags = COLUMN_RIGHT | COLUMN_WIDE, .help = "both, no cap" },
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
	table_value(row, COL_VCPUS, CELL_NUMBER, STYLE_NORMAL, l->vcpus > 0 ? l->vcpus : -1, 0);
	for (int i = 0; i < 4; i++) { /* the four modes, whatever was asked for */
		struct eni_mode other = { .custom_network = i & 1, .prefix = i & 2,
			.max_eni = mode->max_eni };
		eni_compute(l, &other, &r);
		table_value(row, (size_t)COL_IN_SINGLE + (size_t)i, CELL_NUMBER, STYLE_NORMAL,
			r.raw, 0);
	}
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
				: cell->value < 0       ? json_null()
							: json_integer(cell->value));
		}
		json_array_append_new(all, o);
	}
	json_write(out, list ? all : json_array_get(all, 0), false);
	buf_addc(out, '\n');
}

static bool maxpods_has(const struct table *t, const char *type)
{
	for (size_t i = 0; i < t->n; i++) {
		if (str_eq(t->rows[i].id, type)) {
			return true;
		}
	}
	return false;
}

/* Every type that matches the pattern and holds at least that many; false when none matches. */
static bool maxpods_add(const char *pattern, const struct eni_mode *mode, int64_t least,
	struct table *t)
{
	size_t n;
	bool any = false;
	const struct eni_limits *all = eni_table(&n);
	for (size_t i = 0; i < n; i++) {
		if (!str_glob(pattern, all[i].type)) {
			continue;
		}
		struct eni_result r;
		eni_compute(&all[i], mode, &r);
		any = true;
		if (r.recommended >= least && !maxpods_has(t, all[i].type)) {
			maxpods_row(&all[i], mode, t);
		}
	}
	return any;
}

/* --sort COLUMN, by its id or title, or -COLUMN: largest first; NULL leaves the order. */
static bool maxpods_sort(struct table *t, const char *by, struct err *e)
{
	bool down = by && by[0] == '-';
	const char *name = down ? by + 1 : by;
	for (size_t i = 0; name && i < COL__COUNT; i++) {
		if (str_ieq(columns[i].id, name) || str_ieq(columns[i].title, name)) {
			table_sort(t, i, down);
			return true;
		}
	}
	if (name) {
		err_set(e, ERR_USAGE, "there is no column %s to sort by", name);
		err_hint(e, "one of type pods raw kops mode enis ips vcpu single custom prefix; "
			"-pods is the largest first");
	}
	return !name;
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
	int64_t least = 0, max_eni = 0;
	if (o->min && !str_to_i64(o->min, 1, 100000, &least)) {
		err_set(e, ERR_USAGE, "--min %s: a number of pods", o->min);
		return EXIT_USAGE;
	}
	if (o->max_eni && !str_to_i64(o->max_eni, 1, 100, &max_eni)) {
		err_set(e, ERR_USAGE, "--max-eni %s: a number from 1 to 100", o->max_eni);
		return EXIT_USAGE;
	}
	mode.max_eni = (int32_t)max_eni;
	struct table t;
	struct buf out = BUF_INIT;
	table_init(&t, columns, COL__COUNT);
	bool ok = true;
	for (size_t i = 1; i < o->nargs && ok; i++) {
		ok = maxpods_add(o->args[i], &mode, least, &t);
		if (!ok) {
			err_set(e, ERR_USAGE, "%s is not in the ENI table", o->args[i]);
			err_hint(e,
				"aws ec2 describe-instance-types --instance-types %s shows its "
				"MaximumNetworkInterfaces and Ipv4AddressesPerInterface",
				o->args[i]);
		}
	}
	ok = ok && maxpods_sort(&t, o->sort, e);
	if (ok && json) {
		bool list = o->nargs > 2 || strpbrk(o->args[1], "*?") || t.n != 1;
		maxpods_json(&t, list, &out);
	} else if (ok) {
		print_table(&t, str_eq(o->output, "wide"), true, &out);
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	table_release(&t);
	return ok ? EXIT_OK : EXIT_USAGE;
}
