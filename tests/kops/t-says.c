/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an edit is refused for or warned of, by the text alone: case folders.
 *
 * A case has input, edit (lines "key=value" or "-key"; an empty file: a look only) and says:
 * lines that must be among what is said, "refused: line 12: part of the text".  A case without a
 * refused line must not be refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/strs.h"
#include "tests/kops/case.h"
#include "tui/spec-edit.h"

#define MAX_OPS 16

static const char *const words[] = { [FINDING_OK] = "ok", [FINDING_INFO] = "note",
	[FINDING_WARN] = "warning", [FINDING_REFUSE] = "refused" };

static size_t ops_read(struct strlist *lines, const char *text, struct edit_op *ops)
{
	size_t n = 0;

	strlist_split(lines, text, '\n');
	for (size_t i = 0; i < lines->n; i++) {
		char *line = lines->v[i];
		char *eq = strchr(line, '=');

		if (!*line) {
			continue;
		}
		assert_true(n < MAX_OPS);
		if (*line == '-') {
			ops[n++] = (struct edit_op){ .key = line + 1 };
		} else {
			assert_non_null(eq);
			*eq = '\0';
			ops[n++] = (struct edit_op){ .key = line, .value = eq + 1 };
		}
	}
	return n;
}

/* "refused: line 12: " must stand at the start, the rest anywhere behind. */
static bool says(const struct findings *said, const char *want)
{
	const char *text = strstr(want, ": ");

	assert_non_null(text);
	const char *rest = str_starts(text, ": line ") ? strstr(text + 2, ": ") : text;
	assert_non_null(rest);
	for (size_t i = 0; i < said->n; i++) {
		char line[600];

		snprintf(line, sizeof(line), "%s: %s", words[said->v[i].level], said->v[i].text);
		if (strncmp(line, want, (size_t)(rest - want)) == 0 &&
			strstr(line + (rest - want), rest + 2)) {
			return true;
		}
	}
	return false;
}

static int failures; /* all are told before the test ends */

static void fail_with(const char *dir, const char *want, const struct findings *said)
{
	failures++;
	print_message("%s: not said: %s\n", dir, want);
	for (size_t i = 0; i < said->n; i++) {
		print_message("  %s: %s\n", words[said->v[i].level], said->v[i].text);
	}
}

static void case_says(const char *dir)
{
	struct buf in = BUF_INIT, edit = BUF_INIT, want = BUF_INIT, out = BUF_INIT;
	struct strlist lines = { .n = 0 }, wanted = { .n = 0 };
	struct edit_op ops[MAX_OPS];
	struct findings said = { .n = 0 };
	struct err e = ERR_INIT;
	bool ok = true, refused = false;

	assert_true(case_read(dir, "input", &in));
	assert_true(case_read(dir, "edit", &edit));
	assert_true(case_read(dir, "says", &want));
	size_t n = ops_read(&lines, buf_str(&edit), ops);
	if (n) {
		ok = spec_edit(buf_str(&in), in.len, ops, n, &out, &said, &e);
	} else {
		spec_findings(buf_str(&in), in.len, &said);
	}
	strlist_split(&wanted, buf_str(&want), '\n');
	for (size_t i = 0; i < wanted.n; i++) {
		if (*wanted.v[i] && !says(&said, wanted.v[i])) {
			fail_with(dir, wanted.v[i], &said);
		}
		refused |= str_starts(wanted.v[i], "refused: ");
	}
	if (n && ok == refused) {
		fail_with(dir, ok ? "a refusal" : "no refusal", &said);
	}
	assert_int_equal(ok ? 0 : out.len, 0);
	findings_release(&said);
	strlist_release(&lines);
	strlist_release(&wanted);
	buf_release(&in);
	buf_release(&edit);
	buf_release(&want);
	buf_release(&out);
}

static void test_cases(void **state)
{
	char *dir = case_path("tests/kops/cases/says");
	struct strlist cases = { .n = 0 };

	case_list(dir, &cases);
	assert_true(cases.n >= 60);
	for (size_t i = 0; i < cases.n; i++) {
		case_says(cases.v[i]);
	}
	print_message("%zu cases\n", cases.n);
	assert_int_equal(failures, 0);
	strlist_release(&cases);
	free(dir);
}

/* What kops' own tests store is never refused, and an edit of it only where it should be. */
static void test_specs_of_kops(void **state)
{
	char *dir = case_shared("kops-specs");
	struct strlist files = { .n = 0 };

	failures = 0;
	if (!dir) {
		skip();
	}
	case_list(dir, &files);
	for (size_t i = 0; i < files.n; i++) {
		struct buf text = BUF_INIT;
		struct findings said = { .n = 0 };

		if (str_ends(files.v[i], ".yaml") && case_read_file(files.v[i], &text)) {
			spec_findings(buf_str(&text), text.len, &said);
			if (findings_refuse(&said)) {
				fail_with(files.v[i], "nothing bad", &said);
			}
		}
		findings_release(&said);
		buf_release(&text);
	}
	assert_int_equal(failures, 0);
	strlist_release(&files);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_specs_of_kops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
