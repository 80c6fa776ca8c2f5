/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of a real cluster, before the cure and after it: what waits, and why. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/rules/capacity.h"
#include "core/rules/pending.h"
#include "k8s/decode-parts.h"
#include "k8s/decode.h"

static struct clock clock_;
static struct clock_fake fake;

static json_t *objects(const char *name)
{
	const char *shared = getenv("SHARED"), *srcdir = getenv("srcdir");
	char path[4096];
	struct buf text = BUF_INIT;
	snprintf(path, sizeof path, "%s%s/data/kops-runs/kube/%s.json",
		shared ? "" : srcdir ? srcdir : ".", shared ? shared : "/../shared", name);
	json_t *j = file_read(path, &text, NULL) ? json_parse(text.data, text.len, NULL) : NULL;
	if (!j) {
		print_message("skipped: no %s\n", path);
	}
	buf_release(&text);
	return j;
}

static void apply(struct model *m, enum obs_kind kind, const void *thing)
{
	struct observation o = { .kind = kind, .verb = OBS_SEEN, .u.pod = thing };
	model_apply(m, &o);
}

/* The newest stamp is the clock's now. */
static struct model *load(const char *nodes_name, const char *pods_name)
{
	json_auto_t *nodes = objects(nodes_name), *pods = objects(pods_name);
	if (!nodes || !pods) {
		return NULL;
	}
	struct arena *a = arena_new();
	fake = (struct clock_fake){ .wall = 0 };
	clock_fake(&clock_, &fake);
	struct model *m = model_new(&clock_);
	model_open_cluster(m, "mate-technology.app");
	struct cluster_spec c = { .name = "mate-technology.app", .networking = "amazonvpc",
		.max_pods = -1, .cp_max_pods = -1 };
	apply(m, OBS_CLUSTER, &c);
	size_t i;
	json_t *j;
	json_array_foreach(json_path(nodes, "items"), i, j) {
		struct node n;
		decode_node(a, j, &n);
		apply(m, OBS_NODE, &n);
	}
	json_array_foreach(json_path(pods, "items"), i, j) {
		struct pod p;
		struct pod_shape s;
		struct pod_trouble w;
		decode_pod(a, j, &p, &s, &w);
		p.shape = &s;
		apply(m, OBS_POD, &p);
		fake.wall = p.created > fake.wall ? p.created : fake.wall;
	}
	arena_free(a);
	return m;
}

static void before_the_cure(void **state)
{
	struct model *m = load("nodes-before", "pods-before");
	if (!m) {
		skip();
	}
	struct pending_report r;
	pending_compute(m, &clock_, &r);
	assert_int_equal(r.n, 1);
	const struct pending_group *g = &r.v[0];
	assert_int_equal(g->npods, 10);
	assert_string_equal(g->owner_kind, "Deployment");
	assert_string_equal(g->owner_name, "nginx-deployment");
	assert_string_equal(g->why, "every node it may use is full (17 of 17)");
	assert_int_equal(g->main_kind, REASON_TOO_MANY_PODS);
	assert_false(g->disagrees);
	assert_int_equal(g->nverdicts, 3);
	assert_string_equal(g->verdicts[0].text, "17/17 pods");
	assert_string_equal(g->verdicts[2].text, "taint node-role.kubernetes.io/control-plane");
	pending_release(&r);
	model_free(m);
}

static void after_the_cure(void **state)
{
	struct model *m = load("nodes-after", "pods-after");
	if (!m) {
		skip();
	}
	struct pending_report r;
	pending_compute(m, &clock_, &r);
	assert_int_equal(r.n, 0);
	size_t n;
	const struct m_node *const *nodes = model_nodes(m, &n);
	for (size_t i = 0; i < n; i++) {
		struct node_capacity c;
		capacity_of_node(m, nodes[i], true, &c);
		assert_int_equal(c.pods_max, 110);
		assert_false(c.full);
	}
	pending_release(&r);
	model_free(m);
}

static void its_events_are_read(void **state)
{
	json_auto_t *events = objects("events-before");
	if (!events) {
		skip();
	}
	size_t i, scheduling = 0;
	json_t *j;
	json_array_foreach(json_path(events, "items"), i, j) {
		if (!json_str(j, "reason") || strcmp(json_str(j, "reason"), "FailedScheduling")) {
			continue;
		}
		struct reasons r;
		reasons_parse(json_str(j, "message"), &r);
		assert_string_equal(r.where, "FailedScheduling");
		for (size_t k = 0; k < r.main.n; k++) {
			assert_int_not_equal(r.main.v[k].kind, REASON_OTHER);
		}
		scheduling++;
		reasons_release(&r);
	}
	assert_true(scheduling > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_the_cure), cmocka_unit_test(after_the_cure),
		cmocka_unit_test(its_events_are_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
