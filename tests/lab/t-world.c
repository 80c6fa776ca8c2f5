/* SPDX-License-Identifier: Apache-2.0 */
/* The story's world on a clock that stands still: numbers, words, and the API without a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/strs.h"
#include "core/base/xalloc.h"
#include "lab/kube/store.h"
#include "lab/request.h"
#include "lab/world.h"

#define MINUTE 60000

struct fixture {
	struct clock clock;
	struct clock_fake fake;
	struct world *w;
};

static void fixture_open(struct fixture *f, uint64_t seed)
{
	*f = (struct fixture){ .fake = { .mono = 5, .wall = 1795000000000 } };
	clock_fake(&f->clock, &f->fake);
	f->w = world_new(&(struct world_options){ .clock = &f->clock, .speed = 10, .seed = seed,
		.scenario = "story" });
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	fixture_open(f, 1);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	world_free(f->w);
	free(f);
	return 0;
}

/* One request; the parsed answer, or NULL when there is none. */
static json_t *call(struct world *w, int want, const char *method, const char *target,
	const char *type, const char *body)
{
	struct lab_request rq;
	struct lab_reply rp;
	char *token = xasprintf("Bearer %s", w->kube_token);
	lab_request_init(&rq, method, target);
	lab_pairs_add(&rq.headers, "Authorization", token);
	if (type)
		lab_pairs_add(&rq.headers, "Content-Type", type);
	if (body)
		buf_adds(&rq.body, body);
	lab_reply_init(&rp);
	kube_handle(w, &rq, &rp);
	lab_reply_gather(&rp);
	if (rp.status != want)
		fail_msg("%s %s: %d, not %d: %.300s", method, target, rp.status, want,
			buf_str(&rp.body));
	json_t *j = rp.body.len ? json_parse(buf_str(&rp.body), rp.body.len, NULL) : NULL;
	lab_request_release(&rq);
	lab_reply_release(&rp);
	free(token);
	return j;
}

#define MERGE "application/merge-patch+json"
#define NGINX "/apis/apps/v1/namespaces/default/deployments/nginx-deployment"

static void scale(struct world *w, int n)
{
	char body[64];
	snprintf(body, sizeof(body), "{\"spec\":{\"replicas\":%d}}", n);
	json_decref(call(w, 200, "PATCH", NGINX "/scale", MERGE, body));
}

static size_t pods_on(struct world *w, const char *node)
{
	struct lab_pod p;
	size_t pos = 0, n = 0;
	while (lab_pod_next(w, node, &pos, &p))
		n++;
	return n;
}

static void test_story_numbers(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	struct lab_node n;
	size_t pos = 0, nodes = 0;
	while (lab_node_next(w, &pos, &n)) {
		nodes++;
		assert_true(n.ready);
		assert_int_equal(n.max_pods, 17);
		assert_int_equal(pods_on(w, n.name), n.control_plane ? 11 : 3);
		assert_false(n.needs_update);
	}
	assert_int_equal(nodes, 3);
}

static void test_story_pending(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	size_t i, pending = 0;
	json_t *p, *c;
	scale(w, 40);
	world_skip(w, MINUTE);
	json_t *list = call(w, 200, "GET", "/api/v1/namespaces/default/pods?"
		"fieldSelector=spec.nodeName%3D%2Cstatus.phase%3DPending", NULL, NULL);
	json_array_foreach(json_object_get(list, "items"), i, p) {
		pending++;
		c = json_array_get(json_path(p, "status.conditions"), 0);
		assert_string_equal(json_str(c, "reason"), "Unschedulable");
		assert_string_equal(json_str(c, "message"), "0/3 nodes are available: 1 node(s) "
			"had "
			"untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Too many "
			"pods. "
			"preemption: 0/3 nodes are available: 1 Preemption is not helpful for "
			"scheduling, "
			"2 No preemption victims found for incoming pod.");
	}
	json_decref(list);
	assert_int_equal(pending, 10);
	scale(w, 30);
	world_skip(w, MINUTE);
	json_t *d = call(w, 200, "GET", NGINX, NULL, NULL);
	assert_int_equal(json_int(d, "status.readyReplicas", 0), 30);
	json_decref(d);
}

static struct lab_instance *worker(struct world *w)
{
	size_t pos = 0;
	struct lab_instance *i;
	while ((i = lab_instance_next(w, NULL, &pos)) != NULL) {
		if (strcmp(i->role, "node") == 0 && i->state == LAB_RUNNING)
			return i;
	}
	return NULL;
}

static void test_replacement_takes_the_new_version(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	struct lab_instance *old = worker(w);
	struct lab_asg *g = old->asg;
	struct lab_template_version *v = lab_template_version(g->template, NULL);
	struct lab_template_version next = *v;
	struct lab_node n;
	size_t pos = 0;
	next.max_pods = 110;
	lab_template_add_version(w, g->template, &next);
	char *gone = xstrdup(old->id);
	lab_instance_terminate(w, old);
	world_skip(w, 2 * MINUTE);
	assert_false(lab_node_get(w, gone, &n));
	free(gone);
	struct lab_instance *i = lab_instance_next(w, g, &pos);
	assert_int_equal(i->template_version, 2);
	assert_true(lab_node_get(w, i->id, &n));
	assert_true(n.ready);
	assert_int_equal(n.max_pods, 110);
	assert_string_equal(i->lifecycle, "InService");
}

