/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope runs: what was started here, newest first. */
#include <stdio.h>

#include "core/base/json.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/run/run.h"
#include "tui/options.h"
#include "tui/screen/print.h"
#include "tui/screen/table.h"

enum { COL_ID, COL_CLUSTER, COL_KIND, COL_ENGINE, COL_STATUS, COL_DONE, COL_STARTED, COL_WHO,
	COL__COUNT };

static const struct column columns[COL__COUNT] = {
	[COL_ID] = { .id = "id", .title = "RUN", .help = "name of its folder" },
	[COL_CLUSTER] = { .id = "cluster", .title = "CLUSTER", .help = "of which cluster" },
	[COL_KIND] = { .id = "kind", .title = "KIND", .help = "update or roll" },
	[COL_ENGINE] = { .id = "engine", .title = "ENGINE", .help = "native or kops" },
	[COL_STATUS] = { .id = "status", .title = "STATUS", .help = "how it stands" },
	[COL_DONE] = { .id = "done", .title = "DONE", .help = "nodes replaced, of those planned" },
	[COL_STARTED] = { .id = "started", .title = "STARTED", .help = "UTC" },
	[COL_WHO] = { .id = "who", .title = "BY", .help = "who started it" },
};

static void runs_row(const char *id, struct table *t)
{
	struct run_view v;
	char at[40];
	if (!run_view_read(id, &v, NULL)) {
		return;
	}
	stamp_format(at, v.meta.started, false);
	struct trow *r = table_row(t, id);
	table_text(t, r, COL_ID, STYLE_NORMAL, id);
	table_text(t, r, COL_CLUSTER, STYLE_NORMAL, v.meta.cluster);
	table_text(t, r, COL_KIND, STYLE_NORMAL, run_kind_name(v.meta.kind));
	table_text(t, r, COL_ENGINE, STYLE_NORMAL, v.meta.engine == RUN_NATIVE ? "native" : "kops");
	table_text(t, r, COL_STATUS, STYLE_NORMAL, run_status_name(v.status));
	table_value(r, COL_DONE, CELL_RATIO, STYLE_NORMAL, (int64_t)v.done, (int64_t)v.total);
	table_text(t, r, COL_STARTED, STYLE_NORMAL, at);
	table_text(t, r, COL_WHO, STYLE_NORMAL, v.meta.who);
	run_view_release(&v);
}

int cmd_runs(const struct options *o, struct err *e)
{
	struct strlist ids = { .v = NULL };
	struct table t;
	struct buf out = BUF_INIT;
	bool ok = run_list(&ids, e);
	table_init(&t, columns, COL__COUNT);
	for (size_t i = 0; ok && i < ids.n; i++) {
		runs_row(ids.v[i], &t);
	}
	if (ok && str_eq(o->output, "json")) {
		print_rows_json(&t, &out);
	} else if (ok && t.n > 0) {
		print_table(&t, true, !o->no_headers, &out);
	} else if (ok) {
		fputs("No run was started here yet.\n", stderr);
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	table_release(&t);
	strlist_release(&ids);
	return ok ? EXIT_OK : EXIT_FAILED;
}
