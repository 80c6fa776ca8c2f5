/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The editor: case folders, and the stored specs of kops' own tests.
 *
 * A case has input, edit (lines "key=value" or "-key") and expect, or refuse
 * (words that the error must hold, one a line); back, when there, are the edits
 * that must lead to the input again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "core/kops/document.h"
#include "core/kops/edit.h"
#include "tests/kops/case.h"

#define MAX_OPS 16

struct ops {
	struct strlist lines;
	struct edit_op v[MAX_OPS];
	size_t n;
};

static void ops_read(struct ops *o, const char *text)
{
	*o = (struct ops){ .n = 0 };
	strlist_split(&o->lines, text, '\n');
	for (size_t i = 0; i < o->lines.n; i++) {
		char *line = o->lines.v[i];
		char *eq = strchr(line, '=');

		if (!*line) {
			continue;
		}
		assert_true(o->n < MAX_OPS);
		if (*line == '-') {
			o->v[o->n++] = (struct edit_op){ .key = line + 1 };
		} else {
			assert_non_null(eq);
			*eq = '\0';
			o->v[o->n++] = (struct edit_op){ .key = line, .value = eq + 1 };
		}
	}
	assert_true(o->n > 0);
}

static void expect_text(const char *what, const struct buf *have, const struct buf *want)
{
	struct buf diff = BUF_INIT;

	if (have->len == want->len && strcmp(buf_str(have), buf_str(want)) == 0) {
		return;
	}
	edit_diff(buf_str(want), want->len, buf_str(have), have->len, &diff);
	fail_msg("%s: - expected, + got\n%s", what, buf_str(&diff));
}

/* Applies the ops that a file of the case holds. */
static bool case_apply(const char *dir, const char *file, const struct buf *in, struct buf *out,
	struct err *e)
{
	struct buf text = BUF_INIT;
	struct ops ops;

	assert_true(case_read(dir, file, &text));
	ops_read(&ops, buf_str(&text));
	bool ok = edit_apply(buf_str(in), in->len, ops.v, ops.n, out, e);
	strlist_release(&ops.lines);
	buf_release(&text);
	return ok;
}

static void case_refused(const char *dir, const struct buf *words, const struct err *e)
{
	struct strlist list = { .n = 0 };

	strlist_split(&list, buf_str(words), '\n');
	for (size_t i = 0; i < list.n; i++) {
		if (!strstr(e->text, list.v[i])) {
			fail_msg("%s: \"%s\" is not in: %s", dir, list.v[i], e->text);
		}
	}
	strlist_release(&list);
}

static void case_edit(const char *dir)
{
	struct buf in = BUF_INIT, out = BUF_INIT, want = BUF_INIT;
	struct buf again = BUF_INIT, back = BUF_INIT;
	struct err e = ERR_INIT;

	assert_true(case_read(dir, "input", &in));
	bool ok = case_apply(dir, "edit", &in, &out, &e);
	if (case_read(dir, "refuse", &want)) {
		if (ok) {
			fail_msg("%s: was not refused", dir);
		}
		assert_int_equal(out.len, 0);
		case_refused(dir, &want, &e);
	} else {
		if (!ok) {
			fail_msg("%s: %s", dir, e.text);
		}
		assert_true(case_read(dir, "expect", &want));
		expect_text(dir, &out, &want);
		assert_true(case_apply(dir, "edit", &out, &again, &e));
		expect_text("twice is once", &again, &out);
	}
	buf_clear(&want);
	if (case_read(dir, "back", &want)) {
		if (!case_apply(dir, "back", &out, &back, &e)) {
			fail_msg("%s: back: %s", dir, e.text);
		}
		expect_text("back", &back, &in);
	}
	buf_release(&in);
	buf_release(&out);
	buf_release(&want);
	buf_release(&again);
	buf_release(&back);
}

static void test_cases(void **state)
{
	char *dir = case_path("tests/kops/cases/edit");
	struct strlist cases = { .n = 0 };

	case_list(dir, &cases);
	assert_true(cases.n >= 25);
	for (size_t i = 0; i < cases.n; i++) {
		case_edit(cases.v[i]);
	}
	strlist_release(&cases);
	free(dir);
}

/* ---- the stored specs of kops' own tests ---- */

static size_t count_lines(const struct buf *b, const char *line)
{
	struct strlist l = { .n = 0 };
	size_t n = 0;

	strlist_split(&l, buf_str(b), '\n');
	for (size_t i = 0; i < l.n; i++) {
		n += str_starts(l.v[i], line);
	}
	strlist_release(&l);
	return n;
}

