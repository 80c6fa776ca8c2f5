/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences of the rules in another language: patterns, their gaps, and what is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "tui/lesson/phrase.h"

static void test_gaps(void **state)
{
	static const struct {
		const char *pattern, *translation, *sentence, *want;
	} rows[] = {
		{ "no gap", "keine", "no gap", "keine" },
		{ "no gap", "keine", "no gaps", NULL },
		{ "no gap", "keine", "no ga", NULL },
		{ "full (%s of %s)", "voll (%s/%s)", "full (17 of 17)", "voll (17/17)" },
		{ "full (%s of %s)", "voll", "full (17 of )", NULL }, /* a gap is never empty */
		{ "full (%s of %s)", "voll", "full (17 of 17", NULL },
		{ "%s on %s", "%2$s: %1$s", "maxPods 110 on nodes-2a", "nodes-2a: maxPods 110" },
		{ "%s on %s", "%2$s", "a on b on c", "b on c" },
		{ "delete %s", "%s weg", "delete a %s %n", "a %s %n weg" }, /* words, not formats */
		{ "%s ends", "%s!", "ends ends", "ends!" },
		{ "%s", "<%s>", "all", "<all>" },
		{ "%s", "<%s>", "", NULL },
		{ "%s of %s", "%3$s", "a of b", "" }, /* a gap that there is not */
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *got = phrase_apply(rows[i].pattern, rows[i].translation, rows[i].sentence);
		if (!str_eq(got, rows[i].want)) {
			fail_msg("%s with %s: %s, not %s", rows[i].pattern, rows[i].sentence,
				got ? got : "nothing", rows[i].want ? rows[i].want : "nothing");
		}
		free(got);
	}
}

/* Each pattern knows itself, has no gap but %s, and is not hidden by one before it. */
static void test_patterns(void **state)
{
	int n = 0;
	for (const char *p; (p = phrase_pattern(n)) != NULL; n++) {
		for (const char *s = strchr(p, '%'); s; s = strchr(s + 1, '%')) {
			assert_int_equal(s[1], 's');
		}
		for (int before = 0; before <= n; before++) {
			char *got = phrase_apply(phrase_pattern(before), "x", p);
			if ((got != NULL) != (before == n)) {
				fail_msg("\"%s\" is taken for \"%s\"", p, phrase_pattern(before));
			}
			free(got);
		}
	}
	assert_true(n > 80);
	char *same = tr_phrase("every node it may use is full (17 of 17)"); /* English here */
	assert_string_equal(same, "every node it may use is full (17 of 17)");
	free(same);
	assert_null(tr_phrase(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gaps),
		cmocka_unit_test(test_patterns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