static size_t events_with(struct world *w, const char *reason, const char *part)
{
	size_t n = 0;
	for (size_t i = 0; i < kube_count(w->kube, KUBE_EVENTS); i++) {
		const json_t *j = kube_at(w->kube, KUBE_EVENTS, i)->json;
		n += str_eq(json_str(j, "reason"), reason) && strstr(json_str(j, "message"), part);
	}
	return n;
}

/* maxPods alone: the scheduler places more pods than the node has addresses for. */
static void test_addresses_run_out(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	struct lab_instance *old = worker(w);
	struct lab_template_version next = *lab_template_version(old->template, NULL);
	next.max_pods = 110;
	lab_template_add_version(w, old->template, &next);
	lab_instance_terminate(w, old);
	world_skip(w, 2 * MINUTE);
	scale(w, 60);
	world_skip(w, 2 * MINUTE);
	json_t *d = call(w, 200, "GET", NGINX, NULL, NULL);
	assert_int_equal(json_int(d, "status.readyReplicas", 0), 30);
	json_decref(d);
	assert_true(events_with(w, "FailedCreatePodSandBox",
		"add cmd: failed to assign an IP address to container") >= 30);
	assert_int_equal(events_with(w, "FailedScheduling", ""), 0);
}

static void test_detach_keeps_the_instance(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	struct lab_instance *old = worker(w);
	struct lab_asg *g = old->asg;
	struct lab_node n;
	size_t pos = 0;
	lab_asg_detach(w, g, old, false);
	world_skip(w, 2 * MINUTE);
	assert_true(lab_node_get(w, old->id, &n) && n.ready);
	assert_non_null(lab_instance_next(w, g, &pos));
	assert_null(lab_instance_next(w, g, &pos));
	assert_int_equal(kube_count(w->kube, KUBE_NODES), 4);
}

static void test_control_plane_away(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	size_t pos = 0;
	struct lab_asg *g = lab_asg_of_group(w, "control-plane-ap-northeast-2a");
	lab_instance_terminate(w, lab_instance_next(w, g, &pos));
	assert_false(lab_kube_up(w));
	json_decref(call(w, 0, "GET", "/api/v1/nodes", NULL, NULL));
	world_skip(w, 30000);
	assert_false(lab_kube_up(w));
	world_skip(w, 20000);
	assert_true(lab_kube_up(w));
	world_skip(w, 2 * MINUTE);
	pos = 0;
	struct lab_instance *i = lab_instance_next(w, g, &pos);
	assert_int_equal(pods_on(w, i->id), 11);
	json_t *d = call(w, 200, "GET", "/apis/apps/v1/namespaces/kube-system/deployments/coredns",
		NULL, NULL);
	assert_int_equal(json_int(d, "status.readyReplicas", 0), 2);
	json_decref(d);
}

static void cni_env(struct world *w, const char *value)
{
	char *body = xasprintf("{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
		"\"aws-node\",\"env\":[{\"name\":\"ENABLE_PREFIX_DELEGATION\","
		"\"value\":\"%s\"}]}]}}}}",
		value);
	json_decref(call(w, 200, "PATCH",
		"/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node",
		"application/strategic-merge-patch+json", body));
	free(body);
}

static size_t prefixes_of(const struct lab_instance *i)
{
	size_t n = 0;
	for (size_t k = 0; k < i->n_enis; k++)
		n += i->enis[k]->n_prefixes;
	return n;
}

static void test_prefix_mode(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	assert_int_equal(prefixes_of(worker(w)), 0);
	cni_env(w, "true");
	world_skip(w, 2 * MINUTE);
	json_t *d = call(w, 200, "GET", "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node",
		NULL, NULL);
	assert_int_equal(json_int(d, "status.updatedNumberScheduled", 0), 3);
	assert_int_equal(json_int(d, "status.numberReady", 0), 3);
	json_decref(d);
	assert_int_equal(prefixes_of(worker(w)), 1);
}

/* A full node: the new aws-node pod takes a place from a lower one. */
static void test_full_node_is_preempted(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	scale(w, 60);
	world_skip(w, MINUTE);
	cni_env(w, "true");
	world_skip(w, 3 * MINUTE);
	json_t *d = call(w, 200, "GET", "/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node",
		NULL, NULL);
	assert_int_equal(json_int(d, "status.numberReady", 0), 3);
	json_decref(d);
	assert_true(events_with(w, "Preempted", "Preempted by pod") > 0);
}

