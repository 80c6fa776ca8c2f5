/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every view while its sources answer for the first time, are denied, fail, or are gone after they
 * had answered: a golden per state with all views, blank lines left out.  None of them may look as
 * if there were nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/strs.h"
#include "tests/tui/fixture.h"
#include "tests/tui/golden.h"
#include "tests/tui/lint.h"

static const struct state {
	const char *name;
	enum fixture_kind kind;
	enum source_state state;
	int64_t arrived_ago; /* -1: never */
	enum err_kind why;
	const char *said[SRC__COUNT], *hint[SRC__COUNT];
	bool store_too;
} states[] = {
	{ "loading", FIXTURE_SPECS, SOURCE_ASKED, -1, 0, { NULL }, { NULL }, false },
	{ "denied", FIXTURE_SPECS, SOURCE_FAILED, -1, ERR_DENIED,
		{ [SRC_AWS] = "EC2 DescribeInstances: You are not authorized to perform this "
			"operation. (UnauthorizedOperation)",
			[SRC_KUBE] = "nodes is forbidden: User \"ops\" cannot list resource \"nodes\"" },
		{ [SRC_AWS] = "docs/iam-read.json lists what kopscope reads",
			[SRC_KUBE] = "docs/rbac-read.yaml lists what kopscope reads" }, false },
	{ "failed", FIXTURE_SPECS, SOURCE_FAILED, -1, ERR_NETWORK,
		{ [SRC_AWS] = "cannot connect to ec2.ap-northeast-2.amazonaws.com",
			[SRC_KUBE] = "api.mate-technology.app:443: connection refused" },
		{ [SRC_AWS] = "is there a proxy?", [SRC_KUBE] = "is the VPN up?" }, false },
	{ "stale", FIXTURE_EDITED, SOURCE_FAILED, 95000, ERR_NETWORK,
		{ "cannot connect to s3.ap-northeast-2.amazonaws.com",
			"cannot connect to s3.ap-northeast-2.amazonaws.com",
			"cannot connect to s3.ap-northeast-2.amazonaws.com" },
		{ "is the VPN up?", "is the VPN up?", "is the VPN up?" }, true },
};

static void state_views(struct fixture *f, const struct state *s, struct buf *all)
{
	for (int v = 0; v < VIEW__COUNT; v++) {
		char where[64];
		app_show(&f->app, (enum view_id)v, NULL);
		fixture_keys(f, "settle");
		snprintf(where, sizeof(where), "%s, %s", s->name, view_get((enum view_id)v)->name);
		assert_true(lint_frame(f, where));
		char *text = fixture_text(f);
		buf_addf(all, "== %s\n", view_get((enum view_id)v)->name);
		for (const char *p = text; *p; p += strcspn(p, "\n") + 1) {
			size_t n = strcspn(p, "\n");
			/* The tabs and the rules are of every view. */
			if (n > 0 && !str_starts(p, " 1 Clusters") && !str_starts(p, "\xe2\x94\x80")) {
				buf_addf(all, "%.*s\n", (int)n, p);
			}
		}
		free(text);
	}
}

static void test_state(void **state)
{
	const struct state *s = *state;
	struct fixture f;
	struct buf all = BUF_INIT;
	char name[64];
	fixture_init(&f, s->kind, 80, 24, false);
	for (int i = 0; i < SRC__COUNT; i++) {
		if (i != SRC_STORE || s->store_too) {
			world_source(f.session.model, (enum source_id)i, s->state, s->arrived_ago,
				s->why, s->said[i], s->hint[i] ? s->hint[i] : "");
		}
	}
	app_changed(&f.app);
	state_views(&f, s, &all);
	snprintf(name, sizeof(name), "state-%s-80x24.screen", s->name);
	bool same = golden_check(name, buf_str(&all));
	buf_release(&all);
	fixture_release(&f);
	assert_true(same);
}

int main(void)
{
	struct CMUnitTest tests[sizeof(states) / sizeof(states[0])];
	size_t n = sizeof(states) / sizeof(states[0]);
	for (size_t i = 0; i < n; i++) {
		tests[i] = (struct CMUnitTest){ .name = states[i].name, .test_func = test_state,
			.initial_state = (void *)(uintptr_t)&states[i] };
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
