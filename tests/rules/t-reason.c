/* SPDX-License-Identifier: Apache-2.0 */
/* Reading schedulers' words: the collected messages, own wordings, hostile text. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/rules/reason.h"

static void check_text(const char *message, const char *got, const json_t *want)
{
	if (json_is_string(want) && !str_eq(got, json_string_value(want))) {
		fail_msg("%s: got %s, want %s", message, got ? got : "NULL",
			json_string_value(want));
	}
}

static void check_list(const char *message, const struct reason_list *l, const json_t *want)
{
	const json_t *reasons = json_object_get(want, "reasons");
	if (!json_array_size(reasons) && l->n == 1) {
		assert_string_equal(l->v[0].text, ""); /* a header alone */
	} else if (l->n != json_array_size(reasons)) {
		fail_msg("%s: got %zu reasons, want %zu", message, l->n, json_array_size(reasons));
	}
	assert_int_equal(l->total, json_int(want, "total", -1));
	assert_int_equal(l->available, json_int(want, "available", -1));
	for (size_t i = 0; i < json_array_size(reasons); i++) {
		const json_t *w = json_array_get(reasons, i);
		const struct reason *r = &l->v[i];
		assert_string_equal(reason_kind_name(r->kind), json_str(w, "kind"));
		assert_int_equal(r->count, json_int(w, "count", -1));
		check_text(message, r->resource, json_object_get(w, "resource"));
		check_text(message, r->name, json_object_get(w, "name"));
		check_text(message, r->key ? r->key : "", json_object_get(w, "key"));
		check_text(message, r->value ? r->value : "", json_object_get(w, "value"));
		const json_t *plugins = json_object_get(w, "plugins");
		if (json_array_size(plugins) == 1) {
			check_text(message, r->plugins, json_array_get(plugins, 0));
		}
		check_text(message, r->text, json_object_get(w, "text"));
		assert_int_equal(r->requested,
			json_int(w, "requested", json_int(w, "quantity", -1)));
		assert_int_equal(r->used, json_int(w, "used", -1));
		assert_int_equal(r->capacity, json_int(w, "capacity", -1));
	}
}

static void check_message(const json_t *want)
{
	const char *message = json_str(want, "message");
	struct reasons r;
	reasons_parse(message, &r);
	check_list(message, &r.main, want);
	check_text(message, r.where, json_object_get(want, "where"));
	assert_int_equal(r.where != NULL, json_str(want, "where") != NULL);
	const json_t *pre = json_object_get(want, "preemption");
	assert_int_equal(r.has_preemption, pre != NULL);
	if (pre && json_object_get(pre, "reasons")) {
		check_list(message, &r.preemption, pre);
		assert_null(r.preemption_text);
	} else if (pre) {
		assert_string_equal(r.preemption_text, json_str(pre, "text"));
		assert_string_equal(reason_kind_name(r.preemption_kind), json_str(pre, "kind"));
	}
	const char *prefix = json_str(want, "postfilter_prefix");
	if (!str_eq(prefix, r.postfilter_prefix)) {
		fail_msg("%s: postfilter prefix %s", message, r.postfilter_prefix);
	}
	reasons_release(&r);
}

static bool check_file(const char *path, size_t least)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	if (!file_read(path, &text, &e)) {
		print_message("skipped: %s\n", e.text);
		return false;
	}
	json_t *all = json_parse(text.data, text.len, &e);
	assert_non_null(all);
	assert_true(json_array_size(all) >= least);
	for (size_t i = 0; i < json_array_size(all); i++) {
		check_message(json_array_get(all, i));
	}
	json_decref(all);
	buf_release(&text);
	return true;
}

static void collected_messages_are_read(void **state)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char path[4096];
	snprintf(path, sizeof path, "%s%s/data/pending-messages.json",
		shared ? "" : srcdir ? srcdir : ".", shared ? shared : "/../shared");
	if (!check_file(path, 37)) {
		skip();
	}
}

static void own_messages_are_read(void **state)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	snprintf(path, sizeof path, "%s/tests/rules/messages.json", srcdir ? srcdir : ".");
	assert_true(check_file(path, 50));
}