static void test_budget_blocks(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	json_decref(call(w, 201, "POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
		"application/json", "{\"metadata\":{\"name\":\"b\"},\"spec\":{\"minAvailable\":2,"
		"\"selector\":{\"matchLabels\":{\"app\":\"nginx\"}}}}"));
	world_skip(w, 1000);
	json_t *l = call(w, 200, "GET", "/api/v1/namespaces/default/pods", NULL, NULL);
	const char *name = json_str(json_array_get(json_object_get(l, "items"), 0),
		"metadata.name");
	char *path = xasprintf("/api/v1/namespaces/default/pods/%s/eviction", name);
	assert_int_equal(lab_pod_evict(w, "default", name), LAB_EVICT_BLOCKED);
	json_t *s = call(w, 429, "POST", path, "application/json",
		"{\"kind\":\"Eviction\",\"apiVersion\":\"policy/v1\"}");
	assert_string_equal(json_str(json_array_get(json_path(s, "details.causes"), 0), "reason"),
		"DisruptionBudget");
	json_decref(s);
	scale(w, 3);
	world_skip(w, MINUTE);
	json_decref(call(w, 201, "POST", path, "application/json", "{\"kind\":\"Eviction\"}"));
	json_decref(l);
	free(path);
}

static void test_conflicts_and_pages(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	static const char leases[] = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
	static const char lease[] = "{\"metadata\":{\"name\":\"l\"},\"spec\":{}}";
	json_t *made = call(w, 201, "POST", leases, "application/json", lease);
	json_decref(call(w, 409, "POST", leases, "application/json", lease));
	char *stale = xasprintf("{\"metadata\":{\"name\":\"l\",\"resourceVersion\":\"%s\"},"
		"\"spec\":{\"holderIdentity\":\"me\"}}", json_str(made,
		"metadata.resourceVersion"));
	char *path = xasprintf("%s/l", leases);
	json_decref(call(w, 200, "PUT", path, "application/json", stale));
	json_decref(call(w, 409, "PUT", path, "application/json", stale));
	json_decref(call(w, 409, "PATCH", path, MERGE, stale));
	json_decref(call(w, 415, "PATCH", path, "text/plain", "{}"));
	json_decref(call(w, 400, "POST", leases, "application/json", "no"));
	json_decref(call(w, 404, "GET", "/api/v1/nodes/none", NULL, NULL));
	json_decref(call(w, 404, "GET", "/api/v1/nonsense", NULL, NULL));
	json_decref(call(w, 200, "DELETE", path, NULL, NULL));
	json_decref(call(w, 404, "GET", path, NULL, NULL));
	free(stale);
	free(path);
	json_decref(made);
	json_t *page = call(w, 200, "GET", "/api/v1/pods?limit=5", NULL, NULL);
	size_t seen = json_array_size(json_object_get(page, "items"));
	while (json_str(page, "metadata.continue")) {
		path = xasprintf("/api/v1/pods?limit=5&continue=%s", json_str(page,
			"metadata.continue"));
		json_decref(page);
		page = call(w, 200, "GET", path, NULL, NULL);
		seen += json_array_size(json_object_get(page, "items"));
		free(path);
	}
	json_decref(page);
	assert_int_equal(seen, kube_count(w->kube, KUBE_PODS));
}

static void test_dry_run_changes_nothing(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	uint64_t rv = kube_rv(w->kube);
	json_t *d = call(w, 200, "PATCH", NGINX "?dryRun=All", MERGE,
		"{\"spec\":{\"replicas\":9}}");
	assert_int_equal(json_int(d, "spec.replicas", 0), 9);
	json_decref(d);
	json_decref(call(w, 200, "DELETE", NGINX "?dryRun=All", NULL, "{\"dryRun\":[\"All\"]}"));
	assert_int_equal(kube_rv(w->kube), rv);
}

static void test_a_seed_is_a_world(void **state)
{
	struct world *w = ((struct fixture *)*state)->w;
	struct fixture same, other;
	fixture_open(&same, 1);
	fixture_open(&other, 2);
	assert_string_equal(w->instances[0]->id, same.w->instances[0]->id);
	assert_string_not_equal(w->instances[0]->id, other.w->instances[0]->id);
	assert_int_equal(kube_count(w->kube, KUBE_PODS), kube_count(same.w->kube, KUBE_PODS));
	for (size_t i = 0; i < kube_count(w->kube, KUBE_PODS); i++) {
		const struct kobj *a = kube_at(w->kube, KUBE_PODS, i);
		const struct kobj *b = kube_at(same.w->kube, KUBE_PODS, i);
		assert_true(json_equal(a->json, b->json));
	}
	world_free(same.w);
	world_free(other.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_story_numbers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_story_pending, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replacement_takes_the_new_version, setup,
		teardown),
		cmocka_unit_test_setup_teardown(test_addresses_run_out, setup, teardown),
		cmocka_unit_test_setup_teardown(test_detach_keeps_the_instance, setup, teardown),
		cmocka_unit_test_setup_teardown(test_control_plane_away, setup, teardown),
		cmocka_unit_test_setup_teardown(test_prefix_mode, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_node_is_preempted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_budget_blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_conflicts_and_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dry_run_changes_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_seed_is_a_world, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
