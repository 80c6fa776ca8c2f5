/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of core/rules/pending share: the story, its report, pods that wait. */
#ifndef KOPSCOPE_TESTS_RULES_PENDING_H
#define KOPSCOPE_TESTS_RULES_PENDING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core/rules/pending.h"
#include "tests/rules/story.h"

#define HOSTNAME "kubernetes.io/hostname"
#define ZONE "topology.kubernetes.io/zone"
#define A "ap-northeast-2a"
#define C "ap-northeast-2c"

static struct story s;
static struct pending_report report;

static inline int teardown(void **state)
{
	pending_release(&report);
	story_end(&s);
	return 0;
}

static inline void compute(void)
{
	pending_release(&report);
	pending_compute(s.m, &s.clock, &report);
}

static inline const struct pending_group *group_of(const char *owner)
{
	compute();
	for (size_t i = 0; i < report.n; i++) {
		if (!strcmp(report.v[i].owner_name, owner)) {
			return &report.v[i];
		}
	}
	fail_msg("no group of %s", owner);
	return NULL;
}

static inline const struct advice *advice_of(const struct pending_group *g, const char *text)
{
	for (size_t i = 0; i < g->nadvices; i++) {
		if (!strcmp(g->advices[i].text, text)) {
			return &g->advices[i];
		}
	}
	for (size_t i = 0; i < g->nadvices; i++) {
		print_message("  %s\n", g->advices[i].text);
	}
	fail_msg("no advice \"%s\" among %zu", text, g->nadvices);
	return NULL;
}

static inline const struct pending_group *expect_why(const char *owner, const char *why,
	enum reason_kind kind)
{
	const struct pending_group *g = group_of(owner);
	assert_string_equal(g->why, why);
	assert_string_equal(reason_kind_name(g->main_kind), reason_kind_name(kind));
	return g;
}

/* advice NULL: whatever helps. */
static inline void expect(const char *owner, const char *why, enum reason_kind kind,
	const char *advice)
{
	const struct pending_group *g = expect_why(owner, why, kind);
	if (advice) {
		advice_of(g, advice);
	}
}

/*
 * A pod, on a node or waiting, labelled app.  message is the scheduler's; NULL: it has not looked,
 * "": it found no place and did not say why.
 */
static inline void labelled(const char *name, const char *node, const char *app,
	const struct pod_shape *shape, const char *message)
{
	char uid[128];
	struct pod p = story_pod(uid, sizeof uid, name, node);
	struct label l = { "app", app };
	struct pod_trouble w = { .sched_reason = message ? "Unschedulable" : NULL,
		.sched_message = message && *message ? message : NULL };
	p.ns = "default";
	p.labels = app ? &l : NULL;
	p.nlabels = app != NULL;
	p.shape = shape;
	p.trouble = &w;
	story_apply(&s, OBS_POD, &p);
}

static inline void waiter(const char *name, const struct pod_shape *shape, const char *message)
{
	labelled(name, NULL, NULL, shape, message);
}

#endif