static void dump_list(struct buf *out, const char *title, const struct reason_list *l)
{
	buf_addf(out, "%s %d of %d\n", title, l->available, l->total);
	for (size_t i = 0; i < l->n; i++) {
		const struct reason *r = &l->v[i];
		buf_addf(out, "  %d %s", r->count, reason_kind_name(r->kind));
		const struct {
			const char *name, *value;
		} more[] = { { "resource", r->resource }, { "key", r->key }, { "value", r->value },
			{ "name", r->name }, { "plugins", r->plugins },
			{ "text", r->kind == REASON_OTHER ? r->text : NULL } };
		for (size_t k = 0; k < sizeof more / sizeof *more; k++) {
			if (more[k].value) {
				buf_addf(out, " %s=%s", more[k].name, more[k].value);
			}
		}
		if (r->requested >= 0) {
			buf_addf(out, " requested=%lld used=%lld capacity=%lld",
				(long long)r->requested, (long long)r->used,
				(long long)r->capacity);
		}
		buf_addc(out, '\n');
	}
}

static void dump(struct buf *out, const struct reasons *r)
{
	buf_addf(out, "where %s\n", r->where ? r->where : "?");
	dump_list(out, "nodes", &r->main);
	if (r->postfilter_prefix) {
		buf_addf(out, "postfilter %s\n", r->postfilter_prefix);
	}
	if (r->preemption_text) {
		buf_addf(out, "preemption %s: %s\n", reason_kind_name(r->preemption_kind),
			r->preemption_text);
	} else if (r->has_preemption) {
		dump_list(out, "preemption", &r->preemption);
	}
}

static void run_case(const char *dir, const char *name)
{
	struct buf in = BUF_INIT, want = BUF_INIT, got = BUF_INIT;
	char *folder = file_join(dir, name);
	char *path = file_join(folder, "input");
	assert_true(file_read(path, &in, NULL));
	free(path);
	while (in.len && in.data[in.len - 1] == '\n') {
		in.data[--in.len] = '\0';
	}
	struct reasons r;
	reasons_parse(buf_str(&in), &r);
	dump(&got, &r);
	reasons_release(&r);
	path = file_join(folder, "expect");
	if (getenv("UPDATE_CASES")) {
		assert_true(file_write(path, got.data, got.len, 0644, NULL));
	}
	assert_true(file_read(path, &want, NULL));
	if (!str_eq(buf_str(&got), buf_str(&want))) {
		fail_msg("case %s:\n%s\nwanted:\n%s", name, buf_str(&got), buf_str(&want));
	}
	free(path);
	free(folder);
	buf_release(&in);
	buf_release(&want);
	buf_release(&got);
}

static void own_cases_are_read(void **state)
{
	const char *srcdir = getenv("srcdir");
	char dir[4096];
	snprintf(dir, sizeof dir, "%s/tests/rules/cases", srcdir ? srcdir : ".");
	DIR *d = opendir(dir);
	assert_non_null(d);
	int n = 0;
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		if (e->d_name[0] != '.') {
			run_case(dir, e->d_name);
			n++;
		}
	}
	closedir(d);
	assert_true(n >= 15);
}

static void nothing_breaks_it(void **state)
{
	static const char *const odd[] = { "", ",", "0/", "0/3 nodes are available: ",
		"0/3 nodes are available: ,,,. preemption: ", "99999999999/1 nodes are available: 1 x",
		"0/3 nodes are available: 1 node(s) had untolerated taint {", "(2)",
		"No nodes are available that match all of the predicates: (3), x (4" };
	struct reasons r;
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		reasons_parse(odd[i], &r);
		assert_true(r.main.n >= 1);
		reasons_release(&r);
	}
	reasons_parse(NULL, &r);
	assert_int_equal(r.main.n, 1);
	reasons_release(&r);
	struct buf big = BUF_INIT;
	buf_adds(&big, "0/3 nodes are available: ");
	for (int i = 0; i < 9000; i++) {
		buf_adds(&big, "1 a, ");
	}
	reasons_parse(buf_str(&big), &r);
	assert_true(r.main.n < 1000);
	reasons_release(&r);
	buf_release(&big);
}

static void every_kind_has_a_name(void **state)
{
	for (int k = 0; k < REASON__COUNT; k++) {
		assert_non_null(reason_kind_name(k));
		assert_true(k == REASON_OTHER || !str_eq(reason_kind_name(k), "other"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collected_messages_are_read),
		cmocka_unit_test(own_messages_are_read),
		cmocka_unit_test(own_cases_are_read), cmocka_unit_test(nothing_breaks_it),
		cmocka_unit_test(every_kind_has_a_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
