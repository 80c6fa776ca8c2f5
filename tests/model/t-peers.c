/* SPDX-License-Identifier: Apache-2.0 */
/* What the model keeps of waiting pods and of peers, against counting all pods anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/model/model.h"

static struct model *m;
static uint32_t seed = 1;

static uint32_t dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

static bool pod_counts(const struct m_pod *p)
{
	return p->pod.node && p->pod.phase != POD_SUCCEEDED && p->pod.phase != POD_FAILED;
}

static void check_waiting(const struct m_pod *const *pods, size_t n)
{
	size_t want = 0, have;
	const struct m_pod *const *waiting = model_waiting_pods(m, &have);
	for (size_t i = 0; i < n; i++) {
		want += pods[i]->pod.phase == POD_PENDING || pods[i]->pod.phase == POD_FAILED;
	}
	assert_int_equal(have, want);
	for (size_t i = 0; i < have; i++) {
		assert_ptr_equal(model_pod(m, waiting[i]->pod.ns, waiting[i]->pod.name),
			waiting[i]);
		for (size_t k = 0; k < i; k++) {
			assert_ptr_not_equal(waiting[k], waiting[i]);
		}
	}
}

static size_t check_peers(bool keeps)
{
	size_t n, members = 0;
	const struct m_peers *const *v = model_peers(m, keeps, &n);
	for (size_t i = 0; i < n; i++) {
		size_t here = 0;
		for (const struct m_pod *p = v[i]->first; p; p = p->next_peer) {
			assert_true(pod_counts(p));
			assert_ptr_equal(p->peers, v[i]);
			assert_ptr_equal(p->pod.ns, v[i]->ns);
			assert_ptr_equal(p->pod.labels, v[i]->labels);
			assert_ptr_equal(p->pod.shape->napart ? p->pod.shape : NULL, v[i]->keeps);
			here++;
		}
		assert_true(here > 0);
		assert_int_equal(here, v[i]->npods);
		members += here;
	}
	return members;
}

static void check(void)
{
	size_t n, want = 0;
	const struct m_pod *const *pods = model_pods(m, &n);
	for (size_t i = 0; i < n; i++) {
		want += pod_counts(pods[i]);
		assert_int_equal(pods[i]->peers != NULL, pod_counts(pods[i]));
	}
	assert_int_equal(check_peers(false) + check_peers(true), want);
	check_waiting(pods, n);
}

static void change(void)
{
	static const char *const nodes[] = { NULL, "n1", "n2", "ghost" };
	static const char *const apps[] = { "web", "db", "cache" };
	char uid[16], name[16];
	unsigned id = (unsigned)dice(40);
	snprintf(uid, sizeof uid, "u%u", id);
	snprintf(name, sizeof name, "p%u", id);
	struct label label = { "app", apps[dice(3)] };
	struct pod_term term = { .topology_key = apps[dice(2)] };
	struct pod_shape shape = { .apart = &term, .napart = dice(3) == 0,
		.cpu_milli = (int64_t)dice(3) };
	struct pod p = { .ns = dice(4) ? "a" : "b", .name = name, .uid = uid, .shape = &shape,
		.node = nodes[dice(4)], .phase = (enum pod_phase)(1 + dice(4)),
		.labels = &label, .nlabels = dice(5) > 0 };
	struct observation o = { .kind = OBS_POD, .verb = dice(6) ? OBS_SEEN : OBS_GONE,
		.u.pod = &p };
	model_apply(m, &o);
}

static void sync_keeps(unsigned kept)
{
	struct observation o = { .kind = OBS_POD, .verb = OBS_SYNC_BEGIN };
	model_apply(m, &o);
	while (kept--) {
		change();
	}
	o.verb = OBS_SYNC_END;
	model_apply(m, &o);
}

static void lists_hold_through_any_change(void **state)
{
	struct clock_fake fake = { 1, 1 };
	struct clock clock;
	clock_fake(&clock, &fake);
	m = model_new(&clock);
	model_open_cluster(m, "c");
	struct node n1 = { .name = "n1" }, n2 = { .name = "n2" };
	struct observation o = { .kind = OBS_NODE, .verb = OBS_SEEN, .u.node = &n1 };
	model_apply(m, &o);
	o.u.node = &n2;
	model_apply(m, &o);
	for (int i = 0; i < 4000; i++) {
		change();
		if (i % 7 == 0) {
			check();
		}
		if (i % 500 == 499) {
			sync_keeps(10);
			check();
		}
		if (i == 2000) { /* a node goes: its pods name what is not there */
			o.verb = OBS_GONE;
			model_apply(m, &o);
		}
	}
	model_open_cluster(m, "d");
	check();
	size_t n;
	model_waiting_pods(m, &n);
	assert_int_equal(n, 0);
	assert_false(model_listed(m, OBS_POD));
	for (int i = 0; i < 100; i++) {
		change();
	}
	check();
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lists_hold_through_any_change) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
