/* SPDX-License-Identifier: Apache-2.0 */
/* What a session writes into its log when its sources speak, and how long it waits for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tui/command/one-shot.h"
#include "tui/options.h"
#include "tui/session.h"
#include "tui/view.h"

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

/* A pod each few milliseconds of a list that takes its time. */
struct slow_list {
	struct session *s;
	int pods, end;
};

static void slow_list_pod(void *ctx)
{
	struct slow_list *l = ctx;
	char name[16];
	snprintf(name, sizeof name, "pod-%d", l->pods++);
	sink_observe(&l->s->sink, &(struct observation){ .kind = OBS_POD, .verb = OBS_SEEN,
		.u.pod = &(struct pod){ .uid = name, .ns = "default", .name = name } });
	if (l->pods < l->end) {
		loop_timer_add(l->s->loop, 5, slow_list_pod, l);
	}
}

static bool slow_list_done(void *ctx)
{
	const struct slow_list *l = ctx;
	return l->pods == 60;
}

static void slow_list_wait(struct session *s, int end, bool done)
{
	struct slow_list l = { .s = s, .end = end };
	sink_observe(&s->sink, &(struct observation){ .kind = OBS_POD, .verb = OBS_SYNC_BEGIN });
	slow_list_pod(&l);
	assert_int_equal(session_wait(s, slow_list_done, &l, 6), done);
}

/* Only that nothing comes any more ends the wait for a list, however long it takes in all. */
static void test_waits_for_what_comes(void **state)
{
	slow_list_wait(*state, 60, true);
}

static void test_waits_not_for_nothing(void **state)
{
	slow_list_wait(*state, 30, false);
}

/* What a command ends with that looks once, when this one did not answer in time. */
static int ends_without(enum source_id late, const struct view *v)
{
	struct source silent = { .ops = NULL };
	struct source *was[SRC__COUNT];
	struct one_shot o;
	struct err e = ERR_INIT;
	memset(&o, 0, sizeof o);
	setenv("KOPS_STATE_STORE", "/tmp", 1);
	struct session *s = &o.session;
	session_init(s, &(struct session_options){ .state = NULL });
	memcpy(was, s->sources, sizeof was);
	for (int i = 0; i < SRC__COUNT; i++) {
		s->sources[i] = &silent;
		if ((enum source_id)i == late) {
			sink_source_asked(&s->sink, late, 1000, "");
		} else {
			sink_source_live(&s->sink, (enum source_id)i, 1000, "");
		}
	}
	int rc = one_shot_complain(&o, v, &e);
	memcpy(s->sources, was, sizeof was);
	session_release(s);
	return rc;
}

static void test_not_in_time(void **state)
{
	assert_int_equal(ends_without(SRC__COUNT, &view_pods), EXIT_OK);
	assert_int_equal(ends_without(SRC_KUBE, &view_pods), EXIT_FAILED);
	assert_int_equal(ends_without(SRC_AWS, &view_pods), EXIT_PARTIAL);
	assert_int_equal(ends_without(SRC_AWS, &view_cloud), EXIT_FAILED);
	/* Without the store not even the cluster is known. */
	assert_int_equal(ends_without(SRC_STORE, &view_pods), EXIT_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_noted_while_asking, setup, teardown),
		cmocka_unit_test_setup_teardown(test_noted_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_waits_for_what_comes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_waits_not_for_nothing, setup, teardown),
		cmocka_unit_test(test_not_in_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
