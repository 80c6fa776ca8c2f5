/* SPDX-License-Identifier: Apache-2.0 */
/* What a session writes into its log when its sources speak: each thing once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/session.h"

static int setup(void **state)
{
	struct session *s = calloc(1, sizeof *s);
	setenv("KOPS_STATE_STORE", "/nonexistent/store", 1);
	setenv("KUBECONFIG", "/nonexistent/kubeconfig", 1);
	session_init(s, &(struct session_options){ .state = NULL });
	*state = s;
	return 0;
}

static int teardown(void **state)
{
	session_release(*state);
	free(*state);
	return 0;
}

static unsigned lines_with(const struct session *s, const char *text)
{
	unsigned n = 0;
	for (size_t i = 0; i < s->log.n; i++) {
		n += strstr(s->log.v[i].text, text) != NULL;
	}
	return n;
}

/* The store found out; what AWS is asked next says so before there is an answer. */
static void test_noted_while_asking(void **state)
{
	struct session *s = *state;
	sink_source_live(&s->sink, SRC_AWS, 1000, "4 calls/min");
	sink_source_asked(&s->sink, SRC_AWS, 2000, "5 calls/min, our clock is off by 7 s");
	assert_int_equal(lines_with(s, "our clock is off"), 0);
	sink_source_live(&s->sink, SRC_AWS, 3000, "6 calls/min, our clock is off by 7 s");
	assert_int_equal(lines_with(s, "AWS: our clock is off by 7 s"), 1);
}

/* Each round begins without the note of the last one. */
static void test_noted_once(void **state)
{
	struct session *s = *state;
	for (int i = 0; i < 3; i++) {
		sink_source_asked(&s->sink, SRC_AWS, 1000 + i, "4 calls/min");
		sink_source_live(&s->sink, SRC_AWS, 1000 + i, "5 calls/min, EC2 DescribeSubnets: denied");
	}
	assert_int_equal(lines_with(s, "EC2 DescribeSubnets: denied"), 1);
	/* Allowed for a while: that it is denied again is news. */
	sink_source_live(&s->sink, SRC_AWS, 5000, "4 calls/min");
	sink_source_live(&s->sink, SRC_AWS, 6000, "4 calls/min, EC2 DescribeSubnets: denied");
	assert_int_equal(lines_with(s, "EC2 DescribeSubnets: denied"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_noted_while_asking, setup, teardown),
		cmocka_unit_test_setup_teardown(test_noted_once, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
