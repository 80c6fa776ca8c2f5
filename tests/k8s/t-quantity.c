/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities: every suffix, rounding, what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "k8s/quantity.h"

static const struct {
	const char *text;
	int64_t value, milli;
} good[] = {
	{ "0", 0, 0 },
	{ "1", 1, 1000 },
	{ "+2", 2, 2000 },
	{ "-2", -2, -2000 },
	{ "100m", 1, 100 },
	{ "1500m", 2, 1500 },
	{ "-1500m", -2, -1500 },
	{ "0.1", 1, 100 },
	{ ".5", 1, 500 },
	{ "5.", 5, 5000 },
	{ "1.0005", 2, 1001 },
	{ "1u", 1, 1 },
	{ "1n", 1, 1 },
	{ "2000000n", 1, 2 },
	{ "1k", 1000, 1000000 },
	{ "1M", 1000000, 1000000000 },
	{ "1G", 1000000000, 1000000000000 },
	{ "1T", 1000000000000, 1000000000000000 },
	{ "1P", 1000000000000000, 1000000000000000000 },
	{ "1E", 1000000000000000000, INT64_MAX },
	{ "1Ki", 1024, 1024000 },
	{ "128974848", 128974848, 128974848000 },
	{ "123Mi", 128974848, 128974848000 },
	{ "0.5Gi", 536870912, 536870912000 },
	{ "1.3Gi", 1395864372, 1395864371200 },
	{ "1Gi", 1073741824, 1073741824000 },
	{ "1Ti", 1099511627776, 1099511627776000 },
	{ "1Pi", 1125899906842624, 1125899906842624000 },
	{ "1Ei", 1152921504606846976, INT64_MAX },
	{ "1e3", 1000, 1000000 },
	{ "1E3", 1000, 1000000 },
	{ "1e+3", 1000, 1000000 },
	{ "129e6", 129000000, 129000000000 },
	{ "15e-1", 2, 1500 },
	{ "100E", INT64_MAX, INT64_MAX },
	{ "99999999999999999999999", INT64_MAX, INT64_MAX },
	{ "0.00000000000000000000000001", 1, 1 },
	{ "3388360Ki", 3469680640, 3469680640000 },
};

static const char *const bad[] = {
	"", "m", "Ki", "1Kib", "1 Gi", " 1", "1mm", "abc", "1.2.3", "--1", "1e", "1e1.5", "0x10",
	"1K", "1mi", ".", "+",
};

static void test_good(void **state)
{
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		int64_t value = -77, milli = -77;
		print_message("# %s\n", good[i].text);
		assert_true(quantity_value(good[i].text, &value));
		assert_true(quantity_milli(good[i].text, &milli));
		assert_int_equal(value, good[i].value);
		assert_int_equal(milli, good[i].milli);
	}
}

static void test_bad(void **state)
{
	int64_t v = -77;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		print_message("# '%s'\n", bad[i]);
		assert_false(quantity_value(bad[i], &v));
		assert_false(quantity_milli(bad[i], &v));
	}
	assert_false(quantity_value(NULL, &v));
	assert_int_equal(v, -77);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
