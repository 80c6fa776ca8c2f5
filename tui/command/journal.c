/* SPDX-License-Identifier: Apache-2.0 */
/* kopscope journal: every write that was made from here, with its answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/stamp.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/run/journal-read.h"
#include "tui/command/roll-args.h"
#include "tui/options.h"
#include "tui/screen/print.h"

enum { COL_AT, COL_WHO, COL_CLUSTER, COL_ACTION, COL_TARGET, COL_BEFORE, COL_AFTER, COL_RESULT,
	COL_RUN, COL_REQUEST, COL_ANSWERED, COL__COUNT };
static const struct column columns[COL__COUNT] = {
	[COL_AT] = { .id = "at", .title = "AT", .help = "when it was asked for, UTC" },
	[COL_WHO] = { .id = "who", .title = "BY", .help = "who did it" },
	[COL_CLUSTER] = { .id = "cluster", .title = "CLUSTER", .help = "where" },
	[COL_ACTION] = { .id = "action", .title = "ACTION", .help = "what was done" },
	[COL_TARGET] = { .id = "target", .title = "TARGET", .help = "to what" },
	[COL_BEFORE] = { .id = "before", .title = "BEFORE", .help = "as it was" },
	[COL_AFTER] = { .id = "after", .title = "AFTER", .help = "as it was to be" },
	[COL_RESULT] = { .id = "result", .title = "RESULT",
		.help = "done, or what went wrong; NO ANSWER: a crash or a lost connection" },
	[COL_RUN] = { .id = "run", .title = "RUN", .help = "the run that did it" },
	[COL_REQUEST] = { .id = "request", .title = "REQUEST", .help = "the server's id of the "
		"request: AWS's request id, the API server's audit id", .flags = COLUMN_WIDE },
	[COL_ANSWERED] = { .id = "answered", .title = "ANSWERED", .help = "when the answer came",
		.flags = COLUMN_DATA },
};

/* "2h", "3d", or a time. */
static bool journal_since(const char *text, int64_t *out, struct err *e)
{
	struct clock clock;
	int64_t ms, days;
	size_t n = strlen(text);
	clock_system(&clock, 1);
	char *number = xstrndup(text, n ? n - 1 : 0);
	bool in_days = n && text[n - 1] == 'd' && str_to_i64(number, 0, 36500, &days);
	free(number);
	if (in_days) {
		*out = clock_wall(&clock) - days * 86400000;
		return true;
	}
	if (roll_args_duration(text, &ms)) {
		*out = clock_wall(&clock) - ms;
		return true;
	}
	char *whole = n == 10 ? xasprintf("%sT00:00:00Z", text) : xstrdup(text);
	*out = stamp_parse(whole);
	free(whole);
	if (*out == 0) {
		err_set(e, ERR_USAGE, "--since %s: 2h, 3d, 2026-01-31 or 2026-01-31T10:00:00Z",
			text);
	}
	return *out != 0;
}

/* A value on one line: a spec's text before and after would fill the screen. */
static const char *journal_brief(const char *s, bool whole, struct buf *b)
{
	size_t n = s ? strcspn(s, "\n") : 0;
	if (!s || whole || (!s[n] && n <= 40)) {
		return s;
	}
	buf_clear(b);
	buf_add(b, s, n > 37 ? 37 : n);
	buf_adds(b, "...");
	return buf_str(b);
}

static void journal_row(const struct journal_item *i, bool whole, struct table *t)
{
	struct buf b = BUF_INIT;
	struct trow *r = table_row(t, i->call ? i->call : "");
	bool done = str_eq(i->result, "done");
	table_text(t, r, COL_AT, STYLE_NORMAL, i->at);
	table_text(t, r, COL_WHO, STYLE_NORMAL, i->who);
	table_text(t, r, COL_CLUSTER, STYLE_NORMAL, i->cluster);
	table_text(t, r, COL_ACTION, STYLE_NORMAL, i->action);
	table_text(t, r, COL_TARGET, STYLE_NORMAL, i->target);
	table_text(t, r, COL_BEFORE, STYLE_NORMAL, journal_brief(i->before, whole, &b));
	table_text(t, r, COL_AFTER, STYLE_NORMAL, journal_brief(i->after, whole, &b));
	table_text(t, r, COL_RESULT, done ? STYLE_NORMAL : STYLE_BAD,
		i->result ? i->result : whole ? NULL : "NO ANSWER");
	table_text(t, r, COL_RUN, STYLE_NORMAL, i->run);
	table_text(t, r, COL_REQUEST, STYLE_NORMAL, i->request);
	table_text(t, r, COL_ANSWERED, STYLE_NORMAL, i->answered);
	buf_release(&b);
}

int cmd_journal(const struct options *o, struct err *e)
{
	struct journal_wish wish = { .cluster = o->session.cluster };
	struct journal_list l;
	struct table t;
	struct buf out = BUF_INIT;
	enum print_format f;
	if (!print_format_by_name(o->output, &f, e) ||
		(o->since && !journal_since(o->since, &wish.since, e))) {
		return EXIT_USAGE;
	}
	if (f == PRINT_YAML || f == PRINT_CSV) {
		err_set(e, ERR_USAGE, "-o %s: table, wide or json", o->output);
		return EXIT_USAGE;
	}
	if (!journal_read(&wish, &l, e)) {
		return EXIT_FAILED;
	}
	bool people = f == PRINT_TABLE || f == PRINT_WIDE;
	table_init(&t, columns, COL__COUNT);
	for (size_t i = 0; i < l.n; i++) {
		journal_row(&l.v[i], !people, &t);
	}
	if (!people) {
		print_rows_json(&t, &out);
	} else if (t.n > 0) {
		print_table(&t, true, true, &out);
	} else {
		fputs("Nothing was written from here.\n", stderr);
	}
	if (l.unreadable) {
		fprintf(stderr, "%zu line%s of the journal cannot be read.\n", l.unreadable,
			l.unreadable == 1 ? "" : "s");
	}
	fputs(buf_str(&out), stdout);
	buf_release(&out);
	table_release(&t);
	journal_list_release(&l);
	return EXIT_OK;
}
