/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of libraries given back: they are gone, and everything works as before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <expat.h>
#include <jansson.h>

#include "core/base/pages.h"

/* KiB of libraries' pages that cannot be written, as the kernel counts them. */
static size_t resident(void)
{
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512];
	size_t sum = 0, kib;
	bool counts = false;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		char perms[5];
		if (sscanf(line, "%*x-%*x %4s", perms) == 1) {
			counts = strstr(line, ".so") && perms[1] != 'w';
		} else if (counts && sscanf(line, "Rss: %zu", &kib) == 1) {
			sum += kib;
		}
	}
	fclose(f);
	return sum;
}

static int calls;
static void XMLCALL on_start(void *ctx, const char *name, const char **attributes)
{
	calls++;
}

/* Something of several libraries: constants, tables of pointers, calls back, the heap. */
static void work(void)
{
	static const char xml[] = "<a><b c=\"d\"/></a>";
	json_t *j = json_loads("{\"a\": [1, 2.5, \"\\u00fc\"]}", 0, NULL);
	XML_Parser x = XML_ParserCreate("UTF-8");

	assert_non_null(j);
	char *text = json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII);
	assert_string_equal(text, "{\"a\":[1,2.5,\"\\u00FC\"]}");
	free(text);
	json_decref(j);
	calls = 0;
	XML_SetStartElementHandler(x, on_start);
	assert_int_equal(XML_Parse(x, xml, sizeof(xml) - 1, 1), XML_STATUS_OK);
	assert_int_equal(calls, 2);
	XML_ParserFree(x);
}

static void gone_and_back(void **state)
{
	static char written[16] = "before";
	char *kept = malloc(100000), *hole = malloc(100000), *last = malloc(16);

	work();
	memcpy(written, "after", 6);
	memset(kept, 7, 100000);
	free(hole);
	size_t before = resident();
	size_t given = pages_give_back();
	size_t after = resident();
	printf("%zu KiB of libraries resident, then %zu; %zu KiB mapped\n", before, after,
		given >> 10);
	assert_true(given > 0);
	assert_true(after < before);
	work();
	assert_string_equal(written, "after");
	for (size_t i = 0; i < 100000; i++) {
		assert_int_equal(kept[i], 7);
	}
	free(kept);
	free(last);
	pages_give_back();
	work();
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(gone_and_back) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
