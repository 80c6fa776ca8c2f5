/* SPDX-License-Identifier: Apache-2.0 */
/* Before a roll: do the credentials last? */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "core/rules/roll.h"

#define NOW INT64_C(1795352657000)
#define MIN INT64_C(60000)

static const struct left {
	const char *name;
	int64_t expires, eta; /* min; expires 0: tells no end */
	bool renews;
	int finding;          /* -1: none */
	const char *words;
} cases[] = {
	{ "no end", 0, 600, false, -1, NULL },
	{ "long enough", 41, 20, false, -1, NULL },
	{ "ends during the roll", 41, 60, false, FINDING_WARN, "expire in 41 min" },
	{ "ends early in the roll", 20, 60, false, FINDING_REFUSE, "expire in 20 min" },
	{ "renews itself", 20, 60, true, FINDING_INFO, "renewed by themselves (assumed role)" },
};

static void test_left(void **state)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct clock_fake now = { .wall = NOW };
		struct clock clock;
		struct findings f = { .v = NULL };
		clock_fake(&clock, &now);
		struct model *m = model_new(&clock);
		struct identity who = { .account = "1", .arn = "arn", .provider = "assumed role",
			.expires = cases[i].expires ? NOW + cases[i].expires * MIN : 0,
			.renews = cases[i].renews };
		model_open_cluster(m, "c");
		model_apply(m, &(struct observation){ .kind = OBS_IDENTITY, .verb = OBS_SEEN,
			.u.identity = &who });
		roll_preflight_credentials(m, NOW, cases[i].eta * MIN, &f);
		if (f.n != (cases[i].finding >= 0)) {
			fail_msg("%s: %zu findings", cases[i].name, f.n);
		}
		if (f.n && ((int)f.v[0].level != cases[i].finding ||
			!strstr(f.v[0].text, cases[i].words))) {
			fail_msg("%s: %s", cases[i].name, f.v[0].text);
		}
		findings_release(&f);
		model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_left) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
