/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/json.md against the views' columns (UPDATE_DOCS=1 writes its tables anew), and that
 * each cell is of the kind that its column promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/xalloc.h"
#include "tests/tui/fixture.h"
#include "tui/screen/print.h"
#include "tui/view.h"

#define BEGINS "<!-- columns: made by make update-docs -->\n"
#define ENDS "<!-- end of columns -->\n"

static const char *kind_words(enum cell_kind k)
{
	switch (k) {
	case CELL_NUMBER:
		return "number";
	case CELL_AGE:
		return "number, seconds";
	case CELL_METER:
	case CELL_RATIO:
		return "`{\"used\", \"max\"}`";
	case CELL_TEXT:
		break;
	}
	return "string";
}

static void columns_write(struct buf *out)
{
	for (int i = 0; i < VIEW__COUNT; i++) {
		const struct view *v = view_get((enum view_id)i);
		buf_addf(out, "\n### %s\n%s.\n\n| key | value | meaning |\n|---|---|---|\n",
			v->name, v->help);
		for (size_t c = 0; c < v->ncolumns; c++) {
			buf_addf(out, "| `%s` | %s | %s |\n", v->columns[c].id,
				kind_words(v->columns[c].kind), v->columns[c].help);
		}
	}
	buf_addc(out, '\n');
}

static void test_document(void **state)
{
	const char *srcdir = getenv("srcdir");
	char *path = xasprintf("%s/docs/json.md", srcdir ? srcdir : ".");
	struct buf text = BUF_INIT, want = BUF_INIT;
	struct err e = ERR_INIT;
	assert_true(file_read(path, &text, &e));
	const char *begins = strstr(buf_str(&text), BEGINS);
	assert_non_null(begins);
	const char *ends = strstr(begins, ENDS);
	assert_non_null(ends);
	buf_add(&want, buf_str(&text), (size_t)(begins - buf_str(&text)) + strlen(BEGINS));
	columns_write(&want);
	buf_adds(&want, ends);
	if (getenv("UPDATE_DOCS")) {
		assert_true(file_write(path, buf_str(&want), want.len, 0644, &e));
	} else {
		assert_string_equal(buf_str(&text), buf_str(&want));
	}
	buf_release(&text);
	buf_release(&want);
	free(path);
}

/* Numbers are numbers in every row: who reads JSON or CSV may rely on the document. */
static void test_kinds(void **state)
{
	static const enum fixture_kind worlds[] = { FIXTURE_FULL, FIXTURE_FINE, FIXTURE_EDITED,
		FIXTURE_MARKED, FIXTURE_ROLLING, FIXTURE_NAMED };
	size_t valued = 0;
	for (size_t w = 0; w < sizeof(worlds) / sizeof(worlds[0]); w++) {
		struct fixture f;
		fixture_init(&f, worlds[w], 80, 24, false);
		for (int i = 0; i < VIEW__COUNT; i++) {
			const struct view *v = view_get((enum view_id)i);
			app_show(&f.app, v->id, NULL);
			app_frame(&f.app);
			struct table *t = &f.app.table;
			for (size_t r = 0; r < t->n; r++) {
				const struct trow *row = table_at(t, r);
				for (size_t c = 0; row->kind == ROW_ITEM && c < t->ncolumns; c++) {
					const struct tcell *cell = &row->cells[c];
					if (cell->kind == CELL_TEXT && !cell->text) {
						continue; /* unknown: null */
					}
					if (cell->kind != v->columns[c].kind) {
						print_error("%s.%s\n", v->name, v->columns[c].id);
					}
					assert_int_equal(cell->kind, v->columns[c].kind);
					valued += cell->kind != CELL_TEXT;
				}
			}
		}
		fixture_release(&f);
	}
	assert_true(valued > 100);
}

static void csv_is(const struct column *columns, size_t n, void (*fill)(struct table *t),
	const char *want)
{
	struct table t;
	struct buf out = BUF_INIT;
	table_init(&t, columns, n);
	fill(&t);
	print_csv(&t, true, &out);
	assert_string_equal(buf_str(&out), want);
	buf_release(&out);
	table_release(&t);
}

static void fill_hard(struct table *t)
{
	struct trow *r = table_row(t, "a");
	table_text(t, r, 0, STYLE_NORMAL, "a \"b\", c\nd \033[2J");
	table_value(r, 1, CELL_METER, STYLE_NORMAL, 3, 17);
	table_value(r, 2, CELL_AGE, STYLE_NORMAL, 61999, 0);
	r = table_row(t, "b");
	table_value(r, 1, CELL_METER, STYLE_NORMAL, -1, -1);
	table_value(r, 2, CELL_AGE, STYLE_NORMAL, -1, 0);
	table_row(t, "c");
	table_span(t, 2, STYLE_NORMAL, "not a row");
}

static void test_csv(void **state)
{
	static const struct column columns[] = {
		{ .id = "name", .title = "N", .help = "n" },
		{ .id = "pods", .title = "P", .help = "p", .kind = CELL_METER },
		{ .id = "age", .title = "A", .help = "a", .kind = CELL_AGE },
	};
	csv_is(columns, 3, fill_hard,
		"name,pods_used,pods_max,age\n"
		"\"a \"\"b\"\", c\xc2\xb7" "d \xc2\xb7[2J\",3,17,61\n"
		",,,\n,,,\n");
}

static void test_yaml(void **state)
{
	static const struct {
		const char *json, *yaml;
	} cases[] = {
		{ "{\"a\":1,\"b\":[],\"c\":{},\"d\":null,\"e\":true}",
			"a: 1\nb: []\nc: {}\nd: null\ne: true\n" },
		{ "{\"list\":[{\"a\":\"x\",\"b\":\"y z\"},\"s\",[1,2]]}",
			"list:\n  - a: x\n    b: \"y z\"\n  - s\n  -\n    - 1\n    - 2\n" },
		{ "{\"v\":[\"yes\",\"1.0\",\"0x1\",\"\",\"a: b\",\"NULL\",\"nodes-2a\"]}",
			"v:\n  - \"yes\"\n  - \"1.0\"\n  - \"0x1\"\n  - \"\"\n  - \"a: b\"\n"
			"  - \"NULL\"\n  - nodes-2a\n" },
		{ "{\"s\":\"q\\\" b\\\\ n\\n e\\u001b d\\u007f c\\u0085 \\ud55c\"}",
			"s: \"q\\\" b\\\\ n\\u000a e\\u001b d\\u007f c\\u0085 \xed\x95\x9c\"\n" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buf out = BUF_INIT;
		print_yaml(cases[i].json, strlen(cases[i].json), &out);
		assert_string_equal(buf_str(&out), cases[i].yaml);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_document),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_yaml),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