/* One setting of one document: set, set again, take back. */
static void sweep_op(const char *name, const char *text, size_t len, const char *key,
	const char *value, size_t max_new, size_t max_gone)
{
	const struct edit_op set = { .key = key, .value = value };
	const struct edit_op unset = { .key = key };
	struct buf in = BUF_INIT, out = BUF_INIT, diff = BUF_INIT;
	struct buf again = BUF_INIT, back = BUF_INIT;
	struct err e = ERR_INIT;

	buf_add(&in, text, len);
	if (!edit_apply(text, len, &set, 1, &out, &e)) {
		fail_msg("%s: %s: %s", name, key, e.text);
	}
	edit_diff(text, len, buf_str(&out), out.len, &diff);
	/* a last line without an end gets one */
	max_new += len && text[len - 1] != '\n';
	max_gone += len && text[len - 1] != '\n';
	if (count_lines(&diff, "+") > max_new || count_lines(&diff, "-") > max_gone) {
		fail_msg("%s: %s: %s", name, key, buf_str(&diff));
	}
	assert_in_range(count_lines(&diff, "+"), 1, max_new);
	assert_in_range(count_lines(&diff, "-"), 0, max_gone);
	assert_true(edit_apply(buf_str(&out), out.len, &set, 1, &again, &e));
	expect_text(name, &again, &out);
	assert_true(edit_apply(buf_str(&out), out.len, &unset, 1, &back, &e));
	expect_text(name, &back, &in);
	buf_release(&in);
	buf_release(&out);
	buf_release(&again);
	buf_release(&back);
	buf_release(&diff);
}

/* A setting that is there: another value and the old one again give the first bytes. */
static void sweep_change(const char *name, const char *text, size_t len, const char *key,
	const char *value, const char *old)
{
	const struct edit_op set = { .key = key, .value = value };
	const struct edit_op back = { .key = key, .value = old };
	struct buf in = BUF_INIT, out = BUF_INIT, diff = BUF_INIT, first = BUF_INIT;
	struct err e = ERR_INIT;

	buf_add(&in, text, len);
	if (!edit_apply(text, len, &set, 1, &out, &e)) {
		fail_msg("%s: %s: %s", name, key, e.text);
	}
	edit_diff(text, len, buf_str(&out), out.len, &diff);
	assert_int_equal(count_lines(&diff, "+"), 1);
	assert_int_equal(count_lines(&diff, "-"), 1);
	if (!edit_apply(buf_str(&out), out.len, &back, 1, &first, &e)) {
		fail_msg("%s: %s back: %s", name, key, e.text);
	}
	expect_text(name, &first, &in);
	buf_release(&in);
	buf_release(&out);
	buf_release(&diff);
	buf_release(&first);
}

/* Every setting of the table that the kind has, set or changed, and taken back. */
static void sweep_table(const char *name, const struct document *d, const char *text, size_t len)
{
	static const struct {
		const char *key, *value;
		size_t lines; /* at most, with the parents */
	} values[] = {
		{"addon.certManager", "true", 2},
		{"addon.metricsServer", "true", 2},
		{"addon.metricsServer.insecure", "false", 2},
		{"addon.snapshotController", "true", 2},
		{"addon.clusterAutoscaler", "false", 2},
		{"cloudLabels.my team", "it's: 1", 2},
		{"image", "ami-0123456789abcdef0", 1},
		{"kubernetesVersion", "1.99.1", 1},
		{"machineType", "m7i.large", 1},
		{"maxSize", "17", 1},
		{"minSize", "13", 1},
		{"nodeLabels.example.com/team", "true", 2},
		{"rollingUpdate.maxSurge", "25%", 2},
		{"rollingUpdate.maxUnavailable", "3", 2},
		{"rootVolumeSize", "77", 2},
		{"rootVolumeType", "io2", 2},
		{"taints", "a.b/c=d:NoSchedule", 2},
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		const char *key = values[i].key;
		struct buf old = BUF_INIT;
		int in = d->kind == DOCUMENT_CLUSTER ? EDIT_IN_CLUSTER : EDIT_IN_GROUP;

		if (!(edit_setting_find(key)->in & in)) {
			continue;
		}
		if (!edit_value(text, len, key, &old, NULL)) {
			sweep_op(name, text, len, key, values[i].value, values[i].lines, 1);
		} else if (!str_eq(buf_str(&old), values[i].value) && !strchr(buf_str(&old), ',')) {
			sweep_change(name, text, len, key, values[i].value, buf_str(&old));
		}
		buf_release(&old);
	}
}

/* True when the document is one that can be edited. */
static bool sweep_document(const char *name, const char *text, size_t len)
{
	struct document d;
	struct err e = ERR_INIT;

	if (!document_parse(&d, text, len, &e)) {
		document_release(&d);
		return false;
	}
	if (!yaml_at(d.root, "spec.kubelet.maxPods")) {
		sweep_op(name, text, len, "maxPods", "110", 2, 0);
	}
	if (d.kind == DOCUMENT_CLUSTER) {
		sweep_op(name, text, len, "controlPlane.maxPods", "42", 2, 0);
		if (yaml_at(d.root, "spec.networking.amazonvpc")) {
			sweep_op(name, text, len, "env.ENABLE_PREFIX_DELEGATION", "true", 4, 1);
		}
	}
	sweep_table(name, &d, text, len);
	document_release(&d);
	return true;
}

