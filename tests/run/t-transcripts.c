/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recorded rolls of kops as a person reads them: what happened in which order
 * and to which node.  Cut at any byte, what is read of the last line is either
 * nothing or true.
 */
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
#include "core/base/strs.h"
#include "core/kops/output.h"

/* One letter a kind. */
static const char letters[ROLL_LINE__COUNT + 1] = {
	[ROLL_LINE_OTHER] = '?', [ROLL_LINE_TABLE] = 't', [ROLL_LINE_NOTHING] = 'n',
	[ROLL_LINE_NEED_YES] = 'y', [ROLL_LINE_VALIDATING] = 'v', [ROLL_LINE_NOT_VALID] = 'N',
	[ROLL_LINE_VALID] = 'V', [ROLL_LINE_REVALIDATING] = 'R', [ROLL_LINE_TAINTING] = 'T',
	[ROLL_LINE_DETACHING] = 'D', [ROLL_LINE_DRAINING] = 'd', [ROLL_LINE_EVICTING] = 'e',
	[ROLL_LINE_EVICT_BLOCKED] = 'B', [ROLL_LINE_DEREGISTER] = 'L',
	[ROLL_LINE_POST_DRAIN] = 'P', [ROLL_LINE_STOPPING] = 'S',
	[ROLL_LINE_WAIT_TERMINATED] = 'W', [ROLL_LINE_WAIT_DETACHED] = 'X',
	[ROLL_LINE_COMPLETED] = 'C', [ROLL_LINE_GROUP_FAILED] = 'F', [ROLL_LINE_ERROR] = 'E',
	[ROLL_LINE_WARNING] = 'w',
};

/* Read by eye from the files. */
static const struct {
	const char *file, *order, *drained, *error; /* drained: nodes; error: of the last line */
} recorded[] = {
	{ "story/roll-yes.stderr", "vNVTdLwPSWvRVvVTDXvRVdwPSWvRVvVTDXvRVdwPSWvRVC",
		"i-8cc56d708dac575c7 i-108724b7f9fa39acf i-3971f879eb402f537", NULL },
	{ "failures/drain-timeout.stderr", "vVTDXvVdwBBFvVTDXvNVdwBBFCE",
		"ip-e09fe7e2c571feeb5 ip-4d6a9872c34cd8f59", "global timeout reached" },
	{ "failures/validation-timeout.stderr", "vVdSWvNNNFE", "ip-e09fe7e2c571feeb5",
		"did not validate within a duration of" },
	{ "failures/pod-never-dies.stderr", "vVdwFCE", "ip-e09fe7e2c571feeb5",
		"context deadline exceeded" },
};

static bool recorded_read(const char *file, struct buf *out)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	struct buf path = BUF_INIT;
	bool ok;

	if (shared)
		buf_addf(&path, "%s/data/kops-runs/%s", shared, file);
	else
		buf_addf(&path, "%s/../shared/data/kops-runs/%s", srcdir ? srcdir : ".", file);
	out->max = 1 << 20;
	ok = file_read(buf_str(&path), out, NULL);
	buf_release(&path);
	return ok;
}

static void one_transcript(size_t index, const char *text)
{
	struct buf order = BUF_INIT, drained = BUF_INIT;
	struct roll_line l;

	while (*text) {
		size_t n = strcspn(text, "\n");

		roll_line_parse(text, n, &l);
		buf_addc(&order, letters[l.kind]);
		if (l.kind == ROLL_LINE_DRAINING)
			buf_addf(&drained, "%s%s", drained.len ? " " : "", l.node);
		text += n + (text[n] == '\n');
	}
	assert_string_equal(buf_str(&order), recorded[index].order);
	assert_string_equal(buf_str(&drained), recorded[index].drained);
	if (recorded[index].error)
		assert_non_null(strstr(l.text, recorded[index].error));
	buf_release(&order);
	buf_release(&drained);
}

/* Of a line that is not all there, a name is told whole or not at all. */
static void part_is_true(const char *part, const char *whole, const char *line, size_t n)
{
	if (part[0] && strcmp(part, whole))
		fail_msg("of \"%.*s\": \"%s\" is not \"%s\"", (int)n, line, part, whole);
}

static void one_cut_everywhere(const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n"), k;
		struct roll_line whole, part;

		roll_line_parse(text, n, &whole);
		for (k = 0; k < n; k++) {
			roll_line_parse(text, k, &part);
			part_is_true(part.instance, whole.instance, text, k);
			part_is_true(part.node, whole.node, text, k);
			part_is_true(part.group, whole.group, text, k);
			part_is_true(part.pod, whole.pod, text, k);
			/* Never a success, a stop or an end that is none. */
			if ((part.kind == ROLL_LINE_VALID || part.kind == ROLL_LINE_COMPLETED ||
				part.kind == ROLL_LINE_STOPPING) && part.kind != whole.kind &&
				!(part.kind == ROLL_LINE_VALID &&
					whole.kind == ROLL_LINE_REVALIDATING))
				fail_msg("\"%.*s\" is read as '%c', the line is '%c'", (int)k, text,
					letters[part.kind], letters[whole.kind]);
		}
		text += n + (text[n] == '\n');
	}
}

static void transcripts(void **state)
{
	size_t i, seen = 0;

	(void)state;
	for (i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++) {
		struct buf text = BUF_INIT;

		if (recorded_read(recorded[i].file, &text)) {
			one_transcript(i, buf_str(&text));
			one_cut_everywhere(buf_str(&text));
			seen++;
		}
		buf_release(&text);
	}
	if (!seen) {
		print_message("# the recorded runs are not here\n");
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transcripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
