/* SPDX-License-Identifier: Apache-2.0 */
/* What `kopscope explain` prints: the JSON of the collected messages, to the letter. */
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
#include "tui/command/explain.h"

static const char *const keys[] = { "total", "available", "reasons", "where", "preemption",
	"postfilter_prefix" };

static json_t *explained(const char *message)
{
	struct reasons r;
	struct buf out = BUF_INIT;
	reasons_parse(message, &r);
	explain_json(&r, &out);
	json_t *j = json_parse(out.data, out.len, NULL);
	reasons_release(&r);
	buf_release(&out);
	return j;
}

static void check_file(const char *path, size_t least)
{
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	if (!file_read(path, &text, &e)) {
		print_message("skipped: %s\n", e.text);
		skip();
	}
	json_auto_t *all = json_parse(text.data, text.len, &e);
	assert_true(json_array_size(all) >= least);
	size_t i;
	json_t *want;
	json_array_foreach(all, i, want) {
		const char *message = json_str(want, "message");
		json_auto_t *got = explained(message);
		assert_non_null(got);
		json_auto_t *only = json_object();
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
			json_t *v = json_object_get(want, keys[k]);
			if (v) {
				json_object_set(only, keys[k], v);
			}
		}
		if (!json_equal(got, only)) {
			struct buf b = BUF_INIT;
			json_write(&b, got, true);
			fail_msg("%s\ngave %s", message, buf_str(&b));
		}
	}
	buf_release(&text);
}

static void collected_messages(void **state)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char path[4096];
	snprintf(path, sizeof path, "%s%s/data/pending-messages.json",
		shared ? "" : srcdir ? srcdir : ".", shared ? shared : "/../shared");
	check_file(path, 37);
}

static void own_messages(void **state)
{
	const char *srcdir = getenv("srcdir");
	char path[4096];
	snprintf(path, sizeof path, "%s/tests/rules/messages.json", srcdir ? srcdir : ".");
	check_file(path, 50);
}

static void what_is_no_text_is_still_json(void **state)
{
	static const char *const odd[] = { "", "\xff\xfe 3 x", "0/3 nodes are available: 1 \xc3(.",
		"0/2 nodes are available: 2 \"quoted\" \\ thing.", "\x01\x02" };
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		json_auto_t *got = explained(odd[i]);
		assert_true(json_is_object(got));
		assert_true(json_is_array(json_object_get(got, "reasons")));
	}
}

static void people_read_sentences(void **state)
{
	struct reasons r;
	struct buf out = BUF_INIT;
	reasons_parse("0/13 nodes are available: 1 Too many pods, 2 it \x1b[31mblinks. preemption: "
		"not eligible due to preemptionPolicy=Never.", &r);
	explain_text(&r, &out);
	assert_string_equal(buf_str(&out),
		"0 of 13 nodes would take it (FailedScheduling)\n"
		"    1  Too many pods\n"
		"       too-many-pods: as many pods run there as the kubelet allows (maxPods)\n"
		"    2  it ?[31mblinks\n"
		"       other: not a wording that kopscope knows: read it as it stands\n"
		"10 nodes carry no reason: a plugin left them out beforehand\n"
		"preemption: preemption-policy-never: its priority class never preempts\n");
	reasons_release(&r);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collected_messages), cmocka_unit_test(own_messages),
		cmocka_unit_test(what_is_no_text_is_still_json),
		cmocka_unit_test(people_read_sentences),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