static void test_specs_of_kops(void **state)
{
	char *dir = case_shared("kops-specs");
	struct strlist files = { .n = 0 };
	size_t documents = 0;

	if (!dir) {
		skip();
	}
	const size_t every = case_every("specs of kops");
	case_list(dir, &files);
	for (size_t i = 0; i < files.n; i += every) {
		struct buf text = BUF_INIT;

		if (!str_ends(files.v[i], ".yaml") || !case_read_file(files.v[i], &text)) {
			continue;
		}
		/* stored one by one, printed with these lines between */
		for (char *p = text.data; p;) {
			char *end = strstr(p, "\n---\n");
			size_t n = end ? (size_t)(end + 1 - p) : strlen(p);

			documents += sweep_document(files.v[i], p, n);
			p = end ? end + 5 : NULL;
		}
		buf_release(&text);
	}
	print_message("%zu documents\n", documents);
	assert_true(documents * every > 100);
	strlist_release(&files);
	free(dir);
}

/* The story's edit gives what kops itself stored after the same edit. */
static void test_story(void **state)
{
	char *before = case_shared("kops-runs/store-before/mate-technology.app");
	char *after = case_shared("kops-runs/store-after/mate-technology.app");
	struct buf in = BUF_INIT, out = BUF_INIT, theirs = BUF_INIT, want = BUF_INIT;
	struct strlist lines = { .n = 0 };
	const struct edit_op ops[] = {
		{ "maxPods", "110" }, { "env.ENABLE_PREFIX_DELEGATION", "true" },
		{ "env.WARM_PREFIX_TARGET", "1" },
	};
	struct err e = ERR_INIT;

	if (!before || !after) {
		skip();
	}
	assert_true(case_read(before, "config", &in));
	assert_true(case_read(after, "config", &theirs));
	assert_true(edit_apply(buf_str(&in), in.len, ops, 3, &out, &e));
	/* kops' own create gave the second store another time, and its edit a generation */
	const char *stamp = strstr(buf_str(&in), "  creationTimestamp");
	strlist_split(&lines, buf_str(&theirs), '\n');
	for (size_t i = 0; i < lines.n; i++) {
		if (str_starts(lines.v[i], "  generation:")) {
			continue;
		}
		if (str_starts(lines.v[i], "  creationTimestamp:")) {
			buf_add(&want, stamp, strcspn(stamp, "\n"));
		} else {
			buf_adds(&want, lines.v[i]);
		}
		buf_adds(&want, i + 1 < lines.n ? "\n" : "");
	}
	expect_text("story", &out, &want);
	strlist_release(&lines);
	buf_release(&in);
	buf_release(&out);
	buf_release(&theirs);
	buf_release(&want);
	free(before);
	free(after);
}

/* Whatever the bytes are, the editor says yes or no, and yes holds. */
static void test_damaged(void **state)
{
	char *dir = case_path("tests/kops/cases/edit");
	struct strlist cases = { .n = 0 };
	const struct edit_op op = { "maxPods", "77" }, env = { "env.WARM_IP_TARGET", "3" };

	const size_t every = case_every("places of damage");
	case_list(dir, &cases);
	for (size_t i = 0; i < cases.n; i++) {
		struct buf in = BUF_INIT;

		assert_true(case_read(cases.v[i], "input", &in));
		for (size_t n = i % every; n < in.len; n += every) {
			struct buf out = BUF_INIT;
			char kept = in.data[n];
			/* without a NUL, so that the sanitizer sees a read too far */
			char *cut = xmalloc(n + 1);

			memcpy(cut, in.data, n);
			edit_apply(cut, n, n % 2 ? &op : &env, 1, &out, NULL);
			free(cut);
			in.data[n] = "{}[]:-#&*\n \"'"[n % 13];
			edit_apply(in.data, in.len, n % 2 ? &env : &op, 1, &out, NULL);
			in.data[n] = kept;
			buf_release(&out);
		}
		buf_release(&in);
	}
	strlist_release(&cases);
	free(dir);
}

static void test_diff(void **state)
{
	struct buf out = BUF_INIT;
	const char a[] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
	const char b[] = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\nend";

	edit_diff(a, strlen(a), a, strlen(a), &out);
	assert_int_equal(out.len, 0);
	edit_diff(a, strlen(a), b, strlen(b), &out);
	assert_string_equal(buf_str(&out), "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
		"@@ -10,3 +10,4 @@\n 10\n 11\n 12\n+end\n\\ No newline at end of file\n");
	buf_clear(&out);
	edit_diff("", 0, "x\n", 2, &out);
	assert_string_equal(buf_str(&out), "@@ -0,0 +1,1 @@\n+x\n");
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_specs_of_kops),
		cmocka_unit_test(test_story),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_diff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
